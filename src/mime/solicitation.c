#include "mime/solicitation.h"

#include "base/rd.h"

static bool
is_wordchar(char c)
{
	return ascii_is_alnum(c) || (c && strchr(".-_:", c));
}

bool
solicitation_is_word(struct str s)
{
	struct rd r = rd_of(s);

	if (s.n == 0 || !ascii_is_alpha(s.p[0]))
		return false;
	(void)rd_some(&r, is_wordchar);
	return rd_done(&r);
}

bool
solicitation_is(struct str s)
{
	bool more = true;
	struct str word;

	if (s.n > SOLICITATION_MAX)
		return false;
	while (more) {
		more = str_cut(s, ',', &word, &s);
		if (!solicitation_is_word(word))
			return false;
	}
	return true;
}

static bool
is_among(struct str word, struct str list)
{
	bool more = true;
	struct str one;

	while (more) {
		more = str_cut(list, ',', &one, &list);
		if (one.n > 0 && str_eqi(word, one))
			return true;
	}
	return false;
}

bool
solicitation_find(struct str said, struct str wanted, struct str *word)
{
	bool more = wanted.n > 0;
	struct str one;

	/* What is longer than it may be is not read on and on. */
	said = str_first(said, 2 * SOLICITATION_MAX);
	while (more) {
		more = str_cut(said, ',', &one, &said);
		one = str_trim(one);
		if (solicitation_is_word(one) && is_among(one, wanted)) {
			*word = one;
			return true;
		}
	}
	return false;
}
