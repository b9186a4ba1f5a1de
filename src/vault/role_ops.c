/*
 * role_ops.c - the vault's role: who is connected, what each may ask, and how
 * the process begins and ends.
 */
#include <sodium.h>

#include "ldap/messages.h"
#include "pam/messages.h"
#include "rt/conn_limits.h"
#include "rt/json.h"
#include "vault/role_int.h"

/* Clients ------------------------------------------------------------- */

static void
client_begin(struct ipc_client *ipc_client)
{
	struct vault_client *c = container_of(ipc_client,
	    struct vault_client, c);

	c->v = container_of(ipc_client->clients, struct vault_state, clients);
	c->tickets = tickets_new();
}

static void
client_end(struct ipc_client *ipc_client)
{
	struct vault_client *c = container_of(ipc_client,
	    struct vault_client, c);

	tickets_free(c->tickets);
	exchanges_free(c->exchanges);
	handshakes_free(c->handshakes);
}

static void
vault_is_ours(struct work *c)
{
	const struct is_ours_ask *ask = c->req->ask;
	struct domain_is_ours_ask domain = { ask->domain };
	struct vault_done answer = { 0 };
	struct done done;
	struct err err;
	int rc = reconnect_call(&c->client->v->store,
	    &store_calls[STORE_domain_is_ours], &domain, &done, c->a, NULL,
	    c->until_ms, &err);

	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, -1);
}

typedef void serve_fn(struct work *c);
static serve_fn *const serves[VAULT_NCALLS] = {
	[VAULT_certs] = vault_certs,
	[VAULT_tls_sign] = vault_tls_sign,
	[VAULT_login] = vault_log_in,
	[VAULT_scram_first] = vault_begin_scram,
	[VAULT_scram_final] = vault_prove_scram,
	[VAULT_bearer] = vault_take_token,
	[VAULT_external] = vault_take_certificate,
	[VAULT_cram_first] = vault_begin_cram,
	[VAULT_cram_final] = vault_prove_cram,
	[VAULT_reopen] = vault_reopen,
	[VAULT_seal_password] = vault_seal_password,
	[VAULT_app_password] = vault_app_password,
	[VAULT_own_password] = vault_own_password,
	[VAULT_own_app_password] = vault_own_app_password,
	[VAULT_own_factor] = vault_own_factor,
	[VAULT_dkim_sign] = vault_dkim_sign,
	[VAULT_dkim_keys] = vault_dkim_keys,
	[VAULT_dkim_rotate] = vault_dkim_rotate,
	[VAULT_dkim_due] = vault_dkim_due,
	[VAULT_arc_seal] = vault_arc_seal,
	[VAULT_is_ours] = vault_is_ours,
};

static void
serve(void *arg)
{
	struct work *c = arg;

	serves[c->req->call->index](c);
	arena_free(c->a);
	ipc_client_unref(&c->client->c);
	free(c);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct vault_client *client = owner;
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
	if (req->call->index == VAULT_tls_sign && keys_sign(client, req))
		return;
	c = calloc(1, sizeof(*c));
	bug_if(!c);
	ipc_client_ref(&client->c);
	*c = (struct work){ client, req, arena_new(1 << 18),
		loop_now_ms(v->loop) + STORE_WAIT_MS };
	(void)fiber_spawn(v->loop, req->call->name, serve, c);
}

static const struct clients_kind clients_kind = {
	.service = CLIENTS_SERVICE(vault_calls, VAULT_NCALLS, on_ask),
	.size = sizeof(struct vault_client),
	.begin = client_begin,
	.end = client_end,
};

static void
on_operator(struct client_socket *from, int fd, uid_t uid unused_arg)
{
	static const struct client_rights rights = { .name = "operator",
		.authority = VAULT_AUTH_OPERATOR, .window = VAULT_WINDOW,
		.max = OPERATORS_MAX };
	struct vault_state *v = container_of(from, struct vault_state,
	    control);

	clients_add(&v->clients, fd, &rights, 0);
}

/* Local programs: anybody who got at the file may submit. */
static void
on_local(struct client_socket *from, int fd, uid_t uid)
{
	static const struct client_rights rights = { .name = "local",
		.authority = VAULT_AUTH_LOCAL, .window = LOCAL_WINDOW,
		.max = LOCALS_MAX, .max_each = LOCALS_EACH,
		.idle_ms = LOCAL_IDLE_MS };
	struct vault_state *v = container_of(from, struct vault_state, submit);

	clients_add(&v->clients, fd, &rights, uid);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct vault_state *v = r->state;

	if (kind == LISTEN_VAULT_CONTROL)
		client_socket_open(&v->control, r->loop, fd, true,
		    on_operator);
	else if (kind == LISTEN_VAULT_SUBMIT)
		client_socket_open(&v->submit, r->loop, fd, false, on_local);
	else
		(void)close(fd);
}

/* The role ------------------------------------------------------------ */

static int
prepare(struct role *r, struct err *err)
{
	static const struct reconnect_kind kind = { "store", STORE_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	static const struct reconnect_kind ldap = { "ldap", LDAP_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	static const struct reconnect_kind pam = { "pam", PAM_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct vault_state *v = r->state;
	struct arena *a = arena_new(8192);
	int rc;

	v->role = r;
	v->loop = r->loop;
	v->clients = (struct clients){ .loop = r->loop,
		.kind = &clients_kind };
	rc = seal_key_open(str_dupz(a, r->config.data), &v->seal,
	    &v->seal_made, err);
	arena_free(a);
	if (rc < 0)
		return rc;
	v->lib = tls_lib_new(err);
	if (!v->lib)
		return err->code;
	reconnect_init(&v->store, r->loop, &kind);
	json_prepare();
	v->issuers = issuers_new(r->loop, tls_lib_ctx(v->lib));
	reconnect_init(&v->ldap, r->loop, &ldap);
	reconnect_init(&v->pam, r->loop, &pam);
	return 0;
}

/* Threads begin inside the sandbox, and files are looked at in it. */
static int
sandboxed(struct role *r, struct err *err)
{
	struct vault_state *v = r->state;
	uint8_t key[AUTH_CACHE_KEY_LEN];
	int rc = v->files.n > 0 ? keys_from_files(v, err) : 0;

	if (rc < 0)
		return rc;
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
	static const struct client_rights mx = { .name = "mx",
		.authority = VAULT_AUTH_MX, .window = VAULT_WINDOW };
	static const struct client_rights front = { .name = "front",
		.authority = VAULT_AUTH_FRONT, .window = VAULT_WINDOW };
	static const struct client_rights web = { .name = "web",
		.authority = VAULT_AUTH_FRONT | VAULT_AUTH_WEB,
		.window = VAULT_WINDOW };
	static const struct client_rights relay = { .name = "relay",
		.authority = VAULT_AUTH_RELAY, .window = VAULT_WINDOW };
	struct vault_state *v = r->state;

	if (kind == ROLE_STORE) {
		reconnect_replace(&v->store, fd);
		if (!v->seal_proven || v->keys.n == 0)
			secrets_open(v);
	} else if (kind == ROLE_ERRAND) {
		issuers_connect(v->issuers, fd);
	} else if (kind == ROLE_LDAP) {
		reconnect_replace(&v->ldap, fd);
	} else if (kind == ROLE_PAM) {
		reconnect_replace(&v->pam, fd);
	} else if (kind == ROLE_MX) {
		clients_add(&v->clients, fd, &mx, index);
	} else if (kind == ROLE_RELAY) {
		clients_add(&v->clients, fd, &relay, index);
	} else if (kind == ROLE_FRONT) {
		clients_add(&v->clients, fd, &front, index);
	} else if (kind == ROLE_WEB) {
		/* Its tokens are not those of the first front. */
		clients_add(&v->clients, fd, &web, LIMITS_WEB + index);
	} else {
		(void)close(fd);
	}
}

/* Those who would wait for an answer have stopped before us. */
static void
vault_role_stop(struct role *r)
{
	struct vault_state *v = r->state;

	client_socket_close(&v->control);
	client_socket_close(&v->submit);
	loop_cancel_all(r->loop);
}

static void
vault_role_finish(struct role *r)
{
	struct vault_state *v = r->state;

	clients_end(&v->clients);
	issuers_free(v->issuers);
	work_pool_free(v->hashers);
	vault_dkim_free(v->dkim);
	reconnect_close(&v->store);
	reconnect_close(&v->ldap);
	reconnect_close(&v->pam);
	keys_free(v);
	tls_lib_unref(v->lib);
	auth_cache_free(v->auth_cache);
	login_limit_free(v->login_limit);
	sodium_memzero(&v->seal, sizeof(v->seal));
}

const struct role_ops vault_role_ops = {
	.kind = ROLE_VAULT,
	.proves = true,
	.state_size = sizeof(struct vault_state),
	.sandbox = { .may = MAY_THREADS | MAY_ACCEPT },
	.prepare = prepare,
	.sandboxed = sandboxed,
	.peer = peer,
	.listen = listen_on,
	.file = vault_take_file,
	.stop = vault_role_stop,
	.finish = vault_role_finish,
};
