#include "store/blob.h"

#include "base/test.h"

enum { HEADER = 54 };

/* A store that keeps one blob, in memory of this process. */
struct world {
	struct clock real;
	struct loop *l;
	struct store *st;
	struct ipc *server;
	struct buf blob;	/* as stored */
	uint32_t level;
	size_t size, piece;
	int stages, unstaged, checks;
	uint64_t contents;
	uint64_t damaged_at;	/* this stored octet is; 0: none */
	struct buf text, got;
};

static void
on_ask(void *owner, struct ipc_req *r)
{
	struct world *w = owner;

	if (r->call->index == STORE_stage) {
		const struct stage_ask *ask = r->ask;
		struct stage_answer a = { 7 };

		assert_true(ask->offset == w->blob.n);
		buf_str(&w->blob, ask->octets);
		w->stages++;
		ipc_reply(r, &a, -1);
	} else if (r->call->index == STORE_content) {
		const struct content_ask *ask = r->ask;
		struct content_answer a = { STR("Return-Path: <>\r\n"),
			str_first(str_from(buf_get(&w->blob),
				      (size_t)ask->offset), ask->len),
			w->blob.n };

		w->contents++;
		if (ask->want & WANT_CHECK) {
			w->checks++;
			a.octets = STR_NULL;
			a.checked = ask->offset + ask->len;
		}
		if (w->damaged_at && (ask->want & WANT_CHECK ||
		    ask->offset > 0) && ask->offset <= w->damaged_at &&
		    w->damaged_at < ask->offset + ask->len)
			ipc_fail(r, E_DAMAGED, "damaged");
		else
			ipc_reply(r, &a, -1);
	} else {
		struct done done = { 0 };

		w->unstaged += r->call->index == STORE_unstage;
		ipc_reply(r, &done, -1);
	}
}

static const struct ipc_service service = { store_calls, STORE_NCALLS, on_ask,
	NULL };

static int
connect_server(struct world *w)
{
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = AUTH_ACCOUNT };
	int fds[2];

	assert_int_equal(ipc_pair(fds, NULL), 0);
	ipc_close(w->server);
	w->server = ipc_open(w->l, fds[0], &o, NULL);
	return fds[1];
}

static int
reopen(void *arg, struct err *err unused_arg)
{
	return connect_server(arg);
}

static const struct blob_source the_message = { 1, 1, { 0 }, { 0 } };

static int
take(void *arg, struct str octets)
{
	buf_str(&((struct world *)arg)->got, octets);
	return 0;
}

static void
check_range(struct world *w, uint64_t offset, uint64_t len)
{
	struct str all = buf_get(&w->text);
	struct err err = { 0 };

	buf_reset(&w->got);
	assert_int_equal(blob_read(w->st, &the_message, offset, len, take, w,
	    &err), 0);
	all = str_from(all, offset < all.n ? (size_t)offset : all.n);
	all = str_first(all, len < all.n ? (size_t)len : all.n);
	assert_int_equal(w->got.n, all.n);
	assert_true(str_eq(buf_get(&w->got), all));
}

/* It is told before any octet is given. */
static void
check_damage(struct world *w, uint64_t offset, uint64_t len)
{
	struct err err = { 0 };

	buf_reset(&w->got);
	assert_int_equal(blob_read(w->st, &the_message, offset, len, take, w,
	    &err), E_DAMAGED);
	assert_int_equal(w->got.n, 0);
}

/* A long message's header can be read without the rest. */
static void
check_first_chunk(struct world *w)
{
	struct chunk c;

	assert_true(chunk_read(buf_get(&w->blob), &c));
	assert_int_equal(c.raw, w->size >= 32768 ? HEADER : w->size);
}

/* What is in the chunks that a row brought is read without a call; what is
 * not, with one. */
static void
check_brought(struct world *w)
{
	struct str all = buf_get(&w->text), blob = buf_get(&w->blob);
	struct blob_source m = { 1, 1, str_first(all, 17), STR_NULL };
	uint64_t calls = w->contents;
	struct err err = { 0 };
	struct chunk c;

	assert_true(chunk_read(blob, &c));
	m.chunks = str_first(blob, CHUNK_HEAD + c.stored);
	buf_reset(&w->got);
	assert_int_equal(blob_read(w->st, &m, 3, 14 + c.raw, take, w, &err), 0);
	assert_true(str_eq(buf_get(&w->got), str_first(str_from(all, 3),
	    14 + c.raw)));
	assert_true(w->contents == calls);
	if (all.n < 18 + c.raw)
		return;
	buf_reset(&w->got);
	assert_int_equal(blob_read(w->st, &m, 3, 15 + c.raw, take, w, &err), 0);
	assert_true(str_eq(buf_get(&w->got), str_first(str_from(all, 3),
	    15 + c.raw)));
	assert_true(w->contents > calls);
}

static void
write_and_read(void *arg)
{
	struct world *w = arg;
	struct blob_writer *b = blob_writer_new(w->st, w->level);
	struct blob_ref ref;
	struct err err = { 0 };
	struct str left;
	size_t n;

	buf_lit(&w->text, "Return-Path: <>\r\n");
	for (size_t i = 0; i < w->size; i++)
		buf_chr(&w->text, i >= 50 && i < HEADER ? "\r\n\r\n"[i - 50] :
		    (char)('a' + (i * i / 7 + i / 1000) % 26));
	left = str_from(buf_get(&w->text), 17);
	for (; left.n > 0; left = str_from(left, w->piece))
		assert_int_equal(blob_write(b, str_first(left, w->piece),
				     &err), 0);
	assert_int_equal(blob_finish(b, &ref, &err), 0);
	assert_true(ref.raw_size == w->size);
	if (ref.stage == 0)
		buf_str(&w->blob, ref.octets);
	blob_writer_free(b);
	assert_int_equal(w->unstaged, w->stages > 0);

	n = w->text.n;
	check_first_chunk(w);
	check_brought(w);
	check_range(w, 0, UINT64_MAX);
	check_range(w, 5, n < 25 ? n - 5 : 20);
	check_range(w, 17, 1);
	check_range(w, n / 2, n / 3);
	check_range(w, n - 1, 1);
	check_range(w, n, 0);
	check_range(w, UINT64_MAX, UINT64_MAX);
	/* Shorter than was said; how long it is is known when all of its
	 * heads are here. */
	if (w->blob.n <= MSG_CHUNK) {
		check_damage(w, n, 10);
		check_damage(w, n / 2, n);
	} else {
		assert_int_equal(blob_read(w->st, &the_message, n / 2, n,
		    take, w, &err), E_DAMAGED);
	}
	/* In what is only read while the first octets are on their way, if
	 * nobody looks before. */
	if (w->blob.n > MSG_CHUNK) {
		w->damaged_at = w->blob.n - 1;
		check_damage(w, 5, n - 5);
		check_range(w, 0, 1000);
		check_range(w, 30, BLOB_CHUNK / 2);
		w->damaged_at = 0;
	}
	/* Another connection: the reading goes on. */
	ipc_close(w->server);
	w->server = NULL;
	check_range(w, 0, n);
	/* Octets that make no sense are an error, never more than that. */
	for (size_t i = 0; i < 24 && i < w->blob.n; i++) {
		char saved = w->blob.p[i];

		w->blob.p[i] = (char)(saved ^ 0x55);
		buf_reset(&w->got);
		(void)blob_read(w->st, &the_message, 0, UINT64_MAX, take, w,
		    &err);
		w->blob.p[i] = saved;
	}
	loop_stop(w->l);
}

static void
test_sizes(void **state unused_arg)
{
	static const size_t sizes[] = { 1, 100, 4096, 131071, 131072, 131073,
		190000, 400000, 1300000 };
	static const size_t pieces[] = { 1000, 131072, 9999999 };

	for (size_t i = 0; i < NELEM(sizes) * NELEM(pieces) * 2; i++) {
		struct world w = { .size = sizes[i / 2 % NELEM(sizes)],
			.piece = pieces[i / 2 / NELEM(sizes)],
			.level = i % 2 };

		w.real = clock_real();
		w.l = loop_new(&w.real, NULL);
		buf_init(&w.blob, 4 << 20);
		buf_init(&w.text, 4 << 20);
		buf_init(&w.got, 4 << 20);
		w.st = store_new(w.l, connect_server(&w), reopen, &w);
		(void)fiber_spawn(w.l, "test", write_and_read, &w);
		loop_run(w.l);
		store_close(w.st);
		ipc_close(w.server);
		loop_free(w.l);
		buf_free(&w.blob);
		buf_free(&w.text);
		buf_free(&w.got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
