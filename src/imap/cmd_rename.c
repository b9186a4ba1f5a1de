/*
 * cmd_rename.c - RENAME.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

/* RENAME mailbox mailbox                   RFC 3501 6.3.5, RFC 9051 6.3.6
 * Whoever has it selected still has. */
struct answer
imap_rename(struct imap_session *s, const struct imap_command *c)
{
	struct str from = c->args.rename.from, to = c->args.rename.to;
	struct err err = { 0 };
	int e;

	if (to.n > 1 && to.p[to.n - 1] == '/')
		to.n--;
	if (!to.p || mailbox_name_is_wrong(to))
		return NO_CODE("CANNOT", "No mailbox can have this name");
	e = mailbox_rename(&s->account, from, to, &err);
	if (e == E_NOTFOUND)
		return NO_CODE("NONEXISTENT", "There is no such mailbox");
	if (e == E_EXISTS)
		return NO_CODE("ALREADYEXISTS", "There is one of the new name");
	if (e == E_INVALID)
		return NO_CODE("CANNOT", "It cannot be there");
	if (e == E_LIMIT)
		return NO_CODE("LIMIT", "Too many mailboxes, or too long a "
		    "name below it");
	if (e < 0)
		return imap_fail(s, "rename", &err);
	/* RFC 9051 6.3.6: as it was called by the client. */
	if (c->as_sent[0].p)
		from = c->as_sent[0];
	if (c->as_sent[0].p || c->as_sent[1].p)
		imap_say_oldname(s, to, from);
	return OK("Renamed");
}
