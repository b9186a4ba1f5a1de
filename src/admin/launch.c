#include "admin/launch.h"

#include "admin/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int
launch_here(struct arena *a, const struct serve *s, struct err *err)
{
	const char *path;

	if (find_beside(a, "master", &path, err) < 0)
		return err->code;
	return serve_become(s, path, err);
}

/* A group of its own: Ctrl-C reaches us, and we end it in order. */
static no_return void
become_master(const struct serve *s, const char *path, pid_t parent)
{
	struct err err = { 0 };
	sigset_t none;

	(void)setpgid(0, 0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (getppid() != parent)
		_exit(1);
	(void)serve_become(s, path, &err);
	(void)dprintf(s->tell_fd, "F%s", err.text);
	_exit(1);
}

/* "R", or "F" and why. */
static int
wait_told(int fd, struct err *err)
{
	char text[256];
	size_t n = 0;
	ssize_t got;

	do {
		got = read(fd, text + n, sizeof(text) - n);
		if (got > 0)
			n += (size_t)got;
	} while ((got > 0 && n < sizeof(text)) || (got < 0 && errno == EINTR));
	if (n > 0 && text[0] == 'R')
		return 0;
	if (n > 1)
		return err_set(err, E_IO, "%.*s", (int)(n - 1), text + 1);
	return err_set(err, E_IO, "the server ended before it was ready");
}

int
launch_start(struct arena *a, struct serve *s, pid_t *pid, struct err *err)
{
	pid_t parent = getpid();
	const char *path;
	int fds[2];

	if (find_beside(a, "master", &path, err) < 0)
		return err->code;
	(void)fflush(stdout);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, E_IO, "pipe");
	*pid = fork();
	if (*pid == 0) {
		s->tell_fd = fds[1];
		become_master(s, path, parent);
	}
	(void)close(fds[1]);
	if (*pid < 0) {
		(void)close(fds[0]);
		return err_sys(err, E_IO, "fork");
	}
	if (wait_told(fds[0], err) == 0) {
		(void)close(fds[0]);
		return 0;
	}
	(void)close(fds[0]);
	(void)launch_stop(*pid);
	return err->code;
}

int
launch_stop(pid_t pid)
{
	int status;

	(void)kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
