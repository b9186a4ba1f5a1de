/*
 * Tests of repair: folders are damaged as disks, operators and crashes do it,
 * and people have their mail again.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/test_blob.h"

#define PACK "packs/0000000000000001"

enum { LARGE = 1500000 };

/* A message with a file of its own. */
static void
large(struct folder *p, char first)
{
	folder_append(p, folder_text(p, first, LARGE));
	engine_forget(p->d.e, &p->who);
}

/* With one message. */
static int
set_up(void **state)
{
	(void)folder_set_up(state);
	folder_mail(*state, "Subject: one\r\n\r\none\r\n");
	return 0;
}

/* How many messages alice has there, all of which can be read; how the first
 * of them begins. */
static int
in_mailbox(struct folder *p, const char *mailbox, const char *first)
{
	struct caller alice = fixture_person(p->alice);
	struct fetch_row *rows = calloc(100, sizeof(*rows));
	struct open_answer in;
	int n, rc = fixture_open_mailbox(&p->d, &alice, mailbox, &in);

	if (rc == E_NOTFOUND) {
		free(rows);
		return 0;
	}
	assert_int_equal(rc, 0);
	n = fixture_rows(&p->d, &alice, &in, rows, 100);
	for (int i = 0; i < n; i++) {
		rc = fixture_content(&p->d, &alice, in.mailbox, rows[i].uid,
		    p->text, FOLDER_TEXT, NULL);
		assert_true(rc > 0);
		if (i == 0 && first)
			assert_memory_equal(p->text, first, strlen(first));
	}
	free(rows);
	return n;
}

static struct fixture_repair
repaired(struct folder *p)
{
	struct fixture_repair r = { .dry = true }, done = { 0 };

	assert_int_equal(fixture_repair(&p->d, &r), 0);
	assert_int_equal(fixture_repair(&p->d, &done), 0);
	/* What would be done is what was done. */
	assert_int_equal(r.recovered, done.recovered);
	assert_int_equal(r.restored, done.restored);
	assert_int_equal(r.removed, done.removed);
	assert_int_equal(r.counted, done.counted);
	assert_int_equal(r.left, done.left);
	return done;
}

static void
nothing_left(struct folder *p)
{
	struct fixture_repair r = { 0 };

	assert_int_equal(fixture_repair(&p->d, &r), 0);
	assert_int_equal(r.recovered + r.restored + r.removed + r.counted +
	    r.left, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static bool
has(struct folder *p, const char *name)
{
	return faccessat(p->dirfd, name, F_OK, 0) == 0;
}

static void
reopen(struct folder *p)
{
	if (fixture_open(&p->d) < 0)
		fail_msg("%s", p->d.err.text);
}

/* Yesterday's database: what came since is there again, what alice has removed
 * before stays removed. */
static void
old_database(struct folder *p, const char *state, bool twice)
{
	struct caller alice = fixture_person(p->alice);
	struct fixture_repair r;
	struct open_answer in;
	uint32_t n;

	folder_mail(p, "Subject: gone\r\n\r\ngone\r\n");
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	assert_int_equal(fixture_remove(&p->d, &alice, &in, 2, 2, &n), 0);
	fixture_close(&p->d);
	folder_shell(p, "cp postern.db kept");
	reopen(p);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	large(p, 'L');
	folder_mail(p, "Subject: three\r\n\r\nthree\r\n");
	fixture_close(&p->d);
	folder_shell(p, "mv kept postern.db");
	if (state)
		folder_shell(p, "echo lost > postern.state");
	else
		folder_shell(p, "rm postern.state");
	reopen(p);
	/* Once more: nothing that it does not know is cut off. */
	if (twice) {
		fixture_close(&p->d);
		reopen(p);
	}
	folder_mail(p, "Subject: new\r\n\r\nnew\r\n");
	assert_int_equal(in_mailbox(p, "INBOX", NULL), 2);
	r = repaired(p);
	assert_int_equal(r.recovered, 3);
	assert_int_equal(r.left + r.removed + r.restored, 0);
	assert_int_equal(in_mailbox(p, "Recovered", NULL), 3);
	assert_int_equal(in_mailbox(p, "INBOX", NULL), 2);
	nothing_left(p);
	fixture_close(&p->d);
	reopen(p);
	assert_int_equal(in_mailbox(p, "Recovered", NULL), 3);
	nothing_left(p);
}

static void
test_old_database(void **state)
{
	old_database(*state, NULL, false);
}

static void
test_old_database_twice(void **state)
{
	old_database(*state, "lost", true);
}

/* A WAL that is gone for good: the last changes are not. */
static void
test_lost_wal(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;

	fixture_close(&p->d);
	reopen(p);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	folder_crash(p);
	folder_shell(p, "rm postern.db-wal postern.state");
	reopen(p);
	assert_int_equal(in_mailbox(p, "INBOX", NULL), 1);
	r = repaired(p);
	assert_int_equal(r.recovered, 1);
	assert_int_equal(in_mailbox(p, "Recovered", "Subject: two"), 1);
	nothing_left(p);
}

/* The database is gone altogether: accounts are made anew, and everybody has
 * what was theirs, whatever numbers accounts have now. */
static void
test_no_database(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r = { 0 };
	uint64_t other;

	large(p, 'L');
	fixture_close(&p->d);
	folder_shell(p, "rm postern.db; rm -f postern.db-wal");
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "lost"));
	folder_shell(p, "echo lost > postern.state");
	reopen(p);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "bob@ours.test", &other), 0);
	assert_int_equal(fixture_repair(&p->d, &r), 0);
	assert_int_equal(r.left, 2);
	assert_int_equal(r.recovered, 0);
	fixture_close(&p->d);
	reopen(p);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	r = repaired(p);
	assert_int_equal(r.recovered, 2);
	assert_int_equal(r.left, 0);
	assert_int_equal(in_mailbox(p, "Recovered", NULL), 2);
	assert_int_equal(in_mailbox(p, "INBOX", NULL), 0);
	nothing_left(p);
}

/* A pack and the file of a large message are gone; where they come back, under
 * whatever name, the messages can be read as before. */
static void
test_files_come_back(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;

	large(p, 'L');
	fixture_close(&p->d);
	assert_int_equal(renameat(p->dirfd, PACK, p->dirfd,
	    "packs/stray-of-a-backup"), 0);
	folder_shell(p, "mv blobs/* blobs/stray-x");
	reopen(p);
	assert_true(fixture_verify(&p->d) > 0);
	r = repaired(p);
	assert_int_equal(r.restored, 2);
	assert_int_equal(r.removed + r.recovered + r.left, 0);
	assert_int_equal(in_mailbox(p, "INBOX", "Subject: one"), 2);
	assert_false(has(p, "packs/stray-of-a-backup"));
	nothing_left(p);
	fixture_close(&p->d);
	reopen(p);
	assert_int_equal(in_mailbox(p, "INBOX", "Subject: one"), 2);
}

/* A pack that ends too early: what is behind its end is gone, all else is
 * there. */
static void
test_file_short(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;
	struct place at;
	uint64_t last;
	bool more = true;
	int fd;

	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	folder_mail(p, "Subject: three\r\n\r\nthree\r\n");
	assert_int_equal(sql_number(&p->d.e->w, SQL_blob_last, NULL, 0, &last,
	    &p->d.err), 0);
	assert_int_equal(place_get(&p->d.e->w, last - 1, &at, &p->d.err), 0);
	fixture_close(&p->d);
	fd = openat(p->dirfd, PACK, O_RDWR);
	assert_int_equal(ftruncate(fd, (off_t)at.at + 50), 0);
	(void)close(fd);
	reopen(p);
	r = repaired(p);
	assert_int_equal(r.removed, 2);
	assert_int_equal(r.left, 0);
	assert_int_equal(in_mailbox(p, "INBOX", "Subject: one"), 1);
	p->d.now_us += (int64_t)400 * 1000000;
	for (int i = 0; i < 1000 && more; i++)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	nothing_left(p);
}

/* They are gone for good: they are removed as if their owner had done it. */
static void
test_files_gone(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;
	bool more = true;

	large(p, 'L');
	fixture_close(&p->d);
	folder_shell(p, "rm packs/* blobs/*");
	reopen(p);
	folder_mail(p, "Subject: new\r\n\r\nnew\r\n");
	r = repaired(p);
	assert_int_equal(r.removed, 2);
	assert_int_equal(in_mailbox(p, "INBOX", "Subject: new"), 1);
	p->d.now_us += (int64_t)400 * 1000000;
	for (int i = 0; i < 1000 && more; i++)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	nothing_left(p);
}

/* A row of email was lost (its blob says that something names it). */
static void
test_lost_rows(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;

	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	assert_int_equal(sql_exec(&p->d.e->w, "DELETE FROM email WHERE blob=1;"
	    "DELETE FROM placement WHERE uid=1; UPDATE mailbox SET messages="
	    "messages-1, size=(SELECT sum(size) FROM email), unseen=unseen-1, "
	    "recent=recent-1 "
	    "WHERE messages>0; UPDATE account SET messages=messages-1, "
	    "used=(SELECT sum(size) FROM email);"
	    "UPDATE domain SET used=(SELECT sum(size) FROM email);"
	    "UPDATE blob SET refs=7 WHERE blob=2", &p->d.err), 0);
	fixture_close(&p->d);
	reopen(p);
	assert_true(fixture_verify(&p->d) > 0);
	r = repaired(p);
	assert_int_equal(r.recovered, 1);
	assert_int_equal(r.counted, 1);
	assert_int_equal(in_mailbox(p, "Recovered", "Subject: one"), 1);
	nothing_left(p);
}

/* Killed after each slice, and begun again: each message is there once. */
static void
test_killed(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r = { 0 };
	struct repair_ask stale = { .change = 1, .cursor = STR("r0") };
	struct write w = { .caller = &p->d.operator_, .call = STORE_repair,
		.ask = &stale };
	uint32_t recovered = 0;
	int n;

	for (n = 0; n < 20; n++)
		folder_mail(p, "Subject: many\r\n\r\nmany\r\n");
	large(p, 'L');
	fixture_close(&p->d);
	folder_shell(p, "rm postern.db; echo lost > postern.state");
	reopen(p);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	stale.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), E_STALE);
	p->d.look_us = 15000;	/* short slices */
	for (n = 1; n < 60; n += 2) {
		r = (struct fixture_repair){ .slices = n };
		assert_int_equal(fixture_repair(&p->d, &r), 0);
		recovered += r.recovered;
		folder_crash(p);
		reopen(p);
	}
	p->d.look_us = 0;
	assert_int_equal(recovered, 22);
	assert_int_equal(in_mailbox(p, "Recovered", NULL), 22);
	nothing_left(p);
}

/* Mail of an account that nobody makes again waits, and is forgotten where the
 * operator says so. */
static void
test_forget(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r = { .forget = true };

	fixture_close(&p->d);
	folder_shell(p, "rm postern.db; echo lost > postern.state");
	reopen(p);
	assert_int_equal(repaired(p).left, 1);
	assert_int_equal(repaired(p).left, 1);
	assert_true(p->d.e->salvage_from > 0);
	assert_true(has(p, "packs/stray-0000000000000001.0"));
	assert_int_equal(fixture_repair(&p->d, &r), 0);
	assert_int_equal(r.left, 1);
	assert_int_equal(p->d.e->salvage_from, 0);
	assert_false(has(p, "packs/stray-0000000000000001.0"));
	nothing_left(p);
}

/* Damage among what is to be recovered: the others come. */
static void
test_damaged_stray(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;

	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	folder_mail(p, "Subject: three\r\n\r\nthree\r\n");
	fixture_close(&p->d);
	/* The header of the first record, and the text of the second. */
	folder_shell(p, "printf XXXX | dd of=" PACK " bs=1 seek=8 conv=notrunc "
	    "status=none");
	folder_shell(p, "a=$(grep -abo two " PACK " | head -1 | cut -d: -f1); "
	    "printf T | dd of=" PACK " bs=1 seek=$a conv=notrunc "
	    "status=none");
	folder_shell(p, "rm postern.db; echo lost > postern.state");
	reopen(p);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	r = repaired(p);
	assert_int_equal(r.recovered, 1);
	assert_int_equal(r.left, 1);
	assert_int_equal(in_mailbox(p, "Recovered", "Subject: three"), 1);
	/* It keeps nothing from going on, and stays for whoever looks. */
	assert_int_equal(p->d.e->salvage_from, 0);
	assert_true(has(p, "packs/stray-0000000000000001.0"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_old_database), T(test_old_database_twice),
		T(test_lost_wal), T(test_no_database),
		T(test_files_come_back), T(test_files_gone), T(test_file_short),
		T(test_lost_rows), T(test_killed), T(test_forget),
		T(test_damaged_stray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
