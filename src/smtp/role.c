/*
 * role.c - postern-mx: takes mail from the world.
 *
 * Privileges: accepts on the sockets it was given, talks to store (submit
 * only) and vault (TLS keys only). Opens nothing, connects nowhere.
 */
#include "rt/role.h"
#include "smtp/session.h"
#include "vault/gates.h"

struct mx {
	struct role *role;
	struct store *store;
	struct vault *vault;
	struct gates *gates;
	struct smtp_service *service;
};

static void
start(void *arg, struct gate *gate, struct stream *s, const struct peer *peer,
    bool tls_first)
{
	struct mx *mx = arg;

	smtp_start(mx->service, s, peer, tls_first, gate_left, gate);
}

static void
serve_with(void *arg, struct tls_ctx *tls)
{
	struct mx *mx = arg;
	const struct config *c = &mx->role->config;
	const struct smtp_options o = {
		.loop = mx->role->loop,
		.hostname = c->hostname,
		.max_message = c->max_message,
		.max_recipients = c->max_recipients,
		.timeout_s = c->smtp_timeout_s,
		.compress = c->compress,
		.tls = tls,
		.store = mx->store,
	};

	smtp_service_unref(mx->service);
	mx->service = smtp_service_new(&o);
}

static bool
store_is_connected(const void *what)
{
	return store_connected(what);
}

static int
prepare(struct role *r, struct err *err unused_arg)
{
	static const struct gate_kind kinds[] = {
		{ LISTEN_SMTP, start, false },
	};
	struct mx *mx = r->state;

	mx->role = r;
	mx->store = store_new(r->loop, -1, NULL, NULL);
	mx->vault = vault_new(r->loop, -1);
	mx->gates = gates_new(r, mx->vault, kinds, NELEM(kinds), serve_with,
	    mx);
	gates_need(mx->gates, "store", store_is_connected, mx->store);
	return 0;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	struct mx *mx = r->state;

	if (kind == ROLE_STORE)
		store_replace(mx->store, fd);
	else if (kind == ROLE_VAULT)
		gates_vault(mx->gates, fd);
	else
		(void)close(fd);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	gates_listen(((struct mx *)r->state)->gates, kind, fd);
}

static void
reload(struct role *r)
{
	gates_reload(((struct mx *)r->state)->gates);
}

static void
stop(struct role *r)
{
	gates_stop(((struct mx *)r->state)->gates);
}

static void
finish(struct role *r)
{
	struct mx *mx = r->state;

	gates_free(mx->gates);
	smtp_service_unref(mx->service);
	store_close(mx->store);
	vault_free(mx->vault);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_MX,
		.state_size = sizeof(struct mx),
		.sandbox = { .may = MAY_ACCEPT },
		.prepare = prepare,
		.peer = peer,
		.listen = listen_on,
		.reload = reload,
		.stop = stop,
		.finish = finish,
	};

	return role_main(&ops);
}
