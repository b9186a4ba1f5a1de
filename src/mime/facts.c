#include "mime/mime_int.h"
#include "mime/record.h"

#define NAME(lit) { "" lit, sizeof(lit) - 1 }
const struct str facts_listed[FACTS_LISTED] = {
	NAME("From"), NAME("Sender"), NAME("Reply-To"), NAME("To"), NAME("Cc"),
	NAME("Bcc"), NAME("Subject"), NAME("Date"), NAME("Message-ID"),
	NAME("In-Reply-To"), NAME("References"), NAME("Content-Type"),
	NAME("Content-Transfer-Encoding"), NAME("Content-Description"),
	NAME("MIME-Version"), NAME("Priority"), NAME("X-Priority"),
	NAME("Importance"), NAME("Newsgroups"), NAME("List-Id"),
	NAME("List-Post"), NAME("Lines"), NAME("X-Label"),
	NAME("Disposition-Notification-To"),
};

static void
read_numbers(struct rd *r, struct facts *f)
{
	f->flags = rd_le16(r);
	f->sent = (int64_t)rd_le64(r);
	f->sent_offset_min = (int16_t)rd_le16(r);
	f->received_count = (uint32_t)rec_num(r);
	f->nparts = (uint32_t)rec_num(r);
	f->size = rec_num(r);
	f->header_len = rec_num(r);
	f->lines = rec_num(r);
	f->longest_line = rec_num(r);
}

bool
facts_next_text(struct str *list, struct str *text)
{
	struct rd r = rd_of(*list);
	struct str got = rec_str(&r);

	if (!rd_ok(&r))
		return false;
	*text = got;
	*list = rd_rest(&r);
	return true;
}

bool
facts_next_param(struct str *list, struct str *name, struct str *value)
{
	return facts_next_text(list, name) && facts_next_text(list, value);
}

struct str
facts_param(struct str list, struct str name)
{
	struct str one, value;

	while (facts_next_param(&list, &one, &value))
		if (str_eqi(one, name))
			return value;
	return STR_NULL;
}

bool
facts_next_address(struct str *list, struct address *address)
{
	struct rd r = rd_of(*list);
	uint64_t kind = rec_num(&r);
	struct address got = { .kind = (enum address_kind)kind };

	if (kind == ADDRESS_MAILBOX) {
		got.name = rec_opt(&r);
		got.route = rec_opt(&r);
		got.mailbox = rec_str(&r);
		got.host = rec_str(&r);
	} else if (kind == ADDRESS_GROUP) {
		got.name = rec_str(&r);
	}
	if (!rd_ok(&r) || kind > ADDRESS_GROUP_END)
		return false;
	*address = got;
	*list = rd_rest(&r);
	return true;
}

static struct facts_envelope
read_envelope(struct rd *r)
{
	struct facts_envelope e = { 0 };
	struct str *lists[] = { &e.from, &e.sender, &e.reply_to, &e.to, &e.cc,
		&e.bcc };

	e.date = rec_opt(r);
	e.subject = rec_opt(r);
	for (size_t i = 0; i < NELEM(lists); i++)
		*lists[i] = rec_str(r);
	e.in_reply_to = rec_opt(r);
	e.message_id = rec_opt(r);
	return e;
}

static void
read_description(struct rd *r, struct facts_part *p)
{
	if (p->is_message)
		p->envelope = read_envelope(r);
	p->type = rec_opt(r);
	p->subtype = rec_opt(r);
	p->params = rec_str(r);
	p->id = rec_opt(r);
	p->description = rec_opt(r);
	p->encoding = rec_opt(r);
	p->md5 = rec_opt(r);
	p->disposition = rec_opt(r);
	p->disposition_params = rec_str(r);
	p->languages = rec_str(r);
	p->location = rec_opt(r);
}

struct facts_walk
facts_walk_of(const struct facts *f)
{
	return (struct facts_walk){ .table = rd_of(f->table),
		.parts = rd_of(f->parts), .size = f->size };
}

/* Where may the next part stand: at the top the message, elsewhere inside of
 * something that has parts; a message/rfc822 has its one part at once. */
static bool
take_place(struct facts_walk *w, const struct part_row *row, bool *is_message)
{
	uint64_t parent = row->depth ? 1ull << (row->depth - 1) : 0;
	uint64_t above = row->depth < 64 ? (1ull << row->depth) - 1 :
	    UINT64_MAX;
	bool message = !w->begun || (w->messages & parent);

	if (w->begun == !parent || (w->begun && !message &&
	    (w->messages || !(w->multiparts & parent))))
		return false;
	*is_message = message;
	w->begun = true;
	w->multiparts &= above;
	w->messages = 0;
	if (row->kind == PART_LEAF)
		return true;
	if (row->depth >= 64)
		return false;
	if (row->kind == PART_MULTIPART)
		w->multiparts |= 1ull << row->depth;
	else
		w->messages = 1ull << row->depth;
	return true;
}

bool
facts_next_part(struct facts_walk *w, struct facts_part *p)
{
	struct facts_part got = { 0 };
	struct part_row row;

	if (!part_row_next(&w->table, w->size, &w->before, &row))
		return false;
	if (!take_place(w, &row, &got.is_message)) {
		rd_fail(&w->table);
		return false;
	}
	got.kind = (enum part_kind)row.kind;
	got.depth = (uint32_t)row.depth;
	got.header_off = row.header_off;
	got.header_len = row.header_len;
	got.body_len = row.body_len;
	got.lines = row.lines;
	read_description(&w->parts, &got);
	if (!rd_ok(&w->parts))
		return false;
	*p = got;
	return true;
}

/* ---- is it well formed? ------------------------------------------------- */

/* Groups are in no group, and each has its end. */
static bool
addresses_fit(struct str list)
{
	struct address a = { 0 };
	bool in_group = false;

	while (list.n > 0) {
		if (!facts_next_address(&list, &a))
			return false;
		if (a.kind == ADDRESS_MAILBOX)
			continue;
		if (in_group == (a.kind == ADDRESS_GROUP))
			return false;
		in_group = !in_group;
	}
	return !in_group;
}

static bool
texts_fit(struct str list, bool pairs)
{
	struct str one, two;

	while (list.n > 0) {
		if (pairs ? !facts_next_param(&list, &one, &two) :
		    !facts_next_text(&list, &one))
			return false;
	}
	return true;
}

static bool
envelope_fits(const struct facts_envelope *e)
{
	return addresses_fit(e->from) && addresses_fit(e->sender) &&
	    addresses_fit(e->reply_to) && addresses_fit(e->to) &&
	    addresses_fit(e->cc) && addresses_fit(e->bcc);
}

/* The kind and the type say the same: readers go by either. */
static bool
type_fits(const struct facts_part *p)
{
	bool multipart = str_eqi(p->type, STR("multipart"));
	bool message = str_eqi(p->type, STR("message")) &&
	    str_eqi(p->subtype, STR("rfc822"));

	return p->type.n > 0 && p->subtype.n > 0 &&
	    multipart == (p->kind == PART_MULTIPART) &&
	    message == (p->kind == PART_MESSAGE);
}

static bool
parts_fit(struct facts *f)
{
	struct facts_walk w = facts_walk_of(f);
	struct facts_part p;
	uint32_t n = 0;

	while (facts_next_part(&w, &p)) {
		if (!type_fits(&p) || !texts_fit(p.params, true) ||
		    !texts_fit(p.disposition_params, true) ||
		    !texts_fit(p.languages, false) ||
		    (p.is_message && !envelope_fits(&p.envelope)))
			return false;
		if (n++ == 0)
			f->envelope = p.envelope;
	}
	return rd_done(&w.table) && rd_done(&w.parts) && w.messages == 0 &&
	    n == f->nparts && n > 0 && n <= PARTS_MAX;
}

static bool
is_version(uint8_t version)
{
	return version == FACTS_VERSION || version == FACTS_NO_LINES;
}

int
facts_brief(struct str rec, struct facts *f)
{
	struct rd r = rd_of(rec);
	bool known = is_version(rd_le8(&r));
	struct facts got = { 0 };

	read_numbers(&r, &got);
	if (!known || !rd_ok(&r))
		return E_PROTO;
	*f = got;
	return 0;
}

/* All but the parts. */
static int
read_record(struct str rec, struct facts *f)
{
	struct rd r = rd_of(rec);
	uint8_t version = rd_le8(&r);

	*f = (struct facts){ 0 };
	if (!is_version(version))
		return E_PROTO;
	read_numbers(&r, f);
	f->message_id = rec_str(&r);
	f->in_reply_to = rec_str(&r);
	f->references = rec_str(&r);
	f->base_subject = rec_str(&r);
	f->preview = rec_str(&r);
	f->table = rec_str(&r);
	f->parts = rec_str(&r);
	if (version != FACTS_NO_LINES)
		f->listed = rec_opt(&r);
	return rd_done(&r) && f->header_len <= f->size ? 0 : E_PROTO;
}

int
facts_decode(struct str rec, struct facts *f)
{
	struct facts got;

	if (read_record(rec, &got) < 0 || !parts_fit(&got) ||
	    !texts_fit(got.in_reply_to, false) ||
	    !texts_fit(got.references, false))
		return E_PROTO;
	*f = got;
	return 0;
}

int
facts_glance(struct str rec, struct facts *f)
{
	struct facts got;
	struct rd parts;

	if (read_record(rec, &got) < 0)
		return E_PROTO;
	parts = rd_of(got.parts);
	got.envelope = read_envelope(&parts);
	if (!rd_ok(&parts))
		return E_PROTO;
	*f = got;
	return 0;
}
