/*
 * session.h - POP3 on one connection.                     RFC 1939, RFC 2449
 *
 * Between two commands a session is a record without a stack.
 */
#pragma once
#include "rt/config.h"
#include "rt/stream.h"
#include "rt/tls.h"
#include "vault/client.h"

struct pop3_service;

/* What the listeners 110 and 995 of a front worker have in common. Immutable:
 * a session keeps the one it began with. Copies what it needs of the config;
 * vault must outlive it; tls is referenced (NULL: STLS is not offered). */
struct pop3_service *pop3_service_new(struct loop *l,
    const struct config *conf, struct vault *vault, struct tls_ctx *tls);
/* Sessions hold their own references. NULL is fine. */
void pop3_service_unref(struct pop3_service *sv);

/* Serve a connection; owns it. To be called on a fiber of its own: returns
 * when the session has ended or waits for its next command without a stack.
 * rule: of the socket it came by. done runs once, at the end of the session. */
void pop3_start(struct pop3_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg);
