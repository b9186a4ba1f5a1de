#include "rt/tls_shown.h"

#include <openssl/err.h>

#include "base/buf.h"
#include "base/rd.h"

enum {
	CERTIFICATES_MAX = 16384,	/* of a client, with its chain */
	MESSAGE_HASH = 254,		/* RFC 8446 4.4.1 */
	RANDOM_AT = 6, RANDOM_LEN = 32,	/* of a hello, behind its header */
};

struct tls_shown_log {
	struct buf said;	/* messages, each with its header */
	struct buf signature;
	uint32_t version, scheme;
	uint8_t key[TLS_SHOWN_KEY];
	bool verified;		/* its CertificateVerify has come */
};

/* struct { SignatureScheme algorithm; opaque signature<0..2^16-1>; }, which
 * OpenSSL judges. */
static void
take_verify(struct tls_shown_log *l, struct str message)
{
	struct rd r = rd_of(str_from(message, SSL3_HM_HEADER_LENGTH));
	uint32_t high = rd_le8(&r), n;

	l->scheme = high << 8 | rd_le8(&r);
	high = rd_le8(&r);
	n = high << 8 | rd_le8(&r);
	buf_str(&l->signature, rd_take(&r, n));
	l->verified = rd_done(&r);
}

/* Every message of the handshake, in the order in which it is hashed. */
static void
on_message(int out, int version unused_arg, int type, const void *p, size_t n,
    SSL *ssl unused_arg, void *arg)
{
	struct tls_shown_log *l = arg;
	struct str message = str_make(p, n);

	if (type != SSL3_RT_HANDSHAKE || n < SSL3_HM_HEADER_LENGTH ||
	    l->verified)
		return;
	if (!out && message.p[0] == SSL3_MT_CERTIFICATE_VERIFY)
		take_verify(l, message);
	else
		buf_str(&l->said, message);
}

struct tls_shown_log *
tls_shown_new(SSL *ssl)
{
	struct tls_shown_log *l = calloc(1, sizeof(*l));

	bug_if(!l);
	buf_init(&l->said, TLS_SHOWN_SAID);
	buf_init(&l->signature, TLS_SHOWN_SIGNATURE);
	SSL_set_msg_callback(ssl, on_message);
	SSL_set_msg_callback_arg(ssl, l);
	return l;
}

void
tls_shown_free(struct tls_shown_log *l)
{
	if (!l)
		return;
	buf_free(&l->said);
	buf_free(&l->signature);
	free(l);
}

/* A first ServerHello that wants another ClientHello. RFC 8446 4.1.3 */
static bool
is_retry(struct str second)
{
	static const uint8_t retry[RANDOM_LEN] = { 0xcf, 0x21, 0xad, 0x74,
		0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
		0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
		0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };

	return second.n >= RANDOM_AT + RANDOM_LEN &&
	    second.p[0] == SSL3_MT_SERVER_HELLO &&
	    memcmp(second.p + RANDOM_AT, retry, RANDOM_LEN) == 0;
}

/* The ClientHello that was answered so is hashed by its hash. RFC 8446 4.4.1 */
static bool
put_retry(struct tls_shown_log *l, SSL *ssl, struct tls_lib *lib)
{
	const EVP_MD *md = SSL_CIPHER_get_handshake_digest(
	    SSL_get_current_cipher(ssl));
	struct str all = buf_get(&l->said), rest;
	const uint8_t *o = (const uint8_t *)all.p;
	uint8_t hash[EVP_MAX_MD_SIZE];
	size_t first, n = 0;
	struct buf said;

	if (all.n < SSL3_HM_HEADER_LENGTH)
		return false;
	first = SSL3_HM_HEADER_LENGTH + (size_t)(o[1] << 16 | o[2] << 8 |
	    o[3]);
	rest = str_from(all, first);
	if (!is_retry(rest))
		return true;
	if (!md || EVP_Q_digest(tls_lib_ctx(lib), EVP_MD_get0_name(md), NULL,
	    all.p, first, hash, &n) != 1)
		return false;
	buf_init(&said, TLS_SHOWN_SAID);
	buf_chr(&said, (char)MESSAGE_HASH);
	buf_put(&said, "\0", 2);
	buf_chr(&said, (char)n);
	buf_put(&said, hash, n);
	buf_str(&said, rest);
	buf_free(&l->said);
	l->said = said;
	return true;
}

/* Vault knows a handshake by its signature in it, which has to be another one
 * each time: role_external.c. */
static bool
signs_anew(const SSL *ssl)
{
	int kind = 0;

	return SSL_get_signature_type_nid(ssl, &kind) == 1 &&
	    kind != NID_ED25519 && kind != NID_rsaEncryption;
}

/* A session that is resumed has the certificate of another handshake, which
 * proves nothing in this one; but see tls_shown_ask(). */
bool
tls_shown_end(struct tls_shown_log *l, SSL *ssl, struct tls_lib *lib)
{
	const X509 *shown = SSL_get0_peer_certificate(ssl);

	SSL_set_msg_callback(ssl, NULL);
	l->version = (uint32_t)SSL_version(ssl);
	return shown && l->verified && !SSL_session_reused(ssl) &&
	    signs_anew(ssl) &&
	    tls_key_hash(lib, shown, l->key) && put_retry(l, ssl, lib) &&
	    !buf_failed(&l->said) && !buf_failed(&l->signature);
}

void
tls_shown_get(const struct tls_shown_log *l, struct tls_shown *out)
{
	*out = (struct tls_shown){ .version = l->version,
		.scheme = l->scheme,
		.key = str_make((const char *)l->key, sizeof(l->key)),
		.said = buf_get(&l->said),
		.signature = buf_get(&l->signature) };
}

/* Who signed it, and until when it is good, means nothing here: what is known
 * of somebody is a key. So no chain is built. In TLS 1.3 tickets come behind
 * this; in 1.2 see tls_ticket_key(). */
static int
take_any(X509_STORE_CTX *store, void *arg unused_arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());

	X509_STORE_CTX_set_error(store, X509_V_OK);
	return SSL_set_num_tickets(ssl, 0);
}

void
tls_shown_ask(SSL_CTX *ctx)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, take_any, NULL);
	SSL_CTX_set_max_cert_list(ctx, CERTIFICATES_MAX);
}
