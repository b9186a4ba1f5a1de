/*
 * cmd_lang.c - UTF8 and LANG: what a client understands.           RFC 6856
 */
#include "pop3/pop3_int.h"

/* UTF8                                                      RFC 6856 2.1 */
struct answer
pop3_utf8(struct pop3_session *s, const struct pop3_params *p unused_arg)
{
	s->utf8 = true;
	return OK("Messages come as they are");
}

/* LANG [lang-range]                                         RFC 6856 3.2
 * There is one language. A range that is more than it names ("en-GB") gets it
 * as well: RFC 4647 3.4. */
struct answer
pop3_lang(struct pop3_session *s, const struct pop3_params *p)
{
	struct str range = str_trim(p->text), primary, rest;

	if (range.n == 0) {
		pop3_begin_lines(s, STR("One language"));
		(void)pop3_say(s, STR("en English\r\n"));
		pop3_end_lines(s);
		return NO_ANSWER;
	}
	(void)str_cut(range, '-', &primary, &rest);
	if (!str_eqi(primary, STR("en")) && !str_eq(range, STR("*")))
		return ERR("That language is not spoken here");
	return OK("en English it is");
}
