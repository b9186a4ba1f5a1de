/*
 * {"v": ..., "path": ...}: a pointer leads somewhere in it or nowhere, and what
 * it leads to is a value of its own.
 */
#include "rt/json.h"
#include "jmap/header.h"
#include "jmap/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), path;
	json_t *request, *found;
	struct header_property h;

	(void)header_property_parse(in, &h);
	if (size > 4096 || !(request = json_take(in)))
		return 0;
	if (json_text_of(request, "path", &path)) {
		found = reference_point(json_object_get(request, "v"), path);
		json_decref(found);
	}
	json_decref(request);
	return 0;
}
