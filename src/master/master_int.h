/*
 * master_int.h - what the files of the master share.
 */
#pragma once
#include <sys/types.h>

#include "master/master.h"
#include "rt/bans.h"
#include "rt/conn_limits.h"
#include "rt/role.h"

enum { WORKERS_MAX = 8, CHILDREN_MAX = 7 + 2 * WORKERS_MAX,
	SOCKETS_MAX = 64 };

struct master;

/* A place for a role's process, filled again when that process died. */
struct child {
	struct master *m;
	enum role_kind kind;
	uint32_t index;
	char name[16];		/* "mx.0" */
	pid_t pid;		/* 0: none now */
	struct ipc *link;
	bool ready;		/* its sandbox is closed */
	bool proven;		/* and it can serve with what it got */
	bool listening;		/* it has its listening sockets */
	bool renew;		/* stopped only to be started again */
	bool done;		/* it ends because nobody asks it */
	bool sleeps;		/* no process until somebody asks: knock.c */
	char failed[228];	/* why it gave up, in its own words */
	char died[228];		/* of what its last process died */
	int64_t started_ms;
	uint32_t failures;	/* in a row, each soon after its start */
	struct timer again;
};

struct socket_kept {
	enum listen_kind kind;
	enum role_kind role;
	int fd;
	const char *path;	/* in the file system; NULL */
};

/* As rt/tls.h wants them, the newest first. */
struct ticket_keys {
	uint8_t octets[2][80];
};

/* An end of a connection to a role that sleeps. */
struct knock {
	struct watch watch;	/* on it, until there are octets */
	struct child *who, *whom;	/* NULL: free */
};

enum stop_phase { RUNNING, STOP_WORKERS, STOP_VAULT, STOP_STORE, STOPPED };

struct master {
	const struct serve *serve;
	struct clock clock;
	struct log *log;
	struct loop *loop;
	struct arena *memory;	/* of config */
	struct config config;
	struct arena *forever;	/* of what comes next */
	const char *libexec;	/* the folder of the roles */
	int folder;		/* the data folder */
	int lock;
	int limits;		/* memory that mx and front share */
	int bans, bans_seen;	/* rt/bans.h: store's, and everybody else's */
	struct ticket_keys mx_tickets, front_tickets, web_tickets;
	struct timer turn;
	struct cert_files *certs, *trial;	/* see certs.c */
	int terminal;		/* started on one; -1 */
	struct socket_kept sockets[SOCKETS_MAX];
	size_t nsockets;
	struct child children[CHILDREN_MAX];
	size_t nchildren;
	struct knock knocks[WORKERS_MAX + 2];	/* mx, relay, vault */
	struct watch signals;
	struct watch status;
	struct timer deadline;
	enum stop_phase phase;
	bool was_ready;
	bool told;
	int64_t started_ms;
	uint32_t waited_ms;	/* for what another one still has */
	int code;
};

/* folder.c: the data folder, made and locked; each role's own folder in it,
 * given to its uid when we are root; and "submit", the only one that others on
 * this machine may look into. */
int folder_open(struct master *m, struct err *err);
uint32_t role_uid(const struct master *m, enum role_kind kind);

/* sockets.c: all of the configuration's, and those in the data folder. */
int sockets_open(struct master *m, struct err *err);
void sockets_close(struct master *m);

/* path_socket.c: a socket that listens there, or E_*; E_BUSY: somebody else
 * does. And away with it. */
int path_socket_open(const char *path, struct err *err);
void path_socket_remove(const char *path);
/* A connection to one that others listen at, or E_IO. Waits for nothing. */
int path_socket_dial(const char *path, struct err *err);

/* status.c: what postern status is told, where there is a socket for it. */
int status_open(struct master *m, struct err *err);
void status_close(struct master *m);

/* certs.c: the files of certificates, for vault. */
struct cert_files;
int certs_open(struct master *m, struct err *err);
void certs_free(struct cert_files *f); /* NULL is fine */
void certs_begin(struct child *vault);	/* before it is told to start */
void certs_reload(struct master *m);	/* config is the new one */
void certs_try(struct child *c);	/* maybe a vault, maybe it should */
void certs_judged(struct child *vault, uint64_t set, struct str error);
void certs_vault_died(struct master *m);

/* tickets.c: keys under which TLS sessions are resumed. */
void tickets_begin(struct master *m);
void tickets_send(struct child *c);	/* if it wants some */

/* knock.c: roles that are started when somebody asks them. */
bool knock_starts(enum role_kind kind);
/* who has the other end of fd, which is ours. */
int knock_keep(struct child *who, struct child *whom, int fd,
    struct err *err);
/* That end, for whom it was kept and who runs by now; -1: none. */
int knock_take(struct child *who, struct child *whom);
void knocks_forget(struct master *m, const struct child *who); /* NULL: all */

/* child.c */
int child_start(struct child *c, struct err *err);
void child_send(struct child *c, enum role_message what, const void *m,
    int fd);
void child_config(struct child *c);	/* the present one, by RELOAD */
void child_kill(struct child *c);

/* supervise.c */
void supervise_start(struct master *m);
void supervise_ready(struct child *c, struct str missing);
void supervise_proven(struct child *c);
void supervise_wake(struct child *c);	/* somebody asks it */
/* Has it anything to do, by the configuration? A reload asks again. */
bool child_is_wanted(const struct child *c);
void supervise_died(struct child *c, int status);
void supervise_reload(struct master *m);
/* Give up (code 1, text is told) or end in good order (code 0). */
void supervise_stop(struct master *m, int code, const char *text);
/* Everything at once: asked to stop a second time. */
void supervise_kill(struct master *m);
void master_tell(struct master *m, char what, const char *text);
