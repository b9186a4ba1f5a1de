#include "admin/demo_client.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { SECONDS = 10, HEARD_MAX = 1 << 20 };

struct demo_client {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
	struct buf in;		/* read, and not yet a whole line */
	struct buf heard;
};

static int
connect_to(uint32_t port, struct err *err)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval t = { SECONDS, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(err, E_IO, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	(void)err_sys(err, E_IO, "connect to port %u", port);
	(void)close(fd);
	return E_IO;
}

/* This certificate and no other. */
static int
trust(SSL_CTX *ctx, struct str pem, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	int ok = x && X509_STORE_add_cert(store, x);

	(void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	X509_free(x);
	(void)BIO_free(bio);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return ok ? 0 : err_set(err, E_TLS, "no certificate to trust");
}

static int
fail_tls(struct demo_client *d, const char *what, struct err *err)
{
	long verify = d->ssl ? SSL_get_verify_result(d->ssl) : X509_V_OK;
	const char *why = ERR_reason_error_string(ERR_peek_error());

	if (verify != X509_V_OK)
		why = X509_verify_cert_error_string(verify);
	return err_set(err, E_TLS, "%s: %s", what,
	    why ? why : "the connection ended or nothing came");
}

static int
demo_handshake(struct demo_client *d, const char *host, struct str trusted,
    struct err *err)
{
	char name[256];		/* OpenSSL's macro wants it writable */

	(void)snprintf(name, sizeof(name), "%s", host);
	ERR_clear_error();
	d->ctx = SSL_CTX_new(TLS_client_method());
	if (!d->ctx || trust(d->ctx, trusted, err) < 0)
		return err_set(err, E_TLS, "no certificate to trust");
	d->ssl = SSL_new(d->ctx);
	if (!d->ssl || !SSL_set1_host(d->ssl, host) ||
	    !SSL_set_tlsext_host_name(d->ssl, name) ||
	    !SSL_set_fd(d->ssl, d->fd) || SSL_connect(d->ssl) != 1)
		return fail_tls(d, "TLS", err);
	printf("-- %s, %s, certificate of %s verified\n",
	    SSL_get_version(d->ssl), SSL_get_cipher_name(d->ssl), host);
	return 0;
}

int
demo_open(uint32_t port, const char *host, struct str trusted,
    struct demo_client **d, struct err *err)
{
	struct demo_client *n = calloc(1, sizeof(*n));

	if (!n)
		bug("out of memory");
	buf_init(&n->in, HEARD_MAX);
	buf_init(&n->heard, HEARD_MAX);
	n->fd = connect_to(port, err);
	if (n->fd < 0 || demo_handshake(n, host, trusted, err) < 0) {
		demo_close(n);
		return err->code;
	}
	*d = n;
	return 0;
}

void
demo_close(struct demo_client *d)
{
	if (!d)
		return;
	SSL_free(d->ssl);
	SSL_CTX_free(d->ctx);
	if (d->fd >= 0)
		(void)close(d->fd);
	buf_free(&d->in);
	buf_free(&d->heard);
	free(d);
}

int
demo_say(struct demo_client *d, const char *shown, struct err *err,
    const char *fmt, ...)
{
	auto_buf b = BUF_INIT(65536);
	char line[1000];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		return err_set(err, E_LIMIT, "line too long");
	printf("C: %s\n", shown ? shown : line);
	buf_reset(&d->heard);
	buf_printf(&b, "%s\r\n", line);
	ERR_clear_error();
	if (SSL_write(d->ssl, b.p, (int)b.n) != (int)b.n)
		return fail_tls(d, "write", err);
	return 0;
}

/* The next line, without its CRLF; it is part of what was heard. */
static int
demo_hear(struct demo_client *d, struct str *line, struct err *err)
{
	size_t end, at = d->heard.n;
	char *room;
	int n;

	while ((end = str_find(buf_get(&d->in), STR("\r\n"))) == d->in.n) {
		room = buf_room(&d->in, 4096);
		if (!room)
			return err_set(err, E_LIMIT, "the line has no end");
		ERR_clear_error();
		n = SSL_read(d->ssl, room, 4096);
		if (n <= 0)
			return fail_tls(d, "read", err);
		buf_added(&d->in, (size_t)n);
	}
	buf_put(&d->heard, d->in.p, end + 2);
	buf_eat(&d->in, end + 2);
	if (buf_failed(&d->heard))
		return err_set(err, E_LIMIT, "the answer has no end");
	*line = str_make(d->heard.p + at, end);
	printf("S: %.*s\n", STR_FMT(*line));
	return 0;
}

int
demo_greeting(struct demo_client *d, const char *want, struct err *err)
{
	struct str line;

	if (demo_hear(d, &line, err) < 0)
		return err->code;
	if (!str_starts(line, str_c(want)))
		return err_set(err, E_PROTO, "expected \"%s\" but heard "
		    "\"%.*s\"", want, STR_FMT(str_first(line, 100)));
	return 0;
}

int
demo_reply(struct demo_client *d, const char *code, struct err *err)
{
	struct str line;

	do {
		if (demo_hear(d, &line, err) < 0)
			return err->code;
	} while (line.n > 3 && line.p[3] == '-');
	if (!str_starts(line, str_c(code)))
		return err_set(err, E_PROTO, "expected %s but heard "
		    "\"%.*s\"", code, STR_FMT(str_first(line, 100)));
	return 0;
}

int
demo_tagged(struct demo_client *d, const char *tag, struct err *err)
{
	struct str line;

	do {
		if (demo_hear(d, &line, err) < 0)
			return err->code;
	} while (!str_starts(line, str_c(tag)) ||
	    line.n <= strlen(tag) || line.p[strlen(tag)] != ' ');
	if (!str_startsi(str_from(line, strlen(tag) + 1), STR("OK")))
		return err_set(err, E_PROTO, "heard \"%.*s\"",
		    STR_FMT(str_first(line, 120)));
	return 0;
}

struct str
demo_heard(const struct demo_client *d)
{
	return buf_get(&d->heard);
}
