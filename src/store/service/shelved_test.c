/*
 * Tests of the shelf behind its messages: what a list of a mailbox finds there
 * is what the packs have, and what became of the mail becomes of it.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { N = 40, DAY = 86400 };

static void
append(struct folder *p, int n)
{
	struct append_answer out;

	for (int i = 0; i < n; i++)
		OK(fixture_append(&p->d, &p->who, "INBOX", "text", 0, "",
		    &out));
}

/* List INBOX, all with the facts they came with: how many there are. */
static int
list(struct folder *p)
{
	static struct fetch_row rows[2 * N];
	struct open_answer view;
	int n;

	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &view));
	n = fixture_rows(&p->d, &p->who, &view, rows, NELEM(rows));
	for (int i = 0; i < n; i++)
		assert_str(rows[i].facts, "appended facts");
	return n;
}

static int64_t
shelf_octets(struct folder *p)
{
	char name[64];
	struct file *f;
	uint64_t size = 0;

	(void)snprintf(name, sizeof(name), "shelf/%016llx",
	    (unsigned long long)p->alice);
	if (p->files->ops->open(p->files, name, 0, &f) < 0)
		return 0;
	OK(p->files->ops->size(f, &size));
	file_close(f);
	return (int64_t)size;
}

static bool
never(void *arg unused_arg)
{
	return false;
}

static void
later(struct folder *p, int64_t seconds)
{
	bool more = true;

	p->d.now_us += seconds * 1000000;
	for (int i = 0; more && i < 10000; i++)
		OK(engine_gc(p->d.e, &more, &p->d.err));
}

/* Packs are not read for what is there: with theirs gone, it still is. */
static void
test_listed(void **state)
{
	struct folder *p = *state;
	int64_t before;

	append(p, SHELF_LEAST - 1);
	assert_int_equal(list(p), SHELF_LEAST - 1);
	assert_int_equal(shelf_octets(p), 0);
	append(p, N - SHELF_LEAST + 1);
	assert_int_equal(list(p), N);
	assert_true((before = shelf_octets(p)) > 0);
	assert_int_equal(list(p), N);
	assert_int_equal(shelf_octets(p), before);
	folder_open_again(p);
	folder_shell(p, "mv packs away && mkdir packs");
	assert_int_equal(list(p), N);
	folder_shell(p, "rmdir packs && mv away packs");
	append(p, 3);		/* too few: from the packs each time */
	assert_int_equal(list(p), N + 3);
	assert_int_equal(shelf_octets(p), before);
	append(p, SHELF_LEAST);
	assert_int_equal(list(p), N + 3 + SHELF_LEAST);
	assert_true(shelf_octets(p) > before);
	folder_crash(p);
	folder_open_again(p);
	assert_int_equal(list(p), N + 3 + SHELF_LEAST);
}

static void
test_life(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask gone = { .address = STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &gone };
	struct open_answer view;
	uint32_t n;

	append(p, N);
	assert_int_equal(list(p), N);
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &view));
	OK(fixture_remove(&p->d, &p->who, &view, 1, 10, &n));
	assert_int_equal(list(p), N - 10);
	later(p, 30 * DAY);
	reader_sweep_shelves(p->d.r, never, NULL);
	assert_int_equal(list(p), N - 10);
	assert_true(shelf_octets(p) > 0);
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &view));
	OK(fixture_remove(&p->d, &p->who, &view, 11, 30, &n));
	later(p, 30 * DAY);
	reader_sweep_shelves(p->d.r, never, NULL);
	assert_int_equal(shelf_octets(p), 0);	/* most of it was of these */
	assert_int_equal(list(p), N - 30);
	append(p, N);
	assert_int_equal(list(p), 2 * N - 30);
	assert_true(shelf_octets(p) > 0);
	gone.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	later(p, 2 * DAY);
	assert_int_equal(shelf_octets(p), 0);
}

/* It is removed, and nobody who lists hears of it. */
static void
test_damage(void **state)
{
	struct folder *p = *state;
	char file[64];

	append(p, N);
	assert_int_equal(list(p), N);
	(void)snprintf(file, sizeof(file), "shelf/%016llx",
	    (unsigned long long)p->alice);
	folder_flip(p, file, 100);
	assert_int_equal(list(p), N);
	assert_true(shelf_octets(p) > 0);	/* made again by that */
	folder_flip(p, file, 100);
	reader_sweep_shelves(p->d.r, never, NULL);
	assert_int_equal(shelf_octets(p), 0);
	folder_shell(p, "rmdir shelf && touch shelf");	/* none can be made */
	assert_int_equal(list(p), N);
	folder_shell(p, "rm shelf");
}

int
main(void)
{
#define T(f) \
	cmocka_unit_test_setup_teardown(f, folder_set_up, folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_listed), T(test_life), T(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
