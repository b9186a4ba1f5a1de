#include "mime/record.h"

#include "mime/charset.h"
#include "mime/date.h"
#include "mime/ids.h"
#include "mime/lex.h"
#include "mime/mime_int.h"
#include "mime/subject.h"

void
rec_put(struct buf *out, uint64_t v)
{
	char octets[10];
	size_t n = 0;

	do {
		octets[n++] = (char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		v >>= 7;
	} while (v > 0);
	buf_put(out, octets, n);
}

void
rec_put_str(struct buf *out, struct str s)
{
	rec_put(out, s.n);
	buf_str(out, s);
}

void
rec_put_opt(struct buf *out, struct str s)
{
	rec_put(out, s.p ? s.n + 1 : 0);
	buf_str(out, s);
}

void
rec_put_list(struct buf *out, const struct buf *list)
{
	rec_put_str(out, buf_get(list));
	out->failed |= list->failed;
}

uint64_t
rec_num_long(struct rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t octet = rd_le8(r);

		v |= (uint64_t)(octet & 0x7f) << shift;
		if (octet < 0x80)
			return v;
	}
	rd_fail(r);
	return 0;
}

/* White space in an id comes from folding; without it ids compare. */
static void
put_id(struct buf *out, struct str id)
{
	char tight[ID_MAX];
	size_t n = 0;

	if (id.n > sizeof(tight))
		return;
	for (size_t i = 0; i < id.n; i++)
		if (!lex_is_space(id.p[i]))
			tight[n++] = id.p[i];
	if (n > 0)
		rec_put_str(out, str_make(tight, n));
}

/* Of too many the first (the root of the thread) and the last ones (the
 * nearest ancestors) are kept. */
static void
put_ids(struct buf *out, struct str value)
{
	auto_buf list = BUF_INIT(IDS_MAX * (ID_MAX + 4));
	struct str rest = value, id;
	size_t n = 0;

	while (ids_next(&rest, &id))
		n++;
	for (size_t i = 0; ids_next(&value, &id); i++)
		if (i == 0 || n - i < IDS_MAX)
			put_id(&list, id);
	rec_put_str(out, buf_get(&list));
}

static void
put_message_id(struct buf *out, struct str value)
{
	auto_buf one = BUF_INIT(ID_MAX + 4);
	struct str id;

	if (ids_next(&value, &id))
		put_id(&one, id);
	if (one.n > 0)
		buf_str(out, buf_get(&one));
	else
		rec_put(out, 0);
}

static void
put_parts(struct buf *out, const struct part *root, uint32_t nparts)
{
	auto_buf table = BUF_INIT((size_t)nparts * 64 + 1);
	auto_buf described = BUF_INIT(MIME_RECORD_MAX);
	uint64_t before = 0;

	for (const struct part *p = root; p; p = p->next) {
		rec_put(&table, p->kind);
		rec_put(&table, p->depth);
		rec_put(&table, p->header_off - before);
		rec_put(&table, p->header_len);
		rec_put(&table, p->body_len);
		rec_put(&table, p->lines);
		before = p->header_off;
		buf_str(&described, p->described);
	}
	rec_put_list(out, &table);
	rec_put_list(out, &described);
}

static void
put_numbers(struct buf *out, const struct mime_scan *s)
{
	rec_put(out, s->fields.received);
	rec_put(out, s->nparts);
	rec_put(out, s->offset);
	rec_put(out, s->root->header_len);
	rec_put(out, s->root->lines);
	rec_put(out, s->longest);
}

/* Fields as they stand, for who lists mailboxes by them. */
static void
put_lines(struct buf *out, const struct mime_scan *s)
{
	auto_buf lines = BUF_INIT(LINES_MAX);

	header_select(&lines, s->fields.block, facts_listed, FACTS_LISTED,
	    false);
	rec_put_opt(out, s->flags & FACTS_CUT || buf_failed(&lines) ?
	    STR_NULL : buf_get(&lines));
}

void
record_write(struct mime_scan *s, struct buf *out)
{
	auto_buf preview = BUF_INIT(PREVIEW_MAX);
	auto_buf subject = BUF_INIT(8 * SUBJECT_READ);
	const struct fields *f = &s->fields;
	struct mail_date date = { 0 };
	uint32_t flags = s->flags;

	if (f->v[F_DATE].p && date_parse(f->v[F_DATE], &date))
		flags |= FACTS_DATE;
	if (subject_base(&subject, str_first(f->v[F_SUBJECT], SUBJECT_READ)))
		flags |= FACTS_REPLY;
	if (s->captured)
		preview_make(&preview, s->captured, s->preview_text);
	buf_chr(out, FACTS_VERSION);
	buf_le16(out, (uint16_t)flags);
	buf_le64(out, (uint64_t)date.at);
	buf_le16(out, (uint16_t)date.offset_min);
	put_numbers(out, s);
	put_message_id(out, f->v[F_MESSAGE_ID]);
	put_ids(out, f->v[F_IN_REPLY_TO]);
	put_ids(out, f->v[F_REFERENCES]);
	rec_put_str(out, utf8_first(buf_get(&subject), SUBJECT_MAX));
	rec_put_str(out, buf_get(&preview));
	put_parts(out, s->root, s->nparts);
	put_lines(out, s);
}
