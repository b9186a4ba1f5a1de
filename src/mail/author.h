/*
 * author.h - who may write as whom, and the signature of who did.
 *                                                 RFC 6409 6.1, RFC 6376 6.1
 */
#pragma once
#include "mail/account.h"
#include "mail/digest.h"

/* Ask store whether the person of this connection may write as this address
 * (empty: yes, a report). 0, E_DENIED, or why that cannot be said. */
int author_may_write_as(struct store *st, struct str address, struct arena *a,
    struct err *err);

/* In the name of the first author who is of a domain of ours and is whom this
 * person may write as; what nobody here answers for stays without a signature.
 * 0, *fields then in the arena; E_CANCELED; E_PEER: try again. */
int author_sign(struct account *account, const struct signable *what,
    const struct log_ctx *log, struct str *fields, struct arena *a,
    struct err *err);
