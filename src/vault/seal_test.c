#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/test.h"
#include "vault/seal.h"

static void
test_seal(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 24);
	struct seal_key key, other;
	uint8_t nonce[SEAL_NONCE_LEN];
	struct seal_what what = { STR("credential"), STR("a@x.test") };
	const struct seal_what wrong[] = {
		{ STR("credential"), STR("b@x.test") },
		{ STR("tls-key"), STR("a@x.test") },
		{ STR("credentiala"), STR("@x.test") },
		{ STR(""), STR("") },
	};
	auto_buf b = BUF_INIT(1000);
	struct str out;
	struct err err;
	char *copy;

	assert_true(sodium_init() >= 0);
	memset(&key, 1, sizeof(key));
	memset(&other, 2, sizeof(other));
	memset(nonce, 3, sizeof(nonce));
	seal_put(&key, what, nonce, STR("the secret"), &b);
	assert_int_equal(b.n, 10 + SEAL_OVERHEAD);
	assert_int_equal(seal_open(&key, what, buf_get(&b), a, &out, &err), 0);
	assert_str(out, "the secret");
	/* Each octet changed, each octet missing, one too many. */
	for (size_t i = 0; i < b.n; i++) {
		copy = str_dupz(a, buf_get(&b));
		copy[i] ^= 1;
		assert_int_equal(seal_open(&key, what, str_make(copy, b.n), a,
		    &out, &err), E_INVALID);
		assert_int_equal(seal_open(&key, what, str_first(buf_get(&b),
		    i), a, &out, &err), E_INVALID);
	}
	assert_int_equal(seal_open(&key, what, str_make(str_dupz(a,
	    buf_get(&b)), b.n + 1), a, &out, &err), E_INVALID);
	for (size_t i = 0; i < NELEM(wrong); i++)
		assert_int_equal(seal_open(&key, wrong[i], buf_get(&b), a,
		    &out, &err), E_INVALID);
	assert_int_equal(seal_open(&other, what, buf_get(&b), a, &out, &err),
	    E_INVALID);
	buf_reset(&b);
	seal_put(&key, what, nonce, STR(""), &b);
	assert_int_equal(seal_open(&key, what, buf_get(&b), a, &out, &err), 0);
	assert_int_equal(out.n, 0);
	arena_free(a);
}

static void
test_key_file(void **state unused_arg)
{
	char folder[] = "/tmp/postern-vault-XXXXXX", path[64];
	struct seal_key one, two;
	struct err err = { 0 };
	struct stat st;
	bool made = false;
	int fd;

	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/vault.key", folder);
	assert_int_equal(seal_key_open(folder, &one, &made, &err), 0);
	assert_true(made);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(seal_key_open(folder, &two, &made, &err), 0);
	assert_false(made);
	assert_memory_equal(&one, &two, sizeof(one));

	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(seal_key_open(folder, &two, &made, &err), E_INVALID);
	assert_non_null(strstr(err.text, "0600"));
	assert_int_equal(chmod(path, 0600), 0);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(seal_key_open(folder, &two, &made, &err), E_INVALID);
	assert_non_null(strstr(err.text, "33 octets"));
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(seal_key_open(folder, &two, &made, &err), E_INVALID);
	(void)close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_int_equal(seal_key_open(folder, &two, &made, &err), E_IO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(seal_key_open(folder, &two, &made, &err), E_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_key_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
