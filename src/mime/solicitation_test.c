#include "mime/solicitation.h"

#include "base/test.h"

#define W100 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee" \
	"ffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjj"
#define W1000 W100 W100 W100 W100 W100 W100 W100 W100 W100 W100

static void
test_is(void **state unused_arg)
{
	static const struct {
		const char *text;
		bool is;
	} t[] = {
		{ "net.example:ADV", true },
		{ "net.example:ADV,org.example:ADV:ADLT", true },
		{ "a", true },
		{ "a1_-.:", true },
		{ W1000, true },
		{ W1000 "a", false },
		{ "", false },
		{ ",", false },
		{ "a,", false },
		{ ",a", false },
		{ "a,,b", false },
		{ "1a", false },
		{ ":a", false },
		{ "a b", false },
		{ "a, b", false },
		{ "a;b", false },
		{ "a\xc3\xbc", false },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(solicitation_is(str_c(t[i].text)), t[i].is);
	assert_false(solicitation_is(STR("a\0b")));
	assert_false(solicitation_is_word(STR("a,b")));
}

static void
test_find(void **state unused_arg)
{
	static const struct {
		const char *said, *wanted, *word;
	} t[] = {
		{ "net.example:ADV", "net.example:ADV", "net.example:ADV" },
		{ "NET.example:adv", "net.example:ADV", "NET.example:adv" },
		{ "x,b:B", "a:A,b:B", "b:B" },
		{ " x ,\r\n\tb:B ", "a:A,b:B", "b:B" },
		{ "b:B", "a:A", NULL },
		{ "b:B", "b:BB", NULL },
		{ "b:BB", "b:B", NULL },
		{ "b:B", "", NULL },
		{ "", "b:B", NULL },
		{ ",,", "b:B", NULL },
		{ "b B", "b:B", NULL },
	};
	struct str word;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(solicitation_find(str_c(t[i].said),
		    str_c(t[i].wanted), &word), t[i].word != NULL);
		if (t[i].word)
			assert_str(word, t[i].word);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
