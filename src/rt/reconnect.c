#include "rt/reconnect.h"

enum { RETRY_MS = 50 };

struct reconnect_wait {
	struct list_link link;
	struct loop *loop;
	struct fiber *fiber;
	struct stop_hook stop;
};

/* The connection ---------------------------------------------------------- */

void
reconnect_init(struct reconnect *n, struct loop *l,
    const struct reconnect_kind *kind)
{
	*n = (struct reconnect){ .loop = l, .kind = kind };
}

static void
wake_waiting(struct reconnect *n)
{
	list_each(struct reconnect_wait, w, &n->waiting, link)
		fiber_wake(n->loop, w->fiber);
}

void
reconnect_close(struct reconnect *n)
{
	struct ipc *old = n->ipc;

	n->ipc = NULL;
	n->closed = true;
	if (old)
		ipc_close(old);
	wake_waiting(n);
}

void
reconnect_on_notice(void *owner, struct ipc_req *req)
{
	struct reconnect *n = owner;

	n->kind->notice(n, req);
}

void
reconnect_on_gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct reconnect *n = owner;

	if (n->ipc == ipc)
		n->ipc = NULL;
	ipc_close(ipc);
	n->generation++;
	if (n->kind->lost)
		n->kind->lost(n);
}

static void
use_connection(struct reconnect *n, int fd)
{
	struct ipc_options o = { .service = &n->kind->service, .owner = n,
		.authority = n->kind->authority, .window = n->kind->window };
	struct ipc *old = n->ipc;

	if (n->closed) {
		(void)close(fd);
		return;
	}
	n->ipc = NULL;
	if (old)
		ipc_close(old);
	n->ipc = ipc_open(n->loop, fd, &o, NULL);
	wake_waiting(n);
}

void
reconnect_replace(struct reconnect *n, int fd)
{
	n->generation++;
	use_connection(n, fd);
}

bool
reconnect_up(const struct reconnect *n)
{
	return n->ipc && ipc_alive(n->ipc);
}

uint64_t
reconnect_generation(const struct reconnect *n)
{
	return n->generation;
}

/* Until there is one ------------------------------------------------------ */

static void
on_stop_waiting(struct stop_hook *h)
{
	struct reconnect_wait *w = container_of(h, struct reconnect_wait,
	    stop);

	fiber_wake(w->loop, w->fiber);
}

/* Who is about to stop gets no new connection: nobody is started any more. */
static int
wait_for_connection(struct reconnect *n, int64_t until_ms, struct err *err)
{
	struct reconnect_wait me = { .loop = n->loop,
		.fiber = fiber_self(n->loop) };
	int rc;

	if (loop_stopping(n->loop))
		return err_set(err, E_PEER, "no connection to %s came before "
		    "the server was stopped", n->kind->name);
	list_append(&n->waiting, &me.link);
	loop_on_stop(n->loop, &me.stop, on_stop_waiting);
	rc = fiber_wait(n->loop, until_ms);
	loop_off_stop(&me.stop);
	list_unlink(&me.link);
	if (rc == E_TIMEOUT)
		return err_set(err, E_PEER, "no connection to %s",
		    n->kind->name);
	return rc < 0 ? err_set(err, rc, "%s", err_name(rc)) : 0;
}

static int
try_to_open(struct reconnect *n, int64_t until_ms, struct err *err)
{
	int64_t soon = loop_now_ms(n->loop) + RETRY_MS;
	int fd = n->kind->open(n, err);

	if (fd >= 0) {
		use_connection(n, fd);
		return 0;
	}
	if (fd == E_DENIED || fd == E_NOTFOUND || fd == E_CANCELED)
		return fd;
	if (loop_now_ms(n->loop) >= until_ms)
		return fd == E_TIMEOUT ? E_PEER : fd;
	return fiber_sleep(n->loop, soon);
}

/* One fiber opens a new connection, the others wait for what it gets; when it
 * gives up, the one that has waited longest is next. */
static int
open_connection(struct reconnect *n, int64_t until_ms, struct err *err)
{
	int rc = 0;

	n->opening = true;
	while (rc == 0 && !n->closed && !reconnect_up(n))
		rc = try_to_open(n, until_ms, err);
	n->opening = false;
	if (rc < 0)
		wake_waiting(n);
	return rc;
}

static int
need_connection(struct reconnect *n, int64_t until_ms, struct err *err)
{
	int rc = 0;

	while (rc == 0 && !n->closed && !reconnect_up(n))
		rc = n->kind->open && !n->opening ?
		    open_connection(n, until_ms, err) :
		    wait_for_connection(n, until_ms, err);
	if (rc == 0 && n->closed)
		return err_set(err, E_PEER, "%s is closed", n->kind->name);
	return rc;
}

/* Calls ------------------------------------------------------------------- */

/* A call as it was asked for. */
struct asked {
	const struct ipc_call *call;
	const void *ask;
	int fd_in;
	void *answer;
	struct arena *a;
	int *fd_out;
	int64_t until_ms;
};

/* *lost: it may have been heard or not. The other end may also say E_PEER of
 * what is behind it. */
static int
call_and_see(struct reconnect *n, const struct asked *x, bool *lost,
    struct err *err)
{
	int rc = need_connection(n, x->until_ms, err);
	struct ipc *ipc;

	*lost = false;
	if (rc < 0)
		return rc;
	ipc = ipc_ref(n->ipc);
	rc = ipc_call(ipc, x->call, x->ask, x->fd_in, x->answer, x->a,
	    x->fd_out, x->until_ms, err);
	*lost = rc == E_PEER && !ipc_alive(ipc);
	ipc_unref(ipc);
	return rc;
}

static int
call_until_heard(struct reconnect *n, const struct asked *x, struct err *err)
{
	bool lost;
	int rc;

	do
		rc = call_and_see(n, x, &lost, err);
	while (lost);
	return rc;
}

int
reconnect_call(struct reconnect *n, const struct ipc_call *call,
    const void *ask, void *answer, struct arena *a, int *fd_out,
    int64_t until_ms, struct err *err)
{
	return call_until_heard(n, &(struct asked){ call, ask, -1, answer, a,
	    fd_out, until_ms }, err);
}

int
reconnect_call_with(struct reconnect *n, const struct ipc_call *call,
    const void *ask, int fd_in, void *answer, struct arena *a,
    int64_t until_ms, struct err *err)
{
	return call_until_heard(n, &(struct asked){ call, ask, fd_in, answer,
	    a, NULL, until_ms }, err);
}

int
reconnect_call_once(struct reconnect *n, const struct ipc_call *call,
    const void *ask, void *answer, struct arena *a, int *fd_out,
    int64_t until_ms, struct err *err)
{
	bool lost;

	return call_and_see(n, &(struct asked){ call, ask, -1, answer, a,
	    fd_out, until_ms }, &lost, err);
}

void
reconnect_notify(struct reconnect *n, const struct ipc_call *call,
    const void *ask)
{
	if (reconnect_up(n))
		ipc_notify(n->ipc, call, ask, -1);
}
