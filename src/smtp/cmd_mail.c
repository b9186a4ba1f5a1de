/*
 * cmd_mail.c - the envelope: MAIL and RCPT.       RFC 5321 4.1.1.2, 4.1.1.3
 */
#include "smtp/smtp_int.h"

enum {
	/* Every recipient is an address, at most 320 octets, its ORCPT, and a
	 * record. */
	TXN_MEM = 16 * 1024 + SMTP_RCPT_CEILING * (448 + SMTP_ORCPT_MAX),
};

/* RFC 6409 6.1: people write only as one of their own addresses. */
static int
may_send_as(struct smtp_session *s, struct str from, struct err *err)
{
	struct sender_ask ask = { .address = from };
	struct done done;
	int e;

	if (!s->login && !s->service->o.local)
		return 0;
	/* Only so that they hear of it early: submit looks again. */
	if (from.n > 0 && str_eq(buf_get(&s->sender), from))
		return 0;
	e = store_call(s->store, STORE_sender, &ask, &done, s->cmd, err);
	buf_reset(&s->sender);
	if (e == 0)
		buf_str(&s->sender, from);
	return e;
}

static void
txn_begin(struct smtp_session *s, const struct mail_args *mail)
{
	struct arena *mem = arena_new(TXN_MEM);
	struct smtp_txn *t = arena_new_of(mem, struct smtp_txn);

	t->mem = mem;
	t->mail = *mail;
	t->mail.from = (struct path){ .text = str_dup(mem, mail->from.text) };
	t->mail.auth = str_dup(mem, mail->auth);
	t->mail.envid = str_dup(mem, mail->envid);
	t->last = &t->rcpts;
	s->txn = t;
}

static unsigned
extensions(const struct smtp_session *s, bool utf8)
{
	return (s->service->o.dsn ? WITH_DSN : 0) | (utf8 ? WITH_UTF8 : 0);
}

/* MAIL FROM:<reverse-path> [SP Mail-parameters] */
struct reply
smtp_mail(struct smtp_session *s, struct str args)
{
	struct mail_args mail;
	struct err err = { 0 };
	enum smtp_syntax why = smtp_parse_mail(args, extensions(s, true),
	    s->cmd, &mail);
	int e;

	if (why != SYNTAX_OK)
		return smtp_reply_syntax(why, "5.1.7");
	if (mail.size_octets > s->service->o.max_message)
		return smtp_reply(552, "5.3.4", "Message too big");
	e = may_send_as(s, mail.from.text, &err);
	if (e == E_DENIED) {
		log_ctx_event(&s->d.log, LOG_INFO, "sender_denied",
		    F_STR("from", mail.from.text),
		    F_STR("user", buf_get(&s->user)));
		return smtp_reply(553, "5.7.1", "Not an address of yours");
	}
	if (e < 0) {
		log_ctx_event(&s->d.log, LOG_WARN, "sender_failed",
		    F_ERR(&err));
		return smtp_reply_err(e);
	}
	txn_begin(s, &mail);
	return smtp_reply(250, "2.1.0", "Ok");
}

int
smtp_ask_rcpt(struct smtp_session *s, const struct rcpt *r,
    struct rcpt_answer *answer, struct err *err)
{
	struct rcpt_ask ask = {
		.address = r->address,
		.bounce = s->txn->mail.from.text.n == 0,
		.notify = r->notify,
		.orcpt = r->orcpt,
	};

	return store_call(s->store, STORE_rcpt, &ask, answer, s->cmd, err);
}

/* What store says of a recipient; code 250 if it may be one. */
static struct reply
judge(const struct rcpt_answer *answer, uint64_t size_octets)
{
	switch (answer->kind) {
	case RCPT_LOCAL:
		if (size_octets > answer->room)
			return smtp_reply(452, "4.2.2", "Mailbox full");
		break;
	case RCPT_REMOTE:
		break;
	case RCPT_FULL:
		return smtp_reply(452, "4.2.2", "Mailbox full");
	case RCPT_NO_DOMAIN:
		return smtp_reply(550, "5.7.1", "Relaying denied");
	default:
		return smtp_reply(550, "5.1.1", "No such mailbox here");
	}
	return smtp_reply(250, "2.1.5", "Ok");
}

static void
rcpt_add(struct smtp_session *s, const struct rcpt *asked, uint64_t handle)
{
	struct smtp_txn *t = s->txn;
	struct rcpt *r = arena_new_of(t->mem, struct rcpt);

	r->address = str_dup(t->mem, asked->address);
	r->notify = asked->notify;
	r->orcpt = str_dup(t->mem, asked->orcpt);
	r->handle = handle;
	*t->last = r;
	t->last = &r->next;
	if (t->nrcpt++ == 0)
		t->generation = store_generation(s->store);
}

void
smtp_note_refused(struct smtp_session *s, struct str address,
    const struct reply *r)
{
	struct journal_ask j = {
		.event = JOURNAL_refused,
		.session = str_c(s->d.id),
		.peer = str_c(s->d.peer.address),
		.address = address,
		.code = (uint32_t)r->code,
		.text = r->text,
	};

	log_ctx_event(&s->d.log, LOG_INFO, "refused", F_STR("to", address),
	    F_STR("from", s->txn->mail.from.text), F_INT("code", r->code),
	    F_STR("text", r->text));
	store_notify(s->store, STORE_journal, &j);
}

/* RCPT TO:<forward-path> [SP Rcpt-parameters] */
struct reply
smtp_rcpt(struct smtp_session *s, struct str args)
{
	struct rcpt_args parsed;
	struct rcpt rcpt = { 0 };
	struct rcpt_answer answer;
	struct err err = { 0 };
	enum smtp_syntax why = smtp_parse_rcpt(args,
	    extensions(s, s->txn->mail.smtputf8), s->cmd, &parsed);
	struct reply r;
	int e;

	if (s->txn->nrcpt >= s->service->o.max_recipients)
		return smtp_reply(452, "4.5.3", "Too many recipients");
	if (why != SYNTAX_OK)
		return smtp_reply_syntax(why, "5.1.3");
	rcpt.address = parsed.to.text;
	rcpt.notify = parsed.notify;
	rcpt.orcpt = parsed.orcpt;
	/* Suspends this session only. */
	e = smtp_ask_rcpt(s, &rcpt, &answer, &err);
	if (e < 0) {
		log_ctx_event(&s->d.log, LOG_WARN, "rcpt_failed", F_ERR(&err));
		return smtp_reply_err(e);
	}
	r = judge(&answer, s->txn->mail.size_octets);
	if (r.code == 250) {
		rcpt_add(s, &rcpt, answer.handle);
		return r;
	}
	if (r.code >= 500)
		s->refused++;
	smtp_note_refused(s, rcpt.address, &r);
	return r;
}
