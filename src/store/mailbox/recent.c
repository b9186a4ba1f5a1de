/*
 * recent.c - STORE_recent: who hears of new messages first.  RFC 3501 2.3.2
 *
 * Kept in the mailbox's row, so that a message is new once and not again after
 * a restart.
 */
#include "store/engine/engine_int.h"

int
write_recent(struct engine *e, struct write *w)
{
	const struct recent_ask *ask = w->ask;
	struct recent_answer *out = &w->answer.recent;
	struct mbox *m;
	int rc;

	/* Who the owner lets read takes nothing of it from him. */
	if (caller_reader(w->caller))
		return 0;
	rc = mbox_get(e, w->caller->account, ask->mailbox, &m, &w->err);
	if (rc < 0)
		return rc;
	out->from = (uint32_t)m->recent_from;
	out->below = (uint32_t)m->uidnext;
	if (out->from == out->below)
		return 0;
	m->recent = 0;
	m->recent_from = m->uidnext;
	mbox_touch(e, m);
	batch_op(e, &(struct column_op){ m->account, m->mailbox, COLUMN_TOLD,
	    .row = { .uid = out->below }, .keywords = STR_NULL });
	return 0;
}
