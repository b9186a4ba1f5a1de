/*
 * packet.h - an answer of DNS, from its octets to rows.
 *                                           RFC 1035 4.1, RFC 2308, RFC 6698
 *
 * Pure. The octets come from whoever runs the name servers of a domain:
 * bounds are checked, pointers of compressed names only go back, CNAMEs are
 * followed PACKET_CNAMES times, and no more than PACKET_RECORDS are read.
 */
#pragma once
#include "base/arena.h"
#include "dns/messages.h"

enum {
	PACKET_CNAMES = 16,
	PACKET_RECORDS = 512,
	PACKET_ROWS = 65000,	/* octets of the rows: lookup_answer.records */
	PACKET_MEMORY = 1 << 20, /* what parsing may take of an arena */
};

struct packet {
	enum dns_result result;	/* OK, NODATA, NXDOMAIN or FAILED */
	uint32_t rcode;
	uint32_t ttl;		/* of the whole chain: its smallest */
	struct str canonical;	/* where CNAMEs led to; in the arena, as: */
	struct str records;	/* struct dns_record each */
};

/* The records of this type for name (as dns_name() makes them: ASCII, lower
 * case, no last dot). False if the packet is malformed, or its CNAMEs go round
 * in circles or lead to what can be no name: *why says which. Records beyond
 * the bounds are left out. Octets that no name of ours has (see name.h) are
 * written as \DDD in the names of MX, PTR and CNAME: dns_name() refuses it. */
bool packet_parse(struct str octets, struct str name, enum dns_type type,
    struct packet *out, struct arena *a, const char **why);
