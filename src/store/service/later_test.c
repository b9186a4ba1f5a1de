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

/* ---- what its sender sees, and takes back -------------------------------- */

/* A page of what `who` sees, its strs those of the reader. */
static size_t
list(struct folder *p, const struct caller *who, uint64_t message,
    uint64_t after, struct later_row *rows, size_t most,
    struct later_list_answer *page)
{
	struct later_list_ask ask = { message, after };
	union store_answer answer;
	struct rd r;
	size_t n = 0;

	assert_int_equal(reader_ask(p->d.r, who, STORE_later_list, &ask,
	    &answer, &p->d.err), 0);
	*page = answer.later_list;
	r = rd_of(page->rows);
	while (rd_left(&r) > 0) {
		assert_true(n < most);
		assert_true(msg_take(&r, &later_row_shape, &rows[n++]));
	}
	return n;
}

static int
cancel_as(struct folder *p, struct caller *who, uint64_t change,
    uint64_t message)
{
	struct later_cancel_ask ask = { change, message };
	struct write w = { .caller = who, .call = STORE_later_cancel,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
cancel(struct folder *p, uint64_t message)
{
	return cancel_as(p, &p->who, ++p->d.change, message);
}

/* The newest that waits. */
static uint64_t
newest(struct folder *p)
{
	return (uint64_t)number(p, "SELECT max(message) FROM later");
}

static void
test_list(void **state)
{
	struct folder *p = *state;
	struct later_list_answer page, again;
	struct later_row rows[4];
	struct caller bob;
	uint64_t account, first;

	add_bob(p, &account);
	bob = fixture_person(account);
	assert_int_equal(list(p, &p->who, 0, 0, rows, 4, &page), 0);
	assert_str(page.state, "0-0-0");
	p->d.email = 77;
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	first = newest(p);
	assert_int_equal(later(p, to_both + 1, 2 * HOUR_S), 0);
	assert_int_equal(list(p, &p->who, 0, 0, rows, 4, &page), 2);
	assert_true(rows[0].message == first && rows[1].message > first);
	assert_int_equal(rows[0].state, LATER_waits);
	assert_int_equal(rows[0].due, p->d.now_us / 1000000 + HOUR_S);
	assert_int_equal(rows[0].queued, p->d.now_us / 1000000);
	assert_int_equal(rows[0].email, 77);
	assert_int_equal(rows[0].nrcpts, 3);
	assert_int_equal(rows[0].size, strlen("text"));
	assert_str(rows[0].sender, "alice@ours.test");
	assert_str(rows[0].rcpts, "alice@ours.test\nbob@ours.test\n"
	    "x@far.test\n");
	assert_str(rows[1].rcpts, "bob@ours.test\nx@far.test\n");
	assert_int_equal(page.next, 0);
	/* One of them, and those behind it. */
	assert_int_equal(list(p, &p->who, first, 0, rows, 4, &page), 1);
	assert_int_equal(list(p, &p->who, first + 1000, 0, rows, 4, &page), 0);
	assert_int_equal(list(p, &p->who, 0, first, rows, 4, &page), 1);
	/* To others there is none. */
	assert_int_equal(list(p, &bob, 0, 0, rows, 4, &again), 0);
	assert_int_equal(list(p, &bob, first, 0, rows, 4, &again), 0);
	assert_str(again.state, "0-0-0");
}

/* It never leaves; what became of it can be seen for a day. */
static void
test_cancel(void **state)
{
	struct folder *p = *state;
	struct later_list_answer page;
	struct later_row rows[4];
	struct caller bob;
	uint64_t account, message, change;

	add_bob(p, &account);
	bob = fixture_person(account);
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	message = newest(p);
	assert_int_equal(cancel_as(p, &bob, 1, message), E_NOTFOUND);
	assert_int_equal(cancel(p, message + 1000), E_NOTFOUND);
	assert_int_equal(cancel(p, 0), E_NOTFOUND);
	assert_int_equal(waiting(p), 1);
	change = ++p->d.change;
	assert_int_equal(cancel_as(p, &p->who, change, message), 0);
	assert_int_equal(waiting(p), 0);
	assert_int_equal(number(p, "SELECT count(*) FROM queue"), 0);
	assert_int_equal(number(p, "SELECT count(*) FROM queue_rcpt"), 0);
	folder_crash(p);
	assert_int_equal(fixture_open(&p->d), 0);
	/* Asked again, and by somebody else of the same account. */
	assert_int_equal(cancel_as(p, &p->who, change, message), 0);
	assert_int_equal(cancel(p, message), 0);
	assert_int_equal(cancel_as(p, &bob, 2, message), E_NOTFOUND);
	assert_int_equal(list(p, &p->who, 0, 0, rows, 4, &page), 1);
	assert_int_equal(rows[0].state, LATER_cancelled);
	assert_str(page.state, "0-0-1");
	pass(p, HOUR_S);
	assert_int_equal(mails(p, p->alice), 0);
	assert_int_equal(number(p, "SELECT count(*) FROM blob"), 0);
	pass(p, LATER_PAST_S);
	assert_int_equal(list(p, &p->who, 0, 0, rows, 4, &page), 0);
	assert_str(page.state, "0-0-0");
	assert_int_equal(cancel(p, message), E_NOTFOUND);
}

/* Too late: also where it was let go before it was due. */
static void
test_too_late(void **state)
{
	struct folder *p = *state;
	struct queue_change_ask ask = { .action = QUEUE_RELEASE };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_queue_change, .ask = &ask };
	struct later_list_answer page;
	struct later_row rows[4];
	uint64_t bob, message;

	add_bob(p, &bob);
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	message = newest(p);
	pass(p, HOUR_S);
	assert_int_equal(cancel(p, message), E_STALE);
	assert_int_equal(mails(p, p->alice), 1);
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	ask.message = newest(p);
	ask.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(cancel(p, ask.message), E_STALE);
	assert_int_equal(list(p, &p->who, 0, 0, rows, 4, &page), 2);
	assert_int_equal(rows[1].state, LATER_left);
	assert_int_equal(rows[1].due, p->d.now_us / 1000000);
	/* The operator's drop is the end of one too. */
	assert_int_equal(later(p, to_both, HOUR_S), 0);
	ask = (struct queue_change_ask){ ++p->d.change, QUEUE_DROP,
		.message = newest(p) };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(waiting(p), 0);
	assert_int_equal(cancel(p, ask.message), 0);
}

/* Pages, and an end of what is remembered; of very many recipients some. */
static void
test_many_of_them(void **state)
{
	enum { TO = 300, WAIT = 4, ROWS = LATER_PAST + WAIT };
	struct folder *p = *state;
	struct queue_settings o = { TEST_QUEUE };
	struct arena *mem = arena_new(1 << 20);
	struct later_row *rows = arena_array(mem, ROWS, sizeof(*rows));
	struct later_list_answer page;
	static const char *to[TO + 1];
	size_t n, pages = 0, all = 0;
	uint64_t bob, after = 0, last = 0;
	int i;

	add_bob(p, &bob);
	o.hold_messages = WAIT;
	engine_queue(p->d.e, &o);
	for (i = 0; i < LATER_PAST + 5; i++) {
		assert_int_equal(later(p, to_both, HOUR_S), 0);
		assert_int_equal(cancel(p, newest(p)), 0);
	}
	assert_int_equal(number(p, "SELECT count(*) FROM later_past"),
	    LATER_PAST);
	for (i = 0; i < TO; i++)
		to[i] = arena_printf(mem, "%062d@%060d.%060d.%060d.test%c", i,
		    0, 0, 0, '\0').p;
	for (i = 0; i < WAIT; i++)
		assert_int_equal(later(p, to, HOUR_S), 0);
	do {
		n = list(p, &p->who, 0, after, rows, ROWS, &page);
		for (size_t k = 0; k < n; k++, all++) {
			assert_true(rows[k].message > last);
			last = rows[k].message;
			if (rows[k].state != LATER_waits)
				continue;
			assert_true(rows[k].nrcpts == TO);
			assert_true(rows[k].rcpts.n <= LATER_RCPTS_MAX &&
			    rows[k].rcpts.n > LATER_RCPTS_MAX - 500);
		}
		after = page.next;
		pages++;
	} while (after);
	assert_int_equal(all, ROWS);
	assert_true(pages > 1);
	arena_free(mem);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)
	const struct CMUnitTest tests[] = { T(test_bounds),
		T(test_only_people), T(test_recipient_goes),
		T(test_sender_goes), T(test_many), T(test_list),
		T(test_cancel), T(test_too_late), T(test_many_of_them) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
