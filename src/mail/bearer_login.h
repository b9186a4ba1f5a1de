/*
 * bearer_login.h - somebody logs in by OAUTHBEARER or XOAUTH2, in whatever
 * protocol: RFC 7628.
 */
#pragma once
#include "mail/scram_login.h"

/* Is it the name of one that is there, in any case? Then in which we write it.
 * There are none where no issuer is configured. */
must_check bool bearer_find(const struct vault *v, struct str name,
    struct str *mechanism);
/* Append those that are announced, each with before in front. */
void bearer_put_offered(const struct vault *v, struct buf *b,
    struct str before);

/* As scram_log_in(), whose talk it takes. */
must_check bool bearer_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err);

/* Of whom somebody with this address (or empty) may have a token; false: of
 * nobody, or nobody knows of whom. Slices of what v was told. */
struct oauth_conf;
bool bearer_issuer(const struct vault *v, struct str user,
    struct oauth_conf *out);
