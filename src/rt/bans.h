/*
 * bans.h - networks whose connections are not taken: a table in memory that
 * everybody who accepts looks at.
 *
 * Store alone writes: it keeps the bans, and makes the table anew with each
 * change of them. Who accepts has a descriptor that can be mapped for reading
 * and no other way, so a worker that was taken over bans nobody and lifts no
 * ban. There is no lock: one table is in use while the other is written.
 */
#pragma once
#include "base/err.h"
#include "base/ip.h"

enum { BANS_MAX = 8192 };

/* Where they are not let in: on port 25; where people log in. */
enum ban_door { BAN_mail = 1, BAN_people = 2, BAN_everywhere = 3 };
/* Who bans them, or for what. */
enum ban_why { BAN_operator = 1, BAN_recipients, BAN_logins, BAN_errors,
	BAN_WHYS };
/* "operator", "recipients", ...; "" beyond. */
const char *ban_why_name(uint32_t why);

struct ban {
	uint8_t network[16];	/* of IPv4 as ::ffff:192.0.2.0 */
	uint32_t bits;		/* of 128 */
	uint32_t doors, why;
	int64_t until;		/* seconds since 1970; INT64_MAX: lifted */
};
/* *ip is a network of so many bits; and back. */
void ban_of(struct ban *b, const struct ip *ip, uint32_t bits);
void ban_network(const struct ban *b, struct ip *ip, uint32_t *bits);

/* The memory, empty: for master, who hands it to store; and another
 * descriptor of it, for everybody else. E_IO. */
must_check int bans_make(struct err *err);
must_check int bans_read_only(int fd, struct err *err);

struct bans;
/* Maps fd, which is closed; -1: memory of our own. */
struct bans *bans_new(int fd, bool writes);
void bans_free(struct bans *b);		/* NULL is fine */

/* These are all there are from now on; sorted in place. Of more than BANS_MAX
 * the first are taken. */
void bans_set(struct bans *b, struct ban *rows, size_t n);
/* The longest network that is not let in there now; false: none, or address is
 * none. b may be NULL. */
bool bans_find(const struct bans *b, const char *address, enum ban_door door,
    int64_t now_s, struct ban *out);
