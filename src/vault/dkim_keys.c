/*
 * dkim_keys.c - keys that sign mail: made, put in each other's place, kept as a
 * record, published.                          RFC 6376 3.6.1, RFC 8463 4
 */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sodium.h>

#include "base/b64.h"
#include "base/timetext.h"
#include "vault/dkim.h"

enum {
	VERSION = 2, VERSION_1 = 1,
	RSA_BITS = 2048,	/* RFC 8301 3.2: at least 1024 */
	NAME_OCTETS = 4,	/* of a hash, in a selector */
};

MSG_SHAPE(dkim_stored_1);
MSG_SHAPE(dkim_stored);

static const struct {
	enum dkim_algorithm algorithm;
	const char *name;	/* of OpenSSL */
	char letter;		/* in the selector */
} kinds[] = {
	{ DKIM_RSA, "RSA", 'r' },
	{ DKIM_ED25519, "ED25519", 'e' },
};

struct str
dkim_algorithm_name(enum dkim_algorithm algorithm)
{
	return algorithm == DKIM_RSA ? STR("rsa") : STR("ed25519");
}

const struct dkim_key *
dkim_keys_find(const struct dkim_keys *keys, enum dkim_algorithm algorithm,
    enum dkim_state state)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->v[i].algorithm == algorithm &&
		    keys->v[i].state == state)
			return &keys->v[i];
	return NULL;
}

static bool
has_signed(const struct dkim_key *k)
{
	return k->state == DKIM_OLD || k->state == DKIM_REVOKED;
}

/* Making ---------------------------------------------------------------- */

static EVP_PKEY *
generate(OSSL_LIB_CTX *lib, enum dkim_algorithm algorithm)
{
	if (algorithm == DKIM_RSA)
		return EVP_PKEY_Q_keygen(lib, NULL, "RSA", (size_t)RSA_BITS);
	return EVP_PKEY_Q_keygen(lib, NULL, "ED25519");
}

/* The day alone would come again: a domain that lost its keys, or changes them
 * twice. No two keys are the same. */
static bool
name_key(OSSL_LIB_CTX *lib, struct dkim_key *k, char letter)
{
	struct civil day = civil_of(k->since);
	auto_buf selector = BUF_INIT(sizeof(k->selector) - 1);
	EVP_MD *md = EVP_MD_fetch(lib, "SHA256", NULL);
	uint8_t *p = NULL, hash[EVP_MAX_MD_SIZE];
	int n = i2d_PUBKEY(k->key, &p);
	bool ok = md && n > 0 &&
	    EVP_Digest(p, (size_t)n, hash, NULL, md, NULL) == 1;

	if (ok) {
		buf_printf(&selector, "p%04d%02d%02d%c-", day.year, day.month,
		    day.day, letter);
		buf_hex(&selector, str_make((const char *)hash, NAME_OCTETS));
		memcpy(k->selector, selector.p, selector.n);
	}
	EVP_MD_free(md);
	OPENSSL_free(p);
	return ok;
}

static int
make_key(OSSL_LIB_CTX *lib, enum dkim_algorithm algorithm,
    enum dkim_state state, int64_t now, struct dkim_key *k, struct err *err)
{
	size_t kind = 0;

	while (kinds[kind].algorithm != algorithm)
		kind++;
	*k = (struct dkim_key){ .algorithm = algorithm, .state = state,
		.key = generate(lib, algorithm), .since = now };
	if (k->key && name_key(lib, k, kinds[kind].letter))
		return 0;
	EVP_PKEY_free(k->key);
	ERR_clear_error();
	return err_set(err, E_TLS, "OpenSSL makes no keys");
}

static const enum dkim_state needed[] = { DKIM_ACTIVE, DKIM_RESERVE };

bool
dkim_keys_are_complete(const struct dkim_keys *keys)
{
	for (size_t i = 0; i < NELEM(needed) * NELEM(kinds); i++)
		if (!dkim_keys_find(keys, kinds[i % NELEM(kinds)].algorithm,
		    needed[i / NELEM(kinds)]))
			return false;
	return true;
}

int
dkim_keys_fill(OSSL_LIB_CTX *lib, int64_t now, struct dkim_keys *keys,
    struct err *err)
{
	int made = 0;

	for (size_t i = 0; i < NELEM(needed) * NELEM(kinds); i++) {
		enum dkim_algorithm algorithm =
		    kinds[i % NELEM(kinds)].algorithm;
		enum dkim_state state = needed[i / NELEM(kinds)];

		if (dkim_keys_find(keys, algorithm, state))
			continue;
		if (keys->n == DKIM_KEYS_MAX)
			return err_set(err, E_LIMIT, "too many keys");
		if (make_key(lib, algorithm, state, now, &keys->v[keys->n],
		    err) < 0)
			return err->code;
		keys->n++;
		made = 1;
	}
	return made;
}

/* Rotating -------------------------------------------------------------- */

static int
drop_private(OSSL_LIB_CTX *lib, struct dkim_key *k, struct err *err)
{
	uint8_t *p = NULL;
	int n = i2d_PUBKEY(k->key, &p);
	const uint8_t *at = p;
	EVP_PKEY *public = n > 0 ? d2i_PUBKEY_ex(NULL, &at, n, lib, NULL) :
	    NULL;

	OPENSSL_free(p);
	ERR_clear_error();
	if (!public)
		return err_set(err, E_TLS, "OpenSSL tells no public key");
	EVP_PKEY_free(k->key);
	k->key = public;
	return 0;
}

static void
forget_past(struct dkim_keys *keys, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < keys->n; i++) {
		if (has_signed(&keys->v[i]) && keys->v[i].until <= now)
			EVP_PKEY_free(keys->v[i].key);
		else
			keys->v[n++] = keys->v[i];
	}
	keys->n = n;
}

static size_t
place_of(const struct dkim_keys *keys, struct str selector)
{
	size_t i = 0;

	while (i < keys->n && !str_eq(str_c(keys->v[i].selector), selector))
		i++;
	return i;
}

static void
revoke_all(struct dkim_keys *keys, enum dkim_algorithm algorithm)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->v[i].algorithm == algorithm &&
		    keys->v[i].state == DKIM_OLD)
			keys->v[i].state = DKIM_REVOKED;
}

/* May it sign next, and is there room for what has signed? 1: yes. */
static int
may_follow(const struct dkim_keys *keys, size_t i, struct err *err)
{
	const struct dkim_key *k = &keys->v[i];

	if (i == keys->n)
		return err_set(err, E_NOTFOUND, "no such key");
	if (k->state == DKIM_ACTIVE)
		return 0;
	if (k->state != DKIM_RESERVE ||
	    !dkim_keys_find(keys, k->algorithm, DKIM_ACTIVE))
		return err_set(err, E_INVALID, "%s is no key in reserve",
		    k->selector);
	return keys->n < DKIM_KEYS_MAX ? 1 : err_set(err, E_LIMIT,
	    "%d keys that have signed have to stay published still",
	    DKIM_KEYS_MAX - 2 * (int)NELEM(kinds));
}

/* Each keeps its place, so RSA signs first. */
int
dkim_keys_rotate(OSSL_LIB_CTX *lib, struct dkim_keys *keys,
    struct str selector, bool revoke, int64_t now, int64_t until,
    struct err *err)
{
	struct dkim_key *next, *signs, new, *old;
	int rc;

	forget_past(keys, now);
	rc = may_follow(keys, place_of(keys, selector), err);
	if (rc <= 0)
		return rc;
	next = &keys->v[place_of(keys, selector)];
	signs = &keys->v[dkim_keys_find(keys, next->algorithm, DKIM_ACTIVE) -
	    keys->v];
	if (drop_private(lib, signs, err) < 0 ||
	    make_key(lib, next->algorithm, DKIM_RESERVE, now, &new, err) < 0)
		return err->code;
	old = &keys->v[keys->n++];
	*old = *signs;
	old->state = DKIM_OLD;
	old->since = now;
	old->until = until;
	*signs = *next;
	signs->state = DKIM_ACTIVE;
	signs->since = now;
	*next = new;
	if (revoke)
		revoke_all(keys, old->algorithm);
	return 1;
}

/* Writing --------------------------------------------------------------- */

/* The private key as PKCS #8; the caller frees what OpenSSL allocated. */
static int
private_octets(EVP_PKEY *key, uint8_t **p)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int n = -1;

	if (info)
		n = i2d_PKCS8_PRIV_KEY_INFO(info, p);
	PKCS8_PRIV_KEY_INFO_free(info);
	return n;
}

static bool
put_key(const struct dkim_key *k, struct buf *record)
{
	struct dkim_stored s = { .algorithm = k->algorithm,
		.state = (uint8_t)k->state,
		.selector = str_c(k->selector), .since = k->since,
		.until = k->until };
	uint8_t *p = NULL;
	int n = has_signed(k) ? i2d_PUBKEY(k->key, &p) :
	    private_octets(k->key, &p);

	s.key = str_make((const char *)p, n > 0 ? (size_t)n : 0);
	if (n > 0)
		msg_put(record, &dkim_stored_shape, &s);
	if (p)
		OPENSSL_clear_free(p, (size_t)n);
	return n > 0;
}

int
dkim_keys_put(const struct dkim_keys *keys, struct buf *record,
    struct err *err)
{
	bool ok = true;

	buf_chr(record, VERSION);
	for (size_t i = 0; i < keys->n && ok; i++)
		ok = put_key(&keys->v[i], record);
	ERR_clear_error();
	return ok && !buf_failed(record) ? 0 :
	    err_set(err, E_TLS, "OpenSSL tells no keys");
}

/* Reading --------------------------------------------------------------- */

static EVP_PKEY *
key_of(OSSL_LIB_CTX *lib, const struct dkim_stored *s)
{
	const uint8_t *p = (const uint8_t *)s->key.p;
	long n = (long)s->key.n;
	EVP_PKEY *key = s->state == DKIM_OLD || s->state == DKIM_REVOKED ?
	    d2i_PUBKEY_ex(NULL, &p, n, lib, NULL) :
	    d2i_AutoPrivateKey_ex(NULL, &p, n, lib, NULL);

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
		.state = (enum dkim_state)s->state, .key = key_of(lib, s),
		.since = s->since, .until = s->until };
	if (s->selector.n > 0)
		memcpy(k->selector, s->selector.p, s->selector.n);
	return k->key && fits(k->key, k->algorithm) &&
	    s->state <= DKIM_REVOKED && dkim_is_domain(s->selector);
}

/* Those of version 1 were named after the month that they were made in,
 * "p202611r"; it had one for what signs, as now. */
static bool
take_stored_1(struct rd *r, struct dkim_stored *s)
{
	struct dkim_stored_1 old;
	struct civil day = { .day = 1 };
	uint32_t month;

	if (!msg_take(r, &dkim_stored_1_shape, &old) ||
	    old.state > DKIM_ACTIVE)
		return false;
	*s = (struct dkim_stored){ .algorithm = old.algorithm,
		.state = old.state, .selector = old.selector,
		.key = old.key };
	if (old.selector.n == 8 &&
	    str_u32(str_first(str_from(old.selector, 1), 6), &month)) {
		day.year = (int)(month / 100);
		day.month = (int)(month % 100);
		s->since = day.year >= 1970 && civil_valid(&day) ?
		    civil_time(&day) : 0;
	}
	return true;
}

int
dkim_keys_read(OSSL_LIB_CTX *lib, struct str record, struct dkim_keys *keys,
    struct err *err)
{
	struct rd r = rd_of(record);
	struct dkim_keys got = { .n = 0 };
	struct dkim_stored s;
	uint8_t version = rd_le8(&r);
	bool ok = version == VERSION || version == VERSION_1;

	while (ok && rd_left(&r) > 0) {
		ok = got.n < DKIM_KEYS_MAX && (version == VERSION ?
		    msg_take(&r, &dkim_stored_shape, &s) :
		    take_stored_1(&r, &s)) &&
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
	int n;

	if (key->state == DKIM_REVOKED) {
		buf_lit(out, "v=DKIM1; p=");
		return 0;
	}
	n = public_octets(key->key, key->algorithm, &p, raw);
	ERR_clear_error();
	if (n <= 0)
		return err_set(err, E_TLS, "OpenSSL tells no public key");
	buf_printf(out, "v=DKIM1; k=%.*s; p=",
	    STR_FMT(dkim_algorithm_name(key->algorithm)));
	b64_put(out, str_make((const char *)(p ? p : raw), (size_t)n));
	OPENSSL_free(p);
	return 0;
}
