/*
 * options.c - every option of postern.conf, in the order of the manual.
 */
#include "conf/option_words.h"
#include "conf/options_egress.h"
#include "conf/options_ldap.h"
#include "conf/options_oauth.h"
#include "conf/options_pam.h"

#define AT(S, field) offsetof(struct S, field), \
	sizeof(((struct S *)NULL)->field)
#define YEAR (365 * 86400)

const struct conf_option conf_options[] = {
	/* ---- the file itself --------------------------------------------- */
	{ "hostname", CONF_FILE, CONF_HOSTNAME, 1, 253, NULL,
	    AT(config, hostname),
	    "who this server is in greetings and trace fields",
	    .more = "The name its address has in the DNS, and that MX records "
	    "name.",
	    .unset = "must be set", .example = "mail.example.org" },
	{ "data", CONF_FILE, CONF_PATH, 1, 4000, "postern-data",
	    AT(config, data),
	    "the data folder: mail, queue, accounts, keys",
	    .more = "Made if it is not there.", .at_start = true },
	{ "mx-workers", CONF_FILE, CONF_WORKERS, 1, CORES_MAX, "cores",
	    AT(config, mx_workers),
	    "processes that talk with other servers",
	    .more = "`cores` is one per processor core, 8 at most.",
	    .at_start = true },
	{ "front-workers", CONF_FILE, CONF_WORKERS, 1, CORES_MAX, "cores",
	    AT(config, front_workers),
	    "processes that talk with people", .at_start = true },
	{ "max-connections", CONF_FILE, CONF_NUMBER, 1, 1000000, "4000",
	    AT(config, max_connections),
	    "connections that one of these takes at the same time" },
	{ "smtp-per-address", CONF_FILE, CONF_NUMBER, 0, 1000000, "50",
	    AT(config, smtp_address),
	    "connections to port 25 from one address; 0 is no limit",
	    .more = "Counted over all workers, as those below; an IPv6 /64 is "
	    "one address. This machine may have ten times as many. Who is "
	    "over a limit is told 421 and why." },
	{ "smtp-per-network", CONF_FILE, CONF_NUMBER, 0, 1000000, "200",
	    AT(config, smtp_network),
	    "the same from one network, an IPv4 /24 or an IPv6 /48" },
	{ "people-per-address", CONF_FILE, CONF_NUMBER, 0, 1000000, "500",
	    AT(config, people_address),
	    "connections of people, all but port 25, from one address",
	    .more = "An office behind one address has several for each of "
	    "its people. The last tenth of all room is kept for addresses "
	    "from which somebody logged in within a week." },
	{ "people-per-network", CONF_FILE, CONF_NUMBER, 0, 1000000, "2000",
	    AT(config, people_network), "the same from one network" },
	{ "per-account", CONF_FILE, CONF_NUMBER, 0, 1000000, "100",
	    AT(config, account_connections),
	    "connections that are logged in to one account; 0 is no limit" },
	{ "max-recipients", CONF_FILE, CONF_NUMBER, 100, 2000, "1000",
	    AT(config, max_recipients),		/* RFC 5321 4.5.3.1.8 */
	    "recipients of one message" },
	{ "max-message", CONF_FILE, CONF_SIZE, 1, 1ull << 40, "50M",
	    AT(config, max_message),
	    "the largest message",
	    .more = "K, M, G and T are powers of 1024." },
	{ "quota", CONF_FILE, CONF_SIZE, 0, 1ull << 50, "0",
	    AT(config, quota),
	    "what an account may hold; 0 is no limit" },
	{ "keep-deleted", CONF_FILE, CONF_TIME, 0, YEAR, "7d",
	    AT(config, keep_deleted_s),
	    "how long deleted mail can be had back; 0: five minutes",
	    .more = "By `postern account undelete`. It counts in no quota, "
	    "drafts are not kept, and where the disk is nearly full it goes "
	    "at once." },
	{ "keep-held", CONF_FILE, CONF_TIME, 86400, YEAR, "14d",
	    AT(config, keep_held_s),
	    "how long mail is kept that was held back for a look at it",
	    .more = "By `postern held`. It counts in no quota." },
	{ "empty-junk", CONF_FILE, CONF_TIME, 0, 10 * YEAR, "30d",
	    AT(config, empty_junk_s),
	    "mail that is in a mailbox for junk as long is removed; 0: never",
	    .more = "Counted from when it came into that mailbox." },
	{ "empty-trash", CONF_FILE, CONF_TIME, 0, 10 * YEAR, "0",
	    AT(config, empty_trash_s),
	    "the same of what people have thrown away" },
	{ "smtp-timeout", CONF_FILE, CONF_NUMBER, 1, 86400, "300",
	    AT(config, smtp_timeout_s),
	    "seconds that a silent SMTP client is waited for",
	    .more = "RFC 5321 4.5.3.2.7." },
	{ "data-rate", CONF_FILE, CONF_NUMBER, 0, 1000000, "100",
	    AT(config, data_rate),
	    "octets a second that a text has to come with; 0 is any",
	    .more = "On average, over each `smtp-timeout`. Who is slower is "
	    "told 421 4.4.2. Messages by IMAP (over five minutes) and bodies "
	    "of HTTP, too; these both ways." },
	{ "data-time", CONF_FILE, CONF_TIME, 0, 86400, "2h",
	    AT(config, data_time_s),
	    "how long one text may take in all; 0 is any" },
	{ "strict-helo", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, strict_helo),
	    "refuse who says no proper name in HELO or EHLO on port 25",
	    .more = "A name or an address in brackets (RFC 5321 4.1.1.1); "
	    "RFC 5321 4.1.4 wants mail not to be refused for it." },
	{ "vrfy", CONF_FILE, CONF_BOOL, 0, 1, "true", AT(config, vrfy),
	    "VRFY says to people who have logged in whether somebody is here",
	    .more = "To strangers it says 252, whoever is asked for (RFC 5321 "
	    "7.3)." },
	{ "expn", CONF_FILE, CONF_BOOL, 0, 1, "false", AT(config, expn),
	    "EXPN says to people who have logged in whom an alias leads to",
	    .more = "Strangers are never told." },
	{ "greeting-delay", CONF_FILE, CONF_TIME, 0, 60, "0",
	    AT(config, greeting_delay_s),
	    "how long strangers on port 25 wait for the greeting",
	    .more = "Who talks before it comes is told 421 4.7.0 and let go: "
	    "mail servers wait (RFC 5321 3.1), much that sends junk does not. "
	    "No stranger is a network (IPv4 /24, IPv6 /64) whose mail was "
	    "taken within 60 days, other than into Junk, nor one of "
	    "`unjudged` or `xclient-peers`. 0: nobody waits, and nobody "
	    "looks." },
	{ "messages-per-network", CONF_FILE, CONF_NUMBER, 0, 1000000, "5000",
	    AT(config, network_messages),
	    "messages an hour on port 25 from a network; 0: any number",
	    .more = "An IPv4 /24, an IPv6 /64, but none of `unjudged`; over "
	    "all workers. What comes too often is told 450 4.7.1 and when to "
	    "come again." },
	{ "recipients-per-network", CONF_FILE, CONF_NUMBER, 0, 10000000,
	    "20000", AT(config, network_recipients),
	    "the same of recipients" },
	{ "messages-per-recipient", CONF_FILE, CONF_NUMBER, 0, 1000000, "1000",
	    AT(config, recipient_messages),
	    "messages an hour that come on port 25 for one address; 0: any",
	    .more = "From `unjudged` any number; the others are told 450 "
	    "4.7.1." },
	{ "messages-per-domain", CONF_FILE, CONF_NUMBER, 0, 1000000, "0",
	    AT(config, domain_messages),
	    "messages an hour of one domain, from wherever; 0: any number",
	    .more = "Of the one in From, as it was registered, where SPF or "
	    "DKIM proves it. The others are told 451 4.7.1, but not whom all "
	    "recipients have written to." },
	{ "unknown-recipients", CONF_FILE, CONF_NUMBER, 0, 1000000, "50",
	    AT(config, unknown_recipients),
	    "recipients nobody has, an hour, until a network is banned; 0: any",
	    .more = "Told 421 4.7.1; see doc/smtp.md." },
	{ "smtp-errors", CONF_FILE, CONF_NUMBER, 0, 1000000, "100",
	    AT(config, smtp_errors),
	    "the same of commands on port 25 that make no sense" },
	{ "failed-logins", CONF_FILE, CONF_NUMBER, 0, 1000000, "100",
	    AT(config, failed_logins),
	    "failed logins an hour, until an address is banned; 0: any number",
	    .more = "An IPv4 address, an IPv6 /64; never where somebody has "
	    "logged in lately, so without `login-notes` nobody is." },
	{ "ban-time", CONF_FILE, CONF_TIME, 0, 30 * 86400, "1h",
	    AT(config, ban_time_s),
	    "how long they are banned the first time; 0: nobody is",
	    .more = "Four times as long each time it happens again within 30 "
	    "days. `postern ban list` says who is." },
	{ "ban-longest", CONF_FILE, CONF_TIME, 1, YEAR, "7d",
	    AT(config, ban_longest_s),
	    "and at most" },
	{ "tarpit", CONF_FILE, CONF_TIME, 0, 60, "3s",
	    AT(config, tarpit_s),
	    "how long who guesses addresses on port 25 waits for each answer",
	    .more = "From a fifth of `unknown-recipients` on. 0: not at all." },
	{ "dmarc", CONF_FILE, CONF_WORD, 0, DMARC_ENFORCE, "enforce",
	    AT(config, dmarc),
	    "what SPF, DKIM and DMARC of mail from the world are for",
	    .more = "See doc/judge.md.", .words = dmarc_rules },
	{ "unjudged", CONF_FILE, CONF_NETWORKS, 1, 2000, NULL,
	    AT(config, unjudged),
	    "whose mail on port 25 is taken without that",
	    .more = "A second mail host of yours, a gateway in front of this "
	    "one: what they hand in was judged by them. Who names some and "
	    "has programs here that use port 25 names 127.0.0.0/8 and ::1 "
	    "too.", .unset = "loopback",
	    .example = "{ \"192.0.2.7\", \"2001:db8:1::/48\" }" },
	{ "lmtp-peers", CONF_FILE, CONF_NETWORKS, 1, 2000, NULL,
	    AT(config, lmtp_peers),
	    "who may hand in mail by LMTP",
	    .more = "The mail server in front of this one, if it is on "
	    "another machine; name 127.0.0.0/8 and ::1 too if one is here. "
	    "Others are told 554.", .unset = "loopback",
	    .example = "{ \"192.0.2.25\" }" },
	{ "lmtp-judge", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, lmtp_judge),
	    "judge what comes by LMTP as what comes to port 25",
	    .more = "By the address it comes from, if that is none of "
	    "`unjudged`. Without, whoever is in front has judged it."
	    },
	{ "no-soliciting", CONF_FILE, CONF_CLASSES, 1, 400, NULL,
	    AT(config, no_soliciting),
	    "classes of solicitation (RFC 3865) refused on port 25",
	    .more = "What says itself to be of one, in SOLICIT of MAIL or in "
	    "its field Solicitation, is told 550 5.7.1. Who made a class up "
	    "says what it is for: a domain backwards, a colon, a word.",
	    .unset = "none", .example = "{ \"net.example:ADV\" }" },
	{ "etrn-peers", CONF_FILE, CONF_NETWORKS, 1, 2000, NULL,
	    AT(config, etrn_peers),
	    "who on port 25 may ask by ETRN (RFC 1985) for mail that waits",
	    .more = "A server that is not always there asks for its mail when "
	    "it is: what waits for `etrn-domains` is tried at once. Only such "
	    "hear of ETRN, and of how much waits.", .unset = "nobody",
	    .example = "{ \"192.0.2.25\" }" },
	{ "etrn-domains", CONF_FILE, CONF_DOMAINS, 1, 2000, NULL,
	    AT(config, etrn_domains),
	    "what they may ask for: these domains, and all below them",
	    .unset = "none", .example = "{ \"branch.example.org\" }" },
	{ "etrn-per-hour", CONF_FILE, CONF_NUMBER, 0, 3600, "60",
	    AT(config, etrn_hourly),
	    "how often an hour for one of them; 0: any number",
	    .more = "Over all workers, whoever asks. Oftener is told 458." },
	{ "arc-trusted", CONF_FILE, CONF_DOMAINS, 1, 2000, NULL,
	    AT(config, arc_trusted),
	    "whose seals (ARC, RFC 8617) vouch for mail that fails DMARC",
	    .more = "Lists and forwarders that change what they send on, and "
	    "that look first whether it is genuine: the d= of their ARC-Seal. "
	    "See doc/judge.md.", .unset = "nobody",
	    .example = "{ \"lists.example.org\" }" },
	{ "list-trusted", CONF_FILE, CONF_DOMAINS, 1, 2000, NULL,
	    AT(config, list_trusted),
	    "whose mailing lists vouch for mail that fails DMARC",
	    .more = "Lists that change what they send on, and seal nothing: "
	    "the domain in their List-Id, which SPF or DKIM has to prove. "
	    "See doc/judge.md.", .unset = "nobody",
	    .example = "{ \"lists.example.org\" }" },
	{ "greylist", CONF_FILE, CONF_WORD, 0, GREYLIST_UNKNOWN, "unproven",
	    AT(config, greylist),
	    "who is sent away once (RFC 6647), of those who are not known",
	    .more = "See doc/judge.md. Never this machine itself, nor people "
	    "who log in.", .words = greylists },
	{ "greylist-delay", CONF_FILE, CONF_TIME, 1, 43200, "60s",
	    AT(config, greylist_delay_s),
	    "how long they wait at least before they come again" },
	{ "junk-score", CONF_FILE, CONF_NUMBER, 0, 1000, "6",
	    AT(config, junk_score),
	    "mail of so many points goes into Junk; 0: none does",
	    .more = "Each thing that is found of a message has its points; "
	    "see doc/judge.md." },
	{ "hold-score", CONF_FILE, CONF_NUMBER, 0, 1000, "10",
	    AT(config, hold_score),
	    "from so many points on mail is kept apart (held); 0: never",
	    .more = "`postern held` lists it and lets it go; by itself it goes "
	    "away after keep-held." },
	{ "refuse-score", CONF_FILE, CONF_NUMBER, 0, 1000, "15",
	    AT(config, refuse_score),
	    "mail of so many points is refused; 0: none is" },
	{ "spam-filter", CONF_FILE, CONF_BOOL, 0, 1, "true",
	    AT(config, spam_filter),
	    "mail of strangers goes into Junk if its text looks like spam",
	    .more = "By what people teach it who move mail into Junk and out "
	    "of it; it says nothing before that. See doc/judge.md." },
	{ "dmarc-reports", CONF_FILE, CONF_BOOL, 0, 1, "true",
	    AT(config, dmarc_reports),
	    "domains hear once a day what became of mail in their name",
	    .more = "Those that ask for it (RFC 7489 7.2): how much came "
	    "from which hosts, and what DMARC said of it. They leave only "
	    "if `report-from` can be signed. See doc/reports.md." },
	{ "tls-reports", CONF_FILE, CONF_BOOL, 0, 1, "true",
	    AT(config, tls_reports),
	    "domains hear once a day how TLS went with their mail hosts",
	    .more = "Those that ask for it (RFC 8460): with which policy "
	    "(DANE, MTA-STS), how often it went well, and what failed. They "
	    "leave only if `report-from` can be signed. See "
	    "doc/reports.md." },
	{ "report-from", CONF_FILE, CONF_PERSON, 1, 320, NULL,
	    AT(config, report_from),
	    "the address in From of such reports, of a domain of yours",
	    .more = "Nobody answers them, but its domain has to have keys "
	    "for DKIM (`postern domain dns`).",
	    .unset = "postmaster@ of hostname, or of the domain above it, "
	    "whichever has keys",
	    .example = "dmarc-reports@example.org" },
	{ "dkim-rotate", CONF_FILE, CONF_TIME, 0, 10 * YEAR, "0",
	    AT(config, dkim_rotate_s),
	    "how long a key signs mail; 0 is until the operator says so",
	    .more = "Then the one in reserve does, once its record is seen in "
	    "DNS; until it is, the other goes on. What is seen here should be "
	    "what the world sees. `postern domain dns` prints what to publish "
	    "next, `postern domain rotate` does it at once. See "
	    "doc/commands.md." },
	{ "proxies", CONF_FILE, CONF_NETWORKS, 1, 2000, NULL,
	    AT(config, proxies),
	    "who comes for others, and says so by the PROXY protocol",
	    .more = "Version 1 or 2, on every port, before anything else and "
	    "before TLS (HAProxy: `send-proxy`, `send-proxy-v2`). They have "
	    "to; nobody else may.", .unset = "nobody",
	    .example = "{ \"192.0.2.8\" }" },
	{ "xclient-peers", CONF_FILE, CONF_NETWORKS, 1, 2000, NULL,
	    AT(config, xclient_peers),
	    "who comes for others, and says so by XCLIENT in SMTP",
	    .more = "A mail proxy (nginx, Dovecot) or a filter in front: from "
	    "then on all that goes by address goes by the one it names. See "
	    "doc/smtp.md. For others there is no such command.",
	    .unset = "nobody", .example = "{ \"192.0.2.8\" }" },
	{ "xforward-peers", CONF_FILE, CONF_NETWORKS, 1, 2000, NULL,
	    AT(config, xforward_peers),
	    "who says by XFORWARD where mail came from that it hands in",
	    .more = "Postfix in front, with `smtp_send_xforward_command = "
	    "yes`: it stands in log and journal, and changes nothing else.",
	    .unset = "nobody but by a socket of `kind = lmtp`",
	    .example = "{ \"192.0.2.25\" }" },
	{ "imap-timeout", CONF_FILE, CONF_NUMBER, 1, 604800, "1800",
	    AT(config, imap_timeout_s),
	    "seconds that a silent IMAP client is waited for",
	    .more = "RFC 3501 5.4." },
	{ "imap-message-limit", CONF_FILE, CONF_NUMBER, 0, 10000, "0",
	    AT(config, imap_message_limit),
	    "messages that one IMAP command may be about; 0: any number",
	    .more = "RFC 9738, which wants 1000 at least. Programs that do not "
	    "know of it see no more than the newest of a larger mailbox." },
	{ "pop3-timeout", CONF_FILE, CONF_NUMBER, 1, 604800, "600",
	    AT(config, pop3_timeout_s),
	    "seconds that a silent POP3 client is waited for",
	    .more = "RFC 1939 3 wants 600 at least." },
	{ "pop3-exclusive", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, pop3_exclusive),
	    "one POP3 session at a time for each account",
	    .more = "A second one is told [IN-USE]. Without it each session "
	    "has its own view of the mailbox: a phone that lost its "
	    "connection keeps nobody out." },
	{ "pop3-login-delay", CONF_FILE, CONF_TIME, 0, 86400, "0",
	    AT(config, pop3_login_delay_s),
	    "the least time between two POP3 logins of an account",
	    .more = "Who comes earlier is told [LOGIN-DELAY] (RFC 2449 "
	    "6.5)." },
	{ "hide-client", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, hide_client),
	    "mail of people who log in does not say where they were",
	    .more = "By submission and by HTTP: its Received field has no "
	    "`from`, so who gets it learns neither their address nor what "
	    "their computer is called. The journal keeps both." },
	{ "divert", CONF_FILE, CONF_PERSON, 1, 320, NULL, AT(config, divert),
	    "an account that gets all mail that nobody here has",
	    .more = "For programs that are being written: nothing leaves, any "
	    "recipient is taken, and any sender of who logged in.",
	    .unset = "nobody", .example = "you@example.org",
	    .at_start = true },
	{ "nameservers", CONF_FILE, CONF_SERVERS, 1, 1000, NULL,
	    AT(config, nameservers),
	    "recursive servers, each an address or address@port",
	    .unset = "those of /etc/resolv.conf",
	    .example = "{ \"192.0.2.53\", \"2001:db8::53@5353\" }" },
	{ "trust-anchor", CONF_FILE, CONF_PATH, 1, 4000, NULL,
	    AT(config, trust_anchor),
	    "a file that DNSSEC is checked against",
	    .unset = "the root's", .example = "/usr/share/dns/root.key" },
	{ "trusted-roots", CONF_FILE, CONF_PATH, 1, 4000, NULL,
	    AT(config, trusted_roots),
	    "a PEM file: who is trusted to say who other servers are",
	    .more = "For `tls = verify` of a route, and for policies of "
	    "other domains (see `errand`).",
	    .unset = "those of this system",
	    .example = "/etc/ssl/certs/ca-certificates.crt" },
	{ "compress", CONF_FILE, CONF_NUMBER, 0, 19, "1",
	    AT(config, compress),
	    "zstd level of new mail; 0 stores it as it is" },
	{ "http-timeout", CONF_FILE, CONF_NUMBER, 1, 86400, "75",
	    AT(config, http_timeout_s),
	    "seconds that the next HTTP request is waited for" },
	{ "http2", CONF_FILE, CONF_BOOL, 0, 1, "true", AT(config, http2),
	    "programs may speak HTTP/2 where HTTP is spoken inside TLS",
	    .more = "With `false` they are answered in HTTP/1.1, which all of "
	    "them speak as well." },
	{ "https-alpn", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, https_alpn),
	    "`https` is for mail programs, too, that say so by ALPN",
	    .more = "`imap`, `pop3` or `smtp` (submission), each if there is a "
	    "`listen` of `imaps`, `pop3s` or `submissions`: for networks that "
	    "let nothing but port 443 through. A firewall that shuts port 993 "
	    "shuts it no more then.", .at_start = true },
	{ "sign-in-idle", CONF_FILE, CONF_TIME, 60, YEAR, "12h",
	    AT(config, sign_in_idle_s),
	    "how long somebody stays signed in who does nothing" },
	{ "sign-in-life", CONF_FILE, CONF_TIME, 60, YEAR, "14d",
	    AT(config, sign_in_life_s),
	    "and how long at all, from the password on",
	    .more = "They sign in anew also when the process was started "
	    "anew, and when their password was changed." },
	{ "mta-sts-mode", CONF_FILE, CONF_WORD, 0, STS_ENFORCE, "testing",
	    AT(config, sts_mode),
	    "what others are asked to do about TLS on the way here (RFC 8461)",
	    .more = "For each of our domains, where what `postern domain dns` "
	    "prints is published. Policies of others: `mta-sts` of `relay`.",
	    .words = sts_modes },
	{ "login-notes", CONF_FILE, CONF_BOOL, 0, 1, "true",
	    AT(config, login_notes),
	    "people are told by mail of a login from a network new to them",
	    .more = "Networks are those of an address: its first 24 bits, or "
	    "48 of IPv6. See doc/notes.md." },
	{ "client-certificates", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, client_certificates),
	    "mail programs are asked for a certificate when TLS begins",
	    .more = "So that they can log in by one (EXTERNAL, RFC 4422). None "
	    "has to have one, but some ask their person which to show. See "
	    "doc/logins.md." },
	{ "cram-md5", CONF_FILE, CONF_BOOL, 0, 1, "false",
	    AT(config, cram_md5),
	    "CRAM-MD5 (RFC 2195) is offered, for app passwords made for it",
	    .more = "For devices that can nothing better: with what is kept of "
	    "such a password one can log in. See doc/logins.md." },
	{ "log-level", CONF_FILE, CONF_WORD, 0, LOG_DEBUG, "info",
	    AT(config, log_level),
	    "what is logged, one line an event on stderr", .words = levels },
	{ "uid-base", CONF_FILE, CONF_NUMBER, 1000, 2000000000, "61840",
	    AT(config, uid_base),
	    "as root, each role runs as a user of its own: this plus 1 to 10",
	    .more = "Take a range that no other program has.",
	    .at_start = true },

	/* ---- listen { } -------------------------------------------------- */
	{ "kind", CONF_LISTEN, CONF_WORD, 0, LISTEN_NO_MAIL, NULL,
	    AT(listener_conf, kind), "who comes", .unset = "must be set",
	    .example = "submission", .words = kinds },
	{ "address", CONF_LISTEN, CONF_ADDRESS, 1, 64, "*",
	    AT(listener_conf, address),
	    "`*` (all, IPv4 and IPv6), `localhost`, or one address",
	    .more = "Without one `lmtp` is served on localhost.",
	    .example = "192.0.2.1" },
	{ "port", CONF_LISTEN, CONF_NUMBER, 1, 65535, NULL,
	    AT(listener_conf, port), "its number", .unset = "must be set",
	    .example = "1587" },
	{ "path", CONF_LISTEN, CONF_PATH, 1, 1000, NULL,
	    AT(listener_conf, path),
	    "of a socket in the file system, in place of a port",
	    .more = "Of `lmtp` only. It belongs to whom its folder does, and "
	    "they and their group may open it.", .unset = "none" },
	{ "tls", CONF_LISTEN, CONF_WORD, 0, LISTEN_TLS_NONE, "login",
	    AT(listener_conf, tls), "STARTTLS",
	    .more = "`may` and `none` only with an `address` of loopback: "
	    "for programs that are being written.", .words = listen_tls },

	/* ---- certificate { } --------------------------------------------- */
	{ "chain", CONF_CERTIFICATE, CONF_PATH, 1, 4000, NULL,
	    AT(cert_conf, chain_path),
	    "a PEM file: the certificate, then those that vouch for it",
	    .unset = "must be set",
	    .example = "/etc/ssl/mail.example.org/fullchain.pem" },
	{ "key", CONF_CERTIFICATE, CONF_PATH, 1, 4000, NULL,
	    AT(cert_conf, key_path), "a PEM file: its private key",
	    .unset = "must be set",
	    .example = "/etc/ssl/mail.example.org/privkey.pem" },
	{ "ocsp", CONF_CERTIFICATE, CONF_PATH, 1, 4000, NULL,
	    AT(cert_conf, ocsp_path),
	    "a DER file: what its authority says of it, for clients that ask",
	    .more = "Of the program that fetches it (`openssl ocsp -respout`, "
	    "certbot): it is read when the chain is. One that is out of date "
	    "is not shown, nor is one of another certificate, which the log "
	    "says. The chain has to hold who issued the certificate. RFC "
	    "6066, 6960.",
	    .unset = "none is shown",
	    .example = "/etc/ssl/mail.example.org/ocsp.der" },

	/* ---- stub-zone "zone" { } ---------------------------------------- */
	{ "servers", CONF_STUB, CONF_SERVERS, 1, 1000, NULL,
	    AT(conf_stub, servers), "as in `nameservers`",
	    .unset = "must be set", .example = "{ \"192.0.2.54\" }" },

	/* ---- dns-list "zone" { } ----------------------------------------- */
	{ "of", CONF_DNS_LIST, CONF_WORD, 0, DNS_LIST_HASHES, "hosts",
	    AT(dns_list_conf, of), "what stands on it",
	    .words = dns_list_ofs },
	{ "then", CONF_DNS_LIST, CONF_WORD, DNS_LIST_REFUSE, DNS_LIST_ALLOW,
	    "refuse", AT(dns_list_conf, then),
	    "what becomes of mail of those who do", .words = dns_list_thens },
	{ "answers", CONF_DNS_LIST, CONF_NETWORKS, 1, 500, NULL,
	    AT(dns_list_conf, answers), "answers that count",
	    .more = "Lists that are several in one say by the last number "
	    "which of them it is. 127.255.255.0/24, by which a list refuses "
	    "to answer, never counts.", .unset = "127.0.0.0/8",
	    .example = "{ \"127.0.0.2\", \"127.0.0.4/30\" }" },

	/* ---- relay { } --------------------------------------------------- */
	{ "port", CONF_RELAY, CONF_NUMBER, 1, 65535, "25",
	    AT(config, relay_port), "where MX hosts listen" },
	{ "tls", CONF_RELAY, CONF_WORD, 0, ROUTE_TLS_FIRST, "may",
	    AT(config, relay_tls), "encryption", .words = tls },
	{ "dane", CONF_RELAY, CONF_BOOL, 0, 1, "true", AT(config, dane),
	    "are the keys that a mail host publishes in DNS demanded of it",
	    .more = "TLSA records that DNSSEC proves (RFC 7672), where tls "
	    "is may or must, and of routes where it is may." },
	{ "mta-sts", CONF_RELAY, CONF_BOOL, 0, 1, "true", AT(config, mta_sts),
	    "is the policy kept that a destination publishes by HTTPS",
	    .more = "Which hosts take its mail, and that their certificates "
	    "are good (RFC 8461), where tls is may or must, and of routes by "
	    "MX where it is may. DANE goes before." },
	{ "connections", CONF_RELAY, CONF_NUMBER, 1, 2000, "200",
	    AT(config, relay_connections), "connections at the same time" },
	{ "per-destination", CONF_RELAY, CONF_NUMBER, 1, 1000, "20",
	    AT(config, host_connections),
	    "connections to one destination, at most",
	    .more = "It begins with five, has one more for each message that "
	    "it takes, and half where it says that these are too many: see "
	    "doc/smtp.md." },
	{ "rate", CONF_RELAY, CONF_NUMBER, 0, 1000000, "0",
	    AT(config, host_rate),
	    "messages a minute to one destination; 0 is no limit" },
	{ "private", CONF_RELAY, CONF_BOOL, 0, 1, "false",
	    AT(config, relay_private),
	    "may the DNS name private addresses (RFC 6890)" },
	{ "source", CONF_RELAY, CONF_IPV4, 1, 48, NULL,
	    AT(config, source_v4), "the address to dial from",
	    .unset = "any", .example = "192.0.2.1" },
	{ "source6", CONF_RELAY, CONF_IPV6, 1, 48, NULL,
	    AT(config, source_v6), "the same for IPv6",
	    .unset = "any", .example = "2001:db8::1" },
	EGRESS_RELAY_OPTIONS,

	/* ---- queue { } --------------------------------------------------- */
	{ "retry-min", CONF_QUEUE, CONF_TIME, 1, YEAR, "5m",
	    AT(config, retry_min_s), "the first delay",
	    .more = "Some more or less, by chance." },
	{ "retry-max", CONF_QUEUE, CONF_TIME, 1, YEAR, "4h",
	    AT(config, retry_max_s), "what it doubles up to" },
	{ "give-up", CONF_QUEUE, CONF_TIME, 1, YEAR, "5d",
	    AT(config, expire_s), "then the sender gets the message back" },
	{ "delay-notice", CONF_QUEUE, CONF_TIME, 0, YEAR, "4h",
	    AT(config, notice_s),
	    "the sender is told that it takes long; 0 is never" },
	{ "double-bounces", CONF_QUEUE, CONF_BOOL, 0, 1, "false",
	    AT(config, double_bounces),
	    "reports that nobody takes go to postmaster" },
	{ "hold-longest", CONF_QUEUE, CONF_TIME, 0, YEAR, "90d",
	    AT(config, hold_longest_s),
	    "how long what is to leave later may wait; 0 is not at all" },
	{ "hold-messages", CONF_QUEUE, CONF_NUMBER, 1, 100000, "1000",
	    AT(config, hold_messages),
	    "messages of one account that may wait to leave later" },
	{ "highest-priority", CONF_QUEUE, CONF_NUMBER, 0, 9, "4",
	    AT(config, highest_priority),
	    "how high people may raise a message above others; 0 is not at "
	    "all" },
	{ "deliver-by-least", CONF_QUEUE, CONF_TIME, 0, 86400, "30s",
	    AT(config, deliver_by_least_s),
	    "the least time mail may have that comes back if it is late" },

	/* ---- limits { } -------------------------------------------------- */
	{ "messages-per-hour", CONF_LIMITS, CONF_NUMBER, 0, 1000000000, "300",
	    AT(config, messages_hour), "messages; then they are put off" },
	{ "recipients-per-hour", CONF_LIMITS, CONF_NUMBER, 0, 1000000000,
	    "1000", AT(config, recipients_hour),
	    "recipients; then they are put off" },
	{ "messages-per-day", CONF_LIMITS, CONF_NUMBER, 0, 1000000000, "1000",
	    AT(config, messages_day), "messages; then they are put off" },
	{ "recipients-per-day", CONF_LIMITS, CONF_NUMBER, 0, 1000000000,
	    "2000", AT(config, recipients_day),
	    "recipients; then the account is stopped" },
	{ "new-recipients-per-day", CONF_LIMITS, CONF_NUMBER, 0, 1000000000,
	    "200", AT(config, new_recipients_day),
	    "recipients it never wrote to; then the account is stopped" },
	{ "message-size", CONF_LIMITS, CONF_SIZE, 0, (uint64_t)1 << 40, "0",
	    AT(config, message_size),
	    "the largest message; 0 is what `max-message` says" },
	/* ---- pool "name" { } --------------------------------------------- */
	POOL_OPTIONS,

	/* ---- route "domain" { } ------------------------------------------ */
	{ "host", CONF_ROUTE, CONF_HOST, 0, 255, NULL,
	    AT(conf_route, route.host), "where to: a name, or \"[192.0.2.1]\"",
	    .unset = "the domain", .example = "smtp.provider.example" },
	{ "protocol", CONF_ROUTE, CONF_WORD, 0, ROUTE_LMTP, "smtp",
	    AT(conf_route, route.protocol), "what is spoken there",
	    .words = route_protocols },
	{ "path", CONF_ROUTE, CONF_PATH, 1, 1000, NULL,
	    AT(conf_route, route.path), "or a socket, of `protocol = lmtp`",
	    .more = "It is connected to with the rights of its folder's owner.",
	    .unset = "a host and a port" },
	{ "mx", CONF_ROUTE, CONF_BOOL, 0, 1, NULL,
	    AT(conf_route, route.mx), "look for MX records of it",
	    .unset = "only without `host`", .example = "false" },
	{ "port", CONF_ROUTE, CONF_NUMBER, 1, 65535, NULL,
	    AT(conf_route, route.port), "where it listens",
	    .unset = "25; 465 with `tls = first`", .example = "587" },
	{ "tls", CONF_ROUTE, CONF_WORD, 0, ROUTE_TLS_FIRST, "may",
	    AT(conf_route, route.tls), "encryption", .example = "verify",
	    .words = tls },
	{ "private", CONF_ROUTE, CONF_BOOL, 0, 1, "false",
	    AT(conf_route, route.private), "may it be a private address" },
	{ "user", CONF_ROUTE, CONF_TEXT, 0, 320, NULL,
	    AT(conf_route, route.user), "whom to log in as",
	    .more = "A password goes only to whom it is meant for: `tls` is "
	    "verify where nothing else was said, and must be verify or first, "
	    "with a `host` and without `mx`; or there is a `pin`.",
	    .unset = "no login", .example = "me@provider.example" },
	{ "password", CONF_ROUTE, CONF_TEXT, 0, 1000, NULL,
	    AT(conf_route, route.password), "that user's password",
	    .unset = "no login" },
	{ "password-file", CONF_ROUTE, CONF_PATH, 1, 4000, NULL,
	    AT(conf_route, password_file),
	    "a file whose first line is the password", .unset = "no login",
	    .example = "smarthost.password" },
	{ "pin", CONF_ROUTE, CONF_TEXT, 0, 300, NULL,
	    AT(conf_route, route.pin),
	    "the host's public key: its SHA-256 in hex",
	    .more = "Who shows this key is trusted, whatever else the "
	    "certificate says; nobody else is. Several with spaces between, "
	    "while a key is replaced. Needs `tls` of must, verify or first. "
	    "What a host shows instead stands in the queue's reason.",
	    .unset = "trusted roots, and the name",
	    .example = "8f4e2d6b1a3c5e7f9012b4d6f8a0c2e4"
	    "13579bdf02468ace8f4e2d6b1a3c5e7f" },
	{ "source", CONF_ROUTE, CONF_IPV4, 1, 48, NULL,
	    AT(conf_route, route.source_v4), "the address to dial from",
	    .unset = "that of `relay`", .example = "192.0.2.1" },
	{ "source6", CONF_ROUTE, CONF_IPV6, 1, 48, NULL,
	    AT(conf_route, route.source_v6), "the same for IPv6",
	    .unset = "that of `relay`", .example = "2001:db8::1" },
	EGRESS_ROUTE_OPTIONS,
	{ "fallback", CONF_ROUTE, CONF_HOST, 0, 255, NULL,
	    AT(conf_route, route.fallback),
	    "a host for when none of the others can be reached",
	    .unset = "none", .example = "[192.0.2.9]" },
	{ "fallback-port", CONF_ROUTE, CONF_NUMBER, 1, 65535, "25",
	    AT(conf_route, route.fallback_port), "where it listens" },
	{ "refuse", CONF_ROUTE, CONF_TEXT, 0, 500, NULL,
	    AT(conf_route, route.refuse), "why nothing is sent there at all",
	    .more = "The sender gets the message back with these words.",
	    .unset = "mail is sent" },

	/* ---- errand { } -------------------------------------------------- */
	{ "port", CONF_ERRAND, CONF_NUMBER, 1, 65535, "443",
	    AT(config, errand_port), "where other servers have HTTPS" },
	{ "private", CONF_ERRAND, CONF_BOOL, 0, 1, "false",
	    AT(config, errand_private),
	    "may the DNS name private addresses (RFC 6890)" },
	{ "stay", CONF_ERRAND, CONF_TIME, 1, 86400, "5m",
	    AT(config, errand_stay_s),
	    "how long its process stays when nothing is asked any more",
	    .more = "It is started by whoever asks something." },

	/* ---- attachments { } --------------------------------------------- */
	{ "programs", CONF_ATTACHMENTS, CONF_WORD, 0, ATTACHED_REFUSE,
	    "refuse", AT(config, attached_programs), "what runs as it is",
	    .more = "And scripts under a name that hides what they are.",
	    .words = attached_thens },
	{ "scripts", CONF_ATTACHMENTS, CONF_WORD, 0, ATTACHED_REFUSE, "junk",
	    AT(config, attached_scripts),
	    "what systems run with programs of their own: .js, .vbs, .bat",
	    .more = "Alone, or in an archive with four others at most.",
	    .words = attached_thens },
	{ "disk-images", CONF_ATTACHMENTS, CONF_WORD, 0, ATTACHED_REFUSE,
	    "junk", AT(config, attached_images), "ISO, IMG, VHD",
	    .words = attached_thens },
	{ "macros", CONF_ATTACHMENTS, CONF_WORD, 0, ATTACHED_REFUSE, "junk",
	    AT(config, attached_macros),
	    "documents with programs in them (VBA, macros of Excel 4)",
	    .words = attached_thens },
	{ "encrypted", CONF_ATTACHMENTS, CONF_WORD, 0, ATTACHED_REFUSE,
	    "mark", AT(config, attached_encrypted),
	    "archives and documents that nobody can look into",
	    .words = attached_thens },

	/* ---- scan { } ---------------------------------------------------- */
	{ "clamav", CONF_SCAN, CONF_HOST, 0, 255, NULL, AT(config, clamav),
	    "where ClamAV's clamd listens by TCP",
	    .unset = "it is not asked", .example = "[127.0.0.1]" },
	{ "clamav-port", CONF_SCAN, CONF_NUMBER, 1, 65535, "3310",
	    AT(config, clamav_port), "its port: TCPSocket of clamd.conf" },
	{ "clamav-path", CONF_SCAN, CONF_PATH, 1, 1000, NULL,
	    AT(config, clamav_path), "or its socket in the file system",
	    .more = "LocalSocket of clamd.conf; it goes before `clamav`.",
	    .unset = "none", .example = "/run/clamav/clamd.ctl" },
	{ "virus", CONF_SCAN, CONF_WORD, 0, ATTACHED_REFUSE, "refuse",
	    AT(config, scan_virus), "what becomes of what it finds",
	    .words = scan_viruses },
	{ "rspamd", CONF_SCAN, CONF_HOST, 0, 255, NULL, AT(config, rspamd),
	    "where rspamd's normal worker listens by HTTP",
	    .more = "Its score counts as it is, its `reject` refuses, and "
	    "its `add header` means Junk.",
	    .unset = "it is not asked", .example = "[127.0.0.1]" },
	{ "rspamd-port", CONF_SCAN, CONF_NUMBER, 1, 65535, "11333",
	    AT(config, rspamd_port), "its port" },
	{ "most", CONF_SCAN, CONF_SIZE, 1, 1u << 30, "25M",
	    AT(config, scan_most), "octets of a message that they are shown",
	    .more = "What is longer they do not see; the verdict says so." },
	{ "timeout", CONF_SCAN, CONF_TIME, 1, 60, "20s",
	    AT(config, scan_time_s), "how long each of them may take" },
	{ "away", CONF_SCAN, CONF_WORD, 0, SCAN_AWAY_WAIT, "take",
	    AT(config, scan_away), "when one gives no answer",
	    .words = scan_aways },

	/* ---- oauth { } --------------------------------------------------- */
	OAUTH_OPTIONS
	/* ---- ldap { } ---------------------------------------------------- */
	LDAP_OPTIONS
	PAM_OPTIONS
};
const size_t conf_noptions = NELEM(conf_options);
