/*
 * Tests of what people are told by mail (engine/note.h): when, and how often.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"

enum { DAY = 86400, MEGABYTE = 1 << 20 };

static int64_t
told(struct folder *p, enum note_kind kind)
{
	char query[80];

	(void)snprintf(query, sizeof(query),
	    "SELECT count(*) FROM note WHERE kind=%d", kind);
	return folder_count(p, query);
}

static void
set_quota(struct folder *p, uint64_t quota)
{
	struct account_quota_ask ask = { ++p->d.change,
		STR("alice@ours.test"), quota };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_quota, .ask = &ask };

	OK(fixture_write(&p->d, &w));
}

static void
later(struct folder *p, int64_t seconds)
{
	p->d.now_us += seconds * 1000000;
}

/* What she has is 1,000,000 octets and a little; the quota goes up and down. */
static void
test_quota(void **state)
{
	static const struct {
		uint64_t quota;
		int64_t pass_s, told_80, told_95;
	} t[] = {
		{ 1300000, 0, 0, 0 },
		{ 1230000, 0, 1, 0 },
		{ 1240000, 0, 1, 0 },
		/* Above 75 of 100 still, so this is the same time. */
		{ 1300000, DAY, 1, 0 },
		{ 1230000, 0, 1, 0 },
		{ 1400000, 0, 1, 0 },
		{ 1230000, 0, 2, 0 },
		/* The same day. */
		{ 1400000, DAY - 1, 2, 0 },
		{ 1230000, 0, 2, 0 },
		{ 1050000, 0, 2, 1 },
		{ 1100000, DAY, 2, 1 },
		{ 1050000, 0, 2, 1 },
		{ 1120000, 0, 2, 1 },
		{ 1050000, 0, 2, 2 },
		/* There is none, or it is too small for a warning. */
		{ QUOTA_NONE, DAY, 2, 2 },
		{ 1000000, 0, 2, 2 },
		/* From nothing to nearly all is one note. */
		{ 1050000, 0, 2, 3 },
	};
	struct folder *p = *state;

	folder_append(p, folder_text(p, 'a', 1000000));
	for (size_t i = 0; i < NELEM(t); i++) {
		later(p, t[i].pass_s);
		set_quota(p, t[i].quota);
		if (i % 3 == 0)
			folder_open_again(p);
		if (told(p, NOTE_quota_80) != t[i].told_80 ||
		    told(p, NOTE_quota_95) != t[i].told_95)
			fail_msg("row %zu: %lld %lld", i,
			    (long long)told(p, NOTE_quota_80),
			    (long long)told(p, NOTE_quota_95));
	}
}

static int
log_in(struct folder *p, uint32_t network)
{
	struct logged_in_ask ask = { ++p->d.change, p->alice,
		str_make((const char *)&network, sizeof(network)),
		STR("192.0.2.1"), SERVICE_imap, STR_NULL };
	struct write w = { .caller = &p->d.vault, .call = STORE_logged_in,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static bool
is_known(struct folder *p, uint32_t network)
{
	struct credential_ask ask = { STR("alice@ours.test"), 0,
		str_make((const char *)&network, sizeof(network)) };
	union store_answer answer;

	OK(reader_ask(p->d.r, &p->d.vault, STORE_credential, &ask, &answer,
	    &p->d.err));
	return answer.credential.network_known;
}

static void
test_networks(void **state)
{
	struct folder *p = *state;

	assert_false(is_known(p, 1));
	OK(log_in(p, 1));
	assert_true(is_known(p, 1));
	assert_int_equal(told(p, NOTE_login), 0);
	OK(log_in(p, 1));
	OK(log_in(p, 2));
	OK(log_in(p, 2));
	assert_int_equal(told(p, NOTE_login), 1);
	/* So that it is known that it is in use. */
	later(p, DAY + 1);
	assert_false(is_known(p, 2));
	OK(log_in(p, 2));
	assert_true(is_known(p, 2));
	assert_int_equal(told(p, NOTE_login), 1);
	later(p, 89 * (int64_t)DAY);
	OK(log_in(p, 2));
	OK(log_in(p, 1));
	assert_int_equal(told(p, NOTE_login), 2);
	p->alice++;
	assert_int_equal(log_in(p, 1), E_NOTFOUND);
	p->alice--;
}

/* One's own, the last seen first; what is long ago is not told. */
static void
test_networks_listed(void **state)
{
	static const uint32_t wanted[] = { 3, 1 };
	struct folder *p = *state;
	const struct networks_ask ask = { 0 };
	union store_answer answer;
	struct caller alice = fixture_person(p->alice), bob;
	struct network_row row;
	struct rd rows;
	size_t n = 0;
	uint64_t id;

	OK(fixture_account(&p->d, "bob@ours.test", &id));
	bob = fixture_person(id);

	OK(log_in(p, 2));
	later(p, DAY);
	OK(log_in(p, 1));
	later(p, 30 * (int64_t)DAY);
	OK(log_in(p, 3));
	later(p, 59 * (int64_t)DAY + 5);
	OK(reader_ask(p->d.r, &alice, STORE_networks, &ask, &answer,
	    &p->d.err));
	rows = rd_of(answer.networks.rows);
	while (rd_left(&rows) > 0) {
		assert_true(msg_take(&rows, &network_row_shape, &row));
		assert_true(n < NELEM(wanted));
		assert_memory_equal(row.network.p, &wanted[n++],
		    row.network.n);
		assert_int_equal(row.since, row.at);
	}
	assert_int_equal(n, NELEM(wanted));
	OK(reader_ask(p->d.r, &bob, STORE_networks, &ask, &answer,
	    &p->d.err));
	assert_int_equal(answer.networks.rows.n, 0);
}

/* Whoever has the password could come from anywhere. */
static void
test_many_networks(void **state)
{
	struct folder *p = *state;

	for (uint32_t i = 1; i <= 300; i++)
		OK(log_in(p, i));
	assert_int_equal(told(p, NOTE_login), 10);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM noted"
	    " WHERE word<>x''"), 200);
	later(p, DAY);
	OK(log_in(p, 301));
	assert_int_equal(told(p, NOTE_login), 11);
}

static int
put_factor(struct folder *p, const char *sealed, const char *was)
{
	struct factor_put_ask ask = { ++p->d.change, STR("alice@ours.test"),
		str_c(sealed), str_c(was), STR("192.0.2.1") };
	struct write w = { .caller = &p->d.vault, .call = STORE_factor_put,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
take_factor_off(struct folder *p)
{
	struct factor_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_factor_remove, .ask = &ask };

	return fixture_write(&p->d, &w);
}

/* That it is there, and that it is no more; not each code of it. */
static void
test_factor(void **state)
{
	struct folder *p = *state;

	OK(put_factor(p, "a", ""));
	OK(put_factor(p, "b", "a"));
	assert_int_equal(put_factor(p, "", "a"), E_STALE);
	assert_int_equal(told(p, NOTE_factor), 1);
	assert_int_equal(told(p, NOTE_factor_off), 0);
	OK(put_factor(p, "", "b"));
	assert_int_equal(told(p, NOTE_factor_off), 1);
	assert_int_equal(take_factor_off(p), E_NOTFOUND);
	OK(put_factor(p, "a", ""));
	OK(take_factor_off(p));
	assert_int_equal(told(p, NOTE_factor), 2);
	assert_int_equal(told(p, NOTE_factor_off), 2);
}

/* What relay makes of the oldest note. */
static int
send_note(struct folder *p, size_t n)
{
	char *text = calloc(n, 1);
	struct note_send_ask ask = { .change = ++p->d.change, .lease = 7,
		.octets = test_blob(str_make(text, n)), .raw_size = n,
		.facts = STR("facts of a note") };
	struct leased leased = { .message = (uint64_t)folder_count(p,
	    "SELECT min(note) FROM note") };
	struct write w = { .caller = &p->d.relay, .call = STORE_note_send,
		.ask = &ask, .leased = &leased, .nleased = 1 };
	int rc = fixture_write(&p->d, &w);

	free(text);
	return rc;
}

/* No quota holds for them, so their size does; whoever writes them may be
 * somebody else's by now. */
static void
test_sizes(void **state)
{
	struct folder *p = *state;

	OK(log_in(p, 1));
	OK(log_in(p, 2));
	assert_int_equal(send_note(p, NOTE_MAIL_MAX + 1), E_LIMIT);
	assert_int_equal(told(p, NOTE_login), 1);
	OK(send_note(p, NOTE_MAIL_MAX));
	assert_int_equal(told(p, NOTE_login), 0);
}

/* Mail of somebody to her, that says whom it names. */
static void
mail_of(struct folder *p, const char *sender, const char *named)
{
	struct recipient to = { .address = STR("alice@ours.test"),
		.account = p->alice };
	struct submit_ask ask = { .change = ++p->d.change,
		.reverse_path = str_c(sender), .named = str_c(named),
		.octets = test_blob(STR("x")), .raw_size = 1 };
	struct write w = { .caller = &p->d.mx, .call = STORE_submit,
		.ask = &ask, .rcpts = &to, .nrcpts = 1 };

	OK(fixture_write(&p->d, &w));
}

static void
set_away(struct folder *p, bool enabled, int64_t begins, int64_t ends)
{
	struct vacation_put_ask ask = { .change = ++p->d.change,
		.enabled = enabled, .begins = begins, .ends = ends };
	struct write w = { .caller = &p->who, .call = STORE_vacation_put,
		.ask = &ask };

	OK(fixture_write(&p->d, &w));
}

#define HER "alice@ours.test\n"

static void
test_vacation(void **state)
{
	struct folder *p = *state;
	int64_t now = p->d.now_us / 1000000;

	mail_of(p, "a@far.test", HER);
	set_away(p, true, now + 100, now + 90 * (int64_t)DAY);
	mail_of(p, "a@far.test", HER);
	assert_int_equal(told(p, NOTE_vacation), 0);
	later(p, 100);
	mail_of(p, "a@far.test", "");
	mail_of(p, "a@far.test", "bob@ours.test\n");
	mail_of(p, "", HER);
	mail_of(p, "Alice@ours.test", HER);
	mail_of(p, "alice+work@ours.test", HER);
	assert_int_equal(told(p, NOTE_vacation), 0);
	mail_of(p, "a@far.test", "bob@ours.test\n" HER);
	assert_int_equal(told(p, NOTE_vacation), 1);
	mail_of(p, "A@FAR.test", HER);
	later(p, 7 * DAY - 1);
	mail_of(p, "a@far.test", HER);
	assert_int_equal(told(p, NOTE_vacation), 1);
	folder_open_again(p);
	mail_of(p, "b@far.test", HER);
	assert_int_equal(told(p, NOTE_vacation), 2);
	later(p, 1);
	mail_of(p, "a@far.test", HER);
	assert_int_equal(told(p, NOTE_vacation), 3);
	later(p, 90 * (int64_t)DAY);
	mail_of(p, "c@far.test", HER);
	set_away(p, false, 0, 0);
	mail_of(p, "c@far.test", HER);
	assert_int_equal(told(p, NOTE_vacation), 3);
}

/* However many write, so many are answered and remembered. */
static void
test_many_answers(void **state)
{
	struct folder *p = *state;
	char sender[40];

	set_away(p, true, 0, 0);
	for (int day = 0; day < 9; day++) {
		for (int i = 0; i < (day == 0 ? 510 : 5); i++) {
			(void)snprintf(sender, sizeof(sender), "%d-%d@x.test",
			    day, i);
			mail_of(p, sender, HER);
		}
		later(p, DAY);
	}
	assert_int_equal(told(p, NOTE_vacation), 500 + 8 * 5);
	assert_in_range(folder_count(p, "SELECT count(*) FROM noted"), 1,
	    8 * 5 + 1);
}

/* Nothing of an account is left behind it. */
static void
test_removed(void **state)
{
	struct account_remove_ask ask = { 77, STR("alice@ours.test") };
	struct folder *p = *state;
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	set_away(p, true, 0, 0);
	OK(log_in(p, 1));
	OK(log_in(p, 2));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM noted"), 3);
	OK(fixture_write(&p->d, &w));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM note"), 0);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM vacation"), 0);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM noted"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
	folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_quota),
		TEST(test_networks),
		TEST(test_networks_listed),
		TEST(test_many_networks),
		TEST(test_factor),
		TEST(test_sizes),
		TEST(test_vacation),
		TEST(test_many_answers),
		TEST(test_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
