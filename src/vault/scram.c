#include "vault/scram.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

static const EVP_MD *
md_of(enum scram_hash hash)
{
	return hash == SCRAM_SHA_256 ? EVP_sha256() : EVP_sha1();
}

size_t
scram_hash_len(enum scram_hash hash)
{
	return hash == SCRAM_SHA_256 ? 32 : 20;
}

bool
scram_hash_named(struct str mechanism, enum scram_hash *hash)
{
	static const struct {
		struct str name;
		enum scram_hash hash;
	} t[] = {
		{ STR("SCRAM-SHA-256"), SCRAM_SHA_256 },
		{ STR("SCRAM-SHA-256-PLUS"), SCRAM_SHA_256 },
		{ STR("SCRAM-SHA-1"), SCRAM_SHA_1 },
		{ STR("SCRAM-SHA-1-PLUS"), SCRAM_SHA_1 },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		if (!str_eqi(mechanism, t[i].name))
			continue;
		*hash = t[i].hash;
		return true;
	}
	return false;
}

void
scram_salt_of(const struct seal_key *key, struct str lower_address,
    uint8_t salt[SCRAM_SALT_LEN])
{
	uint8_t derived[SEAL_KEY_LEN];

	seal_derive(key, STR("scram-salt"), derived);
	(void)crypto_generichash(salt, SCRAM_SALT_LEN,
	    (const uint8_t *)lower_address.p, lower_address.n, derived,
	    sizeof(derived));
	sodium_memzero(derived, sizeof(derived));
}

static bool
hmac(enum scram_hash hash, const uint8_t *key, struct str text, uint8_t *out)
{
	return HMAC(md_of(hash), key, (int)scram_hash_len(hash),
	    (const uint8_t *)text.p, text.n, out, NULL);
}

/*	SaltedPassword = Hi(Normalize(password), salt, i)
 *	ClientKey      = HMAC(SaltedPassword, "Client Key")
 *	StoredKey      = H(ClientKey)
 *	ServerKey      = HMAC(SaltedPassword, "Server Key")	RFC 5802 3 */
static bool
make_pair(struct str password, const struct scram_keys *k,
    enum scram_hash hash, struct scram_pair *out)
{
	size_t n = scram_hash_len(hash);
	uint8_t salted[SCRAM_KEY_MAX], client[SCRAM_KEY_MAX];

	out->there = PKCS5_PBKDF2_HMAC(password.p, (int)password.n, k->salt,
	    sizeof(k->salt), (int)k->count, md_of(hash), (int)n, salted) &&
	    hmac(hash, salted, STR("Client Key"), client) &&
	    EVP_Digest(client, n, out->stored, NULL, md_of(hash), NULL) &&
	    hmac(hash, salted, STR("Server Key"), out->server);
	sodium_memzero(salted, sizeof(salted));
	sodium_memzero(client, sizeof(client));
	return out->there;
}

bool
scram_keys_make(struct str password, struct scram_keys *k)
{
	for (int h = 0; h < SCRAM_HASHES; h++)
		if (!make_pair(password, k, (enum scram_hash)h, &k->of[h]))
			return false;
	return true;
}

void
scram_keys_put(const struct scram_keys *k, struct buf *b)
{
	buf_le32(b, k->count);
	buf_put(b, k->salt, sizeof(k->salt));
	for (int h = 0; h < SCRAM_HASHES; h++) {
		size_t n = scram_hash_len((enum scram_hash)h);

		buf_put(b, k->of[h].stored, n);
		buf_put(b, k->of[h].server, n);
	}
}

static void
take_octets(struct rd *r, uint8_t *to, size_t n)
{
	struct str s = rd_take(r, n);

	if (rd_ok(r))
		memcpy(to, s.p, n);
}

void
scram_keys_take(struct rd *r, struct scram_keys *k)
{
	*k = (struct scram_keys){ .count = rd_le32(r) };
	take_octets(r, k->salt, sizeof(k->salt));
	for (int h = 0; h < SCRAM_HASHES; h++) {
		size_t n = scram_hash_len((enum scram_hash)h);

		take_octets(r, k->of[h].stored, n);
		take_octets(r, k->of[h].server, n);
		k->of[h].there = k->count > 0;
	}
}

/*	ClientSignature = HMAC(StoredKey, AuthMessage)
 *	ClientProof     = ClientKey XOR ClientSignature
 *	ServerSignature = HMAC(ServerKey, AuthMessage)		RFC 5802 3 */
bool
scram_prove(const struct scram_keys *k, enum scram_hash hash,
    struct str auth_message, struct str proof,
    uint8_t signature[SCRAM_KEY_MAX])
{
	const struct scram_pair *pair = &k->of[hash];
	size_t n = scram_hash_len(hash);
	uint8_t client[SCRAM_KEY_MAX], stored[SCRAM_KEY_MAX];
	bool right;

	if (proof.n != n || !hmac(hash, pair->stored, auth_message, client))
		return false;
	for (size_t i = 0; i < n; i++)
		client[i] ^= (uint8_t)proof.p[i];
	right = EVP_Digest(client, n, stored, NULL, md_of(hash), NULL) &&
	    hmac(hash, pair->server, auth_message, signature) &&
	    sodium_memcmp(stored, pair->stored, n) == 0 && pair->there;
	sodium_memzero(client, sizeof(client));
	return right;
}
