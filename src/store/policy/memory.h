/*
 * memory.h - what is remembered of senders for a while: with a bound, and no
 * longer than it is good for. Kept are hashes (but of MEMORY_domain, which has
 * names that are told); what was remembered last goes last.
 */
#pragma once
#include "store/engine/engine_int.h"

enum memory_kind {
	MEMORY_tried = 1,	/* was sent away by greylisting */
	MEMORY_known,		/* whose mail was taken: domains, networks */
	MEMORY_wrote_to,	/* by an account: addresses */
	MEMORY_sent,		/* by an account: ids of messages */
	MEMORY_answered,	/* these, of an account: addresses */
	MEMORY_domain,		/* of those it wrote to */
	MEMORY_KINDS
};
enum { MEMORY_KEY = 16 };
/* How many of a kind an account (0: the server) may have, and for how long. */
struct memory_bound {
	uint32_t most;
	int64_t age_s;
};
extern const struct memory_bound memory_bounds[MEMORY_KINDS];

/* Of up to three texts without NUL, or octets of a number there is no doubt
 * about; in the arena. */
struct str memory_key(struct arena *a, struct str x, struct str y,
    struct str z);
/* Since when, in seconds since 1970: 1; 0: it is not, or was too long ago. */
int memory_find(struct sql *q, enum memory_kind kind, uint64_t account,
    struct str key, int64_t now_s, int64_t *at_s, struct err *err);
/* From now on, as the last one; the writer's. What is over the bound goes, and
 * some of what is too old. */
int memory_keep(struct engine *e, enum memory_kind kind, uint64_t account,
    struct str key, struct err *err);
