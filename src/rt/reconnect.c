#include "rt/reconnect.h"

enum { RETRY_MS = 50 };

/* A call as it was asked for. Each is a link of n->sent (over the connection
 * there is) or else of n->unsent: both, one behind the other, are all calls in
 * the order in which they were asked, and in which they are sent, again too. */
struct asked {
	const struct ipc_call *call;
	const void *ask;
	int fd_in;
	void *answer;
	struct arena *a;
	int *fd_out;
	int64_t until_ms;

	struct list_link link;
	struct loop *loop;
	struct fiber *fiber;
	struct stop_hook stop;
	bool waits;	/* for a connection, or for its turn */
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
	list_each(struct asked, x, &n->unsent, link)
		if (x->waits)
			fiber_wake(n->loop, x->fiber);
}

static void
wake_first(struct reconnect *n)
{
	struct asked *x = list_first(struct asked, &n->unsent, link);

	if (x && x->waits)
		fiber_wake(n->loop, x->fiber);
}

/* None is sent over the connection that comes. */
static void
send_again(struct reconnect *n)
{
	list_append_all(&n->sent, &n->unsent);
	list_append_all(&n->unsent, &n->sent);
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
	send_again(n);
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
	send_again(n);
	n->ipc = ipc_open(n->loop, fd, &o, NULL);
	wake_first(n);
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
	struct asked *x = container_of(h, struct asked, stop);

	fiber_wake(x->loop, x->fiber);
}

/* Who is about to stop gets no new connection: nobody is started any more. */
static int
wait_for_turn(struct reconnect *n, struct asked *x, struct err *err)
{
	int rc;

	if (loop_stopping(n->loop) && !reconnect_up(n))
		return err_set(err, E_PEER, "no connection to %s came before "
		    "the server was stopped", n->kind->name);
	x->waits = true;
	loop_on_stop(n->loop, &x->stop, on_stop_waiting);
	rc = fiber_wait(n->loop, x->until_ms);
	loop_off_stop(&x->stop);
	x->waits = false;
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

/* And until all that were asked before are sent: who opens it may have come
 * last. */
static int
need_connection(struct reconnect *n, struct asked *x, struct err *err)
{
	int rc = 0;

	while (rc == 0 && !n->closed && !(reconnect_up(n) &&
	    list_first(struct asked, &n->unsent, link) == x))
		rc = n->kind->open && !n->opening && !reconnect_up(n) ?
		    open_connection(n, x->until_ms, err) :
		    wait_for_turn(n, x, err);
	if (rc == 0 && n->closed)
		return err_set(err, E_PEER, "%s is closed", n->kind->name);
	return rc;
}

/* Calls ------------------------------------------------------------------- */

/* *lost: it may have been heard or not. The other end may also say E_PEER of
 * what is behind it. */
static int
call_and_see(struct reconnect *n, struct asked *x, bool *lost,
    struct err *err)
{
	int rc = need_connection(n, x, err);
	struct ipc *ipc;

	*lost = false;
	if (rc < 0)
		return rc;
	list_unlink(&x->link);
	list_append(&n->sent, &x->link);
	wake_first(n);
	ipc = ipc_ref(n->ipc);
	rc = ipc_call(ipc, x->call, x->ask, x->fd_in, x->answer, x->a,
	    x->fd_out, x->until_ms, err);
	*lost = rc == E_PEER && !ipc_alive(ipc);
	ipc_unref(ipc);
	if (*lost)
		send_again(n);
	return rc;
}

static int
call_until_heard(struct reconnect *n, struct asked *x, bool once,
    struct err *err)
{
	bool lost;
	int rc;

	x->loop = n->loop;
	x->fiber = fiber_self(n->loop);
	list_append(&n->unsent, &x->link);
	do
		rc = call_and_see(n, x, &lost, err);
	while (lost && !once);
	list_unlink(&x->link);
	wake_first(n);
	return rc;
}

int
reconnect_call(struct reconnect *n, const struct ipc_call *call,
    const void *ask, void *answer, struct arena *a, int *fd_out,
    int64_t until_ms, struct err *err)
{
	return call_until_heard(n, &(struct asked){ call, ask, -1, answer, a,
	    fd_out, until_ms }, false, err);
}

int
reconnect_call_with(struct reconnect *n, const struct ipc_call *call,
    const void *ask, int fd_in, void *answer, struct arena *a,
    int64_t until_ms, struct err *err)
{
	return call_until_heard(n, &(struct asked){ call, ask, fd_in, answer,
	    a, NULL, until_ms }, false, err);
}

int
reconnect_call_once(struct reconnect *n, const struct ipc_call *call,
    const void *ask, void *answer, struct arena *a, int *fd_out,
    int64_t until_ms, struct err *err)
{
	return call_until_heard(n, &(struct asked){ call, ask, -1, answer, a,
	    fd_out, until_ms }, true, err);
}

void
reconnect_notify(struct reconnect *n, const struct ipc_call *call,
    const void *ask)
{
	if (reconnect_up(n))
		ipc_notify(n->ipc, call, ask, -1);
}
