/*
 * websocket.c - the handshake, and one connection for many who write.
 *                                                          RFC 6455 4.2, 5, 7
 */
#include "base/b64.h"
#include "http/http_int.h"
#include "http/websocket.h"
#include "http/ws_frame.h"

#include <openssl/sha.h>

enum {
	PING_MS = 60000,	/* of silence, until they are asked */
	SILENT_MS = 2 * PING_MS,
	CLOSE_MS = 2000,	/* for their Close */
	KEY_OCTETS = 16,
};

struct ws_waiter {
	struct list_link link;
	struct fiber *fiber;
};

struct websocket {
	struct http_request *r;
	struct stream *stream;
	struct loop *loop;
	struct fiber *owner;
	struct stop_hook stop;
	struct ws_reader in;
	struct buf out;			/* frames that wait to be sent */
	const struct ws_message *speaker; /* its fragments go */
	struct list waiting;		/* struct ws_waiter */
	int over;			/* E_*: no message goes out any more */
	bool closing;			/* Close is said */
	bool closed;			/* they have said it */
	bool stuck;			/* they take nothing any more */
	uint16_t code;			/* what ours says; 0: not known yet */
	int64_t heard_ms, asked_ms;	/* octets of theirs; a ping of ours */
	int64_t begun_ms;		/* of the message that comes */
	int64_t stuck_ms;		/* nothing is taken of out since */
};

/* ---- the handshake                                             4.2.1 -- */

static bool
read_key(struct http_request *r, struct str *key)
{
	struct str octets;

	return http_field_of(&r->head, STR("Sec-WebSocket-Key"), key) &&
	    b64_decode(*key, r->mem, &octets) && octets.n == KEY_OCTETS;
}

/* A page of another origin is refused like any other of its requests; browsers
 * say where one comes from, so a cookie without that is none of theirs.
 *                                                                      10.2 */
static bool
may_come(const struct http_request *r)
{
	struct str origin;

	return !http_is_foreign(r) && (!r->sign_in ||
	    http_field_of(&r->head, STR("Origin"), &origin));
}

/* NULL, or what is wrong; *status with it. */
static const char *
check_handshake(struct http_request *r, struct str protocol, struct str *key,
    uint16_t *status)
{
	const struct http_head *h = &r->head;
	struct str version;

	*status = 403;
	if (!may_come(r))
		return "Not from another origin";
	*status = 426;
	if (!http_list_has(h, STR("Connection"), STR("upgrade")) ||
	    !http_list_has(h, STR("Upgrade"), STR("websocket")) ||
	    h->minor == 0)
		return "A WebSocket is wanted here";
	if (!http_field_of(h, STR("Sec-WebSocket-Version"), &version) ||
	    !str_eq(version, STR("13")))
		return "Version 13 of WebSocket is wanted";
	*status = 400;
	if (!read_key(r, key))
		return "Sec-WebSocket-Key is missing or wrong";
	if (!http_list_has(h, STR("Sec-WebSocket-Protocol"), protocol))
		return "Another subprotocol is spoken here";
	return NULL;
}

/* Sec-WebSocket-Accept                                           4.2.2 */
static void
add_accept(struct http_request *r, struct str key)
{
	unsigned char hash[SHA_DIGEST_LENGTH];
	auto_buf b = BUF_INIT(200);
	auto_buf text = BUF_INIT(64);

	buf_str(&b, key);
	buf_lit(&b, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
	(void)SHA1((const unsigned char *)b.p, b.n, hash);
	b64_put(&text, str_make((const char *)hash, sizeof(hash)));
	http_add_field(r, STR("Sec-WebSocket-Accept"), buf_get(&text));
}

static void
wake_owner(struct stop_hook *h)
{
	struct websocket *ws = container_of(h, struct websocket, stop);

	fiber_wake(ws->loop, ws->owner);
}

struct websocket *
websocket_accept(struct http_request *r, struct str protocol,
    size_t message_max, struct http_answer *refusal)
{
	struct websocket *ws;
	const char *wrong;
	uint16_t status;
	struct str key;

	if ((wrong = check_handshake(r, protocol, &key, &status))) {
		if (status == 426) {
			http_add_field(r, STR("Upgrade"), STR("websocket"));
			http_add_field(r, STR("Sec-WebSocket-Version"),
			    STR("13"));
		}
		*refusal = http_problem(r, status, wrong);
		return NULL;
	}
	ws = calloc(1, sizeof(*ws));
	bug_if(!ws);
	ws->r = r;
	ws->loop = http_loop(r);
	ws->owner = fiber_self(ws->loop);
	ws->in.message = BUF_INIT(message_max);
	/* A frame, a Close and a Pong more than who writes may have waiting. */
	ws->out = BUF_INIT(2 * (WS_WAITING_MAX + WS_PIECE));
	ws->heard_ms = ws->asked_ms = loop_now_ms(ws->loop);
	add_accept(r, key);
	http_add_field(r, STR("Sec-WebSocket-Protocol"), protocol);
	ws->stream = http_upgrade(r, STR("websocket"));
	loop_on_stop(ws->loop, &ws->stop, wake_owner);
	return ws;
}

/* ---- who writes ---------------------------------------------------------- */

static void
wake_writers(struct websocket *ws)
{
	list_each(struct ws_waiter, one, &ws->waiting, link)
		fiber_wake(ws->loop, one->fiber);
}

static void
give_up(struct websocket *ws, int e)
{
	if (!ws->over)
		ws->over = e;
	wake_writers(ws);
}

/* Send what is taken. True: something was. */
static bool
send_some(struct websocket *ws)
{
	ssize_t n = stream_offer(ws->stream, buf_get(&ws->out));

	if (n < 0)
		give_up(ws, (int)n);
	if (n <= 0)
		return false;
	buf_eat(&ws->out, (size_t)n);
	ws->stuck_ms = loop_now_ms(ws->loop);
	if (ws->out.n == 0)
		buf_free(&ws->out);
	wake_writers(ws);
	return true;
}

/* Is nothing taken of what waits, for too long by now? */
static bool
is_stuck(struct websocket *ws)
{
	return ws->out.n > 0 &&
	    loop_now_ms(ws->loop) >= ws->stuck_ms + HTTP_PACE_MS;
}

/* Suspend until something may go on, or at_ms. 0 or E_*. */
static int
pause_until(struct websocket *ws, int64_t at_ms)
{
	int64_t stuck = ws->stuck_ms + HTTP_PACE_MS;
	int e;

	fiber_rest(ws->loop);
	stream_rest(ws->stream);
	e = stream_pause(ws->stream, ws->out.n > 0 && stuck < at_ms ?
	    stuck : at_ms);

	if (e == E_CANCELED)
		give_up(ws, e);
	else if ((ws->stuck = is_stuck(ws)))
		give_up(ws, E_TIMEOUT);
	return ws->over;
}

int
websocket_wait(struct websocket *ws)
{
	if (send_some(ws))
		return ws->over;
	return ws->over ? ws->over : pause_until(ws, NEVER);
}

/* The time begins in which something of what waits has to be taken. */
static void
note_waiting(struct websocket *ws)
{
	if (ws->out.n == 0)
		ws->stuck_ms = loop_now_ms(ws->loop);
}

/* Until it is this message's turn, and there is room for a piece of it. */
static int
wait_for_turn(struct ws_message *m)
{
	struct websocket *ws = m->ws;
	struct ws_waiter me = { .fiber = fiber_self(ws->loop) };
	int e = 0;

	list_append(&ws->waiting, &me.link);
	while (e == 0 && !ws->over && ((ws->speaker && ws->speaker != m) ||
	    ws->out.n >= WS_WAITING_MAX))
		e = me.fiber == ws->owner ? websocket_wait(ws) :
		    fiber_wait(ws->loop, NEVER);
	list_unlink(&me.link);
	return ws->over ? ws->over : e;
}

static int
say_piece(struct ws_message *m, bool fin)
{
	struct websocket *ws = m->ws;
	int e = wait_for_turn(m);

	if (e < 0)
		return e;
	note_waiting(ws);
	ws_put_head(&ws->out, m->begun ? WS_CONTINUATION : WS_TEXT, fin,
	    m->piece.n);
	buf_str(&ws->out, buf_get(&m->piece));
	bug_if(buf_failed(&ws->out));
	buf_reset(&m->piece);
	m->begun = true;
	ws->speaker = fin ? NULL : m;
	fiber_wake(ws->loop, ws->owner);
	return 0;
}

void
ws_message_begin(struct ws_message *m, struct websocket *ws)
{
	*m = (struct ws_message){ .ws = ws, .piece = BUF_INIT(WS_PIECE) };
}

int
ws_message_write(struct ws_message *m, struct str octets)
{
	int e = m->ws->over;

	while (e == 0 && octets.n > 0) {
		struct str one = str_first(octets, WS_PIECE - m->piece.n);

		buf_str(&m->piece, one);
		octets = str_from(octets, one.n);
		if (octets.n > 0)
			e = say_piece(m, false);
	}
	return e;
}

int
ws_message_end(struct ws_message *m)
{
	struct websocket *ws = m->ws;
	int e = say_piece(m, true);

	buf_free(&m->piece);
	if (ws->speaker == m) {	/* it was cut off, and so is all else */
		ws->speaker = NULL;
		give_up(ws, e);
	}
	wake_writers(ws);
	return e;
}

/* ---- who reads ----------------------------------------------------------- */

static void
say_pong(struct websocket *ws)
{
	struct str octets = ws_control(&ws->in);

	if (ws->closing)
		return;
	note_waiting(ws);
	ws_put_head(&ws->out, WS_PONG, true, octets.n);
	buf_str(&ws->out, octets);
}

static void
say_ping(struct websocket *ws)
{
	note_waiting(ws);
	ws->asked_ms = loop_now_ms(ws->loop);
	ws_put_head(&ws->out, WS_PING, true, 0);
}

static void
say_close(struct websocket *ws)
{
	if (ws->closing)
		return;
	ws->closing = true;
	ws_put_close(&ws->out, ws->code ? ws->code : WS_NORMAL);
}

void
websocket_close(struct websocket *ws, uint16_t code)
{
	if (!ws->code)
		ws->code = code;
}

/* What frames have brought: 1, 0 (nothing for the handler), or E_*. */
static int
take_frames(struct websocket *ws, struct str there)
{
	bool had = ws->in.in_message || ws->in.nhead > 0;
	size_t used;
	enum ws_got got = ws_take(&ws->in, there, &used);

	stream_eat(ws->stream, used);
	ws->heard_ms = loop_now_ms(ws->loop);
	if (!had)
		ws->begun_ms = ws->heard_ms;
	switch (got) {
	case WS_GOT_MESSAGE:
		return 1;
	case WS_GOT_PING:
		say_pong(ws);
		return 0;
	case WS_GOT_CLOSE:
		ws->closed = true;
		/* What it was is what is answered (5.5.1). */
		websocket_close(ws, ws->in.code == WS_NO_CODE ? WS_NORMAL :
		    ws->in.code);
		return E_CLOSED;
	case WS_BAD:
		websocket_close(ws, ws->in.code);
		return ws->in.code == WS_TOO_BIG ? E_LIMIT : E_PROTO;
	case WS_GOT_NOTHING:
	case WS_GOT_PONG:
		break;
	}
	return 0;
}

/* Too slow, or not there at all? If not, *at_ms is when to look again at the
 * latest. Who has said nothing for a while is asked. */
static bool
is_too_late(struct websocket *ws, int64_t *at_ms)
{
	int64_t now = loop_now_ms(ws->loop);
	int64_t until = ws->heard_ms + SILENT_MS, ask = ws->heard_ms + PING_MS;

	if (ws->in.in_message || ws->in.nhead > 0) {
		int64_t slow = http_pace_until(ws->r, ws->begun_ms,
		    ws->in.message.n);

		until = slow < until ? slow : until;
	}
	if (now >= until)
		return true;
	if (now >= ask && ws->asked_ms < ask)
		say_ping(ws);
	else if (now < ask)
		until = ask < until ? ask : until;
	*at_ms = until < *at_ms ? until : *at_ms;
	return false;
}

/* One look at what has come: as take_frames(). E_AGAIN: nothing has. */
static int
read_some(struct websocket *ws)
{
	struct str there;

	/* Who does not take our pongs is not read either. */
	if (ws->out.n >= WS_WAITING_MAX)
		return E_AGAIN;
	there = stream_poll(ws->stream);
	if (there.n > 0)
		return take_frames(ws, there);
	return stream_failed(ws->stream) ? stream_failed(ws->stream) : E_AGAIN;
}

int
websocket_next(struct websocket *ws, int64_t at_ms, struct str *text)
{
	int e, n = 0;

	while (!ws->over) {
		int64_t until = at_ms;

		if (loop_stopping(ws->loop)) {
			websocket_close(ws, WS_GOING_AWAY);
			return E_CANCELED;
		}
		e = read_some(ws);
		if (e == 1) {
			*text = buf_get(&ws->in.message);
			return 1;
		}
		if (e < 0 && e != E_AGAIN) {
			give_up(ws, e);
			break;
		}
		if (is_too_late(ws, &until)) {
			websocket_close(ws, WS_POLICY);
			give_up(ws, E_TIMEOUT);
			break;
		}
		if (send_some(ws) || e == 0) {
			if (++n % 16 == 0)
				fiber_yield(ws->loop);
			continue;
		}
		if (!ws->over && pause_until(ws, until) == 0)
			return 0;
	}
	return ws->over;
}

/* What comes behind our Close, up to theirs. Behind what was no frame there is
 * none: that is dropped. False: nothing has come. */
static bool
drain(struct websocket *ws)
{
	struct str in = stream_poll(ws->stream);

	if (in.n > 0 && (ws->over == E_PROTO || ws->over == E_LIMIT))
		stream_eat(ws->stream, in.n);
	else if (in.n > 0)
		(void)take_frames(ws, in);
	return in.n > 0;
}

/* Both Close frames, or a moment for them.                     7.1.1, 7.1.2 */
void
websocket_end(struct websocket *ws)
{
	int64_t until = loop_now_ms(ws->loop) + CLOSE_MS;

	loop_off_stop(&ws->stop);
	bug_if(!list_empty(&ws->waiting));
	if (!ws->stuck)
		say_close(ws);
	while (!ws->stuck && !stream_failed(ws->stream) &&
	    (ws->out.n > 0 || !ws->closed) &&
	    loop_now_ms(ws->loop) < until) {
		if (send_some(ws) || (!ws->closed && drain(ws)))
			continue;
		if (!stream_failed(ws->stream) &&
		    stream_pause(ws->stream, until) == E_CANCELED)
			break;
	}
	buf_free(&ws->in.message);
	buf_free(&ws->out);
	free(ws);
}
