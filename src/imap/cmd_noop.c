/*
 * cmd_noop.c - NOOP and CHECK: what is new comes with every answer.
 */
#include "imap/imap_int.h"

/* NOOP                                                    RFC 3501 6.1.2 */
struct answer
imap_noop(struct imap_session *s unused_arg,
    const struct imap_command *c unused_arg)
{
	return OK("Done");
}

/* CHECK: nothing is ever left to be written.              RFC 3501 6.4.1 */
struct answer
imap_check(struct imap_session *s unused_arg,
    const struct imap_command *c unused_arg)
{
	return OK("Everything is on disk");
}
