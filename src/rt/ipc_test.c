#include "rt/ipc.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/test.h"

#define FIELDS_echo_ask(F, S) F(S, u32, n, 0) F(S, str, text, 200000)
#define FIELDS_echo_answer(F, S) F(S, u32, n, 0) F(S, str, text, 200000)
MSG_STRUCT(echo_ask);
MSG_STRUCT(echo_answer);
MSG_SHAPE(echo_ask);
MSG_SHAPE(echo_answer);

enum { ECHO, SECRET, HINT, SLOW, NCALLS };
static const struct ipc_call calls[NCALLS] = {
	{ "echo", ECHO, &echo_ask_shape, &echo_answer_shape, 1, 0, 1 },
	{ "secret", SECRET, &echo_ask_shape, &echo_answer_shape, 2, 0 },
	{ "hint", HINT, &echo_ask_shape, NULL, 1, 0 },
	{ "slow", SLOW, &echo_ask_shape, &echo_answer_shape, 1, 0 },
};

struct world {
	struct clock real;
	struct loop *l;
	struct ipc *client, *server;
	struct ipc_req *held[100];
	int nheld, hints, left, fds[2];
	char why[64];
};

static void
on_ask(void *owner, struct ipc_req *r)
{
	struct world *w = owner;
	const struct echo_ask *ask = r->ask;
	struct echo_answer a = { ask->n + 1, ask->text };

	if (r->call->index == HINT) {
		w->hints++;
		ipc_drop(r);
	} else if (r->call->index == SLOW) {
		w->held[w->nheld++] = r;
	} else if (ask->n == 666) {
		ipc_fail(r, E_FULL, "no room");
	} else {
		ipc_reply(r, &a, r->nfds ? r->fds[0] : -1);
	}
}

static void
on_gone(void *owner, struct ipc *c unused_arg, const char *why)
{
	struct world *w = owner;

	(void)snprintf(w->why, sizeof(w->why), "%s", why);
}

static const struct ipc_service service = { calls, NCALLS, on_ask, on_gone };

static void
begin(struct world *w, bool with_client)
{
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = 1, .window = 8 };
	struct ipc_options none = { .window = 8 };

	memset(w, 0, sizeof(*w));
	w->real = clock_real();
	w->l = loop_new(&w->real, NULL);
	assert_int_equal(ipc_pair(w->fds, NULL), 0);
	w->server = ipc_open(w->l, w->fds[0], &o, NULL);
	if (with_client)
		w->client = ipc_open(w->l, w->fds[1], &none, NULL);
}

static void
end(struct world *w)
{
	ipc_close(w->client);
	ipc_close(w->server);
	for (int i = 0; i < w->nheld; i++)
		ipc_drop(w->held[i]);
	loop_free(w->l);
}

static int
call(struct world *w, int which, uint32_t n, struct str text,
    struct echo_answer *answer, struct arena *a, struct err *err)
{
	struct echo_ask ask = { n, text };

	return ipc_call(w->client, &calls[which], &ask, -1, answer, a, NULL,
	    loop_now_ms(w->l) + 10000, err);
}

static void
basics(void *arg)
{
	struct world *w = arg;
	struct arena *a = arena_new(1 << 20);
	struct echo_answer answer;
	struct echo_ask ask = { 5, STR("fd") };
	struct err err;
	char *big = calloc(1, 200000);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), got;

	assert_int_equal(call(w, ECHO, 1, STR("hi"), &answer, a, &err), 0);
	assert_int_equal(answer.n, 2);
	assert_str(answer.text, "hi");
	assert_int_equal(call(w, ECHO, 666, STR(""), &answer, a, &err), E_FULL);
	assert_string_equal(err.text, "no room");
	assert_int_equal(call(w, SECRET, 1, STR(""), &answer, a, &err),
	    E_DENIED);
	assert_int_equal(call(w, ECHO, 3, str_make(big, 200000), &answer, a,
			     &err), 0);
	assert_int_equal(answer.text.n, 200000);
	assert_int_equal(ipc_call(w->client, &calls[ECHO], &ask, null, &answer,
			     a, &got, NEVER, &err), 0);
	assert_true(got >= 0 && got != null);
	(void)close(got);
	(void)close(null);
	ipc_notify(w->client, &calls[HINT], &ask, -1);
	/* Nobody answers this one in time; the connection stays good. */
	assert_int_equal(ipc_call(w->client, &calls[SLOW], &ask, -1, &answer,
			     a, NULL, loop_now_ms(w->l) + 20, &err),
	    E_TIMEOUT);
	assert_int_equal(w->hints, 1);
	ipc_reply(w->held[--w->nheld], &(struct echo_answer){ 0 }, -1);
	assert_int_equal(call(w, ECHO, 1, STR("x"), &answer, a, &err), 0);
	free(big);
	arena_free(a);
	loop_stop(w->l);
}

static void
test_basics(void **state unused_arg)
{
	struct world w;

	begin(&w, true);
	(void)fiber_spawn(w.l, "basics", basics, &w);
	loop_run(w.l);
	end(&w);
}

static void
one_of_many(void *arg)
{
	struct world *w = arg;
	struct arena *a = arena_new(1 << 20);
	struct echo_answer answer;
	struct err err;

	for (uint32_t i = 0; i < 50; i++) {
		assert_int_equal(call(w, ECHO, i, STR("y"), &answer, a, &err),
		    0);
		assert_int_equal(answer.n, i + 1);
	}
	arena_free(a);
	if (--w->left == 0)
		loop_stop(w->l);
}

/* More callers than the window: they wait, nobody is thrown out. */
static void
test_window(void **state unused_arg)
{
	struct world w;

	begin(&w, true);
	w.left = 100;
	for (int i = 0; i < 100; i++)
		(void)fiber_spawn(w.l, "call", one_of_many, &w);
	loop_run(w.l);
	assert_int_equal(w.left, 0);
	assert_string_equal(w.why, "");
	end(&w);
}

static void
lost(void *arg)
{
	struct world *w = arg;
	struct arena *a = arena_new(1000);
	struct echo_answer answer;
	struct err err;

	assert_int_equal(call(w, SLOW, 1, STR(""), &answer, a, &err), E_PEER);
	assert_int_equal(call(w, ECHO, 1, STR(""), &answer, a, &err), E_PEER);
	arena_free(a);
	loop_stop(w->l);
}

static void
cutter(void *arg)
{
	struct world *w = arg;

	while (w->nheld == 0)
		fiber_yield(w->l);
	ipc_close(w->server);
	w->server = NULL;
}

static void
test_lost(void **state unused_arg)
{
	struct world w;

	begin(&w, true);
	(void)fiber_spawn(w.l, "lost", lost, &w);
	(void)fiber_spawn(w.l, "cutter", cutter, &w);
	loop_run(w.l);
	end(&w);
}

static void *
answerer(void *arg)
{
	struct world *w = arg;

	for (int i = 0; i < w->nheld; i++) {
		const struct echo_ask *ask = w->held[i]->ask;
		struct echo_answer a = { ask->n * 2, ask->text };

		ipc_reply(w->held[i], &a, -1);
	}
	w->nheld = 0;
	ipc_flush(w->server);
	return NULL;
}

static void
slow_call(void *arg)
{
	struct world *w = arg;
	struct arena *a = arena_new(1000);
	struct echo_answer answer;

	assert_int_equal(call(w, SLOW, 21, STR("z"), &answer, a, NULL), 0);
	assert_int_equal(answer.n, 42);
	arena_free(a);
	if (--w->left == 0)
		loop_stop(w->l);
}

static void
threader(void *arg)
{
	struct world *w = arg;
	pthread_t t;

	while (w->nheld < 8)
		fiber_yield(w->l);
	assert_int_equal(pthread_create(&t, NULL, answerer, w), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
}

static void
test_threads(void **state unused_arg)
{
	struct world w;

	begin(&w, true);
	w.left = 8;
	for (int i = 0; i < 8; i++)
		(void)fiber_spawn(w.l, "slow", slow_call, &w);
	(void)fiber_spawn(w.l, "threader", threader, &w);
	loop_run(w.l);
	assert_int_equal(w.left, 0);
	end(&w);
}

/* Octets that are no message end the connection, and only it. */
static void
test_hostile(void **state unused_arg)
{
	static const struct {
		struct str octets;
		const char *why;
	} t[] = {
		{ STR("\x01\0\0\0"), "frame of a wrong size" },
		{ STR("\xff\xff\xff\xff"), "frame of a wrong size" },
		{ STR("\x0c\0\0\0" "\x09\0\0\0" "\1\0\0\0\0\0\0\0"),
		    "unknown call" },
		{ STR("\x0c\0\0\0" "\0\0\x09\0" "\1\0\0\0\0\0\0\0"),
		    "malformed frame" },
		{ STR("\x0c\0\0\0" "\0\0\0\0" "\1\0\0\0\0\0\0\0"),
		    "malformed ask" },
		{ STR("\x0c\0\0\0" "\0\0\1\0" "\1\0\0\0\0\0\0\0"),
		    "answer to nothing" },
		{ STR("\x14\0\0\0" "\0\0\0\1" "\1\0\0\0\0\0\0\0"
		      "\1\0\0\0\0\0\0\0"), "malformed ask" },
		{ STR("\x14\0\0\0" "\2\0\0\0" "\1\0\0\0\0\0\0\0"
		      "\1\0\0\0\0\0\0\0"), "call of the wrong kind" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w;

		begin(&w, false);
		assert_true(send(w.fds[1], t[i].octets.p, t[i].octets.n, 0) >
		    0);
		for (int k = 0; k < 5; k++)
			loop_once(w.l, 10);
		assert_string_equal(w.why, t[i].why);
		(void)close(w.fds[1]);
		end(&w);
	}
}

/* Asks sent without waiting for answers. */
static void
test_flood(void **state unused_arg)
{
	static const char ask[] = "\x14\0\0\0" "\3\0\0\0" "\1\0\0\0\0\0\0\0"
				  "\1\0\0\0\0\0\0\0";
	struct world w;

	begin(&w, false);
	for (int i = 0; i < 20; i++)
		assert_int_equal(send(w.fds[1], ask, 24, MSG_NOSIGNAL), 24);
	for (int k = 0; k < 5; k++)
		loop_once(w.l, 10);
	assert_int_equal(w.nheld, 8);
	assert_string_equal(w.why, "more asks than the window");
	(void)close(w.fds[1]);
	end(&w);
}

static void
descriptors(void *arg)
{
	struct world *w = arg;
	struct arena *a = arena_new(1 << 16);
	struct echo_ask ask = { 1, STR("fd") };
	struct echo_answer answer;
	struct err err;
	int ends[2], got;
	char octet;

	assert_int_equal(pipe(ends), 0);
	/* Calls that want none: refused, and closed there. */
	assert_int_equal(ipc_call(w->client, &calls[SLOW], &ask, ends[1],
	    &answer, a, &got, NEVER, &err), E_INVALID);
	ipc_notify(w->client, &calls[HINT], &ask, ends[1]);
	assert_int_equal(call(w, ECHO, 1, STR("x"), &answer, a, &err), 0);
	assert_int_equal(w->nheld + w->hints, 0);
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &octet, 1), 0);
	(void)close(ends[0]);
	arena_free(a);
	loop_stop(w->l);
}

static void
test_descriptors(void **state unused_arg)
{
	struct world w;

	begin(&w, true);
	(void)fiber_spawn(w.l, "descriptors", descriptors, &w);
	loop_run(w.l);
	end(&w);
}

/* Some beside a frame that says it has none: they would go to the next. */
static void
test_stray_descriptors(void **state unused_arg)
{
	struct str hint = STR("\x14\0\0\0" "\2\0\3\0" "\1\0\0\0\0\0\0\0"
			      "\1\0\0\0\0\0\0\0");
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov = { (void *)(uintptr_t)hint.p, hint.n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	struct world w;
	int ends[2];
	char octet;

	begin(&w, false);
	assert_int_equal(pipe(ends), 0);
	control.align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.align), &ends[1], sizeof(int));
	assert_int_equal(sendmsg(w.fds[1], &m, 0), hint.n);
	for (int k = 0; k < 5; k++)
		loop_once(w.l, 10);
	assert_string_equal(w.why, "descriptors of no frame");
	(void)close(w.fds[1]);
	end(&w);
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &octet, 1), 0);
	(void)close(ends[0]);
}

/* Who says nothing goes, but not while it waits for us. */
static void
test_idle(void **state unused_arg)
{
	struct ipc_options o = { .service = &service, .authority = 1,
		.window = 8, .idle_ms = 20 };
	static const char slow[] = "\x14\0\0\0" "\3\0\0\0"
				   "\1\0\0\0\0\0\0\0" "\1\0\0\0\0\0\0\0";
	struct world w;

	begin(&w, false);
	ipc_close(w.server);
	(void)close(w.fds[1]);
	assert_int_equal(ipc_pair(w.fds, NULL), 0);
	o.owner = &w;
	w.server = ipc_open(w.l, w.fds[0], &o, NULL);
	assert_int_equal(send(w.fds[1], slow, 24, 0), 24);
	for (int k = 0; k < 20; k++)
		loop_once(w.l, 10);
	assert_string_equal(w.why, "");
	assert_int_equal(w.nheld, 1);
	ipc_reply(w.held[--w.nheld], &(struct echo_answer){ 0 }, -1);
	for (int k = 0; k < 200 && !w.why[0]; k++)
		loop_once(w.l, 10);
	assert_string_equal(w.why, "idle");
	(void)close(w.fds[1]);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_stray_descriptors),
		cmocka_unit_test(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
