#include "vault/dkim.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/b64.h"
#include "base/test.h"
#include "trust/dkim_relax.h"

/* RFC 8463 A.1: the secret keys. */
#define ED25519_SECRET "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
#define RSA_SECRET                                                        \
	"-----BEGIN RSA PRIVATE KEY-----\n"                               \
	"MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi\n" \
	"Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM\n" \
	"KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\n" \
	"AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm\n" \
	"6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe\n" \
	"zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy\n" \
	"6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc\n" \
	"uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy\n" \
	"WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd\n" \
	"WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a\n" \
	"licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst\n" \
	"o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe\n" \
	"uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL\n"                   \
	"-----END RSA PRIVATE KEY-----\n"
/* A.2: what is published. */
#define ED25519_RECORD "v=DKIM1; k=ed25519; "                             \
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define RSA_RECORD "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ" \
	"KBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0" \
	"Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hs" \
	"tT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
/* A.3: the fields in h= order, relaxed. */
#define HEADER                                                            \
	"from:Joe SixPack <joe@football.example.com>\r\n"                 \
	"to:Suzie Q <suzie@shopping.example.net>\r\n"                     \
	"subject:Is dinner ready?\r\n"                                    \
	"date:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"                  \
	"message-id:<20030712040037.46341.5F8J@football.example.com>\r\n"
#define BODY_HASH "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
#define ED25519_FIELD                                                     \
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"   \
	" d=football.example.com; i=@football.example.com;\r\n"           \
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"         \
	" subject : date : message-id : from : subject : date;\r\n"       \
	" bh=" BODY_HASH ";\r\n"                                          \
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n" \
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
#define RSA_FIELD                                                         \
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"       \
	" d=football.example.com; i=@football.example.com;\r\n"           \
	" q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"   \
	" date : message-id : from : subject : date;\r\n"                 \
	" bh=" BODY_HASH ";\r\n"                                          \
	" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n" \
	" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n" \
	" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"

static struct str
hash_of(struct arena *a)
{
	struct str hash;

	assert_true(b64_decode(STR(BODY_HASH), a, &hash));
	return hash;
}

static void
rfc_keys(struct arena *a, struct dkim_keys *k)
{
	BIO *pem = BIO_new_mem_buf(RSA_SECRET, -1);
	struct str secret;

	assert_true(b64_decode(STR(ED25519_SECRET), a, &secret));
	*k = (struct dkim_keys){ .n = 2, .v = {
		{ DKIM_RSA, DKIM_ACTIVE, "test", PEM_read_bio_PrivateKey(pem,
		    NULL, NULL, NULL), 0, 0 },
		{ DKIM_ED25519, DKIM_ACTIVE, "brisbane",
		    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
			(const uint8_t *)secret.p, secret.n), 0, 0 } } };
	BIO_free(pem);
	assert_non_null(k->v[0].key);
	assert_non_null(k->v[1].key);
}

/* The other side: is this field a signature over these? */
static bool
verify(const struct dkim_key *k, const char *header, struct str field)
{
	struct arena *a = arena_new(65536);
	auto_buf text = BUF_INIT(65536), b64 = BUF_INIT(4096);
	size_t b = str_find(field, STR(" b=")) + 3, i;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t hash[32];
	struct str sig;
	int rc;

	for (i = b; i < field.n; i++)
		if (ascii_is_alnum(field.p[i]) || field.p[i] == '+' ||
		    field.p[i] == '/' || field.p[i] == '=')
			buf_chr(&b64, field.p[i]);
	assert_true(b64_decode(buf_get(&b64), a, &sig));
	buf_str(&text, str_c(header));
	dkim_relax(&text, STR("DKIM-Signature"),
	    str_from(str_first(field, b), STR("DKIM-Signature:").n));
	text.n -= 2;
	assert_int_equal(EVP_Digest(text.p, text.n, hash, NULL, EVP_sha256(),
	    NULL), 1);
	if (k->algorithm == DKIM_RSA) {
		EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, k->key);
		rc = EVP_DigestVerify(c, (const uint8_t *)sig.p, sig.n,
		    (const uint8_t *)text.p, text.n);
	} else {
		EVP_DigestVerifyInit(c, NULL, NULL, NULL, k->key);
		rc = EVP_DigestVerify(c, (const uint8_t *)sig.p, sig.n, hash,
		    sizeof(hash));
	}
	EVP_MD_CTX_free(c);
	arena_free(a);
	return rc == 1;
}

/* The verifier above is right, and so are the published forms. */
static void
test_rfc8463(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	auto_buf rsa = BUF_INIT(1000), ed25519 = BUF_INIT(1000);
	struct dkim_keys k;
	struct err err;

	rfc_keys(a, &k);
	assert_true(verify(&k.v[0], HEADER, STR(RSA_FIELD)));
	assert_true(verify(&k.v[1], HEADER, STR(ED25519_FIELD)));
	assert_false(verify(&k.v[1], "x" HEADER, STR(ED25519_FIELD)));
	assert_int_equal(dkim_public(&k.v[0], &rsa, &err), 0);
	assert_str(buf_get(&rsa), RSA_RECORD);
	assert_int_equal(dkim_public(&k.v[1], &ed25519, &err), 0);
	assert_str(buf_get(&ed25519), ED25519_RECORD);
	dkim_keys_free(&k);
	arena_free(a);
}

static size_t
widest(struct str s)
{
	struct str line, rest = s;
	size_t most = 0;

	while (str_cut(rest, '\n', &line, &rest))
		most = line.n - 1 > most ? line.n - 1 : most;
	return most;
}

static void
test_sign(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	struct dkim_signing s = { STR("football.example.com"),
		STR("From:From:To:Subject:Date:Message-ID:List-Unsubscribe:"
		    "Content-Type"), STR(HEADER), hash_of(a), 1528637909 };
	static struct dkim_keys k;
	struct err err;

	rfc_keys(a, &k);
	for (size_t i = 0; i < k.n; i++) {
		auto_buf field = BUF_INIT(8192);

		assert_int_equal(dkim_sign(NULL, &k.v[i], &s, &field, &err),
		    0);
		assert_true(verify(&k.v[i], HEADER, buf_get(&field)));
		assert_in_range(widest(buf_get(&field)), 60, 78);
		assert_true(str_endsi(buf_get(&field), STR("\r\n")));
		assert_true(str_starts(buf_get(&field), i == 0 ?
		    STR("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"
			" d=football.example.com;\r\n s=test; t=1528637909;"
			"\r\n h=From:From:To:Subject:Date:Message-ID:"
			"List-Unsubscribe:Content-Type;\r\n bh=") :
		    STR("DKIM-Signature: v=1; a=ed25519-sha256; "
			"c=relaxed/relaxed;\r\n d=football.example.com;"
			" s=brisbane; t=1528637909;\r\n h=")));
	}
	dkim_keys_free(&k);
	arena_free(a);
}

static void
test_long_names(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	auto_buf names = BUF_INIT(1000), field = BUF_INIT(8192);
	struct dkim_signing s = { STR("a.test"), STR_NULL, STR(HEADER),
		hash_of(a), 1 };
	static struct dkim_keys k;
	struct err err;

	buf_lit(&names, "From");
	while (names.n < 980)
		buf_lit(&names, ":Content-Type");
	s.names = buf_get(&names);
	rfc_keys(a, &k);
	assert_int_equal(dkim_sign(NULL, &k.v[0], &s, &field, &err), 0);
	assert_int_equal(widest(buf_get(&field)) <= 78, 1);
	assert_true(verify(&k.v[0], HEADER, buf_get(&field)));
	dkim_keys_free(&k);
	arena_free(a);
}

static void
test_may_sign(void **state unused_arg)
{
	static const struct {
		struct str domain, names, header;
		size_t hash_len;
		bool want;
	} rows[] = {
		{ STR("a.test"), STR("From:To"), STR("from:x\r\n"), 32, true },
		{ STR("A.test"), STR("From:To"), STR("from:x\r\n"), 32, false },
		{ STR(""), STR("From:To"), STR("from:x\r\n"), 32, false },
		{ STR("a;b"), STR("From:To"), STR("from:x\r\n"), 32, false },
		{ STR("a.test"), STR("To:From"), STR("from:x\r\n"), 32, false },
		{ STR("a.test"), STR("From:;"), STR("from:x\r\n"), 32, false },
		{ STR("a.test"), STR("From: "), STR("from:x\r\n"), 32, false },
		{ STR("a.test"), STR("From:To"), STR("from:x\n"), 32, false },
		{ STR("a.test"), STR("From:To"), STR("to:x\r\n"), 32, false },
		{ STR("a.test"), STR("From:To"), STR(""), 32, false },
		{ STR("a.test"), STR("From:To"), STR("from:x\r\n"), 31, false },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct dkim_signing s = { rows[i].domain, rows[i].names,
			rows[i].header, str_first(STR("0123456789abcdef"
			"0123456789abcdef"), rows[i].hash_len), 1 };

		assert_int_equal(dkim_may_sign(&s), rows[i].want);
	}
}

enum { NOW = 1795330855, DAY = 86400 };	/* 2026-11-22 */

static bool
has_private(const struct dkim_key *k)
{
	struct arena *a = arena_new(65536);
	auto_buf field = BUF_INIT(8192);
	struct dkim_signing s = { STR("a.test"), STR("From"), STR(HEADER),
		hash_of(a), NOW };
	struct err err;
	bool has = dkim_sign(NULL, k, &s, &field, &err) == 0;

	arena_free(a);
	return has;
}

/* Made, kept and read again; and nothing that is cut or changed is read. */
static void
test_keys(void **state unused_arg)
{
	auto_buf record = BUF_INIT(DKIM_RECORD_MAX), text = BUF_INIT(1000);
	static struct dkim_keys k, more;
	struct err err;

	assert_int_equal(dkim_keys_fill(NULL, NOW, &k, &err), 1);
	assert_int_equal(dkim_keys_fill(NULL, NOW, &k, &err), 0);
	assert_int_equal(dkim_keys_put(&k, &record, &err), 0);
	dkim_keys_free(&k);
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err), 0);
	assert_int_equal(k.n, 4);
	assert_true(str_starts(str_c(k.v[0].selector), STR("p20261122r-")));
	assert_true(str_starts(str_c(k.v[1].selector), STR("p20261122e-")));
	assert_string_not_equal(k.v[0].selector, k.v[2].selector);
	assert_int_equal(EVP_PKEY_get_bits(k.v[0].key), 2048);
	for (size_t i = 0; i < k.n; i++) {
		assert_int_equal(k.v[i].algorithm, i % 2 == 0 ? DKIM_RSA :
		    DKIM_ED25519);
		assert_int_equal(k.v[i].state, i < 2 ? DKIM_ACTIVE :
		    DKIM_RESERVE);
		assert_int_equal(k.v[i].since, NOW);
		assert_true(dkim_is_domain(str_c(k.v[i].selector)));
	}
	dkim_keys_ref(&k, &more);
	dkim_keys_free(&k);
	assert_int_equal(dkim_public(&more.v[0], &text, &err), 0);
	assert_int_equal(text.n, 18 + 392);
	dkim_keys_free(&more);
	for (size_t n = 0; n < record.n; n += n < 40 ? 1 : 37) {
		int rc = dkim_keys_read(NULL, str_first(buf_get(&record), n),
		    &k, &err);

		/* Between two keys it is a set of fewer. */
		if (rc == 0) {
			assert_in_range(k.n, 1, 3);
			dkim_keys_free(&k);
		} else {
			assert_int_equal(rc, E_INVALID);
		}
	}
	record.p[0]++;
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err),
	    E_INVALID);
	record.p[0]--;
	record.p[1] = DKIM_ED25519;	/* says so of an RSA key */
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err),
	    E_INVALID);
}

/* Kept by a server of before: it signs as ever, and gets keys in reserve. */
static void
test_version_1(void **state unused_arg)
{
	auto_buf record = BUF_INIT(DKIM_RECORD_MAX);
	static struct dkim_keys k;
	struct err err;
	uint8_t *p = NULL;
	int n;

	assert_int_equal(dkim_keys_fill(NULL, NOW, &k, &err), 1);
	buf_chr(&record, 1);
	for (size_t i = 0; i < 2; i++) {
		PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k.v[i].key);

		n = i2d_PKCS8_PRIV_KEY_INFO(info, &p);
		msg_put(&record, &dkim_stored_1_shape, &(struct dkim_stored_1){
		    k.v[i].algorithm, 1, i == 0 ? STR("p202610r") :
		    STR("brisbane"), str_make((const char *)p, (size_t)n) });
		PKCS8_PRIV_KEY_INFO_free(info);
		OPENSSL_free(p);
		p = NULL;
	}
	dkim_keys_free(&k);
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err), 0);
	assert_int_equal(k.n, 2);
	assert_int_equal(k.v[0].state, DKIM_ACTIVE);
	assert_int_equal(k.v[0].since, 1790812800);	/* 2026-10-01 */
	assert_int_equal(k.v[1].since, 0);
	assert_true(has_private(&k.v[0]) && has_private(&k.v[1]));
	assert_int_equal(dkim_keys_fill(NULL, NOW, &k, &err), 1);
	assert_int_equal(k.n, 4);
	assert_string_equal(k.v[0].selector, "p202610r");
	buf_reset(&record);
	assert_int_equal(dkim_keys_put(&k, &record, &err), 0);
	dkim_keys_free(&k);
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err), 0);
	assert_string_equal(k.v[0].selector, "p202610r");
	assert_int_equal(k.v[2].state, DKIM_RESERVE);
	dkim_keys_free(&k);
}

static struct str
public_text(const struct dkim_key *k, struct buf *b)
{
	struct err err;

	buf_reset(b);
	assert_int_equal(dkim_public(k, b, &err), 0);
	return buf_get(b);
}

static struct str
selector_of(const struct dkim_keys *k, enum dkim_algorithm algorithm,
    enum dkim_state state, char out[64])
{
	const struct dkim_key *key = dkim_keys_find(k, algorithm, state);

	assert_non_null(key);
	memcpy(out, key->selector, 64);
	return str_c(out);
}

/* The reserve signs, what signed is only published, and there is a new one. */
static void
test_rotate(void **state unused_arg)
{
	auto_buf record = BUF_INIT(DKIM_RECORD_MAX), before = BUF_INIT(1000),
	    after = BUF_INIT(1000);
	static struct dkim_keys k;
	char was[64], next[64], now_next[64];
	struct err err;

	assert_int_equal(dkim_keys_fill(NULL, NOW, &k, &err), 1);
	(void)selector_of(&k, DKIM_RSA, DKIM_ACTIVE, was);
	(void)selector_of(&k, DKIM_RSA, DKIM_RESERVE, next);
	(void)public_text(&k.v[0], &before);
	assert_int_equal(dkim_keys_rotate(NULL, &k, STR("p20261122r-0"),
	    false, NOW + 1, NOW + DAY, &err), E_NOTFOUND);
	assert_int_equal(dkim_keys_rotate(NULL, &k, str_c(was), false,
	    NOW + 1, NOW + DAY, &err), 0);
	assert_int_equal(dkim_keys_rotate(NULL, &k, str_c(next), false,
	    NOW + 1, NOW + DAY, &err), 1);
	assert_int_equal(dkim_keys_rotate(NULL, &k, str_c(next), false,
	    NOW + 1, NOW + DAY, &err), 0);
	assert_int_equal(dkim_keys_put(&k, &record, &err), 0);
	dkim_keys_free(&k);
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err), 0);
	assert_int_equal(k.n, 5);
	assert_string_equal(k.v[0].selector, next);
	assert_int_equal(k.v[0].state, DKIM_ACTIVE);
	assert_int_equal(k.v[0].since, NOW + 1);
	assert_int_equal(k.v[1].since, NOW);	/* the other algorithm */
	assert_string_equal(k.v[4].selector, was);
	assert_int_equal(k.v[4].state, DKIM_OLD);
	assert_int_equal(k.v[4].until, NOW + DAY);
	assert_strs(public_text(&k.v[4], &after), buf_get(&before));
	assert_true(has_private(&k.v[0]) && has_private(&k.v[2]));
	assert_false(has_private(&k.v[4]));
	(void)selector_of(&k, DKIM_RSA, DKIM_RESERVE, now_next);
	assert_string_not_equal(now_next, next);
	assert_int_equal(dkim_keys_rotate(NULL, &k, str_c(was), false,
	    NOW + 2, NOW + DAY, &err), E_INVALID);
	/* Past its time it is forgotten with the next. */
	assert_int_equal(dkim_keys_rotate(NULL, &k, str_c(now_next), false,
	    NOW + DAY, NOW + 2 * DAY, &err), 1);
	assert_int_equal(k.n, 5);
	assert_string_equal(k.v[4].selector, next);
	dkim_keys_free(&k);
}

/* Revoked are also those that have signed before, of this algorithm. */
static void
test_revoke(void **state unused_arg)
{
	auto_buf text = BUF_INIT(1000), record = BUF_INIT(DKIM_RECORD_MAX);
	static struct dkim_keys k;
	char next[64];
	struct err err;
	int rc = 1;

	assert_int_equal(dkim_keys_fill(NULL, NOW, &k, &err), 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(dkim_keys_rotate(NULL, &k, selector_of(&k,
		    i == 0 ? DKIM_RSA : DKIM_ED25519, DKIM_RESERVE, next),
		    i == 2, NOW + i, NOW + DAY, &err), 1);
	assert_int_equal(dkim_keys_put(&k, &record, &err), 0);
	dkim_keys_free(&k);
	assert_int_equal(dkim_keys_read(NULL, buf_get(&record), &k, &err), 0);
	assert_int_equal(k.n, 7);
	assert_int_equal(k.v[4].state, DKIM_OLD);
	assert_int_equal(k.v[5].state, DKIM_REVOKED);
	assert_int_equal(k.v[6].state, DKIM_REVOKED);
	assert_str(public_text(&k.v[5], &text), "v=DKIM1; p=");
	/* There is an end to what may be published. */
	for (int i = 0; i < DKIM_KEYS_MAX && rc == 1; i++)
		rc = dkim_keys_rotate(NULL, &k, selector_of(&k, DKIM_ED25519,
		    DKIM_RESERVE, next), false, NOW + 9, NOW + DAY, &err);
	assert_int_equal(rc, E_LIMIT);
	assert_int_equal(k.n, DKIM_KEYS_MAX);
	dkim_keys_free(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc8463),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_may_sign),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_revoke),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
