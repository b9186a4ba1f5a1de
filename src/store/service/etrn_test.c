/*
 * A server that was away asks for its mail: what is due then, and what is told.
 */
#include "store/service/test_world.h"

enum { MANY = 450 };	/* more than one slice */

static struct store *
mx(struct world *w)
{
	return store_new(w->loop, world_connect(w, AUTH_MX, 1), NULL, NULL);
}

/* A message to n of this domain: a0@... */
static void
queue_some(struct world *w, struct store *st, const char *domain, size_t n)
{
	struct submit_ask s = { .change = store_change_id(st),
		.reverse_path = STR("alice@example.test"),
		.octets = test_blob(STR("hello")), .raw_size = 5 };
	struct submit_answer answer;
	uint64_t *handle = arena_array(w->a, n, 8);

	for (size_t i = 0; i < n; i++) {
		struct rcpt_ask r = { .address = arena_printf(w->a,
		    "a%zu@%s", i, domain) };
		struct rcpt_answer ra;

		OK(store_call(st, STORE_rcpt, &r, &ra, w->a, &w->err));
		handle[i] = ra.handle;
	}
	s.handles = str_make((const char *)handle, n * 8);
	OK(store_call(st, STORE_submit, &s, &answer, w->a, &w->err));
}

/* Take a batch, and say that its host is down. */
static size_t
defer_batch(struct world *w, struct store *r, uint32_t wait_ms)
{
	struct take_ask ask = { wait_ms };
	struct take_answer answer;
	struct queue_item item;
	struct queue_rcpt to;
	struct done done;
	auto_buf b = BUF_INIT(1 << 20);
	struct report_ask report = { .change = store_change_id(r) };
	struct rd rd, rcpts;
	size_t n = 0;

	OK(store_call(r, STORE_take, &ask, &answer, w->a, &w->err));
	rd = rd_of(answer.items);
	while (rd_left(&rd) > 0) {
		assert_true(msg_take(&rd, &queue_item_shape, &item));
		rcpts = rd_of(item.rcpts);
		for (; rd_left(&rcpts) > 0; n++) {
			assert_true(msg_take(&rcpts, &queue_rcpt_shape, &to));
			msg_put(&b, &queue_result_shape,
			    &(struct queue_result){ .lease = item.lease,
			    .n = to.n, .outcome = OUTCOME_deferred,
			    .down = 1, .status = STR("4.4.1"),
			    .text = STR("nobody is there") });
		}
	}
	report.results = buf_get(&b);
	if (n > 0)
		OK(store_call(r, STORE_report, &report, &done, w->a,
		    &w->err));
	return n;
}

static void
defer_all(struct world *w, struct store *r, size_t n)
{
	while (n > 0) {
		size_t some = defer_batch(w, r, 2000);

		assert_true(some > 0 && some <= n);
		n -= some;
	}
}

/* All slices of it; how many wait. */
static uint32_t
etrn(struct world *w, struct store *m, const char *domain, bool below,
    int *slices)
{
	struct etrn_ask ask = { .domain = str_c(domain), .below = below };
	struct etrn_answer answer = { 0 };
	uint32_t n = 0;

	*slices = 0;
	do {
		ask.change = store_change_id(m);
		ask.cursor = answer.next;
		OK(store_call(m, STORE_etrn, &ask, &answer, w->a, &w->err));
		n += answer.waiting;
		++*slices;
	} while (answer.next.n > 0);
	return n;
}

#define BEGIN(name)                                                    \
	static void name(void *arg)                                    \
	{                                                              \
		struct world *w = arg;                                 \
		struct store *st = world_open_account(w,               \
		    world_account(w, "alice@example.test"));           \
		struct store *r = store_new(w->loop,                   \
		    world_connect(w, AUTH_RELAY, 0), NULL, NULL);      \
		struct store *m = mx(w)
#define END                                           \
		assert_int_equal(world_verify(w), 0); \
		store_close(st);                      \
		store_close(r);                       \
		store_close(m);                       \
		w->changed = 1;                       \
		loop_stop(w->loop);                   \
	}
#define CASE(name)                              \
	static void test_##name(void **state)   \
	{                                       \
		struct world *w = *state;       \
		world_run(w, name);             \
		assert_true(w->changed > 0);    \
	}

BEGIN(makes_due);
	int slices;

	queue_some(w, st, "away.test", 3);
	queue_some(w, st, "a.away.test", 2);
	queue_some(w, st, "faraway.test", 1);
	defer_all(w, r, 6);
	assert_int_equal(defer_batch(w, r, 1), 0);
	assert_int_equal(etrn(w, m, "nobody.test", false, &slices), 0);
	assert_int_equal(etrn(w, m, "test", false, &slices), 0);
	assert_int_equal(defer_batch(w, r, 1), 0);
	/* The one, and not those below it or that end so. */
	assert_int_equal(etrn(w, m, "away.test", false, &slices), 3);
	defer_all(w, r, 3);
	assert_int_equal(defer_batch(w, r, 1), 0);
	assert_int_equal(etrn(w, m, "away.test", true, &slices), 5);
	defer_all(w, r, 5);
	assert_int_equal(defer_batch(w, r, 1), 0);
END
CASE(makes_due)

BEGIN(slices_a_large_one);
	int slices;

	queue_some(w, st, "large.test", MANY);
	queue_some(w, st, "b.large.test", 1);
	defer_all(w, r, MANY + 1);
	assert_int_equal(etrn(w, m, "large.test", true, &slices), MANY + 1);
	assert_true(slices > 1);
	defer_all(w, r, MANY + 1);
	/* And one of many small ones, which is as much to write. */
	for (char name[] = "a.small.test"; name[0] <= 'c'; name[0]++)
		queue_some(w, st, name, MANY / 2);
	defer_all(w, r, 3 * (MANY / 2));
	assert_int_equal(etrn(w, m, "small.test", true, &slices),
	    3 * (MANY / 2));
	assert_int_equal(slices, 2);
	defer_all(w, r, 3 * (MANY / 2));
	assert_int_equal(etrn(w, m, "large.test", false, &slices), MANY);
	assert_true(slices > 1);
	defer_all(w, r, MANY);
	assert_int_equal(defer_batch(w, r, 1), 0);
END
CASE(slices_a_large_one)

/* Held mail stays, and what is due already but rests goes. */
BEGIN(leaves_held_alone);
	struct queue_change_ask hold = { .change = 77001,
		.action = QUEUE_HOLD, .rcpt = STR("a0@held.test") };
	struct queue_change_answer held;
	int slices;

	queue_some(w, st, "held.test", 2);
	defer_all(w, r, 2);
	OK(world_ask(w, w->operator_, STORE_queue_change, &hold, &held,
	    NULL));
	assert_int_equal(held.changed, 1);
	assert_int_equal(etrn(w, m, "held.test", false, &slices), 1);
	defer_all(w, r, 1);
	/* New mail for what is down waits with it. */
	queue_some(w, st, "held.test", 1);
	assert_int_equal(defer_batch(w, r, 1), 0);
	assert_int_equal(etrn(w, m, "held.test", false, &slices), 2);
	defer_all(w, r, 2);
END
CASE(leaves_held_alone)

BEGIN(not_too_often);
	struct etrn_ask ask = { .domain = STR("away.test") };
	struct etrn_answer answer;

	service_settings(w->service, &(struct door_settings){ .etrn = 2 });
	for (int i = 0; i < 4; i++) {
		ask.change = store_change_id(m);
		assert_int_equal(store_call(m, STORE_etrn, &ask, &answer,
		    w->a, &w->err), i < 2 ? 0 : E_LIMIT);
	}
	ask.domain = STR("other.test");
	ask.change = store_change_id(m);
	OK(store_call(m, STORE_etrn, &ask, &answer, w->a, &w->err));
	ask.domain = STR("");
	ask.change = store_change_id(m);
	assert_int_equal(store_call(m, STORE_etrn, &ask, &answer, w->a,
	    &w->err), E_INVALID);
	service_settings(w->service, &(struct door_settings){ 0 });
END
CASE(not_too_often)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_makes_due),
		BOTH(test_slices_a_large_one),
		BOTH(test_leaves_held_alone),
		BOTH(test_not_too_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
