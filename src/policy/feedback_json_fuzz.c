#include "policy/feedback_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read has the shape of it, and the memory is enough for whatever it
 * is. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(FEEDBACK_MEMORY);
	struct feedback_reading r = { .a = a, .row = arena_new(16384),
		.rows = BUF_INIT(FEEDBACK_ROWS_OCTETS) };
	struct err err = { 0 };
	int rc = feedback_json(&r, str_make((const char *)data, size), &err);
	struct rd rows = rd_of(buf_get(&r.rows));
	struct feedback_tls_row row;

	bug_if(rc < 0 && err.text[0] == '\0');
	for (uint32_t i = 0; i < r.head.nrows; i++)
		bug_if(!msg_take(&rows, &feedback_tls_row_shape, &row) ||
		    row.n > FEEDBACK_COUNT_MAX);
	bug_if(rd_left(&rows) > 0);
	buf_free(&r.rows);
	arena_free(r.row);
	arena_free(a);
	return 0;
}
