#include "base/test.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/service/test_fixture.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"

struct place_of {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t alice, bob;
};

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

static struct place_of *
with_people(void **state)
{
	struct place_of *p = *state;

	OK(fixture_open(&p->d));
	OK(fixture_domain(&p->d, "Example.Test"));
	OK(fixture_account(&p->d, "Alice@example.test", &p->alice));
	OK(fixture_account(&p->d, "bob@example.test", &p->bob));
	return p;
}

static const char *const to_both[] = { "alice@EXAMPLE.test",
	"bob@example.test", "BOB@example.test", NULL };
static const char *const to_alice[] = { "alice@example.test", NULL };

static void
test_submit_and_read(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct caller bob = fixture_person(p->bob);
	struct open_answer in;
	struct fetch_row rows[4];
	char octets[100];
	struct str prefix;
	uint64_t message, again;

	OK(fixture_submit(&p->d, 77, "Subject: hi\r\n\r\nHello\r\n", to_both,
	    &message));
	OK(fixture_submit(&p->d, 77, "Subject: hi\r\n\r\nHello\r\n", to_both,
	    &again));
	assert_int_equal(message, again);
	assert_int_equal(fixture_submit(&p->d, 77, "another", to_both, &again),
	    E_INVALID);
	OK(fixture_open_mailbox(&p->d, &bob, "inbox", &in));
	assert_int_equal(in.exists, 1);
	assert_int_equal(in.first_unseen, 1);
	assert_int_equal(in.uidnext, 2);
	assert_int_equal(fixture_rows(&p->d, &bob, &in, rows, 4), 1);
	assert_int_equal(rows[0].uid, 1);
	assert_int_equal(rows[0].seq, 1);
	assert_str(rows[0].facts, "facts of it");
	assert_int_equal(rows[0].size, rows[0].prefix_len + 22);
	assert_int_equal(fixture_content(&p->d, &bob, in.mailbox, 1, octets,
	    sizeof(octets), &prefix), 22);
	assert_memory_equal(octets, "Subject: hi\r\n\r\nHello\r\n", 22);
	assert_str(prefix, "Return-Path: <sender@elsewhere.test>\r\n"
	    "Delivered-To: bob@example.test\r\n");
	assert_int_equal(prefix.n, rows[0].prefix_len);
	/* Alice cannot reach what is Bob's by its number. */
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(in.exists, 1);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* All of it is there after a restart, and the id still counts. */
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(in.exists, 1);
	OK(fixture_submit(&p->d, 77, "Subject: hi\r\n\r\nHello\r\n", to_both,
	    &again));
	assert_int_equal(message, again);
	assert_int_equal(fixture_content(&p->d, &alice, in.mailbox, 1, octets,
	    sizeof(octets), NULL), 22);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_sender_and_relay(void **state)
{
	static const char *const out[] = { "x@far.test", "bob@example.test",
		NULL };
	static const char *const postmaster[] = { "Postmaster@example.test",
		NULL };
	static const char *const of_no_domain[] = { "PostMaster", NULL };
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;

	assert_int_equal(fixture_submit(&p->d, 0, "m", out, NULL), E_NOTFOUND);
	OK(fixture_submit_as(&p->d, &alice, "ALICE@example.test", "m", out,
	    NULL));
	assert_int_equal(fixture_submit_as(&p->d, &alice, "bob@example.test",
	    "m", out, NULL), E_DENIED);
	/* A report. RFC 8098 3 */
	OK(fixture_submit_as(&p->d, &alice, "", "m", out, NULL));
	/* RFC 5321 4.5.1 */
	OK(fixture_submit(&p->d, 0, "m", postmaster, NULL));
	OK(fixture_submit(&p->d, 0, "m", of_no_domain, NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(in.exists, 2);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* More than one answer holds: told in order of modseq, each row once. */
static void
test_sync_much(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct open_answer old;
	union store_answer a = { .sync.more = 1 };
	struct sync_ask ask;
	struct fetch_row row;
	uint32_t told = 0, answers = 0;

	for (int i = 0; i < 1500; i++)
		OK(fixture_append(&p->d, &alice, "Archive", "text", 0, "",
		    NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "Archive", &old));
	OK(fixture_flags(&p->d, &alice, &old, 1, 1500, FLAGS_ADD, FLAG_seen,
	    ""));
	ask = (struct sync_ask){ old.mailbox, old.modseq, old.modseq, 1 };
	for (; a.sync.more; answers++) {
		struct rd r;

		OK(reader_ask(p->d.r, &alice, STORE_sync, &ask, &a,
		    &p->d.err));
		assert_true(a.sync.rows.n <= 100000);	/* FIELDS_sync_answer */
		for (r = rd_of(a.sync.rows); !rd_done(&r); told++)
			assert_true(msg_take(&r, &fetch_row_shape, &row));
		ask.arrivals = a.sync.arrivals;
		ask.expunges = a.sync.expunges;
	}
	assert_int_equal(told, 1500);
	assert_int_equal(answers, 2);
}

static void
test_flags_and_expunge(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct open_answer old, in;
	struct fetch_row rows[8];
	struct sync_ask ask;
	union store_answer answer;
	uint32_t gone, i;
	struct rd r;

	for (i = 0; i < 5; i++)
		OK(fixture_append(&p->d, &alice, "Archive", "text", i == 0 ?
		    FLAG_seen : 0, i == 1 ? "$Junk work" : "", NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "Archive", &old));
	assert_int_equal(old.exists, 5);
	assert_int_equal(old.first_unseen, 2);
	assert_str(old.keywords, "$Junk work");
	OK(fixture_flags(&p->d, &alice, &old, 2, 4, FLAGS_ADD,
	    FLAG_deleted | FLAG_flagged, "work"));
	OK(fixture_flags(&p->d, &alice, &old, 3, 3, FLAGS_REMOVE, FLAG_deleted,
	    "WORK"));
	OK(fixture_expunge(&p->d, &alice, &old, &gone));
	assert_int_equal(gone, 2);
	OK(fixture_append(&p->d, &alice, "Archive", "new", 0, "", NULL));
	/* The old view still numbers five. */
	assert_int_equal(fixture_rows(&p->d, &alice, &old, rows, 8), 5);
	assert_int_equal(rows[2].uid, 3);
	assert_int_equal(rows[2].seq, 3);
	assert_int_equal(rows[2].flags, FLAG_flagged);
	assert_int_equal(rows[3].flags, FLAG_flagged | FLAG_deleted);
	ask = (struct sync_ask){ old.mailbox, old.modseq, old.modseq, 1 };
	OK(reader_ask(p->d.r, &alice, STORE_sync, &ask, &answer, &p->d.err));
	assert_int_equal(answer.sync.exists, 4);
	r = rd_of(answer.sync.gone);
	assert_int_equal(rd_le32(&r), 4);
	assert_int_equal(rd_le32(&r), 2);
	assert_true(rd_done(&r));
	r = rd_of(answer.sync.rows);
	assert_true(msg_take(&r, &fetch_row_shape, &rows[0]));
	assert_true(rd_done(&r));
	assert_int_equal(rows[0].uid, 3);
	assert_int_equal(rows[0].seq, 2);
	/* Without leave to tell expunges the numbers stay. */
	ask.expunge_ok = 0;
	OK(reader_ask(p->d.r, &alice, STORE_sync, &ask, &answer, &p->d.err));
	assert_int_equal(answer.sync.exists, 6);
	assert_int_equal(answer.sync.gone.n, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* What columns say is what SQL says. */
	OK(fixture_open_mailbox(&p->d, &alice, "Archive", &in));
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	OK(fixture_open_mailbox(&p->d, &alice, "Archive", &old));
	assert_int_equal(old.exists, in.exists);
	assert_int_equal(old.uidnext, in.uidnext);
	assert_int_equal(old.modseq, in.modseq);
	assert_int_equal(fixture_rows(&p->d, &alice, &old, rows, 8), 4);
}

/* Exactly those that are named, with \Deleted or without. */
static void
test_remove(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct expunge_ask all = { .change = 99, .any = 1 };
	struct write w = { .caller = &alice, .call = STORE_expunge,
		.ask = &all };
	struct fetch_row rows[8];
	struct open_answer in;
	uint32_t gone, i;

	for (i = 0; i < 5; i++)
		OK(fixture_append(&p->d, &alice, "Archive", "text", i % 2 ?
		    FLAG_deleted : FLAG_seen, "", NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "Archive", &in));
	OK(fixture_remove(&p->d, &alice, &in, 2, 3, &gone));
	assert_int_equal(gone, 2);
	OK(fixture_remove(&p->d, &alice, &in, 1, 3, &gone));
	assert_int_equal(gone, 1);
	/* It names none, and does not mean all. */
	all.mailbox = in.mailbox;
	all.arrivals = all.expunges = in.modseq;
	assert_int_equal(fixture_write(&p->d, &w), E_INVALID);
	OK(fixture_open_mailbox(&p->d, &alice, "Archive", &in));
	assert_int_equal(fixture_rows(&p->d, &alice, &in, rows, 8), 2);
	assert_int_equal(rows[0].uid, 4);
	assert_int_equal(rows[0].flags, FLAG_deleted);
	assert_int_equal(rows[1].uid, 5);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* What spares a session the question whether anything is new. */
static void
test_modseq_of_answers(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;
	char set[8];
	struct fetch_ask fetch;
	struct flags_ask flags = { .mode = FLAGS_ADD, .flags = FLAG_seen,
		.by_uid = 1, .unchanged_since = UINT64_MAX };
	struct write w = { .caller = &alice, .call = STORE_flags,
		.ask = &flags };
	struct buf b = { .p = set, .size = sizeof(set), .cap = sizeof(set) };
	union store_answer answer;

	buf_le32(&b, 1);
	buf_le32(&b, UINT32_MAX);
	OK(fixture_append(&p->d, &alice, "INBOX", "text", 0, "", NULL));
	OK(fixture_append(&p->d, &alice, "Archive", "text", 0, "", NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	fetch = (struct fetch_ask){ .mailbox = in.mailbox, .arrivals =
		in.modseq, .expunges = in.modseq, .set = buf_get(&b) };
	OK(reader_ask(p->d.r, &alice, STORE_fetch, &fetch, &answer,
	    &p->d.err));
	assert_int_equal(answer.fetch.modseq, in.modseq);
	flags.change = ++p->d.change;
	flags.mailbox = in.mailbox;
	flags.arrivals = flags.expunges = in.modseq;
	flags.set = buf_get(&b);
	OK(fixture_write(&p->d, &w));
	assert_true(w.answer.flags.modseq > in.modseq);
	OK(reader_ask(p->d.r, &alice, STORE_fetch, &fetch, &answer,
	    &p->d.err));
	assert_int_equal(answer.fetch.modseq, w.answer.flags.modseq);
	/* One that changes nothing: nothing is new. */
	flags.change = ++p->d.change;
	w.settled = false;
	OK(fixture_write(&p->d, &w));
	assert_int_equal(w.answer.flags.modseq, answer.fetch.modseq);
	/* What others do is. */
	OK(fixture_append(&p->d, &alice, "INBOX", "text", 0, "", NULL));
	OK(reader_ask(p->d.r, &alice, STORE_fetch, &fetch, &answer,
	    &p->d.err));
	assert_true(answer.fetch.modseq > w.answer.flags.modseq);
}

static void
test_content_by_email(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct caller bob = fixture_person(p->bob);
	struct content_ask ask = { .len = 100, .want = WANT_FACTS };
	struct fetch_row row;
	struct open_answer in;
	union store_answer answer;

	OK(fixture_submit(&p->d, 0, "Subject: a\r\n\r\n", to_alice, NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(fixture_rows(&p->d, &alice, &in, &row, 1), 1);
	ask.email = row.email;
	OK(reader_ask(p->d.r, &alice, STORE_content, &ask, &answer,
	    &p->d.err));
	assert_str(str_from(answer.content.octets, CHUNK_HEAD),
	    "Subject: a\r\n\r\n");
	assert_int_equal(answer.content.total, CHUNK_HEAD + 14);
	assert_str(answer.content.facts, "facts of it");
	assert_int_equal(answer.content.prefix.n, row.prefix_len);
	ask.want = 0;
	OK(reader_ask(p->d.r, &alice, STORE_content, &ask, &answer,
	    &p->d.err));
	assert_int_equal(answer.content.facts.n, 0);
	/* Numbers of emails are an account's own: Bob has none of this one. */
	assert_int_equal(reader_ask(p->d.r, &bob, STORE_content, &ask,
	    &answer, &p->d.err), E_NOTFOUND);
	/* Nor does a mailbox of Alice's help him to it. */
	ask.mailbox = in.mailbox;
	ask.uid = row.uid;
	assert_int_equal(reader_ask(p->d.r, &bob, STORE_content, &ask,
	    &answer, &p->d.err), E_NOTFOUND);
	/* Both have an email of this number now; each reads what is his. */
	OK(fixture_append(&p->d, &bob, "INBOX", "bob's own", 0, "", NULL));
	OK(reader_ask(p->d.r, &bob, STORE_content, &ask, &answer,
	    &p->d.err));
	assert_str(str_from(answer.content.octets, CHUNK_HEAD), "bob's own");
	ask.email = UINT64_MAX;
	assert_int_equal(reader_ask(p->d.r, &alice, STORE_content, &ask,
	    &answer, &p->d.err), E_NOTFOUND);
}

/* Words that come and go, many sets of them at once. */
static void
test_keyword_sets(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct fetch_row *rows = calloc(50, sizeof(*rows));
	struct open_answer in;
	char word[32];
	uint32_t i, round;

	for (i = 1; i <= 40; i++)
		OK(fixture_append(&p->d, &alice, "INBOX", "text", 0, "", NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	for (round = 0; round < 3; round++)
		for (i = 1; i <= 40; i++) {
			(void)snprintf(word, sizeof(word), "w%u",
			    (i * 7 + round) % 23);
			OK(fixture_flags(&p->d, &alice, &in, i, i, FLAGS_SET, 0,
			    word));
		}
	assert_int_equal(fixture_rows(&p->d, &alice, &in, rows, 50), 40);
	for (i = 0; i < 40; i++) {
		(void)snprintf(word, sizeof(word), "w%u",
		    ((i + 1) * 7 + 2) % 23);
		assert_str(rows[i].keywords, word);
	}
	/* A message that alone has its words keeps them through a change. */
	OK(fixture_flags(&p->d, &alice, &in, 1, 1, FLAGS_SET, 0, "mine alone"));
	OK(fixture_flags(&p->d, &alice, &in, 1, 1, FLAGS_ADD, FLAG_seen, ""));
	OK(fixture_flags(&p->d, &alice, &in, 1, 1, FLAGS_REMOVE, FLAG_seen,
	    ""));
	assert_true(fixture_rows(&p->d, &alice, &in, rows, 50) == 40);
	assert_str(rows[0].keywords, "mine alone");
	/* Each word in use once, whatever its case. */
	OK(fixture_flags(&p->d, &alice, &in, 2, 40, FLAGS_SET, 0, "w Alone"));
	OK(fixture_flags(&p->d, &alice, &in, 2, 2, FLAGS_SET, 0, "MINE w"));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(in.keywords.n, strlen("mine alone w"));
	OK(fixture_flags(&p->d, &alice, &in, 1, 40, FLAGS_SET, 0, ""));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(in.keywords.n, 0);
	free(rows);
}

static void
test_clean(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;
	uint32_t gone;
	bool more;

	OK(fixture_append(&p->d, &alice, "INBOX", "text", FLAG_deleted, "",
	    NULL));
	OK(fixture_submit(&p->d, 0, "to both", to_both, NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	OK(fixture_flags(&p->d, &alice, &in, 2, 2, FLAGS_SET, FLAG_deleted,
	    ""));
	OK(fixture_expunge(&p->d, &alice, &in, &gone));
	assert_int_equal(gone, 2);
	OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(fixture_verify(&p->d), 0);
	p->d.now_us += 400 * 1000000LL;
	OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(fixture_content(&p->d, &alice, in.mailbox, 1, NULL, 0,
	    NULL), E_NOTFOUND);
	/* Bob's copy shares the blob and is untouched. */
	alice = fixture_person(p->bob);
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	assert_int_equal(in.exists, 1);
}

static void
test_account_remove(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	struct account_remove_ask ask = { 5, STR("ALICE@example.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };
	struct open_answer before, after;
	uint64_t account;
	bool more = true;
	size_t n;

	OK(fixture_submit(&p->d, 0, "to both", to_both, NULL));
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &before));
	OK(fixture_write(&p->d, &w));
	assert_int_equal(engine_revoked(p->d.e, &n)[0], p->alice);
	assert_int_equal(n, 1);
	assert_int_equal(fixture_submit(&p->d, 0, "m", to_alice, NULL),
	    E_NOTFOUND);
	while (more)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(fixture_verify(&p->d), 0);
	OK(fixture_account(&p->d, "alice@example.test", &account));
	assert_int_not_equal(account, p->alice);
	alice = fixture_person(account);
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &after));
	assert_int_equal(after.exists, 0);
	assert_true(after.uidvalidity > before.uidvalidity);
}

static void
test_stages(void **state)
{
	struct place_of *p = with_people(state);
	struct caller alice = fixture_person(p->alice);
	char *octets = malloc(3000000), *back = malloc(3001000);
	struct stage_ask piece = { 0 };
	struct write w = { .caller = &alice, .call = STORE_stage,
		.ask = &piece };
	struct append_ask ask = { .change = 1, .name = STR("Sent"),
		.raw_size = 3000000, .facts = STR("large facts") };
	struct open_answer in;
	struct fetch_row row;
	struct str blob;
	size_t i;

	for (i = 0; i < 3000000; i++)
		octets[i] = (char)(i * 7 + i / 1000);
	blob = test_blob(str_make(octets, 3000000));
	for (i = 0; i < blob.n; i += 100000) {
		piece.offset = i;
		piece.octets = str_first(str_from(blob, i), 100000);
		w.settled = false;
		OK(fixture_write(&p->d, &w));
		piece.stage = w.answer.stage.stage;
	}
	ask.stage = piece.stage;
	w = (struct write){ .caller = &alice, .call = STORE_append,
		.ask = &ask };
	OK(fixture_write(&p->d, &w));
	OK(fixture_write(&p->d, &w)); /* the same change: the same answer */
	ask.change = 2;
	assert_int_equal(fixture_write(&p->d, &w), E_NOTFOUND);
	OK(fixture_open_mailbox(&p->d, &alice, "Sent", &in));
	assert_int_equal(in.exists, 1);
	assert_int_equal(fixture_rows(&p->d, &alice, &in, &row, 1), 1);
	assert_str(row.facts, "large facts");
	assert_int_equal(fixture_content(&p->d, &alice, in.mailbox, 1, back,
	    3001000, NULL), 3000000);
	assert_memory_equal(octets, back, 3000000);
	assert_int_equal(fixture_verify(&p->d), 0);
	/* One that nobody submits goes with its caller. */
	piece = (struct stage_ask){ 0, 0, str_make(octets, 190000) };
	w = (struct write){ .caller = &alice, .call = STORE_stage,
		.ask = &piece };
	for (i = 0; i < 8; i++) {
		w.settled = false;
		OK(fixture_write(&p->d, &w));
		piece.stage = w.answer.stage.stage;
		piece.offset += 190000;
	}
	engine_forget(p->d.e, &alice);
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	assert_int_equal(fixture_verify(&p->d), 0);
	free(octets);
	free(back);
}

/* A piece of what mx hands in; stage 0 begins. */
static int
stage_piece(struct fixture *d, uint64_t *stage, uint64_t offset,
    struct str octets)
{
	struct stage_ask piece = { *stage, offset, octets };
	struct write w = { .caller = &d->mx, .call = STORE_stage,
		.ask = &piece };
	int rc = fixture_write(d, &w);

	if (rc == 0)
		*stage = w.answer.stage.stage;
	return rc;
}

/* However many are slow, what comes now has its place: over the bound, which is
 * of octets, who has taken longest gives way. */
static void
test_slow_stages(void **state)
{
	struct place_of *p = with_people(state);
	struct fixture *d = &p->d;
	enum { N = 600 };
	uint64_t *stages = calloc(N, sizeof(*stages)), large = 0;
	char *octets = calloc(1, 100000);
	size_t i;

	fixture_close(d);
	d->o.staged_octets = 8 << 20;
	OK(fixture_open(d));
	for (i = 0; i < N; i++)
		OK(stage_piece(d, &stages[i], 0, str_make(octets, 10000)));
	for (i = 0; i < 60; i++)
		OK(stage_piece(d, &large, i * 100000,
		    str_make(octets, 100000)));
	assert_int_equal(stage_piece(d, &stages[0], 10000,
	    str_make(octets, 1)), E_NOTFOUND);
	OK(stage_piece(d, &stages[599], 10000, str_make(octets, 1)));
	/* Alone it may be as large as a message. */
	for (; i < 100; i++)
		OK(stage_piece(d, &large, i * 100000,
		    str_make(octets, 100000)));
	assert_int_equal(stage_piece(d, &stages[599], 10001,
	    str_make(octets, 1)), E_NOTFOUND);
	engine_forget(d->e, &d->mx);
	assert_int_equal(fixture_verify(d), 0);
	free(octets);
	free(stages);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_submit_and_read),
		T(test_sender_and_relay),
		T(test_sync_much),
		T(test_flags_and_expunge),
		T(test_remove),
		T(test_modseq_of_answers),
		T(test_content_by_email),
		T(test_keyword_sets),
		T(test_clean),
		T(test_account_remove),
		T(test_stages),
		T(test_slow_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
