#include "base/test.h"
#include "store/messages.h"
#include "store/search.h"

/* A tree as text: "(& u5 (! u3))". Leaves are a letter and a number, of which
 * the leaf below knows: y yes, n no, u unknown. */
static struct condition *
tree_of(struct arena *a, const char **text)
{
	struct condition *c = arena_new_of(a, struct condition);
	struct condition **tail = &c->kids;

	while (**text == ' ')
		(*text)++;
	if (**text != '(') {
		c->kind = COND_SIZE;
		c->low = *(*text)++;
		return c;
	}
	(*text)++;
	c->kind = **text == '&' ? COND_AND : **text == '|' ? COND_OR :
	    COND_NOT;
	for ((*text)++; **text != ')'; tail = &(*tail)->next)
		*tail = tree_of(a, text);
	(*text)++;
	return c;
}

static enum verdict
says(void *arg unused_arg, const struct condition *c)
{
	return c->low == 'y' ? VERDICT_YES : c->low == 'n' ? VERDICT_NO :
	    VERDICT_UNKNOWN;
}

static void
test_judge(void **state unused_arg)
{
	static const struct {
		const char *tree;
		enum verdict is;
	} rows[] = {
		{ "y", VERDICT_YES }, { "u", VERDICT_UNKNOWN },
		{ "(&)", VERDICT_YES }, { "(|)", VERDICT_NO },
		{ "(& y y)", VERDICT_YES }, { "(& y n)", VERDICT_NO },
		{ "(& u n)", VERDICT_NO }, { "(& u y)", VERDICT_UNKNOWN },
		{ "(| u y)", VERDICT_YES }, { "(| n u)", VERDICT_UNKNOWN },
		{ "(| n n)", VERDICT_NO }, { "(! y)", VERDICT_NO },
		{ "(! n)", VERDICT_YES }, { "(! u)", VERDICT_UNKNOWN },
		{ "(! (& u n))", VERDICT_YES },
		{ "(& (| u n) (! (| y u)))", VERDICT_NO },
		{ "(| (& y (! n)) u)", VERDICT_YES },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < NELEM(rows); i++) {
		const char *text = rows[i].tree;
		struct condition *c = tree_of(a, &text), *back = NULL;
		auto_buf program = BUF_INIT(PROGRAM_MAX);

		assert_int_equal(condition_judge(c, says, NULL), rows[i].is);
		condition_encode(c, &program);
		assert_int_equal(condition_decode(buf_get(&program), a,
		    &back), 0);
		assert_int_equal(condition_judge(back, says, NULL),
		    rows[i].is);
		assert_int_equal(condition_count(c), condition_count(back));
	}
	arena_free(a);
}

#define PAIRS(v, n) { (const char *)(v), (n) * sizeof(uint32_t) }

static void
test_rows(void **state unused_arg)
{
	static const uint32_t set[] = { 1, 2, 5, 5, 9, UINT32_MAX };
	static const uint32_t beyond[] = { 100, UINT32_MAX };
	static const struct searched m = { .seq = 5, .uid = 7, .last_uid = 7,
		.flags = FLAG_seen | FLAG_draft, .modseq = 40, .size = 1000,
		.received = 86400 - 1800, .offset_min = 60,
		.keywords = STR("One $Two three") };
	static const struct {
		struct condition c;
		bool is;
	} rows[] = {
		{ { COND_ALL }, true },
		{ { COND_FLAG, FLAG_seen }, true },
		{ { COND_FLAG, FLAG_seen | FLAG_flagged }, false },
		{ { COND_KEYWORD, .text = STR("one") }, true },
		{ { COND_KEYWORD, .text = STR("$TWO") }, true },
		{ { COND_KEYWORD, .text = STR("thre") }, false },
		{ { COND_RECEIVED, 0, 86400 }, true },
		{ { COND_RECEIVED_DAY, 0, 86400 }, false },
		{ { COND_RECEIVED_DAY, 86400, 2 * 86400 }, true },
		{ { COND_SIZE, 1000, INT64_MAX }, true },
		{ { COND_SIZE, 0, 1000 }, false },
		{ { COND_CHANGED, 40 }, true }, { { COND_CHANGED, 41 }, false },
		{ { COND_NUMBER, .set = PAIRS(set, 6) }, true },
		{ { COND_NUMBER, .set = PAIRS(set, 2) }, false },
		{ { COND_NUMBER }, false },
		{ { COND_UID, .set = PAIRS(set, 4) }, false },
		{ { COND_UID, .set = PAIRS(set, 6) }, true },
		{ { COND_UID, .set = PAIRS(beyond, 2) }, true },
		{ { COND_UID }, false },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(condition_of_row(&rows[i].c, &m),
		    rows[i].is ? VERDICT_YES : VERDICT_NO);
	for (int kind = COND_SENT_DAY; kind < CONDITION_KINDS; kind++)
		assert_int_equal(condition_of_row(&(struct condition){
		    (enum condition_kind)kind }, &m), VERDICT_UNKNOWN);
}

/* What store does not judge by does not travel, and what is no program is
 * refused. */
static void
test_programs(void **state unused_arg)
{
	static const char bad[][8] = { "", "\x0d", "\x05\1\0\0\0", "\x02\1\0\0",
		"\x0b\4\0\0\0abc", "\1\1" };
	static char octets[PROGRAM_MAX];
	struct condition text = { COND_BODY, .text = STR("secret") };
	struct condition long_set = { COND_UID,
		.set = { octets, sizeof(octets) }, .next = &text };
	struct condition and = { COND_AND, .kids = &long_set };
	struct arena *a = arena_new(4 << 20);
	auto_buf program = BUF_INIT(PROGRAM_MAX);
	auto_buf deep = BUF_INIT(PROGRAM_MAX);
	struct condition *c;

	condition_encode(&and, &program);
	assert_false(buf_failed(&program));
	assert_int_equal(program.n, 5 + 1 + 1);
	assert_int_equal(condition_decode(buf_get(&program), a, &c), 0);
	assert_int_equal(c->kids->kind, COND_UNKNOWN);
	assert_int_equal(c->kids->next->kind, COND_UNKNOWN);
	for (size_t i = 0; i < NELEM(bad); i++)
		assert_int_equal(condition_decode(str_make(bad[i],
		    i == 0 ? 0 : i == NELEM(bad) - 1 ? 2 : 8), a, &c),
		    E_INVALID);
	for (int i = 0; i <= CONDITION_DEPTH_MAX; i++)
		buf_put(&deep, "\4\1\0\0\0", 5);
	buf_chr(&deep, COND_ALL);
	assert_int_equal(condition_decode(buf_get(&deep), a, &c), E_INVALID);
	assert_int_equal(condition_decode(str_from(buf_get(&deep), 5), a, &c),
	    0);
	buf_reset(&deep);
	buf_chr(&deep, COND_AND);
	buf_le32(&deep, CONDITIONS_MAX);
	for (int i = 0; i < CONDITIONS_MAX; i++)
		buf_chr(&deep, COND_ALL);
	assert_int_equal(condition_decode(buf_get(&deep), a, &c), E_INVALID);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
