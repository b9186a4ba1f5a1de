/*
 * cmd_namespace.c - NAMESPACE.
 */
#include "imap/imap_int.h"

/* NAMESPACE: one's own, and what others let one see.           RFC 2342 */
struct answer
imap_namespace(struct imap_session *s, const struct imap_command *c unused_arg)
{
	(void)stream_printf(s->d.stream,
	    "* NAMESPACE ((\"\" \"/\")) "
	    "((\"" OTHER_USERS "/\" \"/\")) NIL\r\n");
	return OK("Your own, and what others share");
}
