/*
 * remote_signature.c - the provider's signatures: ask the key's signer.
 *
 * The signer suspends the fiber in the middle of OpenSSL, and the error queue
 * belongs to the thread: it is empty when we leave and when we come back, so
 * nobody finds another's errors in it.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/proverr.h>
#include <openssl/rsa.h>

#include "vault/remote_int.h"

struct remote_sig {
	const struct remote_key *key;
	struct str digest;		/* constant, as vault knows it */
	enum remote_padding padding;
};

static void *
sig_new(void *provctx unused_arg, const char *propq unused_arg)
{
	return calloc(1, sizeof(struct remote_sig));
}

static void
sig_free(void *ctx)
{
	free(ctx);
}

static void *
sig_dup(void *ctx)
{
	struct remote_sig *copy = calloc(1, sizeof(*copy));

	if (copy)
		memcpy(copy, ctx, sizeof(*copy));
	return copy;
}

/* OpenSSL knows a digest by several names. */
static bool
digest_name(const char *mdname, struct str *digest)
{
	static const struct {
		struct str theirs, ours;
	} names[] = {
		{ STR("SHA2-256"), STR("SHA256") },
		{ STR("SHA256"), STR("SHA256") },
		{ STR("SHA2-384"), STR("SHA384") },
		{ STR("SHA384"), STR("SHA384") },
		{ STR("SHA2-512"), STR("SHA512") },
		{ STR("SHA512"), STR("SHA512") },
	};

	for (size_t i = 0; i < NELEM(names); i++) {
		if (!str_eqi(names[i].theirs, str_c(mdname)))
			continue;
		*digest = names[i].ours;
		return true;
	}
	return false;
}

/* OpenSSL tells the padding as a name, or as a number. */
static int
set_padding(struct remote_sig *s, const OSSL_PARAM *p)
{
	int mode = 0;
	struct str name = STR_NULL;

	if (p->data_type == OSSL_PARAM_UTF8_STRING)
		name = str_c(p->data);
	else if (!OSSL_PARAM_get_int(p, &mode))
		return 0;
	if (mode == RSA_PKCS1_PSS_PADDING || str_eqi(name, STR("pss")))
		s->padding = REMOTE_PAD_PSS;
	else if (mode == RSA_PKCS1_PADDING || str_eqi(name, STR("pkcs1")))
		s->padding = REMOTE_PAD_PKCS1;
	else
		return 0;
	return 1;
}

/* The salt is always as long as the digest (RFC 8446 4.2.3), and MGF1 uses
 * the same one: vault does so without being told. */
static int
sig_set_params(void *ctx, const OSSL_PARAM p[])
{
	const OSSL_PARAM *f = p ? OSSL_PARAM_locate_const(p,
	    OSSL_SIGNATURE_PARAM_PAD_MODE) : NULL;

	return f ? set_padding(ctx, f) : 1;
}

static const OSSL_PARAM *
sig_settable(void *ctx unused_arg, void *provctx unused_arg)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL,
		    0),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, NULL,
		    0),
		OSSL_PARAM_END,
	};

	return types;
}

static int
sig_init(void *ctx, const char *mdname, void *key, const OSSL_PARAM p[])
{
	static const enum remote_padding usual[] = {
		[REMOTE_RSA] = REMOTE_PAD_PKCS1,
		[REMOTE_RSA_PSS] = REMOTE_PAD_PSS,
		[REMOTE_EC] = REMOTE_PAD_NONE,
		[REMOTE_ED25519] = REMOTE_PAD_NONE,
	};
	struct remote_sig *s = ctx;
	const struct remote_key *k = key;

	if (!k || !k->signer)
		return 0;
	s->key = k;
	s->padding = usual[k->kind];
	s->digest = STR_NULL;
	if (k->kind != REMOTE_ED25519 && !digest_name(mdname && *mdname ?
	    mdname : "SHA256", &s->digest)) {
		ERR_raise(ERR_LIB_PROV, PROV_R_INVALID_DIGEST);
		return 0;
	}
	return sig_set_params(ctx, p);
}

static int
sig_sign(void *ctx, uint8_t *sig, size_t *siglen, size_t room,
    const uint8_t *tbs, size_t tbslen)
{
	const struct remote_sig *s = ctx;
	struct err err = { 0 };
	size_t n = room;
	int rc;

	if (!s->key || s->key->max_size <= 0)
		return 0;
	if (!sig) {
		*siglen = (size_t)s->key->max_size;
		return 1;
	}
	ERR_clear_error();
	rc = s->key->signer->sign(s->key->signer, s->key->number, s->digest,
	    s->padding, str_make((const char *)tbs, tbslen), sig, &n, &err);
	ERR_clear_error();
	if (rc == 0 && n <= room) {
		*siglen = n;
		return 1;
	}
	ERR_raise_data(ERR_LIB_PROV, PROV_R_FAILED_TO_SIGN, "%s", err.text);
	return 0;
}

#define FN(f) ((void (*)(void))(f))
const OSSL_DISPATCH remote_signature[] = {
	{ OSSL_FUNC_SIGNATURE_NEWCTX, FN(sig_new) },
	{ OSSL_FUNC_SIGNATURE_FREECTX, FN(sig_free) },
	{ OSSL_FUNC_SIGNATURE_DUPCTX, FN(sig_dup) },
	{ OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, FN(sig_init) },
	{ OSSL_FUNC_SIGNATURE_DIGEST_SIGN, FN(sig_sign) },
	{ OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, FN(sig_set_params) },
	{ OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, FN(sig_settable) },
	{ 0, NULL },
};
