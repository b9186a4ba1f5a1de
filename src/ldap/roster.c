#include "ldap/roster.h"

#include "base/err.h"

enum { FEW = 5 };

/* FNV-1a, begun with what nobody knows. */
static uint64_t
hash_of(const struct roster *r, struct str s)
{
	uint64_t h = r->seed ^ 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)ascii_lower(s.p[i])) *
		    0x100000001b3u;
	return h;
}

void
roster_init(struct roster *r, uint64_t seed)
{
	*r = (struct roster){ .seed = seed };
}

void
roster_free(struct roster *r)
{
	vec_free(&r->rows);
	map_free(&r->ids);
	map_free(&r->addresses);
	map_free(&r->met);
}

void
roster_add(struct roster *r, const struct roster_row *row)
{
	vec_push(&r->rows, *row);
	map_put_number(&r->addresses, hash_of(r, row->address), 0, 0,
	    r->rows.n);
	if (row->id.n > 0)
		map_put_number(&r->ids, hash_of(r, row->id), 0, 0, r->rows.n);
}

static struct roster_row *
find_row(const struct roster *r, const struct map *m, struct str s)
{
	uint64_t n = map_get_number(m, hash_of(r, s), 0, 0);

	return n > 0 ? &r->rows.p[n - 1] : NULL;
}

static struct roster_row *
find_address(const struct roster *r, struct str address)
{
	struct roster_row *row = find_row(r, &r->addresses, address);

	return row && str_eqi(row->address, address) ? row : NULL;
}

/* Every one of a is among b, or the address itself. */
static bool
are_among(struct str a, struct str b, struct str address)
{
	struct str one;

	while (a.n > 0) {
		one = str_next(&a, '\n');
		if (!str_eqi(one, address) && !str_is_amongi(one, b, '\n'))
			return false;
	}
	return true;
}

static bool
is_same(const struct roster_row *row, const struct person *p)
{
	return !row->gone && str_eq(row->id, p->id) && str_eq(row->dn, p->dn) &&
	    (!p->with_quota || row->quota == p->quota) &&
	    are_among(p->aliases, row->aliases, row->address) &&
	    are_among(row->aliases, p->aliases, row->address);
}

static bool
was_met(struct roster *r, struct str address)
{
	struct map_slot *slot = map_add(&r->met, hash_of(r, address), 0, 0);

	return slot->number++ > 0;
}

enum roster_says
roster_meet(struct roster *r, struct person *p, struct arena *a)
{
	struct roster_row *row = find_row(r, &r->ids, p->id);

	r->entries++;
	if (row && !str_eqi(row->id, p->id))
		row = NULL;
	if (row && !str_eqi(row->address, p->address)) {
		p->aliases = arena_printf(a, "%.*s%.*s\n",
		    STR_FMT(p->aliases), STR_FMT(p->address));
		p->address = row->address;
	}
	if (!row)
		row = find_address(r, p->address);
	if (row && row->id.n > 0 && !str_eqi(row->id, p->id))
		return ROSTER_LATER;
	if (was_met(r, p->address))
		return ROSTER_TWICE;
	if (!row)
		return ROSTER_TELL;
	row->seen = true;
	return is_same(row, p) ? ROSTER_SAME : ROSTER_TELL;
}

enum roster_says
roster_meet_late(struct roster *r, const struct person *p)
{
	struct roster_row *row = find_address(r, p->address);

	if (was_met(r, p->address))
		return ROSTER_TWICE;
	if (row)
		row->seen = true;
	return ROSTER_TELL;
}

/* Who may become the directory's, and is not yet, is not missing. */
size_t
roster_missing(const struct roster *r, size_t *before)
{
	size_t n = 0;

	*before = 0;
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct roster_row *row = &r->rows.p[i];

		if (row->gone || row->dn.n == 0)
			continue;
		++*before;
		n += !row->seen;
	}
	return n;
}

bool
roster_is_suspicious(size_t missing, size_t before)
{
	return missing > FEW && missing > before / 2;
}
