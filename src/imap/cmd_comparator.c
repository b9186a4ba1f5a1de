/*
 * cmd_comparator.c - COMPARATOR: how texts are compared from now on.
 */
#include "imap/grammar/pattern.h"
#include "imap/imap_int.h"

/* The more people it is of use to, the earlier: where a "*" has a choice it is
 * the first (RFC 4790 3.2). What is new in a session is the default. */
static const struct {
	struct str name;
	enum collation collation;
} comparators[] = {
	{ STR("i;unicode-casemap"), COLLATION_UNICODE },
	{ STR("i;ascii-casemap"), COLLATION_ASCII },
	{ STR("vnd-postern;casefold"), COLLATION_FOLDED },
};
enum { COLLATION_NAME_MAX = 254 };

/* collation-char = ALPHA / DIGIT / "-" / ";" / "=" / "."; of collation-wild
 * "*" too, but no two of them together. */
static bool
is_pattern(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) &&
		    str_chr(STR("-;=.*"), s.p[i]) == 5)
			return false;
		if (s.p[i] == '*' && i > 0 && s.p[i - 1] == '*')
			return false;
	}
	return s.n > 0 && s.n <= COLLATION_NAME_MAX &&
	    str_chr(STR("-;=."), s.p[0]) == 4;
}

/* ["+" / "-"] collation-wild */
static struct str
without_direction(struct str order)
{
	return order.n > 0 && (order.p[0] == '+' || order.p[0] == '-') ?
	    str_from(order, 1) : order;
}

/* What an argument means of the comparators, as bits. */
static uint32_t
comparators_like(struct imap_session *s, struct str pattern)
{
	uint32_t like = 0;

	pattern = str_lower(s->cmd, pattern);
	for (size_t i = 0; i < NELEM(comparators); i++)
		if (pattern_match(pattern, comparators[i].name, '\0') ||
		    (str_eq(pattern, STR("default")) &&
		    comparators[i].collation == COLLATION_FOLDED))
			like |= 1u << i;
	return like;
}

/* comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted
 * *(SP comp-id-quoted) ")"] */
static void
say_comparator(struct imap_session *s, uint32_t matching)
{
	auto_buf b = BUF_INIT(1024);
	bool several = (matching & (matching - 1)) != 0;
	const char *before = " (";

	buf_lit(&b, "* COMPARATOR ");
	if (s->order_is_reversed)
		buf_chr(&b, '-');
	for (size_t i = 0; i < NELEM(comparators); i++)
		if (comparators[i].collation == s->collation)
			buf_str(&b, comparators[i].name);
	for (size_t i = 0; several && i < NELEM(comparators); i++) {
		if (!(matching & 1u << i))
			continue;
		buf_str(&b, str_c(before));
		buf_str(&b, comparators[i].name);
		before = " ";
	}
	buf_str(&b, several ? STR(")\r\n") : STR("\r\n"));
	imap_say(s, &b);
}

/* COMPARATOR [order ...]                                      RFC 5255 4.7 */
struct answer
imap_comparator(struct imap_session *s, const struct imap_command *c)
{
	const struct words_args *a = &c->args.words;
	uint32_t matching = 0, like[WORDS_MAX];

	for (size_t i = 0; i < a->n; i++) {
		struct str name = without_direction(a->word[i]);

		if (!is_pattern(name))
			return BAD("Syntax: expected a comparator");
		like[i] = comparators_like(s, name);
		matching |= like[i];
	}
	if (a->n > 0 && matching == 0)
		return NO_CODE("BADCOMPARATOR", "No such comparator here");
	for (size_t i = 0; i < a->n; i++) {
		if (like[i] == 0)
			continue;
		s->collation = comparators[__builtin_ctz(like[i])].collation;
		s->order_is_reversed = a->word[i].p[0] == '-';
		break;
	}
	say_comparator(s, matching);
	return OK("So texts are compared");
}
