#include "errand/issuer_words.h"

#include "base/b64.h"

enum {
	MODULUS_LEAST = 2048 / 8,	/* RFC 7518 3.3 */
	COORDINATE = 32, EXPONENT_MAX = 8,
	KID_MAX = 255,
};

/* ---- keys ---------------------------------------------------------------- */

static bool
take_octets(const json_t *o, const char *name, struct arena *a,
    struct str *out)
{
	struct str text;

	return json_text_of(o, name, &text) && text.n <= 2 * JWK_OCTETS &&
	    b64url_decode(text, a, out) && out->n > 0 && out->n <= JWK_OCTETS;
}

/* RFC 7518 6.3.1; a modulus with zeros in front is none. An exponent is odd and
 * no 1, by which every text would sign itself. */
static bool
take_rsa(const json_t *o, struct arena *a, struct jwk_row *k)
{
	k->kind = JWK_RSA;
	return take_octets(o, "n", a, &k->x) && take_octets(o, "e", a,
	    &k->y) && k->x.n >= MODULUS_LEAST && k->x.p[0] != '\0' &&
	    k->y.n <= EXPONENT_MAX && (k->y.p[k->y.n - 1] & 1) != 0 &&
	    !(k->y.n == 1 && k->y.p[0] == 1);
}

/* RFC 7518 6.2.1 */
static bool
take_p256(const json_t *o, struct str crv, struct arena *a,
    struct jwk_row *k)
{
	k->kind = JWK_P256;
	return str_eq(crv, STR("P-256")) && take_octets(o, "x", a, &k->x) &&
	    take_octets(o, "y", a, &k->y) && k->x.n == COORDINATE &&
	    k->y.n == COORDINATE;
}

/* RFC 8037 2 */
static bool
take_ed25519(const json_t *o, struct str crv, struct arena *a,
    struct jwk_row *k)
{
	k->kind = JWK_ED25519;
	return str_eq(crv, STR("Ed25519")) && take_octets(o, "x", a, &k->x) &&
	    k->x.n == COORDINATE;
}

static const struct jwk_word {
	const char *name;
	enum jws_alg alg;
	enum jwk_kind kind;
} algs[] = {
	{ "RS256", JWS_RS256, JWK_RSA },
	{ "PS256", JWS_PS256, JWK_RSA },
	{ "ES256", JWS_ES256, JWK_P256 },
	{ "EdDSA", JWS_EDDSA, JWK_ED25519 },
	{ "Ed25519", JWS_EDDSA, JWK_ED25519 },	/* RFC 9864 2.2 */
};

/* What a key says it is for is all that it is for.          RFC 8725 3.1 */
static bool
take_alg(const json_t *o, struct jwk_row *k)
{
	struct str alg;

	k->alg = JWS_ANY;
	if (!json_object_get(o, "alg"))
		return true;
	if (!json_text_of(o, "alg", &alg))
		return false;
	for (size_t i = 0; i < NELEM(algs); i++)
		if (str_eq(alg, str_c(algs[i].name)) &&
		    k->kind == algs[i].kind) {
			k->alg = algs[i].alg;
			return true;
		}
	return false;
}

/* RFC 7517 4.2, 4.3 */
static bool
is_for_signatures(const json_t *o)
{
	const json_t *ops = json_object_get(o, "key_ops"), *one;
	struct str use;
	size_t i;

	if (json_object_get(o, "use") && (!json_text_of(o, "use", &use) ||
	    !str_eq(use, STR("sig"))))
		return false;
	if (!ops)
		return true;
	json_array_foreach(ops, i, one)
		if (json_is_string(one) && str_eq(str_c(
		    json_string_value(one)), STR("verify")))
			return true;
	return false;
}

static bool
take_key(const json_t *o, struct arena *a, struct jwk_row *k)
{
	struct str kty, crv = STR_NULL, kid = STR_NULL;
	bool ok;

	*k = (struct jwk_row){ 0 };
	if (!json_is_object(o) || !json_text_of(o, "kty", &kty) ||
	    !is_for_signatures(o))
		return false;
	(void)json_text_of(o, "crv", &crv);
	(void)json_text_of(o, "kid", &kid);
	if (str_eq(kty, STR("RSA")))
		ok = take_rsa(o, a, k);
	else if (str_eq(kty, STR("EC")))
		ok = take_p256(o, crv, a, k);
	else
		ok = str_eq(kty, STR("OKP")) && take_ed25519(o, crv, a, k);
	if (!ok || kid.n > KID_MAX || !take_alg(o, k))
		return false;
	k->kid = str_dup(a, kid);
	return true;
}

const char *
issuer_read_keys(struct str text, struct arena *a, struct str *rows)
{
	json_t *set = json_take(text), *o;
	const json_t *keys = json_object_get(set, "keys");
	auto_buf b = BUF_INIT(JWK_TEXT_MAX);
	struct jwk_row k;
	size_t i, n = 0;

	if (!json_is_array(keys)) {
		json_decref(set);
		return "it is no set of keys";
	}
	json_array_foreach(keys, i, o) {
		if (n == JWK_KEYS_MAX || !take_key(o, a, &k))
			continue;
		msg_put(&b, &jwk_row_shape, &k);
		n++;
	}
	json_decref(set);
	if (n == 0)
		return "there is no key of a kind that is taken";
	bug_if(buf_failed(&b));
	*rows = str_dup(a, buf_get(&b));
	return NULL;
}

/* ---- places -------------------------------------------------------------- */

const char *
issuer_read_keys_url(struct str text, struct str issuer, struct arena *a,
    struct str *url)
{
	json_t *o = json_take(text);
	struct str said, keys;
	const char *wrong = NULL;

	if (!json_is_object(o))
		wrong = "it is no JSON object";
	/* Discovery 4.3, RFC 8414 3.3: exactly. */
	else if (!json_text_of(o, "issuer", &said) || !str_eq(said, issuer))
		wrong = "it is of another issuer";
	else if (!json_text_of(o, "jwks_uri", &keys))
		wrong = "it does not say where its keys are";
	else
		*url = str_dup(a, keys);
	json_decref(o);
	return wrong;
}

/* ---- tokens -------------------------------------------------------------- */

const char *
issuer_read_token(struct str text, struct str claim, struct arena *a,
    struct introspect_answer *out)
{
	json_t *o = json_take(text);
	const json_t *active = json_object_get(o, "active");
	struct introspect_answer answer = { .active = json_is_true(active) };
	struct token_claims c = { 0 };
	const char *wrong = json_is_boolean(active) ? NULL :
	    "it does not say whether the token is active";

	if (!wrong && answer.active)
		wrong = claims_read(o, claim, a, &c);
	json_decref(o);
	if (wrong)
		return wrong;
	MSG_COPY(token_claims, &answer, &c);
	*out = answer;
	return NULL;
}

/* application/x-www-form-urlencoded */
struct str
issuer_ask_token(struct str token, struct arena *a)
{
	auto_buf b = BUF_INIT(3 * token.n + 64);

	buf_lit(&b, "token_type_hint=access_token&token=");
	buf_percent(&b, token, percent_plain);
	bug_if(buf_failed(&b));
	return str_dup(a, buf_get(&b));
}

const char *
issuer_authorization(struct str client, struct str secret, struct arena *a)
{
	auto_buf pair = BUF_INIT(3 * (client.n + secret.n) + 2);
	auto_buf b = BUF_INIT(4 * (client.n + secret.n + 1) + 64);

	buf_percent(&pair, client, percent_plain);
	buf_chr(&pair, ':');
	buf_percent(&pair, secret, percent_plain);
	buf_lit(&b, "Authorization: Basic ");
	b64_put(&b, buf_get(&pair));
	bug_if(buf_failed(&pair) || buf_failed(&b));
	return str_dupz(a, buf_get(&b));
}
