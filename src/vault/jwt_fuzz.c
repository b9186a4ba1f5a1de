/* A token as if somebody had signed it: what issuers can say. */
#include "base/err.h"
#include "errand/issuer_words.h"
#include "vault/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEYS "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," \
	"\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}," \
	"{\"kty\":\"EC\",\"crv\":\"P-256\"," \
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"

static struct jwt_keys keys;

static void
make_ready(void)
{
	struct arena *a = arena_new(1 << 17);
	struct str rows;

	json_prepare();
	bug_if(issuer_read_keys(STR(KEYS), a, &rows) != NULL);
	jwt_keys_take(&keys, rows, NULL);
	bug_if(keys.n != 2);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	struct arena *a = arena_new(8 * size + (1 << 16));
	struct token_claims c = { 0 };
	enum jws_alg alg;
	struct jwt t;

	if (keys.n == 0)
		make_ready();
	if (jwt_split(in, a, &t)) {
		bug_if(t.signed_part.p != in.p || t.signed_part.n >= in.n);
		(void)jwt_prove(&keys, &t, NULL, &alg);
		if (!jwt_read(&t, &keys.key[0], JWS_EDDSA, STR("email"), a,
		    &c))
			bug_if(c.user.n > 320 || c.expires < 0);
	}
	arena_free(a);
	return 0;
}
