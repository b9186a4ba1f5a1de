/*
 * relay.c - in the place of postern-relay: finds out what domains say about
 * TLS, as relay does, and logs it. For tests/test_sts.py; the domains are
 * those of the routes, asked about at the start and at each reload.
 */
#include "relay/sts.h"
#include "rt/role.h"

enum { ASK_MS = 90 * 1000, QUESTIONS_MEMORY = 1 << 20 };

struct sts_role {
	struct role *role;
	struct store *store;
	struct dns *dns;
	struct errand *errand;
	struct sts *sts;
	bool have[ROLE_KINDS];
};

static void
ask(struct sts_role *s, struct str domain, struct arena *a)
{
	struct loop *l = s->role->loop;
	struct sts_policy p;
	struct err err = { 0 };
	int e = sts_find(s->sts, domain, &p, a, loop_now_ms(l) + ASK_MS, &err);

	if (e < 0)
		log_event(loop_log(l), LOG_ERROR, "sts_unknown",
		    F_STR("domain", domain), F_ERR(&err));
	else
		log_event(loop_log(l), LOG_INFO, "sts_found",
		    F_STR("domain", domain),
		    F_STR("mode", str_c(sts_mode_name(p.mode))),
		    F_STR("id", p.id), F_STR("mx", p.mx),
		    F_INT("max_age", p.max_age_s), F_STR("result", p.result),
		    F_STR("why", p.why));
}

static void
ask_all(void *arg)
{
	struct sts_role *s = arg;
	struct arena *a = arena_new(QUESTIONS_MEMORY);
	struct str routes = str_dup(a, s->role->config.routes);
	struct rd r = rd_of(routes);
	struct route_conf route;

	while (rd_left(&r) > 0 && msg_take(&r, &route_conf_shape, &route))
		ask(s, route.match, a);
	log_event(loop_log(s->role->loop), LOG_INFO, "sts_done",
	    F_INT("number", s->role->config.number));
	arena_free(a);
}

static int
prepare(struct role *r, struct err *err unused_arg)
{
	struct sts_role *s = r->state;
	struct sts_options o = { .loop = r->loop };

	s->role = r;
	o.store = s->store = store_new(r->loop, -1, NULL, NULL);
	o.dns = s->dns = dns_new(r->loop, -1);
	o.errand = s->errand = errand_new(r->loop, -1);
	s->sts = sts_new(&o);
	return 0;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	struct sts_role *s = r->state;
	bool begun = s->have[ROLE_STORE] && s->have[ROLE_RESOLVER] &&
	    s->have[ROLE_ERRAND];

	if (kind == ROLE_STORE)
		store_replace(s->store, fd);
	else if (kind == ROLE_RESOLVER)
		dns_replace(s->dns, fd);
	else
		errand_replace(s->errand, fd);
	s->have[kind] = true;
	if (!begun && s->have[ROLE_STORE] && s->have[ROLE_RESOLVER] &&
	    s->have[ROLE_ERRAND])
		(void)fiber_spawn(r->loop, "ask", ask_all, s);
}

static void
reload(struct role *r)
{
	(void)fiber_spawn(r->loop, "ask", ask_all, r->state);
}

static void
stop(struct role *r)
{
	sts_stop(((struct sts_role *)r->state)->sts);
	loop_cancel_all(r->loop);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_RELAY,
		.state_size = sizeof(struct sts_role),
		.prepare = prepare,
		.peer = peer,
		.reload = reload,
		.stop = stop,
	};

	return role_main(&ops);
}
