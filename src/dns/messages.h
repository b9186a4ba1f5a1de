/*
 * messages.h - what can be asked of resolver.
 *
 * One call. resolver validates (DNSSEC) and caches for all roles; what it
 * answers was parsed there from the packet, and is bounded.
 */
#pragma once
#include "rt/ipc.h"

enum dns_authority {
	DNS_AUTH_ROLE = 1,	/* relay, mx, errand, ldap */
	DNS_AUTH_OPERATOR = 2,	/* postern mx: the control socket */
};
/* Asks that may be outstanding on a connection. */
enum { DNS_WINDOW = 512 };

#define DNS_CALLS(C) \
	C(lookup, lookup_answer, DNS_AUTH_ROLE | DNS_AUTH_OPERATOR)

enum dns_call {
#define C(name, answer, who) DNS_CALL_##name,
	DNS_CALLS(C)
#undef C
	DNS_NCALLS
};
extern const struct ipc_call dns_calls[DNS_NCALLS];

/* As in the protocol. RFC 1035 3.2.2, 3596, 6698 */
enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_PTR = 12, DNS_MX = 15,
	DNS_TXT = 16, DNS_AAAA = 28, DNS_TLSA = 52 };

/* How far the answer can be trusted. A bogus one carries no records. */
enum dns_security { DNS_INSECURE, DNS_SECURE, DNS_BOGUS };

enum dns_result {
	DNS_OK,			/* at least one record */
	DNS_NODATA,		/* the name is there, no such records */
	DNS_NXDOMAIN,		/* no such name */
	DNS_FAILED,		/* servers failed, bogus, or too late */
	DNS_BAD_NAME,		/* it can be no name */
};

/* name is UTF-8 or ASCII; U-labels become A-labels (IDNA 2008, UTS 46). The
 * last dot may be there. */
#define FIELDS_lookup_ask(F, S) F(S, str, name, 1000) F(S, u32, type, 0)
#define FIELDS_lookup_answer(F, S)                                      \
	F(S, u32, result, 0) F(S, u32, security, 0)                     \
	F(S, u32, ttl, 0)	/* seconds that it may still be used */ \
	F(S, str, name, 255)	/* as asked, ASCII, lower, no last dot */ \
	F(S, str, canonical, 255) /* where CNAMEs led to */             \
	F(S, str, why, 300)	/* of DNS_FAILED, in words */           \
	F(S, str, records, 65000)	/* struct dns_record each */
/* data by type: A, AAAA the octets of the address; MX, CNAME, PTR the name
 * (ASCII, lower case, no last dot; "." is empty); TXT its strings one after
 * the other; TLSA usage, selector, matching type (one octet each), data. */
#define FIELDS_dns_record(F, S) \
	F(S, u32, preference, 0) F(S, str, data, 65000)
/* What an answer may take of an arena. */
enum { DNS_ANSWER_MEMORY = 128 * 1024 };

MSG_STRUCT(lookup_ask);
MSG_STRUCT(lookup_answer);
MSG_STRUCT(dns_record);
