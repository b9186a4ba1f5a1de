#include "rt/deflate.h"

#include <zlib.h>

#include "base/test.h"

/* Two streams over a wire that holds few octets, so that each way to be told
 * "not now" is taken. */
struct world {
	struct fake_clock clock;
	struct loop *l;
	struct transport *ta, *tb;
	struct stream *a, *b;
	struct buf text, got;
	size_t piece;
	int rc;
};

static void
begin(struct world *w, size_t cap)
{
	memset(w, 0, sizeof(*w));
	w->clock = clock_fake(0);
	w->l = loop_new(&w->clock.clock, NULL);
	buf_init(&w->got, 4 << 20);
	buf_init(&w->text, 4 << 20);
	transport_pair(w->l, cap, &w->ta, &w->tb);
	w->a = stream_new(w->l, w->ta);
	w->b = stream_new(w->l, w->tb);
	stream_deflate(w->a);
}

static void
end(struct world *w)
{
	stream_close(w->a);
	stream_close(w->b);
	loop_once(w->l, 0);
	loop_once(w->l, 0);
	buf_free(&w->got);
	buf_free(&w->text);
	loop_free(w->l);
}

static void
receive(void *arg)
{
	struct world *w = arg;
	struct str octets;

	while ((w->rc = stream_peek(w->a, &octets, NULL)) == 0) {
		buf_str(&w->got, octets);
		stream_eat(w->a, octets.n);
	}
}

static void
send_text(void *arg)
{
	struct world *w = arg;
	struct str left = buf_get(&w->text);

	for (; left.n > 0; left = str_from(left, w->piece)) {
		(void)stream_write(w->b, str_first(left, w->piece));
		(void)stream_flush(w->b, NULL);
		fiber_yield(w->l);
	}
	stream_close(w->b);
	w->b = NULL;
}

static void
exchange(struct world *w)
{
	(void)fiber_spawn(w->l, "receive", receive, w);
	(void)fiber_spawn(w->l, "send", send_text, w);
	loop_run(w->l);
}

/* Text that packs well, and octets that do not pack at all. */
static void
make_text(struct world *w, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		buf_chr(&w->text, i / 40000 % 2 ? (char)(x >> 16) :
		    "and so on and on "[i % 17]);
	}
}

static void
test_both_ways(void **state unused_arg)
{
	static const size_t caps[] = { 7, 1000, 100000 };
	static const size_t pieces[] = { 1, 313, 70000 };
	static const size_t sizes[] = { 1, 3000, 200000 };

	for (size_t i = 0; i < 27; i++) {
		struct world w;

		begin(&w, caps[i % 3]);
		stream_deflate(w.b);
		assert_true(stream_is_deflated(w.a));
		w.piece = pieces[i / 3 % 3];
		make_text(&w, sizes[i / 9] / (w.piece == 1 ? 100 : 1) + 1);
		exchange(&w);
		assert_true(str_eq(buf_get(&w.got), buf_get(&w.text)));
		assert_int_equal(w.rc, E_CLOSED);
		end(&w);
	}
}

/* Zeros in as few octets as can be. */
static void
pack_zeros(struct buf *to, size_t n)
{
	static Bytef zeros[20000], room[4000];
	z_stream z = { .next_in = zeros, .avail_in = (uInt)n,
		.next_out = room, .avail_out = sizeof(room) };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
	buf_put(to, room, sizeof(room) - z.avail_out);
	deflateEnd(&z);
}

/* How many octets are in it, when there is room for all at once. */
static size_t
unpacked(struct str packed)
{
	static Bytef room[20000];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p,
		.avail_in = (uInt)packed.n, .next_out = room,
		.avail_out = sizeof(room) };

	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	(void)inflate(&z, Z_SYNC_FLUSH);
	inflateEnd(&z);
	return sizeof(room) - z.avail_out;
}

/* Longer than a read has room for: what is left comes without another octet.
 * Cut, so that not even the end of the block does. */
static void
test_expands(void **state unused_arg)
{
	for (size_t i = 0; i < 600 * 8; i++) {
		struct world w;

		begin(&w, 1 << 20);
		pack_zeros(&w.text, 16384 + i / 8);
		w.piece = w.text.n -= i % 8;
		exchange(&w);
		assert_int_equal(w.got.n, unpacked(buf_get(&w.text)));
		assert_int_equal(w.rc, E_CLOSED);
		end(&w);
	}
}

static void
check_refused(const char *octets, size_t n, size_t times, int rc)
{
	struct world w;

	begin(&w, 1 << 20);
	for (size_t i = 0; i < times; i++)
		buf_put(&w.text, octets, n);
	w.piece = w.text.n;
	exchange(&w);
	assert_int_equal(w.got.n, 0);
	assert_int_equal(w.rc, rc);
	end(&w);
}

static void
test_refused(void **state unused_arg)
{
	/* A block type that does not exist; a text that ends; and blocks with
	 * nothing in them, for ever. */
	check_refused("\x07\x07\x07", 3, 1, E_IO);
	check_refused("\x03\x00", 2, 1, E_CLOSED);
	check_refused("\0\0\0\xff\xff", 5, 1000, E_CLOSED);
	check_refused("\0\0\0\xff\xff", 5, 100000, E_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_expands),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
