/*
 * cmd_logout.c - LOGOUT.
 */
#include "imap/imap_int.h"

/* LOGOUT                                                  RFC 3501 6.1.3 */
struct answer
imap_logout(struct imap_session *s, const struct imap_command *c unused_arg)
{
	imap_bye(s, "See you");
	return OK("Logged out");
}
