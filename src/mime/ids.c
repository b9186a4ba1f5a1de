#include "mime/ids.h"

#include "mime/lex.h"

static bool
not_space(char c)
{
	return !lex_is_space(c);
}

bool
ids_next(struct str *value, struct str *id)
{
	struct rd r = rd_of(str_trim(*value));
	struct str rest = str_from(*value, str_chr(*value, '<') + 1);

	if (str_chr(*value, '<') == value->n) {
		*value = STR_NULL;
		*id = rd_while(&r, not_space);
		return id->n > 0;
	}
	(void)str_cut(rest, '>', id, &rest);
	/* Behind the last "<id>" other words say nothing. */
	*value = str_chr(rest, '<') < rest.n ? rest : STR_NULL;
	return true;
}
