/*
 * fetch.c - STORE_fetch: rows of messages from the column, and what they bring
 * of their messages from the packs.
 */
#include "store/chunk.h"
#include "store/engine/engine_int.h"
#include "store/engine/view.h"
#include "store/mailbox/shelved.h"

enum { ROWS_MAX = 180000, PICK = 3000, PICK_MORE = 400, DAMAGED_MAX = 8,
	WANT_MORE = WANT_FACTS | WANT_HEAD, HEAD_OCTETS = 8192 };

/* ---- picking rows ------------------------------------------------------ */

/* A row copied out of the column, so that its lock is not held while facts
 * are read from the disk. */
struct picked_row {
	struct column_row row;
	struct str keywords;
	uint32_t seq;
	bool new;		/* its facts were not on the shelf, and are
				 * in shelf.v */
};

struct picking {
	struct reader *r;
	uint64_t account;
	bool live_only;		/* what is gone is none of the asker's */
	const struct fetch_ask *ask;
	struct picked_row *picked;
	size_t n, room, octets;
	uint32_t next;
	struct shelf_page shelf;
	bool reads;		/* one snapshot for all of its places */
	struct damaged {
		uint64_t blob;
		struct err why;
	} *damaged;		/* to be told of when the snapshot is gone */
	size_t ndamaged;
};

/* How many rows of the set one page takes at most. */
static size_t
page_room(const struct fetch_ask *ask, const struct view_set *set)
{
	size_t most = ask->want & WANT_MORE ? PICK_MORE : PICK, n = 0, k;

	for (k = 0; k < set->n && n < most; k++)
		n += set->range[k].to - set->range[k].from;
	return n < most ? n : most;
}

static bool
pick_row(struct picking *p, const struct view_on *v, size_t i)
{
	const struct column_row *row = view_row(v, i);
	struct str words = column_keywords(v->c, row->keywords);
	size_t octets = view_row_octets(words, &brings_nothing);

	if (row->modseq <= p->ask->changed_since ||
	    (p->live_only && row->expunged))
		return true;
	if (p->n >= p->room || p->octets + octets > ROWS_MAX) {
		p->next = row->uid;
		return false;
	}
	p->octets += octets;
	p->picked[p->n++] = (struct picked_row){ *row,
		words.n ? str_dup(p->r->arena, words) : STR_NULL,
		(uint32_t)i + 1, false };
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
	p->room = page_room(ask, &set);
	p->picked = arena_array(p->r->arena, p->room, sizeof(*p->picked));
	from = view_seek(&v, ask->cursor);
	for (k = 0; k < set.n; k++) {
		i = set.range[k].from > from ? set.range[k].from : from;
		for (; i < set.range[k].to; i++)
			if (!pick_row(p, &v, i))
				return 0;
	}
	return 0;
}

/* ---- what the rows bring ----------------------------------------------- */

/* Of a long record: its facts, and as much of its octets as holds a chunk that
 * is worth bringing, as a header is (store/blob.c). */
static int
bring_long(struct reader *r, const struct place *at, uint32_t want,
    struct record_parts *out, struct err *err)
{
	size_t n = at->length < HEAD_OCTETS ? (size_t)at->length : HEAD_OCTETS;
	int rc = 0;

	if (want & WANT_HEAD)
		rc = packs_read(r->e->packs, at, 0, n, &r->chunk,
		    &out->octets, err);
	if (rc == 0 && want & WANT_HEAD)
		rc = blob_front(r, at, STR_NULL, &out->front, err);
	return rc < 0 ? rc : packs_read_facts(r->e->packs, at, &r->more,
	    &out->facts, err);
}

static int
bring(struct reader *r, const struct place *at, uint32_t want,
    struct record_parts *out, struct err *err)
{
	int rc = packs_read_short(r->e->packs, at, &r->more, out, err);

	if (rc == 0)
		rc = bring_long(r, at, want, out, err);
	return rc < 0 ? rc : 0;
}

static struct str
whole_chunks(struct str octets)
{
	struct chunk c;
	size_t at = 0;

	while (octets.n - at >= CHUNK_HEAD &&
	    chunk_read(str_from(octets, at), &c) &&
	    c.stored <= octets.n - at - CHUNK_HEAD)
		at += CHUNK_HEAD + c.stored;
	return str_first(octets, at);
}

/* The beginning: without its prefix it is of no use. */
static int
put_head(struct picking *p, const struct column_row *row,
    const struct record_parts *parts, struct brought *out, struct err *err)
{
	struct reader *r = p->r;
	struct str prefix = STR_NULL;
	int rc = 0;

	if (parts->front.n < row->prefix_len)
		rc = sql_first(&r->q, SQL_email_content, SQL_VALS(
		    vi(p->account), vi(row->email)), err);
	if (rc > 0) {
		prefix = str_dup(r->arena, sql_str(&r->q, email_content,
		    prefix));
		sql_end(&r->q, SQL_email_content);
	}
	if (rc < 0 || prefix.n + parts->front.n != row->prefix_len)
		return rc;
	out->chunks = whole_chunks(parts->octets);
	if (out->chunks.n > 0) {
		out->prefix = prefix;
		out->front = parts->front;
	}
	return 0;
}

/* What cannot be read is not brought, and the row is right without it: facts
 * are a cache, and octets can be asked for. Why is for the log. */
static struct brought
brought_with(struct picking *p, const struct column_row *row)
{
	struct reader *r = p->r;
	struct record_parts parts = { 0 };
	struct brought out = { 0 };
	struct err err = { 0 };
	struct place at = { 0 };
	int rc = place_get(&r->q, row->blob, &at, &err);

	if (rc == 0)
		rc = bring(r, &at, p->ask->want, &parts, &err);
	if (rc == E_DAMAGED && blob_moved(&r->q, &at))
		rc = bring(r, &at, p->ask->want, &parts, &err);
	if (rc == 0 && parts.facts.n <= STORE_FACTS_MAX &&
	    p->ask->want & WANT_FACTS)
		out.facts = parts.facts;
	if (rc == 0 && p->ask->want & WANT_HEAD)
		rc = put_head(p, row, &parts, &out, &err);
	if (rc == E_DAMAGED && p->ndamaged < DAMAGED_MAX)
		p->damaged[p->ndamaged++] = (struct damaged){ row->blob, err };
	else if (rc < 0 && rc != E_NOTFOUND && rc != E_DAMAGED)
		log_event(r->e->o.log, LOG_ERROR, "facts_unread",
		    F_INT("blob", row->blob), F_ERR(&err));
	return out;
}

/* Of a list of neighbours their facts come from the shelf, where one has been
 * listed before. */
static void
look_on_shelf(struct picking *p)
{
	struct shelved *v;

	if ((p->ask->want & WANT_MORE) != WANT_FACTS || p->n < SHELF_LEAST)
		return;
	v = arena_array(p->r->arena, p->n, sizeof(*v));
	for (size_t i = 0; i < p->n; i++) {
		v[i].uid = p->picked[i].row.uid;
		v[i].blob = p->picked[i].row.blob;
	}
	p->shelf = (struct shelf_page){ p->account, p->ask->mailbox, v,
		false };
	shelf_page_look(p->r, &p->shelf, p->n, p->ask->want & WANT_BRIEF ?
	    SIZE_MAX : MSG_CHUNK);
}

/* What this row brings. The page's snapshot begins with the first that is not
 * on the shelf. */
static int
bring_row(struct picking *p, size_t i, struct brought *with, struct err *err)
{
	struct shelved *on = p->shelf.v ? &p->shelf.v[i] : NULL;
	int rc;

	*with = brings_nothing;
	if ((p->ask->want & WANT_MORE) == 0)
		return 0;
	if (on && on->facts.n > 0) {
		with->facts = on->facts;
		return 0;
	}
	if (!p->reads && (rc = sql_read_begin(&p->r->q, err)) < 0)
		return rc;
	p->reads = true;
	*with = brought_with(p, &p->picked[i].row);
	if (on && p->shelf.keeps) {
		on->facts = str_dup(p->r->arena, with->facts);
		p->picked[i].new = on->facts.n > 0;
	}
	return 0;
}

/* Runs of neighbours that were not on the shelf, of the first n rows. */
static void
keep_on_shelf(struct picking *p, size_t n)
{
	size_t from = 0, to;

	for (; p->shelf.keeps && from < n; from = to) {
		for (to = from; to < n && p->picked[to].new && (to == from ||
		    p->picked[to].seq == p->picked[to - 1].seq + 1); to++)
			continue;
		shelf_page_keep(p->r, &p->shelf, from, to);
		to += to == from;
	}
}

static int
put_picked(struct picking *p, struct err *err)
{
	struct brought with;
	size_t i;
	int rc = 0;

	look_on_shelf(p);
	for (i = 0; i < p->n; i++) {
		const struct picked_row *x = &p->picked[i];

		if ((rc = bring_row(p, i, &with, err)) < 0)
			break;
		if (p->ask->want & WANT_BRIEF)
			with.facts = str_first(with.facts, BRIEF_OCTETS);
		if (p->r->rows.n + view_row_octets(x->keywords, &with) >
		    MSG_CHUNK) {
			p->next = x->row.uid;
			break;
		}
		view_put_row(&p->r->rows, x->seq, &x->row, x->keywords,
		    &with);
	}
	sql_read_end(&p->r->q);
	keep_on_shelf(p, i);
	return rc;
}

int
read_fetch(struct reader *r, const struct caller *c,
    const struct fetch_ask *ask, union store_answer *answer, struct err *err)
{
	struct picking p = { .r = r, .account = c->account,
		.live_only = caller_reader(c), .ask = ask };
	struct column *col;
	int rc = columns_get_as(r->e->columns, &r->q, c->account,
	    ask->mailbox, caller_reader(c), &col, err);

	if (rc < 0)
		return rc;
	p.damaged = arena_array(r->arena, DAMAGED_MAX, sizeof(*p.damaged));
	pthread_rwlock_rdlock(&col->lock);
	rc = pick_all(&p, col, err);
	answer->fetch.modseq = col->modseq;
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	if (rc < 0)
		return rc;
	rc = put_picked(&p, err);
	for (size_t i = 0; i < p.ndamaged; i++)
		(void)blob_damaged(r, p.damaged[i].blob, E_DAMAGED,
		    &p.damaged[i].why);
	answer->fetch.rows = buf_get(&r->rows);
	answer->fetch.next = p.next;
	return rc;
}
