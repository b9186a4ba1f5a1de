#include "imap/grammar/utf7.h"

#include "base/test.h"

static const struct {
	const char *utf7, *utf8;	/* utf8 NULL: refused */
} table[] = {
	{ "", "" },
	{ "INBOX", "INBOX" },
	{ "A&-B", "A&B" },
	{ "&-", "&" },
	{ "&--", "&-" },
	{ "&-&-", "&&" },
	/* RFC 3501 5.1.3 */
	{ "~peter/mail/&U,BTFw-/&ZeVnLIqe-",
	    "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ "&Jjo-!", "\xe2\x98\xba!" },
	{ "Entw&APw-rfe", "Entw\xc3\xbcrfe" },
	{ "&AOk-&-", "\xc3\xa9&" },
	{ "&2D3eAA-", "\xf0\x9f\x98\x80" },
	{ "&AAo-", "\n" },
	/* a run whose UTF-8 is longer than itself */
	{ "&TgBOAE4ATgBOAE4ATgBOAE4A-",
	    "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
	    "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80" },
	/* RFC 3501 5.1.3: a superfluous shift */
	{ "&U,BTFw-&ZeVnLIqe-", NULL },
	{ "&Jjo!", NULL },		/* no shift back */
	{ "&Jjo", NULL },
	{ "&", NULL },
	{ "a&", NULL },
	{ "&AGE-", NULL },		/* "a" in BASE64 */
	{ "&ACY-", NULL },		/* "&" in BASE64 */
	{ "&AAA-", NULL },		/* NUL */
	{ "&AOl-", NULL },		/* bits left over */
	{ "&AOkA-", NULL },		/* six bits left over */
	{ "&A-", NULL },
	{ "&AO-", NULL },
	{ "&AP/-", NULL },		/* "/" is no digit here */
	{ "&2D0-", NULL },		/* half a pair */
	{ "&3gA-", NULL },
	{ "&2D3YPQ-", NULL },		/* two first halves */
	{ "&2D0AYQ-", NULL },
	{ "\xc3\xa9", NULL },
	{ "a\tb", NULL },
	{ "a\x7f", NULL },
};

static void
test_decode(void **state unused_arg)
{
	struct arena *a = arena_new(10000);

	for (size_t i = 0; i < NELEM(table); i++) {
		struct str out = STR("untouched");
		bool ok = utf7_decode(str_c(table[i].utf7), a, &out);

		assert_int_equal(ok, table[i].utf8 != NULL);
		assert_str(out, ok ? table[i].utf8 : "untouched");
	}
	arena_free(a);
}

static void
test_encode(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		auto_buf b = BUF_INIT(1000);

		if (!table[i].utf8)
			continue;
		utf7_put(&b, str_c(table[i].utf8));
		assert_str(buf_get(&b), table[i].utf7);
	}
}

/* Each character there is, alone and beside its like. */
static void
test_every_character(void **state unused_arg)
{
	struct arena *a = arena_new(10000);

	for (uint32_t c = 1; c < 0x110000; c += c < 0x1000 ? 1 : 61) {
		char u[4] = { 0 };
		size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		uint32_t rest = c;
		auto_buf b = BUF_INIT(1000);
		struct str back;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		for (size_t i = n - 1; i > 0; i--, rest >>= 6)
			u[i] = (char)(0x80 | (rest & 0x3f));
		u[0] = (char)(n == 1 ? rest :
		    n == 2 ? 0xc0 | rest : n == 3 ? 0xe0 | rest : 0xf0 | rest);
		utf7_put(&b, str_make(u, n));
		assert_true(utf7_decode(buf_get(&b), a, &back));
		assert_strs(back, str_make(u, n));
		arena_reset(a);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_every_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
