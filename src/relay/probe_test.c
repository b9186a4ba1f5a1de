/*
 * probe_test.c - what a probe leaves behind: no connection, and no octet more
 * than it may have, whatever a server says.
 */
#include "relay/probe.h"
#include "relay/test_world.h"

enum { MINUTE_MS = 60 * 1000, LINES = 100000, LINE_OCTETS = 1000 };

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	world_open(w);
	world_mx(w, "example.org", 10, "mx1.example.org");
	world_address(w, "mx1.example.org", "192.0.2.1");
	(void)world_server(w, "192.0.2.1");
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

static struct probe *
begin(struct world *w, uint32_t tls)
{
	const struct probe_ask ask = { .rcpt = STR("a@example.org"),
		.tls = tls };
	struct err err = { 0 };
	struct probe *p;

	world_start(w);
	assert_int_equal(probe_begin(w->relay, &ask, &p, &err), 0);
	for (int i = 0; i < 60 && w->relay->nprobes > 0; i++)
		world_pass(w, 1000);
	assert_int_equal(w->relay->nprobes, 0);
	return p;
}

/* One that does not offer what this probe is about is of use to nobody else. */
static void
test_leaves_no_connection(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	struct probe *p;

	assert_int_equal(tls_client_trust(w->options.tls_verify,
	    buf_get(&w->servers.pem), &err), 0);
	w->dns.is_signed = true;
	w->server->tls = TLS_WORKS;
	p = begin(w, REQUIRE_TLS_yes);
	assert_int_equal(w->server->dials, 1);
	assert_int_equal(pool_count(w->relay->pool), 0);
	assert_int_equal(w->server->open, 0);
	/* Nobody speaks to it when it is over. */
	probe_end(p);
	world_pass(w, MINUTE_MS);
}

/* Each answer is very many lines: to EHLO, HELO, MAIL, RCPT and RSET. */
static bool
flood(struct test_server *s unused_arg, struct stream *st)
{
	static const char *const codes[] = { "220", "500", "250", "250",
		"250", "250" };
	struct str line;

	for (size_t k = 0; k < NELEM(codes); k++) {
		for (int i = 0; i < LINES; i++) {
			(void)stream_printf(st, "%s-xxxx\r\n", codes[k]);
			if (i % 1000 == 0 && stream_flush(st, NULL) < 0)
				return true;
		}
		(void)stream_printf(st, "%s go on\r\n", codes[k]);
		if (stream_flush(st, NULL) < 0 ||
		    stream_line(st, LINE_OCTETS, &line, NULL) < 0)
			return true;
	}
	return true;
}

static void
test_very_many_lines(void **state)
{
	struct world *w = *state;

	w->server->talk = flood;
	probe_end(begin(w, REQUIRE_TLS_unsaid));
	assert_int_equal(w->server->open, 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_leaves_no_connection),
		T(test_very_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
