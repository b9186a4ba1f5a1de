#include "imap/imap_int.h"

_Static_assert((int)STORE_SET == (int)FLAGS_SET &&
    (int)STORE_ADD == (int)FLAGS_ADD &&
    (int)STORE_REMOVE == (int)FLAGS_REMOVE, "the same modes");

static int
tell_row(struct imap_session *s, const struct imap_command *c,
    const struct fetch_row *row, struct buf *b)
{
	if (row->uid == 0 || row->seq == 0)
		return -1;
	imap_told(s, row->uid, row->modseq);
	if (c->args.store.silent)
		return 0;
	buf_printf(b, "* %u FETCH (", row->seq);
	/* RFC 3501 6.4.8: UID commands name the UID. */
	if (c->row->flags & ROW_UID)
		buf_printf(b, "UID %u ", row->uid);
	buf_lit(b, "FLAGS ");
	imap_put_flags(b, row->flags, row->keywords);
	buf_lit(b, ")\r\n");
	return 0;
}

static int
tell_rows(struct imap_session *s, const struct imap_command *c,
    struct str rows, struct err *err)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct rd r = rd_of(rows);
	struct fetch_row row;

	while (!rd_done(&r)) {
		if (!msg_take(&r, &fetch_row_shape, &row) ||
		    tell_row(s, c, &row, &b) < 0)
			return err_set(err, E_PROTO, "rows make no sense");
	}
	imap_say(s, &b);
	return stream_failed(s->d.stream);
}

/* One page of the set, in store's slices. */
static int
store_page(struct imap_session *s, const struct imap_command *c,
    struct flags_ask *ask, struct arena *mem, struct err *err)
{
	struct flags_answer a;
	int e;

	ask->cursor = 0;
	do {
		arena_reset(mem);
		dialogue_deadline(&s->d, IMAP_COMMAND_MS);
		ask->change = store_change_id(s->store);
		e = store_call(s->store, STORE_flags, ask, &a, mem, err);
		if (e >= 0)
			e = tell_rows(s, c, a.rows, err);
		if (e < 0)
			return e;
		ask->cursor = a.next;
	} while (a.next != 0);
	return 0;
}

/* STORE set item value                                    RFC 3501 6.4.6 */
struct answer
imap_store(struct imap_session *s, const struct imap_command *c)
{
	const struct store_args *sa = &c->args.store;
	struct seqset set = sa->set;
	struct flags_ask ask = {
		.mailbox = s->view.mailbox,
		.arrivals = s->view.arrivals,
		.expunges = s->view.expunges,
		.mode = sa->mode,
		.flags = sa->flags.system,
		.keywords = imap_keywords(s->cmd, &sa->flags),
		.unchanged_since = UINT64_MAX,
	};
	struct selection sel;
	struct arena *mem;
	struct err err = { 0 };
	struct answer a;
	int e = 0;

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	if (sa->unchanged_since != NO_MODSEQ)
		return BAD("No such modifier");
	a = imap_select_set(s, &set, (c->row->flags & ROW_UID) != 0, &sel);
	if (a.kind != ANSWER_NONE)
		return a;
	ask.by_uid = sel.by_uid;
	mem = arena_new(IMAP_PAGE_MEM);
	while (e >= 0 && selection_next(&sel, &ask.set))
		e = store_page(s, c, &ask, mem, &err);
	arena_free(mem);
	return e < 0 ? imap_fail(s, "store", &err) : OK("Stored");
}
