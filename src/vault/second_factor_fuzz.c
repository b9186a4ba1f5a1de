/* Hostile octets as a record, and as codes. */
#include "vault/second_factor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	auto_buf record = BUF_INIT(FACTOR_RECORD_MAX);
	struct second_factor f = { 0 };

	if (factor_parse(s, &f)) {
		factor_put(&f, &record);
		bug_if(!str_eq(buf_get(&record), s));
	}
	/* A code is good once. */
	if (factor_use(&f, s, 1111111111))
		bug_if(factor_use(&f, s, 1111111111));
	return 0;
}
