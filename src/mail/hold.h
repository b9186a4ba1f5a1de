/*
 * hold.h - may a message wait for as long as its envelope says, whatever
 * protocol says it?                                          RFC 4865 4.2, 6
 *
 * So that people hear of it before they have sent the text: store looks again.
 */
#pragma once
#include "store/client.h"

struct hold_limits {
	uint32_t longest_s;	/* 0: nothing waits */
	int64_t now;		/* seconds since 1970 */
};

/* 0: it may, or it leaves at once anyway. In words for the person: E_INVALID,
 * it is a report or would wait for too long; E_LIMIT and E_FULL, too much of
 * theirs waits. Else that cannot be said now. octets: of the message, 0 if
 * unknown. Suspends. */
int hold_check(struct store *st, const struct envelope *e, uint64_t octets,
    const struct hold_limits *l, struct arena *a, struct err *err);
