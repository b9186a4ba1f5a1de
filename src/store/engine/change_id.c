#include "store/engine/engine_int.h"

/* The answer of a change is kept behind four octets that say what was asked:
 * ids come from outside, and one that meets another's by chance must never
 * look like a promise kept. */

/* Connections that ask the same thing again after a restart share a scope:
 * one mx worker, one account, one local user, the operator, the vault. */
static uint64_t
scope_of(const struct caller *c)
{
	if (c->authority == AUTH_ACCOUNT)
		return c->account << 8;
	if (c->authority == AUTH_LOCAL) /* any uid of 32 bits */
		return (uint64_t)c->worker << 32 | AUTH_LOCAL << 4 | 1;
	return (uint64_t)c->authority << 4 | 1 | (uint64_t)c->worker << 40;
}

int
change_id_before(struct engine *e, const struct caller *c, uint64_t id,
    uint64_t part, uint32_t sum, struct str *before, struct err *err)
{
	struct str kept;
	struct rd r;
	bool same;
	int rc;

	if (id == 0)
		return err_set(err, E_INVALID, "a change needs an id");
	rc = sql_first(&e->w, SQL_change_get, SQL_VALS(vi(id),
	    vi(scope_of(c)), vi(part)), err);
	if (rc <= 0)
		return rc;
	kept = str_dup(e->arena, sql_str(&e->w, change_get, answer));
	sql_end(&e->w, SQL_change_get);
	r = rd_of(kept);
	same = rd_le32(&r) == sum && rd_ok(&r);
	if (!same)
		return err_set(err, E_INVALID, "id of another change");
	*before = rd_rest(&r);
	return 1;
}

int
change_id_keep(struct engine *e, const struct caller *c, uint64_t id,
    uint64_t part, uint32_t sum, struct str answer, struct err *err)
{
	struct buf b = BUF_INIT(MSG_MAX);
	int rc;

	buf_le32(&b, sum);
	buf_str(&b, answer);
	rc = sql_run(&e->w, SQL_change_add, SQL_VALS(vi(id), vi(scope_of(c)),
	    vi(part), vi((uint64_t)e->now_s), vs(buf_get(&b))), err);
	buf_free(&b);
	return rc;
}

int
change_id_answer(struct engine *e, const struct write *w, uint64_t id,
    uint32_t sum, const struct msg_shape *shape, const void *answer,
    struct err *err)
{
	struct buf b = BUF_INIT(MSG_MAX);
	int rc;

	msg_put(&b, shape, answer);
	rc = change_id_keep(e, w->caller, id, 0, sum, buf_get(&b), err);
	buf_free(&b);
	return rc;
}

int
change_id_repeat(struct engine *e, const struct write *w, uint64_t id,
    uint32_t sum, const struct msg_shape *shape, void *answer,
    struct err *err)
{
	struct str before;
	int rc = change_id_before(e, w->caller, id, 0, sum, &before, err);

	if (rc > 0 && !msg_whole(before, shape, answer))
		return err_set(err, E_INVALID, "id of another change");
	return rc;
}
