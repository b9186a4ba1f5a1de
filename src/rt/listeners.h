/*
 * listeners.h - the listening sockets of a role that serves the world, and
 * what its sessions begin with (certificates, settings).
 *
 * Accepting waits until the role has that ready. It is made ready again on a
 * reload and when a peer was started anew; sessions keep what they began with.
 */
#pragma once
#include "rt/conn_limits.h"
#include "rt/reconnect.h"
#include "rt/role.h"
#include "rt/stream.h"

struct listeners;

/* One connection, from its first octet to its end. */
struct connection;

/* How a connection on one kind of socket begins; runs on a fiber of its own.
 * The session calls connection_done(from) once, at its end. Where there are too
 * many (conn_limits.h), or their network is banned (bans.h), none begins:
 * refusal and why are said. */
struct listener_kind {
	enum listen_kind kind;
	void (*start)(void *arg, struct connection *from, struct stream *s,
	    const struct peer *peer, enum listen_tls rule);
	enum listen_tls rule;
	const char *refusal;		/* "421 4.7.0 "; NULL: nothing */
	const char *banned;		/* that of who is banned for good */
	/* Is it for another role? Then it has been handed over, or came to
	 * nothing, and whoever asks closes s. May suspend; NULL: never. */
	bool (*elsewhere)(void *arg, struct stream *s, const struct peer *peer);
};
void connection_done(void *connection);

/* The connection of this visit (struct peer's) is somebody else's from here on,
 * as whoever made it says: it is counted as theirs, and not let in where they
 * would not be. Anything but LIMIT_NONE: why says so in words, and it has to
 * end; for_good: as with kind->banned. Logins of it are forgotten. */
must_check enum limit visit_of_other(struct visit *v, const char *address,
    struct buf *why, bool *for_good);
enum { REFUSAL_WORDS_MAX = 300 };

/* A role that serves LISTEN_SMTP counts apart from one that does not. The
 * memory it shares with others is role->shared and role->bans.
 * ready() makes what sessions begin with from now on. It runs on a fiber, may
 * suspend, and is asked again until it returns 0; no start() comes before. */
struct listeners *listeners_new(struct role *r,
    const struct listener_kind *kinds, size_t nkinds,
    int (*ready)(void *arg, struct err *err), void *arg);
/* Owns fd; a kind that is not among ours is closed. */
void listeners_add(struct listeners *ls, enum listen_kind kind, int fd);
/* A connection that another role has accepted and handed over, with what came
 * on it: from here on as one accepted on a socket of this kind, of which there
 * are as many at a time as one of them takes. Owns fd, a socket. E_BUSY: not
 * now; E_NOTFOUND: no kind of ours. */
must_check int listeners_take(struct listeners *ls, enum listen_kind kind,
    int fd, const struct peer *peer, struct str octets, struct err *err);
/* Have ready() run once more: also when it is running now, since it may have
 * asked a peer that has gone. */
void listeners_renew(struct listeners *ls);
/* A peer this role cannot work without. If it has thrown us out and lives on,
 * nobody replaces the connection: after 30 s without one the role ends in
 * good order, and master starts it with new connections. */
void listeners_need(struct listeners *ls, const struct reconnect *peer);
void listeners_stop(struct listeners *ls);	/* accept no more */
void listeners_free(struct listeners *ls);	/* after the loop */
