#include "trust/dkim_text.h"

void
dkim_text_init(struct dkim_text *t, struct dkim_hash hash)
{
	buf_init(&t->header, DKIM_TEXT_HEADER_MAX);
	dkim_body_init(&t->body, false, hash);
	t->end = HEADER_END_INIT;
}

void
dkim_text_feed(struct dkim_text *t, struct str octets)
{
	if (!header_end_found(&t->end)) {
		size_t n = header_end_find(&t->end, octets);

		buf_put(&t->header, octets.p, n);
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
