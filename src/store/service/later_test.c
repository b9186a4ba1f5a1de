/*
 * Messages that leave later, as the engine has them: how many, for how long,
 * and to whom they go when things have changed meanwhile.
 */
#include "base/test.h"

#include <sqlite3.h>

#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"

enum { HOUR_S = 3600, MOST = 10 };
static const char *const to_both[] = { "alice@ours.test", "bob@ours.test",
	"x@far.test", NULL };

static int
number(struct folder *p, const char *query)
{
	sqlite3_stmt *st;
	int n;

	assert_int_equal(sqlite3_prepare_v2(p->d.r->q.db, query, -1, &st,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return n;
}

static int
waiting(struct folder *p)
{
	return number(p, "SELECT count(*) FROM later");
}

static int
later(struct folder *p, const char *const *to, int64_t in_s)
{
	int rc;

	p->d.hold_until = p->d.now_us / 1000000 + in_s;
	rc = fixture_submit_as(&p->d, &p->who, "alice@ours.test", "text", to,
	    NULL);
	p->d.hold_until = 0;
	return rc;
}

static void
pass(struct folder *p, int64_t s)
{
	bool more = true;

	p->d.now_us += s * 1000000;
	while (more)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
}

static uint32_t
mails(struct folder *p, uint64_t account)
{
	struct caller who = fixture_person(account);
	struct open_answer in;

	assert_int_equal(fixture_open_mailbox(&p->d, &who, "INBOX", &in), 0);
	return in.exists;
}

static void
add_bob(struct folder *p, uint64_t *bob)
{
	assert_int_equal(fixture_account(&p->d, "bob@ours.test", bob), 0);
}

static void
test_bounds(void **state)
{
	struct folder *p = *state;
	struct later_room_ask ask = { 0 };
	union store_answer answer;
	uint64_t bob;
	int i;

	add_bob(p, &bob);
	assert_int_equal(later(p, to_both, 31 * 24 * HOUR_S), E_LIMIT);
	assert_int_equal(later(p, to_both, 30 * 24 * HOUR_S), 0);
	for (i = 1; i < MOST; i++) {
		assert_int_equal(reader_ask(p->d.r, &p->who, STORE_later_room,
		    &ask, &answer, &p->d.err), 0);
		assert_int_equal(later(p, to_both, HOUR_S), 0);
	}
	assert_int_equal(later(p, to_both, HOUR_S), E_LIMIT);
	assert_int_equal(reader_ask(p->d.r, &p->who, STORE_later_room, &ask,
	    &answer, &p->d.err), E_LIMIT);
	/* What leaves at once does so all the same. */
	assert_int_equal(later(p, to_both, 0), 0);
	pass(p, HOUR_S);
	assert_int_equal(waiting(p), 1);
	/* What waits is counted as what is there. */
	engine_limits(p->d.e, (uint64_t)number(p, "SELECT max(used)+"
	    " (SELECT sum(size) FROM later) FROM account") + 10,
	    TEST_MAX_MESSAGE);
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	assert_int_equal(later(p, to_both, HOUR_S), E_FULL);
	ask.octets = 1 << 20;
	assert_int_equal(reader_ask(p->d.r, &p->who, STORE_later_room, &ask,
	    &answer, &p->d.err), E_FULL);
}

static void
test_only_people(void **state)
{
	struct folder *p = *state;

	p->d.hold_until = p->d.now_us / 1000000 + HOUR_S;
	assert_int_equal(fixture_submit_as(&p->d, &p->d.mx, "a@far.test",
	    "text", (const char *const[]){ "alice@ours.test", NULL }, NULL),
	    E_DENIED);
	assert_int_equal(waiting(p), 0);
}

/* Whoever has gone is told of; the others have it. */
static void
test_recipient_goes(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("bob@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };
	uint64_t bob;

	add_bob(p, &bob);
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	assert_int_equal(number(p, "SELECT count(*) FROM queue_rcpt"
	    " WHERE state=4"), 3);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(fixture_write(&p->d, &w), 0);
	pass(p, HOUR_S - 1);
	assert_int_equal(mails(p, p->alice), 0);
	pass(p, 1);
	assert_int_equal(mails(p, p->alice), 1);
	assert_int_equal(number(p, "SELECT count(*) FROM queue_rcpt"
	    " WHERE state=2 AND address=CAST('bob@ours.test' AS BLOB)"
	    " AND status=CAST('5.1.1' AS BLOB)"), 1);
	assert_int_equal(number(p, "SELECT count(*) FROM queue_rcpt"
	    " WHERE state=3 AND address=CAST('x@far.test' AS BLOB)"), 1);
	assert_int_equal(number(p, "SELECT count(*) FROM queue_rcpt"), 2);
	pass(p, HOUR_S);
	assert_int_equal(mails(p, p->alice), 1);
}

/* Nothing of whoever has gone leaves. */
static void
test_sender_goes(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("bob@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };
	struct caller alice = p->who;
	uint64_t bob;

	add_bob(p, &bob);
	p->who = fixture_person(bob);
	p->d.hold_until = p->d.now_us / 1000000 + HOUR_S;
	assert_int_equal(fixture_submit_as(&p->d, &p->who, "bob@ours.test",
	    "text", to_both, NULL), 0);
	p->who = alice;
	assert_int_equal(fixture_write(&p->d, &w), 0);
	pass(p, HOUR_S);
	assert_int_equal(mails(p, p->alice), 0);
	assert_int_equal(number(p, "SELECT count(*) FROM queue"), 0);
	pass(p, HOUR_S);
	assert_int_equal(number(p, "SELECT count(*) FROM blob"), 0);
}

/* More than a slice, and each once, with an end of the process in between. */
static void
test_many(void **state)
{
	struct folder *p = *state;
	struct queue_settings o = { TEST_QUEUE };
	uint64_t bob;
	bool more;
	int i;

	add_bob(p, &bob);
	o.hold_messages = 1000;
	engine_queue(p->d.e, &o);
	for (i = 0; i < 130; i++)
		assert_int_equal(later(p, to_both, HOUR_S), 0);
	p->d.now_us += (int64_t)HOUR_S * 1000000;
	assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	assert_true(more);
	folder_crash(p);
	assert_int_equal(fixture_open(&p->d), 0);
	i = waiting(p);
	assert_true(i > 0 && i < 130);
	assert_int_equal(mails(p, p->alice), 130 - (uint32_t)i);
	pass(p, 0);
	assert_int_equal(waiting(p), 0);
	assert_int_equal(mails(p, p->alice), 130);
	assert_int_equal(number(p, "SELECT count(*) FROM queue_rcpt"), 130);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)
	const struct CMUnitTest tests[] = { T(test_bounds),
		T(test_only_people), T(test_recipient_goes),
		T(test_sender_goes), T(test_many) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
