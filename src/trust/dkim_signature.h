/*
 * dkim_signature.h - a DKIM-Signature field, and the key that it names, as
 * they are written.                            RFC 6376 3.5, 3.6.1, 8301, 8463
 *
 * Pure; all strs point into what was read.
 */
#pragma once
#include "base/arena.h"
#include "trust/tags.h"

enum dkim_algorithm { DKIM_RSA_SHA256, DKIM_ED25519_SHA256,
	DKIM_RSA_SHA1 };	/* never verified: RFC 8301 3.1 */

struct dkim_signature {
	enum dkim_algorithm algorithm;
	bool simple_header, simple_body;
	bool has_length;		/* l=: only so much of the body */
	uint64_t length;
	bool has_time, has_expiry;
	uint64_t time, expiry;		/* seconds since 1970 */
	struct str domain, selector;	/* d=, s= */
	struct str identity;		/* i=: an address; empty: "@" d= */
	struct str fields;		/* h=: names with colons between */
	struct str body_hash, signature; /* base64, folds inside */
	struct str value;		/* of the field, raw */
};

/* Read the raw value of a field. NULL, or in words what is wrong with it;
 * domain and selector are set as far as they were found. */
const char *dkim_signature_parse(struct str value, struct dkim_signature *out);

/* Its names as they are compared and asked for: with A-labels (RFC 8616 5), in
 * the arena or where they are. As above, also if i= is not within d=. */
const char *dkim_signature_names(struct dkim_signature *s, struct arena *a);

/* What DKIM's fields and those of ARC have in common: a, b, d, s and t; and of
 * those that sign a body as well bh, c, h, l and x. Value is the field's. */
const char *dkim_signature_tags(const struct tags *t, struct str value,
    struct dkim_signature *out);
const char *dkim_signature_body_tags(const struct tags *t,
    struct dkim_signature *out);
bool dkim_has_expired(const struct dkim_signature *s, int64_t now);

struct dkim_key {
	bool ed25519;			/* else RSA */
	bool testing;			/* t=y */
	bool strict;			/* t=s: i= may not be below d= */
	bool revoked;			/* p= is empty */
	struct str hashes;		/* h=; empty: any */
	struct str octets;		/* p=: base64 */
};

/* Read a TXT record. NULL, or what is wrong with it. */
const char *dkim_key_parse(struct str text, struct dkim_key *out);
