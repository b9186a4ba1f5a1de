#include "admin/carrying.h"

#include <stdio.h>
#include <unistd.h>

#include "admin/child.h"
#include "admin/export_folder.h"
#include "admin/progress.h"
#include "admin/table.h"
#include "carry/import.h"
#include "carry/intake.h"
#include "mime/charset.h"
#include "rt/sandbox.h"

enum { NOBODY = 65534, PROBLEMS_KEPT = 1000, PROBLEMS_MEM = 4 << 20 };

struct carrying {
	struct child child;
	struct clock clock;
	struct loop *loop;
	struct ipc *ipc;
	const struct carrier_begin_answer *todo;
	int account;
	int (*feed)(struct carrying *c, void *arg, struct err *err);
	void *arg;
	struct fiber *feeder;
	struct ipc_req *wanted;	/* a `next` that nobody has answered */
	bool finished, gone, fed;
	struct err failed;	/* of feed */
	struct export_folder *to;	/* NULL: it writes nothing */
	struct carrying_sum sum;
	struct progress progress;
};

/* ---- the process --------------------------------------------------------- */

static void
be_it(int fd, void *arg)
{
	carrier_work *const *work = arg;
	struct buf missing = BUF_INIT(200);
	struct sandbox walls = { .may = MAY_SEEK };
	struct err err = { 0 };

	charset_prepare();
	source_prepare();
	if (import_prepare(&err) < 0 || sandbox_enter(&walls,
	    geteuid() == 0 ? NOBODY : 0, "", &missing, &err) < 0) {
		fprintf(stderr, "postern: %s\n", err.text);
		_exit(1);
	}
	carrier_run(fd, *work);
}

int
carrying_begin(struct carrying **out, carrier_work *work, struct err *err)
{
	struct carrying *c = calloc(1, sizeof(*c));
	int fds[2];

	bug_if(!c);
	if (ipc_pair(fds, err) < 0) {
		free(c);
		return err->code;
	}
	c->account = -1;
	if (child_begin(&c->child, fds, be_it, &work, err) < 0) {
		carrying_end(c);
		return err->code;
	}
	*out = c;
	return 0;
}

void
carrying_end(struct carrying *c)
{
	if (!c)
		return;
	if (c->ipc)
		ipc_close(c->ipc);
	child_end(&c->child);
	if (c->loop)
		loop_free(c->loop);
	vec_free(&c->sum.problems);
	arena_free(c->sum.mem);
	free(c);
}

/* ---- what it asks -------------------------------------------------------- */

static void
on_begin(struct carrying *c, struct ipc_req *req)
{
	if (c->account < 0) {
		ipc_fail(req, E_INVALID, "once");
		return;
	}
	ipc_reply(req, c->todo, c->account);
	(void)close(c->account);
	c->account = -1;
}

static void
on_next(struct carrying *c, struct ipc_req *req)
{
	struct carrier_next_answer none = { .item = ITEM_END };

	if (c->wanted) {
		ipc_fail(req, E_INVALID, "one at a time");
	} else if (c->fed && c->failed.code < 0) {
		ipc_fail(req, c->failed.code, c->failed.text);
	} else if (c->fed) {
		ipc_reply(req, &none, -1);
	} else {
		c->wanted = req;
		fiber_wake(c->loop, c->feeder);
	}
}

static void
on_write(struct carrying *c, struct ipc_req *req)
{
	struct carrier_done done = { 0 };
	struct err err = { 0 };
	int rc = c->to ? export_folder_write(c->to, req->ask, &err) :
	    err_set(&err, E_DENIED, "nothing is to be written");

	if (rc < 0)
		ipc_fail(req, rc, err.text);
	else
		ipc_reply(req, &done, -1);
}

void
carrying_writes_to(struct carrying *c, struct export_folder *to)
{
	c->to = to;
}

static void
on_progress(struct carrying *c, const struct carrier_progress_ask *p)
{
	auto_buf b = BUF_INIT(8192);

	put_plain(&b, p->folder);
	progress_tell(&c->progress, "%llu messages, %llu MB: %.*s",
	    (unsigned long long)p->messages,
	    (unsigned long long)(p->octets >> 20), STR_FMT(str_first(
	    buf_get(&b), 40)));
}

static void
on_problem(struct carrying *c, const struct carrier_problem_ask *p)
{
	struct carrier_problem_ask kept;

	if (c->sum.problems.n >= PROBLEMS_KEPT) {
		c->sum.not_kept++;
		return;
	}
	if (!c->sum.mem)
		c->sum.mem = arena_new(PROBLEMS_MEM);
	kept.what = str_dup(c->sum.mem, p->what);
	kept.why = str_dup(c->sum.mem, p->why);
	vec_push(&c->sum.problems, kept);
}

static void
on_finish(struct carrying *c, struct ipc_req *req)
{
	struct carrier_done done = { 0 };
	const struct carrier_finish_ask *n = req->ask;

	c->sum.n = *n;
	(void)snprintf(c->sum.failed, sizeof(c->sum.failed), "%.*s",
	    STR_FMT(n->failed));
	c->sum.n.failed = str_c(c->sum.failed);
	c->finished = true;
	ipc_reply(req, &done, -1);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct carrying *c = owner;

	switch ((enum carrier_call)req->call->index) {
	case CARRIER_begin:
		on_begin(c, req);
		return;
	case CARRIER_next:
		on_next(c, req);
		return;
	case CARRIER_write:
		on_write(c, req);
		return;
	case CARRIER_finish:
		on_finish(c, req);
		return;
	case CARRIER_progress:
		on_progress(c, req->ask);
		break;
	case CARRIER_problem:
		on_problem(c, req->ask);
		break;
	case CARRIER_NCALLS:
		break;
	}
	ipc_drop(req);
}

static void
on_gone(void *owner, struct ipc *ipc unused_arg, const char *why unused_arg)
{
	struct carrying *c = owner;

	c->gone = true;
	c->ipc = NULL;
	fiber_wake(c->loop, c->feeder);
}

/* ---- and what it is given ------------------------------------------------ */

static int
wait_until_wanted(struct carrying *c, struct err *err)
{
	while (!c->wanted && !c->gone)
		(void)fiber_wait(c->loop, NEVER);
	return c->gone ? err_set(err, E_PEER, "it has ended") : 0;
}

int
carrying_give(struct carrying *c, const struct carrier_next_answer *item,
    int fd, struct err *err)
{
	struct ipc_req *req;
	int rc = wait_until_wanted(c, err);

	if (rc < 0)
		return rc;
	req = c->wanted;
	c->wanted = NULL;
	ipc_reply(req, item, fd);
	return 0;
}

void
carrying_problem(struct carrying *c, struct str what, const char *why)
{
	struct carrier_problem_ask p = { what, str_c(why) };

	on_problem(c, &p);
}

static void
feed_fiber(void *arg)
{
	struct carrying *c = arg;
	struct carrier_next_answer none = { .item = ITEM_END };
	int rc = c->feed(c, c->arg, &c->failed);

	c->failed.code = rc;
	c->fed = true;
	c->feeder = NULL;
	if (!c->wanted || c->gone)
		return;
	if (rc < 0)
		ipc_fail(c->wanted, rc, c->failed.text);
	else
		ipc_reply(c->wanted, &none, -1);
	c->wanted = NULL;
}

/* Why it is not well, if it is not. */
static int
outcome(struct carrying *c, struct err *err)
{
	if (!c->finished)
		return err_set(err, E_PEER, "the process that carries the "
		    "mail has ended; call it again, nothing comes twice");
	if (c->sum.n.failed.n)
		return err_set(err, E_IO, "%s", c->sum.failed);
	return 0;
}

int
carrying_run(struct carrying *c, const struct carrier_begin_answer *todo,
    int account, int (*feed)(struct carrying *c, void *arg, struct err *err),
    void *arg, struct err *err)
{
	static const struct ipc_service service = { carrier_calls,
		CARRIER_NCALLS, on_ask, on_gone };
	struct ipc_options o = { .service = &service, .owner = c,
		.authority = CARRIER_AUTH };

	c->todo = todo;
	c->account = account;
	c->feed = feed;
	c->arg = arg;
	c->clock = clock_real();
	c->loop = loop_new(&c->clock, NULL);
	c->ipc = ipc_open(c->loop, c->child.fd, &o, err);
	c->child.fd = -1;
	if (!c->ipc)
		return err->code;
	progress_begin(&c->progress);
	c->feeder = fiber_spawn(c->loop, "feed", feed_fiber, c);
	while (!c->gone && !(c->finished && c->fed))
		loop_once(c->loop, 1000);
	progress_end(&c->progress);
	c->sum.n.refused = c->sum.problems.n + c->sum.not_kept;
	if (c->account >= 0)
		(void)close(c->account);
	return outcome(c, err);
}

const struct carrying_sum *
carrying_sum(const struct carrying *c)
{
	return &c->sum;
}

void
carrying_print_problems(const struct carrying *c)
{
	auto_buf b = BUF_INIT(1 << 16);

	for (size_t i = 0; i < c->sum.problems.n; i++) {
		const struct carrier_problem_ask *p = &c->sum.problems.p[i];

		buf_reset(&b);
		put_plain(&b, p->what);
		buf_lit(&b, ": ");
		put_plain(&b, p->why);
		fprintf(stderr, "%.*s\n", STR_FMT(buf_get(&b)));
	}
	if (c->sum.not_kept)
		fprintf(stderr, "and %llu more\n",
		    (unsigned long long)c->sum.not_kept);
}

void
carrying_print_json(const struct carrying *c, const char *taken)
{
	const struct carrier_finish_ask *n = &c->sum.n;
	auto_buf b = BUF_INIT(1 << 16);

	printf("\"%s\":%llu,\"octets\":%llu,\"known\":%llu,\"folders\":%u,"
	    "\"passed_over\":%llu,\"problems\":[", taken,
	    (unsigned long long)n->taken, (unsigned long long)n->octets,
	    (unsigned long long)n->known, n->folders,
	    (unsigned long long)n->passed);
	for (size_t i = 0; i < c->sum.problems.n; i++) {
		const struct carrier_problem_ask *p = &c->sum.problems.p[i];

		buf_reset(&b);
		buf_lit(&b, "{\"what\":");
		json_string(&b, p->what);
		buf_lit(&b, ",\"why\":");
		json_string(&b, p->why);
		printf("%s%.*s}", i ? "," : "", STR_FMT(buf_get(&b)));
	}
	printf("]");
}
