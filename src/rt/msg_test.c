#include "rt/msg.h"

#include "base/test.h"

#define FIELDS_sample(F, S)                                             \
	F(S, u8, a, 0) F(S, str, name, 10) F(S, u32, b, 0)              \
	F(S, u64, c, 0) F(S, i64, d, 0) F(S, str, rest, 70000)
MSG_STRUCT(sample);
MSG_SHAPE(sample);

static void
test_round(void **state unused_arg)
{
	struct sample in = { 200, STR("ten octets"), UINT32_MAX, UINT64_MAX,
		-5, STR("") }, out;
	auto_buf b = BUF_INIT(MSG_MAX);
	struct arena *a = arena_new(1000);
	struct rd r;

	msg_put(&b, &sample_shape, &in);
	msg_put(&b, &sample_shape, &in);
	assert_int_equal(b.n, 2 * (1 + 4 + 10 + 4 + 8 + 8 + 4));
	r = rd_of(buf_get(&b));
	for (int i = 0; i < 2; i++) {
		memset(&out, 0, sizeof(out));
		assert_true(msg_take(&r, &sample_shape, &out));
		msg_keep(a, &sample_shape, &out);
		assert_int_equal(out.a, 200);
		assert_str(out.name, "ten octets");
		assert_true(out.b == UINT32_MAX && out.c == UINT64_MAX);
		assert_true(out.d == -5);
		assert_int_equal(out.rest.n, 0);
	}
	assert_true(rd_done(&r));
	arena_free(a);
}

/* Every cut, and every octet changed: never past the end, never too long. */
static void
test_hostile(void **state unused_arg)
{
	struct sample in = { 1, STR("name"), 2, 3, 4, STR("the rest") }, out;
	auto_buf b = BUF_INIT(MSG_MAX);

	msg_put(&b, &sample_shape, &in);
	for (size_t n = 0; n < b.n; n++) {
		char *copy = malloc(n ? n : 1);

		memcpy(copy, b.p, n);
		assert_false(msg_whole(str_make(copy, n), &sample_shape,
		    &out));
		free(copy);
	}
	buf_chr(&b, 'x');
	assert_false(msg_whole(buf_get(&b), &sample_shape, &out));
	b.n--;
	b.p[1] = 11; /* longer than its bound */
	assert_false(msg_whole(buf_get(&b), &sample_shape, &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
