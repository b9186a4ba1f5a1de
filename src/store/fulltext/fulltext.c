#include "store/fulltext/fulltext_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct fulltext *
fulltext_new(struct files *fs)
{
	struct fulltext *t = calloc(1, sizeof(*t));

	bug_if(!t);
	t->fs = fs;
	pthread_mutex_init(&t->kept_lock, NULL);
	for (int i = 0; i < FULLTEXT_LOCKS; i++)
		pthread_rwlock_init(&t->lock[i], NULL);
	return t;
}

void
fulltext_free(struct fulltext *t)
{
	if (!t)
		return;
	for (int i = 0; i < FULLTEXT_KEPT; i++)
		fulltext_found_free(t->kept[i]);
	pthread_mutex_destroy(&t->kept_lock);
	for (int i = 0; i < FULLTEXT_LOCKS; i++)
		pthread_rwlock_destroy(&t->lock[i]);
	free(t);
}

static int
failed(int rc, const char *what, struct err *err)
{
	return err_set(err, rc == -ENOSPC || rc == -EDQUOT ? E_FULL : E_IO,
	    "%s the index: %s", what, strerrordesc_np(-rc));
}

static void
lock_to_change(struct fulltext *t, uint64_t account)
{
	pthread_rwlock_wrlock(fulltext_lock(t, account));
	++*fulltext_changes(t, account);
}

/* ---- adding ------------------------------------------------------------ */

/* Segments come in tiers, each eight times as long as the one before. */
enum { TIER = 8, TIER_LEAST = 64 << 10 };

static int
tier_of(uint64_t octets)
{
	int tier = 0;

	for (uint64_t n = TIER_LEAST; octets >= n; n *= TIER)
		tier++;
	return tier;
}

/* How many segments at the end become one with what comes: those that are not
 * above it, as soon as there are enough of them. So there are few, and each
 * message is written a few times only. */
static size_t
joined(const struct index_file *x, uint64_t octets)
{
	size_t n = 0, run;
	uint64_t sum;

	do {
		sum = octets;
		for (run = 0; n + run < x->segments.n; run++) {
			uint64_t before = segment_octets(
			    &x->segments.p[x->segments.n - 1 - n - run]);

			if (tier_of(before) > tier_of(octets) ||
			    sum + before > SEGMENT_MAX)
				break;
			sum += before;
		}
		if (run >= TIER - 1) {
			n += run;
			octets = sum;
		}
	} while (run >= TIER - 1);
	return n;
}

/* From `at` on, instead of what is there. */
static int
put_at(struct index_file *x, uint64_t at, struct str octets, struct err *err)
{
	const struct files_ops *ops = x->f->files->ops;
	int rc = ops->truncate(x->f, at);

	if (rc == 0)
		rc = ops->write(x->f, octets.p, octets.n, at);
	if (rc < 0) {
		(void)ops->truncate(x->f, at);
		return failed(rc, "write", err);
	}
	return 0;
}

static int
put_segment(struct index_file *x, struct str octets, struct err *err)
{
	size_t n = joined(x, octets.n), first = x->segments.n - n;
	auto_buf merged = BUF_INIT(SEGMENT_LIMIT);
	struct segment last;
	int rc = put_at(x, x->end, octets, err);

	if (rc < 0 || n == 0)
		return rc;
	/* Now it is one of them. */
	if (!segment_parse(octets.p, x->end, &last))
		bug("a segment that was made is none");
	vec_push(&x->segments, last);
	rc = segment_merge(x->f, &x->segments.p[first], n + 1, NULL,
	    &merged, err);
	return rc < 0 ? rc : put_at(x, x->segments.p[first].at,
	    buf_get(&merged), err);
}

static bool
is_named(const struct words_record *r, size_t n, uint64_t email)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].email == email)
			return true;
	return false;
}

static int
add_new(struct index_file *x, uint32_t version, const struct words_record *r,
    size_t n, struct err *err)
{
	struct indexed *known = calloc(x->messages + 1, sizeof(*known));
	struct segment_maker *m = segment_begin(version);
	struct index_table table;
	int rc;

	bug_if(!known);
	rc = index_messages(x, known, err);
	if (rc == 0) {
		index_table_make(&table, known, x->messages);
		for (size_t i = 0; i < n && rc == 0; i++)
			if (!index_table_find(&table, r[i].email,
			    r[i].content) && !is_named(r, i, r[i].email))
				rc = segment_add(m, &r[i], err);
		free(table.slot);
	}
	if (rc == 0 && segment_count(m) > 0)
		rc = put_segment(x, segment_end(m), err);
	segment_free(m);
	free(known);
	return rc;
}

int
fulltext_add(struct fulltext *t, uint64_t account, uint32_t version,
    const struct words_record *r, size_t n, struct err *err)
{
	struct index_file x;
	int rc;

	lock_to_change(t, account);
	rc = index_open(t, account, true, &x, err);
	if (rc == 0 && x.segments.n > 0 &&
	    x.segments.p[0].version != version) {
		x.segments.n = 0;
		x.end = x.messages = 0;
	}
	if (rc == 0)
		rc = add_new(&x, version, r, n, err);
	index_close(&x);
	pthread_rwlock_unlock(fulltext_lock(t, account));
	return rc;
}

/* ---- going ------------------------------------------------------------- */

void
fulltext_drop(struct fulltext *t, uint64_t account)
{
	char name[FULLTEXT_NAME];

	fulltext_name(name, account);
	lock_to_change(t, account);
	(void)t->fs->ops->unlink(t->fs, name);
	pthread_rwlock_unlock(fulltext_lock(t, account));
}

struct dropping {
	struct fulltext *t;
	bool (*gone)(void *arg, uint64_t account);
	void *arg;
	struct VEC(uint64_t) accounts;
};

static void
drop_one(void *arg, const char *name)
{
	struct dropping *d = arg;
	uint64_t account;

	if (str_hex64(str_first(str_c(name), 16), &account) &&
	    d->gone(d->arg, account))
		vec_push(&d->accounts, account);
}

void
fulltext_drop_others(struct fulltext *t,
    bool (*gone)(void *arg, uint64_t account), void *arg)
{
	struct dropping d = { .t = t, .gone = gone, .arg = arg };

	(void)t->fs->ops->list(t->fs, "index", drop_one, &d);
	for (size_t i = 0; i < d.accounts.n; i++)
		fulltext_drop(t, d.accounts.p[i]);
	vec_free(&d.accounts);
}

/* ---- sweeping ---------------------------------------------------------- */

struct sweeping {
	bool (*gone)(void *arg, const struct indexed *x);
	void *arg;
	size_t n;
	bool *is_gone;		/* of the messages of a segment */
	struct buf octets;
};

/* How many of the segment's are gone, or E_*. */
static int
find_gone(const struct index_file *x, const struct segment *s,
    struct sweeping *w, struct err *err)
{
	struct indexed *all = calloc((size_t)s->messages + 1, sizeof(*all));
	int n = 0, rc;

	bug_if(!all);
	rc = segment_messages(x->f, s, all, err);
	free(w->is_gone);
	w->is_gone = calloc((size_t)s->messages + 1, sizeof(bool));
	bug_if(!w->is_gone);
	for (uint32_t i = 0; i < s->messages && rc == 0; i++)
		n += w->is_gone[i] = w->gone(w->arg, &all[i]);
	free(all);
	return rc < 0 ? rc : n;
}

/* In its own place, so that nothing else waits for longer than this takes. */
static int
sweep_segment(struct index_file *x, const struct segment *s,
    struct sweeping *w, struct err *err)
{
	int n = find_gone(x, s, w, err), rc;

	if (n <= 0)
		return n;
	buf_reset(&w->octets);
	rc = segment_merge(x->f, s, 1, w->is_gone, &w->octets, err);
	if (rc < 0)
		return rc;
	segment_put_slack(w->octets.p, (uint32_t)(segment_octets(s) +
	    s->slack - w->octets.n));
	rc = x->f->files->ops->write(x->f, w->octets.p, w->octets.n, s->at);
	w->n += (size_t)n;
	return rc < 0 ? failed(rc, "write", err) : 0;
}

/* All segments move together, where less than half of the file is used. */
static int
close_gaps(struct index_file *x, struct buf *octets, struct err *err)
{
	uint64_t used = 0, at = 0;
	int rc = 0;

	for (size_t i = 0; i < x->segments.n; i++)
		used += segment_octets(&x->segments.p[i]);
	if (2 * used >= x->end)
		return 0;
	for (size_t i = 0; i < x->segments.n && rc == 0; i++) {
		if (x->segments.p[i].messages == 0)
			continue;
		buf_reset(octets);
		rc = segment_merge(x->f, &x->segments.p[i], 1, NULL, octets,
		    err);
		if (rc == 0)
			rc = x->f->files->ops->write(x->f, octets->p,
			    octets->n, at) < 0 ? failed(-EIO, "write", err) :
			    0;
		at += octets->n;
	}
	if (x->f->files->ops->truncate(x->f, at) < 0 && rc == 0)
		rc = failed(-EIO, "cut", err);
	return rc;
}

int
fulltext_sweep(struct fulltext *t, uint64_t account,
    bool (*gone)(void *arg, const struct indexed *x), void *arg, size_t *n,
    struct err *err)
{
	struct sweeping w = { .gone = gone, .arg = arg,
		.octets = BUF_INIT(SEGMENT_LIMIT) };
	struct index_file x;
	bool more = true;
	int rc = 0;

	for (size_t i = 0; more && rc == 0; i++) {
		lock_to_change(t, account);
		rc = index_open(t, account, false, &x, err);
		more = rc == 0 && i < x.segments.n;
		if (more)
			rc = sweep_segment(&x, &x.segments.p[i], &w, err);
		else if (rc == 0 && x.f && w.n > 0)
			rc = close_gaps(&x, &w.octets, err);
		index_close(&x);
		pthread_rwlock_unlock(fulltext_lock(t, account));
	}
	*n = w.n;
	free(w.is_gone);
	buf_free(&w.octets);
	return rc;
}

struct fulltext_size
fulltext_size(struct fulltext *t, uint64_t account)
{
	struct fulltext_size size = { 0 };
	struct index_file x;

	pthread_rwlock_rdlock(fulltext_lock(t, account));
	if (index_open(t, account, false, &x, NULL) == 0)
		size = (struct fulltext_size){ x.end, x.messages };
	index_close(&x);
	pthread_rwlock_unlock(fulltext_lock(t, account));
	return size;
}
