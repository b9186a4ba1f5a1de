/*
 * Readers are shared fairly by the accounts that ask.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_world.h"

/* Asks of one account, while its mailbox cannot be looked at. */
struct asking {
	struct store *st;
	int left;
	struct arena *a;
};

static void
open_inbox(void *arg)
{
	struct asking *x = arg;
	const struct open_ask o = { STR("INBOX") };
	struct open_answer in;
	struct err err = { 0 };

	assert_int_equal(store_call(x->st, STORE_open, &o, &in, x->a, &err),
	    0);
	x->left--;
}

/* Whoever keeps readers busy waits for himself; others are answered. */
static void
waits_for_himself(void *arg)
{
	struct world *w = arg;
	uint64_t alice = world_account(w, "alice@example.test");
	struct account_add_ask add = { 12, STR("bob@example.test"),
		STR("sealed") };
	struct account_add_answer bob;
	const struct open_ask o = { STR("INBOX") };
	struct open_answer in;
	struct asking x = { NULL, 4, arena_new(1 << 20) };
	struct store *other;
	struct column *c;
	struct reader *r;

	OK(world_ask(w, w->operator_, STORE_account_add, &add, &bob, NULL));
	x.st = world_open_account(w, alice);
	other = world_open_account(w, bob.account);
	OK(store_call(x.st, STORE_open, &o, &in, w->a, &w->err));
	OK(reader_open(w->engine, &r, &w->err));
	OK(columns_get(w->engine->columns, &r->q, alice, in.mailbox, &c,
	    &w->err));
	pthread_rwlock_wrlock(&c->lock);
	for (int i = 0; i < 4; i++)
		fiber_spawn(w->loop, "asks", open_inbox, &x);
	for (int i = 0; i < 10; i++) {
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
		OK(store_call(other, STORE_open, &o, &in, w->a, &w->err));
	}
	assert_int_equal(x.left, 4);
	pthread_rwlock_unlock(&c->lock);
	for (int i = 0; i < 500 && x.left; i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	assert_int_equal(x.left, 0);
	columns_put(w->engine->columns, c);
	reader_close(r);
	store_close(x.st);
	store_close(other);
	arena_free(x.a);
	loop_stop(w->loop);
}

static void
test_waits_for_himself(void **state)
{
	world_run(*state, waits_for_himself);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_waits_for_himself,
		    world_set_up, world_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
