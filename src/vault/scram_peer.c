#include "vault/scram_peer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/b64.h"
#include "base/err.h"

static void
hmac(const EVP_MD *md, const uint8_t *key, size_t n, struct str text,
    uint8_t *out)
{
	bug_if(!HMAC(md, key, (int)n, (const uint8_t *)text.p, text.n, out,
	    NULL));
}

void
scram_peer_prove(enum scram_hash hash, struct str password,
    struct str bare, struct str server_first, struct str without_proof,
    uint8_t proof[SCRAM_KEY_MAX], uint8_t signature[SCRAM_KEY_MAX])
{
	const EVP_MD *md = hash == SCRAM_SHA_256 ? EVP_sha256() : EVP_sha1();
	size_t n = (size_t)EVP_MD_get_size(md);
	uint8_t salted[SCRAM_KEY_MAX], key[SCRAM_KEY_MAX];
	uint8_t stored[SCRAM_KEY_MAX];
	struct arena *a = arena_new(16384);
	struct str auth = arena_printf(a, "%.*s,%.*s,%.*s", STR_FMT(bare),
	    STR_FMT(server_first), STR_FMT(without_proof));
	size_t at = str_find(server_first, STR(",s=")) + 3;
	size_t to = str_find(server_first, STR(",i="));
	struct str salt = STR_NULL;
	uint32_t count = 0;

	bug_if(!b64_decode(str_first(str_from(server_first, at), to - at), a,
	    &salt) || !str_u32(str_from(server_first, to + 3), &count));
	bug_if(!PKCS5_PBKDF2_HMAC(password.p, (int)password.n,
	    (const uint8_t *)salt.p, (int)salt.n, (int)count, md, (int)n,
	    salted));
	hmac(md, salted, n, STR("Client Key"), key);
	bug_if(!EVP_Digest(key, n, stored, NULL, md, NULL));
	hmac(md, stored, n, auth, proof);
	for (size_t i = 0; i < n; i++)
		proof[i] ^= key[i];
	hmac(md, salted, n, STR("Server Key"), key);
	hmac(md, key, n, auth, signature);
	arena_free(a);
}
