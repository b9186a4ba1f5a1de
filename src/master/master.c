#include "master/master_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

enum { CONFIG_OCTETS = 1 << 20 };

static int64_t
wall_us(void *arg)
{
	struct clock *clock = arg;

	return clock->wall_us(clock);
}

void
master_tell(struct master *m, char what, const char *text)
{
	if (m->serve->tell_fd < 0 || m->told)
		return;
	m->told = true;
	(void)dprintf(m->serve->tell_fd, "%c%s", what, text);
	(void)close(m->serve->tell_fd);
}

static void
reap(struct master *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < m->nchildren; i++)
			if (m->children[i].pid == pid)
				supervise_died(&m->children[i], status);
}

/* Has the terminal been closed that we were started on? Then a SIGHUP is no
 * wish of the operator's: the kernel sends it, or the shell on its way out. */
static bool
terminal_gone(struct master *m, int32_t origin)
{
	struct pollfd p = { .fd = m->terminal, .events = POLLOUT };

	if (m->terminal < 0)
		return false;
	return origin == SI_KERNEL || (poll(&p, 1, 0) > 0 &&
	    (p.revents & (POLLHUP | POLLERR)));
}

static int
find_terminal(const struct master *m)
{
	if (isatty(m->serve->log_fd))
		return m->serve->log_fd;
	return isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
}

static void
on_signal(struct master *m, uint32_t signo, int32_t origin)
{
	if (signo == SIGCHLD)
		reap(m);
	else if (signo == SIGHUP && terminal_gone(m, origin))
		supervise_stop(m, 0, "");
	else if (signo == SIGHUP && m->phase == RUNNING)
		supervise_reload(m);
	else if (signo == SIGTERM || signo == SIGINT) {
		if (m->phase == RUNNING)
			supervise_stop(m, 0, "");
		else
			supervise_kill(m);
	}
}

static void
on_signals(struct watch *w, uint32_t events)
{
	struct master *m = container_of(w, struct master, signals);
	struct signalfd_siginfo si;

	(void)events;
	while (read(w->fd, &si, sizeof(si)) == (ssize_t)sizeof(si))
		on_signal(m, si.ssi_signo, si.ssi_code);
}

static int
take_signals(struct master *m, struct err *err)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_sys(err, E_IO, "signals");
	m->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	m->signals.events = EPOLLIN;
	m->signals.fn = on_signals;
	if (m->signals.fd < 0)
		return err_sys(err, E_IO, "signals");
	return loop_watch(m->loop, &m->signals, err);
}

static bool
have_role(const struct master *m, const char *role)
{
	return access(str_dupz(m->forever, arena_printf(m->forever,
	    "%s/postern-%s", m->libexec, role)), X_OK) == 0;
}

/* The roles are beside us, wherever that is. */
static int
find_roles(struct master *m, struct err *err)
{
	char self[1024];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct str here;

	if (n <= 0 || (size_t)n == sizeof(self))
		return err_sys(err, E_IO, "/proc/self/exe");
	here = str_make(self, (size_t)n);
	m->libexec = str_dupz(m->forever, str_first(here,
	    str_rchr(here, '/')));
	return 0;
}

/* One line about all of them: half a build starts and dies, again and again. */
static int
check_roles(const struct master *m, struct err *err)
{
	char missing[200] = "";
	size_t n = 0;

	for (size_t i = 0; i < m->nchildren; i++) {
		const char *role = role_name(m->children[i].kind);

		if (m->children[i].index == 0 &&
		    child_is_wanted(&m->children[i]) && !have_role(m, role))
			n += (size_t)snprintf(missing + n, sizeof(missing) - n,
			    "%spostern-%s", n > 0 ? ", " : "", role);
	}
	if (n == 0)
		return 0;
	return err_set(err, E_NOTFOUND, "%s lacks %s: build or install all of "
	    "Postern", m->libexec, missing);
}

static void
add_children(struct master *m, enum role_kind kind, uint32_t n)
{
	for (uint32_t i = 0; i < n && i < WORKERS_MAX; i++) {
		struct child *c = &m->children[m->nchildren++];

		c->m = m;
		c->kind = kind;
		c->index = i;
		(void)snprintf(c->name, sizeof(c->name),
		    n > 1 ? "%s.%u" : "%s", role_name(kind), i);
	}
}

/* Who listens for no browser needs no process for them. */
static uint32_t
web_workers(const struct config *c)
{
	struct rd r = rd_of(c->listeners);
	struct listener_conf l;

	while (rd_left(&r) > 0 && msg_take(&r, &listener_conf_shape, &l)) {
		if (l.kind == LISTEN_HTTP || l.kind == LISTEN_HTTPS)
			return c->web_workers;
	}
	return 0;
}

static int
master_begin(struct master *m, struct err *err)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	add_children(m, ROLE_STORE, 1);
	add_children(m, ROLE_VAULT, 1);
	add_children(m, ROLE_RESOLVER, m->config.resolver_workers);
	add_children(m, ROLE_RELAY, m->config.relay_workers);
	add_children(m, ROLE_ERRAND, m->config.errand_workers);
	add_children(m, ROLE_LDAP, 1);
	add_children(m, ROLE_PAM, 1);
	add_children(m, ROLE_MX, m->config.mx_workers);
	add_children(m, ROLE_FRONT, m->config.front_workers);
	add_children(m, ROLE_WEB, web_workers(&m->config));
	if (find_roles(m, err) < 0 || check_roles(m, err) < 0 ||
	    certs_open(m, err) < 0 || folder_open(m, err) < 0 ||
	    sockets_open(m, err) < 0 || take_signals(m, err) < 0 ||
	    status_open(m, err) < 0 ||
	    (m->limits = limits_make(err)) < 0 ||
	    (m->bans = bans_make(err)) < 0 ||
	    (m->bans_seen = bans_read_only(m->bans, err)) < 0)
		return err->code;
	m->started_ms = loop_now_ms(m->loop);
	tickets_begin(m);
	supervise_start(m);
	return 0;
}

static void
master_end(struct master *m)
{
	if (m->signals.fd >= 0) {
		loop_unwatch(m->loop, &m->signals);
		(void)close(m->signals.fd);
	}
	sockets_close(m);
	if (m->lock >= 0)
		(void)close(m->lock);
	if (m->limits >= 0)
		(void)close(m->limits);
	if (m->bans >= 0)
		(void)close(m->bans);
	if (m->bans_seen >= 0)
		(void)close(m->bans_seen);
	if (m->folder >= 0)
		(void)close(m->folder);
	certs_free(m->certs);
	certs_free(m->trial);
	loop_free(m->loop);
	log_free(m->log);
	arena_free(m->memory);
	arena_free(m->forever);
	free(m);
}

int
master_run(const struct serve *s)
{
	struct master *m = calloc(1, sizeof(*m));
	struct err err = { 0 };
	int code;

	if (!m)
		bug("out of memory");
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	m->serve = s;
	m->folder = m->lock = m->limits = m->bans = m->bans_seen = -1;
	m->signals.fd = m->status.fd = -1;
	m->terminal = find_terminal(m);
	m->clock = clock_real();
	m->log = log_new(s->log_fd, "master",
	    (enum log_level)s->config->log_level, wall_us, &m->clock);
	m->loop = loop_new(&m->clock, m->log);
	m->memory = arena_new(CONFIG_OCTETS);
	m->forever = arena_new(64 * 1024);
	m->config = *s->config;
	m->config.number = 1;
	msg_keep(m->memory, &config_shape, &m->config);
	if (master_begin(m, &err) == 0) {
		loop_run(m->loop);
	} else {
		log_event(m->log, LOG_ERROR, "cannot_start", F_ERR(&err));
		master_tell(m, 'F', err.text);
		m->code = 1;
	}
	code = m->code;
	master_end(m);
	return code;
}
