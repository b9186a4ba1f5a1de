#include "trust/tags.h"

static bool
is_tag_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n > 0 && ascii_is_alpha(s.p[0]);
}

/* Visible ASCII and folding white space, as it is behind str_trim(). */
static bool
is_tag_value(struct str s, bool utf8)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' || s.p[i] > '~') && s.p[i] != '\t' &&
		    s.p[i] != '\r' && s.p[i] != '\n' &&
		    !(utf8 && (unsigned char)s.p[i] >= 0x80))
			return false;
	return !utf8 || str_is_utf8(s);
}

/* tag-list = tag-spec *( ";" tag-spec ) [ ";" ], and the empty ones between two
 * semicolons that people write. */
bool
tags_parse(struct str text, enum tags_how how, struct tags *out)
{
	struct str spec, rest = text;
	bool more = true, good;

	out->n = 0;
	while (more) {
		struct tag t;

		more = str_cut(rest, ';', &spec, &rest);
		if (str_trim(spec).n == 0)
			continue;
		good = str_cut(spec, '=', &t.name, &t.value);
		t.name = str_trim(t.name);
		t.value = good ? str_trim(t.value) : STR_NULL;
		good = good && is_tag_name(t.name) &&
		    is_tag_value(t.value, how == TAGS_UTF8) &&
		    !tags_get(out, t.name).p;
		if ((!good && how != TAGS_LENIENT) || out->n == TAGS_MAX)
			return false;
		if (!good)
			continue;
		if (!t.value.p)
			t.value = STR("");
		out->tag[out->n++] = t;
	}
	return true;
}

struct str
tags_get(const struct tags *t, struct str name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->tag[i].name, name))
			return t->tag[i].value;
	return STR_NULL;
}

bool
tags_has_word(struct str value, struct str word)
{
	struct str one, rest = value;
	bool more = true;

	while (more) {
		more = str_cut(rest, ':', &one, &rest);
		if (str_eqi(str_trim(one), word))
			return true;
	}
	return false;
}
