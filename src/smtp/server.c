/*
 * server.c - SMTP for rt/dialogue.h: line, command, reply; and its last words.
 */
#include "smtp/smtp_int.h"

enum {
	CMD_MEM = 128 * 1024,
	LF_MS = 2000,		/* until we say what lines end with */
	/* The longest is that of EXPN. */
	REPLY_MAX = (EXPN_MOST + 2) * SMTP_REPLY_LINE_MAX,
};

static struct smtp_session *
session_of(struct dialogue *d)
{
	return container_of(d, struct smtp_session, d);
}

static int64_t
wait_ms(struct dialogue *d, bool parked unused_arg)
{
	return (int64_t)session_of(d)->service->o.timeout_s * 1000;
}

void
smtp_deadline(struct smtp_session *s)
{
	dialogue_deadline(&s->d, wait_ms(&s->d, false));
}

void
smtp_put_reply(struct smtp_session *s, const struct reply *r)
{
	auto_buf b = BUF_INIT(REPLY_MAX);

	if (r->code == 0)
		return;
	smtp_reply_put(&b, r);
	bug_if(buf_failed(&b));
	/* A failed stream stays failed: seen at the next read or flush. */
	(void)stream_write(s->d.stream, buf_get(&b));
}

int
smtp_say(struct smtp_session *s, struct reply r, struct err *err)
{
	smtp_put_reply(s, &r);
	return stream_flush(s->d.stream, err);
}

void
smtp_txn_end(struct smtp_session *s)
{
	smtp_text_free(s->text);
	s->text = NULL;
	submit_end(s->txn);
	s->txn = NULL;
	s->prdr = false;
	smtp_forget_forwarded(s);
}

void
smtp_forget(struct smtp_session *s)
{
	smtp_txn_end(s);
	if (s->account)
		s->logout(s);
	buf_free(&s->helo);
	buf_free(&s->sender);
	s->esmtp = false;
}

/* What is wrong with the command at this point; NULL: nothing. */
static const struct reply *
not_now(const struct smtp_session *s, const struct smtp_verb *v,
    struct str args)
{
	static const struct reply table[] = {
		SMTP_REPLY_INIT(501, "5.5.4", "No argument allowed"),
		SMTP_REPLY_INIT(530, "5.7.0", "Authentication required"),
		SMTP_REPLY_INIT(503, "5.5.1", "Send HELO or EHLO first"),
		SMTP_REPLY_INIT(503, "5.5.1", "Not inside a transaction"),
		SMTP_REPLY_INIT(503, "5.5.1", "Send MAIL first"),
		SMTP_REPLY_INIT(503, "5.5.1", "The text has begun"),
		SMTP_REPLY_INIT(503, "5.5.1", "Send LHLO first"),
	};

	if (v->when & WHEN_BARE && args.n > 0)
		return &table[0];
	if (v->when & WHEN_LOGIN && s->service->o.must_login &&
	    !smtp_logged_in(s))
		return &table[1];
	if (v->when & WHEN_HELO && s->helo.n == 0)
		return &table[s->service->o.lmtp ? 6 : 2];
	if (v->when & WHEN_IDLE && s->txn)
		return &table[3];
	if (v->when & WHEN_MAIL && !s->txn)
		return &table[4];
	if (v->when & WHEN_NO_TEXT && s->text)
		return &table[5];
	return NULL;
}

static bool
has_controls(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			return true;
	return false;
}

/* Those that carry a message count elsewhere. */
static bool
carries(const struct smtp_verb *v)
{
	return v->handle == smtp_rcpt || v->handle == smtp_data ||
	    v->handle == smtp_bdat;
}

struct reply
smtp_count_junk(struct smtp_session *s, struct str verb)
{
	if (++s->junk < SMTP_MAX_JUNK)
		return SMTP_NO_REPLY;
	log_ctx_event(&s->d.log, LOG_INFO, "junk_commands",
	    F_STR("last", verb));
	return smtp_reply(421, "4.7.0", "Too many commands without a message");
}

/* RFC 7504 3, RFC 1846 4: the name comes first, and QUIT is waited for, as some
 * try again later whose connection just ends. */
static struct reply
no_mail(struct smtp_session *s)
{
	return smtp_replyf(s->cmd, 521, "5.3.2", "%.*s takes no mail",
	    STR_FMT(s->service->o.hostname));
}

static struct reply
smtp_answer_line(struct smtp_session *s, struct str line)
{
	const struct smtp_verb *v;
	const struct reply *no;
	struct smtp_command c;
	struct reply enough = SMTP_NO_REPLY;

	/* A bare CR or LF among them: it ends no line. */
	if (has_controls(line) || !smtp_command(line, &c))
		return smtp_reply(500, "5.5.2", "Not a command");
	if (!(v = smtp_verb_find(s, c.verb)) && s->service->o.no_mail)
		return no_mail(s);
	if (!v)
		return smtp_reply(500, "5.5.2", "Unknown command");
	if (s->service->o.no_mail && v->handle != smtp_quit)
		return no_mail(s);
	/* RFC 2033 4.1: so that a wrong configuration is seen. */
	if (!smtp_verb_is_here(s, v))
		return s->service->o.lmtp ? smtp_reply(500, "5.5.1",
		    "This is LMTP, which begins with LHLO") :
		    smtp_reply(500, "5.5.1", "This is SMTP, which begins "
		    "with EHLO");
	if (line.n > SMTP_COMMAND_MAX - 2 && !v->long_line)
		return smtp_reply(500, "5.5.2", "Line too long");
	if ((no = not_now(s, v, c.args)))
		return v->refuse ? v->refuse(s, c.args, no) : *no;
	if (!carries(v))
		enough = smtp_count_junk(s, c.verb);
	return enough.code ? enough : v->handle(s, c.args);
}

/* Enough is enough: the reply that ends the session instead of this one. */
static struct reply
smtp_count_refusal(struct smtp_session *s, struct reply r,
    uint32_t refused_before)
{
	if (r.code < 500)
		return r;
	/* Honest lists have addresses that are gone: RCPT counts apart. */
	if (s->refused == refused_before)
		s->errors++;
	if (s->errors < SMTP_MAX_ERRORS && s->refused < SMTP_MAX_REFUSED)
		return r;
	return smtp_reply(421, "4.7.0", "Too many errors");
}

/* A line that ends with LF alone is none. People who type by hand wait for an
 * answer then: unless its CRLF comes in a moment, it is dropped and they are
 * told. E_AGAIN: that was so. */
static int
take_line(struct dialogue *d, struct str *line, struct err *err)
{
	struct str there = stream_buffered(d->stream);
	bool lf = there.n > 0 && there.p[there.n - 1] == '\n' &&
	    str_find(there, STR("\r\n")) == there.n;
	int e;

	if (lf)
		dialogue_deadline(d, LF_MS);
	e = dialogue_line(d, SMTP_AUTH_LINE_MAX, line, err);
	if (!lf || e != E_TIMEOUT || !stream_revive(d->stream))
		return e;
	stream_eat(d->stream, stream_buffered(d->stream).n);
	smtp_deadline(session_of(d));
	return E_AGAIN;
}

static int
one_command(struct dialogue *d, struct err *err)
{
	struct smtp_session *s = session_of(d);
	uint32_t refused = s->refused;
	struct str line;
	struct reply r;
	int e;

	if (s->leaving)
		return DIALOGUE_OVER;
	e = take_line(d, &line, err);
	if (e == E_AGAIN) {
		r = smtp_reply(500, "5.5.2", "Lines end with CRLF, not with "
		    "LF alone (nc has -C for that)");
	} else if (e == E_LIMIT) {
		if ((e = stream_skip_line(d->stream, err)) < 0)
			return e;
		r = smtp_reply(500, "5.5.2", "Line too long");
	} else if (e < 0)
		return e;
	else
		r = smtp_answer_line(s, line);
	if ((e = stream_failed(d->stream)) < 0)
		return e;
	r = smtp_count_refusal(s, r, refused);
	smtp_put_reply(s, &r);
	arena_reset(s->cmd);
	return s->leaving || smtp_reply_ends(&r) ? DIALOGUE_OVER : 0;
}

static void
say_farewell(struct dialogue *d, int e)
{
	struct smtp_session *s = session_of(d);
	struct reply r = smtp_reply_err(e);

	if (!s->leaving)	/* or TLS did not come about */
		smtp_put_reply(s, &r);
}

/* RFC 5321 3.1: a client waits for the greeting. What sends mail at any price
 * often does not. */
static bool
talks_first(struct smtp_session *s)
{
	struct err err = { 0 };
	struct str octets;
	int e;

	dialogue_deadline(&s->d,
	    (int64_t)s->service->o.greeting_delay_s * 1000);
	e = stream_peek(s->d.stream, &octets, &err);
	if (e == E_TIMEOUT)
		(void)stream_revive(s->d.stream);
	smtp_deadline(s);
	return e == 0;
}

/* Of whom no mail was taken lately, and who does not come for others. Store is
 * asked only where strangers are made to wait; where it cannot say, everybody
 * is one. */
static bool
is_stranger(struct smtp_session *s)
{
	const struct smtp_options *o = &s->service->o;
	struct host_known_ask ask = { ip_octets(&s->host) };
	struct host_known_answer answer;
	struct err err = { 0 };

	if (smtp_xclient_offered(s))
		return false;
	if (!o->judge)
		return true;
	return s->counted && (store_call(o->store, STORE_host_known, &ask,
	    &answer, s->cmd, &err) < 0 || !answer.known);
}

struct str
smtp_greeting(struct smtp_session *s)
{
	return arena_printf(s->cmd, "%.*s %s Postern",
	    STR_FMT(s->service->o.hostname),
	    s->service->o.lmtp ? "LMTP" : "ESMTP");
}

static void
greet(struct dialogue *d)
{
	struct smtp_session *s = session_of(d);
	struct reply r = smtp_reply(421, "4.7.0",
	    "Wait for the greeting before you say anything");

	if (s->service->o.greeting_delay_s > 0 && is_stranger(s) &&
	    talks_first(s)) {
		log_ctx_event(&d->log, LOG_INFO, "talks_first");
		smtp_put_reply(s, &r);
		s->errors = SMTP_EARLY_ERRORS;
		s->leaving = true;
		return;
	}
	r = (struct reply){ 220, NULL, smtp_greeting(s) };
	if (s->service->o.no_mail) {
		r = no_mail(s);
		r.enhanced = NULL;	/* the name is its first word */
		log_ctx_event(&d->log, LOG_INFO, "no_mail");
	}
	smtp_put_reply(s, &r);
}

static void
trim_session(struct dialogue *d)
{
	arena_trim(session_of(d)->cmd);
}

static void
end_session(struct dialogue *d, const char *why)
{
	struct smtp_session *s = session_of(d);

	log_ctx_event(&d->log, LOG_INFO, "disconnect", F_STR("why", str_c(why)),
	    F_INT("messages", s->messages), F_INT("errors", s->errors));
	if (s->service->o.cut && !str_eq(str_c(why), STR("quit")) &&
	    (s->txn || s->begun > s->messages))
		s->service->o.cut(s);
	if (s->counted && s->errors > 0)
		store_notify(s->service->o.store, STORE_strike,
		    &(struct strike_ask){ ip_octets(&s->host), s->errors });
	smtp_forget(s);
	arena_free(s->cmd);
	smtp_service_unref(s->service);
	free(s);
}

void
smtp_know_host(struct smtp_session *s)
{
	const struct smtp_judge *judge = s->service->o.judge;

	s->counted = judge && ip_parse(str_c(s->d.peer.address), &s->host) &&
	    !ip_is_among(&s->host, judge->unjudged);
}

void
smtp_start(struct smtp_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg)
{
	static const struct dialogue_ops ops = { .greet = greet,
		.command = one_command, .wait_ms = wait_ms,
		.trim = trim_session, .farewell = say_farewell,
		.end = end_session };
	struct smtp_session *s = calloc(1, sizeof(*s));

	if (!s)
		bug("out of memory");
	dialogue_init(&s->d, &ops, sv->o.loop, stream, peer);
	s->service = sv;
	sv->refs++;
	s->store = sv->o.store;
	smtp_know_host(s);
	s->cmd = arena_new(CMD_MEM);
	s->helo = BUF_INIT(SMTP_DOMAIN_MAX);
	s->sender = BUF_INIT(SMTP_SENDER_MAX);
	dialogue_start(&s->d, rule, sv->o.tls, done, arg);
}
