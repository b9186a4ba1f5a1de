#include "dns/looks.h"

enum { NEAR_FROM = 5 };

/* ---- the same letters ---------------------------------------------------- */

/* A name as what it looks like, octet by octet. */
struct look {
	struct str rest;
	char next;		/* of a letter that looks like two; 0 */
};

static char
look_next(struct look *k)
{
	char c = k->next;

	k->next = '\0';
	if (c != '\0' || k->rest.n == 0)
		return c;
	c = k->rest.p[0];
	k->rest = str_from(k->rest, 1);
	switch (c) {
	case '0':
		return 'o';
	case '1':
	case 'i':
		return 'l';
	case 'm':
		k->next = 'n';
		return 'r';
	case 'w':
		k->next = 'v';
		return 'v';
	case 'd':
		k->next = 'l';
		return 'c';
	default:
		return c;
	}
}

static bool
same_letters(struct str a, struct str b)
{
	struct look x = { .rest = a }, y = { .rest = b };
	char c;

	do {
		c = look_next(&x);
		if (c != look_next(&y))
			return false;
	} while (c != '\0');
	return true;
}

/* ---- nearly the same ----------------------------------------------------- */

static bool
both_digits(char a, char b)
{
	return ascii_is_digit(a) && ascii_is_digit(b);
}

/* One letter wrong, or two that changed places. mail1 and mail2 are two. */
static bool
is_near_same_length(struct str a, struct str b)
{
	size_t i = 0;

	while (i < a.n && a.p[i] == b.p[i])
		i++;
	if (i == a.n || both_digits(a.p[i], b.p[i]))
		return false;
	if (str_eq(str_from(a, i + 1), str_from(b, i + 1)))
		return true;
	return i + 1 < a.n && a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i] &&
	    str_eq(str_from(a, i + 2), str_from(b, i + 2));
}

static bool
is_near(struct str a, struct str b)
{
	struct str longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a;
	size_t i = 0;

	if (a.n == b.n)
		return is_near_same_length(a, b);
	while (i < shorter.n && shorter.p[i] == longer.p[i])
		i++;
	return longer.n == shorter.n + 1 && !ascii_is_digit(longer.p[i]) &&
	    str_eq(str_from(longer, i + 1), str_from(shorter, i));
}

/* ---- names --------------------------------------------------------------- */

bool
looks_like(struct str name, struct str one)
{
	struct str label, other, rest, other_rest;

	if (same_letters(name, one))
		return true;
	(void)str_cut(name, '.', &label, &rest);
	(void)str_cut(one, '.', &other, &other_rest);
	return other.n >= NEAR_FROM && str_eq(rest, other_rest) &&
	    is_near(label, other);
}

bool
looks_like_part(struct str name, struct str one)
{
	for (struct str s = name; s.n > one.n; s = str_from(s, str_chr(s,
	    '.') + 1))
		if (str_starts(s, one) && s.p[one.n] == '.')
			return true;
	return false;
}
