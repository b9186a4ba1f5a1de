/*
 * submission.h - SMTP for people with a password.       RFC 6409, RFC 4954
 *
 * Links the vault's client, which mx has no business with but for TLS keys.
 */
#pragma once
#include "rt/config.h"
#include "smtp/session.h"
#include "vault/client.h"

/* What the listeners 587, 2525 and 465 of a front worker have in common.
 * Copies what it needs of the config; vault must outlive it; tls is
 * referenced. smtp_service_unref() when a new config replaces it. Then
 * smtp_start(service, stream, peer, kind == LISTEN_SUBMISSIONS, ...). */
struct smtp_service *smtp_submission_new(struct loop *l,
    const struct config *conf, struct vault *vault, struct tls_ctx *tls);
