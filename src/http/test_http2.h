/*
 * test_http2.h - the frames of a client of HTTP/2, octet by octet, and what
 * came of them as a line of words.
 */
#pragma once
#include "http/http2_int.h"
#include "http/test_world.h"

/* Fields as pairs of lines: "name value\n"; each is a literal that is not
 * indexed (RFC 7541 6.2.2). */
void put_frame(struct buf *b, uint8_t type, uint8_t flags, uint32_t stream,
    struct str octets);
void put_block(struct buf *b, const char *fields);
void put_headers(struct buf *b, uint8_t flags, uint32_t stream,
    const char *fields);
/* A request for a path, with more fields. */
#define END_STREAM NGHTTP2_FLAG_END_STREAM
#define END_HEADERS NGHTTP2_FLAG_END_HEADERS
void put_request(struct buf *b, uint8_t flags, uint32_t stream,
    const char *method, const char *path, const char *more);
void put_u32(struct buf *b, uint32_t n);
/* The preface, and SETTINGS with this window for each stream. */
void put_preface(struct buf *b, uint32_t window);

/* One connection of the world is its. */
struct http2_client {
	struct world *w;
	nghttp2_hd_inflater *fields;
	struct buf there;		/* of the server, not read yet */
	struct buf heads;		/* lines of all fields it said */
	struct buf bodies;
	uint32_t acks;			/* PING and SETTINGS that it answered */
};
/* What is in clear counts as TLS, where ALPN has settled on it. */
void http2_settle(void);
/* Connect in clear, which counts as TLS, and be greeted. */
void http2_connect(struct http2_client *c, struct world *w, uint32_t window);
void http2_hang_up(struct http2_client *c);
/* Send, and what came of it in words: "1:200 1:5 1:end 3:reset(7) goaway(0)
 * end", where a number alone is octets of a body. Good until the next one. */
struct str http2_say(struct http2_client *c, const struct buf *b);
struct str http2_hear(struct http2_client *c);
