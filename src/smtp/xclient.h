/*
 * xclient.h - for whom a server in front comes, as XCLIENT and XFORWARD say it.
 * Both are Postfix's, and are described with it; no RFC has them.
 *
 * Pure: the arguments of a command in, slices of the arena out. Values are
 * xtext (RFC 3461 4), and what they hold is printable ASCII.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum xclient_attribute {
	XCLIENT_NAME,		/* what DNS calls the client */
	XCLIENT_ADDR,
	XCLIENT_PORT,
	XCLIENT_PROTO,
	XCLIENT_HELO,
	XCLIENT_LOGIN,		/* of XCLIENT alone: who has logged in, */
	XCLIENT_DESTADDR,	/* and where the client came to */
	XCLIENT_DESTPORT,
	XCLIENT_IDENT,		/* of XFORWARD alone: the message, there; */
	XCLIENT_SOURCE,		/* LOCAL or REMOTE */
	XCLIENT_ATTRIBUTES
};

enum { XCLIENT_VALUE_MAX = 255, XCLIENT_PROTO_MAX = 64 };

struct xclient {
	unsigned said;		/* 1 << attribute: it was named */
	struct str value[XCLIENT_ATTRIBUTES];	/* empty: it is not known */
};

static inline bool
xclient_says(const struct xclient *x, enum xclient_attribute what)
{
	return x->said & 1U << what;
}

/* 1*(SP attribute-name "=" attribute-value), without the first SP. Addresses
 * come out as text without "IPV6:". False: not so; *out is not written then. */
must_check bool smtp_parse_xclient(struct str args, struct arena *a,
    struct xclient *out);
must_check bool smtp_parse_xforward(struct str args, struct arena *a,
    struct xclient *out);

/* What *more says goes before what *x says; texts are borrowed. */
void xclient_add(struct xclient *x, const struct xclient *more);

/* " NAME ADDR ...": the attributes that may be said here, for EHLO. */
void smtp_put_xclient_names(struct buf *b);
void smtp_put_xforward_names(struct buf *b);

/* " name=mail.example.net addr=192.0.2.1": what is known, for people; no value
 * has a space in it. */
void smtp_put_xclient_words(struct buf *b, const struct xclient *x);
