/* Certificates of the operator's, as prepare() reads them. */
#include <fcntl.h>
#include <openssl/pem.h>

#include "base/test.h"
#include "rt/tls_peer.h"
#include "vault/role_int.h"

struct pem_files {
	char folder[40];
	char chain[64], key[64], other[64], large[64], empty[64];
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
	struct pem_files *f = calloc(1, sizeof(*f));
	struct test_cert other = test_cert("EC", "b.test", "DNS:b.test");
	static const char zeros[100001];

	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/vault-keys-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->chain, sizeof(f->chain), "%s/chain", f->folder);
	(void)snprintf(f->key, sizeof(f->key), "%s/key", f->folder);
	(void)snprintf(f->other, sizeof(f->other), "%s/other", f->folder);
	(void)snprintf(f->large, sizeof(f->large), "%s/large", f->folder);
	(void)snprintf(f->empty, sizeof(f->empty), "%s/empty", f->folder);
	f->cert = test_cert("RSA", "a.test", "DNS:a.test");
	put_file(f->chain, buf_get(&f->cert.pem));
	put_key(f->key, f->cert.key);
	put_key(f->other, other.key);
	put_file(f->empty, STR(""));
	put_file(f->large, str_make(zeros, sizeof(zeros)));
	test_cert_free(&other);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct pem_files *f = *state;
	const char *const paths[] = { f->chain, f->key, f->other, f->empty,
		f->large };

	for (size_t i = 0; i < NELEM(paths); i++)
		assert_int_equal(unlink(paths[i]), 0);
	assert_int_equal(rmdir(f->folder), 0);
	test_cert_free(&f->cert);
	free(f);
	return 0;
}

static void
take(struct role *r, const char *path, uint32_t left)
{
	struct role_file f = { 1, left, str_c(path) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	vault_take_file(r, &f, fd);
}

/* As they come before START. */
static int
load(const char *chain, const char *key, const char *staple, size_t *n,
    struct err *err)
{
	struct vault_state *v = calloc(1, sizeof(*v));
	struct role role = { .state = v };
	int rc;

	v->role = &role;
	v->lib = tls_lib_new(err);
	take(&role, chain, 2);
	take(&role, key, 1);
	take(&role, staple, 0);
	rc = keys_from_files(v, err);
	*n = v->keys.n;
	assert_int_equal(v->files.n, 0);
	keys_free(v);
	tls_lib_unref(v->lib);
	free(v);
	return rc;
}

static void
test_files(void **state)
{
	const struct pem_files *f = *state;
	const struct {
		const char *chain, *key, *staple;
		int want;
		const char *says;
	} rows[] = {
		{ f->chain, f->key, f->empty, 0, "" },
		{ f->chain, f->other, f->empty, E_TLS, "mismatch" },
		{ f->empty, f->key, f->empty, E_INVALID, "no certificate" },
		{ f->chain, f->empty, f->empty, E_INVALID, "no private key" },
		{ f->large, f->key, f->empty, E_LIMIT, "large: too large" },
		{ f->key, f->key, f->empty, E_INVALID, "no certificate" },
		{ f->chain, f->chain, f->empty, E_INVALID, "no private key" },
		{ f->chain, f->key, f->key, 0, "" },	/* and no staple */
		{ f->folder, f->key, f->empty, E_IO, "Is a directory" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct err err = { 0 };
		size_t n;

		assert_int_equal(load(rows[i].chain, rows[i].key,
		    rows[i].staple, &n, &err), rows[i].want);
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
