#include "rt/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/test.h"

/* Each attempt answers 0 if it succeeded, else errno. */
static int
verdict(long rc)
{
	return rc < 0 ? errno : 0;
}
static int
try_passwd(void)
{
	return verdict(open("/etc/passwd", O_RDONLY));
}
static int
try_etc(void)
{
	return verdict(open("/etc", O_RDONLY | O_DIRECTORY));
}
static int
try_socket(void)
{
	return verdict(socket(AF_INET, SOCK_STREAM, 0));
}
static int
try_unix(void)
{
	return verdict(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int
try_datagrams(void)
{
	int s[2];

	return verdict(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
}
static int
try_pair(void)
{
	int s[2];

	return verdict(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
}
static int
try_udp(void)
{
	return verdict(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
}
static int
try_raw(void)
{
	return verdict(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

/* TCP to whoever sees it, and to Landlock's ports something else. */
static int
try_mptcp(void)
{
	return verdict(socket(AF_INET, SOCK_STREAM, 262 /* MPTCP */));
}
static int
try_sctp(void)
{
	return verdict(socket(AF_INET6, SOCK_STREAM, IPPROTO_SCTP));
}
static int
try_udplite(void)
{
	return verdict(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));
}

/* Nobody listens at either: refused by the kernel is as good as connected. */
enum { OPEN_PORT = 1, CLOSED_PORT = 2 };
static int
dial(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), rc;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rc = connect(fd, (struct sockaddr *)&a, sizeof(a));
	return rc < 0 && (errno == EINPROGRESS || errno == ECONNREFUSED) ?
	    0 : verdict(rc);
}
static int
try_port(void)
{
	return dial(OPEN_PORT);
}
static int
try_other_port(void)
{
	return dial(CLOSED_PORT);
}
/* What listens in the folder, from a socket that we were born with. */
static int born_with;
static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
static int
try_path(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	memcpy(a.sun_path, path, sizeof(path));
	return verdict(connect(born_with, (struct sockaddr *)&a, sizeof(a)));
}
static int
try_later_fast_open(void)
{
	int on = 1;

	return verdict(setsockopt(0, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on,
	    sizeof(on)));
}
static int
try_broadcast(void)
{
	int on = 1;

	return verdict(setsockopt(0, SOL_SOCKET, SO_BROADCAST, &on,
	    sizeof(on)));
}
static int
try_listen(void)
{
	return verdict(listen(0, 1));
}
static int
try_fastopen(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = 25 };

	return verdict(sendto(0, "x", 1, MSG_FASTOPEN,
	    (struct sockaddr *)&a, sizeof(a)));
}
static int
try_fastopen_message(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(OPEN_PORT) };
	char x[1] = { 0 };
	struct iovec octet = { x, 1 };
	struct msghdr m = { .msg_name = &a, .msg_namelen = sizeof(a),
		.msg_iov = &octet, .msg_iovlen = 1 };

	return verdict(sendmsg(0, &m, MSG_FASTOPEN | MSG_NOSIGNAL));
}
static int
try_exec(void)
{
	char *argv[] = { NULL };

	return verdict(execve("/bin/true", argv, argv));
}
static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return verdict(pid);
}
static int
try_namespace(void)
{
	return verdict(unshare(CLONE_NEWUSER));
}
static int
try_kill(void)
{
	return verdict(kill(getppid(), 0));
}
static int
try_tgkill(void)
{
	return verdict(syscall(SYS_tgkill, getppid(), getppid(), 0));
}
static int
try_own(void)
{
	return verdict(fcntl(0, F_SETOWN, getpid()));
}
static int
try_ptrace(void)
{
	return verdict(syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, 1, 0, 0));
}
static int
try_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}
static int
try_mprotect(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	return verdict(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}
static int
try_dumpable(void)
{
	return verdict(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}
static int
try_uid(void)
{
	return verdict(setuid(0));
}
static int
try_accept(void)
{
	return verdict(accept4(0, NULL, NULL, 0));
}
static void *
thread_body(void *arg)
{
	return arg;
}
static int
try_thread(void)
{
	pthread_t t;
	int rc = pthread_create(&t, NULL, thread_body, NULL);

	if (rc == 0)
		rc = pthread_join(t, NULL);
	return rc;
}
static int
try_mkdir(void)
{
	return verdict(mkdir("here", 0700));
}

enum { ANY = -2 }; /* refused, whatever the word */

static const struct attempt {
	const char *name;
	int (*fn)(void);
	uint32_t may;	/* a sandbox with these lets it pass */
	int wanted;	/* errno if they have none */
	int open;	/* and if they have one */
} attempts[] = {
	{ "open /etc/passwd", try_passwd, 0, ANY },
	{ "open /etc", try_etc, 0, ANY },
	{ "internet socket", try_socket, MAY_CONNECT, EPERM },
	{ "datagrams", try_udp, MAY_DATAGRAM, EPERM },
	{ "raw socket", try_raw, 0, EPERM },
	{ "MPTCP", try_mptcp, 0, EPERM },
	{ "SCTP", try_sctp, 0, EPERM },
	{ "UDP-Lite", try_udplite, 0, EPERM },
	{ "dial where it may", try_port, MAY_CONNECT, EPERM },
	{ "dial elsewhere", try_other_port, 0, ANY },
	{ "listen", try_listen, 0, EPERM },
	{ "connect to a path", try_path, 0, ANY },
	{ "option: fast open", try_later_fast_open, 0, EPERM },
	{ "option: broadcast", try_broadcast, 0, EPERM },
	{ "unix socket", try_unix, 0, EPERM },
	{ "datagram pair", try_datagrams, 0, EPERM },
	{ "socket pair", try_pair, MAY_PAIRS, EPERM },
	{ "fast open", try_fastopen, 0, EPERM },
	{ "fast open by sendmsg", try_fastopen_message, MAY_CONNECT, EPERM,
	    EPIPE },
	{ "exec", try_exec, 0, EPERM },
	{ "fork", try_fork, 0, EPERM },
	{ "user namespace", try_namespace, 0, EPERM },
	{ "kill", try_kill, 0, EPERM },
	{ "tgkill another", try_tgkill, 0, EPERM },
	{ "signal by F_SETOWN", try_own, 0, EPERM },
	{ "ptrace", try_ptrace, 0, EPERM },
	{ "mmap W+X", try_memory, 0, EPERM },
	{ "mprotect X", try_mprotect, 0, EPERM },
	{ "dumpable again", try_dumpable, 0, HAVE_ASAN ? 0 : EPERM },
	{ "root again", try_uid, 0, EPERM },
	{ "thread", try_thread, MAY_THREADS, EPERM },
	{ "folder", try_mkdir, MAY_FILES, EPERM },
};

static void
check_attempt(const struct attempt *a, const struct sandbox *w)
{
	int got = a->fn();
	bool open_gate = (a->may & w->may) != 0;
	bool good = open_gate ? got == a->open :
	    a->wanted == ANY  ? got != 0 :
				got == a->wanted;

	if (good)
		return;
	fprintf(stderr, "sandbox %x: %s: errno %d\n", w->may, a->name, got);
	_exit(1);
}

/* As master does it: a role's sockets of this kind are ends of pairs. */
static void
give_birth(const char *folder)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s[2], there = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(path, sizeof(path), "%s/control", folder);
	memcpy(a.sun_path, path, sizeof(path));
	if (bind(there, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(there, 1) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		_exit(7);
	born_with = s[0];
}

static void
child(const struct sandbox *w, uint32_t uid, const char *folder)
{
	auto_buf missing = BUF_INIT(200);
	struct err err;

	give_birth(folder);
	if (sandbox_enter(w, uid, folder, &missing, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		_exit(2);
	}
	for (size_t i = 0; i < NELEM(attempts); i++)
		if (attempts[i].fn != try_other_port ||
		    str_find(buf_get(&missing), STR("landlock-net")) ==
		    missing.n)
			check_attempt(&attempts[i], w);
	if (!(w->may & MAY_ACCEPT) && try_accept() != EPERM)
		_exit(4);
	if ((w->may & MAY_ACCEPT) && try_accept() == EPERM)
		_exit(5);
	_exit(0);
}

/* In a process of its own, in a folder of its own. uid 0: as an ordinary
 * user, who gets no new uid and no new root. */
static void
run(const struct sandbox *w, uint32_t uid)
{
	char folder[] = "/tmp/sandbox-XXXXXX";
	int status, at;
	pid_t pid;

	assert_non_null(mkdtemp(folder));
	at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(at >= 0);
	if (geteuid() == 0)
		assert_int_equal(fchown(at, uid ? uid : 65534, 65534), 0);
	pid = fork();
	if (pid == 0) {
		if (fchdir(at) < 0)
			_exit(9);
		if (!uid && geteuid() == 0 && setresuid(65534, 65534, 65534))
			_exit(8);
		child(w, uid, folder);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status)
		print_error("sandbox %x uid %u: status %x\n", w->may, uid,
		    (unsigned)status);
	assert_int_equal(status, 0);
	(void)unlinkat(at, "here", AT_REMOVEDIR);
	(void)unlinkat(at, "control", 0);
	assert_int_equal(rmdir(folder), 0);
	(void)close(at);
}

static void
test_walls(void **state)
{
	static const struct sandbox all[] = {
		{ 0, false },
		{ MAY_ACCEPT, false },
		{ MAY_THREADS | MAY_ACCEPT, false },
		{ MAY_CONNECT, false, { OPEN_PORT }, 1 },
		{ MAY_CONNECT | MAY_DATAGRAM | MAY_ACCEPT, false,
		    { OPEN_PORT }, 1 },
		{ MAY_FILES | MAY_THREADS | MAY_PAIRS, true },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(all); i++) {
		run(&all[i], 0);
		if (geteuid() == 0)
			run(&all[i], 61899);
	}
}

static void *
wait_for_end(void *arg)
{
	(void)pause();
	return arg;
}

/* A thread made earlier would stay outside. */
static void
test_second_thread(void **state)
{
	static const struct sandbox w = { 0, false };
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0) {
		auto_buf missing = BUF_INIT(200);
		struct err err = { 0 };
		pthread_t t;

		if (pthread_create(&t, NULL, wait_for_end, NULL))
			_exit(1);
		_exit(sandbox_enter(&w, 61899, "", &missing, &err) ==
			E_INVALID ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walls),
		cmocka_unit_test(test_second_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
