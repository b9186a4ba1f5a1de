#include "base/test.h"
#include "vault/sign.h"

static struct str
verify(struct arena *a, size_t hash)
{
	auto_buf b = BUF_INIT(1000);

	for (int i = 0; i < 64; i++)
		buf_chr(&b, ' ');
	buf_lit(&b, "TLS 1.3, server CertificateVerify");
	buf_chr(&b, 0);
	for (size_t i = 0; i < hash; i++)
		buf_chr(&b, (char)i);
	return str_dup(a, buf_get(&b));
}

static struct str
exchange(struct arena *a, uint8_t type, uint16_t curve, uint8_t len,
    uint8_t first, size_t real)
{
	auto_buf b = BUF_INIT(1000);

	for (int i = 0; i < 64; i++)
		buf_chr(&b, (char)(i * 7));
	buf_chr(&b, (char)type);
	buf_chr(&b, (char)(curve >> 8));
	buf_chr(&b, (char)curve);
	buf_chr(&b, (char)len);
	buf_chr(&b, (char)first);
	for (size_t i = 1; i < real; i++)
		buf_chr(&b, (char)i);
	return str_dup(a, buf_get(&b));
}

static void
test_shapes(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct str good = verify(a, 32);
	const struct {
		struct str octets;
		enum sign_shape want;
	} rows[] = {
		{ good, SIGN_TLS13 },
		{ verify(a, 48), SIGN_TLS13 },
		{ verify(a, 64), SIGN_NOTHING },
		{ verify(a, 0), SIGN_NOTHING },
		{ verify(a, 33), SIGN_NOTHING },
		{ exchange(a, 3, 29, 32, 9, 32), SIGN_TLS12 },
		{ exchange(a, 3, 23, 65, 4, 65), SIGN_TLS12 },
		{ exchange(a, 3, 23, 65, 5, 65), SIGN_NOTHING },
		{ exchange(a, 3, 23, 65, 4, 64), SIGN_NOTHING },
		{ exchange(a, 3, 23, 65, 4, 66), SIGN_NOTHING },
		{ exchange(a, 3, 24, 97, 4, 97), SIGN_NOTHING },
		{ exchange(a, 3, 29, 33, 9, 33), SIGN_NOTHING },
		{ exchange(a, 3, 0x1d1d, 32, 9, 32), SIGN_NOTHING },
		{ exchange(a, 1, 29, 32, 9, 32), SIGN_NOTHING },
		{ STR("from: a@b\r\ndkim-signature: v=1; b="), SIGN_NOTHING },
		{ STR(""), SIGN_NOTHING },
		{ STR_NULL, SIGN_NOTHING },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(sign_shape(rows[i].octets), rows[i].want);
	/* Every octet before the hash matters; so does the length. */
	for (size_t i = 0; i < good.n - 32; i++) {
		char *copy = str_dupz(a, good);

		copy[i] ^= 1;
		assert_int_equal(sign_shape(str_make(copy, good.n)),
		    SIGN_NOTHING);
		assert_int_equal(sign_shape(str_first(good, i)), SIGN_NOTHING);
	}
	arena_free(a);
}

static void
test_rules(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct str v13 = verify(a, 32), v12 = exchange(a, 3, 29, 32, 9, 32);
	EVP_PKEY *ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	const struct {
		EVP_PKEY *key;
		struct str digest;
		uint32_t padding;
		struct str octets;
		int want;
	} rows[] = {
		{ ec, STR("SHA256"), SIGN_PAD_NONE, v13, 0 },
		{ ec, STR("SHA384"), SIGN_PAD_NONE, v12, 0 },
		{ ec, STR("SHA256"), SIGN_PAD_PSS, v13, E_DENIED },
		{ ec, STR("SHA1"), SIGN_PAD_NONE, v12, E_DENIED },
		{ ec, STR("sha256"), SIGN_PAD_NONE, v12, E_DENIED },
		{ ec, STR(""), SIGN_PAD_NONE, v12, E_DENIED },
		{ ec, STR("SHA256"), SIGN_PAD_NONE, STR("mail"), E_DENIED },
		{ rsa, STR("SHA256"), SIGN_PAD_PSS, v13, 0 },
		{ rsa, STR("SHA256"), SIGN_PAD_PKCS1, v13, E_DENIED },
		{ rsa, STR("SHA256"), SIGN_PAD_PKCS1, v12, 0 },
		{ rsa, STR("SHA512"), SIGN_PAD_PSS, v12, 0 },
		{ rsa, STR("SHA256"), SIGN_PAD_NONE, v12, E_DENIED },
		{ rsa, STR("SHA256"), 7, v12, E_DENIED },
		{ ed, STR(""), SIGN_PAD_NONE, v13, 0 },
		{ ed, STR("SHA256"), SIGN_PAD_NONE, v13, E_DENIED },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		uint8_t sig[300];
		size_t n = sizeof(sig);
		struct err err;

		assert_int_equal(sign_tls(NULL, rows[i].key, rows[i].digest,
		    rows[i].padding, rows[i].octets, sig, &n, &err),
		    rows[i].want);
		if (rows[i].want == 0)
			assert_in_range(n, 60, 256);
	}
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
