/*
 * verbs.c - the commands of SMTP: a new one is a row here and a file.
 */
#include "smtp/smtp_int.h"

const struct smtp_verb smtp_verbs[] = {
	{ "HELO", WHEN_SMTP, smtp_helo, .help =
	    "HELO your.host.name\nSays who you are; EHLO says more." },
	{ "EHLO", WHEN_SMTP, smtp_ehlo, .help =
	    "EHLO your.host.name\nSays who you are, and asks what is offered "
	    "here." },
	{ "LHLO", WHEN_LMTP, smtp_ehlo, .help =
	    "LHLO your.host.name\nSays who you are, and asks what is offered "
	    "here." },	/* RFC 2033 4.1 */
	{ "MAIL", WHEN_LOGIN | WHEN_HELO | WHEN_IDLE, smtp_mail, .help =
	    "MAIL FROM:<you@example.org> [SIZE=octets] [BODY=8BITMIME]\n"
	    "Begins a message; reports come back to this address.\n"
	    "Next: RCPT" },
	{ "RCPT", WHEN_LOGIN | WHEN_MAIL | WHEN_NO_TEXT, smtp_rcpt, .help =
	    "RCPT TO:<somebody@example.org>\n"
	    "Who gets the message; once for each.\nNext: DATA" },
	{ "DATA", WHEN_LOGIN | WHEN_BARE | WHEN_MAIL | WHEN_NO_TEXT, smtp_data,
	    .help =
	    "DATA\nThe text follows: header, empty line, body, and a line "
	    "that is one dot." },
	{ "BDAT", WHEN_LOGIN | WHEN_MAIL, smtp_bdat, "CHUNKING", .help =
	    "BDAT octets [LAST]\nSo many octets of the text follow; again, "
	    "until the last of them.", .refuse = smtp_bdat_refuse },
	{ "RSET", WHEN_BARE, smtp_rset, .help =
	    "RSET\nForgets the message that was begun." },
	{ "NOOP", 0, smtp_noop, .help = "NOOP\nDoes nothing." },
	{ "QUIT", WHEN_BARE, smtp_quit, .help = "QUIT\nEnds the session." },
	{ "VRFY", 0, smtp_vrfy, .help =
	    "VRFY address\nWho is here; for people who have logged in." },
	{ "EXPN", 0, smtp_expn, .help =
	    "EXPN list\nWho is on it; for people who have logged in, if the "
	    "operator allows it." },
	{ "HELP", 0, smtp_help, "HELP", .help = "HELP [command]" },
	{ "ETRN", WHEN_SMTP | WHEN_IDLE, smtp_etrn, "ETRN", smtp_etrn_offered,
	    .help = "ETRN example.org\nWhat waits here for that destination "
	    "is sent now; @example.org: and for all below it." },
	{ "STARTTLS", WHEN_BARE | WHEN_IDLE, smtp_starttls, "STARTTLS",
	    smtp_starttls_offered, .help =
	    "STARTTLS\nEncryption begins right after the answer." },
	{ "XCLIENT", WHEN_IDLE, smtp_xclient, "XCLIENT", smtp_xclient_offered,
	    smtp_xclient_say, "XCLIENT attribute=value ...\nFor whom you "
	    "come; the session begins anew, as theirs.", .hidden = true },
	{ "XFORWARD", WHEN_IDLE, smtp_xforward, "XFORWARD",
	    smtp_xforward_offered, smtp_xforward_say,
	    "XFORWARD attribute=value ...\nWho gave you the next message; "
	    "for logs alone.", .hidden = true },
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

bool
smtp_verb_is_here(const struct smtp_session *s, const struct smtp_verb *v)
{
	return !(v->when & (s->service->o.lmtp ? WHEN_SMTP : WHEN_LMTP));
}

bool
smtp_verb_is_hidden(const struct smtp_session *s, const struct smtp_verb *v)
{
	return v->hidden && !v->offered(s);
}

const struct smtp_verb *
smtp_verb_find(const struct smtp_session *s, struct str word)
{
	const struct smtp_verb *v;

	for (size_t i = 0; (v = smtp_verb_at(s, i)); i++)
		if (str_eqi(word, str_c(v->word)))
			return smtp_verb_is_hidden(s, v) ? NULL : v;
	return NULL;
}
