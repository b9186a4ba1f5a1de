/*
 * conversation.c - which conversation a message belongs to.     RFC 8621 3
 *
 * Whoever took it in gives its keys: numbers made of the ids it has and names
 * and of its subject (mail/thread_keys.c). The first of them that is known
 * says which conversation it is; else it begins one, which has its number. All
 * its keys lead there from then on, also those of messages that have not come.
 * What it is stays: two that turn out to be one remain two.
 */
#include "store/engine/engine_int.h"

static int
look_up(struct engine *e, uint64_t account, uint64_t key, uint64_t *thread,
    struct err *err)
{
	int rc = sql_first(&e->w, SQL_thread_get, SQL_VALS(vi(account),
	    vi(key)), err);

	if (rc <= 0)
		return rc;
	*thread = sql_u64(&e->w, thread_get, thread);
	sql_end(&e->w, SQL_thread_get);
	return 0;
}

int
conversation_find(struct engine *e, uint64_t account, uint64_t email,
    struct str keys, uint64_t *thread, struct err *err)
{
	struct rd r = rd_of(keys);
	int rc = 0;

	*thread = 0;
	while (rd_left(&r) >= 8 && *thread == 0 && rc == 0)
		rc = look_up(e, account, rd_le64(&r), thread, err);
	if (*thread == 0)
		*thread = email;
	r = rd_of(keys);
	while (rd_left(&r) >= 8 && rc == 0)
		rc = sql_run(&e->w, SQL_thread_add, SQL_VALS(vi(account),
		    vi(rd_le64(&r)), vi(*thread)), err);
	return rc;
}
