#include "policy/lookalike.h"

#include <unictype.h>

#include "base/buf.h"
#include "dns/looks.h"
#include "dns/name.h"
#include "dns/public_suffix.h"

enum { LOOKS_MAX = 1024 };

struct looks {
	uint16_t code;
	char looks[3];
};
static const struct looks table[] = {
#include "policy/confusables.inc"
};
/* In lower case these look like capitals, which names are shown in as well. */
static const struct looks capitals[] = { { 0x0432, "b" }, { 0x043a, "k" },
	{ 0x043c, "m" }, { 0x043d, "h" }, { 0x0442, "t" }, { 0x03b2, "b" },
	{ 0x03ba, "k" }, { 0x03bc, "m" }, { 0x03c4, "t" } };

static const char *
looks_in(const struct looks *rows, size_t n, uint32_t code)
{
	size_t low = 0;

	while (n > 0) {
		size_t half = n / 2;

		if (rows[low + half].code == code)
			return rows[low + half].looks;
		if (rows[low + half].code < code) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return NULL;
}

static const char *
looks_of(uint32_t code)
{
	const char *looks = looks_in(table, NELEM(table), code);

	for (size_t i = 0; i < NELEM(capitals) && !looks; i++)
		if (capitals[i].code == code)
			looks = capitals[i].looks;
	return looks;
}

struct str
lookalike_form(struct str name, struct arena *a)
{
	struct str shown = dns_shown(name, a);
	auto_buf b = BUF_INIT(LOOKS_MAX);
	uint32_t code = 0;
	size_t n;

	while ((n = str_utf8_char(shown, &code)) > 0) {
		const char *looks = looks_of(code);

		if (looks)
			buf_str(&b, str_c(looks));
		else
			buf_str(&b, str_first(shown, n));
		shown = str_from(shown, n);
	}
	return str_dup(a, buf_get(&b));
}

static bool
looks_like_one(struct str name, struct str one, struct arena *a)
{
	struct str whose = public_suffix_registered(name),
	    mine = public_suffix_registered(one);

	if (mine.n == 0)
		mine = one;
	if (whose.n == 0 || str_eq(whose, mine) || str_eq(name, one))
		return false;
	/* Ahead of what was registered: of example.org.uk nobody but its owner
	 * chose the beginning. */
	if (looks_like_part(str_first(name, name.n - whose.n), mine))
		return true;
	return looks_like(lookalike_form(whose, a), lookalike_form(mine, a));
}

struct str
lookalike_of(struct str name, struct str ours, struct arena *a)
{
	struct str rest = ours, one;

	while (rest.n > 0) {
		(void)str_cut(rest, ' ', &one, &rest);
		if (one.n > 0 && one.n <= DNS_NAME_MAX &&
		    name.n <= DNS_NAME_MAX && looks_like_one(name, one, a))
			return one;
	}
	return STR_NULL;
}

enum { LATIN = 1, LOOKS = 2, OTHER = 4 };

/* Which of the scripts that look alike is it of? */
static unsigned
kind_of_letter(uint32_t code)
{
	static const char *const alike[] = { "Cyrillic", "Greek", "Armenian",
		"Cherokee" };
	const uc_script_t *script = uc_script(code);

	if (script && strcmp(script->name, "Latin") == 0)
		return LATIN;
	for (size_t i = 0; i < NELEM(alike) && script; i++)
		if (strcmp(script->name, alike[i]) == 0)
			return looks_in(table, NELEM(table), code) ? LOOKS :
			    OTHER;
	return 0;
}

static bool
is_mixed(struct str label)
{
	unsigned kinds = 0;
	uint32_t code = 0;
	size_t n;

	while ((n = str_utf8_char(label, &code)) > 0) {
		kinds |= kind_of_letter(code);
		label = str_from(label, n);
	}
	return ((kinds & LATIN) && (kinds & (LOOKS | OTHER))) ||
	    kinds == LOOKS;
}

bool
lookalike_mixed(struct str name, struct arena *a)
{
	struct str rest, label;
	bool more;

	if (name.n > DNS_NAME_MAX)
		return false;
	rest = dns_shown(name, a);
	if (str_is_ascii(rest))
		return false;
	do {
		more = str_cut(rest, '.', &label, &rest);
		if (!str_is_ascii(label) && is_mixed(label))
			return true;
	} while (more);
	return false;
}
