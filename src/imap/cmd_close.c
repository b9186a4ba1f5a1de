/*
 * cmd_close.c - CLOSE and UNSELECT: no mailbox is selected any more.
 */
#include "imap/imap_int.h"

/* CLOSE: expunges and tells nothing of it.                RFC 3501 6.4.2 */
struct answer
imap_close(struct imap_session *s, const struct imap_command *c)
{
	struct answer a = NO_ANSWER;

	if (!s->read_only)
		a = imap_expunge(s, c);
	/* What was removed has nothing left to expunge. */
	if (a.kind == ANSWER_NO && !str_eq(a.code, STR("NONEXISTENT")))
		return a;
	imap_deselect(s);
	return OK("Closed");
}

/* UNSELECT: CLOSE that expunges nothing.                       RFC 3691 */
struct answer
imap_unselect(struct imap_session *s, const struct imap_command *c unused_arg)
{
	imap_deselect(s);
	return OK("Closed, nothing was removed");
}
