/*
 * second_factor_test.c - codes of RFC 6238's appendix B and RFC 4226's appendix
 * D, what is good once, and the record.
 */
#include "vault/second_factor.h"

#include "base/test.h"

/* "12345678901234567890" */
static struct second_factor
factor(void)
{
	struct second_factor f = { 0 };

	memcpy(f.secret, "12345678901234567890", sizeof(f.secret));
	return f;
}

/* Appendix B has eight digits of each: ours are the last six. */
static void
test_vectors(void **state unused_arg)
{
	static const struct {
		int64_t at;
		uint32_t code;
	} rows[] = { { 59, 287082 }, { 1111111109, 81804 },
		{ 1111111111, 50471 }, { 1234567890, 5924 },
		{ 2000000000, 279037 }, { 20000000000, 353130 } };
	static const uint32_t counts[] = { 755224, 287082, 359152, 969429,
		338314, 254676, 287922, 162583, 399871, 520489 };
	struct second_factor f = factor();
	uint32_t code;
	char text[FACTOR_SECRET_TEXT];

	for (size_t i = 0; i < NELEM(rows); i++) {
		assert_true(factor_code_at(f.secret,
		    (uint64_t)rows[i].at / 30, &code));
		assert_int_equal(code, rows[i].code);
	}
	for (size_t i = 0; i < NELEM(counts); i++) {
		assert_true(factor_code_at(f.secret, i, &code));
		assert_int_equal(code, counts[i]);
	}
	factor_secret_text(f.secret, text);
	assert_str(str_make(text, sizeof(text)),
	    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void
test_once(void **state unused_arg)
{
	struct second_factor f = factor();

	/* The step before and after do, and no other. */
	assert_false(factor_use(&f, STR("287082"), 119));
	assert_false(factor_use(&f, STR("287083"), 59));
	assert_true(factor_use(&f, STR("287 082"), 89));
	assert_false(factor_use(&f, STR("287082"), 59));
	/* None that is older than one that was used. */
	assert_true(factor_use(&f, STR("081804"), 1111111079));
	assert_false(factor_use(&f, STR("081804"), 1111111109));
	f.last_step = 0;
	assert_true(factor_use(&f, STR("050471"), 1111111111));
	assert_false(factor_use(&f, STR("081804"), 1111111111));
	static const char *const none[] = { "", "05047", "0050471", "05047x",
		"+50471", "-", "٠٥٠٤٧١" };
	f.last_step = 0;
	for (size_t i = 0; i < NELEM(none); i++)
		assert_false(factor_use(&f, str_c(none[i]), 1111111111));
	assert_true(!factor_use(&f, STR("755224"), -5));
}

static void
test_recovery(void **state unused_arg)
{
	uint8_t random[FACTOR_CODES * FACTOR_CODE_SIGNS + 1];
	struct second_factor f = factor(), again;
	auto_buf shown = BUF_INIT(1024), record = BUF_INIT(1024);
	struct str rest, code, first;
	char upper[FACTOR_CODE_TEXT];

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (uint8_t)(i * 7 + i / 10);
	factor_make_codes(&f, random, &shown);
	assert_int_equal(shown.n, FACTOR_CODES * (FACTOR_CODE_TEXT + 1));
	rest = buf_get(&shown);
	assert_true(str_cut(rest, '\n', &first, &rest));
	for (size_t i = 0; i < first.n; i++)
		upper[i] = first.p[i] >= 'a' ? (char)(first.p[i] - 32) :
		    first.p[i] == '-' ? ' ' : first.p[i];
	assert_true(factor_use(&f, str_make(upper, sizeof(upper)), 0));
	assert_false(factor_use(&f, first, 0));
	assert_int_equal(f.ncodes, FACTOR_CODES - 1);

	factor_put(&f, &record);
	assert_true(factor_parse(buf_get(&record), &again));
	assert_memory_equal(&f, &again, sizeof(f));
	for (size_t n = 0; n < record.n; n++)
		assert_false(factor_parse(str_first(buf_get(&record), n),
		    &again));
	buf_chr(&record, 0);
	assert_false(factor_parse(buf_get(&record), &again));

	for (size_t i = 1; i < FACTOR_CODES; i++) {
		assert_true(str_cut(rest, '\n', &code, &rest));
		assert_true(factor_use(&f, code, 0));
	}
	assert_int_equal(f.ncodes, 0);
	assert_false(factor_use(&f, code, 0));
	/* New ones take the place of what is left of the former. */
	buf_reset(&shown);
	factor_make_codes(&f, random + 1, &shown);
	assert_false(factor_use(&f, str_make(upper, sizeof(upper)), 0));
	assert_true(factor_use(&f, str_first(buf_get(&shown),
	    FACTOR_CODE_TEXT), 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_recovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
