#include "mail/view.h"

#include "mail/change.h"
#include "mail/test_world.h"

/* Three messages, 2 is expunged; of the two left the flags changed, and two
 * came: in two answers. */
static int
sync_in_two(struct store *st, const void *asked, void *answered)
{
	const struct sync_ask *ask = asked;
	struct sync_answer *a = answered;
	struct buf b = BUF_INIT(4096);

	if (ask->arrivals == 5) {
		assert_int_equal(ask->expunges, 5);
		assert_true(ask->expunge_ok);
		*a = (struct sync_answer){ .arrivals = 6, .expunges = 7,
			.exists = 2, .gone = STR("\2\0\0\0"), .more = 1 };
		return 0;
	}
	assert_int_equal(ask->arrivals, 6);
	world_put_row(&b, 1, 8, FLAG_seen);
	world_put_row(&b, 2, 9, FLAG_flagged);
	*a = (struct sync_answer){ .arrivals = 9, .expunges = 9, .exists = 4,
		.rows = str_dup(world_of(st)->mem, buf_get(&b)) };
	buf_free(&b);
	return 0;
}

static int
sync_nothing(struct store *st unused_arg, const void *asked, void *answered)
{
	const struct sync_ask *ask = asked;

	*(struct sync_answer *)answered = (struct sync_answer){
		.arrivals = ask->arrivals, .expunges = ask->expunges,
		.exists = 3 };
	return 0;
}

static int
sync_gone_wrong(struct store *st unused_arg, const void *ask unused_arg,
    void *answered)
{
	*(struct sync_answer *)answered = (struct sync_answer){
		.exists = 3, .gone = STR("\4\0\0\0") };
	return 0;
}

static int
note_news(void *arg, const struct news *news)
{
	struct buf *b = arg;

	if (news->kind == NEWS_FLAGS)
		buf_printf(b, "flags %u %u; ", news->n, news->row->flags);
	else if (news->kind == NEWS_REMOVED)
		buf_lit(b, "removed; ");
	else
		buf_printf(b, "%s %u; ", news->kind == NEWS_GONE ? "gone" :
		    "exists", news->n);
	return b->n > 1000 ? E_CLOSED : 0;
}

static struct mailbox_view
view_of(struct world *w)
{
	return (struct mailbox_view){ .account = &w->account,
		.at = { 1, 5, 5 }, .exists = 3 };
}

static void
update(struct world *w)
{
	const struct fetch_row told = { .uid = 10, .modseq = 8 },
	    other = { .uid = 20, .modseq = 6 };
	struct mailbox_view v = view_of(w);
	auto_buf news = BUF_INIT(4096);
	struct err err = { 0 };

	w->fake.answer[STORE_sync] = sync_in_two;
	view_told(&v, &told);	/* this very change */
	view_told(&v, &other);	/* not what is told now */
	assert_int_equal(view_update(&v, true, note_news, &news, &err), 0);
	assert_str(buf_get(&news), "gone 2; exists 4; flags 2 4; ");
	assert_int_equal(w->fake.calls[STORE_sync], 2);
	assert_int_equal(v.at.arrivals, 9);
	assert_int_equal(v.at.expunges, 9);
	assert_int_equal(v.exists, 4);
	/* What was told is forgotten with the update. */
	assert_int_equal(v.already_told.n, 0);
	view_close(&v);
	assert_int_equal(v.at.mailbox, 0);
}

/* The mailbox is gone: so are its messages, once they may be. */
static void
removed(struct world *w)
{
	struct mailbox_view v = view_of(w);
	auto_buf news = BUF_INIT(4096);
	struct err err = { 0 };

	w->fake.fail[STORE_sync] = E_NOTFOUND;
	assert_int_equal(view_update(&v, false, note_news, &news, &err), 0);
	assert_int_equal(news.n, 0);
	assert_int_equal(v.exists, 3);
	assert_int_equal(view_update(&v, true, note_news, &news, &err), 0);
	assert_str(buf_get(&news), "gone 3; gone 2; gone 1; removed; ");
	assert_int_equal(v.exists, 0);
	assert_int_equal(v.at.mailbox, 0);
	assert_int_equal(w->fake.calls[STORE_sync], 2);
	assert_int_equal(view_update(&v, true, note_news, &news, &err), 0);
	assert_int_equal(w->fake.calls[STORE_sync], 2);
	view_close(&v);
}

/* Store is asked when there may be something, and only then. */
static void
update_asks(struct world *w)
{
	static const struct {
		uint64_t heard, arrivals, expunges;
		bool may_expunge;
		size_t asks;
	} rows[] = {
		{ 0, 5, 5, true, 1 },	/* nobody said anything */
		{ 5, 5, 5, true, 0 },
		{ 5, 5, 5, false, 0 },
		{ 6, 5, 5, true, 1 },
		{ 6, 5, 5, false, 1 },
		{ 5, 5, 4, true, 1 },	/* an expunge that had to wait */
		{ 5, 5, 4, false, 0 },	/* and has to wait on */
		{ 0, 0, 0, true, 1 },	/* a mailbox that never changed */
	};

	w->fake.answer[STORE_sync] = sync_nothing;
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct mailbox_view v = view_of(w);
		auto_buf news = BUF_INIT(4096);
		struct err err = { 0 };

		v.at = (struct view){ 1, rows[i].arrivals, rows[i].expunges };
		view_heard(&v, rows[i].heard);
		view_heard(&v, rows[i].heard ? rows[i].heard - 1 : 0);
		w->fake.calls[STORE_sync] = 0;
		assert_int_equal(view_update(&v, rows[i].may_expunge,
		    note_news, &news, &err), 0);
		assert_int_equal(w->fake.calls[STORE_sync], rows[i].asks);
		assert_str(buf_get(&news), "");
		/* Heard once: the next command asks again. */
		assert_int_equal(view_update(&v, rows[i].may_expunge,
		    note_news, &news, &err), 0);
		assert_int_equal(w->fake.calls[STORE_sync], rows[i].asks + 1);
	}
}

static void
update_fails(struct world *w)
{
	struct mailbox_view v = view_of(w);
	auto_buf news = BUF_INIT(4096);
	struct err err = { 0 };

	w->fake.answer[STORE_sync] = sync_gone_wrong;
	assert_int_equal(view_update(&v, true, note_news, &news, &err),
	    E_PROTO);
	assert_int_equal(v.at.arrivals, 5);
	assert_str(buf_get(&news), "");
}

/* ---- change.h ---------------------------------------------------------- */

/* A slice a message. */
static int
flags_in_slices(struct store *st, const void *asked, void *answered)
{
	const struct flags_ask *ask = asked;
	struct flags_answer *a = answered;
	struct buf b = BUF_INIT(4096);
	uint32_t seq = ask->cursor + 1;

	assert_int_equal(ask->change, 1);
	assert_str(ask->keywords, "x y");
	assert_true(ask->unchanged_since == UINT64_MAX);
	world_put_row(&b, seq, 6, ask->flags);
	*a = (struct flags_answer){
		.rows = str_dup(world_of(st)->mem, buf_get(&b)),
		.next = seq < 3 ? seq : 0 };
	buf_free(&b);
	return 0;
}

static int
note_row(void *arg, const struct fetch_row *row)
{
	struct buf *b = arg;

	buf_printf(b, "%u:%u ", row->seq, row->flags);
	return row->seq == b->cap ? E_CLOSED : 0;
}

static void
change(struct world *w)
{
	static const uint32_t all[2] = { 1, UINT32_MAX };
	const struct selection messages = { str_make((const char *)all,
	    sizeof(all)), false };
	const struct flag_change flagged = { .mode = FLAGS_ADD,
		.flags = FLAG_flagged, .keywords = STR("x y"),
		.unchanged_since = UINT64_MAX };
	struct mailbox_view v = view_of(w);
	auto_buf rows = BUF_INIT(4096);
	struct buf two = BUF_INIT(2);
	struct err err = { 0 };

	w->fake.answer[STORE_flags] = flags_in_slices;
	assert_int_equal(change_flags(&v, messages, &flagged, note_row, &rows,
	    &err), 0);
	assert_str(buf_get(&rows), "1:4 2:4 3:4 ");
	assert_int_equal(w->fake.calls[STORE_flags], 3);
	assert_int_equal(w->fake.change, 1);
	assert_int_equal(v.already_told.n, 3 * 12);
	view_close(&v);
	/* Whoever listens has enough of it. */
	w->fake.change = 0;
	v = view_of(w);
	assert_int_equal(change_flags(&v, messages, &flagged, note_row, &two,
	    &err), E_CLOSED);
	assert_int_equal(w->fake.calls[STORE_flags], 5);
	view_close(&v);
	buf_free(&two);
}

static bool remove_any;

static int
expunge_in_slices(struct store *st, const void *asked, void *answered)
{
	const struct expunge_ask *ask = asked;

	/* Every slice is a change of its own. */
	assert_int_equal(ask->change, st->fake->calls[STORE_expunge]);
	assert_int_equal(ask->any, remove_any);
	*(struct expunge_answer *)answered = (struct expunge_answer){ 1,
		st->fake->calls[STORE_expunge] % 3 != 0 };
	return 0;
}

static void
expunge(struct world *w)
{
	auto_buf ranges = BUF_INIT(100000);
	struct mailbox_view v = view_of(w);
	struct selection uids = { .by_uid = true };
	struct err err = { 0 };

	w->fake.answer[STORE_expunge] = expunge_in_slices;
	assert_int_equal(change_expunge(&v, NULL, &err), 0);
	assert_int_equal(w->fake.calls[STORE_expunge], 3);
	/* No UIDs are none, not all. */
	assert_int_equal(change_expunge(&v, &uids, &err), 0);
	assert_int_equal(w->fake.calls[STORE_expunge], 3);
	/* More ranges than one ask holds. */
	for (uint32_t i = 0; i < 8193; i++)
		selection_add(&ranges, i, i);
	uids.ranges = buf_get(&ranges);
	assert_int_equal(change_expunge(&v, &uids, &err), 0);
	assert_int_equal(w->fake.calls[STORE_expunge], 9);
	remove_any = true;
	assert_int_equal(change_remove(&v, &uids, &err), 0);
	assert_int_equal(w->fake.calls[STORE_expunge], 15);
}

static void
test_update(void **state unused_arg)
{
	world_run(update);
}

static void
test_update_asks(void **state unused_arg)
{
	world_run(update_asks);
}

static void
test_removed(void **state unused_arg)
{
	world_run(removed);
}

static void
test_update_fails(void **state unused_arg)
{
	world_run(update_fails);
}

static void
test_change(void **state unused_arg)
{
	world_run(change);
}

static void
test_expunge(void **state unused_arg)
{
	world_run(expunge);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_update_asks),
		cmocka_unit_test(test_update_fails),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_expunge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
