/*
 * relay.h - mail on its way out: takes assignments from store, delivers them,
 * and reports what became of them.
 *
 * At most config.relay_connections assignments are under way; a few asks for
 * more are always waiting at store. An assignment keeps the configuration that
 * it began with.
 */
#pragma once
#include "dns/client.h"
#include "errand/client.h"
#include "rt/config.h"
#include "rt/stream.h"
#include "rt/tls.h"
#include "store/client.h"
#include "vault/messages.h"

struct relay_options {
	struct loop *loop;
	struct store *store;
	struct dns *dns;
	struct errand *errand;	/* NULL: nothing is fetched for it */
	/* The first accepts any certificate, the second only a trusted one. */
	struct tls_client *tls_any, *tls_verify;
	/* What the second one is to trust as soon as it is needed, PEM: it
	 * takes a while to read, and a megabyte. Relay's from then on. */
	struct buf roots;
	/* Have vault sign a report to another domain: as vault_sign_mail();
	 * E_DENIED also where the domain has no keys. NULL: none are sent. */
	int (*sign)(void *arg, const struct dkim_sign_ask *ask,
	    struct str *fields, struct arena *a, struct err *err);
	/* What else vault does for us; NULL: no keys are rotated. */
	int (*ask_vault)(void *arg, enum vault_call which, const void *ask,
	    void *answer, struct arena *a, struct err *err);
	void *sign_arg;	/* of both */
	/* transport_dial(), or a test's. */
	int (*dial)(struct loop *l, const char *address, uint16_t port,
	    const char *from, int64_t until_ms, struct transport **t,
	    struct err *err);
	/* Have a socket in the file system dialled, whose path a route has. */
	int (*dial_path)(void *arg, struct str path, int64_t until_ms,
	    struct transport **t, struct err *err);
	void *dial_arg;
};

struct relay;

/* store, dns, errand and the contexts are the caller's and live longer. */
struct relay *relay_new(const struct relay_options *o, const struct config *c);
/* For assignments taken from now on. */
void relay_configure(struct relay *r, const struct config *c);
/* Begin to take. */
void relay_start(struct relay *r);
/* Take no more. What is under way goes on for a moment, the rest is given
 * back to store; results are reported. It is over when no fiber is left, in
 * less than the five seconds that master gives. */
void relay_stop(struct relay *r);
/* After the loop. NULL is fine. */
void relay_free(struct relay *r);
