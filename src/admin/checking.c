#include "admin/checking.h"

#include <stdlib.h>
#include <unistd.h>

#include "admin/child.h"

enum { CHECKING_MS = 120000 };

struct checking {
	struct child child;
	struct clock clock;
	struct loop *loop;
	struct ipc *ipc;
	const struct check_begin_answer *todo;
	int *fds;
	struct arena *a;
	struct check_finish_ask *verdict;
	bool finished, gone;
};

static void
be_it(int fd, void *arg unused_arg)
{
	check_work(fd);
}

int
checking_begin(struct checking **out, struct err *err)
{
	struct checking *c;
	int fds[2];

	if (ipc_pair(fds, err) < 0)
		return err->code;
	c = calloc(1, sizeof(*c));
	bug_if(!c);
	*out = c;
	return child_begin(&c->child, fds, be_it, NULL, err);
}

void
checking_end(struct checking *c)
{
	if (!c)
		return;
	if (c->ipc)
		ipc_close(c->ipc);
	child_end(&c->child);
	if (c->loop)
		loop_free(c->loop);
	free(c);
}

/* Each once. */
static void
give_descriptor(struct checking *c, struct ipc_req *req)
{
	const struct check_descriptor_ask *ask = req->ask;
	struct check_done done = { 0 };

	if (ask->which >= CHECK_NDESCRIPTORS || c->fds[ask->which] < 0) {
		ipc_fail(req, E_INVALID, "no such descriptor");
		return;
	}
	ipc_reply(req, &done, c->fds[ask->which]);
	(void)close(c->fds[ask->which]);
	c->fds[ask->which] = -1;
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct checking *c = owner;
	struct check_done done = { 0 };

	switch ((enum check_call)req->call->index) {
	case CHECK_begin:
		ipc_reply(req, c->todo, -1);
		return;
	case CHECK_descriptor:
		give_descriptor(c, req);
		return;
	case CHECK_finish:
		memcpy(c->verdict, req->ask, sizeof(*c->verdict));
		msg_keep(c->a, &check_finish_ask_shape, c->verdict);
		c->finished = true;
		ipc_reply(req, &done, -1);
		return;
	case CHECK_NCALLS:
		break;
	}
	ipc_drop(req);
}

static void
on_gone(void *owner, struct ipc *ipc unused_arg, const char *why unused_arg)
{
	struct checking *c = owner;

	c->gone = true;
	c->ipc = NULL;
}

int
checking_run(struct checking *c, const struct check_begin_answer *todo,
    int fds[CHECK_NDESCRIPTORS], struct arena *a,
    struct check_finish_ask *verdict, struct err *err)
{
	static const struct ipc_service service = { check_calls, CHECK_NCALLS,
		on_ask, on_gone };
	struct ipc_options o = { .service = &service, .owner = c,
		.authority = CHECK_AUTH };
	int64_t until_ms;

	c->todo = todo;
	c->fds = fds;
	c->a = a;
	c->verdict = verdict;
	c->clock = clock_real();
	c->loop = loop_new(&c->clock, NULL);
	c->ipc = ipc_open(c->loop, c->child.fd, &o, err);
	c->child.fd = -1;
	if (!c->ipc)
		return err->code;
	until_ms = loop_now_ms(c->loop) + CHECKING_MS;
	while (!c->gone && !c->finished && loop_now_ms(c->loop) < until_ms)
		loop_once(c->loop, 1000);
	if (!c->finished)
		return err_set(err, E_PEER, "the process that judges the "
		    "message has ended, or says nothing");
	if (verdict->failed.n > 0)
		return err_set(err, E_IO, "%.*s", STR_FMT(verdict->failed));
	return 0;
}
