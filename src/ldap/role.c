/*
 * role.c - postern-ldap: speaks with the directory elsewhere that says who has
 * an account here, and proves their passwords.
 *
 * Privileges: dials TCP, the one port that the configuration names; talks to
 * resolver; accepts on the operator's socket; of store it may have accounts
 * come and go that are marked as the directory's, and no others. Opens nothing,
 * keeps nothing; trusted roots are read before the sandbox closes. Other
 * settings mean another process: a reload is not for us. It runs where the
 * configuration has an ldap block.
 */
#include "ldap/person.h"
#include "ldap/sync.h"
#include "rt/clients.h"
#include "rt/role.h"
#include "rt/roots.h"

enum {
	PROVING_MAX = 32,	/* at a time */
	WAITING_MAX = 64,
	OPERATORS_MAX = 16,
	FIRST_MS = 5000,	/* after the start */
};

struct ldap_role {
	struct role *role;
	struct ldap_server server;
	struct tls_lib *lib;
	struct reconnect store;
	struct clients clients;
	struct client_socket control;
	struct ldap_sync sync;
	bool synching;
	struct timer next;	/* look at all entries */
	struct list waiting;	/* struct proving, in their order */
	size_t nwaiting, nrunning;
};

/* Is it the password? ------------------------------------------------------ */

struct proving {
	struct ldap_role *s;
	struct list_link link;
	struct ipc_req *req;
	int64_t until_ms;
};

static void
answer_proof(struct ipc_req *req, enum ldap_proof proof, struct str why)
{
	struct ldap_prove_answer answer = { proof, str_first(why, 200) };

	ipc_reply(req, &answer, -1);
}

/* What a server answers where a password is wrong, or cannot be right; with
 * anything else it has not looked. */
static enum ldap_proof
proof_of(uint32_t code)
{
	switch (code) {
	case LDAP_SUCCESS:
		return LDAP_YES;
	case LDAP_CONSTRAINT:
	case LDAP_NO_SUCH_OBJECT:
	case LDAP_INVALID_DN:
	case LDAP_INAPPROPRIATE_AUTH:
	case LDAP_INVALID_CREDENTIALS:
	case LDAP_NO_ACCESS:
	case LDAP_UNWILLING:
		return LDAP_NO;
	default:
		return LDAP_AWAY;
	}
}

/* Who is nobody is asked about as well, so that it takes as long; the password
 * that was typed is not said. */
static int
prove(struct proving *p, enum ldap_proof *proof, struct err *err)
{
	const struct ldap_prove_ask *ask = p->req->ask;
	const struct ldap_server *server = &p->s->server;
	struct arena *a = arena_new(8192);
	bool nobody = ask->dn.n == 0;
	struct str dn = nobody ? person_nobody(server->conf.base,
	    loop_random64(server->loop), a) : ask->dn;
	struct str password = nobody ? arena_printf(a, "%016llx",
	    (unsigned long long)loop_random64(server->loop)) : ask->password;
	struct ldap_link *l = NULL;
	uint32_t code = LDAP_INVALID_CREDENTIALS;
	int rc = ldap_link_open(server, &l, p->until_ms, err);

	/* RFC 4513 5.1.2: without a password it would be anybody. */
	if (rc == 0 && password.n > 0)
		rc = ldap_link_bind(l, dn, password, &code, err);
	ldap_link_close(l);
	arena_free(a);
	if (rc < 0)
		return rc;
	*proof = proof_of(code);
	if (nobody && *proof == LDAP_YES)
		*proof = LDAP_NO;
	return 0;
}

static void
do_proving(struct proving *p)
{
	struct ldap_role *s = p->s;
	enum ldap_proof proof = LDAP_AWAY;
	struct err err = { 0 };

	if (loop_stopping(s->role->loop))
		(void)err_set(&err, E_CANCELED, "ldap is ending");
	else if (prove(p, &proof, &err) < 0)
		proof = LDAP_AWAY;
	if (proof == LDAP_AWAY)
		log_event(s->role->log, LOG_WARN, "ldap_away", F_ERR(&err));
	answer_proof(p->req, proof, proof == LDAP_AWAY ? str_c(err.text) :
	    STR_NULL);
	free(p);
}

/* The first one, and then those that wait. */
static void
prove_fiber(void *arg)
{
	struct proving *p = arg;
	struct ldap_role *s = p->s;

	while (p) {
		do_proving(p);
		p = list_pop(struct proving, &s->waiting, link);
		s->nwaiting -= p != NULL;
	}
	s->nrunning--;
}

static void
on_prove(struct ldap_role *s, struct ipc_req *req)
{
	struct proving *p;

	if (s->nwaiting >= WAITING_MAX) {
		answer_proof(req, LDAP_AWAY, STR("too many logins at once"));
		return;
	}
	p = calloc(1, sizeof(*p));
	bug_if(!p);
	*p = (struct proving){ .s = s, .req = req,
		.until_ms = loop_now_ms(s->role->loop) +
		    (int64_t)s->server.conf.timeout_s * 1000 };
	if (s->nrunning >= PROVING_MAX) {
		list_append(&s->waiting, &p->link);
		s->nwaiting++;
		return;
	}
	s->nrunning++;
	(void)fiber_spawn(s->role->loop, "prove", prove_fiber, p);
}

/* All entries -------------------------------------------------------------- */

static void
log_sync(const struct ldap_role *s, const struct ldap_sync_answer *n)
{
	struct log *log = s->role->log;

	if (n->refused > 0)
		log_event(log, LOG_ERROR, "ldap_refused",
		    F_INT("missing", n->refused), F_INT("entries",
			n->entries));
	log_event(log, n->added + n->changed + n->back + n->gone ? LOG_INFO :
	    LOG_DEBUG, "ldap_synced", F_INT("entries", n->entries),
	    F_INT("added", n->added), F_INT("changed", n->changed),
	    F_INT("back", n->back), F_INT("gone", n->gone),
	    F_INT("left_out", n->left_out));
}

static int
run_sync(struct ldap_role *s, bool dry, bool force,
    struct ldap_sync_answer *out, struct buf *rows, struct err *err)
{
	int rc;

	if (s->synching)
		return err_set(err, E_BUSY, "all entries are being looked at "
		    "already");
	s->synching = true;
	rc = ldap_sync_run(&s->sync, dry, force, out, rows, err);
	s->synching = false;
	if (rc == 0 && !dry)
		log_sync(s, out);
	else if (rc < 0 && rc != E_CANCELED)
		log_event(s->role->log, LOG_WARN, "ldap_not_synced",
		    F_ERR(err));
	return rc;
}

static void sync_is_due(struct timer *t);

static void
set_next(struct ldap_role *s, int64_t in_ms)
{
	if (s->server.conf.sync_s > 0 && !loop_stopping(s->role->loop))
		timer_set(s->role->loop, &s->next,
		    loop_now_ms(s->role->loop) + in_ms, sync_is_due);
}

static void
sync_fiber(void *arg)
{
	struct ldap_role *s = arg;
	auto_buf rows = BUF_INIT(LDAP_SYNC_ROWS);
	struct ldap_sync_answer answer = { 0 };
	struct err err = { 0 };

	if (run_sync(s, false, false, &answer, &rows, &err) != E_CANCELED)
		set_next(s, (int64_t)s->server.conf.sync_s * 1000);
}

static void
sync_is_due(struct timer *t)
{
	struct ldap_role *s = container_of(t, struct ldap_role, next);

	(void)fiber_spawn(s->role->loop, "sync", sync_fiber, s);
}

struct asked_sync {
	struct ldap_role *s;
	struct ipc_req *req;
};

static void
asked_fiber(void *arg)
{
	struct asked_sync *k = arg;
	const struct ldap_sync_ask *ask = k->req->ask;
	auto_buf rows = BUF_INIT(LDAP_SYNC_ROWS);
	struct ldap_sync_answer answer = { 0 };
	struct err err = { 0 };
	int rc = run_sync(k->s, ask->dry, ask->force, &answer, &rows, &err);

	if (rc < 0)
		ipc_fail(k->req, rc, err.text);
	else
		ipc_reply(k->req, &answer, -1);
	free(k);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct ldap_role *s = container_of(
	    ((struct ipc_client *)owner)->clients, struct ldap_role, clients);
	struct asked_sync *k;

	if (req->call->index == LDAP_CALL_ldap_prove) {
		on_prove(s, req);
		return;
	}
	k = calloc(1, sizeof(*k));
	bug_if(!k);
	*k = (struct asked_sync){ s, req };
	(void)fiber_spawn(s->role->loop, "sync", asked_fiber, k);
}

/* The role ----------------------------------------------------------------- */

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	static const struct client_rights vault = { .name = "vault",
		.authority = LDAP_AUTH_VAULT, .window = LDAP_WINDOW };
	struct ldap_role *s = r->state;

	if (kind == ROLE_VAULT)
		clients_add(&s->clients, fd, &vault, 0);
	else if (kind == ROLE_STORE)
		reconnect_replace(&s->store, fd);
	else if (kind == ROLE_RESOLVER)
		dns_replace(s->server.dns, fd);
	else
		(void)close(fd);
}

static void
on_operator(struct client_socket *from, int fd, uid_t uid unused_arg)
{
	static const struct client_rights rights = { .name = "operator",
		.authority = LDAP_AUTH_OPERATOR, .window = 4,
		.max = OPERATORS_MAX };
	struct ldap_role *s = container_of(from, struct ldap_role, control);

	clients_add(&s->clients, fd, &rights, 0);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct ldap_role *s = r->state;

	if (kind == LISTEN_LDAP_CONTROL)
		client_socket_open(&s->control, r->loop, fd, true, on_operator);
	else
		(void)close(fd);
}

static int
trust_roots(struct role *r, struct err *err)
{
	struct ldap_role *s = r->state;
	const struct ldap_conf *c = &s->server.conf;
	auto_buf roots = BUF_INIT(ROOTS_MAX);
	struct str file = c->roots.n ? c->roots : r->config.trusted_roots;

	if (c->tls == LDAP_TLS_NONE || c->tls == LDAP_TLS_CLEAR)
		return 0;
	return roots_read(file, &roots, err) < 0 ? err->code :
	    tls_client_trust(s->server.tls, buf_get(&roots), err);
}

static int
prepare(struct role *r, struct err *err)
{
	static const struct clients_kind kind = { .service =
		CLIENTS_SERVICE(ldap_calls, LDAP_NCALLS, on_ask),
		.size = sizeof(struct ipc_client) };
	static const struct reconnect_kind store = { "store", 16,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct ldap_role *s = r->state;

	s->role = r;
	if (!msg_whole(r->config.ldap, &ldap_conf_shape, &s->server.conf))
		return err_set(err, E_INVALID, "there is no ldap block");
	if (!(s->lib = tls_lib_new(err)) ||
	    !(s->server.tls = tls_client_new(s->lib, true, err)) ||
	    trust_roots(r, err) < 0)
		return err->code;
	if (HAVE_ASAN)	/* test builds: see tls.h */
		loop_on_switch(r->loop, tls_no_errors);
	sandbox_port(&r->sandbox, s->server.conf.port);
	s->clients = (struct clients){ .loop = r->loop, .kind = &kind };
	s->server.loop = r->loop;
	s->server.dns = dns_new(r->loop, -1);
	reconnect_init(&s->store, r->loop, &store);
	s->sync = (struct ldap_sync){ .server = &s->server,
		.store = &s->store };
	return 0;
}

static int
sandboxed(struct role *r, struct err *err unused_arg)
{
	set_next(r->state, FIRST_MS);
	return 0;
}

static void
stop_ldap(struct role *r)
{
	struct ldap_role *s = r->state;

	timer_clear(r->loop, &s->next);
	client_socket_close(&s->control);
	loop_cancel_all(r->loop);
}

static void
finish_ldap(struct role *r)
{
	struct ldap_role *s = r->state;

	timer_clear(r->loop, &s->next);
	clients_end(&s->clients);
	reconnect_close(&s->store);
	dns_free(s->server.dns);
	tls_client_unref(s->server.tls);
	tls_lib_unref(s->lib);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_LDAP,
		.state_size = sizeof(struct ldap_role),
		.sandbox = { .may = MAY_CONNECT | MAY_ACCEPT },
		.prepare = prepare,
		.sandboxed = sandboxed,
		.peer = peer,
		.listen = listen_on,
		.stop = stop_ldap,
		.finish = finish_ldap,
	};

	return role_main(&ops);
}
