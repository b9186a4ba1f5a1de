/*
 * cram_login.h - somebody logs in by CRAM-MD5, in whatever protocol: RFC 2195.
 */
#pragma once
#include "mail/scram_login.h"

/* As scram_log_in(), whose talk it takes; the server speaks first, so there is
 * no first message. */
must_check bool cram_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err);
