/*
 * session.h - HTTP on one connection: request after request.       RFC 9112 9
 *
 * Between two requests it is a record without a stack.
 */
#pragma once
#include "http/http.h"
#include "http/sign_in.h"
#include "rt/config.h"
#include "rt/stream.h"
#include "rt/tls.h"

struct http_service;

/* What all connections of a worker have in common. Immutable: a session keeps
 * the one it began with. Copies what it needs of the config; vault, sign_ins
 * and routes (in the order in which they are tried) must outlive it; tls is
 * referenced. https_port: where who comes without TLS is sent; 0: nowhere. */
struct http_service *http_service_new(struct loop *l,
    const struct config *conf, struct vault *vault, struct tls_ctx *tls,
    struct sign_ins *sign_ins, const struct http_route *routes,
    size_t nroutes, uint16_t https_port);
void http_service_unref(struct http_service *sv); /* NULL is fine */

/* Serve a connection; owns it. To be called on a fiber of its own. With
 * LISTEN_TLS_LOGIN and no TLS they are sent to https_port. done runs once. */
void http_start(struct http_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg);

/* Who has signed in, by a form of ours: /login, /session, /sessions. */
extern const struct http_route http_own_routes[];	/* own.c */
extern const size_t http_nown_routes;
extern const struct http_route http_own_mail_routes[];	/* own_mail.c */
extern const size_t http_nown_mail_routes;
extern const struct http_route http_factor_routes[]; /* second_factor.c */
extern const size_t http_nfactor_routes;
extern const struct http_route http_sts_routes[];	/* sts.c */
extern const size_t http_nsts_routes;
extern const struct http_route http_login_routes[];
extern const size_t http_nlogin_routes;
