#include "vault/credential.h"

#include <sodium.h>

#include "vault/foreign_hash.h"
#include "vault/opaque_string.h"

enum { OLD = 1, VERSION = 2, FOREIGN = 3, TIME = 2, MEMORY_OCTETS = 19 << 20,
	HASH_MAX = FOREIGN_HASH_MAX + 1 };

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
put_record(int version, struct str hash, const struct scram_keys *k,
    struct buf *record)
{
	buf_chr(record, (char)version);
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
		put_record(VERSION, str_c(hash), &k, record);
	sodium_memzero(&k, sizeof(k));
	return made ? 0 : err_set(err, E_FULL,
	    "no memory for the password hash");
}

int
credential_foreign(struct str text, const uint8_t salt[SCRAM_SALT_LEN],
    struct buf *record, struct err *err)
{
	auto_buf kept = BUF_INIT(FOREIGN_HASH_MAX);
	struct scram_keys none = { 0 };
	int rc = foreign_hash_read(text, &kept, err);

	if (rc == 0 && buf_failed(&kept))
		rc = err_set(err, E_INVALID, "the hash is too long");
	memcpy(none.salt, salt, sizeof(none.salt));
	if (rc == 0)
		put_record(FOREIGN, buf_get(&kept), &none, record);
	return rc;
}

bool
credential_renew(const struct credential *c, struct str password,
    struct buf *record)
{
	struct scram_keys k = c->scram;
	bool made = credential_keys(password, &k);

	if (made)
		put_record(VERSION, c->hash, &k, record);
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
	struct credential got = { .old = version == OLD,
		.foreign = version == FOREIGN };

	if (version < OLD || version > FOREIGN)
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

static bool
is_of(const struct credential *c, struct str password)
{
	char hash[HASH_MAX] = "";

	if (c->foreign)
		return foreign_hash_verify(c->hash, password);
	if (c->hash.n >= sizeof(hash))
		return false;
	memcpy(hash, c->hash.p, c->hash.n);
	return crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}

/* Who made a foreign hash had the password as it was typed, or did as we do. */
bool
credential_verify(const struct credential *c, struct str password)
{
	auto_buf form = BUF_INIT(OPAQUE_FORM_MAX);
	bool right = is_of(c, password);

	if (opaque_string(password, &form) &&
	    !str_eq(buf_get(&form), password))
		right |= is_of(c, buf_get(&form));
	if (c->foreign && !right)
		(void)credential_verify_nobody(password);
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
