/*
 * Mail that is kept apart (queue/held.c): who sees it, what becomes of it, and
 * that its octets go with it.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { DAY = 86400 };
static const char *const to_alice[] = { "alice@ours.test", NULL };
static const char *const to_both[] = { "alice@ours.test", "bob@ours.test",
	NULL };

static uint64_t
hold(struct folder *p, const char *const *to)
{
	uint64_t message;

	p->d.hold = true;
	OK(fixture_submit(&p->d, 0, "suspect", to, &message));
	p->d.hold = false;
	return message;
}

static void
pass(struct folder *p, int64_t seconds)
{
	bool more = true;

	p->d.now_us += seconds * 1000000;
	while (more)
		OK(engine_gc(p->d.e, &more, &p->d.err));
}

static uint32_t
mails(struct folder *p, uint64_t account, const char *mailbox)
{
	struct caller who = fixture_person(account);
	struct open_answer in;

	OK(fixture_open_mailbox(&p->d, &who, mailbox, &in));
	return in.exists;
}

static int
change(struct folder *p, struct caller *who, enum store_call call,
    uint64_t message, const char *address)
{
	struct held_release_ask ask = { ++p->d.change, message,
		str_c(address) };
	struct write w = { .caller = who, .call = call, .ask = &ask };
	int rc = fixture_write(&p->d, &w);

	return rc < 0 ? rc : (int)w.answer.held_release.recipients;
}

/* How many are seen; the first of them in *row, if there is one. */
static int
seen(struct folder *p, const struct caller *who, const struct held_ask *ask,
    struct held_row *row)
{
	union store_answer answer;
	struct held_row each;
	struct rd r;
	int n = 0;

	OK(reader_ask(p->d.r, who, STORE_held, ask, &answer, &p->d.err));
	r = rd_of(answer.held.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &held_row_shape, &each))
		if (n++ == 0 && row)
			*row = each;
	assert_int_equal(rd_left(&r), 0);
	assert_false(answer.held.more);
	return n;
}

static uint64_t
add_bob(struct folder *p)
{
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	return bob;
}

static void
test_apart(void **state)
{
	struct folder *p = *state;
	struct held_ask all = { 0 };
	struct held_row row;
	uint64_t message = hold(p, to_alice);

	assert_int_equal(mails(p, p->alice, "INBOX"), 0);
	assert_int_equal(mails(p, p->alice, "Junk"), 0);
	assert_int_equal(seen(p, &p->d.operator_, &all, &row), 1);
	assert_int_equal(row.message, message);
	assert_true(str_eq(row.address, STR("alice@ours.test")));
	assert_true(str_eq(row.author, STR("author@elsewhere.test")));
	assert_true(str_eq(row.title, STR("About it")));
	assert_true(str_eq(row.verdict, STR("score=11.0")));
	assert_int_equal(row.until - row.at, 14 * DAY);
	all.only = message;
	assert_int_equal(seen(p, &p->d.operator_, &all, &row), 1);
	all.only = message + 1;
	assert_int_equal(seen(p, &p->d.operator_, &all, NULL), 0);
	folder_open_again(p);
	assert_int_equal(seen(p, &p->d.operator_, &(struct held_ask){ 0 },
	    NULL), 1);
}

/* As if it came now, and its octets are there. */
static void
test_released(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	struct str prefix;
	char text[1000];
	uint64_t message = hold(p, to_alice);

	pass(p, 3 * DAY);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_release,
	    message, ""), 1);
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in));
	assert_int_equal(in.exists, 1);
	assert_int_equal(fixture_content(&p->d, &p->who, in.mailbox, 1, text,
	    sizeof(text), &prefix), 7);
	assert_memory_equal(text, "suspect", 7);
	assert_int_equal(folder_count(p, "SELECT received FROM email"),
	    p->d.now_us / 1000000);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_release,
	    message, ""), E_NOTFOUND);
	pass(p, 15 * DAY);
	assert_int_equal(mails(p, p->alice, "INBOX"), 1);
}

/* Each has it once, and reaches no other's. */
static void
test_ones_own(void **state)
{
	struct folder *p = *state;
	uint64_t bob = add_bob(p), message = hold(p, to_both);
	struct caller b = fixture_person(bob);
	struct held_ask ask = { .address = STR("alice@ours.test") };
	struct held_row row;

	assert_int_equal(seen(p, &p->d.operator_, &(struct held_ask){ 0 },
	    NULL), 2);
	assert_int_equal(seen(p, &p->d.operator_, &ask, NULL), 1);
	/* Whoever he names. */
	assert_int_equal(seen(p, &b, &ask, &row), 1);
	assert_int_equal(row.account, bob);
	ask.only = message;
	assert_int_equal(seen(p, &b, &ask, &row), 1);
	assert_int_equal(row.account, bob);
	assert_int_equal(change(p, &b, STORE_held_drop, message,
	    "alice@ours.test"), 1);
	assert_int_equal(change(p, &b, STORE_held_release, message,
	    "alice@ours.test"), E_NOTFOUND);
	assert_int_equal(seen(p, &p->d.operator_, &(struct held_ask){ 0 },
	    &row), 1);
	assert_int_equal(row.account, p->alice);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_release,
	    message, "bob@ours.test"), E_NOTFOUND);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_release,
	    message, "nobody@ours.test"), E_NOTFOUND);
	assert_int_equal(change(p, &p->who, STORE_held_release, message, ""),
	    1);
	assert_int_equal(mails(p, p->alice, "INBOX"), 1);
	assert_int_equal(mails(p, bob, "INBOX"), 0);
}

static int64_t
blobs(struct folder *p)
{
	return folder_count(p, "SELECT count(*) FROM blob");
}

/* Both in one second, where one is the last that names the octets. */
static void
test_dropped(void **state)
{
	struct folder *p = *state;
	uint64_t message;

	(void)add_bob(p);
	message = hold(p, to_both);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_drop, message,
	    ""), 2);
	assert_int_equal(fixture_verify(&p->d), 0);
	pass(p, 1);
	assert_int_equal(blobs(p), 0);
}

static void
test_too_old(void **state)
{
	struct folder *p = *state;

	(void)hold(p, to_alice);
	pass(p, 14 * DAY - 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM held"), 1);
	pass(p, 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM held"), 0);
	pass(p, 1);
	assert_int_equal(blobs(p), 0);
	engine_ages(p->d.e, &(struct age_settings){ .held_s = DAY });
	(void)hold(p, to_alice);
	pass(p, DAY);
	pass(p, 1);
	assert_int_equal(blobs(p), 0);
}

static void
test_account_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_remove };

	for (int i = 0; i < 120; i++)
		(void)hold(p, to_alice);
	OK(fixture_write(&p->d, &w));
	assert_int_equal(seen(p, &p->d.operator_, &(struct held_ask){ 0 },
	    NULL), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	pass(p, 1);
	pass(p, 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM held"), 0);
	assert_int_equal(blobs(p), 0);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM removal"), 0);
}

/* What is more goes into Junk; and nobody but mx says that it is held. */
static void
test_bounds(void **state)
{
	struct folder *p = *state;
	struct account_quota_ask ask = { .change = ++p->d.change,
		.address = STR("alice@ours.test"), .quota = 1000 };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_quota };
	uint64_t message;
	int n = 0;

	for (int i = 0; i < HELD_MAX + 1; i++)
		(void)hold(p, to_alice);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM held"),
	    HELD_MAX);
	assert_int_equal(mails(p, p->alice, "Junk"), 1);
	message = (uint64_t)folder_count(p, "SELECT max(message) FROM held");
	assert_int_equal(change(p, &p->d.operator_, STORE_held_drop, message,
	    ""), 1);
	OK(fixture_write(&p->d, &w));
	(void)hold(p, to_alice);
	assert_int_equal(mails(p, p->alice, "Junk"), 2);
	/* What has no room stays where it is. */
	do
		message = (uint64_t)folder_count(p,
		    "SELECT max(message) FROM held");
	while (n++ < HELD_MAX && change(p, &p->d.operator_,
	    STORE_held_release, message, "") > 0);
	assert_int_equal(p->d.err.code, E_FULL);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM held"),
	    HELD_MAX - n);
	p->d.hold = true;
	OK(fixture_submit_as(&p->d, &p->who, "alice@ours.test", "mine",
	    to_alice, NULL));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM held"),
	    HELD_MAX - n);
}

/* 50 of each have to be known before the filter says something. */
static void
teach(struct folder *p)
{
	static const char spam[] = { 1, LESSON_spam, 2, 0, 'a', 'a', 'b',
		'b' };
	auto_buf b = BUF_INIT(10000);
	struct learn_ask ask = { .change = ++p->d.change };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_learn };

	for (int i = 0; i < 60; i++)
		buf_str(&b, str_make(spam + 1, sizeof(spam) - 1));
	ask.lessons = buf_get(&b);
	OK(fixture_write(&p->d, &w));
}

static void
test_learned(void **state)
{
	struct folder *p = *state;
	uint64_t message;

	teach(p);
	p->d.traits = STR("aabb");
	message = hold(p, to_alice);
	p->d.traits = STR_NULL;
	assert_int_equal(folder_count(p, "SELECT good FROM filter"
	    " WHERE account=0"), 0);
	assert_int_equal(change(p, &p->who, STORE_held_release, message, ""),
	    1);
	assert_int_equal(folder_count(p, "SELECT sum(good) FROM filter"), 2);
}

static int64_t
notes(struct folder *p)
{
	return folder_count(p, "SELECT count(*) FROM note");
}

/* Once a day, of what is new. */
static void
test_told(void **state)
{
	struct folder *p = *state;
	uint64_t message;

	pass(p, DAY);
	assert_int_equal(notes(p), 0);
	message = hold(p, to_alice);
	pass(p, 600);
	assert_int_equal(notes(p), 1);
	(void)hold(p, to_alice);
	pass(p, DAY - 1000);
	assert_int_equal(notes(p), 1);
	pass(p, 2000);
	assert_int_equal(notes(p), 2);
	assert_int_equal(folder_count(p, "SELECT count(DISTINCT told)"
	    " FROM held"), 2);
	pass(p, 3 * DAY);
	assert_int_equal(notes(p), 2);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_drop, message,
	    ""), 1);
	pass(p, DAY);
	assert_int_equal(notes(p), 2);
}

static uint64_t
lease(void *arg unused_arg, uint64_t note unused_arg,
    const uint32_t *n unused_arg, const uint32_t *outcome unused_arg,
    size_t count unused_arg)
{
	return 7;
}

/* What relay is handed: what is left of it. */
static void
test_note_has_rows(void **state)
{
	struct folder *p = *state;
	struct queue_leasing l = { lease, NULL };
	auto_buf out = BUF_INIT(100000);
	struct note_item item;
	struct held_row row;
	uint64_t after = 0, message = hold(p, to_alice);
	struct rd r;

	for (int i = 0; i < NOTE_HELD_ROWS + 3; i++)
		(void)hold(p, to_alice);
	pass(p, 600);
	assert_int_equal(change(p, &p->d.operator_, STORE_held_drop, message,
	    ""), 1);
	assert_int_equal(reader_note(p->d.r, &after, &out, &l, &p->d.err), 1);
	r = rd_of(buf_get(&out));
	assert_true(msg_take(&r, &note_item_shape, &item));
	assert_int_equal(item.kind, NOTE_held);
	assert_int_equal(item.nheld, NOTE_HELD_ROWS + 3);
	r = rd_of(item.held);
	for (int i = 0; i < NOTE_HELD_ROWS; i++)
		assert_true(msg_take(&r, &held_row_shape, &row));
	assert_int_equal(rd_left(&r), 0);
	assert_true(str_eq(row.title, STR("About it")));
}

#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_apart),
		T(test_released),
		T(test_ones_own),
		T(test_dropped),
		T(test_too_old),
		T(test_account_removed),
		T(test_bounds),
		T(test_learned),
		T(test_told),
		T(test_note_has_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
