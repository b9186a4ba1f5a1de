/*
 * ipc_int.h - a connection from the inside: ipc.c (life and calls), ipc_send.c
 * (frames on their way out, from any thread), ipc_receive.c (frames that came
 * in, on the loop's thread).
 */
#pragma once
#include <pthread.h>

#include "base/list.h"
#include "base/vec.h"
#include "rt/ipc.h"

enum { HEAD = 16, FDS_MAX = 4, FDS_QUEUED = 32, WINDOW = 64 };
enum { OUT_MAX = 64 << 20, NOTICE_MAX = 1 << 20 };
enum { FRAME_ASK, FRAME_ANSWER, FRAME_FAILURE, FRAME_NOTICE };

/* A caller that waits; on its fiber's stack. */
struct pending {
	struct fiber *fiber;
	void *answer;
	struct arena *arena;
	int *fd_out;
	struct err *err;
	int rc;
	bool done;
};

/* A call of ours under way. The slot stays taken until the answer comes, also
 * when the caller has gone: the other end counts it. */
struct slot {
	uint64_t id;		/* 0: free */
	const struct ipc_call *call;
	struct pending *pending; /* NULL: nobody waits any more */
};

/* A caller that waits for a slot. */
struct slot_waiter {
	struct list_link link;
	struct fiber *fiber;
};

struct out_fd {
	size_t at; /* index in out of the frame it goes with */
	int fd;
};

struct ipc {
	struct loop *loop;
	struct watch watch;
	struct defer flush;
	struct ipc_options o;
	int refs; /* atomic */

	/* Calls of ours; for the loop's thread only. */
	struct slot *slots;
	uint32_t nslots, nfree;
	uint64_t serial;
	struct list queue;

	/* What came in and is not yet a whole frame. */
	struct buf in;
	int in_fds[FDS_QUEUED];
	int n_in_fds;

	struct timer idle;
	bool heard;		/* since the timer was set */

	bool gone_told;

	pthread_mutex_t mutex; /* for all below */
	bool alive, blocked, posted;
	struct buf out;
	size_t out_at; /* how much of out is sent */
	struct VEC(struct out_fd) out_fds;
	uint32_t asked; /* of the other end's asks, not yet answered */
};

struct frame {
	uint16_t call;
	uint8_t kind, nfds;
	uint64_t id;
	struct str body;
};

static inline void
ipc_lock(struct ipc *c)
{
	(void)pthread_mutex_lock(&c->mutex);
}

static inline void
ipc_unlock(struct ipc *c)
{
	(void)pthread_mutex_unlock(&c->mutex);
}

/* ipc.c: the end of a connection, and why; a call's slot is free again. */
void ipc_die(struct ipc *c, const char *why);
void ipc_free_slot(struct ipc *c, struct slot *s);
void ipc_wake_queue(struct ipc *c);
/* The call under way with this id; NULL if there is none. */
struct slot *ipc_slot(struct ipc *c, uint64_t id);

/* ipc_send.c. With the mutex held: queue a frame (shape NULL: its body as it
 * is) and a descriptor, of which a duplicate goes. */
void ipc_queue(struct ipc *c, struct frame *f, const struct msg_shape *shape,
    const void *v, int fd);
/* On the loop's thread: now; before it next waits. */
void ipc_flush_here(struct ipc *c);
void ipc_flush_later(struct ipc *c);

/* ipc_receive.c: what the loop calls. */
void ipc_on_event(struct watch *w, uint32_t events);
