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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claim),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
