#include "relay/socks.h"

#include "base/test.h"

#define HELLO "\5\1\0"
#define HELLO_LOGIN "\5\2\0\2"
#define LOGIN "\1\4user\6secret"
#define CONNECT_V4 "\5\1\0\1\xc0\0\2\7\0\x19"
#define CONNECT_V6 "\5\1\0\4\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\0\x19"
#define V4 "\1\x7f\0\0\1\1\2"

/* Whole, and octet by octet; what is behind the reply stays. */
static void
test_answers(void **state unused_arg)
{
	static const struct {
		struct str in, said;
		enum socks_state state;
		size_t left;
		bool login, v6;
	} t[] = {
#define T(in, said, ...) { { "" in, sizeof(in) - 1 }, \
	{ "" said, sizeof(said) - 1 }, __VA_ARGS__ }
		T("\5\0\5\0\0" V4 "220 hello", HELLO CONNECT_V4, SOCKS_OPEN,
		    .left = 9),
		T("\5\0\5\0\0" V4, HELLO CONNECT_V6, SOCKS_OPEN, .v6 = true),
		T("\5\0\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
		    "2", HELLO CONNECT_V4, SOCKS_OPEN, .left = 1),
		T("\5\0\5\0\0\3\4name\0\1" "2", HELLO CONNECT_V4, SOCKS_OPEN,
		    .left = 1),
		T("\5\0\5\0\0\3\0\0\1" "2", HELLO CONNECT_V4, SOCKS_OPEN,
		    .left = 1),
		T("\5\0\5\0\0\2xxxx", HELLO CONNECT_V4, SOCKS_BAD, .left = 3),
		T("\5\0", HELLO CONNECT_V4, SOCKS_MORE),
		T("\5\0\5\0\0\1\x7f\0\0\1\1", HELLO CONNECT_V4, SOCKS_MORE),
		T("\5\2\1\0\5\0\0" V4, HELLO_LOGIN LOGIN CONNECT_V4,
		    SOCKS_OPEN, .login = true),
		T("\5\0\5\0\0" V4, HELLO_LOGIN CONNECT_V4, SOCKS_OPEN,
		    .login = true),
		T("\5\2\1\1", HELLO_LOGIN LOGIN, SOCKS_LOCKED, .login = true),
		T("\5\2\5\0", HELLO_LOGIN LOGIN, SOCKS_BAD, .login = true),
		T("\5\2\1\0", HELLO, SOCKS_BAD, .left = 2),
		T("\5\1", HELLO, SOCKS_BAD),
		T("\5\xff", HELLO, SOCKS_LOCKED),
		T("\5\xff", HELLO_LOGIN, SOCKS_LOCKED, .login = true),
		T("220 mail", HELLO, SOCKS_BAD, .left = 6),
		T("\4\0", HELLO, SOCKS_BAD),
		T("\5\0\4\0", HELLO CONNECT_V4, SOCKS_BAD),
		T("\5\0\5\1\0" V4, HELLO CONNECT_V4, SOCKS_REFUSED,
		    .left = 8),
		T("\5\0\5\2", HELLO CONNECT_V4, SOCKS_REFUSED),
		T("\5\0\5\3", HELLO CONNECT_V4, SOCKS_UNREACHED),
		T("\5\0\5\4", HELLO CONNECT_V4, SOCKS_UNREACHED),
		T("\5\0\5\5", HELLO CONNECT_V4, SOCKS_UNREACHED),
		T("\5\0\5\6", HELLO CONNECT_V4, SOCKS_UNREACHED),
		T("\5\0\5\7", HELLO CONNECT_V4, SOCKS_REFUSED),
		T("\5\0\5\x08", HELLO CONNECT_V4, SOCKS_REFUSED),
		T("\5\0\5\xff", HELLO CONNECT_V4, SOCKS_REFUSED),
		T("", HELLO, SOCKS_MORE),
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t step = 1; step <= 1000; step += 999) {
			auto_buf said = BUF_INIT(SOCKS_SAY_MAX);
			struct host_address to;
			struct socks s;
			size_t used = 0, n;

			assert_true(host_address_read(t[i].v6 ?
			    STR("2001:db8::7") : STR("192.0.2.7"), &to));
			socks_begin(&s, t[i].login ? STR("user") : STR_NULL,
			    t[i].login ? STR("secret") : STR_NULL, &to, 25,
			    &said);
			while (s.state == SOCKS_MORE && used < t[i].in.n) {
				(void)socks_feed(&s, str_first(str_from(
				    t[i].in, used), step), &n, &said);
				used += n;
			}
			print_message("%zu\n", i);
			assert_int_equal(s.state, t[i].state);
			assert_int_equal(t[i].in.n - used, t[i].left);
			assert_true(str_eq(buf_get(&said), t[i].said));
			assert_true(s.state <= SOCKS_OPEN || s.why);
		}
}

/* However long, it is what RFC 1929 has room for. */
static void
test_long_login(void **state unused_arg)
{
	const struct host_address to = { .octets = { 192, 0, 2, 1 } };
	char word[300];
	auto_buf said = BUF_INIT(SOCKS_SAY_MAX);
	struct socks s;
	size_t n;

	memset(word, 'x', sizeof(word));
	socks_begin(&s, str_make(word, 300), str_make(word, 300), &to, 25,
	    &said);
	assert_int_equal(socks_feed(&s, STR("\5\2"), &n, &said), SOCKS_MORE);
	assert_false(buf_failed(&said));
	assert_int_equal(said.n, 4 + 1 + 1 + 255 + 1 + 255);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_long_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
