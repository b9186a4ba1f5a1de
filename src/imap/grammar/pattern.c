#include "imap/grammar/pattern.h"

/* at[i]: the first i octets of the pattern can stand for what was read so
 * far. A wildcard may stand for nothing, so behind it is reached with it. */
static void
skip_wildcards(bool *at, struct str pattern)
{
	for (size_t i = 0; i < pattern.n; i++) {
		if (at[i] && (pattern.p[i] == '*' || pattern.p[i] == '%'))
			at[i + 1] = true;
	}
}

static void
pattern_step(bool *at, struct str pattern, char c, char delimiter)
{
	/* From the back, so that at[i] is still the state before c. */
	for (size_t i = pattern.n + 1; i-- > 0;) {
		bool stays = i < pattern.n && at[i] &&
		    (pattern.p[i] == '*' ||
			(pattern.p[i] == '%' && c != delimiter));
		bool comes = i > 0 && at[i - 1] && pattern.p[i - 1] == c &&
		    c != '*' && c != '%';

		at[i] = stays || comes;
	}
}

bool
pattern_match(struct str pattern, struct str name, char delimiter)
{
	bool at[PATTERN_MAX + 1] = { true };

	if (pattern.n > PATTERN_MAX)
		return false;
	skip_wildcards(at, pattern);
	for (size_t k = 0; k < name.n; k++) {
		pattern_step(at, pattern, name.p[k], delimiter);
		skip_wildcards(at, pattern);
	}
	return at[pattern.n];
}
