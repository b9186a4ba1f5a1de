/*
 * client_convert_test.c - 8-bit text for a server that takes 7 bits.
 */
#include "smtp/client_world.h"

#define HI "S 220 hi\nC\n"
#define HEARD "EHLO client.test\n"
#define PLAIN "S 250 mx.test\n"
#define SIZED(n) "S 250-mx.test\nS 250 SIZE " #n "\n"
#define TAKES_8 "S 250-mx.test\nS 250 8BITMIME\n"
#define BYE "C\nS 221 bye\n"
#define TAKE1 "C\nS 250 ok\nC\nS 250 ok\nC\nS 354 go\nM\nS 250 queued\n" BYE

static int
is_signed(void *arg unused_arg, uint64_t *size unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "it is signed");
}

static int
is_away(void *arg unused_arg, uint64_t *size unused_arg, struct err *err)
{
	return err_set(err, E_PEER, "away");
}

static int
becomes_700(void *arg unused_arg, uint64_t *size, struct err *err unused_arg)
{
	*size = 700;
	return 0;
}

/* What is said for it, where anything is; and the answer. */
static const struct {
	const char *offers;
	int (*convert)(void *arg, uint64_t *size, struct err *err);
	const char *mail, *answer;
} rows[] = {
	{ PLAIN, NULL, "", "0 5.6.3 the server does not offer 8BITMIME, and "
	    "the text has 8 bits|" },
	{ PLAIN, is_signed, "",
	    "0 5.6.3 the server does not offer 8BITMIME, and it is signed|" },
	{ PLAIN, is_away, "",
	    "0 4.3.0 the message could not be read: away|" },
	{ PLAIN, becomes_700, "MAIL FROM:<a@a.test>\n",
	    "250 2.0.0 queued +|" },
	{ SIZED(1000), becomes_700, "MAIL FROM:<a@a.test> SIZE=700\n",
	    "250 2.0.0 queued +|" },
	{ SIZED(600), becomes_700, "", "0 5.3.4 the message has 700 octets "
	    "and the server takes 600|" },
	/* Nobody asks where it can go as it is. */
	{ TAKES_8, is_signed, "MAIL FROM:<a@a.test> BODY=8BITMIME\n",
	    "250 2.0.0 queued +|" },
};

static void
test_rows(void **state unused_arg)
{
	char script[500], heard[500];

	for (size_t i = 0; i < NELEM(rows); i++) {
		bool said = rows[i].mail[0] != '\0';
		struct scene s = { .script = script, .nmessages = 1,
			.messages = { STR("hello") }, .nrcpts = 1,
			.how = { .body_8bit = true, .size = 500,
			    .convert = rows[i].convert } };

		(void)snprintf(script, sizeof(script), "%s%s%s", HI,
		    rows[i].offers, said ? TAKE1 : BYE);
		(void)snprintf(heard, sizeof(heard), "%s%s%sQUIT\n", HEARD,
		    rows[i].mail, said ? "RCPT TO:<r0@b.test>\nDATA\nhello\n"
		    ".\n" : "");
		scene_play(&s);
		assert_str(buf_get(&s.answers), rows[i].answer);
		assert_str(buf_get(&s.heard), heard);
		assert_true(s.usable);
		scene_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
