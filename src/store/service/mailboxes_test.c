/*
 * Tests of mailboxes that people make, rename, remove and subscribe to.
 */
#include "base/test.h"

#include <sqlite3.h>

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"
#include "store/test_blob.h"

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

/* Whatever was done: what is counted is what is there. */
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
create(struct folder *p, const char *name)
{
	return fixture_mailbox_create(&p->d, &p->alice, name, 0, NULL);
}

static int
rename_to(struct folder *p, const char *name, const char *to)
{
	return fixture_mailbox_rename(&p->d, &p->alice, name, to);
}

static int
remove_it(struct folder *p, const char *name)
{
	return fixture_mailbox_delete(&p->d, &p->alice, name, false);
}

static int
remove_empty(struct folder *p, const char *name)
{
	return fixture_mailbox_delete(&p->d, &p->alice, name, true);
}

static uint32_t
uidvalidity(struct folder *p, const char *name)
{
	struct open_answer in;
	int rc = fixture_open_mailbox(&p->d, &p->alice, name, &in);

	return rc < 0 ? 0 : in.uidvalidity;
}

/* The rows of all pages, as text: "name" or "-name" (only subscribed), with
 * "+" behind those that are subscribed and their use. */
static const char *
list(struct folder *p, const struct caller *who)
{
	static char text[1000000];
	struct mailboxes_ask ask = { STR_NULL };
	union store_answer answer = { 0 };
	char after[1000];
	struct mailbox_row row;
	size_t n = 0;
	struct rd r;

	do {
		assert_int_equal(reader_ask(p->d.r, who, STORE_mailboxes, &ask,
		    &answer, &p->d.err), 0);
		r = rd_of(answer.mailboxes.rows);
		while (rd_left(&r) > 0) {
			assert_true(msg_take(&r, &mailbox_row_shape, &row));
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s%.*s%s", n ? " " : "", row.mailbox ? "" : "-",
			    STR_FMT(row.name), row.subscribed ? "+" : "");
			if (row.special & SPECIAL_chosen)
				n += (size_t)snprintf(text + n,
				    sizeof(text) - n, "%u", row.special);
		}
		memcpy(after, row.name.p, row.name.n);
		ask.after = str_make(after, row.name.n);
	} while (answer.mailboxes.more);
	return text;
}

static void
clean_all(struct folder *p)
{
	bool more = true;

	while (more)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
}

static uint64_t
rows_of(struct folder *p, const char *table)
{
	char query[100];
	sqlite3_stmt *st;
	int64_t n;

	(void)snprintf(query, sizeof(query), "SELECT count(*) FROM %s", table);
	assert_int_equal(sqlite3_prepare_v2(p->d.r->q.db, query, -1, &st,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return (uint64_t)n;
}

/* ---- making ------------------------------------------------------------ */

#define AT_FIRST "Archive+32 Drafts+4 INBOX+ Junk+16 Sent+2 Trash+8"

static void
test_create(void **state)
{
	struct folder *p = *state;

	assert_string_equal(list(p, &p->alice), AT_FIRST);
	assert_int_equal(create(p, "a/b/c"), 0);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 INBOX+ "
	    "Junk+16 Sent+2 Trash+8 a a/b a/b/c");
	assert_int_equal(create(p, "a/b"), E_EXISTS);
	assert_int_equal(create(p, "INBOX"), E_EXISTS);
	assert_int_equal(create(p, "inbox"), E_INVALID);
	assert_int_equal(create(p, "a//b"), E_INVALID);
	assert_int_equal(create(p, "x\ny"), E_INVALID);
	assert_int_equal(create(p, "INBOX/a"), 0);
	/* Nobody else has them. */
	assert_string_equal(list(p, &p->bob), AT_FIRST);
	fixture_close(&p->d);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 INBOX+ "
	    "INBOX/a Junk+16 Sent+2 Trash+8 a a/b a/b/c");
}

/* RFC 6154 3: a use is one mailbox's, and moves. */
static void
test_uses(void **state)
{
	struct folder *p = *state;

	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "Gesendet",
	    SPECIAL_sent | SPECIAL_junk, NULL), 0);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 "
	    "Gesendet18 INBOX+ Junk+ Sent+ Trash+8");
	assert_string_equal(list(p, &p->bob), AT_FIRST);
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "x",
	    SPECIAL_inbox, NULL), E_INVALID);
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "x", 64,
	    NULL), E_INVALID);
	assert_int_equal(uidvalidity(p, "x"), 0);
}

/* RFC 3501 2.3.1.1: what is made again is another mailbox. */
static void
test_uidvalidity(void **state)
{
	struct folder *p = *state;
	struct mailbox_create_answer made[4];

	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "a", 0,
	    &made[0]), 0);
	assert_int_equal(remove_it(p, "a"), 0);
	p->d.now_us -= 3600000000;
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "a", 0,
	    &made[1]), 0);
	assert_int_equal(rename_to(p, "a", "b"), 0);
	assert_int_equal(uidvalidity(p, "b"), made[1].uidvalidity);
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "a", 0,
	    &made[2]), 0);
	p->d.now_us += 7200000000;
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "c", 0,
	    &made[3]), 0);
	for (size_t i = 1; i < NELEM(made); i++) {
		assert_true(made[i].uidvalidity > made[i - 1].uidvalidity);
		assert_true(made[i].mailbox > made[i - 1].mailbox);
	}
	assert_int_equal(made[3].uidvalidity, p->d.now_us / 1000000);
}

/* Asked again, it is the mailbox that was made, and no second one. */
static void
test_again(void **state)
{
	struct folder *p = *state;
	struct mailbox_create_answer first, again;

	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "a", 0,
	    &first), 0);
	p->d.change--;
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice, "a", 0,
	    &again), 0);
	assert_int_equal(again.mailbox, first.mailbox);
	assert_int_equal(again.uidvalidity, first.uidvalidity);
	assert_int_equal(remove_it(p, "a"), 0);
	p->d.change--;
	assert_int_equal(remove_it(p, "a"), 0);
	assert_int_equal(remove_it(p, "a"), E_NOTFOUND);
}

static void
test_too_many(void **state)
{
	struct folder *p = *state;
	char name[MAILBOX_NAME_MAX + 1];
	int i, n = 0;

	for (i = 0; i < (MAILBOXES_MAX - 6) / MAILBOX_LEVELS_MAX; i++) {
		n = snprintf(name, sizeof(name), "%d", i);
		for (int k = 1; k < MAILBOX_LEVELS_MAX; k++)
			n += snprintf(name + n, sizeof(name) - (size_t)n,
			    "/%d", k);
		assert_int_equal(create(p, name), 0);
	}
	i = 6 + i * MAILBOX_LEVELS_MAX;
	for (; i < MAILBOXES_MAX - 1; i++) {
		(void)snprintf(name, sizeof(name), "x%d", i);
		assert_int_equal(create(p, name), 0);
	}
	assert_int_equal(create(p, "y/z"), E_LIMIT);
	assert_int_equal(rename_to(p, "x1999", "y/z"), E_NOTFOUND);
	assert_int_equal(create(p, "y"), 0);
	assert_int_equal(create(p, "z"), E_LIMIT);
	assert_int_equal(rename_to(p, "y", "u/v"), E_LIMIT);
	assert_int_equal(remove_it(p, "y"), 0);
	assert_int_equal(create(p, "z"), 0);
	for (i = 6; i < MAILBOXES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "s%d", i);
		assert_int_equal(fixture_subscribe(&p->d, &p->alice, name,
		    true), 0);
	}
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "one more", true),
	    E_LIMIT);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "s6", true), 0);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "s6", false), 0);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "one more", true),
	    0);
	assert_true(strlen(list(p, &p->alice)) > 15000);
}

/* ---- another name ------------------------------------------------------ */

static void
test_rename(void **state)
{
	struct folder *p = *state;
	struct append_answer a;

	assert_int_equal(create(p, "a/b/c"), 0);
	assert_int_equal(create(p, "a0"), 0);
	assert_int_equal(create(p, "a.x"), 0);
	assert_int_equal(fixture_append(&p->d, &p->alice, "a/b", "text", 0, "",
	    &a), 0);
	assert_int_equal(rename_to(p, "a", "new/name"), 0);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 INBOX+ "
	    "Junk+16 Sent+2 Trash+8 a.x a0 new new/name new/name/b "
	    "new/name/b/c");
	assert_int_equal(uidvalidity(p, "new/name/b"), a.uidvalidity);
	assert_int_equal(rename_to(p, "a", "x"), E_NOTFOUND);
	assert_int_equal(rename_to(p, "a0", "a.x"), E_EXISTS);
	assert_int_equal(rename_to(p, "a0", "a0"), E_EXISTS);
	assert_int_equal(rename_to(p, "a0", "INBOX"), E_EXISTS);
	assert_int_equal(rename_to(p, "a0", "a0/b"), E_INVALID);
	assert_int_equal(rename_to(p, "a0", "a0b"), 0);
	assert_int_equal(rename_to(p, "new/name/b", "b"), 0);
	assert_int_equal(rename_to(p, "new/name", "new"), E_EXISTS);
	assert_int_equal(rename_to(p, "INBOX", "x"), E_INVALID);
	assert_int_equal(rename_to(p, "Inbox", "x"), E_INVALID);
	assert_int_equal(rename_to(p, "new", "x/"), E_INVALID);
	/* A use goes with its mailbox, a subscription stays with the name. */
	assert_int_equal(rename_to(p, "Sent", "Gesendet"), 0);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 Gesendet2 "
	    "INBOX+ Junk+16 -Sent+ Trash+8 a.x a0b b b/c new new/name");
}

static void
test_rename_too_long(void **state)
{
	struct folder *p = *state;
	char name[MAILBOX_NAME_MAX + 1];

	assert_int_equal(create(p, "a/123456789"), 0);
	memset(name, 'x', sizeof(name) - 1);
	name[MAILBOX_NAME_MAX] = '\0';
	assert_int_equal(rename_to(p, "a", name), E_LIMIT);
	name[MAILBOX_NAME_MAX - 9] = '\0';
	assert_int_equal(rename_to(p, "a", name), E_LIMIT);
	name[MAILBOX_NAME_MAX - 10] = '\0';
	assert_int_equal(rename_to(p, "a", name), 0);
	for (int i = 1; i < 2 * MAILBOX_LEVELS_MAX - 1; i += 2)
		name[i] = '/';
	name[2 * MAILBOX_LEVELS_MAX - 1] = '\0';
	assert_int_equal(create(p, name), 0);
	assert_int_equal(create(p, "c/d"), 0);
	name[1] = '\0';
	assert_int_equal(rename_to(p, name, "c/d/e"), E_LIMIT);
	assert_int_equal(rename_to(p, name, "y"), 0);
}

/* ---- gone -------------------------------------------------------------- */

static void
append_some(struct folder *p, const char *mailbox, int n)
{
	while (n-- > 0)
		assert_int_equal(fixture_append(&p->d, &p->alice, mailbox,
		    "some text", n % 2 ? FLAG_deleted : FLAG_seen, "", NULL),
		    0);
}

static uint64_t
used(struct folder *p)
{
	struct accounts_ask ask = { STR_NULL };
	union store_answer answer;
	struct account_row row;
	struct rd r;

	assert_int_equal(reader_ask(p->d.r, &p->d.operator_, STORE_accounts,
	    &ask, &answer, &p->d.err), 0);
	r = rd_of(answer.accounts.rows);
	assert_true(msg_take(&r, &account_row_shape, &row));
	assert_str(row.address, "alice@ours.test");
	return row.size;
}

/* More than a slice: it is gone at once, its octets follow. */
static void
test_remove(void **state)
{
	enum { MANY = 900 };
	struct folder *p = *state;
	struct open_answer in;
	uint32_t gone;
	int slices = 0;
	bool more = true;

	assert_int_equal(create(p, "full/below"), 0);
	append_some(p, "full", MANY);
	append_some(p, "INBOX", 3);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->alice, "full", &in),
	    0);
	assert_int_equal(fixture_expunge(&p->d, &p->alice, &in, &gone), 0);
	assert_int_equal(gone, MANY / 2);
	assert_int_equal(remove_it(p, "full"), E_EXISTS);
	assert_int_equal(remove_it(p, "full/below"), 0);
	/* Who must not lose mail says so; what is \Deleted is none. */
	assert_int_equal(remove_empty(p, "full"), E_DENIED);
	assert_int_equal(create(p, "gone"), 0);
	assert_int_equal(fixture_append(&p->d, &p->alice, "gone", "some text",
	    FLAG_deleted, "", NULL), 0);
	assert_int_equal(remove_empty(p, "gone"), 0);
	assert_int_equal(remove_it(p, "full"), 0);
	assert_int_equal(remove_it(p, "full"), E_NOTFOUND);
	assert_int_equal(remove_it(p, "inbox"), E_INVALID);
	assert_string_equal(list(p, &p->alice), AT_FIRST);
	assert_int_equal(used(p), 27);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(fixture_append(&p->d, &p->alice, "full", "x", 0, "",
	    NULL), E_NOTFOUND);
	while (more) {
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
		assert_int_equal(fixture_verify(&p->d), 0);
		slices++;
	}
	assert_true(slices > 3);
	assert_int_equal(rows_of(p, "placement"), 3);
	assert_int_equal(rows_of(p, "mailbox_removal"), 0);
	p->d.now_us += (int64_t)GARBAGE_S * 2000000;
	clean_all(p);
	assert_int_equal(rows_of(p, "email"), 3);
	assert_int_equal(rows_of(p, "blob"), 3);
}

/* Who looks at it is told; who asks for its messages finds nothing, whether
 * its column was in memory or not. */
static void
test_seen_by_others(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	struct sync_ask sync = { 0 };
	struct fetch_row rows[4];
	union store_answer answer;
	const struct mailbox_changed *changed;
	uint32_t gone;
	size_t n;

	assert_int_equal(create(p, "a"), 0);
	append_some(p, "a", 2);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->alice, "a", &in), 0);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4), 2);
	assert_int_equal(remove_it(p, "a"), 0);
	changed = engine_changed(p->d.e, &n);
	assert_int_equal(n, 1);
	assert_int_equal(changed->mailbox, in.mailbox);
	assert_true(changed->modseq > in.modseq);
	sync.mailbox = in.mailbox;
	sync.arrivals = sync.expunges = in.modseq;
	assert_int_equal(reader_ask(p->d.r, &p->alice, STORE_sync, &sync,
	    &answer, &p->d.err), E_NOTFOUND);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4),
	    E_NOTFOUND);
	assert_int_equal(fixture_flags(&p->d, &p->alice, &in, 1, 2, FLAGS_ADD,
	    FLAG_deleted, ""), E_NOTFOUND);
	assert_int_equal(fixture_expunge(&p->d, &p->alice, &in, &gone),
	    E_NOTFOUND);
	/* And it is another one when it is there again. */
	assert_int_equal(create(p, "a"), 0);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4),
	    E_NOTFOUND);
	clean_all(p);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4),
	    E_NOTFOUND);
}

/* All in one commit. */
static void
test_together(void **state)
{
	struct folder *p = *state;
	struct mailbox_create_ask make = { 701, STR("a/b"), 0 };
	struct append_ask append = { .change = 702, .name = STR("a/b"),
		.received = 1, .octets = test_blob(STR("beside")),
		.raw_size = 6 };
	struct mailbox_delete_ask below = { 703, STR("a/b"), false };
	struct mailbox_delete_ask above = { 704, STR("a"), false };
	struct mailbox_create_ask again = { 705, STR("a"), 0 };
	struct mailbox_rename_ask rename = { 706, STR("a"), STR("c") };
	struct mailbox_delete_ask early = { 707, STR("a"), false };
	const struct {
		enum store_call call;
		const void *ask;
		int code;
	} asks[] = {
		{ STORE_mailbox_create, &make, 0 },
		{ STORE_append, &append, 0 },
		{ STORE_mailbox_delete, &early, E_EXISTS },
		{ STORE_mailbox_delete, &below, 0 },
		{ STORE_mailbox_delete, &above, 0 },
		{ STORE_mailbox_create, &again, 0 },
		{ STORE_mailbox_rename, &rename, 0 },
	};
	static struct write w[NELEM(asks)];

	for (size_t i = 0; i < NELEM(w); i++)
		w[i] = (struct write){ .caller = &p->alice,
			.call = asks[i].call, .ask = asks[i].ask };
	assert_int_equal(fixture_commit(&p->d, w, NELEM(w)), 0);
	for (size_t i = 0; i < NELEM(w); i++)
		assert_int_equal(w[i].code, asks[i].code);
	assert_string_equal(list(p, &p->alice), AT_FIRST " c");
	clean_all(p);
	assert_int_equal(rows_of(p, "mailbox_removal"), 0);
}

/* An account that goes takes all of it along, also what is under way. */
static void
test_account_goes(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { 900, STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	assert_int_equal(create(p, "a/b"), 0);
	append_some(p, "a/b", 5);
	assert_int_equal(remove_it(p, "a/b"), 0);
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	clean_all(p);
	assert_int_equal(rows_of(p, "mailbox"), 6);
	assert_int_equal(rows_of(p, "subscription"), 6);
	assert_int_equal(rows_of(p, "placement"), 0);
	assert_int_equal(rows_of(p, "mailbox_removal"), 0);
}

/* ---- subscriptions ----------------------------------------------------- */

static void
test_subscriptions(void **state)
{
	struct folder *p = *state;

	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "x/y", true), 0);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "x/y", true), 0);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "Trash", false),
	    0);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "nothing", false),
	    0);
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, "a//b", true),
	    E_INVALID);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 INBOX+ "
	    "Junk+16 Sent+2 Trash8 -x/y+");
	assert_int_equal(create(p, "x/y"), 0);
	assert_int_equal(remove_it(p, "Sent"), 0);
	assert_string_equal(list(p, &p->alice), "Archive+32 Drafts+4 INBOX+ "
	    "Junk+16 -Sent+ Trash8 x x/y+");
	assert_string_equal(list(p, &p->bob), AT_FIRST);
}

/* "from-below" of what nobody was told of, and how many the counters say. */
static const char *
take_recent(struct folder *p, uint64_t mailbox)
{
	struct recent_ask ask = { ++p->d.change, mailbox };
	struct write w = { .caller = &p->alice, .call = STORE_recent,
		.ask = &ask };
	const struct status_ask in = { STR("INBOX") };
	union store_answer status;
	static char text[64];

	assert_int_equal(read_status(p->d.r, &p->alice, &in, &status,
	    &p->d.err), 0);
	assert_int_equal(fixture_write(&p->d, &w), 0);
	(void)snprintf(text, sizeof(text), "%u-%u %u", w.answer.recent.from,
	    w.answer.recent.below, status.status.recent);
	return text;
}

/* Who asks first, and nobody else: asked again by the same, after an expunge,
 * and when everything was closed.                        RFC 3501 2.3.2 */
static void
test_recent(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	uint32_t n;

	for (int i = 0; i < 3; i++)
		assert_int_equal(fixture_append(&p->d, &p->alice, "INBOX", "x",
		    i == 1 ? FLAG_deleted : 0, "", NULL), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->alice, "INBOX", &in),
	    0);
	assert_int_equal(in.recent_from, 1);
	assert_int_equal(fixture_expunge(&p->d, &p->alice, &in, &n), 0);
	assert_string_equal(take_recent(p, in.mailbox), "1-4 2");
	p->d.change--;
	assert_string_equal(take_recent(p, in.mailbox), "1-4 0");
	assert_string_equal(take_recent(p, in.mailbox), "4-4 0");
	assert_int_equal(fixture_append(&p->d, &p->alice, "INBOX", "x", 0, "",
	    NULL), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->alice, "INBOX", &in),
	    0);
	assert_int_equal(in.recent_from, 4);
	assert_string_equal(take_recent(p, in.mailbox), "4-5 1");
	assert_int_equal(fixture_open_mailbox(&p->d, &p->alice, "INBOX", &in),
	    0);
	assert_int_equal(in.recent_from, 5);
}

static void
test_quota(void **state)
{
	struct folder *p = *state;
	const struct status_ask in = { STR("INBOX"), true };
	struct quota_ask ask = { 0 };
	union store_answer a = { 0 };

	assert_int_equal(fixture_append(&p->d, &p->alice, "INBOX", "Hello",
	    FLAG_deleted, "", NULL), 0);
	assert_int_equal(fixture_append(&p->d, &p->alice, "Sent", "and more",
	    0, "", NULL), 0);
	engine_limits(p->d.e, 1000, TEST_MAX_MESSAGE);
	assert_int_equal(reader_ask(p->d.r, &p->alice, STORE_quota, &ask, &a,
	    &p->d.err), 0);
	assert_int_equal(a.quota.octets, 13);
	assert_int_equal(a.quota.most_octets, 1000);
	assert_int_equal(a.quota.mailboxes, 6);
	assert_int_equal(a.quota.most_mailboxes, MAILBOXES_MAX);
	assert_int_equal(reader_ask(p->d.r, &p->bob, STORE_quota, &ask, &a,
	    &p->d.err), 0);
	assert_int_equal(a.quota.octets, 0);
	assert_int_equal(reader_ask(p->d.r, &p->alice, STORE_status, &in, &a,
	    &p->d.err), 0);
	assert_int_equal(a.status.deleted_size, 5);
	assert_int_equal(a.status.deleted, 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_create),
		T(test_uses),
		T(test_uidvalidity),
		T(test_again),
		T(test_too_many),
		T(test_rename),
		T(test_rename_too_long),
		T(test_remove),
		T(test_seen_by_others),
		T(test_together),
		T(test_account_goes),
		T(test_subscriptions),
		T(test_recent),
		T(test_quota),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
