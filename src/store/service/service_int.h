/*
 * service_int.h - what service.c, calls.c and threads.c share.
 */
#pragma once
#include <pthread.h>

#include "base/map.h"
#include "store/service/service.h"
#include "store/service/sweeper.h"

enum {
	HANDLES_MX = 32768,	/* many sessions share the connection */
	HANDLES_ACCOUNT = 4096,
	WATCHES_MAX = 8,	/* of one connection */
	RCPTS_MAX = 2000,
	READERS_MAX = 8,
};

struct handle {
	uint64_t id;		/* 0: none */
	struct recipient who;
	char *text;		/* its address and orcpt */
};

struct watcher {
	struct watcher *next;	/* of the same mailbox */
	struct conn *conn;
	uint64_t account, mailbox;	/* where it is */
	uint64_t number;		/* as who watches knows it */
	uint32_t id;
};

struct conn {
	struct service *service;
	struct ipc *ipc;
	int refs;		/* atomic: the service, and each job */
	struct conn *next, **link;
	struct caller caller;
	struct handle *handles;	/* a ring: slot = id & (nhandles - 1) */
	size_t nhandles, next_handle;
	struct watcher watches[WATCHES_MAX];
	struct list leases;	/* of relay: what it has of the queue */
	bool flushing;		/* the writer's, while it answers */
	bool ended;		/* the loop sets it; atomic */
};

/* An ask on its way through a thread; no req: forget the connection, or (no
 * conn either) a report of store's own. */
struct job {
	struct job *next;
	struct conn *conn;
	struct ipc_req *req;
	bool patient;		/* nobody's 250 waits for it: see threads.c */
	int64_t added_us;
	struct write write;
	struct recipient *rcpts;
	struct leased *leased;	/* of report and bounce */
	uint64_t message;	/* of queue_content; 0: none */
	uint32_t wait_s;	/* of weigh: door_weigh() */
	uint64_t revocations;	/* of the service, when it was asked */
	/* A call of the loop that had to look at SQL: on a reader's thread,
	 * and then on the loop again. */
	int (*look)(struct reader *r, struct job *j);
	void (*then)(struct job *j);
	struct report_ask own;
	struct ban_auto_ask own_ban;	/* its network is own_octets */
	char own_octets[16];
};

/* What the writer posts to the loop may come when the service has gone. */
struct news_box {
	struct service *service;	/* NULL: gone */
	int refs;			/* atomic */
};

struct jobs {
	struct service *service;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job *first, **last;
	size_t n, hurried;	/* all, and those that are not patient */
	int64_t since_us;	/* the first came */
	bool stop;
};

struct service {
	struct service_options o;
	struct reader *look;	/* the loop's own */
	struct conn *conns;
	struct map watchers;	/* (account, mailbox) -> struct watcher */
	uint32_t nwatchers;	/* atomic */
	struct jobs writes, reads;
	pthread_t writer, reader[READERS_MAX];
	struct reader *readers[READERS_MAX];
	int nreaders, reading;	/* open; their threads */
	uint64_t reading_of[READERS_MAX]; /* accounts; the lock of reads */
	bool writing;
	struct dispatch *dispatch;	/* the queue */
	struct door *door;
	struct door_settings door_settings;
	struct job **job;	/* the writer's: of the present batch */
	struct write **write;
	int64_t next_ms;	/* when it cleans up */
	struct timer here;	/* instead of threads */
	struct news_box *box;
	uint64_t nconns;	/* since the start */
	struct caller own;	/* whose reports are store's own */
	int nlocal;		/* connections of local programs */
	uint64_t revocations;	/* of accounts, so far */
	struct sweeper *sweeper;	/* NULL: without threads */
};

struct conn *conn_ref(struct conn *c);
void conn_unref(struct conn *c);	/* any thread */
void conn_end(struct conn *c);		/* the loop's */

/* calls.c: on the loop. */
typedef void call_on_loop(struct conn *c, struct ipc_req *req);
#define DECLARE_HERE_RUN_LOOP(name) call_on_loop call_##name;
#define DECLARE_HERE_RUN_WRITER(name)
#define DECLARE_HERE_RUN_READER(name)
#define C(name, answer, who, run, effects, reach) DECLARE_HERE_##run(name)
#define N(name, who) DECLARE_HERE_RUN_LOOP(name)
STORE_CALLS(C)
STORE_NOTICES(N)
#undef C
#undef N
extern call_on_loop *const service_loop_calls[STORE_NCALLS];
/* Turn a submit's handles into recipients; they are used up. */
int calls_take_handles(struct conn *c, const struct submit_ask *ask,
    struct recipient **out, size_t *n, struct err *err);
void calls_free_handles(struct conn *c);
void calls_unwatch(struct conn *c);
/* After a commit. */
void calls_tell(struct service *s, const struct mailbox_changed *changed,
    size_t n, struct str names);

/* Readers who are not the owner may have lost a right to it. */
void calls_withdraw(struct service *s, uint64_t account, uint64_t mailbox);

/* threads.c */
void news_box_unref(struct news_box *b);
/* A report by store itself; takes over both. */
void threads_own_report(struct service *s, struct buf *results,
    struct leased *leased, size_t n);
void jobs_add(struct jobs *q, struct job *j);
struct job *job_new(struct conn *c, struct ipc_req *req);
/* `then` answers; the job is freed after it. */
void threads_look(struct conn *c, struct ipc_req *req,
    int (*look)(struct reader *r, struct job *j), void (*then)(struct job *j));
int threads_prepare(struct service *s, struct err *err);	/* readers */
int threads_start(struct service *s, struct err *err);
void threads_stop(struct service *s);
