#include "admin/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int
child_begin(struct child *c, const int fds[2],
    void (*work)(int fd, void *arg), void *arg, struct err *err)
{
	c->pid = fork();
	if (c->pid == 0) {
		(void)close(fds[0]);
		work(fds[1], arg);
	}
	(void)close(fds[1]);
	c->fd = fds[0];
	if (c->pid > 0)
		return 0;
	(void)err_sys(err, E_IO, "make a process");
	child_end(c);
	return E_IO;
}

void
child_end(struct child *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	c->pid = -1;
}
