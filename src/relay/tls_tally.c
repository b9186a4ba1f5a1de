#include "relay/tls_tally.h"

#include <stdlib.h>

#include "base/list.h"

enum { ROW_OCTETS_MAX = 4096 };

struct tallied {
	struct list_link link;
	uint64_t n;
	size_t len;
	char row[];		/* a struct tls_seen whose n is 0 */
};

struct tls_tally {
	struct list rows;
	size_t n;
};

struct tls_tally *
tls_tally_new(void)
{
	struct tls_tally *t = calloc(1, sizeof(*t));

	bug_if(!t);
	return t;
}

void
tls_tally_free(struct tls_tally *t)
{
	struct tallied *r;

	if (!t)
		return;
	while ((r = list_pop(struct tallied, &t->rows, link)))
		free(r);
	free(t);
}

void
tls_tally_add(struct tls_tally *t, const struct tls_seen *s)
{
	struct tls_seen key = *s;
	auto_buf b = BUF_INIT(ROW_OCTETS_MAX);
	struct tallied *r;

	key.n = 0;
	msg_put(&b, &tls_seen_shape, &key);
	list_each(struct tallied, old, &t->rows, link)
		if (str_eq(str_make(old->row, old->len), buf_get(&b))) {
			old->n++;
			return;
		}
	if (buf_failed(&b) || t->n >= TLS_TALLY_MAX)
		return;
	r = malloc(sizeof(*r) + b.n);
	bug_if(!r);
	r->n = 1;
	r->len = b.n;
	memcpy(r->row, b.p, b.n);
	list_append(&t->rows, &r->link);
	t->n++;
}

bool
tls_tally_take(struct tls_tally *t, struct arena *a, struct tls_seen *out)
{
	struct tallied *r = list_pop(struct tallied, &t->rows, link);

	if (!r)
		return false;
	bug_if(!msg_whole(str_dup(a, str_make(r->row, r->len)),
	    &tls_seen_shape, out));
	out->n = r->n;
	t->n--;
	free(r);
	return true;
}
