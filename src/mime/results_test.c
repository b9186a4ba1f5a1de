#include "mime/results.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
