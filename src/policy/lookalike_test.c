#include "policy/lookalike.h"

#include "base/test.h"
#include "dns/name.h"
#include "dns/public_suffix.h"

static void
test_looks_like_ours(void **state unused_arg)
{
	static const struct {
		const char *name, *like;
	} t[] = {
		/* other letters */
		{ "ex\xd0\xb0mple.org", "example.org" },	/* Cyrillic a */
		{ "m.ex\xc3\xa1mple.org", "example.org" },
		{ "\xd0\xb5\xd1\x85\xd0\xb0\xd0\xbcple.org", "example.org" },
		{ "examp1e.org", "example.org" },
		{ "exarnple.org", "example.org" },
		{ "www.example.org.evil.test", "example.org" },
		{ "example.org-login.test", "" },
		/* one letter */
		{ "exampl.org", "example.org" },
		{ "examplee.org", "example.org" },
		{ "exmaple.org", "example.org" },
		{ "exanple.org", "example.org" },
		{ "vvorld1.co.uk", "world1.co.uk" },
		/* nothing */
		{ "example.org", "" },
		{ "mail.example.org", "" },
		{ "example.com", "" },
		{ "www.example.org.uk", "" },
		{ "samples.org", "" },
		{ "world2.co.uk", "" },
		{ "world12.co.uk", "" },
		{ "abd.org", "" },	/* too short for one letter */
		{ "org", "" },
		{ "", "" },
	};
	struct arena *a = arena_new(1 << 20);
	struct str name;

	for (size_t i = 0; i < NELEM(t); i++) {
		name = STR("");
		if (t[i].name[0])
			assert_true(dns_name(str_c(t[i].name), a, &name));
		assert_str(lookalike_of(name,
		    STR("abc.org example.org world1.co.uk"), a), t[i].like);
	}
	arena_free(a);
}

static void
test_mixed(void **state unused_arg)
{
	static const struct {
		const char *name;
		bool mixed;
	} t[] = {
		{ "ex\xd0\xb0mple.org", true },
		{ "\xd1\x80\xd0\xb0\xd1\x83\xd1\x80\xd0\xb0.com", true },
		{ "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82.com",
		    false },
		{ "b\xc3\xbc" "cher.example", false },
		{ "\xe9\xa3\x9f\xe7\x8b\xae.com.cn", false },
		{ "example.org", false },
		{ "xn--zz.org", false },
	};
	struct arena *a = arena_new(1 << 20);
	struct str name;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(dns_name(str_c(t[i].name), a, &name));
		if (lookalike_mixed(name, a) != t[i].mixed)
			fail_msg("%s", t[i].name);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks_like_ours),
		cmocka_unit_test(test_mixed),
	};

	public_suffix_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
