#include "rt/client_hello.h"

#include "base/buf.h"
#include "base/test.h"

/* ---- a ClientHello, in parts that may be wrong --------------------------- */

static void
put_number(struct buf *b, size_t v, int octets)
{
	while (octets-- > 0)
		buf_chr(b, (char)(v >> (8 * octets)));
}

static void
put_extension(struct buf *b, unsigned type, struct str s)
{
	put_number(b, type, 2);
	put_number(b, s.n, 2);
	buf_str(b, s);
}

/* The message with these extensions; grow is what its length lies by. */
static void
put_message(struct buf *b, struct str extensions, size_t grow)
{
	auto_buf body = BUF_INIT(1 << 17);

	put_number(&body, 0x0303, 2);
	for (int i = 0; i < 32; i++)
		buf_chr(&body, (char)i);
	put_number(&body, 4, 1);
	buf_lit(&body, "sess");
	put_number(&body, 2, 2);
	put_number(&body, 0x1301, 2);
	put_number(&body, 1, 1);
	buf_chr(&body, '\0');
	if (extensions.p) {
		put_number(&body, extensions.n, 2);
		buf_str(&body, extensions);
	}
	buf_chr(b, 1);
	put_number(b, body.n + grow, 3);
	buf_str(b, buf_get(&body));
}

static void
put_records(struct buf *b, struct str message, size_t each)
{
	for (; message.n > 0; message = str_from(message, each)) {
		struct str part = str_first(message, each);

		buf_lit(b, "\x16\x03\x01");
		put_number(b, part.n, 2);
		buf_str(b, part);
		if (part.n < each)
			break;
	}
}

/* list: the extension's octets. */
static void
put_hello(struct buf *b, struct str list, size_t each)
{
	auto_buf extensions = BUF_INIT(1 << 16), message = BUF_INIT(1 << 17);

	put_extension(&extensions, 0, STR("name"));
	put_extension(&extensions, 16, list);
	put_extension(&extensions, 43, STR("\2\3\4"));
	put_message(&message, buf_get(&extensions), 0);
	put_records(b, buf_get(&message), each);
}

/* ---- the names ----------------------------------------------------------- */

#define LIST(n, s) STR("\0" n s)

static void
check(struct str list, size_t each, const char *names)
{
	auto_buf b = BUF_INIT(1 << 17), found = BUF_INIT(1000);
	struct client_hello h = { .n = 99 };
	enum hello_state want = names ? HELLO_WHOLE : HELLO_OTHER;

	put_hello(&b, list, each);
	/* Octet by octet, then with more behind it. */
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(client_hello_read(str_first(buf_get(&b), n),
		    &h), HELLO_MORE);
	assert_int_equal(h.n, 99);
	assert_int_equal(client_hello_read(buf_get(&b), &h), want);
	buf_lit(&b, "\x17\x03\x03");
	assert_int_equal(client_hello_read(buf_get(&b), &h), want);
	for (size_t i = 0; i < h.n; i++)
		buf_printf(&found, "%s%s", i ? " " : "", h.name[i]);
	assert_str(buf_get(&found), names ? names : "");
}

static void
test_names(void **state unused_arg)
{
	const struct {
		struct str list;
		const char *names;	/* NULL: it makes no sense */
	} t[] = {
		{ LIST("\5", "\4imap"), "imap" },
		{ LIST("\xc", "\2h2\x8http/1.1"), "h2 http/1.1" },
		{ LIST("\xd", "\2\xa\xa\4smtp\4pop3"), "\xa\xa smtp pop3" },
		/* One that is too long to matter, or has a NUL. */
		{ LIST("\x16", "\x10" "0123456789abcdef\4imap"), " imap" },
		{ LIST("\x15", "\xf" "0123456789abcde\4imap"),
		    "0123456789abcde imap" },
		{ LIST("\xa", "\4im\0p\4imap"), " imap" },
		/* Lengths that do not fit. */
		{ LIST("\6", "\4imap"), NULL },
		{ LIST("\4", "\4imap"), NULL },
		{ LIST("\5", "\5imap"), NULL },
		{ LIST("\5", "\3imap"), NULL },
		{ LIST("\6", "\0\4imap"), NULL },
		{ STR("\0"), "" },
		{ LIST("\0", ""), "" },
		/* Seventeen. */
		{ LIST("\x22", "\1a\1b\1c\1d\1e\1f\1g\1h\1i\1j\1k\1l\1m\1n\1o"
			"\1p\1q"), NULL },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		check(t[i].list, 16384, t[i].names);
		check(t[i].list, 20, t[i].names);
	}
	check(LIST("\5", "\4imap"), 8, "imap");
}

/* ---- what is none -------------------------------------------------------- */

static enum hello_state
read_it(struct str s)
{
	struct client_hello h;

	return client_hello_read(s, &h);
}

static void
test_others(void **state unused_arg)
{
	const struct str none[] = { STR("GET / HTTP/1.1\r\n"),
		STR("\x80\x2e\x01\x03\x01"), STR("\x16\x02"),
		STR("\x16\x03\x01\x00\x00"),
		STR("\x16\x03\x01\x40\x01"),
		STR("\x16\x03\x01\x00\x04\x02"),
		/* a message of 16385 octets */
		STR("\x16\x03\x01\x00\x04\x01\x00\x40\x01"),
		/* nothing in it; another kind behind its first octets */
		STR("\x16\x03\x01\x00\x04\x01\x00\x00\x00"),
		STR("\x16\x03\x01\x00\x01\x01\x17") };

	for (size_t i = 0; i < NELEM(none); i++)
		assert_int_equal(read_it(none[i]), HELLO_OTHER);
	assert_int_equal(read_it(STR("")), HELLO_MORE);
	assert_int_equal(read_it(STR("\x16\x03\x01\x40")), HELLO_MORE);
}

static void
test_bounds(void **state unused_arg)
{
	auto_buf big = BUF_INIT(1 << 17), message = BUF_INIT(1 << 17);
	auto_buf b = BUF_INIT(1 << 18);
	struct client_hello h;

	/* One that has no extensions asks for nothing. */
	put_message(&message, STR_NULL, 0);
	put_records(&b, buf_get(&message), 16384);
	assert_int_equal(client_hello_read(buf_get(&b), &h), HELLO_WHOLE);
	assert_int_equal(h.n, 0);
	/* What is missing at its end never comes from behind it. */
	buf_reset(&message);
	buf_reset(&b);
	put_message(&message, STR_NULL, 3);
	buf_lit(&message, "\0\1x");
	put_records(&b, buf_get(&message), 16384);
	assert_int_equal(read_it(buf_get(&b)), HELLO_OTHER);
	/* Too many records. */
	buf_reset(&b);
	put_hello(&b, LIST("\5", "\4imap"), 4);
	assert_int_equal(read_it(buf_get(&b)), HELLO_OTHER);
	/* As large as it may be, and in front of the list. */
	buf_reset(&message);
	buf_reset(&b);
	put_number(&big, 21, 2);
	put_number(&big, 16312, 2);
	for (int i = 0; i < 16312; i++)
		buf_chr(&big, '\0');
	put_extension(&big, 16, LIST("\5", "\4imap"));
	put_message(&message, buf_get(&big), 0);
	assert_true(message.n <= HELLO_MAX + 4 && message.n > HELLO_MAX - 20);
	put_records(&b, buf_get(&message), 1100);
	assert_true(b.n <= HELLO_OCTETS_MAX);
	assert_int_equal(read_it(str_first(buf_get(&b), b.n - 1)), HELLO_MORE);
	assert_int_equal(client_hello_read(buf_get(&b), &h), HELLO_WHOLE);
	assert_string_equal(h.name[0], "imap");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
