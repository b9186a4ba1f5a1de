#include "imap/grammar/scan.h"

struct scan
scan_of(struct str command, struct arena *a)
{
	return (struct scan){ .r = rd_of(command), .a = a };
}

void
scan_fail(struct scan *s, const char *want)
{
	if (!s->want)
		s->want = want;
	rd_fail(&s->r);
}

void
scan_over(struct scan *s, const char *what)
{
	s->limit = s->limit || !s->want;
	scan_fail(s, what);
}

static bool
is_space(char c)
{
	return c == ' ';
}

static bool
skip_spaces(struct scan *s)
{
	return rd_while(&s->r, is_space).n > 0;
}

void
scan_need(struct scan *s, char c, const char *want)
{
	if (!scan_opt(s, c))
		scan_fail(s, want);
}

void
scan_sp(struct scan *s)
{
	if (!skip_spaces(s))
		scan_fail(s, "expected a space");
}

void
scan_end(struct scan *s)
{
	(void)skip_spaces(s);
	if (!rd_done(&s->r))
		scan_fail(s, "unexpected text behind the arguments");
}

bool
scan_opt(struct scan *s, char c)
{
	struct rd before = s->r;

	if (c == ' ') {
		/* Something has to follow in the list or command. */
		return skip_spaces(s) && rd_left(&s->r) > 0 &&
		    rd_peek(&s->r) != ')';
	}
	if (c == ')')
		(void)skip_spaces(s);
	if (!rd_opt(&s->r, c)) {
		s->r = before;
		return false;
	}
	if (c == '(')
		(void)skip_spaces(s);
	return true;
}

bool
scan_opt_text(struct scan *s, struct str text)
{
	struct rd before = s->r;

	if (text.p[0] == ' ') {
		if (!skip_spaces(s))
			return false;
		text = str_from(text, 1);
	}
	if (!rd_opt_word(&s->r, text)) {
		s->r = before;
		return false;
	}
	if (text.n && (text.p[text.n - 1] == '(' || text.p[text.n - 1] == ' '))
		(void)skip_spaces(s);
	return true;
}

/* atom-specials = "(" / ")" / "{" / SP / CTL / "%" / "*" / DQUOTE / "\" /
 *                 "]" */
bool
is_atom_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("(){%*\"\\]", c);
}

bool
is_astring_char(char c)
{
	return is_atom_char(c) || c == ']';
}

static bool
is_tag_char(char c)
{
	return is_astring_char(c) && c != '+';
}

static bool
is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-';
}

struct str
scan_name(struct scan *s, const char *want)
{
	struct str name = rd_while(&s->r, is_name_char);

	if (name.n == 0)
		scan_fail(s, want);
	return name;
}

int
word_find(const struct word *w, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqi(w[i].name, name))
			return w[i].value;
	}
	return -1;
}

int
scan_word(struct scan *s, const struct word *w, size_t n, const char *want)
{
	int v = word_find(w, n, scan_name(s, want));

	if (v < 0)
		scan_fail(s, want);
	return v;
}

struct str
scan_tag(struct scan *s)
{
	struct str tag = rd_while(&s->r, is_tag_char);

	if (tag.n == 0 || tag.n > TAG_MAX) {
		scan_fail(s, "expected a tag");
		return STR_NULL;
	}
	return tag;
}

struct str
scan_atom(struct scan *s)
{
	struct str atom = rd_while(&s->r, is_atom_char);

	if (atom.n == 0)
		scan_fail(s, "expected an atom");
	return atom;
}

static struct str
unescape_quoted(struct scan *s, struct str raw)
{
	char *p = arena_alloc(s->a, raw.n);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\\')
			i++;
		p[n++] = raw.p[i];
	}
	return str_make(p, n);
}

/* Behind the opening DQUOTE up to and with the closing one; as it came. */
static struct str
quoted_raw(struct scan *s, bool *escaped)
{
	const char *start = s->r.p;
	int c;

	while ((c = rd_next(&s->r)) != '"') {
		if (c == '\\') {
			*escaped = true;
			c = rd_next(&s->r);
			if (c != '"' && c != '\\')
				return STR_NULL;
		}
		if (c <= 0 || c == '\r' || c == '\n')
			return STR_NULL;
	}
	return str_make(start, (size_t)(s->r.p - start) - 1);
}

struct str
scan_quoted_octets(struct scan *s)
{
	bool escaped = false;
	struct str raw;

	scan_need(s, '"', "expected a quoted string");
	raw = quoted_raw(s, &escaped);
	if (!raw.p)
		scan_fail(s, "not a well-formed quoted string");
	return escaped && raw.p ? unescape_quoted(s, raw) : raw;
}

/* QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> /
 *               "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4 */
struct str
scan_quoted(struct scan *s)
{
	struct str text = scan_quoted_octets(s);

	if (str_is_utf8(text))
		return text;
	scan_fail(s, "not a well-formed quoted string");
	return STR_NULL;
}

static struct str
literal_octets(struct scan *s)
{
	uint64_t n;

	scan_need(s, '{', "expected a string");
	n = scan_number64(s);
	(void)scan_opt(s, '+');
	scan_need(s, '}', "not a well-formed literal");
	scan_need(s, '\r', "not a well-formed literal");
	scan_need(s, '\n', "not a well-formed literal");
	if (!scan_ok(s) || n > rd_left(&s->r)) {
		scan_fail(s, "not a well-formed literal");
		return STR_NULL;
	}
	return rd_take(&s->r, (size_t)n);
}

struct str
scan_literal(struct scan *s)
{
	struct str octets = literal_octets(s);

	if (str_chr(octets, '\0') < octets.n)
		scan_fail(s, "a literal with NUL in it");
	return octets;
}

struct str
scan_literal8(struct scan *s)
{
	scan_need(s, '~', "expected a literal8");
	return literal_octets(s);
}

struct str
scan_string(struct scan *s)
{
	return rd_peek(&s->r) == '{' ? scan_literal(s) : scan_quoted(s);
}

struct str
scan_astring(struct scan *s)
{
	struct str atom;
	int c = rd_peek(&s->r);

	if (c == '"' || c == '{')
		return scan_string(s);
	atom = rd_while(&s->r, is_astring_char);
	if (atom.n == 0)
		scan_fail(s, "expected an atom or a string");
	return atom;
}

struct str
scan_nstring(struct scan *s)
{
	if (scan_opt_text(s, STR("NIL")))
		return STR_NULL;
	return scan_string(s);
}

uint64_t
scan_number64(struct scan *s)
{
	struct str digits = rd_while(&s->r, ascii_is_digit);
	uint64_t v = 0;

	if (!str_u64(digits, &v))
		scan_fail(s, "expected a number");
	return v;
}

uint64_t
scan_modseq(struct scan *s)
{
	uint64_t v = scan_number64(s);

	if (v > INT64_MAX)
		scan_fail(s, "expected a mod-sequence");
	return v;
}

uint32_t
scan_number(struct scan *s)
{
	uint64_t v = scan_number64(s);

	if (v > UINT32_MAX)
		scan_fail(s, "a number over 4294967295");
	return scan_ok(s) ? (uint32_t)v : 0;
}

/* nz-number = digit-nz *DIGIT */
uint32_t
scan_nz_number(struct scan *s)
{
	if (rd_peek(&s->r) == '0')
		scan_fail(s, "expected a number that does not start with 0");
	return scan_number(s);
}
