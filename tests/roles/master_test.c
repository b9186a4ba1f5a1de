/*
 * master_test.c - the master with small roles: who is connected with whom,
 * what comes back after a death and how soon, reload, and the end.
 */
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "rig.h"

struct given {
	const char *libexec;
};

static const char *
libexec_of(void **state)
{
	const struct given *g = *state;

	return g->libexec;
}

static void
start_ready(struct rig *r, void **state, const char *hostname)
{
	rig_open(r, libexec_of(state), hostname);
	rig_start(r);
	(void)rig_line(r, "master", "ready", 5000);
	/* The last thing each of them is told. */
	(void)rig_line(r, "front", "peer of=vault", 1000);
	(void)rig_line(r, "mx.0", "listen", 1000);
	(void)rig_line(r, "mx.1", "listen", 1000);
	(void)rig_line(r, "store", "peer of=mx n=1", 1000);
}

static void
test_peers(void **state)
{
	static const char *const said[][2] = {
		{ "store", "peer of=vault n=0" },
		{ "store", "peer of=mx n=0" },
		{ "store", "peer of=mx n=1" },
		{ "store", "listen of=store n=100" },
		{ "vault", "peer of=store n=0" },
		{ "vault", "peer of=mx n=1" },
		{ "vault", "peer of=front n=0" },
		{ "vault", "listen of=vault n=101" },
		{ "mx.0", "peer of=store n=0" },
		{ "mx.1", "peer of=store n=0" },
		{ "mx.1", "peer of=vault n=0" },
		{ "mx.0", "listen of=mx n=1" },
		{ "mx.1", "listen of=mx n=1" },
		{ "front", "peer of=vault n=0" },
	};
	struct rig r;

	start_ready(&r, state, "plain");
	for (size_t i = 0; i < NELEM(said); i++)
		(void)rig_line(&r, said[i][0], said[i][1], 1000);
	assert_true(rig_none(&r, "front", "peer of=store"));
	assert_true(rig_none(&r, "front", "listen"));
	assert_true(rig_none(&r, "mx", "peer of=front"));
	if (geteuid() == 0) {
		(void)rig_line(&r, "store", "sandboxed data=/ uid=61842", 100);
		(void)rig_line(&r, "vault", "/vault uid=61841", 100);
		(void)rig_line(&r, "mx.1", "data=\"\" uid=61843", 100);
	}
	rig_close(&r);
}

static void
kill_role(struct rig *r, const char *who)
{
	struct str line = rig_line(r, who, "prepare", 1000);
	pid_t pid = (pid_t)rig_number(line, "pid");

	rig_mark(r);
	assert_int_equal(kill(pid, SIGKILL), 0);
}

static void
test_restart(void **state)
{
	struct rig r;

	start_ready(&r, state, "plain");
	kill_role(&r, "mx.0");
	(void)rig_line(&r, "mx.0", "listen of=mx", 1000);
	(void)rig_line(&r, "store", "peer of=mx n=0", 1000);
	(void)rig_line(&r, "vault", "peer of=mx n=0", 1000);
	(void)rig_line(&r, "mx.0", "peer of=store", 1000);
	assert_true(rig_none(&r, "mx.1", "peer")); /* not touched */
	rig_close(&r);
}

static void
test_restart_store(void **state)
{
	struct rig r;

	start_ready(&r, state, "plain");
	kill_role(&r, "store");
	(void)rig_line(&r, "store", "listen of=store n=100", 1000);
	(void)rig_line(&r, "mx.0", "peer of=store", 1000);
	(void)rig_line(&r, "mx.1", "peer of=store", 1000);
	(void)rig_line(&r, "vault", "peer of=store", 1000);
	assert_true(rig_none(&r, "mx", "prepare"));
	assert_true(rig_none(&r, "front", "peer"));
	rig_close(&r);
}

/* Each time back within a second, but never at full speed. */
static void
test_back_off(void **state)
{
	int64_t began, before;
	struct rig r;

	start_ready(&r, state, "plain");
	began = rig_now_ms();
	for (int i = 0; i < 5; i++) {
		before = rig_now_ms();
		kill_role(&r, "front");
		(void)rig_line(&r, "front", "peer of=vault", 3000);
		/* the wait is 1 s at most; the rest is a busy machine's */
		assert_true(rig_now_ms() - before < 2000);
	}
	assert_true(rig_now_ms() - began >= 100 + 200 + 400 + 800);
	rig_close(&r);
}

static void
test_reload(void **state)
{
	struct rig r;

	rig_open(&r, libexec_of(state), "plain");
	rig_write_config(&r, "hostname = other.test");
	rig_start(&r);
	(void)rig_line(&r, "master", "ready", 5000);
	rig_signal(&r, SIGHUP);
	(void)rig_line(&r, "mx.0", "reload of=mx n=2", 1000);
	(void)rig_line(&r, "mx.1", "reload of=mx n=2", 1000);
	(void)rig_line(&r, "store", "reload of=store n=2", 1000);
	rig_mark(&r);
	rig_write_config(&r, "hostname = other.test\nnonsense");
	rig_signal(&r, SIGHUP);
	(void)rig_line(&r, "master", ".conf:3: ", 1000);
	assert_true(rig_none(&r, "mx", "reload"));
	rig_close(&r);
}

static void
test_order(void **state)
{
	struct str front, mx, vault, store;
	struct rig r;

	start_ready(&r, state, "plain");
	rig_signal(&r, SIGTERM);
	assert_int_equal(rig_wait(&r, 3000), 0);
	front = rig_line(&r, "front", "finish", 0);
	mx = rig_line(&r, "mx.1", "finish", 0);
	vault = rig_line(&r, "vault", "stop", 0);
	(void)rig_line(&r, "vault", "finish", 0);
	store = rig_line(&r, "store", "stop", 0);
	(void)rig_line(&r, "store", "finish", 0);
	assert_true(front.p < vault.p && mx.p < vault.p && vault.p < store.p);
	assert_true(rig_none(&r, "master", "died"));
	rig_close(&r);
}

static void
test_deadline(void **state)
{
	struct rig r;

	start_ready(&r, state, "vault.hangs");
	rig_signal(&r, SIGINT);
	assert_int_equal(rig_wait(&r, 5000), 0);
	(void)rig_line(&r, "master", "killed_at_deadline", 0);
	(void)rig_line(&r, "store", "finish", 0);
	rig_close(&r);
}

static void
test_gives_up(void **state)
{
	static const char *const cases[][2] = {
		{ "store.fails", "I was told to fail" },
		{ "mx.crashes", "dies again and again" },
	};
	char text[200];
	struct rig r;
	ssize_t n;

	for (size_t i = 0; i < NELEM(cases); i++) {
		rig_open(&r, libexec_of(state), cases[i][0]);
		rig_start(&r);
		assert_int_equal(rig_wait(&r, 6000), 1);
		n = read(r.tell, text, sizeof(text));
		assert_true(n > 0 && text[0] == 'F');
		assert_true(str_find(str_make(text, (size_t)n),
		    str_c(cases[i][1])) < (size_t)n);
		rig_close(&r);
	}
}

/* Errand is started by an ask, and told it; when it has ended, by the next. */
static void
test_started_when_asked(void **state)
{
	pid_t relay = 0;
	struct rig r;

	rig_open(&r, libexec_of(state), "relay.asks");
	r.config.relay_workers = r.config.errand_workers = 1;
	rig_start(&r);
	for (int i = 0; i < 3; i++) {
		relay = (pid_t)rig_number(rig_line(&r, "relay",
		    "asks of=errand", 5000), "pid");
		(void)rig_line(&r, "errand", "prepare", 1000);
		(void)rig_line(&r, "errand", "asked", 1000);
		(void)rig_line(&r, "errand", "finish", 1000);
		rig_mark(&r);
	}
	assert_true(rig_none(&r, "master", "role_died"));
	/* what it had is nobody's */
	assert_int_equal(kill(relay, SIGKILL), 0);
	(void)rig_line(&r, "relay", "prepare", 1000);
	rig_mark(&r);
	(void)rig_line(&r, "relay", "asks of=errand", 1000);
	(void)rig_line(&r, "errand", "asked", 1000);
	rig_signal(&r, SIGTERM);
	assert_int_equal(rig_wait(&r, 3000), 0);
	rig_close(&r);
}

/* Whom nobody asks is never started. */
static void
test_sleeps(void **state)
{
	struct rig r;

	rig_open(&r, libexec_of(state), "plain");
	r.config.relay_workers = r.config.errand_workers = 1;
	rig_start(&r);
	(void)rig_line(&r, "master", "ready", 5000);
	(void)rig_line(&r, "relay", "peer of=errand n=0", 1000);
	kill_role(&r, "relay");
	(void)rig_line(&r, "relay", "peer of=errand n=0", 1000);
	rig_signal(&r, SIGTERM);
	assert_int_equal(rig_wait(&r, 3000), 0);
	assert_true(rig_none(&r, "errand", "prepare"));
	rig_close(&r);
}

/* A folder with some of the programs, no symbolic links: the master knows where
 * it really is. Or their end. */
static void
some_programs(const char *from, const char *folder, bool end)
{
	static const char *const there[] = { "master", "store", "vault",
		"mx" };
	char old[300], name[300];

	for (size_t i = 0; i < NELEM(there); i++) {
		(void)snprintf(old, sizeof(old), "%s/postern-%s", from,
		    there[i]);
		(void)snprintf(name, sizeof(name), "%s/postern-%s", folder,
		    there[i]);
		assert_int_equal(end ? unlink(name) : link(old, name), 0);
	}
}

/* A build or an installation that lacks some is told at once, in one line. */
static void
test_missing_roles(void **state)
{
	char folder[200], text[500];
	struct rig r;
	ssize_t n;

	(void)snprintf(folder, sizeof(folder), "%s/lacking-XXXXXX",
	    libexec_of(state));
	assert_non_null(mkdtemp(folder));
	some_programs(libexec_of(state), folder, false);
	rig_open(&r, folder, "plain");
	r.config.resolver_workers = 1;
	rig_start(&r);
	assert_int_equal(rig_wait(&r, 3000), 1);
	n = read(r.tell, text, sizeof(text));
	assert_true(n > 0 && str_find(str_make(text, (size_t)n),
	    STR(" lacks postern-resolver, postern-front: ")) < (size_t)n);
	assert_true(rig_none(&r, "store", "prepare"));
	rig_close(&r);
	some_programs(libexec_of(state), folder, true);
	assert_int_equal(rmdir(folder), 0);
}

static void
test_second_master(void **state)
{
	static struct rig r, second;

	start_ready(&r, state, "plain");
	rig_open(&second, libexec_of(state), "plain");
	second.config.data = r.config.data;
	rig_start(&second);
	assert_int_equal(rig_wait(&second, 3000), 1);
	(void)rig_line(&second, "master", "runs on", 0);
	rig_close(&second);
	/* and the first one still has its control socket */
	assert_true(rig_none(&r, "master", "stopping"));
	rig_close(&r);
}

static void
test_busy_port(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	struct listener_conf l = { LISTEN_IMAP, STR("127.0.0.1"), 0 };
	struct rig r;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	rig_open(&r, libexec_of(state), "plain");
	l.port = ntohs(a.sin_port);
	msg_put(&r.listeners, &listener_conf_shape, &l);
	r.config.listeners = buf_get(&r.listeners);
	rig_start(&r);
	assert_int_equal(rig_wait(&r, 3000), 1);
	(void)rig_line(&r, "master", "is in use by another program", 0);
	rig_close(&r);
	(void)close(fd);
}

static bool
is_gone(pid_t pid)
{
	char path[40], state[64] = "";
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return true;
	if (!fgets(state, sizeof(state), f))
		state[0] = 0;
	(void)fclose(f);
	return !state[0] || strstr(state, ") Z") != NULL;
}

static void
test_nobody_outlives_master(void **state)
{
	static const char *const who[] = { "store", "vault", "mx.0", "front" };
	pid_t pids[NELEM(who)];
	int64_t until;
	struct rig r;

	start_ready(&r, state, "plain");
	for (size_t i = 0; i < NELEM(who); i++)
		pids[i] = (pid_t)rig_number(rig_line(&r, who[i], "prepare",
		    1000), "pid");
	rig_signal(&r, SIGKILL);
	until = rig_now_ms() + 2000;
	for (size_t i = 0; i < NELEM(who); i++)
		while (!is_gone(pids[i])) {
			assert_true(rig_now_ms() < until);
			(void)usleep(1000);
		}
	(void)waitpid(r.pid, NULL, 0);
	r.pid = -1;
	rig_close(&r);
}

int
main(int argc, char **argv)
{
	struct given g = { argc > 1 ? argv[1] : NULL };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_peers, &g),
		cmocka_unit_test_prestate(test_restart, &g),
		cmocka_unit_test_prestate(test_restart_store, &g),
		cmocka_unit_test_prestate(test_back_off, &g),
		cmocka_unit_test_prestate(test_reload, &g),
		cmocka_unit_test_prestate(test_order, &g),
		cmocka_unit_test_prestate(test_deadline, &g),
		cmocka_unit_test_prestate(test_gives_up, &g),
		cmocka_unit_test_prestate(test_started_when_asked, &g),
		cmocka_unit_test_prestate(test_sleeps, &g),
		cmocka_unit_test_prestate(test_missing_roles, &g),
		cmocka_unit_test_prestate(test_second_master, &g),
		cmocka_unit_test_prestate(test_busy_port, &g),
		cmocka_unit_test_prestate(test_nobody_outlives_master, &g),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
