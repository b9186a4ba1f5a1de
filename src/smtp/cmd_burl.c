/*
 * cmd_burl.c - BURL: what an IMAP URL names is the next piece of the text.
 *                                                                  RFC 4468
 *
 * Only URLs of this server, by the permission in them (RFC 4467), which store
 * judges; no network is asked. What they name is hostile text like any other
 * that is handed in. Whatever is refused ends the transaction, so that no
 * message leaves without a piece of it.
 */
#include "mail/url_message.h"
#include "smtp/submission_int.h"

bool
smtp_burl_offered(const struct smtp_session *s)
{
	return smtp_logged_in(s);
}

/* burl-param = "imap": URLs with URLAUTH                       RFC 4468 3.3 */
void
smtp_burl_imap(const struct smtp_session *s unused_arg, struct buf *b)
{
	buf_lit(b, " imap");
}

/* Is it one of those we resolve for this person? code 0: yes. */
static struct reply
judge_url(const struct smtp_session *s, const struct url *u,
    struct arena *mem)
{
	struct login_ask who = { .user = u->who };

	if (!u->host.p || !str_eqi(u->host, s->service->o.hostname) ||
	    !u->access || !u->mechanism.p)
		/* RFC 5248 has this number for RFC 4468's 5.7.8. */
		return smtp_reply(554, "5.7.14", "Only URLs of this server "
		    "that end with URLAUTH are resolved");
	account_names(&who, mem);
	if (u->access == URL_submit && !str_eqi(who.user, smtp_user(s)))
		return smtp_reply(554, "5.7.0",
		    "The URL is for somebody else to submit");
	return SMTP_NO_REPLY;
}

enum { ENOUGH = 1 };	/* what nobody reads on for */

static int
take_piece(void *in, struct str octets)
{
	return smtp_text_octets(in, octets) ? 0 : ENOUGH;
}

/* 0 or ENOUGH, or E_*. */
static int
append_message(struct smtp_session *s, const struct url *u, struct arena *mem,
    struct err *err)
{
	struct mail_message m;
	struct url_octets o;
	int e = url_message(s->account, u, mem, &m, err);

	if (e == 0)
		e = url_octets_find(&o, &m, &u->section, mem, err);
	if (e < 0)
		return e;
	log_ctx_event(&s->d.log, LOG_INFO, "url_read",
	    F_STR("owner", u->user), F_STR("mailbox", u->mailbox),
	    F_INT("uid", u->uid));
	if (!s->text)
		s->text = smtp_text_begin(s, true);
	e = url_octets_read(&o, take_piece, s->text, err);
	url_octets_free(&o);
	return e;
}

/* code 0: what it names is in the text. */
static struct reply
resolve_url(struct smtp_session *s, struct str text, struct arena *mem)
{
	struct err err = { 0 };
	struct reply no;
	struct url u;
	int e;

	if (text.n > URL_MAX || !url_parse(text, mem, &u))
		return smtp_reply(501, "5.5.4", "Not the URL of a message");
	no = judge_url(s, &u, mem);
	if (no.code != 0)
		return no;
	e = append_message(s, &u, mem, &err);
	if (e == E_NOTFOUND)
		return smtp_reply(554, "5.6.6", "IMAP URL resolution failed");
	if (e < 0)
		log_ctx_event(&s->d.log, LOG_WARN, "submit_failed",
		    F_ERR(&err));
	return e < 0 ? smtp_reply_err(e) : SMTP_NO_REPLY;
}

/* BURL SP URL [SP "LAST"] */
struct reply
smtp_burl(struct smtp_session *s, struct str args)
{
	struct arena *mem;
	struct burl_args burl;
	struct reply r = smtp_reply(501, "5.5.4", "Syntax: BURL URL [LAST]");

	if (submit_recipients(s->txn) == 0)
		return smtp_reply(554, "5.5.0",
		    "No recipients have been specified");
	if (smtp_parse_burl(args, &burl)) {
		mem = arena_new(URL_ARENA(URL_MAX) + URL_MESSAGE_MEM);
		r = resolve_url(s, burl.url, mem);
		arena_free(mem);
	}
	if (r.code != 0)
		smtp_note_refused(s, STR_NULL, &r, STR_NULL);
	else
		r = burl.last ? smtp_text_end(s->text) :
		    smtp_text_refused(s->text);
	if (r.code != 0 || burl.last)
		smtp_txn_end(s);
	return r.code ? r : smtp_reply(250, "2.5.0",
	    "Waiting for additional BURL or BDAT commands");
}
