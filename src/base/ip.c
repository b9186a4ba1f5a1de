#include "base/ip.h"

#include <arpa/inet.h>

bool
ip_parse(struct str text, struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	char name[INET6_ADDRSTRLEN];

	*ip = (struct ip){ 0 };
	if (text.n == 0 || text.n >= sizeof(name) ||
	    str_chr(text, '\0') < text.n)
		return false;
	memcpy(name, text.p, text.n);
	name[text.n] = '\0';
	if (inet_pton(AF_INET, name, ip->octets) == 1)
		return true;
	if (inet_pton(AF_INET6, name, ip->octets) != 1)
		return false;
	ip->v6 = memcmp(ip->octets, mapped, sizeof(mapped)) != 0;
	if (!ip->v6) {
		memmove(ip->octets, ip->octets + sizeof(mapped), 4);
		memset(ip->octets + 4, 0, sizeof(mapped));
	}
	return true;
}

bool
ip_matches(const struct ip *a, const struct ip *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (a->v6 != b->v6 || memcmp(a->octets, b->octets, whole) != 0)
		return false;
	return rest == 0 ||
	    (a->octets[whole] ^ b->octets[whole]) >> (8 - rest) == 0;
}

bool
ip_is_among(const struct ip *ip, struct str networks)
{
	struct str one, address, length;
	struct ip network;
	uint32_t bits;

	while (networks.n > 0) {
		(void)str_cut(networks, ' ', &one, &networks);
		if (!str_cut(one, '/', &address, &length))
			length = STR("128");
		if (ip_parse(address, &network) && str_u32(length, &bits) &&
		    ip_matches(ip, &network, network.v6 || bits <= 32 ? bits :
		    32))
			return true;
	}
	return false;
}

void
ip_mask(struct ip *ip, uint32_t bits)
{
	for (uint32_t i = 0; i < sizeof(ip->octets); i++) {
		uint32_t left = bits > i * 8 ? bits - i * 8 : 0;

		if (left < 8)
			ip->octets[i] &= (uint8_t)(0xff00 >> left);
	}
}

bool
ip_network_parse(struct str text, struct ip *ip, uint32_t *bits)
{
	struct str address, length;
	bool whole = !str_cut(text, '/', &address, &length);

	if (!ip_parse(address, ip))
		return false;
	*bits = ip_bits(ip);
	/* A length is of what was written: of IPv4 in IPv6 it is not. */
	if (!whole && (!str_u32(length, bits) ||
	    (!ip->v6 && str_chr(address, ':') < address.n)))
		return false;
	return ip_is_network(ip, *bits);
}

bool
ip_is_network(const struct ip *ip, uint32_t bits)
{
	struct ip masked = *ip;

	if (bits > ip_bits(ip))
		return false;
	ip_mask(&masked, bits);
	return memcmp(masked.octets, ip->octets, sizeof(ip->octets)) == 0;
}

bool
ip_of_octets(struct str octets, struct ip *ip)
{
	*ip = (struct ip){ .v6 = octets.n == 16 };
	if (octets.n != 4 && octets.n != 16)
		return false;
	memcpy(ip->octets, octets.p, octets.n);
	return true;
}

void
ip_put(struct buf *b, const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(ip->v6 ? AF_INET6 : AF_INET, ip->octets, text,
	    sizeof(text)))
		buf_str(b, str_c(text));
}

void
ip_put_network(struct buf *b, const struct ip *ip, uint32_t bits)
{
	ip_put(b, ip);
	if (bits < ip_bits(ip))
		buf_printf(b, "/%u", bits);
}
