/*
 * remote_keymgmt.c - the provider, and its keys as OpenSSL handles them.
 *
 * There is no export: libssl would else hand the public half to the default
 * provider and have it sign. import takes the public part and match compares
 * it, because SSL_CTX_use_cert_and_key() compares certificate and key here.
 */
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/bn.h>

#include "vault/remote_int.h"

enum { PUB_MAX = 2048 };	/* RSA of 16384 bits */

static void *
key_new(enum remote_kind kind)
{
	struct remote_key *k = calloc(1, sizeof(*k));

	if (k)
		k->kind = kind;
	return k;
}

static void
key_free(void *key)
{
	struct remote_key *k = key;

	if (k)
		free(k->pub);
	free(k);
}

static int
key_has(const void *key, int selection unused_arg)
{
	return key != NULL;
}

static int
key_match(const void *a, const void *b, int selection unused_arg)
{
	const struct remote_key *x = a, *y = b;

	return x && y && x->kind == y->kind && x->pub && y->pub &&
	    x->pub_len == y->pub_len && memcmp(x->pub, y->pub, x->pub_len) == 0;
}

static bool
import_point(struct remote_key *k, const OSSL_PARAM p[])
{
	const OSSL_PARAM *pub = OSSL_PARAM_locate_const(p,
	    OSSL_PKEY_PARAM_PUB_KEY);
	void *octets = NULL;

	if (!pub || !OSSL_PARAM_get_octet_string(pub, &octets, PUB_MAX,
	    &k->pub_len))
		return false;
	/* Allocated by OpenSSL; ours are free()d. */
	k->pub = malloc(k->pub_len ? k->pub_len : 1);
	if (k->pub)
		memcpy(k->pub, octets, k->pub_len);
	OPENSSL_free(octets);
	return k->pub;
}

static bool
import_modulus(struct remote_key *k, const OSSL_PARAM p[])
{
	const OSSL_PARAM *n = OSSL_PARAM_locate_const(p, OSSL_PKEY_PARAM_RSA_N);
	BIGNUM *bn = NULL;

	if (!n || !OSSL_PARAM_get_BN(n, &bn))
		return false;
	if (BN_num_bytes(bn) <= PUB_MAX) {
		k->pub_len = (size_t)BN_num_bytes(bn);
		k->pub = malloc(k->pub_len + 1);
		if (k->pub)
			(void)BN_bn2bin(bn, k->pub);
	}
	BN_free(bn);
	return k->pub;
}

static void
import_facts(struct remote_key *k, const OSSL_PARAM p[])
{
	const struct {
		const char *name;
		int *to;
	} ints[] = {
		{ OSSL_PKEY_PARAM_BITS, &k->bits },
		{ OSSL_PKEY_PARAM_SECURITY_BITS, &k->security_bits },
		{ OSSL_PKEY_PARAM_MAX_SIZE, &k->max_size },
	};
	const OSSL_PARAM *f;
	char *group = k->group;

	for (size_t i = 0; i < NELEM(ints); i++)
		if ((f = OSSL_PARAM_locate_const(p, ints[i].name)))
			(void)OSSL_PARAM_get_int(f, ints[i].to);
	if ((f = OSSL_PARAM_locate_const(p, OSSL_PKEY_PARAM_GROUP_NAME)))
		(void)OSSL_PARAM_get_utf8_string(f, &group, sizeof(k->group));
}

static int
key_import(void *key, int selection unused_arg, const OSSL_PARAM p[])
{
	struct remote_key *k = key;
	bool rsa = k->kind == REMOTE_RSA || k->kind == REMOTE_RSA_PSS;
	const OSSL_PARAM *f;
	const void *signer;
	size_t n;

	if (k->pub || !(rsa ? import_modulus(k, p) : import_point(k, p)))
		return 0;
	import_facts(k, p);
	f = OSSL_PARAM_locate_const(p, REMOTE_PARAM_SIGNER);
	if (f && OSSL_PARAM_get_octet_ptr(f, &signer, &n) &&
	    n == sizeof(*k->signer)) {
		/* Its own type again: it came through OpenSSL as octets. */
		memcpy(&k->signer, &signer, sizeof(signer));
		f = OSSL_PARAM_locate_const(p, REMOTE_PARAM_NUMBER);
		return f && OSSL_PARAM_get_uint32(f, &k->number);
	}
	return 1;
}

static const OSSL_PARAM *
key_import_types(int selection unused_arg)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
		OSSL_PARAM_END,
	};

	return types;
}

static int
key_get_params(void *key, OSSL_PARAM p[])
{
	const struct remote_key *k = key;
	/* RFC 8032: Ed25519 hashes by itself; "" says that no other may. */
	const char *digest = k->kind == REMOTE_ED25519 ?
	    OSSL_PKEY_PARAM_MANDATORY_DIGEST : OSSL_PKEY_PARAM_DEFAULT_DIGEST;
	OSSL_PARAM *f;

	if ((f = OSSL_PARAM_locate(p, OSSL_PKEY_PARAM_BITS)) &&
	    !OSSL_PARAM_set_int(f, k->bits))
		return 0;
	if ((f = OSSL_PARAM_locate(p, OSSL_PKEY_PARAM_SECURITY_BITS)) &&
	    !OSSL_PARAM_set_int(f, k->security_bits))
		return 0;
	if ((f = OSSL_PARAM_locate(p, OSSL_PKEY_PARAM_MAX_SIZE)) &&
	    !OSSL_PARAM_set_int(f, k->max_size))
		return 0;
	if ((f = OSSL_PARAM_locate(p, OSSL_PKEY_PARAM_GROUP_NAME)) &&
	    k->group[0] && !OSSL_PARAM_set_utf8_string(f, k->group))
		return 0;
	if ((f = OSSL_PARAM_locate(p, digest)) && !OSSL_PARAM_set_utf8_string(
	    f, k->kind == REMOTE_ED25519 ? "" : "SHA256"))
		return 0;
	return 1;
}

static const OSSL_PARAM *
key_gettable(void *provctx unused_arg)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, NULL,
		    0),
		OSSL_PARAM_END,
	};

	return types;
}

/* One kind of key: its constructor and the name of its signature. */
#define FN(f) ((void (*)(void))(f))
#define KEYS(name, kind, signature)                                          \
	static void *name##_new(void *provctx unused_arg)                    \
	{                                                                    \
		return key_new(kind);                                        \
	}                                                                    \
	static const char *name##_query(int operation unused_arg)            \
	{                                                                    \
		return signature;                                            \
	}                                                                    \
	const OSSL_DISPATCH remote_##name##_keys[] = {                       \
		{ OSSL_FUNC_KEYMGMT_NEW, FN(name##_new) },                   \
		{ OSSL_FUNC_KEYMGMT_FREE, FN(key_free) },                    \
		{ OSSL_FUNC_KEYMGMT_HAS, FN(key_has) },                      \
		{ OSSL_FUNC_KEYMGMT_MATCH, FN(key_match) },                  \
		{ OSSL_FUNC_KEYMGMT_IMPORT, FN(key_import) },                \
		{ OSSL_FUNC_KEYMGMT_IMPORT_TYPES, FN(key_import_types) },    \
		{ OSSL_FUNC_KEYMGMT_GET_PARAMS, FN(key_get_params) },        \
		{ OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, FN(key_gettable) },     \
		{ OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, FN(name##_query) }, \
		{ 0, NULL },                                                 \
	}

KEYS(rsa, REMOTE_RSA, "RSA");
KEYS(rsa_pss, REMOTE_RSA_PSS, "RSA");
KEYS(ec, REMOTE_EC, "ECDSA");
KEYS(ed25519, REMOTE_ED25519, "ED25519");

/* The provider -------------------------------------------------------- */

static const OSSL_ALGORITHM *
query(void *ctx unused_arg, int operation, int *no_cache)
{
#define P "provider=" REMOTE_NAME
	/* Names as the default provider has them: libssl looks by each. */
	static const OSSL_ALGORITHM keys[] = {
		{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", P,
		    remote_rsa_keys, NULL },
		{ "RSA-PSS:RSASSA-PSS:1.2.840.113549.1.1.10", P,
		    remote_rsa_pss_keys, NULL },
		{ "EC:id-ecPublicKey:1.2.840.10045.2.1", P,
		    remote_ec_keys, NULL },
		{ "ED25519:1.3.101.112", P, remote_ed25519_keys, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	static const OSSL_ALGORITHM signatures[] = {
		{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", P,
		    remote_signature, NULL },
		{ "ECDSA", P, remote_signature, NULL },
		{ "ED25519:1.3.101.112", P, remote_signature, NULL },
		{ NULL, NULL, NULL, NULL },
	};
#undef P

	*no_cache = 0;
	if (operation == OSSL_OP_KEYMGMT)
		return keys;
	return operation == OSSL_OP_SIGNATURE ? signatures : NULL;
}

int
remote_provider_init(const OSSL_CORE_HANDLE *handle,
    const OSSL_DISPATCH *in unused_arg, const OSSL_DISPATCH **out, void **ctx)
{
	static const OSSL_DISPATCH table[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, FN(query) },
		{ 0, NULL },
	};

	*out = table;
	/* No state: what a key needs is in the key. Only must it not be
	 * NULL. */
	memcpy(ctx, &handle, sizeof(handle));
	return 1;
}
