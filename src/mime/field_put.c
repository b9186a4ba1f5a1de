#include "mime/field_put.h"

#include "base/b64.h"
#include "base/err.h"

enum {
	COLUMNS = 78,		/* RFC 5322 2.1.1 */
	WORD_PLAIN_MAX = 900,	/* a longer one would not fit into a line */
	PHRASE_PLAIN_MAX = 200,
	ENCODED_COLUMNS = 76,	/* of a line with encoded words: RFC 2047 2 */
	ENCODED_MAX = 56,	/* encoded-text, with all around it under 75 */
	ENCODED_LEAST = 16,	/* less room, and the line ends first */
	PARAM_PLAIN_MAX = 60,
	PARAM_PIECE = 48,	/* of a value that is cut */
};

struct field_put
field_begin(struct buf *out, struct str name)
{
	buf_str(out, name);
	buf_chr(out, ':');
	return (struct field_put){ out, name.n + 1 };
}

void
field_end(struct field_put *f)
{
	buf_lit(f->out, "\r\n");
}

void
field_mark(struct field_put *f, struct str mark)
{
	buf_str(f->out, mark);
	f->column += mark.n;
}

static void
fold(struct field_put *f)
{
	buf_lit(f->out, "\r\n");
	f->column = 0;
}

void
field_word(struct field_put *f, struct str word)
{
	if (f->column + 1 + word.n > COLUMNS && f->column > 1)
		fold(f);
	field_mark(f, STR(" "));
	field_mark(f, word);
}

/* ---- encoded words ------------------------------------------------------- */

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* Take a character off; one octet of what is no UTF-8. */
static struct str
next_char(struct str *s)
{
	uint32_t code;
	size_t n = str_utf8_char(*s, &code);
	struct str c = str_first(*s, n > 0 ? n : 1);

	*s = str_from(*s, c.n);
	return is_control(c.p[0]) ? STR(" ") : c;
}

static bool
is_plain_q(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!*+-/", c));
}

static size_t
q_octets(struct str c)
{
	return c.n == 1 && (is_plain_q(c.p[0]) || c.p[0] == ' ') ? 1 : 3 * c.n;
}

static void
put_q(struct buf *b, struct str c)
{
	for (size_t i = 0; i < c.n; i++)
		if (c.p[i] == ' ')
			buf_chr(b, '_');
		else if (is_plain_q(c.p[i]))
			buf_chr(b, c.p[i]);
		else
			buf_printf(b, "=%02X", (unsigned char)c.p[i]);
}

/* Half of it can be read then. */
static bool
is_fit_for_q(struct str s)
{
	size_t plain = 0, all = 0;

	for (; s.n > 0; all++)
		plain += q_octets(next_char(&s)) == 1;
	return 2 * plain >= all;
}

/* One encoded word of the front of *s: characters are not cut (RFC 2047 5). */
static void
take_encoded(struct str *s, const char *charset, bool q, size_t room,
    struct buf *word)
{
	auto_buf octets = BUF_INIT(ENCODED_MAX);
	size_t used = 0;

	buf_printf(word, "=?%s?%c?", charset, q ? 'q' : 'b');
	while (s->n > 0) {
		struct str rest = *s, c = next_char(&rest);
		size_t n = q ? used + q_octets(c) :
		    (octets.n + c.n + 2) / 3 * 4;

		if (n > room)
			break;
		*s = rest;
		used = n;
		if (q)
			put_q(word, c);
		else
			buf_str(&octets, c);
	}
	b64_put(word, buf_get(&octets));
	buf_lit(word, "?=");
}

static void
put_encoded(struct field_put *f, struct str s)
{
	const char *charset = str_is_utf8(s) ? "utf-8" : "iso-8859-1";
	size_t around = strlen(charset) + 7, room;
	bool q = is_fit_for_q(s);

	do {
		auto_buf word = BUF_INIT(100);

		if (f->column + 1 + around + ENCODED_LEAST > ENCODED_COLUMNS)
			fold(f);
		room = ENCODED_COLUMNS - f->column - 1 - around;
		take_encoded(&s, charset, q,
		    room < ENCODED_MAX ? room : ENCODED_MAX, &word);
		bug_if(buf_failed(&word));
		field_mark(f, STR(" "));
		field_mark(f, buf_get(&word));
	} while (s.n > 0);
}

/* ---- text ---------------------------------------------------------------- */

/* The white space in front of s, and the word behind it. */
static size_t
chunk_octets(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_wsp(s.p[n]))
		n++;
	while (n < s.n && !ascii_is_wsp(s.p[n]))
		n++;
	return n;
}

/* Printable ASCII, and not to be taken for an encoded word. */
static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_control(s.p[i]) && s.p[i] != '\t')
			return false;
	return (s.n == 0 || str_is_ascii(s)) && str_find(s, STR("=?")) == s.n;
}

/* Comes out as it went in when it is unfolded and trimmed. */
static bool
is_plain_text(struct str s)
{
	if (!is_printable(s) || str_trim(s).n != s.n)
		return false;
	while (s.n > 0) {
		size_t n = chunk_octets(s);

		if (n > WORD_PLAIN_MAX)
			return false;
		s = str_from(s, n);
	}
	return true;
}

void
field_text(struct field_put *f, struct str text)
{
	if (!is_plain_text(text)) {
		put_encoded(f, text);
		return;
	}
	field_mark(f, STR(" "));
	for (size_t at = 0; at < text.n;) {
		struct str rest = str_from(text, at);
		size_t n = chunk_octets(rest);

		if (at > 0 && f->column + n > COLUMNS)
			fold(f);
		field_mark(f, str_first(rest, n));
		at += n;
	}
}

/* ---- phrases ------------------------------------------------------------- */

bool
field_is_atext(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c > 0x7f ||
	    (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

bool
field_is_dot_atom(struct str s)
{
	bool dot = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? dot : !field_is_atext(s.p[i]))
			return false;
		dot = s.p[i] == '.';
	}
	return !dot;
}

/* Atoms with one space between them. */
static bool
is_atoms(struct str s)
{
	bool space = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ' ? space : !field_is_atext(s.p[i]))
			return false;
		space = s.p[i] == ' ';
	}
	return !space;
}

void
field_phrase(struct field_put *f, struct str name)
{
	auto_buf quoted = BUF_INIT(2 * PHRASE_PLAIN_MAX + 2);
	struct str word;

	if (!is_printable(name) || name.n > PHRASE_PLAIN_MAX) {
		put_encoded(f, name);
	} else if (is_atoms(name)) {
		while (str_cut(name, ' ', &word, &name))
			field_word(f, word);
		field_word(f, word);
	} else {
		buf_quoted(&quoted, name);
		field_word(f, buf_get(&quoted));
	}
}

/* ---- parameters ---------------------------------------------------------- */

bool
field_is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("()<>@,;:\\\"/[]?=", s.p[i]))
			return false;
	return s.n > 0;
}

/* attribute-char of RFC 2231 7: no "*", "'" or "%" either. */
static bool
is_attribute(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$&+-.^_`{|}~", c));
}

/* name*0*=utf-8''...; name*1*=...                             RFC 2231 3, 4 */
static void
put_extended(struct field_put *f, struct str name, struct str value)
{
	const char *charset = str_is_utf8(value) ? "utf-8" : "iso-8859-1";

	for (unsigned i = 0; i == 0 || value.n > 0; i++) {
		auto_buf b = BUF_INIT(200);
		size_t begin;

		buf_printf(&b, "%.*s*%u*=", STR_FMT(name), i);
		if (i == 0)
			buf_printf(&b, "%s''", charset);
		begin = b.n;
		while (value.n > 0 && b.n - begin < PARAM_PIECE)
			buf_percent(&b, next_char(&value), is_attribute);
		bug_if(buf_failed(&b));
		field_mark(f, STR(";"));
		field_word(f, buf_get(&b));
	}
}

void
field_param(struct field_put *f, struct str name, struct str value)
{
	auto_buf b = BUF_INIT(2 * PARAM_PLAIN_MAX + 100);

	if (!is_printable(value) || value.n > PARAM_PLAIN_MAX ||
	    str_chr(value, '\t') < value.n) {
		put_extended(f, name, value);
		return;
	}
	buf_str(&b, name);
	buf_chr(&b, '=');
	if (field_is_token(value))
		buf_str(&b, value);
	else
		buf_quoted(&b, value);
	bug_if(buf_failed(&b));
	field_mark(f, STR(";"));
	field_word(f, buf_get(&b));
}

void
field_addr_spec(struct buf *b, struct str local, struct str domain)
{
	if (field_is_dot_atom(local))
		buf_str(b, local);
	else
		buf_quoted(b, local);
	buf_chr(b, '@');
	buf_str(b, domain);
}
