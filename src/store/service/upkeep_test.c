/*
 * Tests of what store does for itself: cleaning, its rate, and the room it
 * gives back; and that it goes on where only its own notes are damaged.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The first page of a table, with the store closed. */
static void
damage(struct folder *p, const char *table)
{
	static char page[4096];
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
	memset(page, 0xa5, sizeof(page));
	fd = openat(p->dirfd, "postern.db", O_WRONLY);
	assert_int_equal(pwrite(fd, page, sizeof(page),
	    (off_t)(root - 1) * 4096), sizeof(page));
	close(fd);
}

/* It keeps answers, for an hour; nobody's mail stands and falls with it. */
static void
test_damaged_changes(void **state)
{
	struct folder *p = *state;

	assert_int_equal(mail(p, 7, "one"), 0);
	assert_int_equal(mail(p, 7, "one"), 0);
	assert_int_equal(count(p), 1);
	damage(p, "change");
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
		damage(p, tables[i]);
		open_again(p);
		clean(p, 30);
		clean(p, 30);
		assert_int_equal(logged(p, " gc_failed"), (int)i + 1);
		assert_int_equal(mail(p, 0, "two"), 0);
		assert_int_equal(count(p), 2 * i + 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_damaged_changes, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_for_gc, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
