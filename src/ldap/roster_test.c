/*
 * roster_test.c - who is new, who is another, who has gone.
 */
#include "base/test.h"
#include "ldap/roster.h"

static void
test_meet(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 16);
	struct roster r;
	struct person p = { .id = STR("1"), .dn = STR("cn=a"),
		.address = STR("a@b.test"), .aliases = STR("c@b.test\n") };
	size_t before;

	roster_init(&r, 42);
	roster_add(&r, &(struct roster_row){ .account = 1,
	    .address = STR("A@b.test"), .id = STR("1"), .dn = STR("cn=a"),
	    .aliases = STR("c@b.test\n") });
	roster_add(&r, &(struct roster_row){ .account = 2,
	    .address = STR("d@b.test"), .id = STR("2"), .dn = STR("cn=d") });
	roster_add(&r, &(struct roster_row){ .account = 3,
	    .address = STR("e@b.test") });	/* adopted, not seen yet */
	roster_add(&r, &(struct roster_row){ .account = 4, .gone = true,
	    .address = STR("f@b.test"), .id = STR("4"), .dn = STR("cn=f") });
	assert_int_equal(roster_missing(&r, &before), 2);
	assert_int_equal(before, 2);
	assert_int_equal(roster_meet(&r, &p, a), ROSTER_SAME);
	assert_int_equal(roster_meet(&r, &p, a), ROSTER_TWICE);
	assert_int_equal(roster_missing(&r, &before), 1);
	/* The entry of d is called otherwise now: d stays d. */
	p = (struct person){ .id = STR("2"), .dn = STR("cn=d"),
		.address = STR("new@b.test"), .aliases = STR("") };
	assert_int_equal(roster_meet(&r, &p, a), ROSTER_TELL);
	assert_str(p.address, "d@b.test");
	assert_str(p.aliases, "new@b.test\n");
	assert_int_equal(roster_missing(&r, &before), 0);
	/* One that is new, one that comes back, one that is adopted. */
	p = (struct person){ .id = STR("9"), .dn = STR("cn=n"),
		.address = STR("n@b.test") };
	assert_int_equal(roster_meet(&r, &p, a), ROSTER_TELL);
	p = (struct person){ .id = STR("4"), .dn = STR("cn=f"),
		.address = STR("f@b.test") };
	assert_int_equal(roster_meet(&r, &p, a), ROSTER_TELL);
	p = (struct person){ .id = STR("5"), .dn = STR("cn=e"),
		.address = STR("e@b.test") };
	assert_int_equal(roster_meet(&r, &p, a), ROSTER_TELL);
	assert_str(p.address, "e@b.test");
	roster_free(&r);
	arena_free(a);
}

/* An address that somebody gave up is another's now, and the account is not:
 * whichever of both comes first. */
static void
test_address_of_another(void **state unused_arg)
{
	for (int order = 0; order < 3; order++) {
		struct arena *a = arena_new(1 << 16);
		struct person old = { .id = STR("1"), .dn = STR("cn=a"),
			.address = STR("renamed@b.test"),
			.aliases = STR("") };
		struct person new = { .id = STR("2"), .dn = STR("cn=b"),
			.address = STR("a@b.test") };
		struct person third = { .id = STR("3"), .dn = STR("cn=c"),
			.address = STR("A@b.test") };
		struct roster r;
		size_t before;

		roster_init(&r, 42);
		roster_add(&r, &(struct roster_row){ .account = 1,
		    .address = STR("a@b.test"), .id = STR("1"),
		    .dn = STR("cn=a") });
		if (order == 0)
			assert_int_equal(roster_meet(&r, &old, a),
			    ROSTER_TELL);
		assert_int_equal(roster_meet(&r, &new, a), ROSTER_LATER);
		if (order == 1)
			assert_int_equal(roster_meet(&r, &old, a),
			    ROSTER_TELL);
		assert_int_equal(roster_missing(&r, &before), order == 2);
		/* Only where the other one has gone. */
		assert_int_equal(roster_meet_late(&r, &new), order == 2 ?
		    ROSTER_TELL : ROSTER_TWICE);
		assert_int_equal(roster_meet_late(&r, &third), ROSTER_TWICE);
		assert_int_equal(roster_missing(&r, &before), 0);
		roster_free(&r);
		arena_free(a);
	}
}

static void
test_changed(void **state unused_arg)
{
	static const struct person rows[] = {
		{ .id = STR("1"), .dn = STR("cn=b"), .address = STR("a@b.test"),
		    .aliases = STR("c@b.test\n") },
		{ .id = STR("1"), .dn = STR("cn=a"), .address = STR("a@b.test"),
		    .aliases = STR("") },
		{ .id = STR("1"), .dn = STR("cn=a"), .address = STR("a@b.test"),
		    .aliases = STR("c@b.test\nd@b.test\n") },
		{ .id = STR("1"), .dn = STR("cn=a"), .address = STR("a@b.test"),
		    .aliases = STR("c@b.test\n"), .with_quota = true,
		    .quota = 6 },
	};

	for (size_t i = 0; i <= NELEM(rows); i++) {
		struct arena *a = arena_new(1 << 16);
		/* Its own address may stand among its aliases. */
		struct person p = { .id = STR("1"), .dn = STR("cn=a"),
			.address = STR("a@b.test"), .with_quota = true,
			.aliases = STR("a@b.test\nC@b.test\n"), .quota = 5 };
		struct roster r;

		roster_init(&r, i);
		roster_add(&r, &(struct roster_row){ .account = 1,
		    .address = STR("a@b.test"), .id = STR("1"),
		    .dn = STR("cn=a"), .aliases = STR("c@b.test\n"),
		    .quota = 5 });
		if (i < NELEM(rows))
			p = rows[i];
		assert_int_equal(roster_meet(&r, &p, a), i < NELEM(rows) ?
		    ROSTER_TELL : ROSTER_SAME);
		roster_free(&r);
		arena_free(a);
	}
}

static void
test_suspicious(void **state unused_arg)
{
	assert_false(roster_is_suspicious(0, 0));
	assert_false(roster_is_suspicious(5, 5));
	assert_true(roster_is_suspicious(6, 6));
	assert_false(roster_is_suspicious(50, 100));
	assert_true(roster_is_suspicious(51, 100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meet),
		cmocka_unit_test(test_address_of_another),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_suspicious),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
