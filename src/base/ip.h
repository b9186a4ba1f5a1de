/*
 * ip.h - addresses of hosts, and networks of them. Pure.
 */
#pragma once
#include "base/str.h"

/* An address of a host. An IPv4 address inside IPv6 is one of IPv4. */
struct ip {
	bool v6;
	uint8_t octets[16];	/* 4 of IPv4 */
};
/* False if text is no address. */
must_check bool ip_parse(struct str text, struct ip *ip);
/* Are the first n bits the same, in addresses of one kind? */
bool ip_matches(const struct ip *a, const struct ip *b, unsigned bits);
/* Is it in one of these: "192.0.2.0/24 ::1", spaces between, as conf/ has
 * checked them? */
bool ip_is_among(const struct ip *ip, struct str networks);
