/*
 * dkim_body.h - the hash of a message's body.        RFC 6376 3.4.3, 3.4.4
 *
 * Fed the octets of the body as they come, cut anywhere; SHA-256 over what
 * the canonicalization makes of them: the relaxed one, or the simple one. Only
 * CRLF ends a line. Nothing suspends.
 */
#pragma once
#include "base/arena.h"

enum { DKIM_HASH_LEN = 32 };

/* Whoever computes SHA-256, so that this folder needs no library for it. */
struct dkim_hash {
	void (*update)(void *arg, struct str octets);
	void *arg;
};

enum { DKIM_BODY_ROOM = 1024 };

struct dkim_body {
	struct dkim_hash hash;
	bool simple;
	uint64_t crlfs;		/* line ends that were not hashed yet */
	bool wsp;		/* white space was before this octet */
	bool cr;		/* a CR, which may be half a line end */
	bool any;		/* something was hashed */
	size_t n;		/* octets of out */
	char out[DKIM_BODY_ROOM];
};

void dkim_body_init(struct dkim_body *b, bool simple, struct dkim_hash hash);
void dkim_body_feed(struct dkim_body *b, struct str octets);
/* The body is complete: all of it has gone to the hash. */
void dkim_body_finish(struct dkim_body *b);
