/*
 * past_owners.h - since when an address is the same person's.     RFC 7293 9
 *
 * Nobody's creation is kept, only when something ended: the last moment at
 * which mail for a name went to somebody else than now. An address that never
 * was anybody else's passes whatever is asked, so nothing is told of how old
 * it is (13.2).
 */
#pragma once
#include "store/engine/engine_int.h"

/* From now on this name is somebody else's, or nobody's: an account or an alias
 * went, or an alias leads elsewhere. local empty: all of the domain. */
int past_owner_ends(struct engine *e, struct str domain, struct str local,
    struct err *err);
/* One that is new: until now it was of whoever has what nobody else has. */
int past_owner_begins(struct engine *e, struct str domain, struct str local,
    struct err *err);

/* Has it been the same person's since then? RCPT_LOCAL if so, and for names
 * that are of an office and not of a person (RFC 2142); else RCPT_NEW_OWNER,
 * RCPT_NEW_DOMAIN or RCPT_NO_RECORD. */
int past_owner_check(struct sql *q, struct arena *a, struct str address,
    int64_t since, enum rcpt_kind *kind, struct err *err);
