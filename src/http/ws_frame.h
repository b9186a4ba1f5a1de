/*
 * ws_frame.h - the frames of WebSocket, as a server reads and writes them.
 *                                                                RFC 6455 5
 * Pure: octets as they come in; messages, pings and the end out. Messages are
 * texts, as all of ours are. What a client may not send is WS_BAD with the code
 * to close with, as soon as the octet has come that says so, and nothing is
 * read behind it.
 */
#pragma once
#include "base/buf.h"

enum ws_opcode {				/* RFC 6455 5.2 */
	WS_CONTINUATION = 0,
	WS_TEXT = 1,
	WS_CLOSE = 8,
	WS_PING = 9,
	WS_PONG = 10,
};
enum ws_code {					/* RFC 6455 7.4.1 */
	WS_NORMAL = 1000,
	WS_GOING_AWAY = 1001,
	WS_PROTOCOL = 1002,
	WS_UNSUPPORTED = 1003,
	WS_NO_CODE = 1005,	/* never on the wire */
	WS_NOT_UTF8 = 1007,
	WS_POLICY = 1008,
	WS_TOO_BIG = 1009,
	WS_FAILED = 1011,
};
enum {
	WS_CONTROL_MAX = 125,	/* octets of a control frame: 5.5 */
	WS_HEAD_MAX = 14,
};

enum ws_got {
	WS_GOT_NOTHING,		/* all was taken, and more has to come */
	WS_GOT_MESSAGE,		/* w->message: whole, and UTF-8 without NUL */
	WS_GOT_PING,		/* ws_control() */
	WS_GOT_PONG,
	WS_GOT_CLOSE,		/* w->code; nothing is read behind it */
	WS_BAD,			/* w->code: what to close with */
};

/* Zeros with a message = BUF_INIT(octets it may have) are one that begins. */
struct ws_reader {
	struct buf message;	/* of the fragments so far */
	uint16_t code;
	bool in_message;	/* the last fragment has not come */

	/* of a frame */
	uint8_t head[WS_HEAD_MAX];
	size_t nhead;
	bool in_payload;
	uint64_t length, taken;	/* of the payload */
	uint8_t ncontrol;
	uint8_t control[WS_CONTROL_MAX];
};

/* Take octets up to the next thing that is got; *used of them are gone. The
 * message is there until the next call. */
must_check enum ws_got ws_take(struct ws_reader *w, struct str in,
    size_t *used);
/* The octets of the control frame that has come last. */
struct str ws_control(const struct ws_reader *w);

/* A frame of ours, up to its payload of n octets.                   5.1, 5.2 */
void ws_put_head(struct buf *b, enum ws_opcode opcode, bool fin, size_t n);
void ws_put_close(struct buf *b, enum ws_code code);
