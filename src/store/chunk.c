#include "store/chunk.h"

#include "base/rd.h"

void
chunk_put_head(struct buf *b, const struct chunk *c)
{
	buf_le32(b, c->codec);
	buf_le32(b, c->raw);
	buf_le32(b, c->stored);
}

bool
chunk_read(struct str head, struct chunk *c)
{
	struct rd r = rd_of(head);

	c->codec = rd_le32(&r);
	c->raw = rd_le32(&r);
	c->stored = rd_le32(&r);
	return rd_ok(&r) && c->codec < CODECS && c->raw > 0 &&
	    c->raw <= BLOB_CHUNK && c->stored <= BLOB_CHUNK &&
	    (c->codec != CODEC_NONE || c->stored == c->raw);
}

/* One head, or as much of it as there is. */
static struct str
take_head(struct chunk_sum *s, struct str octets)
{
	struct str part = str_first(octets, CHUNK_HEAD - s->have);
	struct chunk c;

	memcpy(s->head + s->have, part.p, part.n);
	s->have += (uint32_t)part.n;
	if (s->have == CHUNK_HEAD) {
		s->wrong = !chunk_read(str_make(s->head, CHUNK_HEAD), &c);
		s->raw += c.raw;
		s->skip = c.stored;
		s->have = 0;
	}
	return str_from(octets, part.n);
}

void
chunk_sum_add(struct chunk_sum *s, struct str octets)
{
	struct str part;

	while (octets.n > 0 && !s->wrong) {
		part = str_first(octets, s->skip);
		s->skip -= (uint32_t)part.n;
		octets = str_from(octets, part.n);
		if (octets.n > 0)
			octets = take_head(s, octets);
	}
}

bool
chunk_sum_is_whole(const struct chunk_sum *s)
{
	return !s->wrong && s->skip == 0 && s->have == 0;
}
