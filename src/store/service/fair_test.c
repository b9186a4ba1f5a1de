/*
 * Readers are shared fairly by the accounts that ask, and do nothing for those
 * who have gone.
 */
#include "store/engine/engine_int.h"
#include "store/service/service_int.h"
#include "store/service/test_world.h"

/* Asks of one account, while its mailbox cannot be looked at. */
struct asking {
	struct store *st;
	int left;
	struct arena *a;
	int rc;
};

static void
open_inbox(void *arg)
{
	struct asking *x = arg;
	const struct open_ask o = { STR("INBOX") };
	struct open_answer in;
	struct err err = { 0 };

	x->rc |= store_call(x->st, STORE_open, &o, &in, x->a, &err);
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
	assert_int_equal(x.rc, 0);
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

static size_t
waiting(struct world *w)
{
	struct jobs *q = &w->service->reads;
	size_t n;

	pthread_mutex_lock(&q->lock);
	n = q->n;
	pthread_mutex_unlock(&q->lock);
	return n;
}

/* Who hangs up and comes again, over and over, leaves nothing to be done: one
 * of the readers is at work for him, the other drops what waits behind. */
static void
gone_is_dropped(void *arg)
{
	struct world *w = arg;
	uint64_t alice = world_account(w, "alice@example.test");
	const struct open_ask o = { STR("INBOX") };
	struct domains_ask ask = { 0 };
	struct domains_answer answer;
	struct open_answer in;
	struct asking x[4] = { 0 };
	size_t left;
	struct column *c;
	struct reader *r;

	x[0].st = world_open_account(w, alice);
	OK(store_call(x[0].st, STORE_open, &o, &in, w->a, &w->err));
	OK(reader_open(w->engine, &r, &w->err));
	OK(columns_get(w->engine->columns, &r->q, alice, in.mailbox, &c,
	    &w->err));
	pthread_rwlock_wrlock(&c->lock);
	for (size_t i = 0; i < NELEM(x); i++) {
		if (i > 0)
			x[i].st = world_open_account(w, alice);
		x[i].left = 3;
		x[i].a = arena_new(1 << 20);
		for (int n = 0; n < 3; n++)
			fiber_spawn(w->loop, "asks", open_inbox, &x[i]);
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
		store_close(x[i].st);
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
		assert_int_equal(x[i].left, 0);
		assert_int_equal(x[i].rc, E_PEER);
	}
	assert_true(waiting(w) > 0);
	OK(world_ask(w, w->operator_, STORE_domains, &ask, &answer, NULL));
	for (int i = 0; i < 500 && waiting(w); i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 10);
	left = waiting(w);
	pthread_rwlock_unlock(&c->lock);
	assert_int_equal(left, 0);
	columns_put(w->engine->columns, c);
	reader_close(r);
	for (size_t i = 0; i < NELEM(x); i++)
		arena_free(x[i].a);
	loop_stop(w->loop);
}

static void
test_gone_is_dropped(void **state)
{
	world_run(*state, gone_is_dropped);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_waits_for_himself,
		    world_set_up, world_tear_down),
		cmocka_unit_test_setup_teardown(test_gone_is_dropped,
		    world_set_up, world_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
