#include "store/upkeep/upkeep_int.h"

#include "store/policy/policy.h"

/*
 * Cleaning up, in slices of the writer's: emails nobody has any more, copies
 * that nobody goes on with, blobs, mailboxes and accounts that were removed,
 * ids of old changes, old days of the journal.
 *
 * A file goes only after the commit by which nothing names it. If the process
 * ends between the two, the next start puts it aside.
 */

enum { EMAILS_A_SLICE = 200, PLACEMENTS_A_SLICE = 400, JOURNAL_DAYS = 30,
	CHANGES_A_WALK = 500, WALK_EVERY_S = 20 };

struct placed {
	uint32_t uid;
	uint64_t email, expunged;
};

struct cleaning {
	struct engine *e;
	struct VEC(uint64_t) blobs;	/* files to remove after it */
	struct VEC(struct placed) placed;
	bool more;
};

static int
free_octets(struct cleaning *c, const struct place *at, struct err *err)
{
	if (at->pack)
		return sql_run(&c->e->w, SQL_pack_free, SQL_VALS(
		    vi(place_octets(at)), vi(at->pack)), err);
	vec_push(&c->blobs, at->blob);
	return 0;
}

static int
unref_blob(struct cleaning *c, uint64_t blob, struct err *err)
{
	struct sql *q = &c->e->w;
	struct place at;
	uint64_t refs;
	int rc = sql_run(q, SQL_blob_unref, SQL_VALS(vi(blob)), err);

	if (rc == 0)
		rc = sql_first(q, SQL_blob_get, SQL_VALS(vi(blob)), err);
	if (rc <= 0)
		return rc;
	at = PLACE_OF(q, blob_get);
	refs = sql_u64(q, blob_get, refs);
	sql_end(q, SQL_blob_get);
	if (refs > 0)
		return 0;
	rc = sql_run(q, SQL_blob_del, SQL_VALS(vi(blob)), err);
	return rc < 0 ? rc : free_octets(c, &at, err);
}

static int
free_email(struct cleaning *c, uint64_t account, uint64_t email,
    uint64_t blob, struct err *err)
{
	int rc = sql_run(&c->e->w, SQL_email_del, SQL_VALS(vi(account),
	    vi(email)), err);

	if (rc == 0 && c->e->shares)
		rc = sql_run(&c->e->w, SQL_seen_del, SQL_VALS(vi(account),
		    vi(email)), err);
	c->e->conversations.stale = true;
	return rc < 0 ? rc : unref_blob(c, blob, err);
}

/* It goes, unless a mailbox has it. Says 1. */
static int
free_if_dead(struct cleaning *c, uint64_t account, uint64_t email,
    struct err *err)
{
	struct sql *q = &c->e->w;
	uint64_t blob, placements;
	int rc = sql_first(q, SQL_email_get, SQL_VALS(vi(account),
	    vi(email)), err);

	if (rc <= 0)
		return rc < 0 ? rc : 1;
	blob = sql_u64(q, email_get, blob);
	placements = sql_u64(q, email_get, placements);
	sql_end(q, SQL_email_get);
	rc = placements ? 0 : free_email(c, account, email, blob, err);
	return rc < 0 ? rc : 1;
}

/* The oldest email that is due: 1, or 0 if none is. */
static int
clean_garbage(struct cleaning *c, struct err *err)
{
	struct sql *q = &c->e->w;
	uint64_t due, account, email;
	int rc = sql_first(q, SQL_garbage_due, SQL_VALS(
	    vi((uint64_t)c->e->now_s)), err);

	if (rc <= 0)
		return rc;
	due = sql_u64(q, garbage_due, due);
	account = sql_u64(q, garbage_due, account);
	email = sql_u64(q, garbage_due, email);
	sql_end(q, SQL_garbage_due);
	rc = sql_run(q, SQL_garbage_del, SQL_VALS(vi(due), vi(account),
	    vi(email)), err);
	if (rc == 0 && account == GARBAGE_QUEUED) {
		rc = unref_blob(c, email, err);
		return rc < 0 ? rc : 1;
	}
	return rc < 0 ? rc : free_if_dead(c, account, email, err);
}

/* The same of what was kept (mailbox/kept.c). A disk that is nearly full has no
 * room for it. */
static int
clean_kept(struct cleaning *c, struct err *err)
{
	struct engine *e = c->e;
	uint64_t account, email, age_s = engine_kept_s(e);
	int rc;

	if (e->room.low || e->room.full || age_s < GARBAGE_S)
		age_s = GARBAGE_S;
	rc = sql_first(&e->w, SQL_kept_old, SQL_VALS(
	    vi((uint64_t)engine_since(e, (int64_t)age_s))), err);
	if (rc <= 0)
		return rc;
	account = sql_u64(&e->w, kept_old, account);
	email = sql_u64(&e->w, kept_old, email);
	sql_end(&e->w, SQL_kept_old);
	rc = sql_run(&e->w, SQL_kept_del, SQL_VALS(vi(account), vi(email)),
	    err);
	return rc < 0 ? rc : free_if_dead(c, account, email, err);
}

/* A slice of an account that was removed: its placements, its emails, and at
 * the end what else names it. */
static int
clean_account(struct cleaning *c, uint64_t account, struct err *err)
{
	static const enum sql_statement last[] = { SQL_mailbox_del,
		SQL_acl_del_all, SQL_floor_del, SQL_expunge_mark_del,
		SQL_mailbox_removal_del_all, SQL_subscription_del_all,
		SQL_metadata_del_all, SQL_url_key_del_all,
		SQL_copying_del_all, SQL_remembered_del_all, SQL_kept_del_all,
		SQL_rule_del_of_account,
		SQL_removal_del };
	struct { uint64_t email, blob; } found[50];
	struct sql *q = &c->e->w;
	size_t n = 0, i;
	int rc = sql_change(q, SQL_placement_del, SQL_VALS(vi(account)), err);

	c->more = true;
	if (rc == 0)
		rc = sql_change(q, SQL_seen_del_some, SQL_VALS(vi(account)),
		    err);
	if (rc == 0)
		rc = sql_change(q, SQL_thread_del_some, SQL_VALS(vi(account)),
		    err);
	for (i = 0; i < NELEM(found) && rc == 0; i++)
		if ((rc = old_held_of(c->e, account, err)) == 0)
			break;
		else if (rc > 0 && i + 1 < NELEM(found))
			rc = 0;
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = sql_first(q, SQL_email_some, SQL_VALS(vi(account),
	    vi(NELEM(found))), err);
	while (rc > 0 && n < NELEM(found)) {
		found[n].email = sql_u64(q, email_some, email);
		found[n++].blob = sql_u64(q, email_some, blob);
		rc = sql_next(q, SQL_email_some, err);
	}
	if (rc > 0)
		sql_end(q, SQL_email_some);
	for (i = 0; i < n && rc >= 0; i++)
		rc = free_email(c, account, found[i].email, found[i].blob,
		    err);
	if (n == 0) {
		fulltext_drop(c->e->fulltext, account);
		shelf_drop(c->e->shelves, account);
	}
	for (i = 0; n == 0 && i < NELEM(last) && rc == 0; i++)
		rc = sql_run(q, last[i], SQL_VALS(vi(account)), err);
	return rc;
}

/* A placement of a mailbox that was removed. It may be a tombstone: then its
 * email has been told already. */
static int
clean_placement(struct engine *e, uint64_t account, uint64_t mailbox,
    const struct placed *r, struct err *err)
{
	int rc = sql_run(&e->w, SQL_placement_del_one, SQL_VALS(vi(account),
	    vi(mailbox), vi(r->uid)), err);

	if (rc < 0 || r->expunged)
		return rc;
	rc = sql_run(&e->w, SQL_email_unplace, SQL_VALS(vi(account),
	    vi(r->email)), err);
	return rc < 0 ? rc : retire_email(e, account, r->email, err);
}

/* A slice of a mailbox that was removed: its emails may be elsewhere too. */
static int
clean_mailbox(struct cleaning *c, struct err *err)
{
	struct sql *q = &c->e->w;
	uint64_t account, mailbox;
	size_t i;
	int rc = sql_first(q, SQL_mailbox_removal_any, NULL, 0, err);

	if (rc <= 0)
		return rc;
	account = sql_u64(q, mailbox_removal_any, account);
	mailbox = sql_u64(q, mailbox_removal_any, mailbox);
	sql_end(q, SQL_mailbox_removal_any);
	c->more = true;
	rc = sql_first(q, SQL_placement_some, SQL_VALS(vi(account),
	    vi(mailbox), vi(PLACEMENTS_A_SLICE)), err);
	while (rc > 0) {
		vec_push(&c->placed, (struct placed){
		    sql_u32(q, placement_some, uid),
		    sql_u64(q, placement_some, email),
		    sql_u64(q, placement_some, expunged) });
		rc = sql_next(q, SQL_placement_some, err);
	}
	for (i = 0; i < c->placed.n && rc == 0; i++)
		rc = clean_placement(c->e, account, mailbox,
		    &c->placed.p[i], err);
	if (rc < 0 || c->placed.n > 0)
		return rc;
	rc = sql_run(q, SQL_floor_del_one, SQL_VALS(vi(account),
	    vi(mailbox)), err);
	return rc < 0 ? rc : sql_run(q, SQL_mailbox_removal_del, SQL_VALS(
	    vi(account), vi(mailbox)), err);
}

/* SQL has ids as signed numbers: TOP turns the least of those into 0 and
 * back. */
#define TOP ((uint64_t)1 << 63)

/* Look at some ids from *from on, and where to go on: 0 at their end. How many
 * were old. */
static int
clean_some_changes(struct engine *e, uint64_t *from, struct err *err)
{
	uint64_t last = 0;
	int rc = sql_number(&e->w, SQL_change_walk, SQL_VALS(vi(*from ^ TOP),
	    vi(CHANGES_A_WALK)), &last, err);

	last ^= TOP;
	if (rc == 0)
		rc = sql_change(&e->w, SQL_change_old, SQL_VALS(
		    vi((uint64_t)(e->now_s - CHANGE_S)), vi(*from ^ TOP),
		    vi(CHANGES_A_WALK)), err);
	*from = last > *from ? last + 1 : 0;
	return rc;
}

/* Most askers make ids that grow, so the old ones are the least of them: as
 * many slices as it takes. An asker may do otherwise: all others are looked at
 * in turn, a slice a second. */
static int
clean_changes(struct cleaning *c, struct err *err)
{
	struct engine *e = c->e;
	bool walk = e->now_s - e->cleaned_s >= WALK_EVERY_S ||
	    e->now_s < e->cleaned_s;
	uint64_t least = 0;
	int rc = 0;

	if (walk || e->clean_front)
		rc = clean_some_changes(e, &least, err);
	e->clean_front = rc > 0;
	c->more |= rc > 0;
	if (walk)
		journal_drop_before(e->journal,
		    e->now_s - JOURNAL_DAYS * 86400);
	if (rc == 0 && e->now_s != e->walked_s)
		rc = clean_some_changes(e, &e->clean_walk, err);
	if (walk)
		e->cleaned_s = e->now_s;
	e->walked_s = e->now_s;
	e->changes_damaged |= rc == E_IO || rc == E_DAMAGED;
	return rc < 0 ? rc : 0;
}

static int
clean_slice(struct cleaning *c, struct err *err)
{
	struct engine *e = c->e;
	uint64_t account;
	int i, rc = 1;

	for (i = 0; i < EMAILS_A_SLICE && rc > 0; i++) {
		rc = clean_garbage(c, err);
		if (rc == 0)
			rc = clean_kept(c, err);
		if (rc == 0)
			rc = old_held_drop(c->e, err);
		if (rc == 0)
			rc = feedback_drop_old(c->e, err);
	}
	c->more = rc > 0;
	if (rc >= 0)
		rc = copying_clean(e, err);
	c->more |= rc > 0;
	if (rc >= 0)
		rc = old_held_tell(e, err);
	c->more |= rc > 0;
	if (rc >= 0)
		rc = sql_number(&e->w, SQL_removal_any, NULL, 0, &account,
		    err);
	if (rc == 0 && account)
		rc = clean_account(c, account, err);
	if (rc == 0)
		rc = clean_mailbox(c, err);
	return rc < 0 ? rc : clean_changes(c, err);
}

static void
remove_files(struct cleaning *c)
{
	size_t i;

	for (i = 0; i < c->blobs.n; i++)
		large_remove(c->e->packs, c->blobs.p[i]);
}

int
upkeep_pause(struct engine *e, const struct err *why)
{
	e->gc_after_s = e->now_s + PAUSE_S;
	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "gc_failed", F_ERR(why));
	return 0;
}

int
upkeep_finish(struct engine *e, int before, int rc, struct err *err)
{
	if (rc == 0 && sql_changes(&e->w) != before)
		return batch_finish(e, err);
	sql_rollback(&e->w);
	return rc == E_IO || rc == E_DAMAGED ? upkeep_pause(e, err) : rc;
}

static int
clean_and_commit(struct cleaning *c, struct err *err)
{
	struct engine *e = c->e;
	int before = sql_changes(&e->w), rc;

	arena_reset(e->arena);
	e->changed.n = 0;
	buf_reset(&e->named);
	buf_reset(&e->news);
	batch_begin(e);
	rc = engine_is_last(e, err);
	if (rc == 0)
		rc = batch_transaction(e, err);
	if (rc < 0)
		return rc;
	return upkeep_finish(e, before, clean_slice(c, err), err);
}

int
gc_slice(struct engine *e, bool *more, struct err *err)
{
	struct cleaning c = { .e = e };
	int rc = clean_and_commit(&c, err);

	if (rc == 0)
		remove_files(&c);
	if (rc == BATCH_UNDONE && err->code == E_DAMAGED)
		rc = upkeep_pause(e, err);
	/* A full disk: in the place of the reserve, or another time. */
	if (rc == E_FULL || rc == BATCH_UNDONE) {
		c.more = room_give_up(e);
		rc = 0;
	}
	*more = rc == 0 && c.more;
	vec_free(&c.blobs);
	vec_free(&c.placed);
	return rc;
}
