#include "relay/route.h"

#include "base/test.h"

static void
add(struct buf *b, const char *match, const char *host, bool mx, uint32_t port,
    enum route_tls tls)
{
	const struct route_conf row = { .match = str_c(match),
		.host = str_c(host), .mx = mx, .port = port, .tls = tls };

	msg_put(b, &route_conf_shape, &row);
}

static void
test_without_rows(void **state unused_arg)
{
	const struct config c = { .relay_tls = ROUTE_TLS_MUST,
		.relay_private = 1, .source_v4 = STR("192.0.2.9") };
	struct route r;

	route_of(&c, STR("example.org"), &r);
	assert_str(r.host, "example.org");
	assert_true(r.mx);
	assert_true(r.private);
	assert_int_equal(r.port, 25);
	assert_int_equal(r.tls, ROUTE_TLS_MUST);
	assert_str(r.source_v4, "192.0.2.9");
	assert_int_equal(r.user.n, 0);
	assert_int_equal(r.fallback.n, 0);
}

/* Where the operator says, however private, and nobody's keys are asked for. */
static void
test_lmtp(void **state unused_arg)
{
	const struct route_conf row = { .match = STR("lists.test"),
		.host = STR("[127.0.0.1]"), .port = 24,
		.protocol = ROUTE_LMTP };
	auto_buf rows = BUF_INIT(1000);
	struct config c = { .relay_port = 25 };
	struct route r;

	msg_put(&rows, &route_conf_shape, &row);
	c.routes = buf_get(&rows);
	route_of(&c, STR("lists.test"), &r);
	assert_true(r.lmtp && r.private && !r.mx && !r.published);
	assert_int_equal(r.port, 24);
	route_of(&c, STR("else.test"), &r);
	assert_true(!r.lmtp && !r.private && r.mx);
}

/* A socket opens no port, and is told from others on the same machine. */
static void
count_port(void *arg, uint16_t port)
{
	int *n = arg;

	assert_int_equal(port, 25);
	++*n;
}

static void
test_path(void **state unused_arg)
{
	struct route_conf row = { .match = STR("one.test"),
		.path = STR("/run/one"), .protocol = ROUTE_LMTP,
		.tls = ROUTE_TLS_NONE };
	auto_buf rows = BUF_INIT(1000);
	struct config c = { .relay_port = 25 };
	struct route one, two;
	int n = 0;

	msg_put(&rows, &route_conf_shape, &row);
	row.match = STR("two.test");
	row.path = STR("/run/two");
	msg_put(&rows, &route_conf_shape, &row);
	c.routes = buf_get(&rows);
	route_of(&c, STR("one.test"), &one);
	route_of(&c, STR("two.test"), &two);
	assert_str(one.path, "/run/one");
	assert_true(one.lmtp && one.private && !one.mx && !one.published);
	assert_int_not_equal(one.port, two.port);
	route_ports(&c, count_port, &n);
	assert_int_equal(n, 1);
}

static void
test_table(void **state unused_arg)
{
	static const struct {
		const char *domain, *host;
		bool mx;
		uint16_t port;
	} t[] = {
		{ "one.test", "smart.test", false, 587 },
		{ "ONE.test", "smart.test", false, 587 },
		{ "a.one.test", "below.test", false, 2025 },
		{ "b.a.one.test", "below.test", false, 2025 },
		{ "xone.test", "xone.test", true, 2500 },
		{ "two.test", "two.test", false, 2025 },
		{ "first.test", "[192.0.2.7]", false, 465 },
		{ ".one.test", ".one.test", true, 2500 },
		{ "[192.0.2.1]", "[192.0.2.1]", true, 2500 },
		{ "", "", true, 2500 },
	};
	auto_buf rows = BUF_INIT(65536);
	struct config c = { .relay_port = 2025 };

	add(&rows, "one.test", "smart.test", false, 587, ROUTE_TLS_MUST);
	add(&rows, ".one.test", "below.test", false, 0, ROUTE_TLS_MAY);
	add(&rows, "two.test", "", false, 0, ROUTE_TLS_MAY);
	add(&rows, "first.test", "[192.0.2.7]", false, 0, ROUTE_TLS_FIRST);
	add(&rows, "*", "", true, 2500, ROUTE_TLS_MAY);
	add(&rows, "last.test", "never.test", true, 1, ROUTE_TLS_MAY);
	c.routes = buf_get(&rows);
	for (size_t i = 0; i < NELEM(t); i++) {
		struct route r;

		route_of(&c, str_c(t[i].domain), &r);
		assert_str(r.host, t[i].host);
		assert_int_equal(r.mx, t[i].mx);
		assert_int_equal(r.port, t[i].port);
	}
}

static void
test_fallback_and_login(void **state unused_arg)
{
	const struct route_conf row = { .match = STR("*"),
		.host = STR("smart.test"), .port = 587, .user = STR("u"),
		.password = STR("p"), .fallback = STR("other.test"),
		.refuse = STR("no") };
	auto_buf rows = BUF_INIT(65536);
	struct config c = { .source_v4 = STR("192.0.2.9") };
	struct route r;

	msg_put(&rows, &route_conf_shape, &row);
	c.routes = buf_get(&rows);
	route_of(&c, STR("x.test"), &r);
	assert_str(r.user, "u");
	assert_str(r.password, "p");
	assert_str(r.fallback, "other.test");
	assert_str(r.refuse, "no");
	assert_int_equal(r.fallback_port, 587);
	assert_str(r.source_v4, "192.0.2.9");
	assert_false(r.private);
}

/* A proxy is dialled in the place of all hosts; "none" is none. */
static void
put_proxy(struct buf *b, uint32_t kind, uint32_t port)
{
	const struct egress_conf e = { .kind = kind, .port = port,
		.host = STR("[192.0.2.9]") };

	msg_put(b, &egress_conf_shape, &e);
}

static void
sum_up(void *arg, uint16_t port)
{
	*(uint64_t *)arg = *(uint64_t *)arg * 10000 + port;
}

static void
test_proxy(void **state unused_arg)
{
	struct route_conf row = { .match = STR("own.test"), .port = 587,
		.fallback = STR("else.test") };
	auto_buf rows = BUF_INIT(4000), all = BUF_INIT(1000);
	auto_buf own = BUF_INIT(1000), none = BUF_INIT(1000);
	struct config c = { .relay_port = 25 };
	uint64_t ports = 0;
	struct route r;

	put_proxy(&all, EGRESS_SOCKS5, 1080);
	put_proxy(&own, EGRESS_HAPROXY, 2500);
	put_proxy(&none, EGRESS_DIRECT, 0);
	row.proxy = buf_get(&own);
	msg_put(&rows, &route_conf_shape, &row);
	row.match = STR("none.test");
	row.proxy = buf_get(&none);
	row.fallback = STR_NULL;
	msg_put(&rows, &route_conf_shape, &row);
	c.relay_proxy = buf_get(&all);
	c.routes = buf_get(&rows);
	route_of(&c, STR("x.test"), &r);
	assert_int_equal(r.egress.kind, EGRESS_SOCKS5);
	assert_str(r.egress.host, "[192.0.2.9]");
	route_of(&c, STR("own.test"), &r);
	assert_int_equal(r.egress.kind, EGRESS_HAPROXY);
	assert_int_equal(r.egress.port, 2500);
	route_of(&c, STR("none.test"), &r);
	assert_int_equal(r.egress.kind, EGRESS_DIRECT);
	route_ports(&c, sum_up, &ports);
	assert_int_equal(ports, 1080ull * 100000000 + 2500ull * 10000 + 587);
}

static void
count(void *arg, uint16_t port)
{
	*(uint32_t *)arg += port;
}

static void
test_ports(void **state unused_arg)
{
	auto_buf rows = BUF_INIT(65536);
	struct config c = { .relay_port = 10000 };
	uint32_t sum = 0;

	add(&rows, "one.test", "", false, 1, ROUTE_TLS_MAY);
	add(&rows, "two.test", "", false, 0, ROUTE_TLS_FIRST);
	c.routes = buf_get(&rows);
	route_ports(&c, count, &sum);
	assert_int_equal(sum, 10000 + 1 + 465);
}

/* Trusted roots are read for these alone. */
static void
test_verifies(void **state)
{
	static const struct {
		uint32_t tls;
		bool verifies;
	} cases[] = { { ROUTE_TLS_MAY, false }, { ROUTE_TLS_NONE, false },
		{ ROUTE_TLS_MUST, false }, { ROUTE_TLS_VERIFY, true },
		{ ROUTE_TLS_FIRST, true } };

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		auto_buf rows = BUF_INIT(65536);
		struct config c = { .relay_port = 25,
			.relay_tls = cases[i].tls };

		assert_int_equal(route_verifies(&c), cases[i].verifies);
		c.relay_tls = ROUTE_TLS_MAY;
		add(&rows, "one.test", "", false, 1, ROUTE_TLS_MAY);
		add(&rows, "*", "a.test", true, 0, cases[i].tls);
		c.routes = buf_get(&rows);
		assert_int_equal(route_verifies(&c), cases[i].verifies);
	}
}

static void
test_words(void **state unused_arg)
{
	static const struct {
		uint32_t kind;
		const char *host, *from, *words;
	} t[] = {
		{ EGRESS_DIRECT, "", "", "" },
		{ EGRESS_DIRECT, "", "192.0.2.1", "192.0.2.1" },
		{ EGRESS_SOCKS5, "a.test", "192.0.2.1", "socks5://a.test:9" },
		{ EGRESS_SOCKS5, "[::1]", "", "socks5://[::1]:9" },
		{ EGRESS_HAPROXY, "[192.0.2.9]", "192.0.2.1",
		    "192.0.2.1 by haproxy://192.0.2.9:9" },
		{ EGRESS_HAPROXY, "a.test", "", "haproxy://a.test:9" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct route r = { .egress = { .kind = t[i].kind,
			.host = str_c(t[i].host), .port = 9 } };
		char room[EGRESS_WORDS];

		assert_str(egress_words(&r, str_c(t[i].from), room),
		    t[i].words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_rows),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_lmtp),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_fallback_and_login),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
