/*
 * gates.h - the listening sockets of a role that serves the world, and the
 * certificates its sessions begin with.
 *
 * Accepting waits until vault has given certificates. They are fetched again
 * on a reload and when vault was started anew; sessions keep what they began
 * with.
 */
#pragma once
#include "rt/role.h"
#include "rt/stream.h"
#include "vault/client.h"

struct gates;

/* How a connection on one kind of socket begins; runs on a fiber of its own.
 * The session calls gate_left(gate) once, at its end. */
struct gate;
struct gate_kind {
	enum listen_kind kind;
	void (*start)(void *arg, struct gate *gate, struct stream *s,
	    const struct peer *peer, bool tls_first);
	bool tls_first;			/* RFC 8314 */
};
void gate_left(void *gate);

/* serve(arg, tls) makes what sessions begin with from now on; tls is the
 * caller's. It runs on a fiber, before any start(). */
struct gates *gates_new(struct role *r, struct vault *v,
    const struct gate_kind *kinds, size_t nkinds,
    void (*serve)(void *arg, struct tls_ctx *tls), void *arg);
/* Owns fd; a kind that is not among ours is closed. */
void gates_listen(struct gates *g, enum listen_kind kind, int fd);
/* A new connection to vault; owns fd. */
void gates_vault(struct gates *g, int fd);
void gates_reload(struct gates *g);
/* A peer this role cannot work without. If it has thrown us out and lives on,
 * nobody replaces the connection: after 30 s without one the role ends in
 * good order, and master starts it with new connections. Vault is always
 * among them; up(what) says whether there is a connection. */
void gates_need(struct gates *g, const char *name,
    bool (*up)(const void *what), const void *what);
void gates_stop(struct gates *g);	/* accept no more */
void gates_free(struct gates *g);	/* after the loop */
