/*
 * notify_tell.c - telling of what was heard.            RFC 5465 5
 */
#include "imap/listing.h"
#include "imap/notify.h"

struct telling {
	struct imap_session *s;
	struct notify_args args;
	struct mailbox_list list;
	struct buf out;
};

static const struct mailbox_node *
node_of(const struct telling *t, struct str name)
{
	for (size_t i = 0; i < t->list.n; i++) {
		if (str_eq(t->list.node[i].row.name, name))
			return &t->list.node[i];
	}
	return NULL;
}

/* What is wanted of a name, whether it is a mailbox now or not. One that is
 * unsubscribed was subscribed. */
static uint32_t
wanted_of(const struct telling *t, struct str name, bool was_subscribed)
{
	const struct mailbox_node *m = node_of(t, name);
	struct mailbox_row row = { .name = name };

	if (m)
		row = m->row;
	row.subscribed |= was_subscribed;
	return notify_wanted(&t->args, &row);
}

/* ---- names -------------------------------------------------------------- */

/* 5.4, 5.5: as it is now. */
static void
put_listed(struct telling *t, struct str name, struct str was)
{
	const struct mailbox_node none = { .row.name = name };
	const struct mailbox_node *m = node_of(t, name);
	auto_buf attributes = BUF_INIT(256);

	listing_put_attributes(&attributes, m ? m : &none, true);
	listing_put(t->s, &t->out, STR("LIST"), buf_get(&attributes), name);
	if (was.n) {
		buf_lit(&t->out, " (\"OLDNAME\" (");
		reply_mailbox(&t->out, was, imap_utf8(t->s));
		buf_lit(&t->out, "))");
	}
	buf_lit(&t->out, "\r\n");
}

/* Another one says the same: a name is told of once, as it is now. */
static bool
is_told_later(const struct heard *h, size_t at, struct str name)
{
	for (size_t i = at + 1; i < h->nnames; i++) {
		struct str other = str_c(h->name[i].name);

		if (h->name[i].what & CHANGED_metadata)
			continue;
		if (str_eq(other, name) || (!h->name[i].was[0] &&
		    h->name[i].what & (CHANGED_created | CHANGED_removed) &&
		    str_eq(mailbox_name_above(other), name)))
			return true;
	}
	return false;
}

/* A name that came or went, and the one above it, which has another number of
 * children now; or one that was renamed, alone. */
static void
put_name(struct telling *t, const struct heard *h, size_t at)
{
	const struct heard_name *n = &h->name[at];
	struct str name = str_c(n->name), was = str_c(n->was);
	struct str above = mailbox_name_above(name);

	if (wanted_of(t, name, false) & EVENT_NAME ||
	    (was.n && wanted_of(t, was, false) & EVENT_NAME)) {
		if (was.n || !is_told_later(h, at, name))
			put_listed(t, name, was);
	}
	if (was.n == 0 && above.n &&
	    wanted_of(t, above, false) & EVENT_NAME &&
	    !is_told_later(h, at, above))
		put_listed(t, above, STR_NULL);
}

/* 5.6, 5.7: its name, and not what it says now.          RFC 5464 4.4.2 */
static void
put_entry(struct telling *t, struct str mailbox, struct str entry)
{
	uint32_t event = mailbox.n ? EVENT_METADATA : EVENT_SERVER_METADATA;

	if (!(wanted_of(t, mailbox, false) & event))
		return;
	buf_lit(&t->out, "* METADATA ");
	reply_mailbox(&t->out, mailbox, imap_utf8(t->s));
	buf_chr(&t->out, ' ');
	reply_astring(&t->out, entry);
	buf_lit(&t->out, "\r\n");
}

/* ---- counters ----------------------------------------------------------- */

static uint32_t
items_of(const struct imap_session *s, uint32_t events)
{
	uint32_t items = 0;

	if (events & (EVENT_NEW | EVENT_EXPUNGE))	/* 5.2, 5.3 */
		items |= STATUS_MESSAGES | STATUS_UIDNEXT;
	if (events & EVENT_FLAGS)			/* 5.1 */
		items |= STATUS_UIDVALIDITY | STATUS_UNSEEN;
	if (items && s->enabled & ENABLED_CONDSTORE)
		items |= STATUS_HIGHESTMODSEQ;
	return items;
}

static void
put_status(struct telling *t, const struct mailbox_row *row, uint32_t items)
{
	struct status_answer status = { .mailbox = row->mailbox };

	if (items == 0 || !row->mailbox)
		return;
	MSG_COPY(mailbox_counters, &status, row);
	imap_put_status(t->s, &t->out, row->name, items, &status);
	if (t->out.n > IMAP_OUT_MAX / 2)
		imap_write_out(t->s, &t->out);
}

static bool
is_selected(const struct imap_session *s, const struct mailbox_row *row)
{
	return s->state == STATE_SELECTED &&
	    row->mailbox == s->view.at.mailbox;
}

/* 6.1: of the mailbox selected SELECTED alone decides. */
static void
put_mailbox(struct telling *t, const struct heard_mailbox *h)
{
	for (size_t i = 0; i < t->list.n; i++) {
		const struct mailbox_row *row = &t->list.node[i].row;

		if (row->mailbox == h->mailbox && !is_selected(t->s, row))
			put_status(t, row, items_of(t->s, h->events &
			    notify_wanted(&t->args, row)));
	}
}

int
notify_say_status(struct imap_session *s, const struct notify_args *a,
    struct err *err)
{
	struct telling t = { .s = s, .args = *a,
		.out = BUF_INIT(IMAP_OUT_MAX) };
	int e = mailboxes_list(&s->account, &t.list, err);

	for (size_t i = 0; e >= 0 && i < t.list.n; i++) {
		const struct mailbox_row *row = &t.list.node[i].row;
		uint32_t wanted = notify_wanted(a, row), items = 0;

		if (is_selected(s, row))
			continue;
		if (wanted & EVENT_NEW)
			items |= STATUS_MESSAGES | STATUS_UIDNEXT |
			    STATUS_UIDVALIDITY;
		if (wanted & EVENT_EXPUNGE)
			items |= STATUS_MESSAGES;
		if (wanted & EVENT_FLAGS)
			items |= STATUS_UIDVALIDITY | STATUS_HIGHESTMODSEQ;
		put_status(&t, row, items);
	}
	imap_say(s, &t.out);
	buf_free(&t.out);
	mailboxes_free(&t.list);
	return e;
}

/* ---- all of it ---------------------------------------------------------- */

static void
put_heard(struct telling *t, const struct heard *h)
{
	for (size_t i = 0; i < h->nnames; i++) {
		struct str name = str_c(h->name[i].name);
		const struct mailbox_node *m = node_of(t, name);

		if (h->name[i].what & CHANGED_metadata)
			put_entry(t, name, str_c(h->name[i].was));
		else if (!(h->name[i].what & CHANGED_subscription))
			put_name(t, h, i);
		else if (wanted_of(t, name, true) & EVENT_SUBSCRIPTION &&
		    !is_told_later(h, i, name))
			put_listed(t, name, STR_NULL);
		if (h->name[i].what & CHANGED_created && m)
			put_status(t, &m->row, items_of(t->s, EVENT_FLAGS &
			    notify_wanted(&t->args, &m->row)));
		if (t->out.n > IMAP_OUT_MAX / 2)
			imap_write_out(t->s, &t->out);
	}
	for (size_t i = 0; i < h->nmailboxes; i++)
		put_mailbox(t, &h->mailbox[i]);
}

static int
tell_others(struct imap_session *s, struct err *err)
{
	struct telling t = { .s = s, .out = BUF_INIT(IMAP_OUT_MAX) };
	struct heard heard = s->notify->heard;
	struct arena *mem;
	int e;

	if (heard.nmailboxes == 0 && heard.nnames == 0)
		return 0;
	s->notify->heard = (struct heard){ 0 };
	mem = arena_new(SCAN_ARENA(s->notify->ntext));
	notify_read(s->notify, mem, &t.args);
	e = mailboxes_list(&s->account, &t.list, err);
	if (e >= 0)
		put_heard(&t, &heard);
	imap_say(s, &t.out);
	buf_free(&t.out);
	mailboxes_free(&t.list);
	heard_free(&heard);
	arena_free(mem);
	return e;
}

/* 5.8: as if NOTIFY NONE had come. */
static int
give_up(struct imap_session *s, struct err *err)
{
	(void)stream_printf(s->d.stream, "* OK [NOTIFICATIONOVERFLOW] "
	    "More happened than can be told of\r\n");
	notify_nothing(s);
	return imap_watch(s, err);
}

int
imap_notify_tell(struct imap_session *s, struct err *err)
{
	const struct notify *n = s->notify;
	int e = 0;

	if (n->heard.lost)
		return give_up(s, err);
	/* 4, 6.1.2: IDLE is a command that may be told of expunges. */
	if (n->selected && s->state == STATE_SELECTED)
		e = imap_update(s, !n->delayed || s->idling, err);
	return e < 0 ? e : tell_others(s, err);
}

int
imap_notify_fetch(struct imap_session *s, uint32_t from, struct err *err)
{
	auto_buf number = BUF_INIT(64);
	struct arena *mem;
	struct notify_args a;
	int e;

	if (!s->notify || !s->notify->fetches)
		return 0;
	mem = arena_new(SCAN_ARENA(s->notify->ntext));
	notify_read(s->notify, mem, &a);
	selection_add(&number, from, s->view.exists);
	e = imap_say_arrived(s, &a.att,
	    (struct selection){ buf_get(&number), false }, err);
	arena_free(mem);
	return e;
}
