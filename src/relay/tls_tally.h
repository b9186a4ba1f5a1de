/*
 * tls_tally.h - how TLS went with hosts of other domains, counted in memory
 * until store is told: a few calls a minute at most, whatever is sent. What is
 * lost with the process is a count of half a minute.     RFC 8460 4
 */
#pragma once
#include "store/messages.h"

enum { TLS_TALLY_MAX = 1000 };	/* rows; what finds no place is lost */

struct tls_tally;

struct tls_tally *tls_tally_new(void);
void tls_tally_free(struct tls_tally *t);	/* NULL is fine */
/* One session. Copied. */
void tls_tally_add(struct tls_tally *t, const struct tls_seen *s);
/* The one that was counted first is taken out, its strs in the arena; false:
 * there is none. */
must_check bool tls_tally_take(struct tls_tally *t, struct arena *a,
    struct tls_seen *out);
