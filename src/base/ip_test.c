#include "base/ip.h"
#include "base/test.h"

static void
test_parse(void **state unused_arg)
{
	static const struct {
		const char *text;
		bool good, v6;
	} t[] = {
		{ "192.0.2.1", true, false },
		{ "2001:db8::1", true, true },
		{ "::ffff:192.0.2.1", true, false },
		{ "::1", true, true },
		{ "", false, false },
		{ "192.0.2.256", false, false },
		{ "192.0.2", false, false },
		{ "[::1]", false, false },
		{ "2001:db8:1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3", false,
		    false },
	};
	struct ip ip;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(ip_parse(str_c(t[i].text), &ip), t[i].good);
		assert_int_equal(t[i].good && ip.v6, t[i].v6);
	}
	assert_false(ip_parse(str_make("::1\0", 4), &ip));
}

static void
test_among(void **state unused_arg)
{
	static const struct {
		const char *ip, *networks;
		bool among;
	} t[] = {
		{ "192.0.2.1", "", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.2", "192.0.2.1", false },
		{ "192.0.2.255", "192.0.2.0/24", true },
		{ "192.0.3.0", "192.0.2.0/24", false },
		{ "192.0.2.7", "::1 192.0.2.4/30", true },
		{ "192.0.2.8", "::1 192.0.2.4/30", false },
		{ "192.0.2.8", "0.0.0.0/0", true },
		{ "::1", "0.0.0.0/0", false },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "2001:db8::9", "192.0.2.1 2001:db8::/64", true },
		{ "2001:db8:0:1::", "192.0.2.1 2001:db8::/64", false },
		{ "::1", "::1", true },
	};
	struct ip ip;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(ip_parse(str_c(t[i].ip), &ip));
		assert_int_equal(ip_is_among(&ip, str_c(t[i].networks)),
		    t[i].among);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_among),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
