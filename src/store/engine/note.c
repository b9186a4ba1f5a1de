#include "store/engine/note.h"

#include "store/engine/quota.h"

enum {
	DAY_S = 86400,
	/* A warning of a full mailbox shall not be what fills it. */
	WARNED_FROM = 1 << 20, WARNED_FROM_MESSAGES = 100,
	WARNED_FROM_MAILBOXES = 10,
	/* It comes again when so many of 100 were made free. */
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

/* How full something is that has a limit, and what was told of that: of 100,
 * 0, 80 or 95. */
struct level {
	uint64_t used, quota;	/* 0: any */
	uint64_t from;		/* what is less is not warned about */
	uint32_t told;
	enum note_kind kind;	/* the one for 80; the next one is for 95 */
};

static uint32_t
level_of(const struct level *l)
{
	static const uint32_t levels[] = { 95, 80 };

	if (l->quota < l->from)
		return 0;
	for (size_t i = 0; i < NELEM(levels); i++) {
		uint32_t at = levels[i] <= l->told ? levels[i] - MARGIN :
		    levels[i];

		if (l->used >= l->quota / 100 * at + l->quota % 100 * at / 100)
			return levels[i];
	}
	return 0;
}

/* 1: it is another one than was told; that is l->told now. to: who hears of it,
 * empty for the account. */
static int
tell_level(struct engine *e, struct level *l, uint64_t account, struct str to,
    struct err *err)
{
	uint32_t level = level_of(l);
	const struct note n = { .account = account,
		.kind = l->kind + (level >= 95), .most_a_day = 1, .to = to,
		.facts = { .octets = l->used, .most = l->quota } };
	int rc = level > l->told ? note_put(e, &n, err) : 0;

	if (rc < 0 || level == l->told)
		return rc;
	l->told = level;
	return 1;
}

#define LEVEL STR("level")
static int
read_level(struct engine *e, uint64_t account, enum note_kind kind,
    uint32_t *told, struct err *err)
{
	struct noted level = { 0 };
	int rc = noted_get(e, account, kind, LEVEL, &level, err);

	if (rc >= 0)
		*told = (uint32_t)level.n;
	return rc < 0 ? rc : 0;
}

static int
keep_level(struct engine *e, uint64_t account, const struct level *l,
    struct err *err)
{
	return noted_put(e, account, l->kind, LEVEL,
	    &(struct noted){ e->now_s, e->now_s, l->told }, err);
}

int
note_quota(struct engine *e, struct acct *a, struct err *err)
{
	struct level levels[] = {
		{ a->used, engine_quota(e, a->quota), WARNED_FROM,
		    .kind = NOTE_quota_80 },
		{ a->messages, a->most_messages, WARNED_FROM_MESSAGES,
		    .kind = NOTE_messages_80 } };
	int rc = 0;

	for (size_t i = 0; i < NELEM(levels) && rc >= 0; i++) {
		struct level *l = &levels[i];

		if (l->quota > 0 && !a->told_known[i]) {
			rc = read_level(e, a->account, l->kind, &a->told[i],
			    err);
			a->told_known[i] = rc == 0;
		}
		if (!a->told_known[i])
			continue;
		l->told = a->told[i];
		rc = tell_level(e, l, a->account, STR_NULL, err);
		a->told[i] = l->told;
		if (rc > 0)
			rc = keep_level(e, a->account, l, err);
	}
	return rc;
}

int
note_mailboxes(struct engine *e, const struct acct *a, struct err *err)
{
	struct level l = { .quota = a->most_mailboxes,
		.from = WARNED_FROM_MAILBOXES, .kind = NOTE_mailboxes_80 };
	int rc = read_level(e, a->account, l.kind, &l.told, err);

	if (rc < 0 || (l.quota == 0 && l.told == 0))
		return rc;
	rc = sql_number(&e->w, SQL_mailbox_count, SQL_VALS(vi(a->account)),
	    &l.used, err);
	if (rc == 0)
		rc = tell_level(e, &l, a->account, STR_NULL, err);
	return rc > 0 ? keep_level(e, a->account, &l, err) : rc;
}

int
note_domain(struct engine *e, struct domain_use *d, struct err *err)
{
	struct level l = { d->used, d->quota, WARNED_FROM, d->told,
		NOTE_domain_80 };
	uint64_t first = 0;
	int rc;

	if (level_of(&l) == d->told)
		return 0;
	rc = sql_first(&e->w, SQL_domain_get, SQL_VALS(vs(d->name)), err);
	if (rc > 0) {
		first = sql_u64(&e->w, domain_get, first);
		sql_end(&e->w, SQL_domain_get);
	}
	/* Without accounts nobody has anything there. */
	if (rc > 0 && first > 0)
		rc = tell_level(e, &l, first, arena_printf(e->arena,
		    "postmaster@%.*s", STR_FMT(d->name)), err);
	d->told = l.told;
	return rc < 0 ? rc : 0;
}

int
note_forget(struct engine *e, uint64_t account, struct err *err)
{
	int rc = sql_run(&e->w, SQL_note_del_all, SQL_VALS(vi(account)), err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_noted_del_all,
	    SQL_VALS(vi(account)), err);
}
