#include "base/err.h"
#include "mime/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mail_date d;

	if (date_parse(str_make((const char *)data, size), &d))
		bug_if(d.offset_min < -1439 || d.offset_min > 1439);
	return 0;
}
