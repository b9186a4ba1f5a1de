/*
 * client_text.c - the message itself, between 354 and the final dot.
 */
#include "smtp/client_int.h"

enum { PIECE = 16 * 1024, FLUSH_AT = 48 * 1024 };

void
client_text_begin(struct smtp_client *c)
{
	c->unsent = 0;
	c->dots = DOTS_INIT;	/* behind the line of DATA */
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

/* RFC 5321 4.5.2 */
int
smtp_client_text(struct smtp_client *c, struct str octets)
{
	struct str piece, slice;
	int rc = 0;

	while (octets.n > 0 && rc == 0) {
		piece = str_first(octets, PIECE);
		octets = str_from(octets, piece.n);
		while (rc == 0 && dots_next(&c->dots, &piece, &slice))
			rc = put_text(c, slice);
	}
	return rc < 0 ? rc : stream_failed(c->s);
}

int
client_text_end(struct smtp_client *c)
{
	if (stream_poll(c->s).n > 0)
		return E_CLOSED;
	return stream_write(c->s, dots_end(&c->dots));
}
