/*
 * way.c - by which of our addresses, or which proxy, a message leaves; and
 * which connections are as good as another.
 */
#include "base/crc32c.h"
#include "relay/relay_int.h"

struct str
connect_source(const struct delivery *d, char room[EGRESS_WORDS])
{
	return egress_words(&d->route, d->source.address, room);
}

uint32_t
way_number(const struct delivery *d)
{
	char room[EGRESS_WORDS];
	struct str words = connect_source(d, room);

	return words.n > 0 ? crc32c(0, words.p, words.n) : 0;
}

bool
way_item(struct delivery *d, const struct queue_item *item)
{
	struct str before = d->pooled ? d->pool.name : STR("");
	const bool first = !d->way_known;

	d->pooled = source_pool(&d->conf->c, &d->route, item->reverse_path,
	    &d->pool);
	d->way_known = true;
	return !first &&
	    !str_eq(before, d->pooled ? d->pool.name : STR(""));
}

size_t
way_list(struct delivery *d)
{
	const bool v6 = connect_address(d)->v6;
	struct source first;

	d->source = (struct source){ STR_NULL, STR_NULL };
	if (d->route.egress.kind == EGRESS_SOCKS5) {	/* it has its own */
		d->source.hello = d->pooled ? d->pool.hello : STR_NULL;
		d->sources[0] = d->source;
		return d->nsources = 1;
	}
	if (!d->pooled) {
		d->source.address = v6 ? d->route.source_v6 :
		    d->route.source_v4;
		d->sources[0] = d->source;
		return d->nsources = 1;
	}
	d->nsources = source_list(&d->pool, v6, d->sources);
	if (d->nsources == 0)
		return 0;
	/* Where there is no choice nobody's turn has been. */
	for (size_t n = d->nsources < 2 ? 0 : d->relay->turn++ % d->nsources;
	    n > 0; n--) {
		first = d->sources[0];
		memmove(d->sources, d->sources + 1,
		    (d->nsources - 1) * sizeof(first));
		d->sources[d->nsources - 1] = first;
	}
	return d->nsources;
}

struct str
way_rested(struct delivery *d)
{
	struct relay *r = d->relay;
	struct str why = STR_NULL;
	size_t n = 0;

	if (d->again)
		return STR_NULL;
	for (size_t i = 0; i < d->nsources; i++) {
		struct str s;

		d->source = d->sources[i];
		s = host_backoff_why(r->backoff, connect_address(d),
		    connect_port(d), way_number(d), loop_now_ms(r->loop));
		if (s.n == 0)
			d->sources[n++] = d->sources[i];
		else
			why = s;
	}
	if (n == 0)
		return why;
	d->nsources = n;
	d->source = d->sources[0];
	return STR_NULL;
}

/* By which names and keys it was judged: those of another destination may be
 * others (RFC 7672 3.2.2). */
static void
key_of_dane(const struct delivery *d, struct buf *key)
{
	const struct tls_dane *dane = d->need.dane;

	if (!dane)
		return;
	buf_printf(key, " %.*s", STR_FMT(dane->base));
	for (size_t i = 0; i < TLS_DANE_NAMES; i++)
		buf_printf(key, " %.*s", STR_FMT(dane->also[i]));
	for (size_t i = 0; i < dane->n; i++) {
		const struct tlsa *t = &dane->record[i];

		buf_printf(key, " %u %u %u %08x", t->usage, t->selector,
		    t->matching, crc32c(0, t->data.p, t->data.n));
	}
}

/* Connections with equal keys are interchangeable. */
static void
put_key(const struct delivery *d, struct buf *key)
{
	const struct route *r = &d->route;
	char room[48];

	/* With another password it is another login, with another pin another
	 * judgement, from another source another standing. */
	buf_printf(key, "%.*s %u %d %d %.*s %.*s %.*s %.*s %.*s %.*s %.*s",
	    STR_FMT(host_address_text(connect_address(d), room)),
	    connect_port(d), r->lmtp, (int)d->need.tls,
	    STR_FMT(connect_host(d)->name), STR_FMT(d->source.address),
	    STR_FMT(d->source.hello), STR_FMT(r->user), STR_FMT(r->password),
	    STR_FMT(r->pin), STR_FMT(r->path));
	buf_printf(key, " %u %.*s %u %.*s %.*s", r->egress.kind,
	    STR_FMT(r->egress.host), r->egress.port, STR_FMT(r->egress.user),
	    STR_FMT(r->egress.password));
	key_of_dane(d, key);
	if (d->probe)	/* its own, whatever there is */
		buf_printf(key, " %p", (void *)d->probe);
	bug_if(buf_failed(key));
}

struct pool_conn *
way_idle(struct delivery *d)
{
	auto_buf key = BUF_INIT(WAY_KEY_MAX);
	struct pool_conn *c = NULL;

	for (size_t i = 0; i < d->nsources && !c; i++) {
		buf_reset(&key);
		d->source = d->sources[i];
		put_key(d, &key);
		c = pool_take(d->relay->pool, buf_get(&key));
	}
	return c;
}

void
way_add(struct delivery *d)
{
	auto_buf key = BUF_INIT(WAY_KEY_MAX);

	put_key(d, &key);
	d->conn = pool_add(d->relay->pool, buf_get(&key), connect_address(d));
	shape_begin(d);
}
