/*
 * bearer.h - messages of OAUTHBEARER (RFC 7628) and XOAUTH2, in which a client
 * shows a token that somebody else gave it. Pure.
 *
 * What a token says is not looked at here: vault has somebody prove it.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum {
	BEARER_TOKEN_MAX = 8192,
	BEARER_MESSAGE_MAX = BEARER_TOKEN_MAX + 2048,
	BEARER_ERROR_MAX = 2048,	/* of bearer_put_error() */
};

enum bearer_form { BEARER_OAUTH, BEARER_XOAUTH2 };

struct bearer_message {
	struct str user;	/* who they say; OAUTHBEARER: may be empty */
	struct str token;
	struct str host;	/* OAUTHBEARER; empty: not said */
	uint32_t port;		/* the same; 0 */
};

/* A client's first response. False: it is none of this form. Slices of the
 * message; user lives in the arena. */
must_check bool bearer_read(enum bearer_form form, struct str message,
    struct arena *a, struct bearer_message *out);

/* b64token: what a header may carry behind "Bearer".          RFC 6750 2.1 */
must_check bool bearer_is_token(struct str s);
/* credentials = "Bearer" 1*SP b64token. A slice of value. */
must_check bool bearer_read_field(struct str value, struct str *token);

/* What is said to a client whose message or token does not do: 3.2.2. status:
 * a word of the OAuth Extensions Error Registry. scope, issuer: empty where
 * nobody wants one, or nobody knows which. */
void bearer_put_error(struct buf *b, enum bearer_form form,
    struct str status, struct str scope, struct str issuer);
/* Where the issuer's OpenID Provider Configuration is. */
#define BEARER_CONFIGURATION "/.well-known/openid-configuration"
