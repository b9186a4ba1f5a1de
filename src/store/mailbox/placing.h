/*
 * placing.h - what an owner puts into a mailbox, as store places it (append.c).
 */
#pragma once
#include "store/engine/engine_int.h"

/* An email of it; d->acct and d->mbox are the caller's. E_INVALID: no such
 * flags, keywords or zone. Writes nothing. */
int placing_of(struct engine *e, const struct appended *m, struct placing *d,
    struct err *err);
/* Of its flags those that these rights let be; reader: who is not the owner,
 * and has his own \Seen; 0. RFC 4314 4, APPEND */
void placing_by(struct placing *d, uint32_t rights, uint64_t reader);
/* Its octets become a blob, d->blob. */
int placing_blob(struct engine *e, struct write *w, const struct appended *m,
    struct placing *d);
