/* A file that somebody sent the operator: what is found is DER, and bounded. */
#include "admin/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), spki;
	struct arena *a = arena_new(1 << 18);

	if (size <= 1 << 16 && certificate_key(in, a, &spki))
		bug_if(spki.n > in.n);
	arena_free(a);
	return 0;
}
