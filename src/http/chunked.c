#include "http/chunked.h"

#include "base/rd.h"
#include "http/grammar.h"

enum { SIZE_DIGITS_MAX = 15 };	/* never over 2^60 */

static bool
is_hex(char c)
{
	return ascii_hex(c) >= 0;
}

/* BWS ";" and text: of its names none means anything to us. */
static bool
is_extension(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 0x20 && c < 0x7f) ||
	    c == '\t';
}

static bool
read_size(struct str line, uint64_t *size)
{
	struct rd r = rd_of(line);
	struct str digits = rd_some(&r, is_hex);

	if (!rd_ok(&r) || digits.n > SIZE_DIGITS_MAX)
		return false;
	*size = 0;
	for (size_t i = 0; i < digits.n; i++)
		*size = *size << 4 | (uint64_t)ascii_hex(digits.p[i]);
	(void)rd_while(&r, ascii_is_wsp);
	if (rd_left(&r) > 0 && rd_need(&r, ';'))
		(void)rd_while(&r, is_extension);
	return rd_done(&r);
}

static enum chunked_at
take_line(struct chunked *c, struct str line)
{
	if (c->at == CHUNKED_SIZE) {
		if (!read_size(line, &c->left))
			return CHUNKED_BAD;
		return c->left ? CHUNKED_DATA : CHUNKED_TRAILER;
	}
	if (c->at == CHUNKED_DATA_END)
		return line.n == 0 ? CHUNKED_SIZE : CHUNKED_BAD;
	if (line.n == 0)
		return CHUNKED_OVER;
	if (c->trailers++ == CHUNK_TRAILERS_MAX || !http_is_field(line))
		return CHUNKED_BAD;
	return CHUNKED_TRAILER;
}

/* One octet of a line. A LF without its CR, and a CR without its LF, is bad. */
static void
take_octet(struct chunked *c, char octet)
{
	bool cr = c->used > 0 && c->line[c->used - 1] == '\r';

	if ((octet == '\n') != cr || c->used == sizeof(c->line)) {
		c->at = CHUNKED_BAD;
	} else if (cr) {
		c->used--;
		c->at = take_line(c, str_make(c->line, c->used));
		c->used = 0;
	} else {
		c->line[c->used++] = octet;
	}
}

size_t
chunked_take(struct chunked *c, struct str in, struct str *data)
{
	size_t n = 0;

	*data = STR_NULL;
	while (n < in.n && c->at != CHUNKED_OVER && c->at != CHUNKED_BAD) {
		if (c->at != CHUNKED_DATA) {
			take_octet(c, in.p[n++]);
			continue;
		}
		*data = str_from(in, n);
		if (data->n > c->left)
			data->n = (size_t)c->left;
		c->left -= data->n;
		if (c->left == 0)
			c->at = CHUNKED_DATA_END;
		return n + data->n;
	}
	return n;
}
