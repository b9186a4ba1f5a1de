#include "mime/word.h"

#include "base/test.h"
#include "mime/subject.h"

struct text {
	const char *value, *want;
};

static const struct text words[] = {
	{ "", "" },
	{ "plain = text?", "plain = text?" },
	{ "=?utf-8?q?J=C3=B6rg_M?=", "J\xc3\xb6rg M" },
	{ "=?ISO-8859-1?Q?a?= b", "a b" },
	{ "=?ISO-8859-1?Q?a?=\r\n =?ISO-8859-1?Q?b?= c", "ab c" },
	{ "=?ISO-8859-1*de?Q?=E9?=", "\xc3\xa9" },
	{ "=?UTF-8?B?4pyT?=", "\xe2\x9c\x93" },
	{ "=?UTF-8?B?4py?= =?UTF-8?B?kw==?=", "\xe2\x9c\x93" },
	/* A character cut in two. */
	{ "=?UTF-8?Q?=E2=9C?= =?UTF-8?Q?=93?=", "\xe2\x9c\x93" },
	{ "=?koi8-r?B?4g==?= x", "\xd0\x91 x" },
	{ "=?x-none?B?4g==?= x", "=?x-none?B?4g==?= x" },
	{ "=?utf-8?x?a?= =?utf-8?q?a", "=?utf-8?x?a?= =?utf-8?q?a" },
	{ "=?utf-8?q?=41=4", "=?utf-8?q?=41=4" },
	{ "a\r\n b\tc\x01\xff", "a b c \xef\xbf\xbd" },
	{ "=?utf-8?q?a=00b?=", "a b" },
};

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(words); i++) {
		auto_buf out = BUF_INIT(4096);

		word_decode(&out, str_c(words[i].value));
		assert_str(buf_get(&out), words[i].want);
	}
}

/* RFC 5256 2.1; want begins with "!" if it is a reply or forward. */
static const struct text subjects[] = {
	{ "", "" },
	{ "hello", "hello" },
	{ " a \t b\r\n c ", "a b c" },
	{ "Re: hello", "!hello" },
	{ "RE : Fwd:fw: hello", "!hello" },
	{ "re[2]: hello", "!hello" },
	{ "[list] Re: [list] hello", "!hello" },
	{ "[list] hello", "hello" },
	{ "[list]", "[list]" },
	{ "hello (fwd) (FWD)", "!hello" },
	{ "[Fwd: Re: hello]", "!hello" },
	{ "[fwd: [x] hello (fwd)] (fwd)", "!hello" },
	{ "=?utf-8?q?Re:_J=C3=B6?=", "!J\xc3\xb6" },
	{ "Re:", "!" },
	{ "Reply: x", "Reply: x" },
	{ "[a [b] re: x", "[a [b] re: x" },
	{ "[a][b]", "[b]" },
};

static void
test_subjects(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(subjects); i++) {
		auto_buf out = BUF_INIT(4096);
		bool reply = subjects[i].want[0] == '!';

		assert_int_equal(subject_base(&out, str_c(subjects[i].value)),
		    reply);
		assert_str(buf_get(&out), subjects[i].want + reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_subjects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
