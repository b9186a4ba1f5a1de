/*
 * append.c - STORE_append, STORE_append_all: messages that their owner puts
 * into a mailbox, one or several.
 */
#include "store/engine/keywords.h"
#include "store/engine/quota.h"
#include "store/mailbox/copying.h"
#include "store/mailbox/placing.h"

void
journal_appended(struct engine *e, const struct acct *a, uint64_t blob,
    struct str mailbox)
{
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_appended,
	    .message = blob, .address = a->address,
	    .text = str_first(mailbox, 1000) });
}

int
placing_of(struct engine *e, const struct appended *m, struct placing *d,
    struct err *err)
{
	*d = (struct placing){ .acct = d->acct, .mbox = d->mbox,
		.flags = m->flags, .received = m->received,
		.offset_min = (int32_t)m->offset_min, .size = m->raw_size,
		.thread_keys = m->thread_keys };
	if (m->flags > 31 || m->offset_min < -1440 || m->offset_min > 1440)
		return err_set(err, E_INVALID, "no such flags or zone");
	return keywords_union(STR_NULL, m->keywords, e->arena, &d->keywords,
	    err);
}

void
placing_by(struct placing *d, uint32_t rights, uint64_t reader)
{
	d->flags = flags_allowed(rights, d->flags);
	if (!(rights & RIGHT_w))
		d->keywords = STR_NULL;
	if (reader && d->flags & FLAG_seen) {
		d->seen_by = reader;
		d->flags &= ~(uint32_t)FLAG_seen;
	}
}

int
placing_blob(struct engine *e, struct write *w, const struct appended *m,
    struct placing *d)
{
	struct blob_ask b = { w->caller, m->stage, m->raw_size,
		d->acct->account, m->octets, m->facts };
	struct place at;
	int rc = stage_place(e, &b, &at, &w->err);

	if (rc < 0)
		return rc;
	d->blob = at.blob;
	return blob_insert(e, &at, 1, &w->err);
}

/* The message that another one replaces. */
struct replaced {
	struct acct *acct;
	struct mbox *from;	/* NULL: there is none */
	struct column_row row;
	struct str keywords;
};

static int
find_replaced(struct engine *e, uint64_t account, const struct append_ask *ask,
    struct replaced *r, struct err *err)
{
	const struct column_row *row;
	struct str words;
	struct column *c;
	bool there;
	size_t i;
	int rc = acct_get(e, account, &r->acct, err);

	if (rc == 0)
		rc = mbox_get(e, account, ask->replaced_in, &r->from, err);
	if (rc == 0)
		rc = columns_get(e->columns, &e->look, account,
		    ask->replaced_in, &c, err);
	if (rc < 0)
		return rc == E_NOTFOUND ? err_set(err, E_STALE,
		    "the mailbox is gone") : rc;
	pthread_rwlock_rdlock(&c->lock);
	i = column_seek(c, ask->replaced);
	there = i < c->live.n && c->live.p[i].uid == ask->replaced;
	if (there) {
		row = batch_row(e, c, &c->live.p[i], &words);
		there = row->expunged == 0;
		r->row = *row;
		r->keywords = str_dup(e->arena, words);
	}
	pthread_rwlock_unlock(&c->lock);
	columns_put(e->columns, c);
	return there ? 0 : err_set(err, E_STALE, "the message is gone");
}

static int
remove_replaced(struct engine *e, const struct replaced *r, struct err *err)
{
	if (!r->from)
		return 0;
	batch_journal(e, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = JOURNAL_expunged,
	    .address = r->acct->address, .code = 1 });
	return expunge_email(e, r->acct, r->from, &r->row, r->keywords,
	    acct_modseq(e, r->acct), retire_email, err);
}

static int
check_append(struct engine *e, struct write *w, const struct appended *m,
    struct placing *d, struct replaced *r)
{
	const struct append_ask *ask = w->ask;
	uint64_t to = caller_to(w->caller);
	int rc = acct_get(e, to, &d->acct, &w->err);

	if (rc == 0)
		rc = mbox_find(e, to, ask->name, &d->mbox, &w->err);
	if (rc == 0 && ask->replaced)
		rc = find_replaced(e, w->caller->account, ask, r, &w->err);
	if (rc < 0)
		return rc;
	rc = quota_check(e, d->acct, 1, m->raw_size, &(struct leaving){
	    r->acct, 1, r->row.size }, &w->err);
	if (rc < 0)
		return rc;
	if (d->mbox->uidnext >= UINT32_MAX)
		return err_set(&w->err, E_LIMIT, "no UIDs left");
	rc = placing_of(e, m, d, &w->err);
	placing_by(d, caller_to_rights(w->caller),
	    caller_to_reader(w->caller));
	return rc;
}

int
write_append(struct engine *e, struct write *w)
{
	const struct append_ask *ask = w->ask;
	struct append_answer *out = &w->answer.append;
	struct replaced old = { 0 };
	struct appended m;
	struct placing d;
	int rc;

	MSG_COPY(appended, &m, ask);
	rc = check_append(e, w, &m, &d, &old);
	if (rc == 0)
		rc = placing_blob(e, w, &m, &d);
	if (rc < 0)
		return rc;
	rc = deliver(e, &d, &out->uid, &w->err);
	journal_appended(e, d.acct, d.blob, ask->name);
	if (rc == 0)
		rc = remove_replaced(e, &old, &w->err);
	out->mailbox = caller_to_number(w->caller, d.mbox->mailbox);
	out->uidvalidity = (uint32_t)d.mbox->uidvalidity;
	return rc;
}

/* ---- several at once ---------------------------------------------------- */

static int
stage_message(struct copying *c, struct write *w, const struct appended *m)
{
	struct placing d = { .acct = c->acct };
	int rc = copying_room(c, m->raw_size, &w->err);

	if (rc == 0 && c->staged >= c->most)
		rc = err_set(&w->err, E_LIMIT, "too many at once");
	if (rc == 0)
		rc = placing_of(c->e, m, &d, &w->err);
	if (rc < 0)
		return rc;
	placing_by(&d, c->rights, c->reader);
	c->wrote = true;
	rc = placing_blob(c->e, w, m, &d);
	if (rc == 0)
		rc = deliver_nowhere(c->e, &d, c->first + c->staged,
		    &w->err);
	c->staged++;
	return rc;
}

static int
stage_messages(struct copying *c, struct write *w)
{
	const struct append_all_ask *ask = w->ask;
	struct rd r = rd_of(ask->messages);
	struct appended_row row;
	struct appended m;
	int rc = 0;

	if (!c->kept)
		copying_reserve(c, APPENDED_MAX);
	while (rc == 0 && rd_left(&r) > 0) {
		if (!msg_take(&r, &appended_row_shape, &row))
			return err_set(&w->err, E_INVALID, "no message");
		MSG_COPY(appended, &m, &row);
		rc = stage_message(c, w, &m);
	}
	if (rc < 0 || ask->then == APPEND_MORE)
		return rc;
	if (ask->then == APPEND_PLACE)
		return copying_decide(c, &w->err);
	c->state = DROPPING;
	return 0;
}

int
write_append_all(struct engine *e, struct write *w)
{
	const struct append_all_ask *ask = w->ask;
	struct copying c;
	int rc = copying_open(&c, e, w->caller, ask->copying, ask->name,
	    &w->err);

	c.appended_to = ask->name;
	if (rc == 0 && c.state == STAGING)
		rc = stage_messages(&c, w);
	if (rc == 0)
		rc = copying_close(&c, &w->err);
	if (rc < 0)
		e->half_written |= c.wrote;
	else
		w->answer.append_all = (struct append_all_answer){
			.uidvalidity = (uint32_t)c.to->uidvalidity,
			.uids = str_dup(e->arena, buf_get(&c.to_uids)),
			.copying = copying_done(&c) ? 0 : c.first };
	copying_free(&c);
	return rc;
}
