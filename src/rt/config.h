/*
 * config.h - the configuration as a value: immutable, numbered, the same for
 * every role. The master parses the file (conf/conf.h) and hands it out; a
 * session keeps the one it began with.
 */
#pragma once
#include "rt/msg.h"

#define FIELDS_config(F, S)                                              \
	F(S, u64, number, 0)		/* grows with every reload */    \
	F(S, str, hostname, 255)	/* who we are in greetings */    \
	F(S, str, data, 4000)		/* the data folder: see below */ \
	F(S, str, listeners, 32768)	/* struct listener_conf each */  \
	F(S, str, certificates, 32768)	/* struct cert_conf each */      \
	F(S, u32, mx_workers, 0)                                         \
	F(S, u32, front_workers, 0)                                      \
	F(S, u32, max_connections, 0)	/* of one worker */              \
	F(S, u32, smtp_address, 0)	/* of one address; 0: any */     \
	F(S, u32, smtp_network, 0)                                       \
	F(S, u32, people_address, 0)                                     \
	F(S, u32, people_network, 0)                                     \
	F(S, u32, account_connections, 0)                                \
	F(S, u32, max_recipients, 0)	/* of one message, >= 100 */     \
	F(S, u64, max_message, 0)	/* octets */                     \
	F(S, u64, quota, 0)		/* octets an account, 0 is none */ \
	F(S, u32, keep_deleted_s, 0)	/* what was expunged; 0: minutes */ \
	F(S, u32, keep_held_s, 0)	/* what is kept apart for a look */ \
	F(S, u32, empty_junk_s, 0)	/* what is older goes; 0: nothing */ \
	F(S, u32, empty_trash_s, 0)                                      \
	F(S, u32, smtp_timeout_s, 0)	/* RFC 5321 4.5.3.2.7: 300 */    \
	F(S, u32, data_rate, 0)		/* octets a second of a text */  \
	F(S, u32, data_time_s, 0)	/* for all of one */             \
	F(S, u8, strict_helo, 0)	/* on port 25 */                 \
	F(S, u8, vrfy, 0)		/* is answered to people */      \
	F(S, u8, expn, 0)		/* the same */                   \
	F(S, u32, greeting_delay_s, 0)	/* the same; 0: none */          \
	F(S, u32, network_messages, 0)	/* on port 25, an hour; 0: any */ \
	F(S, u32, network_recipients, 0)                                 \
	F(S, u32, recipient_messages, 0)                                 \
	F(S, u32, domain_messages, 0)	/* of one that is proven */      \
	F(S, u32, unknown_recipients, 0)                                 \
	F(S, u32, smtp_errors, 0)                                        \
	F(S, u32, failed_logins, 0)                                      \
	F(S, u32, ban_time_s, 0)	/* of the first one; 0: no bans */ \
	F(S, u32, ban_longest_s, 0)                                      \
	F(S, u32, tarpit_s, 0)                                           \
	F(S, u32, dmarc, 0)		/* enum dmarc_rule */            \
	F(S, str, proxies, 2000)	/* networks, spaces between */   \
	F(S, str, xclient_peers, 2000)	/* the same */                   \
	F(S, str, xforward_peers, 2000)                                  \
	F(S, str, unjudged, 2000)	/* networks, spaces between */   \
	F(S, str, lmtp_peers, 2000)	/* the same */                   \
	F(S, u8, lmtp_judge, 0)		/* what comes by LMTP */         \
	F(S, str, no_soliciting, 400)	/* "net.example:ADV,b:B" */      \
	F(S, str, etrn_peers, 2000)	/* networks; empty: nobody */    \
	F(S, str, etrn_domains, 2000)	/* "a.example b.example" */      \
	F(S, u32, etrn_hourly, 0)	/* of one name; 0: any */        \
	F(S, str, arc_trusted, 2000)	/* "a.example b.example" */      \
	F(S, str, list_trusted, 2000)	/* the same */                   \
	F(S, str, dns_lists, 8000)	/* struct dns_list_conf each */  \
	F(S, u32, greylist, 0)		/* enum greylist_rule */         \
	F(S, u32, greylist_delay_s, 0)                                   \
	F(S, u32, junk_score, 0)	/* points; 0: never */           \
	F(S, u32, hold_score, 0)                                         \
	F(S, u32, refuse_score, 0)                                       \
	F(S, u32, attached_programs, 0)	/* enum attached_then each */    \
	F(S, u32, attached_scripts, 0)                                   \
	F(S, u32, attached_images, 0)                                    \
	F(S, u32, attached_macros, 0)                                    \
	F(S, u32, attached_encrypted, 0)                                 \
	F(S, str, clamav, 255)		/* a host; empty: none */        \
	F(S, u32, clamav_port, 0)                                        \
	F(S, str, clamav_path, 1000)	/* a socket's; or a host */      \
	F(S, str, rspamd, 255)                                           \
	F(S, u32, rspamd_port, 0)                                        \
	F(S, u64, scan_most, 0)		/* octets that they are shown */ \
	F(S, u32, scan_time_s, 0)	/* for each of them */           \
	F(S, u32, scan_away, 0)		/* enum scan_away */             \
	F(S, u32, scan_virus, 0)	/* enum attached_then */         \
	F(S, u8, spam_filter, 0)	/* mail of strangers is weighed by it */ \
	F(S, u8, dmarc_reports, 0)	/* are sent to those who ask for them */ \
	F(S, u8, tls_reports, 0)	/* the same, about TLS with their hosts */ \
	F(S, str, report_from, 320)	/* from whom; empty: postmaster */ \
	F(S, u32, dkim_rotate_s, 0)	/* a key signs so long; 0: ever */ \
	F(S, u32, imap_timeout_s, 0)	/* RFC 3501 5.4: 1800 */         \
	F(S, u32, imap_message_limit, 0) /* of a command; 0: none */     \
	F(S, u32, pop3_timeout_s, 0)	/* RFC 1939 3: 600 */            \
	F(S, u8, pop3_exclusive, 0)	/* one session a maildrop */     \
	F(S, u8, http2, 0)		/* by ALPN */                    \
	F(S, u8, https_alpn, 0)		/* so are IMAP, POP3, submission */ \
	F(S, u32, pop3_login_delay_s, 0) /* RFC 2449 6.5; 0: none */     \
	F(S, u32, http_timeout_s, 0)	/* between two requests */       \
	F(S, u32, sign_in_idle_s, 0)	/* unused, then it is over */    \
	F(S, u32, sign_in_life_s, 0)	/* and then in any case */       \
	F(S, u32, sts_mode, 0)		/* of our domains: enum sts_mode */ \
	F(S, u8, login_notes, 0)	/* people hear of new networks */ \
	F(S, u8, client_certificates, 0) /* mail programs are asked for one */ \
	F(S, u8, cram_md5, 0)		/* RFC 2195 */                   \
	F(S, u32, log_level, 0)		/* enum log_level */             \
	F(S, u32, uid_base, 0)		/* as root: role n runs as this + n */ \
	F(S, u8, compress, 0)		/* zstd level of new mail, 0 is off */ \
	F(S, u32, resolver_workers, 0)	/* 1; 0 for a part of a server */ \
	F(S, u32, relay_workers, 0)	/* the same */                   \
	F(S, u32, web_workers, 0)	/* the same */                   \
	F(S, u32, errand_workers, 0)	/* the same */                   \
	F(S, u32, errand_port, 0)	/* where HTTPS is: 443 */        \
	F(S, u8, errand_private, 0)	/* DNS may name private addresses */ \
	F(S, u32, errand_stay_s, 0)	/* when nobody asks it any more */ \
	F(S, str, oauth, 49152)		/* struct oauth_conf each */     \
	F(S, str, trusted_roots, 4000)	/* a file; empty: the system's */ \
	F(S, str, ldap, 16000)		/* a struct ldap_conf; empty: none */ \
	F(S, str, pam, 6000)		/* a struct pam_conf; the same */ \
	F(S, str, nameservers, 2000)	/* struct nameserver_conf each; \
					 * empty: /etc/resolv.conf */    \
	F(S, str, stub_zones, 8000)	/* struct stub_conf each */      \
	F(S, str, trust_anchor, 4000)	/* a file; empty: the root's */  \
	F(S, str, routes, 65536)	/* struct route_conf each */     \
	F(S, u32, relay_port, 0)	/* where MX hosts listen: 25 */  \
	F(S, u8, relay_private, 0)	/* DNS may name private addresses */ \
	F(S, u32, relay_tls, 0)		/* enum route_tls */             \
	F(S, u8, dane, 0)		/* RFC 7672 */                   \
	F(S, u8, mta_sts, 0)		/* RFC 8461 */                   \
	F(S, u32, relay_connections, 0)	/* of the whole role */          \
	F(S, u32, host_connections, 0)	/* to one destination */         \
	F(S, u32, host_rate, 0)		/* messages a minute to one; 0 */ \
	F(S, str, source_v4, 48)	/* dial from; empty: any */      \
	F(S, str, source_v6, 48)                                         \
	F(S, str, pools, 32768)		/* struct pool_conf each */      \
	F(S, str, relay_proxy, 1000)	/* struct egress_conf; empty: none */ \
	F(S, str, relay_proxy_password, 255)                             \
	F(S, u32, retry_min_s, 0)	/* first delay; it doubles up to */ \
	F(S, u32, retry_max_s, 0)                                        \
	F(S, u32, expire_s, 0)		/* give up */                    \
	F(S, u32, notice_s, 0)		/* tell of the delay; 0: never */ \
	F(S, u8, double_bounces, 0)	/* to postmaster */              \
	F(S, u32, hold_longest_s, 0)	/* what leaves later; 0: nothing */ \
	F(S, u32, hold_messages, 0)	/* of one account */             \
	/* What an account may hand in; 0: any. */                       \
	F(S, u32, messages_hour, 0) F(S, u32, recipients_hour, 0)        \
	F(S, u32, messages_day, 0) F(S, u32, recipients_day, 0)          \
	F(S, u32, new_recipients_day, 0)	/* never written to before */ \
	F(S, u64, message_size, 0)	/* octets of one */              \
	F(S, u8, hide_client, 0)	/* no Received says where they are */ \
	F(S, u32, highest_priority, 0)	/* that people may ask for */    \
	F(S, u32, deliver_by_least_s, 0) /* BY with R; 0: any */         \
	F(S, str, divert, 320)		/* who gets what nobody here has */
MSG_STRUCT(config);
/*
 * data is an absolute path. In master and the command line it is the folder
 * of the whole server. Each role is told the one folder in it that is its own:
 * store <data>/store, vault <data>/vault, the others none (empty). So the
 * folder that store may open files in does not hold vault's key.
 */

enum listen_kind {
	LISTEN_SMTP = 1,	/* 25: the world, role mx */
	LISTEN_SUBMISSION,	/* 587, 2525: STARTTLS, role front */
	LISTEN_SUBMISSIONS,	/* 465: TLS from the start, front */
	LISTEN_IMAP,		/* 143, front */
	LISTEN_IMAPS,		/* 993, front */
	LISTEN_POP3,		/* 110, front */
	LISTEN_POP3S,		/* 995, front */
	LISTEN_HTTP,		/* 80: on to 443, web */
	LISTEN_HTTPS,		/* 443, web */
	LISTEN_LMTP,		/* a server in front of mx, mx */
	LISTEN_NO_MAIL,		/* 25, who hear that nobody takes any, mx */
	/* The same with another listen_tls, on loopback only. */
	LISTEN_SMTP_NONE,
	LISTEN_SUBMISSION_MAY,
	LISTEN_SUBMISSION_NONE,
	LISTEN_IMAP_MAY,
	LISTEN_IMAP_NONE,
	LISTEN_POP3_MAY,
	LISTEN_POP3_NONE,
	LISTEN_HTTP_MAY,
	LISTEN_LMTP_NONE,	/* this one also in the file system */
	/* Unix sockets in the data folder, for the operator; each accepted
	 * connection has the operator's authority. Roles make none. */
	LISTEN_CONTROL = 100,	/* <data>/control, store */
	LISTEN_VAULT_CONTROL,	/* <data>/control-vault, vault */
	LISTEN_RESOLVER_CONTROL, /* <data>/control-resolver, resolver */
	LISTEN_LDAP_CONTROL,	/* <data>/control-ldap, ldap */
	LISTEN_RELAY_CONTROL,	/* <data>/control-relay, relay */
	/* For local programs: whoever can connect may submit. */
	LISTEN_SUBMIT,		/* <data>/submit/store, store */
	LISTEN_VAULT_SUBMIT,	/* <data>/submit/vault, vault */
	LISTEN_STATUS,		/* <data>/control-status, the master itself */
};
/* What SPF, DKIM and DMARC of mail from the world are for. */
enum dmarc_rule { DMARC_OFF, DMARC_MARK, DMARC_ENFORCE };
/* Who is sent away at first (RFC 6647), of those who are not known. */
enum greylist_rule {
	GREYLIST_OFF,
	GREYLIST_UNPROVEN,	/* whose domain nothing has proven */
	GREYLIST_UNKNOWN,	/* all */
};
/* What becomes of mail that brings a kind of file. */
enum attached_then { ATTACHED_MARK, ATTACHED_JUNK, ATTACHED_HOLD,
	ATTACHED_REFUSE };
/* When a scanner gives no answer. */
enum scan_away { SCAN_AWAY_TAKE, SCAN_AWAY_WAIT };
/* A list in DNS (RFC 5782): what stands on it, and what becomes of mail of
 * those who do. */
enum { DNS_LISTS_MAX = 16 };
enum dns_list_of {
	DNS_LIST_HOSTS,
	DNS_LIST_DOMAINS,
	DNS_LIST_URLS,		/* whose hosts texts lead to */
	DNS_LIST_HASHES,	/* of addresses of mail: SHA-1, hex */
};
enum dns_list_then {
	DNS_LIST_REFUSE = 1,
	DNS_LIST_JUNK,
	DNS_LIST_HOLD,
	DNS_LIST_ALLOW,		/* not sent away by greylisting */
};
#define FIELDS_dns_list_conf(F, S)                                     \
	F(S, str, zone, 180)	/* an A-label; room for what is asked */ \
	F(S, u32, of, 0)	/* enum dns_list_of */                 \
	F(S, u32, then, 0)	/* enum dns_list_then */               \
	F(S, str, answers, 500)	/* networks that count, spaces between; \
				 * empty: 127.0.0.0/8 */
MSG_STRUCT(dns_list_conf);
/* Somebody else who says who people are: an issuer of tokens (OAuth 2.0). With
 * no place of keys and none to ask about tokens, its keys are found by OpenID
 * Connect Discovery. */
enum { OAUTH_ISSUERS_MAX = 8 };
#define FIELDS_oauth_conf(F, S)                                        \
	F(S, str, issuer, 500)	/* an URL, as tokens say it */         \
	F(S, str, audience, 500) F(S, str, claim, 64)                  \
	F(S, str, scope, 500)	/* words; empty: none is needed */     \
	F(S, str, domains, 2000) /* whose people it knows; empty: all */ \
	F(S, str, keys, 16384)	/* a JWK Set of the operator's */      \
	F(S, str, keys_url, 500) F(S, str, introspection, 500)         \
	/* told to errand only */                                      \
	F(S, str, client_id, 255) F(S, str, client_secret, 1000)
MSG_STRUCT(oauth_conf);
/* What a listening socket says of TLS. */
enum listen_tls {
	LISTEN_TLS_LOGIN,	/* STARTTLS comes before a login */
	LISTEN_TLS_FIRST,	/* from the first octet, RFC 8314 */
	LISTEN_TLS_MAY,		/* a login works without it, too */
	LISTEN_TLS_NONE,	/* there is none */
};
#define FIELDS_listener_conf(F, S)               \
	F(S, u32, kind, 0)	/* up to LISTEN_NO_MAIL */ \
	F(S, str, address, 64)	/* "127.0.0.1", "::" */ \
	F(S, u32, port, 0)                       \
	F(S, u32, tls, 0)	/* enum listen_tls */ \
	F(S, str, path, 1000)	/* of a socket in the file system, in place \
				 * of address and port; empty */
MSG_STRUCT(listener_conf);

/* Files of a certificate given by the operator; none at all: vault makes a
 * self-signed one for hostname. */
#define FIELDS_cert_conf(F, S)       \
	F(S, str, chain_path, 4000)  \
	F(S, str, key_path, 4000)    \
	F(S, str, ocsp_path, 4000)	/* empty: none is shown */
MSG_STRUCT(cert_conf);

/* Who is asked: recursive servers for everything, or (a stub zone) the
 * servers of one zone. */
#define FIELDS_nameserver_conf(F, S) F(S, str, address, 48) F(S, u32, port, 0)
MSG_STRUCT(nameserver_conf);
#define FIELDS_stub_conf(F, S) \
	F(S, str, zone, 255) F(S, str, address, 48) F(S, u32, port, 0)
MSG_STRUCT(stub_conf);

/* A directory elsewhere that says who has an account here, and proves their
 * passwords. Vault is told it without the password. */
enum ldap_tls {
	LDAP_TLS_STARTTLS,
	LDAP_TLS_FIRST,		/* from the first octet: ldaps */
	LDAP_TLS_NONE,		/* within this machine */
	LDAP_TLS_CLEAR,		/* none, and the operator means it */
};
#define FIELDS_ldap_conf(F, S)                                       \
	F(S, str, server, 255)	/* a name, or "[address]" */         \
	F(S, u32, port, 0)                                           \
	F(S, u32, tls, 0)	/* enum ldap_tls */                  \
	F(S, str, name, 255)	/* that its certificate is for */    \
	F(S, str, roots, 4000)	/* a file; empty: trusted_roots */   \
	F(S, str, bind_dn, 1000) /* who looks around; empty: nobody */ \
	F(S, str, password, 1000)                                    \
	F(S, str, base, 1000) F(S, str, filter, 2000)                \
	F(S, str, id, 64) F(S, str, mail, 64) F(S, str, quota, 64)   \
	F(S, str, aliases, 500)	/* names, a space between */         \
	F(S, u32, sync_s, 0)	/* between two looks; 0: by hand only */ \
	F(S, u32, timeout_s, 0)                                      \
	F(S, u32, remember_s, 0) /* that a password was right */
MSG_STRUCT(ldap_conf);

/* PAM of this machine, which proves the passwords of some accounts. */
#define FIELDS_pam_conf(F, S)                                        \
	F(S, str, service, 64)	/* a file of the folder */           \
	F(S, str, folder, 4000)                                      \
	F(S, str, groups, 200)	/* names, a space between */         \
	F(S, u32, timeout_s, 0)                                      \
	F(S, u32, remember_s, 0) /* that a password was right */
MSG_STRUCT(pam_conf);

/* How mail of some domains leaves: told to relay only. The first whose match
 * fits is taken; none: by MX. */
enum route_tls {
	ROUTE_TLS_MAY,		/* if it is offered and works */
	ROUTE_TLS_NONE,
	ROUTE_TLS_MUST,		/* encrypted, whoever it is */
	ROUTE_TLS_VERIFY,	/* and with a certificate of that name */
	ROUTE_TLS_FIRST,	/* VERIFY, from the first octet (port 465) */
};
/* A proxy that connections leave by. Its host: a name or "[address]". */
enum egress_kind {
	EGRESS_DIRECT,		/* none */
	EGRESS_SOCKS5,		/* RFC 1928 */
	EGRESS_HAPROXY,		/* it is told by the PROXY protocol where to
				 * connect, and from which address */
};
#define FIELDS_egress_conf(F, S)                                     \
	F(S, u32, kind, 0) F(S, str, host, 255) F(S, u32, port, 0)   \
	F(S, str, user, 255) F(S, str, password, 255)
MSG_STRUCT(egress_conf);
/* Addresses of ours that mail of some senders leaves from. */
enum { POOL_NAME_MAX = 64, POOL_SOURCES_MAX = 64 /* of one kind */ };
#define FIELDS_pool_conf(F, S)                                       \
	F(S, str, name, POOL_NAME_MAX)                               \
	F(S, str, addresses, 8000) /* struct source_conf each */     \
	F(S, str, hello, 255)	/* who we are then; empty: hostname */ \
	F(S, str, senders, 8000) /* addresses and domains, spaces between */
MSG_STRUCT(pool_conf);
#define FIELDS_source_conf(F, S)                                     \
	F(S, str, address, 48)	/* of IPv4 or IPv6 */                \
	F(S, str, hello, 255)	/* empty: the pool's */
MSG_STRUCT(source_conf);
enum route_protocol { ROUTE_SMTP, ROUTE_LMTP };
#define FIELDS_route_conf(F, S)                                      \
	F(S, str, match, 255)	/* "*", "example.org", ".example.org" */ \
	F(S, str, host, 255)	/* name or "[address]"; empty: the domain */ \
	F(S, u32, protocol, 0)	/* enum route_protocol */            \
	F(S, str, path, 1000)	/* of a socket, in place of a host */ \
	F(S, u8, mx, 0)		/* look for MX of host (or domain) */ \
	F(S, u32, port, 0)                                           \
	F(S, u32, tls, 0)	/* enum route_tls */                 \
	F(S, u8, private, 0)	/* may be a private address */       \
	F(S, str, user, 320) F(S, str, password, 1000)               \
	F(S, str, pin, 300)	/* keys of the host, in place of roots and \
				 * names: SHA-256, 64 digits each, a space \
				 * between; empty: none */               \
	F(S, str, source_v4, 48) F(S, str, source_v6, 48)            \
	F(S, str, fallback, 255) /* host, when none of these can be \
				  * reached; empty */                \
	F(S, u32, fallback_port, 0)                                  \
	F(S, str, pool, POOL_NAME_MAX) /* empty: the sender's */     \
	F(S, str, proxy, 1000)	/* struct egress_conf; empty: as relay's */ \
	F(S, str, proxy_password, 255)                               \
	F(S, str, refuse, 500)	/* why nothing goes there at all; empty */
MSG_STRUCT(route_conf);
