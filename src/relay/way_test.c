/*
 * way_test.c - what a route says is done: another host, a login, a fallback,
 * or nothing at all.
 */
#include "relay/test_world.h"

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	world_open(w);
	world_example(w);
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

/* One message to a@example.org; its result. */
static const struct queue_result *
send_one(struct world *w)
{
	size_t before = w->nresults;
	uint64_t lease = world_item(w, "a@example.org", "one\r\n");

	world_hand(w, TAKE_DELIVER, "example.org");
	if (!w->relay)
		world_start(w);
	world_wait(w, before + 1);
	return world_result(w, lease, 0);
}

static void
test_fallback(void **state)
{
	struct world *w = *state;
	const struct route_conf row = { .match = STR("*"), .mx = 1,
		.fallback = STR("[192.0.2.3]"), .fallback_port = 26 };
	auto_buf rows = BUF_INIT(65536);

	msg_put(&rows, &route_conf_shape, &row);
	w->config.routes = buf_get(&rows);
	world_server(w, "192.0.2.3")->port = 26;
	/* Not when somebody answered. */
	w->server[0].greeting = w->server[1].greeting = "450 4.3.2 busy";
	assert_int_equal(send_one(w)->outcome, OUTCOME_deferred);
	w->server[0].down = w->server[1].down = true;
	assert_str(send_one(w)->address, "192.0.2.3");
	assert_int_equal(w->server[2].messages, 1);
}

static void
test_route_with_login(void **state)
{
	struct world *w = *state;
	const struct route_conf row = { .match = STR("example.org"),
		.host = STR("[192.0.2.3]"), .port = 587,
		.tls = ROUTE_TLS_MUST, .user = STR("u"),
		.password = STR("p") };
	auto_buf rows = BUF_INIT(65536);
	struct server *s = world_server(w, "192.0.2.3");

	msg_put(&rows, &route_conf_shape, &row);
	w->config.routes = buf_get(&rows);
	s->port = 587;
	s->auth = true;
	s->tls = TLS_WORKS;
	assert_int_equal(send_one(w)->outcome, OUTCOME_relayed);
	assert_str(buf_get(&s->login), "AUTH PLAIN AHUAcA==");
	assert_int_equal(s->encrypted, 1);
}

/* Nobody is asked: neither DNS, which does not know the name, nor a host. */
static void
test_route_refuses(void **state)
{
	struct world *w = *state;
	const struct route_conf row = { .match = STR("*"),
		.refuse = STR("not from here"),
		.fallback = STR("[192.0.2.3]") };
	auto_buf rows = BUF_INIT(65536);
	const struct queue_result *q;

	msg_put(&rows, &route_conf_shape, &row);
	w->config.routes = buf_get(&rows);
	q = send_one(w);
	assert_int_equal(q->outcome, OUTCOME_failed);
	assert_str(q->status, "5.7.1");
	assert_str(q->text, "not from here");
	assert_int_equal(q->host.n, 0);
	assert_int_equal(w->server[0].dials + w->server[1].dials, 0);
}

/* The same user with another password may not have his connection. */
static void
test_logins_are_apart(void **state)
{
	struct world *w = *state;
	struct route_conf row = { .match = STR("example.org"),
		.host = STR("[192.0.2.3]"), .port = 587,
		.tls = ROUTE_TLS_MUST, .user = STR("u"),
		.password = STR("p") };
	auto_buf rows = BUF_INIT(65536);
	struct server *s = world_server(w, "192.0.2.3");

	msg_put(&rows, &route_conf_shape, &row);
	row.match = STR("two.example");
	row.password = STR("q");
	msg_put(&rows, &route_conf_shape, &row);
	w->config.routes = buf_get(&rows);
	s->port = 587;
	s->auth = true;
	s->tls = TLS_WORKS;
	assert_int_equal(send_one(w)->outcome, OUTCOME_relayed);
	(void)world_item(w, "a@two.example", "x\r\n");
	world_hand(w, TAKE_DELIVER, "two.example");
	world_wait(w, 2);
	assert_int_equal(s->dials, 2);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_fallback),
		T(test_route_with_login),
		T(test_route_refuses),
		T(test_logins_are_apart),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
