/*
 * shape.h - how many connections a site has, by what it answers.
 *
 * A site is the hosts that are one to us: those of a large provider
 * (shape_rules.h), else each for itself. It begins with a few connections, and
 * has one more for each message that it takes, so that whoever never complains
 * soon has as many as are configured. Where it says "too much" (421, 4.7.28,
 * "rate limit" ...) it has half of what it had, and grows slowly from then on,
 * by one for as many messages as it has connections, and no sooner than in half
 * a minute. Where it says for how long, nothing new begins there so long, an
 * hour at most.
 *
 * Bounded: a site that is new takes the place of the one that nothing was heard
 * of for longest. Nothing here suspends or reads a clock.
 */
#pragma once
#include "base/str.h"

enum {
	SHAPE_BEGIN = 5,	/* connections of a site that is new */
	SHAPE_PAUSE_MAX_S = 3600,
};

struct shape;
struct shape *shape_new(void);
void shape_free(struct shape *s); /* NULL is fine */

/* The number of a host's site: equal for all of it, never 0. */
uint64_t shape_site_of(struct str host);
/* Its name, which lives as long as the host's. */
struct str shape_site_name(struct str host);
/* Messages over one connection, if it is known that there is a limit; else
 * otherwise. */
uint32_t shape_messages(struct str host, uint32_t otherwise);

/* Connections that it may have now, at least 1; most: to one address, as
 * configured. */
uint32_t shape_allowed(struct shape *s, struct str host, uint32_t most);
/* Nothing new begins there before; 0: it may. */
int64_t shape_paused_until(const struct shape *s, struct str host,
    int64_t now_ms);
/* It has taken a message: may it have one more connection now? */
bool shape_took(struct shape *s, struct str host, uint32_t most,
    int64_t now_ms);

/* What follows from an answer. */
struct shape_told {
	bool slower;		/* it has fewer connections now, */
	uint32_t allowed;	/* so many */
	uint32_t pause_s;	/* nothing begins for so long; 0 */
};
/* It has said so, with in_use connections to it; used: this one has taken
 * messages before. Once in ten seconds it has
 * fewer: what was under way already hears the same. */
struct shape_told shape_heard(struct shape *s, struct str host, int code,
    struct str status, struct str text, bool used, uint32_t in_use,
    int64_t now_ms);

/* "try again in 5 minutes": the seconds that a text says, bounded; 0: none. */
uint32_t shape_wait_s(struct str text);
