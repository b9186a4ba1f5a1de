/*
 * role.c - postern-front: serves people who log in, IMAP and submission.
 *
 * Privileges: accepts on the sockets it was given, talks to vault (TLS keys
 * to sign with, logins), and over connections that vault hands it to store,
 * each bound to one account. Opens nothing, connects nowhere.
 */
#include "imap/session.h"
#include "rt/role.h"
#include "smtp/submission.h"

enum { MAX_LISTENERS = 32, RETRY_MS = 200 };

/* One listening socket. */
struct gate {
	struct front *front;
	struct listener *listener;
	const struct service *service;
	int fd;			/* waiting for the first certificates */
};

struct front {
	struct role *role;
	struct vault *vault;
	struct imap_service *imap;	/* NULL until TLS is ready */
	struct smtp_service *submission;
	struct gate gates[MAX_LISTENERS];
	size_t ngates;
	bool stopping;
};

static void
session_gone(void *arg)
{
	struct gate *g = arg;

	if (g->listener)
		listener_done(g->listener);
}

static void
start_imap(struct gate *g, struct stream *s, const struct peer *peer,
    bool tls_first)
{
	imap_start(g->front->imap, s, peer, tls_first, session_gone, g);
}

static void
start_submission(struct gate *g, struct stream *s, const struct peer *peer,
    bool tls_first)
{
	smtp_start(g->front->submission, s, peer, tls_first, session_gone, g);
}

/* What is served on which kind of socket. */
static const struct service {
	enum listen_kind kind;
	void (*start)(struct gate *g, struct stream *s,
	    const struct peer *peer, bool tls_first);
	bool tls_first;			/* RFC 8314 */
} services[] = {
	{ LISTEN_IMAP, start_imap, false },
	{ LISTEN_IMAPS, start_imap, true },
	{ LISTEN_SUBMISSION, start_submission, false },
	{ LISTEN_SUBMISSIONS, start_submission, true },
};

static void
accepted(void *arg, struct stream *s, const struct peer *peer)
{
	struct gate *g = arg;

	g->service->start(g, s, peer, g->service->tls_first);
}

static void
gate_open(struct front *f, struct gate *g)
{
	struct role *r = f->role;
	struct err err = { 0 };

	g->listener = listener_new(r->loop, g->fd, r->config.max_connections,
	    accepted, g, &err);
	g->fd = -1;
	if (!g->listener)
		log_event(r->log, LOG_ERROR, "listen", F_ERR(&err));
}

static void
gates_open(struct front *f)
{
	for (size_t i = 0; i < f->ngates && !f->stopping; i++) {
		if (f->gates[i].fd >= 0)
			gate_open(f, &f->gates[i]);
	}
}

/* What sessions begin with from now on; those there are keep theirs. */
static void
serve_with(struct front *f, struct tls_ctx *tls)
{
	const struct config *c = &f->role->config;
	struct loop *l = f->role->loop;

	imap_service_unref(f->imap);
	f->imap = imap_service_new(l, c, f->vault, tls);
	smtp_service_unref(f->submission);
	f->submission = smtp_submission_new(l, c, f->vault, tls);
	gates_open(f);
}

/* Fiber: get certificates from vault, which may come up after us. */
static void
configure(void *arg)
{
	struct front *f = arg;
	struct loop *l = f->role->loop;
	struct tls_ctx *tls;
	struct err err = { 0 };

	while (vault_tls_ctx(f->vault, &tls, &err) < 0) {
		log_event(f->role->log, LOG_WARN, "certificates",
		    F_ERR(&err));
		if (fiber_sleep(l, loop_now_ms(l) + RETRY_MS) == E_CANCELED ||
		    f->stopping)
			return;
	}
	serve_with(f, tls);
	tls_ctx_unref(tls);
}

static int
prepare(struct role *r, struct err *err unused_arg)
{
	struct front *f = r->state;

	f->role = r;
	f->vault = vault_new(r->loop, -1);
	(void)fiber_spawn(r->loop, "configure", configure, f);
	return 0;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	struct front *f = r->state;

	if (kind != ROLE_VAULT) {
		(void)close(fd);
		return;
	}
	vault_replace(f->vault, fd);
	/* A new vault may have read other certificates. */
	if (f->imap)
		(void)fiber_spawn(r->loop, "configure", configure, f);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct front *f = r->state;
	const struct service *found = NULL;

	for (size_t i = 0; i < NELEM(services); i++) {
		if (services[i].kind == kind)
			found = &services[i];
	}
	if (!found || f->ngates == MAX_LISTENERS) {
		(void)close(fd);
		return;
	}
	f->gates[f->ngates++] = (struct gate){ f, NULL, found, fd };
	if (f->imap)
		gates_open(f);
}

static void
reload(struct role *r)
{
	(void)fiber_spawn(r->loop, "configure", configure, r->state);
}

static void
stop(struct role *r)
{
	struct front *f = r->state;

	f->stopping = true;
	for (size_t i = 0; i < f->ngates; i++) {
		if (f->gates[i].listener)
			listener_close(f->gates[i].listener);
		f->gates[i].listener = NULL;
	}
}

static void
finish(struct role *r)
{
	struct front *f = r->state;

	imap_service_unref(f->imap);
	smtp_service_unref(f->submission);
	vault_free(f->vault);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_FRONT,
		.state_size = sizeof(struct front),
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
