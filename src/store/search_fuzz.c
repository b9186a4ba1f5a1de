/*
 * Octets that are a program make a tree within its bounds, whose program says
 * the same again; and any tree judges any row.
 */
#include "base/err.h"
#include "store/messages.h"
#include "store/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum verdict
of_row(void *message, const struct condition *c)
{
	return condition_of_row(c, message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(8 << 20);
	struct searched m = { .seq = 3, .uid = 9, .last_uid = 9, .flags = 3,
		.modseq = 5, .size = 300, .received = INT64_MAX,
		.offset_min = 60, .saved = 7, .keywords = STR("one two") };
	struct condition *c, *again;
	auto_buf program = BUF_INIT(PROGRAM_MAX);

	if (condition_decode(str_make((const char *)data, size), a, &c) == 0) {
		bug_if(condition_count(c) > CONDITIONS_MAX);
		condition_encode(c, &program);
		bug_if(buf_failed(&program));
		bug_if(condition_decode(buf_get(&program), a, &again) < 0);
		bug_if(size <= PROGRAM_MAX / 4 &&
		    condition_judge(c, of_row, &m) !=
		    condition_judge(again, of_row, &m));
	}
	arena_free(a);
	return 0;
}
