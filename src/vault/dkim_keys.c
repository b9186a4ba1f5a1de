/*
 * dkim_keys.c - keys that sign mail: made, kept as a record, published.
 *                                            RFC 6376 3.6.1, RFC 8463 4
 */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sodium.h>

#include "base/b64.h"
#include "base/timetext.h"
#include "vault/dkim.h"

enum { VERSION = 1, RSA_BITS = 2048 }; /* RFC 8301 3.2: at least 1024 */

MSG_SHAPE(dkim_stored);

static const struct {
	enum dkim_algorithm algorithm;
	const char *name;	/* of OpenSSL */
	char letter;		/* ends the selector */
} kinds[] = {
	{ DKIM_RSA, "RSA", 'r' },
	{ DKIM_ED25519, "ED25519", 'e' },
};

/* Making ---------------------------------------------------------------- */

static EVP_PKEY *
generate(OSSL_LIB_CTX *lib, enum dkim_algorithm algorithm)
{
	if (algorithm == DKIM_RSA)
		return EVP_PKEY_Q_keygen(lib, NULL, "RSA", (size_t)RSA_BITS);
	return EVP_PKEY_Q_keygen(lib, NULL, "ED25519");
}

/* The private key as PKCS #8; the caller frees what OpenSSL allocated. */
static int
private_octets(EVP_PKEY *key, uint8_t **p)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int n = -1;

	*p = NULL;
	if (info)
		n = i2d_PKCS8_PRIV_KEY_INFO(info, p);
	PKCS8_PRIV_KEY_INFO_free(info);
	return n;
}

static bool
put_key(OSSL_LIB_CTX *lib, size_t kind, const struct civil *day,
    struct buf *record)
{
	EVP_PKEY *key = generate(lib, kinds[kind].algorithm);
	struct dkim_stored s = { kinds[kind].algorithm, 1, STR_NULL, STR_NULL };
	auto_buf selector = BUF_INIT(63);
	uint8_t *p = NULL;
	int n = key ? private_octets(key, &p) : -1;

	buf_printf(&selector, "p%04d%02d%c", day->year, day->month,
	    kinds[kind].letter);
	s.selector = buf_get(&selector);
	s.pkcs8 = str_make((const char *)p, n > 0 ? (size_t)n : 0);
	if (n > 0)
		msg_put(record, &dkim_stored_shape, &s);
	if (p)
		OPENSSL_clear_free(p, (size_t)n);
	EVP_PKEY_free(key);
	return n > 0 && !buf_failed(record);
}

int
dkim_keys_make(OSSL_LIB_CTX *lib, int64_t now, struct buf *record,
    struct err *err)
{
	struct civil day = civil_of(now);
	bool ok = true;

	buf_chr(record, VERSION);
	for (size_t i = 0; i < NELEM(kinds) && ok; i++)
		ok = put_key(lib, i, &day, record);
	ERR_clear_error();
	return ok ? 0 : err_set(err, E_TLS, "OpenSSL makes no keys");
}

/* Reading --------------------------------------------------------------- */

static EVP_PKEY *
private_key(OSSL_LIB_CTX *lib, struct str pkcs8)
{
	const uint8_t *p = (const uint8_t *)pkcs8.p;
	EVP_PKEY *key = d2i_AutoPrivateKey_ex(NULL, &p, (long)pkcs8.n, lib,
	    NULL);

	ERR_clear_error();
	return key;
}

static bool
fits(const EVP_PKEY *key, enum dkim_algorithm algorithm)
{
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (kinds[i].algorithm == algorithm)
			return EVP_PKEY_is_a(key, kinds[i].name);
	return false;
}

static bool
read_key(OSSL_LIB_CTX *lib, const struct dkim_stored *s, struct dkim_key *k)
{
	*k = (struct dkim_key){ .algorithm = s->algorithm,
		.signs = s->signs != 0, .key = private_key(lib, s->pkcs8) };
	if (s->selector.n > 0)
		memcpy(k->selector, s->selector.p, s->selector.n);
	return k->key && fits(k->key, k->algorithm) &&
	    dkim_is_domain(s->selector);
}

int
dkim_keys_read(OSSL_LIB_CTX *lib, struct str record, struct dkim_keys *keys,
    struct err *err)
{
	struct rd r = rd_of(record);
	struct dkim_keys got = { .n = 0 };
	struct dkim_stored s;
	bool ok = rd_le8(&r) == VERSION;

	while (ok && rd_left(&r) > 0) {
		ok = got.n < DKIM_KEYS_MAX &&
		    msg_take(&r, &dkim_stored_shape, &s) &&
		    read_key(lib, &s, &got.v[got.n++]);
	}
	if (!ok || got.n == 0) {
		dkim_keys_free(&got);
		return err_set(err, E_INVALID, "no set of DKIM keys");
	}
	*keys = got;
	return 0;
}

void
dkim_keys_ref(const struct dkim_keys *keys, struct dkim_keys *to)
{
	*to = *keys;
	for (size_t i = 0; i < to->n; i++)
		bug_if(EVP_PKEY_up_ref(to->v[i].key) != 1);
}

void
dkim_keys_free(struct dkim_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		EVP_PKEY_free(keys->v[i].key);
	keys->n = 0;
}

/* Publishing ------------------------------------------------------------ */

/* RSA: SubjectPublicKeyInfo, as everybody does it and RFC 6376 3.6.1 shows;
 * Ed25519: the 32 octets alone (RFC 8463 4.2). */
static int
public_octets(EVP_PKEY *key, enum dkim_algorithm algorithm, uint8_t **p,
    uint8_t raw[32])
{
	size_t n = 32;

	*p = NULL;
	if (algorithm == DKIM_RSA)
		return i2d_PUBKEY(key, p);
	return EVP_PKEY_get_raw_public_key(key, raw, &n) == 1 ? (int)n : -1;
}

int
dkim_public(const struct dkim_key *key, struct buf *out, struct err *err)
{
	uint8_t *p, raw[32];
	int n = public_octets(key->key, key->algorithm, &p, raw);

	ERR_clear_error();
	if (n <= 0)
		return err_set(err, E_TLS, "OpenSSL tells no public key");
	buf_printf(out, "v=DKIM1; k=%s; p=",
	    key->algorithm == DKIM_RSA ? "rsa" : "ed25519");
	b64_put(out, str_make((const char *)(p ? p : raw), (size_t)n));
	OPENSSL_free(p);
	return 0;
}
