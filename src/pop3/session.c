/*
 * session.c - POP3 for rt/dialogue.h: line, command, answer; its last words.
 */
#include "pop3/pop3_int.h"

static struct pop3_session *
session_of(struct dialogue *d)
{
	return container_of(d, struct pop3_session, d);
}

/* ---- answers ------------------------------------------------------------- */

/* What happened to us, in the words of RFC 3206 4. What is missing here is our
 * own fault. */
static const struct {
	int code;
	struct answer answer;
} failures[] = {
	{ E_TIMEOUT, { ANSWER_ERR, STR("SYS/TEMP"),
	    STR("That took too long, try again later") } },
	{ E_PEER, { ANSWER_ERR, STR("SYS/TEMP"),
	    STR("Temporarily out of reach, try again") } },
	{ E_IO, { ANSWER_ERR, STR("SYS/TEMP"),
	    STR("Storage failed, try again later") } },
	{ E_STALE, { ANSWER_ERR, STR("SYS/TEMP"),
	    STR("The mailbox has moved, try again") } },
	{ E_BUSY, { ANSWER_ERR, STR("SYS/TEMP"),
	    STR("Busy, try again later") } },
	{ E_FULL, { ANSWER_ERR, STR("SYS/TEMP"), STR("No room is left") } },
	{ E_DAMAGED, { ANSWER_ERR, STR("SYS/PERM"),
	    STR("This is damaged on the server's disk") } },
	{ E_NOTFOUND, { ANSWER_ERR, STR_NULL,
	    STR("That message is gone") } },
	{ E_DENIED, { ANSWER_ERR, STR("SYS/TEMP"),
	    STR("Please log in again") } },
};

struct answer
pop3_fail(struct pop3_session *s, const char *what, const struct err *err)
{
	if (stream_failed(s->d.stream) < 0)
		return NO_ANSWER;
	log_ctx_event(&s->d.log, LOG_WARN, "command_failed",
	    F_STR("command", str_c(what)), F_ERR(err));
	/* All we ask for is an account's to ask: it is not ours any more (its
	 * password was changed, or vault has forgotten us). Of a view that is
	 * older than what store remembers no number can be said any more. */
	if (err->code == E_DENIED || err->code == E_STALE)
		pop3_end(s);
	for (size_t i = 0; i < NELEM(failures); i++) {
		if (failures[i].code == err->code)
			return failures[i].answer;
	}
	return ERR_CODE("SYS/PERM", "Internal error");
}

static void
say_answer(struct pop3_session *s, const struct answer *a)
{
	if (a->kind == ANSWER_NONE)
		return;
	/* A failed stream stays failed: seen at the next read or flush. */
	(void)stream_printf(s->d.stream, "%s%s%.*s%s%.*s\r\n",
	    a->kind == ANSWER_OK ? "+OK " : "-ERR ", a->code.n ? "[" : "",
	    STR_FMT(a->code), a->code.n ? "] " : "", STR_FMT(a->text));
}

void
pop3_begin_lines(struct pop3_session *s, struct str text)
{
	say_answer(s, &(struct answer){ ANSWER_OK, STR_NULL, text });
}

int
pop3_say(struct pop3_session *s, struct str lines)
{
	dialogue_deadline(&s->d, POP3_COMMAND_MS);
	return stream_write(s->d.stream, lines);
}

void
pop3_end_lines(struct pop3_session *s)
{
	(void)pop3_say(s, STR(".\r\n"));
}

void
pop3_end(struct pop3_session *s)
{
	s->state = STATE_OVER;
}

/* ---- the dialogue -------------------------------------------------------- */

/* RFC 1939 3: at least ten minutes. That is for people who have logged in. */
static int64_t
wait_ms(struct dialogue *d, bool parked)
{
	struct pop3_session *s = session_of(d);

	if (s->state == STATE_AUTHORIZATION)
		return POP3_LOGIN_MS;
	return parked ? (int64_t)s->service->timeout_s * 1000 :
	    POP3_COMMAND_MS;
}

static int
one_command(struct dialogue *d, struct err *err)
{
	struct pop3_session *s = session_of(d);
	struct answer a = BAD("The line is too long");
	struct str line;
	int e = dialogue_line(d, POP3_LINE_MAX, &line, err);

	if (e == E_LIMIT)
		e = stream_skip_line(d->stream, err);
	else if (e == 0)
		a = pop3_run(s, line);
	if (e < 0 || (e = stream_failed(d->stream)) < 0)
		return e;
	s->bad += a.kind == ANSWER_BAD;
	s->bad_in_row = a.kind == ANSWER_BAD ? s->bad_in_row + 1 : 0;
	say_answer(s, &a);
	arena_reset(s->cmd);
	s->as_stranger += s->state == STATE_AUTHORIZATION;
	if (s->bad_in_row >= POP3_MAX_BAD ||
	    (s->as_stranger >= POP3_MAX_STRANGER &&
	    s->state == STATE_AUTHORIZATION))
		pop3_end(s);
	return s->state == STATE_OVER ? DIALOGUE_OVER : 0;
}

/* RFC 1939 3: who was silent for too long hears nothing. To who comes while we
 * stop it is the answer to what they say next. */
static void
say_farewell(struct dialogue *d, int e)
{
	struct answer a = ERR_CODE("SYS/TEMP",
	    "Shutting down, come back in a moment");

	if (e == E_CANCELED && session_of(d)->state != STATE_OVER)
		say_answer(session_of(d), &a);
}

/* RFC 1939 4; without a timestamp: there is no APOP. */
static void
say_greeting(struct dialogue *d)
{
	say_answer(session_of(d), &OK("Postern is ready"));
}

static void
trim_session(struct dialogue *d)
{
	arena_trim(session_of(d)->cmd);
}

/* RFC 1939 6: whatever was marked stays, unless QUIT removed it. */
static void
end_session(struct dialogue *d, const char *why)
{
	struct pop3_session *s = session_of(d);

	log_ctx_event(&d->log, LOG_INFO, "disconnect", F_STR("why", str_c(why)),
	    F_STR("user", str_c(s->account.address)),
	    F_INT("retrieved", s->retrieved), F_INT("removed", s->removed),
	    F_INT("errors", s->bad));
	maildrop_close(&s->drop);
	account_logout(&s->account);
	buf_free(&s->user);
	arena_free(s->cmd);
	pop3_service_unref(s->service);
	free(s);
}

void
pop3_start(struct pop3_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg)
{
	static const struct dialogue_ops ops = { .greet = say_greeting,
		.command = one_command, .wait_ms = wait_ms,
		.trim = trim_session, .farewell = say_farewell,
		.end = end_session };
	struct pop3_session *s = calloc(1, sizeof(*s));

	if (!s)
		bug("out of memory");
	dialogue_init(&s->d, &ops, sv->loop, stream, peer);
	/* Clients send nothing but commands. */
	stream_lone_lf(stream);
	account_init(&s->account, sv->loop, sv->vault);
	s->account.visit = peer->visit;
	s->service = sv;
	sv->refs++;
	s->state = STATE_AUTHORIZATION;
	s->user = BUF_INIT(POP3_LINE_MAX);
	s->cmd = arena_new(POP3_COMMAND_MEM);
	dialogue_start(&s->d, rule, sv->tls, done, arg);
}
