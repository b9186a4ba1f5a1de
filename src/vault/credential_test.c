#include <sodium.h>
#include <time.h>

#include "base/test.h"
#include "vault/credential.h"

static void
test_credential(void **state unused_arg)
{
	auto_buf b = BUF_INIT(CREDENTIAL_MAX), again = BUF_INIT(CREDENTIAL_MAX);
	struct credential c, d;
	struct err err;

	assert_true(sodium_init() >= 0);
	assert_int_equal(credential_make(STR("postern-demo"), &b, &err), 0);
	assert_true(credential_parse(buf_get(&b), &c));
	assert_true(str_starts(c.hash,
	    STR("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_true(credential_verify(&c, STR("postern-demo")));
	assert_false(credential_verify(&c, STR("postern-dem")));
	assert_false(credential_verify(&c, STR("postern-demO")));
	assert_false(credential_verify(&c, STR("")));
	assert_false(credential_verify(&c, STR("postern-demo\0")));
	assert_int_equal(c.scram_count, SCRAM_COUNT);
	/* Another salt each time. */
	assert_int_equal(credential_make(STR("postern-demo"), &again, &err), 0);
	assert_true(credential_parse(buf_get(&again), &d));
	assert_false(str_eq(c.hash, d.hash));
	assert_false(str_eq(c.stored_key, d.stored_key));
	/* Nothing shorter or longer is a record. */
	for (size_t i = 0; i < b.n; i++)
		assert_false(credential_parse(str_first(buf_get(&b), i), &d));
	buf_chr(&b, 0);
	assert_false(credential_parse(buf_get(&b), &d));
	b.p[0] = 2;
	assert_false(credential_parse(str_first(buf_get(&b), b.n - 1), &d));
}

static void
test_passwords(void **state unused_arg)
{
	const struct {
		struct str password;
		int want;
		uint32_t count;
	} rows[] = {
		{ STR("a b~"), 0, SCRAM_COUNT },
		{ STR("gr\xc3\xbc\xc3\x9f"), 0, 0 },	/* SASLprep may act */
		{ STR(""), E_INVALID, 0 },
		{ STR("a\0b"), E_INVALID, 0 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf b = BUF_INIT(CREDENTIAL_MAX);
		struct credential c;
		struct err err;

		assert_int_equal(credential_make(rows[i].password, &b, &err),
		    rows[i].want);
		if (rows[i].want < 0)
			continue;
		assert_true(credential_parse(buf_get(&b), &c));
		assert_true(credential_verify(&c, rows[i].password));
		assert_int_equal(c.scram_count, rows[i].count);
	}
}

/* Of the processor: what else runs here takes none of it. */
static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* The best of a few runs: caches are not always ours. */
static int64_t
cost(const struct credential *c)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 8; i++) {
		int64_t t = now_us();

		if (c)
			assert_false(credential_verify(c, STR("wrong")));
		else
			assert_false(credential_verify_nobody(STR("wrong")));
		t = now_us() - t;
		best = t < best ? t : best;
	}
	return best;
}

/* Nobody's password costs as much as somebody's. */
static void
test_nobody(void **state unused_arg)
{
	auto_buf b = BUF_INIT(CREDENTIAL_MAX);
	struct credential c;
	struct err err;
	int64_t some, none;

	assert_int_equal(credential_make(STR("secret"), &b, &err), 0);
	assert_true(credential_parse(buf_get(&b), &c));
	some = cost(&c);
	none = cost(NULL);
	assert_true(none > some / 2 && none < some * 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_credential),
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
