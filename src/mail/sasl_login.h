/*
 * sasl_login.h - the mechanisms in which somebody proves who they are, and does
 * not say a password: one table for all protocols.
 */
#pragma once
#include "mail/scram_login.h"

struct sasl_way {
	struct str name;	/* as we write it */
	bool server_first;	/* so there is no initial response */
	bool (*log_in)(struct scram_talk *talk, struct str first,
	    enum login_result *result, struct str *why, struct err *err);
};

/* Is it the name of one that this stream can have, in any case? */
must_check bool sasl_find(const struct stream *s, const struct vault *v,
    struct str name, struct sasl_way *way);
/* Append those that are announced beside SCRAM (scram_put_offered()), each with
 * before in front. */
void sasl_put_others(const struct stream *s, const struct vault *v,
    struct buf *b, struct str before);
