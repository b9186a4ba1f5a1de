/*
 * Tests of what accounts and domains may have (engine/quota.h): what is
 * counted, and what is refused where.
 */
#include "store/engine/quota.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

static int
set_quota(struct folder *p, enum quota_kind kind, uint64_t quota)
{
	struct account_quota_ask ask = { ++p->d.change,
		STR("alice@ours.test"), quota, kind };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_quota, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
set_domain_quota(struct folder *p, struct str name, uint64_t quota)
{
	struct domain_quota_ask ask = { ++p->d.change, name, quota };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_domain_quota, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
remove_account(struct folder *p, struct str address)
{
	struct account_remove_ask ask = { ++p->d.change, address };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
append(struct folder *p, struct caller *who, const char *text)
{
	return fixture_append(&p->d, who, "INBOX", text, 0, "", NULL);
}

/* What mx is told of an address, by a reader and by what was known. */
static uint32_t
kind_of(struct folder *p, struct str address)
{
	const struct rcpt_ask ask = { .address = address };
	struct caller mx = { .authority = AUTH_MX };
	struct rcpt_answer answer, known;
	struct recipient who;

	OK(reader_rcpt(p->d.r, &mx, &ask, &answer, &who, &p->d.err));
	assert_true(rcpt_is_known(p->d.e, &mx, &ask, &known, &who));
	assert_int_equal(answer.kind, known.kind);
	assert_int_equal(answer.room, known.room);
	return answer.kind;
}

static int64_t
used(struct folder *p)
{
	return folder_count(p,
	    "SELECT used FROM domain WHERE name=CAST('ours.test' AS BLOB)");
}

/* verify at the end counts it all anew. */
static void
test_counted(void **state)
{
	struct folder *p = *state;
	struct caller bob;
	struct open_answer in;
	uint64_t account;
	uint32_t gone;

	OK(fixture_account(&p->d, "bob@ours.test", &account));
	bob = fixture_person(account);
	OK(append(p, &p->who, "hello"));
	OK(append(p, &bob, "and more"));
	assert_int_equal(used(p), 13);
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in));
	OK(fixture_copy(&p->d, &p->who, &in, 1, 1, "Archive"));
	assert_int_equal(used(p), 18);
	OK(fixture_move(&p->d, &p->who, &in, 1, 1, "Archive", &gone));
	assert_int_equal(used(p), 18);
	folder_open_again(p);
	OK(fixture_mailbox_create(&p->d, &p->who, "New", 0, NULL));
	OK(fixture_append(&p->d, &p->who, "New", "text", 0, "", NULL));
	assert_int_equal(used(p), 22);
	OK(fixture_mailbox_delete(&p->d, &p->who, "New", false));
	OK(fixture_open_mailbox(&p->d, &p->who, "Archive", &in));
	OK(fixture_remove(&p->d, &p->who, &in, 1, 1, &gone));
	assert_int_equal(used(p), 13);
	OK(remove_account(p, STR("bob@ours.test")));
	assert_int_equal(used(p), 5);
}

static void
test_domain(void **state)
{
	struct folder *p = *state;
	struct str ours = STR("ours.test"), bob_is = STR("bob@ours.test");
	struct caller bob;
	struct open_answer in;
	uint64_t account;

	OK(fixture_account(&p->d, "bob@ours.test", &account));
	bob = fixture_person(account);
	OK(append(p, &p->who, "hello"));
	assert_int_equal(set_domain_quota(p, STR("none.test"), 8), E_NOTFOUND);
	assert_int_equal(set_domain_quota(p, ours, QUOTA_NONE + 1),
	    E_INVALID);
	OK(set_domain_quota(p, ours, 8));
	assert_int_equal(kind_of(p, bob_is), RCPT_LOCAL);
	assert_int_equal(append(p, &bob, "four"), E_FULL);
	OK(append(p, &bob, "the"));
	assert_int_equal(kind_of(p, bob_is), RCPT_FULL);
	assert_int_equal(kind_of(p, STR("alice@ours.test")), RCPT_FULL);
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in));
	assert_int_equal(fixture_copy(&p->d, &p->who, &in, 1, 1, "Archive"),
	    E_FULL);
	folder_open_again(p);
	assert_int_equal(kind_of(p, bob_is), RCPT_FULL);
	/* Room for one is room for all, at once. */
	OK(remove_account(p, STR("alice@ours.test")));
	assert_int_equal(kind_of(p, bob_is), RCPT_LOCAL);
	OK(append(p, &bob, "four"));
	assert_int_equal(append(p, &bob, "more"), E_FULL);
	OK(set_domain_quota(p, ours, 0));
	OK(append(p, &bob, "more"));
	assert_int_equal(used(p), 11);
}

/* A change that is undone counts nothing. */
static void
test_undone(void **state)
{
	struct folder *p = *state;
	struct append_all_answer all = { 0 };

	OK(append(p, &p->who, "hello"));
	OK(set_domain_quota(p, STR("ours.test"), 20));
	assert_int_equal(fixture_append_all(&p->d, &p->who, "INBOX", "abcdef",
	    3, APPEND_PLACE, &all), E_FULL);
	assert_int_equal(used(p), 5);
	OK(append(p, &p->who, "0123456789abcde"));
	assert_int_equal(append(p, &p->who, "x"), E_FULL);
}

static void
test_messages(void **state)
{
	struct folder *p = *state;
	struct str alice = STR("alice@ours.test");
	struct open_answer in;
	uint32_t gone;

	OK(set_quota(p, QUOTA_messages, 3));
	OK(append(p, &p->who, "1"));
	OK(append(p, &p->who, "2"));
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in));
	assert_int_equal(fixture_copy(&p->d, &p->who, &in, 1, 2, "Archive"),
	    E_FULL);
	assert_int_equal(kind_of(p, alice), RCPT_LOCAL);
	OK(fixture_copy(&p->d, &p->who, &in, 1, 1, "Archive"));
	assert_int_equal(append(p, &p->who, "4"), E_FULL);
	assert_int_equal(kind_of(p, alice), RCPT_FULL);
	folder_open_again(p);
	assert_int_equal(kind_of(p, alice), RCPT_FULL);
	/* Moving makes no more of them. */
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in));
	OK(fixture_move(&p->d, &p->who, &in, 1, 1, "Archive", &gone));
	OK(fixture_remove(&p->d, &p->who, &in, 2, 2, &gone));
	assert_int_equal(kind_of(p, alice), RCPT_LOCAL);
	OK(append(p, &p->who, "4"));
	assert_int_equal(append(p, &p->who, "5"), E_FULL);
	OK(set_quota(p, QUOTA_messages, 0));
	OK(append(p, &p->who, "5"));
	assert_int_equal(set_quota(p, QUOTA_mailboxes + 1, 5), E_INVALID);
}

/* There are six from the beginning. */
static void
test_mailboxes(void **state)
{
	struct folder *p = *state;
	struct fixture *d = &p->d;
	struct caller *who = &p->who;

	OK(set_quota(p, QUOTA_mailboxes, 8));
	assert_int_equal(fixture_mailbox_create(d, who, "a/b/c", 0, NULL),
	    E_FULL);
	OK(fixture_mailbox_create(d, who, "a/b", 0, NULL));
	assert_int_equal(fixture_mailbox_create(d, who, "c", 0, NULL), E_FULL);
	assert_int_equal(fixture_mailbox_rename(d, who, "a/b", "c/b"), E_FULL);
	OK(fixture_mailbox_rename(d, who, "a/b", "a/c"));
	OK(set_quota(p, QUOTA_mailboxes, 2));
	OK(fixture_mailbox_rename(d, who, "a/c", "c"));
	OK(fixture_mailbox_delete(d, who, "c", false));
	assert_int_equal(fixture_mailbox_create(d, who, "c", 0, NULL), E_FULL);
	OK(set_quota(p, QUOTA_mailboxes, 0));
	OK(fixture_mailbox_create(d, who, "c", 0, NULL));
}

static int64_t
told(struct folder *p, enum note_kind kind)
{
	char query[80];

	(void)snprintf(query, sizeof(query),
	    "SELECT count(*) FROM note WHERE kind=%d", kind);
	return folder_count(p, query);
}

static void
test_told(void **state)
{
	struct folder *p = *state;
	struct str ours = STR("ours.test");
	char name[20];

	OK(set_quota(p, QUOTA_mailboxes, 10));
	OK(fixture_mailbox_create(&p->d, &p->who, "7", 0, NULL));
	assert_int_equal(told(p, NOTE_mailboxes_80), 0);
	OK(fixture_mailbox_create(&p->d, &p->who, "8", 0, NULL));
	OK(fixture_mailbox_delete(&p->d, &p->who, "8", false));
	folder_open_again(p);
	OK(fixture_mailbox_create(&p->d, &p->who, "8", 0, NULL));
	assert_int_equal(told(p, NOTE_mailboxes_80), 1);
	OK(set_quota(p, QUOTA_mailboxes, 8));
	OK(set_quota(p, QUOTA_mailboxes, 10));
	OK(fixture_mailbox_create(&p->d, &p->who, "9", 0, NULL));
	OK(fixture_mailbox_create(&p->d, &p->who, "10", 0, NULL));
	assert_int_equal(told(p, NOTE_mailboxes_80), 1);
	assert_int_equal(told(p, NOTE_mailboxes_95), 1);

	OK(set_quota(p, QUOTA_messages, 100));
	for (int i = 0; i < 80; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(told(p, NOTE_messages_80), 0);
		OK(append(p, &p->who, name));
	}
	assert_int_equal(told(p, NOTE_messages_80), 1);

	folder_append(p, folder_text(p, 'a', 1000000));
	OK(set_domain_quota(p, ours, 1300000));
	assert_int_equal(told(p, NOTE_domain_80), 0);
	OK(set_domain_quota(p, ours, 1200000));
	folder_open_again(p);
	OK(set_domain_quota(p, ours, 1201000));
	assert_int_equal(told(p, NOTE_domain_80), 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM note WHERE "
	    "target=CAST('postmaster@ours.test' AS BLOB)"), 1);
	OK(set_domain_quota(p, ours, 1050000));
	assert_int_equal(told(p, NOTE_domain_95), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, folder_set_up, \
    folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		T(test_counted),
		T(test_domain),
		T(test_undone),
		T(test_messages),
		T(test_mailboxes),
		T(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
