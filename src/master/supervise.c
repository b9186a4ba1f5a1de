/*
 * When what is started, connected and stopped.
 *
 * Store and vault are connected; every mx, front and web has vault; every mx
 * has store, resolver and errand; so has relay; vault has errand, and errand
 * resolver; ldap, where there is one, has vault, which asks it, store and
 * resolver; pam, where there is one, has vault, which asks it. Web has every
 * front, where it hands connections over (https-alpn). A front or web has no
 * connection to store but the ones of people who logged in, and those come
 * through vault.
 */
#include <signal.h>
#include <sys/wait.h>

#include "conf/conf.h"
#include "master/master_int.h"

enum { SOON_MS = 10000, AGAIN_MAX_MS = 1000 };

static bool
are_peers(enum role_kind a, enum role_kind b)
{
	static const enum role_kind pairs[][2] = {
		{ ROLE_STORE, ROLE_VAULT },
		{ ROLE_MX, ROLE_VAULT },
		{ ROLE_MX, ROLE_STORE },
		{ ROLE_MX, ROLE_RESOLVER },
		{ ROLE_MX, ROLE_ERRAND },
		{ ROLE_FRONT, ROLE_VAULT },
		{ ROLE_WEB, ROLE_VAULT },
		{ ROLE_RELAY, ROLE_STORE },
		{ ROLE_RELAY, ROLE_VAULT },
		{ ROLE_RELAY, ROLE_RESOLVER },
		{ ROLE_RELAY, ROLE_ERRAND },
		{ ROLE_VAULT, ROLE_ERRAND },
		{ ROLE_ERRAND, ROLE_RESOLVER },
		{ ROLE_LDAP, ROLE_VAULT },
		{ ROLE_LDAP, ROLE_STORE },
		{ ROLE_LDAP, ROLE_RESOLVER },
		{ ROLE_PAM, ROLE_VAULT },
		{ ROLE_WEB, ROLE_FRONT },
	};

	for (size_t i = 0; i < NELEM(pairs); i++)
		if ((pairs[i][0] == a && pairs[i][1] == b) ||
		    (pairs[i][0] == b && pairs[i][1] == a))
			return true;
	return false;
}

/* By the configuration: web has to do with front only if it may hand over. */
static bool
may_meet(const struct child *a, const struct child *b)
{
	return a->m->config.https_alpn || (a->kind != ROLE_WEB &&
	    b->kind != ROLE_WEB) || (a->kind != ROLE_FRONT &&
	    b->kind != ROLE_FRONT);
}

/* Owns fd: the end of a whose other end b has. */
static void
give_end(struct child *a, const struct child *b, int fd)
{
	struct role_peer peer = { .kind = b->kind, .index = b->index };

	child_send(a, ROLE_PEER, &peer, fd);
	(void)close(fd);
}

static void
cannot_connect(struct child *a, const struct child *b, const struct err *err)
{
	log_event(a->m->log, LOG_ERROR, "connect_failed",
	    F_STR("role", str_c(a->name)),
	    F_STR("to", str_c(b->name)), F_ERR(err));
	child_kill(a); /* again, when there are descriptors */
}

/* a gets its end; the caller has b's. -1: a is ended. */
static int
make_connection(struct child *a, const struct child *b)
{
	struct err err = { 0 };
	int fds[2];

	if (ipc_pair(fds, &err) < 0) {
		cannot_connect(a, b, &err);
		return -1;
	}
	give_end(a, b, fds[0]);
	return fds[1];
}

static void
connect_two(struct child *a, struct child *b)
{
	int fd = make_connection(a, b);

	if (fd >= 0)
		give_end(b, a, fd);
}

/* Of those who may ask a role that is started by it. */
static bool
may_knock(const struct child *c)
{
	return c->kind == ROLE_RELAY || c->kind == ROLE_MX ||
	    c->kind == ROLE_VAULT;
}

static void
let_knock(struct child *who, struct child *whom)
{
	int fd = make_connection(who, whom);
	struct err err = { 0 };

	if (fd >= 0 && knock_keep(who, whom, fd, &err) < 0) {
		(void)close(fd);
		cannot_connect(who, whom, &err);
	}
}

/* a has just become ready. */
static void
connect_ready(struct child *a, struct child *b)
{
	int fd = b->ready ? knock_take(b, a) : -1;

	if (fd >= 0)
		give_end(a, b, fd);
	else if (b->ready)
		connect_two(a, b);
	else if (b->sleeps && may_knock(a))
		let_knock(a, b);
}

static bool
kind_proven(const struct master *m, enum role_kind kind)
{
	for (size_t i = 0; i < m->nchildren; i++)
		if (m->children[i].kind == kind && !m->children[i].proven)
			return false;
	return true;
}

/* Listening sockets go to a role that can already ask store and vault. */
static void
hand_sockets(struct master *m)
{
	if (!kind_proven(m, ROLE_STORE) || !kind_proven(m, ROLE_VAULT))
		return;
	for (size_t i = 0; i < m->nchildren; i++) {
		struct child *c = &m->children[i];

		if (!c->ready || c->listening)
			continue;
		c->listening = true;
		for (size_t s = 0; s < m->nsockets; s++) {
			struct role_listen l = { m->sockets[s].kind };

			if (m->sockets[s].role == c->kind)
				child_send(c, ROLE_LISTEN, &l,
				    m->sockets[s].fd);
		}
	}
}

static void
announce(struct master *m)
{
	int64_t took = loop_now_ms(m->loop) - m->started_ms;

	for (size_t i = 0; i < m->nchildren; i++)
		if (!m->children[i].listening && !m->children[i].sleeps)
			return;
	if (m->was_ready)
		return;
	m->was_ready = true;
	log_event(m->log, LOG_INFO, "ready",
	    F_STR("hostname", m->config.hostname),
	    F_STR("data", m->config.data), F_INT("mx", m->config.mx_workers),
	    F_INT("front", m->config.front_workers), F_INT("ms", took));
	master_tell(m, 'R', "");
}

void
supervise_ready(struct child *c, struct str missing)
{
	struct master *m = c->m;

	c->ready = true;
	if (missing.n > 0 && !m->was_ready && c->kind == ROLE_STORE)
		log_event(m->log, LOG_WARN, "sandbox_incomplete",
		    F_STR("missing", missing));
	if (m->phase != RUNNING)
		return;
	for (size_t i = 0; i < m->nchildren; i++) {
		struct child *d = &m->children[i];

		if (are_peers(c->kind, d->kind) && may_meet(c, d))
			connect_ready(c, d);
	}
	hand_sockets(m);
	announce(m);
}

void
supervise_proven(struct child *c)
{
	c->proven = true;
	if (c->m->phase != RUNNING)
		return;
	hand_sockets(c->m);
	announce(c->m);
	certs_try(c);
}

static void start_again(struct timer *t);

/* At once, then after 100 ms, 200 ms ... 1 s; from the start again when it
 * has lived for a while. */
static void
plan_restart(struct child *c)
{
	int64_t now = loop_now_ms(c->m->loop), wait = 0;

	if (now - c->started_ms >= SOON_MS || c->renew)
		c->failures = 0;
	if (c->renew || c->done)
		c->died[0] = '\0';
	if (c->failures > 0)
		wait = c->failures > 4 ? AGAIN_MAX_MS :
					 (int64_t)50 << c->failures;
	c->failures++;
	timer_set(c->m->loop, &c->again, now + wait, start_again);
}

static void
start_or_plan(struct child *c)
{
	struct err err = { 0 };

	if (child_start(c, &err) == 0)
		return;
	log_event(c->m->log, LOG_ERROR, "start_failed",
	    F_STR("role", str_c(c->name)),
	    F_ERR(&err));
	if (c->pid == 0)
		plan_restart(c);
}

bool
child_is_wanted(const struct child *c)
{
	if (c->kind == ROLE_PAM)
		return c->m->config.pam.n > 0;
	return c->kind != ROLE_LDAP || c->m->config.ldap.n > 0;
}

static void
start_or_sleep(struct child *c)
{
	struct master *m = c->m;

	c->sleeps = knock_starts(c->kind) || !child_is_wanted(c);
	if (!c->sleeps) {
		start_or_plan(c);
		return;
	}
	if (!knock_starts(c->kind))
		return;
	for (size_t i = 0; i < m->nchildren; i++)
		if (m->children[i].ready && may_knock(&m->children[i]))
			let_knock(&m->children[i], c);
}

static void
start_again(struct timer *t)
{
	struct child *c = container_of(t, struct child, again);

	if (c->m->phase == RUNNING)
		start_or_sleep(c);
}

void
supervise_start(struct master *m)
{
	for (size_t i = 0; i < m->nchildren; i++)
		start_or_sleep(&m->children[i]);
}

void
supervise_wake(struct child *c)
{
	c->sleeps = false;
	if (c->m->phase == RUNNING)
		start_or_plan(c);
}

static void stop_next(struct master *m);

static void
log_death(struct child *c, int status)
{
	bool killed = WIFSIGNALED(status);
	struct str why = str_c(c->failed);

	(void)snprintf(c->died, sizeof(c->died), "%s", c->failed);
	if (why.n == 0)
		(void)snprintf(c->died, sizeof(c->died), "%s %d", killed ?
		    "signal" : "code", killed ? WTERMSIG(status) :
		    WEXITSTATUS(status));
	log_event(c->m->log, LOG_ERROR, "role_died",
	    F_STR("role", str_c(c->name)),
	    F_INT(killed ? "signal" : "code",
		killed ? WTERMSIG(status) : WEXITSTATUS(status)),
	    F_STR("why", why));
}

void
supervise_died(struct child *c, int status)
{
	struct master *m = c->m;
	char text[300];

	if (m->phase == RUNNING && !c->renew && !c->done)
		log_death(c, status);
	knocks_forget(m, c);
	c->pid = 0;
	c->ready = c->proven = c->listening = false;
	if (c->kind == ROLE_VAULT)
		certs_vault_died(m);
	if (c->link) {
		struct ipc *link = c->link;

		c->link = NULL;
		ipc_close(link);
	}
	if (m->phase != RUNNING) {
		stop_next(m);
	} else if (!m->was_ready && (c->failed[0] || c->failures > 5)) {
		(void)snprintf(text, sizeof(text), "%s: %s", c->name,
		    c->failed[0] ? c->failed : "dies again and again");
		supervise_stop(m, 1, text);
	} else {
		plan_restart(c);
	}
}

static bool
same_sockets(const struct config *a, const struct config *b)
{
	return str_eq(a->listeners, b->listeners) &&
	    a->mx_workers == b->mx_workers &&
	    a->front_workers == b->front_workers &&
	    a->https_alpn == b->https_alpn && a->uid_base == b->uid_base;
}

/* Started anew: what changed is looked at before the sandbox is closed. */
static void
renew(struct master *m, enum role_kind kind)
{
	struct role_stop now = { 0 };

	for (size_t i = 0; i < m->nchildren; i++) {
		struct child *c = &m->children[i];

		if (c->kind == kind && c->ready) {
			c->renew = true;
			child_send(c, ROLE_STOP, &now, -1);
		}
	}
}

/* The servers it asks, and their ports. */
static bool
same_names(const struct config *a, const struct config *b)
{
	return str_eq(a->nameservers, b->nameservers) &&
	    str_eq(a->stub_zones, b->stub_zones) &&
	    str_eq(a->trust_anchor, b->trust_anchor);
}

/* The ports it may dial, and the roots it trusts. */
static bool
same_routes(const struct config *a, const struct config *b)
{
	return str_eq(a->routes, b->routes) &&
	    str_eq(a->relay_proxy, b->relay_proxy) &&
	    str_eq(a->trusted_roots, b->trusted_roots) &&
	    a->relay_port == b->relay_port && a->relay_tls == b->relay_tls;
}

static bool
same_errands(const struct config *a, const struct config *b)
{
	return str_eq(a->trusted_roots, b->trusted_roots) &&
	    a->errand_port == b->errand_port &&
	    a->errand_private == b->errand_private &&
	    a->errand_stay_s == b->errand_stay_s &&
	    str_eq(a->clamav, b->clamav) &&
	    a->clamav_port == b->clamav_port &&
	    str_eq(a->clamav_path, b->clamav_path) &&
	    str_eq(a->rspamd, b->rspamd) &&
	    a->rspamd_port == b->rspamd_port && str_eq(a->oauth, b->oauth);
}

static bool
same_ldap(const struct config *a, const struct config *b)
{
	return str_eq(a->trusted_roots, b->trusted_roots) &&
	    str_eq(a->ldap, b->ldap);
}

/* There may have been none, or be none any more. One that is just being started
 * was told what was before, and has done nothing yet. */
static void
renew_directory(struct master *m, enum role_kind kind)
{
	renew(m, kind);
	for (size_t i = 0; i < m->nchildren; i++) {
		struct child *c = &m->children[i];

		if (c->kind != kind)
			continue;
		if (c->pid > 0 && !c->ready) {
			c->renew = true;
			child_kill(c);
		} else if (c->sleeps && child_is_wanted(c)) {
			supervise_wake(c);
		}
	}
}

static void
renew_some(struct master *m, const struct config *old)
{
	if (!same_names(&m->config, old))
		renew(m, ROLE_RESOLVER);
	if (!same_routes(&m->config, old))
		renew(m, ROLE_RELAY);
	if (!same_errands(&m->config, old))
		renew(m, ROLE_ERRAND);
	if (!same_ldap(&m->config, old))
		renew_directory(m, ROLE_LDAP);
	if (!str_eq(m->config.pam, old->pam))
		renew_directory(m, ROLE_PAM);
}

static int
read_config(struct master *m, struct arena *a, struct config *c,
    struct err *err)
{
	if (m->serve->file.n == 0)
		return err_set(err, E_INVALID,
		    "there is no configuration file to read");
	if (conf_read(str_dupz(a, m->serve->file), a, c, err) < 0)
		return err->code;
	if (!str_eq(c->data, m->config.data))
		return err_set(err, E_INVALID,
		    "another data folder needs a restart");
	return 0;
}

void
supervise_reload(struct master *m)
{
	struct arena *a = arena_new(1 << 20), *old = m->memory;
	struct config c = { 0 }, *before = arena_new_of(a, struct config);
	struct err err = { 0 };

	*before = m->config;
	if (read_config(m, a, &c, &err) < 0) {
		log_event(m->log, LOG_ERROR, "reload_refused",
		    F_INT("number", m->config.number), F_ERR(&err));
		arena_free(a);
		return;
	}
	*before = m->config;
	if (!same_sockets(&c, &m->config))
		log_event(m->log, LOG_WARN, "restart_wanted",
		    F_STR("for", STR("listen, workers, https-alpn or "
			"uid-base")),
		    F_INT("number", m->config.number + 1));
	c.number = m->config.number + 1;
	c.mx_workers = m->config.mx_workers;
	c.front_workers = m->config.front_workers;
	c.resolver_workers = m->config.resolver_workers;
	c.relay_workers = m->config.relay_workers;
	c.web_workers = m->config.web_workers;
	c.errand_workers = m->config.errand_workers;
	c.https_alpn = m->config.https_alpn;
	c.uid_base = m->config.uid_base;
	c.listeners = str_dup(a, m->config.listeners);
	m->memory = a;
	m->config = c;
	log_set_level(m->log, (enum log_level)c.log_level);
	for (size_t i = 0; i < m->nchildren; i++)
		child_config(&m->children[i]);
	renew_some(m, before);
	certs_reload(m);
	arena_free(old);
	log_event(m->log, LOG_INFO, "reloaded", F_INT("number", c.number));
}

/* Stopping. Those who talk with the world first, then vault, then store. */
static bool
in_phase(const struct child *c, enum stop_phase phase)
{
	static const enum stop_phase phases[ROLE_KINDS] = {
		[ROLE_VAULT] = STOP_VAULT,
		[ROLE_STORE] = STOP_STORE,
		[ROLE_MX] = STOP_WORKERS,
		[ROLE_FRONT] = STOP_WORKERS,
		[ROLE_WEB] = STOP_WORKERS,
		[ROLE_RELAY] = STOP_WORKERS,
		[ROLE_RESOLVER] = STOP_VAULT, /* relay asks to its end */
		[ROLE_ERRAND] = STOP_VAULT,
		[ROLE_LDAP] = STOP_VAULT,
		[ROLE_PAM] = STOP_VAULT,
	};

	return c->pid > 0 && phases[c->kind] == phase;
}

static void
deadline_over(struct timer *t)
{
	struct master *m = container_of(t, struct master, deadline);

	for (size_t i = 0; i < m->nchildren; i++)
		if (in_phase(&m->children[i], m->phase)) {
			log_event(m->log, LOG_WARN, "killed_at_deadline",
			    F_STR("role", str_c(m->children[i].name)));
			child_kill(&m->children[i]);
		}
}

static bool
begin_phase(struct master *m)
{
	static const uint32_t deadline_ms[] = { [STOP_WORKERS] = 5000,
		[STOP_VAULT] = 2000, [STOP_STORE] = 5000, [STOPPED] = 0 };
	struct role_stop stop = { deadline_ms[m->phase] };
	bool any = false;

	for (size_t i = 0; i < m->nchildren; i++) {
		struct child *c = &m->children[i];

		if (!in_phase(c, m->phase))
			continue;
		any = true;
		child_send(c, ROLE_STOP, &stop, -1);
	}
	timer_set(m->loop, &m->deadline,
	    loop_now_ms(m->loop) + deadline_ms[m->phase], deadline_over);
	return any;
}

static void
stop_next(struct master *m)
{
	for (size_t i = 0; i < m->nchildren; i++)
		if (in_phase(&m->children[i], m->phase))
			return; /* somebody is still at it */
	while (m->phase != STOPPED) {
		m->phase++;
		if (m->phase != STOPPED && begin_phase(m))
			return;
	}
	timer_clear(m->loop, &m->deadline);
	loop_stop(m->loop);
}

void
supervise_stop(struct master *m, int code, const char *text)
{
	if (m->phase != RUNNING)
		return;
	m->code = code;
	if (code != 0) {
		log_event(m->log, LOG_ERROR, "giving_up",
		    F_STR("why", str_c(text)));
		master_tell(m, 'F', text);
	}
	log_event(m->log, LOG_INFO, "stopping", F_INT("code", code));
	sockets_close(m);
	knocks_forget(m, NULL);
	for (size_t i = 0; i < m->nchildren; i++)
		timer_clear(m->loop, &m->children[i].again);
	stop_next(m);
}

void
supervise_kill(struct master *m)
{
	log_event(m->log, LOG_WARN, "asked_twice",
	    F_INT("phase", m->phase));
	for (size_t i = 0; i < m->nchildren; i++)
		child_kill(&m->children[i]);
}
