/*
 * dkim_check_int.h - what the checks of DKIM and ARC have in common while the
 * message streams by.
 */
#pragma once
#include "base/buf.h"
#include "mime/header_end.h"
#include "trust/arc_chain.h"
#include "trust/dkim_bodies.h"
#include "trust/dkim_verify.h"

enum { DKIM_HEADER_FIELDS_MAX = 2000 };

struct signed_by {
	struct dkim_signature s;
	struct str name;	/* of its field, as written */
	const char *wrong;	/* it cannot be read */
	struct dkim_hashed *body; /* NULL: it is not worth hashing */
};

struct dkim_check {
	struct dkim_verifier verifier;
	struct buf header;
	struct header_end end;
	bool begun;		/* the header is complete */
	bool relaxed;		/* dkim_check_relaxed() was called */
	size_t nsignatures;
	struct signed_by by[DKIM_SIGNATURES_MAX];
	struct dkim_bodies bodies;
	struct header_field *field;	/* of finish(), in its arena */
	size_t nfields;
	struct arc_chain *chain;	/* NULL: there is none */
	struct dkim_hashed *chain_body[ARC_SETS_MAX];
	struct dkim_hashed *relaxed_body;
};

/* What one of its signatures is of, whose field is `own`; after
 * dkim_check_finish(). NULL, or why not. */
const char *dkim_check_octets(const struct dkim_check *c, struct str own,
    const struct dkim_signature *s, struct buf *out, struct arena *a);
