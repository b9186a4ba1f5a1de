/*
 * arc_sign.h - an ARC set, composed and signed: a seal on mail that is sent
 * on to others.                                         RFC 8617 4.1, 5.1
 *
 * Who asks says what was found and what the message is; all three fields are
 * made here, so what is signed is always a set.
 */
#pragma once
#include "vault/dkim.h"
#include "vault/messages.h"

struct arc_sealing {
	struct dkim_signing message;	/* as for a DKIM-Signature */
	uint32_t instance;		/* 1 to 50 */
	enum arc_sees sees;		/* of the chain so far: cv= */
	struct str results;		/* "mail.example.org; dmarc=pass" */
	struct str chain;		/* all sets so far, relaxed, each field
					 * with its CRLF; of a chain that has
					 * failed none (5.1.2) */
};

/* Can a seal be asked for with this? */
bool arc_may_seal(const struct arc_sealing *s);
/* Append the three fields, each with its CRLF. The key is RSA: of a set there
 * is one, and everybody reads that (4.2.1). */
int arc_seal(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct arc_sealing *s, struct buf *fields, struct err *err);
