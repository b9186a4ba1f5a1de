#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/rd.h"
#include "rt/tls_shown.h"

/* AEAD only (RFC 9325 4.2). Key exchange by RSA would need the key itself: not
 * possible. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS "X25519:P-256"
/* Nobody who keeps it can read it later, with whatever computer: the library
 * has it from 3.5 on. */
#define HYBRID "X25519MLKEM768"
#define SIGALGS                                                             \
	"ed25519:ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:"    \
	"RSA-PSS+SHA384:RSA-PSS+SHA512:rsa_pss_pss_sha256:RSA+SHA256:"      \
	"RSA+SHA384:RSA+SHA512"

enum { CHAIN_MAX = 10, NAME_MAX_OCTETS = 255 };
enum { TICKET_S = 7200 };	/* and then the next key (master/tickets.c) */

struct tls_lib {
	int refs;
	OSSL_LIB_CTX *ctx;
	OSSL_PROVIDER *providers[2];	/* "default", ours */
	BIO_METHOD *bio;
	struct tls_ticket_keys tickets;
};

/* One set of names: a leaf to compare with, and at most one certificate for
 * each kind of key. */
struct tls_entry {
	SSL_CTX *ssl;
	X509 *leaf;
};

struct tls_ctx {
	int refs;
	struct tls_lib *lib;
	struct tls_entry *entries;
	size_t n;
	X509 *newest;
	struct tls_staple *staples;
	struct str alpn;
	bool asks;	/* clients for a certificate */
};

int
tls_err(struct err *err, int code, const char *what)
{
	char text[160] = "";
	size_t n = 0;
	unsigned long e;

	while ((e = ERR_get_error()) && n < sizeof(text) - 2) {
		const char *why = ERR_reason_error_string(e);
		int len = snprintf(text + n, sizeof(text) - n, "%s%s",
		    n ? ", " : "", why ? why : "unknown reason");

		if (len < 0 || (size_t)len >= sizeof(text) - n)
			break;
		n += (size_t)len;
	}
	ERR_clear_error();
	return err_set(err, code, "%s: %s", what, n ? text : "no reason given");
}

void
tls_no_errors(void)
{
	unsigned long e = ERR_peek_error();

	if (e)
		bug("an OpenSSL error was left behind: %s",
		    ERR_reason_error_string(e));
}

/* Library ------------------------------------------------------------- */

static void
lib_free(struct tls_lib *lib)
{
	BIO_meth_free(lib->bio);
	EVP_CIPHER_free(lib->tickets.cipher);
	OPENSSL_cleanse(&lib->tickets, sizeof(lib->tickets));
	for (size_t i = 0; i < NELEM(lib->providers); i++)
		if (lib->providers[i])
			(void)OSSL_PROVIDER_unload(lib->providers[i]);
	OSSL_LIB_CTX_free(lib->ctx);
	free(lib);
}

struct tls_lib *
tls_lib_new(struct err *err)
{
	struct tls_lib *lib = calloc(1, sizeof(*lib));

	bug_if(!lib);
	lib->refs = 1;
	if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
	    NULL) || !(lib->ctx = OSSL_LIB_CTX_new()) ||
	    !(lib->providers[0] = OSSL_PROVIDER_load(lib->ctx, "default")) ||
	    !(lib->bio = tls_bio_method()) ||
	    !(lib->tickets.cipher = EVP_CIPHER_fetch(lib->ctx, "AES-256-CBC",
		NULL)) ||
	    RAND_priv_bytes_ex(lib->ctx, lib->tickets.octets[0],
		sizeof(lib->tickets.octets), 0) != 1) {
		(void)tls_err(err, E_TLS, "OpenSSL does not start");
		lib_free(lib);
		return NULL;
	}
	return lib;
}

struct tls_lib *
tls_lib_ref(struct tls_lib *lib)
{
	lib->refs++;
	return lib;
}

void
tls_lib_unref(struct tls_lib *lib)
{
	if (lib && --lib->refs == 0)
		lib_free(lib);
}

OSSL_LIB_CTX *
tls_lib_ctx(struct tls_lib *lib)
{
	return lib->ctx;
}

/* The default one comes first: so it makes the ephemeral keys of a handshake,
 * also of types that ours knows. */
int
tls_lib_provide(struct tls_lib *lib, const char *name,
    OSSL_provider_init_fn *init, struct err *err)
{
	bug_if(lib->providers[1]);
	ERR_clear_error();
	if (OSSL_PROVIDER_add_builtin(lib->ctx, name, init))
		lib->providers[1] = OSSL_PROVIDER_load(lib->ctx, name);
	if (!lib->providers[1])
		return tls_err(err, E_TLS, name);
	return 0;
}

BIO_METHOD *
tls_lib_bio(struct tls_lib *lib)
{
	return lib->bio;
}

void
tls_lib_tickets(struct tls_lib *lib, struct str keys)
{
	if (keys.n == sizeof(lib->tickets.octets))
		memcpy(lib->tickets.octets, keys.p, keys.n);
}

const struct tls_ticket_keys *
tls_lib_ticket_keys(const struct tls_lib *lib)
{
	return &lib->tickets;
}

struct tls_lib *
tls_lib_of(SSL *ssl)
{
	const struct tls_ctx *ctx = SSL_CTX_get_app_data(
	    SSL_get_SSL_CTX(ssl));

	return ctx->lib;
}

/* Names --------------------------------------------------------------- */

/* Is the certificate good for this name?                RFC 6125 6.4.3:
 * a wildcard is a whole leftmost label and stands for exactly one. The name
 * is what the client says: a leading dot would mean "any host below". */
static bool
covers(X509 *leaf, const char *name)
{
	size_t n = strnlen(name, NAME_MAX_OCTETS + 1);

	if (n == 0 || n > NAME_MAX_OCTETS || name[0] == '.')
		return false;
	return X509_check_host(leaf, name, n,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

static const struct tls_entry *
entry_for(const struct tls_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < ctx->n; i++)
		if (covers(ctx->entries[i].leaf, name))
			return &ctx->entries[i];
	return NULL;
}

/* The ClientHello names a host                            RFC 6066 3 */
static int
choose(SSL *ssl, int *alert unused_arg, void *arg)
{
	const struct tls_ctx *ctx = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	const struct tls_entry *e = name ? entry_for(ctx, name) : NULL;

	if (!e)
		return SSL_TLSEXT_ERR_NOACK;	/* the first one answers */
	if (e != ctx->entries)
		(void)SSL_set_SSL_CTX(ssl, e->ssl);
	return SSL_TLSEXT_ERR_OK;
}

static const ASN1_OCTET_STRING *
alt_names(const X509 *x)
{
	int at = X509_get_ext_by_NID(x, NID_subject_alt_name, -1);

	return at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(x, at));
}

static bool
same_names(const X509 *a, const X509 *b)
{
	const ASN1_OCTET_STRING *na = alt_names(a), *nb = alt_names(b);

	if (na && nb)
		return ASN1_OCTET_STRING_cmp(na, nb) == 0;
	return !na && !nb && X509_NAME_cmp(X509_get_subject_name(a),
	    X509_get_subject_name(b)) == 0;
}

/* Contexts ------------------------------------------------------------ */

/* Of both sides. */
SSL_CTX *
tls_ssl_ctx(struct tls_lib *lib, const SSL_METHOD *method)
{
	SSL_CTX *s = SSL_CTX_new_ex(lib->ctx, NULL, method);

	if (!s)
		return NULL;
	(void)SSL_CTX_set_options(s, SSL_OP_NO_COMPRESSION |
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	(void)SSL_CTX_set_mode(s, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* A record in one read, not its five octets of header first. */
	SSL_CTX_set_read_ahead(s, 1);
	(void)SSL_CTX_set_session_cache_mode(s, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_min_proto_version(s, TLS1_2_VERSION))
		return s;
	SSL_CTX_free(s);
	return NULL;
}

/* Sessions are resumed by tickets: there is no cache to fill. */
static SSL_CTX *
new_ssl_ctx(struct tls_ctx *ctx)
{
	SSL_CTX *s = tls_ssl_ctx(ctx->lib, TLS_server_method());
	const char *id = "postern";
	/* Not const: OpenSSL's macros cast it away. */
	char groups[] = HYBRID ":" GROUPS, sigalgs[] = SIGALGS;
	char *classic = groups + sizeof(HYBRID);

	if (!s)
		return NULL;
	(void)SSL_CTX_set_options(s, SSL_OP_CIPHER_SERVER_PREFERENCE |
	    SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_verify(s, SSL_VERIFY_NONE, NULL);
	(void)SSL_CTX_set_app_data(s, ctx);
	(void)SSL_CTX_set_timeout(s, TICKET_S);
	if (SSL_CTX_set_cipher_list(s, CIPHERS) &&
	    (SSL_CTX_set1_groups_list(s, groups) ||
		(ERR_clear_error(), SSL_CTX_set1_groups_list(s, classic))) &&
	    SSL_CTX_set1_sigalgs_list(s, sigalgs) &&
	    SSL_CTX_set_session_id_context(s, (const uint8_t *)id,
		(unsigned)str_c(id).n) &&
	    SSL_CTX_set_tlsext_servername_callback(s, choose) &&
	    SSL_CTX_set_tlsext_servername_arg(s, ctx) &&
	    SSL_CTX_set_tlsext_status_cb(s, tls_staple_show) &&
	    SSL_CTX_set_tlsext_status_arg(s, &ctx->staples) &&
	    SSL_CTX_set_tlsext_ticket_key_evp_cb(s, tls_ticket_key))
		return s;
	SSL_CTX_free(s);
	return NULL;
}

struct tls_ctx *
tls_ctx_new(struct tls_lib *lib, struct err *err unused_arg)
{
	struct tls_ctx *ctx = calloc(1, sizeof(*ctx));

	bug_if(!ctx);
	ctx->refs = 1;
	ctx->lib = tls_lib_ref(lib);
	return ctx;
}

struct tls_ctx *
tls_ctx_ref(struct tls_ctx *ctx)
{
	ctx->refs++;
	return ctx;
}

void
tls_ctx_unref(struct tls_ctx *ctx)
{
	if (!ctx || --ctx->refs > 0)
		return;
	for (size_t i = 0; i < ctx->n; i++) {
		SSL_CTX_free(ctx->entries[i].ssl);
		X509_free(ctx->entries[i].leaf);
	}
	X509_free(ctx->newest);
	tls_staple_free(ctx->staples);
	tls_lib_unref(ctx->lib);
	free(ctx->entries);
	free(ctx);
}

X509 *
tls_next_cert(struct tls_lib *lib, BIO *pem)
{
	X509 *x = X509_new_ex(lib->ctx, NULL);

	if (x && PEM_read_bio_X509(pem, &x, NULL, NULL))
		return x;
	X509_free(x);
	return NULL;
}

bool
tls_key_hash(struct tls_lib *lib, const X509 *x, uint8_t *sum)
{
	unsigned char *spki = NULL;
	size_t n = 0;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	bool good = len > 0 && EVP_Q_digest(lib->ctx, "SHA256", NULL, spki,
	    (size_t)len, sum, &n) == 1;

	OPENSSL_free(spki);
	ERR_clear_error();
	return good;
}

bool
tls_key_hex(struct tls_lib *lib, const X509 *x, char *hex)
{
	uint8_t sum[TLS_KEY_HEX / 2];

	if (!tls_key_hash(lib, x, sum))
		return false;
	for (size_t i = 0; i < sizeof(sum); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	return true;
}

/* One that is cut off in its second certificate is still being written. */
bool
tls_read_chain(struct tls_lib *lib, struct str pem, X509 **leaf,
    STACK_OF(X509) *rest)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *x = NULL;

	*leaf = bio ? tls_next_cert(lib, bio) : NULL;
	while (*leaf && sk_X509_num(rest) < CHAIN_MAX &&
	    (x = tls_next_cert(lib, bio)))
		if (!sk_X509_push(rest, x))
			X509_free(x);
	BIO_free(bio);
	if (!*leaf || (!x && ERR_GET_REASON(ERR_peek_last_error()) !=
	    PEM_R_NO_START_LINE))
		return false;
	ERR_clear_error();	/* the end of the file is one to OpenSSL */
	return true;
}

static struct tls_entry *
new_entry(struct tls_ctx *ctx, X509 *leaf)
{
	struct tls_entry *grown = reallocarray(ctx->entries, ctx->n + 1,
	    sizeof(*grown));
	SSL_CTX *s = new_ssl_ctx(ctx);

	bug_if(!grown);
	ctx->entries = grown;
	if (!s)
		return NULL;
	X509_up_ref(leaf);
	grown[ctx->n] = (struct tls_entry){ s, leaf };
	return &grown[ctx->n++];
}

static bool
install(struct tls_ctx *ctx, X509 *leaf, STACK_OF(X509) *rest, EVP_PKEY *key)
{
	struct tls_entry *e;

	for (size_t i = 0; i < ctx->n; i++)
		if (same_names(ctx->entries[i].leaf, leaf) &&
		    SSL_CTX_use_cert_and_key(ctx->entries[i].ssl, leaf, key,
			rest, 0) == 1)
			return true;
	ERR_clear_error();	/* "not replacing": it gets one of its own */
	e = new_entry(ctx, leaf);
	if (e && SSL_CTX_use_cert_and_key(e->ssl, leaf, key, rest, 0) == 1)
		return true;
	if (e) {
		SSL_CTX_free(e->ssl);
		X509_free(e->leaf);
		ctx->n--;
	}
	return false;
}

int
tls_ctx_add(struct tls_ctx *ctx, struct str chain_pem, EVP_PKEY *key,
    struct err *err)
{
	STACK_OF(X509) *rest = sk_X509_new_null();
	X509 *leaf = NULL;
	int rc = 0;

	bug_if(!rest);
	ERR_clear_error();
	if (!tls_read_chain(ctx->lib, chain_pem, &leaf, rest))
		rc = tls_err(err, E_INVALID, "no certificate in the chain, "
		    "or not all of one");
	else if (!install(ctx, leaf, rest,
	    key ? key : X509_get0_pubkey(leaf)))
		rc = tls_err(err, E_TLS, "certificate and key");
	X509_free(rc == 0 ? ctx->newest : leaf);
	if (rc == 0)
		ctx->newest = leaf;
	sk_X509_pop_free(rest, X509_free);
	return rc;
}

void
tls_ctx_staple(struct tls_ctx *ctx, struct str der, int64_t until)
{
	tls_staple_add(&ctx->staples, ctx->newest, der, until);
}

size_t
tls_ctx_shown(const struct tls_ctx *ctx, const char *name, bool *covered,
    char (*hex)[TLS_KEY_HEX + 1])
{
	const struct tls_entry *e = entry_for(ctx, name);
	long which = SSL_CERT_SET_FIRST;
	size_t n = 0;

	*covered = e != NULL;
	if (!e)
		e = ctx->entries;
	while (ctx->n > 0 && n < TLS_SHOWN_MAX &&
	    SSL_CTX_set_current_cert(e->ssl, which)) {
		if (tls_key_hex(ctx->lib, SSL_CTX_get0_certificate(e->ssl),
		    hex[n]))
			n++;
		which = SSL_CERT_SET_NEXT;
	}
	return n;
}

/* ProtocolNameList: names behind their length                RFC 7301 3.1 */
static bool
find_protocol(struct str list, struct str wanted, struct str *found)
{
	struct rd r = rd_of(list);

	while (rd_left(&r) > 0) {
		*found = rd_take(&r, rd_le8(&r));
		if (rd_ok(&r) && str_eq(*found, wanted))
			return true;
	}
	return false;
}

static int
choose_protocol(SSL *ssl unused_arg, const unsigned char **out,
    unsigned char *outlen, const unsigned char *in, unsigned int inlen,
    void *arg)
{
	const struct tls_ctx *ctx = arg;
	struct str list = str_make((const char *)in, inlen), found;
	struct str rest = ctx->alpn, one;

	while (rest.n > 0) {
		if (!str_cut(rest, ' ', &one, &rest))
			rest = STR_NULL;
		if (!find_protocol(list, one, &found))
			continue;
		*out = (const unsigned char *)found.p;
		*outlen = (unsigned char)found.n;
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void
tls_ctx_alpn(struct tls_ctx *ctx, struct str protocols)
{
	ctx->alpn = protocols;
	for (size_t i = 0; i < ctx->n; i++)
		SSL_CTX_set_alpn_select_cb(ctx->entries[i].ssl,
		    choose_protocol, ctx);
}

void
tls_ctx_ask_clients(struct tls_ctx *ctx)
{
	ctx->asks = true;
	for (size_t i = 0; i < ctx->n; i++)
		tls_shown_ask(ctx->entries[i].ssl);
}

bool
tls_ctx_asks(const struct tls_ctx *ctx)
{
	return ctx->asks;
}

SSL *
tls_ctx_ssl(struct tls_ctx *ctx)
{
	return ctx->n ? SSL_new(ctx->entries[0].ssl) : NULL;
}

struct tls_lib *
tls_ctx_lib(struct tls_ctx *ctx)
{
	return ctx->lib;
}
