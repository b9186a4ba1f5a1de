/*
 * append.c - STORE_append: a message that its owner puts into a mailbox.
 */
#include "store/engine/engine_int.h"
#include "store/engine/keywords.h"

static void
journal(struct engine *e, const struct write *w, uint64_t message,
    const struct acct *a)
{
	const struct append_ask *ask = w->ask;

	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_appended,
	    .message = message, .address = a->address,
	    .text = str_first(ask->name, 1000) });
}

static int
check_append(struct engine *e, struct write *w, struct placing *d)
{
	const struct append_ask *ask = w->ask;
	int rc = acct_get(e, w->caller->account, &d->acct, &w->err);

	if (rc == 0)
		rc = mbox_find(e, w->caller->account, ask->name, &d->mbox,
		    &w->err);
	if (rc < 0)
		return rc;
	if (engine_quota(e) && (d->acct->used > engine_quota(e) ||
	    ask->raw_size > engine_quota(e) - d->acct->used))
		return err_set(&w->err, E_FULL, "over quota");
	if (d->mbox->uidnext >= UINT32_MAX)
		return err_set(&w->err, E_LIMIT, "no UIDs left");
	if (ask->flags > 31 || ask->offset_min < -1440 ||
	    ask->offset_min > 1440)
		return err_set(&w->err, E_INVALID, "no such flags or zone");
	return keywords_union(STR_NULL, ask->keywords, e->arena,
	    &d->keywords, &w->err);
}

int
write_append(struct engine *e, struct write *w)
{
	const struct append_ask *ask = w->ask;
	struct placing d = { .flags = ask->flags, .received = ask->received,
		.offset_min = (int32_t)ask->offset_min,
		.size = ask->raw_size, .thread_keys = ask->thread_keys };
	struct blob_ask b = { w->caller, ask->stage, ask->raw_size,
		w->caller->account, ask->octets, ask->facts };
	struct append_answer *out = &w->answer.append;
	struct place at;
	int rc = check_append(e, w, &d);

	if (rc == 0)
		rc = stage_place(e, &b, &at, &w->err);
	if (rc < 0)
		return rc;
	d.blob = at.blob;
	rc = blob_insert(e, &at, 1, &w->err);
	if (rc == 0)
		rc = deliver(e, &d, &out->uid, &w->err);
	journal(e, w, at.blob, d.acct);
	out->mailbox = d.mbox->mailbox;
	out->uidvalidity = (uint32_t)d.mbox->uidvalidity;
	return rc;
}
