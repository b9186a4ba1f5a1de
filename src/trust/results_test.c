#include "trust/results.h"

#include "base/test.h"

static void
test_claim(void **state unused_arg)
{
	static const struct {
		const char *value;
		bool ours;
	} rows[] = {
		{ " mail.test; spf=pass", true },
		{ "MAIL.Test;none", true },
		{ "mail.test", true },
		{ " mail.test 1; none", true },
		{ " mail.test. ; none", true },
		{ "\r\n\tmail.test;\r\n\tspf=pass", true },
		{ " (a (nested) one) mail.test(x); none", true },
		{ " \"mail.test\"; none", true },
		{ " \" m\\ail.test \"; none", true },
		{ " other.test; spf=pass (mail.test)", false },
		{ " xmail.test; none", false },
		{ " mail.test.evil; none", false },
		{ " (mail.test", false },
		{ " \"", false },
		{ "", false },
		{ ";", false },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(results_claim(str_c(rows[i].value),
		    STR("mail.test")), rows[i].ours);
}

/* RFC 8601 5: "converting A-labels into U-labels". */
static void
test_labels(void **state unused_arg)
{
	static const struct {
		const char *value;
		bool ours;
	} rows[] = {
		{ " xn--bcher-kva.test; none", true },
		{ " XN--bcher-KVA.test; none", true },
		{ " b\xc3\xbc" "cher.test; none", true },
		{ " \"B\xc3\x9c" "cher.test.\"; none", true },
		{ " bucher.test; none", false },
		{ " b\xc3; none", false },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(results_claim(str_c(rows[i].value),
		    STR("xn--bcher-kva.test")), rows[i].ours);
}

static void
test_have(void **state unused_arg)
{
	static const struct {
		const char *value, *about;	/* NULL: it does not pass */
	} rows[] = {
		{ " a.test; dmarc=pass", "" },
		{ " a.test; DMARC=Pass", "" },
		{ " a.test 1; dmarc/1 = pass (p=none)", "" },
		{ "a.test; spf=fail x.y=z; dmarc=pass header.from=b", "b" },
		{ "a.test; dmarc=pass (;) Header.From=\"b c\";x=y", "b c" },
		{ "a.test; dmarc=pass; x=y header.from=b", "" },
		{ "a.test; dmarc=pass reason=\"\" header.from=b header.from=c",
			"b" },
		{ "a.test; dmarc=fail; dmarc=pass", NULL },
		{ "a.test; dmarc=fail (; dmarc=pass)", NULL },
		{ "a.test; dmarc=none reason=\"; dmarc=pass\"", NULL },
		{ "a.test; xdmarc=pass", NULL },
		{ "a.test; dmarc", NULL },
		{ "dmarc=pass", NULL },
		{ "\"a;dmarc=pass\"", NULL },
		{ "\"\" dmarc=pass", NULL },
		{ "a.test dmarc=pass", NULL },
		{ ";", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct str about;

		assert_int_equal(results_have(str_c(rows[i].value),
		    STR("dmarc"), STR("pass"), STR("header.from"), &about),
		    rows[i].about != NULL);
		if (rows[i].about)
			assert_str(about, rows[i].about);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claim),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
