/*
 * Whatever is asked for, what is built of it is lines, and has the recipients
 * it was asked for and no Bcc. First octet: a query, or JSON.
 */
#include "api/api_int.h"
#include "mime/build_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RCPTS = 4 };

static void
check_message(struct api_message *m)
{
	auto_buf out = BUF_INIT(64 << 20);
	const struct build_options o = { .id = STR("0123abcd"),
		.host = STR("mx.example.org"), .emit = build_to_buf,
		.arg = &out };
	struct err err;

	bug_if(m->rcpts.n == 0 || m->rcpts.n > RCPTS || m->from.n == 0);
	if (!m->body || build_message(&o, m->fields, m->nfields, m->body,
	    &err) < 0)
		return;
	build_check_lines(buf_get(&out));
	bug_if(header_get(buf_get(&out), STR("Bcc")).p);
	bug_if(header_get(buf_get(&out), STR("Received")).p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	struct arena *a = arena_new(API_READ_MEM);
	struct api_message *m = arena_new_of(a, struct api_message);
	struct api_fault fault;
	json_t *request;
	size_t n;

	if (size > 0 && data[0] == '?') {
		if (api_read_query(str_from(in, 1), RCPTS, a, m, &fault))
			check_message(m);
		arena_free(a);
		return 0;
	}
	request = json_take(in);
	if (request && api_read(request, API_ALL, RCPTS, a, m, &fault))
		check_message(m);
	if (request && api_read_each(request, &n, &fault) && n > 0 &&
	    api_read(request, 0, 1, a, m, &fault) &&
	    api_read(request, (int)(n - 1), 1, a, m, &fault))
		check_message(m);
	json_decref(request);
	arena_free(a);
	return 0;
}
