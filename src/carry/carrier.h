/*
 * carrier.h - the process that carries mail: its loop, what it is to do, and
 * its connections to store and to the command that has made it.
 */
#pragma once
#include "carry/messages.h"
#include "mail/account.h"

struct carrier {
	struct loop *loop;
	struct ipc *command;
	struct account account;	/* nobody logged in: only its store is there */
	struct arena *mem;	/* of the whole work */
	struct carrier_begin_answer todo;
	struct carrier_finish_ask done;
	uint64_t max_message;
	int rc;
	struct err err;		/* why it ends early */
};

/* The whole work, on a fiber: 0, or E_* with c->err. */
typedef int carrier_work(struct carrier *c);

/* Be that process: fd is a connection to the command. Ends with it. */
no_return void carrier_run(int fd, carrier_work *work);

/* What is next; *fd is the caller's to close, or -1. Suspends. 0 or E_*. */
int carrier_next(struct carrier *c, struct carrier_next_answer *item, int *fd,
    struct arena *a, struct err *err);
/* See FIELDS_carrier_write_ask. Suspends. 0 or E_*. */
int carrier_write(struct carrier *c, const struct carrier_write_ask *w,
    struct err *err);
void carrier_progress(struct carrier *c, struct str folder);
/* Something that cannot be taken; the work goes on. */
void carrier_problem(struct carrier *c, struct str what, struct str why);
