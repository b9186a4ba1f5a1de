/*
 * cmd_delete.c - DELETE.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

/* DELETE mailbox                           RFC 3501 6.3.4, RFC 9051 6.3.5
 * Whoever has it selected sees it become empty. */
struct answer
imap_delete(struct imap_session *s, const struct imap_command *c)
{
	struct str name = c->args.word;
	struct err err = { 0 };
	int e;

	if (str_eq(name, STR("INBOX")))
		return NO_CODE("CANNOT", "INBOX is always there");
	e = mailbox_delete(&s->account, name, false, &err);
	if (e == E_NOTFOUND)
		return NO_CODE("NONEXISTENT", "There is no such mailbox");
	if (e == E_EXISTS)
		return NO_CODE("HASCHILDREN", "First those below it");
	if (e < 0)
		return imap_fail(s, "delete", &err);
	imap_say_oldname(s, name, c->as_sent[0]);
	return OK("Deleted");
}
