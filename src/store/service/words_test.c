/*
 * Tests of the index of words behind its messages: who fills it, what a search
 * hears of it, and what becomes of it with the mail that it is of.
 */
#include "store/engine/engine_int.h"
#include "store/search.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { VERSION = 5, DAY = 86400, MOST = 20 };

/* ---- words that are given ------------------------------------------------ */

static int
give_octets(struct folder *p, const struct caller *who, uint32_t version,
    struct str records)
{
	struct words_ask ask = { .version = version, .records = records };
	union store_answer answer;

	return reader_ask(p->d.r, who, STORE_words, &ask, &answer, &p->d.err);
}

static void
put_word(struct buf *b, const char *word)
{
	if (*word)
		words_put(b, str_c(word));
}

static int
give(struct folder *p, const struct caller *who, uint64_t email,
    uint64_t content, bool cut, const char *header, const char *body)
{
	auto_buf records = BUF_INIT(WORDS_ASK_MAX), h = BUF_INIT(100),
		b = BUF_INIT(100);
	struct words_record r = { email, content, cut, { { 0 } } };

	put_word(&h, header);
	put_word(&b, body);
	r.parts[WORDS_HEADER] = buf_get(&h);
	r.parts[WORDS_BODY] = buf_get(&b);
	words_record_put(&records, &r);
	return give_octets(p, who, VERSION, buf_get(&records));
}

/* The rows of a mailbox, at most MOST. */
static int
rows_of(struct folder *p, const char *mailbox, struct fetch_row *rows)
{
	struct open_answer view;

	OK(fixture_open_mailbox(&p->d, &p->who, mailbox, &view));
	return fixture_rows(&p->d, &p->who, &view, rows, MOST);
}

/* n messages into INBOX; the i-th has the word of its letter, "alpha" or
 * "beta" in turns, in its body. */
static void
append_and_give(struct folder *p, int n)
{
	static const char *const words[] = { "alpha", "beta" };
	static struct fetch_row rows[MOST];
	struct append_answer out;

	for (int i = 0; i < n; i++)
		OK(fixture_append(&p->d, &p->who, "INBOX", "text", 0, "",
		    &out));
	assert_int_equal(rows_of(p, "INBOX", rows), n);
	for (int i = 0; i < n; i++)
		OK(give(p, &p->who, rows[i].email, rows[i].content, false,
		    "header", words[i % 2]));
}

/* ---- and asked for ------------------------------------------------------- */

/* A letter for each message: y matches, n does not, ? is to be looked at, and
 * ! is not in the index either. */
static void
search_as(struct folder *p, const char *mailbox, uint32_t version,
    const struct condition *c, char *out)
{
	static const uint32_t all[2] = { 1, UINT32_MAX };
	auto_buf program = BUF_INIT(PROGRAM_MAX);
	struct open_answer view;
	struct search_ask ask = { .version = version, .by_uid = true,
		.set = str_make((const char *)all, 8) };
	union store_answer answer;
	struct search_run run;
	struct rd r;

	OK(fixture_open_mailbox(&p->d, &p->who, mailbox, &view));
	condition_encode(c, &program);
	ask.mailbox = view.mailbox;
	ask.arrivals = ask.expunges = view.modseq;
	ask.program = buf_get(&program);
	OK(reader_ask(p->d.r, &p->who, STORE_search, &ask, &answer,
	    &p->d.err));
	memset(out, 'n', view.exists);
	out[view.exists] = '\0';
	r = rd_of(answer.search.runs);
	while (!rd_done(&r)) {
		assert_true(msg_take(&r, &search_run_shape, &run));
		for (uint32_t i = 0; i < run.n; i++)
			out[run.seq - 1 + i] = "y?!"[run.unknown];
	}
}

static void
assert_found(struct folder *p, const char *mailbox, const char *word,
    unsigned parts, bool exact, const char *want)
{
	auto_buf words = BUF_INIT(100);
	struct condition c = { COND_TEXT, .parts = parts, .exact = exact };
	char is[MOST + 1];

	word_condition_put(&words, str_c(word), 0);
	c.words = buf_get(&words);
	search_as(p, mailbox, VERSION, &c, is);
	assert_string_equal(is, want);
}

static uint64_t
index_octets(struct folder *p)
{
	struct words_size_ask ask = { p->alice };
	union store_answer answer;

	OK(reader_ask(p->d.r, &p->d.operator_, STORE_words_size, &ask,
	    &answer, &p->d.err));
	return answer.words_size.octets;
}

static uint64_t
indexed(struct folder *p)
{
	struct words_size_ask ask = { p->alice };
	union store_answer answer;

	OK(reader_ask(p->d.r, &p->d.operator_, STORE_words_size, &ask,
	    &answer, &p->d.err));
	return answer.words_size.messages;
}

static void
test_verdicts(void **state)
{
	struct folder *p = *state;
	struct append_answer out;
	static struct fetch_row rows[MOST];

	append_and_give(p, 4);
	assert_int_equal(indexed(p), 4);
	OK(fixture_append(&p->d, &p->who, "INBOX", "text", 0, "", &out));
	assert_found(p, "INBOX", "alph", WORDS_OF_BODY, true, "ynyn!");
	assert_found(p, "INBOX", "alph", WORDS_OF_BODY, false, "?n?n!");
	assert_found(p, "INBOX", "alph", WORDS_OF_HEADER, true, "nnnn!");
	assert_found(p, "INBOX", "eader", WORDS_OF_HEADER | WORDS_OF_BODY,
	    true, "yyyy!");
	assert_found(p, "INBOX", "none", WORDS_OF_BODY, true, "nnnn!");
	/* Given once, it stays what it is. */
	rows_of(p, "INBOX", rows);
	OK(give(p, &p->who, rows[0].email, rows[0].content, false, "", "new"));
	assert_found(p, "INBOX", "new", WORDS_OF_BODY, true, "nnnn!");
	/* One that has more words than are known. */
	OK(give(p, &p->who, rows[4].email, rows[4].content, true, "", "new"));
	assert_found(p, "INBOX", "new", WORDS_OF_BODY, true, "nnnny");
	assert_found(p, "INBOX", "other", WORDS_OF_BODY, true, "nnnn?");
}

/* In a tree, and of another version. */
static void
test_trees(void **state)
{
	struct folder *p = *state;
	auto_buf words = BUF_INIT(100);
	struct condition leaf = { COND_BODY, .parts = WORDS_OF_BODY,
		.exact = true };
	struct condition unknown = { COND_SENT_DAY }, not = { COND_NOT,
		.kids = &leaf }, and = { COND_AND, .kids = &leaf };
	char is[MOST + 1];

	append_and_give(p, 4);
	word_condition_put(&words, STR("alpha"), WORD_AT_START | WORD_AT_END);
	leaf.words = buf_get(&words);
	search_as(p, "INBOX", VERSION, &not, is);
	assert_string_equal(is, "nyny");
	leaf.next = &unknown;
	search_as(p, "INBOX", VERSION, &and, is);
	assert_string_equal(is, "?n?n");
	search_as(p, "INBOX", VERSION + 1, &and, is);
	assert_string_equal(is, "!!!!");
	search_as(p, "INBOX", 0, &and, is);
	assert_string_equal(is, "!!!!");
}

/* What is no message of hers is none in her index. */
static void
test_whose(void **state)
{
	struct folder *p = *state;
	static struct fetch_row rows[MOST];
	struct caller bob;
	uint64_t account;

	append_and_give(p, 1);
	rows_of(p, "INBOX", rows);
	OK(fixture_account(&p->d, "bob@ours.test", &account));
	bob = fixture_person(account);
	OK(give(p, &bob, rows[0].email, rows[0].content, false, "", "x"));
	OK(give(p, &p->who, rows[0].email + 1, rows[0].content, false, "",
	    "x"));
	OK(give(p, &p->who, rows[0].email, rows[0].content + 1, false, "",
	    "x"));
	assert_int_equal(indexed(p), 1);
	assert_int_equal(give_octets(p, &p->who, 0, STR_NULL), E_INVALID);
	assert_int_equal(give_octets(p, &p->who, VERSION, STR("x")),
	    E_INVALID);
	assert_int_equal(reader_ask(p->d.r, &bob, STORE_search,
	    &(struct search_ask){ .program = STR("\x10\x01\x01\x03\x00\x00\x00"
	    "\x00\x01\n") }, &(union store_answer){ 0 }, &p->d.err),
	    E_INVALID);
}

static void
later(struct folder *p, int64_t seconds)
{
	bool more = true;

	p->d.now_us += seconds * 1000000;
	for (int i = 0; more && i < 10000; i++)
		OK(engine_gc(p->d.e, &more, &p->d.err));
}

static bool
never(void *arg unused_arg)
{
	return false;
}

/* Moved, it is known where it is; copied, it is a message that nobody has read;
 * removed, it is known as long as it can come back, and then no more. */
static void
test_life(void **state)
{
	struct folder *p = *state;
	struct open_answer view;
	struct mailbox_create_answer made;
	struct undelete_ask back = { .address = STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .call = STORE_undelete,
		.ask = &back };
	uint32_t n;

	engine_ages(p->d.e, &(struct age_settings){ .deleted_s = 7 * DAY });
	append_and_give(p, 6);
	OK(fixture_mailbox_create(&p->d, &p->who, "Work", 0, &made));
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &view));
	OK(fixture_move(&p->d, &p->who, &view, 1, 2, "Work", &n));
	assert_found(p, "Work", "beta", WORDS_OF_BODY, true, "ny");
	OK(fixture_copy(&p->d, &p->who, &view, 3, 3, "Work"));
	assert_found(p, "Work", "beta", WORDS_OF_BODY, true, "ny!");
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &view));
	OK(fixture_remove(&p->d, &p->who, &view, 3, 4, &n));
	assert_found(p, "INBOX", "beta", WORDS_OF_BODY, true, "ny");
	reader_sweep_words(p->d.r, never, NULL);
	assert_int_equal(indexed(p), 6);
	back.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	assert_found(p, "INBOX", "beta", WORDS_OF_BODY, true, "nyny");
	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &view));
	OK(fixture_remove(&p->d, &p->who, &view, 1, 1000, &n));
	later(p, 8 * DAY);
	reader_sweep_words(p->d.r, never, NULL);
	assert_int_equal(indexed(p), 2);
	assert_found(p, "Work", "beta", WORDS_OF_BODY, true, "ny!");
}

static void
test_account_goes(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask gone = { .address = STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &gone };

	append_and_give(p, 2);
	assert_true(index_octets(p) > 0);
	gone.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	later(p, 2 * DAY);
	assert_int_equal(index_octets(p), 0);
}

/* It is there after a crash as far as it goes; a damaged one is none, and the
 * search goes on without it. */
static void
test_damage(void **state)
{
	struct folder *p = *state;
	char file[64];

	append_and_give(p, 4);
	folder_crash(p);
	folder_open_again(p);
	assert_found(p, "INBOX", "beta", WORDS_OF_BODY, true, "nyny");
	(void)snprintf(file, sizeof(file), "index/%016llx",
	    (unsigned long long)p->alice);
	folder_flip(p, file, SEGMENT_HEADER + 1);
	assert_found(p, "INBOX", "alpha", WORDS_OF_BODY, true, "!!!!");
	assert_int_equal(index_octets(p), 0);
	folder_shell(p, "rmdir index && touch index");	/* none can be made */
	assert_found(p, "INBOX", "alpha", WORDS_OF_BODY, true, "!!!!");
	folder_shell(p, "rm index");
}

int
main(void)
{
#define T(f) \
	cmocka_unit_test_setup_teardown(f, folder_set_up, folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_verdicts), T(test_trees), T(test_whose), T(test_life),
		T(test_account_goes), T(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
