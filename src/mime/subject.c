#include "mime/subject.h"

#include "mime/word.h"

/* Step 1: runs of white space are one space, none at the ends. */
static struct str
squeeze(char *p, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' || (k > 0 && p[k - 1] != ' '))
			p[k++] = p[i];
	while (k > 0 && p[k - 1] == ' ')
		k--;
	return str_make(p, k);
}

static struct str
skip_spaces(struct str s)
{
	while (s.n > 0 && s.p[0] == ' ')
		s = str_from(s, 1);
	return s;
}

/* subj-blob = "[" *BLOBCHAR "]" *WSP, at the start. */
static bool
cut_blob(struct str *s)
{
	size_t end = str_chr(*s, ']');

	if (!str_starts(*s, STR("[")) || end == s->n ||
	    str_chr(str_from(*s, 1), '[') < end - 1)
		return false;
	*s = skip_spaces(str_from(*s, end + 1));
	return true;
}

/* subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":" */
static bool
cut_refwd(struct str *s)
{
	static const struct {
		char word[4];
		size_t n;
	} words[] = { { "fwd", 3 }, { "re", 2 }, { "fw", 2 } };

	for (size_t i = 0; i < NELEM(words); i++) {
		struct str rest = *s;

		if (!str_startsi(rest, str_make(words[i].word, words[i].n)))
			continue;
		rest = skip_spaces(str_from(rest, words[i].n));
		(void)cut_blob(&rest);
		if (!str_starts(rest, STR(":")))
			continue;
		*s = skip_spaces(str_from(rest, 1));
		return true;
	}
	return false;
}

/* subj-leader = (*subj-blob subj-refwd) / WSP */
static bool
cut_leader(struct str *s)
{
	struct str rest = *s;

	while (cut_blob(&rest))
		;
	if (!cut_refwd(&rest))
		return false;
	*s = rest;
	return true;
}

/* subj-trailer = "(fwd)" / WSP */
static bool
cut_trailer(struct str *s)
{
	if (!str_endsi(*s, STR("(fwd)")))
		return false;
	s->n -= 5;
	while (s->n > 0 && s->p[s->n - 1] == ' ')
		s->n--;
	return true;
}

/* subj-fwd-hdr "[fwd:" ... subj-fwd-trl "]" */
static bool
cut_wrapper(struct str *s)
{
	if (!str_startsi(*s, STR("[fwd:")) || !str_endsi(*s, STR("]")))
		return false;
	*s = str_trim(str_make(s->p + 5, s->n - 6));
	return true;
}

bool
subject_base(struct buf *out, struct str value)
{
	auto_buf text = BUF_INIT(6 * value.n + 1);
	bool reply = false, again = true;
	struct str s;

	word_decode(&text, value);
	s = squeeze(text.p, text.n);
	while (again) {
		struct str inner;

		while (cut_trailer(&s))
			reply = true;
		do {
			again = cut_leader(&s);
			reply |= again;
			/* A blob goes only if something is left. */
			inner = s;
			if (!again && cut_blob(&inner) && inner.n > 0) {
				s = inner;
				again = true;
			}
		} while (again);
		again = cut_wrapper(&s);
		reply |= again;
	}
	buf_str(out, s);
	return reply;
}
