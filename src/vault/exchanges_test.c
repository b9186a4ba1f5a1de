#include "base/test.h"
#include "vault/exchanges.h"

static struct str
id_of(uint32_t n, uint8_t id[EXCHANGE_ID_LEN])
{
	memset(id, 9, EXCHANGE_ID_LEN);
	memcpy(id, &n, sizeof(n));
	return str_make((const char *)id, EXCHANGE_ID_LEN);
}

static void
test_once(void **state unused_arg)
{
	const struct exchange e = { STR("SCRAM-SHA-256"), STR("alice"),
		STR("192.0.2.1"), 4, STR("n=alice,r=x"), STR("r=xy") };
	struct exchanges *x = exchanges_new();
	struct arena *a = arena_new(1 << 20);
	uint8_t id[EXCHANGE_ID_LEN];
	struct exchange got;

	exchanges_free(NULL);
	assert_false(exchanges_take(x, id_of(0, id), 0, a, &got));
	(void)id_of(1, id);
	exchanges_add(x, id, &e, 1000);
	assert_false(exchanges_take(x, str_first(id_of(1, id), 15), 1000, a,
	    &got));
	assert_false(exchanges_take(x, id_of(2, id), 1000, a, &got));
	assert_true(exchanges_take(x, id_of(1, id), 1000, a, &got));
	assert_str(got.mechanism, "SCRAM-SHA-256");
	assert_str(got.user, "alice");
	assert_str(got.peer, "192.0.2.1");
	assert_int_equal(got.service, 4);
	assert_str(got.bare, "n=alice,r=x");
	assert_str(got.first, "r=xy");
	assert_false(exchanges_take(x, id_of(1, id), 1000, a, &got));
	/* Too late. */
	exchanges_add(x, id, &e, 1000);
	assert_false(exchanges_take(x, id_of(1, id), 1000 + EXCHANGE_MS, a,
	    &got));
	/* The oldest goes. */
	for (uint32_t i = 0; i <= EXCHANGES_MAX; i++) {
		(void)id_of(i, id);
		exchanges_add(x, id, &e, 1000);
	}
	assert_false(exchanges_take(x, id_of(0, id), 1000, a, &got));
	assert_true(exchanges_take(x, id_of(1, id), 1000, a, &got));
	assert_true(exchanges_take(x, id_of(EXCHANGES_MAX, id), 1000, a,
	    &got));
	exchanges_free(x);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
