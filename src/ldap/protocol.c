#include "ldap/protocol.h"

#include "ldap/ber.h"
#include "ldap/filter.h"

enum {
	BIND_REQUEST = 0x60,
	UNBIND_REQUEST = 0x42,
	SEARCH_REQUEST = 0x63,
	EXTENDED_REQUEST = 0x77,
	SIMPLE = 0x80,		/* of AuthenticationChoice */
	REQUEST_NAME = 0x80,	/* of ExtendedRequest */
	CONTROLS = 0xa0,
	VERSION = 3,
	WHOLE_SUBTREE = 2,
	NEVER_DEREF = 0,
};

#define STARTTLS STR("1.3.6.1.4.1.1466.20037")	/* RFC 4511 4.14.1 */
#define PAGED STR("1.2.840.113556.1.4.319")	/* RFC 2696 3 */

/* What a server says ------------------------------------------------------ */

/* LDAPResult: what stands behind it is nobody's here. */
static void
read_result(struct str octets, struct ldap_message *m, struct rd *outer)
{
	struct rd r = rd_of(octets);

	m->code = ber_number(&r, BER_ENUMERATED);
	(void)ber_need(&r, BER_OCTETS);	/* matchedDN */
	m->words = str_first(ber_need(&r, BER_OCTETS), LDAP_WORDS_MAX);
	if (!rd_ok(&r))
		rd_fail(outer);
}

static void
read_entry(struct str octets, struct ldap_message *m, struct rd *outer)
{
	struct rd r = rd_of(octets);

	m->dn = ber_need(&r, BER_OCTETS);
	m->attributes = ber_need(&r, BER_SEQUENCE);
	if (!rd_done(&r))
		rd_fail(outer);
}

/* realSearchControlValue ::= SEQUENCE { size INTEGER, cookie OCTET STRING } */
static void
read_cookie(struct str value, struct ldap_message *m, struct rd *outer)
{
	struct rd r = rd_of(value), in;

	in = rd_of(ber_need(&r, BER_SEQUENCE));
	(void)ber_number(&in, BER_INTEGER);
	m->cookie = ber_need(&in, BER_OCTETS);
	if (!rd_ok(&r) || !rd_done(&in) || m->cookie.n > LDAP_COOKIE_MAX)
		rd_fail(outer);
}

/* Control ::= SEQUENCE { controlType, criticality DEFAULT FALSE,
 * controlValue OPTIONAL } */
static void
read_controls(struct str octets, struct ldap_message *m, struct rd *outer)
{
	struct rd all = rd_of(octets);

	while (rd_left(&all) > 0) {
		struct rd r = rd_of(ber_need(&all, BER_SEQUENCE));
		struct str type = ber_need(&r, BER_OCTETS);

		if (rd_peek(&r) == BER_BOOLEAN)
			(void)ber_take(&r);
		if (rd_ok(&r) && str_eq(type, PAGED))
			read_cookie(ber_need(&r, BER_OCTETS), m, outer);
		if (!rd_ok(&r))
			rd_fail(&all);
	}
	if (!rd_ok(&all))
		rd_fail(outer);
}

bool
ldap_read(struct str octets, struct ldap_message *m)
{
	struct rd whole = rd_of(octets), r;
	struct ldap_message out = { 0 };
	struct ber op;

	r = rd_of(ber_need(&whole, BER_SEQUENCE));
	out.id = ber_number(&r, BER_INTEGER);
	op = ber_take(&r);
	out.op = op.tag;
	if (!rd_done(&whole) || !rd_ok(&r))
		return false;
	switch (op.tag) {
	case LDAP_BIND_RESPONSE:
	case LDAP_SEARCH_DONE:
	case LDAP_EXTENDED_RESPONSE:
		read_result(op.octets, &out, &r);
		break;
	case LDAP_ENTRY:
		read_entry(op.octets, &out, &r);
		break;
	default:
		break;
	}
	if (rd_peek(&r) == CONTROLS)
		read_controls(ber_need(&r, CONTROLS), &out, &r);
	if (!rd_done(&r))
		return false;
	*m = out;
	return true;
}

bool
ldap_attribute(struct rd *r, struct str *name, struct rd *values)
{
	struct rd in;
	struct str type;

	if (rd_left(r) == 0)
		return false;
	in = rd_of(ber_need(r, BER_SEQUENCE));
	type = ber_need(&in, BER_OCTETS);
	*values = rd_of(ber_need(&in, BER_SET));
	*name = str_first(type, str_chr(type, ';'));
	if (rd_ok(r) && rd_done(&in))
		return true;
	rd_fail(r);
	return false;
}

bool
ldap_value(struct rd *values, struct str *value)
{
	if (rd_left(values) == 0)
		return false;
	*value = ber_need(values, BER_OCTETS);
	return rd_ok(values);
}

/* What is said ------------------------------------------------------------ */

static size_t
begin_message(struct buf *b, uint32_t id)
{
	size_t at = ber_begin(b, BER_SEQUENCE);

	ber_put_number(b, BER_INTEGER, id);
	return at;
}

void
ldap_put_bind(struct buf *b, uint32_t id, struct str dn, struct str password)
{
	size_t at = begin_message(b, id), op = ber_begin(b, BIND_REQUEST);

	ber_put_number(b, BER_INTEGER, VERSION);
	ber_put(b, BER_OCTETS, dn);
	ber_put(b, SIMPLE, password);
	ber_end(b, op);
	ber_end(b, at);
}

void
ldap_put_starttls(struct buf *b, uint32_t id)
{
	size_t at = begin_message(b, id), op = ber_begin(b, EXTENDED_REQUEST);

	ber_put(b, REQUEST_NAME, STARTTLS);
	ber_end(b, op);
	ber_end(b, at);
}

void
ldap_put_unbind(struct buf *b, uint32_t id)
{
	size_t at = begin_message(b, id);

	buf_chr(b, UNBIND_REQUEST);
	buf_chr(b, 0);
	ber_end(b, at);
}

static void
put_paged(struct buf *b, const struct ldap_search *s)
{
	size_t all = ber_begin(b, CONTROLS), one = ber_begin(b, BER_SEQUENCE);
	size_t value, in;

	ber_put(b, BER_OCTETS, PAGED);
	ber_put_boolean(b, BER_BOOLEAN, true);
	value = ber_begin(b, BER_OCTETS);
	in = ber_begin(b, BER_SEQUENCE);
	ber_put_number(b, BER_INTEGER, s->page);
	ber_put(b, BER_OCTETS, s->cookie);
	ber_end(b, in);
	ber_end(b, value);
	ber_end(b, one);
	ber_end(b, all);
}

static void
put_attributes(struct buf *b, struct str names)
{
	size_t at = ber_begin(b, BER_SEQUENCE);
	struct str rest = names, one;
	bool more = true;

	while (more) {
		more = str_cut(rest, ' ', &one, &rest);
		if (one.n > 0)
			ber_put(b, BER_OCTETS, one);
	}
	ber_end(b, at);
}

bool
ldap_put_search(struct buf *b, uint32_t id, const struct ldap_search *s)
{
	size_t at = begin_message(b, id), op = ber_begin(b, SEARCH_REQUEST);

	ber_put(b, BER_OCTETS, s->base);
	ber_put_number(b, BER_ENUMERATED, WHOLE_SUBTREE);
	ber_put_number(b, BER_ENUMERATED, NEVER_DEREF);
	ber_put_number(b, BER_INTEGER, 0);	/* as many as there are */
	ber_put_number(b, BER_INTEGER, s->time_s);
	ber_put_boolean(b, BER_BOOLEAN, false);
	if (!ldap_filter_put(s->filter, b))
		return false;
	put_attributes(b, s->attributes);
	ber_end(b, op);
	put_paged(b, s);
	ber_end(b, at);
	return !buf_failed(b);
}
