#include "rt/reconnect.h"

#include "base/test.h"

enum { CALLERS = 6, WINDOW_OF_CALLERS = 8, FIRST_ANSWERED = 3 };

#define FIELDS_number_ask(F, S) F(S, u32, n, 0)
#define FIELDS_number_answer(F, S) F(S, u32, n, 0)
MSG_STRUCT(number_ask);
MSG_STRUCT(number_answer);
MSG_SHAPE(number_ask);
MSG_SHAPE(number_answer);

static const struct ipc_call number[1] = {
	{ "number", 0, &number_ask_shape, &number_answer_shape, 1, 0, 0 },
};

/* A role, which dies once it was asked by all, and its callers. */
struct world {
	struct clock real;
	struct loop *l;
	struct reconnect link;
	struct ipc *server;
	struct ipc_req *held[CALLERS];
	uint32_t asked[2 * CALLERS], n_asked, n_held;
	bool dying;	/* it answers the first few only */
	bool mute;	/* it answers nobody */
	int opened, refused, refuse_with, refusals, left;
	struct err err;
};

static void
on_ask(void *owner, struct ipc_req *r)
{
	struct world *w = owner;
	uint32_t n = ((const struct number_ask *)r->ask)->n;

	w->asked[w->n_asked++] = n;
	/* Their slots are taken by those who come later. */
	if (!w->mute && (!w->dying || w->n_asked <= FIRST_ANSWERED))
		ipc_reply(r, &(struct number_answer){ n }, -1);
	else
		w->held[w->n_held++] = r;
}

static void
on_gone(void *owner unused_arg, struct ipc *c unused_arg,
    const char *why unused_arg)
{
}

static int
start_server(struct world *w)
{
	static const struct ipc_service service = { number, 1, on_ask,
		on_gone };
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = 1, .window = WINDOW_OF_CALLERS };
	int fds[2];

	assert_int_equal(ipc_pair(fds, NULL), 0);
	w->server = ipc_open(w->l, fds[0], &o, NULL);
	w->n_asked = 0;
	return fds[1];
}

static void
stop_server(struct world *w)
{
	ipc_close(w->server);
	w->server = NULL;
	for (uint32_t i = 0; i < w->n_held; i++)
		ipc_drop(w->held[i]);
	w->n_held = 0;
	w->dying = w->mute = false;
}

static int
number_call(struct world *w, uint32_t n, int64_t ms, struct err *err)
{
	struct number_answer answer;

	return reconnect_call(&w->link, &number[0], &(struct number_ask){ n },
	    &answer, NULL, NULL, loop_now_ms(w->l) + ms, err);
}

struct caller {
	struct world *w;
	uint32_t n;
	int64_t ms;
	int rc;
};

static void
call_one(void *arg)
{
	struct caller *c = arg;

	c->rc = number_call(c->w, c->n, c->ms, &c->w->err);
	c->w->left--;
}

static void
spawn(struct world *w, struct caller *c, uint32_t n, int64_t ms)
{
	*c = (struct caller){ w, n, ms, 1 };
	w->left++;
	(void)fiber_spawn(w->l, "caller", call_one, c);
}

static void
run_until_done(struct world *w)
{
	for (int i = 0; i < 1000 && w->left > 0; i++)
		loop_once(w->l, 10);
	assert_int_equal(w->left, 0);
}

static void
assert_in_order(const struct world *w, uint32_t first)
{
	for (uint32_t i = 0; i < w->n_asked; i++)
		assert_int_equal(w->asked[i], first + i);
}

static int
open_server(struct reconnect *n, struct err *err)
{
	struct world *w = container_of(n, struct world, link);

	if (w->refused++ < w->refusals)
		return err_set(err, w->refuse_with, "not yet");
	w->opened++;
	return start_server(w);
}

static const struct reconnect_kind handed_over = { .name = "numbers",
	.window = WINDOW_OF_CALLERS };
static const struct reconnect_kind opened_by_us = { .name = "numbers",
	.window = WINDOW_OF_CALLERS, .open = open_server };

static void
begin(struct world *w, const struct reconnect_kind *kind)
{
	memset(w, 0, sizeof(*w));
	w->real = clock_real();
	w->l = loop_new(&w->real, NULL);
	reconnect_init(&w->link, w->l, kind);
}

static void
end(struct world *w)
{
	reconnect_close(&w->link);
	stop_server(w);
	loop_once(w->l, 0);
	loop_free(w->l);
}

/* The role dies with calls under way, whose slots are not in their order. */
static void
die_with_calls(struct world *w)
{
	struct caller first[FIRST_ANSWERED], held[CALLERS], late[CALLERS];

	w->dying = true;
	for (uint32_t i = 0; i < FIRST_ANSWERED; i++)
		spawn(w, &first[i], i, 10000);
	/* These two take slots behind the first, the rest those of the
	 * first. */
	spawn(w, &held[0], 100, 10000);
	spawn(w, &held[1], 101, 10000);
	while (w->left > 2)
		loop_once(w->l, 10);
	for (uint32_t i = 2; i < CALLERS; i++)
		spawn(w, &held[i], 100 + i, 10000);
	while (w->n_held < CALLERS)
		loop_once(w->l, 10);
	stop_server(w);
	if (!w->link.kind->open) {
		while (reconnect_up(&w->link))
			loop_once(w->l, 10);
		for (uint32_t i = 0; i < CALLERS; i++)
			spawn(w, &late[i], 100 + CALLERS + i, 10000);
		loop_once(w->l, 0);
		reconnect_replace(&w->link, start_server(w));
	}
	run_until_done(w);
	assert_in_order(w, 100);
}

static void
test_asked_again_in_order(void **state unused_arg)
{
	struct world w;

	begin(&w, &handed_over);
	reconnect_replace(&w.link, start_server(&w));
	die_with_calls(&w);
	assert_int_equal(w.n_asked, 2 * CALLERS);
	end(&w);
}

static void
test_opened_again_in_order(void **state unused_arg)
{
	struct world w;

	begin(&w, &opened_by_us);
	die_with_calls(&w);
	assert_int_equal(w.n_asked, CALLERS);
	assert_int_equal(w.opened, 2);
	end(&w);
}

/* Who comes between two attempts does not go first. */
static void
test_open_fails_at_first(void **state unused_arg)
{
	struct caller c[4];
	struct world w;

	begin(&w, &opened_by_us);
	w.refusals = 2;
	w.refuse_with = E_PEER;
	for (uint32_t i = 0; i < 4; i++) {
		spawn(&w, &c[i], i, 10000);
		loop_once(w.l, 1);
	}
	run_until_done(&w);
	assert_int_equal(w.n_asked, 4);
	assert_in_order(&w, 0);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(c[i].rc, 0);
	end(&w);
}

static int
open_slowly(struct reconnect *n, struct err *err)
{
	int rc = fiber_sleep(n->loop, loop_now_ms(n->loop) + 5);

	return rc < 0 ? rc : open_server(n, err);
}
static const struct reconnect_kind opened_slowly = { .name = "numbers",
	.window = WINDOW_OF_CALLERS, .open = open_slowly };

static void
lose_and_call(void *arg)
{
	struct caller *c = arg;

	reconnect_on_gone(&c->w->link, c->w->link.ipc, "killed");
	call_one(c);
}

/* Who has just come sees first that the connection is lost, and opens another:
 * so it waits for those who asked before. */
static void
test_newcomer_opens(void **state unused_arg)
{
	struct caller c[4];
	struct world w;

	begin(&w, &opened_slowly);
	w.mute = true;
	for (uint32_t i = 0; i < 3; i++)
		spawn(&w, &c[i], i, 10000);
	while (w.n_held < 3)
		loop_once(w.l, 10);
	c[3] = (struct caller){ &w, 3, 10000, 1 };
	w.left++;
	stop_server(&w);
	(void)fiber_spawn(w.l, "caller", lose_and_call, &c[3]);
	run_until_done(&w);
	assert_int_equal(w.opened, 2);
	assert_int_equal(w.n_asked, 4);
	assert_in_order(&w, 0);
	end(&w);
}

/* The one that opens has no time left: the next one goes on. */
static void
test_opener_gives_up(void **state unused_arg)
{
	struct caller c[3];
	struct world w;

	begin(&w, &opened_by_us);
	w.refusals = 3;
	w.refuse_with = E_PEER;
	spawn(&w, &c[0], 0, 1);
	spawn(&w, &c[1], 1, 10000);
	spawn(&w, &c[2], 2, 10000);
	run_until_done(&w);
	assert_int_equal(c[0].rc, E_PEER);
	assert_int_equal(c[1].rc, 0);
	assert_int_equal(c[2].rc, 0);
	assert_int_equal(w.n_asked, 2);
	assert_in_order(&w, 1);
	end(&w);
}

/* What is final for one is asked again for the next. */
static void
test_denied(void **state unused_arg)
{
	struct caller c[2];
	struct world w;

	begin(&w, &opened_by_us);
	w.refusals = 100;
	w.refuse_with = E_DENIED;
	spawn(&w, &c[0], 0, 10000);
	spawn(&w, &c[1], 1, 10000);
	run_until_done(&w);
	assert_int_equal(c[0].rc, E_DENIED);
	assert_int_equal(c[1].rc, E_DENIED);
	assert_int_equal(w.refused, 2);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_again_in_order),
		cmocka_unit_test(test_opened_again_in_order),
		cmocka_unit_test(test_open_fails_at_first),
		cmocka_unit_test(test_newcomer_opens),
		cmocka_unit_test(test_opener_gives_up),
		cmocka_unit_test(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
