/*
 * cmd_vrfy.c - who is here, and who is on a list.      RFC 5321 3.5, 4.1.1.6
 *
 * Strangers are told neither (7.3): what they get for it is spam for those who
 * are there. Who has logged in could write to them anyway.
 */
#include "smtp/smtp_int.h"

static struct reply
nobody(void)
{
	return smtp_reply(550, "5.1.1", "No such mailbox here");
}

/* RFC 5321 3.5.3: mail for it would be taken; so much is known. */
static struct reply
not_told(void)
{
	return smtp_reply(252, "2.5.2", "Send some mail, I'll try my best");
}

static struct reply
wrong_args(enum smtp_syntax why, const char *verb, struct smtp_session *s)
{
	if (why != SYNTAX_ARGS)
		return smtp_reply_syntax(why, "5.1.3");
	return smtp_replyf(s->cmd, 501, "5.5.4", "Syntax: %s address", verb);
}

/* VRFY String */
struct reply
smtp_vrfy(struct smtp_session *s, struct str args)
{
	struct who_args w;
	struct rcpt_ask ask = { 0 };
	struct rcpt_answer answer;
	struct err err = { 0 };
	enum smtp_syntax why;
	int e;

	if (args.n == 0)
		return wrong_args(SYNTAX_ARGS, "VRFY", s);
	if (!s->service->o.vrfy || !s->account)
		return not_told();
	why = smtp_parse_who(args, s->cmd, &w);
	if (why != SYNTAX_OK)
		return wrong_args(why, "VRFY", s);
	ask.address = w.who.text;
	e = store_call(s->store, STORE_rcpt, &ask, &answer, s->cmd, &err);
	if (e == E_RATE)	/* who may not send, hears of nobody */
		return smtp_reply_rate(s->cmd, &err);
	if (e < 0)
		return smtp_reply_err(e);
	if (answer.kind == RCPT_NO_USER || answer.kind == RCPT_NO_MAIL)
		return nobody();
	if (answer.kind != RCPT_LOCAL && answer.kind != RCPT_FULL)
		return not_told();
	return (struct reply){ 250, "2.1.5", arena_printf(s->cmd, "<%.*s>",
	    STR_FMT(w.who.text)), .utf8 = w.smtputf8 };
}

/* RFC 6531 3.7.4.2: who did not say SMTPUTF8 hears nothing beyond ASCII. */
static bool
put_members(struct buf *b, const struct expn_answer *answer, bool smtputf8)
{
	struct str rest = answer->members, one;
	const char *before = "";

	if (!smtputf8 && !str_is_ascii(rest))
		return false;
	while (rest.n > 0) {
		one = str_next(&rest, '\n');
		buf_printf(b, "%s<%.*s>", before, STR_FMT(one));
		before = "\n";
	}
	if (answer->more)
		buf_printf(b, "%sand others", before);
	return b->n > 0 && !buf_failed(b);
}

/* EXPN String                                          RFC 5321 4.1.1.7 */
struct reply
smtp_expn(struct smtp_session *s, struct str args)
{
	auto_buf b = BUF_INIT(EXPN_MOST * 330);
	struct who_args w;
	struct expn_ask ask = { 0 };
	struct expn_answer answer;
	struct err err = { 0 };
	enum smtp_syntax why;
	int e;

	if (!s->service->o.expn || !s->account)
		return smtp_reply(502, "5.5.1", "Lists are not expanded");
	why = smtp_parse_who(args, s->cmd, &w);
	if (why != SYNTAX_OK)
		return wrong_args(why, "EXPN", s);
	ask.address = w.who.text;
	e = store_call(s->store, STORE_expn, &ask, &answer, s->cmd, &err);
	if (e == E_NOTFOUND)
		return nobody();
	if (e < 0)
		return smtp_reply_err(e);
	if (!put_members(&b, &answer, w.smtputf8))
		return smtp_reply(553, "5.6.7", "Some of them need SMTPUTF8");
	return (struct reply){ 250, "2.1.5", str_dup(s->cmd, buf_get(&b)),
		.utf8 = w.smtputf8 };
}
