/*
 * submit_local.h - a program on this machine hands in a message: over
 * <data>/submit/store, signed over <data>/submit/vault.
 *
 * Everything but the first suspends. 0 or E_*: E_NOTFOUND and E_PEER: no
 * server there; E_DENIED: not allowed; E_FULL, E_TIMEOUT, E_IO: later.
 */
#pragma once
#include "rt/loop.h"
#include "store/client.h"

struct submit_local;

/* data is the server's folder. The strs of answers live in the arena. */
struct submit_local *submit_local_new(struct loop *l, struct arena *a,
    const char *data, uint32_t compress);
void submit_local_free(struct submit_local *s);	/* NULL is fine */

/* Connect, and hear whose we are. */
int submit_local_open(struct submit_local *s, struct err *err);
struct str submit_local_domain(const struct submit_local *s);
uint64_t submit_local_max_message(const struct submit_local *s); /* 0: any */
struct store *submit_local_store(struct submit_local *s);

/* May we write as this address (empty: a report)? E_DENIED. */
int submit_local_sender(struct submit_local *s, struct str address,
    struct err *err);
/* Add a recipient. 0 also if it is refused: *kind says what it is. */
int submit_local_rcpt(struct submit_local *s, struct str address,
    uint32_t notify, enum rcpt_kind *kind, struct err *err);

/* Ask vault for a signature: *fields are to be sent first, or empty: a message
 * goes out unsigned rather than not at all (a domain may have no keys, no
 * author may be ours, vault may not be there). */
struct dkim_sign_ask;
void submit_local_sign(struct submit_local *s, struct dkim_sign_ask *ask,
    const struct str *authors, size_t nauthors, struct str *fields);

/* Octets of the message, whole lines or not. E_LIMIT: it is too long. */
int submit_local_text(struct submit_local *s, struct str octets,
    struct err *err);

struct submit_local_how {
	uint32_t ret;
	struct str envid;	/* in xtext */
	struct str session;
	uint32_t uid;
};
/* That was all. *message is its number once it is committed. */
int submit_local_finish(struct submit_local *s,
    const struct submit_local_how *how, uint64_t *message, struct err *err);
