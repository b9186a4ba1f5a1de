#include "policy/html_links.h"

#include "base/rd.h"
#include "mime/html_text.h"

enum { HREF_MAX = 2000, SHOWN_MAX = 2000 };

struct tag {
	struct str name;	/* "a", "/a" */
	struct str href;	/* or action; .p NULL: none */
};

static bool
is_space(char c)
{
	return (uint8_t)c <= ' ';
}

static bool
is_name(char c)
{
	return !is_space(c) && !strchr(">=/\"'", c);
}

static bool
is_bare(char c)
{
	return !is_space(c) && c != '>';
}

/* name [= value]: what has no end goes as far as there is something. */
static struct str
read_value(struct rd *r)
{
	struct str rest, value;
	int quote;

	(void)rd_while(r, is_space);
	if (!rd_opt(r, '='))
		return STR_NULL;
	(void)rd_while(r, is_space);
	quote = rd_peek(r);
	if (quote != '"' && quote != '\'')
		return rd_while(r, is_bare);
	(void)rd_next(r);
	rest = rd_rest(r);
	value = str_first(rest, str_chr(rest, (char)quote));
	(void)rd_take(r, value.n + (value.n < rest.n));
	return value;
}

/* Behind "<": to its ">". */
static struct tag
read_tag(struct rd *r)
{
	struct str rest = rd_rest(r);
	struct tag t = { .name = STR_NULL };
	bool slash = rd_opt(r, '/');
	struct str name = rd_while(r, is_name);

	t.name = str_first(rest, name.n + slash);
	while (rd_peek(r) != -1 && !rd_opt(r, '>')) {
		struct str attribute = rd_while(r, is_name), value;

		if (attribute.n == 0) {
			(void)rd_next(r);
			continue;
		}
		value = read_value(r);
		if (!t.href.p && (str_eqi(attribute, STR("href")) ||
		    str_eqi(attribute, STR("action"))))
			t.href = value;
	}
	return t;
}

/* What is between is not HTML. */
static void
skip_hidden(struct rd *r, struct str name)
{
	static const char *const hidden[] = { "script", "style", "title",
		"textarea" };
	static const char *const ends[] = { "</script", "</style", "</title",
		"</textarea" };

	for (size_t i = 0; i < NELEM(hidden); i++)
		if (str_eqi(name, str_c(hidden[i])))
			(void)rd_take(r, str_findi(rd_rest(r),
			    str_c(ends[i])));
}

static struct str
as_people_see(struct str html, size_t most, struct arena *a)
{
	struct html_text t = { 0 };
	auto_buf b = BUF_INIT(3 * most);

	html_text_more(&t, str_first(html, most), &b);
	html_text_end(&t, &b);
	return str_dup(a, str_trim(buf_get(&b)));
}

/* In an attribute there are references, but no tags. */
static struct str
attribute_text(struct str value, struct arena *a)
{
	struct str s = str_first(value, HREF_MAX);

	return str_chr(s, '<') < s.n ? str_dup(a, s) :
	    as_people_see(s, HREF_MAX, a);
}

static bool
end_link(struct html_links *h, size_t behind, struct arena *a,
    struct html_link *out)
{
	if (!h->open)
		return false;
	h->open = false;
	*out = (struct html_link){
		.href = attribute_text(h->href, a),
		.shown = as_people_see(str_first(h->begun,
		    h->begun.n - behind), SHOWN_MAX, a),
	};
	return true;
}

static bool
begin_link(struct html_links *h, const struct tag *t)
{
	if (!str_eqi(t->name, STR("a")) || !t->href.p)
		return false;
	h->open = true;
	h->href = t->href;
	h->begun = h->rest;
	return true;
}

/* A comment ends at "-->", and so does one at once: "<!-->". */
static bool
skip_comment(struct rd *r)
{
	struct str rest;

	if (!rd_opt_word(r, STR("!--")))
		return false;
	rest = rd_rest(r);
	if (!str_starts(rest, STR(">")))
		(void)rd_take(r, str_find(rest, STR("-->")));
	return true;
}

bool
html_link_next(struct html_links *h, struct arena *a, struct html_link *out)
{
	struct rd r = rd_of(h->rest);

	while (rd_left(&r) > 0) {
		struct str rest = rd_rest(&r);
		size_t text = str_chr(rest, '<'), left = rest.n - text;
		struct tag t;
		bool ended = false;

		(void)rd_take(&r, text);
		if (!rd_opt(&r, '<'))
			break;
		if (skip_comment(&r))
			continue;
		t = read_tag(&r);
		skip_hidden(&r, t.name);
		h->rest = rd_rest(&r);
		if (str_eqi(t.name, STR("a")) || str_eqi(t.name, STR("/a")))
			ended = end_link(h, left, a, out);
		if (!begin_link(h, &t) && t.href.p && !ended &&
		    (str_eqi(t.name, STR("area")) ||
		    str_eqi(t.name, STR("form")))) {
			*out = (struct html_link){ .href =
				attribute_text(t.href, a) };
			return true;
		}
		if (ended)
			return true;
	}
	h->rest = STR_NULL;
	return end_link(h, 0, a, out);
}
