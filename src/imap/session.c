/*
 * session.c - the loop of a session: command, answer; and its ends.
 *
 * While commands are there the session runs on a fiber. With none left it
 * sends what it has to say, gives its memory back and parks without a stack;
 * in IDLE it is woken by store's notices as well.
 */
#include "imap/imap_int.h"

enum {
	BATCH = 50,		/* commands until others have a turn */
	FAREWELL_MS = 5000,
	LINE_MAX_OUT = 8192,
	IDLE_LINE_MAX = 1024,
	TOLD_MAX = 16 << 20,
};

void
imap_patience(struct imap_session *s, int64_t ms)
{
	stream_deadline(s->stream, loop_now_ms(s->loop) + ms);
}

void
imap_say(struct imap_session *s, const struct buf *b)
{
	bug_if(buf_failed(b));
	/* A failed stream stays failed: seen at the next read or flush. */
	(void)stream_write(s->stream, buf_get(b));
}

int
imap_continue(struct imap_session *s, struct str text)
{
	struct err err = { 0 };

	(void)stream_printf(s->stream, "+ %.*s\r\n", STR_FMT(text));
	return stream_flush(s->stream, &err);
}

void
imap_bye(struct imap_session *s, const char *text)
{
	(void)stream_printf(s->stream, "* BYE %s\r\n", text);
	s->state = STATE_LOGOUT;
}

void
imap_log_out(struct imap_session *s)
{
	if (!s->store)
		return;
	imap_deselect(s);
	store_on_change(s->store, NULL, NULL);
	s->store = NULL;
	vault_logout(s->service->vault, &s->login);
	s->login = (struct login){ 0 };
}

static void
session_end(struct imap_session *s, const char *why)
{
	log_ctx_event(&s->log, LOG_INFO, "disconnect", F_STR("why", str_c(why)),
	    F_STR("user", str_c(s->user)), F_INT("errors", s->bad));
	imap_log_out(s);
	stream_close(s->stream);
	gather_free(&s->gather);
	buf_free(&s->told);
	arena_free(s->cmd);
	s->done(s->done_arg);
	imap_service_unref(s->service);
	free(s);
}

/* RFC 3501 5.4: not under 30 minutes for people logged in. */
static int64_t
autologout_at(const struct imap_session *s)
{
	int64_t ms = s->state == STATE_NOT_AUTH ? IMAP_LOGIN_MS
	    : (int64_t)s->service->timeout_s * 1000;

	return loop_now_ms(s->loop) + ms;
}

static void
write_answer(struct imap_session *s, struct str tag, const struct answer *a)
{
	auto_buf b = BUF_INIT(LINE_MAX_OUT);

	imap_put_answer(&b, tag, a);
	imap_say(s, &b);
}

/* Updates, then the answer that they come before (RFC 3501 5.2, 7). */
static void
finish_command(struct imap_session *s, struct str tag, uint32_t flags,
    struct answer a)
{
	struct err err = { 0 };

	if (a.kind == ANSWER_NONE)
		return;
	if (s->state == STATE_SELECTED && !(flags & ROW_QUIET) &&
	    imap_update(s, !(flags & ROW_NO_EXPUNGE), &err) < 0 &&
	    a.kind == ANSWER_OK)
		a = imap_fail(s, "update", &err);
	if (a.kind == ANSWER_BAD)
		s->bad++;
	write_answer(s, tag, &a);
	if (s->bad >= IMAP_MAX_BAD && s->state != STATE_LOGOUT)
		imap_bye(s, "Too many commands made no sense");
}

/* A literal or a line over its bound.                          RFC 7888 4 */
static void
refuse_too_big(struct imap_session *s)
{
	struct answer a = { ANSWER_BAD, STR("TOOBIG"),
		STR("The command is too long") };
	struct scan scan = scan_of(buf_get(&s->gather.text), NULL);

	if (!s->gather.sync) {
		/* What comes now is no command, and we want none of it. */
		imap_bye(s, "[TOOBIG] The literal is too long");
		return;
	}
	finish_command(s, scan_tag(&scan), ROW_QUIET, a);
}

static int
one_command(struct imap_session *s, struct err *err)
{
	uint32_t flags = ROW_QUIET;
	struct str tag = STR_NULL;
	struct answer a;
	int e;

	imap_patience(s, s->state == STATE_NOT_AUTH ? IMAP_LOGIN_MS :
	    IMAP_COMMAND_MS);
	if ((e = imap_read_command(s, err)) < 0)
		return e;
	if (s->gather.state == GATHER_TOO_BIG) {
		refuse_too_big(s);
		return 0;
	}
	a = imap_run(s, &tag, &flags);
	if ((e = stream_failed(s->stream)) < 0)
		return e;
	finish_command(s, tag, flags, a);
	arena_reset(s->cmd);
	return stream_failed(s->stream);
}

/* A line while idling.                                          RFC 2177 */
static int
idle_line(struct imap_session *s, struct err *err)
{
	struct str tag = str_make(s->idle_tag, s->idle_tag_len), line;
	struct answer a;
	int e;

	imap_patience(s, IMAP_COMMAND_MS);
	e = stream_line(s->stream, IDLE_LINE_MAX, &line, err);
	if (e == E_LIMIT) {
		if ((e = stream_skip_line(s->stream, err)) < 0)
			return e;
		line = STR_NULL;
	}
	if (e < 0)
		return e;
	a = imap_idle_input(s, line);
	finish_command(s, tag, 0, a);
	return stream_failed(s->stream);
}

/* The last words, if the peer is still there to hear them. */
static void
farewell(struct imap_session *s, int e)
{
	imap_patience(s, FAREWELL_MS);
	if (e == E_TIMEOUT)
		imap_bye(s, "Autologout: nothing was heard for too long");
	else if (e == E_CANCELED)
		imap_bye(s, "Shutting down, come back in a moment");
	(void)stream_flush(s->stream, NULL);
	session_end(s, err_name(e));
}

static void resume(void *arg, enum park why);

/* Without a stack until something comes. */
static void
rest(struct imap_session *s)
{
	struct err err = { 0 };
	int e = stream_flush(s->stream, &err);

	if (e < 0) {
		farewell(s, e);
		return;
	}
	arena_trim(s->cmd);
	gather_free(&s->gather);
	stream_park(s->stream, autologout_at(s), resume, s);
}

static void
serve(struct imap_session *s)
{
	struct err err = { 0 };
	int e = 0;

	for (int n = 1; e >= 0 && s->state != STATE_LOGOUT; n++) {
		e = s->idling ? idle_line(s, &err) : one_command(s, &err);
		if (e >= 0 && loop_stopping(s->loop))
			e = E_CANCELED;
		if (e >= 0 && s->state != STATE_LOGOUT &&
		    stream_buffered(s->stream).n == 0) {
			rest(s);
			return;
		}
		if (n % BATCH == 0)
			fiber_yield(s->loop);
	}
	farewell(s, e);
}

/* Something changed while idling. */
static void
tell_idler(struct imap_session *s)
{
	struct err err = { 0 };

	imap_patience(s, IMAP_COMMAND_MS);
	if (s->idling && imap_update(s, true, &err) < 0) {
		/* Nobody would tell it anything any more. */
		(void)imap_fail(s, "idle", &err);
		imap_bye(s, "Lost the mailbox, come back in a moment");
		farewell(s, E_PEER);
		return;
	}
	rest(s);
}

static void
resume(void *arg, enum park why)
{
	static const int codes[] = {
		[PARK_TIMEOUT] = E_TIMEOUT,
		[PARK_CLOSED] = E_CLOSED,
		[PARK_STOP] = E_CANCELED,
	};
	struct imap_session *s = arg;

	if (why == PARK_INPUT)
		serve(s);
	else if (why == PARK_KICK)
		tell_idler(s);
	else
		farewell(s, codes[why]);
}

static struct imap_session *
session_new(struct imap_service *sv, struct stream *stream,
    const struct peer *peer)
{
	struct imap_session *s = calloc(1, sizeof(*s));

	if (!s)
		bug("out of memory");
	s->service = sv;
	sv->refs++;
	s->loop = sv->loop;
	s->stream = stream;
	s->state = STATE_NOT_AUTH;
	gather_init(&s->gather);
	s->cmd = arena_new(SCAN_ARENA(GATHER_LINE_MAX + GATHER_LITERALS_MAX) +
	    (1 << 20));
	s->told = BUF_INIT(TOLD_MAX);
	s->peer = *peer;
	(void)snprintf(s->id, sizeof(s->id), "%012llx",
	    (unsigned long long)(loop_random64(s->loop) >> 16));
	s->fields[0] = (struct log_field)F_STR("session", str_c(s->id));
	s->fields[1] = (struct log_field)F_STR("peer", str_c(s->peer.address));
	s->log = (struct log_ctx){ loop_log(s->loop), s->fields, 2 };
	return s;
}

/* greeting = "*" SP resp-cond-auth CRLF                    RFC 3501 7.1.1 */
static void
greet(struct imap_session *s)
{
	struct answer a = OK("Postern is ready");

	a.code = imap_capability_code(s);
	write_answer(s, STR_NULL, &a);
}

void
imap_start(struct imap_service *sv, struct stream *stream,
    const struct peer *peer, bool tls_first, void (*done)(void *arg),
    void *arg)
{
	struct imap_session *s = session_new(sv, stream, peer);
	struct err err = { 0 };
	int e = 0;

	s->done = done;
	s->done_arg = arg;
	log_ctx_event(&s->log, LOG_DEBUG, "connect",
	    F_INT("port", peer->local_port));
	imap_patience(s, IMAP_LOGIN_MS);
	if (tls_first)
		e = stream_tls_accept(stream, sv->tls, &err);
	if (e < 0) {
		session_end(s, err.text);
		return;
	}
	greet(s);
	rest(s);
}
