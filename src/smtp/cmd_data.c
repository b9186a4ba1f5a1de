/*
 * cmd_data.c - DATA.                                     RFC 5321 4.1.1.4
 */
#include "smtp/smtp_int.h"

/* 354, the text, and the answer to it. Whatever that is, the transaction is
 * over; only a client that has not been told to send keeps it. */
struct reply
smtp_data(struct smtp_session *s, struct str args unused_arg)
{
	struct err err = { 0 };
	struct reply r;

	/* RFC 2920 3.1: the client may have sent DATA without knowing. */
	if (submit_recipients(s->txn) == 0)
		return smtp_reply(554, "5.5.1", "No valid recipients");
	if (smtp_say(s, smtp_reply(354, NULL,
		"Go ahead, end with <CRLF>.<CRLF>"), &err) < 0)
		return SMTP_NO_REPLY;
	r = smtp_receive(s);
	smtp_txn_end(s);
	return r;
}
