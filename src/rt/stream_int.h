/*
 * stream_int.h - what stream.c shares with stream_tls.c: a role that has no
 * TLS does not link it.
 */
#pragma once
#include "rt/stream.h"

struct transport *stream_transport(const struct stream *s);
/* Go on over another transport; what was read and not taken is dropped. */
void stream_attach(struct stream *s, struct transport *t);
/* Suspend until the transport is ready: 0, E_TIMEOUT or E_CANCELED. */
int stream_wait(struct stream *s);
/* Make the failure sticky and say so. */
int stream_fail(struct stream *s, int code, struct err *err);
