/*
 * http2_int.h - a connection of HTTP/2 and its streams, for each other.
 *
 * nghttp2 makes calls of octets and octets of calls, and no more. The fiber of
 * the connection alone reads and sends, and ends where nothing is to be done:
 * between two frames a connection is parked, also while streams are open. The
 * fiber of a stream lives from the end of its head to the end of its answer; it
 * writes into its own buffers and wakes the connection. So nobody waits inside
 * a call of nghttp2.
 */
#pragma once
#include <nghttp2/nghttp2.h>

#include "http/http2.h"

enum {
	HTTP2_STREAMS = 32,		/* at once; their fibers, too */
	HTTP2_WINDOW = 65535,		/* of a stream: a body not yet read */
	HTTP2_WINDOW_LONG = 1 << 18,	/* of a long one; of a connection */
	HTTP2_OUT = 32768,		/* frames that wait to be sent */
	HTTP2_PIECE = 16384,		/* of an answer, before it is framed */
	HTTP2_NGHTTP2_MAX = 1 << 19,	/* all it may have of a connection */
	HTTP2_SETTINGS_MAX = 16,	/* of one frame of theirs */
	HTTP2_LEAVE_MS = 3000,		/* to end what is under way */
	HTTP2_FIELDS_MAX = 4 * HTTP_HEAD_MAX, /* unpacked, of one block */
	/* Frames that ask for nothing, see spend(). */
	HTTP2_BUDGET = 1000,
	HTTP2_BUDGET_PER_S = 100,
	HTTP2_CREDIT = 16384,		/* for what was sent to them */
	HTTP2_READ_PIECE = 4096,	/* in such they read it */
};

struct http2 {
	struct http_session *session;
	nghttp2_session *frames;
	size_t used;			/* memory of nghttp2's */
	struct buf out;			/* frames that wait to be sent */
	struct list streams;		/* struct http2_stream */
	size_t nstreams;
	struct fiber *driver;		/* the connection's, while it runs */
	int64_t quiet_ms;		/* since when there is no stream */
	int64_t head_ms;		/* since when a head comes, or NEVER */
	size_t fields_octets;		/* of the block that comes */
	int64_t stuck_ms;		/* since when nothing of out is taken */
	int64_t spent, spent_ms;	/* of the budget, and when */
	int broken;			/* E_*: nghttp2 has given up */
	bool leaving;			/* GOAWAY is said */
	bool flooded;			/* because of that */
	bool over;			/* streams have to end */
	bool quiet;			/* and have */
};

struct http2_stream {
	struct http_request r;
	struct list_link link;
	struct http2 *of;
	struct fiber *fiber;		/* NULL: its head is coming */
	int32_t id;
	uint16_t refusal;		/* of its head; 0: none */
	size_t head_octets;
	struct buf in;			/* of its body, not taken yet */
	struct buf taken;		/* what the handler looks at */
	bool in_over, widened;
	/* of the answer, behind what is in a frame: out, then rest */
	struct buf out;
	struct str rest;		/* whoever writes waits meanwhile */
	int64_t length, framed;		/* of all of it, if known */
	bool said;			/* its head */
	bool has_body, out_over;
	bool going;			/* what is written is to be framed */
	bool deferred;			/* nghttp2 waits for that */
	bool ended;			/* END_STREAM is in a frame */
	int gone;			/* E_*: nobody hears it */
};

/* ---- http2.c */
/* Streams have something for the connection to do. */
void http2_wake(struct http2 *h);
/* Go away: what is under way ends, nothing new begins.        RFC 9113 6.8 */
void http2_go_away(struct http2 *h);
/* nghttp2 says no: rc is its code. */
void http2_break(struct http2 *h, int rc);

/* ---- http2_stream.c */
/* A stream whose head begins; gone with http2_stream_drop() while it has no
 * fiber, or by itself. */
struct http2_stream *http2_stream_new(struct http2 *h, int32_t id);
void http2_stream_drop(struct http2_stream *st);
void http2_stream_field(struct http2_stream *st, struct str name,
    struct str value);
/* The head is whole: its fiber begins. body: something follows. */
void http2_stream_start(struct http2_stream *st, bool body);
void http2_stream_octets(struct http2_stream *st, struct str octets);
void http2_stream_body_over(struct http2_stream *st);
/* Nobody hears it any more, because of e. */
void http2_stream_close(struct http2_stream *st, int e);
/* How much of the answer the next frame of at most max octets has, and is that
 * the end? E_AGAIN: nothing is there now. */
ssize_t http2_stream_frame(struct http2_stream *st, size_t max, bool *end);
/* So much of it, behind the others. */
void http2_stream_put(struct http2_stream *st, size_t n, struct buf *to);
