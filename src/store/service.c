#include <errno.h>

#include "store/service_int.h"

struct conn *
conn_ref(struct conn *c)
{
	__atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
	return c;
}

void
conn_unref(struct conn *c)
{
	if (__atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	ipc_unref(c->ipc);
	free(c);
}

/* The writer drops what it staged, behind everything it asked for. */
void
conn_end(struct conn *c)
{
	struct job *j = calloc(1, sizeof(*j));

	bug_if(!j);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	calls_unwatch(c);
	calls_free_handles(c);
	ipc_close(c->ipc);
	j->conn = c;
	jobs_add(&c->service->writes, j);
}

static struct job *
job_new(struct conn *c, struct ipc_req *req)
{
	struct job *j = calloc(1, sizeof(*j));

	bug_if(!j);
	j->conn = conn_ref(c);
	j->req = req;
	j->write = (struct write){ .caller = &c->caller,
		.call = (enum store_call)req->call->index, .ask = req->ask };
	return j;
}

static void
queue_write(struct conn *c, struct ipc_req *req)
{
	struct recipient *rcpts = NULL;
	struct err err = { 0 };
	size_t n = 0;
	struct job *j;

	if (req->call->index == STORE_submit &&
	    calls_take_handles(c, req->ask, &rcpts, &n, &err) < 0) {
		ipc_fail(req, err.code, err.text);
		return;
	}
	j = job_new(c, req);
	j->rcpts = rcpts;
	j->write.rcpts = rcpts;
	j->write.nrcpts = n;
	jobs_add(&c->service->writes, j);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct conn *c = owner;

	if (req->call->run == RUN_WRITER)
		queue_write(c, req);
	else if (req->call->run == RUN_READER)
		jobs_add(&c->service->reads, job_new(c, req));
	else
		calls_run(c, req);
}

static void
on_gone(void *owner, struct ipc *ipc, const char *why)
{
	(void)ipc;
	(void)why;
	conn_end(owner);
}

static const struct ipc_service service_calls = { store_calls, STORE_NCALLS,
	on_ask, on_gone };

int
service_connect(struct service *s, int fd, uint32_t authority,
    uint64_t account, uint32_t worker, struct err *err)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct ipc_options o = { .service = &service_calls, .owner = c,
		.authority = authority, .window = authority == AUTH_ACCOUNT
			? STORE_ACCOUNT_WINDOW : STORE_WINDOW };
	struct ipc *ipc;

	bug_if(!c);
	ipc = ipc_open(s->o.loop, fd, &o, err);
	if (!ipc) {
		free(c);
		return E_IO;
	}
	c->service = s;
	c->ipc = ipc_ref(ipc);
	c->refs = 1;
	c->caller = (struct caller){ .authority = authority,
		.account = account, .worker = worker };
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next)
		c->next->link = &c->next;
	s->conns = c;
	return 0;
}

int
service_new(const struct service_options *o, struct service **out,
    struct err *err)
{
	struct service *s = calloc(1, sizeof(*s));
	int rc;

	bug_if(!s);
	s->o = *o;
	if (s->o.readers <= 0 || s->o.readers > READERS_MAX)
		s->o.readers = 2;
	rc = reader_open(o->engine, &s->look, err);
	if (rc == 0)
		rc = threads_start(s, err);
	if (rc < 0)
		service_free(s);
	else
		*out = s;
	return rc;
}

void
service_free(struct service *s)
{
	if (!s)
		return;
	while (s->conns)
		conn_end(s->conns);
	threads_stop(s);
	reader_close(s->look);
	map_free(&s->watchers);
	free(s);
}
