/*
 * What is not too deep is parsed, and what jansson takes is not deeper than
 * we said.
 */
#include "base/err.h"
#include "rt/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
depth_of(json_t *j)
{
	void *at = json_object_iter(j);
	size_t deepest = 0, d;

	if (!json_is_array(j) && !json_is_object(j))
		return 0;
	for (size_t i = 0; i < json_array_size(j); i++) {
		d = depth_of(json_array_get(j, i));
		deepest = d > deepest ? d : deepest;
	}
	for (; at; at = json_object_iter_next(j, at)) {
		d = depth_of(json_object_iter_value(at));
		deepest = d > deepest ? d : deepest;
	}
	return deepest + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *j = json_take(str_make((const char *)data, size));
	struct str text;

	if (!j)
		return 0;
	bug_if(depth_of(j) > JSON_DEPTH);
	if (json_text_of(j, "user", &text))
		bug_if(!str_is_utf8(text));
	json_decref(j);
	return 0;
}
