#include "imap/grammar/utf7.h"

#include "base/err.h"
#include "base/rd.h"

/* "," takes the place of "/" */
static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Octets 0x20 to 0x7e stand for themselves, but for "&". */
static bool
is_direct(uint32_t c)
{
	return c >= 0x20 && c <= 0x7e;
}

static int
six_bits(int c)
{
	const char *at = c > 0 ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

static char *
put_utf8(char *p, uint32_t c)
{
	if (c < 0x80) {
		*p++ = (char)c;
		return p;
	}
	if (c < 0x800) {
		*p++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*p++ = (char)(0xe0 | c >> 12);
		} else {
			*p++ = (char)(0xf0 | c >> 18);
			*p++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*p++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*p++ = (char)(0x80 | (c & 0x3f));
	return p;
}

/* One unit of UTF-16; *high is the first half of a pair that waits. False if
 * it cannot stand here. */
static bool
take_unit(uint32_t u, uint32_t *high, char **p)
{
	if (u >= 0xdc00 && u <= 0xdfff) {
		if (!*high)
			return false;
		*p = put_utf8(*p, 0x10000 + ((*high - 0xd800) << 10) +
		    (u - 0xdc00));
		*high = 0;
		return true;
	}
	if (*high)
		return false;
	if (u >= 0xd800 && u <= 0xdbff) {
		*high = u;
		return true;
	}
	if (u == 0 || is_direct(u))
		return false;
	*p = put_utf8(*p, u);
	return true;
}

/* Behind "&", up to and with "-". */
static bool
decode_run(struct rd *r, char **p)
{
	uint32_t bits = 0, nbits = 0, high = 0;
	const char *start = *p;
	int c, v;

	while ((c = rd_next(r)) != '-') {
		v = six_bits(c);
		if (v < 0)
			return false;
		bits = (bits << 6 | (uint32_t)v) & 0x3fffff;
		nbits += 6;
		if (nbits < 16)
			continue;
		nbits -= 16;
		if (!take_unit(bits >> nbits & 0xffff, &high, p))
			return false;
	}
	/* What is left are fewer than six bits, all zero. */
	if (high || nbits >= 6 || (bits & ((1u << nbits) - 1)))
		return false;
	return *p > start;
}

bool
utf7_decode(struct str in, struct arena *a, struct str *out)
{
	struct rd r = rd_of(in);
	/* A long run gives at most 9 octets for 8: three for 16 bits. */
	char *start, *p;
	bool behind_run = false;
	int c;

	for (size_t i = 0; i < in.n; i++) {
		if (!is_direct((unsigned char)in.p[i]))
			return false;
	}
	if (str_chr(in, '&') == in.n) {
		*out = in;
		return true;
	}
	start = p = arena_alloc(a, in.n + in.n / 8);
	while ((c = rd_next(&r)) >= 0) {
		if (c != '&') {
			*p++ = (char)c;
			behind_run = false;
		} else if (rd_opt(&r, '-')) {
			*p++ = '&';
			behind_run = false;
		} else {
			/* Two runs side by side should have been one. */
			if (behind_run || !decode_run(&r, &p))
				return false;
			behind_run = true;
		}
	}
	*out = str_make(start, (size_t)(p - start));
	return true;
}

static uint32_t
next_char(struct rd *r)
{
	int lead = rd_next(r);
	int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	uint32_t c = (uint32_t)lead;

	if (more)
		c &= 0x3fu >> more;
	for (int i = 0; i < more; i++)
		c = c << 6 | ((uint32_t)rd_next(r) & 0x3f);
	bug_if(!rd_ok(r));
	return c;
}

struct run {
	struct buf *b;
	uint32_t bits, nbits;
	bool open;
};

static void
run_unit(struct run *e, uint32_t u)
{
	if (!e->open)
		buf_chr(e->b, '&');
	e->open = true;
	e->bits = (e->bits << 16 | u) & 0x3fffff;
	e->nbits += 16;
	for (; e->nbits >= 6; e->nbits -= 6)
		buf_chr(e->b, alphabet[e->bits >> (e->nbits - 6) & 0x3f]);
}

static void
run_close(struct run *e)
{
	if (!e->open)
		return;
	if (e->nbits)
		buf_chr(e->b, alphabet[e->bits << (6 - e->nbits) & 0x3f]);
	buf_chr(e->b, '-');
	*e = (struct run){ .b = e->b };
}

void
utf7_put(struct buf *b, struct str utf8)
{
	struct rd r = rd_of(utf8);
	struct run e = { .b = b };

	while (!rd_done(&r)) {
		uint32_t c = next_char(&r);

		if (is_direct(c)) {
			run_close(&e);
			buf_chr(b, (char)c);
			if (c == '&')
				buf_chr(b, '-');
		} else if (c >= 0x10000) {
			run_unit(&e, 0xd800 + ((c - 0x10000) >> 10));
			run_unit(&e, 0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			run_unit(&e, c);
		}
	}
	run_close(&e);
}
