#include "base/test.h"
#include "smtp/path.h"

#define L64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_paths(void **state unused_arg)
{
	static const struct {
		const char *in;
		enum smtp_syntax why;
		const char *text, *local, *domain, *left;
	} t[] = {
		{ "<>", SYNTAX_OK, "", "", "", "" },
		{ "<a@b>", SYNTAX_OK, "a@b", "a", "b", "" },
		{ "<a.b+c@d-1.example> SIZE=1", SYNTAX_OK,
		    "a.b+c@d-1.example", "a.b+c", "d-1.example", " SIZE=1" },
		{ "<!#$%&'*+-/=?^_`{|}~@x>", SYNTAX_OK,
		    "!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~", "x", "" },
		/* quoting is undone where it need not be */
		{ "<\"a\"@b>", SYNTAX_OK, "a@b", "a", "b", "" },
		{ "<\"\\a.b\"@b>", SYNTAX_OK, "a.b@b", "a.b", "b", "" },
		{ "<\"a b\"@b>", SYNTAX_OK, "\"a b\"@b", "a b", "b", "" },
		{ "<\"a>@c\"@b>", SYNTAX_OK, "\"a>@c\"@b", "a>@c", "b", "" },
		{ "<\"a\\\"\\\\\"@b>", SYNTAX_OK, "\"a\\\"\\\\\"@b", "a\"\\",
		    "b", "" },
		{ "<\"\"@b>", SYNTAX_OK, "\"\"@b", "", "b", "" },
		{ "<\"a..b\"@b>", SYNTAX_OK, "\"a..b\"@b", "a..b", "b", "" },
		/* source routes: accepted, dropped          appendix C */
		{ "<@x:a@b>", SYNTAX_OK, "a@b", "a", "b", "" },
		{ "<@x.y,@z:a@b>", SYNTAX_OK, "a@b", "a", "b", "" },
		{ "<@x,y:a@b>", SYNTAX_ADDRESS },
		{ "<@x a@b>", SYNTAX_ADDRESS },
		{ "<@x:>", SYNTAX_ADDRESS },
		{ "<@x>", SYNTAX_ADDRESS },
		/* literals                                        4.1.3 */
		{ "<a@[1.2.3.4]>", SYNTAX_OK, "a@[1.2.3.4]", "a",
		    "[1.2.3.4]", "" },
		{ "<a@[001.2.3.255]>", SYNTAX_OK, "a@[001.2.3.255]", "a",
		    "[001.2.3.255]", "" },
		{ "<a@[IPv6:2001:db8::1]>", SYNTAX_OK,
		    "a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]", "" },
		{ "<a@[ipv6:::ffff:1.2.3.4]>", SYNTAX_OK,
		    "a@[ipv6:::ffff:1.2.3.4]", "a",
		    "[ipv6:::ffff:1.2.3.4]", "" },
		{ "<a@[x-y:z!]>", SYNTAX_OK, "a@[x-y:z!]", "a", "[x-y:z!]",
		    "" },
		{ "<a@[1.2.3]>", SYNTAX_ADDRESS },
		{ "<a@[1.2.3.256]>", SYNTAX_ADDRESS },
		{ "<a@[1.2.3.4.5]>", SYNTAX_ADDRESS },
		{ "<a@[1.2.3.0004]>", SYNTAX_ADDRESS },
		{ "<a@[IPv6:1]>", SYNTAX_ADDRESS },
		{ "<a@[IPv6:1:2:3:4:5:6:7:8:9]>", SYNTAX_ADDRESS },
		{ "<a@[]>", SYNTAX_ADDRESS },
		{ "<a@[1.2.3.4>", SYNTAX_ADDRESS },
		{ "<a@1.2.3.4>", SYNTAX_OK, "a@1.2.3.4", "a", "1.2.3.4", "" },
		/* postmaster needs no domain                      4.5.1 */
		{ "<postmaster>", SYNTAX_OK, "postmaster", "postmaster", "",
		    "" },
		{ "<PostMaster>", SYNTAX_OK, "PostMaster", "PostMaster", "",
		    "" },
		{ "<root>", SYNTAX_ADDRESS },
		/* what real senders have: quoted where we say it on */
		{ "<.a@b>", SYNTAX_OK, "\".a\"@b", ".a", "b", "" },
		{ "<a.@b>", SYNTAX_OK, "\"a.\"@b", "a.", "b", "" },
		{ "<a..b@c>", SYNTAX_OK, "\"a..b\"@c", "a..b", "c", "" },
		{ "<a@b.c.> X", SYNTAX_OK, "a@b.c", "a", "b.c", " X" },
		{ "<a@b_c.example>", SYNTAX_OK, "a@b_c.example", "a",
		    "b_c.example", "" },
		/* and what people type */
		{ "a@b", SYNTAX_OK, "a@b", "a", "b", "" },
		{ "a@b.c. SIZE=1", SYNTAX_OK, "a@b.c", "a", "b.c", " SIZE=1" },
		{ "< a@b>", SYNTAX_OK, "a@b", "a", "b", "" },
		{ "<a@b\t> X", SYNTAX_OK, "a@b", "a", "b", " X" },
		{ "< >", SYNTAX_OK, "", "", "", "" },
		{ "postmaster", SYNTAX_OK, "postmaster", "postmaster", "", "" },
		/* not paths */
		{ "", SYNTAX_ADDRESS },
		{ "a@", SYNTAX_ADDRESS },
		{ "root", SYNTAX_ADDRESS },
		{ "<a@b", SYNTAX_ADDRESS },
		{ "<<a@b>>", SYNTAX_ADDRESS },
		{ "<a b@c>", SYNTAX_ADDRESS },
		{ "Name <a@b>", SYNTAX_ADDRESS },
		{ "<@b>", SYNTAX_ADDRESS },
		{ "<a@>", SYNTAX_ADDRESS },
		{ "<a@b..>", SYNTAX_ADDRESS },
		{ "<a@b.->", SYNTAX_ADDRESS },
		{ "<a@.b>", SYNTAX_ADDRESS },
		{ "<a@b..c>", SYNTAX_ADDRESS },
		{ "<a@-b>", SYNTAX_ADDRESS },
		{ "<a@b->", SYNTAX_ADDRESS },
		{ "<a@b@c>", SYNTAX_ADDRESS },
		{ "<\"a@b>", SYNTAX_ADDRESS },
		{ "<\"a\"b@c>", SYNTAX_ADDRESS },
		{ "<\"a\\", SYNTAX_ADDRESS },
		{ "<\"a\tb\"@c>", SYNTAX_ADDRESS },
		{ "<a\\b@c>", SYNTAX_ADDRESS },
		{ "<a,b@c>", SYNTAX_ADDRESS },
		/* RFC 6531 3.3: as much as atoms, quoted text and labels */
		{ "<\xc3\xa4.b@\xc3\xb6.c>", SYNTAX_OK, "\xc3\xa4.b@xn--nda.c",
		    "\xc3\xa4.b", "xn--nda.c", "" },
		{ "<a@b\xc3\xbc" "cher.example>", SYNTAX_OK,
		    "a@xn--bcher-kva.example", "a",
		    "xn--bcher-kva.example", "" },
		/* Nothing that a name could be. RFC 5892 2.3 */
		{ "<a@\xe2\x80\xae.c>", SYNTAX_ADDRESS },
		{ "<\"\xc3\xa4 b\"@c>", SYNTAX_OK, "\"\xc3\xa4 b\"@c",
		    "\xc3\xa4 b", "c", "" },
		{ "<\"\xc3\xa4\"@c>", SYNTAX_OK, "\xc3\xa4@c", "\xc3\xa4", "c",
		    "" },
		{ "<\xc3\xa4@[\xc3\xa4:1]>", SYNTAX_ADDRESS },
		{ "<a@-\xc3\xa4>", SYNTAX_ADDRESS },
		/* 256 with the brackets, and one more */
		{ "<" L64 "@" L64 "." L64 "." L64 ">", SYNTAX_TOO_LONG },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < NELEM(t); i++) {
		struct rd r = rd_of(str_c(t[i].in));
		struct path p;

		assert_int_equal(smtp_path(&r, a, &p), t[i].why);
		if (t[i].why != SYNTAX_OK)
			continue;
		assert_str(p.text, t[i].text);
		assert_str(p.local, t[i].local);
		assert_str(p.domain, t[i].domain);
		assert_str(rd_rest(&r), t[i].left);
	}
	arena_free(a);
}

/* The longest path there may be, and one octet more. */
static void
test_longest(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 16);
	struct path p;

	for (int extra = 0; extra < 2; extra++) {
		struct str s = arena_printf(a, "<%.*s@" L64 "." L64 ".x>",
		    122 + extra, L64 L64);
		struct rd r = rd_of(s);

		assert_int_equal(s.n, SMTP_PATH_MAX + extra);
		assert_int_equal(smtp_path(&r, a, &p),
		    extra ? SYNTAX_TOO_LONG : SYNTAX_OK);
	}
	arena_free(a);
}

static void
test_mailbox(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 16);
	struct path p;

	assert_true(smtp_mailbox(STR("a@b"), a, &p));
	assert_str(p.text, "a@b");
	assert_false(smtp_mailbox(STR("a@b "), a, &p));
	assert_false(smtp_mailbox(STR("a@b>"), a, &p));
	assert_false(smtp_mailbox(STR("<a@b>"), a, &p));
	assert_false(smtp_mailbox(STR("@x:a@b"), a, &p));
	assert_false(smtp_mailbox(STR("postmaster"), a, &p));
	assert_false(smtp_is_domain(STR("a.example.")));
	assert_false(smtp_is_domain(STR("a_b.example")));
	assert_true(smtp_mailbox(STR("\xc3\xa4@b"), a, &p));
	assert_false(smtp_mailbox(STR("\xc3@b"), a, &p));
	assert_false(smtp_mailbox(STR("a\xc2\x9f@b"), a, &p));
	assert_false(smtp_is_domain(STR("\xc3\xa4.example")));
	assert_false(smtp_mailbox(STR_NULL, a, &p));
	arena_free(a);
}

/* Short as it is typed, long inside. */
static void
test_grown(void **state unused_arg)
{
	for (int local = 1; local < 60; local++) {
		struct arena *a = arena_new(1 << 16);
		auto_buf b = BUF_INIT(512);
		struct path p;

		for (int i = 0; i < local; i++)
			buf_chr(&b, 'a');
		buf_chr(&b, '@');
		for (int i = 0; i < 25; i++)	/* "xn--9ca." each */
			buf_lit(&b, "\xc3\xa9.");
		buf_lit(&b, "test");
		assert_int_equal(smtp_mailbox(buf_get(&b), a, &p),
		    local + 1 + 25 * 8 + 4 <= SMTP_PATH_MAX - 2);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_mailbox),
		cmocka_unit_test(test_grown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
