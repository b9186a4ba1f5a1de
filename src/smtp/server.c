/*
 * server.c - the loop of a session: line, command, reply; and its ends.
 *
 * While commands are there the session runs on a fiber. With none left it
 * sends what it has to say (so a pipelined batch is answered in one write,
 * RFC 2920 3.2), gives its memory back and parks without a stack.
 */
#include "smtp/smtp_int.h"

enum {
	CMD_MEM = 128 * 1024,
	REPLY_MAX = 8192,
	BATCH = 50,		/* commands until others have a turn */
	FAREWELL_MS = 5000,
};

void
smtp_patience(struct smtp_session *s)
{
	const struct smtp_options *o = &s->service->o;

	stream_deadline(s->stream,
	    loop_now_ms(o->loop) + (int64_t)o->timeout_s * 1000);
}

static void
put_reply(struct smtp_session *s, const struct reply *r)
{
	auto_buf b = BUF_INIT(REPLY_MAX);

	if (r->code == 0)
		return;
	smtp_reply_put(&b, r);
	bug_if(buf_failed(&b));
	/* A failed stream stays failed: seen at the next read or flush. */
	(void)stream_write(s->stream, buf_get(&b));
}

int
smtp_say(struct smtp_session *s, struct reply r, struct err *err)
{
	put_reply(s, &r);
	return stream_flush(s->stream, err);
}

void
smtp_txn_end(struct smtp_session *s)
{
	if (s->txn)
		arena_free(s->txn->mem);
	s->txn = NULL;
}

void
smtp_forget(struct smtp_session *s)
{
	smtp_txn_end(s);
	if (s->login)
		s->logout(s);
	buf_free(&s->helo);
	buf_free(&s->user);
	buf_free(&s->sender);
	s->esmtp = false;
}

static void
session_end(struct smtp_session *s, const char *why)
{
	log_ctx_event(&s->log, LOG_INFO, "disconnect", F_STR("why", str_c(why)),
	    F_INT("messages", s->messages), F_INT("errors", s->errors));
	smtp_forget(s);
	stream_close(s->stream);
	arena_free(s->cmd);
	s->done(s->done_arg);
	smtp_service_unref(s->service);
	free(s);
}

/* 503 and its kin: NULL if the command may come now. */
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
	};

	if (v->when & WHEN_BARE && args.n > 0)
		return &table[0];
	if (v->when & WHEN_LOGIN && s->service->o.must_login && !s->login)
		return &table[1];
	if (v->when & WHEN_HELO && s->helo.n == 0)
		return &table[2];
	if (v->when & WHEN_IDLE && s->txn)
		return &table[3];
	if (v->when & WHEN_MAIL && !s->txn)
		return &table[4];
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

static struct reply
answer(struct smtp_session *s, struct str line)
{
	const struct smtp_verb *v;
	const struct reply *no;
	struct smtp_command c;

	/* A bare CR or LF among them: it ends no line. */
	if (has_controls(line) || !smtp_command(line, &c))
		return smtp_reply(500, "5.5.2", "Not a command");
	if (!(v = smtp_verb_find(s, c.verb)))
		return smtp_reply(500, "5.5.2", "Unknown command");
	if (line.n > SMTP_COMMAND_MAX - 2 && !str_eqi(c.verb, STR("AUTH")))
		return smtp_reply(500, "5.5.2", "Line too long");
	if ((no = not_now(s, v, c.args)))
		return *no;
	return v->handle(s, c.args);
}

/* Enough is enough: the reply that ends the session instead of this one. */
static struct reply
count(struct smtp_session *s, struct reply r, uint32_t refused_before)
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

/* One command. Negative E_* when there is nobody to answer any more. */
static int
one_command(struct smtp_session *s, struct err *err)
{
	struct str line, there = stream_buffered(s->stream);
	uint32_t refused = s->refused;
	struct reply r;
	int e;

	/* Say what is to be said before we wait for the rest of a line. */
	if (str_find(there, STR("\r\n")) == there.n &&
	    (e = stream_flush(s->stream, err)) < 0)
		return e;
	e = stream_line(s->stream, SMTP_AUTH_LINE_MAX, &line, err);
	if (e == E_LIMIT) {
		if ((e = stream_skip_line(s->stream, err)) < 0)
			return e;
		r = smtp_reply(500, "5.5.2", "Line too long");
	} else if (e < 0)
		return e;
	else
		r = answer(s, line);
	if ((e = stream_failed(s->stream)) < 0)
		return e;
	r = count(s, r, refused);
	put_reply(s, &r);
	s->leaving = s->leaving || smtp_reply_ends(&r);
	arena_reset(s->cmd);
	smtp_patience(s);
	return 0;
}

/* The last words, if the peer is still there to hear them. */
static void
farewell(struct smtp_session *s, int e)
{
	stream_deadline(s->stream,
	    loop_now_ms(s->service->o.loop) + FAREWELL_MS);
	if (e == E_TIMEOUT || e == E_CANCELED)
		(void)smtp_say(s, smtp_reply_err(e), NULL);
	session_end(s, err_name(e));
}

static void resume(void *arg, enum park why);

static void
rest(struct smtp_session *s)
{
	const struct smtp_options *o = &s->service->o;
	struct err err = { 0 };
	int e = stream_flush(s->stream, &err);

	if (e < 0) {
		farewell(s, e);
		return;
	}
	arena_trim(s->cmd);
	stream_park(s->stream,
	    loop_now_ms(o->loop) + (int64_t)o->timeout_s * 1000, resume, s);
}

static void
serve(struct smtp_session *s)
{
	struct err err = { 0 };
	int e = 0;

	smtp_patience(s);
	for (int n = 1; e >= 0 && !s->leaving; n++) {
		e = one_command(s, &err);
		if (e >= 0 && loop_stopping(s->service->o.loop))
			e = E_CANCELED;
		if (e >= 0 && !s->leaving &&
		    stream_buffered(s->stream).n == 0) {
			rest(s);
			return;
		}
		if (n % BATCH == 0)
			fiber_yield(s->service->o.loop);
	}
	if (e >= 0)
		e = stream_flush(s->stream, &err);
	if (e < 0)
		farewell(s, e);
	else
		session_end(s, "quit");
}

static void
resume(void *arg, enum park why)
{
	static const int codes[] = {
		[PARK_TIMEOUT] = E_TIMEOUT,
		[PARK_CLOSED] = E_CLOSED,
		[PARK_STOP] = E_CANCELED,
	};
	struct smtp_session *s = arg;

	if (why == PARK_INPUT || why == PARK_KICK)
		serve(s);
	else
		farewell(s, codes[why]);
}

static struct smtp_session *
session_new(struct smtp_service *sv, struct stream *stream,
    const struct peer *peer)
{
	struct smtp_session *s = calloc(1, sizeof(*s));

	if (!s)
		bug("out of memory");
	s->service = sv;
	sv->refs++;
	s->stream = stream;
	s->store = sv->o.store;
	s->cmd = arena_new(CMD_MEM);
	s->helo = BUF_INIT(SMTP_DOMAIN_MAX);
	s->user = BUF_INIT(320);
	s->sender = BUF_INIT(320);
	s->peer = *peer;
	(void)snprintf(s->id, sizeof(s->id), "%012llx",
	    (unsigned long long)(loop_random64(sv->o.loop) >> 16));
	s->fields[0] = (struct log_field)F_STR("session", str_c(s->id));
	s->fields[1] = (struct log_field)F_STR("peer", str_c(s->peer.address));
	s->log = (struct log_ctx){ loop_log(sv->o.loop), s->fields, 2 };
	return s;
}

void
smtp_start(struct smtp_service *sv, struct stream *stream,
    const struct peer *peer, bool tls_first, void (*done)(void *arg),
    void *arg)
{
	struct smtp_session *s = session_new(sv, stream, peer);
	struct err err = { 0 };
	int e = 0;

	s->done = done;
	s->done_arg = arg;
	log_ctx_event(&s->log, LOG_DEBUG, "connect",
	    F_INT("port", peer->local_port));
	smtp_patience(s);
	if (tls_first)
		e = stream_tls_accept(stream, sv->o.tls, &err);
	if (e < 0) {
		session_end(s, err.text);
		return;
	}
	stream_printf(stream, "220 %.*s ESMTP Postern\r\n",
	    STR_FMT(sv->o.hostname));
	rest(s);
}
