/*
 * Until messages may be sent: greeting, EHLO, TLS, AUTH.
 */
#include "smtp/client_world.h"

#define TLS_HI "S 220 hi\nC\nS 250-mx.test\nS 250 STARTTLS\nC\n"
#define HEARD "EHLO client.test\n"
#define TLS_HEARD HEARD "STARTTLS\n"
/* After TLS_HI, in TLS. */
#define IN_TLS "S 220 go\nT\nC\n"

/* "code status text", for one table row. */
static const char *
words(const struct scene *s)
{
	static char text[400];

	(void)snprintf(text, sizeof(text), "%d %s %.*s", s->why.code,
	    s->why.status, STR_FMT(s->why.text));
	return text;
}

static const struct greeting {
	const char *script;
	int rc;
	const char *why, *heard;
	unsigned offers;
	uint64_t size;
} greetings[] = {
	{ "S 220 hi\nC\nS 250 mx\nC\nS 221 bye\n", 0, "", HEARD "QUIT\n",
	    0, 0 },
	{ "S 220-mx\nS 220 hi\nC\nS 250-mx PIPELINING\nS 250-PIPELINING\n"
	  "S 250-SIZE 52428800\nS 250-8BITMIME\nS 250-ENHANCEDSTATUSCODES\n"
	  "S 250-SMTPUTF8\nS 250-STARTTLS\nS 250-DSN\nS 250-CHUNKING\n"
	  "S 250-auth\tplain  x-oauth\nS 250 AUTH=LOGIN\n", 0, "",
	    HEARD "QUIT\n", 511, 52428800 },
	/* what is near is not the same */
	{ "S 220 hi\nC\nS 250-PIPELINING\nS 250-PIPELININGS\nS 250-DS\n"
	  "S 250-SIZE 99999999999999999999\nS 250 AUTH PLAINER\n", 0, "",
	    HEARD "QUIT\n", OFFER_SIZE, 0 },
	/* HELO for those who do not know EHLO, and nobody else */
	{ "S 220 hi\nC\nS 502-no\nS 502 PIPELINING\nC\nS 250 mx\n", 0, "",
	    HEARD "HELO client.test\nQUIT\n", 0, 0 },
	{ "S 220 hi\nC\nS 500 no\nC\nS 250-mx\nS 250 PIPELINING\n", 0, "",
	    HEARD "HELO client.test\nQUIT\n", 0, 0 },
	{ "S 220 hi\nC\nS 550 no\nC\nS 550 5.7.1 no\n", E_DENIED,
	    "550 5.7.1 no", HEARD "HELO client.test\nQUIT\n", 0, 0 },
	{ "S 220 hi\nC\nS 554 no\nC\n", E_DENIED, "554 5.0.0 no",
	    HEARD "QUIT\n", 0, 0 },
	{ "S 220 hi\nC\nS 451 4.3.2 no\nC\n", E_DENIED, "451 4.3.2 no",
	    HEARD "QUIT\n", 0, 0 },
	/* RFC 5321 3.1 */
	{ "S 554 5.3.2 no mail here\nC\n", E_DENIED,
	    "554 5.3.2 no mail here", "QUIT\n", 0, 0 },
	{ "S 421 4.3.2 busy\n", E_CLOSED, "421 4.3.2 busy", "", 0, 0 },
	{ "X\n", E_CLOSED, "0 4.4.2 the connection was lost after connecting",
	    "", 0, 0 },
	{ "Z\n", E_RESET, "0 4.4.2 the connection was lost (Connection reset "
	    "by peer) after connecting", "", 0, 0 },
	{ "R 220 h\nX\n", E_CLOSED,
	    "0 4.4.2 the connection was lost after connecting", "", 0, 0 },
	{ "W 10000000\n", E_TIMEOUT,
	    "0 4.4.2 no answer in time after connecting", "", 0, 0 },
	{ "S SSH-2.0-OpenSSH\n", E_PROTO,
	    "0 4.5.0 the server does not speak SMTP (no reply code) after "
	    "connecting", "", 0, 0 },
	{ "S 354 what\n", E_PROTO,
	    "0 4.5.0 the server does not speak SMTP (354) after connecting",
	    "", 0, 0 },
	{ "S 220 hi\nS 250-mx\nS 250 PIPELINING\n", E_PROTO,
	    "0 4.5.0 the server does not speak SMTP (an answer) after "
	    "nothing", "", 0, 0 },
};

static void
test_greetings(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(greetings); i++) {
		const struct greeting *g = &greetings[i];
		struct scene s = { .script = g->script };

		scene_play(&s);
		assert_int_equal(s.rc, g->rc);
		if (g->rc < 0)
			assert_string_equal(words(&s), g->why);
		assert_str(buf_get(&s.heard), g->heard);
		assert_int_equal(s.offers, g->offers);
		assert_int_equal(s.size, g->size);
		assert_int_equal(s.usable, g->rc == 0);
		scene_end(&s);
	}
}

static const struct upgrade {
	const char *script;
	int rc;
	const char *why, *heard;
	unsigned offers;	/* at the end */
	bool verify;
} upgrades[] = {
	{ TLS_HI IN_TLS "S 250-mx\nS 250 PIPELINING\n", 0, "",
	    TLS_HEARD HEARD "QUIT\n", OFFER_PIPELINING, false },
	/* RFC 3207 4.2, 6: what was said in clear is forgotten, also what
	 * was slipped in behind 220 */
	{ "S 220 hi\nC\nS 250-mx\nS 250-PIPELINING\nS 250-DSN\n"
	  "S 250 STARTTLS\nC\nS 220 go\nS 250-mx\n"
	  "S 250 SMTPUTF8\nT\nC\nS 250 mx\n", 0, "",
	    TLS_HEARD HEARD "QUIT\n", 0, false },
	{ TLS_HI "S 454 4.7.0 not now\n", E_DENIED, "454 4.7.0 not now",
	    TLS_HEARD "QUIT\n", OFFER_STARTTLS, false },
	{ TLS_HI "S 554 no\n", E_DENIED, "554 5.0.0 no",
	    TLS_HEARD "QUIT\n", OFFER_STARTTLS, false },
	{ "S 220 hi\nC\nS 250 mx\n", E_DENIED,
	    "0 4.7.4 STARTTLS is not offered", HEARD "QUIT\n", 0, false },
	{ TLS_HI "S 220 go\nW 100\nS no TLS here\n", E_TLS,
	    "0 4.7.5 TLS: TLS handshake: wrong version number",
	    TLS_HEARD, OFFER_STARTTLS, false },
	{ TLS_HI "S 220 go\nX\n", E_TLS,
	    "0 4.7.5 TLS: closed in the TLS handshake", TLS_HEARD,
	    OFFER_STARTTLS, false },
	{ TLS_HI "S 220 go\nW 10000000\n", E_TLS, "0 4.7.5 TLS: timeout",
	    TLS_HEARD, OFFER_STARTTLS, false },
	{ TLS_HI "S what\n", E_PROTO, "0 4.5.0 the server does not speak "
	    "SMTP (no reply code) after STARTTLS", TLS_HEARD, OFFER_STARTTLS,
	    false },
	{ TLS_HI "S 421 going\n", E_CLOSED, "421 4.0.0 going", TLS_HEARD,
	    OFFER_STARTTLS, false },
	{ TLS_HI IN_TLS "S 250 mx\n", E_TLS,
	    "0 4.7.5 TLS: self-signed certificate", TLS_HEARD,
	    OFFER_STARTTLS, true },
	{ TLS_HI IN_TLS "S 451 no\n", E_DENIED, "451 4.0.0 no",
	    TLS_HEARD HEARD "QUIT\n", 0, false },
	{ TLS_HI IN_TLS "S 502 no\nC\nS 250 mx\n", 0, "",
	    TLS_HEARD HEARD "HELO client.test\nQUIT\n", 0, false },
};

static void
test_starttls(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(upgrades); i++) {
		const struct upgrade *u = &upgrades[i];
		struct scene s = { .script = u->script, .starttls = true,
			.verify = u->verify };

		scene_play(&s);
		assert_int_equal(s.rc, u->rc);
		if (s.rc < 0)
			assert_string_equal(words(&s), u->why);
		else
			assert_true(s.tls_on);
		assert_str(buf_get(&s.heard), u->heard);
		assert_int_equal(s.offers_at_end, u->offers);
		scene_end(&s);
	}
}

static void
test_tls_first(void **state unused_arg)
{
	struct scene s = { .script = "T\nS 220 hi\nC\nS 250 mx\n",
		.tls_first = true };

	scene_play(&s);
	assert_int_equal(s.rc, 0);
	assert_true(s.tls_on && s.usable);
	assert_str(buf_get(&s.heard), HEARD "QUIT\n");
	scene_end(&s);

	s = (struct scene){ .script = "S 220 hi\n", .tls_first = true };
	scene_play(&s);
	assert_int_equal(s.rc, E_TLS);
	assert_false(s.usable);
	scene_end(&s);
}

/* "\0joe\0secret", "joe", "secret" */
#define B64_PLAIN "AGpvZQBzZWNyZXQ="
#define AUTH_HI(mechanisms) TLS_HI IN_TLS "S 250-mx\nS 250 AUTH " mechanisms \
	"\nC\n"

static const struct login {
	const char *script;
	int rc;
	const char *why, *heard;
} logins[] = {
	{ AUTH_HI("LOGIN PLAIN") "S 235 2.7.0 welcome\n", 0, "",
	    "AUTH PLAIN " B64_PLAIN "\nQUIT\n" },
	{ AUTH_HI("PLAIN") "S 334\nC\nS 235 welcome\n", 0, "",
	    "AUTH PLAIN " B64_PLAIN "\n" B64_PLAIN "\nQUIT\n" },
	{ AUTH_HI("PLAIN") "S 535 5.7.8 wrong\n", E_DENIED,
	    "535 5.7.8 wrong", "AUTH PLAIN " B64_PLAIN "\nQUIT\n" },
	{ AUTH_HI("PLAIN") "S 334\nC\nS 334\n", E_PROTO,
	    "0 4.5.0 the server does not speak SMTP (a challenge) after AUTH",
	    "AUTH PLAIN " B64_PLAIN "\n" B64_PLAIN "\n" },
	{ AUTH_HI("LOGIN") "S 334 VXNlcm5hbWU6\nC\nS 334 UGFzc3dvcmQ6\nC\n"
	  "S 235 ok\n", 0, "", "AUTH LOGIN\nam9l\nc2VjcmV0\nQUIT\n" },
	{ AUTH_HI("LOGIN") "S 334 VXNlcm5hbWU6\nC\nS 535 5.7.8 wrong\n",
	    E_DENIED, "535 5.7.8 wrong", "AUTH LOGIN\nam9l\nQUIT\n" },
	{ AUTH_HI("LOGIN") "S 235 ok\n", E_PROTO,
	    "0 4.5.0 the server does not speak SMTP (235) after AUTH",
	    "AUTH LOGIN\n" },
	{ AUTH_HI("LOGIN") "S 334 x\nC\nX\n", E_CLOSED,
	    "0 4.4.2 the connection was lost after AUTH",
	    "AUTH LOGIN\nam9l\n" },
	/* The same through TLS. */
	{ AUTH_HI("LOGIN") "S 334 x\nC\nZ\n", E_RESET,
	    "0 4.4.2 the connection was lost (Connection reset by peer) "
	    "after AUTH", "AUTH LOGIN\nam9l\n" },
	{ AUTH_HI("XOAUTH2"), E_DENIED,
	    "0 4.7.0 neither AUTH PLAIN nor LOGIN is offered", "QUIT\n" },
};

static void
test_login(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(logins); i++) {
		struct scene s = { .script = logins[i].script,
			.starttls = true, .login = true };
		char want[200];

		(void)snprintf(want, sizeof(want), "%s%s%s", TLS_HEARD, HEARD,
		    logins[i].heard);
		scene_play(&s);
		assert_int_equal(s.rc, logins[i].rc);
		if (s.rc < 0)
			assert_string_equal(words(&s), logins[i].why);
		assert_str(buf_get(&s.heard), want);
		scene_end(&s);
	}
}

static void
test_login_in_clear(void **state unused_arg)
{
	struct scene s = { .script = "S 220 hi\nC\nS 250-mx\n"
		"S 250 AUTH PLAIN LOGIN\nC\nS 221 bye\n", .login = true };

	scene_play(&s);
	assert_int_equal(s.rc, E_DENIED);
	assert_string_equal(words(&s),
	    "0 4.7.0 no password is sent without TLS");
	assert_str(buf_get(&s.heard), HEARD "QUIT\n");
	scene_end(&s);
}

/* An idle connection that the server has left, or spoken on. */
static void
test_alive(void **state unused_arg)
{
	static const struct {
		const char *script;
		bool alive;
	} t[] = {
		{ "S 220 hi\nC\nS 250 mx\nC\nS 221 bye\n", true },
		{ "S 220 hi\nC\nS 250 mx\nS 421 idle\n", false },
		{ "S 220 hi\nC\nS 250 mx\nS 421 idle\nX\n", false },
		{ "S 220 hi\nC\nS 250 mx\nX\n", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct scene s = { .script = t[i].script };

		scene_play(&s);
		assert_int_equal(s.rc, 0);
		assert_true(s.usable);
		assert_int_equal(s.alive, t[i].alive);
		scene_end(&s);
	}
}

/* QUIT is not waited for long. */
static void
test_quit(void **state unused_arg)
{
	struct scene s = { .script = "S 220 hi\nC\nS 250 mx\nC\nW 100000\n" };

	scene_play(&s);
	assert_str(buf_get(&s.heard), HEARD "QUIT\n");
	assert_int_equal(s.quit_ms, 1000);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_greetings),
		cmocka_unit_test(test_starttls),
		cmocka_unit_test(test_tls_first),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_login_in_clear),
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_quit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
