#include "pop3/test_world.h"

#define READY "+OK Postern is ready\r\n"
#define CAPS                                                            \
	"RESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\n" \
	"IMPLEMENTATION Postern\r\n"
#define WRONG "-ERR [AUTH] Wrong user or password\r\n"
#define LOGIN "USER alice@example.test\r\nPASS se cret\r\n"
#define ASKED "+OK And the password?\r\n"
#define NO_SUCH "-ERR There is no such message\r\n"

static void
test_in_clear(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	assert_str(world_got(&w, 0), READY);
	world_say(&w, 0, "capa\r\n", "+OK That is all I can\r\n" CAPS
	    "STLS\r\nUTF8\r\nLANG\r\nUIDL\r\nTOP\r\n.\r\n");
	world_say(&w, 0, LOGIN, "-ERR Only inside TLS\r\n"
	    "-ERR Only inside TLS\r\n");
	world_say(&w, 0, "AUTH PLAIN AGEAYg==\r\n",
	    "-ERR Only inside TLS\r\n");
	/* nothing sent in clear survives */
	world_say(&w, 0, "STLS\r\nCAPA\r\n", "+OK Begin TLS now\r\n");
	assert_true(world_client_tls(&w, 0));
	world_say(&w, 0, "CAPA\r\n", "+OK That is all I can\r\n" CAPS
	    "USER\r\nSASL PLAIN "
	    "SCRAM-SHA-256 SCRAM-SHA-1\r\n"
	    "UTF8\r\nLANG\r\nUIDL\r\nTOP\r\n.\r\n");
	world_say(&w, 0, "STLS\r\n", "-ERR TLS is on already\r\n");
	/* nothing runs between commands */
	assert_int_equal(loop_fibers(w.loop), 0);
	world_say(&w, 0, "QUIT\r\n", "+OK See you\r\n");
	assert_true(w.c[0].eof);
	world_end(&w);
}

static void
test_no_certificate(void **state unused_arg)
{
	struct world w;

	world_begin_plain(&w);
	world_connect(&w, 0, false);
	assert_str(world_got(&w, 0), READY);
	world_say(&w, 0, "STLS\r\n", "-ERR No certificate\r\n");
	world_end(&w);
}

/* "\0alice@example.test\0se cret" */
#define PLAIN "AGFsaWNlQGV4YW1wbGUudGVzdABzZSBjcmV0"

static void
test_login(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, true);
	assert_str(world_got(&w, 0), READY);
	world_say(&w, 0, "USER alice@example.test\r\nPASS x\r\n", ASKED WRONG);
	world_say(&w, 0, "PASS se cret\r\n", "-ERR Send USER first\r\n");
	world_say(&w, 0, "USER busy\r\nPASS x\r\n", ASKED
	    "-ERR [SYS/TEMP] Busy, try again later\r\n");
	world_say(&w, 0, "USER \xff\r\nPASS x\r\n", ASKED WRONG);
	world_say(&w, 0, "AUTH PLAIN\r\n", "+ \r\n");
	world_say(&w, 0, "*\r\n", "-ERR Canceled\r\n");
	world_say(&w, 0, "AUTH plain\r\n", "+ \r\n");
	world_say(&w, 0, PLAIN "\r\n",
	    "+OK Welcome, 0 messages (0 octets)\r\n");
	world_say(&w, 0, LOGIN, "-ERR You are logged in already\r\n"
	    "-ERR You are logged in already\r\n");
	world_end(&w);
}

/* The maildrop cannot be opened: nobody is logged in then. */
static void
test_login_without_maildrop(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	w.store.fake.fail[STORE_open] = E_PEER;
	world_connect(&w, 0, true);
	(void)world_got(&w, 0);
	world_say(&w, 0, LOGIN, ASKED
	    "-ERR [SYS/TEMP] Temporarily out of reach, try again\r\n");
	assert_null(w.stores[0]);
	world_say(&w, 0, "STAT\r\n", "-ERR Log in first\r\n");
	w.store.fake.fail[STORE_open] = 0;
	world_say(&w, 0, LOGIN, ASKED
	    "+OK Welcome, 0 messages (0 octets)\r\n");
	world_end(&w);
}

static void
test_too_many_logins(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, true);
	(void)world_got(&w, 0);
	for (int i = 0; i < ACCOUNT_MAX_REFUSED; i++)
		world_say(&w, 0, "AUTH PLAIN AGEAYg==\r\n", WRONG);
	assert_true(w.c[0].eof);
	world_end(&w);
}

#define PREFIX "Delivered-To: alice\r\n"
#define ONE "Subject: one\r\n\r\n.\r\n.a\r\nb"
#define TWO "Subject: two\r\n\r\nc\r\n"

static void
two_messages(struct world *w)
{
	world_begin(w);
	(void)fake_add(&w->store, 1, FLAG_deleted, STR(ONE));
	(void)fake_add(&w->store, 1, 0, STR(TWO));
	(void)fake_add(&w->store, 2, 0, STR(TWO));
}

static const struct {
	const char *say, *want;
} table[] = {
	{ "STAT\r\n", "+OK 2 85\r\n" },
	{ "LIST\r\n", "+OK 2 messages\r\n1 45\r\n2 40\r\n.\r\n" },
	{ "LIST 2\r\n", "+OK 2 40\r\n" },
	{ "LIST 3\r\n", NO_SUCH },
	{ "UIDL\r\n", "+OK 2 messages\r\n1 7.1\r\n2 7.2\r\n.\r\n" },
	{ "UIDL 1\r\n", "+OK 1 7.1\r\n" },
	{ "RETR 1\r\n", "+OK 45 octets\r\n" PREFIX
	    "Subject: one\r\n\r\n..\r\n..a\r\nb\r\n.\r\n" },
	{ "RETR 2\r\n", "+OK 40 octets\r\n" PREFIX TWO ".\r\n" },
	{ "TOP 1 0\r\n", "+OK 45 octets\r\n" PREFIX
	    "Subject: one\r\n\r\n.\r\n" },
	{ "TOP 1 2\r\n", "+OK 45 octets\r\n" PREFIX
	    "Subject: one\r\n\r\n..\r\n..a\r\n.\r\n" },
	{ "TOP 2 9\r\n", "+OK 40 octets\r\n" PREFIX TWO ".\r\n" },
	{ "DELE 1\r\nDELE 1\r\nSTAT\r\nLIST\r\nRSET\r\n",
	    "+OK Removed when you quit\r\n" NO_SUCH "+OK 1 40\r\n"
	    "+OK 1 messages\r\n2 40\r\n.\r\n+OK 2 messages (85 octets)\r\n" },
	{ "LANG\r\n", "+OK One language\r\nen English\r\n.\r\n" },
	{ "LANG *\r\nLANG EN-gb\r\n", "+OK en English it is\r\n"
	    "+OK en English it is\r\n" },
	{ "LANG de\r\n", "-ERR That language is not spoken here\r\n" },
	{ "UTF8\r\n", "-ERR You are logged in already\r\n" },
	{ "NOOP\r\n", "+OK Done\r\n" },
	{ "FROB\r\n", "-ERR Unknown command\r\n" },
	{ "RETR x\r\n",
	    "-ERR That is not what this command wants behind it\r\n" },
	{ "NOOP\nNOOP\n", "+OK Done\r\n+OK Done\r\n" },
};

/* Whole, octet by octet, and with a page for each row. */
static void
test_table(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		struct str say = str_c(table[i].say);
		struct world w;

		two_messages(&w);
		world_login(&w, 0);
		world_say(&w, 0, table[i].say, table[i].want);
		w.store.page = 1;
		for (size_t k = 0; k < say.n; k++)
			world_send(&w, 0, str_make(say.p + k, 1));
		assert_str(world_got(&w, 0), table[i].want);
		world_end(&w);
	}
}

/* What came with an id of another server keeps it; store is asked once where
 * nothing did. */
static void
test_uidl(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	world_say(&w, 0, "UIDL\r\n",
	    "+OK 2 messages\r\n1 7.1\r\n2 7.2\r\n.\r\n");
	world_say(&w, 0, "UIDL 2\r\n", "+OK 2 7.2\r\n");
	assert_int_equal(w.store.fake.calls[STORE_uidls], 1);
	world_end(&w);
	two_messages(&w);
	w.store.uidls = true;
	world_login(&w, 0);
	world_say(&w, 0, "UIDL\r\n",
	    "+OK 2 messages\r\n1 7.1\r\n2 old-2\r\n.\r\n");
	world_say(&w, 0, "UIDL 2\r\n", "+OK 2 old-2\r\n");
	w.store.fake.fail[STORE_uidls] = E_PEER;
	world_say(&w, 0, "UIDL 1\r\n", "-ERR [SYS/TEMP] Temporarily out of "
	    "reach, try again\r\n");
	world_end(&w);
}

/* RFC 1939 6: only QUIT removes, all that was marked and nothing else. */
static void
test_quit(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	world_say(&w, 0, "DELE 2\r\n", "+OK Removed when you quit\r\n");
	world_hang_up(&w, 0);
	assert_int_equal(w.store.fake.calls[STORE_expunge], 0);

	world_login(&w, 0);
	world_say(&w, 0, "DELE 2\r\n", "+OK Removed when you quit\r\n");
	world_pass(&w, 602000);
	/* RFC 1939 3: without a word */
	assert_str(world_got(&w, 0), "");
	assert_true(w.c[0].eof);
	assert_int_equal(w.store.fake.calls[STORE_expunge], 0);

	world_login(&w, 0);
	world_say(&w, 0, "DELE 2\r\nQUIT\r\n",
	    "+OK Removed when you quit\r\n+OK See you\r\n");
	assert_true(w.c[0].eof);
	assert_int_equal(w.store.m[0].expunged, 0);
	assert_int_equal(w.store.m[0].flags, FLAG_deleted);
	assert_int_not_equal(w.store.m[1].expunged, 0);
	assert_int_equal(w.store.m[2].expunged, 0);
	world_end(&w);
}

static void
test_quit_fails(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	w.store.fake.fail[STORE_expunge] = E_IO;
	world_login(&w, 0);
	world_say(&w, 0, "DELE 2\r\nQUIT\r\n",
	    "+OK Removed when you quit\r\n"
	    "-ERR [SYS/TEMP] Some deleted messages are not removed\r\n");
	assert_true(w.c[0].eof);
	world_end(&w);
}

/* Numbers stay, whoever removes and adds what. */
static void
test_snapshot(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	fake_expunge(&w.store, &w.store.m[0]);
	(void)fake_add(&w.store, 1, 0, STR(TWO));
	world_say(&w, 0, "STAT\r\n", "+OK 2 85\r\n");
	world_say(&w, 0, "LIST 2\r\n", "+OK 2 40\r\n");
	world_say(&w, 0, "UIDL 3\r\n", NO_SUCH);
	world_say(&w, 0, "DELE 1\r\nDELE 2\r\nQUIT\r\n",
	    "+OK Removed when you quit\r\n+OK Removed when you quit\r\n"
	    "+OK See you\r\n");
	assert_int_not_equal(w.store.m[1].expunged, 0);
	assert_int_equal(w.store.m[3].expunged, 0);
	world_end(&w);
}

/* A message that cannot be read is refused before its first octet; one that
 * fails behind that is never ended. */
static void
test_unreadable(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	w.store.fake.fail[STORE_content] = E_DAMAGED;
	world_say(&w, 0, "RETR 1\r\n",
	    "-ERR [SYS/PERM] This is damaged on the server's disk\r\n");
	world_say(&w, 0, "TOP 1 1\r\n",
	    "-ERR [SYS/PERM] This is damaged on the server's disk\r\n");
	w.store.fake.fail[STORE_content] = 0;
	w.store.lose_content = true;
	world_say(&w, 0, "RETR 1\r\n", "-ERR That message is gone\r\n");
	w.store.lose_content = false;
	w.store.fake.read_error = E_IO;
	w.store.fake.piece = 30;
	world_say(&w, 0, "RETR 1\r\n",
	    "+OK 45 octets\r\n" PREFIX "Subject: ");
	assert_true(w.c[0].eof);
	world_end(&w);
}

#define U "\xc3\xbc"
#define INNER "Subject: " U "\r\nX: " U "\r\n\r\n" U "\r\n"
#define MIXED "To: " U " <a@b>\r\nContent-Type: multipart/mixed;" \
	" boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; name=" U \
	"\r\n\r\n" U "\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
#define MIXED_ASCII "To: =?utf-8?B?w7w=?= <a@b>\r\nContent-Type:"       \
	" multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain" \
	"\r\n\r\n" U "\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"

/* RFC 6856: who said UTF8 gets it, all others get ASCII in every header. */
static void
test_utf8(void **state unused_arg)
{
	struct world w;
	struct fake_message *m;

	for (size_t piece = 1; piece < 400; piece = piece * 3 + 2) {
		world_begin(&w);
		w.store.fake.piece = piece;
		(void)fake_add(&w.store, 1, 0, STR(MIXED INNER "--x--\r\n"));
		m = fake_add(&w.store, 1, 0, STR(TWO));
		m->prefix = STR("Return-Path: <" U "@b>\r\n");
		world_login(&w, 0);
		world_say(&w, 0, "RETR 1\r\n", "+OK 196 octets\r\n" PREFIX
		    MIXED_ASCII "Subject: =?utf-8?B?w7w=?=\r\n\r\n" U
		    "\r\n--x--\r\n.\r\n");
		world_say(&w, 0, "TOP 1 3\r\n", "+OK 196 octets\r\n" PREFIX
		    "To: =?utf-8?B?w7w=?= <a@b>\r\nContent-Type: "
		    "multipart/mixed; boundary=x\r\n\r\n--x\r\n"
		    "Content-Type: text/plain\r\n\r\n.\r\n");
		world_say(&w, 0, "TOP 2 0\r\n", "+OK 40 octets\r\n"
		    "Return-Path: =?utf-8?B?w7xAYg==?= <invalid@"
		    "internationalized-address.invalid>\r\nSubject: two\r\n"
		    "\r\n.\r\n");
		world_connect(&w, 0, true);
		(void)world_got(&w, 0);
		world_say(&w, 0, "UTF8\r\n",
		    "+OK Messages come as they are\r\n");
		world_send(&w, 0, STR(LOGIN));
		(void)world_got(&w, 0);
		world_say(&w, 0, "RETR 1\r\n", "+OK 196 octets\r\n" PREFIX
		    MIXED INNER "--x--\r\n.\r\n");
		world_say(&w, 0, "TOP 2 0\r\n", "+OK 40 octets\r\n"
		    "Return-Path: <" U "@b>\r\nSubject: two\r\n\r\n.\r\n");
		world_end(&w);
	}
	/* RFC 6856 2.1: no STLS behind UTF8. */
	world_begin(&w);
	world_connect(&w, 0, false);
	(void)world_got(&w, 0);
	world_say(&w, 0, "UTF8\r\nSTLS\r\n", "+OK Messages come as they "
	    "are\r\n-ERR Not behind UTF8\r\n");
	world_end(&w);
}

/* Of a view as old as this nothing can be said any more. */
static void
test_stale(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	w.store.fake.fail[STORE_fetch] = E_STALE;
	world_say(&w, 0, "DELE 1\r\nRETR 2\r\nQUIT\r\n",
	    "+OK Removed when you quit\r\n"
	    "-ERR [SYS/TEMP] The mailbox has moved, try again\r\n");
	assert_true(w.c[0].eof);
	assert_int_equal(w.store.fake.calls[STORE_expunge], 0);
	world_end(&w);
}

/* The account is not ours any more. */
static void
test_denied(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	w.store.fake.fail[STORE_fetch] = E_DENIED;
	world_say(&w, 0, "LIST\r\n",
	    "-ERR [SYS/TEMP] Please log in again\r\n");
	assert_true(w.c[0].eof);
	world_end(&w);
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
	world_say(&w, 0, "\r\nCAPA x\r\n", "-ERR The line is too long\r\n"
	    "-ERR That is not what this command wants behind it\r\n");
	world_end(&w);
	free(line);
}

static void
test_too_many_before_login(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	for (int i = 0; i < POP3_MAX_STRANGER; i++) {
		assert_false(w.c[0].eof);
		world_send(&w, 0, STR("CAPA\r\n"));
		(void)world_got(&w, 0);
	}
	assert_true(w.c[0].eof);
	world_end(&w);
}

static void
test_too_many_bad(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_connect(&w, 0, false);
	(void)world_got(&w, 0);
	for (int i = 0; i < POP3_MAX_BAD; i++)
		world_say(&w, 0, "X\r\n", "-ERR Unknown command\r\n");
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
	world_pass(&w, POP3_LOGIN_MS - 1000);
	assert_false(w.c[0].eof);
	world_pass(&w, 2000);
	assert_str(world_got(&w, 0), "");
	assert_true(w.c[0].eof);

	world_login(&w, 0);
	world_pass(&w, 599000);
	assert_false(w.c[0].eof);
	world_say(&w, 0, "NOOP\r\n", "+OK Done\r\n");
	world_pass(&w, 599000);
	assert_false(w.c[0].eof);
	world_pass(&w, 2000);
	assert_true(w.c[0].eof);
	world_end(&w);
}

static void
test_stop(void **state unused_arg)
{
	struct world w;

	two_messages(&w);
	world_login(&w, 0);
	world_say(&w, 0, "DELE 1\r\n", "+OK Removed when you quit\r\n");
	loop_stop(w.loop);
	world_settle(&w);
	assert_str(world_got(&w, 0),
	    "-ERR [SYS/TEMP] Shutting down, come back in a moment\r\n");
	assert_int_equal(w.store.fake.calls[STORE_expunge], 0);
	world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_clear),
		cmocka_unit_test(test_no_certificate),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_login_without_maildrop),
		cmocka_unit_test(test_too_many_logins),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_uidl),
		cmocka_unit_test(test_quit),
		cmocka_unit_test(test_quit_fails),
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_too_many_before_login),
		cmocka_unit_test(test_too_many_bad),
		cmocka_unit_test(test_autologout),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
