#include "vault/selfsigned.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum { DAY_S = 86400, DAYS = 3652 };

static bool
push_name(GENERAL_NAMES *names, int type, ASN1_STRING *value)
{
	GENERAL_NAME *g = value ? GENERAL_NAME_new() : NULL;

	if (!g) {
		ASN1_STRING_free(value);
		return false;
	}
	GENERAL_NAME_set0_value(g, type, value);
	if (sk_GENERAL_NAME_push(names, g) > 0)
		return true;
	GENERAL_NAME_free(g);
	return false;
}

/* An address if it reads as one, else a DNS name (RFC 5280 4.2.1.6). */
static bool
add_name(GENERAL_NAMES *names, const char *name)
{
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(name);
	ASN1_STRING *dns;

	ERR_clear_error();
	if (ip)
		return push_name(names, GEN_IPADD, ip);
	dns = ASN1_IA5STRING_new();
	if (dns && ASN1_STRING_set(dns, name, -1))
		return push_name(names, GEN_DNS, dns);
	ASN1_STRING_free(dns);
	return false;
}

static bool
add_names(X509 *x, const char *hostname)
{
	const char *all[] = { hostname, "localhost", "127.0.0.1", "::1" };
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	bool ok = names;

	for (size_t i = 0; i < NELEM(all) && ok; i++)
		ok = add_name(names, all[i]);
	ok = ok && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0,
	    X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(names);
	return ok;
}

static bool
set_serial(X509 *x)
{
	uint64_t serial;

	return RAND_bytes((uint8_t *)&serial, sizeof(serial)) == 1 &&
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1);
}

static X509 *
certificate(OSSL_LIB_CTX *lib, const char *hostname, EVP_PKEY *key,
    int64_t now_s)
{
	X509 *x = X509_new_ex(lib, NULL);
	time_t now = (time_t)now_s;
	X509_NAME *name = x ? X509_get_subject_name(x) : NULL;

	if (x && X509_set_version(x, X509_VERSION_3) && set_serial(x) &&
	    X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, &now) &&
	    X509_time_adj_ex(X509_getm_notAfter(x), DAYS, 0, &now) &&
	    X509_set_pubkey(x, key) &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		(const uint8_t *)"Postern, self-signed", -1, -1, 0) &&
	    X509_set_issuer_name(x, name) && add_names(x, hostname) &&
	    X509_sign(x, key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static bool
put_bio(struct buf *to, BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	buf_put(to, p, (size_t)n);
	return !buf_failed(to);
}

int
selfsigned_make(OSSL_LIB_CTX *lib, struct str hostname, int64_t now_s,
    struct buf *chain_pem, struct buf *key_pem, struct err *err)
{
	auto_buf name = BUF_INIT(300);
	BIO *chain = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_secmem());
	EVP_PKEY *key = EVP_PKEY_Q_keygen(lib, NULL, "EC", "P-256");
	X509 *x = NULL;
	bool ok;

	buf_str(&name, hostname);
	buf_chr(&name, 0);
	if (key)
		x = certificate(lib, name.p, key, now_s);
	ok = chain && secret && x && PEM_write_bio_X509(chain, x) &&
	    PEM_write_bio_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL) &&
	    put_bio(chain_pem, chain) && put_bio(key_pem, secret);
	X509_free(x);
	EVP_PKEY_free(key);
	BIO_free(secret);
	BIO_free(chain);
	ERR_clear_error();
	return ok ? 0 : err_set(err, E_TLS, "cannot make a certificate");
}

/* Nobody sits here to type a pass phrase. */
static int
no_phrase(char *to unused_arg, int size unused_arg, int writing unused_arg,
    void *arg unused_arg)
{
	return -1;
}

EVP_PKEY *
pem_key(OSSL_LIB_CTX *lib, struct str key_pem)
{
	BIO *bio = BIO_new_mem_buf(key_pem.p, (int)key_pem.n);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey_ex(bio, NULL, no_phrase,
	    NULL, lib, NULL) : NULL;

	BIO_free(bio);
	ERR_clear_error();
	return key;
}
