#include "rt/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "rt/sandbox_int.h"

static int
set_limit(int which, rlim_t soft, rlim_t hard, struct err *err)
{
	struct rlimit r = { soft, hard };

	if (setrlimit((__rlimit_resource_t)which, &r) < 0)
		return err_sys(err, E_IO, "sandbox: limit %d", which);
	return 0;
}

static int
close_limits(struct err *err)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return err_sys(err, E_IO, "sandbox: limit of open files");
	if (set_limit(RLIMIT_NOFILE, files.rlim_max, files.rlim_max, err) < 0)
		return err->code;
	return set_limit(RLIMIT_CORE, 0, 0, err);
}

/* A filter covers the thread that asked for it and the threads it makes. */
static int
check_one_thread(struct err *err)
{
	struct stat st;

	if (stat("/proc/self/task", &st) < 0)
		return err_sys(err, E_IO, "sandbox: /proc/self/task");
	if (st.st_nlink != 3) /* ".", ".." and ours */
		return err_set(err, E_INVALID,
		    "sandbox: %lu threads run already",
		    (unsigned long)st.st_nlink - 2);
	return 0;
}

/* An empty folder that has no name: nobody can ever put anything into it. */
static int
enter_nothing(struct err *err)
{
	char run[] = "/run/postern-XXXXXX", tmp[] = "/tmp/postern-XXXXXX";
	char *made = mkdtemp(run);

	if (!made)
		made = mkdtemp(tmp);
	if (!made)
		return err_sys(err, E_IO, "sandbox: empty folder in /tmp");
	if (chdir(made) < 0 || rmdir(made) < 0 || chroot(".") < 0)
		return err_sys(err, E_IO, "sandbox: empty root %s", made);
	return 0;
}

static int
enter_root(const struct sandbox *w, const char *folder, struct err *err)
{
	if (!w->whole_folder)
		return enter_nothing(err);
	if (chdir(folder) < 0 || chroot(".") < 0)
		return err_sys(err, E_IO, "sandbox: root %s", folder);
	return 0;
}

int
sandbox_become(uid_t uid, const gid_t *groups, size_t n, struct err *err)
{
	gid_t gid = (gid_t)uid;
	uid_t r, e, s;

	if (setgroups(n, groups) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return err_sys(err, E_IO, "sandbox: become uid %u", uid);
	if (getresuid(&r, &e, &s) < 0 || r != uid || e != uid || s != uid)
		return err_set(err, E_IO, "sandbox: uid %u did not hold", uid);
	if (setresuid(0, 0, 0) == 0 || setuid(0) == 0 ||
	    setresgid(0, 0, 0) == 0)
		return err_set(err, E_IO,
		    "sandbox: there is a way back to root");
	return 0;
}

/* A change of uid makes a process dumpable by sysctl, and forgets the signal
 * it wanted at its parent's death. */
int
sandbox_close_process(struct err *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, E_IO, "sandbox: prctl");
	return 0;
}

void
sandbox_port(struct sandbox *w, uint32_t port)
{
	for (size_t i = 0; i < w->nports; i++)
		if (w->ports[i] == port)
			return;
	if (w->nports < SANDBOX_PORTS_MAX && port > 0 && port <= UINT16_MAX)
		w->ports[w->nports++] = (uint16_t)port;
}

int
sandbox_enter(const struct sandbox *w, uint32_t uid, const char *folder,
    struct buf *missing, struct err *err)
{
	pid_t parent = getppid();

	if (uid == 0 && geteuid() == 0)
		return err_set(err, E_INVALID, "sandbox: a role never is root");
	(void)umask(077);
	if (check_one_thread(err) < 0 || close_limits(err) < 0)
		return err->code;
	if (uid != 0 && enter_root(w, folder, err) < 0)
		return err->code;
	if (uid != 0 && sandbox_become(uid, NULL, 0, err) < 0)
		return err->code;
	if (sandbox_close_process(err) < 0)
		return err->code;
	if (getppid() != parent)
		return err_set(err, E_CLOSED, "sandbox: master has gone");
	if (uid != 0 && w->whole_folder)
		folder = "/";
	if (!(w->may & MAY_FILES))
		folder = NULL;
	if (landlock_close(w, folder, missing, err) < 0)
		return err->code;
	return seccomp_close(w->may, err);
}
