#include "store/disk/record.h"

#include <endian.h>

#include "base/crc32c.h"
#include "base/rd.h"

#define RECORD_MAGIC 0x63657250u /* "Prec" */
enum { FLAGS_AT = 42 };

/* n sums stand for a body of up to n pieces, and lie behind it. */
static uint32_t
octets_of_sums(uint64_t all)
{
	enum { WITH_SUM = SUM_OCTETS + sizeof(uint32_t) };

	return (uint32_t)((all + WITH_SUM - 1) / WITH_SUM * sizeof(uint32_t));
}

static uint32_t
sums_for(uint64_t body)
{
	uint64_t n = (body + SUM_OCTETS - 1) / SUM_OCTETS;

	return body > RECORD_SMALL ? (uint32_t)(n * sizeof(uint32_t)) : 0;
}

struct place
record_begin(struct record *r, const struct blob_parts *b, uint64_t length,
    uint32_t crc)
{
	uint64_t body = length + b->facts.n + b->front.n;

	*r = (struct record){ .blob = b->blob, .length = length,
		.account = b->account, .front = (uint32_t)b->front.n,
		.sums = sums_for(body), .format = 2 };
	r->rest = (uint32_t)(body - length) + r->sums;
	r->crc = crc32c(crc, b->facts.p, b->facts.n);
	r->crc = crc32c(r->crc, b->front.p, b->front.n);
	return (struct place){ .blob = b->blob, .length = length,
		.facts = r->rest, .front = r->front };
}

void
record_end(char out[RECORD_HEADER], struct record *r, struct str sums,
    struct place *at)
{
	struct buf b = BUF_INIT(RECORD_HEADER);

	bug_if(sums.n != r->sums);
	r->crc = at->crc = crc32c(r->crc, sums.p, sums.n);
	buf_le32(&b, RECORD_MAGIC);
	buf_le32(&b, r->format);
	buf_le64(&b, r->blob);
	buf_le64(&b, r->length);
	buf_le32(&b, r->rest);
	buf_le32(&b, r->crc);
	buf_le64(&b, r->account);
	buf_le16(&b, (uint16_t)r->front);
	buf_le16(&b, (r->sums ? RECORD_SUMS : 0) |
	    (r->first ? RECORD_FIRST : 0));
	buf_le32(&b, crc32c(0, b.p, b.n));
	memcpy(out, b.p, RECORD_HEADER);
	buf_free(&b);
}

void
record_mark(char header[RECORD_HEADER], bool first)
{
	uint32_t crc;

	header[FLAGS_AT] = (char)((header[FLAGS_AT] & ~RECORD_FIRST) |
	    (first ? RECORD_FIRST : 0));
	crc = htole32(crc32c(0, header, RECORD_HEADER - sizeof(crc)));
	memcpy(header + RECORD_HEADER - sizeof(crc), &crc, sizeof(crc));
}

bool
record_parse(const char octets[RECORD_HEADER], struct record *r)
{
	struct rd rd = rd_of(str_make(octets, RECORD_HEADER));
	uint32_t magic = rd_le32(&rd), flags;

	r->format = rd_le32(&rd);
	r->blob = rd_le64(&rd);
	r->length = rd_le64(&rd);
	r->rest = rd_le32(&rd);
	r->crc = rd_le32(&rd);
	r->account = rd_le64(&rd);
	r->front = rd_le16(&rd);
	flags = rd_le16(&rd);
	if (magic != RECORD_MAGIC || r->format < 1 || r->format > 2 ||
	    rd_le32(&rd) != crc32c(0, octets, RECORD_HEADER - 4) ||
	    r->length > UINT64_MAX / 2)
		return false;
	r->first = r->format == 2 && (flags & RECORD_FIRST);
	r->sums = flags & RECORD_SUMS ? octets_of_sums(r->length + r->rest)
				      : 0;
	return r->sums <= r->rest && r->front <= r->rest - r->sums;
}

void
sums_add(struct sums *s, struct str octets)
{
	struct str piece;

	while (octets.n > 0) {
		piece = str_first(octets, SUM_OCTETS - s->fill);
		octets = str_from(octets, piece.n);
		s->crc = crc32c(s->crc, piece.p, piece.n);
		s->fill += (uint32_t)piece.n;
		if (s->fill < SUM_OCTETS)
			break;
		vec_push(&s->done, htole32(s->crc));
		s->crc = s->fill = 0;
	}
}

struct str
sums_of_rest(struct sums *s, const struct blob_parts *b)
{
	sums_add(s, b->facts);
	sums_add(s, b->front);
	if (s->fill > 0)
		vec_push(&s->done, htole32(s->crc));
	s->crc = s->fill = 0;
	return str_make((const char *)s->done.p,
	    s->done.n * sizeof(*s->done.p));
}

void
sums_free(struct sums *s)
{
	vec_free(&s->done);
}
