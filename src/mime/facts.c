#include "mime/mime_int.h"
#include "mime/record.h"

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

int
facts_decode(struct str rec, struct facts *f)
{
	struct rd r = rd_of(rec);
	struct facts got = { 0 };

	if (rd_le8(&r) != FACTS_VERSION)
		return E_PROTO;
	read_numbers(&r, &got);
	got.envelope = rec_str(&r);
	got.bodystructure = rec_str(&r);
	got.message_id = rec_str(&r);
	got.in_reply_to = rec_str(&r);
	got.references = rec_str(&r);
	got.base_subject = rec_str(&r);
	got.preview = rec_str(&r);
	got.parts = rec_str(&r);
	got.cuts = rec_str(&r);
	if (!rd_done(&r) || got.header_len > got.size)
		return E_PROTO;
	*f = got;
	return 0;
}

bool
facts_next_id(struct str *list, struct str *id)
{
	struct rd r = rd_of(*list);
	struct str got = rec_str(&r);

	if (!rd_ok(&r))
		return false;
	*id = got;
	*list = rd_rest(&r);
	return true;
}

int
facts_put_body(const struct facts *f, struct buf *out)
{
	struct rd cuts = rd_of(f->cuts), text = rd_of(f->bodystructure);

	while (rd_left(&cuts) > 0) {
		uint64_t keep = rec_num(&cuts), drop = rec_num(&cuts);

		if (!rd_ok(&cuts) || keep > rd_left(&text))
			return E_PROTO;
		buf_str(out, rd_take(&text, (size_t)keep));
		if (drop > rd_left(&text))
			return E_PROTO;
		(void)rd_take(&text, (size_t)drop);
	}
	buf_str(out, rd_rest(&text));
	return 0;
}
