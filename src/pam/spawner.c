#include "pam/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "pam/attempt.h"

enum { LINK_FD = 3, OUT_OF_THE_WAY = 20, GROUPS_MAX = 8, MARGIN_S = 1,
	AGAIN_MS = 20, GONE_LOOKS = 50 };

struct spawned {
	struct spawner *s;
	struct ipc_req *req;	/* NULL: answered */
	pid_t pid;		/* 0: free */
	int outcome;		/* our end of its pipe */
	bool nobody;
	bool late;
	struct watch ended;	/* its pidfd */
	struct timer deadline;
};

struct spawner {
	struct loop *loop;
	const char *folder, *service;
	uint32_t timeout_s;
	struct timer again;	/* look for orphans */
	struct spawned attempts[SPAWNER_ATTEMPTS];
};

/* ---- ends ---------------------------------------------------------------- */

static void
answer_attempt(struct spawned *k, enum pam_proof proof, const char *why)
{
	struct pam_prove_answer answer = { proof, str_c(why) };

	if (k->req)
		ipc_reply(k->req, &answer, -1);
	k->req = NULL;
}

static bool
is_attempt(const struct spawner *s, pid_t pid)
{
	for (size_t i = 0; i < SPAWNER_ATTEMPTS; i++)
		if (s->attempts[i].pid == pid)
			return true;
	return false;
}

static void look_again(struct timer *t);

/* Programs that it started and left behind are ours now: everybody below us who
 * is no attempt. What they have started is ours when they have gone. False:
 * there is nobody. */
static bool
kill_orphans(struct spawner *s)
{
	char path[60], text[1000];
	struct str rest, one;
	bool any = false;
	uint32_t pid;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text));
	if (fd >= 0)
		(void)close(fd);
	rest = str_make(text, n > 0 ? (size_t)n : 0);
	/* There is a space behind each: what has none was cut. */
	while (rest.n > 0 && rest.p[rest.n - 1] != ' ')
		rest.n--;
	while (rest.n > 0) {
		one = str_next(&rest, ' ');
		if (!str_u32(one, &pid) || is_attempt(s, (pid_t)pid))
			continue;
		any = true;
		(void)kill((pid_t)pid, SIGKILL);
		(void)waitpid((pid_t)pid, NULL, WNOHANG);
	}
	if (any)
		timer_set(s->loop, &s->again, loop_now_ms(s->loop) +
		    AGAIN_MS, look_again);
	return any;
}

static void
look_again(struct timer *t)
{
	(void)kill_orphans(container_of(t, struct spawner, again));
}

/* It is over, by itself or by us. */
static void
on_ended(struct watch *w, uint32_t events)
{
	struct spawned *k = container_of(w, struct spawned, ended);
	struct spawner *s = k->s;
	struct pam_outcome out;
	char text[80];
	ssize_t n = read(k->outcome, &out, sizeof(out));
	int status = 0;

	(void)events;
	(void)waitpid(k->pid, &status, 0);
	timer_clear(s->loop, &k->deadline);
	loop_unwatch(s->loop, w);
	(void)close(w->fd);
	(void)close(k->outcome);
	k->pid = 0;
	out.why[sizeof(out.why) - 1] = '\0';
	if (n == (ssize_t)sizeof(out) && !k->late) {
		answer_attempt(k, out.proof == PAM_YES && k->nobody ? PAM_NO :
		    (enum pam_proof)out.proof, out.why);
	} else if (k->late) {
		answer_attempt(k, PAM_AWAY, "PAM has not answered in time");
	} else {
		(void)snprintf(text, sizeof(text), "a module ended its "
		    "process: %s %d", WIFSIGNALED(status) ? "signal" : "code",
		    WIFSIGNALED(status) ? WTERMSIG(status) :
		    WEXITSTATUS(status));
		answer_attempt(k, PAM_AWAY, text);
	}
	(void)kill_orphans(s);
}

static void
end_attempt(struct spawned *k)
{
	if (k->pid == 0)
		return;
	(void)kill(-k->pid, SIGKILL);	/* it leads a session: setsid() */
	(void)kill(k->pid, SIGKILL);
}

static void
on_deadline(struct timer *t)
{
	struct spawned *k = container_of(t, struct spawned, deadline);

	k->late = true;
	end_attempt(k);
}

/* ---- begins -------------------------------------------------------------- */

/* Attempts are made of this process, and their modules have its memory. A
 * password lies in the message, which is freed as it is, and where that came
 * in, beside those of others that came with it. */
static void
forget_password(struct str password)
{
	if (password.n > 0)
		explicit_bzero((char *)(uintptr_t)password.p, password.n);
}

static void
forget_others(const struct spawner *s)
{
	size_t size;
	char *scratch = loop_scratch(s->loop, &size);

	explicit_bzero(scratch, size);
}

static no_return void
become_attempt(const struct spawner *s, const struct pam_prove_ask *ask,
    int fd, pid_t parent)
{
	char user[PAM_NAME_MAX + 1], peer[65];
	char password[PAM_PASSWORD_MAX + 1];
	uint8_t random[16];
	struct pam_attempt a = { s->folder, s->service, user, password, peer,
		s->timeout_s + MARGIN_S };
	struct err err;

	if (sandbox_part(&err) < 0)
		_exit(71);
	/* An end of ours is its end; a program that it starts is not told. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    getppid() != parent || setsid() < 0)
		_exit(70);
	(void)snprintf(user, sizeof(user), "%.*s", STR_FMT(ask->user));
	(void)snprintf(peer, sizeof(peer), "%.*s", STR_FMT(ask->peer));
	(void)snprintf(password, sizeof(password), "%.*s",
	    STR_FMT(ask->password));
	if (ask->user.n == 0) {
		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			_exit(70);
		(void)snprintf(user, sizeof(user), "postern-nobody");
		for (size_t i = 0; i < sizeof(random); i++)
			(void)snprintf(password + 2 * i, 3, "%02x", random[i]);
	}
	forget_others(s);
	pam_attempt_run(&a, fd);
}

static struct spawned *
free_place(struct spawner *s)
{
	for (size_t i = 0; i < SPAWNER_ATTEMPTS; i++)
		if (s->attempts[i].pid == 0)
			return &s->attempts[i];
	return NULL;
}

static int
watch_attempt(struct spawned *k, struct err *err)
{
	k->ended = (struct watch){ .events = EPOLLIN, .fn = on_ended,
		.fd = (int)syscall(SYS_pidfd_open, k->pid, 0) };
	if (k->ended.fd < 0)
		return err_sys(err, E_IO, "pidfd");
	if (loop_watch(k->s->loop, &k->ended, err) < 0) {
		(void)close(k->ended.fd);
		return err->code;
	}
	return 0;
}

static int
start_attempt(struct spawner *s, struct spawned *k,
    const struct pam_prove_ask *ask, struct err *err)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, E_IO, "pipe");
	*k = (struct spawned){ .s = s, .nobody = ask->user.n == 0,
		.outcome = fds[0] };
	k->pid = fork();
	if (k->pid == 0)
		become_attempt(s, ask, fds[1], parent);
	(void)close(fds[1]);
	if (k->pid > 0 && watch_attempt(k, err) == 0)
		return 0;
	if (k->pid > 0) {
		(void)kill(k->pid, SIGKILL);
		(void)waitpid(k->pid, NULL, 0);
	} else {
		(void)err_sys(err, E_IO, "fork");
	}
	(void)close(fds[0]);
	k->pid = 0;
	return err->code;
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct spawner *s = owner;
	const struct pam_prove_ask *ask = req->ask;
	struct spawned *k = free_place(s);
	uint32_t most = s->timeout_s * 1000;
	struct err err = { 0 };
	int rc;

	if (!k) {
		forget_password(ask->password);
		ipc_fail(req, E_BUSY, "too many attempts at once");
		return;
	}
	rc = start_attempt(s, k, ask, &err);
	forget_password(ask->password);
	if (rc < 0) {
		ipc_fail(req, err.code, err.text);
		return;
	}
	k->req = req;
	timer_set(s->loop, &k->deadline, loop_now_ms(s->loop) +
	    (ask->left_ms < most ? ask->left_ms : most), on_deadline);
}

/* The role has gone. */
static void
on_gone(void *owner, struct ipc *ipc, const char *why)
{
	struct spawner *s = owner;

	(void)ipc;
	(void)why;
	for (size_t i = 0; i < SPAWNER_ATTEMPTS; i++)
		end_attempt(&s->attempts[i]);
	/* What they have started is ours when they have gone. */
	for (size_t i = 0; i < SPAWNER_ATTEMPTS; i++) {
		struct spawned *k = &s->attempts[i];

		if (k->pid > 0)
			(void)waitpid(k->pid, NULL, 0);
		k->pid = 0;
	}
	for (int i = 0; i < GONE_LOOKS && kill_orphans(s); i++)
		(void)usleep(AGAIN_MS * 1000);
	_exit(0);
}

/* ---- the process --------------------------------------------------------- */

static no_return void
serve(const struct pam_conf *conf, struct arena *a)
{
	static const struct ipc_service service = { pam_calls, PAM_NCALLS,
		on_ask, on_gone };
	struct clock clock = clock_real();
	struct spawner *s = arena_new_of(a, struct spawner);
	struct ipc_options o = { .service = &service, .owner = s,
		.authority = PAM_AUTH_VAULT, .window = PAM_WINDOW };
	struct err err;

	*s = (struct spawner){ .loop = loop_new(&clock, NULL),
		.folder = str_dupz(a, conf->folder),
		.service = str_dupz(a, conf->service),
		.timeout_s = conf->timeout_s };
	if (!ipc_open(s->loop, LINK_FD, &o, &err))
		_exit(1);
	loop_run(s->loop);
	_exit(0);
}

/* What is not said in the pipe is that all is well. */
static no_return void
become_spawner(const struct sandbox_modules *walls,
    const struct pam_conf *conf, int link, int said)
{
	auto_buf missing = BUF_INIT(200);
	struct arena *a = arena_new(16384);
	struct err err = { 0 };

	/* None of the role's: not its link, not its loop. Out of the way of
	 * both first, wherever they are. */
	link = fcntl(link, F_DUPFD, OUT_OF_THE_WAY);
	said = fcntl(said, F_DUPFD, OUT_OF_THE_WAY);
	if (link < 0 || said < 0 ||
	    dup2(link, LINK_FD) < 0 || dup2(said, LINK_FD + 1) < 0 ||
	    close_range(LINK_FD + 2, ~0U, 0) < 0 ||
	    fcntl(LINK_FD, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(LINK_FD + 1, F_SETFD, FD_CLOEXEC) < 0)
		_exit(70);
	(void)prctl(PR_SET_NAME, "postern-pam-try", 0, 0, 0);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		(void)err_sys(&err, E_IO, "no subreaper");
	else if (sandbox_enter_modules(walls, &missing, &err) == 0)
		/* The end of the link ends us, when all below us have gone:
		 * who is killed with the role leaves them. */
		err.code = prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0 ? 0 :
		    err_sys(&err, E_IO, "no end of one's own");
	if (err.code < 0) {
		(void)!write(LINK_FD + 1, err.text, strlen(err.text));
		_exit(1);
	}
	(void)close(LINK_FD + 1);
	serve(conf, a);
}

/* Names to numbers, while the files are there. */
static int
find_groups(struct str names, gid_t *out, size_t *n, struct err *err)
{
	while (names.n > 0) {
		struct str name = str_next(&names, ' ');
		char text[64];
		struct group *g;

		if (name.n == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%.*s", STR_FMT(name));
		g = *n < GROUPS_MAX ? getgrnam(text) : NULL;
		if (!g)
			return err_set(err, E_INVALID, *n < GROUPS_MAX ?
			    "pam: there is no group %.*s" :
			    "pam: too many groups, from %.*s on",
			    STR_FMT(str_first(name, 60)));
		out[(*n)++] = g->gr_gid;
	}
	return 0;
}

int
spawner_start(const struct role *r, const struct pam_conf *conf,
    struct str hidden, int *fd, struct err *err)
{
	struct arena *a = arena_new(8192);
	gid_t groups[GROUPS_MAX];
	struct sandbox_modules walls = { .uid = r->uid, .groups = groups,
		.hidden = str_dupz(a, hidden) };
	int link[2], said[2];
	char text[300];
	ssize_t n;
	pid_t pid;

	if (r->uid != 0 && find_groups(conf->groups, groups, &walls.ngroups,
	    err) < 0)
		return err->code;
	if (ipc_pair(link, err) < 0)
		return err->code;
	if (pipe2(said, O_CLOEXEC) < 0)
		return err_sys(err, E_IO, "pipe");
	pid = fork();
	if (pid == 0)
		become_spawner(&walls, conf, link[1], said[1]);
	(void)close(link[1]);
	(void)close(said[1]);
	n = pid < 0 ? 0 : read(said[0], text, sizeof(text));
	(void)close(said[0]);
	arena_free(a);
	if (pid > 0 && n == 0) {
		*fd = link[0];
		return 0;
	}
	(void)close(link[0]);
	return pid < 0 ? err_sys(err, E_IO, "fork") : err_set(err, E_IO,
	    "pam: %.*s", n > 0 ? (int)n : 0, text);
}
