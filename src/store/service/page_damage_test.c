/*
 * Tests of what a disk does to the database: a page that is read back otherwise
 * than it was written, from postern.db or its WAL, is told as damage of what
 * needs it.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/timetext.h"
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/sql/wal.h"

static bool
journal_has(struct folder *p, uint64_t message)
{
	char day[40];
	struct journal_read_ask ask = { .day = str_make(day, 10) };
	struct civil c = civil_of(p->d.now_us / 1000000);
	union store_answer answer;
	struct journal_row row;
	bool found = false;
	struct rd r;

	(void)snprintf(day, sizeof(day), "%04d-%02d-%02d", c.year,
	    c.month, c.day);
	engine_flush_journal(p->d.e);
	assert_int_equal(reader_ask(p->d.r, &p->d.operator_,
	    STORE_journal_read, &ask, &answer, &p->d.err), 0);
	r = rd_of(answer.journal_read.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &journal_row_shape, &row))
		found |= row.event == JOURNAL_damaged &&
		    row.message == message;
	return found;
}

enum { MANY = 300 };

static uint32_t
pages_of(struct folder *p)
{
	int fd = openat(p->dirfd, "postern.db", O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);

	close(fd);
	return (uint32_t)(size / 4096);
}

static unsigned char
reserved(struct folder *p)
{
	int fd = openat(p->dirfd, "postern.db", O_RDONLY);
	unsigned char octet = 0;

	assert_int_equal(pread(fd, &octet, 1, 20), 1);
	close(fd);
	return octet;
}

static void
append_many(struct folder *p)
{
	for (int i = 0; i < MANY; i++)
		assert_int_equal(fixture_append(&p->d, &p->who, "INBOX",
		    "text", 0, "", NULL), 0);
}

/* What is read is right, or told as damage; what is written is written, or
 * refused, and ends nothing. verify goes through all of it. */
static void
check_pages(struct folder *p)
{
	struct fetch_row *row = calloc(MANY + 1, sizeof(*row));
	int n = fixture_open_mailbox(&p->d, &p->who, "INBOX", &p->in), rc;

	if (n == 0)
		n = fixture_rows(&p->d, &p->who, &p->in, row, MANY + 1);
	if (n < 0)
		assert_int_equal(n, E_DAMAGED);
	else
		assert_int_equal(n, MANY);
	for (int i = 0; i < n; i++) {
		assert_int_equal(row[i].uid, i + 1);
		assert_int_equal(row[i].size, 4);
	}
	free(row);
	rc = fixture_append(&p->d, &p->who, "Sent", "text", 0, "", NULL);
	assert_true(rc == 0 || rc == E_DAMAGED);
	assert_false(p->d.dead);
	assert_true(fixture_verify(&p->d) > 0);
	assert_true(journal_has(p, 0));
}

/* Each page of the database in turn. */
static void
test_pages(void **state)
{
	struct folder *p = *state;
	uint32_t pages, opened = 0;

	append_many(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	assert_int_equal(reserved(p), 8);
	folder_shell(p, "mkdir kept && cp -a postern.* packs blobs kept");
	pages = pages_of(p);
	assert_true(pages > 20);
	for (uint32_t page = 1; page <= pages; page++) {
		uint64_t at = (page - 1) * 4096 + (page == 1 ? 20 : page * 977 %
		    4096);
		int rc;

		folder_flip(p, "postern.db", at);
		rc = fixture_open(&p->d);
		if (rc == 0)
			check_pages(p);
		else if (rc != E_DAMAGED)
			fail_msg("%d %s", rc, p->d.err.text);
		opened += rc == 0;
		fixture_close(&p->d);
		folder_shell(p, "rm -rf postern.* packs blobs; "
		    "cp -a kept/. .");
	}
	/* Only the few pages that every start needs are in its way. */
	assert_true(opened > pages / 2);
}

/* ---- the WAL ------------------------------------------------------------- */

static uint32_t
frames_of(struct folder *p)
{
	int fd = openat(p->dirfd, "postern.db-wal", O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);

	close(fd);
	return size < WAL_HEADER ? 0 :
	    (uint32_t)((size - WAL_HEADER) / WAL_FRAME);
}

static void
flip_frame(struct folder *p, uint32_t frame, uint32_t at)
{
	folder_flip(p, "postern.db-wal", WAL_HEADER +
	    (uint64_t)frame * WAL_FRAME + at);
}

/* By a reader that has no page yet: all rows, as they were written, or damage.
 */
static bool
reads_right(struct folder *p)
{
	struct fetch_row *row = calloc(MANY + 1, sizeof(*row));
	int n;

	reader_close(p->d.r);
	p->d.r = NULL;
	n = reader_open(p->d.e, &p->d.r, &p->d.err);
	if (n == 0)
		n = fixture_open_mailbox(&p->d, &p->who, "INBOX", &p->in);
	if (n == 0)
		n = fixture_rows(&p->d, &p->who, &p->in, row, MANY + 1);
	assert_int_equal(n, n < 0 ? E_DAMAGED : MANY);
	for (int i = 0; i < n; i++)
		assert_int_equal(row[i].uid * 100 + row[i].size,
		    (i + 1) * 100 + 4);
	free(row);
	return n == MANY;
}

/* While it runs: who reads a frame that is another than was written is told,
 * and it is all the same when it is as it was. */
static void
test_wal_frames(void **state)
{
	struct folder *p = *state;
	uint32_t frames, found = 0;

	append_many(p);
	frames = frames_of(p);
	assert_true(frames > 600);
	for (uint32_t i = 0; i < frames; i += i + 40 < frames ? 29 : 1) {
		uint32_t at = WAL_FRAME_HEADER + i * 977 % PAGE_OCTETS;

		flip_frame(p, i, at);
		found += !reads_right(p);
		flip_frame(p, i, at);
		assert_true(reads_right(p));
	}
	assert_true(found > 0);
	assert_true(journal_has(p, 0));
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* A checkpoint brings it into the database as what it is, and the rest as it
 * was. */
static void
test_wal_checkpoint(void **state)
{
	struct folder *p = *state;
	uint32_t frames;

	append_many(p);
	frames = frames_of(p);
	flip_frame(p, frames - 1, 2000);
	assert_int_equal(sql_checkpoint(&p->d.e->w, &p->d.err), 0);
	assert_true(fixture_verify(&p->d) > 0);
	fixture_close(&p->d);
	assert_int_equal(frames_of(p), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fixture_open(&p->d), 0);
		check_pages(p);
		fixture_close(&p->d);
	}
}

/* After a crash: what was committed is not forgotten because a frame before it
 * is damaged. Only of the last commit nobody can tell. */
static void
test_wal_recovery(void **state)
{
	struct folder *p = *state;
	uint32_t frames, last, refused = 0;
	int rc;

	append_many(p);
	frames = frames_of(p);
	folder_shell(p, "mkdir kept && cp -a postern.* packs blobs kept");
	for (uint32_t i = 0; i < frames; i += i + 40 < frames ? 97 : 1) {
		fixture_close(&p->d);
		folder_shell(p, "rm -rf postern.* packs blobs; cp -a kept/. .");
		flip_frame(p, i, i * 977 % WAL_FRAME);
		rc = fixture_open(&p->d);
		refused += rc == E_DAMAGED;
		last = i;
		/* E_INVALID: packs have what the end of the WAL had. */
		if (rc == E_DAMAGED || (rc == E_INVALID && i + 20 >= frames))
			assert_non_null(strstr(p->d.err.text, "restore"));
		else if (rc < 0 || i + 20 < frames)
			fail_msg("frame %u of %u: %d", last, frames, rc);
		else
			assert_int_equal(fixture_verify(&p->d), 0);
	}
	assert_true(refused > 10);
	/* Its header, and what the operator may decide. */
	fixture_close(&p->d);
	folder_shell(p, "rm -rf postern.* packs blobs; cp -a kept/. .");
	folder_flip(p, "postern.db-wal", 17);
	assert_int_equal(fixture_open(&p->d), E_DAMAGED);
	folder_shell(p, "rm postern.state");
	assert_int_equal(fixture_open(&p->d), 0);
}

/* Somebody makes the WAL shorter while the store runs: nothing more is said to
 * be done, and the next start says what there is to do. */
static void
test_wal_cut(void **state)
{
	struct folder *p = *state;

	append_many(p);
	folder_shell(p, "truncate -s 50000 postern.db-wal");
	assert_true(fixture_append(&p->d, &p->who, "INBOX", "text", 0, "",
	    NULL) < 0);
	assert_true(p->d.dead);
}

/* The database is cut, or another file: that is said, and what to do. */
static void
test_cut(void **state)
{
	struct folder *p = *state;

	append_many(p);
	fixture_close(&p->d);
	folder_shell(p, "truncate -s 40960 postern.db");
	assert_int_equal(fixture_open(&p->d), E_DAMAGED);
	assert_non_null(strstr(p->d.err.text, "restore all of this folder"));
	folder_shell(p, "seq 1 20000 > postern.db");
	assert_int_equal(fixture_open(&p->d), E_DAMAGED);
	assert_non_null(strstr(p->d.err.text, "restore all of this folder"));
}

/* ---- a database of before ------------------------------------------------ */

static void
make_unsummed(struct folder *p)
{
	char old[100], plain[100];

	(void)snprintf(old, sizeof(old), "%s/postern.db", p->path);
	(void)snprintf(plain, sizeof(plain), "%s/plain.db", p->path);
	assert_int_equal(fixture_copy_unsummed("unix", old, plain, false),
	    SQLITE_OK);
	assert_int_equal(renameat(p->dirfd, "plain.db", p->dirfd,
	    "postern.db"), 0);
}

/* A database of before there were checksums. */
static void
test_migration(void **state)
{
	struct folder *p = *state;

	append_many(p);
	fixture_close(&p->d);
	make_unsummed(p);
	assert_int_equal(reserved(p), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fixture_open(&p->d), 0);
		assert_int_equal(reserved(p), 8);
		assert_int_equal(fixture_verify(&p->d), 0);
		assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX",
		    &p->in), 0);
		assert_int_equal(p->in.exists, MANY);
		fixture_close(&p->d);
	}
	/* Mail is behind what every start needs. */
	folder_flip(p, "postern.db", 4096 * (uint64_t)(pages_of(p) - 1) + 5);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_true(fixture_verify(&p->d) > 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_pages),
		T(test_wal_frames),
		T(test_wal_checkpoint),
		T(test_wal_recovery),
		T(test_wal_cut),
		T(test_cut),
		T(test_migration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
