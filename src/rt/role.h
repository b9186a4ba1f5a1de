/*
 * role.h - what every role's executable does: take its orders from master,
 * prepare, enter the sandbox, serve, end in good order.
 *
 * A role is executed by master with its link to it on descriptor 3 and
 * nothing else open but stderr. main() of a role is one call of role_main().
 *
 *   FILE     a file of the operator's      -> file(), also before START
 *   BANS     memory (bans.h), before START
 *   START    config, name, index, uid      -> prepare(), sandbox, sandboxed()
 *   PEER     a connection to another role  -> peer()
 *   LISTEN   a listening socket            -> listen()
 *   TICKETS  keys for TLS sessions         -> tickets()
 *   RELOAD   a new config                  -> reload()
 *   STOP     a deadline                    -> stop(), then the loop drains
 *
 * and the role answers START with READY when its sandbox is closed, or with
 * FAILED and its reason, and exits. One that proves says PROVEN when it has
 * looked at what it got: nobody is served before that. No thread may run before
 * the sandbox is closed: it holds one thread and those that it starts.
 */
#pragma once
#include "rt/config.h"
#include "rt/ipc.h"
#include "rt/loop.h"
#include "rt/sandbox.h"

enum role_kind {
	ROLE_MASTER,
	ROLE_VAULT,
	ROLE_STORE,
	ROLE_MX,
	ROLE_FRONT,
	ROLE_RESOLVER,
	ROLE_RELAY,
	ROLE_WEB,
	ROLE_ERRAND,
	ROLE_LDAP,
	ROLE_PAM,
	ROLE_KINDS,
	ROLE_OPERATOR = 30,	/* a control connection, not a process */
};
/* "store"; NULL beyond. */
const char *role_name(enum role_kind kind);

struct role {
	struct loop *loop;
	struct log *log;
	struct config config;	/* present one; strs live until the next */
	uint32_t index;		/* which of several workers */
	uint32_t uid;		/* whom the sandbox makes of us; 0: nobody
				 * else */
	int shared;		/* memory of all workers, conn_limits.h, for
				 * prepare(); -1: none, or it was taken */
	int bans;		/* the same: bans.h */
	struct sandbox sandbox;	/* of the ops; prepare() may add ports */
	void *state;		/* of the role */
	struct ipc *master;	/* NULL: in a test */
	int code;		/* to exit with */
};

struct role_file;
struct role_ops {
	enum role_kind kind;
	bool proves;		/* says role_proven() before it serves */
	size_t state_size;	/* zeroed before prepare() */
	struct sandbox sandbox;
	/* With the files still open to us; blocking is fine. */
	int (*prepare)(struct role *r, struct err *err);
	/* The sandbox is closed, nothing from outside has come yet: the place
	 * to open what lives in the folder (with MAY_FILES). As root and with
	 * whole_folder, r->config.data is "/" from here on. May be NULL. */
	int (*sandboxed)(struct role *r, struct err *err);
	/* A connection to another role's (worker's) process: new at the start
	 * and again whenever that process was replaced. Owns fd. */
	void (*peer)(struct role *r, enum role_kind kind, uint32_t index,
	    int fd);
	/* A listening socket to accept from; owns fd. NULL if none. */
	void (*listen)(struct role *r, enum listen_kind kind, int fd);
	/* A file that only master can open; owns fd (-1: the set is empty). Of
	 * the role only loop and log are there before START. NULL if none. */
	void (*file)(struct role *r, const struct role_file *f, int fd);
	/* Keys under which TLS sessions are resumed, of all workers of this
	 * role: at the start and every few hours. NULL if none. */
	void (*tickets)(struct role *r, struct str keys);
	void (*reload)(struct role *r);		/* r->config is the new one */
	void (*stop)(struct role *r);		/* may be NULL */
	void (*finish)(struct role *r);	/* after the loop; may be NULL */
};

/* Does it all; returns the exit code. */
int role_main(const struct role_ops *ops);

/* What came with START (set 0) or a later set of files is good, or error says
 * what is wrong with it and what was before goes on. */
void role_proven(struct role *r, uint64_t set, const char *error);
/* It cannot go on, and says why: the process ends, with exit code 1. */
void role_give_up(struct role *r, const char *why);
/* Nobody has asked anything for so long: it ends, and is no role that died. */
void role_done(struct role *r, uint32_t after_s);

/* A connection to the socket at this path of the configuration, which only
 * master can reach: *fd. Suspends. E_DENIED: it is none of this role's; E_IO:
 * nobody takes it. */
must_check int role_dial(struct role *r, struct str path, int64_t until_ms,
    int *fd, struct err *err);

/* The messages on the link, for master and role.c. */
#define FIELDS_role_start(F, S)              \
	F(S, u32, kind, 0)                   \
	F(S, u32, index, 0)                  \
	F(S, u32, uid, 0)	/* 0: stay who we are */ \
	F(S, str, config, 200000)
#define FIELDS_role_peer(F, S) F(S, u32, kind, 0) F(S, u32, index, 0)
#define FIELDS_role_listen(F, S) F(S, u32, kind, 0)
#define FIELDS_role_reload(F, S) F(S, str, config, 200000)
#define FIELDS_role_stop(F, S) F(S, u32, deadline_ms, 0)
/* One of a set, whose last one has left 0. */
#define FIELDS_role_file(F, S) \
	F(S, u64, set, 0) F(S, u32, left, 0) F(S, str, path, 4000)
#define FIELDS_role_bans(F, S) F(S, u8, nothing, 0)
#define FIELDS_role_tickets(F, S) F(S, str, keys, 400)
#define FIELDS_role_ready(F, S) F(S, str, missing, 1000) F(S, u8, unproven, 0)
#define FIELDS_role_proven(F, S) F(S, u64, set, 0) F(S, str, error, 1000)
#define FIELDS_role_failed(F, S) F(S, str, text, 1000)
#define FIELDS_role_done(F, S) F(S, u32, after_s, 0)
/* By a role, and answered with a descriptor. */
#define FIELDS_role_dial(F, S) F(S, str, path, 1000)
#define FIELDS_role_dialled(F, S) F(S, u8, nothing, 0)
MSG_STRUCT(role_start);
MSG_STRUCT(role_peer);
MSG_STRUCT(role_listen);
MSG_STRUCT(role_reload);
MSG_STRUCT(role_stop);
MSG_STRUCT(role_file);
MSG_STRUCT(role_bans);
MSG_STRUCT(role_tickets);
MSG_STRUCT(role_ready);
MSG_STRUCT(role_proven);
MSG_STRUCT(role_failed);
MSG_STRUCT(role_done);
MSG_STRUCT(role_dial);
MSG_STRUCT(role_dialled);
enum { ROLE_FROM_MASTER = 1, ROLE_FROM_ROLE = 2 };
enum role_message { ROLE_START, ROLE_PEER, ROLE_LISTEN, ROLE_RELOAD, ROLE_STOP,
	ROLE_FILE, ROLE_TICKETS, ROLE_BANS, ROLE_READY, ROLE_PROVEN,
	ROLE_FAILED, ROLE_DONE, ROLE_DIAL, ROLE_MESSAGES };
extern const struct ipc_call role_calls[ROLE_MESSAGES];
