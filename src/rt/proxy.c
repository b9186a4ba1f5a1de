#include "rt/proxy.h"

#include <arpa/inet.h>

#include "base/rd.h"

static const char signature[12] = "\r\n\r\n\0\r\nQUIT\n";

/* Version 1 --------------------------------------------------------------- */

/* An address as inet_pton(3) has it, of this family, in the form that everybody
 * else here writes. */
static bool
address_v1(struct str text, int family, char out[46])
{
	unsigned char a[16];
	char name[46];

	if (text.n == 0 || text.n >= sizeof(name) ||
	    str_chr(text, '\0') < text.n)
		return false;
	memcpy(name, text.p, text.n);
	name[text.n] = '\0';
	return inet_pton(family, name, a) == 1 && inet_ntop(family, a, out, 46);
}

static bool
port_v1(struct str text, uint16_t *out)
{
	uint32_t port;

	if (!str_u32(text, &port) || port > UINT16_MAX)
		return false;
	*out = (uint16_t)port;
	return true;
}

/* "PROXY" SP ("TCP4" / "TCP6") SP source SP destination SP port SP port CRLF,
 * or "PROXY UNKNOWN" and anything.                                   2.1 */
static enum proxy_state
line_v1(struct proxy_header *h, struct str line)
{
	struct str word[6];
	bool more = true;
	size_t n = 0;
	int family;

	while (more && n < NELEM(word))
		more = str_cut(line, ' ', &word[n++], &line);
	if (n < 2 || !str_eq(word[0], STR("PROXY")))
		return PROXY_BAD;
	if (str_eq(word[1], STR("UNKNOWN")))
		return PROXY_SAME;
	if (more || n < NELEM(word))
		return PROXY_BAD;
	if (str_eq(word[1], STR("TCP4")))
		family = AF_INET;
	else if (str_eq(word[1], STR("TCP6")))
		family = AF_INET6;
	else
		return PROXY_BAD;
	return address_v1(word[2], family, h->from) &&
	    address_v1(word[3], family, h->to) &&
	    port_v1(word[4], &h->from_port) && port_v1(word[5], &h->to_port) ?
	    PROXY_SAID : PROXY_BAD;
}

/* Version 2 --------------------------------------------------------------- */

enum { VERSION_AT = 12, FAMILY_AT = 13, LENGTH_AT = 14,
	V2_LOCAL = 0x20, V2_PROXY = 0x21, V2_TCP4 = 0x11, V2_TCP6 = 0x21 };

static uint16_t
u16(const char *p)
{
	return (uint16_t)((unsigned char)p[0] << 8 | (unsigned char)p[1]);
}

/* Octets of addresses and ports that this family has; 0: none we know. */
static size_t
addresses_v2(const struct proxy_header *h)
{
	switch ((unsigned char)h->octets[FAMILY_AT]) {
	case V2_TCP4:
		return 12;
	case V2_TCP6:
		return 36;
	default:
		return 0;
	}
}

/* The first 16 are there.                                            2.2 */
static enum proxy_state
fixed_v2(struct proxy_header *h)
{
	unsigned char command = (unsigned char)h->octets[VERSION_AT];

	h->rest = u16(h->octets + LENGTH_AT);
	if (memcmp(h->octets, signature, sizeof(signature)) != 0 ||
	    (command != V2_LOCAL && command != V2_PROXY) ||
	    h->rest > PROXY_REST_MAX)
		return PROXY_BAD;
	if (command == V2_PROXY && h->octets[FAMILY_AT] != 0 &&
	    (addresses_v2(h) == 0 || h->rest < addresses_v2(h)))
		return PROXY_BAD;
	return PROXY_MORE;
}

/* All of it is there, or as much of it as is kept. */
static enum proxy_state
whole_v2(struct proxy_header *h)
{
	const char *p = h->octets + PROXY_FIXED;
	bool six = addresses_v2(h) == 36;
	size_t each = six ? 16 : 4;

	if (h->octets[VERSION_AT] == V2_LOCAL || addresses_v2(h) == 0)
		return PROXY_SAME;
	(void)inet_ntop(six ? AF_INET6 : AF_INET, p, h->from, 46);
	(void)inet_ntop(six ? AF_INET6 : AF_INET, p + each, h->to, 46);
	h->from_port = u16(p + 2 * each);
	h->to_port = u16(p + 2 * each + 2);
	return PROXY_SAID;
}

void
proxy_put(struct buf *b, const struct ip *from, const struct ip *to,
    uint16_t to_port)
{
	const size_t each = to->v6 ? 16 : 4;

	buf_put(b, signature, sizeof(signature));
	buf_chr(b, V2_PROXY);
	buf_chr(b, to->v6 ? V2_TCP6 : V2_TCP4);
	buf_chr(b, 0);
	buf_chr(b, (char)(2 * each + 4));
	buf_put(b, from->octets, each);
	buf_put(b, to->octets, each);
	buf_put(b, "\0\0", 2);
	buf_chr(b, (char)(to_port >> 8));
	buf_chr(b, (char)(to_port & 0xff));
}

/* Both -------------------------------------------------------------------- */

static enum proxy_state
take_octet(struct proxy_header *h, char c)
{
	bool two = h->n > 0 && h->octets[0] == signature[0];

	if (two && h->n >= PROXY_FIXED)
		h->rest--;
	if (h->n < sizeof(h->octets))
		h->octets[h->n++] = c;
	if (h->n == 1)
		return c == signature[0] || c == 'P' ? PROXY_MORE : PROXY_BAD;
	if (two && h->n < PROXY_FIXED)
		return PROXY_MORE;
	if (two && h->n == PROXY_FIXED) {
		if (fixed_v2(h) == PROXY_BAD)
			return PROXY_BAD;
	}
	if (two)
		return h->rest > 0 ? PROXY_MORE : whole_v2(h);
	if (c == '\n' && h->octets[h->n - 2] == '\r')
		return line_v1(h, str_make(h->octets, h->n - 2));
	return h->n < PROXY_LINE_MAX ? PROXY_MORE : PROXY_BAD;
}

enum proxy_state
proxy_feed(struct proxy_header *h, struct str octets, size_t *used)
{
	size_t i = 0;

	while (h->state == PROXY_MORE && i < octets.n)
		h->state = take_octet(h, octets.p[i++]);
	*used = i;
	return h->state;
}
