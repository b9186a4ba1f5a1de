/*
 * Tests of what store does for itself: cleaning, its rate, and the room it
 * gives back; and that it goes on where only its own notes are damaged.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"

struct folder {
	char path[FIXTURE_PATH];
	int dirfd, logfd;
	struct files *files;
	struct log *log;
	struct fixture d;
	uint64_t alice, opened;
};

static int64_t
log_clock(void *arg unused_arg)
{
	return 0;
}

static void
open_again(struct folder *p)
{
	fixture_close(&p->d);
	fixture_init(&p->d, p->files);
	p->d.o.log = p->log;
	p->d.change = ++p->opened * 1000000;
	assert_int_equal(fixture_open(&p->d), 0);
}

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	p->logfd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	p->log = log_new(p->logfd, "store", LOG_INFO, log_clock, NULL);
	open_again(p);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;

	fixture_close(&p->d);
	log_free(p->log);
	close(p->logfd);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p);
	return 0;
}

static int
logged(struct folder *p, const char *event)
{
	static char text[100000];
	ssize_t n = pread(p->logfd, text, sizeof(text) - 1, 0);
	char *at = text;
	int count = 0;

	assert_true(n >= 0);
	text[n] = '\0';
	for (; (at = strstr(at, event)); at++)
		count++;
	return count;
}

static int
mail(struct folder *p, uint64_t change, const char *text)
{
	const char *to[] = { "alice@ours.test", NULL };

	return fixture_submit(&p->d, change, text, to, NULL);
}

static uint32_t
count(struct folder *p)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;

	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	return in.exists;
}

/* ---- damage ------------------------------------------------------------ */

/* The first page of a table, with the store closed: where it was and what it
 * held. */
struct damaged {
	off_t at;
	char octets[4096];
};

static void
write_page(struct folder *p, const struct damaged *page)
{
	int fd = openat(p->dirfd, "postern.db", O_WRONLY);

	assert_int_equal(pwrite(fd, page->octets, sizeof(page->octets),
	    page->at), sizeof(page->octets));
	close(fd);
}

static void
damage(struct folder *p, const char *table, struct damaged *before)
{
	static struct damaged page;
	char name[100];
	sqlite3_stmt *st;
	sqlite3 *db;
	int fd, root;

	fixture_close(&p->d);
	(void)snprintf(name, sizeof(name), "%s/postern.db", p->path);
	assert_int_equal(sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE,
	    "unix"), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rootpage FROM"
	    " sqlite_schema WHERE name=?1", -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	root = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	page.at = (off_t)(root - 1) * 4096;
	fd = openat(p->dirfd, "postern.db", O_RDONLY);
	assert_int_equal(pread(fd, page.octets, sizeof(page.octets), page.at),
	    sizeof(page.octets));
	close(fd);
	if (before)
		*before = page;
	memset(page.octets, 0xa5, sizeof(page.octets));
	write_page(p, &page);
}

/* What verify counts in its first slice. */
static struct verify_answer
aside(struct folder *p)
{
	struct verify_ask ask = { STR_NULL };
	union store_answer answer;

	assert_int_equal(reader_ask(p->d.r, &p->d.operator_, STORE_verify,
	    &ask, &answer, &p->d.err), 0);
	return answer.verify;
}

/* It keeps answers, for an hour; nobody's mail stands and falls with it. */
static void
test_damaged_changes(void **state)
{
	struct folder *p = *state;

	assert_int_equal(mail(p, 7, "one"), 0);
	assert_int_equal(mail(p, 7, "one"), 0);
	assert_int_equal(count(p), 1);
	damage(p, "change", NULL);
	open_again(p);
	assert_int_equal(mail(p, 8, "two"), 0);
	assert_int_equal(logged(p, " changes_forgotten"), 1);
	assert_int_equal(mail(p, 8, "two"), 0);
	assert_int_equal(count(p), 2);
	/* And with other changes in the same commit, and for good. */
	open_again(p);
	assert_int_equal(mail(p, 9, "three"), 0);
	assert_int_equal(count(p), 3);
	assert_int_equal(logged(p, " changes_forgotten"), 1);
}

/* It is counted where it is, and goes once it can be read again. */
static void
test_table_put_aside(void **state)
{
	struct folder *p = *state;
	struct fixture_repair dry = { .dry = true }, done = { 0 },
		again = { 0 };
	static struct damaged page;

	assert_int_equal(mail(p, 7, "one"), 0);
	assert_int_equal(aside(p).aside_tables, 0);
	damage(p, "change", &page);
	open_again(p);
	assert_int_equal(mail(p, 8, "two"), 0);
	assert_int_equal(aside(p).aside_tables, 1);
	assert_int_equal(fixture_repair(&p->d, &dry), 0);
	assert_int_equal(fixture_repair(&p->d, &done), 0);
	assert_int_equal(dry.tables_left, 1);
	assert_int_equal(done.tables, 0);
	assert_int_equal(aside(p).aside_tables, 1);
	fixture_close(&p->d);
	write_page(p, &page);
	open_again(p);
	assert_int_equal(fixture_repair(&p->d, &again), 0);
	assert_int_equal(again.tables, 1);
	assert_int_equal(again.tables_left, 0);
	assert_int_equal(aside(p).aside_tables, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(mail(p, 9, "three"), 0);
	assert_int_equal(count(p), 3);
}

/* Files that the database does not name: counted, and said at each start. */
static void
test_strays_are_counted(void **state)
{
	struct folder *p = *state;
	struct fixture_repair done = { 0 };
	int fd;

	assert_int_equal(aside(p).aside_files, 0);
	fd = openat(p->dirfd, "blobs/0000000000000123", O_CREAT | O_WRONLY,
	    0600);
	assert_int_equal(write(fd, "half of a message", 17), 17);
	close(fd);
	open_again(p);
	assert_int_equal(aside(p).aside_files, 1);
	assert_int_equal(aside(p).aside_octets, 17);
	assert_int_equal(logged(p, " strays_kept files=1 octets=17"), 1);
	open_again(p);
	assert_int_equal(logged(p, " strays_kept files=1 octets=17"), 2);
	assert_int_equal(fixture_repair(&p->d, &done), 0);
	assert_int_equal(aside(p).aside_files, 0);
	open_again(p);
	assert_int_equal(logged(p, " strays_kept"), 2);
}

static void
clean(struct folder *p, int seconds)
{
	bool more = true;

	p->d.now_us += (int64_t)seconds * 1000000;
	for (int i = 0; more && i < 10000; i++)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	assert_false(more);
}

/* Found by cleaning, not by a change. */
static void
test_damaged_for_gc(void **state)
{
	static const char *const tables[] = { "change", "garbage" };
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(tables); i++) {
		assert_int_equal(mail(p, 0, "one"), 0);
		damage(p, tables[i], NULL);
		open_again(p);
		clean(p, 30);
		clean(p, 30);
		assert_int_equal(logged(p, " gc_failed"), (int)i + 1);
		assert_int_equal(mail(p, 0, "two"), 0);
		assert_int_equal(count(p), 2 * i + 2);
	}
}

/* ---- its rate ----------------------------------------------------------- */

enum { MANY = 2000, A_SLICE = 200, WAL = 1 << 20 };

static uint64_t
rows_of(struct folder *p, const char *table)
{
	char text[100];
	sqlite3_stmt *st;
	uint64_t n;

	(void)snprintf(text, sizeof(text), "SELECT count(*) FROM %s", table);
	assert_int_equal(sqlite3_prepare_v2(p->d.r->q.db, text, -1, &st,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static uint64_t
octets_of_wal(struct folder *p)
{
	struct stat st;

	assert_int_equal(fstatat(p->dirfd, "postern.db-wal", &st, 0), 0);
	return (uint64_t)st.st_size;
}

static void
deliver_many(struct folder *p)
{
	fixture_close(&p->d);
	p->d.o.wal_octets = WAL;
	assert_int_equal(fixture_open(&p->d), 0);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(mail(p, 0, "text"), 0);
}

/* Cleans to the end: so many rows of the table go in a slice, no more and no
 * fewer, and the WAL never has more than its bound and a slice. Slices. */
static uint64_t
watch_cleaning(struct folder *p, const char *table, uint64_t a_slice)
{
	uint64_t slices = 0, before, gone;
	bool more = true;

	while (more) {
		before = rows_of(p, table);
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
		gone = before - rows_of(p, table);
		assert_true(gone == a_slice || gone == before || gone == 0);
		assert_true(octets_of_wal(p) < WAL + WAL / 2);
		slices += gone > 0;
	}
	assert_int_equal(rows_of(p, table), 0);
	return slices;
}

static void
test_rate_of_garbage(void **state)
{
	struct folder *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;
	uint32_t gone;

	deliver_many(p);
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	assert_int_equal(fixture_flags(&p->d, &alice, &in, 1, UINT32_MAX,
	    FLAGS_ADD, FLAG_deleted, ""), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	assert_int_equal(fixture_expunge(&p->d, &alice, &in, &gone), 0);
	assert_int_equal(gone, MANY);
	p->d.now_us += (int64_t)400 * 1000000;
	assert_int_equal(watch_cleaning(p, "garbage", A_SLICE),
	    MANY / A_SLICE);
	assert_int_equal(rows_of(p, "blob"), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_rate_of_removal(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { 77, STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	deliver_many(p);
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(watch_cleaning(p, "placement", 1000), MANY / 1000);
	assert_int_equal(rows_of(p, "email"), 0);
	assert_int_equal(rows_of(p, "blob"), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static long
octets_of_database(struct folder *p)
{
	struct stat st;

	assert_int_equal(fstatat(p->dirfd, "postern.db", &st, 0), 0);
	return (long)st.st_size;
}

/* alice with 8192 messages, and bob with one. */
static void
fill_database(struct folder *p, uint64_t *bob)
{
	struct caller alice = fixture_person(p->alice), he;
	struct append_answer out;
	struct open_answer in;
	char keywords[900];

	memset(keywords, 'k', sizeof(keywords) - 1);
	keywords[sizeof(keywords) - 1] = '\0';
	assert_int_equal(fixture_account(&p->d, "bob@ours.test", bob), 0);
	he = fixture_person(*bob);
	assert_int_equal(fixture_append(&p->d, &alice, "INBOX", "text", 0,
	    keywords, &out), 0);
	for (int i = 0; i < 13; i++) {
		assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX",
		    &in), 0);
		assert_int_equal(fixture_copy(&p->d, &alice, &in, 1,
		    UINT32_MAX, "INBOX"), 0);
	}
	assert_int_equal(fixture_append(&p->d, &he, "INBOX", "behind it", 0,
	    "", &out), 0);
}

/* And cleaned up after it. */
static void
remove_alice(struct folder *p)
{
	struct account_remove_ask ask = { 77, STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };
	bool more = true;

	assert_int_equal(fixture_write(&p->d, &w), 0);
	for (int i = 0; i < 100000 && more; i++)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
}

static uint64_t
moves(struct folder *p)
{
	uint64_t n = 9;

	assert_int_equal(sql_number(&p->d.e->w, SQL_page_moves, NULL, 0, &n,
	    &p->d.err), 0);
	return n;
}

/* A large account goes, and some minutes later the database is as small as
 * what is in it: while it is used, in short slices, within the bound of the
 * WAL. */
static void
test_database_gives_room_back(void **state)
{
	struct folder *p = *state;
	uint64_t bob, wal;
	struct open_answer in;
	struct caller he;
	bool more = true;
	long full, left;
	int slices = 0;

	fill_database(p, &bob);
	he = fixture_person(bob);
	assert_int_equal(sql_checkpoint(&p->d.e->w, &p->d.err), 0);
	full = octets_of_database(p);
	assert_true(full > 8000000);
	wal = p->d.e->o.wal_octets = 1 << 20;
	remove_alice(p);
	p->d.look_us = 500;
	/* Not at once: who deletes much may get much. */
	assert_int_equal(logged(p, "room_given_back"), 0);
	for (int i = 0; i < 1000 && logged(p, "room_given_back") == 0; i++) {
		int64_t began = p->d.now_us;

		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
		assert_true(p->d.now_us - began < 40000);
		assert_true((uint64_t)p->d.e->w.wal_pages * 4120 < wal * 3);
		slices += more;
		if (!more)
			p->d.now_us += 10000000;
		assert_int_equal(fixture_append(&p->d, &he, "INBOX", "x", 0,
		    "", NULL), 0);
	}
	assert_int_equal(logged(p, "room_given_back done=1"), 1);
	assert_true(slices > 3);
	left = octets_of_database(p);
	assert_true(left < full / 4);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &he, "INBOX", &in), 0);
	assert_true(in.exists > 1);
	/* And that is all there is to give. */
	for (int i = 0; i < 200; i++) {
		p->d.now_us += 10000000;
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	}
	assert_int_equal(logged(p, "room_given_back"), 1);
	open_again(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(moves(p), SQL_MOVES_INCREMENTAL);
}

/* A quarter of them, at the end. */
static void
damage_last_pages(struct folder *p)
{
	off_t size;
	int fd;

	fixture_close(&p->d);
	fd = openat(p->dirfd, "postern.db", O_WRONLY);
	size = lseek(fd, 0, SEEK_END);
	for (off_t at = size / 4 * 3 / 4096 * 4096; at < size; at += 4096)
		assert_int_equal(pwrite(fd, "damage", 6, at + 2000), 6);
	close(fd);
	open_again(p);
}

/* A page that is in the way is damaged: nothing ends, and it is said once. */
static void
test_room_behind_damage(void **state)
{
	struct folder *p = *state;
	uint64_t bob;
	bool more;

	fill_database(p, &bob);
	remove_alice(p);
	damage_last_pages(p);
	for (int i = 0; i < 400; i++) {
		p->d.now_us += 10000000;
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	}
	assert_int_equal(logged(p, "room_given_back done=0"), 1);
	assert_int_equal(mail(p, 5, "text"), E_NOTFOUND);	/* no alice */
}

static void
make_unmoving(struct folder *p)
{
	struct vfs *v = vfs_new(p->files);
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2("postern.db", &db,
	    SQLITE_OPEN_READWRITE, vfs_name(v)), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA auto_vacuum=NONE; VACUUM;"
	    "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	vfs_free(v);
}

/* A database of before it could: at the start after a good end it is written
 * anew, and can from then on. */
static void
test_database_of_before(void **state)
{
	struct folder *p = *state;
	uint64_t bob;
	long full;

	fill_database(p, &bob);
	fixture_close(&p->d);
	make_unmoving(p);
	open_again(p);
	assert_int_equal(moves(p), 0);
	full = octets_of_database(p);
	remove_alice(p);
	assert_true(octets_of_database(p) > full / 2);
	open_again(p);
	assert_true(octets_of_database(p) < full / 10);
	assert_int_equal(logged(p, "room_given_back"), 1);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(moves(p), SQL_MOVES_INCREMENTAL);
	open_again(p);
	assert_int_equal(logged(p, "room_given_back"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_damaged_changes, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_table_put_aside, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_strays_are_counted, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_for_gc, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_rate_of_garbage, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    test_database_gives_room_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_room_behind_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_database_of_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rate_of_removal, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
