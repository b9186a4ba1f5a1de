#include "mail/hold.h"

#include "mail/test_world.h"

enum { NOW = 1000000, LONGEST_S = 3600 };

static int
room(struct store *st, const void *asked, void *answered unused_arg)
{
	const struct later_room_ask *ask = asked;

	assert_int_equal(ask->octets, 77);
	return world_of(st)->fake.fail[STORE_later_room];
}

static void
looked_at(struct world *w)
{
	static const struct {
		const char *from;
		uint32_t hold_for;
		int64_t hold_until;
		int room, want;
		uint32_t asked;
	} rows[] = {
		{ "a@b.test", 0, 0, E_LIMIT, 0, 0 },
		{ "", 0, 0, E_LIMIT, 0, 0 },
		{ "", 1, 0, 0, E_INVALID, 0 },
		{ "", 0, NOW - 1, 0, E_INVALID, 0 },
		{ "a@b.test", 0, NOW, E_LIMIT, 0, 0 },
		{ "a@b.test", 0, NOW + 1, 0, 0, 1 },
		{ "a@b.test", 0, NOW + LONGEST_S, 0, 0, 1 },
		{ "a@b.test", 0, NOW + LONGEST_S + 1, 0, E_INVALID, 0 },
		{ "a@b.test", 0, INT64_MAX, 0, E_INVALID, 0 },
		{ "a@b.test", LONGEST_S, 0, 0, 0, 1 },
		{ "a@b.test", LONGEST_S + 1, 0, 0, E_INVALID, 0 },
		{ "a@b.test", UINT32_MAX, 0, 0, E_INVALID, 0 },
		{ "a@b.test", 1, 0, E_LIMIT, E_LIMIT, 1 },
		{ "a@b.test", 1, 0, E_FULL, E_FULL, 1 },
		{ "a@b.test", 1, 0, E_PEER, E_PEER, 1 },
	};
	const struct hold_limits limits = { LONGEST_S, NOW };

	w->fake.answer[STORE_later_room] = room;
	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct envelope e = { .reverse_path =
			str_c(rows[i].from), .hold_for = rows[i].hold_for,
			.hold_until = rows[i].hold_until };
		struct err err = { 0 };

		w->fake.calls[STORE_later_room] = 0;
		w->fake.fail[STORE_later_room] = (int8_t)rows[i].room;
		assert_int_equal(hold_check(w->account.store, &e, 77, &limits,
		    w->mem, &err), rows[i].want);
		assert_int_equal(w->fake.calls[STORE_later_room],
		    rows[i].asked);
	}
}

static void
test_hold(void **state unused_arg)
{
	world_run(looked_at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_hold) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
