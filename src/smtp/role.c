/*
 * role.c - postern-mx: takes mail from the world.
 *
 * Privileges: accepts on the sockets it was given, talks to store (submit
 * only) and vault (TLS keys only). Opens nothing, connects nowhere.
 */
#include "rt/role.h"
#include "smtp/session.h"
#include "vault/client.h"

enum { MAX_LISTENERS = 16, RETRY_MS = 200 };

struct gate {
	struct mx *mx;
	struct listener *listener;
	int fd;			/* waiting for the first service */
};

struct mx {
	struct role *role;
	struct store *store;
	struct vault *vault;
	struct smtp_service *service;	/* NULL until TLS is ready */
	struct gate gates[MAX_LISTENERS];
	size_t ngates;
	bool stopping;
};

static void
session_gone(void *arg)
{
	listener_done(arg);
}

static void
accepted(void *arg, struct stream *stream, const struct peer *peer)
{
	struct gate *g = arg;

	smtp_start(g->mx->service, stream, peer, false, session_gone,
	    g->listener);
}

static void
gate_open(struct mx *mx, struct gate *g)
{
	struct role *r = mx->role;
	struct err err = { 0 };

	g->listener = listener_new(r->loop, g->fd, r->config.max_connections,
	    accepted, g, &err);
	g->fd = -1;
	if (!g->listener)
		log_event(r->log, LOG_ERROR, "listen", F_ERR(&err));
}

static void
gates_open(struct mx *mx)
{
	for (size_t i = 0; i < mx->ngates && !mx->stopping; i++)
		if (mx->gates[i].fd >= 0)
			gate_open(mx, &mx->gates[i]);
}

/* What sessions begin with from now on; those there are keep theirs. */
static void
serve_with(struct mx *mx, struct tls_ctx *tls)
{
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
	gates_open(mx);
}

/* Fiber: get certificates from vault, which may come up after us. */
static void
configure(void *arg)
{
	struct mx *mx = arg;
	struct loop *l = mx->role->loop;
	struct tls_ctx *tls;
	struct err err = { 0 };

	while (vault_tls_ctx(mx->vault, &tls, &err) < 0) {
		log_event(mx->role->log, LOG_WARN, "certificates",
		    F_ERR(&err));
		if (fiber_sleep(l, loop_now_ms(l) + RETRY_MS) == E_CANCELED ||
		    mx->stopping)
			return;
	}
	serve_with(mx, tls);
	tls_ctx_unref(tls);
}

static int
prepare(struct role *r, struct err *err unused_arg)
{
	struct mx *mx = r->state;

	mx->role = r;
	mx->store = store_new(r->loop, -1, NULL, NULL);
	mx->vault = vault_new(r->loop, -1);
	fiber_spawn(r->loop, "configure", configure, mx);
	return 0;
}

/* A vault that was started anew may have other certificates. */
static void
new_vault(struct mx *mx, int fd)
{
	vault_replace(mx->vault, fd);
	if (mx->service)
		fiber_spawn(mx->role->loop, "configure", configure, mx);
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	struct mx *mx = r->state;

	if (kind == ROLE_STORE)
		store_replace(mx->store, fd);
	else if (kind == ROLE_VAULT)
		new_vault(mx, fd);
	else
		(void)close(fd);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct mx *mx = r->state;

	if (kind != LISTEN_SMTP || mx->ngates == MAX_LISTENERS) {
		(void)close(fd);
		return;
	}
	mx->gates[mx->ngates++] = (struct gate){ mx, NULL, fd };
	if (mx->service)
		gates_open(mx);
}

static void
reload(struct role *r)
{
	fiber_spawn(r->loop, "configure", configure, r->state);
}

static void
stop(struct role *r)
{
	struct mx *mx = r->state;

	mx->stopping = true;
	for (size_t i = 0; i < mx->ngates; i++)
		listener_close(mx->gates[i].listener);
}

static void
finish(struct role *r)
{
	struct mx *mx = r->state;

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
		.walls = { .may = WALL_ACCEPT },
		.prepare = prepare,
		.peer = peer,
		.listen = listen_on,
		.reload = reload,
		.stop = stop,
		.finish = finish,
	};

	return role_main(&ops);
}
