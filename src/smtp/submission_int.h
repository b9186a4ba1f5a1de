/*
 * submission_int.h - what cmd_auth.c and submission.c share.
 */
#pragma once
#include "smtp/smtp_int.h"

/* Whose it is to be: s->account, made where there is none. */
struct account *smtp_account(struct smtp_session *s);
struct vault *smtp_vault(const struct smtp_session *s);
/* They have logged in: from now on their store is the session's. */
void smtp_came_in(struct smtp_session *s);

struct reply smtp_auth(struct smtp_session *s, struct str args);
bool smtp_auth_offered(const struct smtp_session *s);
void smtp_auth_mechanisms(const struct smtp_session *s, struct buf *b);

struct reply smtp_burl(struct smtp_session *s, struct str args);
bool smtp_burl_offered(const struct smtp_session *s);
void smtp_burl_imap(const struct smtp_session *s, struct buf *b);
