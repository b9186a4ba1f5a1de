/*
 * tls_transport.c - TLS as a transport over another one.
 *
 * The error queue of OpenSSL belongs to the thread and all fibers share it:
 * every entry here begins and ends with an empty one, and what went wrong is
 * made text before that.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "rt/tls_shown.h"

struct tls {
	struct transport t;	/* first */
	struct tls_ctx *ctx;		/* of a server */
	struct tls_client *client;	/* of a client, */
	struct tls_verdict *verdict;	/* and whom it met */
	SSL *ssl;
	struct tls_shown_log *shown;	/* by the client; NULL: nothing */
	bool done;	/* the handshake */
	bool broken;	/* a fatal error: no close_notify any more */
	bool eof;	/* inner has ended */
	struct buf early;	/* of inner, read by somebody else */
	int lost;	/* E_RESET or E_IO of inner, and its errno */
	int sys;
};

static ssize_t tls_read(struct transport *t, void *p, size_t n);
static ssize_t tls_write(struct transport *t, const void *p, size_t n);
static void tls_close(struct transport *t);

static const struct transport_ops tls_ops = { tls_read, tls_write, tls_close };

static struct tls *
tls_of(struct transport *t)
{
	return container_of(t, struct tls, t);
}

/* The BIO ------------------------------------------------------------- */

/* OpenSSL may change errno before anybody asks. */
static void
inner_lost(struct tls *tls, ssize_t why)
{
	if (tls->lost || (why != E_RESET && why != E_IO))
		return;
	tls->lost = (int)why;
	tls->sys = errno;
}

static int
bio_read(BIO *b, char *p, size_t n, size_t *got)
{
	struct tls *tls = BIO_get_data(b);
	ssize_t rc;

	BIO_clear_retry_flags(b);
	if (tls->early.n > 0) {
		*got = n < tls->early.n ? n : tls->early.n;
		memcpy(p, tls->early.p, *got);
		buf_eat(&tls->early, *got);
		return 1;
	}
	rc = tls->t.below->ops->read(tls->t.below, p, n);
	if (rc > 0) {
		*got = (size_t)rc;
		return 1;
	}
	if (rc == E_AGAIN) {
		BIO_set_retry_read(b);
		return 0;
	}
	tls->eof = rc == 0;
	inner_lost(tls, rc);
	return 0;
}

static int
bio_write(BIO *b, const char *p, size_t n, size_t *put)
{
	struct tls *tls = BIO_get_data(b);
	ssize_t rc = tls->t.below->ops->write(tls->t.below, p, n);

	BIO_clear_retry_flags(b);
	if (rc > 0) {
		*put = (size_t)rc;
		return 1;
	}
	if (rc == E_AGAIN || rc == 0)
		BIO_set_retry_write(b);
	else
		inner_lost(tls, rc);
	return 0;
}

static long
bio_ctrl(BIO *b, int cmd, long num unused_arg, void *ptr unused_arg)
{
	const struct tls *tls = BIO_get_data(b);

	switch (cmd) {
	case BIO_CTRL_FLUSH:
	case BIO_CTRL_PUSH:
	case BIO_CTRL_POP:
		return 1;
	case BIO_CTRL_EOF:
		return tls->eof;
	default:
		return 0;
	}
}

BIO_METHOD *
tls_bio_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() |
	    BIO_TYPE_SOURCE_SINK, "postern transport");

	if (m && BIO_meth_set_read_ex(m, bio_read) &&
	    BIO_meth_set_write_ex(m, bio_write) &&
	    BIO_meth_set_ctrl(m, bio_ctrl))
		return m;
	BIO_meth_free(m);
	return NULL;
}

/* The transport ------------------------------------------------------- */

static ssize_t
failure(const struct tls *tls)
{
	errno = tls->sys;
	return tls->lost ? tls->lost : E_IO;
}

/* What a call that moved nothing means; the queue is empty behind it. */
static ssize_t
outcome(struct tls *tls, int rc)
{
	int why = SSL_get_error(tls->ssl, rc);

	ERR_clear_error();
	switch (why) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return E_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		tls->broken = true;
		return failure(tls);
	}
}

static ssize_t
tls_read(struct transport *t, void *p, size_t n)
{
	struct tls *tls = tls_of(t);
	size_t got = 0;
	int rc;

	if (tls->broken)
		return failure(tls);
	ERR_clear_error();
	rc = SSL_read_ex(tls->ssl, p, n, &got);
	return rc == 1 ? (ssize_t)got : outcome(tls, rc);
}

static ssize_t
tls_write(struct transport *t, const void *p, size_t n)
{
	struct tls *tls = tls_of(t);
	size_t put = 0;
	ssize_t why;
	int rc;

	if (tls->broken)
		return failure(tls);
	ERR_clear_error();
	rc = SSL_write_ex(tls->ssl, p, n, &put);
	if (rc == 1)
		return (ssize_t)put;
	why = outcome(tls, rc);
	return why == 0 ? failure(tls) : why;
}

static void
tls_close(struct transport *t)
{
	struct tls *tls = tls_of(t);

	ERR_clear_error();
	if (tls->ssl && tls->done && !tls->broken)
		(void)SSL_shutdown(tls->ssl);	/* once: never waits */
	SSL_free(tls->ssl);
	ERR_clear_error();
	tls->t.below->ops->close(tls->t.below);
	tls_ctx_unref(tls->ctx);
	tls_client_unref(tls->client);
	free(tls->verdict);
	tls_shown_free(tls->shown);
	buf_free(&tls->early);
	free(tls);
}

static struct tls *
tls_over(struct transport *inner)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	bug_if(!tls);
	tls->t.ops = &tls_ops;
	transport_over(&tls->t, inner);
	return tls;
}

/* NULL, a context without a certificate, is a transport that failed. */
static struct transport *
tls_attach_ssl(struct tls *tls, SSL *ssl, struct tls_lib *lib)
{
	BIO *bio = ssl ? BIO_new(tls_lib_bio(lib)) : NULL;

	bug_if(ssl && !bio);
	ERR_clear_error();
	tls->ssl = ssl;
	tls->broken = !ssl;
	if (!ssl)
		return &tls->t;
	BIO_set_data(bio, tls);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	return &tls->t;
}

struct transport *
transport_tls(struct transport *inner, struct tls_ctx *ctx)
{
	struct tls *tls = tls_over(inner);
	SSL *ssl;

	tls->ctx = tls_ctx_ref(ctx);
	ERR_clear_error();
	ssl = tls_ctx_ssl(ctx);
	if (ssl)
		SSL_set_accept_state(ssl);
	if (ssl && tls_ctx_asks(ctx))
		tls->shown = tls_shown_new(ssl);
	return tls_attach_ssl(tls, ssl, tls_ctx_lib(ctx));
}

void
transport_tls_early(struct transport *t, struct str octets)
{
	struct tls *tls = tls_of(t);

	buf_init(&tls->early, octets.n);
	buf_str(&tls->early, octets);
}

struct transport *
transport_tls_client(struct transport *inner, struct tls_client *c,
    struct str name, const struct tls_dane *dane)
{
	struct tls *tls = tls_over(inner);
	SSL *ssl;

	tls->client = tls_client_ref(c);
	tls->verdict = calloc(1, sizeof(*tls->verdict));
	bug_if(!tls->verdict);
	ERR_clear_error();
	ssl = tls_client_ssl(c, name, dane, tls->verdict);
	if (ssl)
		SSL_set_connect_state(ssl);
	return tls_attach_ssl(tls, ssl, tls_client_lib(c));
}

/* A fatal handshake error as text. What the queue says first is the cause. */
static int
handshake_failed(struct tls *tls, int why, struct err *err)
{
	bool cut = why == SSL_ERROR_ZERO_RETURN ||
	    (why == SSL_ERROR_SYSCALL && !ERR_peek_error());

	tls->broken = true;
	if (tls->verdict && tls->verdict->enforce && tls->verdict->trouble) {
		ERR_clear_error();
		return err_set(err, E_TLS, "%s", tls->verdict->words);
	}
	if (tls->lost) {
		ERR_clear_error();
		errno = tls->sys;
		return err_sys(err, tls->lost, "in the TLS handshake");
	}
	if (cut || (tls->eof && !ERR_peek_error())) {
		ERR_clear_error();
		return err_set(err, E_CLOSED, "closed in the TLS handshake");
	}
	return tls_err(err, E_TLS, "TLS handshake");
}

int
transport_tls_step(struct transport *t, struct err *err)
{
	struct tls *tls = tls_of(t);
	int rc, why;

	if (tls->done)
		return 0;
	if (tls->broken)
		return err_set(err, E_TLS, "TLS is not possible here");
	ERR_clear_error();
	rc = SSL_do_handshake(tls->ssl);
	if (rc == 1) {
		tls->done = true;
		if (tls->shown && !tls_shown_end(tls->shown, tls->ssl,
		    tls_ctx_lib(tls->ctx)))
			transport_tls_forget_shown(t);
		ERR_clear_error();
		return 0;
	}
	why = SSL_get_error(tls->ssl, rc);
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		return handshake_failed(tls, why, err);
	ERR_clear_error();
	return E_AGAIN;
}

void
transport_tls_facts(const struct transport *t, struct tls_facts *f)
{
	const struct tls *tls = (const void *)t;
	const unsigned char *alpn;
	const SSL_CIPHER *cipher;
	unsigned n;

	*f = (struct tls_facts){ 0 };
	if (t->ops != &tls_ops || !tls->done)
		return;
	cipher = SSL_get_current_cipher(tls->ssl);
	f->on = true;
	f->version = str_c(SSL_get_version(tls->ssl));
	/* The name in IANA's registry, as Received: wants it (RFC 8314 4.3). */
	f->cipher = str_c(SSL_CIPHER_standard_name(cipher));
	f->bits = SSL_CIPHER_get_bits(cipher, NULL);
	f->verified = tls->verdict && tls->verdict->seen &&
	    tls->verdict->trouble == 0;
	f->sni = str_c(SSL_get_servername(tls->ssl,
	    TLSEXT_NAMETYPE_host_name));
	SSL_get0_alpn_selected(tls->ssl, &alpn, &n);
	f->protocol = str_make((const char *)alpn, n);
}

bool
transport_tls_is_for(const struct transport *t, struct str host)
{
	const struct tls *tls = (const void *)t;
	struct tls_facts f;
	X509 *shown;

	transport_tls_facts(t, &f);
	if (!f.on)
		return false;
	shown = SSL_get_certificate(tls->ssl);
	return f.sni.n == 0 || str_eqi(f.sni, host) || (host.n > 0 && shown &&
	    X509_check_host(shown, host.p, host.n,
		X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1);
}

bool
transport_tls_key(const struct transport *t, char *hex)
{
	const struct tls *tls = (const void *)t;
	const X509 *shown;

	return t->ops == &tls_ops && tls->done && tls->client &&
	    (shown = SSL_get0_peer_certificate(tls->ssl)) != NULL &&
	    tls_key_hex(tls_client_lib(tls->client), shown, hex);
}

bool
transport_tls_shown(const struct transport *t, struct tls_shown *out)
{
	const struct tls *tls = (const void *)t;

	if (t->ops != &tls_ops || !tls->done || !tls->shown)
		return false;
	tls_shown_get(tls->shown, out);
	return true;
}

void
transport_tls_forget_shown(struct transport *t)
{
	struct tls *tls = (void *)t;

	if (t->ops != &tls_ops || !tls->done)
		return;
	tls_shown_free(tls->shown);
	tls->shown = NULL;
}

void
transport_tls_words(const struct transport *t, struct buf *words)
{
	const struct tls *tls = (const void *)t;
	X509 *shown;

	if (t->ops == &tls_ops && tls->done && tls->client &&
	    (shown = SSL_get0_peer_certificate(tls->ssl)) != NULL)
		tls_put_words(tls_client_lib(tls->client), shown, words);
}

/* The certificate that was shown. A resumed session does not say which it was,
 * where there are several for the name. */
static X509 *
shown_certificate(SSL *ssl)
{
	if (SSL_session_reused(ssl) && (
	    !SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST) ||
	    SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT)))
		return NULL;
	return SSL_get_certificate(ssl);
}

/* Its certificate by the hash of its signature, SHA-256 for those that are too
 * weak; a signature without a hash of its own has none.    RFC 5929 4.1 */
static bool
put_end_point(struct tls *tls, uint8_t *octets, size_t *n)
{
	X509 *shown = shown_certificate(tls->ssl);
	OSSL_LIB_CTX *lib = tls_lib_ctx(tls_ctx_lib(tls->ctx));
	int nid = NID_undef;
	unsigned int len = 0;
	EVP_MD *md;
	bool good;

	if (!shown || !X509_get_signature_info(shown, &nid, NULL, NULL,
	    NULL) || nid == NID_undef)
		return false;
	if (nid == NID_md5 || nid == NID_sha1)
		nid = NID_sha256;
	md = EVP_MD_fetch(lib, OBJ_nid2sn(nid), NULL);
	good = md && EVP_MD_get_size(md) <= TLS_BINDING_MAX &&
	    X509_digest(shown, md, octets, &len);
	EVP_MD_free(md);
	*n = len;
	return good;
}

/* RFC 9266 2. TLS 1.2 would have to prove its extended master secret. */
static bool
put_exporter(struct tls *tls, uint8_t *octets, size_t *n)
{
	static const char label[] = "EXPORTER-Channel-Binding";

	*n = 32;
	return SSL_version(tls->ssl) >= TLS1_3_VERSION &&
	    SSL_export_keying_material(tls->ssl, octets, *n, label,
	    sizeof(label) - 1, NULL, 0, 1) == 1;
}

bool
transport_tls_binding(const struct transport *t, enum tls_binding kind,
    uint8_t *octets, size_t *n)
{
	struct tls *tls = (struct tls *)(uintptr_t)t;
	bool good;

	if (t->ops != &tls_ops || !tls->done || !tls->ctx)
		return false;
	ERR_clear_error();
	good = kind == TLS_EXPORTER ? put_exporter(tls, octets, n) :
	    put_end_point(tls, octets, n);
	ERR_clear_error();
	return good;
}
