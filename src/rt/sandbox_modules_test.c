/*
 * sandbox_modules_test.c - walls for the code of others: what they keep it
 * from, what they leave, and that a program that it starts is in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/test.h"
#include "rt/sandbox.h"

enum { TEST_UID = 61878, TEST_GROUP = 61879 };

/* One folder is hidden, the other stands beside it. */
static char root[] = "/tmp/modules-XXXXXX";
static char hidden[60], beside[60], secret[80], plain[80], linked[80];
static char own[80];

static void
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static int
set_up(void **state unused_arg)
{
	assert_non_null(mkdtemp(root));
	assert_int_equal(chmod(root, 0755), 0);
	(void)snprintf(hidden, sizeof(hidden), "%s/hidden", root);
	(void)snprintf(beside, sizeof(beside), "%s/beside", root);
	assert_int_equal(mkdir(hidden, 0777), 0);
	assert_int_equal(mkdir(beside, 0777), 0);
	assert_int_equal(chmod(hidden, 0777), 0);
	assert_int_equal(chmod(beside, 0777), 0);
	(void)snprintf(secret, sizeof(secret), "%s/secret", hidden);
	(void)snprintf(plain, sizeof(plain), "%s/plain", beside);
	(void)snprintf(linked, sizeof(linked), "%s/linked", beside);
	write_text(secret, "secret");
	(void)snprintf(own, sizeof(own), "%s/own", beside);
	write_text(plain, "plain");
	write_text(own, "own");
	assert_int_equal(symlink(secret, linked), 0);
	return 0;
}

static int
tear_down(void **state unused_arg)
{
	(void)unlink(secret);
	(void)unlink(plain);
	(void)unlink(linked);
	(void)unlink(own);
	(void)rmdir(hidden);
	(void)rmdir(beside);
	return rmdir(root);
}

static bool
can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static bool
can_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool yes = fd >= 0 && write(fd, "x", 1) == 1;

	if (fd >= 0)
		(void)close(fd);
	return yes;
}

static bool
runs(const char *command)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
runs_with(const char *command, const char *path)
{
	char text[200];

	(void)snprintf(text, sizeof(text), "%s %s >/dev/null 2>&1", command,
	    path);
	return runs(text);
}

/* What was not as it should be, or NULL. With landlock: files are its. */
static const char *
look_around(bool landlock, pid_t parent)
{
	gid_t groups[4];

	if (!can_open("/etc/passwd", O_RDONLY) || !can_open(plain, O_RDONLY))
		return "what is to be read is not there";
	if (!runs("test -r /etc/passwd") || !can_write("/dev/null"))
		return "programs do not run";
	if (socket(AF_INET, SOCK_STREAM, 0) < 0)
		return "there is no network";
	if (geteuid() == TEST_UID && (getgroups(4, groups) != 1 ||
	    groups[0] != TEST_GROUP))
		return "other groups";
	if (landlock && (can_open(secret, O_RDONLY) ||
	    can_open(linked, O_RDONLY) || can_open(hidden, O_RDONLY) ||
	    runs_with("cat", secret)))
		return "what is hidden is there";
	if (can_write(plain) || can_write("/tmp/modules-was-here") ||
	    can_write("/dev/shm/modules-was-here") ||
	    runs_with("printf x >", plain))
		return "a file is written";
	if (landlock && (unlink(plain) == 0 || mkdir("/tmp/modules-was", 0) ==
	    0 || rename(plain, linked) == 0 || link(plain, "/tmp/mwh") == 0))
		return "a name is changed";
	if (landlock && kill(parent, 0) == 0)
		return "a signal leaves";
	if (truncate(own, 0) == 0 || chmod(own, 0) == 0 ||
	    lchown(own, geteuid(), (gid_t)-1) == 0 ||
	    utimensat(AT_FDCWD, own, NULL, 0) == 0 ||
	    setxattr(own, "user.x", "x", 1, 0) == 0 || errno != EPERM)
		return "a file of its own is another";
	if (setresuid(0, 0, 0) == 0 || runs("unshare --user true 2>/dev/null"))
		return "it becomes somebody else";
	if (unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNS) == 0 ||
	    syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0 ||
	    mount("none", "/mnt", "tmpfs", 0, NULL) == 0)
		return "another view of the machine";
	if (ptrace(PTRACE_ATTACH, parent, 0, 0) == 0 || errno != EPERM ||
	    syscall(SYS_io_uring_setup, 1, NULL) == 0 || errno != EPERM ||
	    syscall(SYS_bpf, 0, NULL, 0) == 0 || errno != EPERM)
		return "a call of the kernel";
	return NULL;
}

static no_return void
be_module(uint32_t uid, bool ordinary, pid_t parent)
{
	static const gid_t groups[] = { TEST_GROUP };
	struct sandbox_modules w = { .uid = uid, .groups = groups,
		.ngroups = 1, .hidden = hidden };
	auto_buf missing = BUF_INIT(100);
	struct err err = { 0 };
	const char *wrong;

	if (ordinary && geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		_exit(3);
	if (!ordinary && chown(own, uid, (gid_t)-1) < 0)
		_exit(3);
	if (sandbox_enter_modules(&w, &missing, &err) < 0) {
		print_error("%s\n", err.text);
		_exit(4);
	}
	wrong = look_around(missing.n == 0, parent);
	/* And in one wall more it has the same. */
	if (!wrong && sandbox_part(&err) < 0)
		wrong = err.text;
	if (!wrong)
		wrong = look_around(missing.n == 0, parent);
	if (!wrong)
		_exit(0);
	print_error("%s (errno %d)\n", wrong, errno);
	_exit(5);
}

static void
check_walls(uint32_t uid, bool ordinary)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid == 0)
		be_module(uid, ordinary, parent);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(can_open(plain, O_RDONLY));
}

static void
test_walls(void **state unused_arg)
{
	check_walls(0, true);
	if (geteuid() == 0)
		check_walls(TEST_UID, false);
}

static void
test_never_root(void **state unused_arg)
{
	struct sandbox_modules w = { .hidden = hidden };
	auto_buf missing = BUF_INIT(100);
	struct err err = { 0 };

	if (geteuid() != 0)
		skip();
	assert_int_equal(sandbox_enter_modules(&w, &missing, &err),
	    E_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walls),
		cmocka_unit_test(test_never_root),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
