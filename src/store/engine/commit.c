#include "store/engine/bans.h"
#include "store/engine/data_state.h"
#include "store/engine/engine_int.h"
#include "store/engine/filter.h"
#include "store/sql/schema.h"

/*
 * One commit of the writer, in this order: blobs into the pack, rows in one
 * transaction, sync of the pack, commit (which syncs the WAL), columns. Only
 * then does anybody hear of it.
 *
 * A request that fails by itself has written nothing (or, as the story of its
 * failure, what is to stand: queue/limits.c). If the disk is full, or a
 * page of the database damaged, the whole batch is undone and run again one by
 * one, so only those fail that find no room, or need that page; what makes room
 * has the reserve (room.c). Every other failure of the disk is the end of the
 * process.
 */

enum { FULL_WAL = 1 << 20 }; /* a WAL that has it keeps to it on a full disk */

void
batch_op(struct engine *e, const struct column_op *op)
{
	vec_push(&e->ops, *op);
}

/* What a reader's own \Seen is, is his column's and this batch's. */
static const struct column_row *
with_seen(struct engine *e, const struct column *c,
    const struct column_row *is, const struct column_row *in_column)
{
	const struct fresh *s = map_get(&e->fresh,
	    others_number(c->reader, 0) | c->account, c->mailbox, is->uid);
	struct column_row *row = arena_alloc(e->arena, sizeof(*row));

	*row = *is;
	row->flags = (is->flags & ~(uint32_t)FLAG_seen) |
	    ((s ? s->row.flags : in_column->flags) & FLAG_seen);
	if (s && s->row.modseq > row->modseq)
		row->modseq = s->row.modseq;
	return row;
}

const struct column_row *
batch_row(struct engine *e, const struct column *c,
    const struct column_row *row, struct str *keywords)
{
	const struct fresh *f = map_get(&e->fresh, c->account, c->mailbox,
	    row->uid);

	*keywords = f ? f->keywords : column_keywords(c, row->keywords);
	if (c->reader)
		return with_seen(e, c, f ? &f->row : row, row);
	return f ? &f->row : row;
}

void
batch_revoke(struct engine *e, uint64_t account)
{
	vec_push(&e->revoked, account);
}

void
batch_withdraw(struct engine *e, uint64_t account, uint64_t mailbox)
{
	vec_push(&e->withdrawn, (struct mailbox_changed){ account, mailbox });
}

void
batch_journal(struct engine *e, const struct journal_row *row)
{
	journal_encode(&e->rows, row);
}

void
batch_news(struct engine *e, const struct queue_news *n)
{
	buf_chr(&e->news, (char)n->kind);
	buf_le64(&e->news, n->message);
	buf_le64(&e->news, (uint64_t)n->due);
	buf_le32(&e->news, (uint32_t)n->domain.n);
	buf_str(&e->news, n->domain);
}

bool
queue_news_take(struct rd *r, struct queue_news *n)
{
	n->kind = (enum queue_news_kind)rd_le8(r);
	n->message = rd_le64(r);
	n->due = (int64_t)rd_le64(r);
	n->domain = rd_take(r, rd_le32(r));
	return rd_ok(r);
}

struct str
engine_queue_news(const struct engine *e)
{
	return buf_get(&e->news);
}

const struct mailbox_changed *
engine_withdrawn(const struct engine *e, size_t *n)
{
	*n = e->withdrawn.n;
	return e->withdrawn.p;
}

const uint64_t *
engine_revoked(const struct engine *e, size_t *n)
{
	*n = e->revoked.n;
	return e->revoked.p;
}

void
batch_begin(struct engine *e)
{
	map_clear(&e->fresh);
	buf_reset(&e->rows);
	e->ops.n = 0;
	e->told_changed = e->changed.n;
	e->told_revoked = e->revoked.n;
	e->told_withdrawn = e->withdrawn.n;
	e->told_news = e->news.n;
	e->told_named = e->named.n;
	e->now_s = e->o.wall_us(e->o.arg) / 1000000;
	e->w.failed = 0;
	e->in_transaction = false;
	e->names_changed = e->bans_changed = false;
	e->half_written = e->note_news = false;
}

int
engine_is_last(struct engine *e, struct err *err)
{
	if (e->claimed && data_state_is_last(e->o.files, &e->state, e->fence,
	    err) < 0)
		return E_STALE;
	return 0;
}

int
batch_transaction(struct engine *e, struct err *err)
{
	int rc;

	if (e->in_transaction)
		return 0;
	rc = sql_begin(&e->w, err);
	e->in_transaction = rc == 0;
	return rc;
}

static void
undo_batch(struct engine *e)
{
	sql_rollback(&e->w);
	packs_abort(e->packs);
	stage_abort(e);
	state_forget(e);
	filter_forget(e);
	e->changed.n = e->told_changed;
	e->revoked.n = e->told_revoked;
	e->withdrawn.n = e->told_withdrawn;
	e->news.n = e->told_news;
	e->named.n = e->told_named;
	batch_begin(e);
}

int
engine_check_lease(struct engine *e, struct err *err)
{
	int rc = sql_change(&e->w, SQL_owner_put, SQL_VALS(vi(e->next_blob),
	    vi(e->next_account), vi(e->uidvalidity),
	    vs(str_make(e->owner, sizeof(e->owner))), vi(e->fence)), err);

	if (rc == 0)
		return err_set(err, E_STALE, "another store owns the data");
	return rc < 0 ? rc : engine_is_last(e, err);
}

/* The rows that say what this batch did as a whole; the lease with them. */
static int
write_totals(struct engine *e, struct err *err)
{
	const struct pack_touched *t;
	size_t n, i;
	int rc = state_write(e, err);

	if (e->note_news)
		batch_news(e, &(struct queue_news){ .kind = QUEUE_NEWS_note });
	if (rc == 0)
		rc = gaps_write(e, err);
	if (rc == 0)
		rc = filter_write(e, err);
	t = packs_touched(e->packs, &n);
	for (i = 0; i < n && rc == 0; i++) {
		rc = sql_run(&e->w, SQL_pack_put, SQL_VALS(vi(t[i].pack),
		    vi(t[i].written), vi(t[i].added)), err);
		/* Should we die with a new pack begun, it has a row: what is
		 * in it was promised to nobody, and it is gone on with. */
		if (rc == 0 && t[i].written == t[i].added)
			rc = sql_run(&e->w, SQL_pack_next,
			    SQL_VALS(vi(t[i].pack + 1)), err);
	}
	return rc < 0 ? rc : engine_check_lease(e, err);
}

static int
sync_all(struct engine *e, struct err *err)
{
	int rc = packs_write(e->packs, err);

	if (rc == 0 && stage_sync(e, err) < 0)
		return E_IO;
	if (rc == 0 && packs_sync(e->packs, err) < 0)
		return E_IO;
	return rc == 0 ? sql_commit(&e->w, err) : rc;
}

/* Somebody removed the WAL under us. What is in it can be reached through our
 * own descriptor only, so it goes into the database before anybody is told of
 * this commit; then the process ends, and the next makes a new WAL. */
static int
save_from_lost_wal(struct engine *e, struct err *err)
{
	int rc = engine_take_in_wal(e, e->fence, err);

	return rc < 0 ? rc : err_set(err, E_STALE, "postern.db-wal was "
	    "removed under the running server: all is saved in postern.db");
}

/* A failure that takes only those requests along that meet it alone, too. */
static bool
is_ones_own(int rc)
{
	return rc == E_FULL || rc == E_DAMAGED;
}

int
batch_finish(struct engine *e, struct err *err)
{
	int rc = e->w.failed;

	if (rc == 0 && !e->in_transaction)
		return 0;
	if (rc == 0 && !e->half_written)
		rc = write_totals(e, err);
	if (rc == 0 && !e->half_written)
		rc = sync_all(e, err);
	if (rc == E_FULL)
		room_was_full(e, err);
	if (is_ones_own(rc) || (rc == 0 && e->half_written)) {
		undo_batch(e);
		return BATCH_UNDONE;
	}
	if (rc < 0)
		return rc;
	e->in_transaction = false;
	if (e->names_changed)
		__atomic_add_fetch(&e->directory, 1, __ATOMIC_RELEASE);
	if (e->bans_changed)
		bans_publish(e);
	packs_commit(e->packs);
	stage_commit(e);
	state_clean(e);
	gaps_clean(e);
	filter_clean(e);
	columns_apply(e->columns, e->ops.p, e->ops.n);
	journal_add_encoded(e->journal, buf_get(&e->rows),
	    e->now_s * 1000000);
	if (vfs_lost_wal(e->vfs))
		return save_from_lost_wal(e, err);
	return sql_restart_wal(&e->w, e->room.whole ? e->o.wal_octets :
	    FULL_WAL, err);
}

/* What was kept of a change's answer is the answer, but of slices. */
static int
take_kept(struct write *w, unsigned effects)
{
	if (effects & EFFECT_slices)
		return 1;
	if (!msg_whole(w->kept, store_calls[w->call].answer, &w->answer))
		return err_set(&w->err, E_INVALID, "id of another change");
	return 0;
}

static int
keep_answer(struct engine *e, struct write *w, unsigned effects,
    const struct change_id *id)
{
	auto_buf b = BUF_INIT(MSG_MAX);

	if (effects & EFFECT_slices)
		return change_id_keep(e, id, w->kept, &w->err);
	msg_put(&b, store_calls[w->call].answer, &w->answer);
	return change_id_keep(e, id, buf_get(&b), &w->err);
}

/* Its function sees the mailbox as its owner has it. */
static int
execute_there(struct engine *e, struct write *w)
{
	const struct engine_call *call = &e->o.calls[w->call];
	struct caller *who = w->caller, as;
	const void *ask = w->ask, *there;
	int rc = reach(&e->w, e->arena, w->call, &call->reach, who, ask, &as,
	    &there, &w->err);

	if (rc < 0)
		return rc;
	if (rc > 0) {
		w->caller = &as;
		w->ask = there;
	}
	rc = call->write(e, w);
	w->caller = who;
	w->ask = ask;
	return rc;
}

/* One change, once. Store's own have no id: nobody asks again. */
static int
execute(struct engine *e, struct write *w)
{
	const struct engine_call *call = &e->o.calls[w->call];
	bool once = (call->effects & EFFECT_once) && w->caller->authority;
	struct change_id id;
	int rc = 0;

	w->answer = (union store_answer){ 0 };
	if (batch_transaction(e, &w->err) < 0)
		return e->w.failed;
	if (once)
		rc = change_id_begin(e, w, call->effects & EFFECT_slices, &id,
		    &w->kept, &w->err);
	w->repeated = rc > 0;
	if (w->repeated)
		rc = take_kept(w, call->effects);
	if (rc < 0 || (w->repeated && rc == 0))
		return rc;
	e->names_changed |= (call->effects & EFFECT_names) != 0;
	e->by = w->caller->connection;
	rc = execute_there(e, w);
	e->by = 0;
	if (rc < 0 || !once || w->repeated)
		return rc;
	return keep_answer(e, w, call->effects, &id);
}

/* What cannot be done now, and need not be tried. */
static void
refuse_some(struct engine *e, struct write **w, size_t n)
{
	bool full = !e->refusal.code && !room_regain(e);
	const struct engine_call *call;
	size_t i;

	for (i = 0; i < n && (full || e->refusal.code); i++) {
		call = w[i]->call < STORE_NCALLS ? &e->o.calls[w[i]->call]
						 : NULL;
		if (e->refusal.code)
			w[i]->code = err_set(&w[i]->err, e->refusal.code,
			    "%s", e->refusal.text);
		else if (!call || !(call->effects & EFFECT_frees))
			w[i]->code = err_set(&w[i]->err, E_FULL,
			    "the disk is full");
		else
			continue;
		w[i]->settled = true;
	}
}

/* Pieces of large blobs need no transaction and are not run again. */
static void
pieces_first(struct engine *e, struct write **w, size_t n)
{
	const struct engine_call *call;
	size_t i;

	for (i = 0; i < n; i++) {
		call = w[i]->call < STORE_NCALLS ? &e->o.calls[w[i]->call]
						 : NULL;
		if (w[i]->settled)
			continue;
		w[i]->answer = (union store_answer){ 0 };
		if (!call || !call->write)
			w[i]->code = err_set(&w[i]->err, E_INVALID,
			    "no call of the writer");
		else if (call->effects & EFFECT_pieces)
			w[i]->code = call->write(e, w[i]);
		else
			continue;
		w[i]->settled = true;
	}
}

static int
alone(struct engine *e, struct write *w)
{
	batch_begin(e);
	w->code = execute(e, w);
	return batch_finish(e, &w->err);
}

/* Answers of what was done are kept against being asked again. When they can
 * be read no more, doing without is better than to end with every try. */
static bool
changes_forget(struct engine *e)
{
	struct err err = { 0 };
	int rc;

	if (!e->changes_damaged || e->changes_forgotten)
		return false;
	e->changes_forgotten = true;
	undo_batch(e);
	rc = batch_transaction(e, &err);
	if (rc == 0)
		rc = schema_forget_changes(&e->w, e->fence, &err);
	if (rc == 0)
		rc = sql_commit(&e->w, &err);
	if (rc < 0)
		sql_rollback(&e->w);
	batch_begin(e);
	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "changes_forgotten",
		    F_INT("done", rc == 0), F_ERR(&err));
	return rc == 0;
}

/* Each for itself: who finds no room is told so. */
static int
one_by_one(struct engine *e, struct write **w, size_t n, struct err *err)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc >= 0; i++) {
		if (w[i]->settled)
			continue;
		rc = alone(e, w[i]);
		if (rc == BATCH_UNDONE && e->room.full &&
		    e->o.calls[w[i]->call].effects & EFFECT_frees &&
		    room_give_up(e))
			rc = alone(e, w[i]);
		if (rc != 0 && changes_forget(e))
			rc = alone(e, w[i]);
		if (rc == BATCH_UNDONE && w[i]->code >= 0)
			w[i]->code = w[i]->err.code == E_DAMAGED ? E_DAMAGED
								 : E_FULL;
		if (rc < 0)
			*err = w[i]->err;
	}
	return rc < 0 ? rc : 0;
}

int
engine_commit(struct engine *e, struct write **w, size_t n, size_t *ndone,
    struct err *err)
{
	int64_t until = e->o.mono_us(e->o.arg) + SLICE_US;
	struct err *last = err;
	size_t i;
	int rc;

	arena_reset(e->arena);
	e->changed.n = e->revoked.n = e->withdrawn.n = 0;
	buf_reset(&e->news);
	buf_reset(&e->named);
	batch_begin(e);
	rc = engine_is_last(e, err);
	if (rc < 0)
		return rc;
	refuse_some(e, w, n);
	pieces_first(e, w, n);
	for (i = 0; i < n && e->w.failed == 0 &&
	    !e->half_written; i++) {
		if (w[i]->settled)
			continue;
		w[i]->code = execute(e, w[i]);
		last = &w[i]->err;
		if (e->o.mono_us(e->o.arg) >= until) {
			i++;
			break;
		}
	}
	*ndone = i;
	if (e->w.failed)
		*err = *last;
	if (e->w.failed && !is_ones_own(e->w.failed))
		return changes_forget(e) ? one_by_one(e, w, *ndone, err) :
		    e->w.failed;
	rc = batch_finish(e, err);
	return rc == BATCH_UNDONE ? one_by_one(e, w, *ndone, err) : rc;
}
