/*
 * Tests of expunges that are forgotten: when, and what is said to whoever has
 * not heard of them.
 */
#include "base/test.h"

#include <sqlite3.h>

#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"

enum { MAILS = 12, MANY = 2500, DAY_S = 86400 };

static void
deliver_some(struct folder *p, int n)
{
	const char *to[] = { "alice@ours.test", NULL };

	while (n-- > 0)
		assert_int_equal(fixture_submit(&p->d, 0, "text", to, NULL),
		    0);
}

static struct open_answer
inbox(struct folder *p)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;

	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	return in;
}

static void
delete(struct folder *p, uint32_t low, uint32_t high)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in = inbox(p);
	uint32_t gone;

	assert_int_equal(fixture_flags(&p->d, &alice, &in, low, high,
	    FLAGS_ADD, FLAG_deleted, ""), 0);
	in = inbox(p);
	assert_int_equal(fixture_expunge(&p->d, &alice, &in, &gone), 0);
	assert_int_equal(gone, high - low + 1);
}

static int
tombstones(struct folder *p)
{
	sqlite3_stmt *st;
	int n;

	assert_int_equal(sqlite3_prepare_v2(p->d.r->q.db, "SELECT count(*)"
	    " FROM placement WHERE expunged>0", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* The slices of one moment. */
static int
clean(struct folder *p)
{
	bool more = true;
	int n = 0;

	while (more) {
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
		n++;
	}
	return n;
}

static void
days_pass(struct folder *p, int days)
{
	p->d.now_us += (int64_t)days * DAY_S * 1000000;
	(void)clean(p);
}

static int
rows_of(struct folder *p, const struct open_answer *view)
{
	static struct fetch_row rows[MAILS];
	struct caller alice = fixture_person(p->alice);

	return fixture_rows(&p->d, &alice, view, rows, MAILS);
}

static int
sync_of(struct folder *p, const struct open_answer *view)
{
	struct sync_ask ask = { .mailbox = view->mailbox,
		.arrivals = view->modseq, .expunges = view->modseq };
	struct caller alice = fixture_person(p->alice);
	union store_answer answer;

	return reader_ask(p->d.r, &alice, STORE_sync, &ask, &answer,
	    &p->d.err);
}

/* The UIDs of low to high that are said to have gone, as "2-4 7-7". */
static const char *
vanished(struct folder *p, uint32_t low, uint32_t high, uint64_t since)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in = inbox(p);
	static char text[1000];
	auto_buf set = BUF_INIT(8);
	struct vanished_ask ask = { .mailbox = in.mailbox,
		.arrivals = in.modseq, .expunges = in.modseq,
		.since = since };
	union store_answer answer;
	size_t n = 0;
	struct rd r;

	buf_le32(&set, low);
	buf_le32(&set, high);
	ask.set = buf_get(&set);
	assert_int_equal(reader_ask(p->d.r, &alice, STORE_vanished, &ask,
	    &answer, &p->d.err), 0);
	assert_int_equal(answer.vanished.next, 0);
	text[0] = '\0';
	r = rd_of(answer.vanished.uids);
	while (rd_left(&r) > 0) {
		low = rd_le32(&r);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u-%u",
		    n ? " " : "", low, rd_le32(&r));
	}
	return text;
}

/* What went since, of what is asked for; all that is not there where that is
 * forgotten.                                           RFC 7162 3.2.5.1 */
static void
test_vanished(void **state)
{
	struct folder *p = *state;
	uint64_t at_first, later;

	deliver_some(p, MAILS);
	at_first = inbox(p).modseq;
	delete(p, 2, 4);
	later = inbox(p).modseq;
	delete(p, 7, 7);
	assert_string_equal(vanished(p, 1, UINT32_MAX, at_first), "2-4 7-7");
	assert_string_equal(vanished(p, 1, UINT32_MAX, later), "7-7");
	assert_string_equal(vanished(p, 3, 6, at_first), "3-4");
	assert_string_equal(vanished(p, 1, UINT32_MAX, inbox(p).modseq), "");
	days_pass(p, 1);
	days_pass(p, 8);
	assert_int_equal(tombstones(p), 0);
	delete(p, 9, 9);
	assert_string_equal(vanished(p, 1, UINT32_MAX, at_first),
	    "2-4 7-7 9-9");
	assert_string_equal(vanished(p, 3, 7, later), "3-4 7-7");
	assert_string_equal(vanished(p, 1, UINT32_MAX, inbox(p).forgotten),
	    "9-9");
}

/* A week at least, and not much longer than two; then an old view is told that
 * it is one, and a new one from where on it can be told. */
static void
test_floor(void **state)
{
	struct folder *p = *state;
	struct open_answer old, in;

	deliver_some(p, MAILS);
	old = inbox(p);
	delete(p, 1, 5);
	in = inbox(p);
	assert_int_equal(in.forgotten, 0);
	days_pass(p, 1);
	days_pass(p, 6);
	assert_int_equal(tombstones(p), 5);
	assert_int_equal(rows_of(p, &old), MAILS);
	assert_int_equal(sync_of(p, &old), 0);
	days_pass(p, 2);
	assert_int_equal(tombstones(p), 0);
	assert_int_equal(inbox(p).forgotten, in.modseq);
	assert_int_equal(rows_of(p, &old), E_STALE);
	assert_int_equal(sync_of(p, &old), E_STALE);
	/* One that had heard of them goes on. */
	assert_int_equal(rows_of(p, &in), MAILS - 5);
	assert_int_equal(sync_of(p, &in), 0);
	folder_open_again(p);
	assert_int_equal(inbox(p).forgotten, in.modseq);
	assert_int_equal(rows_of(p, &old), E_STALE);
	assert_int_equal(rows_of(p, &in), MAILS - 5);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* Much goes on elsewhere: who is in a mailbox where nothing went missed
 * nothing. */
static void
test_other_mailbox(void **state)
{
	struct folder *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct open_answer quiet;

	assert_int_equal(fixture_append(&p->d, &alice, "Archive", "text", 0,
	    "", NULL), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "Archive",
	    &quiet), 0);
	deliver_some(p, MAILS);
	delete(p, 1, 5);
	days_pass(p, 1);
	days_pass(p, 8);
	assert_int_equal(tombstones(p), 0);
	assert_int_equal(rows_of(p, &quiet), 1);
	assert_int_equal(sync_of(p, &quiet), 0);
	assert_int_equal(rows_of(p, &(struct open_answer){
	    .mailbox = quiet.mailbox, .modseq = quiet.modseq }), 1);
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "Archive",
	    &quiet), 0);
	assert_int_equal(quiet.forgotten, 0);
}

/* What went later is remembered from then on. */
static void
test_later_ones(void **state)
{
	struct folder *p = *state;
	struct open_answer view;

	deliver_some(p, MAILS);
	delete(p, 1, 2);
	days_pass(p, 1);
	view = inbox(p);
	delete(p, 3, 3);
	days_pass(p, 7);
	assert_int_equal(tombstones(p), 1);
	assert_int_equal(rows_of(p, &view), MAILS - 2);
	days_pass(p, 8);
	assert_int_equal(tombstones(p), 0);
	assert_int_equal(rows_of(p, &view), E_STALE);
}

/* A clock that is set back forgets nothing early. */
static void
test_clock_back(void **state)
{
	struct folder *p = *state;

	deliver_some(p, MAILS);
	delete(p, 1, 2);
	days_pass(p, 1);
	days_pass(p, -30);
	days_pass(p, 6);
	assert_int_equal(tombstones(p), 2);
	days_pass(p, 2);
	assert_int_equal(tombstones(p), 0);
}

/* Many go in slices. */
static void
test_slices(void **state)
{
	struct folder *p = *state;
	int before, slices = 0;
	bool more = true;

	deliver_some(p, MANY);
	delete(p, 1, MANY);
	days_pass(p, 1);
	p->d.now_us += (int64_t)8 * DAY_S * 1000000;
	for (; more; slices++) {
		before = tombstones(p);
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
		assert_true(before - tombstones(p) <= 1000);
	}
	assert_true(slices >= MANY / 1000);
	assert_int_equal(tombstones(p), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, folder_set_up, \
    folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_floor),
		T(test_vanished),
		T(test_other_mailbox),
		T(test_later_ones),
		T(test_clock_back),
		T(test_slices),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
