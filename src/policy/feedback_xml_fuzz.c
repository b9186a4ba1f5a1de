#include "policy/feedback_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
read_xml(struct feedback_reading *r, struct str text, struct err *err)
{
	return feedback_xml(r, text, 7, err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return feedback_fuzz(read_xml, &feedback_dmarc_row_shape,
	    str_make((const char *)data, size));
}
