/*
 * What store has in its own hands while somebody looks for what is due.
 */
#include "store/service/test_world.h"

enum { ROUNDS = 20 };

static int failed;	/* edits that had it in their hands */

static void
submit_one(struct world *w, struct store *st, const char *to)
{
	struct submit_ask s = { .change = store_change_id(st),
		.reverse_path = STR("alice@example.test"),
		.octets = test_blob(STR("hello")), .raw_size = 5 };
	struct rcpt_ask r = { .address = str_c(to) };
	struct submit_answer answer;
	struct rcpt_answer ra;

	OK(store_call(st, STORE_rcpt, &r, &ra, w->a, &w->err));
	s.handles = str_make((const char *)&ra.handle, 8);
	OK(store_call(st, STORE_submit, &s, &answer, w->a, &w->err));
	w->changed = answer.message;
}

/* Its lease; 0: nothing of that kind came in time. */
static uint64_t
take(struct world *w, struct store *r, uint32_t kind, uint32_t wait_ms)
{
	struct take_ask ask = { wait_ms };
	struct take_answer answer;
	struct queue_item item;
	struct rd items;

	OK(store_call(r, STORE_take, &ask, &answer, w->a, &w->err));
	items = rd_of(answer.items);
	if (answer.kind != kind)
		return 0;
	assert_true(msg_take(&items, &queue_item_shape, &item));
	return item.lease;
}

/* One that changes nothing. */
static void
edit_in_vain(void *arg)
{
	struct world *w = arg;
	static uint64_t change = 90000;
	struct queue_edit_ask ask = { .change = ++change,
		.message = w->changed };
	struct queue_edit_answer answer;
	int rc = world_ask(w, w->operator_, STORE_queue_edit, &ask, &answer,
	    NULL);

	assert_true(rc == E_INVALID || rc == E_BUSY || rc == E_NOTFOUND);
	failed += rc != E_BUSY;
}

/* It comes all the same, whoever asked for it just then. */
static void
edit_fails(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w, world_account(w,
	    "alice@example.test"));
	struct store *r = store_new(w->loop, world_connect(w, AUTH_RELAY, 0),
	    NULL, NULL);

	failed = 0;
	submit_one(w, st, "a@far.test");
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t lease;

		fiber_spawn(w->loop, "edits", edit_in_vain, w);
		fiber_yield(w->loop);
		lease = take(w, r, TAKE_DELIVER, 3000);
		assert_true(lease > 0);
		store_notify(r, STORE_release, &(struct release_ask){
		    str_make((const char *)&lease, 8) });
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 20);
	}
	assert_true(failed > 0);
	store_close(st);
	store_close(r);
	loop_stop(w->loop);
}

static void
test_edit_fails(void **state)
{
	world_run(*state, edit_fails);
}

static void
say_failed(struct world *w, struct store *r, uint64_t lease)
{
	auto_buf b = BUF_INIT(1000);
	struct report_ask ask = { .change = store_change_id(r) };
	struct done done;

	msg_put(&b, &queue_result_shape, &(struct queue_result){
	    .lease = lease, .outcome = OUTCOME_failed, .code = 550,
	    .status = STR("5.1.1"), .text = STR("nobody") });
	ask.results = buf_get(&b);
	OK(store_call(r, STORE_report, &ask, &done, w->a, &w->err));
}

/* Nor is what is to be told forgotten. */
static void
edit_of_reported(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w, world_account(w,
	    "alice@example.test"));
	struct store *r = store_new(w->loop, world_connect(w, AUTH_RELAY, 0),
	    NULL, NULL);
	uint64_t lease = 0;

	failed = 0;
	submit_one(w, st, "a@far.test");
	say_failed(w, r, take(w, r, TAKE_DELIVER, 3000));
	fiber_spawn(w->loop, "edits", edit_in_vain, w);
	fiber_yield(w->loop);
	for (int i = 0; i < ROUNDS && lease == 0; i++)
		lease = take(w, r, TAKE_REPORT, 3000);
	assert_true(lease > 0);
	assert_int_equal(failed, 1);
	store_close(st);
	store_close(r);
	loop_stop(w->loop);
}

static void
test_edit_of_reported(void **state)
{
	world_run(*state, edit_of_reported);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_edit_fails),
		cmocka_unit_test_setup_teardown(test_edit_of_reported,
		    world_set_up_fake, world_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
