#include "vault/seal.h"

#include <sodium.h>

enum { VERSION = 1, TAG_LEN = 16, NAME_MAX_OCTETS = 400 };

_Static_assert(SEAL_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    "nonce");
_Static_assert(SEAL_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    "key");
_Static_assert(TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

/* The lengths are in it: no kind and name read as another pair. */
static void
put_associated(struct buf *b, struct seal_what what)
{
	buf_chr(b, VERSION);
	buf_le32(b, (uint32_t)what.kind.n);
	buf_str(b, what.kind);
	buf_le32(b, (uint32_t)what.name.n);
	buf_str(b, what.name);
	bug_if(buf_failed(b));
}

void
seal_put(const struct seal_key *key, struct seal_what what,
    const uint8_t nonce[SEAL_NONCE_LEN], struct str secret, struct buf *out)
{
	auto_buf ad = BUF_INIT(64 + NAME_MAX_OCTETS);
	char *room;

	put_associated(&ad, what);
	buf_chr(out, VERSION);
	buf_put(out, nonce, SEAL_NONCE_LEN);
	room = buf_room(out, secret.n + TAG_LEN);
	if (!room)
		return;
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt((uint8_t *)room, NULL,
	    (const uint8_t *)secret.p, secret.n, (const uint8_t *)ad.p, ad.n,
	    NULL, nonce, key->octets);
	buf_added(out, secret.n + TAG_LEN);
}

int
seal_open(const struct seal_key *key, struct seal_what what,
    struct str sealed, struct arena *a, struct str *secret, struct err *err)
{
	auto_buf ad = BUF_INIT(64 + NAME_MAX_OCTETS);
	const uint8_t *nonce = (const uint8_t *)sealed.p + 1;
	struct str box = str_from(sealed, 1 + SEAL_NONCE_LEN);
	char *plain;

	if (sealed.n < SEAL_OVERHEAD || sealed.p[0] != VERSION)
		return err_set(err, E_INVALID, "nothing sealed");
	put_associated(&ad, what);
	plain = arena_alloc(a, box.n - TAG_LEN + 1);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL,
	    NULL, (const uint8_t *)box.p, box.n, (const uint8_t *)ad.p, ad.n,
	    nonce, key->octets) != 0)
		return err_set(err, E_INVALID, "%.*s: the seal is broken",
		    STR_FMT(what.kind));
	*secret = str_make(plain, box.n - TAG_LEN);
	return 0;
}

void
seal_derive(const struct seal_key *key, struct str what,
    uint8_t derived[SEAL_KEY_LEN])
{
	(void)crypto_generichash(derived, SEAL_KEY_LEN,
	    (const uint8_t *)what.p, what.n, key->octets,
	    sizeof(key->octets));
}
