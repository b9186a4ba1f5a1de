/*
 * cmd_unauthenticate.c - UNAUTHENTICATE.
 */
#include "imap/imap_int.h"
#include "rt/conn_limits.h"
#include "rt/deflate.h"

bool
imap_may_unauthenticate(const struct imap_session *s)
{
	return s->state != STATE_NOT_AUTH && !stream_is_deflated(s->d.stream);
}

/* UNAUTHENTICATE: as after the greeting, but for TLS. Compression does not end
 * here, so there is no such command while it is on.             RFC 8437 3 */
struct answer
imap_unauthenticate(struct imap_session *s,
    const struct imap_command *c unused_arg)
{
	if (!imap_may_unauthenticate(s))
		return BAD("Not while the connection is compressed");
	imap_log_out(s);
	if (s->account.visit)
		visit_logout(s->account.visit);
	s->account.address[0] = '\0';
	s->enabled = 0;
	s->collation = COLLATION_FOLDED;
	s->order_is_reversed = false;
	/* A gateway does so all day, for one person after the other. */
	s->as_stranger = 0;
	s->state = STATE_NOT_AUTH;
	return OK("Nobody is logged in");
}
