/*
 * Tests of what is brought in from elsewhere: each message once, and by whom.
 */
#include "store/service/test_world.h"

#define SOURCE "0123456789abcde"

static struct store *
carrier(struct world *w, uint64_t account)
{
	struct account_open_ask a = { account };
	struct done done;
	int fd = -1;

	OK(world_ask(w, w->operator_, STORE_account_open, &a, &done, &fd));
	return store_new(w->loop, fd, NULL, NULL);
}

/* One row for each letter: its source, and a message of ten octets. */
static struct str
rows_of(const char *letters)
{
	static struct buf b;

	b.cap = 10000;
	buf_reset(&b);
	for (; *letters; letters++) {
		char source[] = SOURCE "?";
		struct carried_row row = { .octets = test_blob(STR(
		    "Subject: x")), .raw_size = 10, .flags = FLAG_seen,
			.keywords = STR("k"), .received = 1700000000 };

		source[15] = *letters;
		row.source = str_c(source);
		msg_put(&b, &carried_row_shape, &row);
	}
	return buf_get(&b);
}

static int
carry_in(struct world *w, struct store *st, const char *letters,
    uint32_t *taken)
{
	struct carry_in_ask ask = { store_change_id(st), STR("INBOX"),
		rows_of(letters) };
	struct carry_in_answer answer = { 0 };
	int rc = store_call(st, STORE_carry_in, &ask, &answer, w->a, &w->err);

	*taken = answer.taken;
	return rc;
}

static uint32_t
exists(struct world *w, struct store *st)
{
	struct open_ask ask = { STR("INBOX") };
	struct open_answer answer;

	OK(store_call(st, STORE_open, &ask, &answer, w->a, &w->err));
	return answer.exists;
}

static void
each_once(void *arg)
{
	struct world *w = arg;
	uint64_t account = world_account(w, "alice@example.test");
	struct store *st = carrier(w, account), *person;
	struct expunge_ask out = { 77, .any = 1 };
	struct expunge_answer gone;
	struct carried_ask ask = { STR(SOURCE "b" SOURCE "z") };
	struct carried_answer known;
	struct open_ask open = { STR("INBOX") };
	struct open_answer in;
	auto_buf set = BUF_INIT(100);
	uint32_t taken;

	OK(carry_in(w, st, "abb", &taken));
	assert_int_equal(taken, 2);
	OK(carry_in(w, st, "bc", &taken));
	assert_int_equal(taken, 1);
	assert_int_equal(exists(w, st), 3);
	OK(store_call(st, STORE_carried, &ask, &known, w->a, &w->err));
	assert_true(str_eq(known.known, str_make("\1\0", 2)));
	/* What its owner has removed does not come again. */
	person = world_open_account(w, account);
	OK(store_call(person, STORE_open, &open, &in, w->a, &w->err));
	out.mailbox = in.mailbox;
	out.arrivals = out.expunges = in.modseq;
	buf_le32(&set, 1);
	buf_le32(&set, 2);
	out.set = buf_get(&set);
	OK(store_call(person, STORE_expunge, &out, &gone, w->a, &w->err));
	assert_int_equal(gone.expunged, 2);
	OK(carry_in(w, st, "abc", &taken));
	assert_int_equal(taken, 0);
	assert_int_equal(exists(w, st), 1);
	assert_int_equal(world_verify(w), 0);
	store_close(person);
	store_close(st);
	loop_stop(w->loop);
}

/* All of an ask, or none; and what is not true does nothing. */
static void
or_none(void *arg)
{
	struct world *w = arg;
	struct store *st = carrier(w, world_account(w, "alice@example.test"));
	struct carry_in_ask bad = { store_change_id(st), STR("INBOX"),
		STR("nothing") };
	struct carry_in_answer answer;
	struct carried_ask half = { STR("0123") };
	struct carried_answer known;
	uint32_t taken;

	engine_limits(w->engine, 25, 1000);
	assert_int_equal(carry_in(w, st, "abc", &taken), E_FULL);
	assert_int_equal(exists(w, st), 0);
	OK(carry_in(w, st, "ab", &taken));
	assert_int_equal(taken, 2);
	/* What is there already needs no room. */
	OK(carry_in(w, st, "ba", &taken));
	assert_int_equal(carry_in(w, st, "c", &taken), E_FULL);
	engine_limits(w->engine, 0, 1000);
	OK(carry_in(w, st, "c", &taken));
	assert_int_equal(store_call(st, STORE_carry_in, &bad, &answer, w->a,
	    &w->err), E_INVALID);
	bad = (struct carry_in_ask){ store_change_id(st), STR("Nowhere"),
		rows_of("d") };
	assert_int_equal(store_call(st, STORE_carry_in, &bad, &answer, w->a,
	    &w->err), E_NOTFOUND);
	assert_int_equal(store_call(st, STORE_carried, &half, &known, w->a,
	    &w->err), E_INVALID);
	assert_int_equal(exists(w, st), 3);
	store_close(st);
	loop_stop(w->loop);
}

/* Nobody else brings mail in so, and who does, does nothing else. */
static void
authority(void *arg)
{
	struct world *w = arg;
	uint64_t account = world_account(w, "alice@example.test");
	struct store *st = carrier(w, account);
	struct store *person = world_open_account(w, account);
	struct rcpt_ask to = { STR("alice@example.test") };
	struct rcpt_answer handle;
	struct mailbox_delete_ask del = { store_change_id(st), STR("Junk") };
	struct flags_ask flags = { store_change_id(st) };
	struct flags_answer flagged;
	struct account_remove_ask remove = { 88, STR("alice@example.test") };
	struct done done;
	uint32_t taken;

	assert_int_equal(carry_in(w, person, "a", &taken), E_DENIED);
	assert_int_equal(store_call(st, STORE_rcpt, &to, &handle, w->a,
	    &w->err), E_DENIED);
	assert_int_equal(store_call(st, STORE_mailbox_delete, &del, &done,
	    w->a, &w->err), E_DENIED);
	assert_int_equal(store_call(st, STORE_flags, &flags, &flagged, w->a,
	    &w->err), E_DENIED);
	OK(carry_in(w, st, "a", &taken));
	/* It ends with the account, and so does what was remembered. */
	OK(world_ask(w, w->operator_, STORE_account_remove, &remove, &done,
	    NULL));
	assert_true(carry_in(w, st, "b", &taken) < 0);
	store_close(st);
	store_close(person);
	loop_stop(w->loop);
}

#define WORLD(fn)                          \
	static void                        \
	test_##fn(void **state)            \
	{                                  \
		world_run(*state, fn);     \
	}
WORLD(each_once)
WORLD(or_none)
WORLD(authority)

int
main(void)
{
	const struct CMUnitTest tests[] = { BOTH(test_each_once),
		BOTH(test_or_none), BOTH(test_authority) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
