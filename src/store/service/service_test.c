#include "store/service/test_world.h"

#include "base/timetext.h"
#include "store/blob.h"

static uint64_t
handle_of(struct world *w, const char *address)
{
	struct rcpt_ask r = { str_c(address) };
	struct rcpt_answer answer;

	OK(store_call(w->mx, STORE_rcpt, &r, &answer, w->a, &w->err));
	assert_int_equal(answer.kind, RCPT_LOCAL);
	return answer.handle;
}

static int
submit(struct world *w, uint64_t handle, const char *text)
{
	struct submit_ask s = { .change = store_change_id(w->mx),
		.reverse_path = STR("a@b.test"),
		.handles = str_make((const char *)&handle, 8),
		.octets = test_blob(str_c(text)), .raw_size = strlen(text) };
	struct submit_answer answer;

	return store_call(w->mx, STORE_submit, &s, &answer, w->a, &w->err);
}

static void
on_change(void *arg, const struct changed *what)
{
	struct world *w = arg;

	w->changed = what->modseq;
}

static void
wait_for_change(struct world *w)
{
	for (int i = 0; i < 500 && !w->changed; i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	assert_true(w->changed > 0);
}

static void
deliver_and_hear(void *arg)
{
	struct world *w = arg;
	uint64_t account = world_account(w, "alice@example.test"), h;
	struct store *st = world_open_account(w, account);
	struct open_ask o = { STR("INBOX") };
	struct open_answer in;
	struct watch_ask watch = { 0, 1 };
	struct hello_answer hello;
	struct hello_ask nothing = { 0 };
	struct done done;

	OK(store_call(st, STORE_hello, &nothing, &hello, w->a, &w->err));
	assert_str(hello.address, "alice@example.test");
	OK(store_call(st, STORE_open, &o, &in, w->a, &w->err));
	assert_int_equal(in.exists, 0);
	watch.mailbox = in.mailbox;
	store_on_change(st, on_change, w);
	OK(store_call(st, STORE_watch, &watch, &done, w->a, &w->err));
	h = handle_of(w, "alice@example.test");
	OK(submit(w, h, "Subject: x\r\n\r\nhi\r\n"));
	wait_for_change(w);
	OK(store_call(st, STORE_open, &o, &in, w->a, &w->err));
	assert_int_equal(in.exists, 1);
	/* A handle is good for one submit, and for nobody's guess. */
	assert_int_equal(submit(w, h, "again"), E_DENIED);
	assert_int_equal(submit(w, h + 65536, "again"), E_DENIED);
	/* What the table does not allow is refused. */
	assert_int_equal(store_call(w->mx, STORE_open, &o, &in, w->a,
	    &w->err), E_DENIED);
	store_close(st);
	loop_stop(w->loop);
}

static void
test_deliver_and_hear(void **state)
{
	struct world *w = *state;

	world_run(w, deliver_and_hear);
	assert_true(w->changed > 0);
}

static void
passwd_ends_connections(void *arg)
{
	struct world *w = arg;
	uint64_t account = world_account(w, "alice@example.test");
	struct account_open_ask a = { account };
	struct account_passwd_ask p = { 20, STR("alice@example.test"),
		STR("other") };
	struct ipc_options client = { .window = 8 };
	struct domain_is_ours_ask ours = { STR("EXAMPLE.test") };
	struct domain_is_ours_ask theirs = { STR("a.example.test") };
	struct domain_is_ours_ask none = { STR("[127.0.0.1]") };
	struct credential_ask c = { STR("ALICE@example.test") };
	struct credential_answer credential;
	struct done done;
	struct ipc *mine;
	int fd;

	OK(world_ask(w, w->vault, STORE_domain_is_ours, &ours, &done, NULL));
	assert_int_equal(world_ask(w, w->vault, STORE_domain_is_ours, &theirs,
	    &done, NULL), E_NOTFOUND);
	assert_int_equal(world_ask(w, w->vault, STORE_domain_is_ours, &none,
	    &done, NULL), E_NOTFOUND);
	assert_int_equal(store_call(w->mx, STORE_domain_is_ours, &ours, &done,
	    w->a, &w->err), E_DENIED);
	OK(world_ask(w, w->vault, STORE_account_open, &a, &done, &fd));
	mine = ipc_open(w->loop, fd, &client, &w->err);
	/* Nothing happens if another one was put meanwhile. */
	p.was = STR("another");
	assert_int_equal(world_ask(w, w->operator_, STORE_account_passwd, &p,
	    &done, NULL), E_STALE);
	OK(world_ask(w, w->vault, STORE_credential, &c, &credential, NULL));
	assert_true(ipc_alive(mine));
	p.change++;
	p.was = str_dup(w->a, credential.sealed);
	OK(world_ask(w, w->operator_, STORE_account_passwd, &p, &done, NULL));
	for (int i = 0; i < 500 && ipc_alive(mine); i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	assert_false(ipc_alive(mine));
	ipc_close(mine);
	OK(world_ask(w, w->vault, STORE_credential, &c, &credential, NULL));
	assert_str(credential.sealed, "other");
	assert_int_equal(credential.account, account);
	a.account = 999;
	assert_int_equal(world_ask(w, w->vault, STORE_account_open, &a, &done,
	    &fd), E_NOTFOUND);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_passwd(void **state)
{
	struct world *w = *state;

	fiber_spawn(w->loop, "test", passwd_ends_connections, w);
	loop_run(w->loop);
	assert_true(w->changed > 0);
}

struct got {
	char *p;
	size_t n;
};

static int
take_piece(void *arg, struct str octets)
{
	struct got *g = arg;

	memcpy(g->p + g->n, octets.p, octets.n);
	g->n += octets.n;
	return 0;
}

/* A blob of several pieces through the client's writer and reader. */
static void
large_blob(void *arg)
{
	enum { SIZE = 3000000 };
	struct world *w = arg;
	struct store *st = world_open_account(w,
	    world_account(w, "alice@example.test"));
	struct blob_writer *bw = blob_writer_new(st, 0);
	struct append_ask a = { .change = 5, .name = STR("Drafts") };
	struct append_answer answer;
	struct blob_ref ref;
	char *text = malloc(SIZE);
	struct got got = { malloc(SIZE), 0 };
	struct blob_source message;

	for (size_t i = 0; i < SIZE; i++)
		text[i] = (char)(i * 31 + i / 7000);
	OK(blob_write(bw, str_make(text, SIZE), &w->err));
	OK(blob_finish(bw, &ref, &w->err));
	assert_true(ref.stage != 0);
	a.stage = ref.stage;
	a.octets = ref.octets;
	a.raw_size = ref.raw_size;
	OK(store_call(st, STORE_append, &a, &answer, w->a, &w->err));
	blob_writer_free(bw);
	message = (struct blob_source){ answer.mailbox, answer.uid };
	OK(blob_read(st, &message, 0, SIZE, take_piece,
	    &got, &w->err));
	assert_int_equal(got.n, SIZE);
	assert_memory_equal(got.p, text, SIZE);
	free(text);
	free(got.p);
	store_close(st);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_large_blob(void **state)
{
	struct world *w = *state;

	fiber_spawn(w->loop, "test", large_blob, w);
	loop_run(w->loop);
	assert_true(w->changed > 0);
}

/* Fields that were known only when the text had been read stand before it for
 * all: in sizes, before facts, here and on the way out. */
static void
in_front(void *arg)
{
	static const char front[] = "X-Verdict: fine\r\n";
	static const char text[] = "Subject: x\r\n\r\nhi\r\n";
	struct world *w = arg;
	uint64_t account = world_account(w, "alice@example.test"), handle[2];
	struct store *st = world_open_account(w, account);
	struct store *relay = store_new(w->loop, world_connect(w, AUTH_RELAY,
	    0), NULL, NULL);
	struct rcpt_ask r[2] = { { STR("x@far.test") },
		{ STR("alice@example.test") } };
	struct submit_ask s = { .change = store_change_id(st),
		.reverse_path = STR("alice@example.test"),
		.handles = str_make((const char *)handle, 16),
		.facts = STR("facts of it"), .front = str_c(front) };
	struct open_ask o = { STR("INBOX") };
	struct take_ask take = { 20000 };
	struct blob_writer *bw = blob_writer_new(st, 0);
	struct got got = { arena_alloc(w->a, 10000), 0 };
	struct blob_source message;
	struct submit_answer submitted;
	struct fetch_answer page;
	struct fetch_ask fetch;
	struct rcpt_answer to;
	struct take_answer work;
	struct queue_item item;
	struct open_answer in;
	struct fetch_row row;
	struct blob_ref ref;
	struct rd rd;

	for (int i = 0; i < 2; i++) {
		OK(store_call(st, STORE_rcpt, &r[i], &to, w->a, &w->err));
		handle[i] = to.handle;
	}
	OK(blob_write(bw, str_c(text), &w->err));
	OK(blob_finish(bw, &ref, &w->err));
	s.octets = ref.octets;
	s.raw_size = ref.raw_size;
	s.front = STR("no line");
	assert_int_equal(store_call(st, STORE_submit, &s, &submitted, w->a,
	    &w->err), E_INVALID);
	for (int i = 0; i < 2; i++) {
		OK(store_call(st, STORE_rcpt, &r[i], &to, w->a, &w->err));
		handle[i] = to.handle;
	}
	s.front = str_c(front);
	OK(store_call(st, STORE_submit, &s, &submitted, w->a, &w->err));
	blob_writer_free(bw);

	OK(store_call(st, STORE_open, &o, &in, w->a, &w->err));
	fetch = (struct fetch_ask){ .mailbox = in.mailbox,
		.arrivals = in.modseq, .expunges = in.modseq,
		.set = str_make("\1\0\0\0\1\0\0\0", 8),
		.want = WANT_FACTS | WANT_HEAD };
	OK(store_call(st, STORE_fetch, &fetch, &page, w->a, &w->err));
	rd = rd_of(page.rows);
	assert_true(msg_take(&rd, &fetch_row_shape, &row));
	assert_str(row.facts, "facts of it");
	assert_int_equal(row.size, row.prefix_len + strlen(text));
	message = (struct blob_source){ in.mailbox, row.uid };
	OK(blob_read(st, &message, 0, UINT64_MAX, take_piece, &got, &w->err));
	assert_str(str_make(got.p, got.n),
	    "Return-Path: <alice@example.test>\r\n"
	    "Delivered-To: alice@example.test\r\n"
	    "X-Verdict: fine\r\nSubject: x\r\n\r\nhi\r\n");
	assert_int_equal(got.n, row.size);
	got.n = 0;
	OK(blob_read(st, &message, row.prefix_len, 7, take_piece, &got,
	    &w->err));
	assert_str(str_make(got.p, got.n), "Subject");
	/* The same from what the row has brought: nobody is asked. */
	message = (struct blob_source){ 0, 0, row.prefix, row.chunks };
	got.n = 0;
	OK(blob_read(st, &message, 5, row.size - 5, take_piece, &got,
	    &w->err));
	assert_str(str_make(got.p, got.n),
	    "n-Path: <alice@example.test>\r\n"
	    "Delivered-To: alice@example.test\r\n"
	    "X-Verdict: fine\r\nSubject: x\r\n\r\nhi\r\n");

	OK(store_call(relay, STORE_take, &take, &work, w->a, &w->err));
	rd = rd_of(work.items);
	assert_true(msg_take(&rd, &queue_item_shape, &item));
	assert_int_equal(item.size, strlen(front) + strlen(text));
	got.n = 0;
	OK(blob_read_queued(relay, item.lease, 0, item.size, take_piece, &got,
	    &w->err));
	assert_str(str_make(got.p, got.n),
	    "X-Verdict: fine\r\nSubject: x\r\n\r\nhi\r\n");
	assert_int_equal(world_verify(w), 0);
	store_close(st);
	store_close(relay);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_in_front(void **state)
{
	struct world *w = *state;

	world_run(w, in_front);
	assert_true(w->changed > 0);
}

static void
watch_all(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w,
	    world_account(w, "alice@example.test"));
	struct watch_ask all = { WATCH_ACCOUNT, 1 }, end = { 0, 1 };
	struct append_ask a = { .change = 5, .name = STR("Drafts"),
		.octets = test_blob(STR("x")), .raw_size = 1 };
	struct append_answer answer;
	struct done done;

	store_on_change(st, on_change, w);
	OK(store_call(st, STORE_watch, &all, &done, w->a, &w->err));
	OK(store_call(st, STORE_append, &a, &answer, w->a, &w->err));
	wait_for_change(w);
	w->changed = 0;
	OK(store_call(st, STORE_watch, &end, &done, w->a, &w->err));
	a.change++;
	OK(store_call(st, STORE_append, &a, &answer, w->a, &w->err));
	(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 20);
	assert_int_equal(w->changed, 0);
	store_close(st);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_watch_all(void **state)
{
	struct world *w = *state;

	world_run(w, watch_all);
	assert_true(w->changed > 0);
}

/* What is told to each of two connections, as one text a notice. */
static void
note(void *arg, const struct changed *c)
{
	struct buf *b = arg;

	buf_printf(b, "%ju %u%s %.*s<%.*s\n", (uintmax_t)c->mailbox, c->what,
	    c->own ? " own" : "", STR_FMT(c->name), STR_FMT(c->was));
}

#define WANT(b, text) do {                                              \
	for (int i_ = 0; i_ < 500 && (b)->n < strlen(text); i_++)       \
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);  \
	assert_str(buf_get(b), text);                                   \
	buf_reset(b);                                                   \
} while (0)

static void
what_changed(void *arg)
{
	struct world *w = arg;
	uint64_t who = world_account(w, "alice@example.test");
	struct store *mine = world_open_account(w, who),
		*other = world_open_account(w, who);
	struct watch_ask all = { WATCH_ACCOUNT, 1 }, drafts = { 3, 2 };
	struct append_ask a = { .change = 1, .name = STR("Drafts"),
		.octets = test_blob(STR("x")), .raw_size = 1 };
	struct mailbox_create_ask create = { 2, STR("a/b"), 0 };
	struct mailbox_rename_ask rename = { 3, STR("a/b"), STR("c") };
	struct subscribe_ask subscribe = { 4, STR("c"), 1 };
	struct mailbox_delete_ask delete = { 5, STR("c"), 0 };
	auto_buf own = BUF_INIT(4096), heard = BUF_INIT(4096);
	union store_answer answer;

	store_on_change(mine, note, &own);
	store_on_change(other, note, &heard);
	OK(store_call(mine, STORE_watch, &all, &answer, w->a, &w->err));
	OK(store_call(other, STORE_watch, &all, &answer, w->a, &w->err));
	OK(store_call(other, STORE_watch, &drafts, &answer, w->a, &w->err));
	OK(store_call(mine, STORE_append, &a, &answer, w->a, &w->err));
	WANT(&own, "3 1 own <\n");
	WANT(&heard, "3 1 <\n3 1 <\n");
	OK(store_call(mine, STORE_mailbox_create, &create, &answer, w->a,
	    &w->err));
	WANT(&own, "0 8 own a<\n0 8 own a/b<\n");
	WANT(&heard, "0 8 a<\n0 8 a/b<\n");
	/* What is refused, or asked again, was not done. */
	create.change = 6;
	assert_int_equal(store_call(mine, STORE_mailbox_create, &create,
	    &answer, w->a, &w->err), E_EXISTS);
	OK(store_call(other, STORE_mailbox_rename, &rename, &answer, w->a,
	    &w->err));
	OK(store_call(other, STORE_mailbox_rename, &rename, &answer, w->a,
	    &w->err));
	WANT(&own, "0 32 c<a/b\n");
	OK(store_call(other, STORE_subscribe, &subscribe, &answer, w->a,
	    &w->err));
	WANT(&own, "0 64 c<\n");
	OK(store_call(other, STORE_mailbox_delete, &delete, &answer, w->a,
	    &w->err));
	WANT(&own, "8 2 <\n0 16 c<\n");
	store_close(mine);
	store_close(other);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_what_changed(void **state)
{
	struct world *w = *state;

	world_run(w, what_changed);
	assert_true(w->changed > 0);
}

/* From what is remembered or from a reader: RCPT always says what is so. */
static void
rcpt_is_right(void *arg)
{
	static const char text[600];
	struct world *w = arg;
	uint64_t account = world_account(w, "alice@example.test");
	struct store *st = world_open_account(w, account);
	struct rcpt_ask r = { STR("alice@example.test") };
	struct rcpt_ask later = { STR("bob@example.test") };
	struct rcpt_ask nobody = { STR("postmaster") };
	struct account_add_ask add = { 30, STR("bob@example.test"),
		STR("sealed") };
	struct account_remove_ask removal = { 31, STR("bob@example.test") };
	struct append_ask a = { .change = 5, .name = STR("INBOX"),
		.octets = test_blob(str_make(text, 600)), .raw_size = 600 };
	struct account_add_answer bob;
	struct append_answer appended;
	struct rcpt_answer to;
	struct done done;

	engine_limits(w->engine, 1000, 0);
	for (int i = 0; i < 3; i++) {
		OK(store_call(w->mx, STORE_rcpt, &r, &to, w->a, &w->err));
		assert_int_equal(to.room, 1000);
		OK(store_call(w->mx, STORE_rcpt, &later, &to, w->a, &w->err));
		assert_int_equal(to.kind, RCPT_NO_USER);
		OK(store_call(w->mx, STORE_rcpt, &nobody, &to, w->a,
		    &w->err));
		assert_int_equal(to.kind, RCPT_LOCAL);
	}
	engine_limits(w->engine, 1000, 100000);
	OK(store_call(st, STORE_append, &a, &appended, w->a, &w->err));
	OK(store_call(w->mx, STORE_rcpt, &r, &to, w->a, &w->err));
	assert_int_equal(to.room, 400);
	OK(world_ask(w, w->operator_, STORE_account_add, &add, &bob, NULL));
	OK(store_call(w->mx, STORE_rcpt, &later, &to, w->a, &w->err));
	assert_int_equal(to.kind, RCPT_LOCAL);
	OK(world_ask(w, w->operator_, STORE_account_remove, &removal, &done,
	    NULL));
	OK(store_call(w->mx, STORE_rcpt, &later, &to, w->a, &w->err));
	assert_int_equal(to.kind, RCPT_NO_USER);
	store_close(st);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_rcpt_is_right(void **state)
{
	struct world *w = *state;

	world_run(w, rcpt_is_right);
	assert_true(w->changed > 0);
}

/* A message that is refused for now comes back when it is due: of days on the
 * clock nothing is waited for. */
static void
days_pass(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w, world_account(w,
	    "alice@example.test"));
	struct store *relay = store_new(w->loop, world_connect(w, AUTH_RELAY,
	    0), NULL, NULL);
	int64_t began = loop_now_ms(w->loop), hours;
	struct rcpt_ask r = { STR("x@far.test") };
	struct rcpt_answer to;
	struct submit_ask s = { .change = store_change_id(st),
		.reverse_path = STR("alice@example.test"),
		.handles = str_make((const char *)&to.handle, 8),
		.octets = test_blob(STR("hello")), .raw_size = 5 };
	struct submit_answer submitted;
	struct take_ask take = { 20000 };
	struct take_answer work;
	struct report_ask report;
	struct queue_item item;
	struct done done;
	struct rd rd;
	int tries = 0;

	OK(store_call(st, STORE_rcpt, &r, &to, w->a, &w->err));
	OK(store_call(st, STORE_submit, &s, &submitted, w->a, &w->err));
	for (;;) {
		auto_buf results = BUF_INIT(2000);

		OK(store_call(relay, STORE_take, &take, &work, w->a,
		    &w->err));
		if (work.items.n == 0)
			continue;
		rd = rd_of(work.items);
		assert_true(msg_take(&rd, &queue_item_shape, &item));
		if (work.kind == TAKE_REPORT)
			break;
		tries++;
		msg_put(&results, &queue_result_shape,
		    &(struct queue_result){ .lease = item.lease,
			.outcome = OUTCOME_deferred, .code = 451 });
		report = (struct report_ask){ store_change_id(relay),
			buf_get(&results) };
		OK(store_call(relay, STORE_report, &report, &done, w->a,
		    &w->err));
	}
	/* 300 s and twice as long each time up to four hours; five days. */
	hours = (loop_now_ms(w->loop) - began) / 3600000;
	assert_in_range(tries, 25, 40);
	assert_in_range(hours, 5 * 24, 5 * 24 + 5);
	store_close(st);
	store_close(relay);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_days_pass(void **state)
{
	struct world *w = *state;

	world_run(w, days_pass);
	assert_true(w->changed > 0);
}

/* Logins are what vault says; who was taken over makes up none of others. */
static void
logins_are_vaults(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w, world_account(w,
	    "alice@example.test"));
	struct journal_ask j = { .event = JOURNAL_login, .text = STR("no") };
	struct mailboxes_ask all = { STR_NULL };
	struct mailboxes_answer boxes;
	struct credential_ask c = { STR("alice@example.test") };
	struct credential_answer credential;
	auto_buf day = BUF_INIT(40);
	struct journal_read_ask ask = { STR_NULL };
	struct journal_read_answer answer;
	struct journal_row row;
	struct rd r;
	int rows = 0;

	for (int i = 0; i < 2; i++) {
		store_notify(st, STORE_journal, &j);
		store_notify(w->mx, STORE_journal, &j);
		j.event = JOURNAL_login_failed;
	}
	(void)handle_of(w, "alice@example.test");
	j = (struct journal_ask){ .event = JOURNAL_login,
		.session = STR("s1"), .text = STR("yes") };
	store_notify(st, STORE_journal, &j);
	OK(store_call(st, STORE_mailboxes, &all, &boxes, w->a, &w->err));
	j.session = STR_NULL;
	ipc_notify(w->vault, &store_calls[STORE_journal], &j, -1);
	OK(world_ask(w, w->vault, STORE_credential, &c, &credential, NULL));

	engine_flush_journal(w->engine);
	time_rfc3339(&day, engine_now_us(w->engine) / 1000000);
	ask.day = str_first(buf_get(&day), 10);
	OK(world_ask(w, w->operator_, STORE_journal_read, &ask, &answer,
	    NULL));
	r = rd_of(answer.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &journal_row_shape, &row))
		if (row.event == JOURNAL_login ||
		    row.event == JOURNAL_login_failed) {
			assert_str(row.text, "yes");
			rows++;
		}
	assert_int_equal(rows, 2);
	store_close(st);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_logins_are_vaults(void **state)
{
	struct world *w = *state;

	world_run(w, logins_are_vaults);
	assert_true(w->changed > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_deliver_and_hear),
		BOTH(test_passwd),
		BOTH(test_large_blob),
		BOTH(test_in_front),
		BOTH(test_watch_all),
		BOTH(test_what_changed),
		BOTH(test_rcpt_is_right),
		BOTH(test_logins_are_vaults),
		cmocka_unit_test_setup_teardown(test_days_pass,
		    world_set_up_fake, world_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
