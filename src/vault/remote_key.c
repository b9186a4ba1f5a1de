/*
 * remote_key.c - keys made from certificates, for the provider beside.
 */
#include "vault/remote_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "vault/remote_int.h"

int
remote_key_provide(struct tls_lib *lib, struct err *err)
{
	return tls_lib_provide(lib, REMOTE_NAME, remote_provider_init, err);
}

static EVP_PKEY *
public_key(struct tls_lib *lib, struct str chain_pem)
{
	BIO *bio = BIO_new_mem_buf(chain_pem.p, (int)chain_pem.n);
	X509 *x = X509_new_ex(tls_lib_ctx(lib), NULL);
	EVP_PKEY *pub = NULL;

	if (bio && x && PEM_read_bio_X509(bio, &x, NULL, NULL))
		pub = X509_get_pubkey(x);
	X509_free(x);
	BIO_free(bio);
	return pub;
}

/* What OpenSSL does not export of a key but asks a provider's key for, and
 * who signs. The pointer stays in this process. */
static OSSL_PARAM *
extra_params(const EVP_PKEY *pub, struct remote_signer *signer,
    uint32_t number)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *p = NULL;

	if (b && OSSL_PARAM_BLD_push_octet_ptr(b, REMOTE_PARAM_SIGNER, signer,
	    sizeof(*signer)) &&
	    OSSL_PARAM_BLD_push_uint32(b, REMOTE_PARAM_NUMBER, number) &&
	    OSSL_PARAM_BLD_push_int(b, OSSL_PKEY_PARAM_BITS,
		EVP_PKEY_get_bits(pub)) &&
	    OSSL_PARAM_BLD_push_int(b, OSSL_PKEY_PARAM_SECURITY_BITS,
		EVP_PKEY_get_security_bits(pub)) &&
	    OSSL_PARAM_BLD_push_int(b, OSSL_PKEY_PARAM_MAX_SIZE,
		EVP_PKEY_get_size(pub)))
		p = OSSL_PARAM_BLD_to_param(b);
	OSSL_PARAM_BLD_free(b);
	return p;
}

static EVP_PKEY *
make(struct tls_lib *lib, const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(tls_lib_ctx(lib), type,
	    "provider=" REMOTE_NAME);
	EVP_PKEY *key = NULL;

	if (c && EVP_PKEY_fromdata_init(c) > 0)
		(void)EVP_PKEY_fromdata(c, &key, EVP_PKEY_KEYPAIR, params);
	EVP_PKEY_CTX_free(c);
	return key;
}

int
remote_key_new(struct tls_lib *lib, struct str chain_pem,
    struct remote_signer *signer, uint32_t number, EVP_PKEY **key,
    struct err *err)
{
	OSSL_PARAM *own = NULL, *extra = NULL, *all = NULL;
	EVP_PKEY *pub, *made = NULL;

	ERR_clear_error();
	pub = public_key(lib, chain_pem);
	if (!pub)
		return tls_err(err, E_INVALID, "no certificate with a key");
	extra = extra_params(pub, signer, number);
	if (extra && EVP_PKEY_todata(pub, EVP_PKEY_PUBLIC_KEY, &own) > 0)
		all = OSSL_PARAM_merge(own, extra);
	if (all)
		made = make(lib, EVP_PKEY_get0_type_name(pub), all);
	OSSL_PARAM_free(all);
	OSSL_PARAM_free(own);
	OSSL_PARAM_free(extra);
	EVP_PKEY_free(pub);
	if (!made)
		return tls_err(err, E_TLS, "remote key");
	ERR_clear_error();
	*key = made;
	return 0;
}
