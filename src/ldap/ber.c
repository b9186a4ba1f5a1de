#include "ldap/ber.h"

enum { LONG = 0x80, LENGTH_OCTETS = 4, HIGH_TAG = 0x1f };

/* The length behind a tag. Sticky error: none, an indefinite one (RFC 4511
 * 5.1), or one of more octets than anybody needs. */
static size_t
take_length(struct rd *r)
{
	int first = rd_next(r);
	size_t n = 0;

	if (first < 0 || first < LONG)
		return first < 0 ? 0 : (size_t)first;
	first -= LONG;
	if (first == 0 || first > LENGTH_OCTETS) {
		rd_fail(r);
		return 0;
	}
	for (; first > 0; first--) {
		int c = rd_next(r);

		n = n << 8 | (size_t)(c < 0 ? 0 : c);
	}
	return n;
}

struct ber
ber_take(struct rd *r)
{
	struct ber v = { 0 };
	int tag = rd_next(r);

	if (tag < 0 || (tag & HIGH_TAG) == HIGH_TAG) {
		rd_fail(r);
		return v;
	}
	v.octets = rd_take(r, take_length(r));
	v.tag = (uint8_t)tag;
	return rd_ok(r) ? v : (struct ber){ 0 };
}

struct str
ber_need(struct rd *r, uint8_t tag)
{
	struct ber v = ber_take(r);

	if (rd_ok(r) && v.tag == tag)
		return v.octets;
	rd_fail(r);
	return STR_NULL;
}

uint32_t
ber_number(struct rd *r, uint8_t tag)
{
	struct str octets = ber_need(r, tag);
	uint32_t v = 0;

	/* Two's complement: what begins with a bit is below 0. */
	if (octets.n == 0 || octets.n > 4 || (octets.p[0] & 0x80)) {
		rd_fail(r);
		return 0;
	}
	for (size_t i = 0; i < octets.n; i++)
		v = v << 8 | (uint8_t)octets.p[i];
	return v;
}

bool
ber_measure(struct str p, size_t most, size_t *total)
{
	size_t head = 2, n;
	struct rd r;

	if (p.n < 2)
		return false;
	if ((uint8_t)p.p[1] >= LONG)
		head += (uint8_t)p.p[1] - LONG;
	*total = 0;
	if (head > 2 + LENGTH_OCTETS)
		return true;
	if (p.n < head)
		return false;
	r = rd_of(str_from(p, 1));
	n = take_length(&r);
	if (rd_ok(&r) && n <= most - head)
		*total = head + n;
	return true;
}

/* A length of four octets always, which is filled in later. */
size_t
ber_begin(struct buf *b, uint8_t tag)
{
	static const char length[] = { (char)(LONG + LENGTH_OCTETS), 0, 0, 0,
		0 };

	buf_chr(b, (char)tag);
	buf_put(b, length, sizeof(length));
	return b->n;
}

void
ber_end(struct buf *b, size_t began)
{
	size_t n;

	if (buf_failed(b))
		return;
	n = b->n - began;
	for (size_t i = 1; i <= LENGTH_OCTETS; i++, n >>= 8)
		b->p[began - i] = (char)(n & 0xff);
}

void
ber_put(struct buf *b, uint8_t tag, struct str octets)
{
	size_t at = ber_begin(b, tag);

	buf_str(b, octets);
	ber_end(b, at);
}

void
ber_put_number(struct buf *b, uint8_t tag, uint32_t v)
{
	char octets[5];
	size_t n = sizeof(octets);

	do {
		octets[--n] = (char)(v & 0xff);
		v >>= 8;
	} while (v > 0);
	if (octets[n] & 0x80)	/* or it would be below 0 */
		octets[--n] = 0;
	ber_put(b, tag, str_make(octets + n, sizeof(octets) - n));
}

void
ber_put_boolean(struct buf *b, uint8_t tag, bool v)
{
	ber_put(b, tag, v ? STR("\xff") : STR("\0"));
}
