/*
 * role.c - postern-errand: calls to other servers for those who must not make
 * them: HTTPS, and scanners.
 *
 * Privileges: dials TCP, one port, and those of the scanners and issuers that
 * the configuration names, and has master dial the socket of a scanner; talks
 * to resolver; reads the messages that are to be shown to them. Opens nothing,
 * listens nowhere, owns nothing; trusted roots are read before the sandbox
 * closes. Other settings mean another process: a reload is not for us. It is
 * started by the first ask (master/knock.c), and ends when none has come for a
 * while.
 */
#include "errand/issuer.h"
#include "errand/issuer_plan.h"
#include "errand/scan.h"
#include "errand/scan_words.h"
#include "rt/clients.h"
#include "rt/json.h"
#include "rt/role.h"
#include "rt/roots.h"

enum {
	AT_ONCE = 8,
	SCANS_AT_ONCE = 16,
	KEYS_AT_ONCE = 4,
	TOKENS_AT_ONCE = 16,
	WAITING_MAX = 64,
	ERRAND_MS = 60 * 1000,	/* RFC 8461 3.3: a minute */
	ERRAND_MEMORY = 4 * ERRAND_ANSWER_MEMORY + HOSTS_MEMORY +
	    (int)sizeof(struct hosts),
	SCAN_MEMORY = 1 << 20,
	ISSUER_MEMORY = 3 * ERRAND_MEMORY + (1 << 18),	/* three fetches */
	ISSUER_MS = 10 * 1000,
};

/* Who does one kind of job, so that none waits for another kind. */
struct crew {
	size_t most;		/* at once */
	struct list waiting;
	size_t nwaiting, nrunning;
};

struct errand_role {
	struct role *role;
	struct dns *dns;
	struct fetcher *fetcher;
	struct scanners scanners;
	struct clients clients;
	struct crew crews[ERRAND_NCALLS];
	struct timer stay;	/* set while nothing is to be done */
};

struct job {
	struct errand_role *s;
	struct crew *crew;
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
refuse(struct ipc_req *req, const char *why)
{
	struct str text = str_c(why);

	switch ((enum errand_call)req->call->index) {
	case ERRAND_CALL_scan:
		ipc_reply(req, &(struct scan_answer){ .result = SCAN_AWAY,
		    .why = text }, -1);
		break;
	case ERRAND_CALL_issuer_keys:
		ipc_reply(req, &(struct issuer_keys_answer){
		    .result = ERRAND_BUSY, .why = text }, -1);
		break;
	case ERRAND_CALL_introspect:
		ipc_reply(req, &(struct introspect_answer){
		    .result = ERRAND_BUSY, .why = text }, -1);
		break;
	case ERRAND_CALL_errand: case ERRAND_NCALLS:
		ipc_reply(req, &(struct errand_answer){
		    .result = ERRAND_BUSY, .why = text }, -1);
		break;
	}
}

static struct way_out
way_out_of(const struct errand_role *s)
{
	return (struct way_out){ s->role->loop, s->dns, s->fetcher,
		&s->role->config };
}

static int
find_text(struct errand_role *s, const struct job *j,
    struct errand_answer *out, struct arena *a)
{
	const struct way_out w = way_out_of(s);
	struct errand_plan plan;

	if (errand_compose(j->req->ask, (uint16_t)w.conf->errand_port, a,
	    &plan))
		return way_out_go(&w, &plan, out, a, j->until_ms);
	*out = (struct errand_answer){ .result = ERRAND_REFUSED,
		.why = STR("no such errand") };
	return 0;
}

/* E_CANCELED, or it is answered. */
static int
run_errand(struct errand_role *s, const struct job *j)
{
	struct arena *a = arena_new(ERRAND_MEMORY);
	struct errand_answer answer = { 0 };
	int e = find_text(s, j, &answer, a);

	if (e == 0)
		ipc_reply(j->req, &answer, -1);
	arena_free(a);
	return e;
}

static int
run_scan(struct errand_role *s, const struct job *j)
{
	struct arena *a = arena_new(SCAN_MEMORY);
	struct scan_answer answer;
	int e = 0;

	if (j->req->nfds == 0)
		scan_is_away(&answer, STR("there is no message"), a);
	else
		e = scan(&s->scanners, j->req->ask, j->req->fds[0], &answer,
		    a, j->until_ms);
	if (e == 0)
		ipc_reply(j->req, &answer, -1);
	arena_free(a);
	return e;
}

/* Who logs in does not wait for longer. */
static int64_t
soon(const struct errand_role *s, const struct job *j)
{
	int64_t until_ms = loop_now_ms(s->role->loop) + ISSUER_MS;

	return until_ms < j->until_ms ? until_ms : j->until_ms;
}

static int
run_keys(struct errand_role *s, const struct job *j)
{
	const struct way_out w = way_out_of(s);
	struct arena *a = arena_new(ISSUER_MEMORY);
	struct issuer_keys_answer answer = { 0 };
	int e = issuer_fetch_keys(&w, j->req->ask, &answer, a, soon(s, j));

	if (e == 0)
		ipc_reply(j->req, &answer, -1);
	arena_free(a);
	return e;
}

static int
run_introspect(struct errand_role *s, const struct job *j)
{
	const struct way_out w = way_out_of(s);
	struct arena *a = arena_new(ISSUER_MEMORY);
	struct introspect_answer answer = { 0 };
	int e = issuer_introspect(&w, j->req->ask, &answer, a, soon(s, j));

	if (e == 0)
		ipc_reply(j->req, &answer, -1);
	arena_free(a);
	return e;
}

static void
do_job(struct errand_role *s, struct job *j)
{
	static int (*const run[ERRAND_NCALLS])(struct errand_role *s,
	    const struct job *j) = {
		[ERRAND_CALL_errand] = run_errand,
		[ERRAND_CALL_scan] = run_scan,
		[ERRAND_CALL_issuer_keys] = run_keys,
		[ERRAND_CALL_introspect] = run_introspect,
	};

	if (loop_stopping(s->role->loop) ||
	    run[j->req->call->index](s, j) < 0)
		refuse(j->req, "errand is ending");
	free(j);
}

static bool
nobody_works(const struct errand_role *s)
{
	for (size_t i = 0; i < ERRAND_NCALLS; i++)
		if (s->crews[i].nrunning > 0)
			return false;
	return true;
}

/* The first one, and then those that wait. */
static void
job_fiber(void *arg)
{
	struct job *j = arg;
	struct errand_role *s = j->s;
	struct crew *crew = j->crew;

	for (; j; j = list_pop(struct job, &crew->waiting, link)) {
		crew->nwaiting -= j->waited;
		do_job(s, j);
	}
	crew->nrunning--;
	if (nobody_works(s))
		wait_for_asks(s);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct errand_role *s = container_of(
	    ((struct ipc_client *)owner)->clients, struct errand_role,
	    clients);
	struct crew *crew = &s->crews[req->call->index];
	struct loop *l = s->role->loop;
	struct job *j;

	if (crew->nwaiting >= WAITING_MAX) {
		refuse(req, "too many errands at once");
		return;
	}
	j = calloc(1, sizeof(*j));
	bug_if(!j);
	*j = (struct job){ .s = s, .crew = crew, .req = req,
		.until_ms = loop_now_ms(l) + ERRAND_MS,
		.waited = crew->nrunning >= crew->most };
	if (j->waited) {
		list_append(&crew->waiting, &j->link);
		crew->nwaiting++;
		return;
	}
	crew->nrunning++;
	timer_clear(l, &s->stay);
	(void)fiber_spawn(l, "errand", job_fiber, j);
}

/* The role ---------------------------------------------------------------- */

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	static const struct client_rights relay = { .name = "relay",
		.authority = ERRAND_AUTH_RELAY, .window = ERRAND_WINDOW };
	static const struct client_rights mx = { .name = "mx",
		.authority = ERRAND_AUTH_MX, .window = ERRAND_WINDOW };
	static const struct client_rights vault = { .name = "vault",
		.authority = ERRAND_AUTH_VAULT, .window = ERRAND_WINDOW };
	struct errand_role *s = r->state;

	if (kind == ROLE_RELAY || kind == ROLE_MX)
		clients_add(&s->clients, fd, kind == ROLE_MX ? &mx : &relay,
		    0);
	else if (kind == ROLE_VAULT)
		clients_add(&s->clients, fd, &vault, 0);
	else if (kind == ROLE_RESOLVER)
		dns_replace(s->dns, fd);
	else
		(void)close(fd);
}

static void
may_reach_port(void *arg, uint16_t port)
{
	sandbox_port(arg, port);
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
		.private = r->config.errand_private };

	if (roots_read(r->config.trusted_roots, &roots, err) < 0) {
		if (r->config.trusted_roots.n > 0)
			return err->code;
		log_event(r->log, LOG_WARN, "roots_missing", F_ERR(err));
	}
	o.roots = buf_get(&roots);
	sandbox_port(&r->sandbox, r->config.errand_port);
	if (r->config.clamav.n > 0 && r->config.clamav_path.n == 0)
		sandbox_port(&r->sandbox, r->config.clamav_port);
	if (r->config.rspamd.n > 0)
		sandbox_port(&r->sandbox, r->config.rspamd_port);
	issuer_ports(r->config.oauth, may_reach_port, &r->sandbox);
	json_prepare();
	s->role = r;
	s->crews[ERRAND_CALL_errand].most = AT_ONCE;
	s->crews[ERRAND_CALL_scan].most = SCANS_AT_ONCE;
	s->crews[ERRAND_CALL_issuer_keys].most = KEYS_AT_ONCE;
	s->crews[ERRAND_CALL_introspect].most = TOKENS_AT_ONCE;
	s->clients = (struct clients){ .loop = r->loop, .kind = &kind };
	s->dns = dns_new(r->loop, -1);
	wait_for_asks(s);
	s->fetcher = fetcher_new(&o, err);
	s->scanners = (struct scanners){ r->loop, r, s->dns, s->fetcher,
		&r->config };
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
		.sandbox = { .may = MAY_CONNECT | MAY_SEEK },
		.prepare = prepare,
		.peer = peer,
		.stop = stop_errand,
		.finish = finish_errand,
	};

	return role_main(&ops);
}
