#include "dns/public_suffix.h"

#include "base/test.h"

static void
test_registered(void **state unused_arg)
{
	static const struct {
		const char *name, *registered;
	} t[] = {
		{ "www.example.com", "example.com" },
		{ "example.com", "example.com" },
		{ "com", "" },
		{ "a.b.example.co.uk", "example.co.uk" },
		{ "co.uk", "" },
		/* nobody has listed it */
		{ "mail.example", "mail.example" },
		{ "xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn" },
		{ "", "" },
		{ ".example.com", "" },
	};
	char longest[300];

	for (size_t i = 0; i < NELEM(t); i++)
		assert_str(public_suffix_registered(str_c(t[i].name)),
		    t[i].registered);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(0, public_suffix_registered(str_make(longest,
	    sizeof(longest))).n);
	assert_int_equal(0, public_suffix_registered(STR("a\0b.com")).n);
}

static void
test_listed(void **state unused_arg)
{
	assert_true(public_suffix_listed(STR("example.com")));
	assert_true(public_suffix_listed(STR("a.co.uk")));
	assert_false(public_suffix_listed(STR("index.html")));
	assert_false(public_suffix_listed(STR("com")));
	assert_false(public_suffix_listed(STR("")));
	assert_false(public_suffix_listed(STR("a.")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_listed),
	};

	public_suffix_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
