/*
 * The queue as relay and the operator see it: through the connection, the
 * loop, the writer and the database.
 */
#include "store/service/test_world.h"

#include <unistd.h>

#include "store/blob.h"

enum { ITEMS = 64 };

struct got {
	struct take_answer answer;
	struct queue_item *item;
	size_t n;
};

static struct store *
relay(struct world *w)
{
	return store_new(w->loop, world_connect(w, AUTH_RELAY, 0), NULL,
	    NULL);
}

/* Take; what came, in w->a. */
static struct got
take(struct world *w, struct store *r, uint32_t wait_ms)
{
	struct take_ask ask = { wait_ms };
	struct got g = { .item = arena_array(w->a, ITEMS,
	    sizeof(struct queue_item)) };
	struct rd rd;

	OK(store_call(r, STORE_take, &ask, &g.answer, w->a, &w->err));
	rd = rd_of(g.answer.items);
	while (rd_left(&rd) > 0)
		assert_true(msg_take(&rd, &queue_item_shape, &g.item[g.n++]));
	return g;
}

static struct queue_rcpt
rcpt_of(const struct queue_item *item, int i)
{
	struct rd r = rd_of(item->rcpts);
	struct queue_rcpt q;

	do
		assert_true(msg_take(&r, &queue_rcpt_shape, &q));
	while (i-- > 0);
	return q;
}

static size_t
count_rcpts(const struct queue_item *item)
{
	struct rd r = rd_of(item->rcpts);
	struct queue_rcpt q;
	size_t n = 0;

	for (; rd_left(&r) > 0; n++)
		assert_true(msg_take(&r, &queue_rcpt_shape, &q));
	return n;
}

struct to {
	const char *address;
	uint32_t notify;
};

/* A message from `from` to these (NULL ends). */
static uint64_t
submit_notify(struct world *w, struct store *st, const char *from,
    const struct to *to, const char *text)
{
	struct submit_ask s = { .change = store_change_id(st),
		.reverse_path = str_c(from), .octets = test_blob(str_c(text)),
		.raw_size = strlen(text), .envid = STR("env"),
		.signature = STR("DKIM-Signature: x\r\n") };
	struct submit_answer answer;
	uint64_t handle[8];
	size_t n = 0;

	for (; to[n].address; n++) {
		struct rcpt_ask r = { .address = str_c(to[n].address),
			.notify = to[n].notify,
			.orcpt = STR("rfc822;orig") };
		struct rcpt_answer ra;

		OK(store_call(st, STORE_rcpt, &r, &ra, w->a, &w->err));
		handle[n] = ra.handle;
	}
	s.handles = str_make((const char *)handle, n * 8);
	OK(store_call(st, STORE_submit, &s, &answer, w->a, &w->err));
	return answer.message;
}

static uint64_t
submit_to(struct world *w, struct store *st, const char *to)
{
	struct to list[] = { { to, 0 }, { NULL, 0 } };

	return submit_notify(w, st, "alice@example.test", list, "hello");
}

static struct queue_result
result(uint64_t lease, uint32_t n, uint32_t outcome)
{
	struct queue_result res = { .lease = lease, .n = n,
		.outcome = outcome, .code = 250, .status = STR("2.0.0"),
		.text = STR("fine"), .host = STR("mx.far.test"),
		.address = STR("192.0.2.1"), .tls = STR("TLSv1.3") };

	if (outcome == OUTCOME_deferred) {
		res.code = 451;
		res.status = STR("4.2.0");
		res.text = STR("later");
	}
	if (outcome == OUTCOME_failed) {
		res.code = 550;
		res.status = STR("5.1.1");
		res.text = STR("unknown");
	}
	return res;
}

static int
report_as(struct world *w, struct store *r, uint64_t change,
    const struct queue_result *res)
{
	auto_buf b = BUF_INIT(10000);
	struct report_ask ask = { .change = change };
	struct done done;

	msg_put(&b, &queue_result_shape, res);
	ask.results = buf_get(&b);
	return store_call(r, STORE_report, &ask, &done, w->a, &w->err);
}

static void
report(struct world *w, struct store *r, uint64_t lease, uint32_t n,
    uint32_t outcome)
{
	struct queue_result res = result(lease, n, outcome);

	OK(report_as(w, r, store_change_id(r), &res));
}

static struct bounce_answer
bounce(struct world *w, struct store *r, uint64_t lease)
{
	struct bounce_ask ask = { .change = store_change_id(r),
		.lease = lease, .octets = test_blob(STR("a report")),
		.raw_size = 8, .message_id = STR("<report@x>") };
	struct bounce_answer answer;

	OK(store_call(r, STORE_bounce, &ask, &answer, w->a, &w->err));
	return answer;
}

static struct queue_row *
rows(struct world *w)
{
	return arena_array(w->a, ITEMS, sizeof(struct queue_row));
}

static struct queue_list_answer
list(struct world *w, struct queue_row *row, size_t *n)
{
	struct queue_list_ask ask = { 0 };
	struct queue_list_answer answer;
	struct rd r;

	OK(world_ask(w, w->operator_, STORE_queue_list, &ask, &answer, NULL));
	r = rd_of(answer.rows);
	for (*n = 0; rd_left(&r) > 0 && *n < ITEMS;)
		assert_true(msg_take(&r, &queue_row_shape, &row[(*n)++]));
	return answer;
}

static uint32_t
change(struct world *w, uint32_t action, const char *domain)
{
	static uint64_t id = 5000;
	struct queue_change_ask ask = { .change = ++id, .action = action,
		.domain = str_c(domain) };
	struct queue_change_answer answer;

	OK(world_ask(w, w->operator_, STORE_queue_change, &ask, &answer,
	    NULL));
	return answer.changed;
}

static void
ahead(struct world *w, int64_t s)
{
	__atomic_add_fetch(&w->ahead_us, s * 1000000, __ATOMIC_RELAXED);
	service_settings(w->service, &(struct door_settings){ 0 });
}

static uint32_t
exists(struct world *w, struct store *st)
{
	struct open_ask o = { STR("INBOX") };
	struct open_answer in;

	OK(store_call(st, STORE_open, &o, &in, w->a, &w->err));
	return in.exists;
}

static int
take_piece(void *arg, struct str octets)
{
	struct buf *b = arg;

	buf_str(b, octets);
	return 0;
}

static struct store *
alice(struct world *w)
{
	return world_open_account(w, world_account(w, "alice@example.test"));
}

#define BEGIN(name)                             \
	static void name(void *arg)             \
	{                                       \
		struct world *w = arg;          \
		struct store *st = alice(w);    \
		struct store *r = relay(w)
#define END                              \
		assert_int_equal(world_verify(w), 0); \
		store_close(st);         \
		store_close(r);          \
		w->changed = 1;          \
		loop_stop(w->loop);      \
	}
#define CASE(name)                                      \
	static void test_##name(void **state)           \
	{                                               \
		struct world *w = *state;               \
		world_run(w, name);                     \
		assert_true(w->changed > 0);            \
	}

/* ---- */

BEGIN(delivers);
	struct to to[] = { { "x@Far.test", 0 }, { "y@far.test", 0 },
		{ "z@other.test", 0 }, { NULL, 0 } };
	/* The stored form of "hello": a chunk as it is. */
	static const char chunk[] = "\0\0\0\0\5\0\0\0\5\0\0\0hello";
	auto_buf text = BUF_INIT(100);
	struct queue_row *row = rows(w);
	uint64_t message, other;
	struct got g, h;
	size_t n;

	assert_int_equal(take(w, r, 1).n, 0);
	{
		struct submit_ask s = { .change = store_change_id(st),
			.reverse_path = STR("alice@example.test"),
			.octets = str_make(chunk, sizeof(chunk) - 1),
			.raw_size = 5, .envid = STR("env") };
		struct rcpt_ask ask = { STR("q@far.test") };
		struct rcpt_answer ra;
		struct submit_answer sa;

		OK(store_call(st, STORE_rcpt, &ask, &ra, w->a, &w->err));
		s.handles = str_make((const char *)&ra.handle, 8);
		OK(store_call(st, STORE_submit, &s, &sa, w->a, &w->err));
		g = take(w, r, 2000);
		assert_int_equal(g.n, 1);
		OK(blob_read_queued(r, g.item[0].lease, 1, 3, take_piece,
		    &text, &w->err));
		assert_str(buf_get(&text), "ell");
		assert_int_equal(blob_read_queued(r, g.item[0].lease + 65536,
		    0, 3, take_piece, &text, &w->err), E_NOTFOUND);
		report(w, r, g.item[0].lease, 0, OUTCOME_delivered);
	}
	message = submit_notify(w, st, "alice@example.test", to, "hello");
	g = take(w, r, 2000);
	h = take(w, r, 2000);
	assert_int_equal(g.n, 1);
	assert_int_equal(h.n, 1);
	if (!str_eq(g.answer.destination, STR("far.test"))) {
		struct got swap = g;

		g = h;
		h = swap;
	}
	assert_int_equal(g.answer.kind, TAKE_DELIVER);
	assert_str(g.answer.destination, "far.test");
	assert_str(h.answer.destination, "other.test");
	assert_int_equal(g.item[0].message, message);
	assert_int_equal(count_rcpts(&g.item[0]), 2);
	assert_str(rcpt_of(&g.item[0], 0).address, "x@Far.test");
	assert_str(rcpt_of(&g.item[0], 1).orcpt, "rfc822;orig");
	assert_str(g.item[0].envid, "env");
	assert_str(g.item[0].signature, "DKIM-Signature: x\r\n");
	assert_str(g.item[0].reverse_path, "alice@example.test");
	/* Nobody gets it twice while it is under way. */
	assert_int_equal(take(w, r, 1).n, 0);
	(void)list(w, row, &n);
	assert_int_equal(n, 3);
	assert_int_equal(row[0].state, QUEUE_under_way);
	report(w, r, g.item[0].lease, 0, OUTCOME_delivered);
	(void)list(w, row, &n);
	assert_int_equal(n, 2);
	report(w, r, g.item[0].lease, 1, OUTCOME_deferred);
	report(w, r, h.item[0].lease, 2, OUTCOME_delivered);
	(void)list(w, row, &n);
	assert_int_equal(n, 1);
	assert_int_equal(row[0].state, QUEUE_waits);
	assert_int_equal(row[0].attempts, 1);
	assert_str(row[0].text, "later");
	assert_int_equal(take(w, r, 1).n, 0);
	ahead(w, 400);
	/* New before old. */
	other = submit_to(w, st, "new@far.test");
	g = take(w, r, 2000);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.item[0].message, other);
	assert_int_equal(g.item[1].message, message);
	assert_int_equal(rcpt_of(&g.item[1], 0).attempts, 1);
	assert_int_equal(rcpt_of(&g.item[1], 0).code, 451);
	report(w, r, g.item[0].lease, 0, OUTCOME_delivered);
	report(w, r, g.item[1].lease, 1, OUTCOME_relayed);
	(void)list(w, row, &n);
	assert_int_equal(n, 0);
END
CASE(delivers)

BEGIN(fails_and_reports);
	struct to to[] = { { "x@far.test", 0 }, { "never@far.test",
		NOTIFY_never }, { "y@far.test", NOTIFY_success },
		{ "alice@example.test", NOTIFY_success }, { NULL, 0 } };
	uint64_t message = submit_notify(w, st, "alice@example.test", to,
	    "hello");
	struct got g, h = { 0 };
	struct queue_row *row = rows(w);
	struct bounce_ask twice;
	struct bounce_answer a1, a2;
	size_t n;
	int i;

	g = take(w, r, 2000);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.item[0].message, message);
	assert_int_equal(count_rcpts(&g.item[0]), 3);
	report(w, r, g.item[0].lease, 0, OUTCOME_failed);
	report(w, r, g.item[0].lease, 1, OUTCOME_failed);
	/* Not while something of it is under way. */
	assert_int_equal(take(w, r, 50).n, 0);
	report(w, r, g.item[0].lease, 2, OUTCOME_relayed);
	g = take(w, r, 2000);
	assert_int_equal(g.answer.kind, TAKE_REPORT);
	assert_int_equal(g.n, 1);
	assert_int_equal(count_rcpts(&g.item[0]), 3);
	assert_int_equal(rcpt_of(&g.item[0], 0).outcome, OUTCOME_failed);
	assert_int_equal(rcpt_of(&g.item[0], 0).code, 550);
	assert_int_equal(rcpt_of(&g.item[0], 1).outcome, OUTCOME_relayed);
	assert_int_equal(rcpt_of(&g.item[0], 2).outcome, OUTCOME_local);
	assert_int_equal(exists(w, st), 1);
	twice = (struct bounce_ask){ .change = 77, .lease = g.item[0].lease,
		.octets = test_blob(STR("a report")), .raw_size = 8 };
	OK(store_call(r, STORE_bounce, &twice, &a1, w->a, &w->err));
	OK(store_call(r, STORE_bounce, &twice, &a2, w->a, &w->err));
	assert_int_equal(a1.message, a2.message);
	assert_int_equal(exists(w, st), 2);
	(void)list(w, row, &n);
	assert_int_equal(n, 0);
	/* From outside: the report goes there, with nobody to answer to. */
	submit_notify(w, st, "alice@example.test",
	    (struct to[]){ { "bad@far.test", 0 }, { NULL, 0 } }, "second");
	g = take(w, r, 2000);
	report(w, r, g.item[0].lease, 0, OUTCOME_failed);
	for (i = 0; i < 2 && h.answer.kind != TAKE_REPORT; i++)
		h = take(w, r, 2000);
	(void)bounce(w, r, h.item[0].lease);
	assert_int_equal(exists(w, st), 3);
	(void)list(w, row, &n);
	assert_int_equal(n, 0);
END
CASE(fails_and_reports)

BEGIN(leases_end);
	uint64_t message = submit_to(w, st, "x@far.test"), lease;
	struct got g = take(w, r, 2000);
	struct store *other = relay(w);
	struct release_ask release;
	struct queue_result res;

	assert_int_equal(g.n, 1);
	lease = g.item[0].lease;
	release.leases = str_make((const char *)&lease, 8);
	/* Another connection's guess is worth nothing. */
	res = result(lease, 0, OUTCOME_delivered);
	OK(report_as(w, other, 99, &res));
	store_notify(other, STORE_release, &release);
	assert_int_equal(take(w, other, 50).n, 0);
	store_notify(r, STORE_release, &release);
	g = take(w, other, 2000);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.item[0].message, message);
	/* Its connection goes: the next one gets it. */
	store_close(other);
	g = take(w, r, 2000);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.item[0].message, message);
	report(w, r, lease, 0, OUTCOME_delivered); /* of old: passed over */
	report(w, r, g.item[0].lease, 0, OUTCOME_delivered);
	assert_int_equal(take(w, r, 1).n, 0);
END
CASE(leases_end)

BEGIN(operator_acts);
	struct queue_row *row = rows(w);
	struct got g;
	size_t n;

	submit_to(w, st, "x@far.test");
	submit_to(w, st, "y@other.test");
	assert_int_equal(change(w, QUEUE_HOLD, "far.test"), 1);
	g = take(w, r, 2000);
	assert_str(g.answer.destination, "other.test");
	assert_int_equal(take(w, r, 1).n, 0);
	(void)list(w, row, &n);
	assert_int_equal(row[0].state, QUEUE_held);
	assert_int_equal(change(w, QUEUE_RELEASE, "FAR.test"), 1);
	g = take(w, r, 2000);
	assert_str(g.answer.destination, "far.test");
	report(w, r, g.item[0].lease, 0, OUTCOME_deferred);
	assert_int_equal(take(w, r, 1).n, 0);
	assert_int_equal(change(w, QUEUE_RETRY, "far.test"), 1);
	g = take(w, r, 2000);
	assert_int_equal(g.n, 1);
	/* Dropped under way: what it becomes is passed over. */
	assert_int_equal(change(w, QUEUE_DROP, ""), 2);
	report(w, r, g.item[0].lease, 0, OUTCOME_failed);
	(void)list(w, row, &n);
	assert_int_equal(n, 0);
	assert_int_equal(take(w, r, 1).n, 0);
END
CASE(operator_acts)

BEGIN(down_and_expiry);
	struct queue_result res;
	struct queue_row *row = rows(w);
	struct got g;
	size_t n;

	submit_to(w, st, "x@far.test");
	g = take(w, r, 2000);
	res = result(g.item[0].lease, 0, OUTCOME_deferred);
	res.down = 1;
	res.code = 0;
	OK(report_as(w, r, 1, &res));
	/* New mail waits too, but the operator may have it tried. */
	submit_to(w, st, "y@far.test");
	assert_int_equal(take(w, r, 20).n, 0);
	(void)list(w, row, &n);
	assert_int_equal(n, 2);
	assert_true(row[1].next >= row[1].queued + 60);
	assert_int_equal(row[1].attempts, 0);
	assert_str(row[1].text,
	    "the destination could not be reached for earlier mail");
	change(w, QUEUE_RETRY, "far.test");
	g = take(w, r, 2000);
	assert_int_equal(g.n, 2);
	res = result(g.item[0].lease, 0, OUTCOME_deferred);
	res.down = 1;
	OK(report_as(w, r, 2, &res));
	res.lease = g.item[1].lease;
	OK(report_as(w, r, 3, &res));
	/* Nobody is reached for five days: the sender is told. */
	submit_to(w, st, "z@far.test");
	ahead(w, 432001);
	n = 0;
	while ((g = take(w, r, 2000)).n && n < 3) {
		if (g.answer.kind != TAKE_REPORT) {
			store_notify(r, STORE_release, &(struct release_ask){
			    str_make((const char *)&g.item[0].lease, 8) });
			continue;
		}
		assert_int_equal(rcpt_of(&g.item[0], 0).outcome,
		    OUTCOME_failed);
		assert_str(rcpt_of(&g.item[0], 0).status, "4.4.7");
		assert_int_equal(rcpt_of(&g.item[0], 0).code, 0);
		assert_true(str_starts(rcpt_of(&g.item[0], 0).text,
		    STR("not delivered in time")));
		(void)bounce(w, r, g.item[0].lease);
		n++;
	}
	assert_int_equal(n, 3);
	(void)list(w, row, &n);
	assert_int_equal(n, 0);
	assert_int_equal(exists(w, st), 3);
END
CASE(down_and_expiry)

BEGIN(tells_of_delay);
	struct queue_settings o = { TEST_QUEUE, .notice_s = 100 };
	struct to to[] = { { "x@far.test", 0 }, { "y@far.test",
		NOTIFY_failure }, { NULL, 0 } };
	struct got g;

	submit_notify(w, st, "alice@example.test", to, "hello");
	engine_queue(w->engine, &o);
	ahead(w, 50);
	g = take(w, r, 2000);
	report(w, r, g.item[0].lease, 0, OUTCOME_deferred);
	report(w, r, g.item[0].lease, 1, OUTCOME_deferred);
	assert_int_equal(take(w, r, 50).n, 0);
	ahead(w, 60);
	g = take(w, r, 2000);
	assert_int_equal(g.answer.kind, TAKE_REPORT);
	assert_int_equal(count_rcpts(&g.item[0]), 1);
	assert_int_equal(rcpt_of(&g.item[0], 0).outcome, OUTCOME_delayed);
	(void)bounce(w, r, g.item[0].lease);
	assert_int_equal(exists(w, st), 1);
	/* Once. */
	ahead(w, 10);
	assert_int_equal(take(w, r, 100).n, 0);
	ahead(w, 400);
	g = take(w, r, 2000);
	assert_int_equal(g.answer.kind, TAKE_DELIVER);
	assert_int_equal(count_rcpts(&g.item[0]), 2);
END
CASE(tells_of_delay)

/* A report that finds nobody is the postmaster's, if he wants it. */
BEGIN(double_bounce);
	struct queue_settings o = { TEST_QUEUE, .double_bounces = 1 };
	struct alias_add_ask alias = { 600, STR("list@example.test"),
		STR("gone@far.test") };
	struct queue_row *row = rows(w);
	struct done done;
	struct got g;
	size_t n, i;

	OK(world_ask(w, w->operator_, STORE_alias_add, &alias, &done, NULL));
	for (i = 0; i < 2; i++) {
		/* The world's, with no sender, sent on by the alias. */
		submit_notify(w, w->mx, "", (struct to[]){
		    { "list@example.test", 0 }, { NULL, 0 } }, "hello");
		g = take(w, r, 2000);
		assert_int_equal(g.n, 1);
		report(w, r, g.item[0].lease, rcpt_of(&g.item[0], 0).n,
		    OUTCOME_failed);
		g = take(w, r, i ? 2000 : 50);
		assert_int_equal(g.n, i);
		engine_queue(w->engine, &o);
	}
	assert_int_equal(g.answer.kind, TAKE_REPORT);
	assert_str(g.item[0].reverse_path, "postmaster@example.test");
	(void)bounce(w, r, g.item[0].lease);
	assert_int_equal(exists(w, st), 1);
	(void)list(w, row, &n);
	assert_int_equal(n, 0);
END
CASE(double_bounce)

BEGIN(many);
	/* Batches of one destination, no more than settings allow. */
	struct got g[8];
	size_t n = 0, i, seen = 0;

	for (i = 0; i < 100; i++)
		submit_to(w, st, "x@far.test");
	submit_to(w, st, "x@few.test");
	for (i = 0; i < 8; i++) {
		g[i] = take(w, r, 20);
		seen += g[i].n;
		n += g[i].n > 0;
		if (i == 1) /* it had its turn before the others' third */
			assert_true(g[0].n == 1 || g[1].n == 1);
	}
	assert_int_equal(n, 5);
	assert_int_equal(seen, 81);
	for (i = 0; i < g[2].n; i++)
		report(w, r, g[2].item[i].lease, 0, OUTCOME_delivered);
	g[7] = take(w, r, 2000);
	assert_int_equal(g[7].n, 20);
END
CASE(many)

/* A program of this machine. */
BEGIN(local);
	struct store *l = store_new(w->loop, world_connect(w, AUTH_LOCAL,
	    1234), NULL, NULL);
	struct sender_ask yes = { STR("any@example.test"), 0 };
	struct sender_ask no = { STR("any@far.test"), 0 };
	struct hello_ask nothing = { 0 };
	struct hello_answer hello;
	struct done done;
	struct got g;

	OK(store_call(l, STORE_hello, &nothing, &hello, w->a, &w->err));
	assert_str(hello.address, "@example.test");
	OK(store_call(l, STORE_sender, &yes, &done, w->a, &w->err));
	assert_int_equal(store_call(l, STORE_sender, &no, &done, w->a,
	    &w->err), E_DENIED);
	submit_notify(w, l, "root@example.test",
	    (struct to[]){ { "x@far.test", 0 }, { NULL, 0 } }, "cron");
	submit_notify(w, l, "", (struct to[]){ { "alice@example.test", 0 },
	    { NULL, 0 } }, "a report");
	assert_int_equal(exists(w, st), 1);
	g = take(w, r, 2000);
	assert_int_equal(g.n, 1);
	store_close(l);
END
CASE(local)

static void
before_restart(void *arg)
{
	struct world *w = arg;
	struct store *st = alice(w);
	struct store *r = relay(w);
	struct to to[] = { { "x@far.test", 0 }, { "y@other.test", 0 },
		{ NULL, 0 } };
	struct queue_result res;
	struct got g, h;

	submit_notify(w, st, "alice@example.test", to, "hello");
	g = take(w, r, 2000);
	h = take(w, r, 2000);
	if (str_eq(g.answer.destination, STR("far.test")))
		h = g;
	res = result(h.item[0].lease, 0, OUTCOME_failed);
	OK(report_as(w, r, 1000, &res));
	w->changed = h.item[0].lease;
	store_close(st);
	store_close(r);
	loop_stop(w->loop);
}

/* The same report again has the same answer; what was not reported is due
 * again, and what is to be told of is not forgotten. */
static void
after_restart(void *arg)
{
	struct world *w = arg;
	struct store *r = relay(w);
	struct queue_result res = result(w->changed, 0, OUTCOME_failed);
	struct got g, h;

	OK(report_as(w, r, 1000, &res));
	res.n = 1;
	assert_int_equal(report_as(w, r, 1000, &res), E_INVALID);
	g = take(w, r, 2000);
	h = take(w, r, 2000);
	assert_int_equal(g.n, 1);
	assert_int_equal(h.n, 1);
	assert_int_equal(g.answer.kind + h.answer.kind,
	    TAKE_REPORT + TAKE_DELIVER);
	if (g.answer.kind == TAKE_REPORT)
		h = g;
	(void)bounce(w, r, h.item[0].lease);
	assert_int_equal(take(w, r, 1).n, 0);
	assert_int_equal(world_verify(w), 0);
	store_close(r);
	w->changed = 0;
	loop_stop(w->loop);
}

static void
test_restart(void **state)
{
	struct world *w = *state;

	world_run(w, before_restart);
	assert_true(w->changed > 0);
	world_restart(w);
	world_run(w, after_restart);
	assert_int_equal(w->changed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_delivers),
		BOTH(test_fails_and_reports),
		BOTH(test_leases_end),
		BOTH(test_operator_acts),
		BOTH(test_down_and_expiry),
		BOTH(test_tells_of_delay),
		BOTH(test_double_bounce),
		/* Turns are in order of time, which must go on for that. */
		cmocka_unit_test_setup_teardown(test_many, world_set_up,
		    world_tear_down),
		BOTH(test_local),
		BOTH(test_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
