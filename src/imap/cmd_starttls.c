/*
 * cmd_starttls.c - STARTTLS.
 */
#include "imap/imap_int.h"

/* STARTTLS                                                RFC 3501 6.2.1 */
struct answer
imap_starttls(struct imap_session *s, const struct imap_command *c)
{
	struct answer go = OK("Begin TLS now");
	struct err err = { 0 };

	if (stream_tls(s->d.stream).on)
		return BAD("TLS is on already");
	if (!s->service->tls || !dialogue_may_start_tls(&s->d))
		return NO_CODE("UNAVAILABLE", "No certificate");
	imap_say_answer(s, c->tag, &go);
	if (stream_flush(s->d.stream, &err) < 0)
		return NO_ANSWER;
	if (dialogue_begin_tls(&s->d, s->service->tls, &err) < 0)
		s->state = STATE_LOGOUT;
	return NO_ANSWER;
}
