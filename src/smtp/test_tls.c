#include "smtp/test_tls.h"

#include "base/test.h"
#include "rt/tls_peer.h"

struct ssl_client {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;
};

struct tls_ctx *
test_tls_ctx(void)
{
	struct test_cert cert = test_cert("EC", "mx.example.test", "");
	struct err err = { 0 };
	struct tls_lib *lib = tls_lib_new(&err);
	struct tls_ctx *ctx = tls_ctx_new(lib, &err);

	assert_non_null(ctx);
	tls_lib_unref(lib);
	assert_int_equal(0,
	    tls_ctx_add(ctx, buf_get(&cert.pem), cert.key, &err));
	test_cert_free(&cert);
	return ctx;
}

struct ssl_client *
ssl_client_new(void)
{
	struct ssl_client *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->ctx = SSL_CTX_new(TLS_client_method());
	c->ssl = SSL_new(c->ctx);
	c->in = BIO_new(BIO_s_mem());
	c->out = BIO_new(BIO_s_mem());
	SSL_set_bio(c->ssl, c->in, c->out);
	SSL_set_connect_state(c->ssl);
	return c;
}

void
ssl_client_free(struct ssl_client *c)
{
	if (!c)
		return;
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	free(c);
}

bool
ssl_client_ready(const struct ssl_client *c)
{
	return SSL_is_init_finished(c->ssl);
}

static void
drain(struct ssl_client *c, struct buf *wire)
{
	char octets[1024];
	int n;

	while ((n = BIO_read(c->out, octets, sizeof(octets))) > 0)
		buf_put(wire, octets, (size_t)n);
}

void
ssl_client_step(struct ssl_client *c, struct buf *wire)
{
	(void)SSL_do_handshake(c->ssl);
	drain(c, wire);
}

void
ssl_client_took(struct ssl_client *c, struct str wire, struct buf *text)
{
	char octets[1024];
	int n;

	if (wire.n > 0)
		assert_int_equal(wire.n,
		    BIO_write(c->in, wire.p, (int)wire.n));
	if (!ssl_client_ready(c))
		return;
	while ((n = SSL_read(c->ssl, octets, sizeof(octets))) > 0)
		buf_put(text, octets, (size_t)n);
}

void
ssl_client_seal(struct ssl_client *c, struct str text, struct buf *wire)
{
	if (text.n > 0)
		assert_int_equal(text.n,
		    SSL_write(c->ssl, text.p, (int)text.n));
	drain(c, wire);
}
