/*
 * cmd_urlauth.c - RESETKEY, GENURLAUTH, URLFETCH.                  RFC 4467
 *
 * A URL that is not to be had, for whatever reason, is NIL: who has none that
 * is good learns nothing of what there is.
 */
#include "imap/imap_int.h"
#include "mail/url_message.h"

#define MECHANISM STR("INTERNAL")

/* RESETKEY [mailbox [mechanisms]] */
struct answer
imap_resetkey(struct imap_session *s, const struct imap_command *c)
{
	const struct resetkey_args *a = &c->args.resetkey;
	struct err err = { 0 };

	if (a->named && a->mailbox.n == 0)
		return NO_CODE("NONEXISTENT", "There is no such mailbox");
	for (size_t i = 0; i < a->n; i++)
		if (!str_eqi(a->mechanism[i], MECHANISM))
			return BAD("There is no such mechanism");
	if (url_keys_renew(&s->account, a->mailbox, &err) < 0)
		return imap_fail(s, "resetkey", &err);
	return a->named ? OK_CODE("URLMECH INTERNAL",
	    "No URL of this mailbox is good any more") :
	    OK("No URL of yours is good any more");
}

/* Does it name this server? */
static bool
is_here(const struct imap_session *s, const struct url *u)
{
	return u->host.p && str_eqi(u->host, s->service->hostname);
}

/* Append it as it is signed; or why it cannot be. RFC 4467 7: what is wrong
 * with it is BAD. */
static struct answer
sign(struct imap_session *s, struct str text, struct arena *mem,
    struct buf *b)
{
	struct str whole;
	struct err err = { 0 };
	struct url u;
	int e;

	if (text.n > URL_MAX || !url_parse(text, mem, &u))
		return BAD("Not the URL of a message");
	if (!is_here(s, &u))
		return BAD("The URL is of another server");
	if (!u.user.p)
		return BAD("The URL has no owner");
	if (!u.access || u.mechanism.p)
		return BAD("The URL does not end with ;URLAUTH= and who may "
		    "use it");
	e = url_sign(&s->account, &u, mem, &whole, &err);
	if (e == E_NORIGHT)
		return BAD("The URL is of what is somebody else's");
	if (e == E_NOTFOUND)
		return BAD("There is no such mailbox");
	if (e < 0)
		return imap_fail(s, "genurlauth", &err);
	buf_chr(b, ' ');
	reply_string(b, whole);
	return NO_ANSWER;
}

/* GENURLAUTH 1*(url mechanism): all of them, or none. */
struct answer
imap_genurlauth(struct imap_session *s, const struct imap_command *c)
{
	const struct urls_args *a = &c->args.urls;
	struct arena *mem = arena_new(URL_ARENA(URL_MAX) + 65536);
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct answer no = NO_ANSWER;

	buf_lit(&b, "* GENURLAUTH");
	for (size_t i = 0; i < a->n && no.kind == ANSWER_NONE; i++) {
		no = str_eqi(a->mechanism[i], MECHANISM) ?
		    sign(s, a->url[i], mem, &b) :
		    BAD("There is no such mechanism");
		arena_reset(mem);
	}
	arena_free(mem);
	if (no.kind != ANSWER_NONE || stream_failed(s->d.stream) < 0)
		return no;
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
	return OK("Signed");
}

/* ---- URLFETCH ------------------------------------------------------------ */

struct fetching {
	struct imap_session *s;
	struct buf *before;	/* what is to be said before the octets */
	uint64_t len;
	bool begun;
};

static void
begin_fetched(struct fetching *f)
{
	reply_literal(f->before, f->len);
	imap_write_out(f->s, f->before);
	f->begun = true;
}

static int
send_octets(void *arg, struct str octets)
{
	struct fetching *f = arg;

	if (!f->begun)
		begin_fetched(f);
	dialogue_deadline(&f->s->d, IMAP_COMMAND_MS);
	return stream_write(f->s->d.stream, octets);
}

/* The octets of one, or why there are none. */
static int
fetch(struct fetching *f, struct str text, struct arena *mem, struct err *err)
{
	struct mail_message m;
	struct url_octets o;
	struct url u;
	int e;

	if (text.n > URL_MAX || !url_parse(text, mem, &u) || !is_here(f->s, &u))
		return E_NOTFOUND;
	e = url_message(&f->s->account, &u, mem, &m, err);
	if (e == 0)
		e = url_octets_find(&o, &m, &u.section, mem, err);
	if (e < 0)
		return e;
	log_ctx_event(&f->s->d.log, LOG_INFO, "url_read",
	    F_STR("owner", u.user), F_STR("mailbox", u.mailbox),
	    F_INT("uid", u.uid));
	f->len = o.len;
	if (o.len == 0)
		buf_lit(f->before, "\"\"");
	else
		e = url_octets_read(&o, send_octets, f, err);
	url_octets_free(&o);
	return e;
}

/* "url nstring"; false: half a literal, there is no way to go on. */
static bool
say_fetched(struct imap_session *s, struct buf *b, struct str url,
    struct arena *mem, int *failed, struct err *err)
{
	struct fetching f = { .s = s, .before = b };
	struct err why = { 0 };
	int e;

	buf_chr(b, ' ');
	reply_string(b, url);
	buf_chr(b, ' ');
	e = fetch(&f, url, mem, &why);
	if (e < 0 && f.begun) {
		s->state = STATE_LOGOUT;
		return false;
	}
	if (e < 0)
		buf_lit(b, "NIL");
	if (e < 0 && e != E_NOTFOUND && *failed == 0) {
		*failed = e;
		*err = why;
	}
	return true;
}

/* URLFETCH 1*url */
struct answer
imap_urlfetch(struct imap_session *s, const struct imap_command *c)
{
	const struct urls_args *a = &c->args.urls;
	struct arena *mem = arena_new(URL_ARENA(URL_MAX) + URL_MESSAGE_MEM);
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct err err = { 0 };
	bool whole = true;
	int failed = 0;

	buf_lit(&b, "* URLFETCH");
	for (size_t i = 0; i < a->n && whole; i++) {
		whole = say_fetched(s, &b, a->url[i], mem, &failed, &err);
		arena_reset(mem);
	}
	arena_free(mem);
	if (!whole)
		return NO_ANSWER;
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
	return failed < 0 ? imap_fail(s, "urlfetch", &err) :
	    OK("This is what there is");
}
