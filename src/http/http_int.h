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
	struct http_login *login;	/* by Authorization, last; or NULL */
	struct list logging_in;		/* struct http_turn: the first one is */
	uint32_t wrong_logins;		/* since the last good one */
	uint32_t requests, refused, refused_in_row;
	/* of HTTP/1: one request at a time */
	struct arena *mem;
	struct http_request *request;	/* NULL: between two */
	struct http2 *http2;		/* NULL: it is HTTP/1 */
};

/* How a request comes and its answer goes: what differs between versions. All
 * but head suspend; none is called behind one that said E_*, but for finish and
 * look. */
enum { HTTP_ANY_LENGTH = -1, HTTP_NO_BODY = -2 };
struct http_wire {
	const char *version;
	/* The next octets of the body, in *octets until it is asked again; none
	 * at its end. 0, the status of a refusal, or E_*. */
	int (*read)(struct http_request *r, struct str *octets,
	    struct err *err);
	/* An answer begins: r->status, lines of fields, each with its CRLF, and
	 * a body of so many octets. */
	void (*head)(struct http_request *r, struct str fields,
	    int64_t length);
	/* Octets of its body. They are sent, or somewhere else, behind it. */
	int (*write)(struct http_request *r, struct str octets);
	int (*flush)(struct http_request *r);
	/* The answer is whole, or broken. */
	void (*finish)(struct http_request *r);
	/* Is the other side there? 0, or E_* as far as has been heard. */
	int (*look)(struct http_request *r);
	/* Buffers that are empty are given back. */
	void (*rest)(struct http_request *r);
};

/* Who came by Authorization, with all of a connection that is theirs. */
struct http_login {
	size_t refs;
	struct account account;
	struct buf proof;	/* what they said */
	int64_t until;		/* of a token; 0: it is a password */
};
struct http_turn {
	struct list_link link;
	struct fiber *fiber;
};

/* ---- session.c */
/* The deadline of who began at that time and has had so many octets. */
int64_t http_pace_until(const struct http_request *r, int64_t begun_ms,
    uint64_t octets);
/* A request that comes, whose memory is mem; http_end_request() in any case. */
void http_begin_request(struct http_request *r, struct http_session *s,
    const struct http_wire *wire, struct arena *mem);
/* Its head is there, or was refused so (0: it was not): whatever comes next, up
 * to the end of the answer. 0 or E_*: nothing or not all was said. */
must_check int http_answer_request(struct http_request *r, uint16_t refusal,
    struct err *err);
void http_end_request(struct http_request *r);
/* Has the connection brought nothing but refusals for a while? */
bool http_is_useless(const struct http_session *s);
/* Who goes on sending although it is over: closing at once would throw away the
 * last words on their way to them. */
void http_linger(struct http_session *s);
/* The end of a connection; the session is gone. */
void http_end_session(struct http_session *s, const char *why,
    const char *version);

/* TLS has begun, or does not: which version is it? */
void http_greet(struct dialogue *d);

/* ---- http1.c */
extern const struct http_wire http1_wire;
extern const struct dialogue_ops http1_ops;
/* 101: what comes and goes behind it is of that protocol, on the stream, and
 * ends the connection. NULL: this version has no such thing. Suspends.
 *                                                              RFC 9110 7.8 */
struct stream *http_upgrade(struct http_request *r, struct str protocol);
void http_pace(struct http_request *r, int64_t begun_ms, uint64_t octets);

/* ---- body.c */
/* All of the body into r->body. 0, the status of a refusal, or E_*. */
must_check int http_read_body(struct http_request *r, struct err *err);
/* Those of HTTP/1: its wire's read. */
must_check int http1_read(struct http_request *r, struct str *octets,
    struct err *err);
/* Is there none, or could what is left be read in a moment? */
bool http1_body_is_small(const struct http_request *r);
/* Read and drop what is left. 0 or E_*. */
must_check int http1_drop_body(struct http_request *r, struct err *err);

/* ---- answer.c */
void http_say(struct http_request *r, const struct http_answer *a);
/* "Not Found" */
const char *http_reason(uint16_t status);
/* Date: and its line                                       RFC 9110 6.6.1 */
void http_put_date(struct http_request *r, struct buf *b);

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
void http_login_unref(struct http_login *in);	/* NULL is fine */
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
