#include <errno.h>
#include <unistd.h>

#include "store/service/dispatch.h"
#include "store/service/door.h"

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
	__atomic_store_n(&c->ended, true, __ATOMIC_RELAXED);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	calls_unwatch(c);
	calls_free_handles(c);
	dispatch_gone(c);
	c->service->nlocal -= c->caller.authority == AUTH_LOCAL;
	ipc_close(c->ipc);
	j->conn = c;
	jobs_add(&c->service->writes, j);
}

struct job *
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

/* What handles and leases stand for is known here and now, and how often
 * something was asked for. */
static int
resolve(struct conn *c, struct job *j, struct err *err)
{
	const void *ask = j->req->ask;
	struct write *w = &j->write;
	int rc = 0;

	if (w->call == STORE_submit)
		rc = calls_take_handles(c, ask, &j->rcpts, &w->nrcpts, err);
	else if (w->call == STORE_report)
		rc = dispatch_of_report(c, ask, &j->leased, &w->nleased, err);
	else if (w->call == STORE_bounce)
		rc = dispatch_of_bounce(c, ask, &j->leased, &w->nleased);
	else if (w->call == STORE_note_send)
		rc = dispatch_of_note(c, ask, &j->leased, &w->nleased);
	else if (w->call == STORE_queue_edit)
		rc = dispatch_of_edit(c, ((const struct queue_edit_ask *)
		    ask)->message, &j->leased, &w->nleased, err);
	else if (w->call == STORE_queue_expire)
		rc = dispatch_of_edit(c, ((const struct queue_expire_ask *)
		    ask)->message, &j->leased, &w->nleased, err);
	else if (w->call == STORE_etrn)
		rc = door_etrn(c->service->door, ask, err);
	w->rcpts = j->rcpts;
	w->leased = j->leased;
	return rc;
}

static void
queue_write(struct conn *c, struct ipc_req *req)
{
	struct job *j = job_new(c, req);
	struct err err = { 0 };

	if (resolve(c, j, &err) < 0) {
		ipc_fail(req, err.code, err.text);
		conn_unref(c);
		free(j);
		return;
	}
	j->patient = req->call->index == STORE_report;
	jobs_add(&c->service->writes, j);
}

static void
queue_read(struct conn *c, struct ipc_req *req)
{
	const struct queue_content_ask *ask = req->ask;
	struct job *j = job_new(c, req);

	if (req->call->index == STORE_queue_content)
		j->message = dispatch_message(c, ask->lease);
	if (req->call->index == STORE_weigh)
		j->wait_s = door_weigh(c->service->door, req->ask,
		    c->caller.authority == AUTH_MX);
	jobs_add(&c->service->reads, j);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct conn *c = owner;

	if (req->call->run == RUN_WRITER)
		queue_write(c, req);
	else if (req->call->run == RUN_READER)
		queue_read(c, req);
	else
		service_loop_calls[req->call->index](c, req);
}

/* As the log has them. */
static const char *
name_of(uint32_t authority)
{
	switch (authority) {
	case AUTH_MX:
		return "mx";
	case AUTH_ACCOUNT:
		return "account";
	case AUTH_CARRIER:
		return "carrier";
	case AUTH_CHECKER:
		return "checker";
	case AUTH_VAULT:
		return "vault";
	case AUTH_OPERATOR:
		return "operator";
	case AUTH_RELAY:
		return "relay";
	case AUTH_LDAP:
		return "ldap";
	default:
		return "local";
	}
}

static void
on_gone(void *owner, struct ipc *ipc unused_arg, const char *why)
{
	struct conn *c = owner;

	if (!str_eq(str_c(why), STR("closed")))
		log_event(c->service->o.log,
		    str_eq(str_c(why), STR("idle")) ? LOG_INFO : LOG_WARN,
		    "thrown_out",
		    F_STR("who", str_c(name_of(c->caller.authority))),
		    F_INT("index", c->caller.account ? c->caller.account :
			c->caller.worker), F_STR("why", str_c(why)));
	conn_end(c);
}

static const struct ipc_service service_calls = { store_calls, STORE_NCALLS,
	on_ask, on_gone };

static uint32_t
window_of(uint32_t authority)
{
	return authority & (AUTH_BOUND | AUTH_LOCAL) ? STORE_ACCOUNT_WINDOW
						       : STORE_WINDOW;
}

static size_t
locals_of(const struct service *s, uint32_t uid)
{
	size_t n = 0;

	for (const struct conn *c = s->conns; c; c = c->next)
		n += c->caller.authority == AUTH_LOCAL &&
		    c->caller.worker == uid;
	return n;
}

int
service_connect(struct service *s, int fd, uint32_t authority,
    uint64_t account, uint32_t worker, struct err *err)
{
	struct conn *c;
	struct ipc_options o = { .service = &service_calls,
		.authority = authority, .window = window_of(authority) };
	struct ipc *ipc;

	if (authority == AUTH_LOCAL && (s->nlocal >= LOCALS_MAX ||
	    locals_of(s, worker) >= LOCALS_EACH)) {
		(void)close(fd);
		return err_set(err, E_LIMIT, "too many local programs (uid "
		    "%u)", worker);
	}
	if (authority == AUTH_LOCAL)
		o.idle_ms = LOCAL_IDLE_MS;
	o.owner = c = calloc(1, sizeof(*c));
	bug_if(!c);
	ipc = ipc_open(s->o.loop, fd, &o, err);
	if (!ipc) {
		free(c);
		return E_IO;
	}
	c->service = s;
	s->nlocal += authority == AUTH_LOCAL;
	c->ipc = ipc_ref(ipc);
	c->refs = 1;
	c->caller = (struct caller){ .authority = authority,
		.account = account, .worker = worker,
		.connection = ++s->nconns };
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next)
		c->next->link = &c->next;
	s->conns = c;
	return 0;
}

/* By store itself; the network is copied. */
static void
own_ban(struct service *s, const struct ban_auto_ask *ask)
{
	struct job *j = calloc(1, sizeof(*j));

	bug_if(!j || ask->network.n > sizeof(j->own_octets));
	j->own_ban = *ask;
	memcpy(j->own_octets, ask->network.p, ask->network.n);
	j->own_ban.network.p = j->own_octets;
	j->write = (struct write){ .caller = &s->own, .call = STORE_ban_auto,
		.ask = &j->own_ban };
	jobs_add(&s->writes, j);
}

int
service_new(const struct service_options *o, struct service **out,
    struct err *err)
{
	struct service *s = calloc(1, sizeof(*s));
	int rc;

	bug_if(!s);
	s->o = *o;
	s->door = door_new(s, own_ban);
	s->door_settings = o->door;
	bug_if(s->o.readers < 0 || s->o.readers > READERS_MAX);
	s->box = calloc(1, sizeof(*s->box));
	bug_if(!s->box);
	*s->box = (struct news_box){ s, 1 };
	rc = reader_open(o->engine, &s->look, err);
	if (rc == 0)
		rc = threads_prepare(s, err);
	if (rc == 0)
		rc = dispatch_new(s, threads_own_report, &s->dispatch, err);
	if (rc == 0)
		rc = threads_start(s, err);
	if (rc == 0 && o->readers > 0)
		rc = sweeper_start(o->engine, &s->sweeper, err);
	if (rc < 0)
		service_free(s);
	else
		*out = s;
	return rc;
}

void
service_settings(struct service *s, const struct door_settings *door)
{
	s->door_settings = *door;
	dispatch_settings(s->dispatch);
}

void
service_free(struct service *s)
{
	if (!s)
		return;
	while (s->conns)
		conn_end(s->conns);
	sweeper_stop(s->sweeper);
	threads_stop(s);
	dispatch_free(s->dispatch);
	door_free(s->door);
	s->box->service = NULL;
	news_box_unref(s->box);
	reader_close(s->look);
	map_free(&s->watchers);
	free(s);
}
