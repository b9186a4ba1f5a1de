#include "mail/test_world.h"

#include "store/blob.h"

enum { WORLD_MEM = 64 << 20, PIECE = 7 };

struct store {
	struct world *w;
};
/* Itself the world, as the account carries it. */
struct vault {
	struct world w;
};

static int64_t
wall_of(void *arg)
{
	struct world *w = arg;

	return w->clock.wall;
}

struct start {
	struct world w;
	void (*test)(struct world *w);
	bool ended;
};

static void
begin_test(void *arg)
{
	struct start *s = arg;
	const struct login_ask ask = { .user = STR("alice@example.test") };
	const struct log_ctx log = { s->w.log, NULL, 0 };
	struct err err = { 0 };

	account_init(&s->w.account, s->w.loop, container_of(&s->w,
	    struct vault, w));
	assert_int_equal(account_login(&s->w.account, &ask, &log, &err),
	    LOGIN_OK);
	s->test(&s->w);
	account_logout(&s->w.account);
	s->ended = true;
}

void
world_run(void (*test)(struct world *w))
{
	struct start *s = calloc(1, sizeof(*s));
	struct world *w;

	assert_non_null(s);
	w = &s->w;
	s->test = test;
	w->clock = clock_fake(1795320061000000);
	w->log = log_new(2, "test", LOG_ERROR, wall_of, w);
	w->loop = loop_new(&w->clock.clock, w->log);
	w->mem = arena_new(WORLD_MEM);
	(void)fiber_spawn(w->loop, "test", begin_test, s);
	for (int i = 0; i < 10000 && loop_fibers(w->loop) > 0; i++)
		loop_once(w->loop, 0);
	assert_true(s->ended);
	assert_int_equal(loop_fibers(w->loop), 0);
	assert_int_equal(w->under_way, 0);
	loop_free(w->loop);
	log_free(w->log);
	arena_free(w->mem);
	free(s);
}

void
world_put_row(struct buf *b, uint32_t seq, uint64_t modseq, uint32_t flags)
{
	const struct fetch_row row = { .seq = seq, .uid = seq * 10,
		.modseq = modseq, .flags = flags, .keywords = STR("k") };

	msg_put(b, &fetch_row_shape, &row);
}

/* ---- what store's client and vault's promise -------------------------- */

int
store_call(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a unused_arg, struct err *err)
{
	struct world *w = st->w;
	int e = 0;

	w->calls[which]++;
	if (++w->under_way > w->most_under_way)
		w->most_under_way = w->under_way;
	fiber_yield(w->loop);
	while (w->hold && e >= 0)
		e = fiber_wait(w->loop, NEVER);
	if (e >= 0) {
		assert_non_null(w->answer[which]);
		e = w->answer[which](w, ask, answer);
	}
	w->under_way--;
	return e < 0 ? err_set(err, e, "call %d", (int)which) : 0;
}

void
store_notify(struct store *st, enum store_call which,
    const void *ask unused_arg)
{
	assert_int_equal(which, STORE_journal);
	st->w->notices++;
}

uint64_t
store_change_id(struct store *st)
{
	return ++st->w->change;
}

void
store_on_change(struct store *st,
    void (*fn)(void *arg, uint64_t mailbox, uint64_t modseq), void *arg)
{
	st->w->changed = fn;
	st->w->changed_arg = arg;
}

int
blob_read(struct store *st, uint64_t mailbox unused_arg,
    uint32_t uid unused_arg, uint64_t offset, uint64_t len,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	struct str left = str_from(st->w->text, (size_t)offset);
	int e = 0;

	if (st->w->text.n == 0)
		return err_set(err, E_NOTFOUND, "gone");
	left = str_first(left, (size_t)len);
	for (; e >= 0 && left.n; left = str_from(left, PIECE))
		e = out(arg, str_first(left, PIECE));
	return e;
}

int
vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct store *st;

	if (v->w.login_error < 0)
		return err_set(err, v->w.login_error, "told so");
	st = calloc(1, sizeof(*st));
	assert_non_null(st);
	st->w = &v->w;
	*login = (struct login){ .account = 1, .store = st,
		.address = str_dup(a, ask->user) };
	return 0;
}

void
vault_logout(struct vault *v, struct login *login)
{
	v->w.logouts++;
	free(login->store);
}
