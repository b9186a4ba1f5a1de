#include "mime/envelope.h"
#include "mime/mime_int.h"
#include "mime/param.h"
#include "mime/render.h"

/* What a header says that its part is. */
struct type {
	struct str main, sub, params;
	bool guessed; /* it says nothing, or nothing that makes sense */
};

static bool
is_type(const struct type *t, struct str main, struct str sub)
{
	return str_eqi(t->main, main) && str_eqi(t->sub, sub);
}

/* RFC 2045 5.2: text/plain in us-ascii; RFC 2046 5.1.5 has an exception. */
static void
guess_type(struct type *t, const struct part *p, bool absent)
{
	*t = (struct type){ STR("TEXT"), STR("PLAIN"), STR_NULL, true };
	if (absent && p->parent && p->parent->digest) {
		t->main = STR("MESSAGE");
		t->sub = STR("RFC822");
	}
}

static void
take_boundary(struct mime_scan *s, struct part *p, const struct type *t)
{
	struct str b = param_get(s->a, t->params, STR("boundary"));

	if (b.n > 0 && b.n <= BOUNDARY_MAX)
		p->boundary = str_dup(s->a, b);
}

/* Sets the kind; *t becomes another type where p cannot be what it says: IMAP
 * has no way to say "multipart without parts". */
static void
read_type(struct mime_scan *s, struct part *p, bool opaque,
    const struct fields *f, struct type *t)
{
	struct str value = f->v[F_TYPE];
	bool multipart, message;

	if (!param_media_type(value, &t->main, &t->sub, &t->params))
		guess_type(t, p, !value.p);
	multipart = str_eqi(t->main, STR("multipart"));
	message = is_type(t, STR("message"), STR("rfc822"));
	if (opaque && (multipart || message)) {
		*t = (struct type){ .main = STR("APPLICATION"),
			.sub = STR("OCTET-STREAM") };
		s->flags |= FACTS_CUT;
	} else if (multipart) {
		take_boundary(s, p, t);
		p->kind = p->boundary.n ? PART_MULTIPART : PART_LEAF;
		p->digest = str_eqi(t->sub, STR("digest"));
		if (p->kind == PART_LEAF)
			guess_type(t, p, false);
	} else if (message) {
		p->kind = PART_MESSAGE;
	}
	p->text = str_eqi(t->main, STR("text"));
}

/* The header a text is in, but for its line ends; .p NULL stays so. */
static struct str
text_of(struct mime_scan *s, struct str value)
{
	return value.p ? header_unfold(s->a, value) : value;
}

static void
put_type_params(struct buf *out, struct mime_scan *s, const struct type *t)
{
	size_t start = out->n;

	if (!t->guessed)
		render_params(out, s->a, t->params);
	else if (str_eqi(t->main, STR("text")))
		buf_lit(out, "(\"CHARSET\" \"US-ASCII\")");
	else
		buf_lit(out, "NIL");
	/* RFC 2046 4.1.2: the charset of text/plain that names none. */
	if (str_eq(str_from(buf_get(out), start), STR("NIL")) &&
	    is_type(t, STR("text"), STR("plain"))) {
		out->n = start;
		buf_lit(out, "(\"CHARSET\" \"US-ASCII\")");
	}
}

/* body-fields, but for the octets, with the media type ahead. */
static void
put_head(struct buf *out, struct mime_scan *s, const struct part *p,
    const struct fields *f, const struct type *t)
{
	if (p->kind == PART_MULTIPART) {
		render_upper(out, t->sub);
		return;
	}
	render_upper(out, t->main);
	buf_chr(out, ' ');
	render_upper(out, t->sub);
	buf_chr(out, ' ');
	put_type_params(out, s, t);
	buf_chr(out, ' ');
	render_nstring(out, text_of(s, f->v[F_ID]));
	buf_chr(out, ' ');
	render_nstring(out, text_of(s, f->v[F_DESCRIPTION]));
	buf_chr(out, ' ');
	render_upper(out, p->encoding);
}

/* body-fld-dsp = "(" string SP body-fld-param ")" / nil */
static void
put_disposition(struct buf *out, struct mime_scan *s, struct str value)
{
	struct str word, rest;

	if (!param_word(value, &word, &rest)) {
		buf_lit(out, "NIL");
		return;
	}
	buf_chr(out, '(');
	render_upper(out, word);
	buf_chr(out, ' ');
	render_params(out, s->a, rest);
	buf_chr(out, ')');
}

/* body-fld-lang = nstring / "(" string *(SP string) ")"     RFC 3282 */
static void
put_language(struct buf *out, struct str value)
{
	struct str word, rest;
	int n = 0;

	while (n < PARAM_MAX && param_word(value, &word, &rest)) {
		buf_chr(out, n++ ? ' ' : '(');
		render_string(out, word);
		(void)str_cut(rest, ',', &word, &value);
	}
	if (n)
		buf_chr(out, ')');
	else
		buf_lit(out, "NIL");
}

/* body-ext-1part, or body-ext-mpart: with the parameters instead of MD5. */
static void
put_ext(struct buf *out, struct mime_scan *s, const struct part *p,
    const struct fields *f, const struct type *t)
{
	buf_chr(out, ' ');
	if (p->kind == PART_MULTIPART)
		render_params(out, s->a, t->params);
	else
		render_nstring(out, text_of(s, f->v[F_MD5]));
	buf_chr(out, ' ');
	put_disposition(out, s, f->v[F_DISPOSITION]);
	buf_chr(out, ' ');
	put_language(out, f->v[F_LANGUAGE]);
	buf_chr(out, ' ');
	render_nstring(out, text_of(s, f->v[F_LOCATION]));
}

/* Without room for what it says of itself, a part says the least. */
static void
say_least(struct mime_scan *s, struct part *p)
{
	static const struct {
		const char *head, *ext;
	} least[] = {
		[PART_LEAF] = { "\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL "
				"\"7BIT\"", " NIL NIL NIL NIL" },
		[PART_MULTIPART] = { "\"MIXED\"", " NIL NIL NIL NIL" },
		[PART_MESSAGE] = { "\"MESSAGE\" \"RFC822\" NIL NIL NIL "
				   "\"7BIT\"", " NIL NIL NIL NIL" },
	};

	p->head = str_c(least[p->kind].head);
	p->ext = str_c(least[p->kind].ext);
	p->text = false;
	s->flags |= FACTS_CUT;
}

static void
render_part(struct mime_scan *s, struct part *p, const struct fields *f,
    const struct type *t)
{
	auto_buf head = BUF_INIT(s->room), ext = BUF_INIT(s->room);
	struct str word, rest;

	p->encoding = STR("7BIT");
	if (param_word(f->v[F_ENCODING], &word, &rest))
		p->encoding = str_dup(s->a, word);
	put_head(&head, s, p, f, t);
	put_ext(&ext, s, p, f, t);
	if (buf_failed(&head) || buf_failed(&ext) ||
	    head.n + ext.n > s->room) {
		say_least(s, p);
		return;
	}
	s->room -= head.n + ext.n;
	p->head = str_dup(s->a, buf_get(&head));
	p->ext = str_dup(s->a, buf_get(&ext));
}

static const struct str no_envelope = {
	"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", 41
};

static void
render_envelope(struct mime_scan *s, struct part *p, const struct fields *f)
{
	auto_buf out = BUF_INIT(s->room);

	p->envelope = no_envelope;
	if (envelope_render(&out, s->a, f, s->room, &s->addresses))
		s->flags |= FACTS_CUT;
	if (buf_failed(&out)) {
		s->flags |= FACTS_CUT;
		return;
	}
	s->room -= out.n;
	p->envelope = str_dup(s->a, buf_get(&out));
}

static bool
is_signature(const struct type *t)
{
	return is_type(t, STR("application"), STR("pgp-signature")) ||
	    is_type(t, STR("application"), STR("pkcs7-signature")) ||
	    is_type(t, STR("application"), STR("x-pkcs7-signature"));
}

/* What people would want to save: said so, or named, or no text and not
 * there to be shown inside of another part. */
static bool
is_attachment(struct mime_scan *s, const struct part *p,
    const struct fields *f, const struct type *t)
{
	struct str word = STR_NULL, rest = STR_NULL;

	if (p->kind == PART_MULTIPART)
		return false;
	if (param_word(f->v[F_DISPOSITION], &word, &rest)) {
		if (str_eqi(word, STR("attachment")))
			return true;
		if (str_eqi(word, STR("inline")))
			return false;
	}
	if (is_signature(t) || f->v[F_ID].p)
		return false;
	return !p->text || param_get(s->a, rest, STR("filename")).n > 0 ||
	    param_get(s->a, t->params, STR("name")).n > 0;
}

void
part_read(struct mime_scan *s, struct part *p, bool opaque)
{
	struct str block = str_make(s->header, s->nheader);
	struct tally tally = { 0 };
	struct fields f;
	struct type t = { 0 };

	fields_read(&f, block);
	if (!p->parent)
		s->fields = f;
	tally_add(&tally, block);
	if (tally.high)
		s->flags |= FACTS_8BIT_HEADER;
	if (!p->parent || p->parent->kind == PART_MESSAGE)
		render_envelope(s, p, &f);
	read_type(s, p, opaque, &f, &t);
	render_part(s, p, &f, &t);
	p->attachment = is_attachment(s, p, &f, &t);
	if (p->attachment)
		s->flags |= FACTS_ATTACHMENT;
	p->html = str_eqi(t.sub, STR("html"));
	if (p->text)
		p->charset = str_dup(s->a,
		    param_get(s->a, t.params, STR("charset")));
}
