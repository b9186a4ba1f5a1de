/*
 * slow_test.c - servers that take as long as they may, and some that do worse:
 * they hold up nobody else for long, and nobody is given up for them.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "relay/test_world.h"

enum { MINUTE_MS = 60 * 1000 };

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	world_open(w);
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

static void
give(struct world *w, int messages, const char *rcpts)
{
	for (int i = 0; i < messages; i++)
		world_item(w, rcpts, "one\r\n");
	world_hand(w, TAKE_DELIVER, "example.org");
	world_start(w);
}

/* Every answer comes just in time. */
static void
test_one_message(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;

	world_example(w);
	w->server[0].pause_ms = 5 * MINUTE_MS - 1000;
	give(w, 1, "a@example.org,b@example.org");
	world_pass(w, 15 * MINUTE_MS);
	assert_int_equal(w->nresults, 0);
	world_pass(w, 10 * MINUTE_MS);
	assert_int_equal(w->nresults, 2);
	q = &w->results[0];
	assert_int_equal(q->outcome, OUTCOME_deferred);
	assert_str(q->status, "4.4.2");
	assert_has(q->text, "no answer in time after");
	assert_int_equal(w->server[0].open, 0);
	assert_int_equal(w->server[0].messages, 0);
}

/* What is left of an assignment goes back, and none of it was refused. */
static void
test_many_messages(void **state)
{
	struct world *w = *state;

	world_example(w);
	w->server[0].pause_ms = MINUTE_MS;
	give(w, 20, "a@example.org");
	world_pass(w, 20 * MINUTE_MS);
	assert_int_equal(w->nresults, 3);
	assert_int_equal(w->nreleased, 17);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(w->results[i].outcome, OUTCOME_relayed);
	assert_int_equal(w->server[0].messages, 3);
}

/* Nor does one message with very many recipients stay for long; but each
 * assignment gets some of it done. */
static void
test_many_recipients(void **state)
{
	struct world *w = *state;
	struct buf rcpts = BUF_INIT(1 << 16);

	world_example(w);
	w->server[0].pause_ms = 8000;
	for (int i = 0; i < 250; i++)
		buf_printf(&rcpts, "%sr%d@example.org", i ? "," : "", i);
	buf_chr(&rcpts, '\0');
	give(w, 1, rcpts.p);
	world_pass(w, 60 * MINUTE_MS);
	assert_int_equal(w->nresults, 100);
	assert_int_equal(w->nreleased, 1);
	assert_int_equal(w->results[99].outcome, OUTCOME_relayed);
	buf_free(&rcpts);
}

/* Hosts that accept, and never speak. */
static void
test_many_hosts(void **state)
{
	struct world *w = *state;
	const struct queue_result *q;
	int dials = 0;

	w->config.relay_private = true;
	for (int i = 0; i < SERVERS_MAX; i++) {
		const char *host = arena_printf(w->mem, "mx%d.test", i).p;
		const char *at = arena_printf(w->mem, "192.0.2.%d", i + 1).p;

		world_mx(w, "example.org", 10, host);
		world_address(w, host, at);
		world_server(w, at)->greeting = "";
	}
	give(w, 1, "a@example.org");
	world_pass(w, 25 * MINUTE_MS);
	assert_int_equal(w->nresults, 1);
	q = &w->results[0];
	assert_int_equal(q->outcome, OUTCOME_deferred);
	assert_has(q->text, "not tried any more");
	for (int i = 0; i < SERVERS_MAX; i++)
		dials += w->server[i].dials;
	assert_in_range(dials, 2, 4);
}

/* Slow from the start. */
static void
test_handshake(void **state)
{
	struct world *w = *state;

	world_example(w);
	w->config.relay_tls = ROUTE_TLS_MUST;
	w->server[0].tls = w->server[1].tls = TLS_WORKS;
	w->server[0].pause_ms = 5 * MINUTE_MS - 1000;
	give(w, 1, "a@example.org");
	world_pass(w, 10 * MINUTE_MS);
	/* The other host has it. */
	assert_int_equal(w->nresults, 1);
	assert_str(w->results[0].host, "mx2.example.org");
}

/* One host refuses all mail for good, the other loses each of its texts: its
 * word does not count for those whose turn never came. */
static void
test_refused_and_lost(void **state)
{
	struct world *w = *state;

	world_example(w);
	w->server[0].greeting = "554 5.3.2 no mail here";
	w->server[1].lose_after = 1;
	w->server[1].lose_always = true;
	give(w, 10, "a@example.org");
	world_wait(w, 10);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(w->results[i].outcome, OUTCOME_deferred);
		assert_true(w->results[i].status.p[0] == '4');
	}
}

/* A host that failed leaves a line, though another has taken the message. */
static void
test_failed_host_is_logged(void **state)
{
	struct world *w = *state;
	int fd = memfd_create("log", MFD_CLOEXEC), kept = dup(2);
	char text[1500];
	ssize_t n;

	assert_true(fd >= 0 && kept >= 0);
	world_example(w);
	w->server[0].greeting = "554 5.3.2 no mail here";
	assert_int_equal(dup2(fd, 2), 2);
	log_set_level(w->log, LOG_INFO);
	give(w, 1, "a@example.org");
	world_wait(w, 1);
	log_set_level(w->log, LOG_ERROR);
	assert_int_equal(dup2(kept, 2), 2);
	n = pread(fd, text, sizeof(text), 0);
	(void)close(fd);
	(void)close(kept);
	assert_true(n > 0);
	assert_has(str_make(text, (size_t)n), " host host=mx1.example.org "
	    "address=192.0.2.1 for=example.org code=554 status=5.3.2 ");
	assert_has(str_make(text, (size_t)n), "delivered message=");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_one_message),
		T(test_many_messages),
		T(test_many_recipients),
		T(test_many_hosts),
		T(test_handshake),
		T(test_refused_and_lost),
		T(test_failed_host_is_logged),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
