/*
 * What a process may still do that runs the code of others. Nobody knows what
 * that needs, so system calls are refused here and not allowed, and what keeps
 * it from anything is who it is, that it becomes nobody else, and that it
 * writes nowhere. The programs that it starts are in the same walls.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "rt/sandbox_int.h"

/* Programs that close whatever they may have open count up to the limit. */
enum { FILES_MAX = 256 };

static int
set_limits(struct err *err)
{
	static const struct rlimit none = { 0, 0 },
		files = { FILES_MAX, FILES_MAX };

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    setrlimit(RLIMIT_FSIZE, &none) < 0 ||
	    setrlimit(RLIMIT_NOFILE, &files) < 0)
		return err_sys(err, E_IO, "sandbox: limits");
	/* Who writes is answered, and not ended. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return 0;
}

static const int refused[] = {
	/* into others, and the kernel */
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(process_madvise), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	SCMP_SYS(syslog), SCMP_SYS(open_by_handle_at),
	/* another view of the machine */
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick),
	SCMP_SYS(mount_setattr),
	/* the machine itself */
	SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime),
	SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(vhangup),
	/* files that are there: Landlock has no rule for what they are, or for
	 * their ends before Linux 6.2, and no limit sees a file get shorter */
	SCMP_SYS(truncate), SCMP_SYS(truncate64), SCMP_SYS(chmod),
	SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown),
	SCMP_SYS(chown32), SCMP_SYS(fchown),
	SCMP_SYS(fchown32), SCMP_SYS(lchown), SCMP_SYS(lchown32),
	SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr),
	SCMP_SYS(fsetxattr), SCMP_SYS(removexattr), SCMP_SYS(lremovexattr),
	SCMP_SYS(fremovexattr), SCMP_SYS(utime), SCMP_SYS(utimes),
	SCMP_SYS(futimesat), SCMP_SYS(utimensat), SCMP_SYS(utimensat_time64),
};

/* Headers are older than kernels. */
static int
refuse_named(scmp_filter_ctx ctx, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	return number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(ctx,
	    SCMP_ACT_ERRNO(EPERM), number, 0);
}

static int
refuse_namespaces(scmp_filter_ctx ctx)
{
	static const uint64_t flags[] = { CLONE_NEWUSER, CLONE_NEWNS,
		CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
		CLONE_NEWCGROUP };
	int rc = 0;

	for (size_t i = 0; i < NELEM(flags) && rc == 0; i++) {
		struct scmp_arg_cmp has = { 0, SCMP_CMP_MASKED_EQ, flags[i],
			flags[i] };

		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(clone), 1, &has);
	}
	/* glibc then falls back to clone(), whose flags a filter can see. */
	return rc < 0 ? rc : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
	    SCMP_SYS(clone3), 0);
}

int
seccomp_refuse(struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc;

	if (!ctx)
		return err_set(err, E_IO, "sandbox: no seccomp");
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; i < NELEM(refused) && rc == 0; i++) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), refused[i],
		    0);
		if (rc == -EDOM) /* this processor has no such call */
			rc = 0;
	}
	if (rc == 0)
		rc = refuse_named(ctx, "fchmodat2");
	if (rc == 0)
		rc = refuse_namespaces(ctx);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0)
		return err_set(err, E_IO, "sandbox: seccomp: %s",
		    strerror(-rc));
	return 0;
}

/* Who is in a wall more is traced by those outside of it, and traces none of
 * them: ptrace(), and what is under /proc. */
int
sandbox_part(struct err *err)
{
	auto_buf missing = BUF_INIT(200);

	return landlock_read_only("/", &missing, err);
}

int
sandbox_enter_modules(const struct sandbox_modules *w, struct buf *missing,
    struct err *err)
{
	pid_t parent = getppid();

	if (w->uid == 0 && geteuid() == 0)
		return err_set(err, E_INVALID, "sandbox: modules never are "
		    "root");
	(void)umask(077);
	if (set_limits(err) < 0 || chdir("/") < 0)
		return err_set(err, E_IO, "sandbox: limits of modules");
	if (w->uid != 0 && sandbox_become(w->uid, w->groups, w->ngroups,
	    err) < 0)
		return err->code;
	if (sandbox_close_process(err) < 0)
		return err->code;
	if (getppid() != parent)
		return err_set(err, E_CLOSED, "sandbox: the role has gone");
	if (landlock_read_only(w->hidden, missing, err) < 0)
		return err->code;
	return seccomp_refuse(err);
}
