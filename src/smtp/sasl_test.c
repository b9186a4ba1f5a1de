#include "base/test.h"
#include "smtp/sasl.h"

static void
test_plain(void **state unused_arg)
{
	static const struct {
		struct str in;
		bool ok;
		const char *authzid, *user, *password;
	} t[] = {
#define T(in, ...) { { "" in, sizeof(in) - 1 }, __VA_ARGS__ }
		T("\0tim\0tanstaaf", true, "", "tim", "tanstaaf"),
		T("Ursel\0Kurt\0xipj3plmq", true, "Ursel", "Kurt",
		    "xipj3plmq"),
		T("\0\xc3\xa4\0p w", true, "", "\xc3\xa4", "p w"),
		T("", false),
		T("tim", false),
		T("\0tim", false),
		T("\0\0x", false),
		T("\0tim\0", false),
		T("\0tim\0x\0y", false),
		T("\0\xff\0x", false),
#undef T
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct sasl_plain p;

		assert_int_equal(sasl_plain(t[i].in, &p), t[i].ok);
		if (!t[i].ok)
			continue;
		assert_str(p.authzid, t[i].authzid);
		assert_str(p.user, t[i].user);
		assert_str(p.password, t[i].password);
	}
}

static void
test_bounds(void **state unused_arg)
{
	char long_name[SASL_PASSWORD_MAX + 1];
	struct str s = str_make(long_name, sizeof(long_name));

	memset(long_name, 'x', sizeof(long_name));
	assert_true(sasl_user_password(str_first(s, SASL_USER_MAX),
	    str_first(s, SASL_PASSWORD_MAX)));
	assert_false(sasl_user_password(str_first(s, SASL_USER_MAX + 1),
	    STR("x")));
	assert_false(sasl_user_password(STR("x"), s));
	assert_false(sasl_user_password(STR_NULL, STR("x")));
}

static void
test_response(void **state unused_arg)
{
	struct arena *a = arena_new(4096);
	struct str out;

	assert_true(sasl_response(STR("dGlt"), true, a, &out));
	assert_str(out, "tim");
	assert_true(sasl_response(STR("="), true, a, &out));
	assert_int_equal(out.n, 0);
	assert_false(sasl_response(STR("="), false, a, &out));
	assert_false(sasl_response(STR("=AAA"), false, a, &out));
	assert_false(sasl_response(STR("AAA=BBB"), false, a, &out));
	assert_false(sasl_response(STR("dGl t"), false, a, &out));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_response),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
