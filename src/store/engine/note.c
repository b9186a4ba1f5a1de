#include "store/engine/note.h"

enum {
	DAY_S = 86400,
	/* A warning of a full mailbox shall not be what fills it. */
	WARNED_FROM = 1 << 20,
	/* And comes again when so many of 100 were made free. */
	MARGIN = 5,
};

int
noted_get(struct engine *e, uint64_t account, enum note_kind kind,
    struct str word, struct noted *out, struct err *err)
{
	struct sql *q = &e->w;
	int rc = sql_first(q, SQL_noted_get, SQL_VALS(vi(account), vi(kind),
	    vs(word)), err);

	if (rc <= 0)
		return rc;
	*out = (struct noted){ sql_i64(q, noted_get, since),
		sql_i64(q, noted_get, at), sql_u64(q, noted_get, n) };
	sql_end(q, SQL_noted_get);
	return 1;
}

int
noted_put(struct engine *e, uint64_t account, enum note_kind kind,
    struct str word, const struct noted *n, struct err *err)
{
	return sql_run(&e->w, SQL_noted_put, SQL_VALS(vi(account), vi(kind),
	    vs(word), vi((uint64_t)n->since), vi((uint64_t)n->at),
	    vi(n->n)), err);
}

/* 1: one more of this kind may be told today, and is counted. A clock that went
 * back begins another day. */
static int
count_today(struct engine *e, const struct note *n, struct err *err)
{
	struct noted day = { 0 };
	int rc = noted_get(e, n->account, n->kind, STR_NULL, &day, err);

	if (rc < 0)
		return rc;
	if (rc == 0 || e->now_s < day.since || e->now_s - day.since >= DAY_S)
		day = (struct noted){ .since = e->now_s };
	if (day.n >= n->most_a_day)
		return 0;
	day.at = e->now_s;
	day.n++;
	rc = noted_put(e, n->account, n->kind, STR_NULL, &day, err);
	return rc < 0 ? rc : 1;
}

/* Its number is one of those that are never given twice. */
int
note_put(struct engine *e, const struct note *n, struct err *err)
{
	auto_buf facts = BUF_INIT(4096);
	int rc = count_today(e, n, err);

	if (rc <= 0)
		return rc;
	msg_put(&facts, &note_facts_shape, &n->facts);
	bug_if(buf_failed(&facts));
	rc = sql_run(&e->w, SQL_note_add, SQL_VALS(vi(e->next_blob++),
	    vi(n->account), vi(n->kind), vi((uint64_t)e->now_s),
	    vs(buf_get(&facts)), vs(n->to)), err);
	e->note_news |= rc == 0;
	return rc < 0 ? rc : 1;
}

/* How full it is, of 100, as far as that is told: 0, 80 or 95. */
static uint32_t
level_of(uint64_t used, uint64_t quota, uint32_t was)
{
	static const uint32_t levels[] = { 95, 80 };

	if (quota < WARNED_FROM)
		return 0;
	for (size_t i = 0; i < NELEM(levels); i++) {
		uint32_t from = levels[i] <= was ? levels[i] - MARGIN :
		    levels[i];

		if (used >= quota / 100 * from)
			return levels[i];
	}
	return 0;
}

#define LEVEL STR("level")
static int
read_level(struct engine *e, struct acct *a, struct err *err)
{
	struct noted level = { 0 };
	int rc = noted_get(e, a->account, NOTE_quota_80, LEVEL, &level, err);

	if (rc < 0)
		return rc;
	a->told = (uint32_t)level.n;
	a->told_known = true;
	return 0;
}

static int
tell_level(struct engine *e, const struct acct *a, uint32_t level,
    uint64_t quota, struct err *err)
{
	const struct note n = { .account = a->account,
		.kind = level < 95 ? NOTE_quota_80 : NOTE_quota_95,
		.most_a_day = 1,
		.facts = { .octets = a->used, .most = quota } };

	return note_put(e, &n, err);
}

int
note_quota(struct engine *e, struct acct *a, struct err *err)
{
	uint64_t quota = engine_quota(e, a->quota);
	uint32_t level;
	int rc = 0;

	if (quota > 0 && !a->told_known)
		rc = read_level(e, a, err);
	if (rc < 0 || !a->told_known)
		return rc;
	level = level_of(a->used, quota, a->told);
	if (level == a->told)
		return 0;
	if (level > a->told)
		rc = tell_level(e, a, level, quota, err);
	a->told = level;
	return rc < 0 ? rc : noted_put(e, a->account, NOTE_quota_80, LEVEL,
	    &(struct noted){ e->now_s, e->now_s, level }, err);
}

int
note_forget(struct engine *e, uint64_t account, struct err *err)
{
	int rc = sql_run(&e->w, SQL_note_del_all, SQL_VALS(vi(account)), err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_noted_del_all,
	    SQL_VALS(vi(account)), err);
}
