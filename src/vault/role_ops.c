#include <sodium.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "vault/role_int.h"

/* Clients ------------------------------------------------------------- */

void
client_unref(struct client *c)
{
	if (--c->refs > 0)
		return;
	tickets_free(c->tickets);
	free(c);
}

static void
client_drop(struct client *c)
{
	struct ipc *ipc = c->ipc;

	c->ipc = NULL;
	if (ipc_authority(ipc) == VAULT_AUTH_OPERATOR)
		c->v->operators--;
	if (ipc_authority(ipc) == VAULT_AUTH_LOCAL)
		c->v->locals--;
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	ipc_close(ipc);
	client_unref(c);
}

static void
on_gone(void *owner, struct ipc *ipc unused_arg, const char *why)
{
	struct client *c = owner;

	if (!str_eq(str_c(why), STR("closed")))
		log_event(c->v->role->log, LOG_WARN, "thrown_out",
		    F_STR("why", str_c(why)));
	client_drop(c);
}

typedef void serve_fn(struct work *c);
static serve_fn *const serves[VAULT_NCALLS] = {
	[VAULT_certs] = vault_certs,
	[VAULT_tls_sign] = vault_tls_sign,
	[VAULT_login] = vault_log_in,
	[VAULT_reopen] = vault_reopen,
	[VAULT_seal_password] = vault_seal_password,
	[VAULT_dkim_sign] = vault_dkim_sign,
	[VAULT_dkim_keys] = vault_dkim_keys,
};

static void
serve(void *arg)
{
	struct work *c = arg;

	serves[c->req->call->index](c);
	arena_free(c->a);
	client_unref(c->client);
	free(c);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct client *client = owner;
	struct vault_state *v = client->v;
	struct work *c;

	if (req->call->index == VAULT_logout) {
		const struct logout_ask *ask = req->ask;

		tickets_remove(client->tickets, ask->ticket);
		ipc_drop(req);
		return;
	}
	if (req->call->index == VAULT_resume) {
		const struct resume_ask *ask = req->ask;

		vault_resume(client, ask->token);
		ipc_drop(req);
		return;
	}
	/* A signature at once, whatever else goes on. */
	if (req->call->index == VAULT_tls_sign && keys_sign(v, req))
		return;
	c = calloc(1, sizeof(*c));
	bug_if(!c);
	client->refs++;
	*c = (struct work){ client, req, arena_new(1 << 18),
		loop_now_ms(v->loop) + STORE_WAIT_MS };
	(void)fiber_spawn(v->loop, req->call->name, serve, c);
}

static bool
client_new(struct vault_state *v, int fd, enum vault_authority authority,
    uint32_t index)
{
	static const struct ipc_service service = { vault_calls, VAULT_NCALLS,
		on_ask, on_gone };
	struct client *c = calloc(1, sizeof(*c));
	struct ipc_options o = { .service = &service, .owner = c,
		.authority = authority,
		.window = authority == VAULT_AUTH_LOCAL ? LOCAL_WINDOW :
		    VAULT_WINDOW };
	struct err err = { 0 };

	bug_if(!c);
	c->v = v;
	c->refs = 1;
	c->index = index;
	c->tickets = tickets_new();
	c->ipc = ipc_open(v->loop, fd, &o, &err);
	if (!c->ipc) {
		log_event(v->role->log, LOG_ERROR, "peer_failed", F_ERR(&err));
		client_unref(c);
		return false;
	}
	c->next = v->clients;
	c->prev = &v->clients;
	if (c->next)
		c->next->prev = &c->next;
	v->clients = c;
	return true;
}

/* Sockets to accept from ------------------------------------------------- */

/* Root, or who runs the server: whoever else got at the file is sent away. */
static bool
is_operator(int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 &&
	    n == sizeof(who) && (who.uid == 0 || who.uid == getuid());
}

static void
on_control(struct watch *w, uint32_t events unused_arg)
{
	struct vault_state *v = container_of(w, struct vault_state, control);
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (v->operators >= OPERATORS_MAX || !is_operator(fd))
		(void)close(fd);
	else if (client_new(v, fd, VAULT_AUTH_OPERATOR, 0))
		v->operators++;
}

/* Local programs: whoever got at the file may submit. */
static void
on_submit(struct watch *w, uint32_t events unused_arg)
{
	struct vault_state *v = container_of(w, struct vault_state, submit);
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (v->locals >= LOCALS_MAX)
		(void)close(fd);
	else if (client_new(v, fd, VAULT_AUTH_LOCAL, 0))
		v->locals++;
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct vault_state *v = r->state;
	bool control = kind == LISTEN_VAULT_CONTROL;
	struct watch *w = control ? &v->control : &v->submit;
	struct err err = { 0 };

	if ((!control && kind != LISTEN_VAULT_SUBMIT) || w->fd >= 0) {
		(void)close(fd);
		return;
	}
	*w = (struct watch){ .fd = fd, .events = EPOLLIN,
		.fn = control ? on_control : on_submit };
	if (loop_watch(r->loop, w, &err) < 0)
		log_event(r->log, LOG_ERROR, "listen_failed", F_ERR(&err));
}

static void
listen_end(struct role *r, struct watch *w)
{
	if (w->fd < 0)
		return;
	loop_unwatch(r->loop, w);
	(void)close(w->fd);
	w->fd = -1;
}

/* The role ------------------------------------------------------------ */

static int
prepare(struct role *r, struct err *err)
{
	static const struct reconnect_kind kind = { "store", STORE_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct vault_state *v = r->state;
	struct arena *a = arena_new(8192);
	int rc;

	v->role = r;
	v->loop = r->loop;
	v->control.fd = v->submit.fd = -1;
	rc = seal_key_open(str_dupz(a, r->config.data), &v->seal, err);
	arena_free(a);
	if (rc < 0)
		return rc;
	v->lib = tls_lib_new(err);
	if (!v->lib)
		return err->code;
	reconnect_init(&v->store, r->loop, &kind);
	return keys_from_files(v, err);
}

/* Threads begin inside the sandbox. */
static int
sandboxed(struct role *r, struct err *err unused_arg)
{
	struct vault_state *v = r->state;
	uint8_t key[AUTH_CACHE_KEY_LEN];

	v->started_ms = loop_now_ms(r->loop);
	v->hashers = work_pool_new(r->loop, HASH_THREADS, HASH_QUEUE);
	loop_random(r->loop, key, sizeof(key));
	v->dkim = vault_dkim_new(r->loop);
	v->auth_cache = auth_cache_new(key);
	loop_random(r->loop, key, sizeof(key));
	v->login_limit = login_limit_new(key);
	sodium_memzero(key, sizeof(key));
	return 0;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	struct vault_state *v = r->state;

	if (kind == ROLE_STORE) {
		reconnect_replace(&v->store, fd);
		keys_from_store(v);
	} else if (kind == ROLE_MX) {
		(void)client_new(v, fd, VAULT_AUTH_MX, index);
	} else if (kind == ROLE_FRONT) {
		(void)client_new(v, fd, VAULT_AUTH_FRONT, index);
	} else {
		(void)close(fd);
	}
}

/* Those who would wait for an answer have stopped before us. */
static void
stop(struct role *r)
{
	struct vault_state *v = r->state;

	listen_end(r, &v->control);
	listen_end(r, &v->submit);
	loop_cancel_all(r->loop);
}

static void
finish(struct role *r)
{
	struct vault_state *v = r->state;

	while (v->clients)
		client_drop(v->clients);
	work_pool_free(v->hashers);
	vault_dkim_free(v->dkim);
	reconnect_close(&v->store);
	keys_free(v);
	tls_lib_unref(v->lib);
	auth_cache_free(v->auth_cache);
	login_limit_free(v->login_limit);
	sodium_memzero(&v->seal, sizeof(v->seal));
}

const struct role_ops vault_role_ops = {
	.kind = ROLE_VAULT,
	.state_size = sizeof(struct vault_state),
	.sandbox = { .may = MAY_THREADS | MAY_ACCEPT },
	.prepare = prepare,
	.sandboxed = sandboxed,
	.peer = peer,
	.listen = listen_on,
	.stop = stop,
	.finish = finish,
};
