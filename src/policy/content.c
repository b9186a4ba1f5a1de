#include "policy/content.h"

#include "dns/name.h"
#include "dns/public_suffix.h"
#include "mime/header.h"
#include "policy/content_int.h"
#include "policy/lookalike.h"

enum { SHOWN_MAX = 60, OURS_MAX = 10, LOOKING_MEM = 16 << 20,
	ONCE_MEM = 1 << 20 };

void
content_find(struct looking *l, const char *word, int tenths, struct str why)
{
	for (size_t i = 0; i < l->f->n; i++)
		if (str_eq(l->f->row[i].word, str_c(word)))
			return;
	findings_add(l->f, word, tenths, str_dup(l->out, why));
}

struct str
content_shown(struct str text, struct arena *a)
{
	struct str s = str_dup(a, str_first(text, SHOWN_MAX));

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '!' || s.p[i] > '~' || strchr("()\\,", s.p[i]))
			((char *)(uintptr_t)s.p)[i] = '?';
	return s;
}

struct str
content_whose(struct str name)
{
	struct str whose = public_suffix_registered(name);

	return whose.n > 0 ? whose : name;
}

void
content_look_at_name(struct looking *l, struct str name, const char *what)
{
	struct str like = lookalike_of(name, l->ask->ours, l->once);

	if (like.n > 0)
		content_find(l, "look-alike", 40, arena_printf(l->a,
		    "%s %.*s looks like %.*s", what,
		    STR_FMT(content_shown(name, l->a)),
		    STR_FMT(content_shown(like, l->a))));
	else if (lookalike_mixed(name, l->once))
		content_find(l, "mixed-script", 20, arena_printf(l->a,
		    "%s %.*s", what, STR_FMT(content_shown(name, l->a))));
	arena_reset(l->once);
}

/* RFC 2369, 2919, and what programs say that send to many. */
static bool
is_list(struct str header)
{
	static const char *const fields[] = { "List-Id", "List-Unsubscribe",
		"List-Post" };
	struct str precedence = header_get(header, STR("Precedence"));

	for (size_t i = 0; i < NELEM(fields); i++)
		if (header_get(header, str_c(fields[i])).p)
			return true;
	return str_eqi(precedence, STR("list")) ||
	    str_eqi(precedence, STR("bulk"));
}

void
content_look(const struct content_text *ask, struct arena *a,
    struct findings *f, struct content_seen *seen)
{
	struct looking l = { .ask = ask, .out = a, .f = f, .seen = seen,
		.a = arena_new(LOOKING_MEM), .once = arena_new(ONCE_MEM) };

	*seen = (struct content_seen){ 0 };
	l.list = is_list(ask->head);
	content_look_at_sender(&l);
	content_look_at_links(&l);
	for (size_t i = 0; i < seen->nhosts; i++)
		seen->host[i] = str_dup(a, seen->host[i]);
	for (size_t i = 0; i < seen->naddresses; i++)
		seen->address[i] = str_dup(a, seen->address[i]);
	arena_free(l.once);
	arena_free(l.a);
}

struct str
content_domains(struct str rcpts, struct arena *a)
{
	struct str domain[OURS_MAX], one, out = STR_NULL;
	size_t n = 0;

	while (rcpts.n > 0 && n < OURS_MAX) {
		size_t k = 0;

		(void)str_cut(rcpts, '\n', &one, &rcpts);
		if (!dns_name(str_from(one, str_rchr(one, '@') + 1), a,
		    &domain[n]))
			continue;
		while (k < n && !str_eq(domain[k], domain[n]))
			k++;
		if (k < n)
			continue;
		out = arena_printf(a, "%.*s%s%.*s", STR_FMT(out),
		    n > 0 ? " " : "", STR_FMT(domain[n]));
		n++;
	}
	return out;
}
