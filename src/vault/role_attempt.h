/*
 * role_attempt.h - somebody tries to come in: what the ways to do so share.
 *
 *   role_login.c    by a password that is said
 *   role_scram.c    by a proof
 *   role_bearer.c   by a token of somebody who knows them
 *   role_tickets.c  what stands for it later
 *   role_elsewhere.c  by a password that is proven elsewhere: who is asked, by
 *                   role_ldap.c and role_pam.c
 */
#pragma once
#include "vault/app_password.h"
#include "vault/credential.h"
#include "vault/role_int.h"

struct attempt {
	struct vault_state *v;
	const struct login_ask *ask;
	bool own;		/* for who has signed in already, by: */
	struct str ticket;
	struct credential_answer row;	/* account 0: there is no such user */
	struct credential credential;
	struct proof proof;
	bool right;

	/* What was typed has the form of an app password. */
	bool app_typed;
	struct app_proof app;
	bool by_app;		/* and is one of theirs */
	uint32_t asked;		/* who elsewhere, about this very password:
				 * bits by enum elsewhere */
	const char *why;	/* it is one of theirs, but */

	int64_t until;		/* of a token; 0: it is none */

	struct str network;	/* it comes from; empty: nobody wants to know */
	struct str signature;	/* SCRAM's, for the answer */
};

/* May this worker say that of its people? E_INVALID, E_DENIED. */
int attempt_check_fields(const struct vault_client *c,
    const struct login_ask *ask, struct err *err);
/* Fill in row and credential: of who is named, and of the app password there
 * is the number of. 0, also where there is no such user. */
int attempt_look_up(struct attempt *t, struct work *c, struct err *err);
/* Where from, if that is to be remembered; before attempt_look_up(). */
void attempt_find_network(struct attempt *t, struct arena *a);
/* Were there too many failures? 0, E_BUSY. */
int attempt_check_limits(const struct attempt *t, struct err *err);
/* The app password in row is theirs: is it good for this? by_app, or why. */
void attempt_judge_app(struct attempt *t);
/* One more failure. E_DENIED; guess: as login_limit_failed(). */
int attempt_wrong(struct attempt *t, uint64_t guess, struct err *err);
/* role_foreign.c: a foreign credential, whose password this is, becomes one of
 * ours. 1: what is there now is another, ours or whoever's; row, credential and
 * proof say which, and it has to be proven again. 0: it stays as it is, until
 * the next time. Suspends. */
int attempt_take_over(struct attempt *t, struct work *c, struct err *err);
/* role_elsewhere.c: is it the password of whoever they are there? E_DENIED: it
 * is wrong, and counted; E_PEER: nobody says. */
bool attempt_is_elsewhere(const struct credential_answer *row);
int attempt_prove_elsewhere(struct attempt *t, struct work *c,
    struct err *err);
/* A password was not let in, for rc: what that is for somebody who may be
 * nobody, and not before who is somebody would know. Suspends. */
int attempt_even_out(const struct attempt *t, struct work *c,
    int64_t began_ms, int rc, struct err *err);
/* What stands for a credential that is elsewhere. */
void vault_credential_elsewhere(struct work *c,
    const struct credential_answer *row, struct credential *out);

/* Those who are asked, as the table in role_elsewhere.c has them. */
enum elsewhere { ELSEWHERE_LDAP, ELSEWHERE_PAM, ELSEWHERE_N };
enum proven { PROVEN_NO, PROVEN_YES, PROVEN_AWAY };
struct prover {
	/* Is there one, and how long is what it says good? */
	bool (*is_there)(const struct vault_state *v, uint32_t *remember_s);
	/* Who it is there; empty: nobody. */
	struct str (*who)(const struct credential_answer *row);
	/* Can it be asked about such a password? */
	bool (*takes)(struct str password);
	/* who empty: about nobody, and nothing is said. PROVEN_AWAY: err says
	 * why. */
	enum proven (*ask)(struct work *c, struct str who, struct str password,
	    struct str peer, struct err *err);
	int64_t wrong_ms;	/* as attempt_even_out() has it */
};
extern const struct prover ldap_prover, pam_prover;
/* They are who they say: does that do beside a second factor? */
int attempt_check_factor(struct attempt *t, struct work *c, struct err *err);
/* What is found takes longer than what is not. So who may be nobody is answered
 * at the same moment after they came, which is later than either takes. */
void attempt_wait(const struct work *c, int64_t began_ms);
/* It comes to nothing: for the journal. */
void attempt_refused(const struct attempt *t, int rc, struct err *err,
    struct arena *a);
/* They may come in: open the account, make a ticket, answer; then write down
 * what is to be remembered. */
void attempt_welcome(struct attempt *t, struct work *c);

/* The credential in row, opened. E_IO. */
int vault_open_credential(struct work *c, const struct credential_answer *row,
    struct credential *out, struct err *err);
/* What an app password is proven by, sealed to whose it is and its number.
 * False if there is nothing that opens. */
must_check bool vault_open_app_secrets(struct work *c, struct str address,
    uint64_t number, struct str sealed, struct app_secrets *out);
void vault_seal_app_secrets(struct work *c, struct str address,
    uint64_t number, const struct app_secrets *s, struct buf *sealed);
/* The same of a certificate: its public key, in the arena. */
must_check bool vault_open_app_key(struct work *c, struct str address,
    uint64_t number, struct str sealed, struct str *spki);
void vault_seal_app_key(struct work *c, struct str address, uint64_t number,
    struct str spki, struct buf *sealed);
/* One of the account's that is proven so: its number, 0 if none is. is() says
 * of each in turn, the latest first. */
int attempt_find_app(struct attempt *t, struct work *c,
    bool (*is)(void *arg, const struct app_secrets *s), void *arg,
    uint64_t *number, struct err *err);
/* Is it over? */
bool vault_is_expired(const struct vault_state *v,
    const struct credential_answer *row);
/* SCRAM's keys that are missing, of a password that was typed. On a fiber, when
 * nobody waits any more; password is the caller's to wipe. */
void vault_renew_keys(const struct attempt *t, struct work *c,
    struct str password);

/* A connection of this account, for who was let in to this service. */
int vault_open_account(struct work *c, uint64_t account, uint32_t service,
    int *fd, struct err *err);
int vault_make_ticket(struct work *c, const struct attempt *t,
    struct ticket *ticket, struct err *err);
/* What outlives us, of this ticket. */
void vault_put_token(const struct work *c, const struct ticket *t,
    struct buf *token);
