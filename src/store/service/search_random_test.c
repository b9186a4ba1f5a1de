/*
 * What store answers to random searches is what a plain evaluation says of
 * every row.
 */
#include "base/test.h"
#include "store/search.h"
#include "store/service/test_fixture.h"

enum { MESSAGES = 200, SEARCHES = 2000, KIDS = 3, DEPTH = 5 };

static uint64_t seed = 88172645463325252ull;

static uint32_t
chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16) % n;
}

static const char *const keywords[] = { "", "one", "two", "one two", "$Junk" };

static void
append_messages(struct fixture *d, struct caller *who)
{
	static const char *const texts[] = { "", "a", "Subject: x\r\n\r\nabc" };

	for (int i = 0; i < MESSAGES; i++) {
		struct append_answer a;

		d->now_us += chance(3) * 20000000ll;
		assert_int_equal(fixture_append(d, who, "INBOX",
		    texts[chance(NELEM(texts))], chance(32),
		    keywords[chance(NELEM(keywords))], &a), 0);
	}
}

/* ---- random conditions ---------------------------------------------- */

static struct str
random_set(struct arena *a)
{
	uint32_t v[8], n = 2 * chance(4), last = 0;

	for (uint32_t i = 0; i < n; i++)
		v[i] = last += 1 + chance(150);
	if (n && chance(3) == 0)
		v[n - 1] = UINT32_MAX;
	return str_dup(a, str_make((const char *)v, n * sizeof(*v)));
}

static struct condition *
random_condition(struct arena *a, const struct fetch_row *row, int depth)
{
	static const enum condition_kind leaves[] = { COND_ALL, COND_UNKNOWN,
		COND_FLAG, COND_FLAG, COND_KEYWORD, COND_RECEIVED,
		COND_RECEIVED_DAY, COND_SIZE, COND_CHANGED, COND_NUMBER,
		COND_UID };
	static const enum condition_kind inner[] = { COND_AND, COND_OR,
		COND_NOT };
	struct condition *c = arena_new_of(a, struct condition);
	struct condition **tail = &c->kids;

	c->text = str_c(chance(2) ? "TWO" : "$junk");
	c->set = random_set(a);
	if (depth > 0 && chance(3) > 0) {
		c->kind = inner[chance(NELEM(inner))];
		for (uint32_t n = chance(KIDS + 1); n > 0; n--) {
			*tail = random_condition(a, row, depth - 1);
			tail = &(*tail)->next;
		}
		return c;
	}
	c->kind = leaves[chance(NELEM(leaves))];
	switch (c->kind) {
	case COND_FLAG:
		c->low = 1 << chance(5);
		break;
	case COND_SIZE:
		c->low = chance(10);
		c->high = c->low + chance(20);
		break;
	case COND_CHANGED:
		c->low = (int64_t)row->modseq;
		break;
	default:
		c->low = row->received - chance(1000);
		c->high = row->received + chance(1000);
		break;
	}
	return c;
}

/* ---- a plain evaluation: 0 no, 1 unknown, 2 yes --------------------- */

static int
plain_set(struct str set, uint32_t v, uint32_t star)
{
	const uint32_t *p = (const void *)set.p;

	for (size_t i = 0; i < set.n / 8; i++) {
		uint32_t lo = p[2 * i], hi = p[2 * i + 1];

		if (hi == UINT32_MAX && v == star)
			return 2;
		if (lo <= v && v <= hi)
			return 2;
	}
	return 0;
}

static int
plain_leaf(const struct condition *c, const struct fetch_row *row,
    uint32_t last)
{
	int64_t day = row->received + 60 * row->offset_min;

	switch (c->kind) {
	case COND_ALL:
		return 2;
	case COND_FLAG:
		return row->flags & c->low ? 2 : 0;
	case COND_KEYWORD:
		return 2 * (str_findi(row->keywords, c->text) <
		    row->keywords.n);
	case COND_RECEIVED:
		return 2 * (c->low <= row->received && row->received <
		    c->high);
	case COND_RECEIVED_DAY:
		return 2 * (c->low <= day && day < c->high);
	case COND_SIZE:
		return 2 * (c->low <= (int64_t)row->size &&
		    (int64_t)row->size < c->high);
	case COND_CHANGED:
		return 2 * (c->low <= (int64_t)row->modseq);
	case COND_NUMBER:
		return plain_set(c->set, row->seq, 0);
	case COND_UID:
		return plain_set(c->set, row->uid, last);
	default:
		return 1;
	}
}

static int
plain(const struct condition *c, const struct fetch_row *row, uint32_t last)
{
	int most = 0, least = 2;

	if (c->kind != COND_AND && c->kind != COND_OR && c->kind != COND_NOT)
		return plain_leaf(c, row, last);
	for (const struct condition *k = c->kids; k; k = k->next) {
		int v = plain(k, row, last);

		most = v > most ? v : most;
		least = v < least ? v : least;
	}
	return c->kind == COND_AND ? least : c->kind == COND_OR ? most :
	    2 - most;
}

/* ---- both ----------------------------------------------------------- */

struct searched_box {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	struct caller who;
	struct open_answer in;
	struct fetch_row *rows;
	struct arena *a;
};

/* The page's messages, as plain() calls them, behind those before. */
static uint32_t
ask_page(struct searched_box *b, struct search_ask *ask, uint8_t *is)
{
	union store_answer answer;
	struct search_run run;
	struct rd r;

	assert_int_equal(reader_ask(b->d.r, &b->who, STORE_search, ask,
	    &answer, &b->d.err), 0);
	assert_int_equal(answer.search.last_uid, b->rows[MESSAGES - 1].uid);
	r = rd_of(answer.search.runs);
	while (!rd_done(&r)) {
		assert_true(msg_take(&r, &search_run_shape, &run));
		for (uint32_t i = 0; i < run.n; i++) {
			assert_in_range(run.seq + i, 1, MESSAGES);
			assert_int_equal(b->rows[run.seq + i - 1].uid,
			    run.uid + i);
			assert_int_equal(is[run.seq + i - 1], 0);
			is[run.seq + i - 1] = run.unknown ? 1 : 2;
		}
	}
	return answer.search.next;
}

static void
one_search(struct searched_box *b)
{
	static const uint32_t all[2] = { 1, UINT32_MAX };
	auto_buf program = BUF_INIT(PROGRAM_MAX);
	uint8_t is[MESSAGES] = { 0 };
	uint32_t last = b->rows[MESSAGES - 1].uid;
	struct search_ask ask = { .mailbox = b->in.mailbox,
		.arrivals = b->in.modseq, .expunges = b->in.modseq,
		.by_uid = true, .set = str_make((const char *)all, 8) };
	struct condition *c;

	arena_reset(b->a);
	c = random_condition(b->a, &b->rows[chance(MESSAGES)], DEPTH);
	condition_encode(c, &program);
	ask.program = buf_get(&program);
	do
		ask.cursor = ask_page(b, &ask, is);
	while (ask.cursor);
	for (int i = 0; i < MESSAGES; i++)
		assert_int_equal(is[i], plain(c, &b->rows[i], last));
}

static void
set_up_box(struct searched_box *b)
{
	uint64_t account;

	b->files = fixture_folder(b->path, &b->dirfd);
	fixture_init(&b->d, b->files);
	assert_int_equal(fixture_open(&b->d), 0);
	assert_int_equal(fixture_domain(&b->d, "example.test"), 0);
	assert_int_equal(fixture_account(&b->d, "a@example.test", &account),
	    0);
	b->who = fixture_person(account);
	append_messages(&b->d, &b->who);
	assert_int_equal(fixture_open_mailbox(&b->d, &b->who, "INBOX",
	    &b->in), 0);
	b->rows = calloc(MESSAGES, sizeof(*b->rows));
	b->a = arena_new(16 << 20);
	assert_int_equal(fixture_rows(&b->d, &b->who, &b->in, b->rows,
	    MESSAGES), MESSAGES);
	for (int i = 0; i < MESSAGES; i++)	/* they are the reader's */
		b->rows[i].keywords = str_c(strndup(b->rows[i].keywords.n ?
		    b->rows[i].keywords.p : "", b->rows[i].keywords.n));
}

static void
tear_down_box(struct searched_box *b)
{
	for (int i = 0; i < MESSAGES; i++)
		free((char *)(uintptr_t)b->rows[i].keywords.p);
	free(b->rows);
	arena_free(b->a);
	fixture_close(&b->d);
	fixture_folder_end(b->path, b->dirfd, b->files);
}

static int
set_up(void **state)
{
	static struct searched_box b;

	set_up_box(&b);
	*state = &b;
	return 0;
}

static int
tear_down(void **state)
{
	tear_down_box(*state);
	return 0;
}

static void
test_random(void **state)
{
	for (int i = 0; i < SEARCHES; i++)
		one_search(*state);
}

/* A page costs no more than it may, and goes on where it ended. */
static void
test_pages(void **state)
{
	static struct condition many[CONDITIONS_MAX - 1];
	static const uint32_t all[2] = { 1, UINT32_MAX };
	struct condition or = { COND_OR, .kids = many };
	struct searched_box *b = *state;
	auto_buf program = BUF_INIT(PROGRAM_MAX);
	uint8_t is[MESSAGES] = { 0 };
	struct search_ask ask = { .mailbox = b->in.mailbox,
		.arrivals = b->in.modseq, .expunges = b->in.modseq,
		.by_uid = true, .set = str_make((const char *)all, 8) };
	int pages = 0;

	for (size_t i = 0; i < NELEM(many); i++)
		many[i] = (struct condition){ COND_FLAG, FLAG_seen,
			.next = i + 1 < NELEM(many) ? &many[i + 1] : NULL };
	condition_encode(&or, &program);
	ask.program = buf_get(&program);
	do
		ask.cursor = ask_page(b, &ask, is);
	while (++pages < 1000 && ask.cursor);
	assert_in_range(pages, 2, 100);
	for (int i = 0; i < MESSAGES; i++)
		assert_int_equal(is[i], b->rows[i].flags & FLAG_seen ? 2 : 0);
	ask.program = STR("\x7f");
	assert_int_equal(reader_ask(b->d.r, &b->who, STORE_search, &ask,
	    &(union store_answer){ 0 }, &b->d.err), E_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
