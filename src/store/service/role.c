/*
 * role.c - postern-store: keeps the mail, the queue, the directory and the
 * sealed secrets. Parses nothing but messages of other roles.
 *
 * Privileges: its data folder, threads, pairs of sockets for the connections
 * it hands out, accepting on the control socket. No network.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>

#include "rt/role.h"
#include "store/service/service.h"

enum { EXIT_DISK = 74, WAIT_FOR_LOCK_MS = 3000 };

struct store_role {
	struct role *role;
	struct clock clock;
	int dirfd, lockfd;
	struct files *files;
	struct engine *engine;
	struct service *service;
	struct watch control, submit;
	bool has_control, has_submit;
};

static int64_t
wall_us(void *arg)
{
	struct store_role *s = arg;

	return s->clock.wall_us(&s->clock);
}

static int64_t
mono_us(void *arg)
{
	struct store_role *s = arg;

	return s->clock.mono_us(&s->clock);
}

static void
randomness(void *arg, void *p, size_t n)
{
	struct store_role *s = arg;

	loop_random(s->role->loop, p, n);
}

/* The kernel may have dropped what it could not write and would say "fine"
 * next time: only the disk knows, so start again from it. */
static void
fatal(void *arg, const struct err *why)
{
	struct store_role *s = arg;

	log_event(s->role->log, LOG_ERROR, "disk_failed", F_ERR(why));
	_exit(EXIT_DISK);
}

/* One store at a time; the one before us may still be ending. */
static int
lock_folder(struct store_role *s, struct err *err)
{
	struct timespec pause = { 0, 20 * 1000000 };
	int waited;

	s->lockfd = openat(s->dirfd, "store.lock",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lockfd < 0)
		return err_sys(err, E_IO, "open store.lock");
	for (waited = 0; waited < WAIT_FOR_LOCK_MS; waited += 20) {
		if (flock(s->lockfd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		nanosleep(&pause, NULL);
	}
	return err_sys(err, E_BUSY, "the data folder is in use");
}

static int
open_folder(struct store_role *s, struct err *err)
{
	struct str data = s->role->config.data;
	char *path = strndup(data.p, data.n);

	bug_if(!path);
	s->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	if (s->dirfd < 0)
		return err_sys(err, E_IO, "open %.*s", STR_FMT(data));
	return lock_folder(s, err);
}

static struct queue_settings
queue_of(const struct config *c)
{
	return (struct queue_settings){ .retry_min_s = c->retry_min_s,
		.retry_max_s = c->retry_max_s, .expire_s = c->expire_s,
		.notice_s = c->notice_s,
		.host_connections = c->host_connections,
		.host_rate = c->host_rate,
		.double_bounces = c->double_bounces };
}

static int
sandboxed(struct role *r, struct err *err)
{
	struct store_role *s = r->state;
	struct engine_options o = { .quota = r->config.quota,
		.max_message = r->config.max_message, .wall_us = wall_us,
		.mono_us = mono_us, .random = randomness, .arg = s,
		.log = r->log, .queue = queue_of(&r->config),
		.calls = service_engine_calls };
	struct service_options so = { .loop = r->loop, .log = r->log,
		.readers = 2, .fatal = fatal, .arg = s };
	int rc;

	s->role = r;
	s->clock = clock_real();
	rc = open_folder(s, err);
	if (rc < 0)
		return rc;
	s->files = files_real(s->dirfd);
	o.files = s->files;
	rc = engine_open(&o, &s->engine, err);
	if (rc < 0)
		return rc;
	so.engine = s->engine;
	return service_new(&so, &s->service, err);
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	struct store_role *s = r->state;
	struct err err = { 0 };
	int rc = E_DENIED;

	if (kind == ROLE_MX)
		rc = service_connect(s->service, fd, AUTH_MX, 0, index, &err);
	else if (kind == ROLE_RELAY)
		rc = service_connect(s->service, fd, AUTH_RELAY, 0, index,
		    &err);
	else if (kind == ROLE_VAULT)
		rc = service_connect(s->service, fd, AUTH_VAULT, 0, 0, &err);
	else
		(void)close(fd);
	if (rc < 0)
		log_event(r->log, LOG_ERROR, "peer_failed",
		    F_STR("role", str_c(role_name(kind))), F_ERR(&err));
}

/* Who is at the other end, by the kernel. */
static bool
who_is(int fd, uid_t *uid)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0)
		return false;
	*uid = who.uid;
	return true;
}

/* Total power: only for root and whoever the store itself is. */
static bool
may_operate(int fd)
{
	uid_t uid;

	return who_is(fd, &uid) && (uid == 0 || uid == geteuid());
}

static void
connect_local(struct store_role *s, int fd)
{
	struct err err = { 0 };
	uid_t uid;

	if (!who_is(fd, &uid))
		(void)close(fd);
	else if (service_connect(s->service, fd, AUTH_LOCAL, 0, uid, &err) < 0)
		log_event(s->role->log, LOG_WARN, "submit_failed", F_ERR(&err));
}

static void
on_submit(struct watch *w, uint32_t events)
{
	struct store_role *s = container_of(w, struct store_role, submit);
	int fd;

	(void)events;
	while ((fd = accept4(w->fd, NULL, NULL,
	    SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		connect_local(s, fd);
}

static void
on_control(struct watch *w, uint32_t events)
{
	struct store_role *s = container_of(w, struct store_role, control);
	struct err err = { 0 };
	int fd;

	(void)events;
	for (;;) {
		fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		if (!may_operate(fd))
			(void)close(fd);
		else if (service_connect(s->service, fd, AUTH_OPERATOR, 0, 0,
		    &err) < 0)
			log_event(s->role->log, LOG_WARN, "control_failed",
			    F_ERR(&err));
	}
}

static void
on_listen(struct role *r, enum listen_kind kind, int fd)
{
	struct store_role *s = r->state;
	bool submit = kind == LISTEN_SUBMIT;
	bool *has = submit ? &s->has_submit : &s->has_control;
	struct watch *w = submit ? &s->submit : &s->control;
	struct err err = { 0 };

	if ((kind != LISTEN_CONTROL && !submit) || *has) {
		(void)close(fd);
		return;
	}
	*w = (struct watch){ .fd = fd, .events = EPOLLIN,
		.fn = submit ? on_submit : on_control };
	*has = loop_watch(r->loop, w, &err) == 0;
	if (!*has)
		log_event(r->log, LOG_ERROR,
		    submit ? "submit_failed" : "control_failed",
		    F_ERR(&err));
}

static void
reload(struct role *r)
{
	struct store_role *s = r->state;

	struct queue_settings queue = queue_of(&r->config);

	engine_limits(s->engine, r->config.quota, r->config.max_message);
	engine_queue(s->engine, &queue);
	service_settings(s->service);
}

static void
stop_listening(struct role *r, struct watch *w, bool *has)
{
	if (!*has)
		return;
	loop_unwatch(r->loop, w);
	(void)close(w->fd);
	*has = false;
}

static void
stop(struct role *r)
{
	struct store_role *s = r->state;

	stop_listening(r, &s->control, &s->has_control);
	stop_listening(r, &s->submit, &s->has_submit);
}

static void
finish(struct role *r)
{
	struct store_role *s = r->state;

	service_free(s->service);
	engine_close(s->engine);
	free(s->files);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_STORE,
		.state_size = sizeof(struct store_role),
		.sandbox = { MAY_THREADS | MAY_FILES | MAY_PAIRS |
			MAY_ACCEPT, true },
		.sandboxed = sandboxed,
		.peer = peer,
		.listen = on_listen,
		.reload = reload,
		.stop = stop,
		.finish = finish,
	};

	return role_main(&ops);
}
