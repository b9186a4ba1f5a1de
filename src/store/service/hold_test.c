/*
 * Holds of a destination, a sender, a recipient; and one message that the
 * operator changes or gives up.
 */
#include "store/service/test_world.h"

enum { MANY = 900, FIVE_DAYS = 432000 };

/* ---- mail ---------------------------------------------------------------- */

/* A message to n of the domain, a0@... */
static uint64_t
submit_some(struct world *w, struct store *st, const char *from,
    const char *domain, size_t n)
{
	struct submit_ask s = { .change = store_change_id(st),
		.reverse_path = str_c(from),
		.octets = test_blob(STR("hello")), .raw_size = 5 };
	struct submit_answer answer;
	uint64_t *handle = arena_array(w->a, n, 8);

	for (size_t i = 0; i < n; i++) {
		struct rcpt_ask r = { .address = arena_printf(w->a,
		    "a%zu@%s", i, domain) };
		struct rcpt_answer ra;

		OK(store_call(st, STORE_rcpt, &r, &ra, w->a, &w->err));
		handle[i] = ra.handle;
	}
	s.handles = str_make((const char *)handle, n * 8);
	OK(store_call(st, STORE_submit, &s, &answer, w->a, &w->err));
	return answer.message;
}

struct taken {
	uint32_t kind;
	uint64_t lease, message;
	size_t nrcpts;
	struct str destination, sender;
	struct queue_rcpt rcpt;	/* the first one */
};

/* The first message of what comes in time; nrcpts 0: nothing did. Others are
 * given back. */
static struct taken
take(struct world *w, struct store *r, uint32_t wait_ms)
{
	struct take_ask ask = { wait_ms };
	struct take_answer answer;
	struct taken t = { 0 };
	struct queue_item item;
	struct queue_rcpt to;
	struct rd items, rcpts;

	OK(store_call(r, STORE_take, &ask, &answer, w->a, &w->err));
	items = rd_of(answer.items);
	while (rd_left(&items) > 0) {
		assert_true(msg_take(&items, &queue_item_shape, &item));
		if (t.lease) {
			store_notify(r, STORE_release, &(struct release_ask){
			    str_make((const char *)&item.lease, 8) });
			continue;
		}
		t = (struct taken){ answer.kind, item.lease, item.message, 0,
			answer.destination, item.reverse_path, { 0 } };
		rcpts = rd_of(item.rcpts);
		for (; rd_left(&rcpts) > 0; t.nrcpts++) {
			assert_true(msg_take(&rcpts, &queue_rcpt_shape, &to));
			if (t.nrcpts == 0)
				t.rcpt = to;
		}
	}
	return t;
}

static void
report(struct world *w, struct store *r, const struct taken *t,
    uint32_t outcome)
{
	auto_buf b = BUF_INIT(10000);
	struct report_ask ask = { .change = store_change_id(r) };
	struct done done;

	msg_put(&b, &queue_result_shape, &(struct queue_result){
	    .lease = t->lease, .n = t->rcpt.n, .outcome = outcome,
	    .code = 451, .status = STR("4.2.0"), .text = STR("not now"),
	    .host = STR("mx.far.test"), .address = STR("192.0.2.1") });
	ask.results = buf_get(&b);
	OK(store_call(r, STORE_report, &ask, &done, w->a, &w->err));
}

static void
give_back(struct store *r, const struct taken *t)
{
	store_notify(r, STORE_release, &(struct release_ask){
	    str_make((const char *)&t->lease, 8) });
}

static void
ahead(struct world *w, int64_t s)
{
	__atomic_add_fetch(&w->ahead_us, s * 1000000, __ATOMIC_RELAXED);
	service_settings(w->service, &(struct door_settings){ 0 });
}

/* ---- the operator -------------------------------------------------------- */

static uint64_t last_change = 90000;

/* All slices of it; how many recipients. Negative: E_*. */
static int64_t
hold(struct world *w, uint32_t kind, const char *what, bool ends)
{
	struct hold_put_ask put = { ++last_change, kind, str_c(what),
		STR("root"), STR("they move") };
	struct hold_end_ask end = { put.change, kind, str_c(what),
		STR("root") };
	struct hold_go_ask go = { 0, kind, str_c(what) };
	struct hold_go_answer answer;
	uint64_t changed = 0;
	int rc = world_ask(w, w->operator_, ends ? STORE_hold_end :
	    STORE_hold_put, ends ? (void *)&end : &put, &answer, NULL);

	while (rc == 0) {
		changed = answer.changed > changed ? answer.changed : changed;
		if (!answer.more)
			return (int64_t)changed;
		go.change = ++last_change;
		rc = world_ask(w, w->operator_, STORE_hold_go, &go, &answer,
		    NULL);
	}
	return rc;
}

static struct queue_change_answer
change(struct world *w, uint32_t action, uint64_t message, const char *domain)
{
	struct queue_change_ask ask = { .change = ++last_change,
		.action = action, .message = message,
		.domain = str_c(domain) };
	struct queue_change_answer answer;

	OK(world_ask(w, w->operator_, STORE_queue_change, &ask, &answer,
	    NULL));
	return answer;
}

/* How many recipients wait, and how many of them are held. */
static size_t
count(struct world *w, size_t *held, struct queue_row *first)
{
	struct queue_list_ask ask = { 0 };
	struct queue_list_answer answer;
	struct queue_row row;
	size_t n = 0;
	struct rd r;

	*held = 0;
	do {
		OK(world_ask(w, w->operator_, STORE_queue_list, &ask, &answer,
		    NULL));
		r = rd_of(answer.rows);
		for (; rd_left(&r) > 0; n++) {
			assert_true(msg_take(&r, &queue_row_shape, &row));
			if (n == 0 && first)
				*first = row;
			*held += row.state == QUEUE_held;
			assert_int_equal(row.held > 0,
			    row.state == QUEUE_held);
		}
		ask.cursor = answer.next;
	} while (answer.next.n > 0);
	return n;
}

static int
edit(struct world *w, struct queue_edit_ask *ask)
{
	struct queue_edit_answer answer;
	int rc;

	ask->change = ++last_change;
	ask->who = STR("root");
	rc = world_ask(w, w->operator_, STORE_queue_edit, ask, &answer, NULL);
	return rc < 0 ? rc : (int)answer.changed;
}

static int
edit_rcpt(struct world *w, uint64_t message, const char *rcpt,
    const char *to)
{
	struct queue_edit_ask ask = { .message = message, .what = EDIT_rcpt,
		.rcpt = str_c(rcpt), .to = str_c(to) };

	return edit(w, &ask);
}

static int
edit_what(struct world *w, uint64_t message, uint32_t what,
    const char *sender, int64_t n)
{
	struct queue_edit_ask ask = { .message = message, .what = what,
		.sender = str_c(sender), .priority = n, .give_up = n };

	return edit(w, &ask);
}

static int
expire(struct world *w, uint64_t message)
{
	struct queue_expire_ask ask = { ++last_change, message, STR("root") };
	struct queue_expire_answer answer;
	int rc = world_ask(w, w->operator_, STORE_queue_expire, &ask,
	    &answer, NULL);

	return rc < 0 ? rc : (int)answer.changed;
}

#define BEGIN(name)                                                    \
	static void name(void *arg)                                    \
	{                                                              \
		struct world *w = arg;                                 \
		struct store *st = world_open_account(w,               \
		    world_account(w, "alice@example.test"));           \
		struct store *r = store_new(w->loop,                   \
		    world_connect(w, AUTH_RELAY, 0), NULL, NULL);      \
		struct taken t;                                        \
		size_t held
#define END                                           \
		assert_int_equal(world_verify(w), 0); \
		store_close(st);                      \
		store_close(r);                       \
		w->changed = 1;                       \
		loop_stop(w->loop);                   \
	}
#define CASE(name)                              \
	static void test_##name(void **state)   \
	{                                       \
		struct world *w = *state;       \
		world_run(w, name);             \
		assert_true(w->changed > 0);    \
	}

/* ---- holds --------------------------------------------------------------- */

/* What waits, and what comes; and no other. */
BEGIN(holds_a_destination);
	struct queue_row row;

	submit_some(w, st, "alice@example.test", "far.test", 2);
	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 2);
	submit_some(w, st, "alice@example.test", "far.test", 1);
	submit_some(w, st, "alice@example.test", "sub.far.test", 1);
	t = take(w, r, 2000);
	assert_str(t.destination, "sub.far.test");
	report(w, r, &t, OUTCOME_delivered);
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	assert_int_equal(count(w, &held, &row), 3);
	assert_int_equal(held, 3);
	/* No filter gets past it, the number of a message does. */
	assert_int_equal(change(w, QUEUE_RELEASE, 0, "far.test").changed, 0);
	assert_int_equal(change(w, QUEUE_RELEASE, 0, "far.test").kept, 3);
	assert_int_equal(change(w, QUEUE_RETRY, 0, "far.test").changed, 0);
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	assert_int_equal(change(w, QUEUE_RELEASE, row.message, "").changed,
	    2);
	t = take(w, r, 2000);
	assert_int_equal(t.nrcpts, 2);
	assert_int_equal(t.message, row.message);
	give_back(r, &t);
	/* Again is no other one. */
	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 2);
	assert_int_equal(hold(w, HOLD_destination, "far.test", true), 3);
	assert_int_equal(hold(w, HOLD_destination, "far.test", true),
	    E_NOTFOUND);
	assert_int_equal(take(w, r, 2000).nrcpts > 0, true);
	assert_int_equal(count(w, &held, NULL), 3);
	assert_int_equal(held, 0);
END
CASE(holds_a_destination)

BEGIN(holds_by_sender_and_recipient);
	static const struct { uint32_t kind; const char *what; } holds[] = {
		{ HOLD_sender, "alice@example.test" },
		{ HOLD_sender, "@example.test" },
		{ HOLD_rcpt, "a0@far.test" }, { HOLD_rcpt, "@far.test" } };
	static const struct { uint32_t kind; const char *what; } others[] = {
		{ HOLD_sender, "bob@example.test" },
		{ HOLD_sender, "@le.test" }, { HOLD_sender, "<>" },
		{ HOLD_rcpt, "0@far.test" }, { HOLD_rcpt, "@test" },
		{ HOLD_destination, "r.test" } };
	static const struct { uint32_t kind; const char *what; } wrong[] = {
		{ HOLD_sender, "" }, { HOLD_sender, "@" }, { 0, "a@b" },
		{ HOLD_rcpt, "<>" }, { HOLD_rcpt, "A@b.test" }, { 4, "b" },
		{ HOLD_destination, "a@b.test" }, { HOLD_rcpt, "b.test" } };

	for (size_t i = 0; i < NELEM(others); i++)
		assert_int_equal(hold(w, others[i].kind, others[i].what,
		    false), 0);
	for (size_t i = 0; i < NELEM(wrong); i++)
		assert_int_equal(hold(w, wrong[i].kind, wrong[i].what,
		    false), E_INVALID);
	for (size_t i = 0; i < NELEM(holds); i++) {
		submit_some(w, st, "alice@example.test", "far.test", 1);
		assert_int_equal(hold(w, holds[i].kind, holds[i].what, false),
		    1);
		submit_some(w, st, "Alice@example.test", "FAR.test", 1);
		assert_int_equal(take(w, r, 1).nrcpts, 0);
		assert_int_equal(hold(w, holds[i].kind, holds[i].what, true),
		    2);
		t = take(w, r, 2000);
		assert_int_equal(t.nrcpts, 1);
		give_back(r, &t);
		assert_int_equal(change(w, QUEUE_DROP, 0, "far.test").changed,
		    2);
	}
	/* What another one means as well stays, and what was held by hand. */
	submit_some(w, st, "alice@example.test", "far.test", 1);
	assert_int_equal(hold(w, HOLD_rcpt, "@far.test", false), 1);
	assert_int_equal(hold(w, HOLD_sender, "alice@example.test", false),
	    0);
	assert_int_equal(hold(w, HOLD_rcpt, "@far.test", true), 0);
	assert_int_equal(change(w, QUEUE_HOLD, 0, "far.test").changed, 1);
	assert_int_equal(change(w, QUEUE_HOLD, 0, "far.test").changed, 0);
	assert_int_equal(hold(w, HOLD_sender, "alice@example.test", true), 0);
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	assert_int_equal(change(w, QUEUE_RELEASE, 0, "far.test").changed, 1);
	assert_int_equal(take(w, r, 2000).nrcpts, 1);
	(void)held;
END
CASE(holds_by_sender_and_recipient)

/* It may be here for as much longer. */
BEGIN(time_stands_still);
	struct queue_row row;
	int64_t expires;

	submit_some(w, st, "alice@example.test", "far.test", 1);
	(void)count(w, &held, &row);
	expires = row.expires;
	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 1);
	ahead(w, 2 * FIVE_DAYS);
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	(void)count(w, &held, &row);
	assert_int_equal(held, 1);
	assert_true(row.expires >= expires + 2 * FIVE_DAYS);
	assert_int_equal(hold(w, HOLD_destination, "far.test", true), 1);
	t = take(w, r, 2000);
	assert_int_equal(t.kind, TAKE_DELIVER);
	report(w, r, &t, OUTCOME_deferred);
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	assert_int_equal(count(w, &held, &row), 1);
	assert_true(row.expires >= expires + 2 * FIVE_DAYS);
	ahead(w, FIVE_DAYS);
	do {
		t = take(w, r, 2000);
		if (t.kind == TAKE_DELIVER)
			report(w, r, &t, OUTCOME_deferred);
	} while (t.kind == TAKE_DELIVER);
	assert_int_equal(t.kind, TAKE_REPORT);
	assert_int_equal(t.rcpt.outcome, OUTCOME_failed);
END
CASE(time_stands_still)

/* Held while relay has it: also then it is not given up. */
BEGIN(held_under_way);
	submit_some(w, st, "alice@example.test", "far.test", 1);
	t = take(w, r, 2000);
	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 1);
	ahead(w, 2 * FIVE_DAYS);
	report(w, r, &t, OUTCOME_deferred);
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	assert_int_equal(count(w, &held, NULL), 1);
	assert_int_equal(held, 1);
	assert_int_equal(hold(w, HOLD_destination, "far.test", true), 1);
	t = take(w, r, 2000);
	assert_int_equal(t.kind, TAKE_DELIVER);
	report(w, r, &t, OUTCOME_delivered);
	assert_int_equal(count(w, &held, NULL), 0);
END
CASE(held_under_way)

/* ---- what nobody brings to its end --------------------------------------- */

static void
before_restart(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w, world_account(w,
	    "alice@example.test"));
	struct hold_put_ask put = { 77, HOLD_destination, STR("far.test"),
		STR("root"), STR("they move") };
	struct hold_put_answer answer;

	for (int i = 0; i < 3; i++)
		submit_some(w, st, "alice@example.test", "far.test",
		    MANY / 3);
	OK(world_ask(w, w->operator_, STORE_hold_put, &put, &answer, NULL));
	assert_true(answer.more && answer.changed < MANY);
	store_close(st);
	loop_stop(w->loop);
}

static size_t
wait_held(struct world *w, size_t want)
{
	size_t held = 0;

	for (int i = 0; i < 400; i++) {
		assert_int_equal(count(w, &held, NULL), MANY + 1);
		if (held == want)
			break;
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) +
		    (w->readers ? 50 : 61000));
	}
	return held;
}

/* The rest is held by store itself; and let go, if only the beginning of that
 * was asked for. */
static void
after_restart(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w, world_account(w,
	    "alice@example.test"));
	struct hold_end_ask end = { 78, HOLD_destination, STR("far.test"),
		STR("root") };
	struct hold_end_answer answer;

	submit_some(w, st, "alice@example.test", "far.test", 1);
	assert_int_equal(wait_held(w, MANY + 1), MANY + 1);
	OK(world_ask(w, w->operator_, STORE_hold_end, &end, &answer, NULL));
	assert_true(answer.more && answer.changed < MANY);
	store_close(st);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
after_another(void *arg)
{
	struct world *w = arg;
	struct holds_ask ask = { 0 };
	struct holds_answer answer;

	assert_int_equal(wait_held(w, 0), 0);
	OK(world_ask(w, w->operator_, STORE_holds, &ask, &answer, NULL));
	assert_int_equal(answer.rows.n, 0);
	assert_int_equal(world_verify(w), 0);
	w->changed = 2;
	loop_stop(w->loop);
}

static void
test_goes_on_after_restart(void **state)
{
	struct world *w = *state;

	world_run(w, before_restart);
	world_restart(w);
	world_run(w, after_restart);
	assert_int_equal(w->changed, 1);
	world_restart(w);
	world_run(w, after_another);
	assert_int_equal(w->changed, 2);
}

BEGIN(not_too_many);
	struct hold_row row, last = { 0 };
	struct holds_ask ask = { 0 };
	struct holds_answer answer;
	char name[20];
	size_t n = 0;
	struct rd rd;

	for (int i = 0; i <= HOLDS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "d%04d.test", i);
		assert_int_equal(hold(w, HOLD_destination, name, false),
		    i < HOLDS_MAX ? 0 : E_LIMIT);
	}
	assert_int_equal(hold(w, HOLD_destination, "d0000.test", false), 0);
	do {
		OK(world_ask(w, w->operator_, STORE_holds, &ask, &answer,
		    NULL));
		rd = rd_of(answer.rows);
		for (; rd_left(&rd) > 0; n++, last = row)
			assert_true(msg_take(&rd, &hold_row_shape, &row));
		ask = (struct holds_ask){ last.kind, last.what };
	} while (answer.more);
	assert_int_equal(n, HOLDS_MAX);
	assert_str(last.what, "d0999.test");
	assert_str(last.who, "root");
	assert_str(last.reason, "they move");
	(void)t;
	(void)held;
END
CASE(not_too_many)

/* ---- one message --------------------------------------------------------- */

BEGIN(edits_a_recipient);
	uint64_t m = submit_some(w, st, "alice@example.test", "wrong.test",
	    2);
	const char *was = "a0@wrong.test", *is = "a@right.test";

	t = take(w, r, 2000);
	assert_int_equal(edit_rcpt(w, m, was, is), E_BUSY);
	report(w, r, &t, OUTCOME_deferred);
	assert_int_equal(edit_rcpt(w, m, was, is), E_BUSY); /* the other */
	give_back(r, &t);
	do
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	while (edit_what(w, m, 0, "", 0) == E_BUSY);
	assert_int_equal(edit_rcpt(w, m, was, "alice@example.test"),
	    E_DENIED);
	assert_int_equal(edit_rcpt(w, m, was, "a1@wrong.test"), E_INVALID);
	assert_int_equal(edit_rcpt(w, m, was, "nobody"), E_INVALID);
	/* Without SMTPUTF8. */
	assert_int_equal(edit_rcpt(w, m, was, "\303\244@right.test"),
	    E_INVALID);
	assert_int_equal(edit_rcpt(w, m, "b@wrong.test", is), E_NOTFOUND);
	assert_int_equal(edit_rcpt(w, m + 1, was, is), E_NOTFOUND);
	/* The other one comes. */
	t = take(w, r, 2000);
	assert_str(t.rcpt.address, "a1@wrong.test");
	report(w, r, &t, OUTCOME_delivered);
	assert_int_equal(edit_rcpt(w, m, "A0@wrong.test", is), 1);
	t = take(w, r, 2000);
	assert_str(t.destination, "right.test");
	assert_str(t.rcpt.address, "a@right.test");
	assert_str(t.rcpt.orcpt, "rfc822;a0@wrong.test");
	assert_int_equal(t.rcpt.attempts, 0);
	assert_int_equal(t.rcpt.code, 0);
	report(w, r, &t, OUTCOME_delivered);
	assert_int_equal(count(w, &held, NULL), 0);
END
CASE(edits_a_recipient)

BEGIN(edits_the_sender);
	struct queue_row row;
	uint64_t m;

	assert_int_equal(hold(w, HOLD_sender, "bob@example.test", false), 0);
	m = submit_some(w, st, "alice@example.test", "far.test", 2);
	assert_int_equal(edit_what(w, m, EDIT_sender | EDIT_priority,
	    "bob@example.test", -9), 2);	/* and so it is held */
	assert_int_equal(take(w, r, 1).nrcpts, 0);
	assert_int_equal(count(w, &held, &row), 2);
	assert_int_equal(held, 2);
	assert_str(row.sender, "bob@example.test");
	assert_int_equal(row.priority, -9);
	assert_int_equal(edit_what(w, m, EDIT_sender, "carol@example.test",
	    0), 2);	/* and let go */
	t = take(w, r, 2000);
	assert_int_equal(t.nrcpts, 2);
	assert_str(t.sender, "carol@example.test");
	give_back(r, &t);
END
CASE(edits_the_sender)

BEGIN(takes_recipients_off);
	uint64_t m = submit_some(w, st, "alice@example.test", "far.test", 2);
	struct queue_row row;

	assert_int_equal(edit_rcpt(w, m, "a0@far.test", ""), 1);
	assert_int_equal(count(w, &held, &row), 1);
	assert_str(row.rcpt, "a1@far.test");
	assert_int_equal(edit_rcpt(w, m, "a1@far.test", ""), 1);
	assert_int_equal(count(w, &held, &row), 0);
	assert_int_equal(edit_what(w, m, EDIT_priority, "", 1), E_NOTFOUND);
	m = submit_some(w, st, "alice@example.test", "far.test", 1);
	assert_int_equal(edit_what(w, m, EDIT_priority, "", 10), E_INVALID);
	assert_int_equal(edit_what(w, m, EDIT_sender, "nobody", 0),
	    E_INVALID);
	assert_int_equal(edit_what(w, m, EDIT_give_up, "", 5), E_INVALID);
	assert_int_equal(edit_what(w, m, 0, "", 0), E_INVALID);
	assert_int_equal(edit_what(w, m, 16, "", 0), E_INVALID);
	t = take(w, r, 2000);
	assert_int_equal(t.nrcpts, 1);
END
CASE(takes_recipients_off)

static int64_t
now_s(struct world *w)
{
	return engine_now_us(w->engine) / 1000000;
}

/* The next one to be delivered, or (reports) to be reported. */
static struct taken
take_kind(struct world *w, struct store *r, uint32_t kind)
{
	struct taken t;

	while ((t = take(w, r, 2000)).kind != kind && t.kind != 0)
		if (t.kind == TAKE_DELIVER)
			report(w, r, &t, OUTCOME_deferred);
	return t;
}

/* Sooner than by the settings. */
BEGIN(gives_up_sooner);
	uint64_t m = submit_some(w, st, "alice@example.test", "far.test", 1);

	assert_int_equal(edit_what(w, m, EDIT_give_up, "", now_s(w) + 3600),
	    1);
	t = take(w, r, 2000);
	report(w, r, &t, OUTCOME_deferred);
	ahead(w, 3700);
	t = take_kind(w, r, TAKE_REPORT);
	assert_int_equal(t.kind, TAKE_REPORT);
	assert_str(t.rcpt.status, "4.4.7");
	(void)held;
END
CASE(gives_up_sooner)

/* And later; this time stands still as well. */
BEGIN(gives_up_later);
	uint64_t m = submit_some(w, st, "alice@example.test", "far.test", 1);

	assert_int_equal(edit_what(w, m, EDIT_give_up, "",
	    now_s(w) + 3 * FIVE_DAYS), 1);
	ahead(w, 2 * FIVE_DAYS);
	t = take(w, r, 2000);
	assert_int_equal(t.kind, TAKE_DELIVER);
	report(w, r, &t, OUTCOME_deferred);
	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 1);
	ahead(w, 2 * FIVE_DAYS);
	assert_int_equal(hold(w, HOLD_destination, "far.test", true), 1);
	t = take_kind(w, r, TAKE_DELIVER);
	assert_int_equal(t.kind, TAKE_DELIVER);
	report(w, r, &t, OUTCOME_deferred);
	assert_int_equal(count(w, &held, NULL), 1);
	ahead(w, FIVE_DAYS + 3600);
	t = take_kind(w, r, TAKE_REPORT);
	assert_int_equal(t.kind, TAKE_REPORT);
END
CASE(gives_up_later)

/* Counted from now, however long it was held before. */
BEGIN(gives_up_held);
	uint64_t m = submit_some(w, st, "alice@example.test", "far.test", 1);
	struct queue_row row;
	int64_t at = now_s(w) + 2 * FIVE_DAYS + 7200;

	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 1);
	ahead(w, 2 * FIVE_DAYS);
	assert_true(edit_what(w, m, EDIT_give_up, "", INT64_MAX) < 0);
	assert_int_equal(edit_what(w, m, EDIT_give_up, "", at), 1);
	assert_int_equal(hold(w, HOLD_destination, "far.test", true), 1);
	assert_int_equal(count(w, &held, &row), 1);
	assert_true(row.expires >= at && row.expires < at + 60);
	(void)t;
END
CASE(gives_up_held)

/* Held or not: who sent it is told, at once. */
BEGIN(expires_now);
	uint64_t m = submit_some(w, st, "alice@example.test", "far.test", 1);

	t = take(w, r, 2000);
	assert_int_equal(expire(w, m), E_BUSY);
	report(w, r, &t, OUTCOME_deferred);
	assert_int_equal(hold(w, HOLD_destination, "far.test", false), 1);
	assert_int_equal(expire(w, m), 1);
	t = take(w, r, 2000);
	assert_int_equal(t.kind, TAKE_REPORT);
	assert_int_equal(t.rcpt.outcome, OUTCOME_failed);
	assert_str(t.rcpt.status, "4.4.7");
	assert_true(str_starts(t.rcpt.text, STR("given up by the postmaster "
	    "of this server; at last: 451 4.2.0 not now")));
	assert_int_equal(expire(w, m), E_BUSY);
	assert_int_equal(count(w, &held, NULL), 1);
	assert_int_equal(held, 0);
	assert_int_equal(expire(w, m + 100), E_NOTFOUND);
END
CASE(expires_now)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_holds_a_destination),
		BOTH(test_holds_by_sender_and_recipient),
		BOTH(test_time_stands_still),
		BOTH(test_held_under_way),
		BOTH(test_goes_on_after_restart),
		BOTH(test_not_too_many),
		BOTH(test_edits_a_recipient),
		BOTH(test_edits_the_sender),
		BOTH(test_takes_recipients_off),
		BOTH(test_gives_up_sooner),
		BOTH(test_gives_up_later),
		BOTH(test_gives_up_held),
		BOTH(test_expires_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
