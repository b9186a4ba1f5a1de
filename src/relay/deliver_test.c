/*
 * deliver_test.c - what only a store of a few lines shows of an assignment:
 * texts that cannot be read, leases that are given back. All else is in
 * tests/relay.
 */
#include "relay/test_world.h"

enum { MINUTE_MS = 60 * 1000 };

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	world_open(w);
	world_example(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

static void
assert_result(struct world *w, uint64_t lease, uint32_t n,
    enum queue_outcome outcome, uint32_t code, const char *status)
{
	const struct queue_result *q = world_result(w, lease, n);

	assert_str(q->status, status);
	assert_int_equal(q->outcome, outcome);
	assert_int_equal(q->code, code);
}

static void
give_messages(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_item(w, "a@example.org", "x\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
}

static void
test_each_text_is_read_once(void **state)
{
	struct world *w = *state;

	give_messages(w, 50);
	world_start(w);
	world_wait(w, 50);
	assert_int_equal(w->server[0].dials, 1);
	assert_int_equal(w->nreads, 50);
}

static void
test_text_is_gone(void **state)
{
	struct world *w = *state;
	uint64_t first = w->leases;

	w->text_error[first + 1] = E_NOTFOUND;
	w->text_error[first + 2] = E_BUSY;
	give_messages(w, 4);
	world_start(w);
	world_wait(w, 4);
	assert_result(w, first, 0, OUTCOME_relayed, 250, "2.0.0");
	assert_result(w, first + 1, 0, OUTCOME_failed, 0, "5.3.0");
	assert_result(w, first + 2, 0, OUTCOME_deferred, 0, "4.3.0");
	assert_result(w, first + 3, 0, OUTCOME_relayed, 250, "2.0.0");
	assert_int_equal(w->server[0].messages, 2);
	assert_int_equal(w->server[0].dials, 1);
}

static const char *
long_text(struct world *w, size_t lines)
{
	struct buf b = BUF_INIT(8 << 20);
	struct str kept;

	for (size_t i = 0; i < lines; i++)
		buf_lit(&b, "0123456789 0123456789 0123456789 0123456789\r\n");
	buf_chr(&b, '\0');
	kept = str_dup(w->mem, buf_get(&b));
	buf_free(&b);
	return kept.p;
}

static void
test_long_texts(void **state)
{
	struct world *w = *state;
	const char *text = long_text(w, 5000);
	uint64_t first = world_item(w, "a@example.org,no@x", text);

	world_item(w, "b@example.org", text);
	w->text_error[first + 2] = E_IO;
	world_item(w, "a@example.org,no@x", text);
	world_item(w, "b@example.org", text);
	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
	world_wait(w, 6);
	assert_result(w, first, 0, OUTCOME_relayed, 250, "2.0.0");
	assert_result(w, first + 2, 0, OUTCOME_failed, 0, "5.3.0");
	assert_result(w, first + 2, 1, OUTCOME_failed, 550, "5.1.1");
	assert_result(w, first + 3, 0, OUTCOME_relayed, 250, "2.0.0");
	assert_int_equal(w->server[0].messages, 3);
}

/* What is left of an assignment goes back, and none of it was refused. */
static void
test_slow_host(void **state)
{
	struct world *w = *state;

	w->server[0].pause_ms = MINUTE_MS;
	give_messages(w, 20);
	world_start(w);
	world_pass(w, 20 * MINUTE_MS);
	assert_int_equal(w->nresults, 3);
	assert_int_equal(w->nreleased, 17);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(w->results[i].outcome, OUTCOME_relayed);
	assert_int_equal(w->server[0].messages, 3);
}

/* Nor does one message with very many recipients stay for long; but each
 * assignment gets some of it done. */
static void
test_slow_host_and_many_recipients(void **state)
{
	struct world *w = *state;
	struct buf rcpts = BUF_INIT(1 << 16);

	w->server[0].pause_ms = 8000;
	for (int i = 0; i < 250; i++)
		buf_printf(&rcpts, "%sr%d@example.org", i ? "," : "", i);
	buf_chr(&rcpts, '\0');
	world_item(w, rcpts.p, "one\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
	world_pass(w, 60 * MINUTE_MS);
	assert_int_equal(w->nresults, 100);
	assert_int_equal(w->nreleased, 1);
	assert_int_equal(w->results[99].outcome, OUTCOME_relayed);
	buf_free(&rcpts);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_each_text_is_read_once),
		T(test_text_is_gone),
		T(test_long_texts),
		T(test_slow_host),
		T(test_slow_host_and_many_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
