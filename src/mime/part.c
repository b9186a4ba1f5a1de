#include "mime/envelope.h"
#include "mime/lex.h"
#include "mime/mime_int.h"
#include "mime/param.h"
#include "mime/record.h"
#include "mime/word.h"

enum { NAME_READ = 500 };	/* octets of the name of a file */

/* What a header says that its part is. */
struct type {
	struct str main, sub, params;
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
	*t = (struct type){ STR("text"), STR("plain"), STR_NULL };
	if (absent && p->parent && p->parent->digest) {
		t->main = STR("message");
		t->sub = STR("rfc822");
	}
}

static void
take_boundary(struct mime_scan *s, struct part *p, const struct type *t)
{
	struct str b = param_get(s->a, t->params, STR("boundary"));

	if (b.n > 0 && b.n <= BOUNDARY_MAX)
		p->boundary = str_dup(s->a, b);
}

/* Sets the kind; *t becomes another type where p cannot be what it says. */
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
		*t = (struct type){ STR("application"), STR("octet-stream"),
			STR_NULL };
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

/* The text of a field, but for its line ends; .p NULL stays so. */
static struct str
text_of(struct mime_scan *s, struct str value)
{
	return value.p ? header_unfold(s->a, value) : value;
}

static bool
is_no_space(char c)
{
	return !lex_is_space(c);
}

static struct str
without_space(struct arena *a, struct str text)
{
	char *p = arena_alloc(a, text.n);
	struct str out = str_make(p, 0);

	for (size_t i = 0; i < text.n; i++)
		if (is_no_space(text.p[i]))
			p[out.n++] = text.p[i];
	return out;
}

/* [CFWS] URI [CFWS], RFC 2557 4.1; a long one is in quotes and folded, 4.4.2.
 * What is no such thing is as it stands. */
static struct str
uri_of(struct mime_scan *s, struct str value)
{
	struct str text = text_of(s, value), uri;
	struct rd r = rd_of(text);

	(void)lex_cfws(&r, NULL);
	uri = rd_opt(&r, '"') ? without_space(s->a, lex_quoted(&r)) :
	    rd_while(&r, is_no_space);
	(void)lex_cfws(&r, NULL);
	return uri.n > 0 && rd_done(&r) ? uri : text;
}

static void
put_params(struct buf *out, struct mime_scan *s, struct str rest)
{
	auto_buf list = BUF_INIT(s->room);
	struct param p;

	for (int n = 0; n < PARAM_MAX && param_next(s->a, &rest, &p); n++) {
		rec_put_str(&list, p.name);
		rec_put_str(&list, p.value);
	}
	rec_put_list(out, &list);
}

/* RFC 3282: words with commas between. */
static void
put_languages(struct buf *out, struct mime_scan *s, struct str value)
{
	auto_buf list = BUF_INIT(s->room);
	struct str word, rest;

	for (int n = 0; n < PARAM_MAX && param_word(value, &word, &rest); n++) {
		rec_put_str(&list, word);
		(void)str_cut(rest, ',', &word, &value);
	}
	rec_put_list(out, &list);
}

static void
put_disposition(struct buf *out, struct mime_scan *s, struct str value)
{
	struct str word = STR_NULL, rest = STR_NULL;

	if (!param_word(value, &word, &rest))
		rest = STR_NULL;
	rec_put_opt(out, word);
	put_params(out, s, rest);
}

static void
put_description(struct buf *out, struct mime_scan *s, const struct part *p,
    const struct fields *f, const struct type *t)
{
	rec_put_opt(out, t->main);
	rec_put_opt(out, t->sub);
	put_params(out, s, t->params);
	rec_put_opt(out, text_of(s, f->v[F_ID]));
	rec_put_opt(out, text_of(s, f->v[F_DESCRIPTION]));
	rec_put_opt(out, p->encoding);
	rec_put_opt(out, text_of(s, f->v[F_MD5]));
	put_disposition(out, s, f->v[F_DISPOSITION]);
	put_languages(out, s, f->v[F_LANGUAGE]);
	rec_put_opt(out, uri_of(s, f->v[F_LOCATION]));
}

/* Without room for what it says of itself, a part says the least. */
static void
put_least(struct buf *out, struct mime_scan *s, struct part *p)
{
	static const struct {
		struct str main, sub;
	} least[] = {
		[PART_LEAF] = { STR("application"), STR("octet-stream") },
		[PART_MULTIPART] = { STR("multipart"), STR("mixed") },
		[PART_MESSAGE] = { STR("message"), STR("rfc822") },
	};

	rec_put_opt(out, least[p->kind].main);
	rec_put_opt(out, least[p->kind].sub);
	for (int i = 0; i < 9; i++) /* parameters to location */
		rec_put(out, 0);
	p->text = false;
	s->flags |= FACTS_CUT;
}

static void
describe_part(struct mime_scan *s, struct part *p, const struct fields *f,
    const struct type *t)
{
	auto_buf out = BUF_INIT(2 * s->room + 4 * PART_ROOM);
	struct str word, rest;
	size_t own;

	p->encoding = STR_NULL;
	if (param_word(f->v[F_ENCODING], &word, &rest))
		p->encoding = str_dup(s->a, word);
	if ((!p->parent || p->parent->kind == PART_MESSAGE) &&
	    envelope_write(&out, s->a, f, s->room, &s->addresses))
		s->flags |= FACTS_CUT;
	s->room -= out.n < s->room ? out.n : s->room;
	own = out.n;
	put_description(&out, s, p, f, t);
	if (buf_failed(&out) || out.n - own > s->room) {
		out.n = own;
		out.failed = false;
		put_least(&out, s, p);
	}
	bug_if(buf_failed(&out));
	s->room -= out.n - own < s->room ? out.n - own : s->room;
	p->described = str_dup(s->a, buf_get(&out));
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

/* RFC 2183 2.3; many programs write the other one only, and RFC 2047 forbids
 * what they write there. */
static struct str
file_name(struct mime_scan *s, const struct fields *f, const struct type *t)
{
	struct str word, rest, name = STR_NULL;
	auto_buf text = BUF_INIT(4 * NAME_READ);

	if (param_word(f->v[F_DISPOSITION], &word, &rest))
		name = param_get(s->a, rest, STR("filename"));
	if (name.n == 0)
		name = param_get(s->a, t->params, STR("name"));
	word_decode(&text, str_first(name, NAME_READ));
	return str_dup(s->a, buf_get(&text));
}

static void
read_for_watch(struct mime_scan *s, struct part *p, const struct fields *f,
    const struct type *t)
{
	p->type = str_dup(s->a, str_first(t->main, NAME_READ));
	p->subtype = str_dup(s->a, str_first(t->sub, NAME_READ));
	p->name = file_name(s, f, t);
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
	if (!p->parent && f.tls_optional)
		s->flags |= FACTS_TLS_OPTIONAL;
	tally_add(&tally, block);
	if (tally.high)
		s->flags |= FACTS_8BIT_HEADER;
	read_type(s, p, opaque, &f, &t);
	describe_part(s, p, &f, &t);
	p->attachment = is_attachment(s, p, &f, &t);
	if (p->attachment)
		s->flags |= FACTS_ATTACHMENT;
	p->html = str_eqi(t.sub, STR("html"));
	if (s->watch.begin && p->kind == PART_LEAF)
		read_for_watch(s, p, &f, &t);
	if (p->text)
		p->charset = str_dup(s->a,
		    param_get(s->a, t.params, STR("charset")));
}
