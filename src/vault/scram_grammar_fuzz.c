/* Either message: what is read lies in it and keeps what was promised. */
#include "base/err.h"
#include "vault/scram_grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_in(struct str inner, struct str outer)
{
	return inner.n == 0 || (inner.p >= outer.p && inner.p + inner.n <=
	    outer.p + outer.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	struct arena *a = arena_new(8 * SCRAM_MESSAGE_MAX);
	struct scram_client_first f;
	struct scram_client_final l;

	if (scram_read_first(in, a, &f)) {
		bug_if(!is_in(f.bare, in) || !is_in(f.gs2, in));
		bug_if(f.gs2.n + f.bare.n != in.n);
		bug_if(!scram_is_nonce(f.nonce) || f.user.n == 0);
		bug_if((f.flag == SCRAM_BOUND) != (f.binding.n > 0));
		bug_if(!str_is_utf8(f.user));
	}
	if (scram_read_final(in, a, &l)) {
		bug_if(!is_in(l.without_proof, in));
		bug_if(l.without_proof.n > SCRAM_FINAL_MAX);
		bug_if(l.nonce.n == 0 || l.binding.n == 0);
	}
	arena_free(a);
	return 0;
}
