/*
 * cmd_language.c - LANGUAGE.
 */
#include "imap/imap_int.h"

/* RFC 4647 3.4: a range that is more than a language it begins with ("en-GB")
 * is served by that. What is in no language in particular is English too. */
static struct str
language_of(struct str range)
{
	struct str primary, rest;

	if (str_eqi(range, STR("default")) || str_eq(range, STR("*")) ||
	    str_eqi(range, STR("i-default")))
		return STR("i-default");
	(void)str_cut(range, '-', &primary, &rest);
	return str_eqi(primary, STR("en")) ? STR("en") : STR_NULL;
}

/* LANGUAGE range ...                                          RFC 5255 3.2 */
struct answer
imap_language(struct imap_session *s, const struct imap_command *c)
{
	const struct words_args *a = &c->args.words;

	if (a->n == 0) {
		(void)stream_printf(s->d.stream,
		    "* LANGUAGE (en i-default)\r\n");
		return OK("These are spoken here");
	}
	for (size_t i = 0; i < a->n; i++) {
		struct str language = language_of(a->word[i]);

		if (!language.p)
			continue;
		(void)stream_printf(s->d.stream, "* LANGUAGE (%.*s)\r\n",
		    STR_FMT(language));
		return OK("English it is");
	}
	return NO("That language is not spoken here");
}
