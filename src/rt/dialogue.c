#include "rt/dialogue.h"

enum {
	BATCH = 50,		/* commands until others have a turn */
	FAREWELL_MS = 5000,
	TLS_MS = 60000,		/* a few round trips, on a stack of its own */
};

void
dialogue_deadline(struct dialogue *d, int64_t ms)
{
	stream_deadline(d->stream, loop_now_ms(d->loop) + ms);
}

int
dialogue_line(struct dialogue *d, size_t max, struct str *line,
    struct err *err)
{
	struct str there = stream_buffered(d->stream);
	int e;

	if (str_find(there, STR("\r\n")) == there.n &&
	    (e = stream_flush(d->stream, err)) < 0)
		return e;
	return stream_line(d->stream, max, line, err);
}

static void
end_dialogue(struct dialogue *d, const char *why)
{
	void (*done)(void *arg) = d->done;
	void *arg = d->done_arg;

	if (d->ops->leave)
		d->ops->leave(d);
	stream_close(d->stream);
	d->stream = NULL;
	d->ops->end(d, why);
	done(arg);
}

/* The last words, if the peer is still there to hear them. */
static void
say_farewell(struct dialogue *d, int e)
{
	struct err err;

	(void)err_set(&err, e, "%s", err_name(e));
	dialogue_deadline(d, FAREWELL_MS);
	if (stream_failed(d->stream) < 0 && !stream_revive(d->stream)) {
		/* That is what it says of itself. */
		(void)stream_flush(d->stream, &err);
	} else {
		if (e == E_TIMEOUT || e == E_CANCELED)
			d->ops->farewell(d, e);
		(void)stream_flush(d->stream, NULL);
	}
	end_dialogue(d, err.text);
}

/* After the last command, or a failure. */
static void
leave_dialogue(struct dialogue *d, int e)
{
	if (e > 0)
		e = stream_flush(d->stream, NULL);
	if (e < 0)
		say_farewell(d, e);
	else
		end_dialogue(d, "quit");
}

static void unpark_dialogue(void *arg, enum park why);

/* Without a stack until something comes. */
static void
park_dialogue(struct dialogue *d)
{
	int e;

	dialogue_deadline(d, d->ops->wait_ms(d, false));
	if ((e = stream_flush(d->stream, NULL)) < 0) {
		say_farewell(d, e);
		return;
	}
	d->ops->trim(d);
	stream_park(d->stream,
	    loop_now_ms(d->loop) + d->ops->wait_ms(d, true), unpark_dialogue,
	    d);
}

/* The commands that are there, and what comes of them. */
static void
serve_batch(struct dialogue *d)
{
	struct err err = { 0 };
	int e = 0;

	for (int n = 1; e == 0; n++) {
		dialogue_deadline(d, d->ops->wait_ms(d, false));
		e = d->ops->command(d, &err);
		if (e == 0 && loop_stopping(d->loop))
			e = E_CANCELED;
		if (e == 0 && stream_buffered(d->stream).n == 0) {
			park_dialogue(d);
			return;
		}
		if (n % BATCH == 0)
			fiber_yield(d->loop);
	}
	leave_dialogue(d, e);
}

static void
take_kick(struct dialogue *d)
{
	struct err err = { 0 };
	int e;

	dialogue_deadline(d, d->ops->wait_ms(d, false));
	e = d->ops->kick ? d->ops->kick(d, &err) : 0;
	if (e == 0)
		park_dialogue(d);
	else
		leave_dialogue(d, e);
}

static void
unpark_dialogue(void *arg, enum park why)
{
	static const int codes[] = {
		[PARK_TIMEOUT] = E_TIMEOUT,
		[PARK_CLOSED] = E_CLOSED,
		[PARK_STOP] = E_CANCELED,
	};
	struct dialogue *d = arg;

	if (why == PARK_INPUT)
		serve_batch(d);
	else if (why == PARK_KICK)
		take_kick(d);
	else
		say_farewell(d, codes[why]);
}

void
dialogue_is_of(struct dialogue *d, const struct peer *peer)
{
	d->peer = *peer;
	d->fields[1] = (struct log_field)F_STR("peer", str_c(d->peer.address));
}

void
dialogue_init(struct dialogue *d, const struct dialogue_ops *ops,
    struct loop *l, struct stream *s, const struct peer *peer)
{
	d->ops = ops;
	d->loop = l;
	d->stream = s;
	(void)snprintf(d->id, sizeof(d->id), "%012llx",
	    (unsigned long long)(loop_random64(l) >> 16));
	d->fields[0] = (struct log_field)F_STR("session", str_c(d->id));
	dialogue_is_of(d, peer);
	d->log = (struct log_ctx){ loop_log(l), d->fields, NELEM(d->fields) };
}

static int
shake_hands(struct dialogue *d, struct tls_ctx *tls,
    int (*begin)(struct stream *, struct tls_ctx *, struct err *),
    struct err *err)
{
	int64_t ms = d->ops->wait_ms(d, false);
	struct tls_facts f;

	dialogue_deadline(d, ms < TLS_MS ? ms : TLS_MS);
	if (begin(d->stream, tls, err) < 0) {
		log_ctx_event(&d->log, LOG_INFO, "tls_failed", F_ERR(err));
		return err->code;
	}
	f = stream_tls(d->stream);
	log_ctx_event(&d->log, LOG_DEBUG, "tls", F_STR("version", f.version),
	    F_STR("cipher", f.cipher));
	return 0;
}

int
dialogue_begin_tls(struct dialogue *d, struct tls_ctx *tls, struct err *err)
{
	return shake_hands(d, tls, stream_tls_accept, err);
}

void
dialogue_start(struct dialogue *d, enum listen_tls rule,
    struct tls_ctx *tls, void (*done)(void *arg), void *arg)
{
	struct err err = { 0 };

	d->rule = rule;
	d->done = done;
	d->done_arg = arg;
	log_ctx_event(&d->log, LOG_DEBUG, "connect",
	    F_INT("port", d->peer.local_port));
	dialogue_deadline(d, d->ops->wait_ms(d, false));
	if (rule == LISTEN_TLS_FIRST && tls &&
	    shake_hands(d, tls, stream_tls_accept_first, &err) < 0) {
		end_dialogue(d, err.text);
		return;
	}
	d->ops->greet(d);
	park_dialogue(d);
}

bool
dialogue_may_log_in(const struct dialogue *d)
{
	return stream_tls(d->stream).on || d->rule == LISTEN_TLS_MAY ||
	    d->rule == LISTEN_TLS_NONE;
}

bool
dialogue_may_start_tls(const struct dialogue *d)
{
	return !stream_tls(d->stream).on && d->rule != LISTEN_TLS_NONE;
}
