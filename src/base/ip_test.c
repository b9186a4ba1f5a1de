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

static void
test_network(void **state unused_arg)
{
	static const struct {
		const char *text, *shown;	/* NULL: it is none */
	} t[] = {
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7/32", "192.0.2.7" },
		{ "192.0.2.7/24", NULL },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "192.0.2.128/25", "192.0.2.128/25" },
		{ "192.0.2.64/25", NULL },
		{ "2001:DB8::/32", "2001:db8::/32" },
		{ "2001:db8::1/64", NULL },
		{ "2001:db8::1", "2001:db8::1" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "::ffff:192.0.2.0/24", NULL },
		{ "192.0.2.0/33", NULL },
		{ "192.0.2.0/", NULL },
		{ "192.0.2.0/-1", NULL },
		{ "example.org", NULL },
		{ "", NULL },
	};
	struct ip ip, back;
	uint32_t bits;

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(64);
		bool is = ip_network_parse(str_c(t[i].text), &ip, &bits);

		assert_int_equal(is, t[i].shown != NULL);
		if (!is)
			continue;
		ip_put_network(&b, &ip, bits);
		assert_str(buf_get(&b), t[i].shown);
		assert_true(ip_of_octets(ip_octets(&ip), &back));
		assert_memory_equal(&ip, &back, sizeof(ip));
	}
	assert_false(ip_of_octets(STR("12345"), &ip));
	assert_false(ip_of_octets(STR_NULL, &ip));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_among),
		cmocka_unit_test(test_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
