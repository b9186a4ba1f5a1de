#include "dns/looks.h"

#include "base/test.h"

static void
test_looks_like(void **state unused_arg)
{
	static const struct {
		const char *name, *one;
		bool like;
	} t[] = {
		{ "examp1e.org", "example.org", true },
		{ "exarnple.org", "example.org", true },
		{ "exampie.org", "example.org", true },
		{ "vvorcl.org", "word.org", true },
		{ "0a.org", "oa.org", true },
		{ "exampl.org", "example.org", true },
		{ "examplle.org", "example.org", true },
		{ "exmaple.org", "example.org", true },
		{ "exanple.org", "example.org", true },
		{ "example.com", "example.org", false },
		{ "exampl.com", "example.org", false },
		{ "eaxmpel.org", "example.org", false },
		{ "exampl2.org", "example.org", true },
		{ "world2.org", "world1.org", false },
		{ "worl.org", "word.org", false },	/* too short */
		{ "", "example.org", false },
		{ "org", "example.org", false },
		{ "rn", "m", true },
		{ "r", "m", false },
		{ "m", "r", false },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		if (looks_like(str_c(t[i].name), str_c(t[i].one)) !=
		    t[i].like)
			fail_msg("%s %s", t[i].name, t[i].one);
}

static void
test_looks_like_part(void **state unused_arg)
{
	static const struct {
		const char *name;
		bool part;
	} t[] = {
		{ "example.org.evil.test", true },
		{ "www.example.org.evil.test", true },
		{ "example.org.", true },
		{ "notexample.org.evil.test", false },
		{ "example.organic.test", false },
		{ "example.org", false },
		{ "", false },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(looks_like_part(str_c(t[i].name),
		    STR("example.org")), t[i].part);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks_like),
		cmocka_unit_test(test_looks_like_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
