/*
 * redteam.h - hostile code in a role: it has the role's sandbox, peers and
 * rights, and tries what it should not be able to do. Test build only.
 */
#pragma once
#include "rt/role.h"

/* The same kind, preparation and sandbox; everything inside it is ours. */
const struct role_ops *redteam_ops(const struct role_ops *real);

enum { PEERS_MAX = 32 };

struct peer_held {
	enum role_kind kind;
	uint32_t index;
	int fd;			/* for frames of our own making */
	struct ipc *ipc;
};

struct attack {
	struct role *role;
	const struct role_ops *real;
	struct peer_held peers[PEERS_MAX];
	size_t npeers;
	struct arena *memory;
	bool begun;
	unsigned lies, texts, refusals;	/* told to relay */
};

/* One line in the log: what was tried, and how it was refused; or that it
 * was not. */
void attempt(struct attack *a, const char *what, bool refused,
    const char *how);
void attempt_rc(struct attack *a, const char *what, int rc,
    const struct err *err);

/* system.c: the kernel's sandbox. folder is the server's data folder. */
void attack_system(struct attack *a, const char *folder);

/* calls.c and reach.c: the other roles. */
void attack_mx(struct attack *a);
void attack_front(struct attack *a);
void attack_handover(struct attack *a);	/* handover.c */
void attack_vault(struct attack *a);
void attack_store(struct attack *a);
void attack_relay(struct attack *a);
void attack_resolver(struct attack *a);
void attack_errand(struct attack *a);
void attack_ldap(struct attack *a);	/* ldap.c */
void attack_pam(struct attack *a);	/* pam.c */

/* lies.c: relay's asks are answered, when store or resolver is hostile. */
void lies_options(struct attack *a, enum role_kind kind,
    struct ipc_options *o);
/* Until enough lies were told. */
void lies_wait(struct attack *a, const char *what);

/* frames.c: what does not fit. The peer's own connection is given up first;
 * both report whether we were thrown out, and end it. */
void attack_garbage(struct attack *a, struct peer_held *p, const char *what);
void attack_flood(struct attack *a, struct peer_held *p,
    const struct ipc_call *call, const void *ask, const char *what);
