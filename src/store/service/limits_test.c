/*
 * How much an account may hand in, as the engine counts it: in the commit, and
 * what is stopped by it.
 */
#include "base/test.h"

#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 24 * HOUR_S, FAR_MAX = 600 };

static const char *const to_alice[] = { "alice@ours.test", NULL };

/* As many strangers as that, from x<first>@far.test on. */
static const char *const *
strangers(struct arena *a, int first, int n)
{
	const char **to = arena_array(a, (size_t)n + 1, sizeof(*to));

	for (int i = 0; i < n; i++)
		to[i] = arena_printf(a, "x%d@far.test%c", first + i, 0).p;
	to[n] = NULL;
	return to;
}

static int
send_to(struct folder *p, const char *const *to)
{
	return fixture_submit_as(&p->d, &p->who, "alice@ours.test", "text", to,
	    NULL);
}

static int
send_far(struct folder *p, int first, int n)
{
	struct arena *a = arena_new(1 << 20);
	int rc = send_to(p, strangers(a, first, n));

	arena_free(a);
	return rc;
}

static void
set_limit(struct folder *p, enum send_limit limit, uint64_t most)
{
	struct limit_put_ask ask = { ++p->d.change, STR("alice@ours.test"),
		limit, most };
	struct write w = { .caller = &p->d.operator_, .call = STORE_limit_put,
		.ask = &ask };

	OK(fixture_write(&p->d, &w));
}

static struct unlock_answer
unlock(struct folder *p, bool drop)
{
	struct unlock_ask ask = { ++p->d.change, STR("alice@ours.test"),
		drop };
	struct write w = { .caller = &p->d.operator_, .call = STORE_unlock,
		.ask = &ask };

	OK(fixture_write(&p->d, &w));
	return w.answer.unlock;
}

static bool
is_stopped(struct folder *p, uint64_t used[SEND_LIMIT_KINDS])
{
	const struct limits_ask ask = { STR("alice@ours.test") };
	union store_answer answer;
	struct limit_row row;
	struct rd r;

	OK(reader_ask(p->d.r, &p->d.operator_, STORE_limits, &ask, &answer,
	    &p->d.err));
	r = rd_of(answer.limits.rows);
	for (size_t i = 0; i < SEND_LIMIT_KINDS; i++) {
		assert_true(msg_take(&r, &limit_row_shape, &row));
		used[i] = row.used;
	}
	return answer.limits.stopped != 0;
}

static uint64_t
used(struct folder *p, enum send_limit limit)
{
	uint64_t all[SEND_LIMIT_KINDS];

	(void)is_stopped(p, all);
	return all[limit];
}

static bool
stopped(struct folder *p)
{
	uint64_t all[SEND_LIMIT_KINDS];

	return is_stopped(p, all);
}

/* As queue_int.h has them. */
enum rows_state { HELD = 1, FRESH = 3, LATER = 4 };

static int64_t
rows(struct folder *p, enum rows_state state)
{
	char query[100];

	(void)snprintf(query, sizeof(query), "SELECT count(*) FROM queue_rcpt "
	    "WHERE state=%d", (int)state);
	return folder_count(p, query);
}

static void
pass(struct folder *p, int64_t s)
{
	bool more = true;

	p->d.now_us += s * 1000000;
	while (more)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
}

/* All at once, and then one by one as the hour goes by. */
static void
test_count_leaks(void **state)
{
	struct folder *p = *state;

	set_limit(p, SEND_LIMIT_messages_hour, 4);
	for (int i = 0; i < 4; i++)
		OK(send_to(p, to_alice));
	assert_int_equal(send_to(p, to_alice), E_RATE);
	assert_string_equal(p->d.err.text, "Your account may send 4 messages "
	    "an hour; come again in 15 minutes");
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 4);
	pass(p, 14 * MINUTE_S + 1);
	assert_int_equal(send_to(p, to_alice), E_RATE);
	assert_string_equal(p->d.err.text, "Your account may send 4 messages "
	    "an hour; come again in 1 minute");
	pass(p, MINUTE_S);
	OK(send_to(p, to_alice));
	assert_int_equal(send_to(p, to_alice), E_RATE);
	/* A clock that went back a year makes nobody wait for a year. */
	p->d.now_us -= (int64_t)365 * DAY_S * 1000000;
	assert_int_equal(send_to(p, to_alice), E_RATE);
	assert_string_equal(p->d.err.text, "Your account may send 4 messages "
	    "an hour; come again in 15 minutes");
	p->d.now_us += (int64_t)365 * DAY_S * 1000000;
	set_limit(p, SEND_LIMIT_messages_hour, SEND_LIMIT_NONE);
	OK(send_to(p, to_alice));
	assert_false(stopped(p));
}

enum { AT_ONCE = 4 };

/* In one commit: how many were taken. */
static int
send_at_once(struct folder *p)
{
	const struct rcpt_ask rcpt = { .address = STR("alice@ours.test") };
	static struct submit_ask ask[AT_ONCE];
	static struct write w[AT_ONCE];
	struct rcpt_answer answer;
	struct recipient to;
	int taken = 0;

	OK(reader_rcpt(p->d.r, &p->who, &rcpt, &answer, &to, &p->d.err));
	for (int i = 0; i < AT_ONCE; i++) {
		ask[i] = (struct submit_ask){ .change = ++p->d.change,
			.reverse_path = STR("alice@ours.test"),
			.octets = test_blob(STR("text")), .raw_size = 4 };
		w[i] = (struct write){ .caller = &p->who,
			.call = STORE_submit, .ask = &ask[i], .rcpts = &to,
			.nrcpts = 1 };
	}
	assert_int_equal(fixture_commit(&p->d, w, AT_ONCE), 0);
	for (int i = 0; i < AT_ONCE; i++)
		taken += w[i].code >= 0;
	return taken;
}

/* Of a whole batch, and of the same that is asked for again, each is counted
 * once; and what failed is not. */
static void
test_one_commit(void **state)
{
	struct folder *p = *state;

	set_limit(p, SEND_LIMIT_messages_hour, 100);
	OK(fixture_submit_as(&p->d, &p->who, "alice@ours.test", "text",
	    to_alice, NULL));
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 1);
	p->d.change--;
	OK(send_to(p, to_alice));
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 1);
	assert_int_equal(fixture_submit_as(&p->d, &p->who, "bob@ours.test",
	    "text", to_alice, NULL), E_DENIED);
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 1);
	folder_crash(p);
	OK(fixture_open(&p->d));
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 1);
	/* None of a batch has the room of another. */
	set_limit(p, SEND_LIMIT_messages_hour, AT_ONCE);
	pass(p, HOUR_S);
	OK(send_to(p, to_alice));
	assert_int_equal(send_at_once(p), AT_ONCE - 1);
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), AT_ONCE);
	set_limit(p, SEND_LIMIT_messages_hour, 1);
	assert_int_equal(send_to(p, to_alice), E_RATE);
}

/* By its limits of new recipients, in the commit that refuses the message. */
static void
test_stopped(void **state)
{
	struct folder *p = *state;

	set_limit(p, SEND_LIMIT_new_day, 10);
	OK(send_far(p, 0, 10));
	OK(send_far(p, 0, 10));
	assert_int_equal(used(p, SEND_LIMIT_new_day), 10);
	assert_int_equal(used(p, SEND_LIMIT_recipients_day), 0); /* no limit */
	assert_int_equal(rows(p, FRESH), 20);
	assert_int_equal(send_far(p, 9, 2), E_RATE);
	assert_string_equal(p->d.err.text, "Sending is stopped: your account "
	    "wrote to more than 10 addresses that were new to it in a day; "
	    "ask whoever runs this server");
	assert_true(stopped(p));
	pass(p, 0);
	assert_int_equal(rows(p, HELD), 20);
	assert_int_equal(rows(p, FRESH), 0);
	/* To her and to the postmaster, once. */
	assert_int_equal(send_to(p, to_alice), E_RATE);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM note"), 2);
	/* A day does not help. */
	folder_crash(p);
	OK(fixture_open(&p->d));
	pass(p, 2 * DAY_S);
	assert_true(stopped(p));
	assert_int_equal(send_to(p, to_alice), E_RATE);
	assert_int_equal(unlock(p, false).changed, 20);
	assert_int_equal(rows(p, FRESH), 20);
	assert_int_equal(rows(p, HELD), 0);
	assert_false(stopped(p));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM stopped"), 0);
	OK(send_to(p, to_alice));
	OK(send_far(p, 20, 10));
}

/* What waits is dropped also where there was no time yet to hold it; what comes
 * afterwards is not. */
static void
test_dropped_at_once(void **state)
{
	struct folder *p = *state;

	for (int i = 0; i < 120; i++)
		OK(send_far(p, 0, 4));
	set_limit(p, SEND_LIMIT_recipients_day, 1);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
	assert_int_equal(rows(p, FRESH), 480);
	assert_true(unlock(p, true).more);
	set_limit(p, SEND_LIMIT_recipients_day, 0);
	OK(send_far(p, 0, 3));
	pass(p, 1);
	assert_int_equal(rows(p, FRESH), 3);
	/* Of who is not stopped, what is held is all that is dropped. */
	OK(fixture_queue_change(&p->d, QUEUE_HOLD, "x0@far.test"));
	assert_int_equal(unlock(p, true).changed, 1);
	assert_int_equal(rows(p, FRESH), 2);
}

static void
hold_far(struct folder *p, const char *domain, bool ends)
{
	struct hold_put_ask put = { ++p->d.change, HOLD_destination,
		str_c(domain), STR("root"), STR("they move") };
	struct hold_end_ask end = { ++p->d.change, HOLD_destination,
		str_c(domain), STR("root") };
	struct write w = { .caller = &p->d.operator_,
		.call = ends ? STORE_hold_end : STORE_hold_put,
		.ask = ends ? (const void *)&end : &put };

	OK(fixture_write(&p->d, &w));
}

/* The end of a hold lets nothing go of who is stopped. */
static void
test_hold_ends(void **state)
{
	struct folder *p = *state;

	hold_far(p, "far.test", false);
	OK(send_far(p, 0, 3));
	assert_int_equal(rows(p, HELD), 3);
	set_limit(p, SEND_LIMIT_recipients_day, 1);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
	pass(p, 1);
	hold_far(p, "far.test", true);
	assert_int_equal(rows(p, HELD), 3);
	assert_int_equal(unlock(p, false).changed, 3);
	assert_int_equal(rows(p, HELD), 0);
	assert_int_equal(rows(p, FRESH), 3);
	/* And where the hold stands still when it is let send again. */
	hold_far(p, "far.test", false);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
	pass(p, 1);
	assert_int_equal(unlock(p, false).changed, 3);
	assert_int_equal(rows(p, HELD), 3);
	hold_far(p, "far.test", true);
	assert_int_equal(rows(p, FRESH), 3);
}

/* Stopped, with more in the queue than one slice does. */
static void
stop_with_many(struct folder *p)
{
	for (int i = 0; i < 120; i++)
		OK(send_far(p, 0, 4));
	set_limit(p, SEND_LIMIT_recipients_day, 1);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
}

/* What is handed in while the queue is gone through is not of that queue,
 * whatever it waits for; and who asks for that again gets no less. */
static void
test_dropped_no_more(void **state)
{
	static const char *const held[] = { "x@held.test", NULL };
	struct folder *p = *state;

	stop_with_many(p);
	assert_true(unlock(p, true).more);
	set_limit(p, SEND_LIMIT_recipients_day, 0);
	hold_far(p, "held.test", false);
	OK(send_far(p, 0, 3));
	OK(send_to(p, held));
	p->d.hold_until = p->d.now_us / 1000000 + HOUR_S;
	OK(send_far(p, 0, 1));
	p->d.hold_until = 0;
	assert_int_equal(unlock(p, true).changed, 80);
	pass(p, 1);
	assert_int_equal(rows(p, FRESH), 3);
	assert_int_equal(rows(p, HELD), 1);
	assert_int_equal(rows(p, LATER), 1);
	/* Of who is not stopped, only what is held. */
	assert_int_equal(unlock(p, true).changed, 1);
	assert_int_equal(rows(p, FRESH), 3);
	assert_int_equal(rows(p, LATER), 1);
}

/* The same of what is let go; and of who is not stopped that is nothing. */
static void
test_released_no_more(void **state)
{
	struct folder *p = *state;

	stop_with_many(p);
	pass(p, 1);
	assert_int_equal(rows(p, HELD), 480);
	assert_true(unlock(p, false).more);
	set_limit(p, SEND_LIMIT_recipients_day, 0);
	OK(send_far(p, 9, 1));
	OK(fixture_queue_change(&p->d, QUEUE_HOLD, "x9@far.test"));
	assert_true(unlock(p, false).more);
	pass(p, 1);
	assert_int_equal(rows(p, FRESH), 480);
	assert_int_equal(rows(p, HELD), 1);
	assert_int_equal(unlock(p, false).changed, 0);
	assert_int_equal(rows(p, HELD), 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM stopped"), 0);
}

/* What is more than all of a limit stops it, too. */
static void
test_more_than_all(void **state)
{
	struct folder *p = *state;

	set_limit(p, SEND_LIMIT_recipients_hour, 3);
	assert_int_equal(send_far(p, 0, 4), E_RATE);
	assert_string_equal(p->d.err.text, "Your account may write to 3 "
	    "recipients an hour, and these are more");
	assert_false(stopped(p));
	set_limit(p, SEND_LIMIT_recipients_hour, 0);
	set_limit(p, SEND_LIMIT_recipients_day, 3);
	assert_int_equal(send_far(p, 0, 4), E_RATE);
	assert_true(stopped(p));
	assert_int_equal(unlock(p, true).changed, 0);
}

/* A long queue is held slice by slice, also over a crash, and no other's. */
static void
test_long_queue(void **state)
{
	struct folder *p = *state;
	uint64_t bob;
	struct caller he;
	static const char *const far[] = { "x@far.test", NULL };

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	he = fixture_person(bob);
	for (int i = 0; i < 150; i++) {
		OK(send_far(p, 0, 4));
		OK(fixture_submit_as(&p->d, &he, "bob@ours.test", "text", far,
		    NULL));
	}
	set_limit(p, SEND_LIMIT_recipients_day, 1);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
	folder_crash(p);
	OK(fixture_open(&p->d));
	pass(p, 1);
	assert_int_equal(rows(p, HELD), FAR_MAX);
	assert_int_equal(rows(p, FRESH), 150);
	assert_true(unlock(p, true).more);
	folder_crash(p);
	OK(fixture_open(&p->d));
	pass(p, 1);
	assert_int_equal(rows(p, HELD), 0);
	assert_int_equal(rows(p, FRESH), 150);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM queue"), 150);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM stopped"), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* What it had said to leave later waits as long as it is stopped. */
static void
test_later(void **state)
{
	struct folder *p = *state;

	p->d.hold_until = p->d.now_us / 1000000 + HOUR_S;
	OK(send_far(p, 0, 1));
	p->d.hold_until = 0;
	set_limit(p, SEND_LIMIT_recipients_day, 1);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
	assert_int_equal(rows(p, LATER), 1);
	pass(p, 2 * HOUR_S);
	assert_int_equal(rows(p, LATER), 1);
	assert_int_equal(unlock(p, false).changed, 0);
	pass(p, 16 * MINUTE_S);
	assert_int_equal(rows(p, LATER), 0);
	assert_int_equal(rows(p, FRESH), 1);
}

/* Who is written to three times is new once, also where nothing has left. */
static void
test_later_is_new_once(void **state)
{
	struct folder *p = *state;

	set_limit(p, SEND_LIMIT_new_day, 3);
	p->d.hold_until = p->d.now_us / 1000000 + HOUR_S;
	for (int i = 0; i < 3; i++)
		OK(send_far(p, 0, 2));
	p->d.hold_until = 0;
	OK(send_far(p, 0, 2));
	assert_int_equal(used(p, SEND_LIMIT_new_day), 2);
}

/* Mail of the world, and a program of this machine. */
static void
test_others(void **state)
{
	struct folder *p = *state;
	struct caller local = { .authority = AUTH_LOCAL, .worker = 1000 };

	set_limit(p, SEND_LIMIT_messages_hour, 2);
	for (int i = 0; i < 3; i++)
		OK(fixture_submit(&p->d, 0, "text", to_alice, NULL));
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 0);
	OK(fixture_submit_as(&p->d, &local, "alice@ours.test", "text",
	    to_alice, NULL));
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 1);
	OK(fixture_submit_as(&p->d, &local, "", "text", to_alice, NULL));
	OK(fixture_submit_as(&p->d, &local, "alice+x@ours.test", "text",
	    to_alice, NULL));
	assert_int_equal(used(p, SEND_LIMIT_messages_hour), 1);
	OK(send_to(p, to_alice));
	assert_int_equal(fixture_submit_as(&p->d, &local, "alice@ours.test",
	    "text", to_alice, NULL), E_RATE);
	/* Who can name her address cannot stop her. */
	set_limit(p, SEND_LIMIT_messages_hour, 0);
	set_limit(p, SEND_LIMIT_recipients_day, 1);
	for (int i = 0; i < 2; i++)
		OK(fixture_submit_as(&p->d, &local, "alice@ours.test",
		    "text", to_alice, NULL));
	assert_false(stopped(p));
	assert_int_equal(used(p, SEND_LIMIT_recipients_day), 0);
}

/* Nothing is left of an account that goes. */
static void
test_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	set_limit(p, SEND_LIMIT_new_day, 1);
	assert_int_equal(send_far(p, 0, 2), E_RATE);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM stopped"), 1);
	OK(fixture_write(&p->d, &w));
	assert_int_equal(folder_count(p, "SELECT (SELECT count(*) FROM "
	    "stopped)+(SELECT count(*) FROM limits)"), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_set_up, \
    folder_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_count_leaks),
		TEST(test_one_commit),
		TEST(test_stopped),
		TEST(test_dropped_at_once),
		TEST(test_hold_ends),
		TEST(test_dropped_no_more),
		TEST(test_released_no_more),
		TEST(test_more_than_all),
		TEST(test_long_queue),
		TEST(test_later),
		TEST(test_later_is_new_once),
		TEST(test_others),
		TEST(test_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
