#include "base/test.h"

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"

struct place_of {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t account;
	struct caller alice;
};

/* Alice, with this many messages in INBOX: the first is \Deleted, all are
 * "Work". */
static struct place_of *
with_messages(void **state, int n)
{
	struct place_of *p = *state;

	OK(fixture_open(&p->d));
	OK(fixture_domain(&p->d, "example.test"));
	OK(fixture_account(&p->d, "alice@example.test", &p->account));
	p->alice = fixture_person(p->account);
	for (int i = 0; i < n; i++)
		OK(fixture_append(&p->d, &p->alice, "INBOX", "Hello", i ? 0 :
		    FLAG_deleted | FLAG_seen, "Work", NULL));
	return p;
}

static int
set_up(void **state)
{
	struct place_of *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	fixture_init(&p->d, p->files);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place_of *p = *state;

	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p);
	return 0;
}

static struct open_answer
opened(struct place_of *p, const char *name)
{
	struct open_answer in = { 0 };

	OK(fixture_open_mailbox(&p->d, &p->alice, name, &in));
	return in;
}

/* Cleans up until there is nothing left to do. */
static void
clean(struct place_of *p)
{
	bool more = true;

	while (more)
		OK(engine_gc(p->d.e, &more, &p->d.err));
}

static uint64_t
all_blobs(struct place_of *p)
{
	uint64_t n;

	OK(sql_number(&p->d.e->look, SQL_blob_last, NULL, 0, &n, &p->d.err));
	return n;
}

static void
test_copy(void **state)
{
	struct place_of *p = with_messages(state, 3);
	struct open_answer in = opened(p, "INBOX"), to;
	struct fetch_row rows[4];
	struct copy_answer a = { 0 };
	char octets[100];

	OK(fixture_copy_slice(&p->d, &p->alice, &in, 2, 3, "Archive", true,
	    &a));
	assert_strs(a.from, str_make("\2\0\0\0\3\0\0\0", 8));
	assert_strs(a.to, str_make("\1\0\0\0\2\0\0\0", 8));
	assert_int_equal(a.copying, 0);
	OK(fixture_copy(&p->d, &p->alice, &in, 1, 1, "Archive"));
	to = opened(p, "Archive");
	assert_int_equal(to.exists, 3);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, rows, 4), 3);
	assert_int_equal(rows[2].flags, FLAG_deleted | FLAG_seen);
	assert_int_equal(rows[1].flags, 0);
	assert_str(rows[2].keywords, "Work");
	assert_int_equal(rows[2].received, 1700000000);
	assert_int_equal(rows[2].saved, p->d.now_us / 1000000);
	assert_int_equal(fixture_content(&p->d, &p->alice, to.mailbox, 3,
	    octets, sizeof(octets), NULL), 5);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* Their flags are their own; also after a restart. */
	OK(fixture_flags(&p->d, &p->alice, &to, 3, 3, FLAGS_REMOVE,
	    FLAG_deleted, ""));
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	to = opened(p, "Archive");
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, rows, 4), 3);
	assert_int_equal(rows[2].flags, FLAG_seen);
	in = opened(p, "INBOX");
	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4), 3);
	assert_int_equal(rows[0].flags, FLAG_deleted | FLAG_seen);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* The blob goes with the last email that names it, not before. */
static void
test_blobs(void **state)
{
	struct place_of *p = with_messages(state, 1);
	struct open_answer in = opened(p, "INBOX"), to;
	char octets[100];
	uint32_t n;

	OK(fixture_copy(&p->d, &p->alice, &in, 1, 1, "Archive"));
	OK(fixture_copy(&p->d, &p->alice, &in, 1, 1, "INBOX"));
	OK(fixture_expunge(&p->d, &p->alice, &in, &n));
	assert_int_equal(n, 1);
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	clean(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	in = opened(p, "INBOX");
	assert_int_equal(in.exists, 1);
	assert_int_equal(fixture_content(&p->d, &p->alice, in.mailbox, 2,
	    octets, sizeof(octets), NULL), 5);
	OK(fixture_expunge(&p->d, &p->alice, &in, &n));
	to = opened(p, "Archive");
	OK(fixture_expunge(&p->d, &p->alice, &to, &n));
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	assert_int_not_equal(all_blobs(p), 0);
	clean(p);
	assert_int_equal(all_blobs(p), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* A set in two asks: nothing is to be seen before the second one. */
static void
stage_two(struct place_of *p, struct copy_answer *a)
{
	struct open_answer in = opened(p, "INBOX");

	*a = (struct copy_answer){ 0 };
	OK(fixture_copy_slice(&p->d, &p->alice, &in, 1, 2, "Archive", false,
	    a));
	assert_int_not_equal(a->copying, 0);
	assert_int_equal(a->next, 0);
	assert_int_equal(opened(p, "Archive").exists, 0);
	assert_int_equal(opened(p, "Archive").uidnext, 1);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_two_asks(void **state)
{
	struct place_of *p = with_messages(state, 4);
	struct open_answer in = opened(p, "INBOX");
	struct copy_answer a;

	stage_two(p, &a);
	/* Others come and go meanwhile; and we are started anew. */
	OK(fixture_append(&p->d, &p->alice, "Archive", "other", 0, "", NULL));
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	OK(fixture_copy_slice(&p->d, &p->alice, &in, 4, 4, "Archive", true,
	    &a));
	assert_int_equal(a.copying, 0);
	assert_strs(a.to, str_make("\2\0\0\0\4\0\0\0", 8));
	assert_int_equal(opened(p, "Archive").exists, 4);
	assert_int_equal(fixture_verify(&p->d), 0);
	a.copying = 77;
	assert_int_equal(fixture_copy_slice(&p->d, &p->alice, &in, 4, 4,
	    "Archive", true, &a), E_TIMEOUT);
}

/* Whoever asked is gone. */
static void
test_given_up(void **state)
{
	struct place_of *p = with_messages(state, 4);
	struct open_answer in = opened(p, "INBOX");
	struct copy_answer a;
	uint32_t n;

	stage_two(p, &a);
	p->d.now_us += (int64_t)300 * 1000000;
	clean(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	p->d.now_us += (int64_t)601 * 1000000;
	clean(p);
	assert_int_equal(fixture_copy_slice(&p->d, &p->alice, &in, 4, 4,
	    "Archive", true, &a), E_TIMEOUT);
	assert_int_equal(opened(p, "Archive").exists, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* Nothing holds the blobs any more. */
	OK(fixture_flags(&p->d, &p->alice, &in, 1, 4, FLAGS_SET, FLAG_deleted,
	    ""));
	OK(fixture_expunge(&p->d, &p->alice, &in, &n));
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	clean(p);
	assert_int_equal(all_blobs(p), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* Decided, and nobody asks any more: it is done all the same. */
static void
test_goes_on(void **state)
{
	struct place_of *p = with_messages(state, 200);
	struct open_answer in = opened(p, "INBOX");
	struct copy_answer a = { 0 };

	p->d.look_us = 30000;	/* a slice is 64 messages */
	do {
		assert_int_equal(opened(p, "Archive").exists, 0);
		OK(fixture_copy_slice(&p->d, &p->alice, &in, 1, 200,
		    "Archive", true, &a));
	} while (a.next);
	assert_int_not_equal(a.copying, 0);
	assert_true(opened(p, "Archive").exists < 200);
	assert_int_equal(fixture_verify(&p->d), 0);
	p->d.look_us = 0;	/* time goes by no more while it cleans up */
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	clean(p);
	assert_true(opened(p, "Archive").exists < 200);
	p->d.now_us += (int64_t)11 * 1000000;
	clean(p);
	assert_int_equal(opened(p, "Archive").exists, 200);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_copy_refused(void **state)
{
	struct place_of *p = with_messages(state, 3);
	struct open_answer in = opened(p, "INBOX");
	uint32_t n;

	assert_int_equal(fixture_copy(&p->d, &p->alice, &in, 1, 3, "no"),
	    E_NOTFOUND);
	in.mailbox = 77;
	assert_int_equal(fixture_copy(&p->d, &p->alice, &in, 1, 3, "Archive"),
	    E_STALE);
	in = opened(p, "INBOX");
	/* Room for two of them: none is copied. */
	engine_limits(p->d.e, 15 + 10, TEST_MAX_MESSAGE);
	assert_int_equal(fixture_copy(&p->d, &p->alice, &in, 1, 3, "Archive"),
	    E_FULL);
	assert_int_equal(opened(p, "Archive").exists, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* To move takes no room. */
	OK(fixture_move(&p->d, &p->alice, &in, 2, 2, "Archive", &n));
	engine_limits(p->d.e, 0, TEST_MAX_MESSAGE);
	/* Expunged under the view: it can be copied until it is freed. */
	OK(fixture_expunge(&p->d, &p->alice, &in, &n));
	OK(fixture_copy(&p->d, &p->alice, &in, 1, 1, "Sent"));
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	clean(p);
	assert_int_equal(fixture_copy(&p->d, &p->alice, &in, 1, 3, "Sent"),
	    E_STALE);
	assert_int_equal(opened(p, "Sent").exists, 1);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* Several messages appended at once come as a copy does. */
static void
test_append_all(void **state)
{
	struct place_of *p = with_messages(state, 1);
	struct append_all_answer a = { 0 };
	struct fetch_row rows[4];
	struct open_answer to;

	OK(fixture_append_all(&p->d, &p->alice, "Archive", "Hello", 3,
	    APPEND_PLACE, &a));
	assert_int_equal(a.copying, 0);
	assert_strs(a.uids, str_make("\1\0\0\0\3\0\0\0", 8));
	to = opened(p, "Archive");
	assert_int_equal(a.uidvalidity, to.uidvalidity);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, rows, 4), 3);
	assert_int_equal(rows[2].size, 5);
	assert_str(rows[2].keywords, "$of_many");
	assert_int_equal(fixture_verify(&p->d), 0);
	/* In two asks, and a restart between them. */
	OK(fixture_append_all(&p->d, &p->alice, "Archive", "Hello", 2,
	    APPEND_MORE, &a));
	assert_int_not_equal(a.copying, 0);
	assert_int_equal(opened(p, "Archive").uidnext, 4);
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	assert_int_equal(fixture_verify(&p->d), 0);
	OK(fixture_append_all(&p->d, &p->alice, "Archive", "Hello", 1,
	    APPEND_PLACE, &a));
	assert_strs(a.uids, str_make("\4\0\0\0\6\0\0\0", 8));
	assert_int_equal(opened(p, "Archive").exists, 6);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_append_all_dropped(void **state)
{
	struct place_of *p = with_messages(state, 0);
	struct append_all_answer a = { 0 };

	OK(fixture_append_all(&p->d, &p->alice, "Archive", "Hello", 3,
	    APPEND_MORE, &a));
	OK(fixture_append_all(&p->d, &p->alice, "Archive", "", 0,
	    APPEND_DROP, &a));
	assert_int_equal(fixture_append_all(&p->d, &p->alice, "Archive",
	    "Hello", 1, APPEND_PLACE, &a), E_TIMEOUT);
	clean(p);
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	clean(p);
	assert_int_equal(all_blobs(p), 0);
	assert_int_equal(opened(p, "Archive").uidnext, 1);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_append_all_refused(void **state)
{
	struct place_of *p = with_messages(state, 0);
	struct append_all_answer a = { 0 };
	int n;

	assert_int_equal(fixture_append_all(&p->d, &p->alice, "no", "Hello",
	    2, APPEND_PLACE, &a), E_NOTFOUND);
	/* Room for two of them: none is there. */
	engine_limits(p->d.e, 14, TEST_MAX_MESSAGE);
	a.copying = 0;
	assert_int_equal(fixture_append_all(&p->d, &p->alice, "Archive",
	    "Hello", 3, APPEND_PLACE, &a), E_FULL);
	a.copying = 0;
	OK(fixture_append_all(&p->d, &p->alice, "Archive", "Hello", 2,
	    APPEND_MORE, &a));
	assert_int_equal(fixture_append_all(&p->d, &p->alice, "Archive",
	    "Hello", 1, APPEND_MORE, &a), E_FULL);
	engine_limits(p->d.e, 0, TEST_MAX_MESSAGE);
	a.copying = 0;
	for (n = 0; n < APPENDED_MAX; n += 1000)
		OK(fixture_append_all(&p->d, &p->alice, "Archive", "x", 1000,
		    APPEND_MORE, &a));
	assert_int_equal(fixture_append_all(&p->d, &p->alice, "Archive", "x",
	    1, APPEND_PLACE, &a), E_LIMIT);
	assert_int_equal(opened(p, "Archive").exists, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static int
replace(struct place_of *p, const char *name, uint64_t in, uint32_t uid)
{
	struct append_ask ask = { .change = ++p->d.change,
		.name = str_c(name), .octets = test_blob(STR("Other")),
		.raw_size = 5, .replaced_in = in, .replaced = uid };
	struct write w = { .caller = &p->alice, .call = STORE_append,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

/* One message comes and another goes, in one commit, or neither. */
static void
test_replace(void **state)
{
	struct place_of *p = with_messages(state, 2);
	struct open_answer in = opened(p, "INBOX");

	/* It counts what goes. */
	engine_limits(p->d.e, 10, TEST_MAX_MESSAGE);
	assert_int_equal(replace(p, "INBOX", 0, 0), E_FULL);
	OK(replace(p, "INBOX", in.mailbox, 2));
	assert_int_equal(replace(p, "INBOX", in.mailbox, 2), E_STALE);
	assert_int_equal(replace(p, "INBOX", in.mailbox, 99), E_STALE);
	assert_int_equal(replace(p, "INBOX", 77, 1), E_STALE);
	assert_int_equal(replace(p, "no", in.mailbox, 1), E_NOTFOUND);
	in = opened(p, "INBOX");
	assert_int_equal(in.exists, 2);
	assert_int_equal(in.uidnext, 4);
	OK(replace(p, "Sent", in.mailbox, 3));
	assert_int_equal(opened(p, "INBOX").exists, 1);
	assert_int_equal(opened(p, "Sent").exists, 1);
	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	assert_int_equal(opened(p, "INBOX").exists, 1);
	assert_int_equal(opened(p, "Sent").exists, 1);
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	clean(p);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_move(void **state)
{
	struct place_of *p = with_messages(state, 3);
	struct open_answer in = opened(p, "INBOX"), to;
	struct fetch_row rows[4], moved[4];
	char octets[100];
	uint32_t gone;

	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4), 3);
	p->d.now_us += 77000000;
	OK(fixture_move(&p->d, &p->alice, &in, 1, 2, "Archive", &gone));
	assert_int_equal(gone, 0);
	to = opened(p, "Archive");
	assert_int_equal(to.exists, 2);
	assert_int_equal(opened(p, "INBOX").exists, 1);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, moved, 4), 2);
	/* It is the same one. */
	assert_int_equal(moved[0].email, rows[0].email);
	assert_int_equal(moved[0].saved, rows[0].saved + 77);
	assert_int_equal(moved[0].flags, FLAG_deleted | FLAG_seen);
	assert_true(moved[0].modseq > rows[2].modseq);
	/* Whoever was not told can read it where it was. */
	assert_int_equal(fixture_content(&p->d, &p->alice, in.mailbox, 1,
	    octets, sizeof(octets), NULL), 5);
	/* And moves nothing twice. */
	OK(fixture_move(&p->d, &p->alice, &in, 1, 3, "Sent", &gone));
	assert_int_equal(gone, 2);
	assert_int_equal(opened(p, "Sent").exists, 1);
	assert_int_equal(fixture_verify(&p->d), 0);
	p->d.now_us += (int64_t)(GARBAGE_S + 1) * 1000000;
	clean(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* To itself. */
	OK(fixture_move(&p->d, &p->alice, &to, 1, 1, "Archive", &gone));
	to = opened(p, "Archive");
	assert_int_equal(to.exists, 2);
	assert_int_equal(to.uidnext, 4);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, moved, 4), 2);
	assert_int_equal(moved[1].uid, 3);
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	to = opened(p, "Archive");
	assert_int_equal(to.exists, 2);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, rows, 4), 2);
	assert_int_equal(rows[0].saved, moved[0].saved);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* Flags, copies and moves of one commit see one another. */
static void
test_one_commit(void **state)
{
	struct place_of *p = with_messages(state, 2);
	struct open_answer in = opened(p, "INBOX");
	static struct open_answer to;
	struct flags_ask flags = { .change = 100, .mailbox = in.mailbox,
		.arrivals = in.modseq, .expunges = in.modseq, .by_uid = 1,
		.set = str_make("\2\0\0\0\2\0\0\0", 8), .mode = FLAGS_ADD,
		.flags = FLAG_deleted | FLAG_flagged,
		.unchanged_since = UINT64_MAX };
	struct copy_ask copy = { .change = 101, .mailbox = in.mailbox,
		.arrivals = in.modseq, .expunges = in.modseq, .by_uid = 1,
		.set = flags.set, .name = STR("Archive"), .last = 1 };
	struct move_ask move = { .change = 102, .mailbox = in.mailbox,
		.arrivals = in.modseq, .expunges = in.modseq, .by_uid = 1,
		.set = flags.set, .name = STR("Sent") };
	struct write w[] = {
		{ .caller = &p->alice, .call = STORE_flags, .ask = &flags },
		{ .caller = &p->alice, .call = STORE_copy, .ask = &copy },
		{ .caller = &p->alice, .call = STORE_move, .ask = &move },
	};
	static struct fetch_row rows[1];

	OK(fixture_commit(&p->d, w, 3));
	to = opened(p, "Archive");
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, rows, 1), 1);
	assert_int_equal(rows[0].flags, FLAG_deleted | FLAG_flagged);
	to = opened(p, "Sent");
	assert_int_equal(fixture_rows(&p->d, &p->alice, &to, rows, 1), 1);
	assert_int_equal(rows[0].flags, FLAG_deleted | FLAG_flagged);
	assert_int_equal(fixture_verify(&p->d), 0);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_copy),
		EACH(test_blobs),
		EACH(test_two_asks),
		EACH(test_given_up),
		EACH(test_goes_on),
		EACH(test_copy_refused),
		EACH(test_append_all),
		EACH(test_append_all_dropped),
		EACH(test_append_all_refused),
		EACH(test_replace),
		EACH(test_move),
		EACH(test_one_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
