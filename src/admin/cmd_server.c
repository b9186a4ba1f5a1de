/*
 * cmd_server.c - postern status, reload and stop: of a server that runs.
 *
 * Who serves a data folder listens on its control socket: the kernel knows
 * which process that is. Its lock is free again when all of it has ended.
 * Somebody may have removed that file, and the server is there all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "admin/admin.h"
#include "admin/check_files.h"
#include "admin/table.h"
#include "base/timetext.h"
#include "conf/data_folder.h"
#include "conf/find_config.h"

enum { STOP_S = 30, LOOK_US = 50000, ROLES_WAIT_S = 5,
	ROLES_OCTETS = 32 << 10 };

static const char status_usage[] =
    "usage: postern status [--json]\n\n"
    "Is the server there, and since when? What of it does not serve is named,\n"
    "with the reason. The status is 1 if it is not there, or not all of it.\n\n"
    WHICH_SERVER;
static const char reload_usage[] =
    "usage: postern reload [--json]\n\n"
    "Have the server read postern.conf again, as SIGHUP does. One that\n"
    "check-config would not call fine is refused here.\n\n"
    WHICH_SERVER;
static const char stop_usage[] =
    "usage: postern stop [--json]\n\n"
    "End the server in good order, as SIGTERM does, and wait until it has\n"
    "gone.\n\n"
    WHICH_SERVER;

struct running {
	struct config config;
	struct options o;
	int folder, pidfd;
	pid_t pid;
	int64_t since;		/* seconds since 1970 */
};

/* Does somebody hold the lock? */
static bool
is_locked(int folder)
{
	int fd = openat(folder, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 &&
	    errno == EWOULDBLOCK;

	if (fd >= 0)
		(void)close(fd);
	return locked;
}

/* Nobody listens. Is the folder somebody's all the same? Whose, is in the lock
 * for people to read: on a file system that is read-only, from before. */
static int
not_reached(const struct running *r, struct err *err)
{
	char text[24];
	int fd = openat(r->folder, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (fd >= 0)
		(void)close(fd);
	if (!is_locked(r->folder))
		return err_set(err, E_NOTFOUND, "no postern runs on %.*s",
		    STR_FMT(r->config.data));
	return err_set(err, E_BUSY, "a postern runs on %.*s (process %.*s, "
	    "says its lock), but its socket \"control\" there was removed, or "
	    "could not be made: end that process",
	    STR_FMT(r->config.data),
	    STR_FMT(str_trim(str_make(text, n < 0 ? 0 : (size_t)n))));
}

static bool
has_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return pidfd < 0 || poll(&p, 1, 0) > 0;
}

/* The socket is as old as the server. */
static int64_t
listens_since(int folder)
{
	struct stat st;

	return fstatat(folder, "control", &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    st.st_mtim.tv_sec : 0;
}

static int
find_master(struct running *r, struct err *err)
{
	struct ucred peer = { 0 };
	socklen_t n = sizeof(peer);
	int fd = data_folder_connect(r->folder, "control", err);

	if (fd < 0)
		return fd == E_NOTFOUND ? not_reached(r, err) : fd;
	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n);
	(void)close(fd);
	if (peer.pid == 0)
		return err_set(err, E_DENIED, "a postern runs on %.*s, in "
		    "another container: ask there", STR_FMT(r->config.data));
	r->pid = peer.pid;
	r->pidfd = pidfd_open(peer.pid, 0);
	/* Connected to now, it is still the one that we hold. */
	fd = data_folder_connect(r->folder, "control", err);
	if (fd < 0 || has_ended(r->pidfd))
		return err_set(err, E_NOTFOUND, "the postern on %.*s has just "
		    "ended", STR_FMT(r->config.data));
	(void)close(fd);
	r->since = listens_since(r->folder);
	return 0;
}

/* -1 and *code, or 0. */
static int
find_running(struct admin *a, struct running *r, int argc, char **argv,
    const char *usage, int *code)
{
	struct data_folder f;
	struct err err = { 0 };
	int n = options_read(&r->o, argc, argv, usage, SERVER_OPTIONS);

	*code = n < 0 ? r->o.code : 2;
	if (n < 0)
		return -1;
	if (n != argc) {
		*code = options_wrong(argc, argv, n, usage);
		return -1;
	}
	*code = 1;
	r->folder = r->pidfd = -1;
	if (find_config(a->memory, r->o.data, r->o.config, &r->config,
	    &err) < 0 || data_folder_open(str_dupz(a->memory, r->config.data),
	    DATA_FOLDER_FIND, &f, &err) < 0) {
		(void)admin_fail(argv[0], "%s", err.text);
		return -1;
	}
	r->folder = f.fd;
	if (find_master(r, &err) == 0)
		return 0;
	(void)close(f.fd);
	(void)admin_fail(argv[0], "%s", err.text);
	return -1;
}

/* {"running":true,"pid":1,"data":"...","since":"..."; what follows is the
 * caller's. */
static void
put_said(struct buf *b, const struct running *r, const char *word)
{
	if (r->o.json) {
		buf_printf(b, "{\"%s\":true,\"pid\":%d,\"data\":", word,
		    (int)r->pid);
		json_string(b, r->config.data);
		buf_lit(b, ",\"since\":\"");
		time_rfc3339(b, r->since);
		buf_chr(b, '"');
	} else {
		buf_printf(b, "process %d on ", (int)r->pid);
		put_plain(b, r->config.data);
		buf_printf(b, ": %s", word);
	}
}

static void
say(const struct running *r, const char *word)
{
	auto_buf b = BUF_INIT(32 << 10);

	put_said(&b, r, word);
	printf("%.*s%s\n", STR_FMT(buf_get(&b)), r->o.json ? "}" : "");
}

static void
running_close(struct running *r)
{
	(void)close(r->folder);
	(void)close(r->pidfd);
}

/* ---- how each role does -------------------------------------------------- */

/* All that the master says; nothing if it does not answer. */
static struct str
ask_roles(const struct running *r, struct arena *a)
{
	struct timeval wait = { .tv_sec = ROLES_WAIT_S };
	char *text = arena_alloc(a, ROLES_OCTETS);
	struct err err = { 0 };
	int fd = data_folder_connect(r->folder, "control-status", &err);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return STR_NULL;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	while (n < ROLES_OCTETS &&
	    (got = read(fd, text + n, ROLES_OCTETS - n)) > 0)
		n += (size_t)got;
	(void)close(fd);
	return str_make(text, n);
}

/* A line of master/status.c. */
struct role_line {
	struct str name, state, pid, deaths, why;
};

static bool
next_role(struct str *lines, struct role_line *role)
{
	struct str line;

	if (lines->n == 0)
		return false;
	(void)str_cut(*lines, '\n', &line, lines);
	(void)str_cut(line, ' ', &role->name, &line);
	(void)str_cut(line, ' ', &role->state, &line);
	(void)str_cut(line, ' ', &role->pid, &line);
	(void)str_cut(line, ' ', &role->deaths, &role->why);
	return true;
}

static void
put_role(struct buf *b, const struct role_line *role, bool json)
{
	if (json) {
		buf_lit(b, "{\"role\":");
		json_string(b, role->name);
		buf_lit(b, ",\"state\":");
		json_string(b, role->state);
		buf_printf(b, ",\"pid\":%.*s,\"deaths\":%.*s,\"why\":",
		    STR_FMT(role->pid), STR_FMT(role->deaths));
		json_string(b, role->why);
		buf_chr(b, '}');
		return;
	}
	buf_printf(b, "\n%.*s ", STR_FMT(role->name));
	if (role->why.n > 0) {
		buf_printf(b, "has died (%.*s in a row): ",
		    STR_FMT(role->deaths));
		put_plain(b, role->why);
	} else {
		buf_lit(b, "is being started");
	}
}

/* Since when, and then those that do not serve: a healthy server is a line.
 * Do all of them, as far as anybody says? */
static bool
put_roles(struct buf *b, const struct running *r, struct str lines)
{
	auto_buf roles = BUF_INIT(ROLES_OCTETS * 8);
	struct role_line role;
	bool said = lines.n > 0, all = said, serves;

	while (next_role(&lines, &role)) {
		serves = str_eq(role.state, STR("serves")) ||
		    str_eq(role.state, STR("sleeps"));
		all = all && serves;
		if (r->o.json && buf_get(&roles).n > 0)
			buf_chr(&roles, ',');
		if (r->o.json || !serves)
			put_role(&roles, &role, r->o.json);
	}
	if (r->o.json) {
		buf_printf(b, ",\"serving\":%s,\"roles\":[%.*s]}", all ?
		    "true" : "false", STR_FMT(buf_get(&roles)));
	} else {
		buf_printf(b, "%s since ", all ? "" : said ?
		    ", but not all of it," : ", but does not answer,");
		time_rfc3339(b, r->since);
		buf_str(b, buf_get(&roles));
	}
	return all;
}

int
cmd_status(struct admin *a, int argc, char **argv)
{
	auto_buf b = BUF_INIT(ROLES_OCTETS * 8 + (32 << 10));
	struct running r = { 0 };
	bool all;
	int code;

	if (find_running(a, &r, argc, argv, status_usage, &code) < 0)
		return code;
	put_said(&b, &r, "running");
	all = put_roles(&b, &r, ask_roles(&r, a->memory));
	printf("%.*s\n", STR_FMT(buf_get(&b)));
	running_close(&r);
	return all ? 0 : 1;
}

int
cmd_reload(struct admin *a, int argc, char **argv)
{
	struct running r = { 0 };
	struct err err = { 0 };
	int code, rc = 0;

	if (find_running(a, &r, argc, argv, reload_usage, &code) < 0)
		return code;
	/* find_config() has read it; the files that it names were not. */
	rc = check_files(a->memory, &r.config, &err);
	if (rc == 0 && pidfd_send_signal(r.pidfd, SIGHUP, NULL, 0) < 0)
		rc = err_sys(&err, E_IO, "process %d", (int)r.pid);
	if (rc == 0)
		say(&r, "reloading");
	running_close(&r);
	return rc < 0 ? admin_fail("reload", "%s", err.text) : 0;
}

int
cmd_stop(struct admin *a, int argc, char **argv)
{
	struct running r = { 0 };
	struct err err = { 0 };
	int code, rc = 0, looks = STOP_S * 1000000 / LOOK_US;

	if (find_running(a, &r, argc, argv, stop_usage, &code) < 0)
		return code;
	if (pidfd_send_signal(r.pidfd, SIGTERM, NULL, 0) < 0)
		rc = err_sys(&err, E_IO, "process %d", (int)r.pid);
	while (rc == 0 && (!has_ended(r.pidfd) || is_locked(r.folder))) {
		(void)usleep(LOOK_US);
		if (--looks == 0)
			rc = err_set(&err, E_TIMEOUT, "process %d has not "
			    "ended after %d s", (int)r.pid, STOP_S);
	}
	if (rc == 0)
		say(&r, "stopped");
	running_close(&r);
	return rc < 0 ? admin_fail("stop", "%s", err.text) : 0;
}
