/*
 * route.h - which way the mail of a domain leaves.
 *
 * Pure: the rows of the configuration in, one route out. The first row whose
 * match fits is taken: "example.org" (that domain), ".example.org" (those
 * below it), "*" (all). None: the MX of the domain.
 */
#pragma once
#include "rt/config.h"

struct route {
	struct str host;	/* what is looked up: a name, "[address]" */
	struct str path;	/* of a socket in the file system, which is
				 * dialled then; host and port only tell it
				 * from others */
	bool lmtp;		/* RFC 2033, and not SMTP */
	bool mx;		/* its MX first, or only its addresses */
	uint16_t port;
	enum route_tls tls;
	bool published;		/* what the destination has published may
				 * demand more than that */
	bool private;		/* may be a private address */
	struct str user, password;
	struct str pin;		/* the host's keys, as in config.h */
	struct str source_v4, source_v6;	/* empty: any */
	bool own_source;	/* the operator's words about this route */
	struct str pool;	/* the same; empty: the sender's */
	struct str fallback;	/* another host; empty */
	uint16_t fallback_port;
	struct egress_conf egress;	/* its kind: EGRESS_DIRECT is none */
	struct str refuse;	/* nothing goes there, and why; empty */
};

/* domain: lower case, or "[address]". The strs are those of the configuration
 * and of domain. */
void route_of(const struct config *c, struct str domain, struct route *out);
/* Every port that some route leads to. */
void route_ports(const struct config *c, void (*fn)(void *arg, uint16_t port),
    void *arg);
/* Is there any that asks for a certificate of a trusted root? */
bool route_verifies(const struct config *c);
enum { EGRESS_WORDS = 340 };	/* a name, and more */
/* How it leaves, in words: "192.0.2.10", "socks5://192.0.2.9:1080",
 * "192.0.2.10 by haproxy://out.example:2500"; empty: as the system likes. */
struct str egress_words(const struct route *r, struct str from,
    char room[EGRESS_WORDS]);
