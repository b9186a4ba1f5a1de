/*
 * external_login.h - somebody logs in by the certificate that they have shown
 * when TLS began, in whatever protocol: RFC 4422 appendix A.
 */
#pragma once
#include "mail/scram_login.h"

/* Was one shown on this stream, and is of use yet? A handshake proves once. */
bool external_is_there(const struct stream *s);

/* As scram_log_in(), whose talk it takes; first is who they want to be, or
 * empty. */
must_check bool external_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err);
