/*
 * cmd_tls.c - STARTTLS.                                          RFC 3207
 */
#include "smtp/smtp_int.h"

bool
smtp_starttls_offered(const struct smtp_session *s)
{
	return s->service->o.tls && dialogue_may_start_tls(&s->d);
}

/* What was said in clear, by whoever said it, counts no more (4.2): the
 * stream drops the octets that came behind STARTTLS, we drop the rest. The
 * session goes on without a greeting. */
struct reply
smtp_starttls(struct smtp_session *s, struct str args unused_arg)
{
	struct err err = { 0 };

	if (stream_tls(s->d.stream).on)
		return smtp_reply(503, "5.5.1", "TLS is on already");
	if (!s->service->o.tls || !dialogue_may_start_tls(&s->d))
		return smtp_reply(454, "4.7.0", "TLS not available");
	if (smtp_say(s, smtp_reply(220, "2.0.0", "Ready to start TLS"),
		&err) < 0)
		return SMTP_NO_REPLY;
	smtp_forget(s);
	s->leaving = dialogue_begin_tls(&s->d, s->service->o.tls, &err) < 0;
	return SMTP_NO_REPLY;
}
