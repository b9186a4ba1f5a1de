/*
 * role_int.h - what the files of the vault role share.
 *
 *   role_ops.c    peers and asks: who may say what to whom
 *   role_keys.c   certificates and their keys, and what files hold of them
 *   role_secrets.c  what store keeps sealed: is vault.key the one that opens
 *                 it, our own certificate
 *   role_login.c  people: login; role_bearer.c, role_cram.c, role_elsewhere.c,
 *                 role_external.c, role_foreign.c, role_ldap.c, role_pam.c,
 *                 role_scram.c and role_tickets.c are parts of it
 *                 (role_attempt.h)
 *   role_passwords.c  passwords that are chosen, or made
 *   role_factor.c second factors
 *   role_dkim.c   keys that sign mail, one set for each domain (role_dkim.h)
 */
#pragma once
#include "rt/clients.h"
#include "rt/reconnect.h"
#include "rt/role.h"
#include "rt/tls.h"
#include "store/messages.h"
#include "vault/auth_cache.h"
#include "vault/exchanges.h"
#include "vault/handshakes.h"
#include "vault/issuers.h"
#include "vault/login_limit.h"
#include "vault/messages.h"
#include "vault/seal.h"
#include "vault/tickets.h"

enum {
	KEYS_MAX = 64,
	STORE_WAIT_MS = 20000,	/* shorter than the deadline of the asker */
	HASH_THREADS = 2,	/* 19 MiB each */
	HASH_QUEUE = 64,
	OPERATORS_MAX = 16,
	LOCAL_WINDOW = 4,	/* 128 KB each */
	RESUME_MS = 120000,	/* after our start */
};

/* A certificate: its chain is told, its key stays. */
enum { LEAF_HASH = 32 };
struct tls_key {
	uint32_t number;	/* from the chain's hash: outlives us */
	uint8_t leaf[LEAF_HASH];	/* of the first one's DER */
	char *chain;
	size_t chain_len;
	EVP_PKEY *key;
	char *staple;		/* NULL: none */
	size_t staple_len;
	int64_t staple_until;
};

struct key_set {
	struct tls_key keys[KEYS_MAX];
	size_t n;
};

/* The files of a set as master sends them: chain, key, staple (which is empty
 * where none is given), and the next ones ... */
enum { FILES_OF_ONE = 3 };
struct key_file {
	int fd;
	char *path;
};
struct key_files {
	uint64_t set;
	struct key_file file[FILES_OF_ONE * KEYS_MAX];
	size_t n;
};

struct vault_state {
	struct role *role;
	struct loop *loop;
	struct seal_key seal;
	bool seal_made, seal_proven;	/* at this start */
	struct tls_lib *lib;
	struct reconnect store;
	struct reconnect ldap;	/* where one is configured */
	struct reconnect pam;	/* the same */
	int64_t started_ms;
	struct work_pool *hashers;
	struct auth_cache *auth_cache;
	struct login_limit *login_limit;
	struct clients clients;

	struct key_files files;		/* not all have come */
	struct key_set keys;		/* n 0: not known yet */
	struct key_set before;		/* who shakes hands may have these */
	struct timer forget;
	bool filed;			/* keys are the operator's files */
	bool opening, reopen;		/* role_secrets.c is at it, again */
	uint64_t own_set;		/* files: none, so our own */

	struct vault_dkim *dkim;
	struct issuers *issuers;

	struct client_socket control, submit;	/* submit: local programs */
};

/* Who is connected: an mx, a front, the operator, or a local program. */
struct vault_client {
	struct ipc_client c;
	struct vault_state *v;
	struct tickets *tickets;
	struct exchanges *exchanges;	/* NULL: none yet */
	struct handshakes *handshakes;	/* the same */
};

/* A front: those of mail programs log in there. */
static inline bool
vault_logs_in(const struct vault_client *c)
{
	return c->c.rights->authority == VAULT_AUTH_FRONT;
}

/* An ask on a fiber of its own. */
struct work {
	struct vault_client *client;
	struct ipc_req *req;
	struct arena *a;
	int64_t until_ms;
};

/* Each answers its req. */
void vault_certs(struct work *c);
void vault_tls_sign(struct work *c);
void vault_log_in(struct work *c);
void vault_begin_scram(struct work *c);
void vault_prove_scram(struct work *c);
void vault_take_token(struct work *c);
void vault_take_certificate(struct work *c);
void vault_begin_cram(struct work *c);
void vault_prove_cram(struct work *c);
void vault_reopen(struct work *c);
void vault_seal_password(struct work *c);
void vault_app_password(struct work *c);
void vault_own_password(struct work *c);
void vault_own_app_password(struct work *c);
void vault_own_factor(struct work *c);
void vault_dkim_sign(struct work *c);
void vault_dkim_keys(struct work *c);
void vault_dkim_rotate(struct work *c);
void vault_dkim_due(struct work *c);
void vault_arc_seal(struct work *c);
/* A notice: takes the ticket of a session from before our start. */
void vault_resume(struct vault_client *c, struct str token);

/* A file of the operator's; owns fd. With the last one of a set the keys are
 * those of its files, or what was before goes on and master is told why. */
void vault_take_file(struct role *r, const struct role_file *f, int fd);
/* The keys are those of the files that have come. */
int keys_from_files(struct vault_state *v, struct err *err);
/* Does the key go with the chain? Then it is one more of the set. */
int key_set_add(struct vault_state *v, struct key_set *set, struct str chain,
    struct str key_pem, struct err *err);
void key_set_free(struct key_set *set);	/* what is in it */
/* From now on; what was before is forgotten after a while. Takes them. */
void keys_use(struct vault_state *v, struct key_set *set);
/* Sign with no waiting, if the keys are known: else false. */
bool keys_sign(struct vault_client *c, struct ipc_req *req);
/* Of those that are shown, or were a moment ago; NULL. */
const struct tls_key *keys_find(const struct vault_state *v, uint32_t number);
/* role_external.c: false if there is none. */
must_check bool keys_hash_leaf(struct str chain_pem, uint8_t hash[LEAF_HASH]);
/* The client was given a signature for a handshake. */
void vault_note_handshake(struct vault_client *c,
    const struct tls_sign_ask *ask, struct str signature);
void keys_free(struct vault_state *v);

/* Store is there: see whether vault.key opens what it keeps, or give up; then,
 * without files, get our own certificate, or make one. Spawns. */
void secrets_open(struct vault_state *v);

/* What secrets are sealed as. */
#define KIND_KEY STR("tls-key")
#define KIND_CHAIN STR("tls-chain")
#define KIND_DKIM STR("dkim-key")
#define KIND_CREDENTIAL STR("credential")

/* What a credential is sealed to: the account's address, in lower case. */
struct seal_what credential_what(struct arena *a, struct str address);
/* The salt of SCRAM for all passwords of this account: the one it has, or its
 * first. 0 or why that cannot be said. On a fiber. */
int vault_account_salt(struct work *c, struct str address, uint8_t salt[],
    struct err *err);
/* Is the password theirs, and where they have a second factor, the sign-in
 * too? As a login: limits, and failures in the journal. On a fiber; *row, what
 * it was proven by, lives with the work. E_DENIED, E_BUSY. */
int vault_prove_own(struct work *c, const struct own_words *ask,
    struct credential_answer *row, struct err *err);
/* A failure for the limits, and one for the journal. */
void vault_count_wrong(struct vault_state *v, const struct login_ask *ask,
    const struct credential_answer *row, uint64_t guess);
void vault_journal_wrong(struct work *c, const struct login_ask *ask,
    const struct credential_answer *row, struct err *why);

/* Is the code one of their second factor's? Then it is good no more: it is on
 * the disk. Wrong ones count. E_FACTOR: none was typed; E_DENIED, also where
 * another came in between. */
int vault_prove_code(struct work *c, const struct login_ask *ask,
    const struct credential_answer *row, struct err *err);

/* A secret that store keeps: get and open it (it lives in the arena, where
 * the caller wipes it), seal and put it. */
int secret_get(struct vault_state *v, enum secret_kind kind,
    struct seal_what what, int64_t until_ms, struct arena *a,
    struct str *secret, struct err *err);
int secret_put(struct vault_state *v, enum secret_kind kind,
    struct seal_what what, struct str secret, int64_t until_ms,
    struct err *err);

/* For the changes we ask of store. */
uint64_t vault_change(struct vault_state *v);

/* Begins a thread. */
struct vault_dkim *vault_dkim_new(struct loop *l);
void vault_dkim_free(struct vault_dkim *d); /* NULL is fine */

extern const struct role_ops vault_role_ops;
