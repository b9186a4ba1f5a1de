/*
 * Tests of mail that was removed and comes back (mailbox/kept.c), and of what
 * is removed because it is old (upkeep/empty.c).
 */
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { DAY = 86400, MANY = 1300 };

static int
set_up(void **state)
{
	int rc = folder_set_up(state);
	struct folder *p = *state;

	engine_ages(p->d.e, &(struct age_settings){ .deleted_s = 7 * DAY });
	return rc;
}

static void
later(struct folder *p, int64_t seconds)
{
	bool more = true;

	p->d.now_us += seconds * 1000000;
	for (int i = 0; more && i < 10000; i++)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_false(more);
}

static void
append(struct folder *p, const char *mailbox, const char *text,
    uint32_t flags, const char *keywords)
{
	struct append_answer out;

	OK(fixture_append(&p->d, &p->who, mailbox, text, flags, keywords,
	    &out));
}

/* More than a slice has, ten octets each. */
static void
append_many(struct folder *p, const char *mailbox)
{
	for (int i = 0; i < MANY; i++)
		append(p, mailbox, "0123456789", 0, "");
}

static uint32_t
expunge(struct folder *p, const char *mailbox)
{
	struct open_answer view;
	uint32_t n;

	OK(fixture_open_mailbox(&p->d, &p->who, mailbox, &view));
	OK(fixture_remove(&p->d, &p->who, &view, 1, 1000000, &n));
	return n;
}

static uint32_t
exists(struct folder *p, const char *mailbox)
{
	struct open_answer view;
	int rc = fixture_open_mailbox(&p->d, &p->who, mailbox, &view);

	return rc < 0 ? 0 : view.exists;
}

/* How many can be had back, by name ("": of all). */
static uint64_t
kept(struct folder *p, const char *mailbox, int64_t since)
{
	struct kept_ask ask = { .address = STR("alice@ours.test"),
		.since = since };
	union store_answer answer;
	struct kept_row row;
	uint64_t n = 0;
	struct rd r;

	OK(reader_ask(p->d.r, &p->d.operator_, STORE_kept, &ask, &answer,
	    &p->d.err));
	r = rd_of(answer.kept.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &kept_row_shape, &row))
		n += !*mailbox || str_eq(row.mailbox, str_c(mailbox)) ?
		    row.messages : 0;
	assert_int_equal(rd_left(&r), 0);
	return n;
}

static int
undelete(struct folder *p, const char *mailbox, int64_t since,
    uint32_t *messages)
{
	struct undelete_ask ask = { .address = STR("alice@ours.test"),
		.mailbox = str_c(mailbox), .since = since };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_undelete };
	int rc;

	*messages = 0;
	do {
		ask.change = ++p->d.change;
		rc = fixture_write(&p->d, &w);
		if (rc < 0)
			return rc;
		*messages += w.answer.undelete.messages;
		ask.after = w.answer.undelete.next;
	} while (ask.after);
	return 0;
}

static int64_t
now_s(const struct folder *p)
{
	return p->d.now_us / 1000000;
}

/* ---- back again --------------------------------------------------------- */

static void
test_comes_back(void **state)
{
	struct folder *p = *state;
	struct open_answer view;
	struct fetch_row row;
	uint32_t n;
	char text[1000];
	struct str prefix;

	append(p, "Archive", "precious", FLAG_seen | FLAG_flagged |
	    FLAG_deleted, "$Work");
	assert_int_equal(expunge(p, "Archive"), 1);
	assert_int_equal(kept(p, "Archive", 0), 1);
	assert_int_equal(kept(p, "", now_s(p) + 1), 0);
	later(p, 7 * DAY - 60);
	OK(undelete(p, "", 0, &n));
	assert_int_equal(n, 1);
	assert_int_equal(kept(p, "", 0), 0);
	/* As it was, under another UID, and not \Deleted. */
	OK(fixture_open_mailbox(&p->d, &p->who, "Archive", &view));
	assert_int_equal(view.exists, 1);
	assert_int_equal(fixture_rows(&p->d, &p->who, &view, &row, 1), 1);
	assert_int_equal(row.uid, 2);
	assert_int_equal(row.flags,
	    FLAG_seen | FLAG_flagged);
	assert_true(str_eq(row.keywords, STR("$Work")));
	assert_int_equal(fixture_content(&p->d, &p->who, view.mailbox, 2,
	    text, sizeof(text), &prefix), 8);
	/* And stays. */
	later(p, 30 * DAY);
	assert_int_equal(exists(p, "Archive"), 1);
	assert_int_equal(undelete(p, "", 0, &n), 0);
	assert_int_equal(n, 0);
}

static void
test_not_for_ever(void **state)
{
	struct folder *p = *state;
	uint32_t n;

	append(p, "INBOX", "gone", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	later(p, 7 * DAY + 60);
	assert_int_equal(kept(p, "", 0), 0);
	OK(undelete(p, "", 0, &n));
	assert_int_equal(n, 0);
	/* Another period holds for what is there already. */
	append(p, "INBOX", "gone", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	later(p, 2 * DAY);
	assert_int_equal(kept(p, "", 0), 1);
	engine_ages(p->d.e, &(struct age_settings){ .deleted_s = DAY });
	later(p, 1);
	assert_int_equal(kept(p, "", 0), 0);
	/* Nothing is kept; what was expunged a moment ago can be read for five
	 * minutes all the same. */
	engine_ages(p->d.e, &(struct age_settings){ 0 });
	append(p, "INBOX", "gone", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	assert_int_equal(kept(p, "", 0), 0);
}

static void
test_drafts_are_not_kept(void **state)
{
	struct folder *p = *state;

	append(p, "Drafts", "a few words", FLAG_draft, "");
	append(p, "Drafts", "notes", 0, "");
	assert_int_equal(expunge(p, "Drafts"), 2);
	assert_int_equal(kept(p, "", 0), 1);
}

/* A mailbox that is gone: to Recovered, by whatever name. */
static void
test_of_a_mailbox_that_is_gone(void **state)
{
	struct folder *p = *state;
	struct mailbox_create_answer made;
	uint32_t n;

	OK(fixture_mailbox_create(&p->d, &p->who, "Work", 0, &made));
	append(p, "Work", "one", 0, "");
	append(p, "Work", "two", FLAG_draft, "");
	append(p, "INBOX", "three", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	OK(fixture_mailbox_delete(&p->d, &p->who, "Work", false));
	later(p, 1);
	assert_int_equal(kept(p, "Recovered", 0), 1);
	assert_int_equal(undelete(p, "Nowhere", 0, &n), E_NOTFOUND);
	OK(undelete(p, "Recovered", 0, &n));
	assert_int_equal(n, 1);
	assert_int_equal(exists(p, "Recovered"), 1);
	assert_int_equal(exists(p, "INBOX"), 0);
	OK(undelete(p, "INBOX", 0, &n));
	assert_int_equal(exists(p, "INBOX"), 1);
	assert_int_equal(exists(p, "Recovered"), 1);
}

static void
test_of_a_time(void **state)
{
	struct folder *p = *state;
	uint32_t n;

	append(p, "INBOX", "long ago", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	later(p, DAY);
	append(p, "INBOX", "now", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	assert_int_equal(kept(p, "", 0), 2);
	assert_int_equal(kept(p, "", now_s(p) - 60), 1);
	OK(undelete(p, "", now_s(p) - 60, &n));
	assert_int_equal(n, 1);
	assert_int_equal(kept(p, "", 0), 1);
}

/* More than a slice has, and more than there is room for: what fits is there,
 * each once. */
static void
test_as_far_as_there_is_room(void **state)
{
	struct folder *p = *state;
	uint32_t n;

	append_many(p, "INBOX");
	assert_int_equal(expunge(p, "INBOX"), MANY);
	engine_limits(p->d.e, 10 * 700 + 5, TEST_MAX_MESSAGE);
	assert_int_equal(undelete(p, "", 0, &n), E_FULL);
	assert_int_equal(n, 700);
	assert_int_equal(exists(p, "INBOX"), 700);
	assert_int_equal(undelete(p, "", 0, &n), E_FULL);
	assert_int_equal(n, 0);
	engine_limits(p->d.e, 0, TEST_MAX_MESSAGE);
	OK(undelete(p, "", 0, &n));
	assert_int_equal(n, MANY - 700);
	assert_int_equal(exists(p, "INBOX"), MANY);
}

/* What removes an account removes what it kept. */
static void
test_nothing_of_a_removed_account(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_remove };

	append(p, "INBOX", "text", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	OK(fixture_write(&p->d, &w));
	later(p, 1);
	assert_int_equal(sql_first(&p->d.r->q, SQL_kept_old, SQL_VALS(
	    vi(INT64_MAX)), &p->d.err), 0);
}

/* Nearly full: it is no place to keep things. */
static void
test_not_on_a_full_disk(void **state)
{
	struct folder *p = *state;

	append(p, "INBOX", "text", 0, "");
	assert_int_equal(expunge(p, "INBOX"), 1);
	p->d.e->room.low = true;
	p->d.e->room.looked_s = now_s(p) + 1;
	later(p, 1);
	assert_int_equal(kept(p, "", 0), 1);
	p->d.e->room.looked_s = now_s(p) + 400;
	later(p, 400);
	assert_int_equal(kept(p, "", 0), 0);
}

/* ---- what is old -------------------------------------------------------- */

static void
test_junk_goes_by_age(void **state)
{
	struct folder *p = *state;
	uint32_t n;

	engine_ages(p->d.e, &(struct age_settings){ 7 * DAY, 30 * DAY, 0 });
	append_many(p, "Junk");
	append(p, "Trash", "thrown away", 0, "");
	append(p, "INBOX", "mail", 0, "");
	later(p, 20 * DAY);
	append(p, "Junk", "younger", 0, "");
	later(p, 10 * DAY - 7200);
	assert_int_equal(exists(p, "Junk"), MANY + 1);
	later(p, 3 * 3600);
	assert_int_equal(exists(p, "Junk"), 1);
	assert_int_equal(exists(p, "Trash"), 1);
	assert_int_equal(exists(p, "INBOX"), 1);
	/* Kept as what anybody expunges, and back it is young. */
	assert_int_equal(kept(p, "Junk", 0), MANY);
	OK(undelete(p, "", 0, &n));
	later(p, 20 * DAY);
	assert_int_equal(exists(p, "Junk"), MANY);
	engine_ages(p->d.e, &(struct age_settings){ 0, 0, 10 * DAY });
	later(p, 3600);
	assert_int_equal(exists(p, "Junk"), MANY);
	assert_int_equal(exists(p, "Trash"), 0);
	assert_int_equal(exists(p, "INBOX"), 1);
}

/* The clock was wrong for a while: what came in then stays until that day, and
 * keeps nothing else. */
static void
test_clock_was_ahead(void **state)
{
	struct folder *p = *state;

	engine_ages(p->d.e, &(struct age_settings){ 0, 30 * DAY, 0 });
	p->d.now_us += 400LL * DAY * 1000000;
	append(p, "Junk", "of a day to come", 0, "");
	p->d.now_us -= 400LL * DAY * 1000000;
	append_many(p, "Junk");
	later(p, 31 * DAY);
	assert_int_equal(exists(p, "Junk"), 1);
}

/* An account that was removed when its mailbox would be emptied. */
static void
test_emptied_while_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { 0, STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_remove };
	uint64_t bob;
	struct caller who;
	struct append_answer out;
	struct open_answer view;

	engine_ages(p->d.e, &(struct age_settings){ 0, DAY, DAY });
	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	who = fixture_person(bob);
	append_many(p, "Junk");
	OK(fixture_append(&p->d, &who, "Junk", "junk", 0, "", &out));
	ask.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	later(p, 2 * DAY);
	OK(fixture_open_mailbox(&p->d, &who, "Junk", &view));
	assert_int_equal(view.exists, 0);
}

int
main(void)
{
#define TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, set_up, folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		TEST(test_comes_back), TEST(test_not_for_ever),
		TEST(test_drafts_are_not_kept),
		TEST(test_of_a_mailbox_that_is_gone), TEST(test_of_a_time),
		TEST(test_as_far_as_there_is_room),
		TEST(test_nothing_of_a_removed_account),
		TEST(test_not_on_a_full_disk), TEST(test_junk_goes_by_age),
		TEST(test_clock_was_ahead),
		TEST(test_emptied_while_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
