/*
 * http.h - what a handler sees of HTTP: a request, and how it is answered.
 *                                                                    RFC 9110
 * A handler returns its answer and writes nothing; only one that streams begins
 * the answer itself. Whatever was refused before it (no such path, another
 * method, not logged in, a body that is too long) it never sees; nor which
 * version of HTTP is spoken (struct http_wire).
 */
#pragma once
#include "http/grammar.h"
#include "mail/account.h"
#include "rt/stream.h"

struct http_request;

struct http_answer {
	uint16_t status;	/* 0: begun already, http_begin() */
	struct str type;	/* of the body; empty: there is no body */
	struct str body;	/* lives until the request has ended */
};
#define HTTP_BEGUN ((struct http_answer){ 0 })

enum http_authority {
	HTTP_ANYBODY,
	HTTP_PERSON,		/* somebody who has logged in */
};

/* One row a resource and method. */
struct http_route {
	uint32_t methods;	/* enum http_method; HEAD comes with GET */
	struct str pattern;	/* "/a/b"; a segment "*" is any one */
	enum http_authority authority;
	struct str type;	/* of the body it wants; empty: any */
	size_t body_max;	/* octets; 0: it wants none */
	struct http_answer (*run)(struct http_request *r);
	/* What it says itself of a body that is none it takes; NULL: it leaves
	 * that to http_problem(). */
	struct http_answer (*refuse)(struct http_request *r, uint16_t status);
	/* Before its body is read: status 200, or a refusal. leave is called
	 * once after that, when the request is over, whatever became of it.
	 * NULL: nothing is done. */
	struct http_answer (*enter)(struct http_request *r);
	void (*leave)(struct http_request *r);
	void *of;		/* what the handlers work on: whoever puts the
				 * tables of a worker together says it */
};

struct http_request {
	struct http_head head;
	struct http_session *session;
	struct arena *mem;	/* of this request */
	const struct http_route *route;
	struct str param[HTTP_SEGMENTS_MAX]; /* what each "*" stood for */
	struct str body;
	struct account *account;	/* HTTP_PERSON: whose request it is */
	struct sign_in *sign_in;	/* who came by cookie; NULL: others */
	bool token;			/* Authorization is one, or wants to */
	/* What the answer says where it is not what all of them say. */
	struct str caching;	/* Cache-Control; empty: no-store */
	struct str policy;	/* Content-Security-Policy; empty: nothing */
	void *visitor;		/* enter's own */

	/* ---- for the files of the dialogue only (http_int.h) */
	const struct http_wire *wire;	/* how it came */
	struct http_login *login;	/* who came by Basic; NULL: others */
	bool entered;		/* there is something to leave */
	struct buf octets;	/* the body is here */
	uint64_t got;		/* octets of the body that were read */
	bool body_over, continued;
	struct buf fields;	/* more of the answer */
	uint16_t status;	/* said; 0: nothing yet */
	bool mute;		/* nothing is said of a body (any more) */
	bool broken;		/* http_break() */
	bool last;		/* of its connection */
	uint64_t sent;
	int64_t begun_ms;
	/* of HTTP/1 */
	struct chunked *chunks;	/* NULL: its body has a length */
	bool stream_chunks;
};

/* The body, which the caller frees from now on. */
struct buf http_take_body(struct http_request *r);

/* Who asks, for traces, the journal and the log. They live with the request. */
void http_origin(const struct http_request *r, struct origin *o);
struct tls_facts http_tls(const struct http_request *r);
const struct log_ctx *http_log(const struct http_request *r);

/* One more field of the answer, before it begins. */
void http_add_field(struct http_request *r, struct str name, struct str value);

/* {"status": 404, "title": "Not Found", "detail": ...}      RFC 9457 3 */
struct http_answer http_problem(struct http_request *r, uint16_t status,
    const char *detail);
/* The one table from E_* to HTTP. Logs what it hides. */
struct http_answer http_fail(struct http_request *r, const char *what,
    const struct err *err);

/* An answer whose length nobody knows yet: begin it, write pieces (0 or E_*;
 * suspends when 64 KiB wait), return HTTP_BEGUN. After http_break() the other
 * side sees that it has not got all. */
void http_begin(struct http_request *r, uint16_t status, struct str type);
int http_write(struct http_request *r, struct str octets);
void http_break(struct http_request *r);
/* The same of one that does not end: this piece goes out now, with a time of
 * its own. Suspends until it is sent. */
int http_push(struct http_request *r, struct str octets);
/* Where the handler waits for something itself: the loop it does that on,
 * whether the other side is still there (as far as has been heard), and what
 * gives back, before a long wait, all memory that can be had again. */
struct loop *http_loop(const struct http_request *r);
bool http_is_tls(const struct http_request *r);
bool http_is_there(struct http_request *r);
void http_rest(struct http_request *r);

/* A piece of JSON: the text, which is UTF-8, in quotes.       RFC 8259 7 */
void http_json_str(struct buf *b, struct str text);
