#include "base/test.h"
#include "smtp/grammar.h"

#define L64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_command(void **state unused_arg)
{
	static const struct {
		const char *line;
		bool ok;
		const char *verb, *args;
	} t[] = {
		{ "QUIT", true, "QUIT", "" },
		{ "quit  \t", true, "quit", "" },
		{ "MAIL FROM:<a@b> ", true, "MAIL", "FROM:<a@b>" },
		{ "EHLO   x", true, "EHLO", "x" },
		{ "", false },
		{ " QUIT", false },
		{ "MAIL:FROM", false },
		{ "GET/ HTTP", false },
		{ "\x16\x03\x01", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct smtp_command c;

		assert_int_equal(smtp_command(str_c(t[i].line), &c), t[i].ok);
		if (!t[i].ok)
			continue;
		assert_str(c.verb, t[i].verb);
		assert_str(c.args, t[i].args);
	}
}

static void
test_mail(void **state unused_arg)
{
	static const struct {
		const char *args;
		enum smtp_syntax why;
		const char *from;
	} t[] = {
		{ "FROM:<a@b>", SYNTAX_OK, "a@b" },
		{ "from:<>", SYNTAX_OK, "" },
		{ "FROM: <a@b>", SYNTAX_OK, "a@b" },
		{ "FROM:<a@b>  SIZE=7   BODY=7bit", SYNTAX_OK, "a@b" },
		{ "FROM:<" L64 "a@b>", SYNTAX_OK, L64 "a@b" },
		{ "", SYNTAX_ARGS },
		{ "FROM", SYNTAX_ARGS },
		{ "FROM <a@b>", SYNTAX_ARGS },
		{ "TO:<a@b>", SYNTAX_ARGS },
		{ "FROM:", SYNTAX_ADDRESS },
		{ "FROM:a@b", SYNTAX_ADDRESS },
		{ "FROM:<postmaster>", SYNTAX_ADDRESS },
		{ "FROM:<a@b>SIZE=7", SYNTAX_ADDRESS },
		{ "FROM:<a@b>>", SYNTAX_ADDRESS },
		{ "FROM:<\xc3\xa4@b>", SYNTAX_NOT_ASCII },
		{ "FROM:<a@b> SMTPUTF8", SYNTAX_PARAM },
		{ "FROM:<a@b> RET=FULL", SYNTAX_PARAM },
		{ "FROM:<a@b> SIZEX=1", SYNTAX_PARAM },
		{ "FROM:<a@b> =1", SYNTAX_ARGS },
		{ "FROM:<a@b> -x=1", SYNTAX_ARGS },
		{ "FROM:<a@b> <c@d>", SYNTAX_ARGS },
		{ "FROM:<a@b> SIZE= ", SYNTAX_ARGS },
		{ "FROM:<a@b> SIZE", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=x", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=-1", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=18446744073709551616", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=1 SIZE=1", SYNTAX_VALUE },
		{ "FROM:<a@b> BODY=BINARYMIME", SYNTAX_VALUE },
		{ "FROM:<a@b> BODY=7BIT BODY=7BIT", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=x", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=e=mc2@x", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=e+3", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=<> AUTH=<>", SYNTAX_VALUE },
	};
	struct arena *a = arena_new(1 << 16);
	struct mail_args m;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(smtp_parse_mail(str_c(t[i].args), a, &m),
		    t[i].why);
		if (t[i].why == SYNTAX_OK)
			assert_str(m.from.text, t[i].from);
	}
	arena_free(a);
}

static void
test_mail_params(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 16);
	struct mail_args m;

	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b>"), a, &m));
	assert_false(m.has_size || m.has_body || m.has_auth);
	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b> body=8bitmime size=1000000000000 "
				"AUTH=e+3Dmc2@example.com"), a, &m));
	assert_true(m.has_size && m.has_body && m.has_auth);
	assert_int_equal(m.size_octets, 1000000000000);
	assert_int_equal(m.body, BODY_8BITMIME);
	assert_str(m.auth, "e=mc2@example.com");
	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b> AUTH=<>"), a, &m));
	assert_true(m.has_auth);
	assert_str(m.auth, "");
	arena_free(a);
}

static void
test_rcpt(void **state unused_arg)
{
	static const struct {
		const char *args;
		enum smtp_syntax why;
		const char *to;
	} t[] = {
		{ "TO:<a@b>", SYNTAX_OK, "a@b" },
		{ "to: <a@b>", SYNTAX_OK, "a@b" },
		{ "TO:<@x:a@b>", SYNTAX_OK, "a@b" },
		{ "TO:<Postmaster>", SYNTAX_OK, "Postmaster" },
		{ "TO:<" L64 "@b>", SYNTAX_OK, L64 "@b" },
		{ "TO:<\"" L64 "\"@b>", SYNTAX_OK, L64 "@b" },
		{ "TO:<" L64 "a@b>", SYNTAX_TOO_LONG },
		{ "TO:<>", SYNTAX_ADDRESS },
		{ "TO:a@b", SYNTAX_ADDRESS },
		{ "TO:<a@b>x", SYNTAX_ADDRESS },
		{ "FROM:<a@b>", SYNTAX_ARGS },
		{ "", SYNTAX_ARGS },
		{ "TO:<a@\xff>", SYNTAX_NOT_ASCII },
		{ "TO:<a@b> NOTIFY=NEVER", SYNTAX_PARAM },
		{ "TO:<a@b> SIZE=1", SYNTAX_PARAM },
		{ "TO:<a@b> *", SYNTAX_ARGS },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < NELEM(t); i++) {
		struct rcpt_args m;

		assert_int_equal(smtp_parse_rcpt(str_c(t[i].args), a, &m),
		    t[i].why);
		if (t[i].why == SYNTAX_OK)
			assert_str(m.to.text, t[i].to);
	}
	arena_free(a);
}

static void
test_helo(void **state unused_arg)
{
	static const struct {
		const char *arg;
		bool ok;
	} t[] = {
		{ "mail.example.org", true },
		{ "[192.0.2.1]", true },
		{ "[IPv6:2001:db8::1]", true },
		{ "MY_PC", true },
		{ "", false },
		{ "a b", false },
		{ "a(b)", false },
		{ "\xc3\xa4", false },
		{ L64 L64 L64 L64, false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct str name;

		assert_int_equal(smtp_parse_helo(str_c(t[i].arg), &name),
		    t[i].ok);
		if (t[i].ok)
			assert_str(name, t[i].arg);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_mail_params),
		cmocka_unit_test(test_rcpt),
		cmocka_unit_test(test_helo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
