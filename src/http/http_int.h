/*
 * http_int.h - what the files of the dialogue share.
 */
#pragma once
#include <stdlib.h>

#include "http/chunked.h"
#include "rt/json.h"
#include "http/session.h"
#include "rt/dialogue.h"
#include "trust/mta_sts.h"

enum {
	HTTP_HEAD_MS = 20000,	/* for all of a head */
	HTTP_PACE_MS = 30000,	/* to begin with, for a body or an answer */
	HTTP_DRAIN_MAX = 65536,	/* of a body that nobody wants */
	HTTP_LINGER_MS = 2000,	/* for who goes on sending one */
	HTTP_LINGER_MAX = 1 << 20,
	HTTP_FIELDS_SAID_MAX = 2 * HTTP_LINE_MAX, /* a Location is one */
	HTTP_MEM = 1 << 20,	/* of one request, without its body */
	HTTP_MAX_BAD = 50,	/* refusals, one behind another */
};

struct http_service {
	struct loop *loop;
	struct vault *vault;
	struct tls_ctx *tls;
	struct sign_ins *sign_ins;
	const struct http_route *routes;
	size_t nroutes, refs;
	uint16_t https_port;
	uint32_t timeout_s;
	uint32_t rate, time_s;	/* of a body or an answer; 0: any */
	char hostname[256];
	enum sts_mode sts_mode;	/* of the domains mail is taken for */
};

struct http_session {
	struct dialogue d;
	struct http_service *service;
	struct arena *mem;		/* of one request */
	struct http_request *request;	/* NULL: between two */
	struct account account;		/* who came by Basic last */
	struct buf proof;		/* what they said then; empty: nobody */
	uint32_t requests, refused, refused_in_row;
};

/* ---- session.c */
/* The deadline of who began at that time and has had so many octets. */
int64_t http_pace_until(const struct http_request *r, int64_t begun_ms,
    uint64_t octets);
void http_pace(struct http_request *r, int64_t begun_ms, uint64_t octets);

/* ---- body.c */
/* All of the body into r->body. 0, the status of a refusal, or E_*. */
must_check int http_read_body(struct http_request *r, struct err *err);
/* Is there none, or could what is left be read in a moment? */
bool http_body_is_small(const struct http_request *r);
/* Read and drop what is left. 0 or E_*. */
must_check int http_drop_body(struct http_request *r, struct err *err);

/* ---- answer.c */
void http_say(struct http_request *r, const struct http_answer *a);
/* The end of what http_begin() has begun. */
void http_finish(struct http_request *r);

/* 101: what comes and goes behind it is of that protocol, on the stream, and
 * ends the connection. Suspends.                              RFC 9110 7.8 */
struct stream *http_upgrade(struct http_request *r, struct str protocol);

/* ---- routes.c */
/* The answer to a request whose head is there. 0, with it in *a, or E_*. */
must_check int http_route(struct http_request *r, struct http_answer *a,
    struct err *err);

/* ---- login.c */
/* Who is it? status 200: r->account is theirs. */
struct http_answer http_authenticate(struct http_request *r);
/* A sign-in begins, as this password wants: the answer to who has signed in. */
struct http_answer http_sign_in(struct http_request *r,
    const struct login_ask *ask);
struct http_answer http_sign_in_first(struct http_request *r);
/* Could a page of another origin have sent this? */
bool http_is_foreign(const struct http_request *r);

/* ---- own.c */
/* The words of a login: what store knows is behind the sign-in. */
#define HTTP_TYPED(r, said)                                               \
	.mechanism = STR("LOGIN"), .user = str_c((r)->account->address),  \
	.password = (said), .peer = str_c((r)->session->d.peer.address),  \
	.service = SERVICE_page
struct http_answer http_refuse_own(struct http_request *r,
    const struct err *err);
/* The form had passwords in it. */
struct http_answer http_end_form(struct http_request *r, json_t *form,
    struct http_answer a);
