#include "dns/packet.h"

#include "dns/name.h"

enum { CLASS_IN = 1, TYPE_SOA = 6, RCODE_NXDOMAIN = 3, WIRE_NAME = 255 };

static uint16_t
be16(struct rd *r)
{
	uint32_t high = rd_le8(r);

	return (uint16_t)(high << 8 | rd_le8(r));
}

static uint32_t
be32(struct rd *r)
{
	uint32_t high = be16(r);

	return high << 16 | be16(r);
}

/* A name, in text. odd: it has octets that no name of ours may have; they
 * are written as \DDD (RFC 1035 5.1), so that nobody takes it for one. */
struct name {
	char text[4 * WIRE_NAME];
	size_t n;
	bool odd;
};

static void
add_odd(struct name *out, unsigned char c)
{
	out->odd = true;
	out->text[out->n++] = '\\';
	for (unsigned div = 100; div > 0; div /= 10)
		out->text[out->n++] = (char)('0' + c / div % 10);
}

static void
add_label(struct name *out, struct str label)
{
	if (out->n > 0)
		out->text[out->n++] = '.';
	for (size_t i = 0; i < label.n; i++)
		if (dns_name_octet(label.p[i]))
			out->text[out->n++] = ascii_lower(label.p[i]);
		else
			add_odd(out, (unsigned char)label.p[i]);
}

/* RFC 1035 4.1.4. Each pointer goes to before where the part that has it
 * began, so there is an end. r stands behind the name afterwards. */
static void
take_name(struct str octets, struct rd *r, struct name *out)
{
	size_t lowest = octets.n - rd_left(r), wire = 1;
	struct rd part = *r;
	bool jumped = false;

	out->n = 0;
	out->odd = false;
	for (;;) {
		uint32_t len = rd_le8(&part);

		if (len >= 0xc0) {
			size_t to = (len & 0x3f) << 8;

			to |= rd_le8(&part);
			if (!jumped)
				*r = part;
			jumped = true;
			if (!rd_ok(&part) || to >= lowest)
				break;
			lowest = to;
			part = rd_of(str_from(octets, to));
			continue;
		}
		wire += len + (len > 0);
		if (!rd_ok(&part) || len > 63 || wire > WIRE_NAME)
			break;
		if (len == 0) {
			if (!jumped)
				*r = part;
			return;
		}
		add_label(out, rd_take(&part, len));
		if (!rd_ok(&part))
			break;
	}
	rd_fail(r);
}

static struct str
name_str(const struct name *n)
{
	return str_make(n->text, n->n);
}

struct rr {
	struct str owner;	/* empty when odd: no name we ask for is */
	uint32_t type, ttl;
	size_t at;		/* where its data begin in the packet */
	struct str data;
};

/* RFC 1035 4.1.3; a TTL with its first bit set is 0: RFC 2181 8. False for a
 * record that is of no use (of another class). */
static bool
take_rr(struct str octets, struct rd *r, struct rr *rr, struct arena *a)
{
	struct name owner;
	uint32_t class, ttl;

	take_name(octets, r, &owner);
	rr->type = be16(r);
	class = be16(r);
	ttl = be32(r);
	rr->ttl = ttl > INT32_MAX ? 0 : ttl;
	rr->data = rd_take(r, be16(r));
	if (!rd_ok(r))
		return false;
	rr->at = (size_t)(rr->data.p - octets.p);
	rr->owner = owner.odd ? STR("") : str_dup(a, name_str(&owner));
	return class == CLASS_IN;
}

struct packet_answer {
	struct str octets;
	struct rr *rr;
	size_t n;
	uint32_t negative_ttl;
	struct arena *a;
};

static size_t
take_section(struct packet_answer *p, struct rd *r, uint32_t count,
    struct rr *rr)
{
	size_t n = 0;

	for (uint32_t i = 0; i < count && n < PACKET_RECORDS && rd_ok(r); i++)
		if (take_rr(p->octets, r, &rr[n], p->a))
			n++;
	return n;
}

/* How long the missing of something may be remembered: RFC 2308 5. */
static uint32_t
negative_ttl(struct packet_answer *p, struct rd *r, uint32_t count)
{
	for (uint32_t i = 0; i < count && i < PACKET_RECORDS; i++) {
		struct rr rr;
		uint32_t minimum;
		struct rd data;

		if (!take_rr(p->octets, r, &rr, p->a) || rr.type != TYPE_SOA)
			continue;
		data = rd_of(str_from(rr.data, rr.data.n < 4 ? 0 :
		    rr.data.n - 4));
		minimum = be32(&data);
		return minimum < rr.ttl ? minimum : rr.ttl;
	}
	return 0;
}

/* Data of one record, by type ---------------------------------------------- */

static bool
data_name_behind(struct packet_answer *p, const struct rr *rr, size_t skip,
    struct dns_record *out)
{
	struct str upto = str_first(p->octets, rr->at + rr->data.n);
	struct rd r = rd_of(str_from(upto, rr->at + skip));
	struct name n;

	/* The cursor ends with the data, whereever pointers lead. */
	take_name(upto, &r, &n);
	out->data = str_dup(p->a, name_str(&n));
	return rd_done(&r);
}

static bool
data_name(struct packet_answer *p, const struct rr *rr, struct dns_record *out)
{
	return data_name_behind(p, rr, 0, out);
}

static bool
data_mx(struct packet_answer *p, const struct rr *rr, struct dns_record *out)
{
	struct rd r = rd_of(rr->data);

	out->preference = be16(&r);
	return rd_ok(&r) && data_name_behind(p, rr, 2, out);
}

static bool
data_address(struct packet_answer *p unused_arg, const struct rr *rr,
    struct dns_record *out)
{
	out->data = rr->data;
	return rr->data.n == (rr->type == DNS_A ? 4 : 16);
}

static bool
data_tlsa(struct packet_answer *p unused_arg, const struct rr *rr,
    struct dns_record *out)
{
	out->data = rr->data;
	return rr->data.n >= 3;
}

/* Strings, each with its length ahead: RFC 1035 3.3.14. */
static bool
data_txt(struct packet_answer *p, const struct rr *rr, struct dns_record *out)
{
	struct rd r = rd_of(rr->data);
	char *text = arena_alloc(p->a, rr->data.n + 1);
	size_t n = 0;

	while (rd_left(&r) > 0) {
		struct str one = rd_take(&r, rd_le8(&r));

		if (!rd_ok(&r))
			return false;
		if (one.n > 0)
			memcpy(text + n, one.p, one.n);
		n += one.n;
	}
	out->data = str_make(text, n);
	return true;
}

static const struct {
	enum dns_type type;
	bool (*read)(struct packet_answer *p, const struct rr *rr,
	    struct dns_record *out);
} types[] = {
	{ DNS_A, data_address },
	{ DNS_AAAA, data_address },
	{ DNS_CNAME, data_name },
	{ DNS_PTR, data_name },
	{ DNS_MX, data_mx },
	{ DNS_TXT, data_txt },
	{ DNS_TLSA, data_tlsa },
};

static bool
read_data(struct packet_answer *p, const struct rr *rr, struct dns_record *out)
{
	*out = (struct dns_record){ 0 };
	for (size_t i = 0; i < NELEM(types); i++)
		if (types[i].type == rr->type)
			return types[i].read(p, rr, out);
	return false;
}

/* The chain --------------------------------------------------------------- */

static const struct rr *
answer_find_rr(const struct packet_answer *p, struct str owner,
    enum dns_type type)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rr[i].type == type && str_eq(p->rr[i].owner, owner))
			return &p->rr[i];
	return NULL;
}

static void
lower_ttl(struct packet *out, uint32_t ttl)
{
	if (ttl < out->ttl)
		out->ttl = ttl;
}

/* Not the root, and nothing odd in it. */
static bool
is_ours(struct str name)
{
	return name.n > 0 && str_chr(name, '\\') == name.n;
}

/* To where there are records of the type, or no further CNAME. */
static bool
follow(struct packet_answer *p, enum dns_type type, struct packet *out,
    const char **why)
{
	for (int i = 0; i < PACKET_CNAMES; i++) {
		const struct rr *rr = answer_find_rr(p, out->canonical,
		    DNS_CNAME);
		struct dns_record to;

		if (!rr || answer_find_rr(p, out->canonical, type))
			return true;
		*why = "a CNAME leads to what can be no name";
		if (!read_data(p, rr, &to) || !is_ours(to.data))
			return false;
		out->canonical = to.data;
		lower_ttl(out, rr->ttl);
	}
	*why = "too many CNAMEs";
	return false;
}

static bool
gather(struct packet_answer *p, enum dns_type type, struct packet *out)
{
	auto_buf rows = BUF_INIT(PACKET_ROWS);
	size_t fit = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct rr *rr = &p->rr[i];
		struct dns_record row;

		if (rr->type != type || !str_eq(rr->owner, out->canonical))
			continue;
		if (!read_data(p, rr, &row))
			return false;
		if (row.data.n > PACKET_ROWS - 8)
			continue;
		msg_put(&rows, &dns_record_shape, &row);
		if (buf_failed(&rows))
			break;	/* what fitted stays */
		fit = rows.n;
		lower_ttl(out, rr->ttl);
	}
	out->records = str_dup(p->a, str_make(rows.p, fit));
	return true;
}

static enum dns_result
result_of(const struct packet *p)
{
	if (p->rcode == RCODE_NXDOMAIN)
		return DNS_NXDOMAIN;
	if (p->rcode != 0)
		return DNS_FAILED;
	return p->records.n > 0 ? DNS_OK : DNS_NODATA;
}

bool
packet_parse(struct str octets, struct str name, enum dns_type type,
    struct packet *out, struct arena *a, const char **why)
{
	struct rd r = rd_of(octets);
	struct packet_answer p = { .octets = octets, .a = a };
	struct packet made = { .ttl = INT32_MAX };
	uint32_t questions, answers, authorities;
	struct name question;

	*why = "a malformed packet";
	(void)be16(&r);				/* its id */
	made.rcode = be16(&r) & 0xf;
	questions = be16(&r);
	answers = be16(&r);
	authorities = be16(&r);
	(void)be16(&r);				/* additional: not read */
	if (questions > 1)
		return false;
	if (questions == 1) {
		take_name(octets, &r, &question);
		(void)be32(&r);			/* type and class */
	}
	if (!rd_ok(&r))
		return false;
	p.rr = arena_array(a, answers < PACKET_RECORDS ? answers + 1 :
	    PACKET_RECORDS, sizeof(*p.rr));
	p.n = take_section(&p, &r, answers, p.rr);
	if (!rd_ok(&r))
		return false;
	made.canonical = str_dup(a, name);
	if (!follow(&p, type, &made, why))
		return false;
	*why = "a malformed record";
	if (!gather(&p, type, &made))
		return false;
	made.result = result_of(&made);
	if (made.result != DNS_OK)
		lower_ttl(&made, answers > PACKET_RECORDS ? 0 :
		    negative_ttl(&p, &r, authorities));
	*out = made;
	return true;
}
