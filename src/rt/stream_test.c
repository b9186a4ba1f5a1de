#include "rt/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/test.h"

struct world {
	struct fake_clock clock;
	struct loop *l;
	struct transport *ta, *tb;
	struct stream *a, *b;
	struct str text;	/* what the other side sends */
	size_t piece;		/* octets at a time */
	int rc, resumes;
	enum park why;
	struct buf got;
};

static void
begin(struct world *w, size_t cap)
{
	memset(w, 0, sizeof(*w));
	w->clock = clock_fake(0);
	w->l = loop_new(&w->clock.clock, NULL);
	buf_init(&w->got, 1 << 20);
	transport_pair(w->l, cap, &w->ta, &w->tb);
	w->a = stream_new(w->l, w->ta);
	w->b = stream_new(w->l, w->tb);
}

static void
end(struct world *w)
{
	stream_close(w->a);
	stream_close(w->b);
	loop_once(w->l, 0);
	loop_once(w->l, 0);
	buf_free(&w->got);
	loop_free(w->l);
}

static void
sender(void *arg)
{
	struct world *w = arg;

	for (size_t i = 0; i < w->text.n; i += w->piece) {
		(void)stream_write(w->b,
		    str_first(str_from(w->text, i), w->piece));
		(void)stream_flush(w->b, NULL);
		fiber_yield(w->l);
		fiber_yield(w->l);
	}
	stream_close(w->b);
	w->b = NULL;
}

static void
lines(void *arg)
{
	struct world *w = arg;
	struct str line;

	while ((w->rc = stream_line(w->a, 10, &line, NULL)) == 0 ||
	    w->rc == E_LIMIT) {
		if (w->rc == E_LIMIT) {
			buf_lit(&w->got, "<long>");
			(void)stream_skip_line(w->a, NULL);
			continue;
		}
		buf_chr(&w->got, '[');
		buf_str(&w->got, line);
		buf_chr(&w->got, ']');
		stream_rest(w->a);	/* what has come is kept */
	}
	if (w->rc == E_PROTO)
		buf_lit(&w->got, "<lf>");
}

/* A bare LF is told of as soon as it has come, whatever comes behind it. */
static void
test_refused_lf(void **state unused_arg)
{
	static const struct {
		struct str in;
		const char *out;
	} t[] = {
		{ STR("a\r\nb\n"), "[a]<lf>" },
		{ STR("a\rb\r\n\nc\r\n"), "[a\rb]<lf>" },
		{ STR("\n\r\n"), "<lf>" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t piece = 1; piece < 10; piece++) {
			struct world w;

			begin(&w, 16);
			w.text = t[i].in;
			w.piece = piece;
			stream_refuse_lf(w.a);
			(void)fiber_spawn(w.l, "lines", lines, &w);
			(void)fiber_spawn(w.l, "sender", sender, &w);
			loop_run(w.l);
			assert_str(buf_get(&w.got), t[i].out);
			assert_int_equal(stream_failed(w.a), 0);
			end(&w);
		}
}

static void
test_lines(void **state unused_arg)
{
	static const struct {
		struct str in;
		const char *out;
	} t[] = {
		{ STR("a\r\nbc\r\n\r\n"), "[a][bc][]" },
		{ STR("a\nb\rc\r\n"), "[a\nb\rc]" },
		{ STR("0123456789\r\n0123456789x\r\ny\r\n"),
		    "[0123456789]<long>[y]" },
		{ STR("0123456789\r\r\nz\r\n"), "<long>[z]" },
		{ STR("\n\r\n"), "[\n]" },
		{ STR("cut"), "" },
		{ STR("0123456789abcdef\r"), "<long>" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t piece = 1; piece < 40; piece++) {
			struct world w;

			begin(&w, 16);
			w.text = t[i].in;
			w.piece = piece;
			(void)fiber_spawn(w.l, "lines", lines, &w);
			(void)fiber_spawn(w.l, "sender", sender, &w);
			loop_run(w.l);
			assert_str(buf_get(&w.got), t[i].out);
			assert_int_equal(w.rc, E_CLOSED);
			end(&w);
		}
}

static void
slow_reader(void *arg)
{
	struct world *w = arg;
	struct err err;
	struct str line;

	stream_deadline(w->a, loop_now_ms(w->l) + 300000);
	w->rc = stream_line(w->a, 100, &line, &err);
	/* Sticky from now on. */
	assert_int_equal(stream_failed(w->a), w->rc);
	assert_int_equal(stream_write(w->a, STR("x")), w->rc);
	assert_int_equal(stream_flush(w->a, &err), w->rc);
}

static void
test_timeout(void **state unused_arg)
{
	struct world w;
	int64_t before;

	begin(&w, 16);
	before = loop_now_ms(w.l);
	(void)fiber_spawn(w.l, "reader", slow_reader, &w);
	loop_run(w.l);
	assert_int_equal(w.rc, E_TIMEOUT);
	assert_int_equal(loop_now_ms(w.l) - before, 300000);
	end(&w);
}

static void
big_writer(void *arg)
{
	struct world *w = arg;
	char line[1000];

	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 500; i++)
		(void)stream_write(w->b, str_make(line, sizeof(line)));
	w->rc = stream_flush(w->b, NULL);
	stream_close(w->b);
	w->b = NULL;
}

static void
big_reader(void *arg)
{
	struct world *w = arg;
	struct str s;

	while (stream_peek(w->a, &s, NULL) == 0) {
		buf_str(&w->got, s);
		stream_eat(w->a, s.n);
	}
}

static void
test_pressure(void **state unused_arg)
{
	struct world w;

	begin(&w, 100);
	(void)fiber_spawn(w.l, "writer", big_writer, &w);
	(void)fiber_spawn(w.l, "reader", big_reader, &w);
	loop_run(w.l);
	assert_int_equal(w.rc, 0);
	assert_int_equal(w.got.n, 500000);
	end(&w);
}

static void
on_resume(void *arg, enum park why)
{
	struct world *w = arg;

	w->resumes++;
	w->why = why;
}

static void
parker(void *arg)
{
	struct world *w = arg;

	stream_park(w->a, loop_now_ms(w->l) + 1000, on_resume, w);
}

static void
poke(void *arg)
{
	struct world *w = arg;

	if (w->text.n > 0) {
		(void)stream_write(w->b, w->text);
		(void)stream_flush(w->b, NULL);
	} else {
		stream_kick(w->a);
		stream_kick(w->a);
	}
}

static void
hang_up(void *arg)
{
	struct world *w = arg;

	stream_close(w->b);
	w->b = NULL;
}

static void
stop(void *arg)
{
	loop_stop(((struct world *)arg)->l);
}

static void
nothing(void *arg unused_arg)
{
}

static void
test_park(void **state unused_arg)
{
	static const struct {
		void (*other)(void *arg);
		struct str text;
		enum park why;
	} t[] = {
		{ nothing, { NULL, 0 }, PARK_TIMEOUT },
		{ poke, STR("hello"), PARK_INPUT },
		{ poke, { NULL, 0 }, PARK_KICK },
		{ hang_up, { NULL, 0 }, PARK_CLOSED },
		{ stop, { NULL, 0 }, PARK_STOP },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (int first = 0; first < 2; first++) {
			struct world w;

			begin(&w, 16);
			w.text = t[i].text;
			if (first)
				(void)fiber_spawn(w.l, "o", t[i].other, &w);
			(void)fiber_spawn(w.l, "p", parker, &w);
			if (!first)
				(void)fiber_spawn(w.l, "o", t[i].other, &w);
			loop_run(w.l);
			assert_int_equal(w.resumes, 1);
			assert_int_equal(w.why, t[i].why);
			end(&w);
		}
}

static void
test_poll(void **state unused_arg)
{
	struct world w;

	begin(&w, 100);
	assert_int_equal(stream_poll(w.a).n, 0);
	assert_int_equal(stream_failed(w.a), 0);
	assert_int_equal(w.tb->ops->write(w.tb, "421", 3), 3);
	assert_str(stream_poll(w.a), "421");
	assert_int_equal(w.tb->ops->write(w.tb, " no", 3), 3);
	stream_close(w.b);
	w.b = NULL;
	/* The writer is told of the end; what came before it is still there. */
	(void)stream_write(w.a, STR("MAIL"));
	assert_int_equal(stream_flush(w.a, NULL), E_CLOSED);
	assert_str(stream_poll(w.a), "421");
	stream_eat(w.a, 3);
	assert_str(stream_poll(w.a), " no");
	stream_eat(w.a, 3);
	assert_int_equal(stream_poll(w.a).n, 0);
	assert_int_equal(stream_failed(w.a), E_CLOSED);
	end(&w);
}

/* How a connection ends --------------------------------------------------- */

struct ending {
	struct clock clock;
	struct loop *l;
	struct stream *s;
	int theirs;
	struct str say;
	int rc;
	struct err err;
};

/* Two ends of a TCP connection. */
static void
tcp_pair(int *ours, int *theirs)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*theirs = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(l, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(l, 1), 0);
	assert_int_equal(getsockname(l, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(connect(*theirs, (struct sockaddr *)&a, len), 0);
	*ours = accept4(l, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(*ours >= 0);
	(void)close(l);
}

static void
read_to_the_end(void *arg)
{
	struct ending *e = arg;
	struct str line;

	stream_deadline(e->s, loop_now_ms(e->l) + 5000);
	(void)stream_write(e->s, e->say);
	if ((e->rc = stream_flush(e->s, &e->err)) == 0)
		while ((e->rc = stream_line(e->s, 100, &line, &e->err)) == 0)
			continue;
}

/* A reset is not the end of a session in good order. */
static void
test_endings(void **state unused_arg)
{
	static const struct linger at_once = { 1, 0 };
	static const struct {
		bool reset, shut;
		int code;
		const char *text;
	} t[] = {
		{ false, false, E_CLOSED, "closed" },
		{ true, false, E_RESET, "Connection reset by peer" },
		{ false, true, E_RESET, "Broken pipe" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct ending e = { .clock = clock_real() };
		struct transport *tr;
		int ours;

		e.l = loop_new(&e.clock, NULL);
		tcp_pair(&ours, &e.theirs);
		if (t[i].shut) {
			assert_int_equal(shutdown(ours, SHUT_WR), 0);
			e.say = STR("hello\r\n");
		}
		assert_int_equal(transport_socket(e.l, ours, &tr, NULL), 0);
		e.s = stream_new(e.l, tr);
		if (t[i].reset)
			assert_int_equal(setsockopt(e.theirs, SOL_SOCKET,
			    SO_LINGER, &at_once, sizeof(at_once)), 0);
		(void)close(e.theirs);
		(void)fiber_spawn(e.l, "reader", read_to_the_end, &e);
		while (loop_fibers(e.l) > 0)
			loop_once(e.l, 1000);
		assert_int_equal(e.rc, t[i].code);
		assert_string_equal(e.err.text, t[i].text);
		assert_int_equal(stream_failed(e.s), t[i].code);
		/* It stays what it was, whatever errno says later. */
		errno = ENOENT;
		assert_int_equal(stream_flush(e.s, &e.err), t[i].code);
		assert_string_equal(e.err.text, t[i].text);
		stream_close(e.s);
		loop_free(e.l);
	}
}

static ssize_t
times_out(struct transport *t unused_arg, void *p unused_arg,
    size_t n unused_arg)
{
	errno = ETIMEDOUT;
	return E_IO;
}

/* The system gave the connection up: not our deadline, and no end. */
static void
test_timed_out(void **state unused_arg)
{
	struct transport_ops ops;
	struct world w;
	struct err err;

	begin(&w, 16);
	ops = *w.ta->ops;
	ops.read = times_out;
	w.ta->ops = &ops;
	assert_int_equal(stream_poll(w.a).n, 0);
	assert_int_equal(stream_failed(w.a), E_IO);
	assert_int_equal(stream_flush(w.a, &err), E_IO);
	assert_string_equal(err.text, "Connection timed out");
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_refused_lf),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_park),
		cmocka_unit_test(test_poll),
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_timed_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
