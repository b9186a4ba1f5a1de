#include "rt/line.h"

struct waiting {
	struct waiting *next;
	struct fiber *fiber;
};

struct line {
	struct loop *loop;
	const char *name;
	uint32_t window;
	struct ipc *ipc;	/* NULL: there is none now */
	uint64_t generation;
	struct waiting *waiting;
};

struct line *
line_new(struct loop *l, const char *name, uint32_t window)
{
	struct line *n = calloc(1, sizeof(*n));

	bug_if(!n);
	n->loop = l;
	n->name = name;
	n->window = window;
	return n;
}

void
line_free(struct line *n)
{
	if (!n)
		return;
	bug_if(n->waiting);
	if (n->ipc)
		ipc_close(n->ipc);
	free(n);
}

static void
gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct line *n = owner;

	if (n->ipc == ipc)
		n->ipc = NULL;
	ipc_close(ipc);
}

void
line_replace(struct line *n, int fd)
{
	/* It serves nothing: the other end may only answer. */
	static const struct ipc_service service = { .gone = gone };
	struct ipc_options o = { .service = &service, .owner = n,
		.window = n->window };
	struct ipc *old = n->ipc;

	n->ipc = NULL;
	if (old)
		ipc_close(old);
	n->ipc = ipc_open(n->loop, fd, &o, NULL);
	n->generation++;
	for (struct waiting *w = n->waiting; w; w = w->next)
		fiber_wake(n->loop, w->fiber);
}

bool
line_up(const struct line *n)
{
	return n->ipc && ipc_alive(n->ipc);
}

uint64_t
line_generation(const struct line *n)
{
	return n->generation;
}

static int
wait_for_it(struct line *n, int64_t until_ms)
{
	struct waiting me = { n->waiting, fiber_self(n->loop) }, **w;
	int rc;

	n->waiting = &me;
	rc = fiber_wait(n->loop, until_ms);
	for (w = &n->waiting; *w != &me; w = &(*w)->next)
		continue;
	*w = me.next;
	return rc;
}

static int
connected(struct line *n, int64_t until_ms, struct err *err)
{
	int rc;

	while (!line_up(n)) {
		rc = wait_for_it(n, until_ms);
		if (rc == E_TIMEOUT)
			return err_set(err, E_PEER, "no connection to %s",
			    n->name);
		if (rc < 0)
			return err_set(err, rc, "%s", err_name(rc));
	}
	return 0;
}

int
line_call(struct line *n, const struct ipc_call *call, const void *ask,
    void *answer, struct arena *a, int *fd_out, int64_t until_ms,
    struct err *err)
{
	struct ipc *ipc;
	int rc;

	do {
		rc = connected(n, until_ms, err);
		if (rc < 0)
			return rc;
		ipc = ipc_ref(n->ipc);
		rc = ipc_call(ipc, call, ask, -1, answer, a, fd_out, until_ms,
		    err);
		/* The other end may also say E_PEER of what is behind it. */
		if (rc == E_PEER && ipc_alive(ipc)) {
			ipc_unref(ipc);
			return rc;
		}
		ipc_unref(ipc);
	} while (rc == E_PEER);
	return rc;
}

void
line_notify(struct line *n, const struct ipc_call *call, const void *ask)
{
	if (line_up(n))
		ipc_notify(n->ipc, call, ask, -1);
}
