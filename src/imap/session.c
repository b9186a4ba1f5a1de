/*
 * session.c - IMAP for rt/dialogue.h: command, answer; and its last words. In
 * IDLE a parked session is kicked by store's notices.
 */
#include "imap/imap_int.h"

enum {
	IDLE_LINE_MAX = 1024,
};

static struct imap_session *
session_of(struct dialogue *d)
{
	return container_of(d, struct imap_session, d);
}

void
imap_say(struct imap_session *s, const struct buf *b)
{
	bug_if(buf_failed(b));
	/* A failed stream stays failed: seen at the next read or flush. */
	(void)stream_write(s->d.stream, buf_get(b));
}

void
imap_write_out(struct imap_session *s, struct buf *b)
{
	imap_say(s, b);
	buf_reset(b);
	dialogue_deadline(&s->d, IMAP_COMMAND_MS);
}

int
imap_continue(struct imap_session *s, struct str text)
{
	struct err err = { 0 };

	(void)stream_printf(s->d.stream, "+ %.*s\r\n", STR_FMT(text));
	return stream_flush(s->d.stream, &err);
}

void
imap_bye(struct imap_session *s, const char *text)
{
	(void)stream_printf(s->d.stream, "* BYE %s\r\n", text);
	s->state = STATE_LOGOUT;
}

void
imap_log_out(struct imap_session *s)
{
	imap_deselect(s);
	imap_notify_end(s);
	imap_noted_end(s);
	s->watched = 0;
	s->watched_all = false;
	account_logout(&s->account);
}

/* RFC 3501 5.4: not under 30 minutes for people logged in. */
static int64_t
wait_ms(struct dialogue *d, bool parked)
{
	struct imap_session *s = session_of(d);

	if (s->state == STATE_NOT_AUTH)
		return IMAP_LOGIN_MS;
	return parked ? (int64_t)s->service->timeout_s * 1000 :
	    IMAP_COMMAND_MS;
}

void
imap_finish(struct imap_session *s, struct str tag, uint32_t flags,
    struct answer a)
{
	struct err err = { 0 };

	if (a.kind == ANSWER_NONE)
		return;
	imap_settle_appends(s);
	if (s->state == STATE_SELECTED && !(flags & ROW_QUIET) &&
	    (imap_notify_selected(s) || flags & ROW_TELLS) &&
	    imap_update(s, !(flags & ROW_NO_EXPUNGE), &err) < 0 &&
	    a.kind == ANSWER_OK)
		a = imap_fail(s, "update", &err);
	s->view.heard = 0;	/* what it heard is old at the next one */
	if (!(flags & ROW_QUIET))
		imap_noted_tell(s);
	s->bad += a.kind == ANSWER_BAD;
	s->bad_in_row = a.kind == ANSWER_BAD ? s->bad_in_row + 1 : 0;
	imap_say_answer(s, tag, &a);
	s->as_stranger += s->state == STATE_NOT_AUTH;
	if (s->bad_in_row >= IMAP_MAX_BAD && s->state != STATE_LOGOUT)
		imap_bye(s, "Too many commands made no sense");
	else if (s->as_stranger >= IMAP_MAX_STRANGER &&
	    s->state == STATE_NOT_AUTH)
		imap_bye(s, "Too many commands without a login");
	/* Nobody can tell it any more what it missed. */
	else if (err.code == E_STALE && s->state != STATE_LOGOUT)
		imap_bye(s, "Lost the mailbox, come back in a moment");
	imap_notify_settle(s);
}

/* A literal or a line over its bound. The octets of one that does not wait are
 * read and dropped, up to a bound.                             RFC 7888 4 */
static int
refuse_too_big(struct imap_session *s, struct err *err)
{
	struct answer a = { ANSWER_BAD, STR("TOOBIG"),
		STR("The command is too long") };
	struct scan scan = scan_of(buf_get(&s->gather.text), NULL);
	struct str tag;
	int e = s->gather.sync ? 0 : imap_drop_announced(s, err);

	if (e < 0)
		return e;
	tag = scan_tag(&scan);
	if (rd_peek(&scan.r) != ' ')
		tag = STR_NULL;
	/* RFC 5464 4.3: else it would be no answer to it. */
	if (scan_opt_text(&scan, STR(" SETMETADATA ")))
		a = IMAP_METADATA_TOO_LONG;
	imap_finish(s, tag, ROW_QUIET, a);
	return 0;
}

/* A line while idling.                                          RFC 2177 */
static int
idle_line(struct imap_session *s, struct err *err)
{
	struct str tag = str_make(s->idle_tag, s->idle_tag_len), line;
	struct answer a;
	int e = dialogue_line(&s->d, IDLE_LINE_MAX, &line, err);

	if (e == E_LIMIT) {
		line = STR_NULL;
		e = imap_drop_line(s, err);
	}
	if (e < 0)
		return e;
	a = imap_idle_input(s, line);
	if (a.kind == ANSWER_BAD && (e = imap_drop_rest(s, line, err)) < 0)
		return e;
	imap_finish(s, tag, 0, a);
	return 0;
}

static int
whole_command(struct imap_session *s, struct err *err)
{
	uint32_t flags = ROW_QUIET;
	struct str tag = STR_NULL;
	struct answer a;
	int e;

	if ((e = imap_read_command(s, err)) < 0)
		return e;
	if (s->gather.state == GATHER_TOO_BIG)
		return refuse_too_big(s, err);
	a = imap_run(s, &tag, &flags);
	if ((e = stream_failed(s->d.stream)) < 0)
		return e;
	imap_finish(s, tag, flags, a);
	arena_reset(s->cmd);
	return 0;
}

static int
one_command(struct dialogue *d, struct err *err)
{
	struct imap_session *s = session_of(d);
	const struct imap_service *sv = s->service;
	int e;

	pace_begin(&s->pace, d->loop, (uint32_t)(wait_ms(d, false) / 1000),
	    sv->data_rate, sv->data_time_s);
	e = s->idling ? idle_line(s, err) : whole_command(s, err);
	if (s->ahead && (e < 0 || s->state == STATE_LOGOUT ||
	    loop_stopping(d->loop) || !stream_has_more(d->stream)))
		imap_settle_appends(s);
	if (stream_failed(d->stream) < 0)
		return stream_failed(d->stream);
	/* Before e: BYE may have been said of what could not be read. */
	if (s->state == STATE_LOGOUT)
		return DIALOGUE_OVER;
	return e < 0 ? e : 0;
}

/* Something changed while idling, or what NOTIFY is about. */
static int
tell_changes(struct dialogue *d, struct err *err)
{
	struct imap_session *s = session_of(d);
	int e = 0;

	if (s->notify)
		e = imap_notify_tell(s, err);
	else if (s->idling && s->state == STATE_SELECTED)
		e = imap_update(s, true, err);
	if (s->idling)
		imap_noted_tell(s);
	if (e >= 0)
		return 0;
	/* Nobody would tell it anything any more. */
	(void)imap_fail(s, "idle", err);
	imap_bye(s, "Lost the mailbox, come back in a moment");
	return E_PEER;
}

static void
say_farewell(struct dialogue *d, int e)
{
	struct imap_session *s = session_of(d);

	if (s->state == STATE_LOGOUT)	/* or TLS did not come about */
		return;
	imap_bye(s, e == E_TIMEOUT ?
	    "Autologout: nothing was heard for too long" :
	    "Shutting down, come back in a moment");
}

/* greeting = "*" SP resp-cond-auth CRLF                    RFC 3501 7.1.1 */
static void
say_greeting(struct dialogue *d)
{
	struct imap_session *s = session_of(d);
	struct answer a = OK("Postern is ready");

	a.code = imap_capability_code(s);
	imap_say_answer(s, STR_NULL, &a);
}

static void
trim_session(struct dialogue *d)
{
	struct imap_session *s = session_of(d);

	arena_trim(s->cmd);
	buf_free(&s->last_keywords);
	gather_free(&s->gather);
}

static void
end_session(struct dialogue *d, const char *why)
{
	struct imap_session *s = session_of(d);

	log_ctx_event(&d->log, LOG_INFO, "disconnect", F_STR("why", str_c(why)),
	    F_STR("user", str_c(s->account.address)), F_INT("errors", s->bad));
	bug_if(s->ahead);
	imap_log_out(s);
	gather_free(&s->gather);
	arena_free(s->cmd);
	imap_service_unref(s->service);
	free(s);
}

void
imap_start(struct imap_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg)
{
	static const struct dialogue_ops ops = { .greet = say_greeting,
		.command = one_command, .kick = tell_changes,
		.wait_ms = wait_ms, .trim = trim_session,
		.farewell = say_farewell, .end = end_session };
	struct imap_session *s = calloc(1, sizeof(*s));

	if (!s)
		bug("out of memory");
	dialogue_init(&s->d, &ops, sv->loop, stream, peer);
	/* A message comes in literals only. */
	stream_lone_lf(stream);
	account_init(&s->account, sv->loop, sv->vault);
	s->account.visit = peer->visit;
	s->service = sv;
	sv->refs++;
	s->state = STATE_NOT_AUTH;
	gather_init(&s->gather);
	s->cmd = arena_new(SCAN_ARENA(GATHER_LINE_MAX + GATHER_LITERALS_MAX) +
	    SCAN_ARENA(FILTERS_OCTETS_MAX) + COPYUID_MAX + (1 << 20));
	dialogue_start(&s->d, rule, sv->tls, done, arg);
}
