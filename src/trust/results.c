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

/* ---- what it says ------------------------------------------------------- */

/* A word, as far as one goes; quotes have one that holds anything. */
static bool
is_word(char c)
{
	return is_id(c) && c != '=';
}

static struct str
take_word(struct rd *r)
{
	(void)lex_cfws(r, NULL);
	return rd_opt(r, '"') ? lex_quoted(r) : rd_while(r, is_word);
}

/* name [CFWS] "=" [CFWS] value. False: nothing more before the semicolon. */
static bool
take_pair(struct rd *r, struct str *name, struct str *value)
{
	*name = take_word(r);
	*value = STR("");
	(void)lex_cfws(r, NULL);
	if (rd_opt(r, '='))
		*value = take_word(r);
	return name->n > 0 || value->n > 0;
}

/* authres-payload = authserv-id [CFWS authres-version] *( ";" resinfo )
 * resinfo = methodspec [ CFWS reasonspec ] [ CFWS 1*propspec ]  RFC 8601 2.2 */
bool
results_have(struct str value, struct str method, struct str result,
    struct str property, struct str *about)
{
	struct rd r = rd_of(value);
	struct str name, said;
	bool this = false;

	*about = STR("");
	while (rd_left(&r) > 0) {
		bool any = take_pair(&r, &name, &said);

		if (this && any && about->n == 0 && str_eqi(name, property))
			*about = said;
		if (any)
			continue;
		if (this)
			return true;
		if (!rd_opt(&r, ';')) {
			(void)rd_next(&r);
			continue;
		}
		if (!take_pair(&r, &name, &said))
			continue;
		(void)str_cut(name, '/', &name, &(struct str){ 0 });
		if (!str_eqi(name, method))
			continue;
		if (!str_eqi(said, result))
			return false;
		this = true;
	}
	return this;
}
