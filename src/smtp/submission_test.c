#include "smtp/test_world.h"

#define READY "220 2.0.0 Ready to start TLS\r\n"
/* "\0alice@example.test\0secret", and the two of them alone */
#define PLAIN_ALICE "AGFsaWNlQGV4YW1wbGUudGVzdABzZWNyZXQ="
#define B64_ALICE "YWxpY2VAZXhhbXBsZS50ZXN0"
#define B64_SECRET "c2VjcmV0"
#define WELCOME "235 2.7.0 Welcome\r\n"
#define WRONG "535 5.7.8 Wrong user or password\r\n"

static void
open_tls(struct world *w)
{
	world_open(w, LISTEN_SUBMISSION, 65536);
	assert_str(world_got(w), GREETING);
	world_say(w, EHLO "STARTTLS\r\n", EHLO_CLEAR READY);
	assert_true(world_client_tls(w));
	/* No second greeting, and nothing of the first EHLO is left. */
	world_say(w, "", "");
	world_say(w, EHLO, EHLO_TLS);
}

static void
test_in_clear(void **state unused_arg)
{
	struct world w;

	world_open(&w, LISTEN_SUBMISSION, 65536);
	assert_str(world_got(&w), GREETING);
	world_say(&w, EHLO, EHLO_CLEAR);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n",
	    "538 5.7.11 Only inside TLS\r\n");
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n",
	    "530 5.7.0 Authentication required\r\n");
	world_say(&w, "RCPT TO:<alice@example.test>\r\nDATA\r\n",
	    "530 5.7.0 Authentication required\r\n"
	    "530 5.7.0 Authentication required\r\n");
	assert_int_equal(w.nlogins, 0);
	world_close(&w);
}

/* Store is asked once about an address, again about another, and never does
 * a no become a yes. */
static void
test_senders(void **state unused_arg)
{
	struct world w;

	open_tls(&w);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	for (int i = 0; i < 3; i++)
		world_say(&w, "MAIL FROM:<alice@example.test>\r\nRSET\r\n",
		    "250 2.1.0 Ok\r\n250 2.0.0 Ok\r\n");
	assert_int_equal(w.fake.calls[STORE_sender], 1);
	for (int i = 0; i < 2; i++)
		world_say(&w, "MAIL FROM:<bob@example.test>\r\n",
		    "553 5.7.1 Not an address of yours\r\n");
	assert_int_equal(w.fake.calls[STORE_sender], 3);
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n",
	    "250 2.1.0 Ok\r\n");
	assert_int_equal(w.fake.calls[STORE_sender], 4);
	world_close(&w);
}

static void
test_message(void **state unused_arg)
{
	struct world w;

	open_tls(&w);
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n",
	    "530 5.7.0 Authentication required\r\n");
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_say(&w, EHLO, EHLO_USER);
	world_say(&w, "MAIL FROM:<bob@example.test>\r\n",
	    "553 5.7.1 Not an address of yours\r\n");
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n"
		      "RCPT TO:<bob@example.test>\r\n"
		      "RCPT TO:<who@far.test>\r\nDATA\r\n",
	    "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"
	    "354 Go ahead, end with <CRLF>.<CRLF>\r\n");
	world_say(&w, "a: b\r\n.\r\n", "250 2.0.0 Ok: queued as 1\r\n");
	assert_str(w.submits[0].protocol, "ESMTPSA");
	assert_true(str_starts(w.submits[0].tls, STR("TLSv1.")));
	assert_int_equal(w.submits[0].nhandles, 2);
	assert_true(str_find(w.submits[0].text,
			STR("with ESMTPSA\r\n\t(TLSv1.")) <
	    w.submits[0].text.n);
	/* A report, as of a mail program that says "displayed": RFC 8098 3. */
	world_say(&w, "MAIL FROM:<>\r\nRCPT TO:<who@far.test>\r\n"
		      "RSET\r\nQUIT\r\n",
	    "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.0.0 Ok\r\n"
	    "221 2.0.0 Bye\r\n");
	assert_int_equal(w.nlogouts, 1);
	world_close(&w);
}

#define RECIPIENT "RCPT TO:<who@far.test>\r\nDATA\r\n"
#define RECIPIENT_OK "250 2.1.5 Ok\r\n" GO

static void
send_text(struct world *w, const char *text, const char *want)
{
	world_say(w, "MAIL FROM:<alice@example.test>\r\n" RECIPIENT,
	    "250 2.1.0 Ok\r\n" RECIPIENT_OK);
	world_send(w, str_c(text));
	assert_str(world_got(w), want);
}

/* In store's words, to RCPT and to the text, and for that time only; and no
 * message that is longer than the account's may be. */
static void
test_too_much(void **state unused_arg)
{
	static char text[100];
	static struct world w;

	open_tls(&w);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_say(&w, EHLO, EHLO_USER);
	w.fake.fail[STORE_rcpt] = E_RATE;
	(void)snprintf(text, sizeof(text), "250 2.1.0 Ok\r\n"
	    "450 4.7.1 call %d\r\n250 2.0.0 Ok\r\n", (int)STORE_rcpt);
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n"
		      "RCPT TO:<who@far.test>\r\nRSET\r\n", text);
	w.fake.fail[STORE_rcpt] = 0;
	w.fake.fail[STORE_submit] = E_RATE;
	(void)snprintf(text, sizeof(text), "450 4.7.1 call %d\r\n",
	    (int)STORE_submit);
	send_text(&w, "From: alice@example.test\r\n\r\nHi\r\n.\r\n", text);
	w.fake.fail[STORE_submit] = 0;
	w.most_octets = 60;
	world_say(&w, "MAIL FROM:<alice@example.test> SIZE=61\r\n"
		      "RCPT TO:<who@far.test>\r\nRSET\r\n",
	    "250 2.1.0 Ok\r\n552 5.3.4 Message too big for your account\r\n"
	    "250 2.0.0 Ok\r\n");
	send_text(&w, "From: alice@example.test\r\n\r\n0123456789"
	    "0123456789012345678901234567890123456789\r\n.\r\n",
	    "552 5.3.4 Message too big\r\n");
	assert_int_equal(w.nsubmits, 0);
	send_text(&w, "From: alice@example.test\r\n\r\nHi\r\n.\r\n",
	    "250 2.0.0 Ok: queued as 1\r\n");
	/* How many were named before. */
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n"
		      "RCPT TO:<bob@example.test>\r\n"
		      "RCPT TO:<who@far.test>\r\n",
	    "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n");
	assert_int_equal(w.rcpt.before, 1);
	world_close(&w);
}

/* What the author wrote is signed, with what was added, unless vault cannot.
 * RFC 6409 8.2, 8.3, 8.5 */
static void
test_signed(void **state unused_arg)
{
	struct world w;
	struct str text;

	open_tls(&w);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_say(&w, EHLO, EHLO_USER);
	send_text(&w, "From: A <alice@example.test>\r\n\r\nHi\r\n.\r\n",
	    "250 2.0.0 Ok: queued as 1\r\n");
	assert_true(str_starts(w.submits[0].signature, STR("alice@example.test "
	    "From:From:")));
	assert_true(str_find(w.submits[0].signature, STR("\ndate:")) <
	    w.submits[0].signature.n);
	text = w.submits[0].text;
	text = str_from(text, str_find(text, STR("\r\nDate: ")));
	assert_true(str_find(text, STR("\r\nMessage-ID: <")) < text.n);
	assert_true(str_endsi(text, STR("@mx.example.test>\r\nFrom: "
	    "A <alice@example.test>\r\n\r\nHi\r\n")));
	assert_int_equal(w.nsigned, 1);
	assert_int_equal(w.submits[0].signature_7bit.n, 0);
	/* Once more, as those get it who take 7 bits. */
	send_text(&w, "From: A <alice@example.test>\r\n\r\nH\xc3\xad, you!\r\n"
	    ".\r\n", "250 2.0.0 Ok: queued as 2\r\n");
	assert_int_equal(w.nsigned, 3);
	assert_true(str_starts(w.submits[1].signature_7bit,
	    STR("alice@example.test From:From:")));
	assert_true(str_find(w.submits[1].signature,
	    STR("quoted-printable")) == w.submits[1].signature.n);
	assert_true(str_find(w.submits[1].signature_7bit,
	    STR("quoted-printable")) < w.submits[1].signature_7bit.n);
	w.sign_error = E_TIMEOUT;
	send_text(&w, "From: alice@example.test\r\n\r\nHi\r\n.\r\n",
	    "451 4.3.0 Trouble here, try again later\r\n");
	assert_int_equal(w.nsubmits, 2);
	world_close(&w);
}

/* Store is asked about everybody that the header names, and only when it is
 * somebody else than MAIL FROM named. */
static void
test_people(void **state unused_arg)
{
	static const char *const refused[] = {
		"From: bob@example.test\r\n\r\nHi\r\n.\r\n",
		"From: alice@example.test, bob@example.test\r\n\r\n.\r\n",
		"Subject: s\r\nFrom: \"alice@example.test\"\r\n"
		" <bob@example.test>\r\n.\r\n",
		"From: alice@example.test\r\nSender: bob@example.test\r\n"
		"\r\nHi\r\n.\r\n",
	};
	struct world w;

	open_tls(&w);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_say(&w, EHLO, EHLO_USER);
	for (size_t i = 0; i < NELEM(refused); i++)
		send_text(&w, refused[i], "553 5.7.1 From: bob@example.test "
		    "is not an address of yours\r\n");
	send_text(&w, "From: alice@example.test\r\nFROM: alice@example.test"
	    "\r\n\r\nHi\r\n.\r\n",
	    "550 5.6.0 More than one From field\r\n");
	send_text(&w, "From: Alice\r\n\r\nHi\r\n.\r\n",
	    "550 5.6.0 From names no address\r\n");
	assert_int_equal(w.nsubmits, 0);
	w.fake.calls[STORE_sender] = 0;
	send_text(&w, "From: Me <ALICE@example.test>\r\n\r\nHi\r\n.\r\n",
	    "250 2.0.0 Ok: queued as 1\r\n");
	send_text(&w, "Subject: nobody\r\n\r\nHi\r\n.\r\n",
	    "250 2.0.0 Ok: queued as 2\r\n");
	assert_true(str_find(w.submits[1].text,
	    STR("\r\nFrom: <alice@example.test>\r\n")) <
	    w.submits[1].text.n);
	assert_int_equal(w.fake.calls[STORE_sender], 0);
	world_close(&w);
}

/* What is asked of reports goes to store, also when its handles have to be
 * got again.                                                 RFC 3461 4 */
static void
test_dsn(void **state unused_arg)
{
	struct world w;

	world_open(&w, LISTEN_SUBMISSIONS, 65536);
	assert_true(world_client_tls(&w));
	(void)world_got(&w);
	world_say(&w, EHLO, EHLO_TLS);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_say(&w, "MAIL FROM:<alice@example.test> RET=XX\r\n",
	    "501 5.5.4 Bad value of a parameter\r\n");
	world_say(&w, "MAIL FROM:<alice@example.test> ret=hdrs ENVID=a+2Bb\r\n"
		      "RCPT TO:<who@far.test> NOTIFY=Success,DELAY "
		      "ORCPT=rfc822;who@far.test\r\n",
	    ENVELOPE_OK);
	assert_int_equal(w.rcpt.notify, NOTIFY_success | NOTIFY_delay);
	assert_str(w.rcpt.orcpt, "rfc822;who@far.test");
	assert_int_equal(w.rcpt.bounce, 0);
	memset(&w.rcpt, 0, sizeof(w.rcpt));
	w.lose_handles = 1;
	world_say(&w, "DATA\r\n", GO);
	world_say(&w, "a: b\r\n.\r\n", "250 2.0.0 Ok: queued as 1\r\n");
	assert_int_equal(w.rcpt.notify, NOTIFY_success | NOTIFY_delay);
	assert_str(w.rcpt.orcpt, "rfc822;who@far.test");
	assert_int_equal(w.submits[0].ret, RET_headers);
	assert_str(w.submits[0].envid, "a+2Bb");
	assert_int_equal(w.submits[0].smtputf8, 0);
	world_say(&w, "MAIL FROM:<>\r\nRCPT TO:<who@far.test>\r\n",
	    ENVELOPE_OK);
	assert_int_equal(w.rcpt.bounce, 1);
	assert_int_equal(w.rcpt.notify, 0);
	world_close(&w);
}

/* RFC 6531: addresses of UTF-8, and what the trace says then. */
static void
test_utf8(void **state unused_arg)
{
	static struct world w;

	world_open(&w, LISTEN_SUBMISSIONS, 65536);
	assert_true(world_client_tls(&w));
	(void)world_got(&w);
	world_say(&w, EHLO, EHLO_TLS);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_say(&w, "MAIL FROM:<alice@example.test>\r\n"
		      "RCPT TO:<j\xc3\xbcrgen@example.test>\r\nRSET\r\n",
	    "250 2.1.0 Ok\r\n"
	    "553 5.6.7 Addresses beyond ASCII need SMTPUTF8\r\n"
	    "250 2.0.0 Ok\r\n");
	world_say(&w, "MAIL FROM:<alice@example.test> SMTPUTF8\r\n"
		      "RCPT TO:<j\xc3\xbcrgen@example.test>\r\n",
	    ENVELOPE_OK);
	assert_str(w.rcpt.address, "j\xc3\xbcrgen@example.test");
	world_say(&w, "DATA\r\n", GO);
	world_say(&w, "a: b\r\n.\r\n", "250 2.0.0 Ok: queued as 1\r\n");
	/* The addresses speak for themselves; the header needs it not. */
	assert_int_equal(w.submits[0].smtputf8, 0);
	assert_str(w.submits[0].protocol, "UTF8SMTPSA");
	assert_true(str_find(w.submits[0].text, STR("with UTF8SMTPSA\r\n")) <
	    w.submits[0].text.n);
	assert_true(str_is_ascii(w.submits[0].text));
	world_say(&w, "MAIL FROM:<alice@example.test> SMTPUTF8\r\n"
		      "RCPT TO:<who@far.test>\r\n", ENVELOPE_OK);
	world_say(&w, "DATA\r\n", GO);
	world_say(&w, "Subject: gr\xc3\xbc\xc3\x9f\r\n\r\nx\r\n.\r\n",
	    "250 2.0.0 Ok: queued as 2\r\n");
	assert_int_equal(w.submits[1].smtputf8, 1);
	/* Said, as many always do, and not needed: a body is none of it. */
	world_say(&w, "MAIL FROM:<alice@example.test> SMTPUTF8\r\n"
		      "RCPT TO:<who@far.test>\r\n", ENVELOPE_OK);
	world_say(&w, "DATA\r\n", GO);
	world_say(&w, "a: b\r\n\r\ngr\xc3\xbc\xc3\x9f\r\n.\r\n",
	    "250 2.0.0 Ok: queued as 3\r\n");
	assert_int_equal(w.submits[2].smtputf8, 0);
	world_close(&w);
}

/* What is said before TLS in one packet with STARTTLS counts no more:
 * RFC 3207 4.2, and CVE-2011-0411 in others. */
static void
test_injection(void **state unused_arg)
{
	static const char *const injected[] = {
		"NOOP\r\n",
		"EHLO evil.example\r\nMAIL FROM:<evil@x>\r\n",
		"RSET\r\nQUIT\r\n",
		"AUTH PLAIN " PLAIN_ALICE "\r\n",
	};

	for (size_t i = 0; i < NELEM(injected); i++) {
		struct world w;

		world_open(&w, LISTEN_SUBMISSION, 65536);
		assert_str(world_got(&w), GREETING);
		world_send(&w, arena_printf(w.mem, EHLO "STARTTLS\r\n%s",
		    injected[i]));
		assert_str(world_got(&w), EHLO_CLEAR READY);
		assert_true(world_client_tls(&w));
		world_say(&w, "", "");
		/* not even our name is remembered */
		world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
		world_say(&w, "MAIL FROM:<alice@example.test>\r\n",
		    "503 5.5.1 Send HELO or EHLO first\r\n");
		world_say(&w, "NOOP\r\n", "250 2.0.0 Ok\r\n");
		assert_int_equal(w.nlogins, 1);
		world_close(&w);
	}
}

static void
test_starttls_twice(void **state unused_arg)
{
	struct world w;

	open_tls(&w);
	world_say(&w, "STARTTLS\r\n", "503 5.5.1 TLS is on already\r\n");
	world_close(&w);
}

static void
test_implicit_tls(void **state unused_arg)
{
	struct world w;

	world_open(&w, LISTEN_SUBMISSIONS, 65536);
	assert_true(world_client_tls(&w));
	world_say(&w, "", GREETING);
	world_say(&w, EHLO, EHLO_TLS);
	world_say(&w, "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME);
	world_close(&w);
	assert_int_equal(w.nlogouts, 1);
}

/* Inside TLS, after EHLO: one thing after the other. */
static void
test_auth(void **state unused_arg)
{
	static const struct {
		const char *name;
		struct {
			const char *say, *want;
		} steps[4];
	} t[] = {
		{ "PLAIN at once",
		    { { "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME } } },
		{ "any case, more space",
		    { { "auth  plain  " PLAIN_ALICE "\r\n", WELCOME } } },
		{ "PLAIN asked for",
		    { { "AUTH PLAIN\r\n", "334 \r\n" },
			{ PLAIN_ALICE "\r\n", WELCOME } } },
		{ "LOGIN",
		    { { "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n" },
			{ B64_ALICE "\r\n", "334 UGFzc3dvcmQ6\r\n" },
			{ B64_SECRET "\r\n", WELCOME } } },
		{ "LOGIN with the user at once",
		    { { "AUTH LOGIN " B64_ALICE "\r\n",
			  "334 UGFzc3dvcmQ6\r\n" },
			{ B64_SECRET "\r\n", WELCOME } } },
		{ "pipelined",
		    { { "AUTH PLAIN " PLAIN_ALICE "\r\nNOOP\r\n",
			WELCOME "250 2.0.0 Ok\r\n" } } },
		{ "canceled",
		    { { "AUTH PLAIN\r\n", "334 \r\n" },
			{ "*\r\n", "501 5.7.0 Authentication canceled\r\n" },
			{ "AUTH LOGIN " B64_ALICE "\r\n",
			    "334 UGFzc3dvcmQ6\r\n" },
			{ "*\r\n",
			    "501 5.7.0 Authentication canceled\r\n" } } },
		{ "not base64",
		    { { "AUTH PLAIN ====\r\n", "501 5.5.2 Not base64\r\n" },
			{ "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n" },
			{ "a b\r\n", "501 5.5.2 Not base64\r\n" },
			{ "NOOP\r\n", "250 2.0.0 Ok\r\n" } } },
		{ "not PLAIN",
		    { { "AUTH PLAIN " B64_ALICE "\r\n",
			  "535 5.7.8 Malformed PLAIN response\r\n" },
			{ "AUTH PLAIN =\r\n",
			    "535 5.7.8 Malformed PLAIN response\r\n" } } },
		{ "wrong password, then the right one",
		    { { "AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdAB3cm9uZw==\r\n",
			  WRONG },
			{ "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME } } },
		{ "wrong user",
		    { { "AUTH PLAIN AG5vYm9keQBzZWNyZXQ=\r\n", WRONG } } },
		{ "vault is busy",
		    { { "AUTH PLAIN AGJ1c3kAc2VjcmV0\r\n",
			"454 4.7.0 Cannot check that now\r\n" } } },
		{ "twice",
		    { { "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME },
			{ "AUTH PLAIN " PLAIN_ALICE "\r\n",
			    "503 5.5.1 You are logged in already\r\n" } } },
		{ "in a transaction",
		    { { "AUTH PLAIN " PLAIN_ALICE "\r\n", WELCOME },
			{ "MAIL FROM:<alice@example.test>\r\n",
			    "250 2.1.0 Ok\r\n" },
			{ "AUTH PLAIN\r\n",
			    "503 5.5.1 Not inside a transaction\r\n" } } },
		{ "unknown mechanism",
		    { { "AUTH CRAM-MD5\r\n",
			  "504 5.5.4 Unknown mechanism\r\n" },
			{ "AUTH\r\n",
			    "501 5.5.4 Syntax: AUTH mechanism\r\n" } } },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w;

		open_tls(&w);
		for (size_t k = 0; k < 4 && t[i].steps[k].say; k++)
			world_say(&w, t[i].steps[k].say, t[i].steps[k].want);
		world_close(&w);
		assert_true(w.nlogouts <= 1);
	}
}

static void
test_auth_limits(void **state unused_arg)
{
	static char line[13000];
	struct world w;

	open_tls(&w);
	memset(line, 'A', sizeof(line));
	world_say(&w, "AUTH PLAIN\r\n", "334 \r\n");
	world_send(&w, str_make(line, sizeof(line)));
	world_say(&w, "\r\n", "500 5.5.6 Response too long\r\n");
	/* RFC 4954 4: 12288 octets are for the mechanism to judge */
	world_say(&w, "AUTH PLAIN\r\n", "334 \r\n");
	world_send(&w, str_make(line, 12288));
	world_say(&w, "\r\n", "535 5.7.8 Malformed PLAIN response\r\n");
	for (int i = 1; i < 5; i++)
		world_say(&w, "AUTH PLAIN AG5vYm9keQBzZWNyZXQ=\r\n", WRONG);
	world_say(&w, "AUTH PLAIN AG5vYm9keQBzZWNyZXQ=\r\nNOOP\r\n",
	    "421 4.7.0 Too many failed logins\r\n");
	assert_true(w.client_eof);
	world_close(&w);
}

/* Silence or an end in the middle of the exchange. */
static void
test_auth_broken_off(void **state unused_arg)
{
	struct world w;

	open_tls(&w);
	world_say(&w, "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n");
	world_pass(&w, 301000);
	assert_int_equal(w.ended, 1);
	world_close(&w);

	open_tls(&w);
	world_say(&w, "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n");
	world_send(&w, STR(B64_ALICE "\r\nc2V"));
	world_close(&w);
	assert_int_equal(w.nlogins, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_clear),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_dsn),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_starttls_twice),
		cmocka_unit_test(test_implicit_tls),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_auth_limits),
		cmocka_unit_test(test_auth_broken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
