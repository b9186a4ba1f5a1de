#include "store/mailbox_name.h"

/* Nothing that ends lines or steers a terminal.           RFC 6855 3 */
static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	    c == 0x2029;
}

static bool
is_text(struct str name)
{
	uint32_t c;
	size_t n;

	for (; name.n > 0; name = str_from(name, n)) {
		n = str_utf8_char(name, &c);
		if (n == 0 || is_control(c))
			return false;
	}
	return true;
}

size_t
mailbox_name_levels(struct str name)
{
	size_t n = 1, i;

	for (i = 0; i < name.n; i++)
		n += name.p[i] == '/';
	return n;
}

const char *
mailbox_name_is_wrong(struct str name)
{
	struct str level, rest = name;
	bool more, first = true;

	if (name.n > MAILBOX_NAME_MAX)
		return "the name is too long";
	if (!is_text(name))
		return "the name is not UTF-8, or has control characters";
	do {
		more = str_cut(rest, '/', &level, &rest);
		if (level.n == 0)
			return "a level of the name is empty";
		if (first && str_eqi(level, STR("INBOX")) &&
		    !str_eq(level, STR("INBOX")))
			return "INBOX is written in capitals";
		first = false;
	} while (more);
	if (mailbox_name_levels(name) > MAILBOX_LEVELS_MAX)
		return "the name has too many levels";
	return NULL;
}
