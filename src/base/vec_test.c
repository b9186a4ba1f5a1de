#include "base/vec.h"

#include "base/test.h"

struct row {
	uint64_t id;
	char c;
};

static void
test_push(void **state unused_arg)
{
	struct VEC(struct row) v = { 0 };

	for (uint64_t i = 0; i < 1000; i++)
		vec_push(&v, (struct row){ i, (char)i });
	vec_add(&v)->id = 1000;
	assert_int_equal(v.n, 1001);
	assert_true(v.n <= v.room);
	for (size_t i = 0; i < v.n; i++)
		assert_int_equal(v.p[i].id, i);
	v.n = 0;	/* all gone, memory kept */
	vec_push(&v, (struct row){ 7, 'x' });
	assert_int_equal(v.p[0].id, 7);
	vec_free(&v);
	assert_null(v.p);
	assert_int_equal(v.room, 0);
}

static void
test_reserve(void **state unused_arg)
{
	struct VEC(int) v = { 0 };
	int *p;

	vec_reserve(&v, 0);
	assert_null(v.p);
	vec_push(&v, 1);
	vec_reserve(&v, 500);
	assert_true(v.room >= 501);
	assert_int_equal(v.p[0], 1);
	p = v.p;
	for (int i = 0; i < 500; i++)
		vec_push(&v, i);
	assert_ptr_equal(v.p, p);
	vec_free(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_push),
		cmocka_unit_test(test_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
