#include "errand/issuer_words.h"

#include "base/test.h"

#define X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\""
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" X "\""
#define N64 "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg"
#define N256 N64 N64 N64 N64
#define RSA "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" N256 N64 N64 "\""

static struct arena *
memory(void)
{
	return arena_new(1 << 18);
}

/* What is in a set of this one key. */
static size_t
take_one(const char *key, struct jwk_row *out, struct arena *a)
{
	struct str rows, text = arena_printf(a, "{\"keys\":[{%s}]}", key);
	struct rd r;

	if (issuer_read_keys(text, a, &rows))
		return 0;
	r = rd_of(rows);
	assert_true(msg_take(&r, &jwk_row_shape, out));
	assert_true(rd_done(&r));
	return 1;
}

static void
test_keys(void **state unused_arg)
{
	static const struct {
		const char *key;
		enum jwk_kind kind;
		enum jws_alg alg;
		const char *kid;
	} good[] = {
		{ ED, JWK_ED25519, JWS_ANY, "" },
		{ ED ",\"kid\":\"k\",\"use\":\"sig\",\"alg\":\"EdDSA\"",
		    JWK_ED25519, JWS_EDDSA, "k" },
		{ ED ",\"key_ops\":[\"verify\"]", JWK_ED25519, JWS_ANY, "" },
		{ EC ",\"alg\":\"ES256\"", JWK_P256, JWS_ES256, "" },
		{ RSA ",\"alg\":\"PS256\"", JWK_RSA, JWS_PS256, "" },
		{ RSA, JWK_RSA, JWS_ANY, "" },
	};
	static const char *const bad[] = { "",
		"\"kty\":\"oct\",\"k\":\"AyM1\",\"alg\":\"HS256\"",
		ED ",\"use\":\"enc\"", ED ",\"key_ops\":[\"sign\"]",
		ED ",\"alg\":\"HS256\"", ED ",\"alg\":\"RS256\"",
		EC ",\"alg\":\"ES384\"", RSA ",\"alg\":\"RS1\"",
		ED ",\"alg\":1", ED ",\"use\":1",
		"\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" X "\"",
		"\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAB\"",
		"\"kty\":\"OKP\",\"crv\":\"Ed25519\"",
		"\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\"",
		"\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X "\",\"y\":\"" X
		    "\"",
		/* 1024 bits, zeros in front, an exponent of one, an even one */
		"\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" N64 N64 N64 "\"",
		"\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AAAA" N256 N64 N64
		    "\"",
		"\"kty\":\"RSA\",\"e\":\"AQ\",\"n\":\"" N256 N64 N64 "\"",
		"\"kty\":\"RSA\",\"e\":\"Ag\",\"n\":\"" N256 N64 N64 "\"",
		"\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" N256 N64 N64 "=\"",
	};

	for (size_t i = 0; i < NELEM(good); i++) {
		struct arena *a = memory();
		struct jwk_row k;

		if (!take_one(good[i].key, &k, a))
			fail_msg("%s", good[i].key);
		assert_int_equal(k.kind, good[i].kind);
		assert_int_equal(k.alg, good[i].alg);
		assert_str(k.kid, good[i].kid);
		arena_free(a);
	}
	for (size_t i = 0; i < NELEM(bad); i++) {
		struct arena *a = memory();
		struct jwk_row k;

		if (take_one(bad[i], &k, a))
			fail_msg("%s", bad[i]);
		arena_free(a);
	}
}

/* Others are passed over; more than there is room for, too. */
static void
test_set(void **state unused_arg)
{
	struct arena *a = memory();
	auto_buf b = BUF_INIT(100000);
	struct str rows;
	struct jwk_row k;
	struct rd r;
	size_t n = 0;

	buf_lit(&b, "{\"keys\":[{\"kty\":\"oct\"},7,null,{}");
	for (size_t i = 0; i < JWK_KEYS_MAX + 3; i++)
		buf_lit(&b, ",{" RSA "}");
	buf_lit(&b, "]}");
	assert_null(issuer_read_keys(buf_get(&b), a, &rows));
	for (r = rd_of(rows); rd_left(&r) > 0; n++)
		assert_true(msg_take(&r, &jwk_row_shape, &k));
	assert_int_equal(n, JWK_KEYS_MAX);
	assert_non_null(issuer_read_keys(STR("{\"keys\":{}}"), a, &rows));
	assert_non_null(issuer_read_keys(STR("{\"keys\":[]}"), a, &rows));
	assert_non_null(issuer_read_keys(STR("[]"), a, &rows));
	assert_non_null(issuer_read_keys(STR("<html>"), a, &rows));
	arena_free(a);
}

static void
test_keys_url(void **state unused_arg)
{
	struct arena *a = memory();
	struct str url;

	assert_null(issuer_read_keys_url(STR("{\"issuer\":\"https://i.test\","
	    "\"jwks_uri\":\"https://i.test/k\"}"), STR("https://i.test"), a,
	    &url));
	assert_str(url, "https://i.test/k");
	assert_string_equal(issuer_read_keys_url(STR("{\"issuer\":"
	    "\"https://i.test/\",\"jwks_uri\":\"x\"}"), STR("https://i.test"),
	    a, &url), "it is of another issuer");
	assert_non_null(issuer_read_keys_url(STR("{\"jwks_uri\":\"x\"}"),
	    STR_NULL, a, &url));
	assert_non_null(issuer_read_keys_url(STR("{\"issuer\":\"a\"}"),
	    STR("a"), a, &url));
	assert_non_null(issuer_read_keys_url(STR("[]"), STR("a"), a, &url));
	arena_free(a);
}

static void
test_token(void **state unused_arg)
{
	static const struct {
		const char *text;
		bool ok, active;
		const char *user, *audience, *scope;
	} t[] = {
		/* RFC 7662 2.2 */
		{ "{\"active\": true, \"client_id\": \"l238j323ds-23ij4\","
		    "\"username\": \"jdoe\","
		    "\"scope\": \"read write dolphin\","
		    "\"sub\": \"Z5O3upPC88QrAjx00dis\","
		    "\"aud\": \"https://protected.example.net/resource\","
		    "\"iss\": \"https://server.example.com/\","
		    "\"exp\": 1419356238, \"iat\": 1419350238}", true, true,
		    "jdoe", "https://protected.example.net/resource\n",
		    "read write dolphin " },
		{ "{\"active\":false}", true, false, "", "", "" },
		/* Nothing of one that is not. */
		{ "{\"active\":false,\"username\":\"a\",\"aud\":7}", true,
		    false, "", "", "" },
		{ "{\"active\":true,\"aud\":[\"a\",\"b\"],\"scp\":[\"x\","
		    "\"y\"]}", true, true, "", "a\nb\n", "x y " },
		{ "{}", false }, { "{\"active\":\"true\"}", false },
		{ "{\"active\":1}", false }, { "[]", false },
		{ "{\"active\":true,\"username\":1}", false },
		{ "{\"active\":true,\"aud\":\"a\\nb\"}", false },
		{ "{\"active\":true,\"exp\":-1}", false },
		{ "{\"active\":true,\"exp\":0}", false },
		{ "{\"active\":true,\"nbf\":-1}", false },
		{ "{\"active\":true,\"exp\":1419356238,\"nbf\":0,"
		    "\"iat\":0}", true, true, "", "", "" },
		{ "{\"active\":true,\"scope\":[1]}", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct arena *a = memory();
		struct introspect_answer out = { 0 };
		const char *wrong = issuer_read_token(str_c(t[i].text),
		    STR("username"), a, &out);

		if (!wrong != t[i].ok)
			fail_msg("%s: %s", t[i].text, wrong ? wrong : "ok");
		if (!wrong) {
			assert_int_equal(out.active, t[i].active);
			assert_str(out.user, t[i].user);
			assert_str(out.audience, t[i].audience);
			assert_str(out.scope, t[i].scope);
		}
		arena_free(a);
	}
}

static void
test_ask(void **state unused_arg)
{
	struct arena *a = memory();

	assert_str(issuer_ask_token(STR("a.b_c-d~+/="), a),
	    "token_type_hint=access_token&token=a.b_c-d%7E%2B%2F%3D");
	/* RFC 6749 2.3.1, and a colon, by which the two are told apart */
	assert_string_equal(issuer_authorization(STR("s6BhdRkqt3"),
	    STR("7Fjfp0ZBr1KtDRbnfVdmIw"), a), "Authorization: Basic "
	    "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
	assert_string_equal(issuer_authorization(STR("a:b"), STR("\xc3\xa4"),
	    a), "Authorization: Basic YSUzQWI6JUMzJUE0");
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_keys_url),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_ask),
	};

	json_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
