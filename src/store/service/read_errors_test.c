/*
 * What cannot be read while nobody waits for it, or can be done without, is
 * told to the log.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/dispatch/expiry.h"
#include "store/engine/engine_int.h"
#include "store/service/service_int.h"
#include "store/service/test_world.h"

static int log_fds[2];
static struct log *test_log;

static int64_t
no_time(void *arg unused_arg)
{
	return 0;
}

static int
set_up(void **state)
{
	struct world *w;

	assert_int_equal(pipe2(log_fds, O_CLOEXEC | O_NONBLOCK), 0);
	test_log = log_new(log_fds[1], "test", LOG_INFO, no_time, NULL);
	assert_int_equal(world_set_up_fake(state), 0);
	w = *state;
	w->engine->o.log = w->service->o.log = test_log;
	return 0;
}

static int
tear_down(void **state)
{
	int rc = world_tear_down(state);

	log_free(test_log);
	close(log_fds[0]);
	close(log_fds[1]);
	return rc;
}

/* Since it was last asked. */
static bool
log_says(const char *event)
{
	static char text[4096];
	ssize_t n = read(log_fds[0], text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	return strstr(text, event) != NULL;
}

static void
empty_packs(struct world *w)
{
	int packs = openat(w->dirfd, "packs", O_RDONLY | O_DIRECTORY);
	int fd = openat(packs, "0000000000000001", O_WRONLY);

	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	close(packs);
}

static void
fetch_facts(void *arg)
{
	struct world *w = arg;
	struct caller alice = { .authority = AUTH_ACCOUNT,
		.account = world_account(w, "alice@example.test") };
	struct store *st = world_open_account(w, alice.account);
	struct append_ask append = { .change = 5, .name = STR("INBOX"),
		.octets = test_blob(STR("text")), .raw_size = 4,
		.facts = STR("facts") };
	struct append_answer appended;
	struct open_ask open = { STR("INBOX") };
	struct open_answer view;
	struct fetch_ask fetch;
	struct fetch_answer answer;
	struct fetch_row row;
	struct rd r;

	OK(store_call(st, STORE_append, &append, &appended, w->a, &w->err));
	OK(store_call(st, STORE_open, &open, &view, w->a, &w->err));
	fetch = (struct fetch_ask){ .mailbox = view.mailbox,
		.arrivals = view.modseq, .expunges = view.modseq,
		.set = STR("\1\0\0\0\1\0\0\0"),
		.want = WANT_FACTS | WANT_HEAD };
	OK(store_call(st, STORE_fetch, &fetch, &answer, w->a, &w->err));
	r = rd_of(answer.rows);
	assert_true(msg_take(&r, &fetch_row_shape, &row));
	assert_str(row.facts, "facts");
	assert_true(str_eq(row.chunks, append.octets));
	assert_false(log_says("message_damaged"));
	empty_packs(w);
	/* The row is right without them. */
	OK(store_call(st, STORE_fetch, &fetch, &answer, w->a, &w->err));
	r = rd_of(answer.rows);
	assert_true(msg_take(&r, &fetch_row_shape, &row));
	assert_int_equal(row.uid, 1);
	assert_int_equal(row.facts.n + row.chunks.n + row.prefix.n, 0);
	assert_true(log_says("message_damaged"));
	store_close(st);
	loop_stop(w->loop);
}

static void
test_facts(void **state)
{
	world_run(*state, fetch_facts);
}

static void
lose_queue(struct reader *r)
{
	struct err err;

	if (sql_exec(&r->q, "ALTER TABLE queue_rcpt RENAME TO lost", &err) < 0)
		fail_msg("%s", err.text);
}

static bool
always(void *arg unused_arg, enum queue_walk what unused_arg)
{
	return true;
}

static int64_t
since_long(void *arg unused_arg, int64_t age_s unused_arg)
{
	return INT64_MAX;
}

static void
test_expiry(void **state)
{
	struct world *w = *state;
	struct expiry_use use = { .reader = w->service->look, .room = always,
		.since = since_long, .log = test_log };
	struct queue_settings o = { .expire_s = 60 };
	struct expiry *x = expiry_new(&use);
	int64_t now = engine_now_us(w->engine);

	expiry_settings(x, &o);
	lose_queue(use.reader);
	assert_true(expiry_run(x, now) > now);
	assert_true(log_says("expiry_failed"));
	expiry_free(x);
}

static void
take_nothing(void *arg)
{
	struct world *w = arg;
	struct store *relay = store_new(w->loop, world_connect(w, AUTH_RELAY,
	    0), NULL, NULL);
	struct take_ask ask = { 10 };
	struct take_answer answer;

	OK(store_call(relay, STORE_take, &ask, &answer, w->a, &w->err));
	assert_int_equal(answer.kind, 0);
	assert_true(log_says("reports_due_failed"));
	store_close(relay);
	loop_stop(w->loop);
}

static void
test_reports_due(void **state)
{
	struct world *w = *state;

	lose_queue(w->service->look);
	world_run(w, take_nothing);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_facts),
		T(test_expiry),
		T(test_reports_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
