/*
 * test_store.c - what store answers, a few lines each.
 */
#include "relay/test_world.h"

static struct world *
world_of(const struct store *st)
{
	return container_of(st->fake, struct world, fake);
}

static int
fake_take(struct store *st, const void *asked, void *answered)
{
	const struct take_ask *ask = asked;
	struct take_answer *answer = answered;
	struct world *w = world_of(st);
	int64_t until = loop_now_ms(w->loop) + ask->wait_ms;
	uint64_t generation = w->fake.generation;
	int e = 0;

	*answer = (struct take_answer){ 0 };
	w->waiting++;
	while (w->ntaken == w->nhanded && e == 0) {
		int64_t look = loop_now_ms(w->loop) + 10;

		e = fiber_sleep(w->loop, look < until ? look : until);
		if (e == 0 && look >= until)
			break;
		if (generation != w->fake.generation)
			e = E_PEER;
	}
	w->waiting--;
	if (e < 0 || w->ntaken == w->nhanded)
		return e;
	answer->kind = w->handed[w->ntaken].kind;
	answer->destination = w->handed[w->ntaken].destination;
	answer->items = buf_get(&w->handed[w->ntaken++].items);
	return 0;
}

static int
fake_report(struct store *st, const void *asked, void *answered unused_arg)
{
	const struct report_ask *ask = asked;
	struct world *w = world_of(st);
	struct rd rd = rd_of(ask->results);
	uint64_t generation = w->fake.generation;
	int e = w->report_error;

	assert_true(ask->change != 0);
	for (int64_t ms = 0; ms < w->report_ms &&
	    generation == w->fake.generation; ms += 10)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	if (w->report_errors-- <= 0)
		w->report_error = w->report_errors = 0;
	if (generation != w->fake.generation)
		e = E_PEER;
	if (e < 0)
		return e;
	for (struct queue_result q; rd_left(&rd) > 0;) {
		assert_true(msg_take(&rd, &queue_result_shape, &q));
		if (w->report_never && q.lease == w->report_never)
			return E_IO;
	}
	w->nreports++;
	rd = rd_of(ask->results);
	while (rd_left(&rd) > 0) {
		struct queue_result *q = &w->results[w->nresults++];

		assert_true(msg_take(&rd, &queue_result_shape, q));
		msg_keep(w->mem, &queue_result_shape, q);
	}
	return 0;
}

static int
fake_bounce(struct store *st, const void *asked, void *answered unused_arg)
{
	const struct bounce_ask *ask = asked;
	struct world *w = world_of(st);

	w->nbounces++;
	w->bounce = *ask;
	msg_keep(w->mem, &bounce_ask_shape, &w->bounce);
	buf_reset(&w->bounced);
	buf_str(&w->bounced, ask->octets);
	return 0;
}

/* Said, not asked. */
static int
fake_release(struct store *st, const void *asked, void *answered unused_arg)
{
	const struct release_ask *ask = asked;

	world_of(st)->nreleased += ask->leases.n / 8;
	return 0;
}

void
test_store_init(struct world *w)
{
	w->fake = (struct fake_store){ .loop = w->loop, .generation = 1,
		.answer = {
			[STORE_take] = fake_take,
			[STORE_report] = fake_report,
			[STORE_bounce] = fake_bounce,
			[STORE_release] = fake_release,
		} };
	w->store = (struct store){ .fake = &w->fake };
}

int
blob_read_queued(struct store *st, uint64_t lease,
    uint64_t offset unused_arg, uint64_t len,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	struct world *w = world_of(st);
	struct str s = w->text[lease];
	int e = fiber_sleep(w->loop, loop_now_ms(w->loop) + 1);

	w->nreads++;
	if (e < 0)
		return err_set(err, e, "canceled");
	if (w->text_error[lease] < 0)
		return err_set(err, w->text_error[lease], "told so");
	s = str_first(s, len < s.n ? (size_t)len : s.n);
	for (; s.n > 0 && e == 0; s = str_from(s, 1000)) {
		if (w->read_ms > 0)
			(void)fiber_sleep(w->loop,
			    loop_now_ms(w->loop) + w->read_ms);
		e = out(arg, str_first(s, 1000));
	}
	return e;
}
