#include "mail/rows.h"

#include "mail/test_world.h"

enum { PAGE = 3, MESSAGES = 8 };

/* Messages 1 to 8, three a page; the even ones are seen. */
static int
fetch(struct store *st, const void *asked, void *answered)
{
	const struct fetch_ask *ask = asked;
	struct fetch_answer *a = answered;
	struct buf b = BUF_INIT(100000);
	struct rd r = rd_of(ask->set);
	uint32_t low = rd_le32(&r), high = rd_le32(&r), n = 0;
	uint32_t seq = ask->cursor ? ask->cursor : low;

	if (high > MESSAGES)
		high = MESSAGES;
	for (; seq <= high && n < PAGE; n++, seq++)
		world_put_row(&b, seq, 5, seq % 2 ? 0 : FLAG_seen);
	*a = (struct fetch_answer){
		.rows = str_dup(world_of(st)->mem, buf_get(&b)),
		.next = seq <= high ? seq : 0, .modseq = 5 };
	buf_free(&b);
	return 0;
}

/* By UID; somebody else has flagged 30 meanwhile, and 10 has gone. */
static int
flags(struct store *st, const void *asked, void *answered)
{
	const struct flags_ask *ask = asked;
	struct flags_answer *a = answered;
	struct buf b = BUF_INIT(100000);
	struct rd r = rd_of(ask->set);

	assert_int_equal(ask->mode, FLAGS_ADD);
	assert_int_equal(ask->flags, FLAG_seen);
	assert_true(ask->by_uid);
	while (!rd_done(&r)) {
		uint32_t uid = rd_le32(&r);

		assert_int_equal(rd_le32(&r), uid);
		assert_true(uid % 20 == 10);
		if (uid != 10)
			world_put_row(&b, uid / 10, 9, FLAG_seen |
			    (uid == 30 ? FLAG_flagged : 0));
	}
	*a = (struct flags_answer){
		.rows = str_dup(world_of(st)->mem, buf_get(&b)),
		.modseq = 9 };
	buf_free(&b);
	return 0;
}

static struct mailbox_view
view_of(struct world *w)
{
	return (struct mailbox_view){ .account = &w->account,
		.at = { 1, 5, 5 }, .exists = MESSAGES };
}

static const uint32_t all[2] = { 1, UINT32_MAX };

static void
walk(struct world *w)
{
	struct mailbox_view v = view_of(w);
	const struct rows_ask ask = { .messages = { str_make(
	    (const char *)all, sizeof(all)), false } };
	struct rows *rows = rows_open(&v, &ask);
	struct fetch_row row;
	bool flagged;
	struct err err = { 0 };
	uint32_t n = 0;
	int e;

	w->fake.answer[STORE_fetch] = fetch;
	while ((e = rows_next(rows, &row, &flagged, &err)) > 0) {
		assert_int_equal(row.seq, ++n);
		assert_false(flagged);
		/* One page ahead, and not two. */
		assert_true(w->fake.calls[STORE_fetch] <= (n - 1) / PAGE + 2);
		/* It is on its way before the first row of this one is used,
		 * not after the last. */
		if (n < 7)
			assert_int_equal(w->fake.calls[STORE_fetch],
			    (n - 1) / PAGE + 2);
	}
	assert_int_equal(e, 0);
	assert_int_equal(n, MESSAGES);
	assert_int_equal(rows_next(rows, &row, &flagged, &err), 0);
	assert_int_equal(w->fake.calls[STORE_fetch], 3);
	assert_int_equal(v.heard, 5);
	rows_close(rows);
	rows_close(NULL);
}

static void
set_flags(struct world *w)
{
	static const uint32_t wants[] = { FLAG_seen, FLAG_seen,
		FLAG_seen | FLAG_flagged, FLAG_seen, FLAG_seen, FLAG_seen,
		FLAG_seen, FLAG_seen };
	struct mailbox_view v = view_of(w);
	const struct rows_ask ask = { .messages = { str_make(
	    (const char *)all, sizeof(all)), false },
		.set_flags = FLAG_seen };
	struct rows *rows = rows_open(&v, &ask);
	struct fetch_row row;
	bool flagged;
	struct err err = { 0 };

	w->fake.answer[STORE_fetch] = fetch;
	w->fake.answer[STORE_flags] = flags;
	for (uint32_t n = 1; n <= MESSAGES; n++) {
		assert_int_equal(rows_next(rows, &row, &flagged, &err), 1);
		assert_int_equal(row.seq, n);
		assert_int_equal(row.flags, wants[n - 1]);
		assert_int_equal(flagged, n % 2);
		assert_int_equal(row.modseq, n % 2 && n != 1 ? 9 : 5);
	}
	/* What was asked for early is older than the change. */
	assert_int_equal(v.heard, 9);
	/* One change a page. */
	assert_int_equal(w->fake.calls[STORE_flags], 3);
	assert_int_equal(v.already_told.n, 3 * 12);
	rows_close(rows);
	view_close(&v);
}

static int
broken(struct store *st unused_arg, const void *ask unused_arg, void *answered)
{
	*(struct fetch_answer *)answered = (struct fetch_answer){
		.rows = STR("nonsense") };
	return 0;
}

static struct world *holding;

static int
fetch_and_hold(struct store *st, const void *ask, void *answered)
{
	holding->fake.hold = true;
	return fetch(st, ask, answered);
}

/* Ends before the last row: nothing is left running. */
static void
left_early(struct world *w)
{
	struct mailbox_view v = view_of(w);
	struct rows_ask ask = { .messages = { str_make((const char *)all,
	    sizeof(all)), false } };
	struct rows *rows = rows_open(&v, &ask);
	struct fetch_row row;
	bool flagged;
	struct err err = { 0 };

	holding = w;
	w->fake.answer[STORE_fetch] = fetch;
	assert_int_equal(rows_next(rows, &row, &flagged, &err), 1);
	rows_close(rows);
	/* While the next page is asked for: it is given up. */
	rows = rows_open(&v, &ask);
	w->fake.answer[STORE_fetch] = fetch_and_hold;
	assert_int_equal(rows_next(rows, &row, &flagged, &err), 1);
	w->fake.answer[STORE_fetch] = fetch;
	assert_int_equal(w->fake.under_way, 1);
	rows_close(rows);
	assert_int_equal(w->fake.under_way, 0);
	w->fake.hold = false;
	/* Never begun, and with nothing to walk over. */
	rows_close(rows_open(&v, &ask));
	ask.messages.ranges = STR_NULL;
	rows = rows_open(&v, &ask);
	assert_int_equal(rows_next(rows, &row, &flagged, &err), 0);
	rows_close(rows);
}

static void
failures(struct world *w)
{
	struct mailbox_view v = view_of(w);
	const struct rows_ask ask = { .messages = { str_make(
	    (const char *)all, sizeof(all)), false } };
	struct rows *rows = rows_open(&v, &ask);
	struct fetch_row row;
	bool flagged;
	struct err err = { 0 };

	w->fake.answer[STORE_fetch] = broken;
	assert_int_equal(rows_next(rows, &row, &flagged, &err),
	    E_PROTO);
	assert_int_equal(rows_next(rows, &row, &flagged, &err),
	    E_PROTO);
	rows_close(rows);
}

static void
test_walk(void **state unused_arg)
{
	world_run(walk);
}

static void
test_set_flags(void **state unused_arg)
{
	world_run(set_flags);
}

static void
test_left_early(void **state unused_arg)
{
	world_run(left_early);
}

static void
test_failures(void **state unused_arg)
{
	world_run(failures);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_set_flags),
		cmocka_unit_test(test_left_early),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
