#include "vault/gates.h"

#include "base/test.h"

static void
serve(void *arg unused_arg, struct tls_ctx *tls unused_arg)
{
	fail_msg("there are no certificates");
}

static bool
is_up(const void *what)
{
	return *(const bool *)what;
}

struct world {
	struct fake_clock clock;
	struct role role;
	bool up;
	struct timer timer;
};

static void
goes_down(struct timer *t)
{
	container_of(t, struct world, timer)->up = false;
}

/* A role that was thrown out ends by itself, and not before its time. */
static void
test_lost(void **state unused_arg)
{
	struct world w = { .clock = clock_fake(0), .up = true };
	struct gates *gs;
	struct vault *v;
	int64_t began;

	w.role.loop = loop_new(&w.clock.clock, NULL);
	began = loop_now_ms(w.role.loop);
	v = vault_new(w.role.loop, -1);
	gs = gates_new(&w.role, v, NULL, 0, serve, &w);
	gates_need(gs, "store", is_up, &w.up);
	timer_set(w.role.loop, &w.timer, began + 3000, goes_down);
	loop_run(w.role.loop);
	assert_true(loop_stopping(w.role.loop));
	assert_in_range(loop_now_ms(w.role.loop) - began, 30000, 70000);
	gates_free(gs);
	vault_free(v);
	loop_free(w.role.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
