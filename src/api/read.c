/*
 * read.c - what was asked for, as a message.
 */
#include <stdarg.h>
#include <stdio.h>

#include "api/api_int.h"
#include "base/b64.h"
#include "base/markup.h"
#include "base/timetext.h"
#include "mime/address.h"
#include "mime/field_put.h"
#include "smtp/path.h"

enum {
	ADDRESS_TEXT_MAX = 1000,
	SOURCE_OCTETS = 12 * 1024, /* of an attachment at once; by 3 */
	VALUE_MAX = 4 << 20,	/* octets of a text with its values in it */
};

struct reading {
	const json_t *request, *values;
	struct arena *a;
	struct api_message *m;
	struct api_fault *fault;
	int which;
	size_t values_left;	/* of API_VALUES_MAX */
	char *room;	/* for a piece of an attachment */
};

static bool printf_like(3, 4)
wrong(struct reading *r, const char *pointer, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)snprintf(r->fault->pointer, sizeof(r->fault->pointer), "%s",
	    pointer);
	(void)vsnprintf(r->fault->detail, sizeof(r->fault->detail), fmt, args);
	va_end(args);
	return false;
}

/* ---- addresses ----------------------------------------------------------- */

/* In the one form it has everywhere. */
static bool
read_address(struct arena *a, struct str text, struct str *out)
{
	struct path path;

	if (text.n > ADDRESS_TEXT_MAX || !str_is_utf8(text) ||
	    !smtp_mailbox(text, a, &path) || path.domain.n == 0)
		return false;
	*out = str_dup(a, path.text);
	return true;
}

static bool
is_there(const struct api_addresses *l, struct str address)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i], address))
			return true;
	return false;
}

static bool
add_rcpt(struct reading *r, const char *pointer, struct str address)
{
	struct api_addresses *l = &r->m->rcpts;

	if (is_there(l, address))
		return true;
	if (l->n == l->max)
		return wrong(r, pointer, "More than %zu recipients", l->max);
	l->v[l->n++] = address;
	return true;
}

/* The people of a field. */
struct people {
	struct build_address *v;
	size_t n, max;
};

static bool
add_person(struct reading *r, struct people *p, const char *pointer,
    struct str name, struct str text)
{
	struct build_address *x = &p->v[p->n];

	if (p->n == p->max)
		return wrong(r, pointer, "More than %zu addresses", p->max);
	if (!read_address(r->a, text, &x->address))
		return wrong(r, pointer, "\"%.*s\" is no address",
		    STR_FMT(str_first(text, 100)));
	x->kind = BUILD_MAILBOX;
	x->name = name;
	p->n++;
	return true;
}

/* "Alice A <alice@example.org>, bob@example.org"; groups are their members. */
static bool
add_list(struct reading *r, struct people *p, const char *pointer,
    struct str list)
{
	struct address_list found = address_parse(r->a, list, p->max + 1);
	size_t before = p->n;

	for (size_t i = 0; i < found.n; i++) {
		const struct address *x = &found.v[i];
		auto_buf b = BUF_INIT(ADDRESS_TEXT_MAX);

		if (x->kind != ADDRESS_MAILBOX)
			continue;
		field_addr_spec(&b, x->mailbox, x->host);
		if (!add_person(r, p, pointer, x->name,
		    str_dup(r->a, buf_get(&b))))
			return false;
	}
	return p->n > before || wrong(r, pointer, "\"%.*s\" is no address",
	    STR_FMT(str_first(list, 100)));
}

/* A text as above, or {"address": ..., "name": ...}. */
static bool
add_people(struct reading *r, struct people *p, const char *pointer,
    const json_t *value)
{
	struct str name = STR_NULL, address;

	if (json_is_string(value))
		return add_list(r, p, pointer,
		    str_make(json_string_value(value),
			json_string_length(value)));
	(void)json_text_of(value, "name", &name);
	if (!json_is_object(value) ||
	    !json_text_of(value, "address", &address))
		return wrong(r, pointer, "Expected an address, or an object "
		    "with address and name");
	return add_person(r, p, pointer, name, address);
}

/* One of them, or an array. Of the first `only` (API_ALL: of all). */
static bool
read_people(struct reading *r, const char *member, int only,
    struct people *p)
{
	const json_t *value = json_object_get(r->request, member);
	size_t n = json_is_array(value) ? json_array_size(value) : 1;
	char pointer[API_POINTER_MAX];

	p->max = r->m->rcpts.max;
	p->v = arena_array(r->a, p->max + 1, sizeof(*p->v));
	if (!value || json_is_null(value))
		return true;
	if (!json_is_array(value)) {
		(void)snprintf(pointer, sizeof(pointer), "/%s", member);
		return add_people(r, p, pointer, value);
	}
	for (size_t i = 0; i < n; i++) {
		if (only != API_ALL && i != (size_t)only)
			continue;
		(void)snprintf(pointer, sizeof(pointer), "/%s/%zu", member, i);
		if (!add_people(r, p, pointer, json_array_get(value, i)))
			return false;
	}
	return true;
}

/* ---- fields -------------------------------------------------------------- */

static struct build_field *
add_field(struct reading *r, const char *name, enum build_form form)
{
	struct build_field *f = &r->m->fields[r->m->nfields++];

	bug_if(r->m->nfields > API_FIELDS_MAX);
	*f = (struct build_field){ .name = str_c(name), .form = form };
	return f;
}

static bool
read_people_field(struct reading *r, const char *member, const char *name,
    bool rcpts)
{
	int only = strcmp(member, "to") == 0 ? r->which : API_ALL;
	struct people p = { 0 };
	struct build_field *f;
	char pointer[API_POINTER_MAX];

	if (!read_people(r, member, only, &p))
		return false;
	(void)snprintf(pointer, sizeof(pointer), "/%s", member);
	for (size_t i = 0; i < p.n && rcpts; i++)
		if (!add_rcpt(r, pointer, p.v[i].address))
			return false;
	if (p.n == 0 || !name)	/* Bcc is nobody's business */
		return true;
	f = add_field(r, name, BUILD_ADDRESSES);
	f->addresses = p.v;
	f->n = p.n;
	return true;
}

static bool
read_from(struct reading *r)
{
	struct people p = { 0 };
	struct build_field *f;

	if (!read_people(r, "from", API_ALL, &p))
		return false;
	if (p.n != 1)
		return wrong(r, "/from", "Expected one address");
	r->m->from = p.v[0].address;
	f = add_field(r, "From", BUILD_ADDRESSES);
	f->addresses = p.v;
	f->n = 1;
	return true;
}

/* ---- texts --------------------------------------------------------------- */

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"')
			buf_lit(b, "&quot;");
		else
			markup_chr(b, s.p[i]);
}

/* "{{name}}" is the recipient's value of that name. */
static bool
put_values(struct reading *r, const char *pointer, struct str text, bool html,
    struct str *out)
{
	auto_buf b = BUF_INIT(r->values_left < VALUE_MAX ? r->values_left :
	    VALUE_MAX);
	struct str value;

	while (text.n > 0) {
		size_t at = str_find(text, STR("{{")), end;
		const char *name;

		buf_str(&b, str_first(text, at));
		text = str_from(text, at);
		end = str_find(text, STR("}}"));
		if (end == text.n) {
			buf_str(&b, text);
			break;
		}
		name = str_dupz(r->a, str_trim(str_first(str_from(text, 2),
		    end - 2)));
		text = str_from(text, end + 2);
		if (!json_text_of(r->values, name, &value))
			return wrong(r, pointer, "{{%.60s}}: recipient %d has "
			    "no such value", name, r->which);
		if (html)
			put_escaped(&b, value);
		else
			buf_str(&b, value);
	}
	if (buf_failed(&b))
		return wrong(r, pointer, "Too long with the values in it");
	r->values_left -= b.n;
	*out = str_dup(r->a, buf_get(&b));
	return true;
}

/* A text of this object; .p is NULL if it has none. */
static bool
read_text(struct reading *r, const json_t *object, const char *member,
    const char *pointer, bool html, struct str *out)
{
	const json_t *value = json_object_get(object, member);

	*out = STR_NULL;
	if (!value || json_is_null(value))
		return true;
	if (!json_text_of(object, member, out))
		return wrong(r, pointer, "Expected a text");
	return r->which == API_ALL || put_values(r, pointer, *out, html, out);
}

/* ---- more header --------------------------------------------------------- */

/* Those that programs have a use for. What a message says of its way, of who
 * wrote it and how it is to be read is not theirs to say. */
static bool
is_allowed(struct str name)
{
	static const char *const names[] = { "Auto-Submitted", "Comments",
		"Content-Language", "Feedback-ID", "Importance", "In-Reply-To",
		"Keywords", "Organization", "Precedence", "Priority",
		"References", "User-Agent" };

	if (str_startsi(name, STR("X-")) || str_startsi(name, STR("List-")))
		return true;
	for (size_t i = 0; i < NELEM(names); i++)
		if (str_eqi(name, str_c(names[i])))
			return true;
	return false;
}

static bool
read_header(struct reading *r)
{
	json_t *object = json_object_get(r->request, "headers");
	const json_t *value;
	const char *name;
	struct str text;

	if (object && !json_is_object(object) && !json_is_null(object))
		return wrong(r, "/headers", "Expected an object");
	json_object_foreach(object, name, value) {
		char pointer[API_POINTER_MAX];

		(void)value;
		(void)snprintf(pointer, sizeof(pointer), "/headers/%.100s",
		    name);
		if (!is_allowed(str_c(name)))
			return wrong(r, pointer,
			    "This field is not for programs to say");
		if (r->m->nfields == API_FIELDS_MAX)
			return wrong(r, pointer, "Too many fields");
		if (!read_text(r, object, name, pointer, false, &text))
			return false;
		if (!text.p)
			return wrong(r, pointer, "Expected a text");
		add_field(r, name, BUILD_TEXT)->text = text;
	}
	return true;
}

/* ---- attachments --------------------------------------------------------- */

/* What is in base64 is decoded a piece at a time, so it is in memory once, as
 * it came. */
struct encoded {
	struct build_source source;
	struct str text;
	char *room;	/* for a piece; of all of one message */
};

static bool
decode_piece(struct str text, uint64_t offset, struct arena *a,
    struct str *octets)
{
	/* Only the last three are less: behind those there is nothing. */
	size_t at = offset % 3 == 0 ? (size_t)(offset / 3 * 4) : text.n;
	struct str rest = str_from(text, at);
	struct str piece = str_first(rest, SOURCE_OCTETS / 3 * 4);

	return b64_decode(piece, a, octets) && (piece.n == rest.n ||
	    octets->n == SOURCE_OCTETS);
}

static int
read_encoded(void *arg, uint64_t offset, struct str *octets,
    struct err *err unused_arg)
{
	const struct encoded *e = arg;
	struct arena *a = arena_new(SOURCE_OCTETS + 16);
	struct str piece;

	if (!decode_piece(e->text, offset, a, &piece))
		bug("base64 that was looked at does not decode");
	memcpy(e->room, piece.p, piece.n);
	*octets = str_make(e->room, piece.n);
	arena_free(a);
	return 0;
}

static bool
is_base64(struct str text)
{
	uint64_t offset = 0;
	struct str piece;
	bool fine;

	do {
		struct arena *a = arena_new(SOURCE_OCTETS + 16);

		fine = decode_piece(text, offset, a, &piece);
		offset += fine ? piece.n : 0;
		arena_free(a);
	} while (fine && piece.n == SOURCE_OCTETS);
	return fine && offset == text.n / 4 * 3 -
	    (text.n > 0 && text.p[text.n - 1] == '=') -
	    (text.n > 1 && text.p[text.n - 2] == '=');
}

static bool
read_attachment(struct reading *r, const json_t *object, const char *pointer,
    struct build_part *p)
{
	struct encoded *e = arena_new_of(r->a, struct encoded);

	*p = (struct build_part){ .type = STR("application/octet-stream"),
		.disposition = STR("attachment"), .source = &e->source };
	if (!json_text_of(object, "content", &e->text))
		return wrong(r, pointer, "An attachment has content");
	/* They are the same for all. */
	if (r->which <= 0 && !is_base64(e->text))
		return wrong(r, pointer, "The content is not base64");
	if (!r->room)
		r->room = arena_alloc(r->a, SOURCE_OCTETS);
	e->room = r->room;
	e->source = (struct build_source){ read_encoded, e };
	(void)json_text_of(object, "name", &p->name);
	(void)json_text_of(object, "type", &p->type);
	if (json_text_of(object, "cid", &p->id))
		p->disposition = STR("inline");
	return true;
}

/* What HTML shows by its cid stands beside it. */
static bool
read_attachments(struct reading *r, struct build_shape *shape)
{
	const json_t *list = json_object_get(r->request, "attachments");
	size_t n = json_array_size(list);
	struct build_part *shown, *others;

	if (list && !json_is_array(list) && !json_is_null(list))
		return wrong(r, "/attachments", "Expected an array");
	if (n > API_PARTS_MAX)
		return wrong(r, "/attachments", "More than %d",
		    API_PARTS_MAX);
	shown = arena_array(r->a, n + 1, sizeof(*shown));
	others = arena_array(r->a, n + 1, sizeof(*others));
	shape->related = shown;
	shape->attached = others;
	for (size_t i = 0; i < n; i++) {
		struct build_part p;
		char pointer[API_POINTER_MAX];

		(void)snprintf(pointer, sizeof(pointer), "/attachments/%zu",
		    i);
		if (!read_attachment(r, json_array_get(list, i), pointer, &p))
			return false;
		if (p.id.n > 0)
			shown[shape->nrelated++] = p;
		else
			others[shape->nattached++] = p;
	}
	return true;
}

/* ---- all of it ----------------------------------------------------------- */

static bool
read_body(struct reading *r)
{
	struct build_part *text = arena_new_of(r->a, struct build_part);
	struct build_part *html = arena_new_of(r->a, struct build_part);
	struct build_shape shape = { 0 };

	text->type = STR("text/plain");
	html->type = STR("text/html");
	if (!read_text(r, r->request, "text", "/text", false,
	    &text->octets) ||
	    !read_text(r, r->request, "html", "/html", true,
	    &html->octets) || !read_attachments(r, &shape))
		return false;
	if (!text->octets.p && !html->octets.p)
		return wrong(r, "", "A message has text, or html, or both");
	shape.text = text->octets.p ? text : NULL;
	shape.html = html->octets.p ? html : NULL;
	r->m->body = build_shape(r->a, &shape);
	return true;
}

/* A member that is not known is a mistake of who wrote it. */
static bool
knows_members(struct reading *r)
{
	static const char *const members[] = { "from", "to", "cc", "bcc",
		"reply_to", "subject", "text", "html", "headers",
		"attachments", "each", "send_at" };
	const json_t *value;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)r->request, name, value) {
		char pointer[API_POINTER_MAX];
		size_t i = 0;

		(void)value;
		while (i < NELEM(members) && strcmp(name, members[i]) != 0)
			i++;
		(void)snprintf(pointer, sizeof(pointer), "/%.100s", name);
		if (i == NELEM(members))
			return wrong(r, pointer, "There is no such member");
	}
	return true;
}

/* "2026-12-01T08:00:00Z", or null: at once. */
static bool
read_send_at(struct reading *r)
{
	const json_t *value = json_object_get(r->request, "send_at");
	struct str text;

	if (!value || json_is_null(value))
		return true;
	if (!json_text_of(r->request, "send_at", &text) ||
	    !time_read_utc(text, &r->m->send_at))
		return wrong(r, "/send_at", "Expected a time in UTC, as "
		    "2026-12-01T08:00:00Z");
	return true;
}

bool
api_read(const json_t *request, int which, size_t max_rcpts, struct arena *a,
    struct api_message *m, struct api_fault *fault)
{
	struct reading r = { .request = request, .a = a, .m = m,
		.fault = fault, .which = which,
		.values_left = API_VALUES_MAX };
	struct str subject;

	*m = (struct api_message){ .rcpts.max = max_rcpts };
	m->rcpts.v = arena_array(a, max_rcpts, sizeof(*m->rcpts.v));
	if (which != API_ALL)
		r.values = json_object_get(json_array_get(
		    json_object_get(request, "to"), (size_t)which), "values");
	if (!json_is_object(request))
		return wrong(&r, "", "Expected an object");
	if (!knows_members(&r) || !read_send_at(&r) || !read_from(&r) ||
	    !read_people_field(&r, "reply_to", "Reply-To", false) ||
	    !read_people_field(&r, "to", "To", true) ||
	    !read_people_field(&r, "cc", "Cc", true) ||
	    !read_people_field(&r, "bcc", NULL, true) ||
	    !read_text(&r, request, "subject", "/subject", false, &subject))
		return false;
	if (m->rcpts.n == 0)
		return wrong(&r, "/to", "Expected a recipient");
	if (subject.p)
		add_field(&r, "Subject", BUILD_TEXT)->text = subject;
	return read_header(&r) && read_body(&r);
}

bool
api_read_each(const json_t *request, size_t *n, struct api_fault *fault)
{
	struct reading r = { .fault = fault };
	const json_t *each = json_object_get(request, "each");
	const json_t *to = json_object_get(request, "to");

	*n = 0;
	if (each && !json_is_boolean(each))
		return wrong(&r, "/each", "Expected true or false");
	if (!json_is_true(each))
		return true;
	if (json_object_get(request, "cc") || json_object_get(request, "bcc"))
		return wrong(&r, "/each", "With each there is neither cc "
		    "nor bcc");
	*n = json_array_size(to);
	if (!json_is_array(to) || *n == 0 || *n > API_EACH_MAX)
		return wrong(&r, "/to", "Expected 1 to %d recipients",
		    API_EACH_MAX);
	for (size_t i = 0; i < *n; i++)
		if (!json_is_object(json_array_get(to, i)))
			return wrong(&r, "/to", "With each, a recipient is "
			    "an object with address, name and values");
	return true;
}

/* ---- a query ------------------------------------------------------------- */

/* pct-encoded = "%" HEXDIG HEXDIG; "+" is itself.            RFC 3986 2.1 */
static bool
decode_percent_in(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high, low;

		if (s.p[i] != '%') {
			p[n++] = s.p[i];
			continue;
		}
		high = s.n - i > 2 ? ascii_hex(s.p[i + 1]) : -1;
		low = s.n - i > 2 ? ascii_hex(s.p[i + 2]) : -1;
		if (high < 0 || low < 0)
			return false;
		p[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*out = str_make(p, n);
	return true;
}

/* name=value, once unless it is `to`. */
static bool
take_of_query(struct reading *r, struct str name, struct str value)
{
	struct api_message *m = r->m;
	struct str address;

	if (str_eq(name, STR("send_at")) && m->send_at == 0)
		return time_read_utc(value, &m->send_at) || wrong(r, "",
		    "Expected send_at=2026-12-01T08:00:00Z, a time in UTC");
	if (!read_address(r->a, value, &address))
		return wrong(r, "", "\"%.*s\": expected from=address and "
		    "to=address", STR_FMT(str_first(value, 100)));
	if (str_eq(name, STR("to")))
		return add_rcpt(r, "", address);
	if (!str_eq(name, STR("from")) || m->from.n > 0)
		return wrong(r, "", "\"%.*s\" is not known, or said twice",
		    STR_FMT(str_first(name, 100)));
	m->from = address;
	return true;
}

bool
api_read_query(struct str query, size_t max_rcpts, struct arena *a,
    struct api_message *m, struct api_fault *fault)
{
	struct reading r = { .a = a, .m = m, .fault = fault };
	struct str one, name, value;

	*m = (struct api_message){ .rcpts.max = max_rcpts };
	m->rcpts.v = arena_array(a, max_rcpts, sizeof(*m->rcpts.v));
	while (query.n > 0) {
		if (!str_cut(query, '&', &one, &query))
			query = STR_NULL;
		if (!str_cut(one, '=', &name, &value) ||
		    !decode_percent_in(a, value, &value))
			return wrong(&r, "", "\"%.*s\": expected from=address "
			    "and to=address", STR_FMT(str_first(one, 100)));
		if (!take_of_query(&r, name, value))
			return false;
	}
	if (m->from.n == 0 || m->rcpts.n == 0)
		return wrong(&r, "", "Expected from=address and to=address");
	return true;
}
