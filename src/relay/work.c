/*
 * work.c - the fibers that ask store for work and deliver it.
 *
 * A fiber asks; when it gets an assignment it makes sure that others keep
 * asking, and delivers it. So a burst is taken by one fiber after the other,
 * and an idle role has no more than TAKES_MAX of them.
 */
#include "relay/relay_int.h"

enum {
	TAKES_MAX = 4,
	TAKE_WAIT_MS = 20000,
	PAUSE_MS = 1000,
	/* Of the 5 s that master gives: the rest is for the reports. */
	GIVE_BACK_MS = 2500, CANCEL_MS = 4000,
	CONF_OCTETS = 512 * 1024,
	WORK_OCTETS = 16 * 1024 * 1024,	/* an answer, what DNS says of it */
	ITEM_OCTETS = 8 * 1024 * 1024,	/* 3000 recipients, and what was said */
	TXN_OCTETS = 4 * 1024 * 1024,	/* 100, with what was said of them */
};

/* The configuration ----------------------------------------------------- */

static struct relay_conf *
conf_new(const struct config *c)
{
	struct relay_conf *conf = calloc(1, sizeof(*conf));

	bug_if(!conf);
	conf->refs = 1;
	conf->mem = arena_new(CONF_OCTETS);
	conf->c = *c;
	msg_keep(conf->mem, &config_shape, &conf->c);
	return conf;
}

static void
conf_unref(struct relay_conf *conf)
{
	if (!conf || --conf->refs > 0)
		return;
	arena_free(conf->mem);
	free(conf);
}

/* One assignment -------------------------------------------------------- */

static void take_more(struct relay *r);

/* Nothing of one assignment is left for the next. */
static void
clear_delivery(struct delivery *d)
{
	struct delivery kept = *d;

	memset(d, 0, sizeof(*d));
	d->next = kept.next;
	d->prev = kept.prev;
	d->relay = kept.relay;
	d->fiber = kept.fiber;
	d->mem = kept.mem;
	d->item_mem = kept.item_mem;
	d->txn_mem = kept.txn_mem;
	d->need_mem = kept.need_mem;
	arena_trim(d->mem);
	arena_trim(d->item_mem);
	arena_trim(d->txn_mem);
	arena_trim(d->need_mem);
}

/* 0: *work has what came, if anything came in time. */
static int
take_assignment(struct delivery *d, struct take_answer *work)
{
	struct relay *r = d->relay;
	const struct take_ask ask = { .wait_ms = TAKE_WAIT_MS };
	struct err err = { 0 };
	int e;

	d->taking = true;
	r->ntaking++;
	if ((e = reports_room(r->reports)) == 0)
		e = store_call(r->o.store, STORE_take, &ask, work, d->mem,
		    &err);
	d->generation = store_generation(r->o.store);
	d->taking = false;
	r->ntaking--;
	if (e < 0 && e != E_CANCELED && !r->stopping) {
		log_event(loop_log(r->loop), LOG_WARN, "take_failed",
		    F_ERR(&err));
		e = fiber_sleep(r->loop, loop_now_ms(r->loop) + PAUSE_MS);
		*work = (struct take_answer){ 0 };
	}
	return e;
}

/* How many should be asking now. */
static size_t
wanted(const struct relay *r)
{
	size_t limit = r->conf->c.relay_connections, left;

	if (r->stopping)
		return 0;
	left = limit > r->nrunning ? limit - r->nrunning : 0;
	return left < TAKES_MAX ? left : TAKES_MAX;
}

static void
delivery_free(struct delivery *d)
{
	*d->prev = d->next;
	if (d->next)
		d->next->prev = d->prev;
	arena_free(d->mem);
	arena_free(d->item_mem);
	arena_free(d->txn_mem);
	arena_free(d->need_mem);
	free(d);
}

/* Ends when enough others ask. */
static void
relay_fiber(void *arg)
{
	struct delivery *d = arg;
	struct relay *r = d->relay;

	d->fiber = fiber_self(r->loop);
	while (r->ntaking < wanted(r)) {
		struct take_answer got = { 0 };

		if (take_assignment(d, &got) < 0)
			break;
		if (got.items.n > 0) {
			r->nrunning++;
			take_more(r);
			d->conf = r->conf;
			d->conf->refs++;
			if (got.kind == TAKE_REPORT)
				bounce(d, &got);
			else if (got.kind == TAKE_NOTE)
				note_person(d, &got);
			else
				deliver_assignment(d, &got);
			conf_unref(d->conf);
			r->nrunning--;
		}
		clear_delivery(d);
	}
	delivery_free(d);
	take_more(r);
}

static struct delivery *
delivery_new(struct relay *r)
{
	struct delivery *d = calloc(1, sizeof(*d));

	bug_if(!d);
	d->relay = r;
	d->mem = arena_new(WORK_OCTETS);
	d->item_mem = arena_new(ITEM_OCTETS);
	d->txn_mem = arena_new(TXN_OCTETS);
	d->need_mem = arena_new(TLSA_MEMORY + STS_MEMORY);
	d->next = r->deliveries;
	d->prev = &r->deliveries;
	if (d->next)
		d->next->prev = &d->next;
	r->deliveries = d;
	return d;
}

static void
spawn_fiber(struct relay *r)
{
	(void)fiber_spawn(r->loop, "relay", relay_fiber, delivery_new(r));
}

/* At least one asks for work, if more may be under way. */
static void
take_more(struct relay *r)
{
	if (r->ntaking == 0 && wanted(r) > 0)
		spawn_fiber(r);
}

struct delivery *
relay_lend(struct relay *r)
{
	struct delivery *d = delivery_new(r);

	r->nrunning++;
	d->taking = true;	/* it may end at any time */
	d->conf = r->conf;
	d->conf->refs++;
	return d;
}

void
relay_give_back(struct delivery *d)
{
	struct relay *r = d->relay;

	r->nrunning--;
	conf_unref(d->conf);
	delivery_free(d);
	take_more(r);
}

int
relay_stand_aside(struct relay *r)
{
	if (r->naside >= r->conf->c.relay_connections)
		return E_BUSY;
	r->naside++;
	r->nrunning--;
	take_more(r);
	return 0;
}

void
relay_stand_back(struct relay *r)
{
	r->naside--;
	r->nrunning++;
}

/* Life ------------------------------------------------------------------ */

struct relay *
relay_new(const struct relay_options *o, const struct config *c)
{
	const struct sts_options sts = { .loop = o->loop, .store = o->store,
		.dns = o->dns, .errand = o->errand };
	struct relay *r = calloc(1, sizeof(*r));

	bug_if(!r);
	r->o = *o;
	r->loop = o->loop;
	r->conf = conf_new(c);
	r->pool = pool_new(r->loop);
	r->backoff = host_backoff_new();
	r->shape = shape_new();
	host_backoff_limits(r->backoff, c->retry_min_s, c->retry_max_s);
	r->sts = sts_new(&sts);
	r->tally = tls_tally_new();
	r->aggregates = aggregates_new(o, c, r->tally);
	r->rotation = key_rotation_new(o, c);
	r->reports = reports_new(r->loop, o->store);
	return r;
}

void
relay_configure(struct relay *r, const struct config *c)
{
	conf_unref(r->conf);
	r->conf = conf_new(c);
	host_backoff_limits(r->backoff, c->retry_min_s, c->retry_max_s);
	aggregates_configure(r->aggregates, c);
	key_rotation_configure(r->rotation, c);
	take_more(r);
}

void
relay_start(struct relay *r)
{
	aggregates_start(r->aggregates);
	key_rotation_start(r->rotation);
	take_more(r);
}

static void
cancel_all(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, timer);

	for (struct delivery *d = r->deliveries; d; d = d->next) {
		fiber_cancel(r->loop, d->fiber);
		fiber_cancel(r->loop, d->text[0].fiber);
		fiber_cancel(r->loop, d->text[1].fiber);
	}
}

static void
give_back(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, timer);

	r->giving_back = true;
	timer_set(r->loop, t, loop_now_ms(r->loop) + CANCEL_MS - GIVE_BACK_MS,
	    cancel_all);
}

void
relay_stop(struct relay *r)
{
	if (r->stopping)
		return;
	r->stopping = true;
	for (struct delivery *d = r->deliveries; d; d = d->next)
		if (d->taking)
			fiber_cancel(r->loop, d->fiber);
	sts_stop(r->sts);
	aggregates_stop(r->aggregates);
	key_rotation_stop(r->rotation);
	pool_stop(r->pool);
	timer_set(r->loop, &r->timer, loop_now_ms(r->loop) + GIVE_BACK_MS,
	    give_back);
}

void
relay_free(struct relay *r)
{
	if (!r)
		return;
	bug_if(r->deliveries);
	timer_clear(r->loop, &r->timer);
	reports_free(r->reports);
	pool_free(r->pool);
	host_backoff_free(r->backoff);
	shape_free(r->shape);
	sts_free(r->sts);
	aggregates_free(r->aggregates);
	key_rotation_free(r->rotation);
	tls_tally_free(r->tally);
	buf_free(&r->o.roots);
	conf_unref(r->conf);
	free(r);
}
