#include "jmap/email.h"

enum { EMAIL_MEM = MESSAGE_FACTS_MEM + (32 << 20) };

/* ---- properties ---------------------------------------------------------- */

static void
put_id(struct email *m)
{
	if (m->row)
		out_id(m->out, 'e', m->row->email);
	else
		out_null(m->out);
}

static void
put_blob(struct email *m)
{
	out_str(m->out, m->blob);
}

static void
put_thread(struct email *m)
{
	if (m->row)
		out_id(m->out, 't', m->row->thread);
	else
		out_null(m->out);
}

static void
put_mailboxes(struct email *m)
{
	char id[24];

	if (!m->row) {
		out_null(m->out);
		return;
	}
	(void)snprintf(id, sizeof(id), "m%ju", (uintmax_t)m->mailbox);
	out_open(m->out, '{');
	out_put_bool(m->out, id, true);
	out_close(m->out, '}');
}

void
email_put_keywords(struct buf *b, const struct fetch_row *row)
{
	static const struct {
		uint32_t flag;
		const char *keyword;
	} flags[] = {
		{ FLAG_seen, "$seen" }, { FLAG_answered, "$answered" },
		{ FLAG_flagged, "$flagged" }, { FLAG_draft, "$draft" },
	};
	struct str rest = row->keywords, word;
	char lower[256];

	out_open(b, '{');
	for (size_t i = 0; i < NELEM(flags); i++)
		if (row->flags & flags[i].flag)
			out_put_bool(b, flags[i].keyword, true);
	while (rest.n > 0) {
		if (!str_cut(rest, ' ', &word, &rest))
			rest = STR_NULL;
		if (word.n == 0 || word.n >= sizeof(lower))
			continue;
		for (size_t i = 0; i < word.n; i++)
			lower[i] = ascii_lower(word.p[i]);
		out_key(b, str_make(lower, word.n));
		out_bool(b, true);
	}
	out_close(b, '}');
}

static void
put_keywords(struct email *m)
{
	if (m->row)
		email_put_keywords(m->out, m->row);
	else
		out_null(m->out);
}

static void
put_size(struct email *m)
{
	out_u64(m->out, m->size);
}

static void
put_received(struct email *m)
{
	if (m->row)
		header_put_utc(m->out, m->row->received);
	else
		out_null(m->out);
}

static void
put_message_id(struct email *m)
{
	struct str id = m->facts.message_id;

	if (id.n == 0) {
		out_null(m->out);
		return;
	}
	out_open(m->out, '[');
	out_str(m->out, text_clean(m->mem, id));
	out_close(m->out, ']');
}

static void
put_in_reply_to(struct email *m)
{
	header_put_ids(m->out, m->facts.in_reply_to);
}

static void
put_references(struct email *m)
{
	header_put_ids(m->out, m->facts.references);
}

#define ADDRESSES(field)                                                 \
	static void                                                      \
	put_##field(struct email *m)                                     \
	{                                                                \
		struct str list = m->facts.envelope.field;               \
		header_put_addresses(m->out, list.n ? list : STR_NULL);  \
	}
ADDRESSES(sender)
ADDRESSES(from)
ADDRESSES(to)
ADDRESSES(cc)
ADDRESSES(bcc)
ADDRESSES(reply_to)

static void
put_subject(struct email *m)
{
	if (m->facts.envelope.subject.p)
		header_put_text(m->out, m->facts.envelope.subject);
	else
		out_null(m->out);
}

static void
put_sent(struct email *m)
{
	if (m->facts.flags & FACTS_DATE)
		header_put_date(m->out, m->facts.sent,
		    m->facts.sent_offset_min);
	else
		out_null(m->out);
}

static void
put_headers(struct email *m)
{
	header_put_all(m->out, email_header(m));
}

static void
put_structure(struct email *m)
{
	email_put_part(m, m->body.root, true);
}

static void
put_values(struct email *m)
{
	out_open(m->out, '{');
	email_put_values(m, m->body.root);
	out_close(m->out, '}');
}

static void
put_text_body(struct email *m)
{
	email_put_parts(m, &m->body.text);
}

static void
put_html_body(struct email *m)
{
	email_put_parts(m, &m->body.html);
}

static void
put_attachments(struct email *m)
{
	email_put_parts(m, &m->body.attachments);
}

static void
put_has_attachment(struct email *m)
{
	out_bool(m->out, m->facts.flags & FACTS_ATTACHMENT);
}

static void
put_preview(struct email *m)
{
	out_str(m->out, text_clean(m->mem, m->facts.preview));
}

/* usual: where nothing is asked for, of /get (4.2) and of /parse (4.9). */
enum { GET = 1, PARSE = 2 };
enum { NEEDS_FACTS = 1, NEEDS_PARTS = 3, NEEDS_TEXT = 7 };
static const struct {
	const char *name;
	void (*put)(struct email *m);
	uint32_t usual, needs;
} properties[] = {
	{ "id", put_id, GET, 0 },
	{ "blobId", put_blob, GET, 0 },
	{ "threadId", put_thread, GET, 0 },
	{ "mailboxIds", put_mailboxes, GET, 0 },
	{ "keywords", put_keywords, GET, 0 },
	{ "size", put_size, GET, 0 },
	{ "receivedAt", put_received, GET, 0 },
	{ "messageId", put_message_id, GET | PARSE, NEEDS_FACTS },
	{ "inReplyTo", put_in_reply_to, GET | PARSE, NEEDS_FACTS },
	{ "references", put_references, GET | PARSE, NEEDS_FACTS },
	{ "sender", put_sender, GET | PARSE, NEEDS_FACTS },
	{ "from", put_from, GET | PARSE, NEEDS_FACTS },
	{ "to", put_to, GET | PARSE, NEEDS_FACTS },
	{ "cc", put_cc, GET | PARSE, NEEDS_FACTS },
	{ "bcc", put_bcc, GET | PARSE, NEEDS_FACTS },
	{ "replyTo", put_reply_to, GET | PARSE, NEEDS_FACTS },
	{ "subject", put_subject, GET | PARSE, NEEDS_FACTS },
	{ "sentAt", put_sent, GET | PARSE, NEEDS_FACTS },
	{ "hasAttachment", put_has_attachment, GET | PARSE, NEEDS_FACTS },
	{ "preview", put_preview, GET | PARSE, NEEDS_FACTS },
	{ "headers", put_headers, 0, NEEDS_FACTS | 4 },
	{ "bodyStructure", put_structure, 0, NEEDS_PARTS },
	{ "bodyValues", put_values, GET | PARSE, NEEDS_PARTS },
	{ "textBody", put_text_body, GET | PARSE, NEEDS_PARTS },
	{ "htmlBody", put_html_body, GET | PARSE, NEEDS_PARTS },
	{ "attachments", put_attachments, GET | PARSE, NEEDS_PARTS },
};

static int
read_facts(struct email *m)
{
	const struct email_wants *w = m->wants;
	int e = w->facts ? source_facts(&m->source, m->call->jmap->loop,
	    m->mem, &m->facts, m->err) : 0;

	if (e == 0 && w->parts)
		body_parse(&m->body, &m->facts, m->mem);
	return e < 0 || !w->parts || m->body.root ? e :
	    err_set(m->err, E_DAMAGED, "a message without a part");
}

/* Of one object a /get cannot say that it is there and cannot be read, and
 * notFound (RFC 8620 5.1) would have a client drop the copy that it may be
 * the last to have. So it comes with what its row says, and says the rest. */
static int
put_in_its_place(struct email *m)
{
	m->source = (struct source){ .here = STR("Subject: "
	    EMAIL_UNREADABLE "\r\n\r\n" EMAIL_UNREADABLE "\r\n") };
	m->unreadable = true;
	return read_facts(m);
}

int
email_put(struct email *m, struct err *err)
{
	const struct email_wants *w = m->wants;
	struct header_property h;

	m->out = &m->call->out;
	m->err = err;
	m->e = 0;
	m->mem = arena_new(EMAIL_MEM);
	m->header = BUF_INIT(MESSAGE_HEADER_MAX);
	m->body = (struct body){ 0 };
	m->facts = (struct facts){ 0 };
	m->size = source_size(&m->source);
	m->e = read_facts(m);
	if (m->e == E_DAMAGED && m->row)
		m->e = put_in_its_place(m);
	if (m->e == 0) {
		out_open(m->out, '{');
		for (size_t i = 0; i < NELEM(properties); i++) {
			if (!(w->properties >> i & 1))
				continue;
			out_name(m->out, properties[i].name);
			properties[i].put(m);
		}
		for (size_t i = 0; i < w->headers.n; i++) {
			(void)header_property_parse(w->headers.p[i], &h);
			out_key(m->out, w->headers.p[i]);
			header_put(m->out, email_header(m), &h);
		}
		out_close(m->out, '}');
	}
	body_free(&m->body);
	buf_free(&m->header);
	arena_free(m->mem);
	return m->e;
}

/* ---- what is asked for                                     RFC 8621 4.2 -- */

static const char *
want_property(struct call *c, struct email_wants *w, struct str name)
{
	struct header_property h;

	for (size_t i = 0; i < NELEM(properties); i++) {
		if (!str_eq(name, str_c(properties[i].name)))
			continue;
		w->properties |= UINT64_C(1) << i;
		return NULL;
	}
	if (!header_property_parse(name, &h))
		return call_error(c, "invalidArguments",
		    "no such property: %.*s", (int)(name.n < 100 ? name.n :
		    100), name.p);
	vec_push(&w->headers, name);
	return NULL;
}

static const char *
want_body_property(struct call *c, struct email_wants *w, struct str name)
{
	struct header_property h;
	uint32_t bit = email_part_property(name);

	w->body_properties |= bit;
	if (bit)
		return NULL;
	if (!header_property_parse(name, &h))
		return call_error(c, "invalidArguments",
		    "no such body property: %.*s", (int)(name.n < 100 ?
		    name.n : 100), name.p);
	vec_push(&w->body_headers, name);
	return NULL;
}

static void
wants_follow(struct email_wants *w)
{
	uint32_t needs = w->headers.n > 0 ? NEEDS_FACTS | 4 : 0;

	for (size_t i = 0; i < NELEM(properties); i++)
		if (w->properties >> i & 1)
			needs |= properties[i].needs;
	if (needs & 2)
		needs |= 4;	/* sizes and values are of the text */
	w->facts = needs & 1;
	w->parts = needs & 2;
	w->rows = (w->facts ? WANT_FACTS : 0) | (needs & 4 ? WANT_HEAD : 0);
}

const char *
wants_read(struct call *c, bool parse, struct email_wants *w)
{
	const json_t *asked = json_object_get(c->args, "properties"), *v;
	const json_t *body = json_object_get(c->args, "bodyProperties");
	const char *error = NULL;
	size_t i;

	*w = (struct email_wants){
		.properties = parse ? 0 : 1,
		.text_values = arg_bool(c, "fetchTextBodyValues", false),
		.html_values = arg_bool(c, "fetchHTMLBodyValues", false),
		.all_values = arg_bool(c, "fetchAllBodyValues", false),
		.max_value = (uint64_t)arg_int(c, "maxBodyValueBytes", 0),
	};
	for (i = 0; !asked && i < NELEM(properties); i++)
		if (properties[i].usual & (parse ? PARSE : GET))
			w->properties |= UINT64_C(1) << i;
	if (!body)
		w->body_properties = email_part_usual();
	json_array_foreach(asked, i, v)
		if (!error)
			error = want_property(c, w, text_of(v));
	json_array_foreach(body, i, v)
		if (!error)
			error = want_body_property(c, w, text_of(v));
	wants_follow(w);
	return error;
}

void
wants_free(struct email_wants *w)
{
	vec_free(&w->headers);
	vec_free(&w->body_headers);
}
