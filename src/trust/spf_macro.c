#include "base/rd.h"
#include "trust/spf_macro.h"

enum { PARTS_MAX = 128 };	/* 7.3: at least 127 */

struct macro {
	char letter;		/* '%', '_', '-' of "%%" and the like; 0: a
				 * literal */
	bool escape;		/* an upper-case letter */
	bool reverse;
	uint32_t keep;		/* right-hand parts; 0: all */
	struct str delimiters;	/* empty: "." */
	struct str literal;
};

static bool
is_delimiter(char c)
{
	return c != '\0' && strchr(".-+,/_=", c) != NULL;
}

static bool
is_literal(char c)
{
	return c > 0x20 && c < 0x7f && c != '%';
}

/* Of "%{" letter [digits] ["r"] delimiters "}" what follows the brace. */
static void
braces(struct rd *r, struct macro *m)
{
	int c = rd_next(r);
	struct str digits;

	m->letter = c < 0 ? '\0' : ascii_lower((char)c);
	m->escape = c >= 'A' && c <= 'Z';
	if (m->letter == '\0' || !strchr("slodipvhcrt", m->letter))
		rd_fail(r);
	digits = rd_while(r, ascii_is_digit);
	if (digits.n > 0) {
		/* More than there can be is all of them. */
		if (!str_u32(digits, &m->keep))
			m->keep = PARTS_MAX;
		if (m->keep == 0)
			rd_fail(r);
	}
	m->reverse = rd_opt(r, 'r') || rd_opt(r, 'R');
	m->delimiters = rd_while(r, is_delimiter);
	(void)rd_need(r, '}');
}

/* The next macro or run of literals; false at the end or where it is wrong.
 *                                                            RFC 7208 7.1 */
static bool
next_macro(struct rd *r, struct macro *m)
{
	int c;

	*m = (struct macro){ 0 };
	if (rd_left(r) == 0)
		return false;
	if (!rd_opt(r, '%')) {
		/* A space, where the caller lets it pass. */
		m->literal = rd_opt(r, ' ') ? STR(" ") :
		    rd_some(r, is_literal);
		return rd_ok(r);
	}
	c = rd_next(r);
	if (c == '{')
		braces(r, m);
	else if (c == '%' || c == '_' || c == '-')
		m->letter = (char)c;
	else
		rd_fail(r);
	return rd_ok(r);
}

bool
spf_macros_ok(struct str s, bool of_text)
{
	struct rd r = rd_of(s);
	struct macro m;

	while (next_macro(&r, &m)) {
		if (of_text)
			continue;
		if (str_eq(m.literal, STR(" ")) || m.letter == 'c' ||
		    m.letter == 'r' || m.letter == 't')
			return false;
	}
	return rd_ok(&r);
}

/* ( *alphanum ALPHA *alphanum ) /
 * ( 1*alphanum "-" *( alphanum / "-" ) alphanum ) */
static bool
is_toplabel(struct str s)
{
	bool letter = false, hyphen = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '-')
			hyphen = true;
		else if (!ascii_is_alnum(s.p[i]))
			return false;
		letter = letter || ascii_is_alpha(s.p[i]);
	}
	if (hyphen)
		return s.p[0] != '-' && s.p[s.n - 1] != '-';
	return letter;
}

/* macro-string ( "." toplabel [ "." ] / macro-expand )         RFC 7208 7.1 */
bool
spf_domain_spec_ok(struct str s)
{
	struct rd r = rd_of(s);
	struct str tail = s;
	struct macro m;
	size_t dot;

	if (s.n == 0 || !spf_macros_ok(s, false))
		return false;
	while (next_macro(&r, &m))
		if (m.letter != '\0')
			tail = rd_rest(&r);
	if (tail.n == 0)
		return true;
	if (tail.p[tail.n - 1] == '.')
		tail.n--;
	dot = str_rchr(tail, '.');
	return dot < tail.n && is_toplabel(str_from(tail, dot + 1));
}

bool
spf_macros_want_name(struct str s)
{
	struct rd r = rd_of(s);
	struct macro m;

	while (next_macro(&r, &m))
		if (m.letter == 'p')
			return true;
	return false;
}

static struct str
value_of(const struct spf_values *v, char letter)
{
	switch (letter) {
	case 's': return v->sender;
	case 'l': return v->local;
	case 'o': return v->sender_domain;
	case 'd': return v->domain;
	case 'i': return v->dotted;
	case 'p': return v->name;
	case 'v': return v->family;
	case 'h': return v->helo;
	case 'c': return v->readable;
	case 'r': return v->receiver;
	case 't': return v->time;
	default: return STR_NULL;
	}
}

/* RFC 3986 2.3 */
static bool
is_unreserved(char c)
{
	return percent_plain(c) || c == '~';
}

/* RFC 7208 7.3 */
static void
put_escaped(struct buf *out, struct str s, bool escape)
{
	if (escape)
		buf_percent(out, s, is_unreserved);
	else
		buf_str(out, s);
}

/* Split, turn around, cut off on the left, and join by dots: RFC 7208 7.3
 * Values are short; of one with more parts than a name has labels the last
 * part is all the rest. */
static void
put_parts(struct buf *out, struct str value, const struct macro *m)
{
	struct str by = m->delimiters.n ? m->delimiters : STR(".");
	uint16_t begin[PARTS_MAX + 1] = { 0 };
	size_t n = 0, from, part;

	value = str_first(value, UINT16_MAX - 1);
	for (size_t i = 0; i <= value.n; i++)
		if (i == value.n || (n < PARTS_MAX - 1 &&
		    str_chr(by, value.p[i]) < by.n))
			begin[++n] = (uint16_t)(i + 1);
	from = m->keep && m->keep < n ? n - m->keep : 0;
	for (size_t i = from; i < n; i++) {
		part = m->reverse ? n - 1 - i : i;
		if (i > from)
			buf_chr(out, '.');
		put_escaped(out, str_from(str_first(value,
		    begin[part + 1] - 1u), begin[part]), m->escape);
	}
}

void
spf_expand(struct str s, const struct spf_values *v, struct buf *out)
{
	struct rd r = rd_of(s);
	struct macro m;

	while (next_macro(&r, &m)) {
		if (m.letter == '\0')
			buf_str(out, m.literal);
		else if (m.letter == '%')
			buf_chr(out, '%');
		else if (m.letter == '_')
			buf_chr(out, ' ');
		else if (m.letter == '-')
			buf_lit(out, "%20");
		else if (m.keep || m.reverse || m.delimiters.n)
			put_parts(out, value_of(v, m.letter), &m);
		else
			put_escaped(out, value_of(v, m.letter), m.escape);
	}
}
