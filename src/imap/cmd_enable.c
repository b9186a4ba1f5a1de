/*
 * cmd_enable.c - ENABLE.
 */
#include "imap/imap_int.h"

/* ENABLE: there is nothing yet that needs it, and RFC 5161 3.1 wants what is
 * not known ignored. */
struct answer
imap_enable(struct imap_session *s, const struct imap_command *c unused_arg)
{
	(void)stream_printf(s->d.stream, "* ENABLED\r\n");
	return OK("Nothing of that needs to be enabled");
}
