#include "faulty.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

enum { SECTOR = 512, NAME_ROOM = 64 };

enum pending_kind { P_WRITE, P_SIZE };

/* A change since the last sync. */
struct pending {
	struct pending *next;
	enum pending_kind kind;
	uint64_t at, n;
	char octets[];
};

struct inode {
	struct buf now, disk;	/* as read; as it is without power */
	struct pending *first, **last;
	int refs;
};

struct name {
	struct name *next;
	char name[NAME_ROOM];
	struct inode *now, *disk;
};

struct faulty {
	struct files files;
	struct name *names;
	uint64_t points, at, seed;
	enum fault fault;
	bool happened, off;
	uint64_t room;	/* octets that a full disk has got back */
	const char *lie;
};

struct open_file {
	struct file file;
	struct faulty *disk;
	struct inode *inode;
	char name[NAME_ROOM];
};

static struct faulty *
disk_of(struct files *fs)
{
	return container_of(fs, struct faulty, files);
}

static struct open_file *
open_of(struct file *f)
{
	return container_of(f, struct open_file, file);
}

static uint32_t
chance(struct faulty *d)
{
	d->seed = d->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(d->seed >> 33);
}

/* ---- inodes ------------------------------------------------------------ */

static void
drop_pending(struct inode *i)
{
	struct pending *p;

	while ((p = i->first)) {
		i->first = p->next;
		free(p);
	}
	i->last = &i->first;
}

static struct inode *
inode_new(void)
{
	struct inode *i = calloc(1, sizeof(*i));

	bug_if(!i);
	i->now = i->disk = BUF_INIT(256 << 20);
	i->last = &i->first;
	return i;
}

static void
inode_unref(struct inode *i)
{
	if (!i || --i->refs > 0)
		return;
	drop_pending(i);
	buf_free(&i->now);
	buf_free(&i->disk);
	free(i);
}

static void
set_inode(struct inode **at, struct inode *i)
{
	if (i)
		i->refs++;
	inode_unref(*at);
	*at = i;
}

static void
resize(struct buf *b, uint64_t n)
{
	if (n > b->n) {
		size_t more = (size_t)(n - b->n);
		char *room = buf_room(b, more);

		bug_if(!room);
		memset(room, 0, more);
		buf_added(b, more);
	}
	b->n = (size_t)n;
}

static void
put_at(struct buf *b, uint64_t at, const char *p, uint64_t n)
{
	if (at + n > b->n)
		resize(b, at + n);
	if (n)
		memcpy(b->p + at, p, (size_t)n);
}

static void
copy_buf(struct buf *to, const struct buf *from)
{
	buf_reset(to);
	buf_put(to, from->p, from->n);
}

static void
pend(struct inode *i, enum pending_kind kind, uint64_t at, const void *p,
    uint64_t n)
{
	struct pending *x = malloc(sizeof(*x) + (p ? n : 0));

	bug_if(!x);
	x->next = NULL;
	x->kind = kind;
	x->at = at;
	x->n = n;
	if (p && n)
		memcpy(x->octets, p, (size_t)n);
	*i->last = x;
	i->last = &x->next;
}

/* Sectors of the file, each as it was or as it was to be. */
static void
tear(struct faulty *d, struct inode *i, const struct pending *p)
{
	uint64_t from = p->at, end = p->at + p->n, to;

	while (from < end) {
		to = (from / SECTOR + 1) * SECTOR;
		if (to > end)
			to = end;
		if (chance(d) & 1)
			put_at(&i->disk, from, p->octets + (from - p->at),
			    to - from);
		from = to;
	}
}

/* What of the unsynced is on the disk. */
static void
lose(struct faulty *d, struct inode *i, enum fault how)
{
	struct pending *p;

	for (p = i->first; p && how != FAULT_POWER_NONE; p = p->next) {
		bool all = how == FAULT_POWER_ALL || chance(d) % 3 == 0;

		if (p->kind == P_SIZE && (all || chance(d) & 1))
			resize(&i->disk, p->at);
		else if (p->kind == P_WRITE && all)
			put_at(&i->disk, p->at, p->octets, p->n);
		else if (p->kind == P_WRITE && chance(d) & 1)
			tear(d, i, p);
	}
	drop_pending(i);
	copy_buf(&i->now, &i->disk);
}

static void
settle(struct inode *i)
{
	struct pending *p;

	for (p = i->first; p; p = p->next)
		if (p->kind == P_SIZE)
			resize(&i->disk, p->at);
		else
			put_at(&i->disk, p->at, p->octets, p->n);
	drop_pending(i);
}

/* ---- points ------------------------------------------------------------ */

/* 0: do it. Else the error to give. *late: do it first, then give it. */
static int
point(struct faulty *d, uint64_t needs)
{
	d->points++;
	if (d->off)
		return -EIO;
	if (d->fault == FAULT_FULL && d->points >= d->at) {
		d->happened = true;
		if (needs > d->room)
			return -ENOSPC;
		d->room -= needs;
		return 0;
	}
	if (d->fault == FAULT_NONE || d->fault == FAULT_FULL ||
	    d->points != d->at)
		return 0;
	d->happened = true;
	d->off = d->fault >= FAULT_POWER_ALL;
	return -EIO;
}

/* ---- names ------------------------------------------------------------- */

static struct name *
find(struct faulty *d, const char *name)
{
	struct name *n;

	for (n = d->names; n; n = n->next)
		if (strcmp(n->name, name) == 0)
			return n;
	return NULL;
}

static struct name *
make_name(struct faulty *d, const char *name)
{
	struct name *n = find(d, name);

	if (n)
		return n;
	n = calloc(1, sizeof(*n));
	bug_if(!n || strlen(name) >= sizeof(n->name));
	(void)snprintf(n->name, sizeof(n->name), "%s", name);
	n->next = d->names;
	d->names = n;
	return n;
}

static bool
is_in(const char *name, const char *dir)
{
	size_t n = strlen(dir);

	if (strcmp(dir, ".") == 0)
		return !strchr(name, '/');
	return strncmp(name, dir, n) == 0 && name[n] == '/';
}

static int
f_open(struct files *fs, const char *name, uint32_t how, struct file **out)
{
	struct faulty *d = disk_of(fs);
	struct name *n = find(d, name);
	struct open_file *f;
	int rc;

	if (!n || !n->now) {
		if (!(how & FILE_CREATE))
			return -ENOENT;
		rc = point(d, 1);
		if (rc < 0)
			return rc;
		n = make_name(d, name);
		set_inode(&n->now, inode_new());
	} else if (how & FILE_EXCL) {
		return -EEXIST;
	}
	f = calloc(1, sizeof(*f));
	bug_if(!f);
	f->file.files = fs;
	f->disk = d;
	set_inode(&f->inode, n->now);
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	*out = &f->file;
	return 0;
}

static void
f_close(struct file *file)
{
	struct open_file *f = open_of(file);

	set_inode(&f->inode, NULL);
	free(f);
}

static int
f_read(struct file *file, void *p, size_t n, uint64_t at, size_t *got)
{
	struct open_file *f = open_of(file);
	const struct buf *b = &f->inode->now;

	if (f->disk->off)
		return -EIO;
	*got = 0;
	if (at >= b->n)
		return 0;
	*got = n < b->n - at ? n : (size_t)(b->n - at);
	memcpy(p, b->p + at, *got);
	return 0;
}

static int
f_write(struct file *file, const void *p, size_t n, uint64_t at)
{
	struct open_file *f = open_of(file);
	bool was_off = f->disk->off;
	int rc = point(f->disk, n);

	/* Power that goes while writing: it may be there in part. So may a
	 * write that fails. */
	if (rc == 0 || (f->disk->off && !was_off)) {
		put_at(&f->inode->now, at, p, n);
		pend(f->inode, P_WRITE, at, p, n);
	} else if (!was_off && n / 2) {
		put_at(&f->inode->now, at, p, n / 2);
		pend(f->inode, P_WRITE, at, p, n / 2);
	}
	return rc;
}

static int
f_sync(struct file *file)
{
	struct open_file *f = open_of(file);
	struct faulty *d = f->disk;
	int rc = point(d, 0);

	if (rc == 0 && d->lie && strncmp(f->name, d->lie,
	    strlen(d->lie)) == 0)
		return 0;
	if (rc == 0)
		settle(f->inode);
	else if (!d->off)
		lose(d, f->inode, FAULT_POWER_SOME);
	return rc;
}

static int
f_truncate(struct file *file, uint64_t size)
{
	struct open_file *f = open_of(file);
	int rc = point(f->disk, 0);

	if (rc < 0)
		return rc;
	if (size < f->inode->now.n)
		f->disk->room += f->inode->now.n - size;
	resize(&f->inode->now, size);
	pend(f->inode, P_SIZE, size, NULL, 0);
	return 0;
}

static int
f_allocate(struct file *file, uint64_t size)
{
	struct open_file *f = open_of(file);
	uint64_t has = f->inode->now.n;
	int rc = point(f->disk, size > has ? size - has : 0);

	if (rc < 0 || has >= size)
		return rc;
	resize(&f->inode->now, size);
	pend(f->inode, P_SIZE, size, NULL, 0);
	return 0;
}

static int
f_size(struct file *file, uint64_t *size)
{
	struct open_file *f = open_of(file);

	if (f->disk->off)
		return -EIO;
	*size = f->inode->now.n;
	return 0;
}

static int
f_unlink(struct files *fs, const char *name)
{
	struct faulty *d = disk_of(fs);
	struct name *n = find(d, name);
	int rc;

	if (!n || !n->now)
		return -ENOENT;
	rc = point(d, 0);
	if (rc == 0)
		d->room += n->now->now.n;
	if (rc == 0)
		set_inode(&n->now, NULL);
	return rc;
}

static int
f_rename(struct files *fs, const char *from, const char *to)
{
	struct faulty *d = disk_of(fs);
	struct name *old = find(d, from), *new;
	int rc;

	if (!old || !old->now)
		return -ENOENT;
	rc = point(d, 1);
	if (rc < 0)
		return rc;
	new = make_name(d, to);
	set_inode(&new->now, old->now);
	set_inode(&old->now, NULL);
	return 0;
}

static int
f_mkdir(struct files *fs, const char *name)
{
	(void)name;
	return disk_of(fs)->off ? -EIO : 0;
}

static int
f_sync_dir(struct files *fs, const char *dir)
{
	struct faulty *d = disk_of(fs);
	struct name *n;
	int rc = point(d, 0);

	if (rc == 0 && d->lie && strcmp(d->lie, dir) == 0)
		return 0;
	for (n = d->names; n && rc == 0; n = n->next)
		if (is_in(n->name, dir))
			set_inode(&n->disk, n->now);
	return rc;
}

static int
f_exists(struct files *fs, const char *name)
{
	struct name *n = find(disk_of(fs), name);

	return n && n->now ? 0 : -ENOENT;
}

static int
f_list(struct files *fs, const char *dir,
    void (*fn)(void *arg, const char *name), void *arg)
{
	struct name *n;

	for (n = disk_of(fs)->names; n; n = n->next)
		if (n->now && is_in(n->name, dir))
			fn(arg, n->name + strlen(dir) + 1);
	return 0;
}

/* One process has this disk. */
static int
f_lock(struct file *file, uint64_t at, uint64_t n)
{
	(void)at;
	(void)n;
	return open_of(file)->disk->off ? -EIO : 0;
}

static int
f_is_named(struct file *file, const char *name)
{
	struct open_file *f = open_of(file);
	struct name *n = find(f->disk, name);

	return n && n->now == f->inode ? 0 : -ENOENT;
}

static int
f_room(struct files *fs, uint64_t *total, uint64_t *unused)
{
	(void)fs;
	*total = *unused = (uint64_t)1 << 40;
	return 0;
}

/* ---- life -------------------------------------------------------------- */

struct faulty *
faulty_new(void)
{
	static const struct files_ops ops = { f_open, f_close, f_read,
		f_write, f_sync, f_truncate, f_allocate, f_size, f_unlink,
		f_rename, f_mkdir, f_sync_dir, f_exists, f_list, f_lock,
		f_is_named, f_room };
	struct faulty *d = calloc(1, sizeof(*d));

	bug_if(!d);
	d->files.ops = &ops;
	return d;
}

void
faulty_free(struct faulty *d)
{
	struct name *n;

	while ((n = d->names)) {
		d->names = n->next;
		set_inode(&n->now, NULL);
		set_inode(&n->disk, NULL);
		free(n);
	}
	free(d);
}

struct files *
faulty_files(struct faulty *d)
{
	return &d->files;
}

void
faulty_plan(struct faulty *d, enum fault fault, uint64_t at, uint64_t seed)
{
	d->fault = fault;
	d->at = at;
	d->seed = seed;
}

uint64_t
faulty_points(const struct faulty *d)
{
	return d->points;
}

bool
faulty_happened(const struct faulty *d)
{
	return d->happened;
}

void
faulty_stop(struct faulty *d)
{
	d->fault = FAULT_POWER_ALL;
	d->off = true;
}

bool
faulty_flip(struct faulty *d, const char *name, uint64_t at)
{
	struct name *n = find(d, name);

	if (!n || !n->now || at >= n->now->now.n || at >= n->now->disk.n)
		return false;
	n->now->now.p[at] ^= 0x10;
	n->now->disk.p[at] ^= 0x10;
	return true;
}

void
faulty_lie(struct faulty *d, const char *prefix)
{
	d->lie = prefix;
}

void
faulty_room(struct faulty *d)
{
	if (d->fault == FAULT_FULL)
		d->fault = FAULT_NONE;
	d->room = 0;
}

/* A name made or removed and not synced is as it was, or not. */
static bool
name_lasts(struct faulty *d)
{
	if (d->fault == FAULT_POWER_SOME)
		return chance(d) & 1;
	return d->fault == FAULT_POWER_ALL;
}

static void
lose_power(struct faulty *d)
{
	struct name *n;

	for (n = d->names; n; n = n->next) {
		if (n->now != n->disk) {
			if (name_lasts(d))
				set_inode(&n->disk, n->now);
			else
				set_inode(&n->now, n->disk);
		}
		if (n->now)
			lose(d, n->now, d->fault);
	}
}

void
faulty_restart(struct faulty *d)
{
	if (d->off)
		lose_power(d);
	d->off = false;
	d->fault = FAULT_NONE;
	d->room = 0;
}
