#include "base/test.h"

static void
test_arena(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	char *big;

	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 300; n++) {
			char *p = arena_alloc(a, n);

			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			if (n)
				memset(p, 0xff, n);
		}
		big = arena_array(a, 1000, 100);
		memset(big, 1, 100000);
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	assert_str(arena_printf(a, "%d-%s", 7, "x"), "7-x");
	assert_str(str_lower(a, STR("AbC")), "abc");
	assert_str(str_printable(a, STR("a\r\n\x7f\xe9~ "), 9), "a????~ ");
	assert_str(str_printable(a, STR("abc"), 2), "ab");
	arena_trim(a);
	arena_free(a);
	arena_free(NULL);
}

static void
test_buf(void **state unused_arg)
{
	auto_buf b = BUF_INIT(100);
	char *room;

	buf_lit(&b, "n=");
	buf_u64(&b, UINT64_MAX);
	buf_chr(&b, ' ');
	buf_u64(&b, 0);
	assert_str(buf_get(&b), "n=18446744073709551615 0");
	buf_eat(&b, 2);
	assert_str(str_first(buf_get(&b), 3), "184");
	buf_reset(&b);
	for (int i = 0; i < 10; i++)
		buf_lit(&b, "0123456789");
	assert_false(buf_failed(&b));
	buf_chr(&b, 'x');
	assert_true(buf_failed(&b));
	assert_int_equal(b.n, 100);
	buf_chr(&b, 'x');
	assert_int_equal(b.n, 100);
	buf_reset(&b);
	room = buf_room(&b, 3);
	assert_non_null(room);
	memcpy(room, "abc", 3);
	buf_added(&b, 3);
	assert_str(buf_get(&b), "abc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_buf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
