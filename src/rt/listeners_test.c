#include "rt/listeners.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/test.h"

struct world {
	struct fake_clock clock;
	struct role role;
	struct listeners *listeners;
	struct reconnect peer;
	int far;		/* the peer's end */
	struct timer timer;
	int failures;		/* of ready(), before it has what it needs */
	int asked, ready, started;
	bool tls_first, too_early;
};

static int
make_ready(void *arg, struct err *err)
{
	struct world *w = arg;

	w->asked++;
	if (w->failures > 0 && w->failures-- > 0)
		return err_set(err, E_PEER, "nobody there");
	w->ready++;
	return 0;
}

/* It is over at once. */
static void
start(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer unused_arg, enum listen_tls rule)
{
	struct world *w = arg;

	w->too_early |= w->ready == 0;
	w->started++;
	w->tls_first = rule == LISTEN_TLS_FIRST;
	stream_close(s);
	connection_done(from);
}

static int
world_up(void **state)
{
	static const struct listener_kind kinds[] = {
		{ LISTEN_IMAP, start, LISTEN_TLS_LOGIN, "* BYE " },
		{ LISTEN_IMAPS, start, LISTEN_TLS_FIRST },
	};
	static const struct reconnect_kind kind = { "store", 1,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct world *w = calloc(1, sizeof(*w));
	int fds[2];

	w->clock = clock_fake(0);
	w->role = (struct role){ .loop = loop_new(&w->clock.clock, NULL),
		.config = { .max_connections = 10 }, .shared = -1, .bans = -1 };
	assert_int_equal(ipc_pair(fds, NULL), 0);
	reconnect_init(&w->peer, w->role.loop, &kind);
	reconnect_replace(&w->peer, fds[0]);
	w->far = fds[1];
	w->listeners = listeners_new(&w->role, kinds, NELEM(kinds), make_ready,
	    w);
	*state = w;
	return 0;
}

static int
world_down(void **state)
{
	struct world *w = *state;

	loop_stop(w->role.loop);
	loop_run(w->role.loop);
	listeners_free(w->listeners);
	reconnect_close(&w->peer);
	loop_free(w->role.loop);
	if (w->far >= 0)
		(void)close(w->far);
	free(w);
	return 0;
}

static void
goes_away(struct timer *t)
{
	struct world *w = container_of(t, struct world, timer);

	(void)close(w->far);
	w->far = -1;
}

/* A role that was thrown out ends by itself, and not before its time. */
static void
test_lost(void **state)
{
	struct world *w = *state;
	struct loop *l = w->role.loop;
	int64_t began = loop_now_ms(l);

	listeners_need(w->listeners, &w->peer);
	timer_set(l, &w->timer, began + 23000, goes_away);
	loop_run(l);
	assert_true(loop_stopping(l));
	assert_in_range(loop_now_ms(l) - began, 50000, 60000);
}

static struct sockaddr_in
add_socket(struct world *w, enum listen_kind kind)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	socklen_t n = sizeof(at);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	listeners_add(w->listeners, kind, fd);
	return at;
}

static int
connect_to(const struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static void
turn_until(struct world *w, const int *count, int wanted)
{
	for (int i = 0; *count != wanted; i++) {
		assert_true(i < 1000);
		loop_once(w->role.loop, 10);
	}
}

/* Nobody is served before all is ready, however often that takes. */
static void
test_waits(void **state)
{
	struct world *w = *state;
	struct sockaddr_in plain = add_socket(w, LISTEN_IMAP);
	struct sockaddr_in tls = add_socket(w, LISTEN_IMAPS);
	struct sockaddr_in other = add_socket(w, LISTEN_SMTP);
	int fd = connect_to(&plain);

	assert_true(fd >= 0);
	assert_int_equal(connect_to(&other), -1);
	w->failures = 3;
	turn_until(w, &w->started, 1);
	assert_false(w->too_early);
	assert_int_equal(w->asked, 4);
	assert_false(w->tls_first);
	(void)close(fd);

	fd = connect_to(&tls);
	turn_until(w, &w->started, 2);
	assert_true(w->tls_first);
	(void)close(fd);
	assert_int_equal(w->asked, 4);

	/* One that is handed over later. */
	plain = add_socket(w, LISTEN_IMAP);
	fd = connect_to(&plain);
	turn_until(w, &w->started, 3);
	(void)close(fd);
}

static void
test_renew(void **state)
{
	struct world *w = *state;
	struct sockaddr_in plain = add_socket(w, LISTEN_IMAP);
	int fd;

	turn_until(w, &w->ready, 1);
	listeners_renew(w->listeners);
	listeners_renew(w->listeners);
	turn_until(w, &w->ready, 2);
	loop_once(w->role.loop, 0);
	assert_int_equal(w->ready, 2);

	/* When it cannot be renewed, what was there goes on. */
	w->failures = 1000;
	listeners_renew(w->listeners);
	turn_until(w, &w->asked, 5);
	fd = connect_to(&plain);
	turn_until(w, &w->started, 1);
	(void)close(fd);
}

/* Once stopped it takes nobody, and does not begin to either. */
static void
test_stop(void **state)
{
	struct world *w = *state;
	struct sockaddr_in plain = add_socket(w, LISTEN_IMAP);
	int fd;

	turn_until(w, &w->ready, 1);
	listeners_stop(w->listeners);
	listeners_renew(w->listeners);
	fd = connect_to(&plain);
	for (int i = 0; i < 10; i++)
		loop_once(w->role.loop, 1);
	assert_int_equal(w->started, 0);
	assert_int_equal(w->asked, 1);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lost, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_waits, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_renew, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_stop, world_up,
		    world_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
