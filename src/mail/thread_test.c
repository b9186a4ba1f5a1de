/*
 * Random references and subjects: whatever they are, every message is in the
 * tree once, siblings are in the order of their dates, and a dummy has several
 * children; of REFS, threads are in the order of what is newest in them. And
 * sorting, against a plain one.
 */
#include "mail/thread.h"

#include "mail/sort.h"
#include "mail/test_world.h"
#include "mime/facts.h"

enum { MESSAGES = 400, IDS = 300, ROUNDS = 5, PAGE = 50 };

static uint64_t seed = 88172645463325252ull;
static struct str facts[MESSAGES + 1];
static int64_t sent[MESSAGES + 1], received[MESSAGES + 1];

static uint32_t
chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16) % n;
}

/* A message with a random id (some have the same, some none), references and
 * subject. */
static struct str
random_facts(struct arena *mem, uint32_t hour)
{
	auto_buf text = BUF_INIT(100000), record = BUF_INIT(MIME_RECORD_MAX);
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *scan = mime_scan_new(a, NULL);
	struct str made;

	buf_printf(&text, "Date: Mon, 1 Feb 1999 %02u:00:00 +0000\r\n", hour);
	if (chance(10) > 0)
		buf_printf(&text, "Message-ID: <%u@x>\r\n", chance(IDS));
	if (chance(3) == 0)
		buf_printf(&text, "In-Reply-To: <%u@x>\r\n", chance(IDS));
	buf_lit(&text, "References:");
	for (uint32_t n = chance(5); n > 0; n--)
		buf_printf(&text, " <%u@x>", chance(IDS));
	buf_printf(&text, "\r\nSubject: %s%u\r\n\r\n", chance(2) ? "Re: " : "",
	    chance(200));
	mime_scan_feed(scan, buf_get(&text));
	mime_scan_finish(scan, &record);
	made = str_dup(mem, buf_get(&record));
	arena_free(a);
	return made;
}

static int
fetch(struct store *st, const void *asked, void *answered)
{
	const struct fetch_ask *ask = asked;
	struct fetch_answer *a = answered;
	struct buf b = BUF_INIT(MSG_CHUNK);
	uint32_t i = ask->cursor ? ask->cursor : 1, n = 0;

	for (; i <= MESSAGES && n < PAGE; i++, n++) {
		struct facts f;
		struct fetch_row row = { .seq = i, .uid = i,
			.received = received[i], .facts = facts[i] };

		assert_int_equal(facts_decode(facts[i], &f), 0);
		row.size = f.size;
		msg_put(&b, &fetch_row_shape, &row);
	}
	*a = (struct fetch_answer){ .modseq = 5,
		.rows = str_dup(world_of(st)->mem, buf_get(&b)),
		.next = i <= MESSAGES ? i : 0 };
	buf_free(&b);
	return 0;
}

/* The date by which a node stands among its siblings. */
static int64_t
date_of(const struct thread_tree *t, uint32_t i)
{
	const struct thread_node *x = &t->nodes.p[i];

	return sent[x->uid ? x->seq : t->nodes.p[x->child].seq];
}

static int64_t
newest(const struct thread_tree *t, uint32_t i)
{
	const struct thread_node *x = &t->nodes.p[i];
	int64_t most = x->uid ? received[x->seq] : INT64_MIN;

	for (uint32_t k = x->child; k; k = t->nodes.p[k].next) {
		int64_t of = newest(t, k);

		most = of > most ? of : most;
	}
	return most;
}

static void
check_order(const struct thread_tree *t, uint32_t i, bool by_newest)
{
	uint32_t next = t->nodes.p[i].next;

	if (by_newest)
		assert_true(newest(t, i) <= newest(t, next));
	else
		assert_true(date_of(t, i) <= date_of(t, next));
}

static size_t
check_below(const struct thread_tree *t, uint32_t i, bool seen[], int depth,
    bool refs)
{
	uint32_t kids = 0;
	size_t n = 0;

	assert_true(depth <= MESSAGES + 1);
	for (uint32_t k = t->nodes.p[i].child; k; k = t->nodes.p[k].next) {
		const struct thread_node *x = &t->nodes.p[k];

		kids++;
		assert_int_equal(x->parent, i);
		if (x->uid) {
			assert_false(seen[x->seq]);
			seen[x->seq] = true;
			n++;
		} else {
			assert_int_equal(i, 0);
			assert_true(x->kids > 1);
		}
		if (x->next)
			check_order(t, k, refs && i == 0);
		n += check_below(t, k, seen, depth + 1, refs);
	}
	if (i != 0)
		assert_int_equal(t->nodes.p[i].kids, kids);
	return n;
}

static void
threads(struct world *w)
{
	struct mailbox_view v = { .account = &w->account, .at = { 1, 5, 5 },
		.exists = MESSAGES };
	struct search_result found = { .n = MESSAGES };

	vec_push(&found.runs, (struct search_run){ 1, 1, MESSAGES });
	w->fake.answer[STORE_fetch] = fetch;
	for (int round = 0; round < ROUNDS; round++) {
		struct err err = { 0 };

		for (uint32_t i = 1; i <= MESSAGES; i++) {
			sent[i] = chance(24);
			received[i] = chance(1000);
			facts[i] = random_facts(w->mem, (uint32_t)sent[i]);
		}
		for (int how = 0; how <= THREAD_BY_REFS; how++) {
			bool seen[MESSAGES + 1] = { false };
			struct thread_tree t;

			assert_int_equal(thread_messages(&v, &found,
			    (enum thread_how)how, COLLATION_FOLDED,
			    &t, &err), 0);
			assert_int_equal(check_below(&t, 0, seen, 0,
			    how == THREAD_BY_REFS), MESSAGES);
			thread_tree_free(&t);
		}
	}
	search_result_free(&found);
}

static bool
is_less(const void *arg, uint32_t a, uint32_t b)
{
	const uint32_t *key = arg;

	return key[a] != key[b] ? key[a] < key[b] : a < b;
}

static void
sorts(struct world *w)
{
	for (uint32_t n = 0; n < 200; n++) {
		uint32_t key[200], order[200];

		for (uint32_t i = 0; i < n; i++) {
			key[i] = chance(50);
			order[i] = i;
		}
		sort_numbers(w->loop, order, n, is_less, key);
		for (uint32_t i = 1; i < n; i++)
			assert_true(is_less(key, order[i - 1], order[i]));
	}
}

static void
test_threads(void **state unused_arg)
{
	world_run(threads);
}

static void
test_sorts(void **state unused_arg)
{
	world_run(sorts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_sorts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
