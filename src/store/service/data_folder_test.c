/*
 * Tests of what operators, damage and other programs do to a data folder: it
 * is refused or saved, and never begun anew.
 */
#include "base/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/service/test_folder.h"

static uint32_t
count(struct folder *p)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;

	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	return in.exists;
}

/* With one message. */
static int
set_up(void **state)
{
	(void)folder_set_up(state);
	folder_mail(*state, "Subject: one\r\n\r\none\r\n");
	return 0;
}

/* Another program's SQLite, with the VFS that everybody else has: what the
 * first statement says. */
static int
foreign(struct folder *p, const char *text)
{
	char name[100];
	sqlite3 *db;
	int rc;

	(void)snprintf(name, sizeof(name), "%s/postern.db", p->path);
	rc = sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE, "unix");
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, text, NULL, NULL, NULL);
	sqlite3_close(db);
	return rc;
}

static bool
has(struct folder *p, const char *name)
{
	struct stat st;

	return fstatat(p->dirfd, name, &st, 0) == 0 && st.st_size > 0;
}

static void
test_foreign(void **state)
{
	struct folder *p = *state;

	assert_int_equal(foreign(p, "SELECT count(*) FROM email"),
	    SQLITE_BUSY);
	assert_int_equal(foreign(p, "PRAGMA wal_checkpoint(TRUNCATE)"),
	    SQLITE_BUSY);
	assert_true(has(p, "postern.db-wal"));
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	assert_int_equal(count(p), 2);
	fixture_close(&p->d);
	assert_int_equal(foreign(p, "SELECT count(*) FROM email"), SQLITE_OK);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 2);
}

/* And the other way round: it is there when we come. In a process of its own:
 * POSIX locks of ours would go with the first descriptor that is closed. */
static void
test_foreign_first(void **state)
{
	struct folder *p = *state;
	int ready[2], go[2], status;
	char octet = 0, name[100];
	sqlite3 *db;
	pid_t child;

	fixture_close(&p->d);
	assert_int_equal(pipe(ready) | pipe(go), 0);
	child = fork();
	if (child == 0) {
		(void)snprintf(name, sizeof(name), "%s/postern.db", p->path);
		if (sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE, "unix") ||
		    sqlite3_exec(db, "SELECT count(*) FROM email", NULL, NULL,
		    NULL) || write(ready[1], &octet, 1) != 1)
			_exit(1);
		close(go[1]);
		(void)!read(go[0], &octet, 1);
		sqlite3_close(db);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	assert_int_equal(fixture_open(&p->d), E_BUSY);
	assert_non_null(strstr(p->d.err.text, "another program"));
	close(go[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 1);
	close(go[0]);
	close(ready[0]);
	close(ready[1]);
}

/* The commit that finds it is kept, and nothing before it is lost. */
static void
test_wal_removed(void **state)
{
	const char *to[] = { "alice@ours.test", NULL };
	struct folder *p = *state;

	assert_int_equal(unlinkat(p->dirfd, "postern.db-wal", 0), 0);
	assert_true(fixture_submit(&p->d, 0,
	    "Subject: two\r\n\r\ntwo\r\n", to, NULL) < 0);
	assert_non_null(strstr(p->d.err.text, "postern.db-wal"));
	folder_crash(p);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 2);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
empty_file(struct folder *p, const char *name)
{
	int fd = openat(p->dirfd, name, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static int
count_packs(struct folder *p)
{
	int fd = openat(p->dirfd, "packs", O_RDONLY | O_DIRECTORY), n = 0;
	DIR *d = fdopendir(fd);

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* As it was after a good end, and after a crash: without its database, with an
 * empty one, without its WAL, with an empty one. */
static void
test_lost(void **state)
{
	static const struct lost {
		const char *name;
		bool crash, empty;
	} table[] = {
		{ "postern.db", false, false },
		{ "postern.db", false, true },
		{ "postern.db", true, false },
		{ "postern.db", true, true },
		{ "postern.db-wal", true, false },
		{ "postern.db-wal", true, true },
	};
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(table); i++) {
		const struct lost *l = &table[i];

		if (l->crash)
			folder_crash(p);
		else
			fixture_close(&p->d);
		assert_int_equal(renameat(p->dirfd, l->name, p->dirfd,
		    "kept"), 0);
		if (l->empty)
			empty_file(p, l->name);
		assert_int_equal(fixture_open(&p->d), E_INVALID);
		assert_non_null(strstr(p->d.err.text, l->name));
		assert_non_null(strstr(p->d.err.text, "restore"));
		assert_int_equal(count_packs(p), 1);
		/* Put back, all is well. */
		assert_int_equal(renameat(p->dirfd, "kept", p->dirfd,
		    l->name), 0);
		assert_int_equal(fixture_open(&p->d), 0);
		assert_int_equal(count(p), 1);
	}
}

/* Last week's database in today's folder. */
static void
test_older(void **state)
{
	struct folder *p = *state;

	fixture_close(&p->d);
	folder_shell(p, "cp postern.db kept");
	assert_int_equal(fixture_open(&p->d), 0);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	fixture_close(&p->d);
	assert_int_equal(renameat(p->dirfd, "kept", p->dirfd, "postern.db"),
	    0);
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "older"));
	/* What the operator may decide. */
	assert_int_equal(unlinkat(p->dirfd, "postern.state", 0), 0);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 1);
}

/* The same with its postern.state, of a server that ran on: only the packs say
 * what is missing. */
static void
older_than_packs(struct folder *p)
{
	folder_shell(p, "mkdir kept && cp postern.db* postern.state kept");
	assert_int_equal(fixture_open(&p->d), 0);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	folder_mail(p, "Subject: three\r\n\r\nthree\r\n");
	folder_crash(p);
	folder_shell(p, "rm -f postern.db* && mv kept/* .");
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "older"));
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_int_equal(unlinkat(p->dirfd, "postern.state", 0), 0);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 1);
	/* And it stays open to --repair, as often as it starts. */
	folder_crash(p);
	assert_int_equal(fixture_open(&p->d), 0);
	folder_mail(p, "Subject: four\r\n\r\nfour\r\n");
	fixture_close(&p->d);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 2);
}

static void
test_older_than_packs(void **state)
{
	struct folder *p = *state;

	fixture_close(&p->d);
	older_than_packs(p);
}

static void
test_crashed_older(void **state)
{
	struct folder *p = *state;

	folder_crash(p);
	older_than_packs(p);
}

/* The database of another server, with its postern.state and with as much mail:
 * nothing of ours is cut off, put aside or written over. */
static void
test_anothers(void **state)
{
	struct folder *p = *state, *other;
	char copy[200];

	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	fixture_close(&p->d);
	assert_int_equal(folder_set_up((void **)&other), 0);
	folder_mail(other, "Subject: uno\r\n\r\nuno\r\n");
	fixture_close(&other->d);
	(void)snprintf(copy, sizeof(copy), "cp %s/postern.db "
	    "%s/postern.state .", other->path, other->path);
	folder_shell(p, "mkdir kept && mv postern.db* postern.state kept");
	folder_shell(p, "cp -a packs kept");
	folder_shell(p, copy);
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "belongs to another folder"));
	folder_shell(p, "cmp packs/* kept/packs/*");
	folder_shell(p, "rm -f postern.db* && mv kept/postern.* .");
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 2);
	assert_int_equal(fixture_verify(&p->d), 0);
	(void)folder_tear_down((void **)&other);
}

/* A file that nobody names is kept under another name; one that is named and
 * gone takes only its own mail along. */
static void
test_files(void **state)
{
	struct folder *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;
	char text[200];

	fixture_close(&p->d);
	empty_file(p, "packs/00000000000000ff");
	assert_int_equal(renameat(p->dirfd, "packs/0000000000000001",
	    p->dirfd, "kept"), 0);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(faccessat(p->dirfd, "packs/stray-00000000000000ff.0",
	    F_OK, 0), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	assert_int_equal(in.exists, 1);
	assert_true(fixture_content(&p->d, &alice, in.mailbox, 1, text,
	    sizeof(text), NULL) < 0);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	assert_true(fixture_content(&p->d, &alice, in.mailbox, 2, text,
	    sizeof(text), NULL) > 0);
	assert_true(fixture_verify(&p->d) > 0);
}

/* The same octets under another inode: a lock on the old one says nothing. */
static void
replace_database(struct folder *p)
{
	folder_shell(p, "cp postern.db copy && mv copy postern.db");
}

static long
octets_of_wal(struct folder *p)
{
	struct stat st;

	assert_int_equal(fstatat(p->dirfd, "postern.db-wal", &st, 0), 0);
	return (long)st.st_size;
}

/* Of the WAL of a server that crashed the end is gone, and with it mail that
 * was answered. */
static void
test_wal_cut(void **state)
{
	struct folder *p = *state;

	folder_crash(p);
	assert_int_equal(fixture_open(&p->d), 0);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	folder_shell(p, "cp postern.db-wal begun");
	folder_mail(p, "Subject: three\r\n\r\nthree\r\n");
	folder_mail(p, "Subject: four\r\n\r\nfour\r\n");
	folder_crash(p);
	folder_shell(p, "cp postern.db-wal kept");
	folder_shell(p, "mv begun postern.db-wal");
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "postern.db-wal"));
	/* Nothing was done to it meanwhile. */
	folder_shell(p, "mv kept postern.db-wal");
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 4);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* Two stores, and no lock that keeps them apart: the first finds that it is
 * the last no more before it writes, and leaves everything as it is. */
static void
test_stale(void **state)
{
	const char *to[] = { "alice@ours.test", NULL };
	struct folder *p = *state;
	struct fixture second;
	struct open_answer in;
	struct caller alice = fixture_person(p->alice);
	bool more = false;
	long wal;

	replace_database(p);
	fixture_init(&second, p->files);
	second.change = 5000;
	assert_int_equal(fixture_open(&second), 0);
	assert_int_equal(fixture_submit(&second, 0, "Subject: by the second",
	    to, NULL), 0);
	wal = octets_of_wal(p);
	assert_int_equal(fixture_submit(&p->d, 0, "Subject: by the first", to,
	    NULL), E_STALE);
	p->d.now_us += (int64_t)4000 * 1000000;
	assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), E_STALE);
	fixture_close(&p->d);
	assert_int_equal(octets_of_wal(p), wal);
	assert_int_equal(fixture_submit(&second, 0, "Subject: once more", to,
	    NULL), 0);
	assert_int_equal(fixture_open_mailbox(&second, &alice, "INBOX", &in),
	    0);
	assert_int_equal(in.exists, 3);
	assert_int_equal(fixture_verify(&second), 0);
	fixture_close(&second);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(count(p), 3);
}

/* ---- what a commit asks of the kernel ----------------------------------- */

static const struct files_ops *kernel;
static struct {
	int opens, reads, writes, syncs, names;
} calls;

static int
count_open(struct files *fs, const char *name, uint32_t how, struct file **f)
{
	calls.opens++;
	return kernel->open(fs, name, how, f);
}

static int
count_read(struct file *f, void *to, size_t n, uint64_t at, size_t *got)
{
	calls.reads++;
	return kernel->read(f, to, n, at, got);
}

static int
count_write(struct file *f, const void *from, size_t n, uint64_t at)
{
	calls.writes++;
	return kernel->write(f, from, n, at);
}

static int
count_sync(struct file *f)
{
	calls.syncs++;
	return kernel->sync(f);
}

static int
count_is_named(struct file *f, const char *name)
{
	calls.names++;
	return kernel->is_named(f, name);
}

/* Before it and at its end it looks whether it is still the last; that opens
 * nothing. */
static void
test_commit_calls(void **state)
{
	struct folder *p = *state;
	struct files_ops ops;

	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	kernel = p->files->ops;
	ops = *kernel;
	ops.open = count_open;
	ops.read = count_read;
	ops.write = count_write;
	ops.sync = count_sync;
	ops.is_named = count_is_named;
	p->files->ops = &ops;
	folder_mail(p, "Subject: three\r\n\r\nthree\r\n");
	p->files->ops = kernel;
	assert_int_equal(calls.opens, 0);
	assert_int_equal(calls.reads, 2);	/* of postern.state */
	assert_int_equal(calls.names, 3);	/* its own, and the WAL's */
	assert_int_equal(calls.writes, 2);	/* pack and WAL */
	assert_int_equal(calls.syncs, 2);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_foreign),
		T(test_foreign_first),
		T(test_wal_removed),
		T(test_stale),
		T(test_lost),
		T(test_older),
		T(test_older_than_packs),
		T(test_anothers),
		T(test_crashed_older),
		T(test_wal_cut),
		T(test_files),
		T(test_commit_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
