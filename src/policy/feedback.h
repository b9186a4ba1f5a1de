/*
 * feedback.h - an aggregate report that somebody sent us, as facts: of DMARC
 * (RFC 7489 7.2, and of the shape of RFC 9990), or about TLS (RFC 8460). Pure.
 */
#pragma once
#include "base/err.h"
#include "store/messages.h"

enum {
	FEEDBACK_FILE_MAX = 2 << 20,	/* octets as they come, decoded */
	FEEDBACK_TEXT_MAX = 8 << 20,	/* unpacked */
	FEEDBACK_JSON_MAX = 1 << 20,	/* a tree costs many times as much */
	FEEDBACK_MEMORY = 1 << 20,	/* of the arena that one needs */
};

/* Its sender is not filled in. strs are in the arena. */
struct feedback {
	struct feedback_head head;
	struct str rows;	/* feedback_dmarc_row or feedback_tls_row */
};

/* The file of a report: gzip, ZIP, or the text. salt: random, not 0. E_INVALID:
 * it is none; E_LIMIT: it is larger than any; *err says what is wrong. */
int feedback_read(struct str file, uint64_t salt, struct arena *a,
    struct feedback *out, struct err *err);
