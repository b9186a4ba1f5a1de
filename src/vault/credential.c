#include "vault/credential.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/rd.h"

enum { VERSION = 1, TIME = 2, MEMORY_OCTETS = 19 << 20, HASH_MAX = 128 };

struct scram {
	uint8_t salt[CREDENTIAL_SALT_LEN];
	uint8_t stored[SCRAM_KEY_LEN], server[SCRAM_KEY_LEN];
};

static bool
hmac(const uint8_t key[SCRAM_KEY_LEN], struct str text,
    uint8_t out[SCRAM_KEY_LEN])
{
	return HMAC(EVP_sha256(), key, SCRAM_KEY_LEN,
	    (const uint8_t *)text.p, text.n, out, NULL);
}

/*	SaltedPassword = Hi(Normalize(password), salt, i)
 *	ClientKey      = HMAC(SaltedPassword, "Client Key")
 *	StoredKey      = H(ClientKey)
 *	ServerKey      = HMAC(SaltedPassword, "Server Key")	RFC 5802 3 */
static bool
scram_keys(struct str password, struct scram *s)
{
	uint8_t salted[SCRAM_KEY_LEN], client[SCRAM_KEY_LEN];
	bool ok = PKCS5_PBKDF2_HMAC(password.p, (int)password.n, s->salt,
	    sizeof(s->salt), SCRAM_COUNT, EVP_sha256(), sizeof(salted),
	    salted) && hmac(salted, STR("Client Key"), client) &&
	    EVP_Digest(client, sizeof(client), s->stored, NULL, EVP_sha256(),
		NULL) && hmac(salted, STR("Server Key"), s->server);

	sodium_memzero(salted, sizeof(salted));
	sodium_memzero(client, sizeof(client));
	return ok;
}

static bool
is_prepared(struct str password)
{
	for (size_t i = 0; i < password.n; i++)
		if (password.p[i] < 0x20 || password.p[i] > 0x7e)
			return false;
	return true;
}

int
credential_make(struct str password, struct buf *record, struct err *err)
{
	char hash[crypto_pwhash_STRBYTES];
	struct scram s = { 0 };
	bool scram = is_prepared(password);

	if (password.n == 0 || memchr(password.p, 0, password.n))
		return err_set(err, E_INVALID, "not a password");
	randombytes_buf(s.salt, sizeof(s.salt));
	if (scram && !scram_keys(password, &s))
		return err_set(err, E_FULL, "no memory for the password hash");
	if (crypto_pwhash_str_alg(hash, password.p, password.n, TIME,
	    MEMORY_OCTETS, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(err, E_FULL, "no memory for the password hash");
	buf_chr(record, VERSION);
	buf_le16(record, (uint16_t)str_c(hash).n);
	buf_str(record, str_c(hash));
	buf_le32(record, scram ? SCRAM_COUNT : 0);
	buf_put(record, s.salt, sizeof(s.salt));
	buf_put(record, s.stored, sizeof(s.stored));
	buf_put(record, s.server, sizeof(s.server));
	sodium_memzero(&s, sizeof(s));
	return 0;
}

bool
credential_parse(struct str record, struct credential *c)
{
	struct rd r = rd_of(record);
	struct credential got;

	if (rd_le8(&r) != VERSION)
		return false;
	got.hash = rd_take(&r, rd_le16(&r));
	got.scram_count = rd_le32(&r);
	got.scram_salt = rd_take(&r, CREDENTIAL_SALT_LEN);
	got.stored_key = rd_take(&r, SCRAM_KEY_LEN);
	got.server_key = rd_take(&r, SCRAM_KEY_LEN);
	if (!rd_done(&r) || got.hash.n == 0 || got.hash.n >= HASH_MAX)
		return false;
	*c = got;
	return true;
}

bool
credential_verify(const struct credential *c, struct str password)
{
	char hash[HASH_MAX] = "";

	if (c->hash.n >= sizeof(hash))
		return false;
	memcpy(hash, c->hash.p, c->hash.n);
	return crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}

bool
credential_verify_nobody(struct str password)
{
	/* Of octets that were thrown away; it would not matter. */
	static const struct credential nobody = { .hash = STR(
	    "$argon2id$v=19$m=19456,t=2,p=1$b2Jvdm9kb3Zub3ZvZG5vbw$"
	    "QzF1d2pZbnZ4VjZKc0tLTUd0a3BhS0lDaTVOdUVaTEM") };

	(void)credential_verify(&nobody, password);
	return false;
}
