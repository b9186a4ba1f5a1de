/*
 * What comes compressed, over a wire that holds as many octets as the first one
 * says: read to its end. What comes out of it is sent back and is the same.
 */
#include "base/buf.h"
#include "rt/deflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 1 << 18 };

struct world {
	struct loop *l;
	struct stream *here, *there;
	struct str octets;
	struct buf got;
};

static void
send_all(void *arg)
{
	struct world *w = arg;

	(void)stream_write(w->there, w->octets);
	(void)stream_flush(w->there, NULL);
	stream_close(w->there);
	w->there = NULL;
}

static void
read_all(void *arg)
{
	struct world *w = arg;
	struct str text;

	while (w->got.n < TEXT_MAX &&
	    stream_peek(w->here, &text, NULL) == 0) {
		buf_str(&w->got, str_first(text, TEXT_MAX - w->got.n));
		stream_eat(w->here, text.n);
	}
	stream_close(w->here);
	w->here = NULL;
}

/* Octets through a wire of `cap`, as they come out; the sender packs them too
 * if `both`. */
static struct buf
pass(struct str octets, size_t cap, bool both)
{
	struct fake_clock clock = clock_fake(0);
	struct world w = { .l = loop_new(&clock.clock, NULL),
		.octets = octets, .got = BUF_INIT(TEXT_MAX) };
	struct transport *a, *b;

	transport_pair(w.l, cap, &a, &b);
	w.here = stream_new(w.l, a);
	w.there = stream_new(w.l, b);
	stream_deflate(w.here);
	if (both)
		stream_deflate(w.there);
	(void)fiber_spawn(w.l, "read", read_all, &w);
	(void)fiber_spawn(w.l, "send", send_all, &w);
	loop_run(w.l);
	bug_if(w.here || w.there);
	loop_free(w.l);
	return w.got;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text, again;

	if (size == 0)
		return 0;
	text = pass(str_make((const char *)data + 1, size - 1),
	    1 + 16 * (size_t)data[0], false);
	again = pass(buf_get(&text), 1 + 16 * (size_t)data[0], true);
	bug_if(!str_eq(buf_get(&again), buf_get(&text)));
	buf_free(&text);
	buf_free(&again);
	return 0;
}
