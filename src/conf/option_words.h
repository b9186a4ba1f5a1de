/*
 * option_words.h - the words that options may have: a part of options.c.
 */
#pragma once
#include "base/log.h"
#include "conf/option.h"
#include "trust/mta_sts.h"

static const struct conf_word levels[] = {
	{ "error", LOG_ERROR, NULL }, { "warn", LOG_WARN, NULL },
	{ "info", LOG_INFO, NULL }, { "debug", LOG_DEBUG, NULL },
	{ NULL, 0, NULL },
};
static const struct conf_word kinds[] = {
	{ "smtp", LISTEN_SMTP, "other servers; STARTTLS if they want" },
	{ "submission", LISTEN_SUBMISSION, "people who write; STARTTLS" },
	{ "submissions", LISTEN_SUBMISSIONS,
	    "people who write; TLS from the start" },
	{ "imap", LISTEN_IMAP, "people who read; STARTTLS" },
	{ "imaps", LISTEN_IMAPS, "people who read; TLS from the start" },
	{ "pop3", LISTEN_POP3, "people who fetch; STARTTLS" },
	{ "pop3s", LISTEN_POP3S, "people who fetch; TLS from the start" },
	{ "http", LISTEN_HTTP, "browsers; sent on to `https`" },
	{ "https", LISTEN_HTTPS, "browsers, and programs that speak HTTP" },
	{ "lmtp", LISTEN_LMTP, "a mail server in front of this one (RFC 2033); "
	    "see doc/smtp.md" },
	{ "no-mail", LISTEN_NO_MAIL, "other servers, who are told that this "
	    "host takes no mail (521)" },
	{ NULL, 0, NULL },
};
static const struct conf_word dmarc_rules[] = {
	{ "off", DMARC_OFF, "for nothing: they are not looked at" },
	{ "mark", DMARC_MARK, "for Authentication-Results and the journal" },
	{ "enforce", DMARC_ENFORCE, "for more: what a domain wants refused is "
	    "refused, what it wants put aside is put into Junk" },
	{ NULL, 0, NULL },
};
static const struct conf_word greylists[] = {
	{ "off", GREYLIST_OFF, "nobody" },
	{ "unproven", GREYLIST_UNPROVEN, "whom neither SPF nor DKIM proves to "
	    "be of any domain" },
	{ "unknown", GREYLIST_UNKNOWN, "everybody" },
	{ NULL, 0, NULL },
};
static const struct conf_word dns_list_ofs[] = {
	{ "hosts", DNS_LIST_HOSTS, "addresses: who hands the message in" },
	{ "domains", DNS_LIST_DOMAINS, "names: those in MAIL FROM and From, "
	    "and those that signed" },
	{ "urls", DNS_LIST_URLS, "where links in the text lead to: a name as "
	    "it was registered, or an address backwards" },
	{ "hashes", DNS_LIST_HASHES, "addresses of mail in From, Reply-To and "
	    "MAIL FROM: the SHA-1 of each in lower case, as hex digits" },
	{ NULL, 0, NULL },
};
static const struct conf_word dns_list_thens[] = {
	{ "refuse", DNS_LIST_REFUSE, "refused, with the list's name and what "
	    "it says" },
	{ "junk", DNS_LIST_JUNK, "taken, into Junk" },
	{ "hold", DNS_LIST_HOLD, "taken, and kept apart" },
	{ "allow", DNS_LIST_ALLOW, "never sent away by `greylist`, and no list "
	    "behind this one is asked" },
	{ NULL, 0, NULL },
};
static const struct conf_word attached_thens[] = {
	{ "mark", ATTACHED_MARK, "it counts for the score" },
	{ "junk", ATTACHED_JUNK, "into Junk" },
	{ "hold", ATTACHED_HOLD, "kept apart: `postern held`" },
	{ "refuse", ATTACHED_REFUSE, "refused, with the name of the file" },
	{ NULL, 0, NULL },
};
static const struct conf_word scan_viruses[] = {
	{ "mark", ATTACHED_MARK, "its name stands in the verdict" },
	{ "junk", ATTACHED_JUNK, "into Junk" },
	{ "hold", ATTACHED_HOLD, "kept apart: `postern held`" },
	{ "refuse", ATTACHED_REFUSE, "refused, with its name" },
	{ NULL, 0, NULL },
};
static const struct conf_word ldap_tls[] = {
	{ "starttls", LDAP_TLS_STARTTLS, "begun in clear, then encrypted" },
	{ "first", LDAP_TLS_FIRST, "from the first octet: ldaps" },
	{ "none", LDAP_TLS_NONE, "none; only to this very machine" },
	{ "clear", LDAP_TLS_CLEAR,
	    "none, to another machine: whoever listens there has all "
	    "passwords" },
	{ NULL, 0, NULL },
};
static const struct conf_word scan_aways[] = {
	{ "take", SCAN_AWAY_TAKE, "mail is taken without its word" },
	{ "wait", SCAN_AWAY_WAIT, "mail has to wait: 451" },
	{ NULL, 0, NULL },
};
static const struct conf_word sts_modes[] = {
	{ "none", STS_NONE, "nothing; who knows of a policy forgets it" },
	{ "testing", STS_TESTING, "to report where it would not hold, and to "
	    "bring the mail" },
	{ "enforce", STS_ENFORCE, "to bring mail to `hostname` only, with a "
	    "certificate of that name that they trust" },
	{ NULL, 0, NULL },
};
static const struct conf_word listen_tls[] = {
	{ "login", LISTEN_TLS_LOGIN, "it comes before a password" },
	{ "may", LISTEN_TLS_MAY, "a password is taken without it, too" },
	{ "none", LISTEN_TLS_NONE, "it is not offered" },
	{ NULL, 0, NULL },
};
static const struct conf_word tls[] = {
	{ "may", ROUTE_TLS_MAY, "if it is offered and works" },
	{ "none", ROUTE_TLS_NONE, "never" },
	{ "must", ROUTE_TLS_MUST, "encrypted, with anybody" },
	{ "verify", ROUTE_TLS_VERIFY, "with a certificate of that name" },
	{ "first", ROUTE_TLS_FIRST, "the same, from the first octet" },
	{ NULL, 0, NULL },
};
static const struct conf_word route_protocols[] = {
	{ "smtp", ROUTE_SMTP, "with another mail server" },
	{ "lmtp", ROUTE_LMTP, "with a program that delivers (RFC 2033), and "
	    "answers for each recipient: of `host` and `port`, which may be "
	    "private" },
	{ NULL, 0, NULL },
};
