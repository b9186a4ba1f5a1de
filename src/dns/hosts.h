/*
 * hosts.h - which hosts take the mail of a domain, and in which order they
 * are tried.                              RFC 5321 5.1, RFC 7505, RFC 6724
 *
 * Lowest preference first, random among equals; the domain's own addresses
 * when it has no MX; all addresses of a host one after the other, IPv6 and
 * IPv4 in turn.
 */
#pragma once
#include "dns/client.h"

enum {
	HOSTS_MAX = 20,		/* names looked at */
	ADDRESSES_MAX = 16,	/* of one host */
};

enum hosts_result {
	HOSTS_OK,		/* at least one host with an address */
	HOSTS_NONE,		/* no such domain: 5.1.2 */
	HOSTS_NULL_MX,		/* it takes no mail: 5.1.10 (RFC 7505) */
	HOSTS_NO_ADDRESS,	/* hosts, but none has an address: 5.4.4 */
	HOSTS_LOOP,		/* we are the best of them: 5.4.6 */
	HOSTS_FAILED,		/* DNS is in trouble: later, 4.4.3 */
};

struct host_address {
	bool v6;
	uint8_t octets[16];	/* 4 of IPv4 */
};
struct host {
	struct str name;	/* ASCII, lower case */
	struct str canonical;	/* where CNAMEs led to; name without one */
	uint32_t preference;	/* 0 without MX */
	bool secure;		/* what is known of its addresses is: of IPv6
				 * and of IPv4, but for one that failed */
	bool bogus;		/* some were, and are left out */
	uint32_t ttl;		/* of its addresses */
	uint32_t naddresses;
	struct host_address address[ADDRESSES_MAX];
	struct str why;		/* no address: in words */
};
struct hosts {
	enum hosts_result result;
	bool mx;		/* from MX records */
	bool secure;		/* the MX answer, or the missing of it */
	uint32_t ttl;		/* of that answer */
	struct str name;	/* the domain in ASCII */
	struct str canonical;	/* where CNAMEs led to; name without one */
	struct str why;		/* other than HOSTS_OK: in words */
	size_t n;
	struct host host[HOSTS_MAX];
};

/* Ourselves: hosts of these names, and all behind them in the order, are cut
 * (RFC 5321 5.1). strs are lower case. */
struct self {
	const struct str *names;
	size_t n;
};

/* mx: look for MX records first; else the host's own addresses only. A name
 * in brackets is an address literal (4.1.3) and asks nobody. Suspends; 0 or
 * E_CANCELED, E_PEER, E_TIMEOUT. What out points to is in the arena: less than
 * HOSTS_MEMORY. */
enum { HOSTS_MEMORY = 64 * 1024 };
int hosts_find(struct dns *d, struct loop *l, struct str domain, bool mx,
    const struct self *self, struct hosts *out, struct arena *a,
    int64_t until_ms, struct err *err);

/* "192.0.2.1", "2001:db8::1", no zone. */
bool host_address_read(struct str text, struct host_address *out);
/* The same from an address literal of SMTP: "[192.0.2.1]",
 * "[IPv6:2001:db8::1]" (RFC 5321 4.1.3); "IPv6:" may be left out. */
bool host_literal_read(struct str text, struct host_address *out);
/* "192.0.2.1", "2001:db8::1" into room of 48 octets. */
struct str host_address_text(const struct host_address *a, char room[48]);
/* Neither public nor meant for us: loopback, private, link-local, ... RFC
 * 6890. */
bool host_address_is_private(const struct host_address *a);
