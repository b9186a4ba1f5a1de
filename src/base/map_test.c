#include "base/map.h"

#include <stdlib.h>

#include "base/test.h"

static void
test_pointers(void **state unused_arg)
{
	struct map m = { 0 };
	int *v = calloc(3000, sizeof(*v));
	struct map_slot *s;
	size_t at = 0, n = 0;
	uint64_t i;

	assert_null(map_get(&m, 1, 2, 3));
	for (i = 0; i < 3000; i++)
		map_put(&m, i, i * 3, i & 1, &v[i]);
	for (i = 0; i < 3000; i += 2)
		map_del(&m, i, i * 3, i & 1);
	for (i = 0; i < 3000; i++)
		assert_ptr_equal(map_get(&m, i, i * 3, i & 1),
		    i % 2 ? &v[i] : NULL);
	assert_null(map_get(&m, 1, 3, 0));
	while ((s = map_next(&m, &at)))
		n++;
	assert_int_equal(n, 1500);
	/* Putting and removing for ever does not grow it. */
	for (i = 0; i < 100000; i++) {
		map_put(&m, i, 7, 7, &v[0]);
		map_del(&m, i, 7, 7);
	}
	assert_true(m.size <= 32768);
	map_clear(&m);
	assert_null(map_get(&m, 1, 3, 1));
	map_free(&m);
	free(v);
}

static void
test_numbers(void **state unused_arg)
{
	static const uint64_t values[] = { 0, 1, 2, 3, UINT64_MAX };
	struct map m = { 0 };
	struct map_slot *s;

	assert_int_equal(map_get_number(&m, 1, 2, 3), 0);
	for (size_t i = 0; i < NELEM(values); i++)
		map_put_number(&m, i, 0, 0, values[i]);
	for (size_t i = 0; i < NELEM(values); i++) {
		s = map_find(&m, i, 0, 0);
		assert_non_null(s);	/* of the number 0 as well */
		assert_int_equal(s->number, values[i]);
		assert_int_equal(map_get_number(&m, i, 0, 0), values[i]);
	}
	assert_null(map_find(&m, 5, 0, 0));
	/* A new entry is of zeros, also where another was removed. */
	map_del(&m, 4, 0, 0);
	assert_null(map_find(&m, 4, 0, 0));
	s = map_add(&m, 4, 0, 0);
	assert_int_equal(s->number, 0);
	s->number += 9;
	assert_int_equal(map_add(&m, 4, 0, 0)->number, 9);
	assert_int_equal(m.n, 5);
	map_free(&m);
}

static void
test_remove_while_walking(void **state unused_arg)
{
	struct map m = { 0 };
	struct map_slot *s;
	size_t at = 0, n = 0;

	for (uint64_t i = 0; i < 500; i++)
		map_put_number(&m, i, i, i, i);
	while ((s = map_next(&m, &at))) {
		n++;
		if (s->number % 2)
			map_del(&m, s->a, s->b, s->c);
	}
	assert_int_equal(n, 500);
	assert_int_equal(m.n, 250);
	map_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_remove_while_walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
