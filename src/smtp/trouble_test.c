/*
 * trouble_test.c - sessions that go wrong: silence, a client that reads nothing
 * or hangs up, shutdown, a store that fails.              RFC 5321 4.5.3.2
 */
#include "smtp/test_world.h"

static void
test_timeouts(void **state unused_arg)
{
	struct world w;

	/* idle */
	open_greeted(&w, 4096);
	world_pass(&w, 299000);
	world_say(&w, "NOOP\r\n", "250 2.0.0 Ok\r\n");
	world_pass(&w, 299000);
	assert_int_equal(w.ended, 0);
	world_pass(&w, 2000);
	assert_str(world_got(&w), "421 4.4.2 Timeout\r\n");
	assert_true(w.client_eof);
	world_close(&w);

	/* a line that never ends: its octets buy no time */
	open_greeted(&w, 4096);
	for (int i = 0; i < 5; i++) {
		world_send(&w, STR("N"));
		world_pass(&w, 61000);
	}
	assert_str(world_got(&w), "421 4.4.2 Timeout\r\n");
	assert_true(w.client_eof);
	assert_int_equal(w.ended, 1);
	world_close(&w);
}

/* A text comes with WORLD_DATA_RATE octets a second over five minutes, and in
 * WORLD_DATA_TIME_S: an octet now and then holds nobody. */
static void
test_slow_text(void **state unused_arg)
{
	static const struct {
		size_t octets;	/* every 100 seconds */
		int pieces;	/* that are waited for */
	} t[] = {
		{ 3, 2 }, { 100 * WORLD_DATA_RATE - 3, 2 },
		{ 100 * WORLD_DATA_RATE, WORLD_DATA_TIME_S / 100 - 1 },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf line = BUF_INIT(10000);
		static struct world w;	/* a stack would not do */

		while (line.n + 2 < t[i].octets)
			buf_chr(&line, 'x');
		buf_lit(&line, "\r\n");
		open_greeted(&w, 65536);
		world_say(&w, EHLO ENVELOPE "DATA\r\n",
		    EHLO_REPLY ENVELOPE_OK GO);
		for (int n = 0; n < t[i].pieces; n++) {
			world_pass(&w, 99999);
			world_send(&w, buf_get(&line));
			assert_int_equal(w.ended, 0);
		}
		world_pass(&w, 101000);
		assert_str(world_got(&w), "421 4.4.2 Timeout\r\n");
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.nsubmits, 0);
		world_close(&w);
	}
}

/* Lines that end with LF: people who type hear of it after a moment, and a
 * CRLF that was under way still counts. */
static void
test_bare_lf(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	world_say(&w, "HELO c.example\n", "");
	world_pass(&w, 2001);
	assert_str(world_got(&w), "500 5.5.2 Lines end with CRLF, not with LF "
	    "alone (nc has -C for that)\r\n");
	world_say(&w, "NOOP\n", "");
	world_pass(&w, 1000);
	world_say(&w, "\r\n", "500 5.5.2 Not a command\r\n");
	world_say(&w, "NOOP\r\n", "250 2.0.0 Ok\r\n");
	for (int i = 0; i < 30; i++) {
		world_send(&w, STR("NOOP\n"));
		world_pass(&w, 2001);
	}
	assert_int_equal(w.ended, 1);
	world_close(&w);
}

static void
test_junk(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	world_say(&w, EHLO, EHLO_REPLY);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 100; i++)
			world_say(&w, "NOOP\r\n", "250 2.0.0 Ok\r\n");
		world_say(&w, ENVELOPE "DATA\r\n.\r\n", round == 0 ?
		    ENVELOPE_OK GO "250 2.0.0 Ok: queued as 1\r\n" :
		    ENVELOPE_OK GO "250 2.0.0 Ok: queued as 2\r\n");
	}
	for (int i = 0; i < 99; i++)
		world_say(&w, "MAIL FROM:<a@b>\r\nRSET\r\n",
		    "250 2.1.0 Ok\r\n250 2.0.0 Ok\r\n");
	world_say(&w, "NOOP\r\nNOOP\r\n", "250 2.0.0 Ok\r\n"
	    "421 4.7.0 Too many commands without a message\r\n");
	assert_int_equal(w.ended, 1);
	world_close(&w);
}

/* A client that reads nothing does not hold us for ever. */
static void
test_deaf_client(void **state unused_arg)
{
	struct world w;

	world_open(&w, LISTEN_SMTP, 16);
	w.deaf = true;
	world_send(&w, STR("EHLO c.example\r\n"));
	world_pass(&w, 301000);
	world_pass(&w, 5000);	/* for last words */
	assert_int_equal(w.ended, 1);
	world_close(&w);
}

static void
test_hang_up(void **state unused_arg)
{
	static const char *const t[] = {
		"", "NO", EHLO "MAIL FROM:<a@b>\r\n",
		EHLO ENVELOPE "DATA\r\n",
		EHLO ENVELOPE "DATA\r\na\r\n.\r",
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w;

		open_greeted(&w, 4096);
		world_send(&w, str_c(t[i]));
		world_hang_up(&w);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.nsubmits, 0);
		world_close(&w);
	}
}

static void
test_shutdown(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	loop_stop(w.loop);
	world_settle(&w);
	assert_str(world_got(&w), "421 4.3.2 Shutting down\r\n");
	assert_int_equal(w.ended, 1);
	world_close(&w);

	/* Who is in the middle of a message may bring it to its end. */
	open_greeted(&w, 4096);
	world_say(&w, EHLO ENVELOPE "DATA\r\na\r\n",
	    EHLO_REPLY ENVELOPE_OK GO);
	loop_stop(w.loop);
	world_settle(&w);
	assert_int_equal(w.ended, 0);
	world_say(&w, ".\r\n", "250 2.0.0 Ok: queued as 1\r\n"
				"421 4.3.2 Shutting down\r\n");
	assert_int_equal(w.ended, 1);
	world_close(&w);

	/* But not for ever: then it is not ours, and they are told. */
	open_greeted(&w, 4096);
	world_say(&w, EHLO ENVELOPE "DATA\r\na\r\n",
	    EHLO_REPLY ENVELOPE_OK GO);
	loop_stop(w.loop);
	loop_cancel_all(w.loop);
	world_settle(&w);
	assert_str(world_got(&w), "421 4.3.2 Shutting down\r\n");
	assert_int_equal(w.ended, 1);
	assert_int_equal(w.nsubmits, 0);
	world_close(&w);
}

static void
test_our_failures(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	world_say(&w, EHLO "MAIL FROM:<a@b>\r\n",
	    EHLO_REPLY "250 2.1.0 Ok\r\n");
	w.fake.fail[STORE_rcpt] = E_PEER;
	world_say(&w, "RCPT TO:<alice@example.test>\r\n",
	    "451 4.3.0 Trouble here, try again later\r\n");
	w.fake.fail[STORE_rcpt] = 0;
	world_say(&w, "RCPT TO:<alice@example.test>\r\n", "250 2.1.5 Ok\r\n");
	w.fake.fail[STORE_submit] = E_FULL;
	world_say(&w, "DATA\r\n.\r\n",
	    GO "452 4.3.1 Out of space, try again later\r\n");
	w.fake.fail[STORE_submit] = E_IO;
	world_say(&w, ENVELOPE "DATA\r\n.\r\n", ENVELOPE_OK GO
	    "451 4.3.0 Trouble here, try again later\r\n");
	w.fake.fail[STORE_submit] = 0;
	/* The text is read to its end even when nobody wants it. */
	w.fake.blob_error = E_FULL;
	world_say(&w, ENVELOPE "DATA\r\nNOOP\r\n.\r\nNOOP\r\n", ENVELOPE_OK GO
	    "452 4.3.1 Out of space, try again later\r\n250 2.0.0 Ok\r\n");
	w.fake.blob_error = 0;
	world_say(&w, ENVELOPE "DATA\r\n.\r\n", ENVELOPE_OK GO
	    "250 2.0.0 Ok: queued as 1\r\n");
	assert_int_equal(w.nsubmits, 1);
	world_close(&w);
}

/* Store is restarted between RCPT and submit: handles are asked for again,
 * and the message is accepted once. */
static void
test_store_restart(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	world_say(&w, EHLO ENVELOPE, EHLO_REPLY ENVELOPE_OK);
	w.fake.generation++;
	world_say(&w, "DATA\r\n.\r\n", GO "250 2.0.0 Ok: queued as 1\r\n");
	w.lose_store = 1;
	world_say(&w, ENVELOPE "RCPT TO:<bob@example.test>\r\nDATA\r\n.\r\n",
	    ENVELOPE_OK "250 2.1.5 Ok\r\n" GO
	    "250 2.0.0 Ok: queued as 2\r\n");
	assert_int_equal(w.submits[1].nhandles, 2);
	w.lose_handles = 2;
	world_say(&w, ENVELOPE "DATA\r\n.\r\n",
	    ENVELOPE_OK GO "250 2.0.0 Ok: queued as 3\r\n");
	w.lose_handles = 3;
	world_say(&w, ENVELOPE "DATA\r\n.\r\n", ENVELOPE_OK GO
	    "451 4.3.0 Trouble here, try again later\r\n");
	w.lose_handles = 0;
	w.lose_store = 100;
	world_say(&w, ENVELOPE "DATA\r\n.\r\n", ENVELOPE_OK GO
	    "451 4.3.0 Trouble here, try again later\r\n");
	assert_int_equal(w.nsubmits, 3);
	world_close(&w);
}

/* 250 does not come before the commit. */
static void
test_waits_for_commit(void **state unused_arg)
{
	struct world w;

	open_greeted(&w, 4096);
	world_say(&w, EHLO ENVELOPE "DATA\r\n", EHLO_REPLY ENVELOPE_OK GO);
	w.fake.delay_ms = 10000;
	world_say(&w, ".\r\n", "");
	world_pass(&w, 9000);
	assert_str(world_got(&w), "");
	world_pass(&w, 2000);
	assert_str(world_got(&w), "250 2.0.0 Ok: queued as 1\r\n");
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_slow_text),
		cmocka_unit_test(test_bare_lf),
		cmocka_unit_test(test_junk),
		cmocka_unit_test(test_deaf_client),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_shutdown),
		cmocka_unit_test(test_our_failures),
		cmocka_unit_test(test_store_restart),
		cmocka_unit_test(test_waits_for_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
