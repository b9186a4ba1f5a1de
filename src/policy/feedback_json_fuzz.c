#include "policy/feedback_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return feedback_fuzz(feedback_json, &feedback_tls_row_shape,
	    str_make((const char *)data, size));
}
