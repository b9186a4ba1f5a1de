/*
 * role.c - postern-store: keeps the mail, the queue, the directory and the
 * sealed secrets. Parses nothing but messages of other roles.
 *
 * Privileges: its data folder, threads, pairs of sockets for the connections
 * it hands out, accepting on the control socket. No network.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "dns/name.h"
#include "rt/bans.h"
#include "rt/clients.h"
#include "rt/role.h"
#include "store/service/service.h"

enum { EXIT_DISK = 74, WAIT_FOR_LOCK_MS = 3000 };

struct store_role {
	struct role *role;
	struct clock clock;
	int dirfd, lockfd;
	struct files *files;
	struct engine *engine;
	struct bans *bans;
	struct service *service;
	struct client_socket control, submit;
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

	if (why->code == E_STALE)
		log_event(s->role->log, LOG_WARN, "begins_again", F_ERR(why));
	else
		log_event(s->role->log, LOG_ERROR, "disk_failed", F_ERR(why));
	_exit(EXIT_DISK);
}

/* One store at a time; the one before us may still be ending. The folder itself
 * is locked where there is no such file and nothing can be written. */
static int
lock_folder(struct store_role *s, struct err *err)
{
	struct timespec pause = { 0, 20 * 1000000 };
	int waited;

	s->lockfd = openat(s->dirfd, "store.lock",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lockfd < 0 && errno == EROFS)
		s->lockfd = openat(s->dirfd, "store.lock",
		    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (s->lockfd < 0 && errno == ENOENT)
		s->lockfd = s->dirfd;
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
		.double_bounces = c->double_bounces,
		.hold_longest_s = c->hold_longest_s,
		.hold_messages = c->hold_messages };
}

static struct door_settings
door_of(const struct config *c)
{
	return (struct door_settings){ .messages = c->network_messages,
		.recipients = c->network_recipients,
		.to_recipient = c->recipient_messages,
		.unknown = c->unknown_recipients, .errors = c->smtp_errors,
		.etrn = c->etrn_hourly, .of_domain = c->domain_messages,
		/* Else it is not known who logged in from where. */
		.logins = c->login_notes ? c->failed_logins : 0,
		.ban_s = c->ban_time_s, .ban_longest_s = c->ban_longest_s };
}

static struct age_settings
ages_of(const struct config *c)
{
	return (struct age_settings){ .deleted_s = c->keep_deleted_s,
		.junk_s = c->empty_junk_s, .trash_s = c->empty_trash_s,
		.held_s = c->keep_held_s };
}

static struct limit_settings
limits_of(const struct config *c)
{
	return (struct limit_settings){ {
		[SEND_LIMIT_messages_hour] = c->messages_hour,
		[SEND_LIMIT_recipients_hour] = c->recipients_hour,
		[SEND_LIMIT_messages_day] = c->messages_day,
		[SEND_LIMIT_recipients_day] = c->recipients_day,
		[SEND_LIMIT_new_day] = c->new_recipients_day,
		[SEND_LIMIT_size] = c->message_size } };
}

static int
prepare(struct role *r, struct err *err unused_arg)
{
	if (r->bans >= 0)
		((struct store_role *)r->state)->bans = bans_new(r->bans,
		    true);
	r->bans = -1;
	return 0;
}

static int
sandboxed(struct role *r, struct err *err)
{
	struct store_role *s = r->state;
	struct engine_options o = { .quota = r->config.quota,
		.expands = r->config.expn,
		.max_message = r->config.max_message,
		.hostname = r->config.hostname, .divert = r->config.divert,
		.a_label = dns_name,	/* once in the life of a folder */
		.wall_us = wall_us,
		.mono_us = mono_us, .random = randomness, .arg = s,
		.log = r->log, .queue = queue_of(&r->config),
		.ages = ages_of(&r->config),
		.limits = limits_of(&r->config),
		.calls = service_engine_calls };
	struct service_options so = { .loop = r->loop, .log = r->log,
		.readers = 2, .fatal = fatal, .arg = s,
		.door = door_of(&r->config) };
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
	engine_bans(s->engine, s->bans);
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
	else if (kind == ROLE_LDAP)
		rc = service_connect(s->service, fd, AUTH_LDAP, 0, 0, &err);
	else
		(void)close(fd);
	if (rc < 0)
		log_event(r->log, LOG_ERROR, "peer_failed",
		    F_STR("role", str_c(role_name(kind))), F_ERR(&err));
}

static void
on_control(struct client_socket *from, int fd, uid_t uid unused_arg)
{
	struct store_role *s = container_of(from, struct store_role, control);
	struct err err = { 0 };

	if (service_connect(s->service, fd, AUTH_OPERATOR, 0, 0, &err) < 0)
		log_event(s->role->log, LOG_WARN, "control_failed",
		    F_ERR(&err));
}

static void
on_submit(struct client_socket *from, int fd, uid_t uid)
{
	struct store_role *s = container_of(from, struct store_role, submit);
	struct err err = { 0 };

	if (service_connect(s->service, fd, AUTH_LOCAL, 0, uid, &err) < 0)
		log_event(s->role->log, LOG_WARN, "submit_failed", F_ERR(&err));
}

static void
on_listen(struct role *r, enum listen_kind kind, int fd)
{
	struct store_role *s = r->state;

	if (kind == LISTEN_CONTROL)	/* total power */
		client_socket_open(&s->control, r->loop, fd, true, on_control);
	else if (kind == LISTEN_SUBMIT)
		client_socket_open(&s->submit, r->loop, fd, false, on_submit);
	else
		(void)close(fd);
}

static void
reload(struct role *r)
{
	struct store_role *s = r->state;

	struct queue_settings queue = queue_of(&r->config);
	struct age_settings ages = ages_of(&r->config);
	struct limit_settings limits = limits_of(&r->config);

	engine_limits(s->engine, r->config.quota, r->config.max_message);
	engine_expands(s->engine, r->config.expn);
	engine_queue(s->engine, &queue);
	engine_ages(s->engine, &ages);
	engine_account_limits(s->engine, &limits);
	struct door_settings door = door_of(&r->config);

	service_settings(s->service, &door);
}

static void
stop_store(struct role *r)
{
	struct store_role *s = r->state;

	client_socket_close(&s->control);
	client_socket_close(&s->submit);
}

static void
free_store(struct role *r)
{
	struct store_role *s = r->state;

	service_free(s->service);
	engine_close(s->engine);
	bans_free(s->bans);
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
		.prepare = prepare,
		.sandboxed = sandboxed,
		.peer = peer,
		.listen = on_listen,
		.reload = reload,
		.stop = stop_store,
		.finish = free_store,
	};

	return role_main(&ops);
}
