/*
 * test_world.h - a service on real files, for tests: connections of every
 * kind, on one loop.
 */
#pragma once
#include "base/test.h"
#include "store/service/service.h"
#include "store/service/test_fixture.h"
#include "store/client.h"
#include "store/test_blob.h"

struct world {
	char path[FIXTURE_PATH];
	int dirfd;
	struct fake_clock time;	/* or a real one */
	int readers;		/* threads; none on a fake clock */
	int64_t ahead_us;	/* of the engine's clock, set by the test */
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

int world_set_up(void **state);
/* No threads, and a clock that goes on when there is nothing to do. */
int world_set_up_fake(void **state);
int world_tear_down(void **state);
/* Everything ends and is opened again. */
void world_restart(struct world *w);

int world_connect(struct world *w, uint32_t authority, uint32_t worker);
int world_ask(struct world *w, struct ipc *c, enum store_call which,
    const void *what, void *answer, int *fd);
uint64_t world_account(struct world *w, const char *address);
struct store *world_open_account(struct world *w, uint64_t account);
/* How many answers of verify name problems. */
int world_verify(struct world *w);
/* fn(w) on a fiber, until it calls loop_stop(). */
void world_run(struct world *w, void (*fn)(void *arg));

/* A test in both. */
#define BOTH(f)                                                             \
	cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down),  \
	    cmocka_unit_test_setup_teardown(f, world_set_up_fake,           \
		world_tear_down)

#define OK(call)                                                          \
	do {                                                              \
		int ok_rc = (call);                                       \
		if (ok_rc < 0)                                            \
			fail_msg("%s: %d %s", #call, ok_rc, w->err.text); \
	} while (0)
