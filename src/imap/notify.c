/*
 * notify.c - what a session hears of its account.
 */
#include "imap/notify.h"

void
heard_free(struct heard *h)
{
	for (size_t i = 0; i < h->nnames; i++) {
		free(h->name[i].name);
		free(h->name[i].was);
	}
	free(h->mailbox);
	free(h->name);
	*h = (struct heard){ 0 };
}

void
notify_read(const struct notify *n, struct arena *mem,
    struct notify_args *out)
{
	struct scan s = scan_of(str_make(n->text, n->ntext), mem);

	*out = (struct notify_args){ 0 };
	s.utf8 = n->utf8;
	scan_notify(&s, out);
	bug_if(!scan_ok(&s));
}

static bool
is_at_or_below(struct str name, struct str top)
{
	return top.p && str_starts(name, top) &&
	    (name.n == top.n || name.p[top.n] == '/');
}

/* RFC 5465 6 */
static bool
is_meant(const struct notify_group *g, const struct mailbox_row *row)
{
	switch (g->filter) {
	case NOTIFY_SELECTED:
	case NOTIFY_DELAYED:
		return false;
	case NOTIFY_PERSONAL:
		return !others_has(row->name);
	case NOTIFY_SUBSCRIBED:
		return row->subscribed;
	case NOTIFY_SUBTREE:
		for (size_t i = 0; i < g->nname; i++) {
			if (is_at_or_below(row->name, g->name[i]))
				return true;
		}
		return false;
	case NOTIFY_MAILBOXES:
		for (size_t i = 0; i < g->nname; i++) {
			if (g->name[i].p && str_eq(row->name, g->name[i]))
				return true;
		}
		return false;
	}
	return false;
}

/* 8: NONE is that no events of these are wanted. ServerMetadataChange is of no
 * mailbox, whichever group has it. */
uint32_t
notify_wanted(const struct notify_args *a, const struct mailbox_row *row)
{
	uint32_t wanted = 0;

	for (size_t i = 0; i < a->ngroup; i++) {
		const struct notify_group *g = &a->group[i];

		wanted |= g->events & EVENT_SERVER_METADATA;
		if (!is_meant(g, row))
			continue;
		if (g->events == 0)
			return 0;
		wanted |= g->events;
	}
	return wanted;
}

/* ---- hearing ------------------------------------------------------------ */

static uint32_t
events_of(uint32_t what)
{
	uint32_t events = 0;

	if (what & CHANGED_arrived)
		events |= EVENT_NEW;
	if (what & CHANGED_gone)
		events |= EVENT_EXPUNGE;
	if (what & CHANGED_flags)
		events |= EVENT_FLAGS;
	/* 5.1: a new one is a new UIDVALIDITY. */
	if (what & CHANGED_created)
		events |= EVENT_NAME | EVENT_FLAGS;
	if (what & (CHANGED_removed | CHANGED_renamed))
		events |= EVENT_NAME;
	if (what & CHANGED_subscription)
		events |= EVENT_SUBSCRIPTION;
	if (what & CHANGED_metadata)
		events |= EVENT_METADATA | EVENT_SERVER_METADATA;
	return events;
}

static void *
grow(void *p, size_t n, size_t size)
{
	p = realloc(p, (n + 1) * size);
	bug_if(!p);
	return p;
}

static void
hear_mailbox(struct heard *h, const struct changed *c)
{
	size_t i = 0;

	while (i < h->nmailboxes && h->mailbox[i].mailbox != c->mailbox)
		i++;
	if (i == HEARD_MAILBOXES_MAX) {
		h->lost = true;
		return;
	}
	if (i == h->nmailboxes) {
		h->mailbox = grow(h->mailbox, i, sizeof(*h->mailbox));
		h->mailbox[h->nmailboxes++] = (struct heard_mailbox){
			c->mailbox, 0 };
	}
	h->mailbox[i].events |= events_of(c->what);
}

static char *
text_of(struct str s)
{
	char *t = strndup(s.p ? s.p : "", s.n);

	bug_if(!t);
	return t;
}

static void
hear_name(struct heard *h, const struct changed *c)
{
	if (h->nnames == HEARD_NAMES_MAX) {
		h->lost = true;
		return;
	}
	h->name = grow(h->name, h->nnames, sizeof(*h->name));
	h->name[h->nnames++] = (struct heard_name){ c->what,
		text_of(c->name), text_of(c->was) };
}

bool
imap_notify_heard(struct imap_session *s, const struct changed *c)
{
	struct notify *n = s->notify;

	/* 5: not of what this session has done itself. */
	if (!n || c->own)
		return false;
	if (c->what == 0) {
		n->heard.lost |= n->others != 0;
		return true;
	}
	if (n->others & events_of(c->what) && !n->heard.lost) {
		if (c->mailbox)
			hear_mailbox(&n->heard, c);
		else
			hear_name(&n->heard, c);
		return true;
	}
	return n->selected && c->mailbox == s->view.at.mailbox;
}

/* ---- being told --------------------------------------------------------- */

int
imap_watch(struct imap_session *s, struct err *err)
{
	const struct notify *n = s->notify;
	bool all = n ? n->others != 0 : s->noted != NULL;
	bool one = n ? n->selected && !all : s->idling;
	uint64_t mailbox = one && s->state == STATE_SELECTED ?
	    s->view.at.mailbox : 0;
	bool more = (all && !s->watched_all) ||
	    (mailbox && mailbox != s->watched);
	int e = 0;

	if (all != s->watched_all)
		e = account_watch_all(&s->account, all, err);
	if (e >= 0)
		s->watched_all = all;
	if (e >= 0 && mailbox != s->watched)
		e = account_watch(&s->account, mailbox, err);
	if (e >= 0)
		s->watched = mailbox;
	return e < 0 ? e : more;
}

void
imap_notify_settle(struct imap_session *s)
{
	struct err err = { 0 };
	int e;

	if (!s->notify || s->state == STATE_LOGOUT ||
	    s->state == STATE_NOT_AUTH)
		return;
	e = imap_watch(s, &err);
	if (e < 0) {
		(void)imap_fail(s, "watch", &err);
		s->notify->heard.lost = true;
	}
	/* What came between the SELECT and this. */
	if (e != 0)
		stream_kick(s->d.stream);
}

uint32_t
imap_notify_selected(const struct imap_session *s)
{
	return s->notify ? s->notify->selected : EVENT_MESSAGE;
}

void
notify_free(struct notify *n)
{
	if (n)
		heard_free(&n->heard);
	free(n);
}

void
notify_nothing(struct imap_session *s)
{
	imap_notify_end(s);
	s->notify = calloc(1, sizeof(*s->notify));
	bug_if(!s->notify);
}

void
imap_notify_end(struct imap_session *s)
{
	notify_free(s->notify);
	s->notify = NULL;
}
