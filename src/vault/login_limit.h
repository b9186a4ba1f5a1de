/*
 * login_limit.h - how often somebody may be wrong. Pure but for its memory.
 *
 * Wrong passwords are counted by the peer's network (IPv4 address, IPv6 /64)
 * and by user, within five minutes of the first one. Over the limit the answer
 * is E_BUSY until these minutes are over; nobody is made to wait. The same
 * wrong guess again counts once: a forgotten telephone with an old password
 * locks nobody out. This very machine is one peer with a higher limit, whatever
 * loopback address it uses; its failures are counted apart by user, so they
 * lock nobody out who comes from elsewhere.
 *
 * Networks that a user has logged in from are remembered: from there they get
 * in however many others try to guess their password.
 */
#pragma once
#include "base/str.h"

enum {
	LOGIN_LIMIT_KEY_LEN = 16,
	LOGIN_LIMIT_PEER = 10,
	LOGIN_LIMIT_LOCAL_PEER = 100,
	LOGIN_LIMIT_USER = 20,
	LOGIN_LIMIT_LOCAL_USER = 20,
	LOGIN_LIMIT_MS = 5 * 60 * 1000,
	LOGIN_LIMIT_MAX = 8192,	/* remembered; then those with fewest go */
	LOGIN_KNOWN_MAX = 16384, /* networks of users; then the oldest go */
	LOGIN_KNOWN_DAYS = 30,	/* after the last login */
};

struct login_limit;
struct login_limit *login_limit_new(const uint8_t key[LOGIN_LIMIT_KEY_LEN]);
void login_limit_free(struct login_limit *l); /* NULL is fine */

/* peer is an address as text; anything else is a peer of its own. */
bool login_limit_peer_ok(struct login_limit *l, struct str peer,
    int64_t now_ms);
bool login_limit_user_ok(struct login_limit *l, struct str peer,
    struct str user, int64_t now_ms);
/* They logged in; from now on this is a network of theirs. */
void login_limit_passed(struct login_limit *l, struct str peer, struct str user,
    int64_t now_ms);
/* guess: a number that is the same when user and password are. */
void login_limit_failed(struct login_limit *l, struct str peer, struct str user,
    uint64_t guess, int64_t now_ms);
