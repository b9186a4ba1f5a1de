/*
 * proxy.h - who a connection is from, as a proxy in front of us says it: the
 * header of the PROXY protocol, version 1 (a line) or 2 (binary), 2020/03/05.
 *
 * Pure: fed whatever has come, it takes the octets of the header and none
 * behind it. Only those may be believed that the configuration names. And the
 * other way round: the header by which we ask a proxy to connect for us.
 */
#pragma once
#include "base/buf.h"
#include "base/ip.h"
#include "base/str.h"

enum {
	PROXY_MS = 5000,	/* for all of it to come */
	PROXY_LINE_MAX = 107,	/* 2.1, with its CRLF */
	PROXY_FIXED = 16,	/* 2.2: before the addresses */
	PROXY_REST_MAX = 2048,	/* addresses and what else is told */
};

enum proxy_state {
	PROXY_MORE,		/* feed it */
	PROXY_SAID,		/* from and to are there */
	PROXY_SAME,		/* the proxy speaks for itself, or does not
				 * know for whom: the peer is who it is */
	PROXY_BAD,		/* no header, or not of TCP */
};

struct proxy_header {
	enum proxy_state state;	/* PROXY_MORE at first */
	char from[46], to[46];	/* addresses, as text */
	uint16_t from_port, to_port;
	/* What came so far; of version 2 no more than has a meaning here. */
	char octets[PROXY_LINE_MAX];
	size_t n, rest;		/* rest: octets that are still to come (2) */
};

/* *used: octets that belong to it. After anything but PROXY_MORE it takes no
 * more. */
enum proxy_state proxy_feed(struct proxy_header *h, struct str octets,
    size_t *used);

/* Version 2, for a connection of TCP from one of these addresses (with any
 * port) to the other, of the same kind. */
void proxy_put(struct buf *b, const struct ip *from, const struct ip *to,
    uint16_t to_port);
