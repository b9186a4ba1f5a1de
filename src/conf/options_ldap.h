/*
 * options_ldap.h - the options of an ldap block: rows of options.c's table.
 */
#pragma once
#include "conf/option.h"

#define LDAP_OPTIONS \
	{ "server", CONF_LDAP, CONF_HOST, 0, 255, NULL, \
	    AT(conf_ldap, ldap.server), "where it is", \
	    .more = "Of a name with several addresses the first that answers " \
	    "is taken.", \
	    .unset = "it has to be said", .example = "ldap.example.org" }, \
	{ "port", CONF_LDAP, CONF_NUMBER, 1, 65535, NULL, \
	    AT(conf_ldap, ldap.port), "where it listens", \
	    .unset = "389; 636 with `tls = first`", .example = "389" }, \
	{ "tls", CONF_LDAP, CONF_WORD, 0, LDAP_TLS_CLEAR, "starttls", \
	    AT(conf_ldap, ldap.tls), "encryption", .words = ldap_tls }, \
	{ "name", CONF_LDAP, CONF_HOST, 0, 255, NULL, \
	    AT(conf_ldap, ldap.name), "whose certificate it has to show", \
	    .unset = "that of `server`", .example = "ldap.example.org" }, \
	{ "roots", CONF_LDAP, CONF_PATH, 1, 4000, NULL, \
	    AT(conf_ldap, ldap.roots), \
	    "certificates that are trusted to vouch for it, PEM", \
	    .unset = "those of `trusted-roots`", .example = "ldap-ca.pem" }, \
	{ "bind-dn", CONF_LDAP, CONF_TEXT, 0, 1000, NULL, \
	    AT(conf_ldap, ldap.bind_dn), "who looks for entries", \
	    .more = "An entry that may read them, and nothing else.", \
	    .unset = "anybody", .example = "cn=mail,dc=example,dc=org" }, \
	{ "password", CONF_LDAP, CONF_TEXT, 0, 1000, NULL, \
	    AT(conf_ldap, ldap.password), "its password", \
	    .unset = "none" }, \
	{ "password-file", CONF_LDAP, CONF_PATH, 1, 4000, NULL, \
	    AT(conf_ldap, password_file), \
	    "a file whose first line is the password", .unset = "none", \
	    .example = "ldap.password" }, \
	{ "base", CONF_LDAP, CONF_TEXT, 0, 1000, NULL, \
	    AT(conf_ldap, ldap.base), "below which entry people are", \
	    .unset = "it has to be said", \
	    .example = "ou=people,dc=example,dc=org" }, \
	{ "filter", CONF_LDAP, CONF_TEXT, 3, 2000, "(objectClass=person)", \
	    AT(conf_ldap, ldap.filter), "which of them (RFC 4515)" }, \
	{ "id", CONF_LDAP, CONF_TEXT, 1, 64, "entryUUID", \
	    AT(conf_ldap, ldap.id), "the attribute that never changes", \
	    .more = "Active Directory has `objectGUID`." }, \
	{ "mail", CONF_LDAP, CONF_TEXT, 1, 64, "mail", \
	    AT(conf_ldap, ldap.mail), "the attribute with the address", \
	    .more = "The first value is the account. Where an entry has " \
	    "none, it is an alias with `SMTP:` in front, in capitals." }, \
	{ "aliases", CONF_LDAP, CONF_TEXT, 0, 500, \
	    "mailAlternateAddress mailLocalAddress proxyAddresses", \
	    AT(conf_ldap, ldap.aliases), \
	    "attributes with other addresses, a space between" }, \
	{ "quota", CONF_LDAP, CONF_TEXT, 0, 64, NULL, \
	    AT(conf_ldap, ldap.quota), \
	    "the attribute with the quota: octets, or 2G", \
	    .unset = "quotas are set here", .example = "mailQuota" }, \
	{ "sync", CONF_LDAP, CONF_TIME, 0, 86400, "15m", \
	    AT(conf_ldap, ldap.sync_s), \
	    "how often entries are looked at; 0 is by hand only", \
	    .more = "By hand: `postern ldap sync`." }, \
	{ "timeout", CONF_LDAP, CONF_TIME, 1, 15, "8s", \
	    AT(conf_ldap, ldap.timeout_s), \
	    "how long a login waits for an answer" }, \
	{ "remember", CONF_LDAP, CONF_TIME, 0, 3600, "5m", \
	    AT(conf_ldap, ldap.remember_s), \
	    "how long a password that was right is not asked about", \
	    .more = "One that was changed there is good here so long." },
