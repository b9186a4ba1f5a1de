/*
 * dialogue_test.c - the loop of a session, with a protocol of two words: "more"
 * reads another line, "bye" is the last; other lines come back.
 */
#include "rt/dialogue.h"

#include <errno.h>

#include "base/test.h"
#include "rt/tls_peer.h"

enum {
	PARKED_MS = 60000,
	COMMAND_MS = 5000,
	LEAVE_MS = 3000,
	TLS_MS = 60000,
	WIRE = 65536,
};

struct two_words {
	struct dialogue d;
	struct world *w;
};

struct world {
	struct fake_clock clock;
	struct loop *l;
	struct transport *peer;
	const struct transport_ops *real;
	struct transport_ops counting;
	struct two_words *s;
	struct buf got;
	bool eof;
	int writes, trims, done;
	int commands, in_a_row;	/* while another fiber would run */
	int kick_result;
	int64_t command_ms;
	struct tls_ctx *tls;	/* NULL: in clear */
	struct buf ended;	/* why */
};

static struct world *the_world;

static ssize_t
count_write(struct transport *t, const void *p, size_t n)
{
	the_world->writes++;
	return the_world->real->write(t, p, n);
}

static struct world *
world_of(struct dialogue *d)
{
	return container_of(d, struct two_words, d)->w;
}

static void
greet(struct dialogue *d)
{
	(void)stream_printf(d->stream, "hello\r\n");
}

static int
one_command(struct dialogue *d, struct err *err)
{
	struct str line;
	int e = dialogue_line(d, 100, &line, err);

	if (e < 0)
		return e;
	world_of(d)->commands++;
	if (str_eq(line, STR("more")) &&
	    (e = dialogue_line(d, 100, &line, err)) < 0)
		return e;
	if (str_eq(line, STR("bye"))) {
		(void)stream_printf(d->stream, "goodbye\r\n");
		return DIALOGUE_OVER;
	}
	(void)stream_printf(d->stream, "%.*s!\r\n", STR_FMT(line));
	return stream_failed(d->stream);
}

static int
take_kick(struct dialogue *d, struct err *err unused_arg)
{
	(void)stream_printf(d->stream, "kicked\r\n");
	return world_of(d)->kick_result;
}

static int64_t
wait_ms(struct dialogue *d, bool parked)
{
	return parked ? PARKED_MS : world_of(d)->command_ms;
}

static void
trim(struct dialogue *d)
{
	world_of(d)->trims++;
}

static void
farewell(struct dialogue *d, int e)
{
	(void)stream_printf(d->stream, "farewell %s\r\n", err_name(e));
}

static void
ended(struct dialogue *d, const char *why)
{
	struct world *w = world_of(d);

	assert_int_equal(w->done, 0);
	buf_str(&w->ended, str_c(why));
	free(w->s);
	w->s = NULL;
}

static void
done(void *arg)
{
	struct world *w = arg;

	w->done++;
}

static void
start(void *arg)
{
	struct world *w = arg;

	dialogue_start(&w->s->d, w->tls ? LISTEN_TLS_FIRST : LISTEN_TLS_LOGIN,
	    w->tls, done, w);
}

static void
read_all(struct world *w)
{
	char octets[512];
	ssize_t n;

	while (w->peer && !w->eof &&
	    (n = w->peer->ops->read(w->peer, octets, sizeof(octets))) >= 0) {
		w->eof = n == 0;
		buf_put(&w->got, octets, (size_t)n);
	}
}

static void
settle(struct world *w)
{
	for (int i = 0; i < 10; i++) {
		loop_once(w->l, 0);
		read_all(w);
	}
}

static void
expect(struct world *w, const char *text)
{
	settle(w);
	assert_str(buf_get(&w->got), text);
	buf_reset(&w->got);
}

static void
say(struct world *w, const char *text)
{
	struct str s = str_c(text);

	assert_int_equal(w->peer->ops->write(w->peer, s.p, s.n), s.n);
}

static void
pass(struct world *w, int64_t ms)
{
	w->clock.mono += ms * 1000;
	settle(w);
}

static void
nothing(void *arg unused_arg)
{
}

static void
begin_with(struct world *w, struct tls_ctx *tls)
{
	static const struct dialogue_ops ops = { greet, one_command, take_kick,
		wait_ms, trim, farewell, ended };
	static const struct peer peer = { .address = "192.0.2.1" };
	struct stream *s;
	struct transport *t;

	memset(w, 0, sizeof(*w));
	the_world = w;
	w->tls = tls;
	w->command_ms = COMMAND_MS;
	w->clock = clock_fake(0);
	w->l = loop_new(&w->clock.clock, log_new(2, "test", LOG_ERROR,
	    NULL, NULL));
	w->got = BUF_INIT(1 << 20);
	w->ended = BUF_INIT(100);
	transport_pair(w->l, WIRE, &t, &w->peer);
	w->peer->ready = nothing;
	w->real = t->ops;
	w->counting = *t->ops;
	w->counting.write = count_write;
	t->ops = &w->counting;
	w->s = calloc(1, sizeof(*w->s));
	assert_non_null(w->s);
	w->s->w = w;
	s = stream_new(w->l, t);
	stream_leave_at_stop(s);
	dialogue_init(&w->s->d, &ops, w->l, s, &peer);
	assert_int_equal(strlen(w->s->d.id), 12);
	(void)fiber_spawn(w->l, "session", start, w);
}

static void
begin(struct world *w)
{
	begin_with(w, NULL);
	expect(w, "hello\r\n");
	assert_int_equal(w->trims, 1);
	assert_int_equal(loop_fibers(w->l), 0);
	w->writes = 0;
}

/* The session is over, for this reason, once. */
static void
end(struct world *w, const char *why)
{
	settle(w);
	assert_str(buf_get(&w->ended), why);
	assert_int_equal(w->done, 1);
	assert_null(w->s);
	assert_int_equal(loop_fibers(w->l), 0);
	if (w->peer)
		w->peer->ops->close(w->peer);
	loop_once(w->l, 0);
	log_free(loop_log(w->l));
	loop_free(w->l);
	buf_free(&w->got);
	buf_free(&w->ended);
}

static void
test_batch(void **state unused_arg)
{
	struct world w;

	begin(&w);
	say(&w, "a\r\nb\r\nc\r\n");
	expect(&w, "a!\r\nb!\r\nc!\r\n");
	assert_int_equal(w.writes, 1);
	assert_int_equal(w.trims, 2);
	assert_int_equal(loop_fibers(w.l), 0);
	/* Half a line: nothing is kept back until the rest comes. */
	say(&w, "a\r\nmore\r\nx");
	expect(&w, "a!\r\n");
	assert_int_equal(loop_fibers(w.l), 1);
	say(&w, "y\r\nbye\r\nnever\r\n");
	expect(&w, "xy!\r\ngoodbye\r\n");
	assert_int_equal(w.writes, 3);
	assert_int_equal(w.commands, 6);
	end(&w, "quit");
}

static void
test_deadline_parked(void **state unused_arg)
{
	struct world w;

	begin(&w);
	pass(&w, PARKED_MS - 1000);
	say(&w, "a\r\n");
	expect(&w, "a!\r\n");
	pass(&w, PARKED_MS - 1000);
	assert_int_equal(w.done, 0);
	pass(&w, 2000);
	expect(&w, "farewell timeout\r\n");
	assert_true(w.eof);
	end(&w, "timeout");
}

/* Whoever is silent in the middle of a command hears why it ends, too. */
static void
test_deadline_in_command(void **state unused_arg)
{
	struct world w;

	begin(&w);
	say(&w, "more\r\n");
	settle(&w);
	pass(&w, COMMAND_MS - 1000);
	assert_int_equal(w.done, 0);
	pass(&w, 2000);
	expect(&w, "farewell timeout\r\n");
	end(&w, "timeout");
}

static void
test_closed(void **state unused_arg)
{
	struct world w;

	begin(&w);
	w.peer->ops->close(w.peer);
	w.peer = NULL;
	end(&w, "closed");
}

static ssize_t
resets(struct transport *t unused_arg, void *p unused_arg, size_t n unused_arg)
{
	errno = ECONNRESET;
	return E_RESET;
}

static void
test_reset(void **state unused_arg)
{
	struct world w;

	begin(&w);
	w.counting.read = resets;
	say(&w, "a\r\n");
	expect(&w, "");
	end(&w, "Connection reset by peer");
}

static void
test_stop(void **state unused_arg)
{
	struct world w;

	begin(&w);
	loop_stop(w.l);
	expect(&w, "farewell canceled\r\n");
	end(&w, "canceled");

	/* A command that has begun is carried out; the next is not. */
	begin(&w);
	say(&w, "more\r\n");
	settle(&w);
	loop_stop(w.l);
	settle(&w);
	assert_int_equal(w.done, 0);
	say(&w, "x\r\nb\r\n");
	expect(&w, "x!\r\nfarewell canceled\r\n");
	end(&w, "canceled");

	/* Who has left needs no second goodbye. */
	begin(&w);
	say(&w, "more\r\n");
	settle(&w);
	loop_stop(w.l);
	say(&w, "bye\r\n");
	expect(&w, "goodbye\r\n");
	end(&w, "quit");
}

static ssize_t
takes_nothing(struct transport *t unused_arg, const void *p unused_arg,
    size_t n unused_arg)
{
	return E_AGAIN;
}

/* Nobody keeps us by half a line, or by reading nothing. */
static void
test_stop_with_stalled(void **state unused_arg)
{
	struct world w;

	begin(&w);
	say(&w, "a\r\nbe");
	expect(&w, "a!\r\n");
	loop_stop(w.l);
	settle(&w);
	pass(&w, LEAVE_MS - 1000);
	/* Not for every octet anew. */
	say(&w, "g");
	settle(&w);
	assert_int_equal(w.done, 0);
	pass(&w, 1000);
	expect(&w, "farewell canceled\r\n");
	end(&w, "canceled");

	begin(&w);
	w.command_ms = 10 * LEAVE_MS;
	w.counting.write = takes_nothing;
	say(&w, "a\r\n");
	settle(&w);
	assert_int_equal(loop_fibers(w.l), 1);
	loop_stop(w.l);
	settle(&w);
	pass(&w, LEAVE_MS);
	end(&w, "canceled");
}

static void
test_kick(void **state unused_arg)
{
	struct world w;

	begin(&w);
	stream_kick(w.s->d.stream);
	expect(&w, "kicked\r\n");
	assert_int_equal(loop_fibers(w.l), 0);
	/* In the middle of a command it is remembered. */
	say(&w, "more\r\n");
	settle(&w);
	stream_kick(w.s->d.stream);
	settle(&w);
	say(&w, "x\r\n");
	expect(&w, "x!\r\nkicked\r\n");
	w.kick_result = E_PEER;
	stream_kick(w.s->d.stream);
	expect(&w, "kicked\r\n");
	end(&w, "peer");

	begin(&w);
	w.kick_result = DIALOGUE_OVER;
	stream_kick(w.s->d.stream);
	expect(&w, "kicked\r\n");
	end(&w, "quit");
}

/* Half a handshake holds a stack: it has a minute, however the octets come. */
static void
test_half_a_handshake(void **state unused_arg)
{
	struct test_cert cert = test_cert("EC", "a.test", "DNS:a.test");
	struct err err = { 0 };
	struct tls_lib *lib = tls_lib_new(&err);
	struct tls_ctx *ctx = tls_ctx_new(lib, &err);
	struct world w;

	assert_int_equal(tls_ctx_add(ctx, buf_get(&cert.pem), cert.key, &err),
	    0);
	begin_with(&w, ctx);
	w.command_ms = 10 * TLS_MS;
	for (int i = 0; i < 6; i++) {
		expect(&w, "");
		assert_int_equal(w.done, 0);
		say(&w, i == 0 ? "\x16" : "\x03");
		pass(&w, TLS_MS / 6);
	}
	end(&w, "timeout");
	tls_ctx_unref(ctx);
	tls_lib_unref(lib);
	test_cert_free(&cert);
}

static void
another(void *arg)
{
	struct world *w = arg;

	while (w->commands < 120) {
		int seen = w->commands;

		fiber_yield(w->l);
		if (w->commands - seen > w->in_a_row)
			w->in_a_row = w->commands - seen;
	}
}

/* Whoever pipelines without end does not have the loop alone. */
static void
test_yield(void **state unused_arg)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 120; i++)
		say(&w, "a\r\n");
	(void)fiber_spawn(w.l, "another", another, &w);
	settle(&w);
	assert_int_equal(w.in_a_row, 50);
	assert_int_equal(w.commands, 120);
	assert_int_equal(buf_get(&w.got).n, 120 * 4);
	buf_reset(&w.got);
	say(&w, "bye\r\n");
	expect(&w, "goodbye\r\n");
	end(&w, "quit");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_deadline_parked),
		cmocka_unit_test(test_deadline_in_command),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_with_stalled),
		cmocka_unit_test(test_half_a_handshake),
		cmocka_unit_test(test_kick),
		cmocka_unit_test(test_yield),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
