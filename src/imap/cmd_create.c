/*
 * cmd_create.c - CREATE.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

/* CREATE mailbox [(USE (use ...))]
 *                            RFC 3501 6.3.3, RFC 6154 3, RFC 8474 4.1 */
struct answer
imap_create(struct imap_session *s, const struct imap_command *c)
{
	const struct create_args *a = &c->args.create;
	struct mailbox_create_answer made;
	struct str name = a->mailbox;
	struct err err = { 0 };
	uint32_t special = 0;
	int e;

	for (size_t i = 0; i < a->nuse; i++) {
		if (!imap_use_of(a->use[i]))
			return NO_CODE("USEATTR", "No mailbox is for that");
		special |= imap_use_of(a->use[i]);
	}
	/* It says that there will be names below it: which is always so. */
	if (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	if (!name.p || mailbox_name_is_wrong(name))
		return NO_CODE("CANNOT", "No mailbox can have this name");
	e = mailbox_create(&s->account, name, special, &made, &err);
	if (e == E_EXISTS)
		return NO_CODE("ALREADYEXISTS", "There is such a mailbox");
	if (e == E_LIMIT)
		return NO_CODE("LIMIT", "You have all the mailboxes you may");
	if (e < 0)
		return imap_fail(s, "create", &err);
	imap_say_oldname(s, name, c->as_sent[0]);
	return (struct answer){ ANSWER_OK, arena_printf(s->cmd,
	    "MAILBOXID (F%ju)", (uintmax_t)made.mailbox), STR("Created") };
}
