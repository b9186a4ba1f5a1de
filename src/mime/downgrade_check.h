/*
 * downgrade_check.h - for tests: a message written anew, and whether its parts
 * still say what they said.
 */
#pragma once
#include "base/err.h"
#include "mime/downgrade.h"
#include "mime/facts.h"
#include "mime/tally.h"
#include "mime/transfer.h"

static int
downgrade_take(void *arg, struct str octets)
{
	buf_str(arg, octets);
	bug_if(buf_failed(arg));
	return 0;
}

static enum downgrade_fault
downgrade_all(struct buf *out, enum downgrade_to to, struct str in,
    size_t piece, bool *changed)
{
	struct downgrade *d = downgrade_new(&(struct downgrade_options){
	    .to = to, .out = downgrade_take, .arg = out });
	enum downgrade_fault fault;
	int rc;

	for (size_t i = 0; i < in.n; i += piece)
		(void)downgrade_feed(d, str_first(str_from(in, i), piece));
	rc = downgrade_end(d);
	fault = downgrade_fault(d);
	bug_if((rc < 0) != (fault != DOWNGRADE_FINE));
	*changed = downgrade_changed(d);
	downgrade_free(d);
	return fault;
}

static void
scan_all(struct arena *a, struct str in, struct buf *record, struct facts *f)
{
	struct mime_scan *s = mime_scan_new(a, NULL);

	mime_scan_feed(s, in);
	mime_scan_finish(s, record);
	bug_if(facts_decode(buf_get(record), f) < 0);
}

static void
decode_part(const struct facts_part *p, struct str message, struct buf *out)
{
	struct transfer t = transfer_of(p->encoding);

	transfer_more(&t, str_first(str_from(message,
	    p->header_off + p->header_len), p->body_len), out);
	transfer_end(&t, out);
	bug_if(buf_failed(out));
}

/* A message, and its parts one by one. */
struct looked_at {
	struct str text;
	struct buf record;
	struct facts facts;
	struct facts_walk walk;
	struct facts_part part;
};

static struct looked_at *
look_through(struct arena *a, struct str text)
{
	struct looked_at *l = arena_new_of(a, struct looked_at);

	l->text = text;
	l->record = BUF_INIT(MIME_RECORD_MAX);
	scan_all(a, text, &l->record, &l->facts);
	l->walk = facts_walk_of(&l->facts);
	return l;
}

static void
compare_part(const struct looked_at *a, const struct looked_at *b)
{
	size_t n = a->text.n + b->text.n + 8;
	auto_buf one = BUF_INIT(n), two = BUF_INIT(n);

	bug_if(a->part.kind != b->part.kind || a->part.depth != b->part.depth);
	bug_if(!str_eq(a->part.type, b->part.type) ||
	    !str_eq(a->part.subtype, b->part.subtype));
	if (a->part.kind != PART_LEAF)
		return;
	decode_part(&a->part, a->text, &one);
	decode_part(&b->part, b->text, &two);
	bug_if(!str_eq(buf_get(&one), buf_get(&two)));
}

/* Do both have the same parts? What a bound of facts cut is not looked at. */
static void
compare_parts(struct str before, struct str after)
{
	struct arena *mem = arena_new(2 * MIME_SCAN_ARENA);
	struct looked_at *a = look_through(mem, before);
	struct looked_at *b = look_through(mem, after);

	while (!((a->facts.flags | b->facts.flags) & FACTS_CUT)) {
		bool more = facts_next_part(&a->walk, &a->part);

		bug_if(facts_next_part(&b->walk, &b->part) != more);
		if (!more)
			break;
		compare_part(a, b);
	}
	buf_free(&a->record);
	buf_free(&b->record);
	arena_free(mem);
}

/* Whatever it was: what came out is what was promised. */
static void
check_downgraded(enum downgrade_to to, struct str before, struct str after)
{
	struct tally t = { 0 };
	auto_buf again = BUF_INIT(8 * after.n + 4096);
	uint64_t lines = 0;
	bool changed;

	tally_add(&t, after);
	for (size_t i = 1; i < after.n; i++)
		lines += after.p[i] == '\n' && after.p[i - 1] == '\r';
	bug_if(t.nul || t.cr != lines || t.lf != lines);
	bug_if(t.high && to == DOWNGRADE_7BIT);
	compare_parts(before, after);
	/* It needs nothing more. */
	bug_if(downgrade_all(&again, to, after, SIZE_MAX / 2, &changed) !=
	    DOWNGRADE_FINE);
	bug_if(changed || !str_eq(buf_get(&again), after));
}
