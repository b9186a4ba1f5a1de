#include "base/test.h"
#include "vault/cram_grammar.h"

#define HEX "b913a602c7eda7a495b4e6e7334d3890"

/* The first one is the example of RFC 2195 2. */
static void
test_read(void **state unused_arg)
{
	static const struct {
		struct str in;
		const char *user;	/* NULL: none */
	} t[] = {
		{ STR("tim " HEX), "tim" },
		{ STR("a b@c.test " HEX), "a b@c.test" },
		{ STR("b\xc3\xbc" "ro@c.test " HEX), "b\xc3\xbc" "ro@c.test" },
		{ STR("tim  " HEX), "tim " },
		{ STR(""), NULL },
		{ STR(" " HEX), NULL },
		{ STR("tim" HEX), NULL },
		{ STR("tim " HEX " "), NULL },
		{ STR("tim " HEX "0"), NULL },
		{ STR("tim b913a602c7eda7a495b4e6e7334d389"), NULL },
		{ STR("tim B913A602C7EDA7A495B4E6E7334D3890"), NULL },
		{ STR("tim g913a602c7eda7a495b4e6e7334d3890"), NULL },
		{ STR("t\0m " HEX), NULL },
		{ STR("t\xffm " HEX), NULL },
	};
	uint8_t digest[CRAM_DIGEST];
	struct str user;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(cram_read(t[i].in, &user, digest),
		    t[i].user != NULL);
		if (!t[i].user)
			continue;
		assert_str(user, t[i].user);
		assert_int_equal(digest[0], 0xb9);
		assert_int_equal(digest[15], 0x90);
	}
}

static void
test_long(void **state unused_arg)
{
	char text[CRAM_USER_MAX + 1 + 1 + 32];
	uint8_t digest[CRAM_DIGEST];
	struct str user;

	memset(text, 'a', sizeof(text));
	text[CRAM_USER_MAX] = ' ';
	assert_true(cram_read(str_make(text, CRAM_USER_MAX + 33), &user,
	    digest));
	assert_int_equal(user.n, CRAM_USER_MAX);
	text[CRAM_USER_MAX] = 'a';
	text[CRAM_USER_MAX + 1] = ' ';
	assert_false(cram_read(str_make(text, CRAM_USER_MAX + 34), &user,
	    digest));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
