/*
 * submission_int.h - what cmd_auth.c and submission.c share.
 */
#pragma once
#include "smtp/smtp_int.h"

/* Prove and keep the login: s->account and s->store. */
enum login_result smtp_login(struct smtp_session *s,
    const struct login_ask *ask, struct err *err);

struct reply smtp_auth(struct smtp_session *s, struct str args);
bool smtp_auth_offered(const struct smtp_session *s);
