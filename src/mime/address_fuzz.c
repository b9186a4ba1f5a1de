#include "mime/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(16 << 20);
	struct str in = str_make((const char *)data, size);

	(void)address_parse(a, in, 3);
	(void)address_parse(a, in, 1000);
	arena_free(a);
	return 0;
}
