#include "mime/build.h"

#include "base/vec.h"
#include "mime/build_int.h"
#include "mime/encode.h"

enum {
	OUT_MAX = 8 << 20,	/* of one field */
	OUT_SEND = 16 << 10,	/* enough to be handed on */
	PIECE = 8 << 10,	/* encoded at once */
};

struct builder {
	const struct build_options *o;
	struct buf out;
	struct err *err;
	char last;		/* octet handed on */
	/* How each part is encoded, in the order in which they are written. */
	struct VEC(uint8_t) plan;
	size_t planned;		/* taken from it */
	unsigned boundaries;
	struct encode_survey survey;
	struct encoder encoder;
};

static int
hand_on(struct builder *b, size_t least)
{
	int e;

	if (buf_failed(&b->out))
		return err_set(b->err, E_LIMIT, "a header field is too long");
	if (b->out.n <= least)
		return 0;
	b->last = b->out.p[b->out.n - 1];
	e = b->o->emit(b->o->arg, buf_get(&b->out), b->err);
	buf_reset(&b->out);
	return e;
}

/* ---- what is in a part --------------------------------------------------- */

static bool
is_kind(const struct build_part *p, const char *kind)
{
	return str_startsi(p->type, str_c(kind));
}

/* Line ends are CRLF, whatever they were. */
static int
each_line(struct builder *b, struct str text,
    int (*take)(struct builder *b, struct str octets))
{
	int e = 0;

	while (e == 0 && text.n > 0) {
		size_t n = 0;

		while (n < text.n && text.p[n] != '\r' && text.p[n] != '\n')
			n++;
		e = take(b, str_first(text, n));
		if (e == 0 && n < text.n)
			e = take(b, STR("\r\n"));
		if (n + 1 < text.n && text.p[n] == '\r' &&
		    text.p[n + 1] == '\n')
			n++;
		text = str_from(text, n + 1);
	}
	return e;
}

static int
each_piece(struct builder *b, const struct build_part *p,
    int (*take)(struct builder *b, struct str octets))
{
	uint64_t offset = 0;
	struct str octets;
	int e;

	if (!p->source)
		return is_kind(p, "text/") ? each_line(b, p->octets, take) :
		    take(b, p->octets);
	for (;;) {
		octets = STR_NULL;
		e = p->source->read(p->source->arg, offset, &octets, b->err);
		if (e == 0 && octets.n > 0)
			e = take(b, octets);
		if (e < 0 || octets.n == 0)
			return e;
		offset += octets.n;
	}
}

static int
look(struct builder *b, struct str octets)
{
	encode_look(&b->survey, octets);
	return 0;
}

static int
encode(struct builder *b, struct str octets)
{
	int e = 0;

	while (e == 0 && octets.n > 0) {
		encode_more(&b->encoder, &b->out, str_first(octets, PIECE));
		octets = str_from(octets, PIECE);
		e = hand_on(b, OUT_SEND);
	}
	return e;
}

/* ---- how it is encoded --------------------------------------------------- */

/* Nothing but 7bit, 8bit or binary may stand around parts or a message: RFC
 * 2045 6.4, RFC 2046 5.2.1. */
static int
plan_leaf(struct builder *b, const struct build_part *p, enum encoding *how)
{
	int e;

	*how = ENCODE_BASE64;
	if (is_kind(p, "multipart/"))
		return err_set(b->err, E_INVALID, "%.*s without parts",
		    STR_FMT(str_first(p->type, 80)));
	if (!is_kind(p, "text/") && !is_kind(p, "message/"))
		return 0;
	b->survey = (struct encode_survey){ 0 };
	if ((e = each_piece(b, p, look)) < 0)
		return e;
	*how = encode_choose(&b->survey);
	if (is_kind(p, "text/"))
		return 0;
	if (!encode_is_lines(&b->survey))
		return err_set(b->err, E_INVALID, "%.*s that is not lines",
		    STR_FMT(str_first(p->type, 80)));
	*how = b->survey.eight ? ENCODE_8BIT : ENCODE_7BIT;
	return 0;
}

static bool
is_type(struct str type)
{
	struct str subtype;

	return type.n <= 200 && str_cut(type, '/', &type, &subtype) &&
	    field_is_token(type) && field_is_token(subtype);
}

static int
plan_part(struct builder *b, const struct build_part *p, unsigned depth,
    bool *eight)
{
	enum encoding how = ENCODE_7BIT;
	size_t at = b->plan.n;
	bool below = false;
	int e = 0;

	if (depth > BUILD_DEPTH_MAX)
		return err_set(b->err, E_LIMIT, "parts are nested over %d deep",
		    BUILD_DEPTH_MAX);
	if (!is_type(p->type) ||
	    (p->nparts > 0 && !is_kind(p, "multipart/")))
		return err_set(b->err, E_INVALID, "\"%.*s\" is no type of "
		    "this part", STR_FMT(str_first(p->type, 80)));
	vec_push(&b->plan, (uint8_t)ENCODE_7BIT);
	for (size_t i = 0; i < p->nparts && e == 0; i++)
		e = plan_part(b, &p->parts[i], depth + 1, &below);
	if (e == 0 && p->nparts == 0)
		e = plan_leaf(b, p, &how);
	if (below)
		how = ENCODE_8BIT;
	b->plan.p[at] = (uint8_t)how;
	*eight |= how == ENCODE_8BIT;
	return e;
}

/* ---- its header ---------------------------------------------------------- */

/* No text that stands as it is has a line that begins so (encode.h), and what
 * may not be encoded was there before the id. A number of one is never the
 * beginning of another's. */
static void
put_boundary(struct builder *b, struct buf *out, unsigned number)
{
	buf_printf(out, "=_%u-%.*s", number, STR_FMT(b->o->id));
}

/* Content-Type                              RFC 2045 5, RFC 2046, RFC 2387 */
static int
put_type(struct builder *b, const struct build_part *p, unsigned boundary)
{
	struct field_put f = field_begin(&b->out, STR("Content-Type"));
	auto_buf value = BUF_INIT(200);

	field_word(&f, p->type);
	if (is_kind(p, "text/") && p->charset.n > 0) {
		if (!field_is_token(p->charset) || p->charset.n > 60)
			return err_set(b->err, E_INVALID,
			    "no name of a charset");
		field_param(&f, STR("charset"), p->charset);
	} else if (is_kind(p, "text/") && !p->source) {
		field_param(&f, STR("charset"), STR("utf-8"));
	}
	if (p->nparts > 0) {
		if (str_eqi(p->type, STR("multipart/related")))
			field_param(&f, STR("type"), p->parts[0].type);
		if (p->report.n > 0)
			field_param(&f, STR("report-type"), p->report);
		buf_lit(&value, "boundary=\"");
		put_boundary(b, &value, boundary);
		buf_lit(&value, "\"");
		if (buf_failed(&value))
			return err_set(b->err, E_INVALID, "too long an id");
		field_mark(&f, STR(";"));
		field_word(&f, buf_get(&value));
	}
	if (p->name.n > 0 && p->disposition.n == 0)
		field_param(&f, STR("name"), p->name);
	field_end(&f);
	return 0;
}

/* RFC 2183 2 */
static int
put_disposition(struct builder *b, const struct build_part *p)
{
	struct field_put f;

	if (p->disposition.n == 0)
		return 0;
	if (!field_is_token(p->disposition) || p->disposition.n > 60)
		return err_set(b->err, E_INVALID, "no disposition");
	f = field_begin(&b->out, STR("Content-Disposition"));
	field_word(&f, p->disposition);
	if (p->name.n > 0)
		field_param(&f, STR("filename"), p->name);
	field_end(&f);
	return 0;
}

static bool
is_ours(struct str name)
{
	return str_eqi(name, STR("Content-Type")) ||
	    str_eqi(name, STR("Content-Transfer-Encoding")) ||
	    str_eqi(name, STR("MIME-Version"));
}

static int
put_fields(struct builder *b, const struct build_field *fields, size_t n)
{
	int e = 0;

	for (size_t i = 0; i < n && e == 0; i++) {
		if (is_ours(fields[i].name))
			return err_set(b->err, E_INVALID, "%.*s is what the "
			    "parts make it", STR_FMT(fields[i].name));
		e = build_put_field(&b->out, &fields[i], b->err);
		if (e == 0)
			e = hand_on(b, OUT_SEND);
	}
	return e;
}

static int
put_part_header(struct builder *b, const struct build_part *p,
    enum encoding how, unsigned boundary)
{
	const struct build_field id = { .name = STR("Content-ID"),
		.form = BUILD_IDS, .list = &p->id, .n = 1 };
	int e = put_type(b, p, boundary);

	buf_printf(&b->out, "Content-Transfer-Encoding: %s\r\n",
	    encode_name(how));
	if (e == 0)
		e = put_disposition(b, p);
	if (e == 0 && p->id.n > 0)
		e = build_put_field(&b->out, &id, b->err);
	if (e == 0)
		e = put_fields(b, p->fields, p->nfields);
	buf_lit(&b->out, "\r\n");
	return e;
}

/* ---- parts --------------------------------------------------------------- */

static int
put_leaf(struct builder *b, const struct build_part *p, enum encoding how)
{
	int e;

	encode_begin(&b->encoder, how);
	e = each_piece(b, p, encode);
	encode_end(&b->encoder, &b->out);
	return e;
}

/* Header and body; no line end behind it.                   RFC 2046 5.1.1 */
static int
put_part(struct builder *b, const struct build_part *p)
{
	enum encoding how = (enum encoding)b->plan.p[b->planned++];
	unsigned boundary = p->nparts > 0 ? ++b->boundaries : 0;
	int e = put_part_header(b, p, how, boundary);

	if (e < 0 || p->nparts == 0)
		return e < 0 ? e : put_leaf(b, p, how);
	for (size_t i = 0; i < p->nparts && e == 0; i++) {
		buf_str(&b->out, i ? STR("\r\n--") : STR("--"));
		put_boundary(b, &b->out, boundary);
		buf_lit(&b->out, "\r\n");
		e = put_part(b, &p->parts[i]);
	}
	buf_lit(&b->out, "\r\n--");
	put_boundary(b, &b->out, boundary);
	buf_lit(&b->out, "--");
	return e;
}

/* ---- the message --------------------------------------------------------- */

static bool
has_field(const struct build_field *fields, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqi(fields[i].name, name))
			return true;
	return false;
}

/* RFC 5322 3.6: a date must be there, an id should. */
static int
put_missing(struct builder *b, const struct build_field *fields, size_t n)
{
	struct build_field date = { .name = STR("Date"), .form = BUILD_DATE,
		.date = { b->o->at, 0 } };
	int e = 0;

	if (!has_field(fields, n, date.name))
		e = build_put_field(&b->out, &date, b->err);
	if (!has_field(fields, n, STR("Message-ID")))
		buf_printf(&b->out, "Message-ID: <%.*s@%.*s>\r\n",
		    STR_FMT(b->o->id), STR_FMT(b->o->host));
	buf_lit(&b->out, "MIME-Version: 1.0\r\n");
	return e;
}

int
build_message(const struct build_options *o, const struct build_field *fields,
    size_t nfields, const struct build_part *body, struct err *err)
{
	struct builder b = { .o = o, .err = err, .out = BUF_INIT(OUT_MAX) };
	bool eight = false;
	int e = plan_part(&b, body, 1, &eight);

	if (e == 0)
		e = put_fields(&b, fields, nfields);
	if (e == 0)
		e = put_missing(&b, fields, nfields);
	if (e == 0)
		e = put_part(&b, body);
	if (e == 0)
		e = hand_on(&b, 0);
	if (e == 0 && b.last != '\n')
		e = o->emit(o->arg, STR("\r\n"), err);
	vec_free(&b.plan);
	buf_free(&b.out);
	return e;
}

/* ---- the usual structure ------------------------------------------------- */

static struct build_part *
around(struct arena *a, const char *type, const struct build_part *first,
    const struct build_part *more, size_t nmore)
{
	struct build_part *p = arena_new_of(a, struct build_part);
	struct build_part *below;

	if (nmore == 0) {
		*p = *first;
		return p;
	}
	below = arena_array(a, nmore + 1, sizeof(*below));
	below[0] = *first;
	memcpy(below + 1, more, nmore * sizeof(*below));
	*p = (struct build_part){ .type = str_c(type), .parts = below,
		.nparts = nmore + 1 };
	return p;
}

const struct build_part *
build_shape(struct arena *a, const struct build_shape *s)
{
	static const struct build_part nothing = { .type = STR("text/plain") };
	const struct build_part *p = s->text ? s->text : &nothing;

	if (s->html)
		p = around(a, "multipart/related", s->html, s->related,
		    s->nrelated);
	if (s->html && s->text)
		p = around(a, "multipart/alternative", s->text, p, 1);
	if (!s->html)	/* nothing shows them: they are attached */
		p = around(a, "multipart/mixed", p, s->related, s->nrelated);
	return around(a, "multipart/mixed", p, s->attached, s->nattached);
}
