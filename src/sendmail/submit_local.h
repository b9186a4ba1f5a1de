/*
 * submit_local.h - the way of a program on this machine to its server: over
 * <data>/submit/store, signed over <data>/submit/vault.
 *
 * Everything but the first suspends. 0 or E_*: E_NOTFOUND and E_PEER: no
 * server there; E_DENIED: not allowed; E_TIMEOUT: later.
 */
#pragma once
#include "mail/submit.h"
#include "rt/loop.h"

struct submit_local;

/* data is the server's folder. */
struct submit_local *submit_local_new(struct loop *l, struct arena *a,
    const char *data);
void submit_local_free(struct submit_local *s);	/* NULL is fine */

/* Connect, and hear whose we are. */
int submit_local_open(struct submit_local *s, struct err *err);
struct str submit_local_domain(const struct submit_local *s);
/* For traces; the domain, where the server does not know its name. */
struct str submit_local_hostname(const struct submit_local *s);
uint64_t submit_local_max_message(const struct submit_local *s); /* 0: any */
struct store *submit_local_store(struct submit_local *s);

/* May we write as this address (empty: a report)? E_DENIED. */
int submit_local_sender(struct submit_local *s, struct str address,
    struct err *err);

/* Ask vault for a signature, of the first author who is of a domain of ours:
 * *fields are to be sent first. They stay as they are without one: a message
 * goes out unsigned rather than not at all (a domain may have no keys, no
 * author may be ours, vault may not be there). */
void submit_local_sign(struct submit_local *s, const struct signable *what,
    struct arena *a, struct str *fields);
