#include "trust/dkim_body.h"

/*
 * What cannot be hashed before the next octets are known waits in crlfs, wsp
 * and cr. Invariants:
 *  1. The canonical text so far is what went out, then crlfs line ends, then
 *     a space if wsp; the CR of cr is in neither.
 *  2. Line ends only go out ahead of an octet: those at the end of the body
 *     are empty lines, but for one.
 *  3. White space only goes out ahead of an octet of the same line, if it is
 *     not as good as text (simple).
 */

static void
flush(struct dkim_body *b)
{
	if (b->n > 0)
		b->hash.update(b->hash.arg, str_make(b->out, b->n));
	b->n = 0;
}

static void
dkim_body_put(struct dkim_body *b, struct str s)
{
	if (s.n > sizeof(b->out) - b->n)
		flush(b);
	if (s.n > sizeof(b->out)) {
		b->hash.update(b->hash.arg, s);
		return;
	}
	memcpy(b->out + b->n, s.p, s.n);
	b->n += s.n;
}

/* Octets that stay as they are, and what waited for them. */
static void
put_text(struct dkim_body *b, struct str s)
{
	for (; b->crlfs > 0; b->crlfs--)
		dkim_body_put(b, STR("\r\n"));
	if (b->wsp)
		dkim_body_put(b, STR(" "));
	b->wsp = false;
	b->any = true;
	dkim_body_put(b, s);
}

static bool
is_plain(const struct dkim_body *b, char c)
{
	return c != '\r' && (b->simple || !ascii_is_wsp(c));
}

/* One that is not plain, or the octet behind a CR. */
static void
feed_octet(struct dkim_body *b, char c)
{
	if (b->cr) {
		b->cr = false;
		if (c == '\n') {
			b->wsp = false;
			b->crlfs++;
			return;
		}
		put_text(b, STR("\r"));
	}
	if (c == '\r')
		b->cr = true;
	else if (ascii_is_wsp(c) && !b->simple)
		b->wsp = true;
	else
		put_text(b, str_make(&c, 1));
}

void
dkim_body_init(struct dkim_body *b, bool simple, struct dkim_hash hash)
{
	b->hash = hash;
	b->simple = simple;
	b->crlfs = 0;
	b->wsp = b->cr = b->any = false;
	b->n = 0;
}

void
dkim_body_feed(struct dkim_body *b, struct str octets)
{
	const char *p = octets.p, *end = p + octets.n, *from;

	while (p < end) {
		for (from = p; p < end && !b->cr && is_plain(b, *p);)
			p++;
		if (p > from)
			put_text(b, str_make(from, (size_t)(p - from)));
		else
			feed_octet(b, *p++);
	}
}

/* A body ends in one CRLF, also when it came without or is empty; but the
 * relaxed form of an empty one is nothing at all.      RFC 6376 3.4.3, 3.4.4 */
void
dkim_body_finish(struct dkim_body *b)
{
	if (b->cr)
		put_text(b, STR("\r"));
	b->cr = false;
	if (b->any || b->simple)
		dkim_body_put(b, STR("\r\n"));
	flush(b);
}
