/*
 * egress.h - a connection to an address, straight or by a proxy, and who is to
 * blame where there is none.
 *
 * A proxy is the operator's: what is wrong with it says nothing of the
 * destination, and the other way round.
 */
#pragma once
#include "dns/hosts.h"
#include "relay/relay.h"
#include "relay/route.h"

enum {
	DIAL_MS = 30 * 1000,	/* of all that it takes */
};

enum egress_fault {
	EGRESS_HOST,		/* the address is not reached */
	EGRESS_OURS,		/* it is not asked: we, or the proxy, can or
				 * will not connect to it */
	EGRESS_PROXY,		/* no address is, by this proxy */
};

struct egress {
	const struct relay_options *o;
	struct host_backoff *backoff;	/* of proxies */
	const struct route *route;
	const struct host_address *to;
	uint16_t port;
	struct str from;		/* the address to be it; empty: any */
	bool again;			/* also by a proxy that was down */
	bool quiet;			/* what is wrong is not remembered */
};

/* Suspends. 0: *s is open, and whoever is at the address speaks. < 0:
 * E_CANCELED, or what is wrong is in err, and whose fault in *fault. */
int egress_dial(const struct egress *e, struct stream **s,
    enum egress_fault *fault, struct err *err);
