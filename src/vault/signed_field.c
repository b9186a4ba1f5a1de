/*
 * signed_field.c - see signed_field.h.           RFC 6376 3.5, 3.7, RFC 8463 3
 */
#include "vault/signed_field.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/b64.h"
#include "trust/dkim_relax.h"

enum { COLUMNS = 78, HASH_LEN = 32, SIGNATURE_MAX = 1024 };

void
folded_put(struct folded *f, struct str piece)
{
	buf_str(f->out, piece);
	f->column += piece.n;
}

void
folded_break(struct folded *f)
{
	folded_put(f, STR("\r\n "));
	f->column = 1;
}

/* A tag, on the line we are on if it fits. */
void
folded_tag(struct folded *f, const char *name, struct str value)
{
	struct str s = str_c(name);

	if (f->column + 1 + s.n + value.n + 1 > COLUMNS)
		folded_break(f);
	else
		folded_put(f, STR(" "));
	folded_put(f, s);
	folded_put(f, value);
	folded_put(f, STR(";"));
}

/* sig-h-tag: FWS may stand around each colon.             RFC 6376 3.5 */
void
folded_names(struct folded *f, struct str names)
{
	struct str name;

	folded_break(f);
	folded_put(f, STR("h="));
	while (names.n > 0) {
		bool more = str_cut(names, ':', &name, &names);

		if (!more)
			names = STR_NULL;
		if (f->column + name.n + 1 > COLUMNS)
			folded_break(f);
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
			folded_break(f);
		line = str_first(rest, COLUMNS - f->column);
		folded_put(f, line);
	}
}

void
folded_base64_tag(struct folded *f, const char *name, struct str octets)
{
	auto_buf text = BUF_INIT(64);

	b64_put(&text, octets);
	folded_tag(f, name, buf_get(&text));
}

void
folded_time(struct folded *f, int64_t at)
{
	auto_buf text = BUF_INIT(64);

	buf_u64(&text, (uint64_t)(at > 0 ? at : 0));
	folded_tag(f, "t=", buf_get(&text));
}

/* SHA-256 over the fields and then ours, whose b= is still empty, without its
 * last CRLF.                                             RFC 6376 3.7 */
static bool
hash_all(OSSL_LIB_CTX *lib, struct str header, struct str field,
    uint8_t hash[HASH_LEN])
{
	auto_buf own = BUF_INIT(SIGNED_FIELD_MAX);
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
signed_field_end(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    struct str before, struct folded *f, struct err *err)
{
	uint8_t hash[HASH_LEN], sig[SIGNATURE_MAX];
	size_t n = sizeof(sig);
	bool ok;

	folded_break(f);
	folded_put(f, STR("b="));
	ERR_clear_error();
	ok = !buf_failed(f->out) &&
	    hash_all(lib, before, buf_get(f->out), hash) &&
	    (key->algorithm == DKIM_RSA ? sign_rsa : sign_ed25519)(lib,
	    key->key, hash, sig, &n);
	ERR_clear_error();
	if (!ok)
		return err_set(err, E_TLS, "OpenSSL does not sign");
	put_base64(f, str_make((const char *)sig, n));
	folded_put(f, STR("\r\n"));
	return buf_failed(f->out) ? err_set(err, E_LIMIT,
	    "a signature too long") : 0;
}
