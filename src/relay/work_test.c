/*
 * work_test.c - taking, reporting, stopping; and reports to senders.
 */
#include "relay/test_world.h"

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
give_messages(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_item(w, "a@example.org", "x\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
}

/* Somebody always asks, never too many, and a burst finds takers. */
static void
test_takes(void **state)
{
	struct world *w = *state;

	world_start(w);
	world_pass(w, 100000);
	assert_in_range(w->waiting, 1, 4);
	w->server[0].slow_ms = 1000;
	w->config.host_connections = 0;
	for (int i = 0; i < 10; i++)
		give_messages(w, 1);
	world_pass(w, 500);
	assert_int_equal(w->ntaken, 10);
	assert_in_range(w->waiting, 1, 4);
	world_wait(w, 10);
	world_pass(w, 60000);
	assert_in_range(w->waiting, 1, 4);
	assert_in_range(loop_fibers(w->loop), 1, 4);
}

static void
test_as_many_as_configured(void **state)
{
	struct world *w = *state;

	w->config.relay_connections = 3;
	w->server[0].slow_ms = 1000;
	for (int i = 0; i < 10; i++)
		give_messages(w, 1);
	world_start(w);
	world_pass(w, 500);
	assert_int_equal(w->ntaken, 3);
	assert_int_equal(w->waiting, 0);
	world_wait(w, 10);
	assert_int_equal(w->server[0].most_open, 3);
}

static void
test_reports_are_batched(void **state)
{
	struct world *w = *state;

	w->report_ms = 1000;
	give_messages(w, 60);
	world_start(w);
	world_wait(w, 60);
	assert_in_range(w->nreports, 1, 3);
}

static void
test_report_is_tried_again(void **state)
{
	struct world *w = *state;

	w->report_error = E_FULL;
	give_messages(w, 5);
	world_start(w);
	world_wait(w, 5);
	assert_int_equal(w->server[0].messages, 5);
}

/* However long it takes: nobody else knows what was delivered. */
static void
test_report_is_tried_for_long(void **state)
{
	struct world *w = *state;

	w->report_error = E_FULL;
	w->report_errors = 10000;
	give_messages(w, 5);
	world_start(w);
	world_pass(w, 500 * 1000);
	assert_int_equal(w->nresults, 0);
	w->report_errors = 0;
	world_wait(w, 5);
	assert_int_equal(w->server[0].messages, 5);
}

/* One that store never takes holds up nothing but itself. */
static void
test_report_that_never_passes(void **state)
{
	struct world *w = *state;

	w->report_never = 1;
	give_messages(w, 1);
	world_start(w);
	world_pass(w, 60 * 1000);
	assert_int_equal(w->nresults, 0);
	for (int i = 1; i <= 20; i++) {
		give_messages(w, 5);
		world_pass(w, 1000);
		assert_int_equal(w->nresults, 5 * i);
	}
	w->report_never = 0;
	world_wait(w, 101);
	assert_int_equal(w->server[0].messages, 101);
}

/* Over a bound of store's is what it will be the next time, too. */
static void
test_report_over_a_bound(void **state)
{
	struct world *w = *state;

	w->report_error = E_LIMIT;
	w->report_errors = 1000;
	give_messages(w, 5);
	world_start(w);
	world_pass(w, 100 * 1000);
	assert_int_equal(w->nreports, 0);
	assert_in_range(w->report_errors, 990, 999);
	w->report_error = w->report_errors = 0;
	give_messages(w, 1);
	world_wait(w, 1);
}

/* The same messages from the next store, under leases of its own. */
static void
give_again(struct world *w, uint64_t first, int n)
{
	const struct queue_item item = { .reverse_path = STR("me@here.test") };

	for (int i = 0; i < n; i++)
		world_item_of(w, item, first + (uint64_t)i, "a@example.org",
		    "x\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
}

/* Delivered, and store goes while it is told so. */
static void
test_delivered_is_remembered(void **state)
{
	struct world *w = *state;
	uint64_t first = w->leases;

	w->report_ms = 5000;
	give_messages(w, 5);
	world_start(w);
	world_pass(w, 1000);
	assert_int_equal(w->server[0].messages, 5);
	w->fake.generation++;
	give_again(w, first, 6);
	world_wait(w, 6);
	assert_int_equal(w->server[0].messages, 6);
	for (uint64_t i = 0; i < 6; i++)
		assert_int_equal(world_result(w, first + 5 + i, 0)->outcome,
		    OUTCOME_relayed);
	/* Once: if it comes once more there is a reason. */
	give_again(w, first, 1);
	world_wait(w, 7);
	assert_int_equal(w->server[0].messages, 7);
}

/* Its leases are gone: nothing is reported, nothing more is sent. */
static void
test_store_restarts(void **state)
{
	struct world *w = *state;
	int sent;

	w->server[0].slow_ms = 100;
	w->report_ms = 50;
	give_messages(w, 50);
	world_start(w);
	world_pass(w, 1000);
	sent = w->server[0].messages;
	assert_in_range(sent, 2, 20);
	w->fake.generation++;
	world_pass(w, 1000);
	assert_in_range(w->server[0].messages, sent, sent + 1);
	assert_in_range(w->nresults, 1, (size_t)sent);
	sent = (int)w->nresults;
	/* And then it goes on. */
	give_messages(w, 5);
	world_wait(w, (size_t)sent + 5);
	assert_int_equal(w->nreleased, 0);
}

/* Not even the rest of the message that is being sent. */
static void
test_store_restarts_in_a_text(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_INIT(8 << 20);

	for (int i = 0; i < 50000; i++)
		buf_lit(&b, "0123456789 0123456789 0123456789 0123456789\r\n");
	buf_chr(&b, '\0');
	world_item(w, "a@example.org", b.p);
	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
	w->read_ms = 1;
	world_pass(w, 100);
	assert_int_equal(w->nreads, 1);
	w->fake.generation++;
	world_pass(w, 10000);
	assert_int_equal(w->nresults, 0);
	assert_int_equal(w->server[0].messages, 0);
	buf_free(&b);
}

static void
test_item_for_nobody(void **state)
{
	struct world *w = *state;

	world_item(w, "", "x\r\n");
	give_messages(w, 2);
	world_start(w);
	world_wait(w, 2);
	assert_int_equal(w->nreleased, 1);
}

/* What is under way comes to its end; the rest is given back in time. */
static void
test_stop_in_the_middle(void **state)
{
	struct world *w = *state;
	int64_t begin;

	w->server[0].slow_ms = 400;
	give_messages(w, 100);
	world_start(w);
	world_pass(w, 1000);
	begin = loop_now_ms(w->loop);
	relay_stop(w->relay);
	while (loop_fibers(w->loop) > 0)
		loop_once(w->loop, 100);
	assert_in_range(loop_now_ms(w->loop) - begin, 2000, 4000);
	assert_in_range(w->nresults, 5, 20);
	assert_int_equal(w->nresults, w->server[0].messages);
	assert_int_equal(w->nreleased, 100 - w->nresults);
	assert_int_equal(w->server[0].open, 0);
}

static void
test_stop_does_not_wait_for_the_slow(void **state)
{
	struct world *w = *state;
	int64_t begin;

	w->server[0].slow_ms = 60000;
	give_messages(w, 3);
	world_start(w);
	world_pass(w, 1000);
	begin = loop_now_ms(w->loop);
	relay_stop(w->relay);
	while (loop_fibers(w->loop) > 1)	/* the server's */
		loop_once(w->loop, 100);
	assert_in_range(loop_now_ms(w->loop) - begin, 3000, 4900);
	assert_int_equal(w->nresults, 0);
	assert_int_equal(w->nreleased, 3);
	world_pass(w, 60000);
}

static void
test_stop_when_idle(void **state)
{
	struct world *w = *state;

	give_messages(w, 1);
	world_start(w);
	world_wait(w, 1);
	relay_stop(w->relay);
	world_settle(w);
	assert_int_equal(loop_fibers(w->loop), 0);
	assert_int_equal(w->server[0].quits, 1);
}

/* Results that store does not take hold the deliveries up. */
static void
test_bounded(void **state)
{
	struct world *w = *state;
	size_t waiting;

	w->report_ms = 100000;
	for (int i = 0; i < 12; i++) {
		auto_buf rcpts = BUF_INIT(100000);

		for (int n = 0; n < 1000; n++)
			buf_printf(&rcpts, "%sr%d@x", n ? "," : "", n);
		buf_chr(&rcpts, '\0');
		world_item(w, rcpts.p, "x\r\n");
		world_hand(w, TAKE_DELIVER, "example.org");
	}
	w->config.relay_connections = 1;
	world_start(w);
	world_pass(w, 60000);
	waiting = reports_waiting(w->relay->reports);
	assert_in_range(waiting, 10000, 11000);
	assert_in_range(w->ntaken, 10, 11);
	w->report_ms = 0;
	world_wait(w, 12000);
	assert_int_equal(reports_waiting(w->relay->reports), 0);
}

/* Reports to senders ---------------------------------------------------- */

static void
give_report_of(struct world *w, struct queue_item item,
    const struct queue_rcpt *rcpt, const char *text)
{
	auto_buf rcpts = BUF_INIT(10000);

	msg_put(&rcpts, &queue_rcpt_shape, rcpt);
	item.rcpts = buf_get(&rcpts);
	world_item_with(w, item, "", text);
	world_hand(w, TAKE_REPORT, "");
	if (!w->relay)
		world_start(w);
	world_pass(w, 1000);
}

static void
give_report(struct world *w, uint32_t ret, const char *text)
{
	const struct queue_rcpt rcpt = { .address = STR("a@example.org"),
		.outcome = OUTCOME_failed, .code = 550, .status = STR("5.1.1"),
		.text = STR("nobody of that name"),
		.host = STR("mx1.example.org") };
	const struct queue_item item = { .reverse_path = STR("me@here.test"),
		.ret = ret };

	give_report_of(w, item, &rcpt, text);
}

#define MAIL "Subject: hello\r\nFrom: me@here.test\r\n\r\nThe body.\r\n"

static void
test_report_with_header(void **state)
{
	struct world *w = *state;
	struct str s;

	give_report(w, RET_headers, MAIL);
	assert_int_equal(w->nbounces, 1);
	s = buf_get(&w->bounced);
	assert_has(s, "multipart/report");
	assert_has(s, "nobody of that name");
	assert_has(s, "Subject: hello\r\n");
	assert_int_equal(str_find(s, STR("The body.")), s.n);
	assert_int_equal(w->bounce.lease, 1);
	assert_int_equal(w->bounce.raw_size, s.n);
	assert_true(w->bounce.facts.n > 0);
	assert_true(str_find(s, w->bounce.message_id) < s.n);
	assert_true(w->bounce.message_id.n > 5);
	assert_int_equal(w->nresults, 0);
}

static void
test_report_with_message(void **state)
{
	struct world *w = *state;

	give_report(w, RET_full, MAIL);
	assert_has(buf_get(&w->bounced), MAIL);
	/* Not if it is very long. */
	{
		struct buf b = BUF_INIT(4 << 20);

		buf_lit(&b, "Subject: long\r\n\r\n");
		for (int i = 0; i < 100000; i++)
			buf_lit(&b, "0123456789012345678\r\n");
		buf_chr(&b, '\0');
		give_report(w, RET_full, b.p);
		assert_in_range(w->bounced.n, 500, 100000);
		assert_has(buf_get(&w->bounced), "Subject: long\r\n");
		buf_free(&b);
	}
}

/* A stranger is told of the alias he wrote to, and of nothing behind it, also
 * where the other server's words name that. Our own people are told all. */
static void
test_report_hides_target(void **state)
{
	static const struct {
		uint8_t stranger;
		const char *text, *orcpt;
		bool said, hidden;
	} t[] = {
		{ 1, "550 5.1.1 mailbox full of nothing", "rfc822;team@x.test",
		    true, true },
		{ 1, "550 Unknown: SECRET@TARGET.test", "rfc822;team@x.test",
		    false, true },
		{ 1, "550 no secret here", "rfc822;team@x.test", false, true },
		{ 1, "550 mx9.target.test says no", "rfc822;team@x.test",
		    false, true },
		/* What he wrote to himself is no secret. */
		{ 1, "550 no secret here", "rfc822;Secret@target.test", true,
		    false },
		{ 1, "550 no secret here", "", true, false },
		{ 0, "550 no secret here", "rfc822;team@x.test", true, false },
	};
	struct world *w = *state;

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct queue_rcpt rcpt = {
			.address = STR("secret@target.test"),
			.orcpt = str_c(t[i].orcpt),
			.outcome = OUTCOME_failed, .code = 550,
			.text = str_c(t[i].text),
			.host = STR("mx9.target.test") };
		const struct queue_item item = { .stranger = t[i].stranger,
			.reverse_path = STR("somebody@far.test") };
		struct str s;

		give_report_of(w, item, &rcpt, MAIL);
		s = buf_get(&w->bounced);
		assert_int_equal(str_find(s, str_from(str_c(t[i].text), 4)) <
		    s.n, t[i].said);
		assert_int_equal(str_findi(s, STR("target.test")) == s.n,
		    t[i].hidden);
		if (t[i].hidden)
			assert_int_equal(str_findi(s, STR("secret")), s.n);
	}
}

static void
test_report_without_original(void **state)
{
	struct world *w = *state;

	w->text_error[1] = E_NOTFOUND;
	give_report(w, RET_full, MAIL);
	assert_int_equal(w->nbounces, 1);
	assert_has(buf_get(&w->bounced), "nobody of that name");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_takes),
		T(test_as_many_as_configured),
		T(test_reports_are_batched),
		T(test_report_is_tried_again),
		T(test_report_is_tried_for_long),
		T(test_report_that_never_passes),
		T(test_report_over_a_bound),
		T(test_delivered_is_remembered),
		T(test_store_restarts),
		T(test_store_restarts_in_a_text),
		T(test_item_for_nobody),
		T(test_stop_in_the_middle),
		T(test_stop_does_not_wait_for_the_slow),
		T(test_stop_when_idle),
		T(test_bounded),
		T(test_report_with_header),
		T(test_report_with_message),
		T(test_report_hides_target),
		T(test_report_without_original),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
