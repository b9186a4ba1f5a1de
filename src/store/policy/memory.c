#include "store/policy/memory.h"

#include <sodium.h>

#include "store/policy/alike.h"

enum { DAY_S = 86400 };

/* Of tried: RFC 6647 5, the end of the range in which a retry counts. */
const struct memory_bound memory_bounds[MEMORY_KINDS] = {
	[MEMORY_tried] = { 100000, DAY_S },
	[MEMORY_known] = { 200000, 60 * DAY_S },
	[MEMORY_wrote_to] = { 5000, 2 * 366 * DAY_S },
	[MEMORY_sent] = { 5000, 366 * DAY_S },
	[MEMORY_answered] = { 2000, 2 * 366 * DAY_S },
	[MEMORY_domain] = { ALIKE_DOMAINS, 2 * 366 * DAY_S },
};

struct str
memory_key(struct arena *a, struct str x, struct str y, struct str z)
{
	static const uint8_t end[1] = { 0 };
	const struct str part[] = { x, y, z };
	uint8_t *hash = arena_alloc(a, MEMORY_KEY);
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, NULL, 0, MEMORY_KEY);
	for (size_t i = 0; i < NELEM(part); i++) {
		(void)crypto_generichash_update(&h,
		    (const uint8_t *)part[i].p, part[i].n);
		(void)crypto_generichash_update(&h, end, sizeof(end));
	}
	(void)crypto_generichash_final(&h, hash, MEMORY_KEY);
	return str_make((const char *)hash, MEMORY_KEY);
}

int
memory_find(struct sql *q, enum memory_kind kind, uint64_t account,
    struct str key, int64_t now_s, int64_t *at_s, struct err *err)
{
	int rc = sql_first(q, SQL_remembered_get, SQL_VALS(vi(kind),
	    vi(account), vs(key)), err);

	if (rc <= 0)
		return rc;
	*at_s = sql_i64(q, remembered_get, at);
	sql_end(q, SQL_remembered_get);
	return now_s - *at_s <= memory_bounds[kind].age_s;
}

int
memory_keep(struct engine *e, enum memory_kind kind, uint64_t account,
    struct str key, struct err *err)
{
	const struct memory_bound *b = &memory_bounds[kind];
	uint64_t last, n;
	int rc = sql_first(&e->w, SQL_remembered_get, SQL_VALS(vi(kind),
	    vi(account), vs(key)), err);

	if (rc > 0) {
		n = sql_u64(&e->w, remembered_get, n);
		sql_end(&e->w, SQL_remembered_get);
		rc = sql_run(&e->w, SQL_remembered_del, SQL_VALS(vi(kind),
		    vi(account), vi(n)), err);
	}
	if (rc == 0)
		rc = sql_number(&e->w, SQL_remembered_last, SQL_VALS(vi(kind),
		    vi(account)), &last, err);
	if (rc == 0)
		rc = sql_run(&e->w, SQL_remembered_add, SQL_VALS(vi(kind),
		    vi(account), vi(last + 1), vs(key),
		    vi((uint64_t)e->now_s)), err);
	if (rc < 0)
		return rc;
	return sql_run(&e->w, SQL_remembered_trim, SQL_VALS(vi(kind),
	    vi(account), vi(last + 1 > b->most ? last + 1 - b->most : 0),
	    vi((uint64_t)(e->now_s - b->age_s))), err);
}
