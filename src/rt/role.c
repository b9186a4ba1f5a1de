#include "rt/role.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { LINK_FD = 3, CONFIG_OCTETS = 512 * 1024 };

struct link {
	struct role role;
	const struct role_ops *ops;
	struct arena *memory; /* of role.config */
	bool started;
};

#if HAVE_ASAN
/* The search for leaks traces the process from outside, which the sandbox
 * forbids. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

static int64_t
wall_us(void *arg)
{
	struct clock *clock = arg;

	return clock->wall_us(clock);
}

/* The old one goes when the role has the new one. */
static bool
take_config(struct link *k, struct str octets, struct arena **old)
{
	struct arena *a = arena_new(CONFIG_OCTETS);
	struct config c;

	if (!msg_whole(octets, &config_shape, &c)) {
		arena_free(a);
		return false;
	}
	msg_keep(a, &config_shape, &c);
	*old = k->memory;
	k->memory = a;
	k->role.config = c;
	log_set_level(k->role.log, (enum log_level)c.log_level);
	return true;
}

static int
take_fd(struct ipc_req *req)
{
	int fd = req->nfds > 0 ? req->fds[0] : -1;

	if (req->nfds > 0)
		req->fds[0] = -1;
	return fd;
}

static int
role_enter(struct link *k, const struct role_start *m, struct buf *missing,
    struct err *err)
{
	const struct role_ops *ops = k->ops;
	struct role *r = &k->role;
	struct arena *none;

	if (k->started || m->kind != (uint32_t)ops->kind)
		return err_set(err, E_PROTO, "started as the wrong role");
	if (!take_config(k, m->config, &none))
		return err_set(err, E_PROTO, "the configuration does not fit");
	k->started = true;
	r->index = m->index;
	r->uid = m->uid;
	r->sandbox = ops->sandbox;
	if (ops->prepare && ops->prepare(r, err) < 0)
		return err->code;
	if (sandbox_enter(&r->sandbox, m->uid, str_dupz(k->memory,
	    r->config.data), missing, err) < 0)
		return err->code;
	if (m->uid != 0 && ops->sandbox.whole_folder)
		r->config.data = STR("/");
	if (ops->sandboxed && ops->sandboxed(r, err) < 0)
		return err->code;
	return 0;
}

static void
on_start(struct link *k, struct ipc_req *req)
{
	auto_buf missing = BUF_INIT(1000);
	struct role_ready m;
	struct err err = { 0 };

	if (!k->started)
		k->role.shared = take_fd(req);
	if (role_enter(k, req->ask, &missing, &err) < 0) {
		role_give_up(&k->role, err.text);
		return;
	}
	m.missing = str_trim(buf_get(&missing));
	m.unproven = k->ops->proves;
	ipc_notify(k->role.master, &role_calls[ROLE_READY], &m, -1);
	ipc_flush(k->role.master);
}

static void
on_peer(struct link *k, struct ipc_req *req)
{
	const struct role_peer *m = req->ask;
	int fd = take_fd(req);

	if (fd >= 0 && k->ops->peer)
		k->ops->peer(&k->role, (enum role_kind)m->kind, m->index, fd);
	else if (fd >= 0)
		(void)close(fd);
}

static void
on_listen(struct link *k, struct ipc_req *req)
{
	const struct role_listen *m = req->ask;
	int fd = take_fd(req);

	if (fd >= 0 && k->ops->listen)
		k->ops->listen(&k->role, (enum listen_kind)m->kind, fd);
	else if (fd >= 0)
		(void)close(fd);
}

static void
on_file(struct link *k, struct ipc_req *req)
{
	int fd = take_fd(req);

	if (k->ops->file)
		k->ops->file(&k->role, req->ask, fd);
	else if (fd >= 0)
		(void)close(fd);
}

static void
on_bans(struct link *k, struct ipc_req *req)
{
	if (k->role.bans < 0)
		k->role.bans = take_fd(req);
}

static void
on_tickets(struct link *k, struct ipc_req *req)
{
	const struct role_tickets *m = req->ask;

	if (k->ops->tickets)
		k->ops->tickets(&k->role, m->keys);
}

static void
on_reload(struct link *k, struct ipc_req *req)
{
	const struct role_reload *m = req->ask;
	struct str data = k->role.config.data;
	struct arena *old;

	if (!take_config(k, m->config, &old))
		return;
	/* Where our folder is was settled when the sandbox closed. */
	k->role.config.data = str_dup(k->memory, data);
	if (k->ops->reload)
		k->ops->reload(&k->role);
	arena_free(old);
}

static void
on_stop(struct link *k, struct ipc_req *req)
{
	(void)req;
	if (k->ops->stop)
		k->ops->stop(&k->role);
	loop_stop(k->role.loop);
}

static void
on_message(void *owner, struct ipc_req *req)
{
	static void (*const fns[ROLE_MESSAGES])(struct link *,
	    struct ipc_req *) = {
		[ROLE_START] = on_start,
		[ROLE_PEER] = on_peer,
		[ROLE_LISTEN] = on_listen,
		[ROLE_RELOAD] = on_reload,
		[ROLE_STOP] = on_stop,
		[ROLE_FILE] = on_file,
		[ROLE_BANS] = on_bans,
		[ROLE_TICKETS] = on_tickets,
	};
	struct link *k = owner;
	uint16_t i = req->call->index;

	if (fns[i] && (k->started || i == ROLE_START || i == ROLE_STOP ||
	    i == ROLE_FILE || i == ROLE_BANS))
		fns[i](k, req);
	ipc_drop(req);
}

static void
on_gone(void *owner, struct ipc *ipc, const char *why)
{
	struct link *k = owner;

	(void)ipc;
	(void)why;
	k->role.code = 1;
	loop_stop(k->role.loop);
}

/* Signals are for master, who knows in which order to stop. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < NELEM(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
}

static bool
have_link(void)
{
	socklen_t n = sizeof(int);
	int domain;

	return getsockopt(LINK_FD, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
	    domain == AF_UNIX && fcntl(LINK_FD, F_SETFD, FD_CLOEXEC) == 0;
}

static int
serve(struct link *k)
{
	static const struct ipc_service service = { role_calls, ROLE_MESSAGES,
		on_message, on_gone };
	struct ipc_options o = { .service = &service, .owner = k,
		.authority = ROLE_FROM_MASTER };
	struct err err = { 0 };

	k->role.master = ipc_open(k->role.loop, LINK_FD, &o, &err);
	if (!k->role.master) {
		log_event(k->role.log, LOG_ERROR, "link_failed", F_ERR(&err));
		return 1;
	}
	loop_run(k->role.loop);
	/* The census of stacks: tests/test_stacks.py. */
	log_event(k->role.log, LOG_DEBUG, "stacks",
	    F_INT("peak", loop_stack_peak(k->role.loop)));
	if (k->started && k->role.code == 0 && k->ops->finish)
		k->ops->finish(&k->role);
	ipc_close(k->role.master);
	return k->role.code;
}

#ifdef POSTERN_REDTEAM
/* tests/redteam: hostile code in this role's place, inside its sandbox. */
const struct role_ops *redteam_ops(const struct role_ops *real);
#else
static const struct role_ops *
redteam_ops(const struct role_ops *real)
{
	return real;
}
#endif

int
role_main(const struct role_ops *own)
{
	const struct role_ops *ops = redteam_ops(own);
	const char *name = getenv("POSTERN_ROLE"); /* "mx.0", for the log */
	struct clock clock = clock_real();
	struct link k = { .ops = ops, .role.shared = -1,
		.role.bans = -1 };
	int code;

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (!have_link()) {
		fprintf(stderr, "postern-%s is started by postern; "
				"try: postern help\n",
		    role_name(ops->kind));
		return 64;
	}
	ignore_signals();
	k.role.log = log_new(STDERR_FILENO, name ? name : role_name(ops->kind),
	    LOG_INFO, wall_us, &clock);
	k.role.loop = loop_new(&clock, k.role.log);
	k.role.state = ops->state_size ? calloc(1, ops->state_size) : NULL;
	if (ops->state_size && !k.role.state)
		bug("out of memory");
	code = serve(&k);
	loop_free(k.role.loop);
	log_free(k.role.log);
	arena_free(k.memory);
	free(k.role.state);
	return code;
}
