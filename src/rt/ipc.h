/*
 * ipc.h - a connection to another role: calls, answers, notifications.
 *
 * Frames on a stream socket: u32 length of what follows, u16 call, u8 kind
 * (ask, answer, failure, notice), u8 number of descriptors, u64 id, fields.
 * Both ends may call. What an end serves is a table of struct ipc_call: the
 * shape of ask and answer, and which authorities may use it. A frame that
 * does not fit its shape, an unknown call, or more asks outstanding than the
 * window ends the connection; a call the authority may not use is answered
 * E_DENIED. An ask that brings more descriptors than its call takes is answered
 * E_INVALID, and they are closed; descriptors of no frame end the connection.
 */
#pragma once
#include "rt/loop.h"
#include "rt/msg.h"

struct ipc;

/* One row of a service's table. index is its place there. */
struct ipc_call {
	const char *name;
	uint16_t index;
	const struct msg_shape *ask, *answer; /* answer NULL: a notice */
	uint32_t who;	/* bit mask of authorities that may send it */
	uint8_t run;	/* for the service's own use */
	uint8_t fds;	/* descriptors that an ask may bring along */
};

/* An ask that came in. Lives until ipc_reply() or ipc_fail(), which may be
 * called from any thread; notices are dropped with ipc_drop(). */
struct ipc_req {
	struct ipc *ipc;
	const struct ipc_call *call;
	uint64_t id;
	const void *ask;	/* decoded struct; strs live as long as req */
	int fds[4];		/* owned by req; set to -1 what you keep */
	int nfds;
	struct ipc_req *next;	/* free for the owner's queues */
};

struct ipc_service {
	const struct ipc_call *calls;
	size_t ncalls;
	/* Runs on the loop's own stack: answer, queue, or spawn a fiber. */
	void (*ask)(void *owner, struct ipc_req *req);
	/* The other end has gone (or was thrown out: why says so). Answers
	 * to its asks go nowhere from now on. Called once. */
	void (*gone)(void *owner, struct ipc *ipc, const char *why);
};

struct ipc_options {
	const struct ipc_service *service;	/* NULL: serves nothing */
	void *owner;
	uint32_t authority;	/* of the other end: one bit of `who` */
	uint32_t window;	/* asks it may have outstanding; 0 is 64 */
	int64_t idle_ms;	/* it may be silent (or twice that); 0: ever */
};

/* Owns fd (a connected, non-blocking AF_UNIX stream socket). */
struct ipc *ipc_open(struct loop *l, int fd, const struct ipc_options *o,
    struct err *err);
/* Calls in flight fail with E_PEER. The struct goes when the last request
 * and call has. */
void ipc_close(struct ipc *c);
bool ipc_alive(const struct ipc *c);
uint32_t ipc_authority(const struct ipc *c);
struct ipc *ipc_ref(struct ipc *c);	/* thread-safe, as is the other */
void ipc_unref(struct ipc *c);

/* Call and suspend for the answer. *answer (of the call's answer shape) has
 * its strs in the arena. 0, the other end's E_* with its text, E_PEER when
 * the connection went, E_TIMEOUT or E_CANCELED (the answer is then ignored).
 * fd_in (may be -1) goes along and stays the caller's; *fd_out (may be NULL)
 * gets the answer's descriptor, or -1. */
int ipc_call(struct ipc *c, const struct ipc_call *call, const void *ask,
    int fd_in, void *answer, struct arena *a, int *fd_out, int64_t until_ms,
    struct err *err);
/* A notice: nobody answers. Thread-safe. fd as in ipc_call(). */
void ipc_notify(struct ipc *c, const struct ipc_call *call, const void *ask,
    int fd);

/* Thread-safe. The first takes the answer's struct (and a descriptor to send
 * along, or -1; it stays the caller's). Octets leave when the thread calls
 * ipc_flush(), at the latest when the loop next waits. */
void ipc_reply(struct ipc_req *req, const void *answer, int fd);
void ipc_fail(struct ipc_req *req, int code, const char *text);
void ipc_drop(struct ipc_req *req);
void ipc_flush(struct ipc *c);

/* A connected pair of sockets as ipc_open() wants them, close-on-exec. */
int ipc_pair(int fds[2], struct err *err);
