/*
 * fulltext_find.c - what the index says of an account's messages.
 */
#include "store/fulltext/fulltext_int.h"

struct fulltext_found {
	struct fulltext *t;
	int refs;		/* atomic */
	uint64_t account, changes;
	uint32_t version;
	struct buf conditions;	/* of one that is kept */
	bool looking;		/* the lock is held, the file open */
	struct index_file file;
	struct indexed *messages;
	uint64_t nmessages;
	struct index_table table;
	size_t words;		/* of 64 bits: of one set */
	uint64_t *has[FULLTEXT_CONDITIONS];
	size_t n;
	struct buf room;
};

int
fulltext_look(struct fulltext *t, uint64_t account, uint32_t version,
    struct fulltext_found **out, struct err *err)
{
	struct fulltext_found *x = calloc(1, sizeof(*x));
	int rc;

	bug_if(!x);
	*out = NULL;
	*x = (struct fulltext_found){ .t = t, .refs = 1, .account = account,
		.version = version,
		.looking = true, .room = BUF_INIT(SEGMENT_LIMIT) };
	pthread_rwlock_rdlock(fulltext_lock(t, account));
	x->changes = *fulltext_changes(t, account);
	rc = index_open(t, account, false, &x->file, err);
	if (rc < 0 || x->file.messages == 0 ||
	    x->file.segments.p[0].version != version) {
		fulltext_found_free(x);
		return rc;
	}
	x->messages = calloc(x->file.messages, sizeof(*x->messages));
	bug_if(!x->messages);
	x->nmessages = x->file.messages;
	x->words = (size_t)(x->nmessages + 63) / 64;
	rc = index_messages(&x->file, x->messages, err);
	if (rc < 0) {
		fulltext_found_free(x);
		return rc;
	}
	index_table_make(&x->table, x->messages, x->file.messages);
	*out = x;
	return 0;
}

void
fulltext_looked(struct fulltext_found *x)
{
	if (!x->looking)
		return;
	index_close(&x->file);
	pthread_rwlock_unlock(fulltext_lock(x->t, x->account));
	x->looking = false;
	buf_free(&x->room);
}

void
fulltext_found_free(struct fulltext_found *x)
{
	if (!x || __atomic_sub_fetch(&x->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	fulltext_looked(x);
	buf_free(&x->conditions);
	for (size_t i = 0; i < x->n; i++)
		free(x->has[i]);
	free(x->messages);
	free(x->table.slot);
	free(x);
}

static uint64_t *
new_bits(const struct fulltext_found *x)
{
	uint64_t *bits = calloc(x->words, sizeof(*bits));

	bug_if(!bits);
	return bits;
}

static int
find_one(struct fulltext_found *x, enum words_part part,
    const struct word_condition *c, uint64_t *bits, struct err *err)
{
	uint64_t from = 0;
	int rc = 0;

	for (size_t i = 0; i < x->file.segments.n && rc == 0; i++) {
		rc = segment_find(x->file.f, &x->file.segments.p[i], part, c,
		    bits, from, &x->room, err);
		from += x->file.segments.p[i].messages;
	}
	return rc;
}

/* All of them in this part; their messages are added to `has`. */
static int
find_in_part(struct fulltext_found *x, enum words_part part,
    const struct word_condition *c, size_t n, uint64_t *has, struct err *err)
{
	uint64_t *all = new_bits(x), *one = new_bits(x);
	int rc = find_one(x, part, &c[0], all, err);

	for (size_t i = 1; i < n && rc == 0; i++) {
		memset(one, 0, x->words * sizeof(*one));
		rc = find_one(x, part, &c[i], one, err);
		for (size_t k = 0; k < x->words; k++)
			all[k] &= one[k];
	}
	for (size_t k = 0; k < x->words; k++)
		has[k] |= all[k];
	free(all);
	free(one);
	return rc;
}

int
fulltext_find(struct fulltext_found *x, unsigned parts,
    const struct word_condition *c, size_t n, size_t *which, struct err *err)
{
	int rc = 0;

	if (x->n == FULLTEXT_CONDITIONS || n == 0)
		return err_set(err, E_LIMIT, "too many words");
	x->has[x->n] = new_bits(x);
	for (int i = 0; i < WORDS_PARTS && rc == 0; i++)
		if (parts & 1u << i)
			rc = find_in_part(x, (enum words_part)i, c, n,
			    x->has[x->n], err);
	*which = x->n++;
	return rc;
}

enum fulltext_has
fulltext_has(const struct fulltext_found *x, size_t which, uint64_t email,
    uint64_t content)
{
	const struct indexed *m = index_table_find(&x->table, email, content);
	size_t bit;

	if (!m)
		return INDEX_KNOWS_NOT;
	bit = (size_t)(m - x->messages);
	if (x->has[which][bit / 64] >> (bit % 64) & 1)
		return INDEX_HAS;
	return m->mark & MARK_CUT ? INDEX_CUT : INDEX_HAS_NOT;
}

/* ---- what is kept ------------------------------------------------------ */

static struct fulltext_found *
with_ref(struct fulltext_found *x)
{
	(void)__atomic_add_fetch(&x->refs, 1, __ATOMIC_RELAXED);
	return x;
}

struct fulltext_found *
fulltext_recall(struct fulltext *t, uint64_t account, uint32_t version,
    struct str conditions)
{
	struct fulltext_found *x = NULL;
	uint64_t changes;

	pthread_rwlock_rdlock(fulltext_lock(t, account));
	changes = *fulltext_changes(t, account);
	pthread_rwlock_unlock(fulltext_lock(t, account));
	pthread_mutex_lock(&t->kept_lock);
	for (int i = 0; i < FULLTEXT_KEPT && !x; i++)
		if (t->kept[i] && t->kept[i]->account == account &&
		    t->kept[i]->changes == changes &&
		    t->kept[i]->version == version &&
		    str_eq(buf_get(&t->kept[i]->conditions), conditions))
			x = with_ref(t->kept[i]);
	pthread_mutex_unlock(&t->kept_lock);
	return x;
}

void
fulltext_keep(struct fulltext_found *x, struct str conditions)
{
	struct fulltext *t = x->t;
	struct fulltext_found *last;

	if (x->nmessages > KEPT_MESSAGES || x->conditions.n > 0)
		return;
	x->conditions = BUF_INIT(conditions.n);
	buf_str(&x->conditions, conditions);
	pthread_mutex_lock(&t->kept_lock);
	last = t->kept[FULLTEXT_KEPT - 1];
	memmove(&t->kept[1], &t->kept[0],
	    (FULLTEXT_KEPT - 1) * sizeof(t->kept[0]));
	t->kept[0] = with_ref(x);
	pthread_mutex_unlock(&t->kept_lock);
	fulltext_found_free(last);
}
