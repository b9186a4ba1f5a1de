/*
 * block.c - a block of a shelf, and where they are.
 */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/crc32c.h"
#include "base/rd.h"
#include "store/shelf/shelf_int.h"

enum { MAGIC = 0x46535750 /* "PWSF" */, SUM_FROM = 8 };

static bool
block_parse(const char header[BLOCK_HEADER], uint64_t at, struct block *b)
{
	struct rd r = rd_of(str_make(header, BLOCK_HEADER));
	bool magic = rd_le32(&r) == MAGIC;

	(void)rd_le32(&r);
	b->at = at;
	b->mailbox = rd_le64(&r);
	b->first = rd_le32(&r);
	b->last = rd_le32(&r);
	b->n = rd_le32(&r);
	b->octets = rd_le32(&r);
	return magic && b->first <= b->last && b->n > 0 &&
	    b->n <= BLOCK_MESSAGES && b->octets <= BLOCK_MAX &&
	    b->octets >= b->n * BLOCK_ENTRY;
}

size_t
shelf_find_block(const struct shelf *x, uint64_t mailbox, uint32_t uid)
{
	size_t from = 0, to = x->blocks.n;

	while (from < to) {
		size_t middle = (from + to) / 2;
		const struct block *b = &x->blocks.p[middle];

		if (b->mailbox < mailbox ||
		    (b->mailbox == mailbox && b->last < uid))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* One that lies over another is left out: it is found by nobody. */
static void
add_block(struct shelf *x, const struct block *b)
{
	size_t i = shelf_find_block(x, b->mailbox, b->first);

	if (i < x->blocks.n && x->blocks.p[i].mailbox == b->mailbox &&
	    x->blocks.p[i].first <= b->last)
		return;
	vec_push(&x->blocks, *b);
	memmove(&x->blocks.p[i + 1], &x->blocks.p[i],
	    (x->blocks.n - 1 - i) * sizeof(*b));
	x->blocks.p[i] = *b;
}

void
shelf_read_blocks(struct shelf *x, uint64_t size)
{
	char header[BLOCK_HEADER];
	struct block b;

	while (size - x->end >= BLOCK_HEADER && x->blocks.n < BLOCKS_MAX &&
	    file_read_all(x->f, header, sizeof(header), x->end) == 0 &&
	    block_parse(header, x->end, &b) &&
	    b.octets <= size - x->end - BLOCK_HEADER) {
		add_block(x, &b);
		x->end += BLOCK_HEADER + b.octets;
	}
}

static int
damaged(struct err *err)
{
	return err_set(err, E_DAMAGED, "a block of the shelf is not what was "
	    "written");
}

/* Do the lengths of the table make up the facts, and the UIDs ascend? */
static bool
table_fits(const struct block *b, struct str table, size_t facts)
{
	struct rd r = rd_of(table);
	uint32_t before = 0;
	uint64_t sum = 0;

	while (rd_left(&r) > 0) {
		uint32_t uid = rd_le32(&r);

		if (uid <= before || uid < b->first || uid > b->last)
			return false;
		before = uid;
		sum += rd_le32(&r);
		(void)rd_le64(&r);
	}
	return rd_ok(&r) && sum == facts;
}

int
block_read(const struct shelf *x, const struct block *b, char *room,
    struct block_reader *out, struct err *err)
{
	size_t n = BLOCK_HEADER + b->octets;
	size_t table = (size_t)b->n * BLOCK_ENTRY;
	struct block is;
	struct rd sum;
	int rc = file_read_all(x->f, room, n, b->at);

	if (rc < 0)
		return err_set(err, rc == -EIO ? E_DAMAGED : E_IO,
		    "read the shelf: %s", strerrordesc_np(-rc));
	sum = rd_of(str_make(room + 4, 4));
	if (!block_parse(room, b->at, &is) || is.n != b->n ||
	    is.octets != b->octets || rd_le32(&sum) !=
	    crc32c(0, room + SUM_FROM, n - SUM_FROM))
		return damaged(err);
	out->table = str_make(room + BLOCK_HEADER, table);
	out->facts = str_make(room + BLOCK_HEADER + table, b->octets - table);
	return table_fits(b, out->table, out->facts.n) ? 0 : damaged(err);
}

bool
block_next(struct block_reader *r, struct shelved *out)
{
	struct rd table = rd_of(r->table);

	if (r->table.n == 0)
		return false;
	out->uid = rd_le32(&table);
	out->facts = str_first(r->facts, rd_le32(&table));
	out->blob = rd_le64(&table);
	r->table = rd_rest(&table);
	r->facts = str_from(r->facts, out->facts.n);
	return true;
}

void
block_make(struct buf *b, uint64_t mailbox, const struct shelved *v, size_t n)
{
	size_t octets = n * BLOCK_ENTRY;
	uint32_t sum;

	for (size_t i = 0; i < n; i++)
		octets += v[i].facts.n;
	buf_le32(b, MAGIC);
	buf_le32(b, 0);
	buf_le64(b, mailbox);
	buf_le32(b, v[0].uid);
	buf_le32(b, v[n - 1].uid);
	buf_le32(b, (uint32_t)n);
	buf_le32(b, (uint32_t)octets);
	for (size_t i = 0; i < n; i++) {
		buf_le32(b, v[i].uid);
		buf_le32(b, (uint32_t)v[i].facts.n);
		buf_le64(b, v[i].blob);
	}
	for (size_t i = 0; i < n; i++)
		buf_str(b, v[i].facts);
	if (buf_failed(b))
		return;
	sum = htole32(crc32c(0, b->p + SUM_FROM, b->n - SUM_FROM));
	memcpy(b->p + 4, &sum, sizeof(sum));
}
