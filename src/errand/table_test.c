/*
 * table_test.c - what becomes of an ask, whoever wrote it.
 */
#include "base/test.h"
#include "errand/table.h"

static void
test_policy(void **state unused_arg)
{
	struct arena *a = arena_new(8192);
	struct errand_ask ask = { ERRAND_MTA_STS, STR("example.org") };
	struct errand_plan plan;

	assert_true(errand_compose(&ask, 443, a, &plan));
	assert_string_equal(plan.url,
	    "https://mta-sts.example.org/.well-known/mta-sts.txt");
	assert_true(str_eq(plan.host, STR("mta-sts.example.org")));
	assert_true(errand_compose(&ask, 8443, a, &plan));
	assert_string_equal(plan.url,
	    "https://mta-sts.example.org:8443/.well-known/mta-sts.txt");
	assert_int_equal(plan.most, 65536);
	arena_free(a);
}

/* Nothing that is read otherwise than as a name. */
static void
test_refused(void **state unused_arg)
{
	static const struct errand_ask rows[] = {
		{ 0, STR("example.org") },
		{ 2, STR("example.org") },
		{ UINT32_MAX, STR("example.org") },
		{ ERRAND_MTA_STS, STR("") },
		{ ERRAND_MTA_STS, STR(".") },
		{ ERRAND_MTA_STS, STR("a..b") },
		{ ERRAND_MTA_STS, STR("example.org.") },
		{ ERRAND_MTA_STS, STR("EXAMPLE.org") },
		{ ERRAND_MTA_STS, STR("a b") },
		{ ERRAND_MTA_STS, STR("a/../b") },
		{ ERRAND_MTA_STS, STR("a@127.0.0.1") },
		{ ERRAND_MTA_STS, STR("a:80") },
		{ ERRAND_MTA_STS, STR("a?b") },
		{ ERRAND_MTA_STS, STR("a#b") },
		{ ERRAND_MTA_STS, STR("a%2eb") },
		{ ERRAND_MTA_STS, STR("a\\b") },
		{ ERRAND_MTA_STS, STR("[::1]") },
		{ ERRAND_MTA_STS, STR("a\r\nHost: b") },
		{ ERRAND_MTA_STS, STR("a\0b") },
		{ ERRAND_MTA_STS, STR("b\xc3\xbc.example") },
		{ ERRAND_MTA_STS, STR(
		    "a123456789012345678901234567890123456789"
		    "012345678901234567890123.org") },
	};
	struct arena *a = arena_new(65536);
	struct errand_plan plan;
	char label[246];

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_false(errand_compose(&rows[i], 443, a, &plan));
	/* 253 with what stands before it, and no more. */
	for (size_t i = 0; i < sizeof(label); i++)
		label[i] = i % 2 ? '.' : 'a';
	assert_true(errand_compose(&(struct errand_ask){ ERRAND_MTA_STS,
	    str_make(label, 245) }, 443, a, &plan));
	label[245] = 'a';
	label[244] = 'a';
	assert_false(errand_compose(&(struct errand_ask){ ERRAND_MTA_STS,
	    str_make(label, 246) }, 443, a, &plan));
	arena_free(a);
}

static void
test_type(void **state unused_arg)
{
	static const struct {
		const char *type;
		bool fits;
	} rows[] = {
		{ "text/plain", true },
		{ "Text/Plain; charset=utf-8", true },
		{ "text/plain ;x=y", true },
		{ "text/html", false },
		{ "text/plainly", false },
		{ "application/octet-stream; text/plain", false },
		{ "", false },
	};
	const struct errand_plan plan = { .type = STR("text/plain") };

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(errand_type_fits(&plan, str_c(rows[i].type)),
		    rows[i].fits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
