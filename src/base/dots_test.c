#include "base/buf.h"
#include "base/dots.h"
#include "base/test.h"

static const struct {
	const char *text, *sent;
} table[] = {
	{ "", ".\r\n" },
	{ "a\r\nb\r\n", "a\r\nb\r\n.\r\n" },
	{ ".", "..\r\n.\r\n" },
	{ "..\r\n", "...\r\n.\r\n" },
	{ ".\r\n.a\r\n..\r\n", "..\r\n..a\r\n...\r\n.\r\n" },
	{ "a.b\r\n\r\n.\r\nc", "a.b\r\n\r\n..\r\nc\r\n.\r\n" },
	/* Behind a bare LF; a bare CR begins no line for anybody. */
	{ "a\n.\r\nb\r.c\r\n", "a\n..\r\nb\r.c\r\n.\r\n" },
	{ "a\n", "a\n\r\n.\r\n" },
	{ "a\r", "a\r\n.\r\n" },
	{ "a", "a\r\n.\r\n" },
};

static void
feed(struct dots *d, struct str in, struct buf *out)
{
	struct str slice;

	while (dots_next(d, &in, &slice)) {
		assert_true(slice.n > 0);
		buf_str(out, slice);
	}
	assert_int_equal(in.n, 0);
}

/* Whole, and octet by octet. */
static void
test_table(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		struct str text = str_c(table[i].text);

		for (size_t step = 1; step <= text.n + 1; step++) {
			auto_buf out = BUF_INIT(1000);
			struct dots d = DOTS_INIT;

			for (size_t at = 0; at < text.n; at += step)
				feed(&d, str_first(str_from(text, at), step),
				    &out);
			buf_str(&out, dots_end(&d));
			assert_str(buf_get(&out), table[i].sent);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
