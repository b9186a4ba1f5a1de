#include "mail/waiting.h"

#include "mail/test_world.h"

enum { ROWS = 3 };

/* A row a page; of any other number there is no end. */
static int
list(struct store *st, const void *asked, void *answered)
{
	const struct later_list_ask *ask = asked;
	struct world *w = world_of(st);
	uint64_t message = ask->after + 1;
	struct buf b = BUF_INIT(1000);

	msg_put(&b, &later_row_shape, &(struct later_row){ .message = message,
	    .rcpts = STR("a@b.test\nc@d.test\n"), .nrcpts = 2 });
	if (w->login_error == E_PROTO)
		buf_chr(&b, 'x');
	*(struct later_list_answer *)answered = (struct later_list_answer){
		str_dup(w->mem, buf_get(&b)), message < ROWS ? message :
		    w->login_error == E_LIMIT ? ask->after : 0,
		ask->after ? STR("later") : STR("first") };
	buf_free(&b);
	return 0;
}

static void
count(void *arg, const struct later_row *row)
{
	struct str rcpts = row->rcpts, address;
	uint64_t *last = arg;

	assert_int_equal(row->message, ++*last);
	assert_true(waiting_recipient(&rcpts, &address));
	assert_str(address, "a@b.test");
	assert_true(waiting_recipient(&rcpts, &address));
	assert_str(address, "c@d.test");
	assert_false(waiting_recipient(&rcpts, &address));
}

static int
all(struct world *w, uint64_t *last, char state[WAITING_STATE_MAX])
{
	struct err err = { 0 };

	*last = 0;
	w->fake.calls[STORE_later_list] = 0;
	w->fake.answer[STORE_later_list] = list;
	return waiting_all(&w->account, 0, count, last, state, &err);
}

static void
listing(struct world *w)
{
	char state[WAITING_STATE_MAX];
	uint64_t last;

	assert_int_equal(all(w, &last, state), 0);
	assert_int_equal(last, ROWS);
	assert_int_equal(w->fake.calls[STORE_later_list], ROWS);
	assert_string_equal(state, "first");
	/* What store says is looked at as well. */
	w->login_error = E_PROTO;
	assert_int_equal(all(w, &last, NULL), E_PROTO);
	w->login_error = E_LIMIT;
	assert_int_equal(all(w, &last, NULL), E_PROTO);
	assert_int_equal(w->fake.calls[STORE_later_list], ROWS);
}

static void
test_listing(void **state unused_arg)
{
	world_run(listing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_listing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
