#include "store/service/test_world.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t
wall_us(void *arg)
{
	struct world *w = arg;

	return w->time.clock.wall_us(&w->time.clock) +
	    __atomic_load_n(&w->ahead_us, __ATOMIC_RELAXED);
}

static int64_t
mono_us(void *arg)
{
	struct world *w = arg;

	return w->time.clock.mono_us(&w->time.clock);
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

int
world_connect(struct world *w, uint32_t authority, uint32_t worker)
{
	int fds[2];

	assert_int_equal(ipc_pair(fds, &w->err), 0);
	assert_int_equal(service_connect(w->service, fds[0], authority, 0,
	    worker, &w->err), 0);
	return fds[1];
}

static void
begin(struct world *w)
{
	struct engine_options o = { .wall_us = wall_us, .mono_us = mono_us,
		.max_message = TEST_MAX_MESSAGE, .random = randomness,
		.arg = w, .queue = { TEST_QUEUE },
		.calls = service_engine_calls };
	struct service_options so = { .fatal = fatal,
		.readers = w->readers };
	struct ipc_options client = { .window = 8 };

	w->loop = loop_new(&w->time.clock, NULL);
	o.files = w->files;
	if (engine_open(&o, &w->engine, &w->err) < 0)
		fail_msg("%s", w->err.text);
	so.loop = w->loop;
	so.engine = w->engine;
	if (service_new(&so, &w->service, &w->err) < 0)
		fail_msg("%s", w->err.text);
	w->mx = store_new(w->loop, world_connect(w, AUTH_MX, 0), NULL, NULL);
	w->vault = ipc_open(w->loop, world_connect(w, AUTH_VAULT, 0), &client,
	    &w->err);
	w->operator_ = ipc_open(w->loop, world_connect(w, AUTH_OPERATOR, 0),
	    &client, &w->err);
}

static void
end(struct world *w)
{
	store_close(w->mx);
	ipc_close(w->vault);
	ipc_close(w->operator_);
	service_free(w->service);
	for (int i = 0; i < 10; i++)
		loop_once(w->loop, 0);
	loop_free(w->loop);
	engine_close(w->engine);
}

void
world_restart(struct world *w)
{
	end(w);
	begin(w);
}

static int
set_up(void **state, struct fake_clock time, int readers)
{
	struct world *w = calloc(1, sizeof(*w));

	w->time = time;
	w->readers = readers;
	w->files = fixture_folder(w->path, &w->dirfd);
	w->a = arena_new(64 << 20);
	begin(w);
	*state = w;
	return 0;
}

int
world_set_up(void **state)
{
	return set_up(state, (struct fake_clock){ .clock = clock_real() }, 2);
}

int
world_set_up_fake(void **state)
{
	return set_up(state, clock_fake(1795000000000000), 0);
}

int
world_tear_down(void **state)
{
	struct world *w = *state;

	end(w);
	arena_free(w->a);
	fixture_folder_end(w->path, w->dirfd, w->files);
	free(w);
	return 0;
}

int
world_ask(struct world *w, struct ipc *c, enum store_call which,
    const void *what, void *answer, int *fd)
{
	return ipc_call(c, &store_calls[which], what, -1, answer, w->a, fd,
	    loop_now_ms(w->loop) + 5000, &w->err);
}

uint64_t
world_account(struct world *w, const char *address)
{
	static const char domain[] = "example.test";
	struct domain_add_ask d = { 10, str_c(domain) };
	struct account_add_ask a = { 11, str_c(address), STR("sealed") };
	struct account_add_answer account;
	struct done done;

	OK(world_ask(w, w->operator_, STORE_domain_add, &d, &done, NULL));
	OK(world_ask(w, w->operator_, STORE_account_add, &a, &account, NULL));
	return account.account;
}

struct store *
world_open_account(struct world *w, uint64_t account)
{
	struct account_open_ask a = { account };
	struct done done;
	int fd = -1;

	OK(world_ask(w, w->vault, STORE_account_open, &a, &done, &fd));
	assert_true(fd >= 0);
	return store_new(w->loop, fd, NULL, NULL);
}

void
world_run(struct world *w, void (*fn)(void *arg))
{
	fiber_spawn(w->loop, "test", fn, w);
	loop_run(w->loop);
}

int
world_verify(struct world *w)
{
	struct verify_ask ask = { STR_NULL };
	struct verify_answer answer;
	int problems = 0;

	do {
		OK(world_ask(w, w->operator_, STORE_verify, &ask, &answer,
		    NULL));
		if (answer.problems.n)
			fprintf(stderr, "%.*s", STR_FMT(answer.problems));
		problems += answer.problems.n > 0;
		ask.cursor = answer.next;
	} while (ask.cursor.n);
	return problems;
}
