#include "rig.h"

#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* What is waited for comes; how soon is the machine's business. */
enum { PATIENCE = 10 };

int64_t
rig_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
rig_open(struct rig *r, const char *libexec, const char *hostname)
{
	struct listener_conf l = { LISTEN_SMTP, STR("127.0.0.1"), 0 };

	*r = (struct rig){ .folder = "/tmp/master-XXXXXX", .pid = -1,
		.log = -1, .tell = -1, .libexec = libexec };
	assert_non_null(mkdtemp(r->folder));
	buf_init(&r->text, 4 << 20);
	buf_init(&r->listeners, 4096);
	msg_put(&r->listeners, &listener_conf_shape, &l);
	r->config = (struct config){ .hostname = str_c(hostname),
		.data = str_c(r->folder),
		.listeners = buf_get(&r->listeners),
		.mx_workers = 2, .front_workers = 1, .log_level = LOG_INFO,
		.uid_base = 61840 };
}

void
rig_write_config(struct rig *r, const char *text)
{
	FILE *f;

	(void)snprintf(r->file, sizeof(r->file), "%s.conf", r->folder);
	f = fopen(r->file, "w");
	assert_non_null(f);
	assert_true(fprintf(f, "data = %s\n%s\n", r->folder, text) > 0);
	assert_int_equal(fclose(f), 0);
}

static no_return void
become_master(const struct rig *r, int log, int tell)
{
	struct serve s = { .config = &r->config, .make_data = true,
		.file = str_c(r->file), .tell_fd = tell, .log_fd = log };
	struct err err = { 0 };
	char path[200];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)snprintf(path, sizeof(path), "%s/postern-master", r->libexec);
	(void)serve_become(&s, path, &err);
	(void)dprintf(2, "%s\n", err.text);
	_exit(70);
}

void
rig_start(struct rig *r)
{
	int log[2], tell[2];

	assert_int_equal(pipe2(log, O_CLOEXEC), 0);
	assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0)
		become_master(r, log[1], tell[1]);
	(void)close(log[1]);
	(void)close(tell[1]);
	r->log = log[0];
	r->tell = tell[0];
}

static bool
more(struct rig *r, int64_t until)
{
	struct pollfd p = { r->log, POLLIN, 0 };
	int64_t left = until - rig_now_ms();
	char *room = buf_room(&r->text, 4096);
	ssize_t n;

	assert_non_null(room);
	if (poll(&p, 1, left > 0 ? (int)left : 0) <= 0)
		return false;
	n = read(r->log, room, 4096);
	if (n <= 0)
		return false;
	buf_added(&r->text, (size_t)n);
	return true;
}

static struct str
find(struct rig *r, const char *who, const char *what)
{
	struct str rest = str_from(buf_get(&r->text), r->mark), line;

	while (str_cut(rest, '\n', &line, &rest)) {
		struct str said = str_from(line, 25); /* behind the time */

		if (str_starts(said, str_c(who)) &&
		    str_find(line, str_c(what)) < line.n)
			return line;
	}
	return STR_NULL;
}

struct str
rig_line(struct rig *r, const char *who, const char *what, int within_ms)
{
	int64_t until = rig_now_ms() + (int64_t)PATIENCE * within_ms;

	for (;;) {
		struct str line = find(r, who, what);

		if (line.n > 0)
			return line;
		if (!more(r, until))
			break;
	}
	print_error("no \"%s\" \"%s\" in:\n%.*s\n", who, what,
	    STR_FMT(str_from(buf_get(&r->text), r->mark)));
	fail();
	return STR_NULL;
}

bool
rig_none(struct rig *r, const char *who, const char *what)
{
	while (more(r, 0))
		;
	return find(r, who, what).n == 0;
}

uint32_t
rig_number(struct str line, const char *key)
{
	struct str rest = str_from(line, str_find(line, str_c(key))), digits;
	uint32_t v = 0;

	rest = str_from(rest, strlen(key) + 1);
	(void)str_cut(rest, ' ', &digits, &rest);
	assert_true(str_u32(digits, &v));
	return v;
}

void
rig_mark(struct rig *r)
{
	while (more(r, 0))
		;
	r->mark = r->text.n;
}

void
rig_signal(struct rig *r, int signo)
{
	assert_int_equal(kill(r->pid, signo), 0);
}

int
rig_wait(struct rig *r, int within_ms)
{
	int64_t until = rig_now_ms() + (int64_t)PATIENCE * within_ms;
	int status;

	while (waitpid(r->pid, &status, WNOHANG) == 0) {
		(void)more(r, rig_now_ms() + 5);
		if (rig_now_ms() > until) {
			print_error("master still runs:\n%.*s\n",
			    STR_FMT(buf_get(&r->text)));
			fail();
		}
	}
	r->pid = -1;
	while (more(r, 0))
		;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

void
rig_close(struct rig *r)
{
	char *argv[] = { (char[]){ "rm" }, (char[]){ "-rf" }, r->folder, NULL };
	pid_t pid;

	if (r->pid > 0) {
		(void)kill(r->pid, SIGTERM);
		(void)rig_wait(r, 12000);
	}
	(void)close(r->log);
	(void)close(r->tell);
	if (r->file[0])
		(void)unlink(r->file);
	pid = fork();
	if (pid == 0) {
		(void)execv("/bin/rm", argv);
		_exit(1);
	}
	(void)waitpid(pid, NULL, 0);
	buf_free(&r->text);
	buf_free(&r->listeners);
}
