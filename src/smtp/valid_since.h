/*
 * valid_since.h - Require-Recipient-Valid-Since: since when whoever has an
 * address has to have it.                                       RFC 7293 3.2
 *
 *   rrvs = "Require-Recipient-Valid-Since:" addr-spec ";" date-time CRLF
 *
 * Pure.
 */
#pragma once
#include "base/arena.h"

enum { VALID_SINCE_MAX = 8192 };	/* octets of such fields of a message */

struct valid_since {
	struct str address;	/* as smtp/path.h has it */
	int64_t since;		/* seconds since 1970 */
};

/* The next one of a header, or of fields of it, *fields; those that are not
 * well formed are passed over (5.2). False: there are no more. */
must_check bool valid_since_next(struct str *fields, struct arena *a,
    struct valid_since *out);
