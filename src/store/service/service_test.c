#include "store/service/test_world.h"

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
		.octets = str_c(text), .raw_size = strlen(text) };
	struct submit_answer answer;

	return store_call(w->mx, STORE_submit, &s, &answer, w->a, &w->err);
}

static void
on_change(void *arg, uint64_t mailbox unused_arg, uint64_t modseq)
{
	struct world *w = arg;

	w->changed = modseq;
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
	struct credential_ask c = { STR("ALICE@example.test") };
	struct credential_answer credential;
	struct done done;
	struct ipc *mine;
	int fd;

	OK(world_ask(w, w->vault, STORE_account_open, &a, &done, &fd));
	mine = ipc_open(w->loop, fd, &client, &w->err);
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
	OK(blob_read(st, answer.mailbox, answer.uid, 0, SIZE, take_piece,
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
		.octets = STR("hello"), .raw_size = 5 };
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_deliver_and_hear),
		BOTH(test_passwd),
		BOTH(test_large_blob),
		cmocka_unit_test_setup_teardown(test_days_pass,
		    world_set_up_fake, world_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
