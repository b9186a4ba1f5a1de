/*
 * cmd_fetch.c - FETCH.                                    RFC 3501 6.4.5, 7.4.2
 *
 * Rows come a page at a time (mail/rows.h) and are written as they come, so a
 * fetch of everything takes no more memory than one of a page.
 */
#include "base/timetext.h"
#include "imap/fetch_body.h"
#include "imap/grammar/reply_facts.h"
#include "imap/search.h"
#include "mail/rows.h"
#include "mail/section.h"

enum { WRITE_AT = 32768,	/* octets rendered before they are written */
	ROW_MAX = 3 * FACTS_REPLY_MAX + 65536 };

struct fetching {
	struct imap_session *s;
	const struct fetch_att *att;
	uint32_t add_items;	/* FETCH_*: besides those of att */
	bool by_uid, want_facts, want_parts;
	struct str except;	/* pairs of UIDs: these are not told */
	bool listed;		/* facts have all octets that are wanted */
	struct rows *rows;
	struct arena *mem;	/* facts computed again */
	struct buf out;
	struct err failed;	/* the first message that could not be read */
};

static bool
is_listed(const struct fetch_att *att)
{
	for (size_t i = 0; i < att->nsection; i++)
		if (!section_is_listed(&att->section[i]))
			return false;
	return true;
}

/* Are facts needed for what is asked for? */
static bool
needs_facts(const struct fetch_att *att)
{
	const uint32_t of_facts = FETCH_ENVELOPE | FETCH_BODY |
	    FETCH_BODYSTRUCTURE | FETCH_PREVIEW;

	for (size_t i = 0; i < att->nsection; i++) {
		const struct section *sec = &att->section[i];

		if (sec->text != SECTION_ALL || sec->npart > 0)
			return true;
	}
	return (att->items & of_facts) != 0;
}

static uint32_t
wants_of(struct fetching *f)
{
	f->listed = is_listed(f->att);
	f->want_parts = !f->listed ||
	    (f->att->items & (FETCH_BODY | FETCH_BODYSTRUCTURE));
	return (f->want_facts ? WANT_FACTS : 0) |
	    (f->listed ? 0 : WANT_HEAD);
}

/* "NAME " with a space before it, but for the first. */
static void
put_item(struct buf *b, struct str name)
{
	imap_put_space(b);
	buf_str(b, name);
	buf_chr(b, ' ');
}

static void
put_date(struct buf *b, struct str name, int64_t at, int zone_min)
{
	put_item(b, name);
	buf_chr(b, '"');
	time_imap(b, at, zone_min);
	buf_chr(b, '"');
}

/* All but the sections: cheap, and in memory. */
static void
put_items(struct fetching *f, const struct fetch_row *row, bool tell_flags,
    const struct facts *facts)
{
	struct buf *b = &f->out;
	uint32_t items = f->att->items | f->add_items;

	/* RFC 7162 3.2.4: of a change that nobody asked for. */
	if (tell_flags && f->s->enabled & ENABLED_CONDSTORE)
		items |= FETCH_UID | FETCH_MODSEQ;
	if (tell_flags && f->s->enabled & ENABLED_REV2)
		items |= FETCH_UID;

	if (items & FETCH_FLAGS || tell_flags)
		imap_tell_keywords(f->s, b, row->keywords);
	/* RFC 3501 6.4.8: UID commands name the UID. */
	imap_put_fetch(f->s, b, row->seq, row->uid,
	    items & FETCH_UID || f->by_uid);
	if (items & FETCH_FLAGS || tell_flags) {
		put_item(b, STR("FLAGS"));
		reply_flags(b, row->flags | imap_recent_flag(f->s, row->uid),
		    row->keywords);
	}
	if (items & FETCH_MODSEQ) {
		imap_put_space(b);
		imap_put_modseq(b, row->modseq);
	}
	if (items & FETCH_INTERNALDATE)
		put_date(b, STR("INTERNALDATE"), row->received,
		    (int)row->offset_min);
	if (items & FETCH_SIZE) {
		put_item(b, STR("RFC822.SIZE"));
		buf_u64(b, row->size);
	}
	if (items & FETCH_EMAILID) {		/* RFC 8474 5 */
		put_item(b, STR("EMAILID"));
		buf_printf(b, "(M%ju)", (uintmax_t)row->content);
	}
	if (items & FETCH_THREADID) {
		put_item(b, STR("THREADID"));
		/* Its number is its owner's: RFC 8474 5.2 */
		if (is_others(f->s->view.at.mailbox))
			buf_lit(b, "NIL");
		else
			buf_printf(b, "(T%ju)", (uintmax_t)row->thread);
	}
	if (items & FETCH_SAVEDATE)		/* RFC 8514 4.2 */
		put_date(b, STR("SAVEDATE"), row->saved, 0);
	if (items & FETCH_PREVIEW) {		/* RFC 8970 3 */
		put_item(b, STR("PREVIEW"));
		reply_string(b, facts->preview);
	}
	if (items & FETCH_ENVELOPE) {
		put_item(b, STR("ENVELOPE"));
		reply_envelope(b, &facts->envelope);
	}
	if (items & FETCH_BODYSTRUCTURE) {
		put_item(b, STR("BODYSTRUCTURE"));
		reply_structure(b, f->mem, facts, true);
	}
	if (items & FETCH_BODY) {
		put_item(b, STR("BODY"));
		reply_structure(b, f->mem, facts, false);
	}
}

/* One message. E_* only when the stream is lost; a message that cannot be
 * read is left out and remembered. */
static int
put_message(struct fetching *f, const struct fetch_row *row, bool tell_flags)
{
	struct imap_session *s = f->s;
	const struct mail_message m = message_of(&s->account,
	    s->view.at.mailbox, row);
	struct facts facts = { 0 };
	struct err err = { 0 };
	int e = 0;

	if (f->want_facts) {
		arena_reset(f->mem);
		e = f->want_parts ? message_facts(&m, f->mem, &facts, &err) :
		    message_glance(&m, f->mem, &facts, &err);
	}
	if (e < 0) {
		(void)err_set(&f->failed, e, "uid %u: %s", row->uid, err.text);
		return stream_failed(s->d.stream);
	}
	/* Whose facts are older has neighbours like it. */
	if (f->listed && f->att->nsection > 0 && !facts.listed.p) {
		f->listed = false;
		rows_want(f->rows, WANT_HEAD);
	}
	put_items(f, row, tell_flags, &facts);
	for (size_t i = 0; i < f->att->nsection; i++) {
		imap_put_space(&f->out);
		if (imap_put_section(s, &f->out, &f->att->section[i], &m,
		    &facts, &err) < 0 && f->failed.code == 0)
			f->failed = err;
		if (s->state == STATE_LOGOUT)
			return E_CLOSED;
	}
	buf_lit(&f->out, ")\r\n");
	if (f->out.n > WRITE_AT)
		imap_write_out(s, &f->out);
	return stream_failed(s->d.stream);
}

/* What it was all in all. e is what ended the walk. */
static struct answer
end_fetch(struct fetching *f, int e, const struct err *err)
{
	if (f->s->state == STATE_LOGOUT) {
		log_ctx_event(&f->s->d.log, LOG_WARN, "fetch_failed",
		    F_ERR(&f->failed));
		return NO_ANSWER;
	}
	if (e < 0)
		return imap_fail(f->s, "fetch", err);
	/* RFC 5530: others may have expunged it for good meanwhile. */
	if (f->failed.code == E_NOTFOUND)
		return NO_CODE("EXPUNGEISSUED", "Some messages have gone");
	if (f->failed.code == E_INVALID)	/* RFC 3516 4.3 */
		return NO_CODE("UNKNOWN-CTE", "It is encoded in a way that "
		    "is not known here");
	if (f->failed.code != 0)
		return imap_fail(f->s, "fetch", &f->failed);
	return OK("Fetched");
}

static bool
is_in(struct str pairs, uint32_t uid)
{
	struct rd r = rd_of(pairs);

	while (rd_left(&r) > 0) {
		uint32_t low = rd_le32(&r), high = rd_le32(&r);

		if (low <= uid && uid <= high)
			return true;
	}
	return false;
}

static int
put_messages(struct fetching *f, const struct rows_ask *ask, struct err *err)
{
	struct imap_session *s = f->s;
	struct fetch_row row;
	bool flagged;
	int e;

	f->mem = arena_new(MESSAGE_FACTS_MEM);
	f->out = BUF_INIT(WRITE_AT + ROW_MAX);
	f->rows = rows_open(&s->view, ask);
	while ((e = rows_next(f->rows, &row, &flagged, err)) > 0) {
		if (is_in(f->except, row.uid))
			continue;
		if ((e = put_message(f, &row, flagged)) < 0)
			break;
	}
	rows_close(f->rows);
	imap_write_out(s, &f->out);
	arena_free(f->mem);
	buf_free(&f->out);
	return e;
}

int
imap_say_changed(struct imap_session *s, struct selection uids,
    uint64_t since, struct err *err)
{
	const struct fetch_att att = { .items = FETCH_UID | FETCH_FLAGS |
		FETCH_MODSEQ };
	struct fetching f = { .s = s, .att = &att, .by_uid = true };
	const struct rows_ask ask = { .messages = uids,
		.changed_since = since };

	return put_messages(&f, &ask, err);
}

int
imap_say_arrived(struct imap_session *s, const struct fetch_att *att,
    struct selection messages, struct err *err)
{
	struct fetching f = { .s = s, .att = att, .by_uid = true,
		.want_facts = needs_facts(att),
		.except = buf_get(&s->made_here) };
	const struct rows_ask ask = { .messages = messages,
		.want = wants_of(&f) };
	int e = put_messages(&f, &ask, err);

	s->view.heard = 0;	/* by no command: see recent.c */
	if (f.failed.code)
		log_ctx_event(&s->d.log, LOG_WARN, "fetch_failed",
		    F_ERR(&f.failed));
	return s->state == STATE_LOGOUT ? E_CLOSED : e;
}

/* CHANGEDSINCE, VANISHED and MODSEQ: may they be, and what they bring about.
 * RFC 7162 3.1.4, 3.2.6 */
static struct answer
begin_modseq(struct fetching *f, const struct fetch_args *fa,
    struct selection messages)
{
	struct err err = { 0 };

	if (fa->vanished && (!fa->changed_since || !f->by_uid ||
	    !(f->s->enabled & ENABLED_QRESYNC)))
		return BAD("VANISHED is for UID FETCH with CHANGEDSINCE, and "
		    "QRESYNC enabled");
	if (fa->changed_since)
		f->add_items |= FETCH_MODSEQ;
	if (fa->changed_since || fa->att.items & FETCH_MODSEQ)
		imap_condstore(f->s);
	if (fa->vanished && imap_say_vanished(f->s, messages,
	    fa->changed_since, &err) < 0)
		return imap_fail(f->s, "vanished", &err);
	return NO_ANSWER;
}

/* FETCH set items [(modifiers)] */
struct answer
imap_fetch(struct imap_session *s, const struct imap_command *c)
{
	const struct fetch_args *fa = &c->args.fetch;
	struct fetching f = { .s = s, .att = &fa->att,
		.want_facts = needs_facts(&fa->att) };
	struct seqset set = fa->set;
	struct condition changed = { .kind = COND_CHANGED,
		.low = (int64_t)(fa->changed_since + (fa->changed_since <
		    INT64_MAX)) };
	struct rows_ask ask = { 0 };
	struct err err = { 0 };
	struct answer a;
	uint32_t lowest;
	int e;

	f.by_uid = (c->row->flags & ROW_UID) != 0;
	if (fa->partial.from && !f.by_uid)
		return BAD("PARTIAL is for UID FETCH");
	a = imap_choose(s, &set, f.by_uid, &ask.messages);
	if (a.kind != ANSWER_NONE)
		return a;
	a = begin_modseq(&f, fa, ask.messages);
	if (a.kind != ANSWER_NONE)
		return a;
	if (fa->partial.from && imap_choose_part(s, &fa->partial,
	    &ask.messages, &err) < 0)
		return imap_fail(s, "fetch", &err);
	if (imap_limit(s, &ask.messages, fa->changed_since ? &changed : NULL,
	    &lowest, &err) < 0)
		return imap_fail(s, "fetch", &err);
	if (lowest && fa->partial.from)
		return imap_over_limit(s, 0);
	ask.changed_since = fa->changed_since;
	ask.want = wants_of(&f);
	if (!s->read_only && s->rights & RIGHT_s && fetch_sets_seen(&fa->att))
		ask.set_flags = FLAG_seen;
	e = put_messages(&f, &ask, &err);
	return imap_limited(s, lowest, end_fetch(&f, e, &err));
}
