/*
 * mta_sts_test.c - records, policies and hosts.  RFC 8461 3.1, 3.2, 4.1
 */
#include "base/test.h"
#include "trust/mta_sts.h"

static void
test_record(void **state unused_arg)
{
	static const struct {
		const char *txt, *id;	/* NULL: it is none */
	} rows[] = {
		{ "v=STSv1; id=20160831085700Z;", "20160831085700Z" },
		{ "v=STSv1;id=1", "1" },
		{ "v=STSv1 ;\tid=1 ; ", "1" },
		{ "v=STSv1; x.y-z_=a:b?; id=1", "1" },
		{ "v=STSv1; id=1; id=2", "1" },
		{ "v=STSv1; id=12345678901234567890123456789012",
		    "12345678901234567890123456789012" },
		{ "v=STSv1; id=123456789012345678901234567890123", NULL },
		{ "v=STSv1; id=", NULL },
		{ "v=STSv1; id=a-b", NULL },
		{ "v=STSv1; ID=1", NULL },
		{ "v=STSv1;", NULL },
		{ "v=STSv1", NULL },
		{ "v=stsv1; id=1", NULL },
		{ "v=STSv2; id=1", NULL },
		{ "id=1; v=STSv1", NULL },
		{ "v=STSv1;; id=1", NULL },
		{ "v=STSv1; id=1; x", NULL },
		{ "v=STSv1; id=1; x=a b", NULL },
		{ "v=STSv1; id=1; x=a=b", NULL },
		{ "v=STSv1; id=1; _x=a", NULL },
		{ "v=STSv1; id = 1", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct str id = STR("untouched");
		bool good = sts_record_parse(str_c(rows[i].txt), &id);

		if (good != (rows[i].id != NULL))
			fail_msg("%s", rows[i].txt);
		if (good)
			assert_str(id, rows[i].id);
	}
	assert_true(sts_is_record(STR("v=STSv1; whatever")));
	assert_false(sts_is_record(STR("v=STSv1 ; id=1")));
	assert_false(sts_is_record(STR("v=TLSRPTv1; rua=mailto:a@b")));
}

#define P(more) "version: STSv1\r\n" more
#define M "mx: a.b\r\n"
#define A "max_age: 60\r\n"

static const struct policy_row {
	const char *text;
	const char *mx;		/* NULL: it is no policy, says `wrong` */
	enum sts_mode mode;
	uint32_t max_age_s;
	const char *wrong;
} policies[] = {
	{ P("mode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n"
	    "mx: backupmx.example.com\r\nmax_age: 604800\r\n"),
	    "mail.example.com *.example.net backupmx.example.com",
	    STS_ENFORCE, 604800, NULL },
	{ "max_age:1\nmx:\ta.B \nmode:testing\nversion:STSv1", "a.b",
	    STS_TESTING, 1, NULL },
	{ P("mode: none\r\nmax_age: 0"), "", STS_NONE, 0, NULL },
	/* Cut: 3.2 */
	{ P("mode: testing\r\n") M "max_age: 9999999999\r\n", "a.b",
	    STS_TESTING, STS_AGE_MAX, NULL },
	/* The first one counts, extensions do not. */
	{ P("mode: enforce\r\nmode: none\r\nmax_age: 7\r\n") M A
	    "version: STSv2\r\nx-y.z: a: b \xc3\xbc\r\n", "a.b",
	    STS_ENFORCE, 7, NULL },
	{ P("mode: enforce\r\n") M A "\r\n\r\n", "a.b", STS_ENFORCE, 60,
	    NULL },
	{ "", NULL, 0, 0, "lacks" },
	{ P("mode: enforce\r\n") A, NULL, 0, 0, "no mx" },
	{ P("mode: enforce\r\n") M, NULL, 0, 0, "lacks" },
	{ P(M A), NULL, 0, 0, "lacks" },
	{ "mode: none\r\n" A, NULL, 0, 0, "lacks" },
	{ "version: STSv2\r\nmode: none\r\n" A, NULL, 0, 0, "version" },
	{ "version: stsv1\r\nmode: none\r\n" A, NULL, 0, 0, "version" },
	{ "Version: STSv1\r\nmode: none\r\n" A, NULL, 0, 0, "lacks" },
	{ P("mode: Enforce\r\n") M A, NULL, 0, 0, "mode" },
	{ P("mode: enforce\r\n") M "max_age: 60s\r\n", NULL, 0, 0, "max_age" },
	{ P("mode: enforce\r\n") M "max_age: -1\r\n", NULL, 0, 0, "max_age" },
	{ P("mode: enforce\r\n") M "max_age: 00000000001\r\n", NULL, 0, 0,
	    "max_age" },
	{ P("mode: enforce\r\nmx: *\r\n") A, NULL, 0, 0, "mx" },
	{ P("mode: enforce\r\nmx: a.*.b\r\n") A, NULL, 0, 0, "mx" },
	{ P("mode: enforce\r\nmx: a.b.\r\n") A, NULL, 0, 0, "mx" },
	{ P("mode: enforce\r\nmx: a b\r\n") A, NULL, 0, 0, "mx" },
	{ P("mode: enforce\r\nmx: b\xc3\xbc.c\r\n") A, NULL, 0, 0, "mx" },
	{ P("mode: enforce\r\nmx:\r\n") A, NULL, 0, 0, "field" },
	{ P("mode: enforce\r\nmx\r\n") A, NULL, 0, 0, "field" },
	{ P("mode: enforce\rmx: a.b\r\n") A, NULL, 0, 0, "field" },
	{ P("mode: none\r\nx: \xff\r\n") A, NULL, 0, 0, "field" },
	{ P("mode: none\r\nx!: a\r\n") A, NULL, 0, 0, "field" },
	{ "<html>\r\n" P("mode: none\r\n") A, NULL, 0, 0, "field" },
};

static void
test_policy(void **state unused_arg)
{
	struct arena *a = arena_new(2 * STS_MX_OCTETS);

	for (size_t i = 0; i < NELEM(policies); i++) {
		const struct policy_row *row = &policies[i];
		struct sts_text out;
		const char *wrong;
		bool good = sts_text_parse(str_c(row->text), a, &out, &wrong);

		if (good != (row->mx != NULL))
			fail_msg("%zu: %s", i, row->text);
		if (good) {
			assert_str(out.mx, row->mx);
			assert_int_equal(out.mode, row->mode);
			assert_int_equal(out.max_age_s, row->max_age_s);
		} else if (!strstr(wrong, row->wrong)) {
			fail_msg("%zu: %s", i, wrong);
		}
		arena_reset(a);
	}
	arena_free(a);
}

/* A policy of 64 KB of hosts costs what one of 8 KB does. */
static void
test_many_mx(void **state unused_arg)
{
	struct arena *a = arena_new(4 * STS_MX_OCTETS);
	auto_buf b = BUF_INIT(65536);
	struct sts_text out;
	const char *wrong;

	buf_lit(&b, "version: STSv1\nmode: enforce\nmax_age: 1\n");
	for (int i = 0; i < STS_MX_OCTETS / 10; i++)
		buf_lit(&b, "mx: a.bc.defg\n");
	assert_true(sts_text_parse(buf_get(&b), a, &out, &wrong));
	buf_lit(&b, "mx: a\n");
	assert_false(sts_text_parse(buf_get(&b), a, &out, &wrong));
	assert_non_null(strstr(wrong, "too many"));
	arena_free(a);
}

static void
test_hosts(void **state unused_arg)
{
	static const struct {
		const char *mx, *host;
		bool allowed;
	} rows[] = {
		{ "mail.example.com", "mail.example.com", true },
		{ "mail.example.com", "MAIL.example.COM", true },
		{ "mail.example.com", "mail2.example.com", false },
		{ "mail.example.com", "x.mail.example.com", false },
		{ "*.example.com", "mail.example.com", true },
		{ "*.example.com", "example.com", false },
		{ "*.example.com", "foo.bar.example.com", false },
		{ "*.example.com", ".example.com", false },
		{ "*.example.com", "mailexample.com", false },
		{ "a.b *.c.d e.f", "x.c.d", true },
		{ "a.b *.c.d e.f", "e.f", true },
		{ "a.b *.c.d e.f", "b", false },
		{ "a.b *.c.d e.f", "", false },
		{ "", "a.b", false },
		{ "", "", false },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		if (sts_mx_allows(str_c(rows[i].mx), str_c(rows[i].host)) !=
		    rows[i].allowed)
			fail_msg("%s: %s", rows[i].mx, rows[i].host);
}

/* What we say of our own domains is what others read. */
static void
test_our_own(void **state unused_arg)
{
	struct arena *a = arena_new(4 * STS_MX_OCTETS);
	char id[3][STS_OUR_ID + 1];
	struct str found;

	for (int m = STS_NONE; m <= STS_ENFORCE; m++) {
		auto_buf b = BUF_INIT(1000), record = BUF_INIT(100);
		struct sts_text out;
		const char *wrong;

		sts_our_text(&b, (enum sts_mode)m, STR("Mx.Example.org"));
		assert_true(sts_text_parse(buf_get(&b), a, &out, &wrong));
		assert_int_equal(out.mode, m);
		assert_int_equal(out.max_age_s, m == STS_NONE ? 86400 :
		    604800);
		assert_str(out.mx, m == STS_NONE ? "" : "mx.example.org");
		sts_our_id(buf_get(&b), id[m]);
		buf_printf(&record, "v=STSv1; id=%s;", id[m]);
		assert_true(sts_record_parse(buf_get(&record), &found));
		assert_str(found, id[m]);
	}
	assert_string_not_equal(id[0], id[1]);
	assert_string_not_equal(id[1], id[2]);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_many_mx),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
