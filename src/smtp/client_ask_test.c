/*
 * A message of which only MAIL and RCPT are said: what the server hears, and
 * whose answer is whose.
 */
#include "smtp/client_world.h"

#define HI "S 220 hi\nC\nS 250-b.test\nS 250 PIPELINING\n"

static void
test_only_asks(void **state unused_arg)
{
	static const struct {
		const char *script, *heard, *answers;
		bool usable;
	} t[] = {
		{ HI "C\nS 250 ok\nC\nS 250 2.1.5 yes\nC\nS 250 ok\nC\n"
		  "S 221 bye\n", "RCPT TO:<r0@b.test>|RSET|QUIT|",
		  "250 2.1.5 yes +|", true },
		{ HI "C\nS 250 ok\nC\nS 550 5.1.1 who\nC\nS 250 ok\nC\n"
		  "S 221 bye\n", "RCPT TO:<r0@b.test>|RSET|QUIT|",
		  "550 5.1.1 who|", true },
		/* No RCPT without MAIL, and it is MAIL's answer. */
		{ HI "C\nS 554 5.7.1 not you\nC\nS 221 bye\n",
		  "MAIL FROM:<a@a.test>|QUIT|", "554 5.7.1 not you|", true },
		/* Whatever it says of RSET, RCPT has its answer. */
		{ HI "C\nS 250 ok\nC\nS 250 2.1.5 yes\nC\nX\n",
		  "RCPT TO:<r0@b.test>|RSET|", "250 2.1.5 yes +|", false },
		{ HI "C\nS 250 ok\nC\nS 250 2.1.5 yes\nC\nS 500 5.5.1 what\n",
		  "RCPT TO:<r0@b.test>|RSET|", "250 2.1.5 yes +|", false },
		{ HI "C\nS 250 ok\nC\nX\n", "RCPT TO:<r0@b.test>|",
		  "0 4.4.2 the connection was lost after RCPT|", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct scene s = { .script = t[i].script, .nmessages = 1,
			.nrcpts = 1, .how = { .only_ask = true,
			    .reverse_path = STR("a@a.test") } };
		auto_buf heard = BUF_INIT(1000);
		struct str lines, line;

		scene_play(&s);
		lines = buf_get(&s.heard);
		while (str_cut(lines, '\n', &line, &lines))
			buf_printf(&heard, "%.*s|",
			    STR_FMT(str_trim(line)));
		if (!str_endsi(buf_get(&heard), str_c(t[i].heard)))
			fail_msg("%zu: %.*s", i, STR_FMT(buf_get(&heard)));
		assert_str(buf_get(&s.answers), t[i].answers);
		assert_int_equal(s.usable, t[i].usable);
		assert_int_equal(s.accepted, 0);
		assert_int_equal(s.send_rc, 0);
		scene_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
