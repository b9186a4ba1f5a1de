/*
 * child.c - one process of a role: started, configured, heard, killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>

#include "master/master_int.h"

enum { LINK_FD = 3, CONFIG_OCTETS = 200000 };
_Static_assert((int)WORKERS_MAX <= (int)LIMITS_WORKERS, "each has its part");

/* Issuers of tokens, without what errand alone shows them. */
static void
put_issuers(struct str all, struct buf *b)
{
	struct rd r = rd_of(all);
	struct oauth_conf c;

	while (rd_left(&r) > 0 && msg_take(&r, &oauth_conf_shape, &c)) {
		c.client_id = c.client_secret = STR_NULL;
		msg_put(b, &oauth_conf_shape, &c);
	}
}

/* That there is one, and how long its answers are good. */
static void
ldap_without_password(struct str ldap, struct buf *b)
{
	struct ldap_conf c;

	if (!msg_whole(ldap, &ldap_conf_shape, &c))
		return;
	c.password = STR("");
	msg_put(b, &ldap_conf_shape, &c);
}

/* What this role is told of the configuration: its own folder, and no names
 * of files that only we open. */
static void
encode_config(struct child *c, struct buf *b)
{
	struct config own = c->m->config;
	auto_buf data = BUF_INIT(5000), issuers = BUF_INIT(own.oauth.n);
	auto_buf ldap = BUF_INIT(16000);

	own.data = STR("");
	/* It sends people to another, and what to front has to be served. */
	if (c->kind != ROLE_WEB &&
	    !(c->kind == ROLE_FRONT && own.https_alpn))
		own.listeners = STR("");
	own.certificates = STR("");
	if (c->kind != ROLE_RELAY)	/* they may hold passwords */
		own.routes = own.relay_proxy = STR("");
	if (c->kind != ROLE_ERRAND) {
		put_issuers(own.oauth, &issuers);
		own.oauth = buf_get(&issuers);
	}
	if (c->kind != ROLE_LDAP) {
		if (c->kind == ROLE_VAULT)
			ldap_without_password(own.ldap, &ldap);
		own.ldap = buf_get(&ldap);
	}
	if (c->kind != ROLE_PAM && c->kind != ROLE_VAULT)
		own.pam = STR("");
	if (c->kind == ROLE_VAULT || c->kind == ROLE_STORE)
		buf_printf(&data, "%.*s/%s", STR_FMT(c->m->config.data),
		    role_name(c->kind));
	else if (c->kind == ROLE_PAM)	/* what its modules do not see */
		buf_str(&data, c->m->config.data);
	if (data.n > 0)
		own.data = buf_get(&data);
	msg_put(b, &config_shape, &own);
}

void
child_send(struct child *c, enum role_message what, const void *m, int fd)
{
	if (c->link)
		ipc_notify(c->link, &role_calls[what], m, fd);
}

static void
send_start(struct child *c)
{
	auto_buf b = BUF_INIT(CONFIG_OCTETS);
	struct role_start m = { .kind = c->kind, .index = c->index,
		.uid = role_uid(c->m, c->kind) };
	bool counts = c->kind == ROLE_MX || c->kind == ROLE_FRONT ||
	    c->kind == ROLE_WEB;

	encode_config(c, &b);
	m.config = buf_get(&b);
	if (c->kind == ROLE_VAULT)
		certs_begin(c);
	if (c->kind == ROLE_STORE || counts)
		child_send(c, ROLE_BANS, &(struct role_bans){ 0 },
		    counts ? c->m->bans_seen : c->m->bans);
	child_send(c, ROLE_START, &m, counts ? c->m->limits : -1);
	tickets_send(c);
}

void
child_config(struct child *c)
{
	auto_buf b = BUF_INIT(CONFIG_OCTETS);
	struct role_reload m;

	encode_config(c, &b);
	m.config = buf_get(&b);
	child_send(c, ROLE_RELOAD, &m, -1);
}

/* A role that was taken over reaches what the operator has named, and no other
 * socket. */
static bool
may_dial(const struct child *c, struct str path)
{
	const struct config *conf = &c->m->config;
	struct rd rd = rd_of(conf->routes);
	struct route_conf row;

	if (c->kind == ROLE_ERRAND)
		return conf->clamav_path.n > 0 &&
		    str_eq(conf->clamav_path, path);
	while (c->kind == ROLE_RELAY && rd_left(&rd) > 0 &&
	    msg_take(&rd, &route_conf_shape, &row))
		if (row.path.n > 0 && str_eq(row.path, path))
			return true;
	return false;
}

static void
dial_for(struct child *c, struct ipc_req *req)
{
	const struct role_dial *m = req->ask;
	struct role_dialled answer = { 0 };
	struct arena *a = arena_new(4096);
	struct err err = { 0 };
	int fd;

	if (!may_dial(c, m->path)) {
		ipc_fail(req, E_DENIED, "no socket of the configuration");
	} else if ((fd = path_socket_dial(str_dupz(a, m->path), &err)) < 0) {
		ipc_fail(req, err.code, err.text);
	} else {
		ipc_reply(req, &answer, fd);
		(void)close(fd);
	}
	arena_free(a);
}

static void
on_message(void *owner, struct ipc_req *req)
{
	struct child *c = owner;

	if (req->call->index == ROLE_DIAL) {
		dial_for(c, req);
		return;
	}
	if (req->call->index == ROLE_READY && !c->ready) {
		const struct role_ready *m = req->ask;

		c->proven = !m->unproven;
		supervise_ready(c, m->missing);
	} else if (req->call->index == ROLE_PROVEN && c->ready) {
		const struct role_proven *m = req->ask;

		if (m->set == 0)
			supervise_proven(c);
		else
			certs_judged(c, m->set, m->error);
	} else if (req->call->index == ROLE_FAILED) {
		const struct role_failed *m = req->ask;

		(void)snprintf(c->failed, sizeof(c->failed), "%.*s",
		    STR_FMT(m->text));
	} else if (req->call->index == ROLE_DONE) {
		const struct role_done *m = req->ask;

		c->done = knock_starts(c->kind);
		log_event(c->m->log, LOG_DEBUG, "role_done",
		    F_STR("role", str_c(c->name)),
		    F_INT("after_s", m->after_s));
	}
	ipc_drop(req);
}

/* A role without its link can be told nothing: it has to go. */
static void
on_gone(void *owner, struct ipc *ipc, const char *why)
{
	struct child *c = owner;

	(void)why;
	if (c->link == ipc)
		child_kill(c);
}

void
child_kill(struct child *c)
{
	if (c->pid > 0)
		(void)kill(c->pid, SIGKILL);
}

/* All that execve() wants, made before the fork. */
struct plan {
	char *path;
	char *argv[2];
	char *env[4];
};

static struct plan
make_plan(struct child *c, struct arena *a)
{
	static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS" };
	struct plan p = { .argv = { c->name } };
	size_t n = 0;

	p.path = str_dupz(a, arena_printf(a, "%s/postern-%s", c->m->libexec,
	    role_name(c->kind)));
	p.env[n++] = str_dupz(a, arena_printf(a, "POSTERN_ROLE=%s", c->name));
	for (size_t i = 0; i < NELEM(kept); i++)
		if (getenv(kept[i]))
			p.env[n++] = str_dupz(a, arena_printf(a, "%s=%s",
			    kept[i], getenv(kept[i])));
	return p;
}

/* Nothing stays open but stderr and the link. */
static bool
arrange_files(int link, int log)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    (log != 2 && dup2(log, 2) < 0))
		return false;
	if (link == LINK_FD ? fcntl(link, F_SETFD, 0) < 0 :
			      dup2(link, LINK_FD) < 0)
		return false;
	return close_range(LINK_FD + 1, ~0U, 0) == 0;
}

static no_return void
become_role(const struct plan *p, int link, int log, pid_t master)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    getppid() != master || !arrange_files(link, log))
		_exit(70);
	(void)execve(p->path, p->argv, p->env);
	(void)dprintf(2, "cannot execute %s: %s\n", p->path, strerror(errno));
	_exit(70);
}

static void
fork_role(struct child *c, int link)
{
	struct arena *a = arena_new(64 * 1024);
	struct plan p = make_plan(c, a);
	pid_t master = getpid();

	c->pid = fork();
	if (c->pid == 0)
		become_role(&p, link, c->m->serve->log_fd, master);
	arena_free(a);
}

int
child_start(struct child *c, struct err *err)
{
	static const struct ipc_service service = { role_calls, ROLE_MESSAGES,
		on_message, on_gone };
	struct ipc_options o = { .service = &service, .owner = c,
		.authority = ROLE_FROM_ROLE };
	int fds[2];

	if (ipc_pair(fds, err) < 0)
		return err->code;
	c->started_ms = loop_now_ms(c->m->loop);
	c->failed[0] = 0;
	c->ready = c->proven = c->listening = c->renew = c->done = false;
	fork_role(c, fds[1]);
	(void)close(fds[1]);
	if (c->pid < 0) {
		(void)close(fds[0]);
		c->pid = 0;
		return err_sys(err, E_IO, "fork");
	}
	c->link = ipc_open(c->m->loop, fds[0], &o, err);
	if (!c->link) {
		child_kill(c);
		return err->code;
	}
	send_start(c);
	return 0;
}
