#include "trust/dkim_text.h"

void
dkim_text_init(struct dkim_text *t, struct dkim_hash hash)
{
	buf_init(&t->header, DKIM_TEXT_HEADER_MAX);
	dkim_body_init(&t->body, hash);
	t->matched = 2;
	t->in_body = false;
}

/* How many octets of this piece are header's; the end may be among them. */
static size_t
header_octets(struct dkim_text *t, struct str s)
{
	static const char end[4] = { '\r', '\n', '\r', '\n' };
	size_t i = 0;

	while (i < s.n && t->matched < sizeof(end)) {
		if (s.p[i] == end[t->matched])
			t->matched++;
		else
			t->matched = s.p[i] == '\r' ? 1 : 0;
		i++;
	}
	return i;
}

void
dkim_text_feed(struct dkim_text *t, struct str octets)
{
	if (!t->in_body) {
		size_t n = header_octets(t, octets);

		buf_put(&t->header, octets.p, n);
		t->in_body = t->matched == 4;
		octets = str_from(octets, n);
	}
	if (octets.n > 0)
		dkim_body_feed(&t->body, octets);
}

bool
dkim_text_finish(struct dkim_text *t)
{
	dkim_body_finish(&t->body);
	return !buf_failed(&t->header);
}

void
dkim_text_free(struct dkim_text *t)
{
	buf_free(&t->header);
}
