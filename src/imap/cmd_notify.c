/*
 * cmd_notify.c - NOTIFY.                                           RFC 5465 3.1
 */
#include "imap/notify.h"

static struct notify *
notify_of(const struct imap_session *s, const struct notify_args *a)
{
	struct notify *n = calloc(1, sizeof(*n) + a->text.n);

	bug_if(!n);
	for (size_t i = 0; i < a->ngroup; i++) {
		if (&a->group[i] == a->selected)
			n->selected = a->group[i].events;
		else
			n->others |= a->group[i].events;
	}
	n->delayed = a->selected && a->selected->filter == NOTIFY_DELAYED;
	n->fetches = a->has_att;
	n->utf8 = imap_utf8(s);
	n->ntext = a->text.n;
	memcpy(n->text, a->text.p, a->text.n);
	return n;
}

static bool
has_unsupported(const struct notify_args *a)
{
	for (size_t i = 0; i < a->ngroup; i++) {
		if (a->group[i].events & EVENT_OTHER)
			return true;
	}
	return false;
}

/* From here on it is told. First what has happened up to now, of what is
 * selected (3.1: as with NOOP), by the rules up to now. */
static struct answer
notify_set(struct imap_session *s, const struct notify_args *a)
{
	struct notify *before = s->notify;
	struct err err = { 0 }, unused;

	if (s->state == STATE_SELECTED && imap_update(s, true, &err) < 0)
		return imap_fail(s, "notify", &err);
	s->notify = notify_of(s, a);
	if (a->has_att && a->att.items & FETCH_MODSEQ)
		imap_condstore(s);
	if (imap_watch(s, &err) < 0 ||
	    (a->status && notify_say_status(s, a, &err) < 0)) {
		notify_free(s->notify);
		s->notify = before;
		if (before)	/* nobody heard anything for it meanwhile */
			before->heard.lost = before->others != 0;
		(void)imap_watch(s, &unused);
		return imap_fail(s, "notify", &err);
	}
	notify_free(before);
	return OK("You will be told");
}

/* NOTIFY SET [STATUS] groups, NOTIFY NONE */
struct answer
imap_notify(struct imap_session *s, const struct imap_command *c)
{
	const struct notify_args *a = &c->args.notify;
	struct err err = { 0 };

	if (a->none) {
		notify_nothing(s);
		return imap_watch(s, &err) < 0 ?
		    imap_fail(s, "notify", &err) : OK("Nothing will be told");
	}
	if (has_unsupported(a))
		return NO_CODE("BADEVENT (MessageNew MessageExpunge "
		    "FlagChange MailboxName SubscriptionChange "
		    "MailboxMetadataChange ServerMetadataChange)",
		    "There are no other events here");
	if (a->text.n > NOTIFY_TEXT_MAX)
		return NO_CODE("NOTIFICATIONOVERFLOW", "That is too much");
	return notify_set(s, a);
}
