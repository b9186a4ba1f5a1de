#include "mail/test_world.h"

enum { WORLD_MEM = 64 << 20, PIECE = 7 };

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

struct world *
world_of(const struct store *st)
{
	return container_of(st->fake, struct world, fake);
}

static struct str
text_of(struct fake_store *f, uint64_t mailbox unused_arg,
    uint32_t uid unused_arg)
{
	return container_of(f, struct world, fake)->text;
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
	w->fake = (struct fake_store){ .loop = w->loop, .text = text_of,
		.piece = PIECE };
	(void)fiber_spawn(w->loop, "test", begin_test, s);
	for (int i = 0; i < 10000 && loop_fibers(w->loop) > 0; i++)
		loop_once(w->loop, 0);
	assert_true(s->ended);
	assert_int_equal(loop_fibers(w->loop), 0);
	assert_int_equal(w->fake.under_way, 0);
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

/* ---- vault -------------------------------------------------------------- */

int
vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	if (v->w.login_error < 0)
		return err_set(err, v->w.login_error, "told so");
	*login = (struct login){ .account = 1,
		.store = fake_store_login(&v->w.fake),
		.address = str_dup(a, ask->user) };
	return 0;
}

/* Nobody proves anything here: tests/test_scram.py does. */
int
vault_scram_first(struct vault *v unused_arg,
    const struct scram_first_ask *ask unused_arg,
    struct scram_first_answer *answer unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_scram_final(struct vault *v unused_arg,
    const struct scram_final_ask *ask unused_arg,
    struct login *login unused_arg, struct str *signature unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

/* Nobody proves anything here: tests/test_oauth.py does. */
int
vault_bearer(struct vault *v unused_arg,
    const struct bearer_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

/* Nor this: tests/test_external.py does. */
int
vault_external(struct vault *v unused_arg,
    const struct external_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_cram_first(struct vault *v unused_arg,
    const struct cram_first_ask *ask unused_arg,
    struct scram_first_answer *answer unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_cram_final(struct vault *v unused_arg,
    const struct cram_final_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

bool
vault_has_cram(const struct vault *v unused_arg)
{
	return false;
}

struct str
vault_issuers(const struct vault *v unused_arg)
{
	return STR_NULL;
}

void
vault_logout(struct vault *v, struct login *login)
{
	v->w.logouts++;
	free(login->store);
}
