/*
 * http2.h - HTTP/2 on a connection where ALPN has settled on it.    RFC 9113
 *
 * Requests are those of http.h, several at a time, each on a fiber of its own.
 */
#pragma once
#include "http/http_int.h"

/* What ALPN calls it.                                          RFC 9113 3.2 */
#define HTTP2_PROTOCOL STR("h2")

/* From now on the session speaks it: its handshake is over. Suspends. */
void http2_begin(struct http_session *s);
