#include "smtp/helo.h"

#include "base/test.h"

static void
test_kinds(void **state unused_arg)
{
	static const struct {
		const char *helo;
		enum helo_kind kind;
		const char *from;	/* NULL: 192.0.2.1 */
	} t[] = {
		{ "mx.example.org", HELO_PROPER, NULL },
		{ "mx.example.org.", HELO_PROPER, NULL },
		{ "mx_1.b\303\274cher.example", HELO_PROPER, NULL },
		{ "", HELO_PROPER, NULL },
		{ "mail.OURS.test", HELO_OURS, NULL },
		{ "mail.ours.test.", HELO_OURS, NULL },
		{ "[192.0.2.1]", HELO_PROPER, NULL },
		{ "[192.0.2.2]", HELO_ADDRESS, NULL },
		{ "192.0.2.1", HELO_ADDRESS, NULL },
		{ "[IPv6:2001:db8::1]", HELO_PROPER, "2001:db8::1" },
		{ "[2001:db8::1]", HELO_PROPER, "2001:db8::1" },
		{ "[IPv6:2001:db8::2]", HELO_ADDRESS, "2001:db8::1" },
		{ "[IPv6:2001:db8::1]", HELO_ADDRESS, NULL },
		{ "2001:db8::1", HELO_ADDRESS, "2001:db8::1" },
		{ "localhost", HELO_NO_NAME, NULL },
		{ ".", HELO_NO_NAME, NULL },
		{ ".x", HELO_NO_NAME, NULL },
		{ "x.", HELO_NO_NAME, NULL },
		{ "[", HELO_NO_NAME, NULL },
		{ "[]", HELO_NO_NAME, NULL },
		{ "[IPv6:]", HELO_NO_NAME, NULL },
		{ "two words.example", HELO_NO_NAME, NULL },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct ip from;

		assert_true(ip_parse(str_c(t[i].from ? t[i].from :
		    "192.0.2.1"), &from));
		if (helo_kind(str_c(t[i].helo), STR("mail.ours.test"),
		    &from) != t[i].kind)
			fail_msg("%s", t[i].helo);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_kinds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
