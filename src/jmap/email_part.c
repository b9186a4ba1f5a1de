/*
 * email_part.c - body parts of an email, and their values.   RFC 8621 4.1.4
 */
#include "jmap/email.h"

#include "mime/charset.h"
#include "mime/transfer.h"

enum {
	VALUE_MAX = 16 << 20,	/* octets of a body value */
	TAIL = 512,		/* of base64, to see its padding */
};

/* ---- what costs a look --------------------------------------------------- */

struct str
email_header(struct email *m)
{
	bool whole;

	if (m->header.n == 0 && m->e == 0)
		m->e = source_get(&m->source, (struct octet_range){ 0,
		    source_prefix(&m->source) + m->facts.header_len },
		    &m->header, &whole, m->err);
	return buf_get(&m->header);
}

static struct octet_range
body_range(const struct email *m, const struct body_part *p)
{
	return (struct octet_range){ source_prefix(&m->source) +
		p->is.header_off + p->is.header_len, p->is.body_len };
}

/* Octets go through the transfer encoding as they come. */
struct undoing {
	struct transfer transfer;
	struct buf *out;	/* may have room for less */
	uint64_t n;
	bool lost;		/* it cannot be read to its end */
};

static int
undo_piece(void *arg, struct str octets)
{
	struct undoing *u = arg;
	auto_buf b = BUF_INIT(octets.n + sizeof(u->transfer.escape));
	size_t room = u->out ? u->out->cap - u->out->n : SIZE_MAX;

	transfer_more(&u->transfer, octets, &b);
	u->n += b.n;
	if (u->out)
		buf_str(u->out, str_first(buf_get(&b), room));
	return b.n > room ? E_LIMIT : 0;
}

/* True: all of it was there, and had room. */
static bool
undo(struct email *m, const struct body_part *p, struct undoing *u)
{
	auto_buf rest = BUF_INIT(sizeof(u->transfer.escape));
	int e = source_read(&m->source, body_range(m, p), undo_piece, u,
	    m->err);

	if (e < 0 && e != E_NOTFOUND && e != E_DAMAGED && e != E_LIMIT)
		m->e = m->e < 0 ? m->e : e;
	u->lost = e == E_NOTFOUND || e == E_DAMAGED;
	transfer_end(&u->transfer, &rest);
	u->n += rest.n;
	if (u->out && e == 0)
		buf_str(u->out, buf_get(&rest));
	return e == 0;
}

/* Of base64 the number of its characters says it, but for the padding at its
 * end. */
static uint64_t
decoded_size(struct email *m, const struct body_part *p)
{
	auto_buf tail = BUF_INIT(TAIL);
	struct octet_range all = body_range(m, p), end = all;
	struct undoing u = { .transfer = transfer_of(p->is.encoding) };
	struct str s;
	uint64_t chars;
	bool whole;

	if (!u.transfer.as_base64 && !u.transfer.as_qp)
		return all.len;
	if (u.transfer.as_qp || all.len <= TAIL ||
	    2 * p->is.lines >= all.len) {
		(void)undo(m, p, &u);
		return u.n;
	}
	end.offset += end.len - TAIL;
	end.len = TAIL;
	if (m->e == 0)
		m->e = source_get(&m->source, end, &tail, &whole, m->err);
	chars = all.len - 2 * p->is.lines;
	for (s = str_trim(buf_get(&tail)); s.n > 0 && s.p[s.n - 1] == '=';
	    s.n--)
		chars--;
	return chars / 4 * 3 + chars % 4 * 3 / 4;
}

/* ---- a part                                              RFC 8621 4.1.4 -- */

static void
put_part_id(struct email *m, const struct body_part *p)
{
	if (p->multipart)
		out_null(m->out);
	else
		out_str(m->out, arena_printf(m->mem, "%u", p->number));
}

static void
put_blob_id(struct email *m, const struct body_part *p)
{
	if (p->multipart)
		out_null(m->out);
	else
		out_str(m->out, arena_printf(m->mem, "%.*s-%u",
		    STR_FMT(m->blob), p->number));
}

static void
put_part_size(struct email *m, const struct body_part *p)
{
	out_u64(m->out, p->multipart ? p->is.body_len : decoded_size(m, p));
}

static struct str
part_header(struct email *m, const struct body_part *p, struct buf *b)
{
	bool whole;

	if (!p->parent)
		return email_header(m);
	if (m->e == 0)
		m->e = source_get(&m->source, (struct octet_range){
		    source_prefix(&m->source) + p->is.header_off,
		    p->is.header_len }, b, &whole, m->err);
	return buf_get(b);
}

static void
put_part_headers(struct email *m, const struct body_part *p)
{
	auto_buf b = BUF_INIT(MESSAGE_HEADER_MAX);

	header_put_all(m->out, part_header(m, p, &b));
}

static void
put_part_name(struct email *m, const struct body_part *p)
{
	out_str(m->out, p->name);
}

static void
put_part_type(struct email *m, const struct body_part *p)
{
	out_str(m->out, p->type);
}

static void
put_charset(struct email *m, const struct body_part *p)
{
	out_str(m->out, p->charset);
}

static void
put_disposition(struct email *m, const struct body_part *p)
{
	out_str(m->out, p->is.disposition.p ? text_clean(m->mem,
	    str_lower(m->mem, p->is.disposition)) : STR_NULL);
}

static void
put_cid(struct email *m, const struct body_part *p)
{
	out_str(m->out, p->cid);
}

static void
put_language(struct email *m, const struct body_part *p)
{
	header_put_ids(m->out, p->is.languages);
}

static void
put_location(struct email *m, const struct body_part *p)
{
	out_str(m->out, p->is.location.p ? text_clean(m->mem,
	    str_trim(p->is.location)) : STR_NULL);
}

/* In the order of RFC 8621 4.1.4. */
static const struct {
	const char *name;
	void (*put)(struct email *m, const struct body_part *p);
	bool usual;		/* where nothing is asked for: 4.2 */
} part_properties[] = {
	{ "partId", put_part_id, true },
	{ "blobId", put_blob_id, true },
	{ "size", put_part_size, true },
	{ "headers", put_part_headers, false },
	{ "name", put_part_name, true },
	{ "type", put_part_type, true },
	{ "charset", put_charset, true },
	{ "disposition", put_disposition, true },
	{ "cid", put_cid, true },
	{ "language", put_language, true },
	{ "location", put_location, true },
	{ "subParts", NULL, false },	/* of bodyStructure */
};

/* deep: with what is below it. */
void
email_put_part(struct email *m, const struct body_part *p, bool deep)
{
	const struct email_wants *w = m->wants;
	struct header_property h;

	out_open(m->out, '{');
	for (size_t i = 0; i < NELEM(part_properties); i++) {
		if (!(w->body_properties >> i & 1) || !part_properties[i].put)
			continue;
		out_name(m->out, part_properties[i].name);
		part_properties[i].put(m, p);
	}
	for (size_t i = 0; i < w->body_headers.n; i++) {
		auto_buf b = BUF_INIT(MESSAGE_HEADER_MAX);

		(void)header_property_parse(w->body_headers.p[i], &h);
		out_key(m->out, w->body_headers.p[i]);
		header_put(m->out, part_header(m, p, &b), &h);
	}
	if (deep && p->multipart) {
		out_name(m->out, "subParts");
		out_open(m->out, '[');
		for (p = p->child; p; p = p->next)
			email_put_part(m, p, true);
		out_close(m->out, ']');
	}
	out_close(m->out, '}');
}

void
email_put_parts(struct email *m, const struct body_list *list)
{
	out_open(m->out, '[');
	for (size_t i = 0; i < list->n; i++)
		email_put_part(m, list->p[i], false);
	out_close(m->out, ']');
}

/* ---- body values                                         RFC 8621 4.1.4 -- */

/* UTF-8 with LF for CRLF, at most max octets of whole characters. */
static void
clean_value(struct buf *b, struct str s, size_t max, bool *cut, bool *wrong)
{
	uint32_t code;
	size_t before;

	while (s.n > 0) {
		size_t n = str_utf8_char(s, &code);

		before = b->n;
		if (s.n > 1 && s.p[0] == '\r' && s.p[1] == '\n')
			n = 1;
		else if (n > 0)
			buf_str(b, str_first(s, n));
		else if (s.p[0] != '\0')
			utf8_put(b, 0xfffd);
		*wrong |= n == 0 || (n == 3 && code == 0xfffd);
		if (b->n > max) {
			b->n = before;
			*cut = true;
			return;
		}
		s = str_from(s, n > 0 ? n : 1);
	}
}

/* No tag is cut in two. */
static void
drop_half_tag(struct buf *b)
{
	size_t open = str_rchr(buf_get(b), '<');

	if (open < b->n && str_rchr(buf_get(b), '>') < open)
		b->n = open;
	else if (open < b->n && str_rchr(buf_get(b), '>') == b->n)
		b->n = open;
}

static void
put_value(struct email *m, const struct body_part *p)
{
	uint64_t max = m->wants->max_value;
	size_t octets_max = max > 0 && max < VALUE_MAX / 8 ?
	    (size_t)max * 8 + 4096 : VALUE_MAX;
	auto_buf octets = BUF_INIT(octets_max);
	auto_buf utf8 = BUF_INIT(4 * octets_max + 16);
	auto_buf value = BUF_INIT(4 * octets_max + 16);
	struct undoing u = { .transfer = transfer_of(p->is.encoding),
		.out = &octets };
	bool known = charset_known(p->charset);
	bool wrong = !known || !transfer_known(p->is.encoding);
	bool cut = !undo(m, p, &u);

	charset_put(&utf8, known ? p->charset : STR("utf-8"),
	    buf_get(&octets));
	clean_value(&value, buf_get(&utf8), max > 0 && max < VALUE_MAX ?
	    (size_t)max : VALUE_MAX, &cut, &wrong);
	wrong = wrong || u.lost || m->unreadable;
	if (u.lost && value.n == 0)
		buf_lit(&value, EMAIL_UNREADABLE);
	if (cut && str_eq(p->type, STR("text/html")))
		drop_half_tag(&value);
	out_name(m->out, arena_printf(m->mem, "%u%c", p->number, '\0').p);
	out_open(m->out, '{');
	out_put_str(m->out, "value", value.n ? buf_get(&value) : STR(""));
	out_put_bool(m->out, "isEncodingProblem", wrong);
	out_put_bool(m->out, "isTruncated", cut);
	out_close(m->out, '}');
}

static bool
is_in(const struct body_list *list, const struct body_part *p)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->p[i] == p)
			return true;
	return false;
}

void
email_put_values(struct email *m, const struct body_part *p)
{
	const struct email_wants *w = m->wants;

	for (; p; p = p->next) {
		if (p->multipart)
			email_put_values(m, p->child);
		else if (str_starts(p->type, STR("text/")) &&
		    (w->all_values ||
		    (w->text_values && is_in(&m->body.text, p)) ||
		    (w->html_values && is_in(&m->body.html, p))))
			put_value(m, p);
	}
}

/* ---- what is asked for -------------------------------------------------- */

uint32_t
email_part_property(struct str name)
{
	for (size_t i = 0; i < NELEM(part_properties); i++)
		if (str_eq(name, str_c(part_properties[i].name)))
			return 1U << i;
	return 0;
}

uint32_t
email_part_usual(void)
{
	uint32_t usual = 0;

	for (size_t i = 0; i < NELEM(part_properties); i++)
		if (part_properties[i].usual)
			usual |= 1U << i;
	return usual;
}
