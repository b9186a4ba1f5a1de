/*
 * websocket.h - messages both ways on a connection that began as a request.
 *                                                                RFC 6455
 * The fiber of the handler owns the connection: it alone reads and sends. Any
 * fiber writes messages, several at once; each of them goes out whole, what is
 * longer than WS_PIECE octets in fragments while it is being written. Who does
 * not read stops whoever writes to them, and is left after a while.
 */
#pragma once
#include "http/http.h"

struct websocket;

enum { WS_PIECE = 16384, WS_WAITING_MAX = 65536 };

/* The handshake, of this subprotocol (4.2). NULL: none, and *refusal says why.
 * Texts of at most message_max octets come. Suspends. */
struct websocket *websocket_accept(struct http_request *r, struct str protocol,
    size_t message_max, struct http_answer *refusal);

/* The next message, and what others say meanwhile goes out. 1 with *text, which
 * is there until the next call; 0: the fiber was woken, or at_ms has come; or
 * why it is over: E_CLOSED in good order, E_CANCELED when we are stopping (what
 * is under way may still be said), E_TIMEOUT when they said nothing for two
 * minutes although they were asked, or were too slow; E_PROTO, E_LIMIT after
 * what no client may send. Pings are answered by itself. Suspends. */
must_check int websocket_next(struct websocket *ws, int64_t at_ms,
    struct str *text);
/* The same without reading: until the fiber is woken. 0 or E_*. */
must_check int websocket_wait(struct websocket *ws);
/* Why it will be closed, if nothing was said yet. */
void websocket_close(struct websocket *ws, uint16_t code);
/* The end: Close is said and waited for; nobody may be writing any more.
 * Frees it. */
void websocket_end(struct websocket *ws);

/* A message on its way out, on the stack of who writes it. Calls suspend and
 * return 0, or E_* when nobody is there to hear it. */
struct ws_message {
	struct websocket *ws;
	struct buf piece;	/* written, and in no frame yet */
	bool begun;		/* a frame of it is out */
};
void ws_message_begin(struct ws_message *m, struct websocket *ws);
int ws_message_write(struct ws_message *m, struct str octets);
int ws_message_end(struct ws_message *m);	/* always */
