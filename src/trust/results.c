#include "trust/results.h"

#include "dns/name.h"
#include "mime/lex.h"

enum { ID_MAX = 1000, NAME_MEM = 8192 };

/* A token, and what else stands where one is meant. */
static bool
is_id(char c)
{
	return !lex_is_space(c) && c != ';' && c != '(' && c != '"';
}

/* RFC 8601 5 has U-labels compared: the same as A-labels, which ours is. */
static bool
is_same_name(struct str id, struct str host)
{
	struct arena *mem = arena_new(NAME_MEM);
	struct str name = id;
	bool same;

	(void)dns_a_label(id, mem, &name);
	same = str_eqi(name, host);
	arena_free(mem);
	return same;
}

/* authserv-id = value; value = token / quoted-string      RFC 8601 2.2 */
bool
results_claim(struct str value, struct str host)
{
	struct rd r = rd_of(value);
	char room[ID_MAX];
	struct str id;

	(void)lex_cfws(&r, NULL);
	if (rd_opt(&r, '"')) {
		id = lex_quoted(&r);
		if (id.n > sizeof(room))
			return false;
		id = str_trim(str_make(room, lex_unescape(room, id)));
	} else {
		id = rd_while(&r, is_id);
	}
	if (id.n > 0 && id.p[id.n - 1] == '.')
		id.n--;
	return id.n > 0 && is_same_name(id, host);
}
