/*
 * egress_test.c - whose time and whose fault it is, by a SOCKS proxy with two
 * addresses.
 */
#include "relay/test_world.h"

enum { PORT = 1080, SECOND_MS = 1000, MINUTE_MS = 60 * 1000 };

static struct {
	struct loop *loop;
	int64_t answer_ms;	/* from being asked to connect to saying */
	char says;		/* this: RFC 1928 6 */
	bool deaf;		/* the first takes connections, and no more */
	bool swallows;		/* it does not even take them */
} proxies;

static bool
take(struct stream *st, size_t n)
{
	struct str got = STR_NULL;

	while (got.n < n)
		if (stream_peek_behind(st, got.n, &got, NULL) < 0)
			return false;
	stream_eat(st, n);
	return true;
}

static bool
be_proxy(struct test_server *s, struct stream *st)
{
	const char reply[] = { 5, proxies.says, 0, 1, 0, 0, 0, 0, 0, 0 };
	struct loop *l = proxies.loop;

	if (proxies.deaf && strcmp(s->address, "192.0.2.1") == 0) {
		(void)take(st, 1000);
		return true;
	}
	if (!take(st, 3))
		return true;
	(void)stream_write(st, str_make("\5\0", 2));
	if (stream_flush(st, NULL) < 0 || !take(st, 10))
		return true;
	if (fiber_sleep(l, loop_now_ms(l) + proxies.answer_ms) < 0)
		return true;
	(void)stream_write(st, str_make(reply, sizeof(reply)));
	(void)stream_flush(st, NULL);
	(void)take(st, 1);	/* until it hangs up */
	return true;
}

static int
dial(struct loop *l, const char *address, uint16_t port, const char *from,
    int64_t until, struct transport **t, struct err *err)
{
	int rc;

	if (!proxies.swallows || strcmp(address, "192.0.2.1") != 0)
		return test_server_dial(l, address, port, from, until, t,
		    err);
	rc = fiber_sleep(l, until);
	return rc < 0 ? rc : err_set(err, E_TIMEOUT, "timed out");
}

struct attempt {
	struct world *w;
	struct egress e;
	struct route route;
	struct host_address to;
	struct err err;
	enum egress_fault fault;
	int rc;
	int64_t ms;
	bool over;
};

static void
attempt_fiber(void *arg)
{
	struct attempt *a = arg;
	int64_t began = loop_now_ms(a->w->loop);
	struct stream *s = NULL;

	a->rc = egress_dial(&a->e, &s, &a->fault, &a->err);
	a->ms = loop_now_ms(a->w->loop) - began;
	stream_close(s);
	a->over = true;
}

static struct attempt
attempt(struct world *w, struct host_backoff *b, bool quiet)
{
	struct attempt a = { .w = w, .rc = 1,
		.route = { .egress = { .kind = EGRESS_SOCKS5,
		    .host = STR("proxy.test"), .port = PORT } },
		.to = { .octets = { 198, 51, 100, 1 } } };

	a.e = (struct egress){ .o = &w->options, .backoff = b,
		.route = &a.route, .to = &a.to, .port = 25, .quiet = quiet };
	(void)fiber_spawn(w->loop, "attempt", attempt_fiber, &a);
	while (!a.over)
		loop_once(w->loop, SECOND_MS);
	world_settle(w);
	return a;
}

static const struct host_address addresses[] = {
	{ .octets = { 192, 0, 2, 1 } }, { .octets = { 192, 0, 2, 2 } },
};

static bool
rests(struct world *w, struct host_backoff *b, size_t i)
{
	return host_backoff_why(b, &addresses[i], PORT, 0,
	    loop_now_ms(w->loop)).n > 0;
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	memset(&proxies, 0, sizeof(proxies));
	world_open(w);
	proxies.loop = w->loop;
	w->options.dial = dial;
	world_address(w, "proxy.test", "192.0.2.1");
	world_address(w, "proxy.test", "192.0.2.2");
	world_server(w, "192.0.2.1")->talk = be_proxy;
	world_server(w, "192.0.2.2")->talk = be_proxy;
	world_start(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

/* One that says nothing leaves time for the other; the destination has all
 * that is left. */
static void
test_time(void **state)
{
	static const struct {
		bool deaf, swallows;
		int64_t answer_ms;
		int rc;
		int64_t from_ms, to_ms;
		int used;	/* of them */
	} t[] = {
		{ true, false, 0, 0, 15000, 15100, 1 },
		{ false, true, 0, 0, 15000, 15100, 1 },
		{ false, true, 14000, 0, 29000, 29100, 1 },
		{ false, false, 25000, 0, 25000, 25100, 0 },
		{ false, false, 40000, E_TIMEOUT, 30000, 30100, 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < NELEM(t); i++) {
		struct host_backoff *b = host_backoff_new();
		struct attempt a;

		proxies.deaf = t[i].deaf;
		proxies.swallows = t[i].swallows;
		proxies.answer_ms = t[i].answer_ms;
		a = attempt(w, b, false);
		if (a.rc != t[i].rc)
			fail_msg("%zu: %d %s", i, a.rc, a.err.text);
		assert_in_range(a.ms, t[i].from_ms, t[i].to_ms);
		assert_int_equal(rests(w, b, 0), t[i].used == 1);
		assert_false(rests(w, b, 1));
		if (t[i].rc < 0)
			assert_int_equal(a.fault, EGRESS_HOST);
		host_backoff_free(b);
		world_pass(w, MINUTE_MS);
	}
}

/* It is forgotten that it did not work when it does, whatever it says of the
 * destination. */
static void
test_pause_ends(void **state)
{
	static const char says[] = { 0, 2, 5 };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(says); i++) {
		struct host_backoff *b = host_backoff_new();

		proxies.says = says[i];
		w->servers.server[1].down = true;
		for (int k = 0; k < 4; k++) {
			w->servers.server[0].down = true;
			assert_true(attempt(w, b, false).rc < 0);
			assert_true(rests(w, b, 0));
			world_pass(w, MINUTE_MS);
			assert_false(rests(w, b, 0));
			w->servers.server[0].down = false;
			assert_int_equal(attempt(w, b, false).rc == 0,
			    says[i] == 0);
		}
		host_backoff_free(b);
	}
}

/* For somebody who only looks it has no pause. */
static void
test_quiet(void **state)
{
	struct world *w = *state;
	struct host_backoff *b = host_backoff_new();

	for (size_t i = 0; i < NELEM(addresses); i++)
		w->servers.server[i].down = true;
	assert_true(attempt(w, b, true).rc < 0);
	assert_false(rests(w, b, 0) || rests(w, b, 1));
	assert_true(attempt(w, b, false).rc < 0);
	assert_true(rests(w, b, 0) && rests(w, b, 1));
	host_backoff_free(b);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_time),
		T(test_pause_ends),
		T(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
