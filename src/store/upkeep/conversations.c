/*
 * conversations.c - keys of conversations that have no email any more go
 * (mailbox/conversation.c).
 *
 * All keys are looked at in turn, some every few seconds, once an email has
 * been freed and once after a start: nobody waits for it.
 */
#include "store/upkeep/upkeep_int.h"

enum { KEYS_A_SLICE = 500, SLICE_EVERY_S = 5 };

struct thread_key {
	uint64_t account, key, thread;
};
struct walk {
	struct engine *e;
	struct VEC(struct thread_key) keys;
};

static int
read_some(struct walk *w, struct err *err)
{
	struct sql *q = &w->e->w;
	int rc = sql_first(q, SQL_thread_walk, SQL_VALS(
	    vi(w->e->conversations.account), vi(w->e->conversations.key),
	    vi(KEYS_A_SLICE)), err);

	for (; rc > 0; rc = sql_next(q, SQL_thread_walk, err))
		vec_push(&w->keys, (struct thread_key){
		    sql_u64(q, thread_walk, account),
		    sql_u64(q, thread_walk, key),
		    sql_u64(q, thread_walk, thread) });
	return rc;
}

static int
drop_if_over(struct engine *e, const struct thread_key *k, struct err *err)
{
	uint64_t there;
	int rc = sql_number(&e->w, SQL_thread_is_there, SQL_VALS(
	    vi(k->account), vi(k->thread)), &there, err);

	return rc < 0 || there ? rc : sql_run(&e->w, SQL_thread_key_del,
	    SQL_VALS(vi(k->account), vi(k->key)), err);
}

static int
walk_and_commit(struct walk *w, struct err *err)
{
	struct engine *e = w->e;
	int before = sql_changes(&e->w), rc;

	batch_begin(e);
	rc = batch_transaction(e, err);
	if (rc == 0)
		rc = read_some(w, err);
	for (size_t i = 0; i < w->keys.n && rc == 0; i++)
		rc = drop_if_over(e, &w->keys.p[i], err);
	/* What was not looked at is looked at another time. */
	e->conversations.stale |= rc < 0;
	rc = upkeep_finish(e, before, rc, err);
	e->conversations.stale |= rc != 0;
	return rc;
}

int
conversations_slice(struct engine *e, struct err *err)
{
	struct walk w = { .e = e };
	int64_t since = e->now_s - e->conversations.at_s;
	int rc;

	if (e->room.full || (!e->conversations.stale &&
	    e->conversations.account == 0) ||
	    (since >= 0 && since < SLICE_EVERY_S))
		return 0;
	if (e->conversations.account == 0)
		e->conversations.stale = false;
	rc = engine_is_last(e, err);
	if (rc == 0)
		rc = walk_and_commit(&w, err);
	e->conversations.account = e->conversations.key = 0;
	if (rc == 0 && w.keys.n == KEYS_A_SLICE) {
		e->conversations.account = w.keys.p[w.keys.n - 1].account;
		e->conversations.key = w.keys.p[w.keys.n - 1].key;
	}
	e->conversations.at_s = e->now_s;
	vec_free(&w.keys);
	return rc == BATCH_UNDONE ? 0 : rc;
}
