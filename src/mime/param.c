#include "mime/param.h"

#include "mime/charset.h"
#include "mime/decode.h"
#include "mime/lex.h"
#include "mime/word.h"

/* What ends a name or an unquoted value. The tspecials of RFC 2045 5.1 that
 * cannot be mistaken are let through: boundaries hold them all the time. */
static bool
is_token(char c)
{
	return !lex_is_space(c) && c != ';' && c != '(' && c != '"';
}

static bool
is_name(char c)
{
	return is_token(c) && c != '=' && c != '/' && c != ',';
}

static bool
not_semicolon(char c)
{
	return c != ';';
}

bool
param_word(struct str value, struct str *word, struct str *rest)
{
	struct rd r = rd_of(value);
	struct str w;

	(void)lex_cfws(&r, NULL);
	w = rd_while(&r, is_name);
	if (w.n == 0)
		return false;
	*word = w;
	*rest = rd_rest(&r);
	return true;
}

bool
param_media_type(struct str value, struct str *type, struct str *subtype,
    struct str *rest)
{
	struct str main, sub, tail;
	struct rd r;

	if (!param_word(value, &main, &tail))
		return false;
	r = rd_of(tail);
	(void)lex_cfws(&r, NULL);
	if (!rd_opt(&r, '/') || !param_word(rd_rest(&r), &sub, &tail))
		return false;
	*type = main;
	*subtype = sub;
	*rest = tail;
	return true;
}

static struct str
unescaped(struct arena *a, struct str raw)
{
	char *p;

	if (str_chr(raw, '\\') == raw.n && str_chr(raw, '\n') == raw.n &&
	    str_chr(raw, '\r') == raw.n)
		return raw;
	p = arena_alloc(a, raw.n);
	return str_make(p, lex_unescape(p, raw));
}

/* Does "name=" stand here: a semicolon was forgotten. */
static bool
at_param(struct rd r)
{
	return rd_while(&r, is_name).n > 0 && rd_peek(&r) == '=';
}

/* Without quotes a value should end at white space, but names of files come
 * as "a file.txt": then it goes on to the semicolon. */
static struct str
take_value(struct rd *r, struct arena *a)
{
	const char *start;
	struct str v;
	int c;

	(void)lex_cfws(r, NULL);
	if (rd_opt(r, '"'))
		return unescaped(a, lex_quoted(r));
	start = r->p;
	v = rd_while(r, is_token);
	(void)lex_cfws(r, NULL);
	c = rd_peek(r);
	if (c < 0 || c == ';' || at_param(*r))
		return v;
	(void)rd_while(r, not_semicolon);
	return unescaped(a, str_trim(str_make(start, (size_t)(r->p - start))));
}

bool
param_next(struct arena *a, struct str *rest, struct param *p)
{
	struct rd r = rd_of(*rest);
	bool found = false;

	while (!found && rd_left(&r) > 0) {
		(void)lex_cfws(&r, NULL);
		p->name = rd_while(&r, is_name);
		(void)lex_cfws(&r, NULL);
		found = p->name.n > 0 && rd_opt(&r, '=');
		if (found)
			p->value = take_value(&r, a);
		else
			(void)rd_while(&r, not_semicolon);
		(void)lex_cfws(&r, NULL);
		(void)rd_opt(&r, ';');
	}
	*rest = rd_rest(&r);
	return found;
}

/* What was found of one parameter in the forms of RFC 2231. */
struct pieces {
	struct str plain, extended;	 /* name=, name*= */
	struct str section[PARAM_MAX];	 /* name*0=, name*1*= */
	bool encoded[PARAM_MAX];
};

/* suffix is what follows the name: "", "*", "*0", "*0*". */
static void
add_piece(struct pieces *all, struct str suffix, struct str value)
{
	bool star = str_endsi(suffix, STR("*"));
	struct str digits;
	uint32_t i;

	if (suffix.n == 0) {
		all->plain = all->plain.p ? all->plain : value;
		return;
	}
	if (suffix.p[0] != '*')
		return;
	if (suffix.n == 1) {
		all->extended = value;
		return;
	}
	digits = str_from(str_first(suffix, suffix.n - star), 1);
	if (!str_u32(digits, &i) || i >= PARAM_MAX)
		return;
	all->section[i] = value;
	all->encoded[i] = star;
}

/* extended-initial-value = [charset] "'" [language] "'" values */
static struct str
cut_charset(struct str value, struct str *charset)
{
	struct str language, rest;

	if (!str_cut(value, '\'', charset, &rest) ||
	    !str_cut(rest, '\'', &language, &rest)) {
		*charset = STR_NULL;
		return value;
	}
	return rest;
}

static struct str
in_utf8(struct arena *a, struct str charset, struct str octets)
{
	auto_buf out = BUF_INIT(2 * octets.n + 1);

	if (!charset_known(charset))
		return str_dup(a, octets);
	charset_put(&out, charset, octets);
	return str_dup(a, buf_get(&out));
}

static struct str
join_sections(struct arena *a, const struct pieces *all, size_t cap)
{
	auto_buf octets = BUF_INIT(cap);
	struct str charset = STR_NULL;

	for (size_t i = 0; i < PARAM_MAX && all->section[i].p; i++) {
		struct str v = all->section[i];

		if (!all->encoded[i]) {
			buf_str(&octets, v);
			continue;
		}
		decode_percent(&octets,
		    i == 0 ? cut_charset(v, &charset) : v);
	}
	return in_utf8(a, charset, buf_get(&octets));
}

struct str
param_get(struct arena *a, struct str rest, struct str name)
{
	struct pieces all = { 0 };
	size_t cap = rest.n + 1;
	struct param p;

	for (int i = 0; i < PARAM_MAX && param_next(a, &rest, &p); i++)
		if (str_startsi(p.name, name))
			add_piece(&all, str_from(p.name, name.n), p.value);
	if (all.extended.p) {
		all.section[0] = all.extended;
		all.section[1] = STR_NULL;
		all.encoded[0] = true;
	}
	if (all.section[0].p)
		return join_sections(a, &all, cap);
	if (str_find(all.plain, STR("=?")) < all.plain.n) {
		/* Against RFC 2047 5, and everywhere. */
		auto_buf out = BUF_INIT(6 * cap);

		word_decode(&out, all.plain);
		return str_dup(a, buf_get(&out));
	}
	return all.plain;
}
