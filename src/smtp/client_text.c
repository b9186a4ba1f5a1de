/*
 * client_text.c - the message itself, between 354 and the final dot.
 */
#include "smtp/client_int.h"

enum { PIECE = 16 * 1024, FLUSH_AT = 48 * 1024 };

void
client_text_begin(struct smtp_client *c)
{
	c->unsent = 0;
	memcpy(c->tail, "\r\n", 2);	/* the line of DATA */
}

/* A server that speaks before the dot refuses: there is no point in sending
 * it the rest. What it says is still to be read. */
static int
put_text(struct smtp_client *c, struct str s)
{
	int rc = 0;

	if (c->unsent + s.n > FLUSH_AT) {
		c->unsent = 0;
		if (stream_poll(c->s).n > 0)
			return E_CLOSED;
		client_deadline(c, c->o.text_ms);
		rc = stream_flush(c->s, NULL);
	}
	if (rc < 0)
		return rc;
	c->unsent += s.n;
	return stream_write(c->s, s);
}

/* Octets before the next line that begins with a dot. */
static size_t
up_to_dot(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))))
		if (++p < end && *p == '.')
			return (size_t)(p - s.p);
	return s.n;
}

/* RFC 5321 4.5.2. After any LF: no reading of line ends finds an end of the
 * message that we did not mean. */
int
smtp_client_text(struct smtp_client *c, struct str octets)
{
	while (octets.n > 0) {
		struct str piece = str_first(octets, PIECE);
		int rc = 0;

		if (c->tail[1] == '\n' && piece.p[0] == '.')
			rc = put_text(c, STR("."));
		piece = str_first(piece, up_to_dot(piece));
		if (rc == 0)
			rc = put_text(c, piece);
		if (rc < 0)
			return rc;
		if (piece.n > 0) {
			c->tail[0] = piece.n > 1 ? piece.p[piece.n - 2] :
			    c->tail[1];
			c->tail[1] = piece.p[piece.n - 1];
		}
		octets = str_from(octets, piece.n);
	}
	return stream_failed(c->s);
}

int
client_text_end(struct smtp_client *c)
{
	if (stream_poll(c->s).n > 0)
		return E_CLOSED;
	if (c->tail[0] == '\r' && c->tail[1] == '\n')
		return stream_write(c->s, STR(".\r\n"));
	if (c->tail[1] == '\r')
		return stream_write(c->s, STR("\n.\r\n"));
	return stream_write(c->s, STR("\r\n.\r\n"));
}
