/*
 * cmd_fetch.c - FETCH.                                    RFC 3501 6.4.5, 7.4.2
 *
 * Rows come from store a page at a time; each is rendered and written before
 * the next, so a fetch of everything takes no more memory than one of a page.
 */
#include "base/timetext.h"
#include "imap/imap_int.h"
#include "mime/facts.h"

enum { WRITE_AT = 32768 };	/* octets rendered before they are written */

struct fetching {
	struct imap_session *s;
	const struct fetch_att *att;
	bool by_uid;
	bool set_seen;		/* and the mailbox may be changed */
	bool want_facts;
	struct arena *page;	/* store's answers */
	struct arena *row;	/* facts computed again */
	struct buf out;
	struct err failed;	/* the first message that could not be read */
};

static const uint32_t items_with_facts = FETCH_ENVELOPE | FETCH_BODY |
    FETCH_BODYSTRUCTURE;
static const uint32_t items_served = FETCH_UID | FETCH_FLAGS |
    FETCH_INTERNALDATE | FETCH_SIZE | FETCH_ENVELOPE | FETCH_BODY |
    FETCH_BODYSTRUCTURE;

static bool
wants_facts(const struct fetch_att *att)
{
	bool wants = (att->items & items_with_facts) != 0;

	for (size_t i = 0; i < att->nsection; i++)
		wants = wants || imap_needs_facts(&att->section[i]);
	return wants;
}

static bool
served(const struct fetch_att *att)
{
	for (size_t i = 0; i < att->nsection; i++) {
		if (att->section[i].item == ITEM_BINARY ||
		    att->section[i].item == ITEM_BINARY_SIZE)
			return false;
	}
	return (att->items & ~items_served) == 0;
}

/* "NAME " with a space before it, but for the first. */
static void
item(struct buf *b, struct str name)
{
	if (b->n && b->p[b->n - 1] != '(')
		buf_chr(b, ' ');
	buf_str(b, name);
	buf_chr(b, ' ');
}

static int
put_structure(struct fetching *f, const struct facts *facts)
{
	struct buf *b = &f->out;

	if (f->att->items & FETCH_ENVELOPE) {
		item(b, STR("ENVELOPE"));
		buf_str(b, facts->envelope);
	}
	if (f->att->items & FETCH_BODYSTRUCTURE) {
		item(b, STR("BODYSTRUCTURE"));
		buf_str(b, facts->bodystructure);
	}
	if (f->att->items & FETCH_BODY) {
		item(b, STR("BODY"));
		return facts_put_body(facts, b);
	}
	return 0;
}

/* All but the sections: cheap, and in memory. */
static int
put_items(struct fetching *f, const struct fetch_row *row, bool tell_flags,
    const struct facts *facts)
{
	struct buf *b = &f->out;
	uint32_t items = f->att->items;

	buf_lit(b, "* ");
	buf_u64(b, row->seq);
	buf_lit(b, " FETCH (");
	/* RFC 3501 6.4.8: UID commands name the UID. */
	if (items & FETCH_UID || f->by_uid) {
		item(b, STR("UID"));
		buf_u64(b, row->uid);
	}
	if (items & FETCH_FLAGS || tell_flags) {
		item(b, STR("FLAGS"));
		imap_put_flags(b, row->flags, row->keywords);
	}
	if (items & FETCH_INTERNALDATE) {
		item(b, STR("INTERNALDATE"));
		buf_chr(b, '"');
		time_imap(b, row->received, (int)row->offset_min);
		buf_chr(b, '"');
	}
	if (items & FETCH_SIZE) {
		item(b, STR("RFC822.SIZE"));
		buf_u64(b, row->size);
	}
	return put_structure(f, facts);
}

static void
write_out(struct fetching *f)
{
	imap_say(f->s, &f->out);
	buf_reset(&f->out);
	dialogue_deadline(&f->s->d, IMAP_COMMAND_MS);
}

static int
put_sections(struct fetching *f, const struct fetch_row *row,
    const struct facts *facts)
{
	struct imap_session *s = f->s;
	struct err err = { 0 };

	for (size_t i = 0; i < f->att->nsection; i++) {
		if (i > 0 || !str_endsi(buf_get(&f->out), STR("(")))
			buf_chr(&f->out, ' ');
		write_out(f);
		if (imap_put_section(s, &f->att->section[i], row, facts,
		    &err) < 0 && f->failed.code == 0)
			f->failed = err;
		if (s->state == STATE_LOGOUT)
			return E_CLOSED;
	}
	buf_lit(&f->out, ")\r\n");
	if (f->out.n > WRITE_AT)
		write_out(f);
	return stream_failed(s->d.stream);
}

/* One message. E_* only when the stream is lost; a message that cannot be
 * read is left out and remembered. */
static int
put_row(struct fetching *f, const struct fetch_row *row, bool tell_flags)
{
	size_t start = f->out.n;
	struct facts facts = { 0 };
	struct err err = { 0 };
	int e = 0;

	if (f->want_facts) {
		arena_reset(f->row);
		e = imap_facts(f->s, row, f->row, &facts, &err);
	}
	if (e >= 0)
		e = put_items(f, row, tell_flags, &facts);
	if (e >= 0 && !buf_failed(&f->out))
		return put_sections(f, row, &facts);
	(void)err_set(&f->failed, err.code ? err.code : E_PROTO, "uid %u: %s",
	    row->uid, err.code ? err.text : "facts make no sense");
	f->out.n = start;
	f->out.failed = false;
	return stream_failed(f->s->d.stream);
}

static int
put_rows(struct fetching *f, struct str rows, struct err *err)
{
	struct rd r = rd_of(rows);
	struct fetch_row row;
	int e = 0;

	if (f->set_seen && (e = imap_mark_seen(f->s, rows, err)) < 0)
		return e;
	while (e >= 0 && !rd_done(&r)) {
		bool now_seen;

		if (!msg_take(&r, &fetch_row_shape, &row))
			return err_set(err, E_PROTO, "rows make no sense");
		now_seen = f->set_seen && !(row.flags & SYS_SEEN);
		if (f->set_seen)
			row.flags |= SYS_SEEN;
		e = put_row(f, &row, now_seen);
	}
	write_out(f);
	return e;
}

/* One page of the set, in store's pages of rows. */
static int
fetch_page(struct fetching *f, struct fetch_ask *ask, struct err *err)
{
	struct fetch_answer a;
	int e;

	ask->cursor = 0;
	do {
		arena_reset(f->page);
		e = store_call(f->s->store, STORE_fetch, ask, &a, f->page,
		    err);
		if (e >= 0)
			e = put_rows(f, a.rows, err);
		if (e < 0)
			return e;
		ask->cursor = a.next;
	} while (a.next != 0);
	return 0;
}

static struct answer
fetch(struct fetching *f, struct selection *sel)
{
	struct imap_session *s = f->s;
	struct fetch_ask ask = {
		.mailbox = s->view.mailbox,
		.arrivals = s->view.arrivals,
		.expunges = s->view.expunges,
		.by_uid = sel->by_uid,
		.want = f->want_facts ? WANT_FACTS : 0,
	};
	struct err err = { 0 };
	int e = 0;

	while (e >= 0 && selection_next(sel, &ask.set))
		e = fetch_page(f, &ask, &err);
	if (s->state == STATE_LOGOUT) {
		log_ctx_event(&s->d.log, LOG_WARN, "fetch", F_ERR(&f->failed));
		return NO_ANSWER;
	}
	if (e < 0)
		return imap_fail(s, "fetch", &err);
	/* RFC 5530: others may have expunged it for good meanwhile. */
	if (f->failed.code == E_NOTFOUND)
		return NO_CODE("EXPUNGEISSUED", "Some messages have gone");
	if (f->failed.code != 0)
		return imap_fail(s, "fetch", &f->failed);
	return OK("Fetched");
}

/* FETCH set items */
struct answer
imap_fetch(struct imap_session *s, const struct imap_command *c)
{
	const struct fetch_args *fa = &c->args.fetch;
	struct seqset set = fa->set;
	struct fetching f = { .s = s, .att = &fa->att };
	struct selection sel;
	struct answer a;

	if (!served(&fa->att) || fa->changed_since || fa->vanished)
		return BAD("No such item to fetch");
	f.by_uid = (c->row->flags & ROW_UID) != 0;
	a = imap_select_set(s, &set, f.by_uid, &sel);
	if (a.kind != ANSWER_NONE)
		return a;
	f.set_seen = !s->read_only && fetch_sets_seen(&fa->att);
	f.want_facts = wants_facts(&fa->att);
	f.page = arena_new(IMAP_PAGE_MEM);
	f.row = arena_new(MIME_SCAN_ARENA + IMAP_PAGE_MEM);
	f.out = BUF_INIT(IMAP_OUT_MAX);
	a = fetch(&f, &sel);
	arena_free(f.page);
	arena_free(f.row);
	buf_free(&f.out);
	return a;
}
