#include "base/test.h"

#include <malloc.h>
#include <sqlite3.h>

#include "store/engine/engine_int.h"
#include "store/engine/filter.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { FEW = 60 };	/* traits */

/* Messages of a kind have half of their traits in common. */
static struct str
traits(int kind, int one)
{
	static char octets[TRAIT_OCTETS * FEW];

	for (int i = 0; i < FEW; i++) {
		int at = 15000 * kind + i +
		    (i < FEW / 2 ? 0 : one * FEW);

		octets[2 * i] = (char)at;
		octets[2 * i + 1] = (char)(at >> 8);
	}
	return str_make(octets, sizeof(octets));
}

static int
say(struct folder *p, struct caller *who, struct str lessons)
{
	struct learn_ask ask = { ++p->d.change, lessons };
	struct write w = { .caller = who, .call = STORE_learn, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static void
teach(struct folder *p, struct caller *who, enum lesson lesson, int kind,
    int n)
{
	auto_buf b = BUF_INIT(MSG_CHUNK);

	for (int i = 0; i < n; i++) {
		buf_chr(&b, (char)lesson);
		buf_le16(&b, FEW);
		buf_str(&b, traits(kind, i));
	}
	OK(say(p, who, buf_get(&b)));
}

static void
teach_both(struct folder *p, int n)
{
	teach(p, &p->d.operator_, LESSON_spam, 1, n);
	teach(p, &p->d.operator_, LESSON_good, 2, n);
}

static bool
is_spam(struct folder *p, uint64_t account, int kind)
{
	double score;

	return filter_is_spam(p->d.e, account, traits(kind, 77), &score);
}

static void
test_it_learns_and_keeps(void **state)
{
	struct folder *p = *state;

	teach_both(p, FILTER_LESSONS - 1);
	assert_false(filter_knows(p->d.e));
	assert_false(is_spam(p, p->alice, 1));
	teach_both(p, 1);
	for (int i = 0; i < 2; i++) {
		assert_true(filter_knows(p->d.e));
		assert_true(is_spam(p, p->alice, 1));
		assert_false(is_spam(p, p->alice, 2));
		assert_false(is_spam(p, p->alice, 3));
		if (i == 0)
			folder_open_again(p);
	}
	assert_int_equal(filter_counts(p->d.e).spam, FILTER_LESSONS);
}

/* What a batch taught that is undone was not taught. */
static void
test_undone(void **state)
{
	struct folder *p = *state;
	struct str bad = STR("\1\2\0abcd\3");
	auto_buf b = BUF_INIT(MSG_CHUNK);

	teach_both(p, FILTER_LESSONS);
	/* The first of these is right, and goes with the second. */
	buf_chr(&b, LESSON_good);
	buf_le16(&b, FEW);
	buf_str(&b, traits(1, 77));
	buf_str(&b, bad);
	assert_int_equal(say(p, &p->who, buf_get(&b)), E_INVALID);
	assert_true(is_spam(p, p->alice, 1));
	assert_int_equal(filter_counts(p->d.e).good, FILTER_LESSONS);
	batch_begin(p->d.e);
	for (int i = 0; i < 20; i++)
		filter_learn(p->d.e, 0, traits(1, 77), false);
	assert_false(is_spam(p, p->alice, 1));
	filter_forget(p->d.e);
	assert_true(is_spam(p, p->alice, 1));
}

static void
test_own_word(void **state)
{
	struct folder *p = *state;

	teach_both(p, FILTER_LESSONS);
	teach(p, &p->who, LESSON_good, 1, 3);
	assert_false(is_spam(p, p->alice, 1));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM filter"), 2);
	folder_open_again(p);
	assert_false(is_spam(p, p->alice, 1));
}

/* Nobody says to everybody more than so much a day. */
static void
test_one_cannot_spoil_it(void **state)
{
	struct folder *p = *state;

	teach_both(p, FILTER_LESSONS);
	for (int i = 0; i < 2 * FILTER_SHARED; i += 100)
		teach(p, &p->who, LESSON_spam, 3, 100);
	assert_int_equal(filter_counts(p->d.e).spam,
	    FILTER_LESSONS + FILTER_SHARED);
	p->d.now_us += 86400000000;
	teach(p, &p->who, LESSON_spam, 3, 1);
	assert_int_equal(filter_counts(p->d.e).spam,
	    FILTER_LESSONS + FILTER_SHARED + 1);
}

/* Whoever can have what is in memory dropped has no more to say by that. */
static void
test_dropped_lessons_count(void **state)
{
	struct folder *p = *state;

	teach(p, &p->who, LESSON_spam, 3, FILTER_SHARED / 5);
	for (int i = 0; i < 10; i++) {
		filter_forget(p->d.e);
		teach(p, &p->who, LESSON_spam, 3, FILTER_SHARED / 5);
	}
	assert_int_equal(filter_counts(p->d.e).spam, FILTER_SHARED);
	p->d.now_us += 86400000000;
	filter_forget(p->d.e);
	teach(p, &p->who, LESSON_spam, 3, 1);
	assert_int_equal(filter_counts(p->d.e).spam, FILTER_SHARED + 1);
}

static size_t
octets_in_memory(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* In one batch: an alias may lead to everybody. */
static void
test_very_many_are_asked_about(void **state)
{
	struct folder *p = *state;
	size_t before;

	teach_both(p, FILTER_LESSONS);
	assert_int_equal(sqlite3_exec(p->d.e->w.db, "WITH RECURSIVE n(i) AS "
	    "(VALUES (1000) UNION ALL SELECT i + 1 FROM n WHERE i < 1499) "
	    "INSERT INTO filter SELECT i, spam, good, bar, weights FROM n, "
	    "filter WHERE account=0", NULL, NULL, NULL), SQLITE_OK);
	batch_begin(p->d.e);
	for (int i = 0; i < 20; i++)
		filter_learn(p->d.e, p->alice, traits(2, 77), true);
	before = octets_in_memory();
	for (uint64_t account = 1000; account < 1500; account++)
		(void)is_spam(p, account, 1);
	assert_true(octets_in_memory() < before + (16 << 20));
	/* What the batch taught is still known. */
	assert_true(is_spam(p, p->alice, 2));
	filter_forget(p->d.e);
	assert_false(is_spam(p, p->alice, 2));
}

static void
test_no_lessons(void **state)
{
	struct folder *p = *state;
	static const struct str bad[] = { { "\1", 1 }, { "\1\1\0a", 4 },
		{ "\0\0\0", 3 }, { "\3\0\0", 3 }, { "\1\377\377", 3 },
		{ "\1\2\0abab", 7 }, { "\1\2\0\0\2\0\1", 7 } };

	for (size_t i = 0; i < NELEM(bad); i++)
		assert_int_equal(say(p, &p->who, bad[i]), E_INVALID);
	OK(say(p, &p->who, STR_NULL));
	OK(say(p, &p->who, str_make("\1\0\0", 3)));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM filter"), 2);
}

/* Then it says nothing, and mail is not kept from anybody. */
static void
test_weights_that_make_no_sense(void **state)
{
	struct folder *p = *state;

	teach_both(p, FILTER_LESSONS);
	assert_int_equal(sqlite3_exec(p->d.e->w.db, "UPDATE filter SET "
	    "weights=x'0102'", NULL, NULL, NULL), SQLITE_OK);
	folder_open_again(p);
	assert_false(filter_knows(p->d.e));
	assert_false(is_spam(p, p->alice, 1));
	teach_both(p, 1);
	folder_mail(p, "Subject: it comes\r\n\r\n");
}

static void
test_account_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { .change = ++p->d.change,
		.address = STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	teach(p, &p->who, LESSON_spam, 1, 2);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM filter"), 2);
	OK(fixture_write(&p->d, &w));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM filter"), 1);
	/* A connection of it is there still. */
	assert_int_equal(say(p, &p->who, STR("\1\1\0ab")), E_NOTFOUND);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM filter"), 1);
}

/* Mail from whom one knows teaches once, not without end, and no others. */
static void
test_mail_teaches(void **state)
{
	struct folder *p = *state;
	const char *const both[] = { "alice@ours.test", "bob@ours.test", NULL },
	    *const one[] = { "bob@ours.test", NULL };
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	p->d.lesson = LESSON_good;
	p->d.traits = traits(1, 1);
	OK(fixture_submit(&p->d, 0, "a: b\r\n\r\n", both, NULL));
	assert_int_equal(filter_counts(p->d.e).good, 1);
	p->d.lesson = LESSON_spam;
	OK(fixture_submit(&p->d, 0, "a: b\r\n\r\n", both, NULL));
	p->d.lesson = LESSON_good;
	OK(fixture_submit_as(&p->d, &p->who, "alice@ours.test",
	    "a: b\r\n\r\n", both, NULL));
	assert_int_equal(filter_counts(p->d.e).good, 1);
	for (int i = 1; i < FILTER_SHARED + 9; i++)
		OK(fixture_submit(&p->d, 0, "a: b\r\n\r\n", one, NULL));
	OK(fixture_submit(&p->d, 0, "a: b\r\n\r\n", both, NULL));
	assert_int_equal(filter_counts(p->d.e).good, FILTER_SHARED);
	assert_int_equal(filter_counts(p->d.e).spam, 0);
	p->d.traits = STR("abab");
	assert_int_equal(fixture_submit(&p->d, 0, "a: b\r\n\r\n", both,
	    NULL), E_INVALID);
	p->d.traits = STR("abc");
	assert_int_equal(fixture_submit(&p->d, 0, "a: b\r\n\r\n", both,
	    NULL), E_INVALID);
}

#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_it_learns_and_keeps),
		T(test_undone),
		T(test_own_word),
		T(test_one_cannot_spoil_it),
		T(test_dropped_lessons_count),
		T(test_very_many_are_asked_about),
		T(test_no_lessons),
		T(test_weights_that_make_no_sense),
		T(test_account_removed),
		T(test_mail_teaches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
