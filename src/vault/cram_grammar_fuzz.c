/* The response: what is read lies in it and keeps what was promised. */
#include "base/err.h"
#include "vault/cram_grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), user;
	uint8_t digest[CRAM_DIGEST];

	if (cram_read(in, &user, digest)) {
		bug_if(user.p != in.p || user.n + 33 != in.n);
		bug_if(user.n == 0 || user.n > CRAM_USER_MAX);
		bug_if(!str_is_utf8(user));
	}
	return 0;
}
