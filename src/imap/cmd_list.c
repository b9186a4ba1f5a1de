/*
 * cmd_list.c - LIST, in all its forms.
 */
#include "imap/listing.h"
#include "imap/metadata.h"

enum {
	SERVED = LIST_SUBSCRIBED | LIST_REMOTE | LIST_RECURSIVEMATCH |
	    LIST_SPECIAL_USE | LIST_WANT_SUBSCRIBED | LIST_WANT_CHILDREN |
	    LIST_WANT_SPECIAL_USE | LIST_WANT_STATUS | LIST_WANT_METADATA |
	    LIST_WANT_MYRIGHTS,
	WRITE_AT = 32768,
};

/* What the selection options ask for. SUBSCRIBED: names, also of what is not
 * there; all else mailboxes. None of them is REMOTE.      RFC 5258 3.1 */
static bool
selects(const struct mailbox_row *m, uint32_t options)
{
	if (options & LIST_SUBSCRIBED ? !m->subscribed : !m->mailbox)
		return false;
	return !(options & LIST_SPECIAL_USE) || (m->special & SPECIAL_chosen);
}

/* RFC 5819 2: it may be missing where it could not be found out. */
static void
put_status(const struct imap_session *s, struct buf *b,
    const struct mailbox_node *m, const struct list_args *a)
{
	struct status_answer status = { .mailbox = m->row.mailbox };
	struct err err = { 0 };

	MSG_COPY(mailbox_counters, &status, &m->row);
	if (a->status & STATUS_DELETED_STORAGE &&
	    mailbox_status(&s->account, m->row.name, true, &status, &err) < 0)
		return;
	imap_put_status(s, b, m->row.name, a->status, &status);
}

/* The same of this.                                              RFC 9590 */
static void
put_metadata(struct imap_session *s, struct buf *b,
    const struct mailbox_node *m, const struct list_args *a)
{
	const struct metadata_want want = { a->metadata, DEPTH_0, UINT32_MAX };
	struct err err = { 0 };
	size_t longest;

	(void)imap_put_metadata(s, b, m->row.name, &want, &longest, &err);
}

/* The name and, where it is asked for, the counters and what is noted at it. */
static void
put_mailbox(struct imap_session *s, struct buf *b,
    const struct mailbox_node *m, unsigned char mark,
    const struct list_args *a)
{
	auto_buf attributes = BUF_INIT(256);

	listing_put_attributes(&attributes, m, a->options &
	    (LIST_SUBSCRIBED | LIST_WANT_SUBSCRIBED));
	listing_put(s, b, STR("LIST"), buf_get(&attributes), m->row.name);
	if ((a->options & LIST_RECURSIVEMATCH) && (mark & MARK_BELOW))
		buf_lit(b, " (\"CHILDINFO\" (\"SUBSCRIBED\"))");
	buf_lit(b, "\r\n");
	if (!(mark & MARK_SELECTED) || !m->row.mailbox)
		return;
	if (a->options & LIST_WANT_MYRIGHTS)	/* RFC 8440 */
		imap_put_myrights(s, b, m->row.name, m->row.rights);
	/* RFC 4314 4: for who may read. */
	if (a->options & LIST_WANT_STATUS && m->row.rights & RIGHT_r)
		put_status(s, b, m, a);
	if (a->options & LIST_WANT_METADATA)
		put_metadata(s, b, m, a);
}

/* RFC 5258 3.3: once each, for itself or for what is below it and would not be
 * told of otherwise. */
static void
put_mailboxes(struct imap_session *s, const struct listing *l,
    const struct list_args *a)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	unsigned char wanted = MARK_SELECTED, levels = MARK_SELECTED;

	if (a->options & LIST_RECURSIVEMATCH)
		wanted |= MARK_HIDDEN_BELOW;
	/* RFC 3501 6.3.8: a level that "%" stops at, of what is others'. */
	if (!(a->options & LIST_SUBSCRIBED))
		levels |= MARK_HIDDEN_BELOW;
	for (size_t i = 0; i < l->names.n; i++) {
		if (!(l->mark[i] & MARK_MATCHES) || !(l->mark[i] &
		    (l->names.node[i].row.mailbox ? wanted :
		    wanted | levels)))
			continue;
		put_mailbox(s, &b, &l->names.node[i], l->mark[i], a);
		if (b.n > WRITE_AT)
			imap_write_out(s, &b);
	}
	imap_say(s, &b);
}

/* LIST [(options)] reference pattern(s) [RETURN (options)]
 * RFC 3501 6.3.8, RFC 5258, RFC 5819, RFC 6154 */
struct answer
imap_list(struct imap_session *s, const struct imap_command *c)
{
	const struct list_args *a = &c->args.list;
	struct listing l;
	struct err err = { 0 };
	int e;

	if (a->options & ~(uint32_t)SERVED)
		return BAD("No such list option");
	if (a->status & STATUS_HIGHESTMODSEQ)
		imap_condstore(s);
	/* RFC 5258 6: list-select-mod-opt */
	if ((a->options & LIST_RECURSIVEMATCH) &&
	    !(a->options & LIST_SUBSCRIBED))
		return BAD("RECURSIVEMATCH needs SUBSCRIBED");
	/* Only the delimiter is asked for. */
	if (!a->extended && a->pattern[0].p && a->pattern[0].n == 0) {
		(void)stream_printf(s->d.stream,
		    "* LIST (\\Noselect) \"/\" \"\"\r\n");
		return OK("Listed");
	}
	e = listing_begin(s, a, selects, &l, &err);
	if (e >= 0)
		put_mailboxes(s, &l, a);
	listing_end(&l);
	return e < 0 ? imap_fail(s, "list", &err) : OK("Listed");
}
