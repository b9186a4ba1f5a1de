/*
 * deflate.h - a stream whose octets are compressed on their way.    RFC 1951
 *
 * A transport over the one that the stream has, as TLS is, which goes on below.
 */
#pragma once
#include "rt/stream.h"

/* From now on, both ways. All was flushed, and nothing has come yet. It costs
 * 48 KB to compress, and the window of what came, also while it rests. */
void stream_deflate(struct stream *s);
bool stream_is_deflated(const struct stream *s);
