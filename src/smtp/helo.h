/*
 * helo.h - what a name in HELO or EHLO looks like. Pure.
 *
 * RFC 5321 4.1.4: nobody is refused for it. But 4.1.1.1 wants the client's own
 * name, or else its address in brackets, and what sends junk often has neither.
 */
#pragma once
#include "base/ip.h"

enum helo_kind {
	HELO_PROPER,	/* or there is none */
	HELO_OURS,	/* the name of this server */
	HELO_ADDRESS,	/* without brackets, or of somebody else */
	HELO_NO_NAME,	/* no domain with a dot in it */
};
/* ours: our name. from: the client's address. */
enum helo_kind helo_kind(struct str helo, struct str ours,
    const struct ip *from);
