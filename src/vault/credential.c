#include "vault/credential.h"

#include <sodium.h>

#include "vault/opaque_string.h"

enum { OLD = 1, VERSION = 2, TIME = 2, MEMORY_OCTETS = 19 << 20,
	HASH_MAX = 128 };

bool
credential_keys(struct str password, struct scram_keys *k)
{
	auto_buf form = BUF_INIT(OPAQUE_FORM_MAX);
	bool made;

	k->count = SCRAM_COUNT;
	made = opaque_string_kc(password, &form) &&
	    scram_keys_make(buf_get(&form), k);
	if (form.p)
		sodium_memzero(form.p, form.n);
	return made;
}

static void
put_record(struct str hash, const struct scram_keys *k, struct buf *record)
{
	buf_chr(record, VERSION);
	buf_le16(record, (uint16_t)hash.n);
	buf_str(record, hash);
	scram_keys_put(k, record);
}

int
credential_make(struct str password, const uint8_t salt[SCRAM_SALT_LEN],
    struct buf *record, struct err *err)
{
	auto_buf form = BUF_INIT(OPAQUE_FORM_MAX);
	char hash[crypto_pwhash_STRBYTES];
	struct scram_keys k;
	bool made;

	if (!opaque_string(password, &form))
		return err_set(err, E_INVALID, "not a password: empty, longer "
		    "than %d octets, or with characters that cannot be seen",
		    OPAQUE_MAX);
	memcpy(k.salt, salt, sizeof(k.salt));
	made = credential_keys(password, &k) &&
	    crypto_pwhash_str_alg(hash, form.p, form.n, TIME, MEMORY_OCTETS,
	    crypto_pwhash_ALG_ARGON2ID13) == 0;
	sodium_memzero(form.p, form.n);
	if (made)
		put_record(str_c(hash), &k, record);
	sodium_memzero(&k, sizeof(k));
	return made ? 0 : err_set(err, E_FULL,
	    "no memory for the password hash");
}

bool
credential_renew(const struct credential *c, struct str password,
    struct buf *record)
{
	struct scram_keys k = c->scram;
	bool made = credential_keys(password, &k);

	if (made)
		put_record(c->hash, &k, record);
	sodium_memzero(&k, sizeof(k));
	return made;
}

/* SCRAM count (u32; 0: none)  salt (16)  StoredKey (32)  ServerKey (32) */
static void
take_old_keys(struct rd *r, struct scram_keys *k)
{
	struct scram_pair *pair = &k->of[SCRAM_SHA_256];
	struct str salt, stored, server;

	*k = (struct scram_keys){ .count = rd_le32(r) };
	salt = rd_take(r, sizeof(k->salt));
	stored = rd_take(r, sizeof(pair->stored));
	server = rd_take(r, sizeof(pair->server));
	if (!rd_ok(r))
		return;
	memcpy(k->salt, salt.p, salt.n);
	memcpy(pair->stored, stored.p, stored.n);
	memcpy(pair->server, server.p, server.n);
	pair->there = k->count > 0;
}

bool
credential_parse(struct str record, struct credential *c)
{
	struct rd r = rd_of(record);
	uint8_t version = rd_le8(&r);
	struct credential got = { .old = version == OLD };

	if (version != OLD && version != VERSION)
		return false;
	got.hash = rd_take(&r, rd_le16(&r));
	if (got.old)
		take_old_keys(&r, &got.scram);
	else
		scram_keys_take(&r, &got.scram);
	if (!rd_done(&r) || got.hash.n == 0 || got.hash.n >= HASH_MAX)
		return false;
	*c = got;
	return true;
}

bool
credential_verify(const struct credential *c, struct str password)
{
	auto_buf form = BUF_INIT(OPAQUE_FORM_MAX);
	char hash[HASH_MAX] = "";
	bool right;

	if (c->hash.n >= sizeof(hash))
		return false;
	memcpy(hash, c->hash.p, c->hash.n);
	right = crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
	if (opaque_string(password, &form) &&
	    !str_eq(buf_get(&form), password))
		right |= crypto_pwhash_str_verify(hash, form.p, form.n) == 0;
	if (form.p)
		sodium_memzero(form.p, form.n);
	return right;
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
