#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "store/shelf/shelf_int.h"

void
shelf_name(char name[SHELF_NAME], uint64_t account)
{
	(void)snprintf(name, SHELF_NAME, "shelf/%016llx",
	    (unsigned long long)account);
}

struct shelves *
shelves_new(struct files *fs)
{
	struct shelves *s = calloc(1, sizeof(*s));

	bug_if(!s);
	s->fs = fs;
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < SHELVES_OPEN; i++)
		pthread_rwlock_init(&s->open[i].lock, NULL);
	return s;
}

static void
close_shelf(struct shelf *x)
{
	file_close(x->f);
	x->f = NULL;
	vec_free(&x->blocks);
	x->end = x->account = x->last = 0;
}

void
shelves_free(struct shelves *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SHELVES_OPEN; i++) {
		close_shelf(&s->open[i]);
		pthread_rwlock_destroy(&s->open[i].lock);
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int
failed(int rc, const char *what, struct err *err)
{
	return err_set(err, rc == -ENOSPC || rc == -EDQUOT ? E_FULL : E_IO,
	    "%s the shelf: %s", what, strerrordesc_np(-rc));
}

/* ---- files that are open ------------------------------------------------ */

/* That of the account, or the one that was used least lately by nobody now. */
static struct shelf *
slot_of(struct shelves *s, uint64_t account)
{
	struct shelf *best = NULL;

	for (size_t i = 0; i < SHELVES_OPEN; i++) {
		struct shelf *x = &s->open[i];

		if (x->account == account)
			return x;
		if (x->users == 0 && (!best || x->last < best->last))
			best = x;
	}
	return best;
}

static int
open_file(struct shelves *s, uint64_t account, bool make, struct shelf *x)
{
	const struct files_ops *ops = s->fs->ops;
	uint32_t how = make ? FILE_CREATE : 0;
	char name[SHELF_NAME];
	uint64_t size = 0;
	int rc;

	shelf_name(name, account);
	close_shelf(x);
	rc = ops->open(s->fs, name, how, &x->f);
	if (rc == -ENOENT && make && (rc = ops->mkdir(s->fs, "shelf")) == 0)
		rc = ops->open(s->fs, name, how, &x->f);
	if (rc < 0)
		x->f = NULL;
	else
		rc = ops->size(x->f, &size);
	if (rc < 0) {
		close_shelf(x);
		return rc;
	}
	x->account = account;
	shelf_read_blocks(x, size);
	return 0;
}

/* 1: *out is to be given back. 0: there is none, or too many are in use. */
static int
take_shelf(struct shelves *s, uint64_t account, bool make, struct shelf **out,
    struct err *err)
{
	struct shelf *x;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	x = slot_of(s, account);
	if (x && x->account != account)
		rc = open_file(s, account, make, x);
	if (x && rc == 0) {
		x->users++;
		x->last = ++s->clock;
		*out = x;
	}
	pthread_mutex_unlock(&s->lock);
	if (rc < 0 && rc != -ENOENT)
		return failed(rc, "open", err);
	return x && rc == 0;
}

static void
give_back(struct shelves *s, struct shelf *x)
{
	pthread_mutex_lock(&s->lock);
	/* It was dropped meanwhile: nobody finds it any more. */
	if (--x->users == 0 && x->account == UINT64_MAX)
		close_shelf(x);
	pthread_mutex_unlock(&s->lock);
}

void
shelf_drop(struct shelves *s, uint64_t account)
{
	char name[SHELF_NAME];

	shelf_name(name, account);
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < SHELVES_OPEN; i++) {
		struct shelf *x = &s->open[i];

		if (x->account != account)
			continue;
		if (x->users > 0)
			x->account = UINT64_MAX;
		else
			close_shelf(x);
	}
	(void)s->fs->ops->unlink(s->fs, name);
	pthread_mutex_unlock(&s->lock);
}

void
shelf_rest(struct shelves *s)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < SHELVES_OPEN; i++)
		if (s->open[i].users == 0)
			close_shelf(&s->open[i]);
	pthread_mutex_unlock(&s->lock);
}

/* ---- looking ------------------------------------------------------------ */

/* Both ascend. Octets that were found. */
static size_t
merge(struct block_reader *r, struct shelved *v, size_t n)
{
	struct shelved there = { 0 };
	size_t i = 0, octets = 0;

	while (i < n && block_next(r, &there)) {
		while (i < n && v[i].uid < there.uid)
			i++;
		if (i < n && v[i].uid == there.uid &&
		    v[i].blob == there.blob && there.facts.n > 0) {
			v[i].facts = there.facts;
			octets += there.facts.n;
		}
	}
	return octets;
}

static int
look_in(const struct shelf *x, uint64_t mailbox, struct shelved *v, size_t n,
    size_t enough, size_t *looked, struct arena *a, struct err *err)
{
	struct block_reader r;
	size_t i = 0, used = 0, found = 0;
	int rc = 0;

	while (i < n && rc == 0 && found < enough) {
		size_t k = shelf_find_block(x, mailbox, v[i].uid), from;
		const struct block *b = &x->blocks.p[k];

		if (k == x->blocks.n || b->mailbox != mailbox) {
			i = n;
			break;
		}
		while (i < n && v[i].uid < b->first)
			i++;
		for (from = i; i < n && v[i].uid <= b->last; i++)
			continue;
		if (i - from < SHELF_READ)
			continue;
		used += BLOCK_HEADER + b->octets;
		if (used > SHELF_MEM)
			break;
		rc = block_read(x, b, arena_alloc(a, BLOCK_HEADER +
		    b->octets), &r, err);
		if (rc == 0)
			found += merge(&r, v + from, i - from);
	}
	*looked = i;
	return rc;
}

int
shelf_look(struct shelves *s, uint64_t account, uint64_t mailbox,
    struct shelved *v, size_t n, size_t enough, size_t *looked,
    struct arena *a, struct err *err)
{
	struct shelf *x;
	int rc = take_shelf(s, account, false, &x, err);

	*looked = n;
	if (rc <= 0)
		return rc;
	pthread_rwlock_rdlock(&x->lock);
	rc = look_in(x, mailbox, v, n, enough, looked, a, err);
	pthread_rwlock_unlock(&x->lock);
	give_back(s, x);
	if (rc < 0)
		shelf_drop(s, account);
	return rc;
}

/* ---- putting ------------------------------------------------------------ */

/* How many of these make one block: up to one that is there, or its bounds. */
static size_t
neighbours(const struct shelf *x, uint64_t mailbox, const struct shelved *v,
    size_t n)
{
	size_t k = shelf_find_block(x, mailbox, v[0].uid), i, octets = 0;
	uint64_t before = (uint64_t)UINT32_MAX + 1;

	if (k < x->blocks.n && x->blocks.p[k].mailbox == mailbox)
		before = x->blocks.p[k].first;
	for (i = 0; i < n && i < BLOCK_MESSAGES && v[i].uid < before; i++) {
		octets += BLOCK_ENTRY + v[i].facts.n;
		if (octets > BLOCK_MAX)
			break;
	}
	return i;
}

static int
put_block(struct shelf *x, uint64_t mailbox, const struct shelved *v, size_t n,
    struct err *err)
{
	const struct files_ops *ops = x->f->files->ops;
	auto_buf b = BUF_INIT(BLOCK_HEADER + BLOCK_MAX);
	uint64_t size = 0;
	int rc = ops->size(x->f, &size);

	block_make(&b, mailbox, v, n);
	/* What is behind the end is of no block, and must not become one. */
	if (rc == 0 && size > x->end)
		rc = ops->truncate(x->f, x->end);
	if (rc == 0)
		rc = ops->write(x->f, b.p, b.n, x->end);
	if (rc < 0)
		return failed(rc, "write", err);
	shelf_read_blocks(x, x->end + b.n);
	return 0;
}

int
shelf_put(struct shelves *s, uint64_t account, uint64_t mailbox,
    const struct shelved *v, size_t n, struct err *err)
{
	struct shelf *x;
	bool full = false;
	int rc = take_shelf(s, account, true, &x, err);

	if (rc <= 0)
		return rc;
	rc = 0;
	pthread_rwlock_wrlock(&x->lock);
	while (n >= SHELF_LEAST && rc == 0 && !full) {
		size_t k = neighbours(x, mailbox, v, n);

		full = x->blocks.n == BLOCKS_MAX;
		if (k >= SHELF_LEAST && !full)
			rc = put_block(x, mailbox, v, k, err);
		/* None: this one is within a block. */
		v += k ? k : 1;
		n -= k ? k : 1;
	}
	pthread_rwlock_unlock(&x->lock);
	give_back(s, x);
	if (rc < 0 || full)
		shelf_drop(s, account);	/* it begins anew */
	return rc;
}

/* ---- going -------------------------------------------------------------- */

struct others {
	struct VEC(uint64_t) accounts;
};

static void
add_account(void *arg, const char *name)
{
	struct others *o = arg;
	uint64_t account;

	if (str_hex64(str_c(name), &account))
		vec_push(&o->accounts, account);
}

void
shelf_drop_others(struct shelves *s, bool (*gone)(void *arg, uint64_t account),
    void *arg)
{
	struct others o = { 0 };

	(void)s->fs->ops->list(s->fs, "shelf", add_account, &o);
	for (size_t i = 0; i < o.accounts.n; i++)
		if (gone(arg, o.accounts.p[i]))
			shelf_drop(s, o.accounts.p[i]);
	vec_free(&o.accounts);
}

struct wiping {
	bool (*gone)(void *arg, uint64_t mailbox, uint32_t uid, uint64_t blob);
	void *arg;
	uint64_t all, wiped;
	struct buf octets;
};

/* In its place, so that nobody waits for longer than one block takes. */
static int
wipe_block(struct shelf *x, const struct block *b, struct wiping *w,
    struct err *err)
{
	char *room = malloc(BLOCK_HEADER + b->octets);
	struct shelved *v = calloc(b->n, sizeof(*v));
	struct block_reader r;
	uint64_t before = w->wiped;
	size_t n = 0;
	int rc;

	bug_if(!room || !v);
	rc = block_read(x, b, room, &r, err);
	for (; rc == 0 && block_next(&r, &v[n]); n++) {
		if (v[n].blob == 0) {
			w->wiped++;
			before++;
		} else if (w->gone(w->arg, b->mailbox, v[n].uid, v[n].blob)) {
			v[n].blob = 0;
			if (v[n].facts.n)
				memset(room + (v[n].facts.p - room), 0,
				    v[n].facts.n);
			w->wiped++;
		}
	}
	w->all += n;
	buf_reset(&w->octets);
	if (rc == 0 && w->wiped > before) {
		block_make(&w->octets, b->mailbox, v, n);
		rc = x->f->files->ops->write(x->f, w->octets.p, w->octets.n,
		    b->at);
		rc = rc < 0 ? failed(rc, "write", err) : 0;
	}
	free(room);
	free(v);
	return rc;
}

int
shelf_sweep(struct shelves *s, uint64_t account,
    bool (*gone)(void *arg, uint64_t mailbox, uint32_t uid, uint64_t blob),
    void *arg, struct err *err)
{
	struct wiping w = { .gone = gone, .arg = arg,
		.octets = BUF_INIT(BLOCK_HEADER + BLOCK_MAX) };
	bool more = true;
	struct shelf *x;
	int rc = take_shelf(s, account, false, &x, err);

	if (rc <= 0)
		return rc;
	rc = 0;
	for (size_t i = 0; more && rc == 0; i++) {
		pthread_rwlock_wrlock(&x->lock);
		more = i < x->blocks.n;
		if (more)
			rc = wipe_block(x, &x->blocks.p[i], &w, err);
		pthread_rwlock_unlock(&x->lock);
	}
	give_back(s, x);
	buf_free(&w.octets);
	if (rc < 0 || 2 * w.wiped > w.all)
		shelf_drop(s, account);
	return rc;
}
