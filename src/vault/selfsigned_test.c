#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/test.h"
#include "vault/selfsigned.h"

static X509 *
read_cert(const struct buf *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->p, (int)pem->n);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	assert_non_null(x);
	return x;
}

static void
test_names(void **state unused_arg)
{
	const char *const hosts[] = { "mail.example.test", "192.0.2.1",
		"2001:db8::1", "a,DNS:evil.test", "x" };
	const int64_t now = 1795324684; /* 2026-11-22 */

	for (size_t i = 0; i < NELEM(hosts); i++) {
		auto_buf chain = BUF_INIT(10000), key = BUF_INIT(10000);
		bool ip = i == 1 || i == 2;
		time_t then = now, later = now + 3650LL * 86400;
		struct err err;
		EVP_PKEY *k;
		X509 *x;

		assert_int_equal(selfsigned_make(NULL, str_c(hosts[i]), now,
		    &chain, &key, &err), 0);
		x = read_cert(&chain);
		k = pem_key(NULL, buf_get(&key));
		assert_int_equal(X509_check_private_key(x, k), 1);
		assert_int_equal(X509_verify(x, k), 1);
		if (ip)
			assert_int_equal(X509_check_ip_asc(x, hosts[i], 0), 1);
		else if (i != 3)
			assert_int_equal(X509_check_host(x, hosts[i], 0, 0,
			    NULL), 1);
		assert_int_equal(X509_check_host(x, "localhost", 0, 0, NULL),
		    1);
		assert_int_equal(X509_check_host(x, "evil.test", 0, 0, NULL),
		    0);
		assert_true(X509_cmp_time(X509_get0_notBefore(x), &then) < 0);
		assert_true(X509_cmp_time(X509_get0_notAfter(x), &later) > 0);
		EVP_PKEY_free(k);
		X509_free(x);
	}
}

static void
test_no_key(void **state unused_arg)
{
	assert_null(pem_key(NULL, STR("")));
	assert_null(pem_key(NULL, STR("-----BEGIN PRIVATE KEY-----\nAAAA\n"
	    "-----END PRIVATE KEY-----\n")));
	/* Nobody is asked for a pass phrase. */
	assert_null(pem_key(NULL, STR("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhVlKW0\n"
	    "-----END ENCRYPTED PRIVATE KEY-----\n")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
