#include "lib/fake_store.h"

#include <stdlib.h>

struct store *
fake_store_login(struct fake_store *f)
{
	struct store *st = calloc(1, sizeof(*st));

	assert_non_null(st);
	*st = (struct store){ .fake = f, .account = true };
	return st;
}

static int
answer_to(struct store *st, enum store_call which, const void *ask,
    void *answer)
{
	struct fake_store *f = st->fake;
	int e = 0;

	if (f->delay_ms > 0)
		e = fiber_sleep(f->loop, loop_now_ms(f->loop) + f->delay_ms);
	else
		fiber_yield(f->loop);
	while (f->hold && e != E_CANCELED)
		e = fiber_wait(f->loop, NEVER);
	if (e == E_CANCELED)
		return e;
	if (f->fail[which] < 0)
		return f->fail[which];
	if (!f->answer[which])
		fail_msg("call %d", (int)which);
	return f->answer[which](st, ask, answer);
}

int
store_call(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a unused_arg, struct err *err)
{
	struct fake_store *f = st->fake;
	int e;

	f->calls[which]++;
	if (++f->under_way > f->most_under_way)
		f->most_under_way = f->under_way;
	e = answer_to(st, which, ask, answer);
	f->under_way--;
	return e < 0 ? err_set(err, e, "call %d", (int)which) : 0;
}

void
store_notify(struct store *st, enum store_call which, const void *ask)
{
	struct fake_store *f = st->fake;

	f->calls[which]++;
	if (f->answer[which])
		(void)f->answer[which](st, ask, NULL);
	else
		assert_int_equal(which, STORE_journal);
}

uint64_t
store_generation(const struct store *st)
{
	return st->fake->generation;
}

uint64_t
store_change_id(struct store *st)
{
	return ++st->fake->change;
}

void
store_on_change(struct store *st,
    void (*fn)(void *arg, const struct changed *what), void *arg)
{
	st->changed = fn;
	st->arg = arg;
}

/* ---- store/blob.h ------------------------------------------------------- */

struct blob_writer {
	struct fake_store *fake;
	struct buf text;
};

struct blob_writer *
blob_writer_new(struct store *st, uint32_t level unused_arg)
{
	struct blob_writer *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	*w = (struct blob_writer){ st->fake, BUF_INIT(16 << 20) };
	return w;
}

int
blob_write(struct blob_writer *w, struct str octets, struct err *err)
{
	if (w->fake->blob_error < 0)
		return err_set(err, w->fake->blob_error, "told so");
	buf_str(&w->text, octets);
	return 0;
}

int
blob_finish(struct blob_writer *w, struct blob_ref *ref,
    struct err *err unused_arg)
{
	*ref = (struct blob_ref){ 0, buf_get(&w->text), w->text.n };
	return 0;
}

void
blob_writer_free(struct blob_writer *w)
{
	buf_free(&w->text);
	free(w);
}

int
blob_read(struct store *st, const struct blob_source *from, uint64_t offset,
    uint64_t len, int (*out)(void *arg, struct str octets), void *arg,
    struct err *err)
{
	struct fake_store *f = st->fake;
	struct str left = f->text(f, from->mailbox, from->uid);
	int e = 0;

	if (left.n == 0)
		return err_set(err, E_NOTFOUND, "no message %u", from->uid);
	if (f->fail[STORE_content])
		return err_set(err, f->fail[STORE_content], "as asked");
	left = str_first(str_from(left, (size_t)offset), (size_t)len);
	for (; e >= 0 && left.n; left = str_from(left, f->piece)) {
		e = out(arg, str_first(left, f->piece));
		if (e >= 0 && f->read_error)
			return err_set(err, f->read_error, "as asked");
	}
	return e;
}
