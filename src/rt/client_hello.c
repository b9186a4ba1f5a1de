#include "rt/client_hello.h"

#include "base/rd.h"

enum {
	RECORD_HANDSHAKE = 22, RECORD_MAX = 16384, RECORD_HEAD = 5,
	HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_HEAD = 4,
	EXTENSION_ALPN = 16,
};

/* Has it come? A walk along the heads of records: short, however often it is
 * asked. ---------------------------------------------------------------- */

static size_t
number(struct rd *r, size_t octets)
{
	size_t v = 0;

	while (octets-- > 0)
		v = v << 8 | (unsigned char)rd_next(r);
	return v;
}

/* The head of the next record, as far as it is there: its length.
 * struct { ContentType type; ProtocolVersion legacy_record_version;
 *          uint16 length; ... } TLSPlaintext;                RFC 8446 5.1 */
static enum hello_state
record_head(struct rd *r, size_t *len)
{
	struct rd at = *r;
	size_t there = rd_left(r);

	if (there > 0 && rd_next(&at) != RECORD_HANDSHAKE)
		return HELLO_OTHER;
	if (there > 1 && rd_next(&at) != 3)
		return HELLO_OTHER;
	if (there < RECORD_HEAD)
		return HELLO_MORE;
	(void)rd_next(&at);
	*len = number(&at, 2);
	*r = at;
	return *len == 0 || *len > RECORD_MAX ? HELLO_OTHER : HELLO_WHOLE;
}

/* struct { HandshakeType msg_type; uint24 length; ... } Handshake;
 * which may be cut as well.                                   RFC 8446 4 */
struct head {
	size_t have, n, want;
	unsigned char octet[HANDSHAKE_HEAD];
};

static bool
take_head(struct head *h, struct str part)
{
	for (size_t i = 0; i < part.n && h->n < HANDSHAKE_HEAD; i++)
		h->octet[h->n++] = (unsigned char)part.p[i];
	h->have += part.n;
	if (h->n > 0 && h->octet[0] != HANDSHAKE_CLIENT_HELLO)
		return false;
	if (h->n == HANDSHAKE_HEAD)
		h->want = (size_t)h->octet[1] << 16 |
		    (size_t)h->octet[2] << 8 | h->octet[3];
	return h->n < HANDSHAKE_HEAD || h->want <= HELLO_MAX;
}

static enum hello_state
is_there(struct str octets)
{
	struct rd r = rd_of(octets);
	struct head h = { 0 };

	for (int i = 0; i < HELLO_RECORDS_MAX; i++) {
		size_t len = 0, part;
		enum hello_state state = record_head(&r, &len);

		if (state != HELLO_WHOLE)
			return state;
		part = len < rd_left(&r) ? len : rd_left(&r);
		if (!take_head(&h, rd_take(&r, part)))
			return HELLO_OTHER;
		if (h.n == HANDSHAKE_HEAD && h.have >= HANDSHAKE_HEAD + h.want)
			return HELLO_WHOLE;
		if (part < len)
			return HELLO_MORE;
	}
	return HELLO_OTHER;
}

/* The message, read once, over the heads of records in it. ---------------- */

struct cursor {
	struct rd in;
	size_t of_record;	/* octets left of this record */
	size_t left;		/* and of what is read of the message */
};

static unsigned char
octet(struct cursor *c)
{
	if (c->left == 0)
		rd_fail(&c->in);
	if (c->of_record == 0 &&
	    record_head(&c->in, &c->of_record) != HELLO_WHOLE)
		rd_fail(&c->in);
	if (!rd_ok(&c->in))
		return 0;
	c->left--;
	c->of_record--;
	return (unsigned char)rd_next(&c->in);
}

static size_t
length(struct cursor *c, size_t octets)
{
	size_t v = 0;

	while (octets-- > 0)
		v = v << 8 | octet(c);
	return v;
}

static void
skip(struct cursor *c, size_t n)
{
	while (n-- > 0 && rd_ok(&c->in))
		(void)octet(c);
}

/* opaque ProtocolName<1..2^8-1>; */
static void
read_name(struct cursor *c, struct client_hello *h)
{
	size_t n = length(c, 1);
	bool kept = n <= HELLO_NAME_MAX;
	char *name;

	if (n == 0 || h->n == HELLO_NAMES_MAX) {
		rd_fail(&c->in);
		return;
	}
	name = h->name[h->n++];
	for (size_t i = 0; i < n && rd_ok(&c->in); i++) {
		char o = (char)octet(c);

		kept &= o != '\0';
		if (i < HELLO_NAME_MAX)
			name[i] = o;
	}
	name[kept ? n : 0] = '\0';
}

/* struct { ProtocolName protocol_name_list<2..2^16-1> } ProtocolNameList;
 * n: octets of the extension. */
static void
read_alpn(struct cursor *c, size_t n, struct client_hello *h)
{
	size_t end;

	if (h->n > 0 || n > c->left || length(c, 2) != n - 2) {
		rd_fail(&c->in);	/* twice, or it does not fill it */
		return;
	}
	end = c->left - (n - 2);
	while (rd_ok(&c->in) && c->left > end)
		read_name(c, h);
	if (c->left != end)
		rd_fail(&c->in);
}

enum hello_state
client_hello_read(struct str octets, struct client_hello *h)
{
	struct cursor c = { .in = rd_of(octets), .left = HANDSHAKE_HEAD };
	enum hello_state state = is_there(octets);

	if (state != HELLO_WHOLE)
		return state;
	*h = (struct client_hello){ 0 };
	(void)octet(&c);
	c.left = length(&c, 3);
	skip(&c, 2 + 32);		/* legacy_version, random */
	skip(&c, length(&c, 1));	/* legacy_session_id */
	skip(&c, length(&c, 2));	/* cipher_suites */
	skip(&c, length(&c, 1));	/* legacy_compression_methods */
	if (c.left > 0 && length(&c, 2) != c.left)	/* extensions */
		rd_fail(&c.in);
	while (rd_ok(&c.in) && c.left > 0) {
		size_t type = length(&c, 2), n = length(&c, 2);

		if (type == EXTENSION_ALPN && n >= 2)
			read_alpn(&c, n, h);
		else
			skip(&c, n);
	}
	if (rd_ok(&c.in))
		return HELLO_WHOLE;
	h->n = 0;
	return HELLO_OTHER;
}
