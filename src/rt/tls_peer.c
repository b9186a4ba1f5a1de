#include "rt/tls_peer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>


/* Certificates -------------------------------------------------------- */

static EVP_PKEY *
generate(const char *type)
{
	if (str_eq(str_c(type), STR("EC")))
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (str_eq(str_c(type), STR("RSA")))
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	return EVP_PKEY_Q_keygen(NULL, NULL, type);
}

static void
add_names(X509 *x, const char *names)
{
	X509V3_CTX v3;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&v3);
	X509V3_set_ctx(&v3, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &v3, NID_subject_alt_name, names);
	bug_if(!e || !X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

struct test_cert
test_cert(const char *type, const char *cn, const char *names)
{
	return test_cert_until(type, cn, names, 86400);
}

struct test_cert
test_cert_until(const char *type, const char *cn, const char *names,
    long end_s)
{
	struct test_cert c = { BUF_INIT(1 << 16), generate(type) };
	const EVP_MD *md = str_eq(str_c(type), STR("ED25519")) ? NULL :
	    EVP_sha256();
	X509 *x = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *p;
	long n;

	bug_if(!c.key || !x || !bio);
	(void)X509_set_version(x, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), -86400);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), end_s);
	(void)X509_set_pubkey(x, c.key);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const uint8_t *)cn, -1, -1, 0);
	(void)X509_set_issuer_name(x, X509_get_subject_name(x));
	if (names[0])
		add_names(x, names);
	bug_if(X509_sign(x, c.key, md) <= 0);
	bug_if(!PEM_write_bio_X509(bio, x));
	n = BIO_get_mem_data(bio, &p);
	buf_put(&c.pem, p, (size_t)n);
	BIO_free(bio);
	X509_free(x);
	return c;
}

void
test_cert_free(struct test_cert *c)
{
	buf_free(&c->pem);
	EVP_PKEY_free(c->key);
}

/* The wire: a BIO pair, whose one end is a transport ------------------- */

struct bio_wire {
	struct transport t;
	BIO *end;
	bool *closed;
};

static ssize_t
wire_read(struct transport *t, void *p, size_t n)
{
	struct bio_wire *w = container_of(t, struct bio_wire, t);
	int got = BIO_read(w->end, p, (int)n);

	if (got > 0)
		return got;
	return BIO_should_retry(w->end) ? E_AGAIN : 0;
}

static ssize_t
wire_write(struct transport *t, const void *p, size_t n)
{
	struct bio_wire *w = container_of(t, struct bio_wire, t);
	int put = BIO_write(w->end, p, (int)n);

	if (put > 0)
		return put;
	return BIO_should_retry(w->end) ? E_AGAIN : E_IO;
}

static void
wire_close(struct transport *t)
{
	struct bio_wire *w = container_of(t, struct bio_wire, t);

	/* The BIO stays until the peer goes: octets are still in it. */
	(void)BIO_shutdown_wr(w->end);
	*w->closed = true;
	free(w);
}

static struct transport *
wire_new(BIO *end, bool *closed)
{
	static const struct transport_ops ops = { wire_read, wire_write,
		wire_close };
	struct bio_wire *w = calloc(1, sizeof(*w));

	bug_if(!w);
	w->t.ops = &ops;
	w->end = end;
	w->closed = closed;
	return &w->t;
}

/* The client ---------------------------------------------------------- */

/* OpenSSL's macros cast const away from what they only read. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"

struct tls_peer
tls_peer(int version, const char *sni, const char *sigalgs)
{
	struct tls_peer p = { 0 };
	BIO *ours, *theirs;

	p.ctx = SSL_CTX_new(TLS_client_method());
	p.wire_closed = calloc(1, sizeof(bool));
	bug_if(!p.ctx || !p.wire_closed);
	(void)SSL_CTX_set_min_proto_version(p.ctx, version);
	(void)SSL_CTX_set_max_proto_version(p.ctx, version);
	bug_if(sigalgs && !SSL_CTX_set1_sigalgs_list(p.ctx, sigalgs));
	p.ssl = SSL_new(p.ctx);
	bug_if(!p.ssl || !BIO_new_bio_pair(&ours, 0, &theirs, 0));
	SSL_set_bio(p.ssl, ours, ours);
	SSL_set_connect_state(p.ssl);
	if (sni)
		(void)SSL_set_tlsext_host_name(p.ssl, sni);
	p.server_end = theirs;
	p.wire = wire_new(theirs, p.wire_closed);
	return p;
}
#pragma GCC diagnostic pop

static void
wake(struct tls_peer *p)
{
	ERR_clear_error();
	if (!*p->wire_closed && p->wire->ready)
		p->wire->ready(p->wire->arg);
}

int
tls_peer_step(struct tls_peer *p)
{
	int rc = SSL_do_handshake(p->ssl), why = SSL_get_error(p->ssl, rc);

	wake(p);
	if (rc == 1)
		return 1;
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ?
	    0 : -1;
}

void
tls_peer_raw(struct tls_peer *p, const void *octets, size_t n)
{
	(void)BIO_write(SSL_get_wbio(p->ssl), octets, (int)n);
	wake(p);
}

int
tls_peer_write(struct tls_peer *p, const char *text)
{
	int rc = SSL_write(p->ssl, text, (int)str_c(text).n);

	wake(p);
	return rc;
}

int
tls_peer_read(struct tls_peer *p, char *to, size_t n)
{
	int rc = SSL_read(p->ssl, to, (int)n);
	int why = SSL_get_error(p->ssl, rc);

	wake(p);
	if (rc > 0)
		return rc;
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ?
	    -1 : 0;
}

void
tls_peer_cut(struct tls_peer *p)
{
	(void)BIO_shutdown_wr(SSL_get_wbio(p->ssl));
	wake(p);
}

void
tls_peer_free(struct tls_peer *p)
{
	SSL_free(p->ssl);
	BIO_free(p->server_end);
	SSL_CTX_free(p->ctx);
	free(p->wire_closed);
	ERR_clear_error();
}
