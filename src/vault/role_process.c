#include "vault/role_process.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "base/test.h"

enum { LINK_FD = 3, ROLE_UID = 61877 };

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct process *p = owner;

	if (req->call->index == ROLE_FAILED) {
		const struct role_failed *m = req->ask;

		print_error("failed: %.*s\n", STR_FMT(m->text));
	}
	p->ready = req->call->index == ROLE_READY;
	ipc_drop(req);
}

static void
on_gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct process *p = owner;

	p->link = NULL;
	ipc_close(ipc);
}

static no_return void
become_role(const char *path, int link)
{
	char *argv[] = { (char[]){ "postern-vault" }, NULL };
	char *env[] = { NULL };

	/* It may be that number already, and then keeps its close-on-exec. */
	if (link == LINK_FD)
		(void)fcntl(link, F_SETFD, 0);
	else
		(void)dup2(link, LINK_FD);
	(void)close_range(LINK_FD + 1, ~0U, 0);
	(void)execve(path, argv, env);
	_exit(70);
}

static void
send_start(struct process *p, const struct config *config)
{
	auto_buf octets = BUF_INIT(200000);
	struct role_start m = { .kind = ROLE_VAULT,
		.uid = getuid() == 0 ? ROLE_UID : 0 };

	msg_put(&octets, &config_shape, config);
	m.config = buf_get(&octets);
	ipc_notify(p->link, &role_calls[ROLE_START], &m, -1);
}

void
process_start(struct process *p, struct loop *l, const char *path,
    const struct config *config)
{
	static const struct ipc_service service = { role_calls, ROLE_MESSAGES,
		on_ask, on_gone };
	struct ipc_options o = { .service = &service, .owner = p,
		.authority = ROLE_FROM_ROLE };
	struct err err;
	int fds[2];

	*p = (struct process){ .loop = l };
	assert_int_equal(ipc_pair(fds, &err), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0)
		become_role(path, fds[1]);
	(void)close(fds[1]);
	p->link = ipc_open(l, fds[0], &o, &err);
	assert_non_null(p->link);
	send_start(p, config);
	for (int i = 0; p->link && !p->ready; i++) {
		assert_true(i < 2000);
		loop_once(l, 10);
	}
	assert_true(p->ready);
}

void
process_peer(struct process *p, enum role_kind kind, uint32_t index,
    int fd)
{
	struct role_peer m = { kind, index };

	ipc_notify(p->link, &role_calls[ROLE_PEER], &m, fd);
	(void)close(fd);
}

void
process_listen(struct process *p, enum listen_kind kind, int fd)
{
	struct role_listen m = { .kind = kind };

	ipc_notify(p->link, &role_calls[ROLE_LISTEN], &m, fd);
	(void)close(fd);
}

int
process_stop(struct process *p)
{
	struct role_stop m = { 1000 };
	int status = -1;

	ipc_notify(p->link, &role_calls[ROLE_STOP], &m, -1);
	for (int i = 0; p->link && i < 500; i++)
		loop_once(p->loop, 10);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	ipc_close(p->link);
	p->link = NULL;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
