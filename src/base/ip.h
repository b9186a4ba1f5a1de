/*
 * ip.h - addresses of hosts, and networks of them. Pure.
 */
#pragma once
#include "base/buf.h"
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

/* "192.0.2.0/24", or an address, which is a network of one. False: neither, or
 * it has bits behind its length. */
must_check bool ip_network_parse(struct str text, struct ip *ip,
    uint32_t *bits);
/* The network of this length that it is in. */
void ip_mask(struct ip *ip, uint32_t bits);
/* Has it no bits behind that length, which it may have? */
bool ip_is_network(const struct ip *ip, uint32_t bits);
static inline uint32_t
ip_bits(const struct ip *ip)
{
	return ip->v6 ? 128 : 32;
}
/* What one household or company has, about: whose network is remembered. */
static inline uint32_t
ip_site_bits(const struct ip *ip)
{
	return ip->v6 ? 48 : 24;
}
/* Its 4 or 16 octets, a slice of *ip; and back, false of any other number. */
static inline struct str
ip_octets(const struct ip *ip)
{
	return str_make((const char *)ip->octets, ip_bits(ip) / 8);
}
must_check bool ip_of_octets(struct str octets, struct ip *ip);
/* As text; and a network, whose length is left out of a single address. */
void ip_put(struct buf *b, const struct ip *ip);
void ip_put_network(struct buf *b, const struct ip *ip, uint32_t bits);
