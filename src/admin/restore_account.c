/*
 * The backup becomes a data folder in a scratch folder, from which the account
 * is exported, and imported where it belongs: three commands, each a process
 * of its own, and then the scratch folder goes, whatever became of them.
 */
#include "admin/restore_account.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin/operator.h"
#include "admin/typed.h"

enum { WORDS_MAX = 16, FOLDERS_OPEN = 32 };

static volatile sig_atomic_t running;	/* the process at work; 0: none */
static volatile sig_atomic_t ended;	/* by a signal */

static void
on_signal(int signo)
{
	ended = 1;
	if (running > 0)
		(void)kill((pid_t)running, signo);
}

/* So that the scratch folder goes, too. */
static void
catch_signals(void)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal };

	for (size_t i = 0; i < NELEM(caught); i++)
		(void)sigaction(caught[i], &act, NULL);
}

static no_return void
become_command(char **words, bool heard)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (heard || (null >= 0 && dup2(null, STDOUT_FILENO) >= 0))
		(void)execv("/proc/self/exe", words);
	(void)admin_fail("restore", "cannot run postern %s: %s", words[1],
	    strerror(errno));
	_exit(1);
}

/* postern WORD... (NULL is none); it says itself what is wrong. heard: and what
 * it has done. */
static int
run_command(struct arena *a, bool heard, const char *const *said, size_t n)
{
	char *words[WORDS_MAX + 2] = { NULL };
	size_t nwords = 0;
	int status;
	pid_t pid;

	words[nwords++] = str_dupz(a, STR("postern"));
	for (size_t i = 0; i < n; i++)
		if (said[i])
			words[nwords++] = str_dupz(a, str_c(said[i]));
	(void)fflush(stdout);
	if (ended)
		return 1;
	pid = fork();
	if (pid == 0)
		become_command(words, heard);
	if (pid < 0)
		return admin_fail("restore", "fork: %s", strerror(errno));
	running = pid;
	if (ended)
		(void)kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	running = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int
remove_one(const char *path, const struct stat *st unused_arg,
    int type unused_arg, struct FTW *at unused_arg)
{
	return remove(path);
}

/* Before anything is copied: is there such an account? */
static int
check_account(struct admin *a, const struct options *o, struct str *address,
    struct err *err)
{
	struct operator *op = NULL;
	int fd, rc = typed_address(a->memory, o->account, address, err);

	if (rc == 0)
		rc = operator_open(a, o, &op, err);
	if (rc == 0)
		rc = operator_account(op, *address, &fd, err);
	if (rc == 0)
		(void)close(fd);
	operator_close(op);
	return rc;
}

static int
make_scratch(struct admin *a, const struct options *o, char **path,
    struct err *err)
{
	const char *below = o->scratch ? o->scratch : getenv("TMPDIR");

	if (!below || !below[0])
		below = "/var/tmp";
	*path = str_dupz(a->memory, arena_printf(a->memory,
	    "%s/postern-restore-XXXXXX", below));
	return mkdtemp(*path) ? 0 : err_sys(err, E_IO, "a folder in %.200s",
	    below);
}

static int
carry(struct admin *a, const struct options *o, const char *backup,
    const char *address, const char *scratch)
{
	const char *then = str_dupz(a->memory, arena_printf(a->memory,
	    "%s/then", scratch));
	const char *files = str_dupz(a->memory, arena_printf(a->memory,
	    "%s/mail", scratch));
	const char *const restored[] = { "restore", backup, "--data", then,
		o->at ? "--at" : NULL, o->at };
	const char *const exported[] = { "export", address, files, "--data",
		then, o->folder ? "--folder" : NULL, o->folder };
	const char *const imported[] = { "import", address, files,
		"--apart", "--into", o->into ? o->into : "Restored",
		o->json ? "--json" : NULL,
		o->data ? "--data" : NULL, o->data,
		o->config ? "--config" : NULL, o->config };
	int code = run_command(a->memory, false, restored, NELEM(restored));

	if (code == 0)
		code = run_command(a->memory, false, exported, NELEM(exported));
	if (code == 0)
		code = run_command(a->memory, true, imported, NELEM(imported));
	return code;
}

int
restore_account(struct admin *a, const struct options *o, const char *backup)
{
	struct str address;
	struct err err = { 0 };
	char *scratch;
	int code;

	(void)umask(077);
	if (check_account(a, o, &address, &err) < 0 ||
	    make_scratch(a, o, &scratch, &err) < 0)
		return admin_fail("restore", "%s", err.text);
	catch_signals();
	code = carry(a, o, backup, str_dupz(a->memory, address), scratch);
	if (nftw(scratch, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		return admin_fail("restore", "%s is as secret as the backup "
		    "and could not be removed: %s", scratch, strerror(errno));
	return code;
}
