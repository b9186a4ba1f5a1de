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
	if (!ip->v6)
		memmove(ip->octets, ip->octets + sizeof(mapped), 4);
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
