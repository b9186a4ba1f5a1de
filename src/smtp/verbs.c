/*
 * verbs.c - the commands of SMTP: a new one is a row here and a file.
 */
#include "smtp/smtp_int.h"

const struct smtp_verb smtp_verbs[] = {
	{ "HELO", 0, smtp_helo },
	{ "EHLO", 0, smtp_ehlo },
	{ "MAIL", WHEN_LOGIN | WHEN_HELO | WHEN_IDLE, smtp_mail },
	{ "RCPT", WHEN_LOGIN | WHEN_MAIL, smtp_rcpt },
	{ "DATA", WHEN_LOGIN | WHEN_BARE | WHEN_MAIL, smtp_data },
	{ "RSET", WHEN_BARE, smtp_rset },
	{ "NOOP", 0, smtp_noop },
	{ "QUIT", WHEN_BARE, smtp_quit },
	{ "VRFY", 0, smtp_vrfy },
	{ "EXPN", 0, smtp_expn },
	{ "HELP", 0, smtp_help, "HELP" },
	{ "STARTTLS", WHEN_BARE | WHEN_IDLE, smtp_starttls, "STARTTLS",
	    smtp_starttls_offered },
};
const size_t smtp_nverbs = NELEM(smtp_verbs);

const struct smtp_verb *
smtp_verb_at(const struct smtp_session *s, size_t i)
{
	const struct smtp_options *o = &s->service->o;

	if (i < smtp_nverbs)
		return &smtp_verbs[i];
	i -= smtp_nverbs;
	return i < o->nverbs ? &o->verbs[i] : NULL;
}

const struct smtp_verb *
smtp_verb_find(const struct smtp_session *s, struct str word)
{
	const struct smtp_verb *v;

	for (size_t i = 0; (v = smtp_verb_at(s, i)); i++)
		if (str_eqi(word, str_c(v->word)))
			return v;
	return NULL;
}
