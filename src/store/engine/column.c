#include "store/engine/column.h"

#include "store/engine/column_keywords.h"
#include "store/engine/engine_int.h"

struct columns {
	pthread_mutex_t lock;
	pthread_cond_t loaded;
	struct map map;		/* by account, mailbox, reader */
	struct map readers;	/* by account, mailbox: the first of those of
				 * who is not the owner */
	struct VEC(struct column *) held;	/* the writer's, in an apply */
	size_t octets, bound;
	uint64_t clock;
};

struct columns *
columns_new(size_t bound_octets)
{
	struct columns *cs = calloc(1, sizeof(*cs));

	bug_if(!cs);
	cs->bound = bound_octets;
	pthread_mutex_init(&cs->lock, NULL);
	pthread_cond_init(&cs->loaded, NULL);
	return cs;
}

static void
column_free(struct column *c)
{
	size_t i;

	for (i = 0; i < c->sets.n; i++)
		free((char *)(uintptr_t)c->sets.p[i].words.p);
	for (i = 0; i < c->keywords.n; i++)
		free((char *)(uintptr_t)c->keywords.p[i].word.p);
	vec_free(&c->keywords);
	map_free(&c->by_word);
	for (i = 0; i < c->late.n; i++)
		free((char *)(uintptr_t)c->late.p[i].keywords.p);
	vec_free(&c->late);
	vec_free(&c->sets);
	map_free(&c->by_words);
	vec_free(&c->live);
	vec_free(&c->dead);
	pthread_rwlock_destroy(&c->lock);
	free(c);
}

void
columns_free(struct columns *cs)
{
	struct map_slot *s;
	size_t at = 0;

	if (!cs)
		return;
	while ((s = map_next(&cs->map, &at)))
		column_free(s->p);
	map_free(&cs->map);
	map_free(&cs->readers);
	vec_free(&cs->held);
	pthread_mutex_destroy(&cs->lock);
	pthread_cond_destroy(&cs->loaded);
	free(cs);
}

static size_t
column_octets(const struct column *c)
{
	return sizeof(*c) + (c->live.room + c->dead.room) *
	    sizeof(struct column_row);
}

size_t
columns_octets(struct columns *cs)
{
	size_t n;

	pthread_mutex_lock(&cs->lock);
	n = cs->octets;
	pthread_mutex_unlock(&cs->lock);
	return n;
}

/* ---- rows -------------------------------------------------------------- */

size_t
column_seek(const struct column *c, uint32_t uid)
{
	size_t low = 0, high = c->live.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (c->live.p[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t
column_unseen(const struct column *c)
{
	uint32_t n = 0;

	for (size_t i = 0; i < c->live.n; i++)
		n += !(c->live.p[i].flags & FLAG_seen);
	return n;
}

struct str
column_keywords(const struct column *c, uint32_t set)
{
	return set < c->sets.n ? c->sets.p[set].words : STR_NULL;
}

static void
add_live(struct column *c, const struct column_row *row, struct str keywords)
{
	struct column_row *r = vec_add(&c->live);

	*r = *row;
	if (c->reader)
		r->flags &= ~(uint32_t)FLAG_seen;
	r->keywords = column_use_set(c, keywords);
	if (r->uid >= c->uidnext)
		c->uidnext = r->uid + 1;
}

static void
change_live(struct column *c, const struct column_row *row,
    struct str keywords)
{
	size_t i = column_seek(c, row->uid);
	struct column_row *r;
	uint32_t set;

	if (i == c->live.n || c->live.p[i].uid != row->uid)
		return;
	r = &c->live.p[i];
	r->flags = c->reader ? (row->flags & ~(uint32_t)FLAG_seen) |
	    (r->flags & FLAG_seen) : row->flags;
	r->modseq = row->modseq;
	/* In this order: the words may be those of the set it leaves. */
	set = column_use_set(c, keywords);
	column_unuse_set(c, r->keywords);
	r->keywords = set;
}

/* A reader's own. */
static void
change_seen(struct column *c, uint32_t uid, uint32_t flags, uint64_t modseq)
{
	size_t i = column_seek(c, uid);
	struct column_row *r = &c->live.p[i];

	if (i == c->live.n || r->uid != uid)
		return;
	r->flags = (r->flags & ~(uint32_t)FLAG_seen) | (flags & FLAG_seen);
	if (modseq > r->modseq)
		r->modseq = modseq;
}

static void
mark_expunged(struct column *c, const struct column_row *row)
{
	size_t i = column_seek(c, row->uid);

	if (i < c->live.n && c->live.p[i].uid == row->uid) {
		c->live.p[i].expunged = row->expunged;
		c->live.p[i].modseq = row->expunged;
	}
}

/* The marked ones go to the dead, in one pass. Keyword sets stay in use for
 * them: another session may still look. */
static void
bury(struct column *c)
{
	size_t i, kept = 0;

	for (i = 0; i < c->live.n; i++) {
		if (c->live.p[i].expunged == 0) {
			if (kept != i)
				c->live.p[kept] = c->live.p[i];
			kept++;
			continue;
		}
		vec_push(&c->dead, c->live.p[i]);
	}
	c->live.n = kept;
}

static void
apply_run(struct column *c, const struct column_op *op, size_t n,
    uint64_t above)
{
	bool buried = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (op[i].kind == COLUMN_TOLD &&
		    op[i].row.uid > c->recent_from)
			c->recent_from = op[i].row.uid;
		if (op[i].kind == COLUMN_TOLD || op[i].row.modseq <= above)
			continue;
		/* The dead keep the order of their modseqs. */
		if (buried && op[i].kind != COLUMN_EXPUNGE) {
			bury(c);
			buried = false;
		}
		if (op[i].kind == COLUMN_ADD)
			add_live(c, &op[i].row, op[i].keywords);
		else if (op[i].kind == COLUMN_FLAGS)
			change_live(c, &op[i].row, op[i].keywords);
		else if (op[i].kind == COLUMN_EXPUNGE)
			mark_expunged(c, &op[i].row);
		else if (op[i].kind == COLUMN_GONE)
			c->gone = true;
		else if (op[i].reader == c->reader)
			change_seen(c, op[i].row.uid, op[i].row.flags,
			    op[i].row.modseq);
		buried = buried || op[i].kind == COLUMN_EXPUNGE;
		if (op[i].row.modseq > c->modseq)
			c->modseq = op[i].row.modseq;
	}
	if (buried)
		bury(c);
}

/* ---- filling ----------------------------------------------------------- */

static int
by_expunged(const void *a, const void *b)
{
	const struct column_row *x = a, *y = b;

	if (x->expunged != y->expunged)
		return x->expunged < y->expunged ? -1 : 1;
	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static void
load_row(struct column *c, const struct sql *q)
{
	struct column_row r = {
		.uid = sql_u32(q, column_load, uid),
		.email = sql_u64(q, column_load, email),
		.created = sql_u64(q, column_load, created),
		.modseq = sql_u64(q, column_load, modseq),
		.expunged = sql_u64(q, column_load, expunged),
		.blob = sql_u64(q, column_load, blob),
		.flags = sql_u32(q, column_load, flags),
		.received = sql_i64(q, column_load, received),
		.offset_min = (int32_t)sql_u32(q, column_load, offset_min),
		.size = sql_u64(q, column_load, size),
		.prefix_len = sql_u32(q, column_load, prefix_len),
		.thread = sql_u64(q, column_load, thread),
		.saved = sql_u32(q, column_load, saved),
	};

	/* That was not kept: schema.c. */
	if (r.saved == 0 && r.received > 0)
		r.saved = r.received < UINT32_MAX ? (uint32_t)r.received :
		    UINT32_MAX;
	if (sql_u32(q, column_load, deleted))
		r.flags |= FLAG_deleted;
	if (r.expunged == 0) {
		add_live(c, &r, sql_str(q, column_load, keywords));
		return;
	}
	r.keywords = column_use_set(c, sql_str(q, column_load, keywords));
	vec_push(&c->dead, r);
}

/* What its reader has seen. */
static int
load_seen(struct column *c, struct sql *q, struct err *err)
{
	int rc = sql_first(q, SQL_seen_load, SQL_VALS(vi(c->account),
	    vi(c->mailbox), vi(c->reader)), err);

	for (; rc > 0; rc = sql_next(q, SQL_seen_load, err))
		change_seen(c, sql_u32(q, seen_load, uid),
		    sql_u64(q, seen_load, seen) ? FLAG_seen : 0,
		    sql_u64(q, seen_load, modseq));
	return rc;
}

static int
load_rows(struct column *c, struct sql *q, struct err *err)
{
	int rc;

	rc = sql_first(q, SQL_account_get, SQL_VALS(vi(c->account)), err);
	if (rc > 0) {
		c->modseq = sql_u64(q, account_get, modseq);
		sql_end(q, SQL_account_get);
		rc = sql_first(q, SQL_mailbox_get, SQL_VALS(vi(c->account),
		    vi(c->mailbox)), err);
	}
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	c->uidvalidity = sql_u32(q, mailbox_get, uidvalidity);
	c->uidnext = sql_u32(q, mailbox_get, uidnext);
	c->recent_from = sql_u32(q, mailbox_get, recent_from);
	sql_end(q, SQL_mailbox_get);
	rc = sql_number(q, SQL_floor_get, SQL_VALS(vi(c->account),
	    vi(c->mailbox)), &c->forgotten, err);
	if (rc < 0)
		return rc;
	rc = sql_first(q, SQL_column_load, SQL_VALS(vi(c->account),
	    vi(c->mailbox)), err);
	while (rc > 0) {
		load_row(c, q);
		rc = sql_next(q, SQL_column_load, err);
	}
	if (c->dead.n)
		qsort(c->dead.p, c->dead.n, sizeof(*c->dead.p),
		    by_expunged);
	return rc < 0 || !c->reader ? rc : load_seen(c, q, err);
}

static int
load_column(struct column *c, struct sql *q, struct err *err)
{
	int rc = sql_read_begin(q, err);

	if (rc < 0)
		return rc;
	rc = load_rows(c, q, err);
	sql_read_end(q);
	return rc;
}

/* ---- the cache --------------------------------------------------------- */

/* Under the lock: nobody finds it any more. */
static void
unlist(struct columns *cs, struct column *c)
{
	struct column *first = map_get(&cs->readers, c->account, c->mailbox,
	    0), **at = &first;

	map_del(&cs->map, c->account, c->mailbox, c->reader);
	if (!c->reader)
		return;
	while (*at != c)
		at = &(*at)->next_reader;
	*at = c->next_reader;
	if (first)
		map_put(&cs->readers, c->account, c->mailbox, 0, first);
	else
		map_del(&cs->readers, c->account, c->mailbox, 0);
}

/* Under the lock. */
static void
evict_columns(struct columns *cs)
{
	struct column *least, *c;
	struct map_slot *s;
	size_t at;

	while (cs->octets > cs->bound) {
		least = NULL;
		at = 0;
		while ((s = map_next(&cs->map, &at))) {
			c = s->p;
			if (c->users == 0 && (!least || c->last < least->last))
				least = c;
		}
		if (!least)
			return;
		cs->octets -= column_octets(least);
		unlist(cs, least);
		column_free(least);
	}
}

static void
unuse(struct columns *cs, struct column *c)
{
	c->users--;
	if (c->left && c->users == 0)
		column_free(c);
	else
		evict_columns(cs);
}

/* Under the lock: whoever asks for it next reads it from SQL again. */
static void
leave_cache(struct columns *cs, struct column *c)
{
	c->left = true;
	unlist(cs, c);
}

static struct column *
column_new(struct columns *cs, uint64_t account, uint64_t mailbox,
    uint64_t reader)
{
	struct column *c = calloc(1, sizeof(*c));

	bug_if(!c);
	pthread_rwlock_init(&c->lock, NULL);
	c->account = account;
	c->mailbox = mailbox;
	c->reader = reader;
	c->loading = true;
	vec_push(&c->sets, (struct keyword_set){ 0 }); /* the empty one */
	map_put(&cs->map, account, mailbox, reader, c);
	if (reader) {
		c->next_reader = map_get(&cs->readers, account, mailbox, 0);
		map_put(&cs->readers, account, mailbox, 0, c);
	}
	return c;
}

/* Commits made while we read are late: those the snapshot had not seen are
 * applied now. */
static void
finish_load(struct columns *cs, struct column *c, int rc)
{
	size_t i;

	pthread_mutex_lock(&cs->lock);
	if (rc == 0)
		apply_run(c, c->late.p, c->late.n, c->modseq);
	for (i = 0; i < c->late.n; i++)
		free((char *)(uintptr_t)c->late.p[i].keywords.p);
	vec_free(&c->late);
	c->loading = false;
	if (rc < 0 || c->gone)
		leave_cache(cs, c);
	else
		cs->octets += column_octets(c);
	pthread_cond_broadcast(&cs->loaded);
	pthread_mutex_unlock(&cs->lock);
}

int
columns_get(struct columns *cs, struct sql *q, uint64_t account,
    uint64_t mailbox, struct column **out, struct err *err)
{
	return columns_get_as(cs, q, account, mailbox, 0, out, err);
}

int
columns_get_as(struct columns *cs, struct sql *q, uint64_t account,
    uint64_t mailbox, uint64_t reader, struct column **out, struct err *err)
{
	bool first = false, left;
	struct column *c;
	int rc = 0;

	pthread_mutex_lock(&cs->lock);
	c = map_get(&cs->map, account, mailbox, reader);
	if (!c) {
		c = column_new(cs, account, mailbox, reader);
		first = true;
	}
	c->users++;
	c->last = ++cs->clock;
	while (!first && c->loading)
		pthread_cond_wait(&cs->loaded, &cs->lock);
	left = c->left;
	pthread_mutex_unlock(&cs->lock);
	if (first) {
		rc = load_column(c, q, err);
		finish_load(cs, c, rc);
	} else if (left) {
		rc = err_set(err, E_NOTFOUND, "no such mailbox");
	}
	if (rc < 0)
		columns_put(cs, c);
	else
		*out = c;
	return rc;
}

void
columns_put(struct columns *cs, struct column *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&cs->lock);
	unuse(cs, c);
	pthread_mutex_unlock(&cs->lock);
}

static void
keep_late(struct column *c, const struct column_op *op, size_t n)
{
	struct column_op *o;
	size_t i;
	char *p;

	for (i = 0; i < n; i++) {
		o = vec_add(&c->late);
		*o = op[i];
		p = malloc(op[i].keywords.n + 1);
		bug_if(!p);
		if (op[i].keywords.n)
			memcpy(p, op[i].keywords.p, op[i].keywords.n);
		o->keywords.p = p;
	}
}

/* Under the lock: the columns of a mailbox that are filled, which nobody may
 * take away meanwhile. Those that are being filled get the ops later. */
static void
hold_filled(struct columns *cs, struct column *c, const struct column_op *op,
    size_t n)
{
	if (!c)
		return;
	if (c->loading) {
		keep_late(c, op, n);
		return;
	}
	c->users++;
	vec_push(&cs->held, c);
}

static void
hold_all(struct columns *cs, uint64_t account, uint64_t mailbox,
    const struct column_op *op, size_t n)
{
	cs->held.n = 0;
	hold_filled(cs, map_get(&cs->map, account, mailbox, 0), op, n);
	for (struct column *c = map_get(&cs->readers, account, mailbox, 0); c;
	     c = c->next_reader)
		hold_filled(cs, c, op, n);
}

static void
apply_held(struct columns *cs, struct column *c, const struct column_op *op,
    size_t n)
{
	size_t before;

	pthread_rwlock_wrlock(&c->lock);
	before = column_octets(c);
	apply_run(c, op, n, 0);
	pthread_rwlock_unlock(&c->lock);
	pthread_mutex_lock(&cs->lock);
	if (c->gone) {
		cs->octets -= before;
		leave_cache(cs, c);
	} else {
		cs->octets += column_octets(c) - before;
	}
	unuse(cs, c);
	pthread_mutex_unlock(&cs->lock);
}

static void
apply_one(struct columns *cs, const struct column_op *op, size_t n)
{
	pthread_mutex_lock(&cs->lock);
	hold_all(cs, op->account, op->mailbox, op, n);
	pthread_mutex_unlock(&cs->lock);
	for (size_t i = 0; i < cs->held.n; i++)
		apply_held(cs, cs->held.p[i], op, n);
}

void
columns_apply(struct columns *cs, const struct column_op *op, size_t n)
{
	size_t from = 0, to;

	for (; from < n; from = to) {
		for (to = from + 1; to < n; to++)
			if (op[to].account != op[from].account ||
			    op[to].mailbox != op[from].mailbox)
				break;
		apply_one(cs, op + from, to - from);
	}
}

static void
forget_held(struct column *c, uint64_t forgotten)
{
	size_t n = 0, i;

	pthread_rwlock_wrlock(&c->lock);
	c->forgotten = forgotten;
	while (n < c->dead.n && c->dead.p[n].expunged <= forgotten)
		column_unuse_set(c, c->dead.p[n++].keywords);
	for (i = n; i < c->dead.n; i++)
		c->dead.p[i - n] = c->dead.p[i];
	c->dead.n -= n;
	pthread_rwlock_unlock(&c->lock);
}

/* One that is being loaded sees either what was before or what is now: both
 * are whole. */
void
columns_forget(struct columns *cs, uint64_t account, uint64_t mailbox,
    uint64_t forgotten)
{
	pthread_mutex_lock(&cs->lock);
	hold_all(cs, account, mailbox, NULL, 0);
	pthread_mutex_unlock(&cs->lock);
	for (size_t i = 0; i < cs->held.n; i++) {
		forget_held(cs->held.p[i], forgotten);
		columns_put(cs, cs->held.p[i]);
	}
}
