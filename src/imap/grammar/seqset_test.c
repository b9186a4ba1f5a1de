#include "imap/grammar/seqset.h"

#include "base/test.h"

static const struct {
	const char *text;
	uint32_t largest;
	const char *want;	/* NULL: not well formed */
} table[] = {
	{ "1", 9, "1" },
	{ "2,4:7,9,12:*", 15, "2,4:7,9,12:15" },
	{ "*", 7, "7" },
	{ "*:4,5:7", 10, "4:10" },
	{ "7:3", 9, "3:7" },
	{ "559:*", 10, "10:559" },
	{ "*:*", 3, "3" },
	{ "*", 0, "" },
	{ "5:*", 0, "" },
	{ "5,4,3,2,1", 9, "1:5" },
	{ "1:3,2:8,4", 9, "1:8" },
	{ "1,3", 9, "1,3" },
	{ "4294967295", 9, "4294967295" },
	{ "4294967294:4294967295,1:2,4294967295", 9,
	    "1:2,4294967294:4294967295" },
	{ "1:4294967295,7", 9, "1:4294967295" },
	{ "0", 9, NULL },
	{ "01", 9, NULL },
	{ "4294967296", 9, NULL },
	{ "1,", 9, NULL },
	{ ",1", 9, NULL },
	{ "1:", 9, NULL },
	{ ":1", 9, NULL },
	{ "1:2:3", 9, NULL },
	{ "1 ,2", 9, NULL },
	{ "", 9, NULL },
	{ "**", 9, NULL },
	{ "$1", 9, NULL },
};

static void
render(struct seqset *set, struct buf *b)
{
	struct seqset_out o = { .b = b };

	for (size_t i = 0; i < set->n; i++)
		seqset_out_range(&o, set->r[i].lo, set->r[i].hi);
	seqset_out_end(&o);
}

static void
test_table(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(table); i++) {
		struct scan s = scan_of(str_c(table[i].text), a);
		struct seqset set = scan_seqset(&s);
		auto_buf b = BUF_INIT(1000);

		scan_end(&s);
		assert_int_equal(scan_ok(&s), table[i].want != NULL);
		if (!table[i].want)
			continue;
		seqset_resolve(&set, table[i].largest);
		render(&set, &b);
		assert_str(buf_get(&b), table[i].want);
	}
	arena_free(a);
}

static void
test_members(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	struct scan s = scan_of(STR("3:5,9,20:*"), a);
	struct seqset set = scan_seqset(&s);

	seqset_resolve(&set, 22);
	assert_false(seqset_has(&set, 0));
	assert_false(seqset_has(&set, 2));
	assert_true(seqset_has(&set, 3));
	assert_true(seqset_has(&set, 5));
	assert_false(seqset_has(&set, 6));
	assert_true(seqset_has(&set, 9));
	assert_true(seqset_has(&set, 22));
	assert_false(seqset_has(&set, 23));
	assert_int_equal(seqset_from(&set, 1), 3);
	assert_int_equal(seqset_from(&set, 6), 9);
	assert_int_equal(seqset_from(&set, 10), 20);
	assert_int_equal(seqset_from(&set, 23), 0);
	assert_int_equal(seqset_max(&set), 22);
	assert_int_equal(seqset_count(&set), 7);
	arena_free(a);
}

static void
test_saved(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	struct scan s = scan_of(STR("$"), a);
	struct seqset set = scan_seqset(&s);

	assert_true(scan_ok(&s) && set.saved && set.n == 0);
	s = scan_of(STR("1:*"), a);
	(void)scan_uid_set(&s);
	assert_false(scan_ok(&s));
	arena_free(a);
}

static void
test_out(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1000);
	struct seqset_out o = { .b = &b };

	for (uint32_t v = 1; v < 10; v++) {
		if (v != 4 && v != 6)
			seqset_out_add(&o, v);
	}
	seqset_out_end(&o);
	assert_str(buf_get(&b), "1:3,5,7:9");
}

/* UIDs: only "*" names the last one. */
static void
test_uids(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} uids[] = {
		{ "*", "4294967295" },
		{ "127:*", "127:4294967295" },
		{ "4294967295", "" },
		{ "4294967295:4294967295", "" },
		{ "127:4294967295", "127:4294967294" },
		{ "4294967295:127,5", "5,127:4294967294" },
		{ "4294967295:*", "4294967294:4294967295" },
	};
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(uids); i++) {
		struct scan s = scan_of(str_c(uids[i].text), a);
		struct seqset set = scan_seqset(&s);
		auto_buf b = BUF_INIT(1000);

		seqset_resolve_uids(&set);
		render(&set, &b);
		assert_str(buf_get(&b), uids[i].want);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_uids),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_saved),
		cmocka_unit_test(test_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
