/*
 * operator.h - asking store and vault with the operator's authority.
 *
 * Over the control sockets of a running server; if none runs, a master with
 * only store and vault is started for as long as this connection lives.
 */
#pragma once
#include "admin/admin.h"
#include "ldap/messages.h"
#include "relay/messages.h"
#include "store/messages.h"
#include "vault/messages.h"

struct operator;

/* Which server: find_config(). */
int operator_open(struct admin *a, const struct options *o,
    struct operator **op, struct err *err);
void operator_close(struct operator *op); /* NULL is fine */

/* As configured; empty if only the data folder is known. */
struct str operator_hostname(const struct operator *op);

/* One call; waits for the answer, whose strs live as long as the command; or
 * from now on in this arena, which the caller may reset (returns the one
 * before). */
struct arena *operator_answers_in(struct operator *op, struct arena *a);
int operator_store(struct operator *op, enum store_call which,
    const void *ask, void *answer, struct err *err);
int operator_vault(struct operator *op, enum vault_call which,
    const void *ask, void *answer, struct err *err);
/* The same of who speaks with LDAP: where it is configured, and the server
 * runs. */
int operator_ldap(struct operator *op, enum ldap_call which, const void *ask,
    void *answer, struct err *err);

/* The same of the role that carries mail to others. */
int operator_relay(struct operator *op, enum relay_call which,
    const void *ask, void *answer, struct err *err);

/* A connection to store that is bound to this account, to read its mail and to
 * add to it (messages_carry.h): a descriptor. E_NOTFOUND. */
int operator_account(struct operator *op, struct str address, int *fd,
    struct err *err);
/* One as a CHECKER: a descriptor. */
int operator_checker(struct operator *op, int *fd, struct err *err);
/* As configured. */
uint32_t operator_compress(const struct operator *op);
/* Is there an HTTPS listener, and what do policies of our domains say there
 * (enum sts_mode)? As configured. */
bool operator_has_https(const struct operator *op);
uint32_t operator_sts_mode(const struct operator *op);

/* For the `change` field. */
uint64_t operator_change(struct operator *op);
