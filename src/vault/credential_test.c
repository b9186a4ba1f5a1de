#include <sodium.h>
#include <time.h>

#include "base/test.h"
#include "vault/credential.h"

static const uint8_t salt[SCRAM_SALT_LEN] = "0123456789abcdef";

static void
test_credential(void **state unused_arg)
{
	auto_buf b = BUF_INIT(CREDENTIAL_MAX), again = BUF_INIT(CREDENTIAL_MAX);
	struct credential c, d;
	struct err err;

	assert_true(sodium_init() >= 0);
	assert_int_equal(credential_make(STR("postern-demo"), salt, &b, &err),
	    0);
	assert_true(credential_parse(buf_get(&b), &c));
	assert_false(c.old);
	assert_true(str_starts(c.hash,
	    STR("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_true(credential_verify(&c, STR("postern-demo")));
	assert_false(credential_verify(&c, STR("postern-dem")));
	assert_false(credential_verify(&c, STR("postern-demO")));
	assert_false(credential_verify(&c, STR("")));
	assert_false(credential_verify(&c, STR("postern-demo\0")));
	assert_int_equal(c.scram.count, SCRAM_COUNT);
	assert_memory_equal(c.scram.salt, salt, sizeof(salt));
	/* Another salt of Argon2 each time. */
	assert_int_equal(credential_make(STR("postern-demo"), salt, &again,
	    &err), 0);
	assert_true(credential_parse(buf_get(&again), &d));
	assert_false(str_eq(c.hash, d.hash));
	assert_memory_equal(&c.scram, &d.scram, sizeof(c.scram));
	/* Nothing shorter or longer is a record. */
	for (size_t i = 0; i < b.n; i++)
		assert_false(credential_parse(str_first(buf_get(&b), i), &d));
	buf_chr(&b, 0);
	assert_false(credential_parse(buf_get(&b), &d));
	b.p[0] = 4;
	assert_false(credential_parse(str_first(buf_get(&b), b.n - 1), &d));
}

static void
test_passwords(void **state unused_arg)
{
	const struct {
		struct str password;
		int want;
	} rows[] = {
		{ STR("a b~"), 0 },
		{ STR("gr\xc3\xbc\xc3\x9f"), 0 },
		{ STR(""), E_INVALID },
		{ STR("a\0b"), E_INVALID },
		{ STR("a\tb"), E_INVALID },
		{ STR("a\xe2\x80\x8b"), E_INVALID },
		{ STR("\xff"), E_INVALID },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf b = BUF_INIT(CREDENTIAL_MAX);
		struct credential c;
		struct err err;

		assert_int_equal(credential_make(rows[i].password, salt, &b,
		    &err), rows[i].want);
		if (rows[i].want < 0)
			continue;
		assert_true(credential_parse(buf_get(&b), &c));
		assert_true(credential_verify(&c, rows[i].password));
		assert_true(c.scram.of[SCRAM_SHA_1].there);
		assert_true(c.scram.of[SCRAM_SHA_256].there);
	}
}

/* Set on one keyboard, typed on another. */
static void
test_forms(void **state unused_arg)
{
	static const char *const forms[] = { "gr\xc3\xbcn\xc2\xa0ob",
		"gr\xc3\xbcn ob", "gru\xcc\x88n ob" };
	struct scram_keys k, same = { 0 };

	for (size_t i = 0; i < NELEM(forms); i++) {
		auto_buf b = BUF_INIT(CREDENTIAL_MAX);
		struct credential c;
		struct err err;

		assert_int_equal(credential_make(str_c(forms[i]), salt, &b,
		    &err), 0);
		assert_true(credential_parse(buf_get(&b), &c));
		for (size_t j = 0; j < NELEM(forms); j++)
			assert_true(credential_verify(&c, str_c(forms[j])));
		assert_false(credential_verify(&c, STR("grun ob")));
		memcpy(k.salt, salt, sizeof(salt));
		assert_true(credential_keys(str_c(forms[i]), &k));
		if (i == 0)
			same = k;
		assert_memory_equal(&k, &same, sizeof(k));
	}
}

/* What version 1 kept of a password as it was typed. */
static void
test_old_ones(void **state unused_arg)
{
	static const struct str typed = STR("gru\xcc\x88n");
	auto_buf b = BUF_INIT(CREDENTIAL_MAX), now = BUF_INIT(CREDENTIAL_MAX);
	char hash[crypto_pwhash_STRBYTES];
	struct credential c, d;

	assert_int_equal(crypto_pwhash_str_alg(hash, typed.p, typed.n, 2,
	    19 << 20, crypto_pwhash_ALG_ARGON2ID13), 0);
	buf_chr(&b, 1);
	buf_le16(&b, (uint16_t)str_c(hash).n);
	buf_str(&b, str_c(hash));
	buf_le32(&b, 0);
	buf_put(&b, salt, sizeof(salt));
	for (size_t i = 0; i < 64; i++)
		buf_chr(&b, 0);
	assert_true(credential_parse(buf_get(&b), &c));
	assert_true(c.old);
	assert_false(c.scram.of[SCRAM_SHA_256].there);
	assert_true(credential_verify(&c, typed));
	assert_false(credential_verify(&c, STR("gr\xc3\xbcn")));
	assert_true(credential_renew(&c, typed, &now));
	assert_true(credential_parse(buf_get(&now), &d));
	assert_false(d.old);
	assert_strs(d.hash, c.hash);
	assert_memory_equal(d.scram.salt, salt, sizeof(salt));
	assert_true(d.scram.of[SCRAM_SHA_1].there);
	assert_true(credential_verify(&d, typed));
	for (size_t i = 0; i < b.n; i++)
		assert_false(credential_parse(str_first(buf_get(&b), i), &d));
	/* Nor could a password like this one be chosen now. */
	assert_false(credential_renew(&c, STR("a\tb"), &now));
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

	assert_int_equal(credential_make(STR("secret"), salt, &b, &err), 0);
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
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_old_ones),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
