/*
 * handshakes.h - what was signed for one front's handshakes lately, so that
 * what a client proves in one of them proves something once. Pure.
 */
#pragma once
#include "base/str.h"

enum { HANDSHAKE_HASH = 32, HANDSHAKES_MAX = 4096,
	HANDSHAKE_MS = 5 * 60 * 1000 };

struct handshakes;
struct handshakes *handshakes_new(void);
void handshakes_free(struct handshakes *h); /* NULL is fine */

/* octets were signed so with the key of this number. It has to be a signature
 * that is another each time, or a handshake of long ago is had again by having
 * its octets signed again. Where there are HANDSHAKES_MAX the oldest goes. */
void handshakes_add(struct handshakes *h, struct str octets,
    struct str signature, uint32_t key, int64_t now_ms);
/* Take it out; false if there is none, or it was too long ago. */
must_check bool handshakes_take(struct handshakes *h, struct str octets,
    struct str signature, int64_t now_ms, uint32_t *key);
