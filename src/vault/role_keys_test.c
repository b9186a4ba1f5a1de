/* Certificates of the operator's, as prepare() reads them. */
#include <fcntl.h>
#include <openssl/pem.h>

#include "base/test.h"
#include "rt/tls_peer.h"
#include "vault/role_int.h"

struct key_files {
	char folder[40];
	char chain[64], key[64], other[64], none[64], empty[64];
	struct test_cert cert;
};

static void
put_file(const char *path, struct str octets)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets.p, octets.n), octets.n);
	(void)close(fd);
}

static void
put_key(const char *path, EVP_PKEY *key)
{
	BIO *bio = BIO_new_file(path, "w");

	assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0,
	    NULL, NULL), 1);
	BIO_free(bio);
}

static int
set_up(void **state)
{
	struct key_files *f = calloc(1, sizeof(*f));
	struct test_cert other = test_cert("EC", "b.test", "DNS:b.test");

	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/vault-keys-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->chain, sizeof(f->chain), "%s/chain", f->folder);
	(void)snprintf(f->key, sizeof(f->key), "%s/key", f->folder);
	(void)snprintf(f->other, sizeof(f->other), "%s/other", f->folder);
	(void)snprintf(f->none, sizeof(f->none), "%s/none", f->folder);
	(void)snprintf(f->empty, sizeof(f->empty), "%s/empty", f->folder);
	f->cert = test_cert("RSA", "a.test", "DNS:a.test");
	put_file(f->chain, buf_get(&f->cert.pem));
	put_key(f->key, f->cert.key);
	put_key(f->other, other.key);
	put_file(f->empty, STR(""));
	test_cert_free(&other);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct key_files *f = *state;
	const char *const paths[] = { f->chain, f->key, f->other, f->empty };

	for (size_t i = 0; i < NELEM(paths); i++)
		assert_int_equal(unlink(paths[i]), 0);
	assert_int_equal(rmdir(f->folder), 0);
	test_cert_free(&f->cert);
	free(f);
	return 0;
}

static int
load(const char *chain, const char *key, size_t *n, struct err *err)
{
	struct role role = { 0 };
	struct vault_state *v = calloc(1, sizeof(*v));
	struct cert_conf c = { str_c(chain), str_c(key) };
	auto_buf list = BUF_INIT(10000);
	int rc;

	v->role = &role;
	v->lib = tls_lib_new(err);
	msg_put(&list, &cert_conf_shape, &c);
	role.config.certificates = buf_get(&list);
	rc = keys_from_files(v, err);
	*n = v->nkeys;
	keys_free(v);
	tls_lib_unref(v->lib);
	free(v);
	return rc;
}

static void
test_files(void **state)
{
	const struct key_files *f = *state;
	const struct {
		const char *chain, *key;
		int want;
		const char *says;
	} rows[] = {
		{ f->chain, f->key, 0, "" },
		{ f->chain, f->other, E_TLS, "mismatch" },
		{ f->none, f->key, E_IO, "none: No such file" },
		{ f->chain, f->none, E_IO, "none: No such file" },
		{ f->empty, f->key, E_IO, "empty: empty" },
		{ f->key, f->key, E_INVALID, "no certificate" },
		{ f->chain, f->chain, E_INVALID, "no private key" },
		{ f->folder, f->key, E_IO, "cannot be read" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct err err = { 0 };
		size_t n;

		assert_int_equal(load(rows[i].chain, rows[i].key, &n, &err),
		    rows[i].want);
		assert_int_equal(n, rows[i].want == 0);
		if (!strstr(err.text, rows[i].says))
			fail_msg("%s: no \"%s\"", err.text, rows[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
