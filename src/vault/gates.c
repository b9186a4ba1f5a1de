#include "vault/gates.h"

enum { GATES_MAX = 32, RETRY_MS = 200 };
enum { NEEDS_MAX = 2, LOOK_MS = 5000, LOST_MS = 30000 };

struct gate {
	struct gates *gates;
	const struct gate_kind *kind;
	struct listener *listener;
	int fd; /* waiting for the first certificates; -1 then */
};

struct need {
	const char *name;
	bool (*up)(const void *what);
	const void *what;
	int64_t seen_ms; /* when it was last up */
};

struct gates {
	struct role *role;
	struct vault *vault;
	const struct gate_kind *kinds;
	size_t nkinds;
	void (*serve)(void *arg, struct tls_ctx *tls);
	void *arg;
	struct gate gate[GATES_MAX];
	size_t n;
	bool serving, fetching, again, stopping;
	struct need need[NEEDS_MAX];
	size_t nneeds;
	struct timer look;
};

void
gate_left(void *gate)
{
	struct gate *g = gate;

	listener_done(g->listener);
}

static void
accepted(void *arg, struct stream *s, const struct peer *peer)
{
	struct gate *g = arg;

	g->kind->start(g->gates->arg, g, s, peer, g->kind->tls_first);
}

static void
open_gate(struct gates *gs, struct gate *g)
{
	struct role *r = gs->role;
	struct err err = { 0 };

	g->listener = listener_new(r->loop, g->fd, r->config.max_connections,
	    accepted, g, &err);
	g->fd = -1;
	if (!g->listener)
		log_event(r->log, LOG_ERROR, "listen_failed", F_ERR(&err));
}

static void
open_gates(struct gates *gs)
{
	for (size_t i = 0; i < gs->n && !gs->stopping; i++)
		if (gs->gate[i].fd >= 0)
			open_gate(gs, &gs->gate[i]);
}

/* Vault may come up after us. */
static bool
fetch_once(struct gates *gs)
{
	struct loop *l = gs->role->loop;
	struct tls_ctx *tls;
	struct err err = { 0 };

	while (vault_tls_ctx(gs->vault, &tls, &err) < 0) {
		log_event(gs->role->log, LOG_WARN, "certificates_failed",
		    F_ERR(&err));
		if (fiber_sleep(l, loop_now_ms(l) + RETRY_MS) == E_CANCELED ||
		    loop_stopping(l))
			return false;
	}
	gs->serve(gs->arg, tls);
	tls_ctx_unref(tls);
	return true;
}

static void
fetch(void *arg)
{
	struct gates *gs = arg;

	do {
		gs->again = false;
		if (!fetch_once(gs))
			break;
		gs->serving = true;
		open_gates(gs);
	} while (gs->again);
	gs->fetching = false;
}

/* One fiber at a time: who asks meanwhile has it look once more. */
static void
fetch_soon(struct gates *gs)
{
	gs->again = true;
	if (gs->fetching || gs->stopping)
		return;
	gs->fetching = true;
	(void)fiber_spawn(gs->role->loop, "certificates", fetch, gs);
}

static void
look(struct timer *t)
{
	struct gates *gs = container_of(t, struct gates, look);
	struct loop *l = gs->role->loop;
	int64_t now = loop_now_ms(l);

	for (size_t i = 0; i < gs->nneeds; i++) {
		struct need *n = &gs->need[i];

		if (n->up(n->what))
			n->seen_ms = now;
		if (now - n->seen_ms < LOST_MS)
			continue;
		log_event(gs->role->log, LOG_ERROR, "peer_lost",
		    F_STR("peer", str_c(n->name)));
		loop_stop(l);
		return;
	}
	timer_set(l, &gs->look, now + LOOK_MS, look);
}

void
gates_need(struct gates *gs, const char *name,
    bool (*up)(const void *what), const void *what)
{
	int64_t now = loop_now_ms(gs->role->loop);

	bug_if(gs->nneeds == NEEDS_MAX);
	gs->need[gs->nneeds++] = (struct need){ name, up, what, now };
	timer_set(gs->role->loop, &gs->look, now + LOOK_MS, look);
}

static bool
vault_is_up(const void *what)
{
	return vault_connected(what);
}

struct gates *
gates_new(struct role *r, struct vault *v, const struct gate_kind *kinds,
    size_t nkinds, void (*serve)(void *arg, struct tls_ctx *tls), void *arg)
{
	struct gates *gs = calloc(1, sizeof(*gs));

	bug_if(!gs);
	gs->role = r;
	gs->vault = v;
	gs->kinds = kinds;
	gs->nkinds = nkinds;
	gs->serve = serve;
	gs->arg = arg;
	gates_need(gs, "vault", vault_is_up, v);
	fetch_soon(gs);
	return gs;
}

static const struct gate_kind *
kind_of(const struct gates *gs, enum listen_kind kind)
{
	for (size_t i = 0; i < gs->nkinds; i++)
		if (gs->kinds[i].kind == kind)
			return &gs->kinds[i];
	return NULL;
}

void
gates_listen(struct gates *gs, enum listen_kind kind, int fd)
{
	const struct gate_kind *k = kind_of(gs, kind);

	if (!k || gs->n == GATES_MAX) {
		(void)close(fd);
		return;
	}
	gs->gate[gs->n++] = (struct gate){ gs, k, NULL, fd };
	if (gs->serving)
		open_gates(gs);
}

void
gates_vault(struct gates *gs, int fd)
{
	vault_replace(gs->vault, fd);
	/* It may have read other certificates than the one we are asking at
	 * this moment: look once more, also in the middle of that. */
	fetch_soon(gs);
}

void
gates_reload(struct gates *gs)
{
	fetch_soon(gs);
}

void
gates_stop(struct gates *gs)
{
	gs->stopping = true;
	for (size_t i = 0; i < gs->n; i++)
		if (gs->gate[i].listener)
			listener_stop(gs->gate[i].listener);
}

void
gates_free(struct gates *gs)
{
	for (size_t i = 0; i < gs->n; i++)
		listener_close(gs->gate[i].listener);
	timer_clear(gs->role->loop, &gs->look);
	free(gs);
}
