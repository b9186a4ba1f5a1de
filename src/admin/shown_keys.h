/*
 * shown_keys.h - which keys this server shows when TLS begins.
 */
#pragma once
#include "admin/operator.h"
#include "rt/tls.h"

/* The certificates vault has now, as a server of ours uses them: for
 * tls_ctx_shown(). The caller unrefs. E_*. */
int shown_keys(struct operator *op, struct tls_ctx **ctx, struct err *err);
