/*
 * alike.h - names that somebody could take for the domain of one whom an
 * account writes to (dns/looks.h). The domains are kept as they are: which one
 * it is has to be told.
 */
#pragma once
#include "store/engine/engine_int.h"

enum { ALIKE_DOMAINS = 200 };	/* of an account, the last it wrote to */

/* The account writes to somebody there; the writer's. */
int alike_wrote(struct engine *e, uint64_t account, struct str domain,
    struct err *err);
/* Whose mail is looked at. */
struct alike_who {
	struct str name;	/* the domain in From */
	struct str whose;	/* the end of it that was registered */
	struct str looks;	/* that as ASCII: lookalike_form() */
};
/* 1: *like, in the arena, is what it can be taken for; 0: nothing, or the
 * account writes there, too. */
int alike_find(struct sql *q, struct arena *a, uint64_t account,
    const struct alike_who *who, int64_t now_s, struct str *like,
    struct err *err);
