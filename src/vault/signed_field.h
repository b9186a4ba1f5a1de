/*
 * signed_field.h - a header field of tags that is composed here, folded and
 * signed: of DKIM, and of ARC.                     RFC 6376 3.5, 3.7, 8463 3
 *
 * What is signed ends with the field itself, whose name is ours, so nothing of
 * another kind can be had. Lines have at most 78 columns.
 */
#pragma once
#include "vault/dkim.h"

enum { SIGNED_FIELD_MAX = 8192 };

/* Text that is folded where a piece would not fit its line any more. */
struct folded {
	struct buf *out;
	size_t column;
};

void folded_put(struct folded *f, struct str piece);
void folded_break(struct folded *f);
/* "name=value;" on the line we are on if it fits; name has its "=". */
void folded_tag(struct folded *f, const char *name, struct str value);
void folded_base64_tag(struct folded *f, const char *name, struct str octets);
void folded_time(struct folded *f, int64_t at);
void folded_names(struct folded *f, struct str names);

/* Sign what is before (relaxed fields, each with its CRLF) and the field, and
 * append its b= and CRLF. f's buf has the field alone. RSA takes about 0.6 ms,
 * Ed25519 0.05 ms. */
int signed_field_end(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    struct str before, struct folded *f, struct err *err);
