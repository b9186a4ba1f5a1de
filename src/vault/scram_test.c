#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/b64.h"
#include "base/test.h"
#include "vault/scram_peer.h"

/* The exchanges of RFC 5802 5 and RFC 7677 3, with the password "pencil". */
static const struct vector {
	enum scram_hash hash;
	const char *bare, *first, *without_proof, *proof, *signature;
} vectors[] = {
	{ SCRAM_SHA_1, "n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	    "s=QSXCR+Q6sek8bf92,i=4096",
	    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j",
	    "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
	{ SCRAM_SHA_256, "n=user,r=rOprNGfwEbeRWgbNEkqO",
	    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
	    "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	    "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
};

static struct str
octets_of(struct arena *a, const char *b64)
{
	struct str out = STR_NULL;

	assert_true(b64_decode(str_c(b64), a, &out));
	return out;
}

/* Keys of any salt: ours are all of one length, the RFC's are not. */
static void
keys_of(struct arena *a, const struct vector *v, struct scram_keys *k)
{
	const EVP_MD *md = v->hash == SCRAM_SHA_1 ? EVP_sha1() : EVP_sha256();
	struct str salt = octets_of(a, v->hash == SCRAM_SHA_1 ?
	    "QSXCR+Q6sek8bf92" : "W22ZaJ0SNY7soEsUEjb6gQ==");
	struct scram_pair *p = &k->of[v->hash];
	size_t n = scram_hash_len(v->hash);
	uint8_t salted[SCRAM_KEY_MAX], key[SCRAM_KEY_MAX];

	*k = (struct scram_keys){ .count = 4096 };
	assert_true(PKCS5_PBKDF2_HMAC("pencil", 6, (const uint8_t *)salt.p,
	    (int)salt.n, 4096, md, (int)n, salted));
	assert_non_null(HMAC(md, salted, (int)n, (const uint8_t *)"Client Key",
	    10, key, NULL));
	assert_true(EVP_Digest(key, n, p->stored, NULL, md, NULL));
	assert_non_null(HMAC(md, salted, (int)n, (const uint8_t *)"Server Key",
	    10, p->server, NULL));
	p->there = true;
}

static void
test_vectors(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct arena *a = arena_new(65536);
		struct str auth = arena_printf(a, "%s,%s,%s", v->bare,
		    v->first, v->without_proof);
		struct str proof = octets_of(a, v->proof);
		struct str wrong = str_dup(a, proof);
		size_t n = scram_hash_len(v->hash);
		uint8_t got[SCRAM_KEY_MAX], peer[SCRAM_KEY_MAX];
		struct scram_keys k, ours;

		keys_of(a, v, &k);
		assert_true(scram_prove(&k, v->hash, auth, proof, got));
		assert_memory_equal(got, octets_of(a, v->signature).p, n);
		if (v->hash == SCRAM_SHA_256) {	/* a salt of 16 */
			ours = (struct scram_keys){ .count = 4096 };
			memcpy(ours.salt, octets_of(a,
			    "W22ZaJ0SNY7soEsUEjb6gQ==").p, SCRAM_SALT_LEN);
			assert_true(scram_keys_make(STR("pencil"), &ours));
			assert_memory_equal(&ours.of[v->hash], &k.of[v->hash],
			    sizeof(ours.of[v->hash]));
		}
		/* And the client of other tests is one. */
		scram_peer_prove(v->hash, STR("pencil"), str_c(v->bare),
		    str_c(v->first), str_c(v->without_proof), got, peer);
		assert_memory_equal(got, proof.p, n);
		assert_memory_equal(peer, octets_of(a, v->signature).p, n);

		for (size_t j = 0; j < n; j++) {
			((char *)(uintptr_t)wrong.p)[j] ^= 1;
			assert_false(scram_prove(&k, v->hash, auth, wrong,
			    got));
			((char *)(uintptr_t)wrong.p)[j] ^= 1;
			assert_false(scram_prove(&k, v->hash, auth,
			    str_first(proof, j), got));
		}
		assert_false(scram_prove(&k, v->hash, str_first(auth,
		    auth.n - 1), proof, got));
		assert_false(scram_prove(&k, v->hash == SCRAM_SHA_1 ?
		    SCRAM_SHA_256 : SCRAM_SHA_1, auth, proof, got));
		k.of[v->hash].there = false;
		assert_false(scram_prove(&k, v->hash, auth, proof, got));
		arena_free(a);
	}
}

/* Keys that are not there are not proven by a proof made for zeros. */
static void
test_no_keys(void **state unused_arg)
{
	static const uint8_t zeros[SCRAM_KEY_MAX];
	const struct scram_keys none = { 0 };
	uint8_t sig[SCRAM_KEY_MAX], proof[SCRAM_KEY_MAX];

	assert_non_null(HMAC(EVP_sha256(), zeros, 32, (const uint8_t *)"a", 1,
	    proof, NULL));
	assert_false(scram_prove(&none, SCRAM_SHA_256, STR("a"),
	    str_make((const char *)proof, 32), sig));
}

static void
test_record(void **state unused_arg)
{
	auto_buf b = BUF_INIT(SCRAM_KEYS_LEN);
	struct scram_keys k = { .count = 5 }, got;
	struct rd r;

	memset(k.salt, 7, sizeof(k.salt));
	assert_true(scram_keys_make(STR("secret"), &k));
	scram_keys_put(&k, &b);
	assert_int_equal(b.n, SCRAM_KEYS_LEN);
	r = rd_of(buf_get(&b));
	scram_keys_take(&r, &got);
	assert_true(rd_done(&r));
	assert_memory_equal(&got, &k, sizeof(k));
	for (size_t i = 0; i < b.n; i++) {
		r = rd_of(str_first(buf_get(&b), i));
		scram_keys_take(&r, &got);
		assert_false(rd_ok(&r));
	}
}

static void
test_names_and_salts(void **state unused_arg)
{
	static const struct seal_key one = { { 1 } }, other = { { 2 } };
	uint8_t salts[4][SCRAM_SALT_LEN];
	enum scram_hash h;

	assert_true(scram_hash_named(STR("scram-sha-1-plus"), &h));
	assert_int_equal(h, SCRAM_SHA_1);
	assert_true(scram_hash_named(STR("SCRAM-SHA-256"), &h));
	assert_int_equal(h, SCRAM_SHA_256);
	assert_false(scram_hash_named(STR("SCRAM-SHA-25"), &h));
	assert_false(scram_hash_named(STR("SCRAM-SHA-512"), &h));
	scram_salt_of(&one, STR("a@x"), salts[0]);
	scram_salt_of(&one, STR("a@x"), salts[1]);
	scram_salt_of(&one, STR("b@x"), salts[2]);
	scram_salt_of(&other, STR("a@x"), salts[3]);
	assert_memory_equal(salts[0], salts[1], SCRAM_SALT_LEN);
	assert_memory_not_equal(salts[0], salts[2], SCRAM_SALT_LEN);
	assert_memory_not_equal(salts[0], salts[3], SCRAM_SALT_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_names_and_salts),
	};

	return sodium_init() < 0 ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
