/*
 * role.c - postern-errand: calls to other servers by HTTPS for those who must
 * not make them.
 *
 * Privileges: dials TCP, one port; talks to resolver. Opens nothing, listens
 * nowhere, owns nothing; trusted roots are read before the sandbox closes.
 * Other settings mean another process: a reload is not for us. It is started by
 * the first ask (master/knock.c), and ends when none has come for a while.
 */
#include "errand/fetch.h"
#include "rt/clients.h"
#include "rt/role.h"
#include "rt/roots.h"

enum {
	AT_ONCE = 8,
	WAITING_MAX = 64,
	ERRAND_MS = 60 * 1000,	/* RFC 8461 3.3: a minute */
	ERRAND_MEMORY = 4 * ERRAND_ANSWER_MEMORY + HOSTS_MEMORY +
	    (int)sizeof(struct hosts),
};

struct errand_role {
	struct role *role;
	struct dns *dns;
	struct fetcher *fetcher;
	struct clients clients;
	struct list waiting;
	size_t nwaiting, nrunning;
	struct timer stay;	/* set while nothing is to be done */
};

struct job {
	struct errand_role *s;
	struct list_link link;
	struct ipc_req *req;
	int64_t until_ms;
	bool waited;		/* it is, or was, in the list */
};

/* When nobody asks -------------------------------------------------------- */

static void
nothing_more(struct timer *t)
{
	struct errand_role *s = container_of(t, struct errand_role, stay);

	role_done(s->role, s->role->config.errand_stay_s);
}

static void
wait_for_asks(struct errand_role *s)
{
	struct loop *l = s->role->loop;

	timer_set(l, &s->stay, loop_now_ms(l) +
	    (int64_t)s->role->config.errand_stay_s * 1000, nothing_more);
}

/* One errand -------------------------------------------------------------- */

static void
refuse(struct ipc_req *req, enum errand_result result, const char *why)
{
	struct errand_answer answer = { .result = result, .why = str_c(why) };

	ipc_reply(req, &answer, -1);
}

/* Is there an address to go to, and who says so? */
static bool
is_there(const struct errand_role *s, const struct hosts *h, struct str *why)
{
	*why = h->why;
	if (h->result != HOSTS_OK)
		return false;
	*why = STR("it has private addresses only");
	for (uint32_t i = 0; i < h->host[0].naddresses; i++)
		if (s->role->config.errand_private ||
		    !host_address_is_private(&h->host[0].address[i]))
			return true;
	return false;
}

static int
run_errand(struct errand_role *s, const struct job *j,
    struct errand_answer *out, struct arena *a)
{
	const struct config *c = &s->role->config;
	struct hosts *h = arena_new_of(a, struct hosts);
	const struct self nobody = { NULL, 0 };
	struct errand_plan plan;
	struct err err = { 0 };
	struct str why = STR_NULL;
	int e;

	if (!errand_compose(j->req->ask, (uint16_t)c->errand_port, a,
	    &plan)) {
		*out = (struct errand_answer){ .result = ERRAND_REFUSED,
			.why = STR("no such errand") };
		return 0;
	}
	e = hosts_find(s->dns, s->role->loop, plan.host, false, &nobody, h, a,
	    j->until_ms, &err);
	if (e == E_CANCELED)
		return e;
	if (e == 0 && is_there(s, h, &why))
		return fetch(s->fetcher, &plan, &h->host[0], out, a,
		    j->until_ms);
	*out = (struct errand_answer){ .result = ERRAND_NO_HOST,
		.why = str_first(e < 0 ? str_dup(a, str_c(err.text)) : why,
		    300) };
	return 0;
}

static void
do_job(struct errand_role *s, struct job *j)
{
	struct arena *a = arena_new(ERRAND_MEMORY);
	struct errand_answer answer = { 0 };

	if (loop_stopping(s->role->loop) || run_errand(s, j, &answer,
	    a) < 0)
		refuse(j->req, ERRAND_BUSY, "errand is ending");
	else
		ipc_reply(j->req, &answer, -1);
	arena_free(a);
	free(j);
}

/* The first one, and then those that wait. */
static void
job_fiber(void *arg)
{
	struct job *j = arg;
	struct errand_role *s = j->s;

	for (; j; j = list_pop(struct job, &s->waiting, link)) {
		s->nwaiting -= j->waited;
		do_job(s, j);
	}
	if (--s->nrunning == 0)
		wait_for_asks(s);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct errand_role *s = container_of(
	    ((struct ipc_client *)owner)->clients, struct errand_role,
	    clients);
	struct loop *l = s->role->loop;
	struct job *j;

	if (s->nwaiting >= WAITING_MAX) {
		refuse(req, ERRAND_BUSY, "too many errands at once");
		return;
	}
	j = calloc(1, sizeof(*j));
	bug_if(!j);
	*j = (struct job){ .s = s, .req = req,
		.until_ms = loop_now_ms(l) + ERRAND_MS,
		.waited = s->nrunning >= AT_ONCE };
	if (j->waited) {
		list_append(&s->waiting, &j->link);
		s->nwaiting++;
		return;
	}
	s->nrunning++;
	timer_clear(l, &s->stay);
	(void)fiber_spawn(l, "errand", job_fiber, j);
}

/* The role ---------------------------------------------------------------- */

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	static const struct client_rights rights = { .name = "relay",
		.authority = ERRAND_AUTH_RELAY, .window = ERRAND_WINDOW };
	struct errand_role *s = r->state;

	if (kind == ROLE_RELAY)
		clients_add(&s->clients, fd, &rights, 0);
	else if (kind == ROLE_RESOLVER)
		dns_replace(s->dns, fd);
	else
		(void)close(fd);
}

/* Without any roots nobody is believed; who names a file wants that one. */
static int
prepare(struct role *r, struct err *err)
{
	static const struct clients_kind kind = { .service =
		CLIENTS_SERVICE(errand_calls, ERRAND_NCALLS, on_ask),
		.size = sizeof(struct ipc_client) };
	struct errand_role *s = r->state;
	auto_buf roots = BUF_INIT(ROOTS_MAX);
	struct fetch_options o = { .loop = r->loop,
		.port = (uint16_t)r->config.errand_port,
		.private = r->config.errand_private };

	if (roots_read(r->config.trusted_roots, &roots, err) < 0) {
		if (r->config.trusted_roots.n > 0)
			return err->code;
		log_event(r->log, LOG_WARN, "roots_missing", F_ERR(err));
	}
	o.roots = buf_get(&roots);
	sandbox_port(&r->sandbox, r->config.errand_port);
	s->role = r;
	s->clients = (struct clients){ .loop = r->loop, .kind = &kind };
	s->dns = dns_new(r->loop, -1);
	wait_for_asks(s);
	s->fetcher = fetcher_new(&o, err);
	return s->fetcher ? 0 : err->code;
}

static void
stop_errand(struct role *r)
{
	loop_cancel_all(r->loop);
}

static void
finish_errand(struct role *r)
{
	struct errand_role *s = r->state;

	timer_clear(r->loop, &s->stay);
	fetcher_free(s->fetcher);
	clients_end(&s->clients);
	dns_free(s->dns);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_ERRAND,
		.state_size = sizeof(struct errand_role),
		.sandbox = { .may = MAY_CONNECT },
		.prepare = prepare,
		.peer = peer,
		.stop = stop_errand,
		.finish = finish_errand,
	};

	return role_main(&ops);
}
