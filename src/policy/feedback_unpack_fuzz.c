#include "policy/feedback_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No more comes out than there is room for. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf room = BUF_INIT(100000);
	struct err err = { 0 };
	struct str text;

	if (feedback_unpack(str_make((const char *)data, size), &room, &text,
	    &err) < 0)
		bug_if(err.text[0] == '\0');
	else
		bug_if(text.n > size && text.n > room.cap);
	return 0;
}
