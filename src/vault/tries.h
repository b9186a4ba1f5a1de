/*
 * tries.h - how often somebody may be wrong. Pure but for its memory.
 *
 * Wrong passwords are counted by the peer's network (IPv4 address, IPv6 /64)
 * and by user, within five minutes of the first one. Over the limit the answer
 * is E_BUSY until these minutes are over; nobody is made to wait. The same
 * wrong guess again counts once: a forgotten telephone with an old password
 * locks nobody out. Programs on this very machine have a higher limit, and do
 * not count against the user.
 */
#pragma once
#include "base/str.h"

enum {
	TRIES_KEY_LEN = 16,
	TRIES_PEER = 10,
	TRIES_LOCAL_PEER = 100,
	TRIES_USER = 20,
	TRIES_MS = 5 * 60 * 1000,
	TRIES_MAX = 8192,	/* remembered; then those with fewest go */
};

struct tries;
struct tries *tries_new(const uint8_t key[TRIES_KEY_LEN]);
void tries_free(struct tries *l); /* NULL is fine */

/* peer is an address as text; anything else is a peer of its own. */
bool tries_peer_ok(struct tries *l, struct str peer, int64_t now_ms);
bool tries_user_ok(struct tries *l, struct str user, int64_t now_ms);
/* guess: a number that is the same when user and password are. */
void tries_failed(struct tries *l, struct str peer, struct str user,
    uint64_t guess, int64_t now_ms);
