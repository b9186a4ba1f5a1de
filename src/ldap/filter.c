#include "ldap/filter.h"

#include "ldap/ber.h"

enum { DEPTH_MAX = 20 };

/* RFC 4511 4.5.1: the choices of Filter. */
enum {
	FILTER_AND = 0xa0,
	FILTER_OR = 0xa1,
	FILTER_NOT = 0xa2,
	FILTER_EQUAL = 0xa3,
	FILTER_SUBSTRINGS = 0xa4,
	FILTER_GREATER = 0xa5,
	FILTER_LESS = 0xa6,
	FILTER_PRESENT = 0x87,
	FILTER_APPROX = 0xa8,
	FILTER_EXTENSIBLE = 0xa9,
	SUBSTRING_INITIAL = 0x80,
	SUBSTRING_ANY = 0x81,
	SUBSTRING_FINAL = 0x82,
	MATCH_RULE = 0x81,
	MATCH_TYPE = 0x82,
	MATCH_VALUE = 0x83,
	MATCH_DN = 0x84,
};

static bool
is_attribute_octet(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == ';' ||
	    c == '_';
}

static bool
is_value_octet(char c)
{
	return c != '(' && c != ')' && c != '*' && c != '\\' && c != '\0';
}

/* valueencoding = 0*(normal / escaped)                       RFC 4515 3 */
static void
put_value(struct rd *r, uint8_t tag, struct buf *b)
{
	size_t at = ber_begin(b, tag);

	while (rd_ok(r)) {
		struct str octets;
		int high, low;

		buf_str(b, rd_while(r, is_value_octet));
		if (!rd_opt(r, '\\'))
			break;
		octets = rd_take(r, 2);
		if (!rd_ok(r))
			break;
		high = ascii_hex(octets.p[0]);
		low = ascii_hex(octets.p[1]);
		if (high < 0 || low < 0)
			rd_fail(r);
		else
			buf_chr(b, (char)(high << 4 | low));
	}
	ber_end(b, at);
}

/* Does a "*" come before this item ends? */
static bool
has_star(const struct rd *r)
{
	struct str rest = rd_rest(r);

	rest = str_first(rest, str_chr(rest, ')'));
	return str_chr(rest, '*') < rest.n;
}

/* substring = attr EQUALS [initial] any [final], and present: attr "=*". */
static void
put_substrings(struct rd *r, struct str type, struct buf *b)
{
	struct str rest = rd_rest(r);
	size_t at, in;
	bool first = true, more = true;

	if (rest.n >= 2 && rest.p[0] == '*' && rest.p[1] == ')') {
		(void)rd_next(r);
		ber_put(b, FILTER_PRESENT, type);
		return;
	}
	at = ber_begin(b, FILTER_SUBSTRINGS);
	ber_put(b, BER_OCTETS, type);
	in = ber_begin(b, BER_SEQUENCE);
	while (more && rd_ok(r)) {
		more = has_star(r);
		/* Nothing stands before the first star, or behind the last. */
		if (!(first && rd_peek(r) == '*') &&
		    !(!more && rd_peek(r) == ')'))
			put_value(r, first ? SUBSTRING_INITIAL : more ?
			    SUBSTRING_ANY : SUBSTRING_FINAL, b);
		if (more)
			(void)rd_need(r, '*');
		first = false;
	}
	ber_end(b, in);
	ber_end(b, at);
}

static void
put_pair(struct rd *r, uint8_t tag, struct str type, struct buf *b)
{
	size_t at = ber_begin(b, tag);

	ber_put(b, BER_OCTETS, type);
	put_value(r, BER_OCTETS, b);
	ber_end(b, at);
}

/* extensible = attr [":dn"] [":" rule] ":=" value / [":dn"] ":" rule ":="
 * value */
static void
put_extensible(struct rd *r, struct str type, struct buf *b)
{
	size_t at = ber_begin(b, FILTER_EXTENSIBLE);
	bool dn = rd_opt_word(r, STR(":dn:"));
	struct str rule = STR_NULL;

	if (!dn)
		(void)rd_need(r, ':');
	if (rd_peek(r) != '=') {
		rule = rd_some(r, is_attribute_octet);
		(void)rd_need(r, ':');
	}
	(void)rd_need(r, '=');
	if (rule.n > 0)
		ber_put(b, MATCH_RULE, rule);
	if (type.n > 0)
		ber_put(b, MATCH_TYPE, type);
	if (rule.n == 0 && type.n == 0)
		rd_fail(r);
	put_value(r, MATCH_VALUE, b);
	if (dn)
		ber_put_boolean(b, MATCH_DN, true);
	ber_end(b, at);
}

static void
put_item(struct rd *r, struct buf *b)
{
	struct str type = rd_while(r, is_attribute_octet);
	static const struct {
		struct str sign;
		uint8_t tag;
	} signs[] = { { STR(">="), FILTER_GREATER }, { STR("<="), FILTER_LESS },
		{ STR("~="), FILTER_APPROX } };

	if (rd_peek(r) == ':') {
		put_extensible(r, type, b);
		return;
	}
	if (type.n == 0)
		rd_fail(r);
	for (size_t i = 0; i < NELEM(signs); i++)
		if (rd_opt_word(r, signs[i].sign)) {
			put_pair(r, signs[i].tag, type, b);
			return;
		}
	if (rd_need(r, '=') && has_star(r))
		put_substrings(r, type, b);
	else
		put_pair(r, FILTER_EQUAL, type, b);
}

/* filter = "(" filtercomp ")" */
static void
put_filter(struct rd *r, struct buf *b, int depth)
{
	size_t at;
	bool list = true;
	uint8_t tag = 0;

	if (!rd_need(r, '(') || depth == 0) {
		rd_fail(r);
		return;
	}
	if (rd_opt(r, '&'))
		tag = FILTER_AND;
	else if (rd_opt(r, '|'))
		tag = FILTER_OR;
	else if (rd_opt(r, '!')) {
		tag = FILTER_NOT;
		list = false;
	}
	if (tag == 0) {
		put_item(r, b);
		(void)rd_need(r, ')');
		return;
	}
	at = ber_begin(b, tag);
	do {
		put_filter(r, b, depth - 1);
	} while (list && rd_peek(r) == '(');
	ber_end(b, at);
	(void)rd_need(r, ')');
}

bool
ldap_filter_put(struct str text, struct buf *b)
{
	struct rd r = rd_of(text);

	put_filter(&r, b, DEPTH_MAX);
	return rd_done(&r) && !buf_failed(b);
}
