/*
 * role_world.h - for tests: the whole role and its clients. Store is a few
 * lines, mx and front are real clients, and what they say goes over real socket
 * pairs. The role lives in this process, or, if POSTERN_VAULT names the
 * executable, in one of its own behind its sandbox.
 */
#pragma once
#include "rt/tls_peer.h"
#include "vault/client.h"
#include "vault/role_int.h"
#include "vault/role_process.h"

enum { PEOPLE = 4, SECRETS = 4 };

struct person {
	struct str address;	/* n 0: free */
	struct buf sealed;
	/* One app password, as store keeps it; number 0: none. */
	uint64_t app;
	uint8_t proof[APP_PROOF_LEN];
	uint32_t kind, services;
	int64_t expires, used;
	struct buf app_keys;
	struct buf factor;
	struct str dn;		/* a directory proves it */
	struct str pam;		/* or PAM, of this user */
};

struct secret {
	uint32_t kind;
	struct buf sealed;
};

struct world {
	struct clock clock;
	struct log *log;
	struct loop *loop;
	char folder[40];
	struct role role;
	const char *executable;	/* NULL: in this process */
	struct process process;
	struct vault *front, *other, *mx;
	struct login lasting;	/* of a test that restarts things */
	struct ipc *operator;
	struct ipc *local;	/* over a socket to submit by */

	/* store */
	struct ipc *store;
	struct person people[PEOPLE];
	struct secret secrets[SECRETS];
	int opened, logins, failures, puts, senders, uses;
	int renewals;
	int seen;		/* logins from networks not known */
	bool network_known;
	bool lose_puts;		/* secrets are kept, and nobody hears of it */
	struct ipc *mailbox;	/* store's end of the last one opened */

	void (*fn)(struct world *);
	bool done;
};

/* For cmocka: a world with store up and two people in it. */
int world_up(void **state);
int world_down(void **state);

void store_up(struct world *w);
void store_down(struct world *w);
/* Prepared and sandboxed, without peers; all gone. */
void role_up(struct world *w);
void role_down(struct world *w);
/* A new connection to the role: our end. */
int connect_to(struct world *w, enum role_kind kind);
int connect_worker(struct world *w, enum role_kind kind, uint32_t index);
/* The role and store end, and start anew. */
void restart(struct world *w);
void operator_up(struct world *w);
void local_up(struct world *w);
/* Run fn on a fiber and wait for it. */
void run(struct world *w, void (*fn)(struct world *));
/* On a fiber: this password for this account from now on. */
void seal(struct world *w, const char *address, const char *password);
/* What TLS 1.3 signs; and, on a fiber: so many signatures of it as mx. */
enum { SIGNATURES = 30 };
struct str certificate_verify(struct arena *a);
void sign_tls_many(struct world *w);
