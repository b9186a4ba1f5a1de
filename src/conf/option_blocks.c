/*
 * option_blocks.c - the blocks of postern.conf, in the order of the manual.
 */
#include "conf/option.h"

const struct conf_block_row conf_blocks[CONF_BLOCKS] = {
	[CONF_FILE] = { .name = "" },
	[CONF_LISTEN] = { .name = "listen", .shape = &listener_conf_shape,
	    .list = offsetof(struct config, listeners),
	    .end = conf_end_listen, .at_start = true,
	    .value =
	    "listen { kind = smtp         port = 25 }\n"
	    "listen { kind = submissions  port = 465 }\n"
	    "listen { kind = submission   port = 587 }\n"
	    "listen { kind = submission   port = 2525 }\n"
	    "listen { kind = imap         port = 143 }\n"
	    "listen { kind = imaps        port = 993 }\n"
	    "listen { kind = pop3         port = 110 }\n"
	    "listen { kind = pop3s        port = 995 }\n"
	    "listen { kind = http         port = 80 }\n"
	    "listen { kind = https        port = 443 }\n",
	    .help = "a listening socket, one block each",
	    .example = "listen { kind = lmtp  path = "
	    "\"/var/spool/postfix/private/postern\" }\n",
	    .more = "With one block or more, exactly those; with none:" },
	[CONF_CERTIFICATE] = { .name = "certificate",
	    .shape = &cert_conf_shape,
	    .list = offsetof(struct config, certificates),
	    .end = conf_end_certificate,
	    .help = "a certificate for TLS, one block each",
	    .more = "The first one answers names that no certificate covers. "
	    "Without any, Postern makes a self-signed one for `hostname`." },
	[CONF_STUB] = { .name = "stub-zone", .shape = &stub_conf_shape,
	    .list = offsetof(struct config, stub_zones),
	    .end = conf_end_stub, .title = "intern.example",
	    .title_offset = offsetof(struct conf_stub, stub.zone),
	    .title_wanted = "a zone like \"intern.example\"",
	    .help = "who is asked about the names of one zone" },
	[CONF_DNS_LIST] = { .name = "dns-list",
	    .shape = &dns_list_conf_shape,
	    .list = offsetof(struct config, dns_lists),
	    .end = conf_end_dns_list, .title = "list.example",
	    .title_offset = offsetof(struct dns_list_conf, zone),
	    .title_wanted = "a zone like \"list.example\"",
	    .help = "a list of hosts or domains in the DNS (RFC 5782)",
	    .more = "Asked about mail from the world in the order they stand "
	    "here; the first one that has something decides. Who runs a list "
	    "says who may use it. `postern lists` shows whether each works. "
	    "See doc/judge.md." },
	[CONF_RELAY] = { .name = "relay", .end = conf_end_relay,
	    .help = "how mail leaves" },
	[CONF_QUEUE] = { .name = "queue", .end = conf_end_queue,
	    .help = "what waits to be sent, and for how long",
	    .more = "Times are `90s`, `5m`, `4h`, `5d`." },
	[CONF_LIMITS] = { .name = "limits",
	    .help = "what each account may hand in",
	    .more = "By every protocol, counted together; 0 is no limit. A "
	    "single account has others by `postern account limit`. Each count "
	    "leaks: all of it at once, and then one by one as the hour or the "
	    "day goes by. See doc/smtp.md." },
	[CONF_POOL] = { .name = "pool", .shape = &pool_conf_shape,
	    .list = offsetof(struct config, pools), .end = conf_end_pool,
	    .title = "news",
	    .title_offset = offsetof(struct pool_conf, name),
	    .title_wanted = "a name",
	    .help = "addresses of ours that mail of some senders leaves from",
	    .more = "Its connections take them in turn. See doc/egress.md." },
	[CONF_ROUTE] = { .name = "route", .shape = &route_conf_shape,
	    .list = offsetof(struct config, routes), .end = conf_end_route,
	    .title = "example.net",
	    .title_offset = offsetof(struct conf_route, route.match),
	    .title_wanted = "\"example.org\", \".example.org\" or \"*\"",
	    .help = "another way than by MX for some domains",
	    .more = "The first whose name fits the recipient's domain is "
	    "taken: a domain, `.example.org` (every domain below it), or "
	    "`*`. One beyond ASCII is written in either form.", .example =
	    "route \".invalid\" { refuse = \"there is no such place\" }\n"
	    "route \"intern.example\" { host = \"[10.0.0.5]\"  "
	    "private = true }\n" },
	[CONF_ERRAND] = { .name = "errand",
	    .help = "what is asked of other servers by HTTPS",
	    .more = "The policies of domains that mail is sent to (MTA-STS, "
	    "RFC 8461)." },
	[CONF_ATTACHMENTS] = { .name = "attachments",
	    .help = "what becomes of mail from the world that brings files",
	    .more = "By what they are, also in ZIP archives, whatever they "
	    "are called. See doc/judge.md." },
	[CONF_SCAN] = { .name = "scan",
	    .help = "other programs that mail from the world is shown",
	    .more = "Each is asked once the text has come, and what it says "
	    "counts with all else. See doc/judge.md." },
	[CONF_OAUTH] = { .name = "oauth", .shape = &oauth_conf_shape,
	    .list = offsetof(struct config, oauth), .end = conf_end_oauth,
	    .help = "somebody else who says who people are, one block each",
	    .more = "An issuer of tokens (OAuth 2.0, OpenID Connect): people "
	    "log in with what it gave them, by OAUTHBEARER (RFC 7628) and "
	    "XOAUTH2, and by HTTP with `Authorization: Bearer`. See "
	    "doc/logins.md.", .example =
	    "oauth { issuer = \"https://id.example.net\"  "
	    "audience = mail  domains = { \"example.net\" } }\n" },
	[CONF_LDAP] = { .name = "ldap", .shape = &ldap_conf_shape,
	    .list = offsetof(struct config, ldap), .end = conf_end_ldap,
	    .help = "people who have their password in a directory "
	    "elsewhere",
	    .more = "Accounts come and go as its entries do, and it is asked "
	    "whether a password is right. One block at most. See "
	    "doc/ldap.md." },
	[CONF_PAM] = { .name = "pam", .shape = &pam_conf_shape,
	    .list = offsetof(struct config, pam), .end = conf_end_pam,
	    .help = "people who have their password in this machine's PAM",
	    .more = "It is asked whether the password of an account is right "
	    "that `postern pam` has marked. One block at most; `pam { }` does. "
	    "See doc/pam.md." },
};
