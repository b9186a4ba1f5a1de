/*
 * read.c - what sessions read of mailboxes: their names and counters, the rows
 * of messages from the column, facts and octets from the packs.
 */
#include "store/engine/engine_int.h"
#include "store/engine/view.h"

enum { ROWS_MAX = 180000, MAILBOXES_A_PAGE = 200, FACTS_MAX = 32768,
	CHECK_MAX = 4 << 20 };

/* FIELDS_mailbox_counters, of statements that give all of them. */
#define COUNTERS_OF(q, s)                                                 \
	sql_u32(q, s, uidvalidity), sql_u32(q, s, uidnext),               \
	    sql_u32(q, s, messages), sql_u32(q, s, unseen),               \
	    sql_u32(q, s, deleted), sql_u64(q, s, size),                  \
	    sql_u64(q, s, modseq), sql_u32(q, s, recent)

static struct str
mailbox_name(struct str name)
{
	return str_eqi(name, STR("INBOX")) ? STR("INBOX") : name;
}

int
read_mailboxes(struct reader *r, const struct caller *c,
    const struct mailboxes_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_mailbox_list;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(c->account),
	    vs(ask->after), vi(MAILBOXES_A_PAGE)), err);
	int n = 0;

	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &mailbox_row_shape, &(struct mailbox_row){
		    sql_u64(&r->q, mailbox_list, mailbox),
		    sql_str(&r->q, mailbox_list, name),
		    sql_u32(&r->q, mailbox_list, special),
		    (uint8_t)sql_u32(&r->q, mailbox_list, subscribed),
		    COUNTERS_OF(&r->q, mailbox_list) });
		rc = sql_next(&r->q, s, err);
	}
	answer->mailboxes.more = rc > 0 || n == MAILBOXES_A_PAGE;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->mailboxes.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

static int
find_mailbox(struct reader *r, const struct caller *c, struct str name,
    struct status_answer *out, struct err *err)
{
	enum sql_statement s = SQL_mailbox_find;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(c->account),
	    vs(mailbox_name(name))), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	*out = (struct status_answer){ sql_u64(&r->q, mailbox_find, mailbox),
		COUNTERS_OF(&r->q, mailbox_find) };
	sql_end(&r->q, s);
	return 0;
}

int
read_status(struct reader *r, const struct caller *c,
    const struct status_ask *ask, union store_answer *answer, struct err *err)
{
	return find_mailbox(r, c, ask->name, &answer->status, err);
}

static void
open_column(struct reader *r, const struct column *c, struct open_answer *out)
{
	struct buf words = BUF_INIT(16384);
	size_t i;

	for (i = 1; i < c->keywords.n; i++) {
		const struct keyword *k = &c->keywords.p[i];

		if (k->sets == 0 || words.n + k->word.n + 1 > words.cap)
			continue;
		if (words.n)
			buf_chr(&words, ' ');
		buf_str(&words, k->word);
	}
	out->keywords = str_dup(r->arena, buf_get(&words));
	buf_free(&words);
	out->uidvalidity = c->uidvalidity;
	out->uidnext = c->uidnext;
	out->exists = (uint32_t)c->live.n;
	out->modseq = c->modseq;
	out->forgotten = c->forgotten;
	out->recent_from = c->recent_from;
	for (i = 0; i < c->live.n; i++)
		if (!(c->live.p[i].flags & FLAG_seen))
			break;
	out->first_unseen = i < c->live.n ? (uint32_t)i + 1 : 0;
}

int
read_open(struct reader *r, const struct caller *c,
    const struct open_ask *ask, union store_answer *answer, struct err *err)
{
	struct status_answer found;
	struct column *col;
	int rc = find_mailbox(r, c, ask->name, &found, err);

	if (rc == 0)
		rc = columns_get(r->e->columns, &r->q, c->account,
		    found.mailbox, &col, err);
	if (rc < 0)
		return rc;
	answer->open.mailbox = found.mailbox;
	answer->open.highest = found.modseq;
	pthread_rwlock_rdlock(&col->lock);
	open_column(r, col, &answer->open);
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	return 0;
}

/* ---- fetch ------------------------------------------------------------- */

/* A row copied out of the column, so that its lock is not held while facts
 * are read from the disk. */
struct picked_row {
	struct column_row row;
	struct str keywords;
	uint32_t seq;
};
enum { PICK = 3000, PICK_FACTS = 400, DAMAGED_MAX = 8 };

struct picking {
	struct reader *r;
	const struct fetch_ask *ask;
	struct picked_row *picked;
	size_t n, octets;
	uint32_t next;
	struct damaged {
		uint64_t blob;
		struct err why;
	} *damaged;		/* to be told of when the snapshot is gone */
	size_t ndamaged;
};

static bool
pick_row(struct picking *p, const struct view_on *v, size_t i)
{
	const struct column_row *row = view_row(v, i);
	struct str words = column_keywords(v->c, row->keywords);
	size_t most = p->ask->want & WANT_FACTS ? PICK_FACTS : PICK;

	if (row->modseq <= p->ask->changed_since)
		return true;
	if (p->n >= most || p->octets + 64 + words.n > ROWS_MAX) {
		p->next = row->uid;
		return false;
	}
	p->octets += 64 + words.n;
	p->picked[p->n++] = (struct picked_row){ *row,
		words.n ? str_dup(p->r->arena, words) : STR_NULL,
		(uint32_t)i + 1 };
	return true;
}

static int
pick_all(struct picking *p, const struct column *c, struct err *err)
{
	const struct fetch_ask *ask = p->ask;
	struct view_on v;
	struct view_set set;
	size_t from, k, i;
	int rc;

	view_make(&v, c, ask->arrivals, ask->expunges, p->r->arena);
	rc = view_select(&v, ask->set, ask->by_uid, &set, p->r->arena, err);
	if (rc < 0)
		return rc;
	from = view_seek(&v, ask->cursor);
	for (k = 0; k < set.n; k++) {
		i = set.range[k].from > from ? set.range[k].from : from;
		for (; i < set.range[k].to; i++)
			if (!pick_row(p, &v, i))
				return 0;
	}
	return 0;
}

/* Facts are a cache: without them the message is still right, and the
 * client can make them from its octets. Why they cannot be read is for the
 * log. */
static int
facts_of(struct reader *r, uint64_t blob, struct str *facts, struct err *err)
{
	struct place at = { 0 };
	int rc = place_get(&r->q, blob, &at, err);

	*facts = STR_NULL;
	if (rc == 0)
		rc = packs_read_facts(r->e->packs, &at, &r->more, facts, err);
	if (rc == E_DAMAGED && blob_moved(&r->q, &at))
		rc = packs_read_facts(r->e->packs, &at, &r->more, facts, err);
	if (rc < 0 || facts->n > FACTS_MAX)
		*facts = STR_NULL;
	if (rc < 0 && rc != E_NOTFOUND && rc != E_DAMAGED)
		log_event(r->e->o.log, LOG_ERROR, "facts_unread",
		    F_INT("blob", blob), F_ERR(err));
	return rc;
}

static struct str
picked_facts(struct picking *p, uint64_t blob)
{
	struct err why = { 0 };
	struct str facts;

	if (facts_of(p->r, blob, &facts, &why) == E_DAMAGED &&
	    p->ndamaged < DAMAGED_MAX)
		p->damaged[p->ndamaged++] = (struct damaged){ blob, why };
	return facts;
}

static void
put_picked(struct picking *p)
{
	struct str facts = STR_NULL;
	const struct picked_row *x;
	size_t i;

	for (i = 0; i < p->n; i++) {
		x = &p->picked[i];
		if (p->ask->want & WANT_FACTS)
			facts = picked_facts(p, x->row.blob);
		if (p->r->rows.n + 64 + x->keywords.n + facts.n > MSG_CHUNK) {
			p->next = x->row.uid;
			return;
		}
		view_put_row(&p->r->rows, x->seq, &x->row, x->keywords,
		    facts);
	}
}

int
read_fetch(struct reader *r, const struct caller *c,
    const struct fetch_ask *ask, union store_answer *answer, struct err *err)
{
	struct picking p = { .r = r, .ask = ask };
	struct column *col;
	int rc = columns_get(r->e->columns, &r->q, c->account, ask->mailbox,
	    &col, err);

	if (rc < 0)
		return rc;
	p.picked = arena_array(r->arena, PICK, sizeof(*p.picked));
	p.damaged = arena_array(r->arena, DAMAGED_MAX, sizeof(*p.damaged));
	pthread_rwlock_rdlock(&col->lock);
	rc = pick_all(&p, col, err);
	answer->fetch.modseq = col->modseq;
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	if (rc < 0)
		return rc;
	/* One snapshot for all of the page's places. */
	if (ask->want & WANT_FACTS)
		rc = sql_read_begin(&r->q, err);
	put_picked(&p);
	sql_read_end(&r->q);
	for (size_t i = 0; i < p.ndamaged; i++)
		(void)blob_damaged(r, p.damaged[i].blob, E_DAMAGED,
		    &p.damaged[i].why);
	answer->fetch.rows = buf_get(&r->rows);
	answer->fetch.next = p.next;
	return rc;
}

/* Which blob, and the fields that are in front of it for this mailbox. */
static int
find_content(struct reader *r, const struct caller *c,
    const struct content_ask *ask, uint64_t *blob, struct str *prefix,
    struct err *err)
{
	/* Both give the same columns. */
	enum sql_statement s = ask->email ? SQL_email_content
					  : SQL_placement_content;
	int rc;

	rc = ask->email ? sql_first(&r->q, s, SQL_VALS(vi(c->account),
	    vi(ask->email)), err) : sql_first(&r->q, s, SQL_VALS(
	    vi(c->account), vi(ask->mailbox), vi(ask->uid)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "the message is gone");
	if (rc < 0)
		return rc;
	*blob = sql_column_u64(&r->q, s, SQL_COLUMN(email_content, blob));
	*prefix = str_dup(r->arena, sql_column_str(&r->q, s,
	    SQL_COLUMN(email_content, prefix)));
	sql_end(&r->q, s);
	return 0;
}

static int
content_at(struct reader *r, const struct content_ask *ask,
    const struct place *at, struct content_answer *out, struct err *err)
{
	int rc;

	out->total = at->length;
	if (ask->want & WANT_CHECK)
		rc = packs_check_part(r->e->packs, at, ask->offset,
		    ask->len < CHECK_MAX ? ask->len : CHECK_MAX,
		    &out->checked, err);
	else
		rc = blob_octets(r, at, ask->offset, ask->len, &out->octets,
		    err);
	return rc < 0 ? rc : blob_front(r, at, out->prefix, &out->prefix, err);
}

int
read_content(struct reader *r, const struct caller *c,
    const struct content_ask *ask, union store_answer *answer, struct err *err)
{
	struct content_answer *out = &answer->content;
	struct place at = { 0 };
	struct err why;
	uint64_t blob = 0;
	int rc = find_content(r, c, ask, &blob, &out->prefix, err);

	if (rc < 0)
		return rc;
	rc = place_get(&r->q, blob, &at, err);
	if (rc == 0)
		rc = content_at(r, ask, &at, out, err);
	if (rc == E_DAMAGED && blob_moved(&r->q, &at))
		rc = content_at(r, ask, &at, out, err);
	if (rc == 0 && ask->want & WANT_FACTS)
		(void)facts_of(r, blob, &out->facts, &why);
	return blob_damaged(r, blob, rc, err);
}
