/*
 * exchanges.h - SCRAM exchanges that have begun and wait for their proof, on
 * one front's connection. Pure.
 *
 * Each is good once, for a while: what was proven in it proves nothing in
 * another, whose nonce is another one.
 */
#pragma once
#include "base/arena.h"

enum { EXCHANGE_ID_LEN = 16, EXCHANGES_MAX = 2048,
	EXCHANGE_MS = 5 * 60 * 1000 };

struct exchange {
	struct str mechanism, user, peer;
	uint32_t service;
	struct str bare;	/* client-first-message-bare */
	struct str first;	/* server-first-message */
};

struct exchanges;
struct exchanges *exchanges_new(void);
void exchanges_free(struct exchanges *x); /* NULL is fine */

/* Copies it, under an id of random octets. Where there are EXCHANGES_MAX the
 * oldest goes. */
void exchanges_add(struct exchanges *x, const uint8_t id[EXCHANGE_ID_LEN],
    const struct exchange *add, int64_t now_ms);
/* Take it out, into the arena; false if there is none. */
must_check bool exchanges_take(struct exchanges *x, struct str id,
    int64_t now_ms, struct arena *a, struct exchange *out);
