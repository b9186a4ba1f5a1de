/*
 * deliver_test.c - assignments, from store's hand to the result.
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
assert_result(struct world *w, uint64_t lease, uint32_t n,
    enum queue_outcome outcome, uint32_t code, const char *status)
{
	const struct queue_result *q = world_result(w, lease, n);

	assert_str(q->status, status);
	assert_int_equal(q->outcome, outcome);
	assert_int_equal(q->code, code);
}

#define GOT(w, i) buf_get(&(w)->server[i].got)

/* One message to a@example.org; its result. */
static const struct queue_result *
send_one(struct world *w)
{
	size_t before = w->nresults;
	uint64_t lease = world_item(w, "a@example.org", "one\r\n");

	world_hand(w, TAKE_DELIVER, "example.org");
	if (!w->relay)
		world_start(w);
	world_wait(w, before + 1);
	return world_result(w, lease, 0);
}

static void
test_first_host(void **state)
{
	struct world *w = *state;
	const struct queue_result *q = send_one(w);

	assert_int_equal(q->outcome, OUTCOME_relayed);
	assert_int_equal(q->code, 250);
	assert_str(q->status, "2.0.0");
	assert_str(q->text, "taken");
	assert_str(q->host, "mx1.example.org");
	assert_str(q->address, "192.0.2.1");
	assert_int_equal(q->down, 0);
	assert_int_equal(q->tls.n, 0);
	assert_str(GOT(w, 0), "me@here.test>a@example.org|one/\n");
	assert_int_equal(w->server[1].dials, 0);
}

static void
test_dsn_is_delivered(void **state)
{
	struct world *w = *state;

	w->server[0].dsn = true;
	assert_int_equal(send_one(w)->outcome, OUTCOME_delivered);
}

static void
test_signature_goes_first(void **state)
{
	struct world *w = *state;
	const struct queue_item item = { .reverse_path = STR("me@here.test"),
		.signature = STR("DKIM-Signature: x\r\n") };

	world_item_with(w, item, "a@example.org", "Subject: y\r\n\r\n.dot\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
	world_wait(w, 1);
	assert_has(GOT(w, 0), "|DKIM-Signature: x/Subject: y//..dot/");
}

static void
test_next_host(void **state)
{
	static const char *const greetings[] = { "421 4.3.2 closing",
		"554 5.3.2 no mail here", "450 busy" };
	struct world *w = *state;

	for (size_t i = 0; i < NELEM(greetings); i++) {
		w->server[0].greeting = greetings[i];
		assert_str(send_one(w)->host, "mx2.example.org");
	}
	w->server[0].down = true;
	assert_str(send_one(w)->host, "mx2.example.org");
}

static void
test_all_refuse_for_good(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;

	w->server[0].greeting = w->server[1].greeting = "554 5.3.2 no mail";
	q = send_one(w);
	assert_int_equal(q->outcome, OUTCOME_failed);
	assert_int_equal(q->code, 554);
	assert_str(q->status, "5.3.2");
	assert_has(q->text, "mx1.example.org [192.0.2.1]: 554 no mail; mx2.");
}

static void
test_one_may_take_it_later(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;

	w->server[0].greeting = "554 5.3.2 no mail";
	w->server[1].greeting = "450 4.3.2 busy";
	q = send_one(w);
	assert_int_equal(q->outcome, OUTCOME_deferred);
	assert_int_equal(q->code, 450);
	assert_int_equal(q->down, 0);
}

static void
test_nobody_is_there(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;

	w->server[0].down = w->server[1].down = true;
	q = send_one(w);
	assert_int_equal(q->outcome, OUTCOME_deferred);
	assert_str(q->status, "4.4.1");
	assert_int_equal(q->down, 1);
	assert_has(q->text, "mx1.example.org [192.0.2.1]: connect to");
	assert_has(q->text, "mx2.example.org [192.0.2.2]: connect to");
	/* They are left alone for a minute. */
	q = send_one(w);
	assert_int_equal(q->down, 1);
	assert_has(q->text, "not tried again so soon");
	assert_int_equal(w->server[0].dials, 1);
	world_pass(w, 61000);
	w->server[0].down = false;
	assert_int_equal(send_one(w)->outcome, OUTCOME_relayed);
	assert_int_equal(w->server[0].dials, 2);
}

static void
test_silent_host(void **state)
{
	struct world *w = *state;

	w->server[0].greeting = "";
	assert_str(send_one(w)->host, "mx2.example.org");
	assert_str(send_one(w)->host, "mx2.example.org");
	assert_int_equal(w->server[0].dials, 1);
}

/* DNS ------------------------------------------------------------------- */

static void
test_no_such_domain(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w, "a@nowhere.test", "x\r\n");

	world_hand(w, TAKE_DELIVER, "nowhere.test");
	world_start(w);
	world_wait(w, 1);
	assert_result(w, lease, 0, OUTCOME_failed, 0, "5.1.2");
}

static void
test_null_mx(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w, "a@null.test", "x\r\n");

	world_mx(w, "null.test", 0, "");
	world_hand(w, TAKE_DELIVER, "null.test");
	world_start(w);
	world_wait(w, 1);
	assert_result(w, lease, 0, OUTCOME_failed, 0, "5.1.10");
}

static void
test_dns_fails(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w, "a@broken.test,b@broken.test", "x\r\n");

	dns_add(&w->dns, "broken.test", DNS_MX, 0, "", DNS_FAILED);
	world_hand(w, TAKE_DELIVER, "broken.test");
	world_start(w);
	world_wait(w, 2);
	assert_result(w, lease, 0, OUTCOME_deferred, 0, "4.4.3");
	assert_result(w, lease, 1, OUTCOME_deferred, 0, "4.4.3");
	assert_int_equal(world_result(w, lease, 0)->down, 1);
}

static void
test_loop(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w, "a@ours.test", "x\r\n");

	world_mx(w, "ours.test", 10, "relay.example.test");
	world_hand(w, TAKE_DELIVER, "ours.test");
	world_start(w);
	world_wait(w, 1);
	assert_result(w, lease, 0, OUTCOME_failed, 0, "5.4.6");
}

static void
test_private(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w, "a@inside.test", "x\r\n");

	w->config.relay_private = 0;
	world_address(w, "inside.test", "127.0.0.1");
	(void)world_server(w, "127.0.0.1");
	world_hand(w, TAKE_DELIVER, "inside.test");
	world_start(w);
	world_wait(w, 1);
	assert_result(w, lease, 0, OUTCOME_failed, 0, "5.1.2");
	assert_has(world_result(w, lease, 0)->text, "private address");
	assert_int_equal(w->server[2].dials, 0);
}

/* Where one host has no address now, another's refusal is not the end. */
static void
test_host_without_address(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w, "a@half.test", "x\r\n");

	world_mx(w, "half.test", 5, "gone.test");
	world_mx(w, "half.test", 10, "mx1.example.org");
	w->server[0].greeting = "554 5.3.2 no mail";
	world_hand(w, TAKE_DELIVER, "half.test");
	world_start(w);
	world_wait(w, 1);
	assert_result(w, lease, 0, OUTCOME_deferred, 0, "4.4.4");
	assert_has(world_result(w, lease, 0)->text, "gone.test: no such name");
	assert_has(world_result(w, lease, 0)->text, "554 no mail");
}

/* TLS ------------------------------------------------------------------- */

static void
test_tls_if_offered(void **state)
{
	struct world *w = *state;

	w->server[0].tls = TLS_WORKS;
	assert_str(send_one(w)->tls, "TLSv1.3");
	assert_int_equal(w->server[0].encrypted, 1);
}

static void
test_clear_when_tls_fails(void **state)
{
	struct world *w = *state;

	w->server[0].tls = TLS_BROKEN;
	assert_str(send_one(w)->host, "mx1.example.org");
	assert_int_equal(w->server[0].clear, 1);
	assert_int_equal(w->server[0].dials, 2);
	w->server[0].tls = TLS_REFUSED;
	world_pass(w, 10000);
	assert_str(send_one(w)->host, "mx1.example.org");
	assert_int_equal(w->server[0].dials, 3);
}

static void
test_must_have_tls(void **state)
{
	static const struct {
		enum fake_tls tls;
		const char *status;
	} t[] = { { TLS_UNKNOWN, "4.7.4" }, { TLS_BROKEN, "4.7.5" },
		{ TLS_REFUSED, "4.7.5" } };
	struct world *w = *state;

	w->config.relay_tls = ROUTE_TLS_MUST;
	for (size_t i = 0; i < NELEM(t); i++) {
		const struct queue_result *q;

		w->server[0].tls = w->server[1].tls = t[i].tls;
		q = send_one(w);
		assert_int_equal(q->outcome, OUTCOME_deferred);
		assert_str(q->status, t[i].status);
		assert_int_equal(q->down, 0);
	}
	w->server[1].tls = TLS_WORKS;
	assert_str(send_one(w)->host, "mx2.example.org");
	assert_int_equal(w->server[0].messages, 0);
}

static void
test_verify(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;

	w->config.relay_tls = ROUTE_TLS_VERIFY;
	w->server[0].tls = w->server[1].tls = TLS_WORKS;
	q = send_one(w);
	assert_int_equal(q->outcome, OUTCOME_deferred);
	assert_str(q->status, "4.7.5");
}

/* Answers --------------------------------------------------------------- */

static void
test_mixed(void **state)
{
	struct world *w = *state;
	uint64_t lease = world_item(w,
	    "a@example.org,no@example.org,later@example.org,b@example.org",
	    "x\r\n");

	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
	world_wait(w, 4);
	assert_result(w, lease, 0, OUTCOME_relayed, 250, "2.0.0");
	assert_result(w, lease, 1, OUTCOME_failed, 550, "5.1.1");
	assert_result(w, lease, 2, OUTCOME_deferred, 450, "4.2.1");
	assert_result(w, lease, 3, OUTCOME_relayed, 250, "2.0.0");
	assert_int_equal(w->server[1].dials, 0);
}

static void
test_mail_refused(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;

	w->server[0].mail = "550 5.7.1 not from you";
	q = send_one(w);
	assert_int_equal(q->outcome, OUTCOME_failed);
	assert_str(q->text, "not from you");
	assert_int_equal(w->server[1].dials, 0);
}

static void
test_text_refused(void **state)
{
	struct world *w = *state;

	w->server[0].text = "451 4.3.0 try later";
	assert_int_equal(send_one(w)->outcome, OUTCOME_deferred);
	w->server[0].text = "554 5.6.0 spam";
	assert_int_equal(send_one(w)->outcome, OUTCOME_failed);
}

/* What does not go with the first goes next, in order. */
static void
test_too_many_recipients(void **state)
{
	struct world *w = *state;
	auto_buf rcpts = BUF_INIT(100000);

	for (int i = 0; i < 250; i++)
		buf_printf(&rcpts, "%sr%d@example.org", i ? "," : "", i);
	buf_chr(&rcpts, '\0');
	world_item(w, rcpts.p, "x\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
	world_wait(w, 250);
	assert_int_equal(w->server[0].messages, 3);
	assert_int_equal(w->server[0].dials, 1);
	w->server[0].rcpts = 2;
	world_item(w, "a@x,b@x,c@x,d@x,no@x", "x\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
	world_wait(w, 255);
	assert_has(GOT(w, 0), "me@here.test>a@x,b@x|x/\nme@here.test>c@x,d@x|");
}

/* Connections ----------------------------------------------------------- */

static void
give_messages(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_item(w, "a@example.org", "x\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
}

static void
test_one_connection(void **state)
{
	struct world *w = *state;

	give_messages(w, 50);
	world_start(w);
	world_wait(w, 50);
	assert_int_equal(w->server[0].dials, 1);
	assert_int_equal(w->nreads, 50);
	/* The next assignment takes it from the pool. */
	world_pass(w, 1000);
	give_messages(w, 10);
	world_wait(w, 60);
	assert_int_equal(w->server[0].dials, 1);
	/* Then it is closed politely. */
	assert_int_equal(w->server[0].quits, 0);
	world_pass(w, 6000);
	assert_int_equal(w->server[0].quits, 1);
	give_messages(w, 1);
	world_wait(w, 61);
	assert_int_equal(w->server[0].dials, 2);
}

static void
test_hundred_messages_a_connection(void **state)
{
	struct world *w = *state;

	give_messages(w, 250);
	world_start(w);
	world_wait(w, 250);
	assert_int_equal(w->server[0].messages, 250);
	assert_int_equal(w->server[0].dials, 3);
}

static void
test_server_lets_go(void **state)
{
	struct world *w = *state;

	w->server[0].most = 3;
	give_messages(w, 20);
	world_start(w);
	world_wait(w, 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(w->results[i].outcome, OUTCOME_relayed);
	assert_int_equal(w->server[0].messages, 20);
	assert_int_equal(w->server[0].dials, 7);
}

static void
test_lost_in_the_text(void **state)
{
	struct world *w = *state;
	uint64_t first = w->leases;

	w->server[0].lose_after = 2;
	give_messages(w, 5);
	world_start(w);
	world_wait(w, 5);
	assert_int_equal(world_result(w, first, 0)->outcome, OUTCOME_relayed);
	assert_result(w, first + 1, 0, OUTCOME_deferred, 0, "4.4.2");
	assert_int_equal(world_result(w, first + 1, 0)->down, 0);
	for (uint64_t i = 2; i < 5; i++)
		assert_int_equal(world_result(w, first + i, 0)->outcome,
		    OUTCOME_relayed);
	assert_int_equal(w->server[0].messages, 4);
	assert_int_equal(w->server[0].dials, 2);
	assert_int_equal(w->server[1].dials, 0);
}

/* A server that takes MAIL from nobody and goes away each time. */
static void
test_lost_again_and_again(void **state)
{
	struct world *w = *state;

	w->server[0].mail = w->server[1].mail = "421 4.3.0 going";
	give_messages(w, 30);
	world_start(w);
	world_wait(w, 30);
	assert_int_equal(w->results[29].outcome, OUTCOME_deferred);
	assert_int_equal(w->results[29].code, 421);
	assert_true(w->server[0].dials + w->server[1].dials < 10);
}

/* One whose connections never outlive a text: nobody has refused anything. */
static void
test_lost_in_every_text(void **state)
{
	struct world *w = *state;

	w->server[0].lose_after = 1;
	w->server[0].lose_always = true;
	give_messages(w, 10);
	world_start(w);
	world_wait(w, 10);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(w->results[i].outcome, OUTCOME_deferred);
		assert_str(w->results[i].status, "4.4.2");
		assert_true(w->results[i].text.n > 0);
	}
	assert_int_equal(w->server[0].messages, 0);
	assert_true(w->server[0].dials < 5);
}

static void
test_host_connections(void **state)
{
	struct world *w = *state;

	w->config.host_connections = 2;
	w->server[0].slow_ms = 100;
	for (int i = 0; i < 6; i++)
		give_messages(w, 3);
	world_start(w);
	world_wait(w, 18);
	assert_int_equal(w->server[0].most_open, 2);
	assert_int_equal(w->server[0].messages, 18);
}

/* The text -------------------------------------------------------------- */

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

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_first_host),
		T(test_dsn_is_delivered),
		T(test_signature_goes_first),
		T(test_next_host),
		T(test_all_refuse_for_good),
		T(test_one_may_take_it_later),
		T(test_nobody_is_there),
		T(test_silent_host),
		T(test_no_such_domain),
		T(test_null_mx),
		T(test_dns_fails),
		T(test_loop),
		T(test_private),
		T(test_host_without_address),
		T(test_tls_if_offered),
		T(test_clear_when_tls_fails),
		T(test_must_have_tls),
		T(test_verify),
		T(test_mixed),
		T(test_mail_refused),
		T(test_text_refused),
		T(test_too_many_recipients),
		T(test_one_connection),
		T(test_hundred_messages_a_connection),
		T(test_server_lets_go),
		T(test_lost_in_the_text),
		T(test_lost_again_and_again),
		T(test_lost_in_every_text),
		T(test_host_connections),
		T(test_text_is_gone),
		T(test_long_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
