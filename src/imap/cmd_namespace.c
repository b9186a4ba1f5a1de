/*
 * cmd_namespace.c - NAMESPACE.
 */
#include "imap/imap_int.h"

/* NAMESPACE: all that people have is their own.                RFC 2342 */
struct answer
imap_namespace(struct imap_session *s, const struct imap_command *c unused_arg)
{
	(void)stream_printf(s->d.stream,
	    "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
	return OK("One namespace");
}
