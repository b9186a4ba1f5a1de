#include "dns/name.h"

#include "base/test.h"

#define X16 "xxxxxxxxxxxxxxxx"
#define X63 X16 X16 X16 "xxxxxxxxxxxxxxx"

static const struct {
	const char *text, *want;	/* NULL: it can be none */
} names[] = {
	{ "example.org", "example.org" },
	{ "Example.ORG.", "example.org" },
	{ "org", "org" },
	{ "_25._tcp.mx.example.org", "_25._tcp.mx.example.org" },
	{ "0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa" },
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "B\xc3\x9c" "CHER.Example.", "xn--bcher-kva.example" },
	{ "_25._tcp.b\xc3\xbc" "cher.example",
	    "_25._tcp.xn--bcher-kva.example" },
	/* Not transitional: it stays. */
	{ "fa\xc3\x9f.de", "xn--fa-hia.de" },
	/* Combining marks; dots of others. */
	{ "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
	{ "b\xc3\xbc\xe3\x80\x82" "example\xe3\x80\x82", "xn--b-eha.example" },
	{ "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88",
	    "xn--r8jz45g.xn--zckzah" },
	{ X63 ".example", X63 ".example" },
	{ X63 "." X63 "." X63 "." X16 X16 X16 "xxxxxxxxxxxxx",
	    X63 "." X63 "." X63 "." X16 X16 X16 "xxxxxxxxxxxxx" },
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ "a..b", NULL },
	{ ".a", NULL },
	{ "a..", NULL },
	{ X63 "x.example", NULL },
	{ X63 "." X63 "." X63 "." X63, NULL },
	{ "a b.example", NULL },
	{ "a\\.b", NULL },
	{ "a\"b", NULL },
	{ "a\nb", NULL },
	{ "a\x7f", NULL },
	{ "\xff\xfe", NULL },
	{ "\xc3\xbc..example", NULL },
	/* Nothing is left of it. */
	{ "\xc2\xad", NULL },
	/* Right to left, and not. */
	{ "a\xd7\x90.example", NULL },
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(names); i++) {
		struct arena *a = arena_new(1 << 16);
		struct str name;
		bool ok = dns_name(str_c(names[i].text), a, &name);

		if (ok != (names[i].want != NULL))
			fail_msg("%s", names[i].text);
		if (ok)
			assert_str(name, names[i].want);
		arena_free(a);
	}
}

static void
test_hostile(void **state)
{
	static char text[1002];
	struct arena *a = arena_new(1 << 16);
	struct str name;

	(void)state;
	assert_false(dns_name(str_make("a\0b", 3), a, &name));
	assert_false(dns_name(str_make("\xc3\xbc\0b", 4), a, &name));
	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	assert_false(dns_name(str_make(text, 1000), a, &name));
	assert_false(dns_name(str_make(text, 1002), a, &name));
	arena_free(a);
}

/* What is short as it is typed and long inside: no message between roles holds
 * more of an address. */
static void
test_long_addresses(void **state unused_arg)
{
	for (size_t local = 1; local <= 400; local++) {
		struct arena *a = arena_new(1 << 16);
		auto_buf b = BUF_INIT(1024);
		struct str inside;
		bool ok;

		for (size_t i = 0; i < local; i++)
			buf_chr(&b, 'a');
		buf_chr(&b, '@');
		for (size_t i = 0; i < 30; i++)	/* "xn--9ca." each */
			buf_lit(&b, "\xc3\xa9.");
		buf_lit(&b, "test");
		ok = dns_address(buf_get(&b), a, &inside);
		assert_int_equal(ok, local + 1 + 30 * 8 + 4 <= 320);
		if (ok)
			assert_int_equal(inside.n, local + 1 + 30 * 8 + 4);
		else
			assert_ptr_equal(inside.p, b.p);
		arena_free(a);
	}
}

/* Inside, and as people read it. */
static void
test_both_forms(void **state)
{
	static const struct {
		const char *typed, *inside, *shown;
	} t[] = {
		{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example",
		    "b\xc3\xbc" "cher.example" },
		{ "\xc3\xa4@B\xc3\x9c" "CHER.Example",
		    "\xc3\xa4@xn--bcher-kva.example",
		    "\xc3\xa4@b\xc3\xbc" "cher.example" },
		{ "@b\xc3\xbc" "cher.example", "@xn--bcher-kva.example",
		    "@b\xc3\xbc" "cher.example" },
		{ "a@b@\xc3\xb6.c", "a@b@xn--nda.c", "a@b@\xc3\xb6.c" },
		{ "XN--BCHER-KVA.example", "XN--BCHER-KVA.example",
		    "b\xc3\xbc" "cher.example" },
		/* Nothing to do; and what only looks like one. */
		{ "A@Example.org", "A@Example.org", "A@Example.org" },
		{ "\xc3\xa4", "xn--4ca", "\xc3\xa4" },
		{ "xn--bcher@a.b", "xn--bcher@a.b", "xn--bcher@a.b" },
		{ "xn--zzzzzz-.c", "xn--zzzzzz-.c", "xn--zzzzzz-.c" },
		{ "[192.0.2.1]", "[192.0.2.1]", "[192.0.2.1]" },
		{ "", "", "" },
		{ "a@\xe2\x80\xae.c", NULL, NULL },
		{ "a@\xff.c", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(t); i++) {
		struct arena *a = arena_new(1 << 16);
		struct str typed = str_c(t[i].typed), inside = STR_NULL;
		bool ok = str_chr(typed, '@') < typed.n ?
		    dns_address(typed, a, &inside) :
		    dns_a_label(typed, a, &inside);

		assert_int_equal(ok, t[i].inside != NULL);
		if (ok) {
			assert_str(inside, t[i].inside);
			assert_str(dns_shown(inside, a), t[i].shown);
		}
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_both_forms),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_long_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
