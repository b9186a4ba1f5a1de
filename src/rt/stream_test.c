#include "rt/stream.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_park),
		cmocka_unit_test(test_poll),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
