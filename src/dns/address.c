/*
 * address.c - addresses and address literals, and which of them are not for
 * everybody.                                       RFC 5321 4.1.3, RFC 6890
 */
#include <arpa/inet.h>

#include "dns/hosts.h"

bool
host_address_read(struct str text, struct host_address *out)
{
	struct host_address a = { 0 };
	char room[48];

	if (text.n == 0 || text.n >= sizeof(room) ||
	    memchr(text.p, 0, text.n))
		return false;
	memcpy(room, text.p, text.n);
	room[text.n] = 0;
	a.v6 = str_chr(text, ':') < text.n;
	if (inet_pton(a.v6 ? AF_INET6 : AF_INET, room, a.octets) != 1)
		return false;
	*out = a;
	return true;
}

bool
host_literal_read(struct str text, struct host_address *out)
{
	static const char tag[] = "ipv6:";

	if (text.n < 2 || text.p[0] != '[' || text.p[text.n - 1] != ']')
		return false;
	text = str_make(text.p + 1, text.n - 2);
	if (!str_startsi(text, str_c(tag)))
		return host_address_read(text, out);
	text = str_from(text, strlen(tag));
	return str_chr(text, ':') < text.n && host_address_read(text, out);
}

struct str
host_address_text(const struct host_address *a, char room[48])
{
	if (!inet_ntop(a->v6 ? AF_INET6 : AF_INET, a->octets, room, 48))
		room[0] = 0;
	return str_c(room);
}

/* What is not reachable by everybody ----------------------------------- */

struct range {
	uint8_t octets[16];
	unsigned bits;
};

/* RFC 6890 2.2.2, and multicast (RFC 1112). */
static const struct range special_v4[] = {
	{ { 0 }, 8 },			/* this network */
	{ { 10 }, 8 },			/* private: RFC 1918 */
	{ { 100, 64 }, 10 },		/* shared: RFC 6598 */
	{ { 127 }, 8 },			/* loopback */
	{ { 169, 254 }, 16 },		/* link-local */
	{ { 172, 16 }, 12 },		/* private */
	{ { 192, 0, 0 }, 24 },		/* protocol assignments */
	{ { 192, 0, 2 }, 24 },		/* documentation */
	{ { 192, 88, 99 }, 24 },	/* 6to4 relays, given up: RFC 7526 */
	{ { 192, 168 }, 16 },		/* private */
	{ { 198, 18 }, 15 },		/* benchmarks */
	{ { 198, 51, 100 }, 24 },	/* documentation */
	{ { 203, 0, 113 }, 24 },	/* documentation */
	{ { 224 }, 4 },			/* multicast */
	{ { 240 }, 4 },			/* reserved, and broadcast */
};

/* RFC 6890 2.2.3 and what the registry has gained since. */
static const struct range special_v6[] = {
	{ { 0 }, 96 },			/* ::, ::1, IPv4-compatible */
	{ { [10] = 0xff, 0xff }, 96 },	/* IPv4-mapped */
	{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, 48 }, /* local NAT64: RFC 8215 */
	{ { 0x01 }, 64 },		/* discard: RFC 6666 */
	{ { 0x20, 0x01 }, 23 },		/* protocol assignments, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x3f, 0xff }, 20 },		/* documentation: RFC 9637 */
	{ { 0x5f }, 16 },		/* segment routing: RFC 9602 */
	{ { 0xfc }, 7 },		/* unique local: RFC 4193 */
	{ { 0xfe, 0x80 }, 10 },		/* link-local */
	{ { 0xfe, 0xc0 }, 10 },		/* site-local, given up */
	{ { 0xff }, 8 },		/* multicast */
};

/* Those with an IPv4 address in them, and where it begins. */
static const struct {
	struct range range;
	size_t at;
} carriers[] = {
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },	/* NAT64: RFC 6052 */
	{ { { 0x20, 0x02 }, 16 }, 2 },			/* 6to4: RFC 3056 */
};

static bool
is_in(const uint8_t *octets, const struct range *r)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(octets, r->octets, whole) != 0)
		return false;
	return rest == 0 ||
	    (octets[whole] ^ r->octets[whole]) >> (8 - rest) == 0;
}

static bool
is_special(const uint8_t *octets, const struct range *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_in(octets, &table[i]))
			return true;
	return false;
}

bool
host_address_is_private(const struct host_address *a)
{
	if (!a->v6)
		return is_special(a->octets, special_v4, NELEM(special_v4));
	for (size_t i = 0; i < NELEM(carriers); i++)
		if (is_in(a->octets, &carriers[i].range))
			return is_special(a->octets + carriers[i].at,
			    special_v4, NELEM(special_v4));
	return is_special(a->octets, special_v6, NELEM(special_v6));
}
