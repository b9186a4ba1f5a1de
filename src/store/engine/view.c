#include "store/engine/view.h"

/* Dead ones in the view: a tail of the dead, most often empty. */
static size_t
first_unknown(const struct column *c, uint64_t expunges)
{
	size_t low = 0, high = c->dead.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (c->dead.p[mid].expunged <= expunges)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t
live_until(const struct column *c, uint64_t arrivals)
{
	size_t low = 0, high = c->live.n, mid;

	if (high > 0 && c->live.p[high - 1].created <= arrivals)
		return high;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (c->live.p[mid].created <= arrivals)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
by_uid(const void *a, const void *b)
{
	const struct column_row *const *x = a, *const *y = b;

	return (*x)->uid < (*y)->uid ? -1 : (*x)->uid > (*y)->uid;
}

void
view_make(struct view_on *v, const struct column *c, uint64_t arrivals,
    uint64_t expunges, struct arena *a)
{
	size_t from = first_unknown(c, expunges), i;

	*v = (struct view_on){ .c = c, .arrivals = arrivals,
		.expunges = expunges, .nlive = live_until(c, arrivals) };
	if (from < c->dead.n) {
		v->dead = arena_array(a, c->dead.n - from, sizeof(*v->dead));
		v->dead_at = arena_array(a, c->dead.n - from, sizeof(size_t));
	}
	for (i = from; i < c->dead.n; i++)
		if (c->dead.p[i].created <= arrivals)
			v->dead[v->ndead++] = &c->dead.p[i];
	if (v->ndead)
		qsort(v->dead, v->ndead, sizeof(*v->dead), by_uid);
	for (i = 0; i < v->ndead; i++)
		v->dead_at[i] = i + column_seek(c, v->dead[i]->uid);
	v->n = v->nlive + v->ndead;
}

int
view_check(const struct view_on *v, struct err *err)
{
	return v->expunges >= v->c->forgotten ? 0 : err_set(err, E_STALE,
	    "what was expunged since is forgotten");
}

/* How many of the dead are at places before i. */
static size_t
dead_before(const struct view_on *v, size_t i)
{
	size_t low = 0, high = v->ndead, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (v->dead_at[mid] < i)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct column_row *
view_row(const struct view_on *v, size_t i)
{
	size_t k;

	if (v->ndead == 0)
		return &v->c->live.p[i];
	k = dead_before(v, i);
	if (k < v->ndead && v->dead_at[k] == i)
		return v->dead[k];
	return &v->c->live.p[i - k];
}

size_t
view_seek(const struct view_on *v, uint32_t uid)
{
	size_t live = column_seek(v->c, uid), low = 0, high = v->ndead, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (v->dead[mid]->uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return (live < v->nlive ? live : v->nlive) + low;
}

static int
by_from(const void *a, const void *b)
{
	const struct view_range *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* RFC 3501 9, seq-range: "*" is the largest number in use, either end may be
 * the larger one. */
static struct view_range
range_of(const struct view_on *v, uint32_t low, uint32_t high, bool uids)
{
	uint32_t star = uids ? view_row(v, v->n - 1)->uid : (uint32_t)v->n;
	uint32_t swap;

	if (low == UINT32_MAX)
		low = star;
	if (high == UINT32_MAX)
		high = star;
	if (low > high) {
		swap = low;
		low = high;
		high = swap;
	}
	if (uids)
		return (struct view_range){ view_seek(v, low),
			high == UINT32_MAX ? v->n : view_seek(v, high + 1) };
	if (low == 0)
		low = 1;
	return (struct view_range){ low - 1, high < v->n ? high : v->n };
}

static void
merge(struct view_set *s)
{
	size_t i, n = 0;

	if (s->n > 1)
		qsort(s->range, s->n, sizeof(*s->range), by_from);
	for (i = 1; i < s->n; i++) {
		if (s->range[i].from <= s->range[n].to) {
			if (s->range[i].to > s->range[n].to)
				s->range[n].to = s->range[i].to;
			continue;
		}
		s->range[++n] = s->range[i];
	}
	if (s->n > 0)
		s->n = n + 1;
}

int
view_select(const struct view_on *v, struct str set, bool uids,
    struct view_set *out, struct arena *a, struct err *err)
{
	struct rd r = rd_of(set);
	struct view_range x;
	uint32_t low, high;

	if (set.n % 8 != 0)
		return err_set(err, E_INVALID, "malformed set");
	if (view_check(v, err) < 0)
		return E_STALE;
	*out = (struct view_set){ arena_array(a, set.n / 8 + 1, sizeof(x)), 0 };
	while (v->n > 0 && rd_left(&r) > 0) {
		low = rd_le32(&r);
		high = rd_le32(&r);
		x = range_of(v, low, high, uids);
		if (x.from < x.to)
			out->range[out->n++] = x;
	}
	merge(out);
	return 0;
}

void
uids_add(struct buf *b, uint32_t uid)
{
	char *last = b->n ? b->p + b->n - 4 : NULL;
	struct rd r = rd_of(str_make(last, last ? 4 : 0));

	if (last && rd_le32(&r) + 1 == uid) {
		uid = htole32(uid);
		memcpy(last, &uid, sizeof(uid));
		return;
	}
	buf_le32(b, uid);
	buf_le32(b, uid);
}

static char *
le32(char *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, 4);
	return p + 4;
}

static char *
le64(char *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, 8);
	return p + 8;
}

static char *
octets(char *p, struct str s)
{
	if (s.n)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

const struct brought brings_nothing;

size_t
view_row_octets(struct str keywords, const struct brought *with)
{
	return 96 + keywords.n + with->facts.n + with->prefix.n +
	    with->front.n + with->chunks.n;
}

void
view_put_row(struct buf *b, uint32_t seq, const struct column_row *r,
    struct str keywords, const struct brought *with)
{
	char *start = buf_room(b, view_row_octets(keywords, with)), *p = start;

	if (!p)
		return;
	p = le32(p, seq);
	p = le32(p, r->uid);
	p = le64(p, r->modseq);
	p = le32(p, r->flags);
	p = octets(le32(p, (uint32_t)keywords.n), keywords);
	p = le64(p, (uint64_t)r->received);
	p = le64(p, (uint64_t)(int64_t)r->offset_min);
	p = le64(p, r->size);
	p = le32(p, r->prefix_len);
	p = le64(p, r->email);
	p = le64(p, r->thread);
	p = le64(p, r->blob);
	p = le64(p, r->saved);
	p = octets(le32(p, (uint32_t)with->facts.n), with->facts);
	p = le32(p, (uint32_t)(with->prefix.n + with->front.n));
	p = octets(octets(p, with->prefix), with->front);
	p = octets(le32(p, (uint32_t)with->chunks.n), with->chunks);
	buf_added(b, (size_t)(p - start));
}
