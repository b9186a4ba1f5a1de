#include "mime/header.h"

#include "base/test.h"

static const char block[] = "From: a@b\r\n"
			    "sUBJECT :  one\r\n two\nstill \r\n\t \r\n"
			    "no field\r\n"
			    " goes on\r\n"
			    "X-Empty:\r\n"
			    "To: c\r\n"
			    "\r\n"
			    "Body: x\r\n";

static void
test_next(void **state)
{
	static const struct {
		const char *name, *value, *whole;
	} want[] = {
		{ "From", " a@b", "From: a@b\r\n" },
		{ "sUBJECT", "  one\r\n two\nstill \r\n\t ",
		  "sUBJECT :  one\r\n two\nstill \r\n\t \r\n" },
		{ "", "no field\r\n goes on", "no field\r\n goes on\r\n" },
		{ "X-Empty", "", "X-Empty:\r\n" },
		{ "To", " c", "To: c\r\n" },
	};
	struct str rest = str_c(block);
	struct header_field f;

	(void)state;
	for (size_t i = 0; i < NELEM(want); i++) {
		assert_true(header_next(&rest, &f));
		assert_str(f.name, want[i].name);
		assert_str(f.value, want[i].value);
		assert_str(f.whole, want[i].whole);
	}
	assert_false(header_next(&rest, &f));
	assert_str(rest, "Body: x\r\n");
}

static void
test_get(void **state)
{
	struct arena *a = arena_new(4096);
	struct str v = header_get(str_c(block), STR("Subject"));

	(void)state;
	assert_str(header_unfold(a, v), "one two\nstill");
	assert_str(header_get(str_c(block), STR("to")), "c");
	assert_str(header_get(str_c(block), STR("x-empty")), "");
	assert_null(header_get(str_c(block), STR("Cc")).p);
	assert_null(header_get(str_c(block), STR("Body")).p);
	assert_null(header_get(str_c(block), STR("")).p);
	assert_str(header_get(STR("A:b"), STR("a")), "b");
	arena_free(a);
}

static void
test_select(void **state)
{
	const struct str names[] = { STR("TO"), STR("from"), STR("cc") };
	auto_buf out = BUF_INIT(4096);

	(void)state;
	header_select(&out, str_c(block), names, 3, false);
	assert_str(buf_get(&out), "From: a@b\r\nTo: c\r\n\r\n");
	buf_reset(&out);
	header_select(&out, str_c(block), names, 3, true);
	assert_str(buf_get(&out),
	    "sUBJECT :  one\r\n two\nstill \r\n\t \r\n"
	    "no field\r\n goes on\r\nX-Empty:\r\n\r\n");
	buf_reset(&out);
	header_select(&out, STR("To: cut"), names, 3, false);
	assert_str(buf_get(&out), "To: cut\r\n\r\n");
	buf_reset(&out);
	header_select(&out, STR(""), names, 3, false);
	assert_str(buf_get(&out), "\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_select),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
