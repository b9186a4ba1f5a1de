#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "redteam.h"

/* Each tries one thing and returns what the system call did. */
static long
try_passwd(void)
{
	return open("/etc/passwd", O_RDONLY);
}
static long
try_root_folder(void)
{
	return open("/etc", O_RDONLY | O_DIRECTORY);
}
static long
try_write_tmp(void)
{
	return open("/tmp/postern-was-here", O_WRONLY | O_CREAT, 0600);
}
static long
try_proc(void)
{
	return open("/proc/self/mem", O_RDWR);
}
static long
try_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}
static long
try_inet6(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0);
}
static long
try_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}
static long
try_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}
static long
try_datagram_pair(void)
{
	int s[2];

	return socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
}
/* Of a role that may dial: not there. */
enum { NO_PORT = 1 };
static long
dial(int protocol)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(NO_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, protocol);

	return fd < 0 ? -1 :
	    connect(fd, (struct sockaddr *)&to, sizeof(to));
}
static long
try_dial(void)
{
	return dial(0);
}
static long
try_dial6(void)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(NO_PORT), .sin6_addr = in6addr_loopback };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	return fd < 0 ? -1 :
	    connect(fd, (struct sockaddr *)&to, sizeof(to));
}
static long
try_mptcp(void)
{
	return dial(262);
}
static long
try_sctp(void)
{
	return socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
}
static long
try_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}
static long
try_listen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? -1 : listen(fd, 1);
}
static long
try_bind_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(62525) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&at, sizeof(at));
}
static long
try_fast_open_message(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(NO_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char x[1] = { 0 };
	struct iovec octet = { x, 1 };
	struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = &octet, .msg_iovlen = 1 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return sendmsg(fd < 0 ? 3 : fd, &m, MSG_FASTOPEN | MSG_NOSIGNAL);
}
static long
try_option(void)
{
	int on = 1;

	return setsockopt(3, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
}
static long
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(25),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(3, (struct sockaddr *)&to, sizeof(to));
}
static long
try_fast_open(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(25),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return sendto(3, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to,
	    sizeof(to));
}
static long
try_bind(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "\0x" };

	return bind(3, (struct sockaddr *)&to, sizeof(to));
}
static long
try_exec(void)
{
	char *argv[] = { NULL };

	return execve("/bin/sh", argv, argv);
}
static long
try_exec_memory(void)
{
	return syscall(SYS_memfd_create, "x", 0);
}
static long
try_fork(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}
static long
try_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}
static long
try_mount(void)
{
	return mount("none", "/", "tmpfs", 0, NULL);
}
static long
try_chroot(void)
{
	return chroot("/");
}
static long
try_ptrace_master(void)
{
	return syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid(), 0, 0);
}
static long
try_signal_master(void)
{
	return kill(getppid(), 0);
}
static long
try_signal_all(void)
{
	return kill(-1, 0);
}
static long
try_signal_by_file(void)
{
	return fcntl(3, F_SETOWN, getppid());
}
static long
try_read_master(void)
{
	char b[16];
	struct iovec here = { b, sizeof(b) }, there = { (void *)4096, 16 };

	return syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1,
	    0);
}
static long
try_steal_file(void)
{
	return syscall(SYS_pidfd_open, getppid(), 0);
}
static long
try_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}
static long
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}
static long
try_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
static long
try_root(void)
{
	return setresuid(0, 0, 0);
}
static long
try_uring(void)
{
	char params[256] = { 0 };

	return syscall(SYS_io_uring_setup, 8, params);
}
static long
try_bpf(void)
{
	char attr[128] = { 0 };

	return syscall(SYS_bpf, 0, attr, sizeof(attr));
}
static long
try_limits(void)
{
	char lim[16] = { 0 };

	return syscall(SYS_prlimit64, getppid(), 7, lim, NULL);
}

static const struct {
	const char *name;
	long (*fn)(void);
	uint32_t may;	/* not tried where the sandbox has a gate for it */
} tries[] = {
	{ "open /etc/passwd", try_passwd },
	{ "open /etc", try_root_folder },
	{ "write into /tmp", try_write_tmp },
	{ "open /proc/self/mem", try_proc },
	{ "make an IPv4 socket", try_inet, MAY_CONNECT },
	{ "make an IPv6 datagram socket", try_inet6, MAY_DATAGRAM },
	{ "make a unix socket", try_unix },
	{ "make a netlink socket", try_netlink },
	{ "make a datagram pair", try_datagram_pair },
	{ "connect out", try_connect },
	{ "connect out by fast open", try_fast_open },
	{ "connect out by fast open and sendmsg", try_fast_open_message },
	{ "dial a port that is nobody's business", try_dial },
	{ "dial such a port over IPv6", try_dial6 },
	{ "dial such a port by MPTCP", try_mptcp },
	{ "make an SCTP socket", try_sctp },
	{ "make a raw socket", try_raw },
	{ "listen", try_listen },
	{ "bind a port", try_bind_port },
	{ "an option of no use here", try_option },
	/* it gives one's end of a pair a name, and no more */
	{ "bind", try_bind, MAY_CONNECT },
	{ "exec /bin/sh", try_exec },
	{ "file of memory to exec", try_exec_memory },
	{ "fork", try_fork },
	{ "new user namespace", try_namespace },
	{ "mount", try_mount },
	{ "chroot", try_chroot },
	{ "ptrace master", try_ptrace_master },
	{ "signal master", try_signal_master },
	{ "signal everybody", try_signal_all },
	{ "signal by file owner", try_signal_by_file },
	{ "read memory of master", try_read_master },
	{ "steal a descriptor", try_steal_file },
	{ "memory to write and run", try_memory },
	{ "make memory code", try_code },
	{ "become dumpable", try_dumpable },
	{ "become root", try_root },
	{ "io_uring", try_uring },
	{ "bpf", try_bpf },
	{ "limits of master", try_limits },
};

/* That somebody out there, or the kernel behind the sandbox, said no is none of
 * the sandbox's doing. */
static bool
got_out(long rc)
{
	return rc >= 0 || errno == ECONNREFUSED || errno == EINPROGRESS ||
	    errno == EPROTONOSUPPORT;
}

static void
judge(struct attack *a, const char *what, long rc)
{
	bool out = got_out(rc);
	char how[64];

	(void)snprintf(how, sizeof(how), "%s",
	    rc < 0 ? strerrorname_np(errno) : "it worked");
	attempt(a, what, !out, how);
	if (rc >= 0)
		(void)close((int)rc);
}

static void
try_file(struct attack *a, const char *folder, const char *name)
{
	char path[400], what[500];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)snprintf(what, sizeof(what), "open data folder: %s", name);
	judge(a, what, open(path, O_RDONLY));
}

/* Whoever got there would have the operator's power. */
static void
try_socket(struct attack *a, const char *folder, const char *name)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char what[100];

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s/%s", folder,
	    name);
	(void)snprintf(what, sizeof(what), "connect to %s", name);
	judge(a, what, connect(3, (struct sockaddr *)&to, sizeof(to)));
}

void
attack_system(struct attack *a, const char *folder)
{
	for (size_t i = 0; i < NELEM(tries); i++) {
		/* A sanitizer build leaves prctl() open for its own use. */
		if (HAVE_ASAN && tries[i].fn == try_dumpable)
			continue;
		if (tries[i].may & a->real->sandbox.may)
			continue;
		judge(a, tries[i].name, tries[i].fn());
	}
	try_file(a, folder, "vault/vault.key");
	try_file(a, folder, "lock");
	try_file(a, folder, "control");
	try_socket(a, folder, "control");
	try_socket(a, folder, "submit/store");
	if (a->real->kind != ROLE_STORE)
		try_file(a, folder, "store");
}
