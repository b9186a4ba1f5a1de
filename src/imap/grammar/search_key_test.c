#include "imap/grammar/search_key.h"

#include "base/test.h"

/* A tree as text: enough to see its shape and what it holds. */
static void
show(struct buf *b, const struct search_key *k)
{
	buf_printf(b, "%d", (int)k->kind);
	if (k->field.n)
		buf_printf(b, "[%.*s]", STR_FMT(k->field));
	if (k->text.n)
		buf_printf(b, "'%.*s'", STR_FMT(k->text));
	if (k->n)
		buf_printf(b, "#%ju", (uintmax_t)k->n);
	if (k->date)
		buf_printf(b, "@%jd", (intmax_t)k->date);
	for (size_t i = 0; i < k->set.n; i++)
		buf_printf(b, "<%u:%u>", k->set.r[i].lo, k->set.r[i].hi);
	if (!k->kids)
		return;
	buf_chr(b, '(');
	for (const struct search_key *c = k->kids; c; c = c->next) {
		if (c != k->kids)
			buf_chr(b, ' ');
		show(b, c);
	}
	buf_chr(b, ')');
}

#define ROW(in, want, ...) \
	do { \
		auto_buf w = BUF_INIT(1000); \
		buf_printf(&w, want, __VA_ARGS__); \
		check(STR(in), buf_get(&w)); \
	} while (0)

static void
check(struct str in, struct str want)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	struct scan s = scan_of(in, a);
	struct search_key *k = scan_search_keys(&s);
	auto_buf b = BUF_INIT(1000);

	assert_true(scan_ok(&s));
	show(&b, k);
	assert_strs(buf_get(&b), want);
	arena_free(a);
}

static void
test_trees(void **state unused_arg)
{
	ROW("ALL", "%d(%d)", SEARCH_AND, SEARCH_ALL);
	ROW("unseen FROM \"a b\"", "%d(%d#1 %d[From]'a b')", SEARCH_AND,
	    SEARCH_UNFLAG, SEARCH_HEADER);
	ROW("NOT (DELETED 1:3)", "%d(%d(%d(%d#8 %d<1:3>)))", SEARCH_AND,
	    SEARCH_NOT, SEARCH_AND, SEARCH_FLAG, SEARCH_SET);
	ROW("OR SEEN OR NEW OLD", "%d(%d(%d#1 %d(%d %d)))", SEARCH_AND,
	    SEARCH_OR, SEARCH_FLAG, SEARCH_OR, SEARCH_NEW, SEARCH_OLD);
	ROW("HEADER x-y \"\"", "%d(%d[x-y])", SEARCH_AND, SEARCH_HEADER);
	ROW("UID 4,7:*", "%d(%d<4:4><7:0>)", SEARCH_AND, SEARCH_UID);
	ROW("* SINCE 1-Feb-1994", "%d(%d<0:0> %d@760060800)", SEARCH_AND,
	    SEARCH_SET, SEARCH_SINCE);
	ROW("LARGER 5 SMALLER 99999999999", "%d(%d#5 %d#99999999999)",
	    SEARCH_AND, SEARCH_LARGER, SEARCH_SMALLER);
	ROW("KEYWORD $Junk UNKEYWORD x", "%d(%d'$Junk' %d'x')", SEARCH_AND,
	    SEARCH_KEYWORD, SEARCH_UNKEYWORD);
	ROW("MODSEQ \"/flags/\\\\draft\" all 620", "%d(%d#620)", SEARCH_AND,
	    SEARCH_MODSEQ);
	ROW("UIDAFTER 25000 UIDBEFORE 9", "%d(%d<25001:4294967294> %d<1:8>)",
	    SEARCH_AND, SEARCH_UID, SEARCH_UID);
	ROW("UIDBEFORE 1 UIDAFTER 4294967294 UIDAFTER 4294967295",
	    "%d(%d %d %d)", SEARCH_AND, SEARCH_UID, SEARCH_UID, SEARCH_UID);
	ROW("NOT FILTER on-the-road", "%d(%d(%d'on-the-road'))", SEARCH_AND,
	    SEARCH_NOT, SEARCH_FILTER);
	ROW("MODSEQ 7 YOUNGER 60", "%d(%d#7 %d#60)", SEARCH_AND,
	    SEARCH_MODSEQ, SEARCH_YOUNGER);
	ROW("SUBJECT {3}\r\na\"b", "%d(%d[Subject]'a\"b')", SEARCH_AND,
	    SEARCH_HEADER);
}

static void
test_refused(void **state unused_arg)
{
	static const char *const bad[] = { "", " ALL", "XYZ", "NOT",
		"OR SEEN", "(SEEN", "()", "SEEN)", "FROM", "FROM ",
		"SINCE yesterday", "LARGER -1", "KEYWORD \\Seen", "UID",
		"UID x", "0", "1:", "HEADER a", "OLDER 0", "MODSEQ x",
		"SEEN( UNSEEN", "FILTER", "UIDAFTER 0",
		"UIDBEFORE *", "UIDAFTER 1:2", "FILTER a/b", "FILTER \"a\"" };
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(bad); i++) {
		struct scan s = scan_of(str_c(bad[i]), a);

		(void)scan_search_keys(&s);
		assert_false(scan_ok(&s));
	}
	arena_free(a);
}

static bool
repeated(const char *more, size_t times, const char *tail, const char *end)
{
	struct arena *a = arena_new(SCAN_ARENA(100000));
	auto_buf b = BUF_INIT(100000);
	struct scan s;
	bool ok;

	for (size_t i = 0; i < times; i++)
		buf_str(&b, str_c(more));
	buf_str(&b, str_c(tail));
	for (size_t i = 0; i < times; i++)
		buf_str(&b, str_c(end));
	s = scan_of(buf_get(&b), a);
	(void)scan_search_keys(&s);
	ok = scan_ok(&s);
	arena_free(a);
	return ok;
}

static void
test_bounds(void **state unused_arg)
{
	assert_true(repeated("NOT ", SEARCH_DEPTH_MAX - 1, "ALL", ""));
	assert_false(repeated("NOT ", SEARCH_DEPTH_MAX, "ALL", ""));
	assert_true(repeated("(", SEARCH_DEPTH_MAX - 1, "ALL", ")"));
	assert_false(repeated("(", SEARCH_DEPTH_MAX, "ALL", ")"));
	assert_false(repeated("(", 30000, "ALL", ")"));
	assert_true(repeated("ALL ", SEARCH_KEYS_MAX - 2, "ALL", ""));
	assert_false(repeated("ALL ", SEARCH_KEYS_MAX - 1, "ALL", ""));
}

static void
test_search_sort_thread(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	struct scan s = scan_of(
	    STR(" RETURN (MIN COUNT) CHARSET UTF-8 SEEN"), a);
	struct search_args search = { 0 };
	struct sort_args sort = { 0 };
	struct thread_args thread = { 0 };

	scan_search(&s, &search);
	assert_true(scan_ok(&s) && search.esearch);
	assert_int_equal(search.options, RETURN_MIN | RETURN_COUNT);
	assert_str(search.charset, "UTF-8");

	search = (struct search_args){ 0 };
	s = scan_of(STR(" RETURN () ALL"), a);
	scan_search(&s, &search);
	assert_true(scan_ok(&s) && search.options == RETURN_ALL);

	s = scan_of(STR(" (REVERSE DATE SUBJECT) us-ascii SEEN"), a);
	scan_sort(&s, &sort);
	assert_true(scan_ok(&s));
	assert_int_equal(sort.n, 2);
	assert_int_equal(sort.by[0].key, SORT_DATE);
	assert_true(sort.by[0].reverse && !sort.by[1].reverse);

	s = scan_of(STR(" REFERENCES UTF-8 SINCE 5-Mar-2000"), a);
	scan_thread(&s, &thread);
	assert_true(scan_ok(&s));
	assert_int_equal(thread.algorithm, THREAD_REFERENCES);
	s = scan_of(STR(" JWZ UTF-8 ALL"), a);
	scan_thread(&s, &thread);
	assert_false(scan_ok(&s));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_search_sort_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
