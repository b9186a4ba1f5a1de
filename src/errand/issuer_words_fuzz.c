/* The same octets as keys, places, and what is said of a token. */
#include "base/err.h"
#include "errand/issuer_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_keys(struct str rows)
{
	struct rd r = rd_of(rows);
	struct jwk_row k;
	size_t n = 0;

	while (rd_left(&r) > 0) {
		bug_if(!msg_take(&r, &jwk_row_shape, &k));
		bug_if(k.kind < JWK_RSA || k.kind > JWK_ED25519);
		bug_if(k.alg > JWS_EDDSA || k.x.n == 0);
		n++;
	}
	bug_if(!rd_done(&r) || n == 0 || n > JWK_KEYS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), out;
	struct arena *a = arena_new((8 * size) + (1 << 20));
	struct introspect_answer answer = { 0 };
	auto_buf b = BUF_INIT(MSG_MAX);
	static bool ready;

	if (!ready)
		json_prepare();
	ready = true;
	if (!issuer_read_keys(in, a, &out))
		check_keys(out);
	(void)issuer_read_keys_url(in, STR("https://id.example"), a, &out);
	if (!issuer_read_token(in, STR("email"), a, &answer)) {
		/* It fits what it is sent in. */
		msg_put(&b, &introspect_answer_shape, &answer);
		bug_if(answer.expires < 0 || answer.issued < 0);
		bug_if(!answer.active && answer.user.n > 0);
	}
	if (size <= 8192) {
		out = issuer_ask_token(in, a);
		for (size_t i = 0; i < out.n; i++)
			bug_if(!ascii_is_printable(out.p[i]));
	}
	arena_free(a);
	return 0;
}
