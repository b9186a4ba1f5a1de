/*
 * Tests of submits that answer for each recipient (messages_each.h): who is
 * left out, who gets it, and that what was said is on the disk.
 */
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

static const char *const alice_bob[] = { "alice@ours.test", "bob@ours.test",
	NULL };
static const struct rule bad = { RULE_domain, 0, { "bad.test", 8 } };

static int
set_quota(struct folder *p, const char *address, uint64_t octets)
{
	struct account_quota_ask ask = { ++p->d.change, str_c(address), octets,
		QUOTA_octets };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_quota, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
alias(struct folder *p, const char *address, const char *target)
{
	struct alias_add_ask ask = { ++p->d.change, str_c(address),
		str_c(target) };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_alias_add };

	return fixture_write(&p->d, &w);
}

static int
rule(struct folder *p, uint64_t account, uint32_t word)
{
	struct caller who = fixture_person(account);
	struct rule_put_ask ask = { ++p->d.change, STR(""), bad.kind, bad.bits,
		bad.subject, word };
	struct write w = { .caller = &who, .ask = &ask,
		.call = STORE_rule_put };

	return fixture_write(&p->d, &w);
}

static uint32_t
mails(struct folder *p, uint64_t account, const char *mailbox)
{
	struct caller who = fixture_person(account);
	struct open_answer in;

	OK(fixture_open_mailbox(&p->d, &who, mailbox, &in));
	return in.exists;
}

static uint64_t
bob_is_there(struct folder *p)
{
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	p->d.each = true;
	return bob;
}

/* Whose mailbox is full does not keep it from the others; it was not so when
 * RCPT was answered, so each hears of it behind the text. */
static void
test_full(void **state)
{
	static const char *const three[] = { "alice@ours.test",
		"bob@ours.test", "alice@ours.test", NULL };
	struct folder *p = *state;
	uint64_t bob = bob_is_there(p), message = 0;

	OK(fixture_submit(&p->d, 0, "text", alice_bob, &message));
	assert_string_equal(p->d.said, "TT");
	OK(set_quota(p, "alice@ours.test", 1));
	OK(fixture_submit(&p->d, 0, "text", three, &message));
	assert_string_equal(p->d.said, "FTF");
	assert_true(message != 0);
	assert_int_equal(mails(p, p->alice, "INBOX"), 1);
	assert_int_equal(mails(p, bob, "INBOX"), 2);
	/* To nobody: nothing is kept. */
	OK(set_quota(p, "bob@ours.test", 1));
	OK(fixture_submit(&p->d, 0, "text", alice_bob, &message));
	assert_string_equal(p->d.said, "FF");
	assert_int_equal(message, 0);
}

/* Asked again after a restart, it is what was said at first, and done once. */
static void
test_again(void **state)
{
	struct folder *p = *state;
	uint64_t bob = bob_is_there(p), message = 0, again = 0;

	OK(set_quota(p, "alice@ours.test", 1));
	folder_mail(p, "until it is full");
	OK(fixture_submit(&p->d, 4711, "text", alice_bob, &message));
	assert_string_equal(p->d.said, "FT");
	folder_open_again(p);
	OK(set_quota(p, "alice@ours.test", 0));
	p->d.each = true;
	OK(fixture_submit(&p->d, 4711, "text", alice_bob, &again));
	assert_string_equal(p->d.said, "FT");
	assert_int_equal(again, message);
	assert_int_equal(mails(p, bob, "INBOX"), 1);
}

/* What a rule of one says is his answer alone; without `each` it is Junk. */
static void
test_rules(void **state)
{
	struct folder *p = *state;
	uint64_t bob = bob_is_there(p);

	p->d.from_bad = true;
	OK(rule(p, bob, RULE_block));
	OK(fixture_submit(&p->d, 0, "text", alice_bob, NULL));
	assert_string_equal(p->d.said, "TB");
	assert_int_equal(mails(p, bob, "Junk"), 0);
	/* What mx refuses reaches whose rule has it in. */
	p->d.refuse = true;
	OK(rule(p, bob, RULE_allow));
	OK(fixture_submit(&p->d, 0, "text", alice_bob, NULL));
	assert_string_equal(p->d.said, "RT");
	assert_int_equal(mails(p, p->alice, "INBOX"), 1);
	assert_int_equal(mails(p, bob, "INBOX"), 1);
}

/* An alias is one recipient, whomever it leads to. */
static void
test_alias(void **state)
{
	static const char *const both[] = { "all@ours.test", "alice@ours.test",
		NULL };
	struct folder *p = *state;
	uint64_t bob = bob_is_there(p);

	OK(alias(p, "all@ours.test", "alice@ours.test"));
	OK(alias(p, "all@ours.test", "bob@ours.test"));
	OK(set_quota(p, "alice@ours.test", 1));
	folder_mail(p, "until it is full");
	/* By the alias it reaches her all the same, for 250 says so. */
	OK(fixture_submit(&p->d, 0, "text", both, NULL));
	assert_string_equal(p->d.said, "TF");
	assert_int_equal(mails(p, p->alice, "INBOX"), 2);
	assert_int_equal(mails(p, bob, "INBOX"), 1);
	/* Refused is the alias, and nobody behind it has it. */
	OK(set_quota(p, "alice@ours.test", 0));
	p->d.from_bad = p->d.refuse = true;
	OK(rule(p, p->alice, RULE_allow));
	OK(fixture_submit(&p->d, 0, "text", both, NULL));
	assert_string_equal(p->d.said, "RT");
	assert_int_equal(mails(p, p->alice, "INBOX"), 3);
	assert_int_equal(mails(p, bob, "INBOX"), 1);
}

/* Nobody has it, and it does not come again: that is counted as refused. */
static void
test_left_to_nobody_is_counted(void **state)
{
	struct folder *p = *state;
	const struct dmarc_seen seen = { .domain = STR("bad.test"), .p = 1,
		.rua = STR("mailto:a@bad.test"), .host = STR("\1\2\3\4"),
		.header_from = STR("bad.test"), .spf_domain = STR("bad.test"),
		.spf_result = STR("pass") };
	auto_buf b = BUF_INIT(DMARC_SEEN_MAX);
	struct aggregate_rows_ask ask = { .kind = AGGREGATE_dmarc,
		.day = p->d.now_us / 1000000 / 86400 * 86400,
		.domain = STR("bad.test") };
	union store_answer answer;
	struct aggregate_row row = { 0 };
	uint64_t bob = bob_is_there(p);
	struct dmarc_row was = { 0 };
	struct rd r;

	OK(fixture_submit(&p->d, 0, "text", alice_bob, NULL));
	msg_put(&b, &dmarc_seen_shape, &seen);
	p->d.dmarc = buf_get(&b);
	p->d.from_bad = true;
	OK(rule(p, p->alice, RULE_block));
	OK(set_quota(p, "bob@ours.test", 1));
	OK(fixture_submit(&p->d, 0, "text", alice_bob, NULL));
	assert_string_equal(p->d.said, "BF");
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate_row"),
	    0);
	OK(rule(p, bob, RULE_block));
	OK(fixture_submit(&p->d, 0, "text", alice_bob, NULL));
	assert_string_equal(p->d.said, "BB");
	OK(reader_ask(p->d.r, &(struct caller){ .authority = AUTH_RELAY },
	    STORE_aggregate_rows, &ask, &answer, &p->d.err));
	r = rd_of(answer.aggregate_rows.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &aggregate_row_shape, &row))
		assert_true(msg_whole(row.facts, &dmarc_row_shape, &was));
	assert_int_equal(row.n, 1);
	assert_int_equal(was.disposition, DMARC_REJECTED);
	assert_int_equal(was.reason, DMARC_REASON_local_policy);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up,         \
    folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		T(test_full),
		T(test_again),
		T(test_rules),
		T(test_alias),
		T(test_left_to_nobody_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
