/*
 * build_field.c - one header field, whatever its value is.
 */
#include "base/timetext.h"
#include "mime/build_int.h"

enum {
	NAME_MAX_OCTETS = 76,
	LINE_MAX_OCTETS = 998,	/* RFC 5322 2.1.1 */
	BRACKETED_MAX = 900,
};

/* ftext = %d33-57 / %d59-126                                 RFC 5322 3.6.8 */
static bool
is_field_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == ':')
			return false;
	return s.n > 0 && s.n <= NAME_MAX_OCTETS;
}

bool
build_is_bracketed(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    s.p[i] == '<' || s.p[i] == '>')
			return false;
	return s.n > 0 && s.n <= BRACKETED_MAX && str_is_utf8(s);
}

static int
invalid(struct err *err, struct str name, const char *what)
{
	return err_set(err, E_INVALID, "%.*s: %s", STR_FMT(str_first(name,
	    NAME_MAX_OCTETS)), what);
}

/* ---- as it is ------------------------------------------------------------ */

/* A line of a value, without its CRLF. A fold is a space or tab, and more than
 * that follows it.                                           RFC 5322 2.2.3 */
static bool
is_raw_line(struct str line, bool first)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '\r' || line.p[i] == '\n' || line.p[i] == 0)
			return false;
	return first || (line.n > 0 && ascii_is_wsp(line.p[0]) &&
	    str_trim(line).n > 0);
}

static int
put_raw(struct buf *out, const struct build_field *f, struct err *err)
{
	struct str rest = f->text;
	size_t left = LINE_MAX_OCTETS - f->name.n - 1;
	bool first = true;

	if (!str_is_utf8(rest) && rest.n > 0)
		return invalid(err, f->name, "not UTF-8");
	while (first || rest.p) {
		size_t n = str_find(rest, STR("\r\n"));

		if (n > left || !is_raw_line(str_first(rest, n), first))
			return invalid(err, f->name, "not lines of a field");
		rest = n < rest.n ? str_from(rest, n + 2) : STR_NULL;
		left = LINE_MAX_OCTETS;
		first = false;
	}
	buf_str(out, f->name);
	buf_chr(out, ':');
	buf_str(out, f->text);
	buf_lit(out, "\r\n");
	return 0;
}

/* ---- addresses ----------------------------------------------------------- */

/* Is it one quoted-string?                                  RFC 5322 3.2.4 */
static bool
is_quoted_string(struct str s)
{
	if (s.n < 2 || s.p[0] != '"')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++) {
		if (s.p[i] == '"')
			return false;
		i += s.p[i] == '\\';
		if (i + 1 == s.n)
			return false;	/* the last quote was escaped */
	}
	return s.p[s.n - 1] == '"';
}

static bool
is_domain(struct str s)
{
	if (s.n > 2 && s.p[0] == '[')	/* domain-literal */
		return str_chr(s, ']') == s.n - 1 &&
		    str_rchr(s, '[') == 0 && str_chr(s, '\\') == s.n;
	return field_is_dot_atom(s);
}

/* addr-spec = local-part "@" domain                          RFC 5322 3.4.1 */
static bool
put_addr_spec(struct buf *b, struct str address)
{
	size_t at = str_rchr(address, '@');
	struct str local = str_first(address, at);

	if (at == address.n || address.n > BRACKETED_MAX ||
	    !str_is_utf8(address) || !is_domain(str_from(address, at + 1)))
		return false;
	for (size_t i = 0; i < local.n; i++)
		if ((unsigned char)local.p[i] < ' ' || local.p[i] == 0x7f)
			return false;
	if (field_is_dot_atom(local) || is_quoted_string(local))
		buf_str(b, local);
	else
		buf_quoted(b, local);
	buf_str(b, str_from(address, at));
	return true;
}

static int
put_mailbox(struct field_put *f, const struct build_address *x)
{
	auto_buf b = BUF_INIT(2 * BRACKETED_MAX);

	if (x->name.n > 0) {
		field_phrase(f, x->name);
		buf_chr(&b, '<');
	}
	if (!put_addr_spec(&b, x->address))
		return E_INVALID;
	if (x->name.n > 0)
		buf_chr(&b, '>');
	if (buf_failed(&b))
		return E_INVALID;
	field_word(f, buf_get(&b));
	return 0;
}

/* address-list, group = display-name ":" [group-list] ";"      RFC 5322 3.4 */
static int
put_addresses(struct field_put *p, const struct build_field *f,
    struct err *err)
{
	bool comma = false, group = false;

	for (size_t i = 0; i < f->n; i++) {
		const struct build_address *x = &f->addresses[i];

		if (x->kind == BUILD_GROUP_END) {
			if (!group)
				return invalid(err, f->name,
				    "a group ends that did not begin");
			field_mark(p, STR(";"));
			group = false;
			comma = true;
			continue;
		}
		if (comma)
			field_mark(p, STR(","));
		if (x->kind == BUILD_GROUP) {
			if (group)
				return invalid(err, f->name,
				    "a group in a group");
			field_phrase(p, x->name);
			field_mark(p, STR(":"));
			group = true;
			comma = false;
			continue;
		}
		if (put_mailbox(p, x) < 0)
			return err_set(err, E_INVALID,
			    "%.*s: \"%.*s\" is no address", STR_FMT(f->name),
			    STR_FMT(str_first(x->address, 100)));
		comma = true;
	}
	return group ? invalid(err, f->name, "a group without an end") : 0;
}

/* ---- others -------------------------------------------------------------- */

/* "<a>", with or without a comma between two: RFC 5322 3.6.4, RFC 2369 2 */
static int
put_list(struct field_put *p, const struct build_field *f, const char *mark,
    struct err *err)
{
	for (size_t i = 0; i < f->n; i++) {
		auto_buf b = BUF_INIT(BRACKETED_MAX + 2);

		if (!build_is_bracketed(f->list[i]))
			return err_set(err, E_INVALID,
			    "%.*s: \"%.*s\" cannot stand there",
			    STR_FMT(f->name),
			    STR_FMT(str_first(f->list[i], 100)));
		buf_printf(&b, "<%.*s>", STR_FMT(f->list[i]));
		if (i > 0)
			field_mark(p, str_c(mark));
		field_word(p, buf_get(&b));
	}
	return 0;
}

static int
put_date(struct field_put *p, const struct build_field *f, struct err *err)
{
	auto_buf b = BUF_INIT(100);
	const struct mail_date *d = &f->date;

	/* 0000 to 9999: four digits. */
	if (d->at < -62167219200 + 86400 || d->at > 253402300799 - 86400 ||
	    d->offset_min < -1439 || d->offset_min > 1439)
		return invalid(err, f->name, "no date of ours");
	time_rfc5322_zone(&b, d->at, d->offset_min);
	field_word(p, buf_get(&b));
	return 0;
}

int
build_put_field(struct buf *out, const struct build_field *f, struct err *err)
{
	struct field_put p;
	int e = 0;

	if (!is_field_name(f->name))
		return invalid(err, f->name, "no name of a field");
	if (f->form == BUILD_RAW)
		return put_raw(out, f, err);
	p = field_begin(out, f->name);
	if (f->form == BUILD_TEXT)
		field_text(&p, f->text);
	else if (f->form == BUILD_ADDRESSES)
		e = put_addresses(&p, f, err);
	else if (f->form == BUILD_DATE)
		e = put_date(&p, f, err);
	else
		e = put_list(&p, f, f->form == BUILD_URLS ? "," : "", err);
	field_end(&p);
	return e;
}
