/*
 * operators.c - what happens to a folder besides a disk that fails: it is full,
 * files of it are gone, others lie there, octets are read back otherwise,
 * another program or a second store has it.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/sql/sql.h"
#include "trial.h"

enum { FILES_MAX = 200, FLIPS = 24, SECTOR = 512 };

static bool
opens(struct trial *t, size_t step, const char *when)
{
	if (open_store(t) == 0)
		return true;
	violation(t, step, when, t->d.err.text);
	return false;
}

/* It is as it was before the step, and goes on. */
static void
goes_on(struct trial *t, size_t step, const char *when)
{
	size_t which;

	if (opens(t, step, when) && is_seen(t, step, &which, step, step) &&
	    recounts(t, step))
		(void)(again(t, step) && again(t, step) && recounts(t, step));
	fixture_close(&t->d);
}

/* ---- the files ----------------------------------------------------------- */

struct listing {
	const char *dir;
	char name[FILES_MAX][64];
	size_t n, strays;
};

static void
note_name(void *arg, const char *name)
{
	struct listing *l = arg;

	l->strays += strncmp(name, "stray-", 6) == 0;
	bug_if(l->n == FILES_MAX);
	(void)snprintf(l->name[l->n++], sizeof(l->name[0]), "%s/%s", l->dir,
	    name);
}

static struct listing *
list_mail(struct trial *t)
{
	struct files *fs = faulty_files(t->disk);
	struct listing *l = calloc(1, sizeof(*l));

	bug_if(!l);
	l->dir = "packs";
	(void)fs->ops->list(fs, l->dir, note_name, l);
	l->dir = "blobs";
	(void)fs->ops->list(fs, l->dir, note_name, l);
	return l;
}

static void
rename_file(struct trial *t, const char *from, const char *to)
{
	struct files *fs = faulty_files(t->disk);

	bug_if(fs->ops->rename(fs, from, to) < 0);
}

static void
show_lines(struct trial *t, size_t step, const char *what, struct str is,
    struct str was)
{
	violation(t, step, what, "shows something else");
	fprintf(stderr, "%.*s\ninstead of\n%.*s\n", STR_FMT(is),
	    STR_FMT(was));
}

/* What is shown is what was, but for messages that say that they cannot be
 * read. */
static void
shows_less(struct trial *t, size_t step, const char *what)
{
	struct buf now = BUF_INIT(1 << 20);
	struct str is, was = buf_get(&t->golden->seen[step]), x, y;
	int rc;

	script_lenient = true;
	rc = script_dump(&t->d, &now);
	script_lenient = false;
	is = buf_get(&now);
	while (rc == 0 && !t->violated && (is.n || was.n)) {
		(void)str_cut(is, '\n', &x, &is);
		(void)str_cut(was, '\n', &y, &was);
		if (!script_same_line(x, y))
			show_lines(t, step, what, x, y);
	}
	/* A page of the database that all of it needs. */
	if (rc < 0 && rc != E_DAMAGED)
		violation(t, step, what, t->d.err.text);
	buf_free(&now);
}

/* ---- the acts ------------------------------------------------------------ */

/* The process died, and the disk is full when the next one begins: it shows
 * what there is. The step is done or finds no room, and is done with room. */
static void
full_disk(struct trial *t, size_t step)
{
	size_t which;
	int rc;

	die(t);
	faulty_plan(t->disk, FAULT_FULL, faulty_points(t->disk) + 1, 0);
	if (opens(t, step, "when full") &&
	    is_seen(t, step, &which, step, step)) {
		rc = script_run(&t->d, step);
		if (rc < 0 && rc != E_FULL)
			violation(t, step, "full", t->d.err.text);
		faulty_room(t->disk);
		clean_up(t, step);
		(void)(again(t, step) && again(t, step) && recounts(t, step));
	}
	fixture_close(&t->d);
}

/* A second process has begun, as no lock kept it away: the first does not
 * write an octet more, also when it ends. */
static void
second_store(struct trial *t, size_t step)
{
	struct trial first = *t;
	uint64_t points;
	bool more;

	first.d.o.arg = &first.d;
	if (!opens(t, step, "second"))
		return;
	points = faulty_points(t->disk);
	if (engine_gc(first.d.e, &more, &first.d.err) != E_STALE)
		violation(t, step, "the first one cleans", "");
	(void)script_run(&first.d, step);
	fixture_close(&first.d);
	if (faulty_points(t->disk) != points)
		violation(t, step, "the first one writes", "");
	if (again(t, step) && again(t, step))
		(void)recounts(t, step);
	fixture_close(&t->d);
}

/* Another program's SQLite closed the database of a running store: the WAL has
 * no name any more. The commit that finds it is kept, as all before it. */
static void
lost_wal(struct trial *t, size_t step)
{
	struct files *fs = faulty_files(t->disk);
	uint64_t points = t->golden->points[step + 1] -
	    t->golden->points[step];
	size_t which;
	int rc;

	(void)fs->ops->unlink(fs, "postern.db-wal");
	rc = script_run(&t->d, step);
	if (rc == 0 && points > 3)
		violation(t, step, "goes on without its WAL", "");
	fixture_close(&t->d);
	faulty_restart(t->disk);
	if (opens(t, step, "without its WAL") && is_seen(t, step, &which,
	    step, step + 1) && recounts(t, step) && again(t, step))
		(void)recounts(t, step);
	fixture_close(&t->d);
}

/* Database or WAL: the start is refused and changes nothing; put back, all is
 * as it was. */
static void
no_database(struct trial *t, size_t step)
{
	static const char *const names[] = { "postern.db", "postern.db-wal" };
	struct files *fs = faulty_files(t->disk);

	die(t);
	for (size_t i = 0; i < NELEM(names) && !t->violated; i++) {
		rename_file(t, names[i], "kept");
		if (open_store(t) != E_INVALID)
			violation(t, step, "begins without", names[i]);
		fixture_close(&t->d);
		if (fs->ops->exists(fs, names[i]) == 0)
			violation(t, step, "makes another", names[i]);
		rename_file(t, "kept", names[i]);
	}
	if (!t->violated)
		goes_on(t, step, "with its database");
}

/* A pack or a large blob: only its own mail is gone, and it is there again when
 * the file is. */
static void
no_mail(struct trial *t, size_t step)
{
	struct listing *l;

	die(t);
	l = list_mail(t);
	for (size_t i = 0; i < l->n && !t->violated; i++) {
		rename_file(t, l->name[i], "kept");
		if (opens(t, step, l->name[i]))
			shows_less(t, step, l->name[i]);
		die(t);
		/* It may have begun one of that name; that is empty. */
		rename_file(t, "kept", l->name[i]);
	}
	free(l);
	if (!t->violated)
		goes_on(t, step, "with its mail");
}

/* Files that nobody names, of other octets than those that are named: put
 * aside, every one, and nothing else is another. */
static void
strays(struct trial *t, size_t step)
{
	static const char *const names[] = { "packs/00000000000000ff",
		"blobs/00000000000000ff", "packs/0123456789abcdef" };
	struct files *fs = faulty_files(t->disk);
	struct listing *l;
	struct file *f;

	die(t);
	for (size_t i = 0; i < NELEM(names); i++) {
		bug_if(fs->ops->open(fs, names[i], FILE_CREATE, &f) < 0);
		bug_if(fs->ops->write(f, "nobody's", 8, 0) < 0);
		file_close(f);
	}
	goes_on(t, step, "with strays");
	l = list_mail(t);
	if (l->strays < NELEM(names))
		violation(t, step, "strays", "are gone");
	free(l);
}

struct flipped {
	const char *name;
	uint64_t at;
	char sector[SECTOR];
};

static bool
read_sector(struct trial *t, const struct flipped *x, char sector[SECTOR])
{
	struct files *fs = faulty_files(t->disk);
	struct file *f;
	size_t got;

	if (fs->ops->open(fs, x->name, 0, &f) < 0)
		return false;
	memset(sector, 0, SECTOR);
	bug_if(fs->ops->read(f, sector, SECTOR, x->at / SECTOR * SECTOR,
	    &got) < 0);
	file_close(f);
	return true;
}

/* Where nobody has written meanwhile. */
static void
flip_back(struct trial *t, const struct flipped *x)
{
	char now[SECTOR];

	if (read_sector(t, x, now) && memcmp(now, x->sector, SECTOR) == 0)
		(void)faulty_flip(t->disk, x->name, x->at);
}

/* A bit of a file is another one than was written: what is shown is right, or
 * said to be damaged; and all is there when it is what it was. The database is
 * closed, so all of it is in one file. */
static void
damage_of(struct trial *t, size_t step, const char *name, uint64_t at)
{
	struct flipped x = { .name = name, .at = at };
	int rc;

	if (!faulty_flip(t->disk, name, at) || !read_sector(t, &x, x.sector))
		return;
	rc = open_store(t);
	if (rc == 0)
		shows_less(t, step, name);
	else if (rc != E_DAMAGED)
		violation(t, step, name, t->d.err.text);
	die(t);
	flip_back(t, &x);
}

static void
damaged_reads(struct trial *t, size_t step)
{
	struct listing *l;
	uint32_t seed = (uint32_t)step * 977 + 1;

	fixture_close(&t->d);
	l = list_mail(t);
	for (int i = 0; i < FLIPS && !t->violated; i++) {
		seed = seed * 1103515245 + 12345;
		if (i % 2 || l->n == 0)
			damage_of(t, step, "postern.db", seed % 120000);
		else
			damage_of(t, step, l->name[seed / 7 % l->n],
			    seed % 16384);
	}
	free(l);
	if (!t->violated)
		goes_on(t, step, "as it was written");
}

/* The database as it was before its pages had checksums, after a crash. */
static int
take_sums_away(struct trial *t)
{
	struct vfs *v = vfs_new(faulty_files(t->disk));
	int rc = fixture_copy_unsummed(vfs_name(v), "postern.db", "plain.db",
	    true);

	vfs_free(v);
	if (rc == SQLITE_OK) {
		rename_file(t, "plain.db", "postern.db");
		rename_file(t, "plain.db-wal", "postern.db-wal");
	}
	return rc;
}

/* It gets them at a start, after a crash too, and that start may fail at any
 * point of it. */
static void
first_sums(struct trial *t, size_t step)
{
	static const uint64_t pace = 3;
	uint64_t at = 1 + step % pace, planned = 0;

	die(t);
	if (take_sums_away(t) != SQLITE_OK) {
		violation(t, step, "no sums", "cannot be made");
		return;
	}
	while (faulty_points(t->disk) >= planned) {
		planned = faulty_points(t->disk) + at;
		faulty_plan(t->disk, (enum fault)(FAULT_EIO + at % (FAULTS -
		    1)), planned, at);
		(void)open_store(t);
		fixture_close(&t->d);
		faulty_restart(t->disk);
		at += pace;
	}
	goes_on(t, step, "with its first sums");
}

const struct act acts[] = {
	{ "full disk", full_disk },
	{ "second store", second_store },
	{ "lost WAL", lost_wal },
	{ "no database", no_database },
	{ "no mail", no_mail },
	{ "strays", strays },
	{ "damaged reads", damaged_reads },
	{ "first sums", first_sums },
};
const size_t nacts = NELEM(acts);
