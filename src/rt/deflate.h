/*
 * deflate.h - a stream whose octets are compressed on their way.    RFC 1951
 *
 * A transport over the one that the stream has, as TLS is, which goes on below.
 */
#pragma once
#include "rt/stream.h"

/* What both directions cost a stream, at most, while it rests too: 48 KB to
 * compress, and the window of what came. */
enum { DEFLATE_MEM = 112 * 1024 };

/* From now on, both ways. All was flushed, and nothing has come yet. */
void stream_deflate(struct stream *s);
bool stream_is_deflated(const struct stream *s);
