#include "carry/carrier.h"

#include <fcntl.h>
#include <unistd.h>

enum { WAIT_MS = 600000, WORK_MEM = 64 << 20 };

static void
command_gone(void *owner unused_arg, struct ipc *ipc unused_arg,
    const char *why unused_arg)
{
	_exit(1);	/* nobody is there to tell */
}

static int
ask(struct carrier *c, enum carrier_call which, const void *what, void *answer,
    struct arena *a, int *fd, struct err *err)
{
	return ipc_call(c->command, &carrier_calls[which], what, -1, answer, a,
	    fd, loop_now_ms(c->loop) + WAIT_MS, err);
}

int
carrier_next(struct carrier *c, struct carrier_next_answer *item, int *fd,
    struct arena *a, struct err *err)
{
	struct carrier_next_ask next = { 0 };

	*fd = -1;
	return ask(c, CARRIER_next, &next, item, a, fd, err);
}

int
carrier_write(struct carrier *c, const struct carrier_write_ask *w,
    struct err *err)
{
	struct arena *a = arena_new(4096);
	struct carrier_done done;
	int rc = ask(c, CARRIER_write, w, &done, a, NULL, err);

	arena_free(a);
	return rc;
}

void
carrier_progress(struct carrier *c, struct str folder)
{
	struct carrier_progress_ask p = { c->done.taken + c->done.known,
		c->done.octets, str_first(folder, 1000) };

	ipc_notify(c->command, &carrier_calls[CARRIER_progress], &p, -1);
}

void
carrier_problem(struct carrier *c, struct str what, struct str why)
{
	struct carrier_problem_ask p = { str_first(what, 2000),
		str_first(why, 256) };

	c->done.refused++;
	ipc_notify(c->command, &carrier_calls[CARRIER_problem], &p, -1);
}

/* What is to be done, and the account it is done to. */
static int
carrier_begin(struct carrier *c)
{
	struct carrier_begin_ask begin = { 0 };
	struct hello_ask hello = { 0 };
	struct hello_answer who;
	int fd = -1, rc = ask(c, CARRIER_begin, &begin, &c->todo, c->mem, &fd,
	    &c->err);

	if (rc == 0 && fd < 0)
		rc = err_set(&c->err, E_PROTO, "no connection to store");
	if (rc < 0)
		return rc;
	c->account.store = store_new(c->loop, fd, NULL, NULL);
	rc = store_call(c->account.store, STORE_hello, &hello, &who, c->mem,
	    &c->err);
	c->max_message = rc == 0 ? who.max_message : 0;
	return rc;
}

struct running {
	struct carrier *c;
	carrier_work *work;
};

static void
work_fiber(void *arg)
{
	struct running *r = arg;
	struct carrier *c = r->c;
	struct carrier_done done;
	struct err err = { 0 };
	int rc = carrier_begin(c);

	if (rc == 0)
		rc = r->work(c);
	if (rc < 0)
		c->done.failed = str_c(c->err.text);
	rc = ask(c, CARRIER_finish, &c->done, &done, c->mem, NULL, &err);
	_exit(rc < 0);
}

no_return void
carrier_run(int fd, carrier_work *work)
{
	static const struct ipc_service service = { .gone = command_gone };
	struct ipc_options o = { .service = &service };
	struct clock clock = clock_real();
	struct carrier c = { .loop = loop_new(&clock, NULL) };
	struct running r = { &c, work };

	account_init(&c.account, c.loop, NULL);
	c.mem = arena_new(WORK_MEM);
	c.command = ipc_open(c.loop, fd, &o, &c.err);
	if (c.command) {
		(void)fiber_spawn(c.loop, "work", work_fiber, &r);
		loop_run(c.loop);
	}
	_exit(1);
}
