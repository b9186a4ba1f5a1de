#include "http/grammar.h"

#include "base/rd.h"

static const struct str methods[] = { STR("GET"), STR("HEAD"), STR("POST"),
	STR("PUT"), STR("PATCH"), STR("DELETE"), STR("OPTIONS") };

const char *
http_method_name(enum http_method m)
{
	for (size_t i = 0; i < NELEM(methods); i++) {
		if (m == 1u << i)
			return methods[i].p;
	}
	return "";
}

/* 0: it is none of them. */
static enum http_method
method_named(struct str name)
{
	for (size_t i = 0; i < NELEM(methods); i++) {
		if (str_eq(methods[i], name))
			return (enum http_method)(1u << i);
	}
	return 0;
}

/* tchar                                                      RFC 9110 5.6.2 */
static bool
is_tchar(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* field-vchar / SP / HTAB; obs-text is text.                   RFC 9110 5.5 */
static bool
is_field_text(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 0x20 && c < 0x7f) ||
	    c == '\t';
}

/* ---- the target ---------------------------------------------------------- */

/* pchar and "/", percent-encoded as it may be                 RFC 3986 3.3 */
static bool
is_path(char c)
{
	return ascii_is_alnum(c) || (c && strchr("/%-._~!$&'()*+,;=:@", c));
}

static bool
is_query(char c)
{
	return is_path(c) || c == '?';
}

/* unreserved, sub-delims and what a literal of IPv6 has     RFC 3986 3.2.2 */
static bool
is_host(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_';
}

static bool
is_v6(char c)
{
	return ascii_hex(c) >= 0 || c == ':' || c == '.';
}

bool
http_host(struct str value, struct str *name, struct str *port)
{
	struct rd r = rd_of(value);
	struct str digits = STR_NULL;
	uint32_t n;

	if (rd_opt(&r, '[')) {
		(void)rd_some(&r, is_v6);
		(void)rd_need(&r, ']');
	} else {
		(void)rd_some(&r, is_host);
	}
	if (!rd_ok(&r) || r.p - value.p > HTTP_HOST_MAX)
		return false;
	*name = str_first(value, (size_t)(r.p - value.p));
	if (rd_opt(&r, ':')) {
		digits = rd_while(&r, ascii_is_digit);
		if (digits.n > 0 && (!str_u32(digits, &n) || n > UINT16_MAX))
			return false;
	}
	*port = digits;
	return rd_done(&r);
}

/* %41 is A; false: no two digits, or a NUL. */
static bool
decode_segment(struct str s, struct arena *a, struct str *out)
{
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++, n++) {
		int high = 0, low = 0;

		to[n] = s.p[i];
		if (s.p[i] != '%')
			continue;
		if (s.n - i < 3 || (high = ascii_hex(s.p[i + 1])) < 0 ||
		    (low = ascii_hex(s.p[i + 2])) < 0 || high + low == 0)
			return false;
		to[n] = (char)(high << 4 | low);
		i += 2;
	}
	*out = str_make(to, n);
	return true;
}

bool
http_query(const struct http_head *h, struct str name, struct arena *a,
    struct str *value)
{
	struct str rest = h->query, pair, key, text;

	while (rest.n > 0) {
		if (!str_cut(rest, '&', &pair, &rest))
			rest = STR_NULL;
		if (str_cut(pair, '=', &key, &text) && str_eq(key, name))
			return decode_segment(text, a, value);
	}
	return false;
}

/* Of "/a/b" two, of "/" none. Nothing is a way up or nowhere: who sends such a
 * thing has not made the path as RFC 3986 5.2.4 says. */
static uint16_t
split_path(struct http_head *h, struct arena *a)
{
	struct str rest = str_from(h->path, 1), one;

	while (rest.n > 0) {
		bool more = str_cut(rest, '/', &one, &rest);

		if (!more)
			rest = STR_NULL;
		if (h->nsegments == HTTP_SEGMENTS_MAX)
			return 404;
		if (!decode_segment(one, a, &h->segment[h->nsegments]))
			return 400;
		one = h->segment[h->nsegments++];
		if (one.n == 0 || str_eq(one, STR(".")) ||
		    str_eq(one, STR("..")))
			return 400;
	}
	return 0;
}

/* absolute-form, for proxies: what it says goes before Host.  RFC 9112 3.2.2 */
static bool
take_authority(struct rd *r, struct http_head *h)
{
	struct str name, port, rest;
	size_t n;

	if (!rd_opt_word(r, STR("http://")) && !rd_opt_word(r, STR("https://")))
		return false;
	rest = rd_rest(r);
	for (n = 0; n < rest.n && rest.p[n] != '/' && rest.p[n] != '?'; n++)
		continue;
	h->host = rd_take(r, n);
	return http_host(h->host, &name, &port);
}

/* request-target                                              RFC 9112 3.2 */
static uint16_t
read_target(struct str target, struct http_head *h, struct arena *a)
{
	struct rd r = rd_of(target);

	if (h->method == HTTP_OPTIONS && str_eq(target, STR("*"))) {
		h->path = target;
		return 0;
	}
	if (rd_peek(&r) != '/' && !take_authority(&r, h))
		return 400;
	h->path = rd_while(&r, is_path);
	if (rd_opt(&r, '?'))
		h->query = rd_while(&r, is_query);
	if (!rd_done(&r))
		return 400;
	if (h->path.n == 0)
		h->path = STR("/");
	return split_path(h, a);
}

/* ---- the request line ---------------------------------------------------- */

/* HTTP-version = "HTTP" "/" DIGIT "." DIGIT; 0, or a status.    RFC 9112 2.3 */
static uint16_t
read_version(struct str s, uint32_t *minor)
{
	if (s.n != 8 || !str_starts(s, STR("HTTP/")) ||
	    !ascii_is_digit(s.p[5]) || s.p[6] != '.' ||
	    !ascii_is_digit(s.p[7]))
		return 400;
	if (s.p[5] != '1')
		return 505;
	*minor = s.p[7] == '0' ? 0 : 1;
	return 0;
}

static bool
is_target(char c)
{
	return c > 0x20 && c < 0x7f;
}

/* request-line = method SP request-target SP HTTP-version       RFC 9112 3 */
uint16_t
http_head_begin(struct http_head *h, struct str line, struct arena *a)
{
	struct rd r = rd_of(line);
	struct str method = rd_some(&r, is_tchar), target;
	uint16_t e;

	memset(h, 0, sizeof(*h));
	(void)rd_need(&r, ' ');
	target = rd_some(&r, is_target);
	(void)rd_need(&r, ' ');
	if (!rd_ok(&r))
		return 400;
	if ((e = read_version(rd_rest(&r), &h->minor)))
		return e;
	h->method = method_named(method);
	return h->method ? read_target(target, h, a) : 501;
}

/* ---- fields -------------------------------------------------------------- */

/* field-line = field-name ":" OWS field-value OWS               RFC 9112 5 */
static bool
read_field(struct str line, struct http_field *f)
{
	struct rd r = rd_of(line);

	f->name = rd_some(&r, is_tchar);
	(void)rd_need(&r, ':');
	f->value = str_trim(rd_while(&r, is_field_text));
	return rd_done(&r);
}

bool
http_is_field(struct str line)
{
	struct http_field f;

	return read_field(line, &f);
}

uint16_t
http_head_field(struct http_head *h, struct str line)
{
	if (h->nfields == HTTP_FIELDS_MAX)
		return 431;
	if (!read_field(line, &h->field[h->nfields]))
		return 400;
	h->nfields++;
	return 0;
}

static size_t
count_fields(const struct http_head *h, struct str name, struct str *last)
{
	size_t n = 0;

	*last = STR_NULL;
	for (size_t i = 0; i < h->nfields; i++) {
		if (!str_eqi(h->field[i].name, name))
			continue;
		*last = h->field[i].value;
		n++;
	}
	return n;
}

bool
http_field_of(const struct http_head *h, struct str name, struct str *value)
{
	if (count_fields(h, name, value) == 1)
		return true;
	*value = STR_NULL;
	return false;
}

bool
http_list_has(const struct http_head *h, struct str name, struct str member)
{
	for (size_t i = 0; i < h->nfields; i++) {
		struct str rest = h->field[i].value, one;

		if (!str_eqi(h->field[i].name, name))
			continue;
		while (rest.n > 0) {
			if (!str_cut(rest, ',', &one, &rest))
				rest = STR_NULL;
			if (str_eqi(str_trim(one), member))
				return true;
		}
	}
	return false;
}

/* How long the body is                                          RFC 9112 6 */
static uint16_t
read_framing(struct http_head *h)
{
	struct str coding, length;
	size_t codings = count_fields(h, STR("Transfer-Encoding"), &coding);
	size_t lengths = count_fields(h, STR("Content-Length"), &length);

	if (codings > 1 || lengths > 1 || (codings && lengths))
		return 400;
	if (codings && (h->minor == 0 || coding.n == 0))
		return 400;
	if (codings && !str_eqi(coding, STR("chunked")))
		return 501;
	h->chunked = codings > 0;
	h->has_length = lengths > 0;
	return lengths && !str_u64(length, &h->length) ? 400 : 0;
}

/* An absolute target has said it already, and Host must be there and well
 * formed all the same.                                         RFC 9112 3.2 */
static uint16_t
read_host(struct http_head *h)
{
	struct str value, name, port;
	size_t n = count_fields(h, STR("Host"), &value);

	if (n > 1 || (n == 0 && h->minor > 0))
		return 400;
	if (n == 1 && !http_host(value, &name, &port))
		return 400;
	if (h->host.n == 0)
		h->host = value;
	return 0;
}

/* Who speaks 1.0 does not know it.                           RFC 9110 10.1.1 */
static uint16_t
read_expect(struct http_head *h)
{
	struct str expect;
	size_t n = count_fields(h, STR("Expect"), &expect);

	if (n > 0 && (n > 1 || !str_eqi(expect, STR("100-continue"))))
		return 417;
	h->expects = n > 0 && h->minor > 0;
	return 0;
}

uint16_t
http_head_end(struct http_head *h)
{
	uint16_t e;

	if ((e = read_host(h)) || (e = read_framing(h)))
		return e;
	h->close = h->minor == 0 ||
	    http_list_has(h, STR("Connection"), STR("close"));
	return read_expect(h);
}

/* ---- pairs                                              RFC 9113 8.2, 8.3 */

/* What a connection is told frames say; who says it so as well wants to be
 * read in two ways.                                          RFC 9113 8.2.2 */
static bool
is_of_connection(struct str name, struct str value)
{
	static const struct str names[] = { STR("connection"),
		STR("keep-alive"), STR("proxy-connection"),
		STR("transfer-encoding"), STR("upgrade") };

	for (size_t i = 0; i < NELEM(names); i++) {
		if (str_eq(names[i], name))
			return true;
	}
	return str_eq(name, STR("te")) && !str_eqi(value, STR("trailers"));
}

/* Each stands before all fields, once at most. */
static uint16_t
take_pseudo(struct http_head *h, struct str name, struct str value)
{
	struct str host, port;

	if (h->nfields > 0)
		return 400;
	if (str_eq(name, STR(":method"))) {
		if (h->method)
			return 400;
		h->method = method_named(value);
		return h->method ? 0 : 501;
	}
	if (str_eq(name, STR(":path"))) {
		if (h->path.n > 0 || value.n == 0)
			return 400;
		h->path = value;
		return 0;
	}
	if (str_eq(name, STR(":authority"))) {
		if (h->host.n > 0 || !http_host(value, &host, &port))
			return 400;
		h->host = value;
		return 0;
	}
	/* Nothing is spoken here but inside TLS. */
	return str_eq(name, STR(":scheme")) && str_eq(value, STR("https")) ?
	    0 : 400;
}

uint16_t
http_head_pair(struct http_head *h, struct str name, struct str value)
{
	struct rd n = rd_of(name), v = rd_of(value);

	if (name.n > 0 && name.p[0] == ':')
		return take_pseudo(h, name, value);
	if (h->nfields == HTTP_FIELDS_MAX)
		return 431;
	(void)rd_some(&n, is_tchar);
	(void)rd_while(&v, is_field_text);
	if (!rd_done(&n) || !rd_done(&v) || is_of_connection(name, value))
		return 400;
	for (size_t i = 0; i < name.n; i++) {	/* RFC 9113 8.2.1 */
		if (ascii_lower(name.p[i]) != name.p[i])
			return 400;
	}
	h->field[h->nfields++] = (struct http_field){ name, str_trim(value) };
	return 0;
}

/* Several are one, so that what is said of each pair can be packed better.
 *                                                            RFC 9113 8.2.3 */
static void
join_cookies(struct http_head *h, struct arena *a)
{
	struct http_field *first = NULL;
	size_t n = 0, kept = 0, at = 0;
	char *all;

	for (size_t i = 0; i < h->nfields; i++) {
		if (str_eq(h->field[i].name, STR("cookie")))
			n += h->field[i].value.n + 2;
	}
	all = arena_alloc(a, n);
	for (size_t i = 0; i < h->nfields; i++) {
		struct http_field f = h->field[i];

		if (!str_eq(f.name, STR("cookie"))) {
			h->field[kept++] = f;
			continue;
		}
		if (!first) {
			first = &h->field[kept++];
		} else {
			memcpy(all + at, "; ", 2);
			at += 2;
		}
		if (f.value.n > 0)
			memcpy(all + at, f.value.p, f.value.n);
		at += f.value.n;
		*first = (struct http_field){ f.name, str_make(all, at) };
	}
	h->nfields = kept;
}

/* Host may be there as well, for who was spoken to in HTTP/1 before; it says
 * nothing else then.                                         RFC 9113 8.3.1 */
static uint16_t
check_authority(struct http_head *h)
{
	struct str value, said = h->host;
	uint16_t e = count_fields(h, STR("host"), &value) == 0 && said.n > 0 ?
	    0 : read_host(h);

	return e == 0 && value.n > 0 && !str_eqi(value, h->host) ? 400 : e;
}

uint16_t
http_head_pairs_end(struct http_head *h, bool body, struct arena *a)
{
	struct str target = h->path;
	uint16_t e;

	h->minor = 1;
	h->path = STR_NULL;
	if (!h->method || target.n == 0)
		return 400;
	join_cookies(h, a);
	if ((e = check_authority(h)) || (e = read_framing(h)))
		return e;
	/* A body of a length that nobody said. */
	h->chunked = body && !h->has_length;
	if (!body && h->length > 0)
		return 400;
	/* Of the forms of a target there is one, and "*".     RFC 9113 8.3.1 */
	if (target.p[0] != '/' && !str_eq(target, STR("*")))
		return 400;
	if ((e = read_target(target, h, a)))
		return e;
	return read_expect(h);
}

/* ---- values -------------------------------------------------------------- */

bool
http_is_type(struct str value, struct str type)
{
	struct str head, parameters;

	(void)str_cut(value, ';', &head, &parameters);
	return str_eqi(str_trim(head), type);
}

bool
http_cookie(struct str value, struct str name, struct str *out)
{
	struct str rest = value, pair, key, found;
	size_t n = 0;

	while (rest.n > 0) {
		if (!str_cut(rest, ';', &pair, &rest))
			rest = STR_NULL;
		if (!str_cut(str_trim(pair), '=', &key, &found) ||
		    !str_eq(key, name))
			continue;
		*out = found;
		n++;
	}
	return n == 1;
}
