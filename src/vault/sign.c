#include "vault/sign.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/rd.h"

/*
 *	struct {
 *	    opaque client_random[32], server_random[32];
 *	    ECCurveType curve_type = named_curve(3);
 *	    NamedCurve named_curve;
 *	    opaque point<1..2^8-1>;
 *	}						RFC 8422 5.4
 */
static bool
is_key_exchange(struct str octets)
{
	struct rd r = rd_of(octets);
	uint8_t curve_type, high, low, len;
	struct str point;

	(void)rd_take(&r, 64);
	curve_type = rd_le8(&r);
	high = rd_le8(&r);
	low = rd_le8(&r);
	len = rd_le8(&r);
	point = rd_take(&r, len);
	if (!rd_done(&r) || curve_type != 3 || high != 0)
		return false;
	if (low == 29)	/* x25519 */
		return len == 32;
	/* secp256r1, uncompressed */
	return low == 23 && len == 65 && point.p[0] == 4;
}

/* 64 spaces, the context string, a zero octet, the transcript's hash by
 * SHA-256 or SHA-384 (the digests of TLS 1.3's cipher suites). */
static bool
is_certificate_verify(struct str octets)
{
	static const struct str context =
	    STR("TLS 1.3, server CertificateVerify\0");
	struct rd r = rd_of(octets);
	struct str spaces = rd_take(&r, 64), name = rd_take(&r, context.n);
	size_t hash = rd_left(&r);

	if (!rd_ok(&r) || !str_eq(name, context))
		return false;
	for (size_t i = 0; i < spaces.n; i++)
		if (spaces.p[i] != 0x20)
			return false;
	return hash == 32 || hash == 48;
}

enum sign_shape
sign_shape(struct str octets)
{
	if (is_certificate_verify(octets))
		return SIGN_TLS13;
	return is_key_exchange(octets) ? SIGN_TLS12 : SIGN_NOTHING;
}

/* What each kind of key may do in each version      RFC 8446 4.2.3: no
 * PKCS #1 in TLS 1.3. */
static const struct rule {
	const char *key;
	enum sign_shape shape;
	enum sign_padding padding;
	bool digest;
} rules[] = {
	{ "EC", SIGN_TLS12, SIGN_PAD_NONE, true },
	{ "EC", SIGN_TLS13, SIGN_PAD_NONE, true },
	{ "RSA", SIGN_TLS12, SIGN_PAD_PKCS1, true },
	{ "RSA", SIGN_TLS12, SIGN_PAD_PSS, true },
	{ "RSA", SIGN_TLS13, SIGN_PAD_PSS, true },
	{ "RSA-PSS", SIGN_TLS12, SIGN_PAD_PSS, true },
	{ "RSA-PSS", SIGN_TLS13, SIGN_PAD_PSS, true },
	{ "ED25519", SIGN_TLS12, SIGN_PAD_NONE, false },
	{ "ED25519", SIGN_TLS13, SIGN_PAD_NONE, false },
};

static bool
allowed(const EVP_PKEY *key, enum sign_shape shape, uint32_t padding,
    bool digest)
{
	for (size_t i = 0; i < NELEM(rules); i++)
		if (rules[i].shape == shape && rules[i].padding == padding &&
		    rules[i].digest == digest &&
		    EVP_PKEY_is_a(key, rules[i].key))
			return true;
	return false;
}

/* The digest by its one name here; false if it is none of them. */
static bool
digest_of(struct str name, const char **digest)
{
	static const char *const names[] = { "SHA256", "SHA384", "SHA512" };

	*digest = NULL;
	if (name.n == 0)
		return true;
	for (size_t i = 0; i < NELEM(names); i++)
		if (str_eq(name, str_c(names[i])))
			*digest = names[i];
	return *digest;
}

static bool
set_padding(EVP_PKEY_CTX *c, uint32_t padding)
{
	if (padding == SIGN_PAD_NONE)
		return true;
	if (padding == SIGN_PAD_PKCS1)
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) > 0;
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) > 0;
}

int
sign_tls(OSSL_LIB_CTX *lib, EVP_PKEY *key, struct str digest,
    uint32_t padding, struct str octets, uint8_t *sig, size_t *n,
    struct err *err)
{
	const char *md;
	EVP_MD_CTX *ctx;
	EVP_PKEY_CTX *c = NULL;
	size_t len = *n;
	bool ok;

	if (!digest_of(digest, &md) ||
	    !allowed(key, sign_shape(octets), padding, md != NULL))
		return err_set(err, E_DENIED, "this is not signed");
	ctx = EVP_MD_CTX_new();
	bug_if(!ctx);
	ERR_clear_error();
	ok = EVP_DigestSignInit_ex(ctx, &c, md, lib, NULL, key, NULL) > 0 &&
	    set_padding(c, padding) && EVP_DigestSign(ctx, sig, &len,
	    (const uint8_t *)octets.p, octets.n) > 0;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!ok)
		return err_set(err, E_TLS, "OpenSSL does not sign");
	*n = len;
	return 0;
}
