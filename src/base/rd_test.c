#include "base/rd.h"

#include "base/test.h"

static void
test_text(void **state unused_arg)
{
	struct rd r = rd_of(STR("* 12 FETCH"));

	assert_false(rd_opt(&r, '+'));
	assert_true(rd_ok(&r));
	assert_true(rd_need(&r, '*'));
	assert_true(rd_need(&r, ' '));
	assert_int_equal(rd_num32(&r), 12);
	assert_true(rd_need(&r, ' '));
	assert_true(rd_opt_word(&r, STR("fetch")));
	assert_true(rd_done(&r));
	assert_int_equal(rd_peek(&r), -1);
	assert_int_equal(rd_next(&r), -1);
	assert_false(rd_ok(&r));
	assert_int_equal(rd_left(&r), 0);
}

static void
test_sticky(void **state unused_arg)
{
	struct rd r = rd_of(STR("99999999999 x"));

	assert_int_equal(rd_num32(&r), 0);
	assert_false(rd_ok(&r));
	assert_false(rd_opt(&r, ' '));
	assert_int_equal(rd_take(&r, 1).n, 0);
	assert_int_equal(rd_while(&r, ascii_is_alpha).n, 0);
}

static void
test_binary(void **state unused_arg)
{
	struct rd r = rd_of(STR("\x01\x02\x03\x04\x05\x06\x07\x08\xff\x10"));

	assert_true(rd_le64(&r) == 0x0807060504030201u);
	assert_int_equal(rd_le8(&r), 0xff);
	assert_int_equal(rd_le16(&r), 0);
	assert_false(rd_ok(&r));
	r = rd_of(STR_NULL);
	assert_true(rd_done(&r));
	assert_int_equal(rd_take(&r, 0).n, 0);
	assert_true(rd_ok(&r));
	assert_int_equal(rd_le32(&r), 0);
	assert_false(rd_ok(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
