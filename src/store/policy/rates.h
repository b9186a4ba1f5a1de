/*
 * rates.h - how often somebody did something lately. Pure but for its memory.
 *
 * Each count leaks: who may do something n times an hour may do it n times at
 * once, and then one by one as the hour goes by (GCRA). So a count is one
 * number, the moment at which nothing of it is left. The memory is of a fixed
 * size; where it is full, whoever did least is forgotten. It is not kept over
 * a restart: what matters longer becomes a ban, which is.
 */
#pragma once
#include "base/str.h"

enum rate_kind {
	RATE_messages = 1,	/* by network */
	RATE_recipients,	/* the same */
	RATE_unknown,		/* the same: recipients that nobody has */
	RATE_errors,		/* the same: commands that made no sense */
	RATE_logins,		/* that failed; by address, or IPv6 /64 */
	RATE_to,		/* messages to a recipient */
	RATE_etrn,		/* RFC 1985; by the name that is asked for */
	RATE_domain,		/* messages of one that is proven */
	RATE_told,		/* by network: success that they are told of */
	RATE_banned,		/* for rates_first() */
};

enum { RATES_KEY_LEN = 16, RATES_MAX = 65536, RATES_HOUR_MS = 3600000 };

struct rates;
struct rates *rates_new(const uint8_t key[RATES_KEY_LEN]);
void rates_free(struct rates *r);	/* NULL is fine */

/* How long until who may do it again, within `limit` an hour; 0: now. */
int64_t rates_wait_ms(const struct rates *r, enum rate_kind kind,
    struct str who, uint32_t limit, int64_t now_ms);
/* How long until nothing of the count is left; an hour's is all they may. */
int64_t rates_left_ms(const struct rates *r, enum rate_kind kind,
    struct str who, int64_t now_ms);
/* They did it n times. True: that is more than they may. limit 0: never. */
bool rates_add(struct rates *r, enum rate_kind kind, struct str who,
    uint32_t n, uint32_t limit, int64_t now_ms);
/* Is it the first time within for_ms? */
bool rates_first(struct rates *r, struct str who, int64_t for_ms,
    int64_t now_ms);
