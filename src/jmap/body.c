#include "jmap/body.h"

#include "jmap/header.h"
#include "mime/param.h"
#include "mime/word.h"

/* ---- one part ------------------------------------------------------------ */

static struct str
param_of(struct arena *a, struct str list, struct str wanted)
{
	struct str name, value, found;
	auto_buf b = BUF_INIT(16 * list.n + 16);
	auto_buf words = BUF_INIT(64 * list.n + 16);

	while (facts_next_param(&list, &name, &value)) {
		buf_printf(&b, ";%.*s=", STR_FMT(name));
		buf_quoted(&b, value);
	}
	found = param_get(a, buf_get(&b), wanted);
	if (!found.p)
		return STR_NULL;
	word_decode(&words, found);
	return words.n ? str_dup(a, buf_get(&words)) : STR("");
}

/* Content-Id without what is around it. */
static struct str
cid_of(struct arena *a, struct str value)
{
	struct str id = str_trim(value);

	if (!value.p)
		return STR_NULL;
	if (id.n > 1 && id.p[0] == '<' && id.p[id.n - 1] == '>')
		id = str_first(str_from(id, 1), id.n - 2);
	return text_clean(a, id);
}

static void
part_read(struct body_part *p, struct arena *a)
{
	const struct facts_part *is = &p->is;
	bool says = is->type.p != NULL;

	p->multipart = is->kind == PART_MULTIPART;
	if (is->kind == PART_MESSAGE && !says)
		p->type = STR("message/rfc822");
	else if (!says || (!p->multipart &&
	    str_eqi(is->type, STR("multipart"))))
		p->type = STR("text/plain");	/* RFC 2045 5.2 */
	else
		p->type = text_clean(a, str_lower(a, arena_printf(a,
		    "%.*s/%.*s", STR_FMT(is->type), STR_FMT(is->subtype))));
	p->name = param_of(a, is->disposition_params, STR("filename"));
	if (!p->name.p)
		p->name = param_of(a, is->params, STR("name"));
	p->charset = param_of(a, is->params, STR("charset"));
	if (!p->charset.p && str_starts(p->type, STR("text/")))
		p->charset = STR("us-ascii");
	p->cid = cid_of(a, is->id);
}

bool
body_find(struct body_part *p, const struct facts *f, struct arena *a,
    uint32_t number)
{
	struct facts_walk w = facts_walk_of(f);

	*p = (struct body_part){ 0 };
	while (facts_next_part(&w, &p->is)) {
		if (++p->number != number)
			continue;
		part_read(p, a);
		return true;
	}
	return false;
}

/* ---- which are to be shown                               RFC 8621 4.1.4 -- */

static bool
is_media(struct str type)
{
	return str_starts(type, STR("image/")) ||
	    str_starts(type, STR("audio/")) ||
	    str_starts(type, STR("video/"));
}

/* Is it of the body rather than an attachment? */
static bool
is_inline(const struct body_part *p, bool first, struct str multipart)
{
	if (p->is.disposition.p &&
	    str_eqi(p->is.disposition, STR("attachment")))
		return false;
	if (!str_eq(p->type, STR("text/plain")) &&
	    !str_eq(p->type, STR("text/html")) && !is_media(p->type))
		return false;
	return first || (!str_eq(multipart, STR("related")) &&
	    (is_media(p->type) || !p->name.p));
}

/* The algorithm of RFC 8621 4.1.4. text and html are NULL where an
 * alternative has ended them. */
static void
sort_parts(struct body *body, struct body_part *first, struct str multipart,
    bool in_alternative, struct body_list *html, struct body_list *text)
{
	bool alternative = str_eq(multipart, STR("alternative"));
	size_t ntext = text ? text->n : 0, nhtml = html ? html->n : 0, n;

	for (struct body_part *p = first; p; p = p->next) {
		struct str sub = str_from(p->type, 10);

		if (p->multipart) {
			sort_parts(body, p->child, sub, in_alternative ||
			    str_eq(sub, STR("alternative")), html, text);
			continue;
		}
		if (!is_inline(p, p == first, multipart)) {
			vec_push(&body->attachments, p);
			continue;
		}
		if (alternative) {
			if (str_eq(p->type, STR("text/plain")) && text)
				vec_push(text, p);
			else if (str_eq(p->type, STR("text/html")) && html)
				vec_push(html, p);
			else
				vec_push(&body->attachments, p);
			continue;
		}
		if (in_alternative && str_eq(p->type, STR("text/plain")))
			html = NULL;
		if (in_alternative && str_eq(p->type, STR("text/html")))
			text = NULL;
		if (text)
			vec_push(text, p);
		if (html)
			vec_push(html, p);
		if ((!text || !html) && is_media(p->type))
			vec_push(&body->attachments, p);
	}
	if (!alternative || !text || !html)
		return;
	/* There is one of them only: it stands for the other. */
	if (ntext == text->n && nhtml != html->n) {
		n = html->n;
		for (size_t i = nhtml; i < n; i++)
			vec_push(text, html->p[i]);
	} else if (nhtml == html->n && ntext != text->n) {
		n = text->n;
		for (size_t i = ntext; i < n; i++)
			vec_push(html, text->p[i]);
	}
}

/* ---- all of them --------------------------------------------------------- */

static void
add_part(struct body_part *parent, struct body_part *p)
{
	p->parent = parent;
	if (parent->last)
		parent->last->next = p;
	else
		parent->child = p;
	parent->last = p;
}

void
body_parse(struct body *body, const struct facts *f, struct arena *a)
{
	struct facts_walk w = facts_walk_of(f);
	struct body_part *last = NULL, *p;
	struct facts_part is;
	uint32_t number = 0;

	*body = (struct body){ 0 };
	while (facts_next_part(&w, &is)) {
		number++;
		/* What is in a message in the message is none of its parts. */
		while (last && last->is.depth >= is.depth)
			last = last->parent;
		if (last && !last->multipart)
			continue;
		p = arena_new_of(a, struct body_part);
		*p = (struct body_part){ .is = is, .number = number };
		part_read(p, a);
		if (last)
			add_part(last, p);
		else if (!body->root)
			body->root = p;
		else
			break;
		last = p;
	}
	if (body->root)
		sort_parts(body, body->root, STR("mixed"), false, &body->html,
		    &body->text);
}

void
body_free(struct body *body)
{
	vec_free(&body->text);
	vec_free(&body->html);
	vec_free(&body->attachments);
}
