#include "vault/app_password.h"

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

void
app_proof_of(const struct seal_key *key, struct str lower_address,
    const struct app_password *p, struct app_proof *out)
{
	uint8_t derived[SEAL_KEY_LEN], hash[8 + APP_PASSWORD_PROOF];
	crypto_generichash_state h;

	seal_derive(key, STR("app-password"), derived);
	(void)crypto_generichash_init(&h, derived, sizeof(derived),
	    sizeof(hash));
	/* Of a fixed length, so no pair reads as another. */
	(void)crypto_generichash_update(&h, (const uint8_t *)p->signs,
	    sizeof(p->signs));
	(void)crypto_generichash_update(&h, (const uint8_t *)lower_address.p,
	    lower_address.n);
	(void)crypto_generichash_final(&h, hash, sizeof(hash));
	memcpy(&out->number, hash, sizeof(out->number));
	out->number = (out->number & INT64_MAX) | 1;
	memcpy(out->octets, hash + 8, sizeof(out->octets));
	sodium_memzero(derived, sizeof(derived));
	sodium_memzero(&h, sizeof(h));
}

bool
app_proof_is(const struct app_proof *p, struct str kept)
{
	return kept.n == sizeof(p->octets) &&
	    sodium_memcmp(p->octets, kept.p, kept.n) == 0;
}
