/*
 * view.c - the session's view of its mailbox and how it moves on.
 *
 * A view is two modseqs (store/messages.h). Nothing but imap_update() moves
 * them, so between two updates every message number stays what it was.
 *
 * `told` holds what this session's own STORE and FETCH have told of flags (or
 * must not tell: .SILENT) since the last update: u32 UID and u64 modseq each,
 * ascending. The update leaves exactly these out, so a change that somebody
 * else made meanwhile is still told.
 */
#include "base/rd.h"
#include "imap/imap_int.h"

enum { TOLD_SIZE = 12, OUT_MAX = 1 << 20 };

void
imap_told(struct imap_session *s, uint32_t uid, uint64_t modseq)
{
	buf_le32(&s->told, uid);
	buf_le64(&s->told, modseq);
}

void
imap_deselect(struct imap_session *s)
{
	s->view = (struct view){ 0 };
	s->exists = 0;
	s->read_only = false;
	buf_free(&s->told);
	if (s->state == STATE_SELECTED)
		s->state = STATE_AUTH;
}

static bool
was_told(const struct imap_session *s, const struct fetch_row *row)
{
	size_t lo = 0, hi = s->told.n / TOLD_SIZE;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct rd r = rd_of(str_make(s->told.p + mid * TOLD_SIZE,
		    TOLD_SIZE));
		uint32_t uid = rd_le32(&r);

		if (uid == row->uid)
			return rd_le64(&r) == row->modseq;
		if (uid < row->uid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static int
broken(struct err *err)
{
	return err_set(err, E_PROTO, "an answer of store makes no sense");
}

/* * n EXPUNGE, highest first, each right as it stands.     RFC 3501 7.4.1 */
static int
tell_gone(struct imap_session *s, struct str gone, struct err *err)
{
	struct rd r = rd_of(gone);
	auto_buf b = BUF_INIT(OUT_MAX);

	while (!rd_done(&r)) {
		uint32_t seq = rd_le32(&r);

		if (!rd_ok(&r) || seq == 0 || seq > s->exists)
			return broken(err);
		buf_printf(&b, "* %u EXPUNGE\r\n", seq);
		s->exists--;
	}
	imap_say(s, &b);
	return 0;
}

static int
tell_flags(struct imap_session *s, struct str rows, struct err *err)
{
	struct rd r = rd_of(rows);
	auto_buf b = BUF_INIT(OUT_MAX);
	struct fetch_row row;

	while (!rd_done(&r)) {
		if (!msg_take(&r, &fetch_row_shape, &row))
			return broken(err);
		if (was_told(s, &row))
			continue;
		buf_printf(&b, "* %u FETCH (UID %u FLAGS ", row.seq, row.uid);
		imap_put_flags(&b, row.flags, row.keywords);
		buf_lit(&b, ")\r\n");
	}
	imap_say(s, &b);
	return 0;
}

static int
tell(struct imap_session *s, const struct sync_answer *a, struct err *err)
{
	int e;

	if ((e = tell_gone(s, a->gone, err)) < 0)
		return e;
	if (a->exists < s->exists)
		return broken(err);
	if (a->exists > s->exists) {
		(void)stream_printf(s->d.stream, "* %u EXISTS\r\n", a->exists);
		s->exists = a->exists;
	}
	if ((e = tell_flags(s, a->rows, err)) < 0)
		return e;
	s->view.arrivals = a->arrivals;
	s->view.expunges = a->expunges;
	return 0;
}

int
imap_update(struct imap_session *s, bool expunge_ok, struct err *err)
{
	struct arena *mem = arena_new(IMAP_PAGE_MEM);
	struct sync_answer a = { .more = 1 };
	int e = 0;

	while (a.more && e >= 0) {
		struct sync_ask ask = {
			.mailbox = s->view.mailbox,
			.arrivals = s->view.arrivals,
			.expunges = s->view.expunges,
			.expunge_ok = expunge_ok,
		};

		arena_reset(mem);
		e = store_call(s->store, STORE_sync, &ask, &a, mem, err);
		if (e >= 0)
			e = tell(s, &a, err);
		if (e >= 0)
			e = stream_failed(s->d.stream);
	}
	arena_free(mem);
	buf_free(&s->told);
	return e;
}
