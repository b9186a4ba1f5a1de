/*
 * The system calls a role may still make: one table. Whatever is not in it is
 * answered EPERM, so that a captured role stays in sight (and its log says
 * what it tried); a call for another processor's ABI ends the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "rt/sandbox_int.h"

/* What glibc's pthread_create() asks for, to the bit: no new process and no
 * new namespace. */
enum {
	THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
	    CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
	    CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
};

enum { ALWAYS = 0, ASAN = 1 << 30 };

struct rule {
	int nr;
	uint32_t may;	/* MAY_*: one of them is needed; ALWAYS */
	unsigned n;	/* conditions, all must hold */
	struct scmp_arg_cmp args[3];
};

#define TYPE_IS(i, type) { (i), SCMP_CMP_MASKED_EQ, 0xf, (type) }
#define R(name, may) { SCMP_SYS(name), (may), 0, { { 0 } } }
#define IS(i, v) { (i), SCMP_CMP_EQ, (uint64_t)(v), 0 }
#define WITHOUT(i, bits) { (i), SCMP_CMP_MASKED_EQ, (uint64_t)(bits), 0 }
#define R1(name, may, a) { SCMP_SYS(name), (may), 1, { a } }
#define R2(name, may, a, b) { SCMP_SYS(name), (may), 2, { a, b } }
/* socket(), and of no other protocol: Landlock's ports are those of TCP, and
 * MPTCP or SCTP would go past them. */
#define SOCKET(may, family, type, protocol)                             \
	{ SCMP_SYS(socket), (may), 3, { IS(0, family), TYPE_IS(1, type), \
		IS(2, protocol) } }

static const struct rule rules[] = {
	/* octets, over what is open already */
	R(read, ALWAYS), R(write, ALWAYS), R(readv, ALWAYS),
	R(writev, ALWAYS), R(close, ALWAYS), R(recvfrom, ALWAYS),
	R(recvmsg, ALWAYS), R(shutdown, ALWAYS),
	/* MSG_FASTOPEN is a connect() in disguise */
	R1(sendmsg, ALWAYS, WITHOUT(2, MSG_FASTOPEN)),
	R2(sendto, ALWAYS, WITHOUT(3, MSG_FASTOPEN), IS(4, 0)),
	R(getsockname, ALWAYS), R(getpeername, ALWAYS),
	R(getsockopt, ALWAYS),
	R2(setsockopt, ALWAYS, IS(1, SOL_SOCKET), IS(2, SO_KEEPALIVE)),
	R2(setsockopt, ALWAYS, IS(1, SOL_SOCKET), IS(2, SO_SNDBUF)),
	R2(setsockopt, ALWAYS, IS(1, SOL_SOCKET), IS(2, SO_RCVBUF)),
	R2(setsockopt, ALWAYS, IS(1, IPPROTO_TCP), IS(2, TCP_NODELAY)),
	R2(setsockopt, ALWAYS, IS(1, IPPROTO_TCP), IS(2, TCP_CORK)),
	R2(setsockopt, ALWAYS, IS(1, IPPROTO_TCP), IS(2, TCP_KEEPIDLE)),
	R2(setsockopt, ALWAYS, IS(1, IPPROTO_TCP), IS(2, TCP_KEEPINTVL)),
	R2(setsockopt, ALWAYS, IS(1, IPPROTO_TCP), IS(2, TCP_KEEPCNT)),
	R2(setsockopt, ALWAYS, IS(1, IPPROTO_TCP), IS(2, TCP_USER_TIMEOUT)),
	/* not F_SETOWN, which sends signals to others */
	R1(fcntl, ALWAYS, IS(1, F_GETFL)), R1(fcntl, ALWAYS, IS(1, F_SETFL)),
	R1(fcntl, ALWAYS, IS(1, F_GETFD)), R1(fcntl, ALWAYS, IS(1, F_SETFD)),
	R1(fcntl, ALWAYS, IS(1, F_DUPFD_CLOEXEC)),

	/* waiting */
	R(epoll_create1, ALWAYS), R(epoll_ctl, ALWAYS), R(epoll_wait, ALWAYS),
	R(epoll_pwait, ALWAYS), R(epoll_pwait2, ALWAYS), R(poll, ALWAYS),
	R(ppoll, ALWAYS), R(eventfd2, ALWAYS), R(nanosleep, ALWAYS),
	R(clock_nanosleep, ALWAYS), R(clock_gettime, ALWAYS),
	R(clock_getres, ALWAYS), R(gettimeofday, ALWAYS), R(time, ALWAYS),
	R(restart_syscall, ALWAYS), R(futex, ALWAYS), R(sched_yield, ALWAYS),

	/* memory, never executable */
	R1(mmap, ALWAYS, WITHOUT(2, PROT_EXEC)),
	R1(mprotect, ALWAYS, WITHOUT(2, PROT_EXEC)),
	R(munmap, ALWAYS), R(mremap, ALWAYS), R(madvise, ALWAYS),
	R(brk, ALWAYS), R(mlock, ALWAYS), R(munlock, ALWAYS),

	/* about ourselves */
	R(getpid, ALWAYS), R(gettid, ALWAYS), R(getuid, ALWAYS),
	R(geteuid, ALWAYS), R(getgid, ALWAYS), R(getegid, ALWAYS),
	R(getrandom, ALWAYS), R(getrusage, ALWAYS), R(sysinfo, ALWAYS),
	R1(prlimit64, ALWAYS, IS(2, 0)), R(sched_getaffinity, ALWAYS),
	R(rt_sigaction, ALWAYS), R(rt_sigprocmask, ALWAYS),
	R(rt_sigreturn, ALWAYS), R(exit, ALWAYS), R(exit_group, ALWAYS),
	R1(prctl, ALWAYS, IS(0, PR_SET_NAME)),

	R(accept4, MAY_ACCEPT),

	SOCKET(MAY_CONNECT, AF_INET, SOCK_STREAM, 0),
	SOCKET(MAY_CONNECT, AF_INET, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(MAY_CONNECT, AF_INET6, SOCK_STREAM, 0),
	SOCKET(MAY_CONNECT, AF_INET6, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(MAY_DATAGRAM, AF_INET, SOCK_DGRAM, 0),
	SOCKET(MAY_DATAGRAM, AF_INET, SOCK_DGRAM, IPPROTO_UDP),
	SOCKET(MAY_DATAGRAM, AF_INET6, SOCK_DGRAM, 0),
	SOCKET(MAY_DATAGRAM, AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
	R(connect, MAY_CONNECT | MAY_DATAGRAM),
	R(bind, MAY_CONNECT | MAY_DATAGRAM),
	R1(sendto, MAY_DATAGRAM, WITHOUT(3, MSG_FASTOPEN)),
	R1(setsockopt, MAY_DATAGRAM, IS(1, IPPROTO_IP)),
	R1(setsockopt, MAY_DATAGRAM, IS(1, IPPROTO_IPV6)),
	R2(setsockopt, MAY_DATAGRAM, IS(1, SOL_SOCKET), IS(2, SO_REUSEADDR)),

	R2(socketpair, MAY_PAIRS, IS(0, AF_UNIX),
	    IS(1, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)),

	R1(memfd_create, MAY_MEMORY_FILE, IS(1, MFD_CLOEXEC)),

	R1(clone, MAY_THREADS, IS(0, THREAD_FLAGS)),
	R(set_robust_list, MAY_THREADS), R(rseq, MAY_THREADS),

	/* Landlock and the root folder say which files. */
	R(openat, MAY_FILES), R(open, MAY_FILES), R(stat, MAY_FILES),
	R(lstat, MAY_FILES), R(fstat, MAY_FILES), R(newfstatat, MAY_FILES),
	R(statx, MAY_FILES), R(statfs, MAY_FILES), R(fstatfs, MAY_FILES),
	R(access, MAY_FILES), R(faccessat, MAY_FILES),
	R(faccessat2, MAY_FILES), R(readlink, MAY_FILES),
	R(readlinkat, MAY_FILES), R(getcwd, MAY_FILES),
	R(getdents64, MAY_FILES), R(lseek, MAY_FILES),
	R(pread64, MAY_FILES | MAY_SEEK), R(pwrite64, MAY_FILES),
	R(preadv, MAY_FILES), R(pwritev, MAY_FILES), R(preadv2, MAY_FILES),
	R(pwritev2, MAY_FILES), R(fsync, MAY_FILES),
	R(fdatasync, MAY_FILES), R(sync_file_range, MAY_FILES),
	R(fallocate, MAY_FILES), R(ftruncate, MAY_FILES),
	R(fadvise64, MAY_FILES), R(mkdir, MAY_FILES),
	R(mkdirat, MAY_FILES), R(unlink, MAY_FILES),
	R(unlinkat, MAY_FILES), R(rmdir, MAY_FILES), R(rename, MAY_FILES),
	R(renameat, MAY_FILES), R(renameat2, MAY_FILES),
	R(fchmod, MAY_FILES), R(flock, MAY_FILES), R(msync, MAY_FILES),
	R1(fcntl, MAY_FILES, IS(1, F_GETLK)),
	R1(fcntl, MAY_FILES, IS(1, F_SETLK)),
	R1(fcntl, MAY_FILES, IS(1, F_SETLKW)),
	R1(fcntl, MAY_FILES, IS(1, F_OFD_GETLK)),
	R1(fcntl, MAY_FILES, IS(1, F_OFD_SETLK)),

	/* Sanitizers: stacks of threads, and their report at the end. */
	R(sigaltstack, ASAN), R(pipe2, ASAN), R(pipe, ASAN), R(prctl, ASAN),
	R(readlink, ASAN), R(getcwd, ASAN), R(uname, ASAN),
};

/* tgkill() to ourselves: abort() needs it. The table cannot know our id. */
static int
allow_abort(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp self = IS(0, getpid());

	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    &self);
}

/* libunbound opens its connections fast, which Landlock does not see; told
 * that nobody is there, it dials as others do. */
static int
refuse_fast_open(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp fast = { 2, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN,
		MSG_FASTOPEN };

	return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPIPE),
	    SCMP_SYS(sendmsg), 1, &fast);
}

static int
add_rules(scmp_filter_ctx ctx, uint32_t may)
{
	int rc = 0;

	for (size_t i = 0; i < NELEM(rules) && rc == 0; i++) {
		const struct rule *r = &rules[i];

		if (r->may != ALWAYS && !(r->may & may))
			continue;
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, r->nr, r->n,
		    r->args);
		if (rc == -EDOM) /* this processor has no such call */
			rc = 0;
	}
	if (rc == 0)
		rc = allow_abort(ctx);
	if (rc == 0 && (may & MAY_CONNECT))
		rc = refuse_fast_open(ctx);
	/* glibc then falls back to clone(), whose flags a filter can see. */
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	return rc;
}

int
seccomp_close(uint32_t may, struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!ctx)
		return err_set(err, E_IO, "sandbox: no seccomp");
	if (HAVE_ASAN)
		may |= ASAN;
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	/* A tree: 7 comparisons a call instead of up to 130. */
	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc == 0)
		rc = add_rules(ctx, may);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0)
		return err_set(err, E_IO, "sandbox: seccomp: %s",
		    strerror(-rc));
	return 0;
}
