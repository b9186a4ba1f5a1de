#include "rt/json.h"

void
json_prepare(void)
{
	json_object_seed(0);
}

/* Brackets in strings are text. */
bool
json_is_deep(struct str text)
{
	bool in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && depth > 0)
			depth--;
		if (depth > JSON_DEPTH)
			return true;
	}
	return false;
}

json_t *
json_take(struct str text)
{
	if (json_is_deep(text))
		return NULL;
	return json_loadb(text.p ? text.p : "", text.n,
	    JSON_REJECT_DUPLICATES, NULL);
}

bool
json_text_of(const json_t *object, const char *name, struct str *out)
{
	const json_t *s = json_object_get(object, name);

	if (!json_is_string(s))
		return false;
	*out = str_make(json_string_value(s), json_string_length(s));
	return true;
}
