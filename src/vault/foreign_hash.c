#include "vault/foreign_hash.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/b64.h"
#include "vault/scram.h"

enum {
	SHA_ROUNDS_MAX = 1000000,
	BCRYPT_COST_MAX = 14,
	ARGON_KB_MAX = 128 * 1024, ARGON_TIMES_MAX = 20, ARGON_LANES_MAX = 16,
	PBKDF2_ROUNDS_MAX = 1000000,
	SALT_MAX = 64, PBKDF2_LEN = 20, PASSWORD_MAX = 512,
};

/* ---- what there is ------------------------------------------------------- */

/* A digest of the password and then, of those with a salt, the salt: the digest
 * stands first, as Base64 or, where the row says so, as hex digits. */
struct digest_scheme {
	const char *word, *name;
	const EVP_MD *(*md)(void);
	size_t len;
	bool salted, hex;
};
static const struct digest_scheme digests[] = {
	{ "SHA", "SHA", EVP_sha1, 20, false, false },
	{ "SHA1", "SHA", EVP_sha1, 20, false, false },
	{ "SSHA", "SSHA", EVP_sha1, 20, true, false },
	{ "SHA256", "SHA256", EVP_sha256, 32, false, false },
	{ "SSHA256", "SSHA256", EVP_sha256, 32, true, false },
	{ "SHA512", "SHA512", EVP_sha512, 64, false, false },
	{ "SSHA512", "SSHA512", EVP_sha512, 64, true, false },
	{ "MD5", "MD5", EVP_md5, 16, false, false },
	{ "LDAP-MD5", "MD5", EVP_md5, 16, false, false },
	{ "PLAIN-MD5", "MD5", EVP_md5, 16, false, true },
	{ "SMD5", "SMD5", EVP_md5, 16, true, false },
};

/* What may stand before one that says itself what it is. */
static const char *const crypts[] = { "CRYPT", "MD5-CRYPT", "SHA256-CRYPT",
	"SHA512-CRYPT", "BLF-CRYPT", "MD5" };
static const char *const argons[] = { "ARGON2", "ARGON2I", "ARGON2ID" };

static bool
is_one_of(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqi(word, str_c(words[i])))
			return true;
	return false;
}

static int
costs_too_much(struct err *err)
{
	return err_set(err, E_INVALID, "this hash takes too long to compute: "
	    "whoever guesses could keep the server busy with it");
}

static int
is_damaged(struct err *err)
{
	return err_set(err, E_INVALID, "the hash is not whole");
}

/* ---- crypt(3) ------------------------------------------------------------ */

static bool
is_crypt_sign(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '/' || c == '$' ||
	    c == '=' || c == '-' || c == ',';
}

/* The part behind "rounds=", up to the next "$"; without: 5000. */
static bool
sha_rounds_fit(struct rd r)
{
	return !rd_opt_word(&r, STR("rounds=")) ||
	    (rd_num32(&r) <= SHA_ROUNDS_MAX && rd_ok(&r));
}

/* "j", then the logarithm of N, less one, and of r, as one sign each: up to
 * 2^14 of 4 KiB, the eighth step of libxcrypt's own eleven. */
static bool
yescrypt_fits(struct rd r)
{
	char n, blocks;

	if (!rd_opt_word(&r, STR("j")))
		return false;
	n = (char)rd_le8(&r);
	blocks = (char)rd_le8(&r);
	return rd_opt_word(&r, STR("$")) && ((n >= '.' && n <= '9') ||
	    n == 'A' || n == 'B') && ((blocks >= '.' && blocks <= '9') ||
	    (blocks >= 'A' && blocks <= 'T'));
}

static bool
bcrypt_fits(struct rd r)
{
	return rd_num32(&r) <= BCRYPT_COST_MAX && rd_ok(&r);
}

static bool
md5_fits(struct rd r unused_arg)
{
	return true;
}

static int
read_crypt(struct str text, struct buf *kept, struct err *err)
{
	static const struct {
		struct str begin;
		bool (*fits)(struct rd r);
		size_t least, most;	/* octets */
	} rows[] = {
		{ STR("$1$"), md5_fits, 3 + 1 + 22, FOREIGN_HASH_MAX },
		{ STR("$5$"), sha_rounds_fit, 3 + 1 + 43, FOREIGN_HASH_MAX },
		{ STR("$6$"), sha_rounds_fit, 3 + 1 + 86, FOREIGN_HASH_MAX },
		{ STR("$2a$"), bcrypt_fits, 60, 60 },
		{ STR("$2b$"), bcrypt_fits, 60, 60 },
		{ STR("$2y$"), bcrypt_fits, 60, 60 },
		{ STR("$y$"), yescrypt_fits, 3 + 4 + 1 + 43,
		    FOREIGN_HASH_MAX },
	};
	struct rd r = rd_of(text);

	if (rd_some(&r, is_crypt_sign).n != text.n)
		return is_damaged(err);
	for (size_t i = 0; i < NELEM(rows); i++) {
		if (!str_starts(text, rows[i].begin))
			continue;
		r = rd_of(str_from(text, rows[i].begin.n));
		if (text.n < rows[i].least || text.n > rows[i].most)
			return is_damaged(err);
		if (!rows[i].fits(r))
			return costs_too_much(err);
		buf_str(kept, text);
		return 0;
	}
	return err_set(err, E_INVALID, "no hash of crypt(3) that says enough "
	    "of a password: $1$, $5$, $6$, $2a$, $2b$, $2y$ and $y$ are");
}

static bool
verify_crypt(struct str kept, struct str password)
{
	char *hash, *typed;
	struct crypt_data *data;
	const char *made;
	bool right;

	hash = calloc(1, kept.n + 1);
	typed = calloc(1, password.n + 1);
	data = calloc(1, sizeof(*data));
	bug_if(!hash || !typed || !data);
	memcpy(hash, kept.p, kept.n);
	if (password.n > 0)
		memcpy(typed, password.p, password.n);
	made = crypt_rn(typed, hash, data, sizeof(*data));
	right = made && strlen(made) == kept.n &&
	    sodium_memcmp(made, hash, kept.n) == 0;
	sodium_memzero(typed, password.n);
	sodium_memzero(data, sizeof(*data));
	free(hash);
	free(typed);
	free(data);
	return right;
}

/* ---- Argon2 -------------------------------------------------------------- */

static uint64_t
number_after(struct rd *r, struct str word)
{
	if (!rd_opt_word(r, word))
		rd_fail(r);
	return rd_num32(r);
}

/* "$argon2id$v=19$m=65536,t=3,p=1$salt$hash" */
static int
read_argon2(struct str text, struct buf *kept, struct err *err)
{
	struct rd r = rd_of(text);
	uint64_t kb, times, lanes;

	if (!rd_opt_word(&r, STR("$argon2id$")) &&
	    !rd_opt_word(&r, STR("$argon2i$")))
		rd_fail(&r);
	if (number_after(&r, STR("v=")) != 19)
		rd_fail(&r);
	kb = number_after(&r, STR("$m="));
	times = number_after(&r, STR(",t="));
	lanes = number_after(&r, STR(",p="));
	if (!rd_ok(&r) || !rd_opt_word(&r, STR("$")) || rd_left(&r) < 20 ||
	    text.n >= crypto_pwhash_STRBYTES)
		return is_damaged(err);
	if (kb > ARGON_KB_MAX || times > ARGON_TIMES_MAX ||
	    lanes > ARGON_LANES_MAX || kb * times > 2 * ARGON_KB_MAX)
		return costs_too_much(err);
	buf_str(kept, text);
	return 0;
}

static bool
verify_argon2(struct str kept, struct str password)
{
	char hash[crypto_pwhash_STRBYTES] = "";

	if (kept.n >= sizeof(hash))
		return false;
	memcpy(hash, kept.p, kept.n);
	return crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}

/* ---- digests ------------------------------------------------------------- */

static const struct digest_scheme *
digest_named(struct str word)
{
	for (size_t i = 0; i < NELEM(digests); i++)
		if (str_eqi(word, str_c(digests[i].word)))
			return &digests[i];
	return NULL;
}

static bool
hex_decode(struct str text, struct arena *a, struct str *out)
{
	char *p = arena_alloc(a, text.n / 2 + 1);
	uint64_t v = 0;
	size_t i;

	for (i = 0; i + 1 < text.n && str_hex64(str_first(str_from(text, i),
	    2), &v); i += 2)
		p[i / 2] = (char)v;
	*out = str_make(p, i / 2);
	return i == text.n;
}

/* "{SSHA.HEX}" is Dovecot's way to say how it is written. */
static int
read_digest(const struct digest_scheme *d, struct str how, struct str text,
    struct buf *kept, struct err *err)
{
	struct arena *a = arena_new(1024);
	bool hex = how.n > 0 ? str_eqi(how, STR("HEX")) : d->hex, good;
	struct str octets = STR_NULL;

	good = (hex || how.n == 0 || str_eqi(how, STR("B64")) ||
	    str_eqi(how, STR("BASE64"))) && text.n <= 2 * FOREIGN_HASH_MAX &&
	    (hex ? hex_decode(text, a, &octets) :
	    b64_decode(text, a, &octets)) && (d->salted ?
	    octets.n > d->len && octets.n <= d->len + SALT_MAX :
	    octets.n == d->len);
	if (good) {
		buf_printf(kept, "{%s}", d->name);
		b64_put(kept, octets);
	}
	arena_free(a);
	return good ? 0 : is_damaged(err);
}

static bool
verify_digest(const struct digest_scheme *d, struct str text,
    struct str password, struct arena *a)
{
	unsigned char made[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct str octets, salt;
	bool right;

	bug_if(!ctx);
	right = b64_decode(text, a, &octets) && octets.n >= d->len;
	if (right) {
		salt = str_from(octets, d->len);
		bug_if(!EVP_DigestInit_ex(ctx, d->md(), NULL) ||
		    !EVP_DigestUpdate(ctx, password.p, password.n) ||
		    !EVP_DigestUpdate(ctx, salt.p, salt.n) ||
		    !EVP_DigestFinal_ex(ctx, made, NULL));
		right = sodium_memcmp(made, octets.p, d->len) == 0;
	}
	EVP_MD_CTX_free(ctx);
	return right;
}

/* ---- PBKDF2 -------------------------------------------------------------- */

struct pbkdf2 {
	struct str salt, hash;	/* the salt as it is written */
	uint64_t rounds;
};

/* "$1$salt$rounds$hash", of SHA-1, in hex digits: Dovecot's */
static bool
parse_pbkdf2(struct str text, struct arena *a, struct pbkdf2 *p)
{
	struct str rest = text;

	return str_next(&rest, '$').n == 0 &&
	    str_eq(str_next(&rest, '$'), STR("1")) &&
	    (p->salt = str_next(&rest, '$')).n > 0 && p->salt.n <= SALT_MAX &&
	    str_u64(str_next(&rest, '$'), &p->rounds) && p->rounds > 0 &&
	    rest.n == 2 * PBKDF2_LEN && hex_decode(rest, a, &p->hash);
}

static int
read_pbkdf2(struct str text, struct buf *kept, struct err *err)
{
	struct arena *a = arena_new(512);
	struct pbkdf2 p;
	bool good = text.n < FOREIGN_HASH_MAX - 10 && parse_pbkdf2(text, a, &p);

	if (good)
		buf_printf(kept, "{PBKDF2}%.*s", STR_FMT(text));
	arena_free(a);
	if (!good)
		return is_damaged(err);
	return p.rounds > PBKDF2_ROUNDS_MAX ? costs_too_much(err) : 0;
}

static bool
verify_pbkdf2(struct str text, struct str password, struct arena *a)
{
	unsigned char made[PBKDF2_LEN];
	struct pbkdf2 p;

	if (!parse_pbkdf2(text, a, &p))
		return false;
	bug_if(!PKCS5_PBKDF2_HMAC(password.p, (int)password.n,
	    (const unsigned char *)p.salt.p, (int)p.salt.n, (int)p.rounds,
	    EVP_sha1(), sizeof(made), made));
	return sodium_memcmp(made, p.hash.p, sizeof(made)) == 0;
}

/* ---- SCRAM --------------------------------------------------------------- */

/* "4096,salt,StoredKey,ServerKey", in Base64: Dovecot's. Our own keys are no
 * other ones, but of a salt of 16 octets. */
static bool
parse_scram(struct str text, enum scram_hash hash, struct arena *a,
    struct scram_keys *k, uint64_t *rounds)
{
	struct str rest = text, salt, stored, server;
	size_t len = scram_hash_len(hash);

	if (!str_u64(str_next(&rest, ','), rounds) || *rounds == 0 ||
	    !b64_decode(str_next(&rest, ','), a, &salt) ||
	    !b64_decode(str_next(&rest, ','), a, &stored) ||
	    !b64_decode(rest, a, &server) || salt.n != SCRAM_SALT_LEN ||
	    stored.n != len || server.n != len)
		return false;
	*k = (struct scram_keys){ .count = (uint32_t)*rounds };
	memcpy(k->salt, salt.p, salt.n);
	memcpy(k->of[hash].stored, stored.p, len);
	return true;
}

static int
read_scram(struct str word, struct str text, enum scram_hash hash,
    struct buf *kept, struct err *err)
{
	struct arena *a = arena_new(1024);
	struct scram_keys k;
	uint64_t rounds = 0;
	bool good = text.n < FOREIGN_HASH_MAX - 20 &&
	    parse_scram(text, hash, a, &k, &rounds);

	if (good)
		buf_printf(kept, "{%.*s}%.*s", STR_FMT(word), STR_FMT(text));
	arena_free(a);
	if (!good)
		return is_damaged(err);
	return rounds > PBKDF2_ROUNDS_MAX ? costs_too_much(err) : 0;
}

static bool
verify_scram(struct str text, enum scram_hash hash, struct str password,
    struct arena *a)
{
	struct scram_keys kept, made;
	uint64_t rounds;
	bool right;

	if (!parse_scram(text, hash, a, &kept, &rounds))
		return false;
	made = kept;
	right = scram_keys_make(password, &made) && sodium_memcmp(
	    made.of[hash].stored, kept.of[hash].stored,
	    scram_hash_len(hash)) == 0;
	sodium_memzero(&made, sizeof(made));
	return right;
}

/* ---- all of them --------------------------------------------------------- */

/* "{WORD}" or "{WORD.HOW}", if there is one. */
static bool
take_scheme(struct str *text, struct str *word, struct str *how)
{
	struct str rest = *text, scheme;

	*word = *how = STR_NULL;
	if (!str_starts(rest, STR("{")))
		return true;
	rest = str_from(rest, 1);
	if (!str_cut(rest, '}', &scheme, text))
		return false;
	(void)str_cut(scheme, '.', word, how);
	return word->n > 0;
}

int
foreign_hash_read(struct str text, struct buf *kept, struct err *err)
{
	const struct digest_scheme *d;
	enum scram_hash hash;
	struct str word, how;

	if (!take_scheme(&text, &word, &how))
		return is_damaged(err);
	if (str_starts(text, STR("$argon2")) && (word.n == 0 ||
	    is_one_of(word, argons, NELEM(argons))))
		return read_argon2(text, kept, err);
	if (str_eqi(word, STR("PBKDF2")))
		return read_pbkdf2(text, kept, err);
	if (scram_hash_named(word, &hash) && !str_endsi(word, STR("-PLUS")))
		return read_scram(word, text, hash, kept, err);
	if (word.n == 0 || (is_one_of(word, crypts, NELEM(crypts)) &&
	    (str_starts(text, STR("$")) || !str_eqi(word, STR("MD5")))))
		return read_crypt(text, kept, err);
	if (str_eqi(word, STR("PLAIN")) || str_eqi(word, STR("CLEARTEXT")) ||
	    str_eqi(word, STR("CLEAR")))
		return err_set(err, E_INVALID, "this is a password and no "
		    "hash: give what is behind the braces with "
		    "--password-stdin");
	if ((d = digest_named(word)))
		return read_digest(d, how, text, kept, err);
	return err_set(err, E_INVALID, "no hash is known by the name {%.*s}",
	    STR_FMT(str_first(word, 40)));
}

bool
foreign_hash_verify(struct str kept, struct str password)
{
	const struct digest_scheme *d;
	struct arena *a;
	struct str text = kept, word, how;
	enum scram_hash hash;
	bool right = false;

	/* None is in a password: C ends there, and HMAC fills up with it. */
	if (password.n > PASSWORD_MAX || str_chr(password, '\0') < password.n)
		return false;
	if (str_starts(kept, STR("$argon2")))
		return verify_argon2(kept, password);
	if (str_starts(kept, STR("$")))
		return verify_crypt(kept, password);
	a = arena_new(1024);
	if (!take_scheme(&text, &word, &how))
		right = false;
	else if (str_eq(word, STR("PBKDF2")))
		right = verify_pbkdf2(text, password, a);
	else if (scram_hash_named(word, &hash))
		right = verify_scram(text, hash, password, a);
	else if ((d = digest_named(word)))
		right = verify_digest(d, text, password, a);
	arena_free(a);
	return right;
}
