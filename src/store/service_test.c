#include "base/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/blob.h"
#include "store/service.h"

struct world {
	char path[64];
	int dirfd;
	struct clock clock;
	struct loop *loop;
	struct files *files;
	struct engine *engine;
	struct service *service;
	struct store *mx;
	struct ipc *vault, *operator_;
	struct arena *a;
	struct err err;
	uint64_t changed;
};

static int64_t
wall_us(void *arg)
{
	struct world *w = arg;

	return w->clock.wall_us(&w->clock);
}

static void
randomness(void *arg, void *p, size_t n)
{
	struct world *w = arg;

	loop_random(w->loop, p, n);
}

static void
fatal(void *arg unused_arg, const struct err *why)
{
	bug("%s", why->text);
}

static int
connect_as(struct world *w, uint32_t authority)
{
	int fds[2];

	assert_int_equal(ipc_pair(fds, &w->err), 0);
	assert_int_equal(service_connect(w->service, fds[0], authority, 0, 0,
	    &w->err), 0);
	return fds[1];
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct engine_options o = { .wall_us = wall_us, .mono_us = wall_us,
		.random = randomness, .arg = w };
	struct service_options so = { .fatal = fatal };
	struct ipc_options client = { .window = 8 };

	(void)snprintf(w->path, sizeof(w->path), "/tmp/postern-XXXXXX");
	assert_non_null(mkdtemp(w->path));
	w->dirfd = open(w->path, O_RDONLY | O_DIRECTORY);
	w->clock = clock_real();
	w->loop = loop_new(&w->clock, NULL);
	w->a = arena_new(64 << 20);
	o.files = w->files = files_real(w->dirfd);
	if (engine_open(&o, &w->engine, &w->err) < 0)
		fail_msg("%s", w->err.text);
	so.loop = w->loop;
	so.engine = w->engine;
	assert_int_equal(service_new(&so, &w->service, &w->err), 0);
	w->mx = store_new(w->loop, connect_as(w, AUTH_MX), NULL, NULL);
	w->vault = ipc_open(w->loop, connect_as(w, AUTH_VAULT), &client,
	    &w->err);
	w->operator_ = ipc_open(w->loop, connect_as(w, AUTH_OPERATOR),
	    &client, &w->err);
	*state = w;
	return 0;
}

static void
remove_all(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(fd);
	struct dirent *e;

	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && unlinkat(fd, e->d_name, 0) < 0)
			remove_all(fd, e->d_name);
	closedir(d);
	unlinkat(dirfd, name, AT_REMOVEDIR);
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	store_close(w->mx);
	ipc_close(w->vault);
	ipc_close(w->operator_);
	service_free(w->service);
	for (int i = 0; i < 10; i++)
		loop_once(w->loop, 0);
	loop_free(w->loop);
	engine_close(w->engine);
	arena_free(w->a);
	free(w->files);
	close(w->dirfd);
	remove_all(AT_FDCWD, w->path);
	free(w);
	return 0;
}

static int
ask(struct world *w, struct ipc *c, enum store_call which, const void *what,
    void *answer, int *fd)
{
	return ipc_call(c, &store_calls[which], what, -1, answer, w->a, fd,
	    loop_now_ms(w->loop) + 5000, &w->err);
}

#define OK(call)                                                          \
	do {                                                              \
		int ok_rc = (call);                                       \
		if (ok_rc < 0)                                            \
			fail_msg("%s: %d %s", #call, ok_rc, w->err.text); \
	} while (0)

static uint64_t
make_account(struct world *w, const char *address)
{
	static const char domain[] = "example.test";
	struct domain_add_ask d = { 10, str_c(domain) };
	struct account_add_ask a = { 11, str_c(address), STR("sealed") };
	struct account_add_answer account;
	struct done done;

	OK(ask(w, w->operator_, STORE_domain_add, &d, &done, NULL));
	OK(ask(w, w->operator_, STORE_account_add, &a, &account, NULL));
	return account.account;
}

static struct store *
open_account(struct world *w, uint64_t account)
{
	struct account_open_ask a = { account };
	struct done done;
	int fd = -1;

	OK(ask(w, w->vault, STORE_account_open, &a, &done, &fd));
	assert_true(fd >= 0);
	return store_new(w->loop, fd, NULL, NULL);
}

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
	uint64_t account = make_account(w, "alice@example.test"), h;
	struct store *st = open_account(w, account);
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

	fiber_spawn(w->loop, "test", deliver_and_hear, w);
	loop_run(w->loop);
	assert_true(w->changed > 0);
}

static void
passwd_ends_connections(void *arg)
{
	struct world *w = arg;
	uint64_t account = make_account(w, "alice@example.test");
	struct account_open_ask a = { account };
	struct account_passwd_ask p = { 20, STR("alice@example.test"),
		STR("other") };
	struct ipc_options client = { .window = 8 };
	struct credential_ask c = { STR("ALICE@example.test") };
	struct credential_answer credential;
	struct done done;
	struct ipc *mine;
	int fd;

	OK(ask(w, w->vault, STORE_account_open, &a, &done, &fd));
	mine = ipc_open(w->loop, fd, &client, &w->err);
	OK(ask(w, w->operator_, STORE_account_passwd, &p, &done, NULL));
	for (int i = 0; i < 500 && ipc_alive(mine); i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	assert_false(ipc_alive(mine));
	ipc_close(mine);
	OK(ask(w, w->vault, STORE_credential, &c, &credential, NULL));
	assert_str(credential.sealed, "other");
	assert_int_equal(credential.account, account);
	a.account = 999;
	assert_int_equal(ask(w, w->vault, STORE_account_open, &a, &done, &fd),
	    E_NOTFOUND);
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
	struct store *st = open_account(w,
	    make_account(w, "alice@example.test"));
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

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_deliver_and_hear),
		T(test_passwd),
		T(test_large_blob),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
