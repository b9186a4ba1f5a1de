#include "vault/app_password.h"

#include <openssl/evp.h>
#include <sodium.h>

#include "base/err.h"
#include "vault/signs.h"

enum { GROUP = 5 };

void
app_password_of(const uint8_t random[APP_PASSWORD_SIGNS],
    struct app_password *out)
{
	signs_of(random, out->signs, sizeof(out->signs));
}

void
app_password_show(const struct app_password *p, char text[APP_PASSWORD_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < APP_PASSWORD_SIGNS; i++) {
		if (i > 0 && i % GROUP == 0)
			text[n++] = '-';
		text[n++] = p->signs[i];
	}
	bug_if(n != APP_PASSWORD_TEXT);
}

bool
app_password_read(struct str typed, struct app_password *out)
{
	return signs_read(typed, out->signs, sizeof(out->signs));
}

/* first is of a fixed length, so no pair reads as another. */
static void
proof_of_both(const struct seal_key *key, struct str purpose,
    struct str first, struct str second, struct app_proof *out)
{
	uint8_t derived[SEAL_KEY_LEN], hash[8 + APP_PASSWORD_PROOF];
	crypto_generichash_state h;

	seal_derive(key, purpose, derived);
	(void)crypto_generichash_init(&h, derived, sizeof(derived),
	    sizeof(hash));
	(void)crypto_generichash_update(&h, (const uint8_t *)first.p,
	    first.n);
	(void)crypto_generichash_update(&h, (const uint8_t *)second.p,
	    second.n);
	(void)crypto_generichash_final(&h, hash, sizeof(hash));
	memcpy(&out->number, hash, sizeof(out->number));
	out->number = (out->number & INT64_MAX) | 1;
	memcpy(out->octets, hash + 8, sizeof(out->octets));
	sodium_memzero(derived, sizeof(derived));
	sodium_memzero(&h, sizeof(h));
}

void
app_proof_of(const struct seal_key *key, struct str lower_address,
    const struct app_password *p, struct app_proof *out)
{
	proof_of_both(key, STR("app-password"), str_make(p->signs,
	    sizeof(p->signs)), lower_address, out);
}

void
certificate_proof_of(const struct seal_key *key, struct str hash,
    struct app_proof *out)
{
	proof_of_both(key, STR("app-certificate"), hash, STR(""), out);
}

bool
app_proof_is(const struct app_proof *p, struct str kept)
{
	return kept.n == sizeof(p->octets) &&
	    sodium_memcmp(p->octets, kept.p, kept.n) == 0;
}

void
app_secrets_put(const struct app_secrets *s, struct buf *b)
{
	scram_keys_put(&s->scram, b);
	if (s->cram)
		buf_put(b, s->shown, sizeof(s->shown));
}

bool
app_secrets_read(struct str record, struct app_secrets *out)
{
	struct rd r = rd_of(record);
	struct str shown;

	scram_keys_take(&r, &out->scram);
	out->cram = rd_left(&r) > 0;
	memset(out->shown, 0, sizeof(out->shown));
	if (!out->cram)
		return rd_done(&r);
	shown = rd_take(&r, sizeof(out->shown));
	if (!rd_done(&r))
		return false;
	memcpy(out->shown, shown.p, sizeof(out->shown));
	return true;
}

bool
app_secrets_cram(OSSL_LIB_CTX *lib, const struct app_secrets *s,
    struct str challenge, struct str digest)
{
	uint8_t mac[16];
	size_t n = 0;
	bool good = EVP_Q_mac(lib, "HMAC", NULL, "MD5", NULL, s->shown,
	    sizeof(s->shown), (const uint8_t *)challenge.p, challenge.n, mac,
	    sizeof(mac), &n) && n == sizeof(mac) && digest.n == n &&
	    sodium_memcmp(mac, digest.p, n) == 0;

	sodium_memzero(mac, sizeof(mac));
	return good && s->cram;
}
