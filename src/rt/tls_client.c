/*
 * tls_client.c - what a client asks of servers, and what it finds.
 *
 * A certificate is always checked in full; only a client that verifies ends
 * the handshake over what is found. Sessions are never resumed: each handshake
 * shows a certificate.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "rt/tls_dane.h"
#include "rt/tls_int.h"

/* Forward secrecy first; an old mail server's RSA is still better than no
 * TLS, which is what it gets otherwise (RFC 7435 3). */
#define CIPHERS                                                             \
	"ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AESGCM:DHE+CHACHA20:"    \
	"DHE+AES:kRSA+AES:!AESCCM"

enum { NAME_MAX_OCTETS = 255, PEM_MAX = 16 << 20 };

struct tls_client {
	int refs;
	struct tls_lib *lib;
	bool verify;
	SSL_CTX *ssl;
};

/* What is wrong, in words --------------------------------------------- */

static void
copy_clean(char *to, size_t size, const ASN1_STRING *s)
{
	const unsigned char *p = ASN1_STRING_get0_data(s);
	size_t n = (size_t)ASN1_STRING_length(s);

	n = n < size - 1 ? n : size - 1;
	for (size_t i = 0; i < n; i++)
		to[i] = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	to[n] = '\0';
}

/* Whom it is for: the first name it has. */
static void
say_whose(struct tls_verdict *v, const X509 *leaf)
{
	GENERAL_NAMES *names = leaf ? X509_get_ext_d2i(leaf,
	    NID_subject_alt_name, NULL, NULL) : NULL;
	char name[100] = "no host";

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);

		if (g->type != GEN_DNS)
			continue;
		copy_clean(name, sizeof(name), g->d.dNSName);
		break;
	}
	GENERAL_NAMES_free(names);
	(void)snprintf(v->words, sizeof(v->words), "certificate is for %s",
	    name);
}

static void
remember(struct tls_verdict *v, X509_STORE_CTX *x)
{
	v->trouble = X509_STORE_CTX_get_error(x);
	if (v->trouble == X509_V_ERR_HOSTNAME_MISMATCH ||
	    v->trouble == X509_V_ERR_IP_ADDRESS_MISMATCH)
		say_whose(v, X509_STORE_CTX_get0_cert(x));
	else
		(void)snprintf(v->words, sizeof(v->words), "%s",
		    X509_verify_cert_error_string(v->trouble));
}

/* For each certificate of the chain, and each thing that is wrong. */
static int
tls_client_verify(int good, X509_STORE_CTX *x)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(x,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_verdict *v = SSL_get_ex_data(ssl, 0);

	v->seen = true;
	if (!good && v->trouble == 0)
		remember(v, x);
	if (!v->enforce || v->trouble == 0)
		return 1;
	X509_STORE_CTX_set_error(x, v->trouble);
	return 0;
}

/* Clients ------------------------------------------------------------- */

struct tls_client *
tls_client_new(struct tls_lib *lib, bool verify, struct err *err)
{
	struct tls_client *c = calloc(1, sizeof(*c));

	bug_if(!c);
	ERR_clear_error();
	c->refs = 1;
	c->lib = tls_lib_ref(lib);
	c->verify = verify;
	c->ssl = tls_ssl_ctx(lib, TLS_client_method());
	if (!c->ssl || !SSL_CTX_set_cipher_list(c->ssl, CIPHERS) ||
	    SSL_CTX_dane_enable(c->ssl) <= 0) {
		(void)tls_err(err, E_TLS, "TLS client");
		tls_client_unref(c);
		return NULL;
	}
	/* Keys of 1024 bits are no worse than none. */
	SSL_CTX_set_security_level(c->ssl, verify ? 2 : 1);
	(void)SSL_CTX_set_options(c->ssl, SSL_OP_NO_TICKET);
	SSL_CTX_set_verify(c->ssl, SSL_VERIFY_PEER, tls_client_verify);
	return c;
}

struct tls_client *
tls_client_ref(struct tls_client *c)
{
	c->refs++;
	return c;
}

void
tls_client_unref(struct tls_client *c)
{
	if (!c || --c->refs > 0)
		return;
	SSL_CTX_free(c->ssl);
	tls_lib_unref(c->lib);
	free(c);
}

struct tls_lib *
tls_client_lib(struct tls_client *c)
{
	return c->lib;
}

int
tls_client_trust(struct tls_client *c, struct str roots_pem, struct err *err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(c->ssl);
	BIO *bio;
	size_t n = 0;
	X509 *x;

	if (roots_pem.n == 0 || roots_pem.n > PEM_MAX)
		return err_set(err, E_INVALID, "no roots to trust");
	ERR_clear_error();
	bio = BIO_new_mem_buf(roots_pem.p, (int)roots_pem.n);
	bug_if(!bio);
	while ((x = tls_next_cert(c->lib, bio))) {
		n += X509_STORE_add_cert(store, x) == 1;
		X509_free(x);
	}
	BIO_free(bio);
	/* The end of the file is an error too, to OpenSSL. */
	if (n > 0 &&
	    ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
		ERR_clear_error();
		return 0;
	}
	return tls_err(err, E_INVALID, "roots to trust");
}

/* One connection ------------------------------------------------------- */

/* "[192.0.2.1]" and "[IPv6:2001:db8::1]" (RFC 5321 4.1.3) without what is
 * around the address; a name without the dot of the root. */
static struct str
bare(struct str name)
{
	if (name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']') {
		name = str_make(name.p + 1, name.n - 2);
		return str_startsi(name, STR("IPv6:")) ?
		    str_from(name, 5) : name;
	}
	return name.n > 1 && name.p[name.n - 1] == '.' ?
	    str_first(name, name.n - 1) : name;
}

/* For OpenSSL. False if no certificate can be for it: OpenSSL takes an empty
 * one for "any", and one with a dot in front for "any below". */
static bool
name_copy(struct str name, char z[NAME_MAX_OCTETS + 1])
{
	name = bare(name);
	if (name.n == 0 || name.n > NAME_MAX_OCTETS || name.p[0] == '.' ||
	    str_chr(name, '\0') < name.n)
		return false;
	memcpy(z, name.p, name.n);
	z[name.n] = '\0';
	return true;
}

/* Ask for this name. */
static bool
expect(SSL *ssl, struct str name)
{
	char z[NAME_MAX_OCTETS + 1];

	if (!name_copy(name, z))
		return false;
	/* RFC 6066 3: an address is no server name. */
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), z))
		return true;
	/* RFC 8461 4.1: the names are in the SAN, nowhere else. */
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return SSL_set1_host(ssl, z) &&
	    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
		TLSEXT_NAMETYPE_host_name, z);
}

/* RFC 7672 3.1: usages 0 and 1 are for those who trust roots. What OpenSSL
 * cannot read is as good as not there. */
static size_t
add_records(SSL *ssl, const struct tls_dane *dane)
{
	size_t n = 0;

	for (size_t i = 0; i < dane->n; i++) {
		const struct tlsa *r = &dane->record[i];

		n += (r->usage == 2 || r->usage == 3) &&
		    SSL_dane_tlsa_add(ssl, r->usage, r->selector, r->matching,
			(const unsigned char *)r->data.p, r->data.n) > 0;
		ERR_clear_error();
	}
	return n;
}

/* Names are those of usage 2; a key that is named itself is nobody else's,
 * whatever its certificate says (RFC 7672 3.1.1, 3.2). */
static bool
expect_dane(SSL *ssl, const struct tls_dane *dane, struct tls_verdict *v)
{
	char z[NAME_MAX_OCTETS + 1];

	if (!name_copy(dane->base, z) || SSL_dane_enable(ssl, z) <= 0)
		return false;
	(void)SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	for (size_t i = 0; i < TLS_DANE_NAMES; i++)
		if (dane->also[i].n > 0 && (!name_copy(dane->also[i], z) ||
		    !SSL_add1_host(ssl, z)))
			return false;
	v->enforce = add_records(ssl, dane) > 0;
	return true;
}

SSL *
tls_client_ssl(struct tls_client *c, struct str name,
    const struct tls_dane *dane, struct tls_verdict *v)
{
	SSL *ssl = SSL_new(c->ssl);

	if (!ssl)
		return NULL;
	*v = (struct tls_verdict){ .enforce = c->verify };
	(void)SSL_set_ex_data(ssl, 0, v);
	if (dane ? !expect_dane(ssl, dane, v) : !expect(ssl, name)) {
		v->enforce |= dane != NULL;
		v->trouble = X509_V_ERR_HOSTNAME_MISMATCH;
		(void)snprintf(v->words, sizeof(v->words),
		    "no certificate can be for this name");
	}
	return ssl;
}
