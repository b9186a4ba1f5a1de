#include "vault/tls_proof.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"

enum { TLS12 = 0x0303, TLS13 = 0x0304, RANDOM_LEN = 32, SPACES = 64 };
enum handshake_type { CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11,
	SERVER_KEY_EXCHANGE = 12, CERTIFICATE_VERIFY = 15, MESSAGE_HASH = 254 };

/* The walk ---------------------------------------------------------------- */

static uint32_t
take_be(struct rd *r, size_t octets)
{
	uint32_t v = 0;

	while (octets-- > 0)
		v = v << 8 | rd_le8(r);
	return v;
}

/* struct { HandshakeType msg_type; uint24 length; opaque body[length]; } */
struct tls_message {
	uint32_t type;
	struct str body;
};

static bool
next_message(struct rd *r, struct tls_message *m)
{
	m->type = rd_le8(r);
	m->body = rd_take(r, take_be(r, 3));
	return rd_ok(r);
}

/* The first ones of their kind are the server's, whose Certificate is before
 * the client's. */
struct walk {
	struct str client_random, server_random, key_exchange, verify;
	uint32_t suite;
	struct str leaf;
	struct str until_leaf;	/* TLS 1.3: all, to the end of this one */
};

/* ServerHello: version (2), random, session id <0..32>, cipher suite (2) */
static bool
see_server_hello(struct walk *w, struct str body)
{
	struct rd r = rd_of(body);

	(void)rd_take(&r, 2);
	w->server_random = rd_take(&r, RANDOM_LEN);
	(void)rd_take(&r, rd_le8(&r));
	w->suite = take_be(&r, 2);
	return rd_ok(&r);
}

/* Certificate: in TLS 1.3 an empty context <0..2^8-1>; a list <0..2^24-1> of
 * certificates <1..2^24-1>, of which the first one is the server's. */
static bool
see_certificate(struct walk *w, uint32_t version, struct str body)
{
	struct rd r = rd_of(body);
	size_t list;

	if (version == TLS13 && rd_le8(&r) != 0)
		return false;
	list = take_be(&r, 3);
	if (list != rd_left(&r))
		return false;
	w->leaf = rd_take(&r, take_be(&r, 3));
	return rd_ok(&r) && w->leaf.n > 0;
}

static bool
see_message(struct walk *w, uint32_t version, const struct tls_message *m,
    struct str so_far)
{
	struct rd r = rd_of(m->body);

	switch (m->type) {
	case CLIENT_HELLO:
		(void)rd_take(&r, 2);
		w->client_random = rd_take(&r, RANDOM_LEN);
		return rd_ok(&r);
	case SERVER_HELLO:
		return see_server_hello(w, m->body);
	case SERVER_KEY_EXCHANGE:
		w->key_exchange = m->body;
		return true;
	case CERTIFICATE_VERIFY:
		if (w->verify.n == 0)
			w->verify = m->body;
		return true;
	case CERTIFICATE:
		if (w->leaf.n > 0)	/* the client's */
			return true;
		w->until_leaf = so_far;
		return see_certificate(w, version, m->body);
	default:
		return true;
	}
}

/* What begins a handshake: a ClientHello, or the hash of one that had to come
 * again.                                                    RFC 8446 4.4.1 */
static bool
walk_messages(struct walk *w, const struct tls_proof *p)
{
	struct rd r = rd_of(p->said);
	struct tls_message m;
	bool first = true;

	*w = (struct walk){ 0 };
	while (rd_left(&r) > 0) {
		if (!next_message(&r, &m))
			return false;
		if (first && m.type != CLIENT_HELLO &&
		    (m.type != MESSAGE_HASH || p->version != TLS13))
			return false;
		first = false;
		if (!see_message(w, p->version, &m, str_first(p->said,
		    p->said.n - rd_left(&r))))
			return false;
	}
	return rd_ok(&r) && w->leaf.n > 0 && w->server_random.n > 0;
}

/* What was signed --------------------------------------------------------- */

/* Of the suites of TLS 1.3 that there are here. RFC 8446 B.4 */
static const char *
suite_hash(uint32_t suite)
{
	switch (suite) {
	case 0x1301:	/* TLS_AES_128_GCM_SHA256 */
	case 0x1303:	/* TLS_CHACHA20_POLY1305_SHA256 */
		return "SHA256";
	case 0x1302:	/* TLS_AES_256_GCM_SHA384 */
		return "SHA384";
	default:
		return NULL;
	}
}

/* struct { SignatureScheme algorithm; opaque signature<0..2^16-1>; }, of which
 * nothing is behind it.                        RFC 8446 4.4.3, RFC 5246 4.7 */
static bool
take_signature(struct rd *r, struct str *signature)
{
	(void)rd_take(r, 2);
	*signature = rd_take(r, take_be(r, 2));
	return rd_done(r) && signature->n > 0;
}

/* RFC 8446 4.4.3; a server's and a client's differ by one word. */
static bool
verify_text(OSSL_LIB_CTX *lib, const char *hash, struct str whose,
    struct str said, struct arena *a, struct str *out)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n = 0;

	if (EVP_Q_digest(lib, hash, NULL, said.p, said.n, sum, &n) != 1)
		return false;
	*out = arena_printf(a, "%*sTLS 1.3, %.*s CertificateVerify%c%*s",
	    SPACES, "", STR_FMT(whose), 0, (int)n, "");
	memcpy((char *)(uintptr_t)out->p + out->n - n, sum, n);
	return true;
}

static bool
read_13(OSSL_LIB_CTX *lib, const struct walk *w, const struct tls_proof *p,
    struct arena *a, struct tls_proof_parts *out)
{
	const char *hash = suite_hash(w->suite);
	struct rd r = rd_of(w->verify);

	return hash && take_signature(&r, &out->signature) &&
	    verify_text(lib, hash, STR("server"), w->until_leaf, a,
		&out->ours) &&
	    verify_text(lib, hash, STR("client"), p->said, a, &out->theirs);
}

/* ServerECDHParams in front of the signature of it: curve type (1), curve (2),
 * a point <1..2^8-1>.                                          RFC 8422 5.4 */
static bool
read_12(const struct walk *w, const struct tls_proof *p, struct arena *a,
    struct tls_proof_parts *out)
{
	struct rd r = rd_of(w->key_exchange);
	auto_buf b = BUF_INIT(1024);
	size_t params;

	(void)rd_take(&r, 3);
	(void)rd_take(&r, rd_le8(&r));
	if (!rd_ok(&r) || w->client_random.n == 0)
		return false;
	params = w->key_exchange.n - rd_left(&r);
	buf_str(&b, w->client_random);
	buf_str(&b, w->server_random);
	buf_str(&b, str_first(w->key_exchange, params));
	out->ours = str_dup(a, buf_get(&b));
	out->theirs = p->said;
	return take_signature(&r, &out->signature) && !buf_failed(&b);
}

bool
tls_proof_read(OSSL_LIB_CTX *lib, const struct tls_proof *p, struct arena *a,
    struct tls_proof_parts *out)
{
	struct walk w;
	bool good;

	if ((p->version != TLS12 && p->version != TLS13) ||
	    !walk_messages(&w, p))
		return false;
	out->leaf = w.leaf;
	ERR_clear_error();
	good = p->version == TLS13 ? read_13(lib, &w, p, a, out) :
	    read_12(&w, p, a, out);
	ERR_clear_error();
	return good;
}

/* By whom ----------------------------------------------------------------- */

static EVP_PKEY *
read_key(OSSL_LIB_CTX *lib, struct str spki)
{
	const uint8_t *o = (const uint8_t *)spki.p;
	EVP_PKEY *key;

	if (spki.n == 0 || spki.n > TLS_PROOF_KEY_MAX)
		return NULL;
	key = d2i_PUBKEY_ex(NULL, &o, (long)spki.n, lib, NULL);
	if (key && o == (const uint8_t *)spki.p + spki.n)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

enum { RSA_BITS_MIN = 2048 };

static bool
is_curve(const EVP_PKEY *key)
{
	static const struct str names[] = { STR("prime256v1"),
		STR("secp384r1"), STR("secp521r1") };
	char name[32];
	size_t n = 0;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    !EVP_PKEY_get_group_name(key, name, sizeof(name), &n))
		return false;
	for (size_t i = 0; i < NELEM(names); i++)
		if (str_eq(str_make(name, n), names[i]))
			return true;
	return false;
}

bool
tls_proof_is_key(OSSL_LIB_CTX *lib, struct str spki)
{
	EVP_PKEY *key = read_key(lib, spki);
	bool good = key && (EVP_PKEY_is_a(key, "ED25519") || is_curve(key) ||
	    (EVP_PKEY_is_a(key, "RSA") &&
		EVP_PKEY_get_bits(key) >= RSA_BITS_MIN));

	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

/* What TLS calls them.                                       RFC 8446 4.2.3 */
static const struct scheme {
	uint32_t number;
	const char *key, *digest;
	int padding;
	bool only_12;
} schemes[] = {
	{ 0x0403, "EC", "SHA256", 0, false },
	{ 0x0503, "EC", "SHA384", 0, false },
	{ 0x0603, "EC", "SHA512", 0, false },
	{ 0x0804, "RSA", "SHA256", RSA_PKCS1_PSS_PADDING, false },
	{ 0x0805, "RSA", "SHA384", RSA_PKCS1_PSS_PADDING, false },
	{ 0x0806, "RSA", "SHA512", RSA_PKCS1_PSS_PADDING, false },
	{ 0x0807, "ED25519", NULL, 0, false },
	{ 0x0401, "RSA", "SHA256", RSA_PKCS1_PADDING, true },
	{ 0x0501, "RSA", "SHA384", RSA_PKCS1_PADDING, true },
	{ 0x0601, "RSA", "SHA512", RSA_PKCS1_PADDING, true },
};

static const struct scheme *
find_scheme(const struct tls_proof *p)
{
	for (size_t i = 0; i < NELEM(schemes); i++)
		if (schemes[i].number == p->scheme &&
		    (p->version == TLS12 || !schemes[i].only_12))
			return &schemes[i];
	return NULL;
}

static bool
set_padding(EVP_PKEY_CTX *c, int padding)
{
	if (padding == 0)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(c, padding) > 0 &&
	    (padding != RSA_PKCS1_PSS_PADDING ||
		EVP_PKEY_CTX_set_rsa_pss_saltlen(c,
		    RSA_PSS_SALTLEN_DIGEST) > 0);
}

bool
tls_proof_holds(OSSL_LIB_CTX *lib, struct str spki, const struct tls_proof *p,
    struct str theirs)
{
	const struct scheme *s = find_scheme(p);
	EVP_PKEY *key = s ? read_key(lib, spki) : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	bool good;

	bug_if(!ctx);
	good = key && EVP_PKEY_is_a(key, s->key) &&
	    EVP_DigestVerifyInit_ex(ctx, &c, s->digest, lib, NULL, key,
		NULL) > 0 && set_padding(c, s->padding) &&
	    EVP_DigestVerify(ctx, (const uint8_t *)p->signature.p,
		p->signature.n, (const uint8_t *)theirs.p, theirs.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}
