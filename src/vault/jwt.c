#include "vault/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/b64.h"
#include "errand/claims.h"

enum { ES256_LEN = 64, ED25519_LEN = 64, POINT_LEN = 65, DER_MAX = 80 };

/* ---- the form ------------------------------------------------------------ */

bool
jwt_split(struct str token, struct arena *a, struct jwt *out)
{
	struct str header, payload, signature, rest;
	struct jwt t;

	if (!str_cut(token, '.', &header, &rest) ||
	    !str_cut(rest, '.', &payload, &signature) ||
	    header.n == 0 || payload.n == 0 || signature.n == 0)
		return false;
	t.signed_part = str_first(token, header.n + 1 + payload.n);
	if (!b64url_decode(header, a, &t.header) ||
	    !b64url_decode(payload, a, &t.payload) ||
	    !b64url_decode(signature, a, &t.signature))
		return false;
	*out = t;
	return true;
}

/* ---- keys ---------------------------------------------------------------- */

static EVP_PKEY *
from_params(OSSL_LIB_CTX *lib, const char *type, OSSL_PARAM_BLD *bld)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(lib, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY *key = NULL;

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static const unsigned char *
octets_of(struct str s)
{
	return (const unsigned char *)s.p;
}

static EVP_PKEY *
rsa_key(OSSL_LIB_CTX *lib, const struct jwk_row *k)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(octets_of(k->x), (int)k->x.n, NULL);
	BIGNUM *e = BN_bin2bn(octets_of(k->y), (int)k->y.n, NULL);
	EVP_PKEY *key;

	bug_if(!bld || !n || !e);
	bug_if(!OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) ||
	    !OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e));
	key = from_params(lib, "RSA", bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(e);
	return key;
}

/* What is no point of the curve is no key. */
static EVP_PKEY *
p256_key(OSSL_LIB_CTX *lib, const struct jwk_row *k)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	unsigned char point[POINT_LEN] = { 4 };
	EVP_PKEY *key;

	bug_if(!bld);
	if (k->x.n != (POINT_LEN - 1) / 2 || k->y.n != k->x.n) {
		OSSL_PARAM_BLD_free(bld);
		return NULL;
	}
	memcpy(point + 1, k->x.p, k->x.n);
	memcpy(point + 1 + k->x.n, k->y.p, k->y.n);
	bug_if(!OSSL_PARAM_BLD_push_utf8_string(bld,
	    OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
	    point, sizeof(point)));
	key = from_params(lib, "EC", bld);
	OSSL_PARAM_BLD_free(bld);
	return key;
}

static EVP_PKEY *
key_of(OSSL_LIB_CTX *lib, const struct jwk_row *k)
{
	switch (k->kind) {
	case JWK_RSA: return rsa_key(lib, k);
	case JWK_P256: return p256_key(lib, k);
	case JWK_ED25519: return EVP_PKEY_new_raw_public_key_ex(lib,
		"ED25519", NULL, octets_of(k->x), k->x.n);
	default: return NULL;
	}
}

void
jwt_keys_take(struct jwt_keys *k, struct str rows, OSSL_LIB_CTX *lib)
{
	struct rd r = rd_of(rows);
	struct jwk_row row;

	*k = (struct jwt_keys){ 0 };
	while (k->n < JWK_KEYS_MAX && rd_left(&r) > 0 &&
	    msg_take(&r, &jwk_row_shape, &row)) {
		struct jwt_key *to = &k->key[k->n];
		EVP_PKEY *key = key_of(lib, &row);

		if (!key)
			continue;
		*to = (struct jwt_key){ .key = key,
			.kind = (enum jwk_kind)row.kind,
			.alg = (enum jws_alg)row.alg };
		(void)snprintf(to->kid, sizeof(to->kid), "%.*s",
		    STR_FMT(row.kid));
		k->n++;
	}
	ERR_clear_error();
}

void
jwt_keys_free(struct jwt_keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		EVP_PKEY_free(k->key[i].key);
	k->n = 0;
}

/* ---- signatures ---------------------------------------------------------- */

static bool
verify(OSSL_LIB_CTX *lib, EVP_PKEY *key, bool pss, const char *digest,
    struct str what, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	bool good;

	bug_if(!ctx);
	good = EVP_DigestVerifyInit_ex(ctx, &how, digest, lib, NULL, key,
	    NULL) == 1;
	/* RFC 7518 3.5: a salt as long as the hash. */
	if (good && pss)
		good = EVP_PKEY_CTX_set_rsa_padding(how,
		    RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(how,
		    RSA_PSS_SALTLEN_DIGEST) == 1;
	good = good && EVP_DigestVerify(ctx, octets_of(signature),
	    signature.n, octets_of(what), what.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

/* Two numbers side by side, which OpenSSL wants as DER.     RFC 7518 3.4 */
static bool
verify_es256(OSSL_LIB_CTX *lib, EVP_PKEY *key, struct str what,
    struct str signature)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r, *s;
	unsigned char der[DER_MAX], *p = der;
	int n;

	if (signature.n != ES256_LEN) {
		ECDSA_SIG_free(sig);
		return false;
	}
	r = BN_bin2bn(octets_of(signature), ES256_LEN / 2, NULL);
	s = BN_bin2bn(octets_of(signature) + ES256_LEN / 2, ES256_LEN / 2,
	    NULL);
	bug_if(!sig || !r || !s || ECDSA_SIG_set0(sig, r, s) != 1);
	n = i2d_ECDSA_SIG(sig, NULL);
	bug_if(n <= 0 || n > DER_MAX);
	n = i2d_ECDSA_SIG(sig, &p);
	ECDSA_SIG_free(sig);
	return verify(lib, key, false, "SHA256", what,
	    str_make((const char *)der, (size_t)n));
}

static bool
is_signed(const struct jwt_key *k, const struct jwt *t, enum jws_alg alg,
    OSSL_LIB_CTX *lib)
{
	if (k->alg != JWS_ANY && k->alg != alg)
		return false;
	switch (alg) {
	case JWS_RS256: case JWS_PS256:
		return k->kind == JWK_RSA &&
		    t->signature.n == (size_t)EVP_PKEY_get_size(k->key) &&
		    verify(lib, k->key, alg == JWS_PS256, "SHA256",
			t->signed_part, t->signature);
	case JWS_ES256:
		return k->kind == JWK_P256 && verify_es256(lib, k->key,
		    t->signed_part, t->signature);
	case JWS_EDDSA:
		return k->kind == JWK_ED25519 &&
		    t->signature.n == ED25519_LEN && verify(lib, k->key, false,
			NULL, t->signed_part, t->signature);
	case JWS_ANY:
		break;
	}
	return false;
}

const struct jwt_key *
jwt_prove(const struct jwt_keys *k, const struct jwt *t, OSSL_LIB_CTX *lib,
    enum jws_alg *alg)
{
	static const enum jws_alg algs[] = { JWS_RS256, JWS_PS256, JWS_ES256,
		JWS_EDDSA };

	for (size_t i = 0; i < k->n; i++)
		for (size_t j = 0; j < NELEM(algs); j++)
			if (is_signed(&k->key[i], t, algs[j], lib)) {
				*alg = algs[j];
				return &k->key[i];
			}
	return NULL;
}

/* ---- what it says -------------------------------------------------------- */

/* alg is what it was proven by; typ, where it is there, that of an access
 * token or of any: RFC 9068 2.1, RFC 8725 3.11. */
static const char *
read_header(const json_t *o, const struct jwt_key *by, enum jws_alg alg)
{
	static const char *const names[] = { [JWS_RS256] = "RS256",
		[JWS_PS256] = "PS256", [JWS_ES256] = "ES256",
		[JWS_EDDSA] = "EdDSA" };
	struct str said, typ = STR("JWT"), kid;

	if (!json_is_object(o) || !json_text_of(o, "alg", &said) ||
	    (!str_eq(said, str_c(names[alg])) &&
	    !(alg == JWS_EDDSA && str_eq(said, STR("Ed25519")))))
		return "a token that says it is signed in another way";
	if (json_object_get(o, "crit"))	/* RFC 7515 4.1.11 */
		return "a token with an extension that nobody knows here";
	if (json_object_get(o, "typ") && !json_text_of(o, "typ", &typ))
		return "a token of a malformed type";
	if (str_startsi(typ, STR("application/")))
		typ = str_from(typ, sizeof("application/") - 1);
	if (!str_eqi(typ, STR("JWT")) && !str_eqi(typ, STR("at+jwt")))
		return "a token of a type that is for something else";
	if (by->kid[0] && json_text_of(o, "kid", &kid) &&
	    !str_eq(kid, str_c(by->kid)))
		return "a token that names another key";
	return NULL;
}

const char *
jwt_read(const struct jwt *t, const struct jwt_key *by, enum jws_alg alg,
    struct str claim, struct arena *a, struct token_claims *out)
{
	json_t *header = json_take(t->header), *payload;
	const char *wrong = read_header(header, by, alg);

	json_decref(header);
	if (wrong)
		return wrong;
	payload = json_take(t->payload);
	wrong = claims_read(payload, claim, a, out);
	json_decref(payload);
	return wrong ? str_dupz(a, arena_printf(a, "a token of which %s",
	    wrong)) : NULL;
}
