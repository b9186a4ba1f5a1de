/*
 * dkim_sign.c - a DKIM-Signature field, composed, folded and signed.
 *                                            RFC 6376 3.5, 3.7, RFC 8463 3
 */
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/b64.h"
#include "trust/dkim_relax.h"
#include "vault/dkim.h"

enum { COLUMNS = 78, HASH_LEN = 32, FIELD_MAX = 8192, SIGNATURE_MAX = 1024 };

bool
dkim_is_domain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) &&
		    c != '-' && c != '.' && c != '_')
			return false;
	}
	return name.n > 0 && name.n <= DKIM_DOMAIN_MAX;
}

static bool
are_names(struct str names)
{
	for (size_t i = 0; i < names.n; i++)
		if (!ascii_is_alnum(names.p[i]) && names.p[i] != '-' &&
		    names.p[i] != ':')
			return false;
	return str_startsi(names, STR("From:"));
}

bool
dkim_may_sign(const struct dkim_signing *s)
{
	return dkim_is_domain(s->domain) && are_names(s->names) &&
	    s->body_hash.n == HASH_LEN &&
	    str_starts(s->header, STR("from:")) &&
	    s->header.n >= 2 &&
	    memcmp(s->header.p + s->header.n - 2, "\r\n", 2) == 0;
}

/* The field ------------------------------------------------------------- */

/* Text that is folded where a piece would not fit its line any more. */
struct folded {
	struct buf *out;
	size_t column;
};

static void
folded_put(struct folded *f, struct str piece)
{
	buf_str(f->out, piece);
	f->column += piece.n;
}

static void
fold(struct folded *f)
{
	folded_put(f, STR("\r\n "));
	f->column = 1;
}

/* A tag, on the line we are on if it fits. */
static void
put_tag(struct folded *f, const char *name, struct str value)
{
	struct str s = str_c(name);

	if (f->column + 1 + s.n + value.n + 1 > COLUMNS)
		fold(f);
	else
		folded_put(f, STR(" "));
	folded_put(f, s);
	folded_put(f, value);
	folded_put(f, STR(";"));
}

/* sig-h-tag: FWS may stand around each colon.             RFC 6376 3.5 */
static void
put_names(struct folded *f, struct str names)
{
	struct str name;

	fold(f);
	folded_put(f, STR("h="));
	while (names.n > 0) {
		bool more = str_cut(names, ':', &name, &names);

		if (!more)
			names = STR_NULL;
		if (f->column + name.n + 1 > COLUMNS)
			fold(f);
		folded_put(f, name);
		folded_put(f, more ? STR(":") : STR(";"));
	}
}

static void
put_base64(struct folded *f, struct str octets)
{
	auto_buf text = BUF_INIT(4 * SIGNATURE_MAX);
	struct str rest, line;

	b64_put(&text, octets);
	for (rest = buf_get(&text); rest.n > 0;
	     rest = str_from(rest, line.n)) {
		if (f->column >= COLUMNS)
			fold(f);
		line = str_first(rest, COLUMNS - f->column);
		folded_put(f, line);
	}
}

/* Everything up to "b=".                          RFC 6376 3.5, RFC 8463 3 */
static void
compose(struct folded *f, const struct dkim_key *key,
    const struct dkim_signing *s)
{
	auto_buf text = BUF_INIT(64);

	folded_put(f, STR("DKIM-Signature: v=1;"));
	put_tag(f, "a=", key->algorithm == DKIM_RSA ? STR("rsa-sha256") :
	    STR("ed25519-sha256"));
	put_tag(f, "c=", STR("relaxed/relaxed"));
	put_tag(f, "d=", s->domain);
	put_tag(f, "s=", str_c(key->selector));
	buf_u64(&text, (uint64_t)(s->at > 0 ? s->at : 0));
	put_tag(f, "t=", buf_get(&text));
	put_names(f, s->names);
	buf_reset(&text);
	b64_put(&text, s->body_hash);
	put_tag(f, "bh=", buf_get(&text));
	fold(f);
	folded_put(f, STR("b="));
}

/* The signature ----------------------------------------------------------- */

/* SHA-256 over the fields and then ours, whose b= is still empty, without its
 * last CRLF.                                             RFC 6376 3.7 */
static bool
hash_all(OSSL_LIB_CTX *lib, struct str header, struct str field,
    uint8_t hash[HASH_LEN])
{
	auto_buf own = BUF_INIT(FIELD_MAX);
	EVP_MD *md = EVP_MD_fetch(lib, "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	struct str name, value;
	bool ok;

	(void)str_cut(field, ':', &name, &value);
	dkim_relax(&own, name, value);
	ok = md && c && !buf_failed(&own) && EVP_DigestInit_ex(c, md, NULL) &&
	    EVP_DigestUpdate(c, header.p, header.n) &&
	    EVP_DigestUpdate(c, own.p, own.n - 2) &&
	    EVP_DigestFinal_ex(c, hash, NULL);
	EVP_MD_CTX_free(c);
	EVP_MD_free(md);
	return ok;
}

/* RSASSA-PKCS1-v1_5 (RFC 6376 3.3) of the hash. */
static bool
sign_rsa(OSSL_LIB_CTX *lib, EVP_PKEY *key, const uint8_t hash[HASH_LEN],
    uint8_t *sig, size_t *n)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);
	EVP_MD *md = EVP_MD_fetch(lib, "SHA256", NULL);
	bool ok = c && md && EVP_PKEY_sign_init(c) > 0 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_signature_md(c, md) > 0 &&
	    EVP_PKEY_sign(c, sig, n, hash, HASH_LEN) > 0;

	EVP_MD_free(md);
	EVP_PKEY_CTX_free(c);
	return ok;
}

/* PureEdDSA of the hash, as if that were the message.     RFC 8463 3 */
static bool
sign_ed25519(OSSL_LIB_CTX *lib, EVP_PKEY *key, const uint8_t hash[HASH_LEN],
    uint8_t *sig, size_t *n)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ok = c && EVP_DigestSignInit_ex(c, NULL, NULL, lib, NULL, key,
	    NULL) > 0 && EVP_DigestSign(c, sig, n, hash, HASH_LEN) > 0;

	EVP_MD_CTX_free(c);
	return ok;
}

int
dkim_sign(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct dkim_signing *s, struct buf *field, struct err *err)
{
	auto_buf own = BUF_INIT(FIELD_MAX);
	struct folded f = { &own, 0 };
	uint8_t hash[HASH_LEN], sig[SIGNATURE_MAX];
	size_t n = sizeof(sig);
	bool ok;

	compose(&f, key, s);
	ERR_clear_error();
	ok = !buf_failed(&own) && hash_all(lib, s->header, buf_get(&own),
	    hash) && (key->algorithm == DKIM_RSA ? sign_rsa : sign_ed25519)(
	    lib, key->key, hash, sig, &n);
	ERR_clear_error();
	if (!ok)
		return err_set(err, E_TLS, "OpenSSL does not sign");
	put_base64(&f, str_make((const char *)sig, n));
	folded_put(&f, STR("\r\n"));
	buf_str(field, buf_get(&own));
	return buf_failed(field) ? err_set(err, E_LIMIT,
	    "a signature too long") : 0;
}
