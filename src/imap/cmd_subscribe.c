/*
 * cmd_subscribe.c - SUBSCRIBE and UNSUBSCRIBE.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

static struct answer
subscribe(struct imap_session *s, struct str name, bool subscribed)
{
	struct err err = { 0 };
	int e;

	if (!name.p || mailbox_name_is_wrong(name))
		return NO_CODE("CANNOT", "No mailbox can have this name");
	e = mailbox_subscribe(&s->account, name, subscribed, &err);
	if (e == E_LIMIT)
		return NO_CODE("LIMIT", "You have all subscriptions you may");
	return e < 0 ? imap_fail(s, "subscribe", &err) :
	    subscribed ? OK("Subscribed") : OK("Not subscribed");
}

/* SUBSCRIBE mailbox, which need not be there.             RFC 3501 6.3.6 */
struct answer
imap_subscribe(struct imap_session *s, const struct imap_command *c)
{
	return subscribe(s, c->args.word, true);
}

/* UNSUBSCRIBE mailbox                                     RFC 3501 6.3.7 */
struct answer
imap_unsubscribe(struct imap_session *s, const struct imap_command *c)
{
	return subscribe(s, c->args.word, false);
}
