/*
 * arc_chain.h - the Authenticated Received Chain of a header, as it is
 * written.                                    RFC 8617 4.1, 4.2, 5.2 (1 to 3)
 *
 * Who hands a message on adds a set of three fields with the same number:
 * what was found when it arrived, a signature of the message, and a seal over
 * all sets so far. Pure; all strs point into what was read.
 */
#pragma once
#include "mime/header.h"
#include "trust/dkim_signature.h"

enum { ARC_SETS_MAX = 50 };	/* RFC 8617 4.2.1 */

/* Of a chain, and what a seal says of the one below it.     RFC 8617 4.4 */
enum arc_status { ARC_NONE, ARC_PASS, ARC_FAIL };
struct str arc_word(enum arc_status status);

struct arc_set {
	/* ARC-Authentication-Results, ARC-Message-Signature, ARC-Seal;
	 * whole.n 0: it is not there. */
	struct header_field results, message, seal;
	struct str found;	/* of the first, behind its "i=1;" */
	struct dkim_signature signs, seals;	/* what the others say */
	const char *message_wrong, *seal_wrong;	/* NULL: it can be read */
	enum arc_status status;	/* cv= */
};

struct arc_chain {
	size_t n;		/* of sets: the highest number */
	bool over;		/* the last one says that it has failed */
	const char *wrong;	/* with its structure; NULL: nothing */
	struct arc_set set[ARC_SETS_MAX];
};

/* False: no field of ARC is there. The header is borrowed. */
must_check bool arc_chain_read(struct str header, struct arc_chain *out);
