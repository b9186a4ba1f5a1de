/*
 * cmd_capability.c - CAPABILITY, from the rows of commands.c.
 */
#include "imap/imap_int.h"

/* CAPABILITY                                              RFC 3501 6.1.1 */
struct answer
imap_capability(struct imap_session *s, const struct imap_command *c unused_arg)
{
	auto_buf b = BUF_INIT(4096);

	buf_lit(&b, "* ");
	imap_put_capabilities(s, &b);
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
	return OK("That is all I can");
}
