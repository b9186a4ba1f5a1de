/*
 * cmd_close.c - CLOSE and UNSELECT: no mailbox is selected any more.
 */
#include "imap/imap_int.h"
#include "mail/change.h"

/* CLOSE: expunges and tells nothing of it.                RFC 3501 6.4.2 */
struct answer
imap_close(struct imap_session *s, const struct imap_command *c unused_arg)
{
	struct err err = { 0 };

	/* What was removed has nothing left to expunge. */
	if (!s->read_only && change_expunge(&s->view, NULL, &err) < 0 &&
	    err.code != E_NOTFOUND && err.code != E_NORIGHT) /* RFC 4314 4 */
		return imap_fail(s, "close", &err);
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
