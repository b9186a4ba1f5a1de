#include "base/crc32c.h"
#include "store/engine/engine_int.h"

/* The answer of a change is kept behind four octets that say what was asked:
 * ids come from outside, and one that meets another's by chance must never
 * look like a promise kept. */

/* Connections that ask the same thing again after a restart share a scope:
 * one mx worker, one account, one local user, the operator, the vault. */
static uint64_t
scope_of(const struct caller *c)
{
	if (c->authority & AUTH_BOUND)
		return c->account << 8;
	if (c->authority == AUTH_LOCAL) /* any uid of 32 bits */
		return (uint64_t)c->worker << 32 | AUTH_LOCAL << 4 | 1;
	return (uint64_t)c->authority << 4 | 1 | (uint64_t)c->worker << 40;
}

/* What is good on one connection only, what is made anew for another try, and
 * how much the asker has heard by then: these may differ when the same is asked
 * again. */
static bool
is_of_this_try(const char *field)
{
	static const char *const names[] = { "change", "stage", "handles",
		"lease", "signature", "signature_7bit", "arrivals",
		"expunges" };
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (strcmp(field, names[i]) == 0)
			return true;
	return false;
}

/* A person's program that asks again has another time, id and text to hand in;
 * what it asked for it names by a digest. */
static bool
sum_of_request(const struct msg_shape *shape, const void *ask, uint32_t *sum)
{
	struct str s;

	for (size_t i = 0; i < shape->n; i++) {
		const struct msg_field *f = &shape->fields[i];

		if (f->kind != MSG_str || strcmp(f->name, "request") != 0)
			continue;
		memcpy(&s, (const char *)ask + f->offset, sizeof(s));
		*sum = crc32c(*sum, s.p, s.n);
		return s.n > 0;
	}
	return false;
}

/* Of the whole ask but that. A field that says nothing does not count, so one
 * that a later version adds does not make another ask of it. */
static uint32_t
sum_of_ask(const struct msg_shape *shape, const void *ask)
{
	static const size_t sizes[] = { [MSG_u8] = 1, [MSG_u32] = 4,
		[MSG_u64] = 8, [MSG_i64] = 8 };
	uint32_t sum = crc32c(0, shape->name, strlen(shape->name));
	const struct msg_field *f;
	static const char zero[8];
	struct str s;
	size_t i;

	if (sum_of_request(shape, ask, &sum))
		return sum;
	for (i = 0; i < shape->n; i++) {
		f = &shape->fields[i];
		if (f->kind == MSG_str)
			memcpy(&s, (const char *)ask + f->offset, sizeof(s));
		else
			s = str_make((const char *)ask + f->offset,
			    sizes[f->kind]);
		if (is_of_this_try(f->name) || s.n == 0 ||
		    (f->kind != MSG_str && memcmp(s.p, zero, s.n) == 0))
			continue;
		sum = crc32c(sum, f->name, strlen(f->name) + 1);
		sum = crc32c(sum, s.p, s.n);
	}
	return sum;
}

/* A slice of a change by the u32 where it begins. */
static uint32_t
part_of(const struct msg_shape *shape, const void *ask)
{
	uint32_t cursor = 0;
	size_t i;

	for (i = 0; i < shape->n; i++)
		if (shape->fields[i].kind == MSG_u32 &&
		    strcmp(shape->fields[i].name, "cursor") == 0)
			memcpy(&cursor, (const char *)ask +
			    shape->fields[i].offset, sizeof(cursor));
	return cursor;
}

int
change_id_begin(struct engine *e, const struct write *w, bool slices,
    struct change_id *c, struct str *before, struct err *err)
{
	const struct msg_shape *shape = store_calls[w->call].ask;
	struct rd r;
	int rc;

	bug_if(strcmp(shape->fields[0].name, "change") != 0);
	*c = (struct change_id){ .scope = scope_of(w->caller),
		.part = slices ? part_of(shape, w->ask) : 0,
		.sum = sum_of_ask(shape, w->ask) };
	memcpy(&c->id, (const char *)w->ask + shape->fields[0].offset,
	    sizeof(c->id));
	if (c->id == 0)
		return err_set(err, E_INVALID, "a change needs an id");
	rc = sql_first(&e->w, SQL_change_get, SQL_VALS(vi(c->id),
	    vi(c->scope), vi(c->part)), err);
	if (rc <= 0) {
		e->changes_damaged |= rc == E_IO || rc == E_DAMAGED;
		return rc;
	}
	r = rd_of(str_dup(e->arena, sql_str(&e->w, change_get, answer)));
	sql_end(&e->w, SQL_change_get);
	if (rd_le32(&r) != c->sum || !rd_ok(&r))
		return err_set(err, E_INVALID, "id of another change");
	*before = rd_rest(&r);
	return 1;
}

int
change_id_keep(struct engine *e, const struct change_id *c, struct str answer,
    struct err *err)
{
	auto_buf b = BUF_INIT(MSG_MAX);
	int rc;

	buf_le32(&b, c->sum);
	buf_str(&b, answer);
	rc = sql_run(&e->w, SQL_change_add, SQL_VALS(vi(c->id),
	    vi(c->scope), vi(c->part), vi((uint64_t)e->now_s),
	    vs(buf_get(&b))), err);
	e->changes_damaged |= rc == E_IO || rc == E_DAMAGED;
	return rc;
}
