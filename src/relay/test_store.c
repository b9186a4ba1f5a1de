/*
 * test_store.c - the client of store, as a few lines.
 */
#include "relay/test_store.h"

static struct world *w;

void
test_store_use(struct world *world)
{
	w = world;
}

/* ---- store ----------------------------------------------------------- */

static int
fake_take(const struct take_ask *ask, struct take_answer *answer)
{
	int64_t until = loop_now_ms(w->loop) + ask->wait_ms;
	uint64_t generation = w->generation;
	int e = 0;

	*answer = (struct take_answer){ 0 };
	w->waiting++;
	while (w->ntaken == w->nhanded && e == 0) {
		int64_t look = loop_now_ms(w->loop) + 10;

		e = fiber_sleep(w->loop, look < until ? look : until);
		if (e == 0 && look >= until)
			break;
		if (generation != w->generation)
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
fake_report(const struct report_ask *ask, struct err *err)
{
	struct rd rd = rd_of(ask->results);
	uint64_t generation = w->generation;
	int e = w->report_error;

	assert_true(ask->change != 0);
	for (int64_t ms = 0; ms < w->report_ms &&
	    generation == w->generation; ms += 10)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	if (w->report_errors-- <= 0)
		w->report_error = w->report_errors = 0;
	if (generation != w->generation)
		e = E_PEER;
	if (e < 0)
		return err_set(err, e, "told so");
	w->nreports++;
	while (rd_left(&rd) > 0) {
		struct queue_result *q = &w->results[w->nresults++];

		assert_true(msg_take(&rd, &queue_result_shape, q));
		msg_keep(w->mem, &queue_result_shape, q);
	}
	return 0;
}

static int
fake_bounce(const struct bounce_ask *ask)
{
	w->nbounces++;
	w->bounce = *ask;
	msg_keep(w->mem, &bounce_ask_shape, &w->bounce);
	buf_reset(&w->bounced);
	buf_str(&w->bounced, ask->octets);
	return 0;
}

int
store_call(struct store *st unused_arg, enum store_call which,
    const void *ask, void *answer, struct arena *a unused_arg,
    struct err *err)
{
	if (which == STORE_take)
		return fake_take(ask, answer);
	if (which == STORE_report)
		return fake_report(ask, err);
	if (which == STORE_bounce)
		return fake_bounce(ask);
	fail_msg("call %d", (int)which);
	return E_INVALID;
}

void
store_notify(struct store *st unused_arg, enum store_call which,
    const void *ask)
{
	assert_int_equal(which, STORE_release);
	w->nreleased += ((const struct release_ask *)ask)->leases.n / 8;
}

uint64_t
store_generation(const struct store *st unused_arg)
{
	return w->generation;
}

uint64_t
store_change_id(struct store *st unused_arg)
{
	return loop_random64(w->loop) | 1;
}

int
blob_read_queued(struct store *st unused_arg, uint64_t lease,
    uint64_t offset unused_arg, uint64_t len,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
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

struct blob_writer {
	struct buf text;
};

struct blob_writer *
blob_writer_new(struct store *st unused_arg, uint32_t level unused_arg)
{
	struct blob_writer *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->text = BUF_INIT(16 << 20);
	return b;
}

int
blob_write(struct blob_writer *b, struct str octets,
    struct err *err unused_arg)
{
	buf_str(&b->text, octets);
	return 0;
}

int
blob_finish(struct blob_writer *b, struct blob_ref *ref,
    struct err *err unused_arg)
{
	*ref = (struct blob_ref){ 0, buf_get(&b->text), b->text.n };
	return 0;
}

void
blob_writer_free(struct blob_writer *b)
{
	buf_free(&b->text);
	free(b);
}
