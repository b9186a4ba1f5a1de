#include "imap/grammar/reply_facts.h"

#include "imap/grammar/reply.h"

/* Names that are compared without case are said in capitals. */
static void
reply_upper(struct buf *b, struct str s)
{
	size_t start = b->n;

	reply_string(b, s);
	for (size_t i = start; i < b->n; i++)
		b->p[i] = ascii_upper(b->p[i]);
}

/* address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
 * A group begins with its name as mailbox and ends with nothing at all; a
 * host that is missing is "", because NIL would begin a group. */
static void
reply_address(struct buf *b, const struct address *x)
{
	buf_chr(b, '(');
	if (x->kind == ADDRESS_GROUP_END) {
		buf_lit(b, "NIL NIL NIL NIL");
	} else if (x->kind == ADDRESS_GROUP) {
		buf_lit(b, "NIL NIL ");
		reply_string(b, x->name);
		buf_lit(b, " NIL");
	} else {
		reply_nstring(b, x->name);
		buf_chr(b, ' ');
		reply_nstring(b, x->route);
		buf_chr(b, ' ');
		reply_string(b, x->mailbox);
		buf_chr(b, ' ');
		reply_string(b, x->host);
	}
	buf_chr(b, ')');
}

/* "(" 1*address ")" / nil */
static void
reply_addresses(struct buf *b, struct str list)
{
	struct address x;
	bool any = false;

	while (facts_next_address(&list, &x)) {
		if (!any)
			buf_chr(b, '(');
		reply_address(b, &x);
		any = true;
	}
	if (any)
		buf_chr(b, ')');
	else
		buf_lit(b, "NIL");
}

void
reply_envelope(struct buf *b, const struct facts_envelope *e)
{
	/* "Defaulted to From by the server" where they are missing. */
	const struct str lists[] = { e->from,
		e->sender.n ? e->sender : e->from,
		e->reply_to.n ? e->reply_to : e->from, e->to, e->cc, e->bcc };

	buf_chr(b, '(');
	reply_nstring(b, e->date);
	buf_chr(b, ' ');
	reply_nstring(b, e->subject);
	for (size_t i = 0; i < NELEM(lists); i++) {
		buf_chr(b, ' ');
		reply_addresses(b, lists[i]);
	}
	buf_chr(b, ' ');
	reply_nstring(b, e->in_reply_to);
	buf_chr(b, ' ');
	reply_nstring(b, e->message_id);
	buf_chr(b, ')');
}

/* body-fld-param = "(" string SP string *(SP string SP string) ")" / nil */
static void
reply_params(struct buf *b, struct str list)
{
	struct str name, value;
	bool any = false;

	while (facts_next_param(&list, &name, &value)) {
		buf_chr(b, any ? ' ' : '(');
		reply_upper(b, name);
		buf_chr(b, ' ');
		reply_string(b, value);
		any = true;
	}
	if (any)
		buf_chr(b, ')');
	else
		buf_lit(b, "NIL");
}

static bool
is_text(const struct facts_part *p)
{
	return str_eqi(p->type, STR("text"));
}

/* What a part that has no parts, or is a message, begins with: media type,
 * body-fields. RFC 2046 4.1.2: the charset of text/plain that names none. */
static void
reply_single(struct buf *b, const struct facts_part *p)
{
	reply_upper(b, p->type);
	buf_chr(b, ' ');
	reply_upper(b, p->subtype);
	buf_chr(b, ' ');
	if (p->params.n == 0 && is_text(p) &&
	    str_eqi(p->subtype, STR("plain")))
		buf_lit(b, "(\"CHARSET\" \"US-ASCII\")");
	else
		reply_params(b, p->params);
	buf_chr(b, ' ');
	reply_nstring(b, p->id);
	buf_chr(b, ' ');
	reply_nstring(b, p->description);
	buf_chr(b, ' ');
	reply_upper(b, p->encoding.n ? p->encoding : STR("7BIT"));
	buf_chr(b, ' ');
	buf_u64(b, p->body_len);
}

/* body-ext-1part or, with the parameters instead of MD5, body-ext-mpart:
 * body-fld-dsp = "(" string SP body-fld-param ")" / nil
 * body-fld-lang = nstring / "(" string *(SP string) ")" */
static void
reply_extension(struct buf *b, const struct facts_part *p)
{
	struct str list = p->languages, word;
	bool any = false;

	buf_chr(b, ' ');
	if (p->kind == PART_MULTIPART)
		reply_params(b, p->params);
	else
		reply_nstring(b, p->md5);
	if (p->disposition.p) {
		buf_lit(b, " (");
		reply_upper(b, p->disposition);
		buf_chr(b, ' ');
		reply_params(b, p->disposition_params);
		buf_lit(b, ") ");
	} else {
		buf_lit(b, " NIL ");
	}
	while (facts_next_text(&list, &word)) {
		buf_chr(b, any ? ' ' : '(');
		reply_string(b, word);
		any = true;
	}
	if (any)
		buf_lit(b, ") ");
	else
		buf_lit(b, "NIL ");
	reply_nstring(b, p->location);
}

/* A part that has others in it, while these are written. */
struct open_part {
	struct facts_part part;
	struct open_part *outer, *inner; /* inner: kept for the next one */
	bool any;
};

/* Behind its parts. There must be one at least in a multipart: we say so if
 * there is none. */
static struct open_part *
close_part(struct buf *b, const struct open_part *o, bool extended)
{
	if (o->part.kind == PART_MULTIPART) {
		if (!o->any)
			buf_lit(b, "(\"TEXT\" \"PLAIN\" (\"CHARSET\" "
			    "\"US-ASCII\") NIL NIL \"7BIT\" 0 0)");
		buf_chr(b, ' ');
		reply_upper(b, o->part.subtype);
	} else {
		buf_chr(b, ' ');
		buf_u64(b, o->part.lines);
	}
	if (extended)
		reply_extension(b, &o->part);
	buf_chr(b, ')');
	return o->outer;
}

static struct open_part *
open_part(struct arena *a, struct open_part *outer,
    const struct facts_part *p)
{
	struct open_part *o = outer ? outer->inner : NULL;

	if (!o) {
		o = arena_new_of(a, struct open_part);
		o->outer = outer;
		if (outer)
			outer->inner = o;
	}
	o->part = *p;
	o->any = false;
	return o;
}

/* body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
 * body-type-1part = (body-type-basic / body-type-msg / body-type-text)
 *                   [SP body-ext-1part]
 * body-type-msg   = ... SP envelope SP body SP body-fld-lines */
void
reply_structure(struct buf *b, struct arena *a, const struct facts *f,
    bool extended)
{
	struct facts_walk w = facts_walk_of(f);
	struct open_part *at = NULL;
	struct facts_part p;

	while (facts_next_part(&w, &p)) {
		while (at && at->part.depth >= p.depth)
			at = close_part(b, at, extended);
		if (at && at->part.kind == PART_MESSAGE) {
			buf_chr(b, ' ');
			reply_envelope(b, &p.envelope);
			buf_chr(b, ' ');
		}
		if (at)
			at->any = true;
		buf_chr(b, '(');
		if (p.kind != PART_MULTIPART)
			reply_single(b, &p);
		if (p.kind != PART_LEAF) {
			at = open_part(a, at, &p);
			continue;
		}
		if (is_text(&p)) {
			buf_chr(b, ' ');
			buf_u64(b, p.lines);
		}
		if (extended)
			reply_extension(b, &p);
		buf_chr(b, ')');
	}
	while (at)
		at = close_part(b, at, extended);
}
