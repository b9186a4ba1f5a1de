#include "mail/readable.h"

#include "mime/surrogate.h"

/*
 * Invariants: octets before `at` have been given out or lie in `header`, which
 * holds those of [from, at) while from < at; [from, to) is the next header that
 * becomes another one, and there is none if from is UINT64_MAX.
 */
struct text_reading {
	int (*out)(void *arg, struct str octets, bool in_header);
	void *arg;
	uint64_t at, from, to;
	uint64_t header_end, prefix_len;
	bool has_parts;
	struct facts_walk parts;
	struct buf header;
};

/* The header behind the one that was. */
static void
next_header(struct text_reading *r)
{
	struct facts_part p;

	buf_reset(&r->header);
	r->from = r->to = UINT64_MAX;
	while (r->has_parts && facts_next_part(&r->parts, &p)) {
		uint64_t from = r->prefix_len + p.header_off;

		if (from < r->at || p.header_len == 0 ||
		    p.header_len > MESSAGE_HEADER_MAX)
			continue;
		r->from = from;
		r->to = from + p.header_len;
		return;
	}
}

static int
give_header(struct text_reading *r)
{
	auto_buf b = BUF_INIT(SURROGATE_MAX(r->header.n));

	if (r->header.n == 0)
		return 0;
	surrogate_header(&b, buf_get(&r->header));
	bug_if(buf_failed(&b));
	return b.n ? r->out(r->arg, buf_get(&b), r->to <= r->header_end) : 0;
}

static int
take_octets(void *arg, struct str octets)
{
	struct text_reading *r = arg;
	int e = 0;

	while (e == 0 && octets.n > 0) {
		bool other = r->at >= r->from, top = r->at < r->header_end;
		uint64_t end = other ? r->to : r->from;
		struct str piece = octets;

		if (!other && top && r->header_end < end)
			end = r->header_end;
		if (piece.n > end - r->at)
			piece.n = (size_t)(end - r->at);
		octets = str_from(octets, piece.n);
		r->at += piece.n;
		if (!other) {
			e = r->out(r->arg, piece, top);
			continue;
		}
		buf_str(&r->header, piece);
		if (r->at == r->to) {
			e = give_header(r);
			next_header(r);
		}
	}
	return e;
}

int
message_read_text(const struct mail_message *m, const struct facts *f,
    uint64_t len, bool ascii,
    int (*out)(void *arg, struct str octets, bool in_header),
    void *arg, struct err *err)
{
	struct text_reading r = { .out = out, .arg = arg, .from = UINT64_MAX,
		.to = UINT64_MAX, .prefix_len = m->prefix_len,
		.header_end = m->prefix_len + f->header_len,
		.has_parts = f->flags & FACTS_8BIT_HEADER,
		.parts = facts_walk_of(f),
		.header = BUF_INIT(2 * MESSAGE_HEADER_MAX) };
	struct facts_part first;
	int e;

	/* What stands in front was written by us, with addresses of others. */
	if (ascii && (m->prefix_len > 0 || r.has_parts)) {
		r.from = 0;
		r.to = m->prefix_len;
		if (r.has_parts && facts_next_part(&r.parts, &first) &&
		    f->header_len <= MESSAGE_HEADER_MAX)
			r.to = r.header_end;
	}
	if (r.to == 0)
		next_header(&r);
	e = message_read(m, (struct octet_range){ 0, len }, take_octets, &r,
	    err);
	if (e == 0)	/* of a header that ends where the message does */
		e = give_header(&r);
	buf_free(&r.header);
	return e;
}
