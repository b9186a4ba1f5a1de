/*
 * session_test.c - whole sessions: envelopes, texts, limits, and the same
 * octets cut at every place.                              RFC 5321 4.1, 4.5
 */
#include "smtp/test_world.h"

static void
test_message(void **state unused_arg)
{
	struct world w;
	struct submitted *m;

	open_greeted(&w, 4096);
	world_say(&w, EHLO, EHLO_REPLY);
	world_say(&w, "mail from:<x@y.test> SIZE=10 BODY=8BITMIME\r\n",
	    "250 2.1.0 Ok\r\n");
	world_say(&w, "rcpt to:<alice@example.test>\r\n", "250 2.1.5 Ok\r\n");
	world_say(&w, "data\r\n", GO);
	world_say(&w, "Subject: x\r\n\r\n..dot\r\n", "");
	world_say(&w, ".\r\n", "250 2.0.0 Ok: queued as 1\r\n");
	assert_int_equal(w.nsubmits, 1);
	assert_int_equal(w.nrcpts, 1);
	m = &w.submits[0];
	assert_str(m->reverse_path, "x@y.test");
	assert_str(m->protocol, "ESMTP");
	assert_str(m->helo, "c.example");
	assert_str(m->tls, "");
	assert_int_equal(m->nhandles, 1);
	assert_true(m->change != 0);
	assert_true(str_starts(m->text,
	    STR("Received: from c.example ([192.0.2.1])\r\n"
		"\tby mx.example.test (Postern) with ESMTP\r\n\tid ")));
	assert_true(str_endsi(m->text,
	    STR(".1\r\n\tfor <alice@example.test>;\r\n"
		"\tSun, 22 Nov 2026 04:01:01 +0000\r\n"
		"Subject: x\r\n\r\n.dot\r\n")));
	/* another one on the same connection; two recipients hide each other */
	world_say(&w, ENVELOPE "RCPT TO:<bob@example.test>\r\nDATA\r\n",
	    ENVELOPE_OK "250 2.1.5 Ok\r\n" GO);
	world_say(&w, ".\r\n", "250 2.0.0 Ok: queued as 2\r\n");
	assert_int_equal(w.submits[1].nhandles, 2);
	assert_int_equal(w.submits[1].text.n,
	    str_find(w.submits[1].text, STR("alice")));
	assert_true(w.submits[0].change != w.submits[1].change);
	/* nothing runs between commands */
	assert_int_equal(loop_fibers(w.loop), 0);
	world_say(&w, "QUIT\r\n", "221 2.0.0 Bye\r\n");
	assert_true(w.client_eof);
	world_close(&w);
}

static void
test_commands(void **state unused_arg)
{
	static const struct {
		const char *say, *want;
	} t[] = {
		{ "HELO c.example\r\n", "250 " HELLO },
		{ "EHLO\r\n", "501 5.5.4 Syntax: EHLO name\r\n" },
		{ "HELO a (b)\r\n",
		    "250 mx.example.test Hello a %28b%29 [192.0.2.1]\r\n" },
		{ "HELP noop\r\n", "214-2.0.0 NOOP\r\n"
		    "214 2.0.0 Does nothing.\r\n" },
		{ "HELP FOO\r\n", "504 5.5.4 No help on that\r\n" },
		{ "NOOP\r\n", "250 2.0.0 Ok\r\n" },
		{ "noop with words \r\n", "250 2.0.0 Ok\r\n" },
		{ "VRFY alice\r\n",
		    "252 2.5.2 Send some mail, I'll try my best\r\n" },
		{ "VRFY\r\n", "501 5.5.4 Syntax: VRFY address\r\n" },
		{ "EXPN list\r\n", "502 5.5.1 Lists are not expanded\r\n" },
		{ "HELP\r\n",
		    "214-2.0.0 Commands: HELO EHLO MAIL RCPT DATA BDAT RSET "
		    "NOOP QUIT VRFY EXPN HELP ETRN STARTTLS\r\n"
		    "214 2.0.0 See RFC 5321\r\n" },
		{ "RSET\r\n", "250 2.0.0 Ok\r\n" },
		{ "RSET x\r\n", "501 5.5.4 No argument allowed\r\n" },
		{ "QUIT x\r\n", "501 5.5.4 No argument allowed\r\n" },
		{ "STARTTLS x\r\n", "501 5.5.4 No argument allowed\r\n" },
		{ "AUTH PLAIN\r\n", "500 5.5.2 Unknown command\r\n" },
		{ "FOO\r\n", "500 5.5.2 Unknown command\r\n" },
		{ "\r\n", "500 5.5.2 Not a command\r\n" },
		{ "NOOP\nQUIT\r\n", "500 5.5.2 Not a command\r\n" },
		{ "NOOP\rQUIT\r\n", "500 5.5.2 Not a command\r\n" },
		{ "MAIL FROM:<a@b>\r\n",
		    "503 5.5.1 Send HELO or EHLO first\r\n" },
		{ "RCPT TO:<a@b>\r\n", "503 5.5.1 Send MAIL first\r\n" },
		{ "DATA\r\n", "503 5.5.1 Send MAIL first\r\n" },
		{ EHLO "DATA\r\n", EHLO_REPLY "503 5.5.1 Send MAIL first\r\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w;

		open_greeted(&w, 4096);
		world_say(&w, t[i].say, t[i].want);
		world_close(&w);
	}
}

/* After EHLO. */
static void
test_envelope(void **state unused_arg)
{
	static const struct {
		const char *say, *want;
	} t[] = {
		{ "MAIL FROM:<>\r\n", "250 2.1.0 Ok\r\n" },
		{ "MAIL FROM: <a@b>\r\n", "250 2.1.0 Ok\r\n" },
		{ "MAIL FROM:a@b\r\n", "250 2.1.0 Ok\r\n" },
		{ "MAIL FROM:a b\r\n", "501 5.1.7 Not an address; it looks "
		    "like <you@example.org>\r\n" },
		{ "MAIL FROM\r\n", "501 5.5.4 Syntax: MAIL FROM:<address> or "
		    "RCPT TO:<address>\r\n" },
		{ "MAIL FROM:<a@b> SIZE=99999999999999999999\r\n",
		    "552 5.3.4 Message too big\r\n" },
		{ "MAIL FROM:<\xc3\xa4@b>\r\n",
		    "553 5.6.7 Addresses beyond ASCII need SMTPUTF8\r\n" },
		{ "MAIL FROM:<a@b> RET=FULL\r\n",
		    "555 5.5.4 Unknown parameter\r\n" },
		{ "MAIL FROM:<a@b> SIZE=x\r\n",
		    "501 5.5.4 Bad value of a parameter\r\n" },
		{ "MAIL FROM:<a@b> SIZE=100001\r\n",
		    "552 5.3.4 Message too big\r\n" },
		{ "MAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\n",
		    "250 2.1.0 Ok\r\n"
		    "503 5.5.1 Not inside a transaction\r\n" },
		{ "MAIL FROM:<a@b>\r\nSTARTTLS\r\n",
		    "250 2.1.0 Ok\r\n"
		    "503 5.5.1 Not inside a transaction\r\n" },
		{ "MAIL FROM:<a@b>\r\nRSET\r\nRCPT TO:<a@b>\r\n",
		    "250 2.1.0 Ok\r\n250 2.0.0 Ok\r\n"
		    "503 5.5.1 Send MAIL first\r\n" },
		{ "MAIL FROM:<a@b>\r\n" EHLO "RCPT TO:<a@b>\r\n",
		    "250 2.1.0 Ok\r\n" EHLO_REPLY
		    "503 5.5.1 Send MAIL first\r\n" },
		{ "MAIL FROM:<a@b>\r\nDATA\r\nRCPT TO:<bob@example.test>\r\n",
		    "250 2.1.0 Ok\r\n554 5.5.1 No valid recipients\r\n"
		    "250 2.1.5 Ok\r\n" },
		{ "MAIL FROM:<a@b>\r\nRCPT TO:<Postmaster>\r\n",
		    "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n" },
		{ "MAIL FROM:<a@b>\r\nRCPT TO:<nobody@example.test>\r\n",
		    "250 2.1.0 Ok\r\n550 5.1.1 No such mailbox here\r\n" },
		{ "MAIL FROM:<a@b>\r\nRCPT TO:<alice@far.test>\r\n",
		    "250 2.1.0 Ok\r\n550 5.7.1 Relaying denied\r\n" },
		{ "MAIL FROM:<a@b>\r\nRCPT TO:<full@example.test>\r\n",
		    "250 2.1.0 Ok\r\n452 4.2.2 Mailbox full\r\n" },
		{ "MAIL FROM:<a@b>\r\nRCPT TO:<>\r\n",
		    "250 2.1.0 Ok\r\n501 5.1.3 Not an address; it looks "
		    "like <you@example.org>\r\n" },
		{ "MAIL FROM:<a@b>\r\nRCPT TO:<bob@example.test> ORCPT=x\r\n",
		    "250 2.1.0 Ok\r\n555 5.5.4 Unknown parameter\r\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w;

		open_greeted(&w, 4096);
		world_say(&w, EHLO, EHLO_REPLY);
		world_say(&w, t[i].say, t[i].want);
		world_close(&w);
	}
}

/* One whole session in one write, cut in two at every octet, and octet by
 * octet: the same answers and the same messages. */
static void
run_cut(struct str in, size_t cut, size_t step, struct arena *a,
    struct str *out, struct str texts[2])
{
	struct world w;

	world_open(&w, LISTEN_SMTP, step ? 5 : 65536);
	world_send(&w, str_first(in, cut));
	for (in = str_from(in, cut); in.n > 0;) {
		world_send(&w, str_first(in, step ? step : in.n));
		in = str_from(in, step ? step : in.n);
	}
	*out = str_dup(a, world_got(&w));
	assert_int_equal(w.nsubmits, 2);
	texts[0] = str_dup(a, w.submits[0].text);
	texts[1] = str_dup(a, w.submits[1].text);
	world_close(&w);
}

static void
test_cut_anywhere(void **state unused_arg)
{
	struct str in = STR(EHLO ENVELOPE
	    "RCPT TO:<nobody@example.test>\r\nDATA\r\nA: b\r\n\r\n..\r\nx\r\n"
	    ".\r\nNOOP\r\nFOO\r\n" ENVELOPE "BDAT 8\r\nB: c\r\n\r\nBDAT 3\r\n"
	    ".\r\nBDAT 0 LAST\r\nRSET\r\nBDAT 6\r\nQUIT\r\nQUIT\r\n");
	struct arena *a = arena_new(64 << 20);
	struct str out, want, texts[2], want_texts[2];

	run_cut(in, in.n, 0, a, &want, want_texts);
	assert_str(want, GREETING EHLO_REPLY ENVELOPE_OK
	    "550 5.1.1 No such mailbox here\r\n" GO
	    "250 2.0.0 Ok: queued as 1\r\n250 2.0.0 Ok\r\n"
	    "500 5.5.2 Unknown command\r\n" ENVELOPE_OK
	    "250 2.0.0 8 octets received\r\n250 2.0.0 3 octets received\r\n"
	    "250 2.0.0 Ok: queued as 2\r\n250 2.0.0 Ok\r\n"
	    "503 5.5.1 Send MAIL first\r\n221 2.0.0 Bye\r\n");
	assert_true(str_endsi(want_texts[1], STR("\r\nB: c\r\n\r\n.\r\n")));
	for (size_t cut = 0; cut <= in.n; cut++) {
		run_cut(in, cut == in.n ? 0 : cut, cut == in.n, a, &out,
		    texts);
		assert_strs(out, want);
		assert_strs(texts[0], want_texts[0]);
		assert_strs(texts[1], want_texts[1]);
	}
	arena_free(a);
}

/* A batch of commands is answered in one write.           RFC 2920 3.2 */
static void
test_few_writes(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 65536);
	w.writes = 0;
	world_say(&w, EHLO ENVELOPE "RCPT TO:<bob@example.test>\r\nDATA\r\n",
	    EHLO_REPLY ENVELOPE_OK "250 2.1.5 Ok\r\n" GO);
	assert_int_equal(w.writes, 1);
	world_say(&w, ".\r\nNOOP\r\nNOOP\r\nQUIT\r\n",
	    "250 2.0.0 Ok: queued as 1\r\n250 2.0.0 Ok\r\n"
	    "250 2.0.0 Ok\r\n221 2.0.0 Bye\r\n");
	assert_int_equal(w.writes, 2);
	world_close(&w);
}

static void
test_refused_text(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "a\n.\r\nMAIL FROM:<evil@x>\r\n.\r\n",
		    "550 5.6.0 Bare CR or LF in the message\r\n" },
		{ "a\r\n.\nMAIL FROM:<evil@x>\r\n.\r\n",
		    "550 5.6.0 Bare CR or LF in the message\r\n" },
		{ "a\r\n.\rMAIL FROM:<evil@x>\r\n.\r\n",
		    "550 5.6.0 Bare CR or LF in the message\r\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w;

		open_greeted(&w, 4096);
		world_say(&w, EHLO, EHLO_REPLY);
		world_say(&w, ENVELOPE "DATA\r\n", ENVELOPE_OK GO);
		world_say(&w, t[i].text, t[i].want);
		assert_int_equal(w.nsubmits, 0);
		assert_int_equal(w.fake.calls[STORE_journal], 1);
		world_say(&w, "RCPT TO:<bob@example.test>\r\n",
		    "503 5.5.1 Send MAIL first\r\n");
		world_say(&w, ENVELOPE "DATA\r\n.\r\n",
		    ENVELOPE_OK GO "250 2.0.0 Ok: queued as 1\r\n");
		world_close(&w);
	}
}

/* Chunks have no end by themselves, and a sender who has none either is told
 * to go; between two of them nothing runs, and time that passes counts for all
 * of the text. */
static void
test_chunks(void **state unused_arg)
{
	static struct world w;	/* a stack would not do */

	open_greeted(&w, 65536);
	world_say(&w, EHLO ENVELOPE, EHLO_REPLY ENVELOPE_OK);
	for (int i = 0; i < 197; i++)
		world_say(&w, "BDAT 1\r\nx", "250 2.0.0 1 octets received\r\n");
	assert_int_equal(loop_fibers(w.loop), 0);
	world_say(&w, "BDAT 1\r\nx", "421 4.7.0 Too many commands without a "
	    "message\r\n");
	world_close(&w);

	open_greeted(&w, 65536);
	world_say(&w, EHLO, EHLO_REPLY);
	for (int i = 1; i < 100; i++)
		world_say(&w, "BDAT 1\r\nx", "503 5.5.1 Send MAIL first\r\n");
	world_say(&w, "BDAT 1\r\nx", "421 4.7.0 Too many errors\r\n");
	world_close(&w);

	open_greeted(&w, 65536);
	world_say(&w, EHLO ENVELOPE, EHLO_REPLY ENVELOPE_OK);
	for (int i = 0; i < 1800; i += 200) {
		char text[80];

		(void)snprintf(text, sizeof(text), "BDAT 64\r\n%064d", i);
		world_say(&w, text, "250 2.0.0 64 octets received\r\n");
		world_pass(&w, 200 * 1000);
	}
	world_say(&w, "BDAT 64\r\nx", "421 4.4.2 Timeout\r\n");
	assert_int_equal(w.nsubmits, 0);
	world_close(&w);
}

/* Who waits is greeted, who does not is let go. */
static void
test_talks_first(void **state unused_arg)
{
	struct world w;

	world_greeting_delay_s = 5;
	world_open(&w, LISTEN_SMTP, 65536);
	assert_str(world_got(&w), "");
	world_pass(&w, 4999);
	assert_str(world_got(&w), "");
	world_pass(&w, 1);
	assert_str(world_got(&w), GREETING);
	world_say(&w, EHLO ENVELOPE "DATA\r\n.\r\n", EHLO_REPLY ENVELOPE_OK GO
	    "250 2.0.0 Ok: queued as 1\r\n");
	world_close(&w);

	world_open(&w, LISTEN_SMTP, 65536);
	world_pass(&w, 4000);
	world_say(&w, EHLO "QUIT\r\n", "421 4.7.0 Wait for the greeting before "
	    "you say anything\r\n");
	assert_true(w.client_eof);
	world_close(&w);

	world_open(&w, LISTEN_SMTP, 65536);
	world_hang_up(&w);
	world_close(&w);

	/* Who comes for others is no stranger. */
	world_in_front = STR("192.0.2.0/24");
	world_open(&w, LISTEN_SMTP, 65536);
	assert_str(world_got(&w), GREETING);
	world_close(&w);
	world_in_front = STR_NULL;
	world_greeting_delay_s = 0;
}

static void
test_too_big(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 700);
	world_say(&w, EHLO, EHLO_REPLY);
	for (int extra = 0; extra < 2; extra++) {
		world_say(&w, ENVELOPE "DATA\r\n", ENVELOPE_OK GO);
		/* 100 octets a line once the dot is gone */
		for (int i = 0; i < 1000; i++)
			world_send(&w, arena_printf(w.mem, "..%097d\r\n", i));
		world_say(&w, extra ? "\r\n.\r\n" : ".\r\n", extra
			? "552 5.3.4 Message too big\r\n"
			: "250 2.0.0 Ok: queued as 1\r\n");
	}
	assert_int_equal(w.nsubmits, 1);
	world_close(&w);
}

static void
test_long_lines(void **state unused_arg)
{
	static char line[13000];
	struct world w;

	memset(line, 'x', sizeof(line));
	memcpy(line, "NOOP ", 5);
	open_greeted(&w, 1000);
	/* what fits */
	world_send(&w, str_make(line, 3070));
	world_say(&w, "\r\n", "250 2.0.0 Ok\r\n");
	world_send(&w, str_make(line, 3071));
	world_say(&w, "\r\n", "500 5.5.2 Line too long\r\n");
	world_send(&w, str_make(line, sizeof(line)));
	world_say(&w, "\r\nNOOP\r\n",
	    "500 5.5.2 Line too long\r\n250 2.0.0 Ok\r\n");
	world_close(&w);
}

static void
test_mail_loop(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	world_say(&w, EHLO, EHLO_REPLY);
	for (int n = 50; n <= 51; n++) {
		world_say(&w, ENVELOPE "DATA\r\n", ENVELOPE_OK GO);
		for (int i = 0; i < n; i++)
			world_send(&w, STR("Received: from x by y; now\r\n"));
		world_say(&w, "\r\n.\r\n", n == 50
			? "250 2.0.0 Ok: queued as 1\r\n"
			: "554 5.4.6 Mail loop: too many hops\r\n");
	}
	world_close(&w);
}

static void
test_too_many(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 65536);
	for (int i = 1; i < 20; i++)
		world_say(&w, "FOO\r\n", "500 5.5.2 Unknown command\r\n");
	world_say(&w, "FOO\r\nNOOP\r\n", "421 4.7.0 Too many errors\r\n");
	assert_true(w.client_eof);
	world_close(&w);

	open_greeted(&w, 65536);
	world_say(&w, EHLO "MAIL FROM:<a@b>\r\n",
	    EHLO_REPLY "250 2.1.0 Ok\r\n");
	for (int i = 0; i < 100; i++)
		world_say(&w, "RCPT TO:<alice@example.test>\r\n",
		    "250 2.1.5 Ok\r\n");
	world_say(&w, "RCPT TO:<alice@example.test>\r\n",
	    "452 4.5.3 Too many recipients\r\n");
	world_say(&w, "DATA\r\n.\r\n", GO "250 2.0.0 Ok: queued as 1\r\n");
	assert_int_equal(w.submits[0].nhandles, 100);
	world_close(&w);

	/* Somebody tries names: patience has an end, but lists have many. */
	open_greeted(&w, 65536);
	world_say(&w, EHLO "MAIL FROM:<a@b>\r\n",
	    EHLO_REPLY "250 2.1.0 Ok\r\n");
	for (int i = 1; i < 100; i++)
		world_say(&w, "RCPT TO:<nobody@example.test>\r\n",
		    "550 5.1.1 No such mailbox here\r\n");
	world_say(&w, "RCPT TO:<nobody@example.test>\r\n",
	    "421 4.7.0 Too many errors\r\n");
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_few_writes),
		cmocka_unit_test(test_refused_text),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_talks_first),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_mail_loop),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
