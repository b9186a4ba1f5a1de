#include "mail/deposit.h"

#include "base/b64.h"
#include "base/test.h"

#define TEXT "Received: x\r\nFrom: A <a@b.test>\r\nMessage-ID: <1@b.test>\r\n" \
	"\r\nHi.\r\n\r\nWe lost the game.\r\n"

/* A store that nobody answers for: a small message needs none. */
struct desk {
	struct fake_clock clock;
	struct loop *loop;
	struct store *store;
	void (*fn)(struct desk *d);
	int turns;		/* that others had */
	bool done;
};

static void
run_fiber(void *arg)
{
	struct desk *d = arg;

	d->fn(d);
	d->done = true;
}

static void
run_others(void *arg)
{
	struct desk *d = arg;

	while (!d->done) {
		d->turns++;
		fiber_yield(d->loop);
	}
}

/* Runs fn on a fiber; another one takes every turn it is left. */
static void
run(void (*fn)(struct desk *d))
{
	struct desk d = { .fn = fn };

	d.clock = clock_fake(1795320061000000);
	d.loop = loop_new(&d.clock.clock, NULL);
	d.store = store_new(d.loop, -1, NULL, NULL);
	(void)fiber_spawn(d.loop, "deposit", run_fiber, &d);
	(void)fiber_spawn(d.loop, "others", run_others, &d);
	for (int i = 0; i < 100000 && !d.done; i++) {
		loop_once(d.loop, 0);
		d.clock.mono += 100 * 1000;
	}
	assert_true(d.done);
	loop_once(d.loop, 0);
	store_close(d.store);
	loop_free(d.loop);
}

static void
write_all(struct deposit *to, struct str text, size_t step)
{
	for (; text.n > 0; text = str_from(text, step))
		deposit_write(to, str_first(text, step));
}

/* ---- what comes out ------------------------------------------------------ */

static void
facts_are_said(struct desk *d)
{
	static const struct {
		const char *text;
		bool body_8bit;
		uint32_t received;
	} rows[] = {
		{ TEXT, false, 1 },
		{ TEXT "\xc3\xa4\r\n", true, 1 },
		{ "Received: a\r\nreceived: b\r\n\r\n", false, 2 },
		{ "", false, 0 },
	};
	struct deposit_options o = { .store = d->store };

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 200; step += step) {
			struct deposit *to = deposit_new(&o);
			struct str text = str_c(rows[i].text);
			struct deposit_facts f;
			struct facts read;

			write_all(to, text, step);
			assert_int_equal(deposit_finish(to, &f, NULL), 0);
			assert_int_equal(f.raw_size, text.n);
			assert_int_equal(f.stage, 0);
			assert_int_equal(f.octets.n, text.n ? text.n + 12 : 0);
			assert_true(str_endsi(f.octets, text));
			assert_int_equal(f.body_8bit, rows[i].body_8bit);
			assert_int_equal(f.received_count, rows[i].received);
			assert_str(f.message_id, i < 2 ? "1@b.test" : "");
			assert_int_equal(facts_decode(f.facts, &read), 0);
			assert_int_equal(read.size, text.n);
			assert_false(f.nul);
			deposit_free(to);
		}
}

static void
test_facts(void **state unused_arg)
{
	run(facts_are_said);
}

static void
nul_is_said(struct desk *d)
{
	struct deposit_options o = { .store = d->store };
	struct deposit *to = deposit_new(&o);
	struct deposit_facts f;

	deposit_write(to, STR("a: b\r\n\r\nx\0y\r\n"));
	assert_int_equal(deposit_finish(to, &f, NULL), 0);
	assert_true(f.nul);
	deposit_free(to);
}

static void
test_nul(void **state unused_arg)
{
	run(nul_is_said);
}

/* A record that no ask holds is left out; the message is not. */
static void
long_facts_are_dropped(struct desk *d)
{
	struct deposit_options o = { .store = d->store };
	struct deposit *to = deposit_new(&o);
	struct deposit_facts f;

	deposit_write(to, STR("Message-ID: <m@x>\r\n"
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"));
	for (int i = 0; i < 900; i++)
		deposit_write(to, STR("--b\r\nContent-Type: text/plain; "
		    "name=a-name-that-is-not-short\r\n\r\n\r\n"));
	assert_int_equal(deposit_finish(to, &f, NULL), 0);
	assert_int_equal(f.facts.n, 0);
	assert_str(f.message_id, "m@x");
	assert_true(f.octets.n > 0);
	deposit_free(to);
}

static void
test_long_facts(void **state unused_arg)
{
	run(long_facts_are_dropped);
}

static void
digest_is_made(struct desk *d)
{
	struct deposit_options o = { .store = d->store, .digest = true };
	struct arena *a = arena_new(DIGEST_ARENA);
	auto_buf hash = BUF_INIT(100);
	struct deposit *to = deposit_new(&o);
	struct deposit_facts f;
	struct signable s;

	write_all(to, STR("Received: y\r\nFrom: a@b.test\r\n\r\nHi.\r\n\r\n"
	    "We lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"), 7);
	assert_int_equal(deposit_finish(to, &f, NULL), 0);
	assert_true(deposit_signable(to, a, &s));
	assert_int_equal(s.nauthors, 1);
	assert_str(s.authors[0], "a@b.test");
	assert_str(s.header, "from:a@b.test\r\n");
	b64_put(&hash, s.body_hash);
	/* RFC 8463 A.3 */
	assert_str(buf_get(&hash),
	    "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
	deposit_free(to);
	arena_free(a);
}

static void
test_digest(void **state unused_arg)
{
	run(digest_is_made);
}

/* The body's hash, base64; empty: there is none. */
static void
put_hash(struct desk *d, const char *text, bool seven, struct buf *out)
{
	const struct deposit_options o = { .store = d->store, .digest = true };
	struct arena *a = arena_new(DIGEST_ARENA);
	struct deposit *to = deposit_new(&o);
	struct deposit_facts f;
	struct signable s;

	write_all(to, str_c(text), 7);
	assert_int_equal(deposit_finish(to, &f, NULL), 0);
	if (seven ? deposit_signable_7bit(to, a, &s) :
	    deposit_signable(to, a, &s))
		b64_put(out, s.body_hash);
	deposit_free(to);
	arena_free(a);
}

/* What a server that takes 7 bits gets is signed as if it were handed in. */
static void
digest_is_of_both(struct desk *d)
{
	static const struct {
		const char *text, *seven;	/* NULL: there is none */
	} t[] = {
		{ "From: a@b.test\r\n\r\nHi.\r\n", NULL },
		{ "From: a@b.test\r\n\r\nsome caf\xc3\xa9\r\n",
		    "From: a@b.test\r\n\r\nsome caf=C3=A9\r\n" },
		{ "From: a@b.test\r\nDKIM-Signature: x\r\n\r\nsome "
		    "caf\xc3\xa9\r\n", NULL },
		{ "From: \xc3\xa9 <a@b.test>\r\n\r\nHi.\r\n", NULL },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf got = BUF_INIT(100), want = BUF_INIT(100);

		put_hash(d, t[i].text, true, &got);
		if (t[i].seven)
			put_hash(d, t[i].seven, false, &want);
		assert_strs(buf_get(&got), buf_get(&want));
	}
}

static void
test_digest_of_both(void **state unused_arg)
{
	run(digest_is_of_both);
}

/* ---- errors, and others -------------------------------------------------- */

/* More than one ask holds goes to store while it comes in, and there is none:
 * what follows is read and dropped, and the first failure is the answer. */
static void
first_failure_stays(struct desk *d)
{
	static char octets[512 * 1024];
	struct deposit_options o = { .store = d->store };
	struct deposit *to = deposit_new(&o);
	struct deposit_facts f;
	struct err err = { 0 };
	int64_t from = loop_now_ms(d->loop);

	deposit_write(to, str_make(octets, 100));
	assert_int_equal(deposit_failed(to, &err), 0);
	deposit_write(to, str_make(octets, sizeof(octets)));
	assert_int_equal(deposit_failed(to, &err), E_PEER);
	assert_true(loop_now_ms(d->loop) - from >= 30000);
	from = loop_now_ms(d->loop);
	for (int i = 0; i < 20; i++)
		deposit_write(to, str_make(octets, sizeof(octets)));
	err = (struct err){ 0 };
	assert_int_equal(deposit_finish(to, &f, &err), E_PEER);
	assert_int_equal(err.code, E_PEER);
	assert_string_equal(err.text, "no connection to store");
	/* Nobody was asked again. */
	assert_true(loop_now_ms(d->loop) - from < 30000);
	deposit_free(to);
}

static void
test_failure(void **state unused_arg)
{
	run(first_failure_stays);
}

/* Every 512 KB others have a turn, also while nothing is kept. */
static void
others_have_turns(struct desk *d)
{
	static char octets[64 * 1024];
	struct deposit_options o = { .store = d->store };

	for (int with = 0; with < 2; with++) {
		struct deposit *to;
		int turns;

		o.loop = with ? d->loop : NULL;
		to = deposit_new(&o);
		turns = d->turns;
		deposit_write(to, str_make(octets, sizeof(octets)));
		for (int i = 0; i < 64; i++)
			deposit_skip(to, sizeof(octets));
		assert_int_equal(d->turns - turns, with ? 8 : 0);
		deposit_free(to);
	}
}

static void
test_turns(void **state unused_arg)
{
	run(others_have_turns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_facts),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_digest_of_both),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
