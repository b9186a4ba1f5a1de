/*
 * cmd_mail.c - the envelope: MAIL and RCPT.       RFC 5321 4.1.1.2, 4.1.1.3
 */
#include "mail/author.h"
#include "mail/deliver_by.h"
#include "mail/hold.h"
#include "mime/solicitation.h"
#include "smtp/smtp_int.h"

/* In the journal, before a verdict. */
enum { REPLY_SHOWN = 500, VIA_SHOWN = 200 };

/* RFC 6409 6.1: people write only as one of their own addresses. */
int
smtp_may_send_as(struct smtp_session *s, struct str from, struct err *err)
{
	int e;

	if (!smtp_logged_in(s) && !s->service->o.local)
		return 0;
	/* Only so that they hear of it early: submit looks again. */
	if (from.n > 0 && str_eqi(buf_get(&s->sender), from))
		return 0;
	e = author_may_write_as(s->store, from, s->cmd, err);
	buf_reset(&s->sender);
	if (e == 0)
		buf_str(&s->sender, from);
	return e;
}

void
smtp_note_denied(struct smtp_session *s, struct str from)
{
	log_ctx_event(&s->d.log, LOG_INFO, "sender_denied",
	    F_STR("from", from), F_STR("user", smtp_user(s)));
}

/* A text that leaves later. Code 0: go on.           RFC 4865 4.2, 5, 6 */
static struct reply
look_at_hold(struct smtp_session *s, const struct mail_args *mail)
{
	const struct hold_limits limits = { s->service->o.hold_longest_s,
		loop_wall(s->d.loop) };
	struct err err = { 0 };
	int e = hold_check(s->store, &mail->envelope, mail->size_octets,
	    &limits, s->cmd, &err);

	switch (e) {
	case 0:
		return SMTP_NO_REPLY;
	case E_INVALID:
		return smtp_replyf(s->cmd, 501, "5.5.4", "%s", err.text);
	case E_LIMIT:
	case E_FULL:
		return smtp_replyf(s->cmd, 552, "5.7.16", "%s", err.text);
	default:
		log_ctx_event(&s->d.log, LOG_WARN, "later_failed",
		    F_ERR(&err));
		return smtp_reply_err(e);
	}
}

/* One that is to be there by some time. Code 0: go on.       RFC 2852 3, 4 */
static struct reply
look_at_by(struct smtp_session *s, struct mail_args *mail)
{
	struct err err = { 0 };

	switch (deliver_by_begin(&mail->envelope, mail->by_s,
	    s->service->o.least_by_s, loop_wall(s->d.loop), &err)) {
	case 0:
		return SMTP_NO_REPLY;
	case E_LIMIT:
		return smtp_replyf(s->cmd, 555, "5.5.4", "%s", err.text);
	default:
		return smtp_replyf(s->cmd, 501, "5.5.4", "%s", err.text);
	}
}

/* The refusal says which class it is for, in the words of the parameter. */
struct reply
smtp_refuse_class(const struct smtp_session *s, struct str classes)
{
	struct str class;

	if (!solicitation_find(classes, s->service->o.no_soliciting, &class))
		return SMTP_NO_REPLY;
	return smtp_replyf(s->cmd, 550, "5.7.1", "Not wanted here: "
	    "SOLICIT=%.*s", STR_FMT(class));
}

/* It is over before it has begun: there is no message to note it of. */
static void
note_unwanted(struct smtp_session *s, const struct mail_args *mail)
{
	log_ctx_event(&s->d.log, LOG_INFO, "solicitation_refused",
	    F_STR("from", mail->from.text),
	    F_STR("classes", mail->envelope.solicit));
}

/* MAIL FROM:<reverse-path> [SP Mail-parameters] */
struct reply
smtp_mail(struct smtp_session *s, struct str args)
{
	const struct smtp_options *o = &s->service->o;
	struct deposit_options text = { .store = s->store,
		.compress = o->compress, .loop = o->loop,
		.digest = o->sign != NULL, .lib = o->lib };
	struct mail_args mail;
	struct err err = { 0 };
	enum smtp_syntax why = smtp_parse_mail(args, smtp_offered(s), s->cmd,
	    &mail);
	struct reply no;
	bool lowered;
	int e;

	if (why != SYNTAX_OK)
		return smtp_reply_syntax(why, "5.1.7");
	if (mail.size_octets > o->max_message)
		return smtp_reply(552, "5.3.4", "Message too big");
	e = smtp_may_send_as(s, mail.from.text, &err);
	if (e == E_DENIED) {
		smtp_note_denied(s, mail.from.text);
		return smtp_reply(553, "5.7.1", "Not an address of yours");
	}
	if (e < 0) {
		log_ctx_event(&s->d.log, LOG_WARN, "sender_failed",
		    F_ERR(&err));
		return smtp_reply_err(e);
	}
	no = smtp_refuse_class(s, mail.envelope.solicit);
	if (no.code)
		note_unwanted(s, &mail);
	if (!no.code)
		no = look_at_by(s, &mail);
	if (!no.code)
		no = look_at_hold(s, &mail);
	if (no.code)
		return no;
	lowered = mail.envelope.priority > (int64_t)o->highest_priority;
	if (lowered)
		mail.envelope.priority = o->highest_priority;
	s->txn = submit_begin(&text, &mail.envelope, mail.size_octets);
	s->prdr = mail.prdr;
	s->binary = mail.body == BODY_BINARYMIME;
	if (s->counted)
		submit_from(s->txn, ip_octets(&s->host));
	return lowered ? smtp_replyf(s->cmd, 250, "2.3.6",
	    "%u is the highest priority here", o->highest_priority) :
	    smtp_reply(250, "2.1.0", "Ok");
}

void
smtp_note_refused(struct smtp_session *s, struct str address,
    const struct reply *r, struct str verdict)
{
	struct journal_ask j = {
		.event = JOURNAL_refused,
		.session = str_c(s->d.id),
		.peer = str_c(s->d.peer.address),
		.from = submit_envelope(s->txn)->reverse_path,
		.address = address.n ? address :
		    submit_only_recipient(s->txn),
		.code = (uint32_t)r->code,
		.text = r->text,
	};
	struct str via = smtp_via(s, s->cmd);

	if (verdict.n > 0 || via.n > 0)
		j.text = arena_printf(s->cmd, "%.*s%s%.*s%s%s%.*s",
		    STR_FMT(str_first(r->text, REPLY_SHOWN)),
		    via.n > 0 ? " (" : "", STR_FMT(str_first(via, VIA_SHOWN)),
		    via.n > 0 ? ")" : "", verdict.n > 0 ? " verdict: " : "",
		    STR_FMT(verdict));
	j.text = str_first(j.text, JOURNAL_TEXT_MAX);

	log_ctx_event(&s->d.log, LOG_INFO, "refused", F_STR("to", address),
	    F_STR("from", submit_envelope(s->txn)->reverse_path),
	    F_INT("code", r->code),
	    F_STR("text", r->text));
	store_notify(s->store, STORE_journal, &j);
}

/* Store counts them, over all workers. */
static struct reply
too_often(struct smtp_session *s, enum rcpt_kind kind)
{
	uint32_t minutes = (submit_pace(s->txn).wait_s + 59) / 60;

	if (kind == RCPT_LATER)
		return smtp_replyf(s->cmd, 450, "4.7.1", "Too much mail within "
		    "an hour from your network, or for this recipient; come "
		    "again in %u minutes", minutes);
	return smtp_replyf(s->cmd, 421, "4.7.1", "Too many recipients from "
	    "your network that nobody has; come again in %u minutes", minutes);
}

/* Who guesses addresses does not learn them quickly. Few wait so at a time. */
static void
wait_in_tarpit(struct smtp_session *s)
{
	struct smtp_service *sv = s->service;

	if (sv->o.tarpit_s == 0 || sv->slowed >= SMTP_TARPIT_MAX)
		return;
	sv->slowed++;
	(void)fiber_sleep(s->d.loop, loop_now_ms(s->d.loop) +
	    (int64_t)sv->o.tarpit_s * 1000);
	sv->slowed--;
	smtp_deadline(s);
}

/* RFC 7293 15.3 */
struct reply
smtp_refuse_owner(enum rcpt_kind kind)
{
	static const struct reply replies[] = {
		[RCPT_NEW_OWNER] = SMTP_REPLY_INIT(550, "5.7.17",
		    "The owner of the mailbox has changed"),
		[RCPT_NEW_DOMAIN] = SMTP_REPLY_INIT(550, "5.7.18",
		    "The owner of the domain has changed"),
		[RCPT_NO_RECORD] = SMTP_REPLY_INIT(550, "5.7.19",
		    "Not known whose the mailbox was then"),
	};

	return kind < NELEM(replies) ? replies[kind] : SMTP_NO_REPLY;
}

/* RCPT TO:<forward-path> [SP Rcpt-parameters] */
struct reply
smtp_rcpt(struct smtp_session *s, struct str args)
{
	static const struct reply replies[] = {
		[RCPT_LOCAL] = SMTP_REPLY_INIT(250, "2.1.5", "Ok"),
		[RCPT_REMOTE] = SMTP_REPLY_INIT(250, "2.1.5", "Ok"),
		[RCPT_NO_USER] = SMTP_REPLY_INIT(550, "5.1.1",
		    "No such mailbox here"),
		[RCPT_NO_DOMAIN] = SMTP_REPLY_INIT(550, "5.7.1",
		    "Relaying denied"),
		[RCPT_FULL] = SMTP_REPLY_INIT(452, "4.2.2", "Mailbox full"),
		[RCPT_TOO_BIG] = SMTP_REPLY_INIT(552, "5.3.4",
		    "Message too big for your account"),
		/* RFC 7504 4, RFC 7505 4.1 */
		[RCPT_NO_MAIL] = SMTP_REPLY_INIT(556, "5.1.10",
		    "The domain takes no mail"),
	};
	struct rcpt_args parsed;
	struct err err = { 0 };
	unsigned with = smtp_offered(s) &
	    ~(submit_envelope(s->txn)->smtputf8 ? 0U : WITH_UTF8);
	enum smtp_syntax why = smtp_parse_rcpt(args, with, s->cmd, &parsed);
	enum rcpt_kind kind;
	struct reply r;
	int e;

	if (submit_recipients(s->txn) >= s->service->o.max_recipients)
		return smtp_reply(452, "4.5.3", "Too many recipients");
	if (why != SYNTAX_OK)
		return smtp_reply_syntax(why, "5.1.3");
	/* Suspends this session only. */
	e = submit_recipient(s->txn, &parsed.addressee, &kind, &err);
	if (e == E_RATE) {
		r = smtp_reply_rate(s->cmd, &err);
		smtp_note_refused(s, parsed.addressee.address, &r, STR_NULL);
		return r;
	}
	if (e < 0) {
		log_ctx_event(&s->d.log, LOG_WARN, "rcpt_failed", F_ERR(&err));
		return smtp_reply_err(e);
	}
	r = smtp_refuse_owner(kind);
	if (kind == RCPT_LATER || kind == RCPT_FLOOD)
		r = too_often(s, kind);
	else if (!r.code)
		r = replies[kind < NELEM(replies) && replies[kind].code ?
		    kind : RCPT_NO_USER];
	if (r.code != 250) {
		if (r.code >= 500)
			s->refused++;
		smtp_note_refused(s, parsed.addressee.address, &r, STR_NULL);
		if (submit_pace(s->txn).slow)
			wait_in_tarpit(s);
	}
	return r;
}
