/*
 * fetch_seen.c - BODY[...] and its kin set \Seen.           RFC 3501 6.4.5
 */
#include "imap/imap_int.h"

/* The rows that are not seen yet, as a set of UIDs. */
static int
unseen_of(struct str rows, struct buf *ranges, struct err *err)
{
	struct rd r = rd_of(rows);
	struct fetch_row row;

	while (!rd_done(&r)) {
		if (!msg_take(&r, &fetch_row_shape, &row))
			return err_set(err, E_PROTO, "rows make no sense");
		if (row.flags & SYS_SEEN)
			continue;
		buf_le32(ranges, row.uid);
		buf_le32(ranges, row.uid);
	}
	return 0;
}

/* FETCH tells of it: the update after it need not. */
static int
note_seen(struct imap_session *s, struct str rows, struct err *err)
{
	struct rd r = rd_of(rows);
	struct fetch_row row;

	while (!rd_done(&r)) {
		if (!msg_take(&r, &fetch_row_shape, &row))
			return err_set(err, E_PROTO, "rows make no sense");
		imap_told(s, row.uid, row.modseq);
	}
	return 0;
}

/* One page of the set, in store's slices. */
static int
mark_page(struct imap_session *s, struct str uids, struct arena *mem,
    struct err *err)
{
	struct flags_ask ask = {
		.mailbox = s->view.mailbox,
		.arrivals = s->view.arrivals,
		.expunges = s->view.expunges,
		.by_uid = 1,
		.set = uids,
		.mode = FLAGS_ADD,
		.flags = FLAG_seen,
		.unchanged_since = UINT64_MAX,
	};
	struct flags_answer a;
	int e;

	do {
		arena_reset(mem);
		ask.change = store_change_id(s->store);
		e = store_call(s->store, STORE_flags, &ask, &a, mem, err);
		if (e >= 0)
			e = note_seen(s, a.rows, err);
		if (e < 0)
			return e;
		ask.cursor = a.next;
	} while (a.next != 0);
	return 0;
}

int
imap_mark_seen(struct imap_session *s, struct str rows, struct err *err)
{
	auto_buf ranges = BUF_INIT(IMAP_OUT_MAX);
	struct selection unseen = { .by_uid = true };
	struct arena *mem;
	struct str page;
	int e = unseen_of(rows, &ranges, err);

	if (e < 0 || ranges.n == 0)
		return e;
	mem = arena_new(IMAP_PAGE_MEM);
	unseen.ranges = buf_get(&ranges);
	while (e >= 0 && selection_next(&unseen, &page))
		e = mark_page(s, page, mem, err);
	arena_free(mem);
	return e;
}
