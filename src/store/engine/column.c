#include "store/engine/column.h"

#include "base/crc32c.h"
#include "store/engine/engine_int.h"

struct columns {
	pthread_mutex_t lock;
	pthread_cond_t loaded;
	struct map map;
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

struct str
column_keywords(const struct column *c, uint32_t set)
{
	return set < c->sets.n ? c->sets.p[set].words : STR_NULL;
}

/* The owner of the mailbox chooses the words: they are found by hash, and sets
 * of the same hash are in a chain. */
static uint64_t
hash_of(struct str words)
{
	uint64_t low = crc32c(0, words.p, words.n);

	return low | (uint64_t)crc32c(~0u, words.p, words.n) << 32;
}

static uint64_t
hash_of_word(struct str word)
{
	uint32_t low = 0, high = ~0u;
	size_t i;

	for (i = 0; i < word.n; i++) {
		char c = ascii_lower(word.p[i]);

		low = crc32c(low, &c, 1);
		high = crc32c(high, &c, 1);
	}
	return low | (uint64_t)high << 32;
}

static struct str
copy_of(struct str s)
{
	char *copy = malloc(s.n + 1);

	bug_if(!copy);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return str_make(copy, s.n);
}

/* Words of one hash count as one: then a list lacks one of them. */
static void
use_keyword(struct column *c, struct str word)
{
	uint64_t hash = hash_of_word(word);
	uint32_t i = (uint32_t)map_get_number(&c->by_word, hash, 0, 0);

	if (i) {
		c->keywords.p[i].sets++;
		return;
	}
	if (c->keywords.n == 0)
		vec_push(&c->keywords, (struct keyword){ 0 });
	i = c->unused_keyword;
	if (i) {
		c->unused_keyword = c->keywords.p[i].next;
	} else {
		i = (uint32_t)c->keywords.n;
		(void)vec_add(&c->keywords);
	}
	c->keywords.p[i] = (struct keyword){ copy_of(word), 1, 0 };
	map_put_number(&c->by_word, hash, 0, 0, i);
}

static void
unuse_keyword(struct column *c, struct str word)
{
	uint64_t hash = hash_of_word(word);
	uint32_t i = (uint32_t)map_get_number(&c->by_word, hash, 0, 0);

	if (i == 0 || --c->keywords.p[i].sets > 0)
		return;
	map_del(&c->by_word, hash, 0, 0);
	free((char *)(uintptr_t)c->keywords.p[i].word.p);
	c->keywords.p[i] = (struct keyword){ STR_NULL, 0, c->unused_keyword };
	c->unused_keyword = i;
}

static void
each_keyword(struct column *c, struct str words,
    void (*one)(struct column *c, struct str word))
{
	struct str word;
	bool more;

	do {
		more = str_cut(words, ' ', &word, &words);
		if (word.n)
			one(c, word);
	} while (more);
}

static uint32_t
first_set(const struct column *c, uint64_t hash)
{
	return (uint32_t)map_get_number(&c->by_words, hash, 0, 0);
}

static uint32_t
new_set(struct column *c, struct str words, uint64_t hash)
{
	uint32_t i = c->unused_set;

	if (i) {
		c->unused_set = c->sets.p[i].next;
	} else {
		i = (uint32_t)c->sets.n;
		(void)vec_add(&c->sets);
	}
	c->sets.p[i] = (struct keyword_set){ copy_of(words), 0,
		first_set(c, hash) };
	each_keyword(c, words, use_keyword);
	map_put_number(&c->by_words, hash, 0, 0, i);
	return i;
}

/* The set of these words; one more row has it. */
static uint32_t
use_set(struct column *c, struct str words)
{
	uint64_t hash;
	uint32_t i;

	if (words.n == 0)
		return 0;
	hash = hash_of(words);
	for (i = first_set(c, hash); i; i = c->sets.p[i].next)
		if (str_eq(c->sets.p[i].words, words))
			break;
	if (i == 0)
		i = new_set(c, words, hash);
	c->sets.p[i].users++;
	return i;
}

static void
unuse_set(struct column *c, uint32_t i)
{
	struct keyword_set *s = &c->sets.p[i];
	uint64_t hash;
	uint32_t at;

	if (i == 0 || --s->users > 0)
		return;
	hash = hash_of(s->words);
	at = first_set(c, hash);
	if (at == i && s->next)
		map_put_number(&c->by_words, hash, 0, 0, s->next);
	else if (at == i)
		map_del(&c->by_words, hash, 0, 0);
	for (; at != i && c->sets.p[at].next != i; at = c->sets.p[at].next)
		;
	if (at != i)
		c->sets.p[at].next = s->next;
	each_keyword(c, s->words, unuse_keyword);
	free((char *)(uintptr_t)s->words.p);
	*s = (struct keyword_set){ STR_NULL, 0, c->unused_set };
	c->unused_set = i;
}

static void
add_live(struct column *c, const struct column_row *row, struct str keywords)
{
	struct column_row *r = vec_add(&c->live);

	*r = *row;
	r->keywords = use_set(c, keywords);
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
	r->flags = row->flags;
	r->modseq = row->modseq;
	/* In this order: the words may be those of the set it leaves. */
	set = use_set(c, keywords);
	unuse_set(c, r->keywords);
	r->keywords = set;
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
		else
			c->gone = true;
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
	r.keywords = use_set(c, sql_str(q, column_load, keywords));
	vec_push(&c->dead, r);
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
	return rc;
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
		map_del(&cs->map, least->account, least->mailbox, 0);
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
	map_del(&cs->map, c->account, c->mailbox, 0);
}

static struct column *
column_new(struct columns *cs, uint64_t account, uint64_t mailbox)
{
	struct column *c = calloc(1, sizeof(*c));

	bug_if(!c);
	pthread_rwlock_init(&c->lock, NULL);
	c->account = account;
	c->mailbox = mailbox;
	c->loading = true;
	vec_push(&c->sets, (struct keyword_set){ 0 }); /* the empty one */
	map_put(&cs->map, account, mailbox, 0, c);
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
	bool first = false, left;
	struct column *c;
	int rc = 0;

	pthread_mutex_lock(&cs->lock);
	c = map_get(&cs->map, account, mailbox, 0);
	if (!c) {
		c = column_new(cs, account, mailbox);
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

static void
apply_one(struct columns *cs, const struct column_op *op, size_t n)
{
	struct column *c;
	size_t before;

	pthread_mutex_lock(&cs->lock);
	c = map_get(&cs->map, op->account, op->mailbox, 0);
	if (c && c->loading) {
		keep_late(c, op, n);
		c = NULL;
	}
	if (c)
		c->users++;
	pthread_mutex_unlock(&cs->lock);
	if (!c)
		return;
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

/* One that is being loaded sees either what was before or what is now: both
 * are whole. */
void
columns_forget(struct columns *cs, uint64_t account, uint64_t mailbox,
    uint64_t forgotten)
{
	struct column *c;
	size_t n = 0, i;

	pthread_mutex_lock(&cs->lock);
	c = map_get(&cs->map, account, mailbox, 0);
	if (c && c->loading)
		c = NULL;
	if (c)
		c->users++;
	pthread_mutex_unlock(&cs->lock);
	if (!c)
		return;
	pthread_rwlock_wrlock(&c->lock);
	c->forgotten = forgotten;
	while (n < c->dead.n && c->dead.p[n].expunged <= forgotten)
		unuse_set(c, c->dead.p[n++].keywords);
	for (i = n; i < c->dead.n; i++)
		c->dead.p[i - n] = c->dead.p[i];
	c->dead.n -= n;
	pthread_rwlock_unlock(&c->lock);
	columns_put(cs, c);
}
