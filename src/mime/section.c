#include "mime/mime_int.h"
#include "mime/record.h"

struct section_walk {
	struct rd r;
	const struct facts *f;
	uint64_t before; /* header_off of the row before */
};

bool
part_row_next(struct rd *table, uint64_t size, uint64_t *before,
    struct part_row *row)
{
	uint64_t left = size, *part[] = { &row->header_off, &row->header_len,
		&row->body_len };

	if (rd_left(table) == 0)
		return false;
	row->kind = rec_num(table);
	row->depth = rec_num(table);
	row->header_off = rec_num(table);
	row->header_len = rec_num(table);
	row->body_len = rec_num(table);
	row->lines = rec_num(table);
	if (row->kind > PART_MESSAGE || row->depth > DEPTH_MAX ||
	    row->lines > size || __builtin_add_overflow(row->header_off,
	    *before, &row->header_off))
		rd_fail(table);
	for (size_t i = 0; i < NELEM(part); i++) {
		if (*part[i] > left)
			rd_fail(table);
		left -= *part[i];
	}
	*before = row->header_off;
	return rd_ok(table);
}

static bool
next_row(struct section_walk *w, struct part_row *row)
{
	return part_row_next(&w->r, w->f->size, &w->before, row);
}

/* Child k (from 1) of e, whose row was the last one read. The part that we
 * said a multipart without any has is empty, and where it ends. */
static bool
find_child(struct section_walk *w, struct part_row *e, uint64_t k)
{
	struct part_row c;
	uint64_t n = 0;

	while (next_row(w, &c) && c.depth > e->depth) {
		if (c.depth == e->depth + 1 && ++n == k) {
			*e = c;
			return true;
		}
	}
	if (!rd_ok(&w->r) || n > 0 || k != 1 || e->kind != PART_MULTIPART)
		return false;
	e->header_off += e->header_len + e->body_len;
	e->kind = PART_LEAF;
	e->header_len = e->body_len = 0;
	return true;
}

/* Follow the part numbers. A message that is no multipart has a part 1, which
 * is itself. */
static bool
find_part(struct section_walk *w, struct part_row *e, const uint32_t *path,
    size_t n)
{
	bool is_message = true; /* e is what numbers count in, not a part */

	if (!next_row(w, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_message && e->kind == PART_MESSAGE) {
			if (!find_child(w, e, 1))
				return false;
			is_message = true;
		}
		if (e->kind == PART_MULTIPART) {
			if (path[i] == 0 || !find_child(w, e, path[i]))
				return false;
		} else if (!is_message || path[i] != 1) {
			return false;
		}
		is_message = false;
	}
	return true;
}

int
facts_section(const struct facts *f, const uint32_t *path, size_t npath,
    enum facts_what what, uint64_t *offset, uint64_t *len)
{
	struct section_walk w = { rd_of(f->table), f, 0 };
	struct part_row e = { 0 };
	bool of_message = what == FACTS_HEADER || what == FACTS_TEXT;

	if (what == FACTS_BODY_ALL && npath == 0) {
		*offset = 0;
		*len = f->size;
		return 0;
	}
	if (what == FACTS_MIME && npath == 0)
		return E_NOTFOUND;
	if (!find_part(&w, &e, path, npath))
		return rd_ok(&w.r) ? E_NOTFOUND : E_PROTO;
	if (of_message && npath > 0) {
		if (e.kind != PART_MESSAGE)
			return E_NOTFOUND;
		if (!find_child(&w, &e, 1))
			return E_PROTO;
	}
	if (what == FACTS_HEADER || what == FACTS_MIME) {
		*offset = e.header_off;
		*len = e.header_len;
	} else {
		*offset = e.header_off + e.header_len;
		*len = e.body_len;
	}
	return 0;
}
