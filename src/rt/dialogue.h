/*
 * dialogue.h - the session of a line protocol, whichever it is.
 *
 * While commands are there a session runs on a fiber. With none left it sends
 * what it has to say (so a pipelined batch is answered in one write), gives
 * its memory back and parks without a stack. This is that loop, and its ends:
 * the peer left, was silent for too long, or we are stopping. A protocol
 * brings how one command is read and answered, and its limits.
 *
 * A protocol's session has a struct dialogue as a member and finds itself
 * with container_of().
 */
#pragma once
#include "rt/config.h"
#include "rt/stream.h"

struct dialogue;

/* All run on a fiber and may suspend, but for wait_ms. */
struct dialogue_ops {
	/* The first words, written but not flushed. */
	void (*greet)(struct dialogue *d);
	/* Read one command, carry it out, write the answer; flushing is the
	 * loop's business. 0, DIALOGUE_OVER after the last command, or E_*
	 * when there is nobody to answer any more. The deadline is set. */
	int (*command)(struct dialogue *d, struct err *err);
	/* stream_kick() came while it was parked; results as above. NULL:
	 * nobody kicks. */
	int (*kick)(struct dialogue *d, struct err *err);
	/* How long it may be silent: between two commands, and in one. */
	int64_t (*wait_ms)(struct dialogue *d, bool parked);
	/* Give back the memory that no parked session needs. */
	void (*trim)(struct dialogue *d);
	/* The last words to a peer that is still there: E_TIMEOUT is its
	 * fault, E_CANCELED is ours. Written but not flushed. */
	void (*farewell)(struct dialogue *d, int e);
	/* It is over: log it and free the session. The stream is closed. why
	 * is "quit", an E_* by name, or what the system or TLS says. */
	void (*end)(struct dialogue *d, const char *why);
	/* Before that: fibers that work for the session beside its own end,
	 * while the stream is there still. NULL: there are none. */
	void (*leave)(struct dialogue *d);
};
enum { DIALOGUE_OVER = 1 };

struct dialogue {
	const struct dialogue_ops *ops;
	struct loop *loop;
	struct stream *stream;
	struct peer peer;
	enum listen_tls rule;
	char id[13];		/* of the session, for logs and traces */
	struct log_field fields[2];
	struct log_ctx log;	/* says id and peer */
	void (*done)(void *arg);
	void *done_arg;
};

/* Fill in *d, which stays where it is. Owns the stream. */
void dialogue_init(struct dialogue *d, const struct dialogue_ops *ops,
    struct loop *l, struct stream *s, const struct peer *peer);

/* It is somebody else from here on, as a trusted peer says: for logs and all
 * that goes by addresses. */
void dialogue_is_of(struct dialogue *d, const struct peer *peer);

/* Begin: with LISTEN_TLS_FIRST the handshake (unless tls is NULL), then the
 * greeting. To be called on a fiber of its own, as the last thing: when it
 * returns the session has ended or is parked. done(arg) runs once, after
 * end(). */
void dialogue_start(struct dialogue *d, enum listen_tls rule,
    struct tls_ctx *tls, void (*done)(void *arg), void *arg);

/* The handshake, within a minute, and what the log says of it. Nothing that
 * came before survives (RFC 3207 4.2). E_*: the session has to end. */
must_check int dialogue_begin_tls(struct dialogue *d, struct tls_ctx *tls,
    struct err *err);
/* May a password be said now? */
bool dialogue_may_log_in(const struct dialogue *d);
/* May TLS begin now, if there is a certificate? */
bool dialogue_may_start_tls(const struct dialogue *d);

/* The deadline of what is read or written next: ms from now. */
void dialogue_deadline(struct dialogue *d, int64_t ms);

/* stream_line(); what is to be said is sent before the rest of a line is
 * waited for. */
int dialogue_line(struct dialogue *d, size_t max, struct str *line,
    struct err *err);
