/*
 * dns_list.h - lists of hosts and of domains in the DNS (DNSBL, DNSWL): is
 * somebody on one, and what does the operator want done then?      RFC 5782
 */
#pragma once
#include "base/ip.h"
#include "rt/config.h"
#include "trust/lookup.h"

enum dns_list_verdict {
	DNS_LIST_NOT,
	DNS_LIST_IS,
	DNS_LIST_REFUSES,	/* it does not answer whoever asks for us */
	DNS_LIST_UNKNOWN,	/* nobody answered for it */
};

/* "refuse", "junk", "allow". */
const char *dns_list_then_name(enum dns_list_then then);
/* What is asked for: the address backwards, and the zone. RFC 5782 2.1, 2.4 */
struct str dns_list_host_name(const struct ip *ip, struct str zone,
    struct arena *a);
/* Is this name on that list? *which is the answer that says so; of one that is
 * DNS_LIST_REFUSES, too. */
enum dns_list_verdict dns_list_ask(const struct dns_list_conf *list,
    struct str name, const struct trust_dns *dns, struct arena *a,
    struct ip *which);
/* What a list says of a name that is on it, on one line of visible ASCII; empty
 * if it says nothing. RFC 5782 2.1 */
struct str dns_list_reason(struct str name, const struct trust_dns *dns,
    struct arena *a);

enum { DNS_LIST_NAMES = 6 };
/* Whose message it is. */
struct dns_list_who {
	struct ip ip;
	struct str domain[DNS_LIST_NAMES]; /* A-labels; some may be empty, or
					    * there twice */
	const struct str *url;	/* names as they were registered, A-labels, or
				 * addresses of hosts: where its text leads */
	size_t nurls;
	struct str address[DNS_LIST_NAMES]; /* of mail, the same */
};
/* "list.example" has the address as its hash: SHA-1 of it in lower case. */
struct str dns_list_hash_name(struct str address, struct str zone,
    struct arena *a);
/* What this list is asked about something of its kind. */
struct str dns_list_name(const struct dns_list_conf *list, struct str what,
    struct arena *a);
/* "hosts", "urls". */
const char *dns_list_of_name(enum dns_list_of of);
struct dns_listing {
	enum dns_list_then then; /* 0: nothing */
	struct str what;	/* an address or a domain, */
	struct str zone;	/* which is on this list, */
	struct str reason;	/* of DNS_LIST_REFUSE: because of this */
	struct str words;	/* for the verdict, at most 160 octets; empty,
				 * or behind a space */
};
/* Ask the lists (struct dns_list_conf each) in their order, until one has
 * something to say. Suspends as dns->lookup does. */
void dns_lists_look(struct str lists, const struct dns_list_who *who,
    const struct trust_dns *dns, struct arena *a, struct dns_listing *out);
