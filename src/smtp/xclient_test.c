#include "smtp/xclient.h"

#include "base/test.h"

/* What is known then, as words; NULL: refused. */
static const struct {
	const char *args, *xclient, *xforward;
} cases[] = {
	{ "NAME=mail.example.net ADDR=192.0.2.1",
	    " name=mail.example.net addr=192.0.2.1",
	    " name=mail.example.net addr=192.0.2.1" },
	{ "addr=ipv6:2001:DB8::1\tport=25 ", " addr=2001:db8::1 port=25",
	    " addr=2001:db8::1 port=25" },
	{ "ADDR=IPV6:::ffff:192.0.2.1", " addr=192.0.2.1",
	    " addr=192.0.2.1" },
	{ "HELO=two+20words PROTO=smtp", " proto=smtp helo=two_words",
	    " proto=smtp helo=two_words" },
	{ "NAME=[UNAVAILABLE]", "", "" },
	{ "NAME=[tempunavail] ADDR=[unavailable]", "", "" },
	{ "NAME=+5BUNAVAILABLE+5D", "", "" },
	{ "LOGIN=alice@example.test", " login=alice@example.test", NULL },
	{ "DESTADDR=203.0.113.9 DESTPORT=0",
	    " destaddr=203.0.113.9 destport=0", NULL },
	{ "IDENT=4ABC source=Local", NULL, " ident=4ABC source=Local" },
	{ "SOURCE=ELSEWHERE", NULL, NULL },
	{ "", NULL, NULL },
	{ "NAME", NULL, NULL },
	{ "NAME=", NULL, NULL },
	{ "=x", NULL, NULL },
	{ "NAME =x", NULL, NULL },
	{ "NAME=x=y", NULL, NULL },
	{ "NAME=+4", NULL, NULL },
	{ "NAME=a+0Ab", NULL, NULL },
	{ "NAME=a+00", NULL, NULL },
	{ "NAME=+C3+A4", NULL, NULL },
	{ "NAME=\303\244", NULL, NULL },
	{ "NAME=a NAME=b", NULL, NULL },
	{ "COLOUR=red", NULL, NULL },
	{ "ADDR=2001:db8::1", NULL, NULL },
	{ "ADDR=IPV6:192.0.2.1", NULL, NULL },
	{ "ADDR=192.0.2.256", NULL, NULL },
	{ "ADDR=[192.0.2.1]", NULL, NULL },
	{ "ADDR=[TEMPUNAVAIL]", NULL, NULL },
	{ "PORT=65536", NULL, NULL },
	{ "PORT=-1", NULL, NULL },
};

static void
check(bool understood, const struct xclient *x, const char *want,
    const char *args)
{
	auto_buf b = BUF_INIT(4096);

	if (understood != (want != NULL))
		fail_msg("%s: %s", args, understood ? "taken" : "refused");
	if (!want)
		return;
	smtp_put_xclient_words(&b, x);
	assert_str(buf_get(&b), want);
}

static void
test_arguments(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct str args = str_c(cases[i].args);
		struct xclient x = { 0 };
		bool understood = smtp_parse_xclient(args, a, &x);

		check(understood, &x, cases[i].xclient, cases[i].args);
		x = (struct xclient){ 0 };
		understood = smtp_parse_xforward(args, a, &x);
		check(understood, &x, cases[i].xforward, cases[i].args);
	}
	arena_free(a);
}

/* 255 octets behind xtext, which may be three times as many in it. */
static void
test_longest(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	auto_buf b = BUF_INIT(4096);
	struct xclient x;

	buf_lit(&b, "HELO=");
	for (size_t i = 0; i < XCLIENT_VALUE_MAX; i++)
		buf_lit(&b, "+41");
	assert_true(smtp_parse_xclient(buf_get(&b), a, &x));
	assert_int_equal(x.value[XCLIENT_HELO].n, XCLIENT_VALUE_MAX);
	buf_lit(&b, "A");
	assert_false(smtp_parse_xclient(buf_get(&b), a, &x));
	arena_free(a);
}

/* What is said later goes before; what is not known any more is forgotten. */
static void
test_add(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	auto_buf b = BUF_INIT(4096);
	struct xclient x = { 0 }, more;

	assert_true(smtp_parse_xforward(STR("NAME=a IDENT=1"), a, &x));
	assert_true(smtp_parse_xforward(STR("NAME=[UNAVAILABLE] PORT=7"), a,
	    &more));
	xclient_add(&x, &more);
	smtp_put_xclient_words(&b, &x);
	assert_str(buf_get(&b), " port=7 ident=1");
	assert_true(xclient_says(&x, XCLIENT_NAME));
	assert_false(xclient_says(&x, XCLIENT_ADDR));
	arena_free(a);
}

static void
test_names(void **state unused_arg)
{
	auto_buf b = BUF_INIT(4096);

	smtp_put_xclient_names(&b);
	assert_str(buf_get(&b), " NAME ADDR PORT PROTO HELO DESTADDR DESTPORT");
	buf_reset(&b);
	smtp_put_xforward_names(&b);
	assert_str(buf_get(&b), " NAME ADDR PORT PROTO HELO IDENT SOURCE");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
