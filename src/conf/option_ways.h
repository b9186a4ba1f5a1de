/*
 * option_ways.h - what connections speak, as words of options; for options.c.
 */
#pragma once
#include "conf/option.h"

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
