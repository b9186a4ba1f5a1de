#include "imap/grammar/flags.h"

#include "base/err.h"

static const struct word system_flags[] = {
	{ STR("\\Seen"), SYS_SEEN },
	{ STR("\\Answered"), SYS_ANSWERED },
	{ STR("\\Flagged"), SYS_FLAGGED },
	{ STR("\\Deleted"), SYS_DELETED },
	{ STR("\\Draft"), SYS_DRAFT },
	{ STR("\\Recent"), SYS_RECENT },
};
enum { SETTABLE = NELEM(system_flags) - 1 };

struct str
flag_name(uint32_t bit)
{
	for (size_t i = 0; i < NELEM(system_flags); i++) {
		if ((uint32_t)system_flags[i].value == bit)
			return system_flags[i].name;
	}
	return STR_NULL;
}

struct str
scan_keyword(struct scan *s)
{
	struct str k = scan_atom(s);

	if (k.n > KEYWORD_MAX)
		scan_over(s, "A keyword too long");
	return k;
}

/* "\" atom. \Recent is not for clients to set; others do not exist. */
static uint32_t
system_flag(struct scan *s)
{
	struct str rest = rd_rest(&s->r);

	for (size_t i = 0; i < SETTABLE; i++) {
		const struct word *w = &system_flags[i];

		if (str_startsi(rest, w->name) && (rest.n == w->name.n ||
		    !is_atom_char(rest.p[w->name.n]))) {
			(void)rd_take(&s->r, w->name.n);
			return (uint32_t)w->value;
		}
	}
	scan_fail(s, "no such system flag");
	return 0;
}

static bool
has_keyword(const struct flag_list *l, struct str k)
{
	for (size_t i = 0; i < l->nkeywords; i++) {
		if (str_eqi(l->keywords[i], k))
			return true;
	}
	return false;
}

static void
take_flag(struct scan *s, struct flag_list *l)
{
	struct str k;

	if (rd_peek(&s->r) == '\\') {
		l->system |= system_flag(s);
		return;
	}
	k = scan_keyword(s);
	if (!scan_ok(s) || has_keyword(l, k))
		return;
	if (l->nkeywords == KEYWORDS_MAX) {
		scan_over(s, "Too many keywords");
		return;
	}
	if (!l->keywords)
		l->keywords = arena_array(s->a, KEYWORDS_MAX,
		    sizeof(*l->keywords));
	l->keywords[l->nkeywords++] = k;
}

struct flag_list
scan_flag_list(struct scan *s)
{
	struct flag_list l = { 0 };

	scan_need(s, '(', "expected a list of flags");
	if (scan_opt(s, ')'))
		return l;
	do
		take_flag(s, &l);
	while (scan_opt(s, ' '));
	scan_need(s, ')', "expected a flag or the end of the list");
	return l;
}

struct flag_list
scan_flags(struct scan *s)
{
	struct flag_list l = { 0 };

	if (rd_peek(&s->r) == '(')
		return scan_flag_list(s);
	do
		take_flag(s, &l);
	while (scan_opt(s, ' '));
	return l;
}

void
reply_flags(struct buf *b, uint32_t flags, struct str keywords)
{
	size_t start = b->n + 1;

	buf_chr(b, '(');
	for (uint32_t bit = 1; bit <= SYS_RECENT; bit <<= 1) {
		if (!(flags & bit))
			continue;
		if (b->n > start)
			buf_chr(b, ' ');
		buf_str(b, flag_name(bit));
	}
	if (keywords.n && b->n > start)
		buf_chr(b, ' ');
	buf_str(b, keywords);
	buf_chr(b, ')');
}

struct str
flag_list_keywords(struct arena *a, const struct flag_list *l)
{
	auto_buf b = BUF_INIT(KEYWORDS_MAX * (KEYWORD_MAX + 1));

	for (size_t i = 0; i < l->nkeywords; i++) {
		if (i)
			buf_chr(&b, ' ');
		buf_str(&b, l->keywords[i]);
	}
	bug_if(buf_failed(&b));
	return str_dup(a, buf_get(&b));
}
