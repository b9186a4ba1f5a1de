/*
 * sasl.h - what a client says to prove who it is.      RFC 4616, RFC 4954
 *
 * Pure.
 */
#pragma once
#include "base/arena.h"

enum { SASL_USER_MAX = 320, SASL_PASSWORD_MAX = 1024 };

struct sasl_plain {
	struct str authzid;	/* empty: the same as user */
	struct str user;
	struct str password;
};

/* message = [authzid] NUL authcid NUL passwd, UTF-8 without NUL. The slices
 * point into it. */
must_check bool sasl_plain(struct str message, struct sasl_plain *out);

/* Could these be a user and a password at all? */
bool sasl_user_password(struct str user, struct str password);

/* A response as it comes over the wire: base64, or "=" for an empty initial
 * one (RFC 4954 4). */
must_check bool sasl_response(struct str text, bool initial, struct arena *a,
    struct str *out);
