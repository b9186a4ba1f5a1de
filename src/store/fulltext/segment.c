#include "store/fulltext/segment_int.h"

#include "base/crc32c.h"

enum { MAGIC = 0x58495750 }; /* "PWIX" */

uint64_t
segment_octets(const struct segment *s)
{
	uint64_t n = SEGMENT_HEADER + (uint64_t)SEGMENT_MESSAGE * s->messages;

	for (int i = 0; i < WORDS_PARTS; i++)
		n += (uint64_t)s->words[i] + s->lists[i] +
		    4ull * LIST_BLOCKS(s->lists[i]);
	return n;
}

bool
segment_parse(const char header[SEGMENT_HEADER], uint64_t at,
    struct segment *s)
{
	struct rd r = rd_of(str_make(header, SEGMENT_HEADER));
	bool magic = rd_le32(&r) == MAGIC;
	uint64_t octets;

	s->at = at;
	s->version = rd_le32(&r);
	s->messages = rd_le32(&r);
	for (int i = 0; i < WORDS_PARTS; i++)
		s->words[i] = rd_le32(&r);
	for (int i = 0; i < WORDS_PARTS; i++)
		s->lists[i] = rd_le32(&r);
	s->sum_messages = rd_le32(&r);
	for (int i = 0; i < WORDS_PARTS; i++)
		s->sum_words[i] = rd_le32(&r);
	s->sum_sums = rd_le32(&r);
	s->slack = rd_le32(&r);
	octets = segment_octets(s);
	return rd_le32(&r) == crc32c(0, header, SEGMENT_HEADER - 4) && magic &&
	    s->messages <= SEGMENT_MESSAGES && octets <= SEGMENT_LIMIT &&
	    s->slack <= SEGMENT_LIMIT;
}

void
segment_put_header(char header[SEGMENT_HEADER], const struct segment *s)
{
	auto_buf b = BUF_INIT(SEGMENT_HEADER);

	buf_le32(&b, MAGIC);
	buf_le32(&b, s->version);
	buf_le32(&b, s->messages);
	for (int i = 0; i < WORDS_PARTS; i++)
		buf_le32(&b, s->words[i]);
	for (int i = 0; i < WORDS_PARTS; i++)
		buf_le32(&b, s->lists[i]);
	buf_le32(&b, s->sum_messages);
	for (int i = 0; i < WORDS_PARTS; i++)
		buf_le32(&b, s->sum_words[i]);
	buf_le32(&b, s->sum_sums);
	buf_le32(&b, s->slack);
	buf_le32(&b, crc32c(0, b.p, SEGMENT_HEADER - 4));
	bug_if(b.n != SEGMENT_HEADER);
	memcpy(header, b.p, SEGMENT_HEADER);
}

void
segment_put_slack(char header[SEGMENT_HEADER], uint32_t slack)
{
	struct segment s;

	if (!segment_parse(header, 0, &s))
		bug("a segment that was made is none");
	s.slack = slack;
	segment_put_header(header, &s);
}

/* ---- where its pieces are -------------------------------------------- */

uint64_t
segment_words_at(const struct segment *s, int part)
{
	uint64_t at = s->at + SEGMENT_HEADER +
	    (uint64_t)SEGMENT_MESSAGE * s->messages;

	for (int i = 0; i < part; i++)
		at += s->words[i];
	return at;
}

uint64_t
segment_sums_at(const struct segment *s, int part)
{
	uint64_t at = segment_words_at(s, WORDS_PARTS);

	for (int i = 0; i < part; i++)
		at += 4ull * LIST_BLOCKS(s->lists[i]);
	return at;
}

uint64_t
segment_lists_at(const struct segment *s, int part)
{
	uint64_t at = segment_sums_at(s, WORDS_PARTS);

	for (int i = 0; i < part; i++)
		at += s->lists[i];
	return at;
}

int
segment_damaged(struct err *err)
{
	return err_set(err, E_DAMAGED, "a part of the index is damaged");
}

/* Replaces what is in out. */
int
segment_read(struct file *f, uint64_t at, size_t n, struct buf *out,
    struct err *err)
{
	char *p;

	buf_reset(out);
	if (n == 0)
		return 0;
	p = buf_room(out, n);
	bug_if(!p);
	if (file_read_all(f, p, n, at) < 0)
		return segment_damaged(err);
	buf_added(out, n);
	return 0;
}

int
segment_read_summed(struct file *f, uint64_t at, size_t n, uint32_t sum,
    struct buf *out, struct err *err)
{
	int rc = segment_read(f, at, n, out, err);

	return rc < 0 ? rc : crc32c(0, out->p, n) != sum ?
	    segment_damaged(err) : 0;
}

int
segment_messages(struct file *f, const struct segment *s, struct indexed *out,
    struct err *err)
{
	size_t n = (size_t)SEGMENT_MESSAGE * s->messages;
	auto_buf b = BUF_INIT(n);
	int rc = segment_read_summed(f, s->at + SEGMENT_HEADER, n,
	    s->sum_messages, &b, err);
	struct rd r = rd_of(buf_get(&b));

	for (uint32_t i = 0; rc == 0 && i < s->messages; i++) {
		out[i].email = rd_le64(&r);
		out[i].mark = rd_le32(&r);
	}
	return rc;
}
