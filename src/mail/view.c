#include "mail/view.h"

enum {
	TOLD_SIZE = 12,		/* a record of already_told */
	TOLD_MAX = 16 << 20,
	RANGE_SIZE = 8,
	RANGES_MAX = 65536,	/* octets of `set`, store/messages.h */
};

struct mailbox_view
view_now(const struct account *a, uint64_t mailbox)
{
	return (struct mailbox_view){ .account = a,
		.at = { mailbox, UINT64_MAX, UINT64_MAX } };
}

void
view_close(struct mailbox_view *v)
{
	v->at = (struct view){ 0 };
	v->exists = 0;
	v->heard = 0;
	v->untold = false;
	buf_free(&v->already_told);
}

void
view_heard(struct mailbox_view *v, uint64_t modseq)
{
	/* Answers may come out of order: a page that was asked for early. */
	if (modseq > v->heard)
		v->heard = modseq;
}

void
view_told(struct mailbox_view *v, const struct fetch_row *row)
{
	v->already_told.cap = TOLD_MAX;
	buf_le32(&v->already_told, row->uid);
	buf_le64(&v->already_told, row->modseq);
}

/* By this session itself, since the last update. */
static bool
was_told(const struct mailbox_view *v, uint32_t for_uid, uint64_t modseq)
{
	const struct buf *told = &v->already_told;
	size_t lo = 0, hi = told->n / TOLD_SIZE;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct rd r = rd_of(str_make(told->p + mid * TOLD_SIZE,
		    TOLD_SIZE));
		uint32_t uid = rd_le32(&r);

		if (uid == for_uid)
			return rd_le64(&r) == modseq;
		if (uid < for_uid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

bool
view_knows(const struct mailbox_view *v, uint32_t uid, uint64_t modseq)
{
	return modseq <= v->at.arrivals || was_told(v, uid, modseq);
}

/* One answer of store; the view is then where the answer says. */
static int
tell_answer(struct mailbox_view *v, const struct sync_answer *a,
    int (*tell)(void *arg, const struct news *news), void *arg,
    struct err *err)
{
	struct rd gone = rd_of(a->gone), rows = rd_of(a->rows);
	struct rd uids = rd_of(a->gone_uids);
	struct fetch_row row;
	int e = 0;

	while (e >= 0 && !rd_done(&gone)) {
		struct news news = { NEWS_GONE, rd_le32(&gone), NULL,
			rd_le32(&uids) };

		if (!rd_ok(&gone) || news.n == 0 || news.n > v->exists)
			return err_set(err, E_PROTO, "no such message went");
		v->exists--;
		e = tell(arg, &news);
	}
	if (e >= 0 && a->exists < v->exists)
		return err_set(err, E_PROTO, "messages went without a word");
	if (e >= 0 && a->exists > v->exists) {
		v->exists = a->exists;
		e = tell(arg, &(struct news){ NEWS_EXISTS, a->exists, NULL,
		    0 });
	}
	while (e >= 0 && (e = row_next(&rows, &row, err)) > 0) {
		if (!was_told(v, row.uid, row.modseq))
			e = tell(arg, &(struct news){ NEWS_FLAGS, row.seq,
			    &row, row.uid });
	}
	if (e < 0)
		return e;
	v->at.arrivals = a->arrivals;
	v->at.expunges = a->expunges;
	v->untold = a->untold;
	return 0;
}

/* The mailbox was removed, and all messages with it. */
static int
tell_removed(struct mailbox_view *v,
    int (*tell)(void *arg, const struct news *news), void *arg)
{
	int e = 0;

	for (; v->exists > 0 && e >= 0; v->exists--)
		e = tell(arg, &(struct news){ NEWS_GONE, v->exists, NULL,
		    0 });
	v->at = (struct view){ 0 };
	return e < 0 ? e : tell(arg, &(struct news){ NEWS_REMOVED, 0, NULL,
	    0 });
}

int
view_update(struct mailbox_view *v, bool expunges,
    int (*tell)(void *arg, const struct news *news), void *arg,
    struct err *err)
{
	bool same = v->at.mailbox == 0 ||
	    (v->heard != 0 && v->heard <= v->at.arrivals &&
	    (!expunges || v->heard <= v->at.expunges));
	struct sync_answer a = { .more = !same };
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	int e = 0;

	while (a.more && e >= 0) {
		struct sync_ask ask = {
			.mailbox = v->at.mailbox,
			.arrivals = v->at.arrivals,
			.expunges = v->at.expunges,
			.expunge_ok = expunges,
		};

		arena_reset(mem);
		e = store_call(v->account->store, STORE_sync, &ask, &a, mem,
		    err);
		if (e >= 0)
			e = tell_answer(v, &a, tell, arg, err);
	}
	arena_free(mem);
	/* Also for who may not read it any more. */
	if (e == E_NOTFOUND || e == E_NORIGHT)
		e = expunges ? tell_removed(v, tell, arg) : 0;
	buf_free(&v->already_told);
	v->heard = 0;
	return e;
}

int
view_vanished(const struct mailbox_view *v, struct selection uids,
    uint64_t since, void (*tell)(void *arg, struct str pairs), void *arg,
    struct err *err)
{
	struct vanished_ask ask = { .mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals, .expunges = v->at.expunges,
		.since = since };
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct vanished_answer a;
	int e = 0;

	while (e >= 0 && (ask.cursor != 0 ||
	    selection_next(&uids, &ask.set))) {
		arena_reset(mem);
		e = store_call(v->account->store, STORE_vanished, &ask, &a,
		    mem, err);
		if (e < 0)
			break;
		tell(arg, a.uids);
		ask.cursor = a.next;
	}
	arena_free(mem);
	return e;
}

int
view_take_untold(struct mailbox_view *v, uint32_t *from, uint32_t *below,
    struct err *err)
{
	const struct recent_ask ask = { store_change_id(v->account->store),
		v->at.mailbox };
	struct arena *mem = arena_new(4096);
	struct recent_answer a;
	int e = store_call(v->account->store, STORE_recent, &ask, &a, mem,
	    err);

	arena_free(mem);
	v->untold = false;
	if (e < 0)
		return e;
	*from = a.from;
	*below = a.below;
	return 0;
}

void
selection_add(struct buf *ranges, uint32_t low, uint32_t high)
{
	buf_le32(ranges, low);
	buf_le32(ranges, high);
}

bool
selection_next(struct selection *sel, struct str *ranges)
{
	_Static_assert(RANGES_MAX % RANGE_SIZE == 0, "whole ranges");
	if (sel->ranges.n == 0)
		return false;
	*ranges = str_first(sel->ranges, RANGES_MAX);
	sel->ranges = str_from(sel->ranges, ranges->n);
	return true;
}

int
row_next(struct rd *records, struct fetch_row *row, struct err *err)
{
	if (rd_done(records))
		return 0;
	if (!msg_take(records, &fetch_row_shape, row) || row->uid == 0 ||
	    row->seq == 0)
		return err_set(err, E_PROTO, "a row that makes no sense");
	return 1;
}
