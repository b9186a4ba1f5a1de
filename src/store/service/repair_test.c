/*
 * Tests of repair: folders are damaged as disks, operators and crashes do it,
 * and people have their mail again.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"
#include "store/test_blob.h"

#define PACK "packs/0000000000000001"

enum { LARGE = 1500000 };

struct folder {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t alice;
	char *text;
};

static void
shell(const char *fmt, const char *path)
{
	char command[400];

	(void)snprintf(command, sizeof(command), fmt, path, path, path, path);
	assert_int_equal(system(command), 0);
}

static void
mail(struct folder *p, const char *text)
{
	const char *to[] = { "alice@ours.test", NULL };

	assert_int_equal(fixture_submit(&p->d, 0, text, to, NULL), 0);
}

/* A message with a file of its own. */
static void
large(struct folder *p, char first)
{
	struct caller who = fixture_person(p->alice);
	struct str text = str_make(p->text, LARGE), blob;
	struct append_ask ask = { .change = ++p->d.change,
		.name = STR("INBOX"), .raw_size = LARGE };
	struct stage_ask piece = { 0 };
	struct write w = { .caller = &who, .call = STORE_stage,
		.ask = &piece };

	for (size_t i = 0; i < LARGE; i++)
		p->text[i] = i == 0 ? first : (char)('a' + (i * i / 7) % 26);
	blob = test_blob(text);
	for (; piece.offset < blob.n; piece.offset += piece.octets.n) {
		piece.octets = str_first(str_from(blob,
		    (size_t)piece.offset), MSG_CHUNK);
		w.settled = false;
		assert_int_equal(fixture_write(&p->d, &w), 0);
		piece.stage = w.answer.stage.stage;
	}
	ask.stage = piece.stage;
	w = (struct write){ .caller = &who, .call = STORE_append,
		.ask = &ask };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	engine_forget(p->d.e, &who);
}

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	p->text = malloc(LARGE + 100000);
	fixture_init(&p->d, p->files);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	mail(p, "Subject: one\r\n\r\none\r\n");
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;

	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p->text);
	free(p);
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
		    p->text, LARGE + 100000, NULL);
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

	mail(p, "Subject: gone\r\n\r\ngone\r\n");
	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	assert_int_equal(fixture_remove(&p->d, &alice, &in, 2, 2, &n), 0);
	fixture_close(&p->d);
	shell("cp %s/postern.db %s/kept", p->path);
	reopen(p);
	mail(p, "Subject: two\r\n\r\ntwo\r\n");
	large(p, 'L');
	mail(p, "Subject: three\r\n\r\nthree\r\n");
	fixture_close(&p->d);
	shell("mv %s/kept %s/postern.db", p->path);
	if (state)
		shell("echo lost > %s/postern.state", p->path);
	else
		shell("rm %s/postern.state", p->path);
	reopen(p);
	/* Once more: nothing that it does not know is cut off. */
	if (twice) {
		fixture_close(&p->d);
		reopen(p);
	}
	mail(p, "Subject: new\r\n\r\nnew\r\n");
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
	mail(p, "Subject: two\r\n\r\ntwo\r\n");
	shell("cp -a %s %s.crash", p->path);
	fixture_close(&p->d);
	shell("rm -rf %s/* && cp -a %s.crash/. %s && rm -rf %s.crash",
	    p->path);
	shell("rm %s/postern.db-wal %s/postern.state", p->path);
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
	shell("rm %s/postern.db; rm -f %s/postern.db-wal", p->path);
	assert_int_equal(fixture_open(&p->d), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "lost"));
	shell("echo lost > %s/postern.state", p->path);
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
	shell("mv %s/blobs/* %s/blobs/stray-x", p->path);
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

/* They are gone for good: they are removed as if their owner had done it. */
static void
test_files_gone(void **state)
{
	struct folder *p = *state;
	struct fixture_repair r;
	bool more = true;

	large(p, 'L');
	fixture_close(&p->d);
	shell("rm %s/packs/* %s/blobs/*", p->path);
	reopen(p);
	mail(p, "Subject: new\r\n\r\nnew\r\n");
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

	mail(p, "Subject: two\r\n\r\ntwo\r\n");
	assert_int_equal(sql_exec(&p->d.e->w, "DELETE FROM email WHERE blob=1;"
	    "DELETE FROM placement WHERE uid=1; UPDATE mailbox SET messages="
	    "messages-1, size=(SELECT sum(size) FROM email), unseen=unseen-1, "
	    "recent=recent-1 "
	    "WHERE messages>0; UPDATE account SET messages=messages-1, "
	    "used=(SELECT sum(size) FROM email);"
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
		mail(p, "Subject: many\r\n\r\nmany\r\n");
	large(p, 'L');
	fixture_close(&p->d);
	shell("rm %s/postern.db; echo lost > %s/postern.state", p->path);
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
		shell("cp -a %s %s.crash", p->path);
		fixture_close(&p->d);
		shell("rm -rf %s/* && cp -a %s.crash/. %s && rm -rf %s.crash",
		    p->path);
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
	shell("rm %s/postern.db; echo lost > %s/postern.state", p->path);
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

	mail(p, "Subject: two\r\n\r\ntwo\r\n");
	mail(p, "Subject: three\r\n\r\nthree\r\n");
	fixture_close(&p->d);
	/* The header of the first record, and the text of the second. */
	shell("printf XXXX | dd of=%s/" PACK " bs=1 seek=8 conv=notrunc "
	    "status=none", p->path);
	shell("a=$(grep -abo two %s/" PACK " | head -1 | cut -d: -f1); "
	    "printf T | dd of=%s/" PACK " bs=1 seek=$a conv=notrunc "
	    "status=none", p->path);
	shell("rm %s/postern.db; echo lost > %s/postern.state", p->path);
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
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_old_database), T(test_old_database_twice),
		T(test_lost_wal), T(test_no_database),
		T(test_files_come_back), T(test_files_gone),
		T(test_lost_rows), T(test_killed), T(test_forget),
		T(test_damaged_stray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
