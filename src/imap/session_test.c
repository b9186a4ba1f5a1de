#include "imap/test_world.h"

#define CAPS_WITH(before_login)                                            \
	"CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ ID LANGUAGE "             \
	before_login                                                      \
	"ENABLE CONDSTORE QRESYNC UTF8=ACCEPT UIDONLY "                   \
	"I18NLEVEL=2 COMPRESS=DEFLATE NAMESPACE "                         \
	"CREATE-SPECIAL-USE CHILDREN SPECIAL-USE LIST-EXTENDED "          \
	"LIST-STATUS LIST-METADATA LIST-MYRIGHTS STATUS=SIZE "            \
	"QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX "    \
	"METADATA "                                                       \
	"ACL RIGHTS=kxte URLAUTH URL-PARTIAL "                            \
	"MULTIAPPEND BINARY CATENATE REPLACE IDLE NOTIFY "                \
	"UNSELECT ESEARCH SEARCHRES WITHIN PARTIAL INPROGRESS FILTERS "   \
	"SEARCH=FUZZY "                                                   \
	"CONTEXT=SEARCH MULTISEARCH "                                     \
	"SORT SORT=DISPLAY ESORT CONTEXT=SORT "                           \
	"THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS "            \
	"OBJECTID PREVIEW "                                               \
	"SAVEDATE MOVE UIDPLUS SAVELIMIT=10000 APPENDLIMIT=1000"
#define CAPS_CLEAR CAPS_WITH("STARTTLS LOGINDISABLED ")
#define CAPS_TLS CAPS_WITH("SASL-IR AUTH=PLAIN "                          \
	"AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1 ")
#define CAPS CAPS_WITH("UNAUTHENTICATE ")
#define WELCOME " OK [" CAPS "] Welcome\r\n"
#define WRONG " NO [AUTHENTICATIONFAILED] Wrong user or password\r\n"

static void
test_in_clear(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	assert_str(world_got(&w, 0), "* OK [" CAPS_CLEAR
	    "] Postern is ready\r\n");
	world_say(&w, 0, "a capability\r\n",
	    "* " CAPS_CLEAR "\r\na OK That is all I can\r\n");
	world_say(&w, 0, "b LOGIN alice@example.test x\r\n",
	    "b NO [PRIVACYREQUIRED] Only inside TLS\r\n");
	world_say(&w, 0, "c AUTHENTICATE PLAIN AGEAYg==\r\n",
	    "c NO [PRIVACYREQUIRED] Only inside TLS\r\n");
	/* nothing sent in clear survives */
	world_say(&w, 0, "d STARTTLS\r\ne NOOP\r\n",
	    "d OK Begin TLS now\r\n");
	assert_true(world_client_tls(&w, 0));
	world_say(&w, 0, "f CAPABILITY\r\n",
	    "* " CAPS_TLS "\r\nf OK That is all I can\r\n");
	world_say(&w, 0, "g STARTTLS\r\n", "g BAD TLS is on already\r\n");
	/* nothing runs between commands */
	assert_int_equal(loop_fibers(w.loop), 0);
	world_say(&w, 0, "h LOGOUT\r\n",
	    "* BYE See you\r\nh OK Logged out\r\n");
	assert_true(w.c[0].eof);
	world_end(&w);
}

static void
test_login(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, true);
	assert_str(world_got(&w, 0), "* OK [" CAPS_TLS
	    "] Postern is ready\r\n");
	world_say(&w, 0, "a LOGIN alice@example.test x\r\n", "a" WRONG);
	world_say(&w, 0, "b LOGIN busy x\r\n",
	    "b NO [UNAVAILABLE] Busy, try again later\r\n");
	world_say(&w, 0, "c LOGIN \"\" \"\"\r\n", "c" WRONG);
	world_say(&w, 0, "d LOGIN {18}\r\n", "+ Go ahead\r\n");
	world_say(&w, 0, "alice@example.test {7+}\r\nse cret\r\n",
	    "d" WELCOME);
	world_say(&w, 0, "e LOGIN a b\r\n",
	    "e BAD You are logged in already\r\n");
	world_say(&w, 0, "f STARTTLS\r\n",
	    "f BAD You are logged in already\r\n");
	world_say(&w, 0, "g CAPABILITY\r\n",
	    "* " CAPS "\r\ng OK That is all I can\r\n");
	world_end(&w);
}

/* "\0alice@example.test\0se cret" */
#define PLAIN "AGFsaWNlQGV4YW1wbGUudGVzdABzZSBjcmV0"

static void
test_authenticate(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, true);
	(void)world_got(&w, 0);
	world_say(&w, 0, "a AUTHENTICATE GUESS\r\n",
	    "a NO [CANNOT] Unknown mechanism\r\n");
	world_say(&w, 0, "b AUTHENTICATE PLAIN\r\n", "+ \r\n");
	world_say(&w, 0, "*\r\n", "b BAD Canceled\r\n");
	world_say(&w, 0, "c AUTHENTICATE PLAIN\r\n", "+ \r\n");
	world_say(&w, 0, "!\r\n", "c BAD Not base64\r\n");
	world_say(&w, 0, "d AUTHENTICATE PLAIN YQ==\r\n",
	    "d NO [AUTHENTICATIONFAILED] Malformed PLAIN response\r\n");
	/* "a\0a\0b": to act for somebody else */
	world_say(&w, 0, "e AUTHENTICATE PLAIN YQBhAGI=\r\n", "e" WRONG);
	world_say(&w, 0, "f AUTHENTICATE plain\r\n", "+ \r\n");
	world_say(&w, 0, PLAIN "\r\n", "f" WELCOME);
	world_connect(&w, 0, true);
	(void)world_got(&w, 0);
	world_say(&w, 0, "g AUTHENTICATE PLAIN " PLAIN "\r\n", "g" WELCOME);
	world_end(&w);
}

static void
test_too_many_logins(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, true);
	(void)world_got(&w, 0);
	for (int i = 1; i < ACCOUNT_MAX_REFUSED; i++)
		world_say(&w, 0, "a LOGIN a b\r\n", "a" WRONG);
	world_say(&w, 0, "a LOGIN a b\r\n",
	    "* BYE Too many failed logins\r\na" WRONG);
	assert_true(w.c[0].eof);
	world_end(&w);
}

static const struct {
	const char *say, *want;
} table[] = {
	{ "a FROB\r\n", "a BAD Syntax: unknown command\r\n" },
	{ "a\r\n", "a BAD Syntax: expected a space\r\n" },
	{ "\r\n", "* BAD Syntax: expected a tag\r\n" },
	{ "a  NOOP\r\n", "a OK Done\r\n" },
	{ "a (NOOP\r\n", "a BAD Syntax: expected an atom\r\n" },
	{ "+ NOOP\r\n", "* BAD Syntax: expected a tag\r\n" },
	{ "a+b NOOP\r\n", "* BAD Syntax: expected a space\r\n" },
	{ "a NOOP x\r\n",
	    "a BAD Syntax: unexpected text behind the arguments\r\n" },
	{ "a NOOP\nb NOOP\r\n", "a OK Done\r\nb OK Done\r\n" },
	{ "a NOOP\rb NOOP\r\n",
	    "a BAD Syntax: unexpected text behind the arguments\r\n" },
	{ "a UID NOOP\r\n", "a BAD Syntax: unknown command\r\n" },
	{ "a NOOP\r\nb nOOp\r\n", "a OK Done\r\nb OK Done\r\n" },
	{ "a SELECT INBOX\r\n", "a BAD Log in first\r\n" },
	{ "a APPEND INBOX {3}\r\nb NOOP\r\n",
	    "a BAD Log in first\r\nb OK Done\r\n" },
	{ "a APPEND INBOX {3+}\r\nabc\r\nb NOOP\r\n",
	    "a BAD Log in first\r\nb OK Done\r\n" },
	{ "a APPEND (\r\n", "a BAD Log in first\r\n" },
	{ "a LOGIN {65537}\r\nb NOOP\r\n",
	    "a BAD [TOOBIG] The command is too long\r\nb OK Done\r\n" },
	/* Dropped, but for more than eight messages. */
	{ "a LOGIN {65537+}\r\nb NOOP\r\n",
	    "* BYE [TOOBIG] The message is too large\r\n" },
	{ "a X {3+}\r\nabc\r\n", "a BAD Syntax: unknown command\r\n" },
	{ "a ID NIL\r\n", "* ID (\"name\" \"Postern\" \"version\" \""
	    POSTERN_VERSION "\")\r\na OK Pleased to meet you\r\n" },
};

/* Whole, and octet by octet. */
static void
test_table(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		struct str say = str_c(table[i].say);
		struct world w;

		world_begin(&w);
		world_connect(&w, 0, false);
		(void)world_got(&w, 0);
		world_say(&w, 0, table[i].say, table[i].want);
		world_connect(&w, 0, false);
		(void)world_got(&w, 0);
		for (size_t k = 0; k < say.n && !w.c[0].eof; k++)
			world_send(&w, 0, str_make(say.p + k, 1));
		assert_str(world_got(&w, 0), table[i].want);
		world_end(&w);
	}
}

static void
test_long_line(void **state unused_arg)
{
	char *line = calloc(1, 200000);
	struct world w;

	assert_non_null(line);
	memset(line, 'x', 200000);
	world_begin(&w);
	world_connect(&w, 0, false);
	(void)world_got(&w, 0);
	world_send(&w, 0, str_make(line, 200000));
	world_say(&w, 0, "\r\na NOOP\r\n",
	    "* BAD [TOOBIG] The command is too long\r\na OK Done\r\n");
	world_end(&w);
	free(line);
}

static void
test_too_many_bad(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	(void)world_got(&w, 0);
	for (int i = 0; i < IMAP_MAX_BAD; i++)
		world_send(&w, 0, STR("a X\r\n"));
	assert_true(str_endsi(world_got(&w, 0),
	    STR("* BYE Too many commands made no sense\r\n")));
	assert_true(w.c[0].eof);
	world_end(&w);
}

static void
test_too_many_before_login(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	(void)world_got(&w, 0);
	for (int i = 1; i < IMAP_MAX_STRANGER; i++)
		world_say(&w, 0, "a NOOP\r\n", "a OK Done\r\n");
	world_say(&w, 0, "a NOOP\r\n", "a OK Done\r\n"
	    "* BYE Too many commands without a login\r\n");
	assert_true(w.c[0].eof);
	world_end(&w);
}

static void
test_autologout(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	(void)world_got(&w, 0);
	world_pass(&w, IMAP_LOGIN_MS - 1000);
	assert_str(world_got(&w, 0), "");
	world_pass(&w, 2000);
	assert_str(world_got(&w, 0),
	    "* BYE Autologout: nothing was heard for too long\r\n");
	assert_true(w.c[0].eof);

	world_login(&w, 0);
	world_pass(&w, 1799000);
	assert_str(world_got(&w, 0), "");
	world_pass(&w, 2000);
	assert_str(world_got(&w, 0),
	    "* BYE Autologout: nothing was heard for too long\r\n");
	world_end(&w);
}

/* Octets that a command has announced, now and then one: nobody stays for
 * them, logged in or not, whether they are wanted or not. */
static void
test_trickle(void **state unused_arg)
{
	static const struct {
		const char *begin;
		bool logged_in;
	} rows[] = {
		{ "a NOOP {5000+}\r\n", false },
		{ "a LOGIN {1+}\r\nx {5000+}\r\n{1+}\r\n", false },
		{ "a APPEND INBOX {900+}\r\n", true },
		{ "a APPEND INBOX {5000+}\r\n", true },
	};
	struct world w;

	for (size_t i = 0; i < NELEM(rows); i++) {
		world_begin(&w);
		if (rows[i].logged_in)
			world_login(&w, 0);
		else
			world_connect(&w, 0, false);
		(void)world_got(&w, 0);
		world_send(&w, 0, str_c(rows[i].begin));
		for (int n = 0; n < 7 && !w.c[0].eof; n++) {
			world_pass(&w, 50000);
			world_send(&w, 0, STR("x"));
		}
		assert_str(world_got(&w, 0),
		    "* BYE Autologout: nothing was heard for too long\r\n");
		assert_true(w.c[0].eof);
		world_end(&w);
	}
}

static void
test_stop(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_login(&w, 0);
	world_connect(&w, 1, false);
	(void)world_got(&w, 1);
	loop_stop(w.loop);
	world_settle(&w);
	assert_str(world_got(&w, 0),
	    "* BYE Shutting down, come back in a moment\r\n");
	assert_str(world_got(&w, 1),
	    "* BYE Shutting down, come back in a moment\r\n");
	world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_clear),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_authenticate),
		cmocka_unit_test(test_too_many_logins),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_too_many_bad),
		cmocka_unit_test(test_too_many_before_login),
		cmocka_unit_test(test_autologout),
		cmocka_unit_test(test_trickle),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
