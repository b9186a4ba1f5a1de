#include "admin/certificate.h"

#include <openssl/pem.h>

#include "base/test.h"
#include "rt/tls_peer.h"

/* As OpenSSL finds it. */
static struct str
key_of(EVP_PKEY *key, struct arena *a)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	struct str s = str_dup(a, str_make((char *)der, (size_t)n));

	OPENSSL_free(der);
	return s;
}

static void
test_same(void **state unused_arg)
{
	static const char *const types[] = { "EC", "RSA", "ED25519" };

	for (size_t i = 0; i < NELEM(types); i++) {
		struct test_cert c = test_cert(types[i], "Somebody",
		    "DNS:a.test,email:b@c.test");
		struct arena *a = arena_new(1 << 18);
		struct str pem = arena_printf(a, "Subject: x\r\n%.*s\n%.*s",
		    STR_FMT(buf_get(&c.pem)), STR_FMT(STR("-----BEGIN "
		    "PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")));
		struct str spki = STR_NULL, rest;

		assert_true(certificate_key(pem, a, &spki));
		assert_strs(spki, key_of(c.key, a));
		/* Cut off anywhere, there is none, and nothing breaks. */
		for (size_t n = 0; n + 200 < buf_get(&c.pem).n; n += 7)
			assert_false(certificate_key(str_first(
			    buf_get(&c.pem), n), a, &rest));
		arena_free(a);
		test_cert_free(&c);
	}
}

/* An alien length leads nowhere. */
static void
test_none(void **state unused_arg)
{
	static const char *const bodies[] = { "", "AAAA", "MIIB", "MP//",
		"MAMwAQI=", "MIQBAgME", "MIAA", "MAUwAwIBAQ==", "####" };
	struct arena *a = arena_new(1 << 16);
	struct str spki;

	for (size_t i = 0; i < NELEM(bodies); i++)
		assert_false(certificate_key(arena_printf(a,
		    "-----BEGIN CERTIFICATE-----\n%s\n"
		    "-----END CERTIFICATE-----\n", bodies[i]), a, &spki));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
