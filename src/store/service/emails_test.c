/*
 * Tests of emails as the account has them: which conversation they belong to,
 * where they are, and what became of them.
 */
#include "base/test.h"

#include <sqlite3.h>

#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"

static int
set_up(void **state)
{
	struct folder *p;

	(void)folder_set_up(state);
	p = *state;
	assert_int_equal(fixture_mailbox_create(&p->d, &p->who, "Kept", 0,
	    NULL), 0);
	return 0;
}

/* A message with these keys, which are a letter each. */
static void
put(struct folder *p, struct caller *who, const char *keys)
{
	struct buf b = BUF_INIT(200);

	for (const char *k = keys; *k; k++)
		buf_le64(&b, 0x8000000000000000u + (unsigned char)*k);
	p->d.thread_keys = buf_get(&b);
	assert_int_equal(fixture_append(&p->d, who, "INBOX", "x", 0, "",
	    NULL), 0);
	buf_free(&b);
}

/* "email/thread mailbox:uid", of each. */
static const char *
where(struct folder *p, struct caller *who, bool threads,
    const uint64_t *numbers, size_t n)
{
	static char text[10000];
	struct buf b = BUF_INIT(8000);
	struct emails_ask ask = { .threads = threads };
	union store_answer answer = { 0 };
	struct email_place at;
	struct rd r;
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		buf_le64(&b, numbers[i]);
	ask.numbers = buf_get(&b);
	assert_int_equal(reader_ask(p->d.r, who, STORE_emails, &ask, &answer,
	    &p->d.err), 0);
	assert_false(answer.emails.cut);
	r = rd_of(answer.emails.places);
	text[0] = 0;
	while (!rd_done(&r)) {
		assert_true(msg_take(&r, &email_place_shape, &at));
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%d/%d %d:%d", len ? ", " : "", (int)at.email,
		    (int)at.thread, (int)at.mailbox, (int)at.uid);
	}
	buf_free(&b);
	return text;
}
#define WHERE(p, threads, ...)                                          \
	where(p, &(p)->who, threads, (const uint64_t[]){ __VA_ARGS__ }, \
	    sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static int
by_email(const void *a, const void *b)
{
	const struct email_change *x = a, *y = b;

	return x->email < y->email ? -1 : x->email > y->email;
}

/* "+email" came, "=email" changed, "-email" went; and where to go on. */
static const char *
changes(struct folder *p, uint64_t *since)
{
	static char text[10000];
	struct changes_ask ask = { *since };
	union store_answer answer = { 0 };
	struct email_change is[20];
	size_t len = 0, n = 0;
	struct rd r;
	int rc = reader_ask(p->d.r, &p->who, STORE_changes, &ask, &answer,
	    &p->d.err);

	text[0] = 0;
	if (rc == E_STALE)
		return "stale";
	assert_int_equal(rc, 0);
	r = rd_of(answer.changes.changes);
	while (!rd_done(&r)) {
		assert_true(n < NELEM(is));
		assert_true(msg_take(&r, &email_change_shape, &is[n++]));
	}
	qsort(is, n, sizeof(is[0]), by_email);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%c%d", len ? " " : "", "?+=-"[is[i].became],
		    (int)is[i].email);
	*since = answer.changes.modseq;
	return text;
}

/* ---- conversations ------------------------------------------------------ */

static void
test_conversations(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	struct caller bob;
	uint64_t account;

	assert_int_equal(fixture_account(&p->d, "bob@ours.test", &account),
	    0);
	bob = fixture_person(account);
	put(p, &p->who, "a");		/* 1 begins */
	put(p, &p->who, "b");		/* 2 is another */
	put(p, &p->who, "ca");	/* 3 answers 1 */
	put(p, &p->who, "dx");	/* 4 answers what is not there */
	put(p, &p->who, "ex");	/* 5 too */
	put(p, &p->who, "xa");	/* 6 is what was missing: the surest
					 * key counts */
	put(p, &p->who, "");		/* 7 has no id, nor has 8 */
	put(p, &p->who, "");
	put(p, &bob, "a");		/* his own 1 */
	assert_string_equal(WHERE(p, true, 1, 2, 4, 7, 3, 99),
	    "1/1 1:1, 3/1 1:3, 2/2 1:2, 4/4 1:4, 5/4 1:5, 6/4 1:6, 7/7 1:7");
	assert_string_equal(where(p, &bob, true, (const uint64_t[]){ 1 },
	    1), "1/1 1:1");

	/* A copy stays with it, and rows say so. */
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in),
	    0);
	assert_int_equal(fixture_copy(&p->d, &p->who, &in, 3, 3, "Kept"),
	    0);
	assert_string_equal(WHERE(p, true, 1), "1/1 1:1, 3/1 1:3, 9/1 7:1");
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "Kept", &in),
	    0);
	{
		struct fetch_row row;

		assert_int_equal(fixture_rows(&p->d, &p->who, &in, &row, 1),
		    1);
		assert_int_equal(row.email, 9);
		assert_int_equal(row.thread, 1);
	}
}

static uint64_t
keys_left(struct folder *p)
{
	uint64_t n = 0;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(p->d.r->q.db,
	    "SELECT count(*) FROM thread_key", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void
clean_for(struct folder *p, int64_t seconds)
{
	bool more;

	for (int64_t i = 0; i < seconds; i += 10) {
		p->d.now_us += 10000000;
		for (more = true; more;)
			assert_int_equal(engine_gc(p->d.e, &more, &p->d.err),
			    0);
	}
}

/* Keys go with the last email of their conversation, and not before. */
static void
test_keys_go(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	uint32_t n;

	put(p, &p->who, "ab");
	put(p, &p->who, "cb");
	put(p, &p->who, "d");
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in),
	    0);
	assert_int_equal(fixture_remove(&p->d, &p->who, &in, 1, 1, &n), 0);
	clean_for(p, 7200);
	assert_int_equal(keys_left(p), 4);
	put(p, &p->who, "ea");	/* still known by the one that went */
	assert_string_equal(WHERE(p, true, 1), "2/1 1:2, 4/1 1:4");
	assert_int_equal(fixture_remove(&p->d, &p->who, &in, 1, 4, &n), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in),
	    0);
	assert_int_equal(fixture_remove(&p->d, &p->who, &in, 4, 4, &n), 0);
	clean_for(p, 7200);
	assert_int_equal(keys_left(p), 0);
}

/* ---- what became of them ------------------------------------------------- */

static void
test_changes(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	uint64_t since = 0, old;
	uint32_t n;

	put(p, &p->who, "a");
	assert_string_equal(changes(p, &since), "");
	assert_string_equal(changes(p, &since), "");
	old = since;
	put(p, &p->who, "b");
	put(p, &p->who, "c");
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in),
	    0);
	assert_int_equal(fixture_flags(&p->d, &p->who, &in, 1, 1, FLAGS_ADD,
	    FLAG_seen, ""), 0);
	assert_string_equal(changes(p, &since), "=1 +2 +3");
	assert_string_equal(changes(p, &since), "");

	/* Moved: it is where it went, and it has changed. */
	assert_int_equal(fixture_move(&p->d, &p->who, &in, 1, 2, "Kept", &n),
	    0);
	assert_string_equal(WHERE(p, false, 1, 2, 3),
	    "1/1 7:1, 2/2 7:2, 3/3 1:3");
	assert_string_equal(changes(p, &since), "=1 =2");
	/* Copied: there is another one. Gone: it is not told where it is. */
	assert_int_equal(fixture_copy(&p->d, &p->who, &in, 3, 3, "Kept"),
	    0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in),
	    0);
	assert_int_equal(fixture_remove(&p->d, &p->who, &in, 3, 3, &n), 0);
	assert_string_equal(changes(p, &since), "-3 +4");
	assert_string_equal(WHERE(p, false, 3, 4), "4/3 7:3");
	assert_string_equal(changes(p, &old), "=1 +2 -3 +4");
	assert_int_equal(old, since);

	/* The same after a start; and nothing is known of a time to come. */
	fixture_close(&p->d);
	assert_int_equal(fixture_open(&p->d), 0);
	old -= 1;
	assert_string_equal(changes(p, &old), "-3");
	old += 1000;
	assert_string_equal(changes(p, &old), "");
	assert_int_equal(old, since);
}

/* What was in a mailbox that was removed is not told one by one. */
static void
test_mailbox_goes(void **state)
{
	struct folder *p = *state;
	uint64_t since = 0, before;

	put(p, &p->who, "a");
	assert_string_equal(changes(p, &since), "");
	before = since;
	assert_int_equal(fixture_mailbox_delete(&p->d, &p->who, "Kept",
	    false), 0);
	assert_string_equal(changes(p, &since), "stale");
	since = 0;
	assert_string_equal(changes(p, &since), "");
	assert_true(since > before);
	put(p, &p->who, "b");
	assert_string_equal(changes(p, &since), "+2");
}

/* Expunges that are forgotten, and more than anybody wants to be told. */
static void
test_too_much(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	uint64_t since = 0, old;
	uint32_t n;

	put(p, &p->who, "a");
	put(p, &p->who, "b");
	assert_string_equal(changes(p, &since), "");
	old = since;
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in),
	    0);
	assert_int_equal(fixture_remove(&p->d, &p->who, &in, 1, 1, &n), 0);
	assert_string_equal(changes(p, &since), "-1");
	clean_for(p, 7200);
	p->d.now_us += 8 * 86400 * 1000000ll;
	clean_for(p, 7200);
	p->d.now_us += 8 * 86400 * 1000000ll;
	clean_for(p, 7200);
	assert_string_equal(changes(p, &old), "stale");
	assert_string_equal(changes(p, &since), "");
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, \
    folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_conversations),
		T(test_keys_go),
		T(test_changes),
		T(test_mailbox_goes),
		T(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
