/*
 * reconnect.h - the connection to a role that may be replaced: calls wait for
 * a new one and are asked again, until their deadline, in the order in which
 * they were asked.
 *
 * Somebody hands over the new connection (reconnect_replace()), or it is
 * opened by whoever next wants it.
 */
#pragma once
#include "base/list.h"
#include "rt/ipc.h"

struct reconnect;

/* One constant for each kind of connection. */
struct reconnect_kind {
	const char *name;	/* for error texts: "store" */
	uint32_t window;	/* as in ipc.h */
	/* What the other end may tell us, and its authority; else it may only
	 * answer. */
	struct ipc_service service;	/* RECONNECT_SERVICE() */
	uint32_t authority;
	void (*notice)(struct reconnect *n, struct ipc_req *req);
	/* Open a new connection: a descriptor or E_*; on the fiber that wants
	 * it, one at a time. E_DENIED and E_NOTFOUND are final, after others
	 * it is called again. NULL: somebody will replace it. */
	int (*open)(struct reconnect *n, struct err *err);
	/* The connection was lost; runs on the loop's own stack. May be
	 * NULL. */
	void (*lost)(struct reconnect *n);
};
#define RECONNECT_SERVICE(calls, n) \
	{ (calls), (n), reconnect_on_notice, reconnect_on_gone }
void reconnect_on_notice(void *owner, struct ipc_req *req);
void reconnect_on_gone(void *owner, struct ipc *ipc, const char *why);

/* A member of whatever owns it, which finds itself with container_of(). */
struct reconnect {
	struct loop *loop;
	const struct reconnect_kind *kind;
	struct ipc *ipc;	/* NULL: there is none now */
	uint64_t generation;
	struct list sent, unsent;	/* calls: reconnect.c */
	bool closed, opening;
};

void reconnect_init(struct reconnect *n, struct loop *l,
    const struct reconnect_kind *kind);
/* No connection any more: calls under way and later ones fail with E_PEER.
 * *n may go when no call is under way. */
void reconnect_close(struct reconnect *n);

/* Owns fd. The connection before it is closed. */
void reconnect_replace(struct reconnect *n, int fd);
bool reconnect_up(const struct reconnect *n);
/* Another number once a connection was lost or replaced: what was bound to
 * it has gone. */
uint64_t reconnect_generation(const struct reconnect *n);

/* As ipc_call(), for calls that may be asked twice; E_PEER when the deadline
 * passed without a connection. */
int reconnect_call(struct reconnect *n, const struct ipc_call *call,
    const void *ask, void *answer, struct arena *a, int *fd_out,
    int64_t until_ms, struct err *err);
/* The same with a descriptor, of which a duplicate goes with each ask. */
int reconnect_call_with(struct reconnect *n, const struct ipc_call *call,
    const void *ask, int fd_in, void *answer, struct arena *a,
    int64_t until_ms, struct err *err);
/* The same, asked once: E_PEER also when the connection was lost. */
int reconnect_call_once(struct reconnect *n, const struct ipc_call *call,
    const void *ask, void *answer, struct arena *a, int *fd_out,
    int64_t until_ms, struct err *err);
/* May be lost. */
void reconnect_notify(struct reconnect *n, const struct ipc_call *call,
    const void *ask);
