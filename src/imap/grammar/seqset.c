#include "imap/grammar/seqset.h"

static uint32_t
seq_number(struct scan *s, bool star)
{
	if (star && scan_opt(s, '*'))
		return SEQ_STAR;
	return scan_nz_number(s);
}

static struct seqrange
seq_range(struct scan *s, bool star)
{
	struct seqrange r = { .lo = seq_number(s, star) };

	r.hi = scan_opt(s, ':') ? seq_number(s, star) : r.lo;
	return r;
}

static bool
is_set_char(char c)
{
	return ascii_is_digit(c) || c == ',' || c == ':' || c == '*';
}

/* How many ranges the text ahead can hold at most. */
static size_t
count_ranges(const struct scan *s)
{
	struct rd ahead = s->r;
	struct str text = rd_while(&ahead, is_set_char);
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	return n;
}

static struct seqset
scan_ranges(struct scan *s, bool star)
{
	struct seqset set = { 0 };

	set.r = arena_array(s->a, count_ranges(s), sizeof(*set.r));
	do
		set.r[set.n++] = seq_range(s, star);
	while (scan_opt(s, ','));
	if (!scan_ok(s))
		set.n = 0;
	return set;
}

struct seqset
scan_seqset(struct scan *s)
{
	if (scan_opt(s, '$'))
		return (struct seqset){ .saved = true };
	return scan_ranges(s, true);
}

struct seqset
scan_seq_number(struct scan *s)
{
	struct seqset set = { arena_new_of(s->a, struct seqrange), 1, false };
	uint32_t n = scan_opt(s, '*') ? SEQ_STAR : scan_nz_number(s);

	set.r[0] = (struct seqrange){ n, n };
	return set;
}

/* partial-range-first = nz-number ":" nz-number
 * partial-range-last = "-" nz-number ":" "-" nz-number */
struct partial_range
scan_partial_range(struct scan *s)
{
	static const char want[] = "not a well-formed partial range";
	struct partial_range p = { .last = scan_opt(s, '-') };

	p.from = scan_nz_number(s);
	scan_need(s, ':', want);
	if (p.last)
		scan_need(s, '-', want);
	p.to = scan_nz_number(s);
	return p;
}

struct seqset
scan_uid_set(struct scan *s)
{
	return scan_ranges(s, false);
}

static int
by_lo(const void *a, const void *b)
{
	const struct seqrange *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* RFC 3501 9: 2:4 and 4:2 are the same, and "*" is the largest in use, so
 * that 559:* names it also when it is below 559. */
static bool
put_star(struct seqrange *r, uint32_t largest)
{
	uint32_t a = r->lo == SEQ_STAR ? largest : r->lo;
	uint32_t b = r->hi == SEQ_STAR ? largest : r->hi;

	r->lo = a < b ? a : b;
	r->hi = a < b ? b : a;
	return r->lo != 0;
}

void
seqset_resolve_uids(struct seqset *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct seqrange r = set->r[i];

		if (r.lo == UINT32_MAX && r.hi == UINT32_MAX)
			continue;
		r.lo -= r.lo == UINT32_MAX;
		r.hi -= r.hi == UINT32_MAX;
		set->r[n++] = r;
	}
	set->n = n;
	seqset_resolve(set, UINT32_MAX);
}

void
seqset_resolve(struct seqset *set, uint32_t largest)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct seqrange r = set->r[i];

		if (put_star(&r, largest))
			set->r[n++] = r;
	}
	if (n > 1)
		qsort(set->r, n, sizeof(*set->r), by_lo);
	set->n = 0;
	for (size_t i = 0; i < n; i++) {
		struct seqrange *last = set->n ? &set->r[set->n - 1] : NULL;

		if (last && (last->hi == UINT32_MAX ||
		    set->r[i].lo <= last->hi + 1)) {
			if (set->r[i].hi > last->hi)
				last->hi = set->r[i].hi;
		} else {
			set->r[set->n++] = set->r[i];
		}
	}
}

uint32_t
seqset_from(const struct seqset *set, uint32_t v)
{
	size_t lo = 0, hi = set->n;

	/* The first range that ends at v or behind it. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (set->r[mid].hi < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == set->n)
		return 0;
	return set->r[lo].lo > v ? set->r[lo].lo : v;
}

bool
seqset_has(const struct seqset *set, uint32_t v)
{
	return v != 0 && seqset_from(set, v) == v;
}

uint32_t
seqset_max(const struct seqset *set)
{
	return set->n ? set->r[set->n - 1].hi : 0;
}

uint64_t
seqset_count(const struct seqset *set)
{
	uint64_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += (uint64_t)set->r[i].hi - set->r[i].lo + 1;
	return n;
}

void
seqset_out_end(struct seqset_out *o)
{
	if (!o->lo)
		return;
	if (o->any)
		buf_chr(o->b, ',');
	buf_u64(o->b, o->lo);
	if (o->hi > o->lo) {
		buf_chr(o->b, ':');
		buf_u64(o->b, o->hi);
	}
	o->any = true;
	o->lo = 0;
}

void
seqset_out_range(struct seqset_out *o, uint32_t lo, uint32_t hi)
{
	if (!o->lo || lo != o->hi + 1) {
		seqset_out_end(o);
		o->lo = lo;
	}
	o->hi = hi;
}

void
seqset_out_add(struct seqset_out *o, uint32_t v)
{
	seqset_out_range(o, v, v);
}
