#include "trust/mta_sts.h"

#include <inttypes.h>
#include <stdio.h>

enum { EXT_NAME_MAX = 32, LABEL_MAX = 63, NAME_MAX = 253 };

const char *
sts_mode_name(enum sts_mode mode)
{
	static const char *const names[] = { "none", "testing", "enforce" };

	return (size_t)mode < NELEM(names) ? names[mode] : "none";
}

static struct str
trim_wsp(struct str s)
{
	while (s.n > 0 && ascii_is_wsp(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && ascii_is_wsp(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* sts-ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".") */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && (i == 0 ||
		    (s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')))
			return false;
	return s.n > 0 && s.n <= EXT_NAME_MAX;
}

/* The record -------------------------------------------------------------- */

bool
sts_is_record(struct str txt)
{
	return str_starts(txt, STR("v=STSv1;"));
}

static bool
is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]))
			return false;
	return s.n > 0 && s.n <= STS_ID_MAX;
}

/* sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E) */
static bool
is_record_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == ';' ||
		    s.p[i] == '=')
			return false;
	return s.n > 0;
}

bool
sts_record_parse(struct str txt, struct str *id)
{
	struct str field, name, value, rest;
	bool have = false, more = str_cut(txt, ';', &field, &rest);

	if (!more || !str_eq(trim_wsp(field), STR("v=STSv1")))
		return false;
	while (more) {
		more = str_cut(rest, ';', &field, &rest);
		field = trim_wsp(field);
		if (field.n == 0 && !more)
			break;	/* the last delimiter may stand alone */
		if (!str_cut(field, '=', &name, &value) || !is_name(name) ||
		    !is_record_value(value))
			return false;
		if (!str_eq(name, STR("id")) || have)
			continue;
		if (!is_id(value))
			return false;
		have = true;
		*id = value;
	}
	return have;
}

/* The policy -------------------------------------------------------------- */

/* Domain of RFC 5321 4.1.2, and the underscore that some hosts have. */
static bool
is_domain(struct str s)
{
	size_t label = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c != '.' && c != '-' && c != '_' && !ascii_is_alnum(c))
			return false;
		if (c == '.' && label == 0)
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_MAX)
			return false;
	}
	return label > 0 && s.n <= NAME_MAX;
}

/* *vchar with spaces in it: UTF-8 without controls. */
static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && str_is_utf8(s);
}

struct reading {
	struct sts_text *out;
	struct buf *mx;
	bool version, mode, age;	/* 3.2: the first one counts */
};

static const char *
read_version(struct reading *r, struct str value)
{
	if (!r->version && !str_eq(value, STR("STSv1")))
		return "its version is not STSv1";
	r->version = true;
	return NULL;
}

static const char *
read_mode(struct reading *r, struct str value)
{
	for (int m = STS_NONE; m <= STS_ENFORCE && !r->mode; m++)
		if (str_eq(value, str_c(sts_mode_name((enum sts_mode)m)))) {
			r->out->mode = (enum sts_mode)m;
			r->mode = true;
		}
	return r->mode ? NULL : "its mode is none that there is";
}

static const char *
read_max_age(struct reading *r, struct str value)
{
	uint64_t s;

	if (r->age)
		return NULL;
	if (value.n > 10 || !str_u64(value, &s))
		return "its max_age is no number";
	r->out->max_age_s = s > STS_AGE_MAX ? STS_AGE_MAX : (uint32_t)s;
	r->age = true;
	return NULL;
}

static const char *
read_mx(struct reading *r, struct str value)
{
	if (!is_domain(str_starts(value, STR("*.")) ? str_from(value, 2) :
	    value))
		return "an mx of it is no name of a host";
	if (r->mx->n > 0)
		buf_chr(r->mx, ' ');
	for (size_t i = 0; i < value.n; i++)
		buf_chr(r->mx, ascii_lower(value.p[i]));
	return buf_failed(r->mx) ? "it has too many mx" : NULL;
}

static const char *
read_field(struct reading *r, struct str line)
{
	static const struct {
		const char *name;
		const char *(*fn)(struct reading *, struct str);
	} fields[] = { { "version", read_version }, { "mode", read_mode },
		{ "max_age", read_max_age }, { "mx", read_mx } };
	struct str name, value;

	if (!str_cut(line, ':', &name, &value) || !is_name(name) ||
	    !is_value(value = trim_wsp(value)))
		return "a line of it is no field";
	for (size_t i = 0; i < NELEM(fields); i++)
		if (str_eq(name, str_c(fields[i].name)))
			return fields[i].fn(r, value);
	return NULL;	/* an extension */
}

/* sts-policy-term = LF / CRLF. An empty line, which the grammar does not have,
 * says nothing: a domain with one more at its end still wants to be safe. */
bool
sts_text_parse(struct str text, struct arena *a, struct sts_text *out,
    const char **wrong)
{
	auto_buf mx = BUF_INIT(STS_MX_OCTETS);
	struct reading r = { .out = out, .mx = &mx };
	struct str line, rest = text;
	bool more = true;

	*out = (struct sts_text){ 0 };
	*wrong = NULL;
	while (more && !*wrong) {
		more = str_cut(rest, '\n', &line, &rest);
		if (more && line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		line = trim_wsp(line);
		if (line.n > 0)
			*wrong = read_field(&r, line);
	}
	if (!*wrong && (!r.version || !r.mode || !r.age))
		*wrong = "it lacks its version, mode or max_age";
	if (!*wrong && out->mode != STS_NONE && mx.n == 0)
		*wrong = "it names no mx";
	out->mx = str_dup(a, buf_get(&mx));
	return !*wrong;
}

bool
sts_mx_allows(struct str mx, struct str host)
{
	struct str pattern, parent = str_from(host, str_chr(host, '.'));

	while (mx.n > 0) {
		(void)str_cut(mx, ' ', &pattern, &mx);
		/* "*" is the left-most label, whole, and no more than it */
		if (str_starts(pattern, STR("*."))) {
			if (parent.n > 0 && parent.n < host.n &&
			    str_eqi(str_from(pattern, 1), parent))
				return true;
		} else if (pattern.n > 0 && str_eqi(pattern, host)) {
			return true;
		}
	}
	return false;
}

/* Of our own domains ------------------------------------------------------ */

/* mx is for any mode but none.                                         3.2 */
void
sts_our_text(struct buf *b, enum sts_mode mode, struct str host)
{
	buf_printf(b, "version: STSv1\r\nmode: %s\r\n", sts_mode_name(mode));
	if (mode != STS_NONE)
		buf_printf(b, "mx: %.*s\r\n", STR_FMT(host));
	buf_printf(b, "max_age: %d\r\n", mode == STS_NONE ?
	    STS_OUR_AGE_NONE : STS_OUR_AGE);
}

/* FNV-1a: it is our own text, and nobody gains by another of the same id. */
void
sts_our_id(struct str text, char id[STS_OUR_ID + 1])
{
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (uint8_t)text.p[i]) * 0x100000001b3U;
	(void)snprintf(id, STS_OUR_ID + 1, "%016" PRIx64, h);
}
