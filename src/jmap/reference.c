#include "jmap/reference.h"

#include "base/buf.h"

enum { TOKEN_MAX = 1000 };

/* "~1" is "/", "~0" is "~".                                   RFC 6901 4 */
static bool
unescape(struct str token, struct buf *out)
{
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];

		if (c == '~') {
			c = ++i < token.n ? token.p[i] : '\0';
			if (c != '0' && c != '1')
				return false;
			c = c == '1' ? '/' : '~';
		}
		buf_chr(out, c);
	}
	return !buf_failed(out);
}

/* The rest of the pointer of every member; what is an array itself comes as
 * its members. */
static json_t *
map_through(json_t *array, struct str rest)
{
	json_t *all = json_array(), *v, *one;
	size_t i;

	json_array_foreach(array, i, v) {
		one = reference_point(v, rest);
		if (json_is_array(one))
			(void)json_array_extend(all, one);
		else if (one)
			(void)json_array_append(all, one);
		json_decref(one);
		if (!one) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

/* array-index = %x30 / ( %x31-39 *(%x30-39) ) */
static json_t *
member_at(json_t *array, struct str token)
{
	uint32_t at;

	if (!str_u32(token, &at) || (token.n > 1 && token.p[0] == '0'))
		return NULL;
	return json_array_get(array, at);
}

/* json-pointer = *( "/" reference-token ) */
json_t *
reference_point(json_t *v, struct str path)
{
	auto_buf name = BUF_INIT(TOKEN_MAX);
	struct str token, rest;

	if (path.n == 0 || !v)
		return json_incref(v);
	if (path.p[0] != '/')
		return NULL;
	token = str_first(str_from(path, 1), str_chr(str_from(path, 1), '/'));
	rest = str_from(path, 1 + token.n);
	if (json_is_array(v))
		return str_eq(token, STR("*")) ? map_through(v, rest) :
		    reference_point(member_at(v, token), rest);
	if (!json_is_object(v) || !unescape(token, &name))
		return NULL;
	return reference_point(json_object_getn(v, name.p ? name.p : "",
	    name.n), rest);
}
