/*
 * options_oauth.h - the options of an oauth block: rows of options.c's table.
 */
#pragma once
#include "conf/option.h"

#define OAUTH_AT(field) offsetof(struct conf_oauth, field), \
	sizeof(((struct conf_oauth *)NULL)->field)

#define OAUTH_OPTIONS \
	{ "issuer", CONF_OAUTH, CONF_TEXT, 1, 500, NULL, \
	    OAUTH_AT(oauth.issuer), "who it is: an URL of https", \
	    .more = "To the letter as it calls itself in tokens (`iss`).", \
	    .unset = "there has to be one", \
	    .example = "https://id.example.org" }, \
	{ "audience", CONF_OAUTH, CONF_TEXT, 1, 500, NULL, \
	    OAUTH_AT(oauth.audience), \
	    "who we are: what tokens for us have as `aud`", \
	    .unset = "there has to be one", .example = "mail" }, \
	{ "domains", CONF_OAUTH, CONF_DOMAINS, 1, 2000, NULL, \
	    OAUTH_AT(oauth.domains), "whose people it knows", \
	    .more = "A token for an address of another domain is refused. " \
	    "With several issuers each has its own.", \
	    .unset = "all", .example = "{ \"example.org\" }" }, \
	{ "claim", CONF_OAUTH, CONF_TEXT, 1, 64, "email", \
	    OAUTH_AT(oauth.claim), "where a token has the address", \
	    .more = "Where it is no address but a name, it is one of the " \
	    "only domain in `domains`." }, \
	{ "scope", CONF_OAUTH, CONF_TEXT, 1, 500, NULL, \
	    OAUTH_AT(oauth.scope), "what a token has to be good for", \
	    .more = "One word, or several with spaces between; clients that " \
	    "are refused are told.", .unset = "anything", .example = "mail" }, \
	{ "keys", CONF_OAUTH, CONF_PATH, 1, 4000, NULL, \
	    OAUTH_AT(keys_file), \
	    "a file with its public keys: a JWK Set (RFC 7517)", \
	    .more = "Then nothing is asked for them.", \
	    .unset = "those it has at `keys-url`", .example = "issuer.jwks" }, \
	{ "keys-url", CONF_OAUTH, CONF_TEXT, 1, 500, NULL, \
	    OAUTH_AT(oauth.keys_url), "where it has its public keys", \
	    .unset = "as it says at " \
	    "ISSUER/.well-known/openid-configuration, on its own host", \
	    .example = "https://keys.example.org/jwks.json" }, \
	{ "introspection", CONF_OAUTH, CONF_TEXT, 1, 500, NULL, \
	    OAUTH_AT(oauth.introspection), \
	    "where it is asked about tokens that nobody can read (RFC 7662)", \
	    .more = "Alone, every token is asked about, and there are no " \
	    "keys.", \
	    .unset = "tokens are signed (RFC 7519)", \
	    .example = "https://id.example.org/introspect" }, \
	{ "client-id", CONF_OAUTH, CONF_TEXT, 1, 255, NULL, \
	    OAUTH_AT(oauth.client_id), "who we are when we ask it", \
	    .unset = "nobody", .example = "postern" }, \
	{ "client-secret-file", CONF_OAUTH, CONF_PATH, 1, 4000, NULL, \
	    OAUTH_AT(secret_file), \
	    "a file whose first line is our password there", \
	    .unset = "none", .example = "issuer.secret" },
