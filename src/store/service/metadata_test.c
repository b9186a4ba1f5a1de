/*
 * Tests of what is noted at mailboxes: bounded, whole, and gone with them.
 */
#include "base/test.h"

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"

struct folder {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	struct caller alice, bob;
};

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));
	uint64_t alice, bob;

	p->files = fixture_folder(p->path, &p->dirfd);
	fixture_init(&p->d, p->files);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &alice), 0);
	assert_int_equal(fixture_account(&p->d, "bob@ours.test", &bob), 0);
	p->alice = fixture_person(alice);
	p->bob = fixture_person(bob);
	*state = p;
	return 0;
}

/* Whatever was done: nothing is left of what is gone. */
static int
tear_down(void **state)
{
	struct folder *p = *state;

	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p);
	return 0;
}

static int
put(struct folder *p, struct caller *who, const char *mailbox,
    const struct buf *rows)
{
	struct metadata_put_ask ask = { ++p->d.change, str_c(mailbox),
		buf_get(rows) };
	struct write w = { .caller = who, .call = STORE_metadata_put,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static void
add(struct buf *b, const char *entry, struct str value)
{
	msg_put(b, &metadata_row_shape, &(struct metadata_row){ str_c(entry),
	    value.p == NULL, value });
}

static int
put_one(struct folder *p, const char *mailbox, const char *entry,
    struct str value)
{
	auto_buf b = BUF_INIT(MSG_CHUNK);

	add(&b, entry, value);
	return put(p, &p->alice, mailbox, &b);
}

/* "entry=value entry=value" of the first page. */
static const char *
get(struct folder *p, const struct caller *who, const char *mailbox,
    const char *from, const char *to)
{
	static char text[4096];
	struct metadata_ask ask = { str_c(mailbox), str_c(from), str_c(to) };
	union store_answer answer = { 0 };
	struct metadata_row row;
	struct rd r;
	size_t n = 0;
	int rc = reader_ask(p->d.r, who, STORE_metadata, &ask, &answer,
	    &p->d.err);

	text[0] = '\0';
	if (rc < 0)
		return rc == E_NOTFOUND ? "not found" :
		    rc == E_INVALID ? "invalid" : "failed";
	for (r = rd_of(answer.metadata.rows); rd_left(&r) > 0;) {
		assert_true(msg_take(&r, &metadata_row_shape, &row));
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s%.*s=%.*s", n ? " " : "", STR_FMT(row.entry),
		    STR_FMT(row.value));
	}
	return text;
}
#define PRIVATE "/private/", "/private/\x7f"
#define SHARED "/shared/", "/shared/\x7f"

static void
test_put_and_get(void **state)
{
	struct folder *p = *state;
	auto_buf b = BUF_INIT(MSG_CHUNK);

	add(&b, "/private/a", STR("1"));
	add(&b, "/private/b", STR(""));
	add(&b, "/shared/a", STR("2"));
	assert_int_equal(put(p, &p->alice, "INBOX", &b), 0);
	assert_int_equal(put_one(p, "", "/private/a", STR("of all")), 0);
	assert_string_equal(get(p, &p->alice, "INBOX", PRIVATE),
	    "/private/a=1 /private/b=");
	assert_string_equal(get(p, &p->alice, "INBOX", SHARED), "/shared/a=2");
	assert_string_equal(get(p, &p->alice, "INBOX", "/private/b",
	    "/private/b"), "/private/b=");
	assert_string_equal(get(p, &p->alice, "", PRIVATE),
	    "/private/a=of all");
	/* It is hers. */
	assert_string_equal(get(p, &p->bob, "INBOX", PRIVATE), "");
	assert_string_equal(get(p, &p->bob, "", PRIVATE), "");
	assert_int_equal(put_one(p, "INBOX", "/private/a", STR("3")), 0);
	assert_int_equal(put_one(p, "INBOX", "/private/b", STR_NULL), 0);
	assert_int_equal(put_one(p, "INBOX", "/private/x", STR_NULL), 0);
	assert_string_equal(get(p, &p->alice, "INBOX", PRIVATE),
	    "/private/a=3");
}

static void
test_refused(void **state)
{
	struct folder *p = *state;
	auto_buf b = BUF_INIT(MSG_CHUNK);

	assert_string_equal(get(p, &p->alice, "x", PRIVATE), "not found");
	assert_string_equal(get(p, &p->alice, "", "/private/", "/shared/x"),
	    "invalid");
	assert_string_equal(get(p, &p->alice, "", "", "~"), "invalid");
	assert_int_equal(put_one(p, "x", "/private/a", STR("1")), E_NOTFOUND);
	assert_int_equal(put_one(p, "INBOX", "/a", STR("1")), E_INVALID);
	/* Not in order, the same twice, a row that ends too early: nothing of
	 * it is written. */
	add(&b, "/private/a", STR("1"));
	add(&b, "/private/a", STR("1"));
	assert_int_equal(put(p, &p->alice, "INBOX", &b), E_INVALID);
	buf_reset(&b);
	add(&b, "/private/a", STR("1"));
	buf_chr(&b, 'x');
	assert_int_equal(put(p, &p->alice, "INBOX", &b), E_INVALID);
	assert_string_equal(get(p, &p->alice, "INBOX", PRIVATE), "");
}

static int
put_special(struct folder *p, const char *mailbox, uint32_t special)
{
	struct metadata_put_ask ask = { ++p->d.change, str_c(mailbox),
		STR_NULL, true, special };
	struct write w = { .caller = &p->alice, .call = STORE_metadata_put,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

#define TEAM "Other Users/bob@ours.test/Team"

static int
put_as_bob(struct folder *p, enum store_call call, const void *ask)
{
	struct write w = { .caller = &p->bob, .call = call, .ask = ask };

	return fixture_write(&p->d, &w);
}

static int
let_alice(struct folder *p, uint32_t rights)
{
	return put_as_bob(p, STORE_acl_put, &(struct acl_put_ask){
	    ++p->d.change, STR("Team"), STR_NULL, STR("alice@ours.test"),
	    FLAGS_SET, rights });
}

/* Private entries are the reader's, shared ones the owner's, and so are the
 * octets. */
static void
test_of_others(void **state)
{
	struct folder *p = *state;
	static char value[METADATA_VALUE_MAX];
	auto_buf b = BUF_INIT(MSG_CHUNK);
	char entry[40];

	assert_int_equal(put_as_bob(p, STORE_mailbox_create,
	    &(struct mailbox_create_ask){ .change = ++p->d.change,
	    .name = STR("Team") }), 0);
	add(&b, "/private/a", STR("bob"));
	add(&b, "/shared/a", STR("all"));
	assert_int_equal(put(p, &p->bob, "Team", &b), 0);
	assert_string_equal(get(p, &p->alice, TEAM, SHARED), "not found");
	assert_int_equal(put_one(p, TEAM, "/private/a", STR("1")),
	    E_NOTFOUND);
	assert_int_equal(let_alice(p, RIGHT_l), 0);
	assert_string_equal(get(p, &p->alice, TEAM, SHARED), "failed");
	assert_int_equal(put_one(p, TEAM, "/private/a", STR("1")), E_NORIGHT);
	assert_int_equal(let_alice(p, RIGHT_l | RIGHT_i), 0);
	assert_string_equal(get(p, &p->alice, TEAM, SHARED), "/shared/a=all");
	assert_string_equal(get(p, &p->alice, TEAM, PRIVATE), "");
	assert_int_equal(put_one(p, TEAM, "/private/a", STR("alice")), 0);
	assert_int_equal(put_one(p, TEAM, "/shared/a", STR("x")), E_NORIGHT);
	assert_int_equal(put_special(p, TEAM, SPECIAL_sent), E_INVALID);
	assert_string_equal(get(p, &p->alice, TEAM, PRIVATE),
	    "/private/a=alice");
	assert_string_equal(get(p, &p->bob, "Team", PRIVATE),
	    "/private/a=bob");
	/* Alice has no more room for her own, bob has. */
	assert_int_equal(let_alice(p, RIGHT_l | RIGHT_w), 0);
	for (int i = 0; i < 80; i++) {
		(void)snprintf(entry, sizeof(entry), "/private/x%d", i);
		if (put_one(p, "INBOX", entry, str_make(value,
		    sizeof(value))) == E_FULL)
			break;
	}
	assert_int_equal(put_one(p, TEAM, "/private/b", str_make(value,
	    sizeof(value))), E_FULL);
	assert_int_equal(put_one(p, TEAM, "/shared/b", str_make(value,
	    sizeof(value))), 0);
	buf_reset(&b);
	add(&b, "/private/b", str_make(value, sizeof(value)));
	add(&b, "/shared/c", STR("1"));
	assert_int_equal(put(p, &p->alice, TEAM, &b), E_FULL);
	assert_string_equal(get(p, &p->alice, TEAM, "/shared/c", "/shared/c"),
	    "");
}

static uint32_t
special(struct folder *p, const char *mailbox)
{
	struct metadata_ask ask = { str_c(mailbox), STR("/private/"),
		STR("/private/") };
	union store_answer answer = { 0 };

	assert_int_equal(reader_ask(p->d.r, &p->alice, STORE_metadata, &ask,
	    &answer, &p->d.err), 0);
	return answer.metadata.special;
}

static void
test_special_use(void **state)
{
	struct folder *p = *state;

	assert_int_equal(special(p, "Sent"), SPECIAL_sent);
	assert_int_equal(put_special(p, "Archive", SPECIAL_sent), 0);
	assert_int_equal(special(p, "Sent"), 0);
	assert_int_equal(special(p, "Archive"), SPECIAL_sent);
	assert_int_equal(put_special(p, "INBOX", SPECIAL_junk), E_INVALID);
	assert_int_equal(put_special(p, "", SPECIAL_junk), E_INVALID);
	assert_int_equal(put_special(p, "Sent", SPECIAL_inbox), E_INVALID);
	assert_int_equal(put_special(p, "Sent", 64), E_INVALID);
}

/* So many at a mailbox; what is taken away makes room. */
static void
test_too_many(void **state)
{
	struct folder *p = *state;
	auto_buf b = BUF_INIT(MSG_CHUNK);
	char entry[32];

	for (int i = 0; i < METADATA_ENTRIES_MAX; i++) {
		(void)snprintf(entry, sizeof(entry), "/private/%04d", i);
		add(&b, entry, STR("x"));
	}
	assert_int_equal(put(p, &p->alice, "INBOX", &b), 0);
	assert_int_equal(put_one(p, "INBOX", "/shared/a", STR("x")), E_LIMIT);
	assert_int_equal(put_one(p, "INBOX", "/private/0001", STR("y")), 0);
	assert_int_equal(put_one(p, "Sent", "/private/a", STR("y")), 0);
	buf_reset(&b);
	add(&b, "/private/0001", STR_NULL);
	add(&b, "/shared/a", STR("x"));
	assert_int_equal(put(p, &p->alice, "INBOX", &b), 0);
	add(&b, "/shared/b", STR("x"));
	assert_int_equal(put(p, &p->alice, "INBOX", &b), E_LIMIT);
}

/* So many octets of all. */
static void
test_too_much(void **state)
{
	static char room[METADATA_VALUE_MAX];
	const struct str value = str_make(room, sizeof(room));
	struct folder *p = *state;
	char entry[32];
	int rc = 0, n;

	memset(room, 'x', sizeof(room));
	for (n = 0; n < METADATA_ENTRIES_MAX && rc == 0; n++) {
		(void)snprintf(entry, sizeof(entry), "/private/%04d", n);
		rc = put_one(p, n % 2 ? "INBOX" : "", entry, value);
	}
	assert_int_equal(rc, E_FULL);
	assert_int_equal(n, 64);	/* 2 MB, less what each costs */
	/* Less is always taken, and then there is room again; of bob anyway. */
	assert_int_equal(put_one(p, "INBOX", "/private/0001", STR("y")), 0);
	assert_int_equal(put_one(p, "Sent", "/private/0001", STR("y")), 0);
	/* A copy of INBOX's would be too much. */
	{
		struct mailbox_create_ask ask = { ++p->d.change,
			STR("old/inbox"), 0, 1 };
		struct write w = { .caller = &p->alice,
			.call = STORE_mailbox_create, .ask = &ask };

		assert_int_equal(fixture_write(&p->d, &w), E_FULL);
		assert_string_equal(get(p, &p->alice, "old", PRIVATE),
		    "not found");
	}
}

static void
test_follow_their_mailbox(void **state)
{
	struct folder *p = *state;
	struct mailbox_create_ask ask = { .name = STR("old"), .as_inbox = 1 };
	struct write w = { .caller = &p->alice, .call = STORE_mailbox_create,
		.ask = &ask };

	assert_int_equal(put_one(p, "INBOX", "/private/a", STR("1")), 0);
	assert_int_equal(put_one(p, "INBOX", "/shared/a", STR("2")), 0);
	ask.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_string_equal(get(p, &p->alice, "old", PRIVATE), "/private/a=1");
	assert_int_equal(fixture_mailbox_rename(&p->d, &p->alice, "old",
	    "older"), 0);
	assert_string_equal(get(p, &p->alice, "older", SHARED), "/shared/a=2");
	assert_int_equal(fixture_mailbox_delete(&p->d, &p->alice, "older",
	    false), 0);
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "older", 0,
	    NULL), 0);
	assert_string_equal(get(p, &p->alice, "older", SHARED), "");
	assert_string_equal(get(p, &p->alice, "INBOX", SHARED), "/shared/a=2");
	fixture_close(&p->d);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_string_equal(get(p, &p->alice, "INBOX", SHARED), "/shared/a=2");
}

/* With their account; verify says what is left (tear_down). */
static void
test_end_with_account(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };
	uint64_t left;
	bool more = true;

	assert_int_equal(put_one(p, "INBOX", "/private/a", STR("1")), 0);
	assert_int_equal(put_one(p, "", "/private/a", STR("1")), 0);
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	while (more)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	assert_int_equal(sql_first(&p->d.r->q, SQL_metadata_count, SQL_VALS(
	    vi(p->alice.account), vi(0), vi(0), vi(0)), &p->d.err), 1);
	left = sql_u64(&p->d.r->q, metadata_count, octets);
	sql_end(&p->d.r->q, SQL_metadata_count);
	assert_int_equal(left, 0);
}

/* A page is no longer than a message, and goes on behind its last entry. */
static void
test_pages(void **state)
{
	static char room[METADATA_VALUE_MAX];
	struct folder *p = *state;
	struct metadata_ask ask = { STR("INBOX"), STR("/private/"),
		STR("/private/\x7f") };
	union store_answer answer = { 0 };
	struct metadata_row row = { 0 };
	char entry[32];
	int n = 0, pages = 0;
	struct rd r;

	memset(room, 'x', sizeof(room));
	for (int i = 0; i < 10; i++) {
		(void)snprintf(entry, sizeof(entry), "/private/%04d", i);
		assert_int_equal(put_one(p, "INBOX", entry, str_make(room,
		    sizeof(room))), 0);
	}
	do {
		assert_int_equal(reader_ask(p->d.r, &p->alice, STORE_metadata,
		    &ask, &answer, &p->d.err), 0);
		assert_true(answer.metadata.rows.n <= MSG_CHUNK);
		for (r = rd_of(answer.metadata.rows); rd_left(&r) > 0; n++)
			assert_true(msg_take(&r, &metadata_row_shape, &row));
		(void)snprintf(entry, sizeof(entry), "%.*s\x01",
		    STR_FMT(row.entry));
		ask.from = str_c(entry);
		pages++;
	} while (answer.metadata.more);
	assert_int_equal(n, 10);
	assert_int_equal(pages, 2);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_put_and_get),
		T(test_refused),
		T(test_of_others),
		T(test_special_use),
		T(test_too_many),
		T(test_too_much),
		T(test_follow_their_mailbox),
		T(test_end_with_account),
		T(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
