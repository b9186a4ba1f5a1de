#include "base/list.h"

#include <stdlib.h>

#include "base/test.h"

struct item {
	int number;
	struct list_link link;
};

/* Its numbers are those of `want`, from the first and from the last. */
static void
assert_items(const struct list *l, const char *want)
{
	size_t n = 0;

	list_each(struct item, i, l, link)
		assert_int_equal(i->number, want[n++] - '0');
	assert_int_equal(n, strlen(want));
	for (struct list_link *k = list_last_link(l); k && k != &l->end;
	     k = k->prev)
		assert_int_equal(list_member(struct item, k, link)->number,
		    want[--n] - '0');
	assert_int_equal(n, 0);
	assert_int_equal(list_empty(l), !*want);
}

static void
test_order(void **state unused_arg)
{
	struct item x[5] = { { 0 }, { 1 }, { 2 }, { 3 }, { 4 } };
	struct list l = { 0 };

	assert_items(&l, "");
	assert_null(list_first(struct item, &l, link));
	assert_null(list_last(struct item, &l, link));
	list_append(&l, &x[1].link);
	list_append(&l, &x[2].link);
	list_prepend(&l, &x[0].link);
	list_append(&l, &x[3].link);
	assert_items(&l, "0123");
	assert_ptr_equal(list_first(struct item, &l, link), &x[0]);
	assert_ptr_equal(list_last(struct item, &l, link), &x[3]);
	assert_ptr_equal(list_next(struct item, &l, &x[1], link), &x[2]);
	assert_null(list_next(struct item, &l, &x[3], link));
	assert_true(list_linked(&x[3].link));
	assert_false(list_linked(&x[4].link));
}

static void
test_unlink(void **state unused_arg)
{
	struct item x[4] = { { 0 }, { 1 }, { 2 }, { 3 } };
	struct list l = { 0 };

	for (int i = 0; i < 4; i++)
		list_append(&l, &x[i].link);
	list_unlink(&x[2].link);
	assert_items(&l, "013");
	list_unlink(&x[2].link);	/* it is in none: nothing */
	assert_false(list_linked(&x[2].link));
	list_unlink(&x[0].link);
	list_unlink(&x[3].link);
	assert_items(&l, "1");
	list_unlink(&x[1].link);
	assert_items(&l, "");
	list_prepend(&l, &x[2].link);	/* and again */
	assert_items(&l, "2");
}

static void
test_each_may_remove(void **state unused_arg)
{
	struct list l = { 0 };
	int seen = 0;

	for (int i = 0; i < 9; i++) {
		struct item *x = calloc(1, sizeof(*x));

		assert_non_null(x);
		x->number = i;
		list_append(&l, &x->link);
	}
	list_each(struct item, i, &l, link) {
		seen++;
		if (i->number % 3 == 1)
			continue;
		list_unlink(&i->link);
		free(i);
	}
	assert_int_equal(seen, 9);
	assert_items(&l, "147");
	list_each(struct item, i, &l, link) {
		list_unlink(&i->link);
		free(i);
	}
	assert_items(&l, "");
}

static void
test_append_all(void **state unused_arg)
{
	struct item x[4] = { { 0 }, { 1 }, { 2 }, { 3 } };
	struct list l = { 0 }, more = { 0 };

	list_append_all(&l, &more);
	assert_items(&l, "");
	list_append(&more, &x[0].link);
	list_append(&more, &x[1].link);
	list_append_all(&l, &more);
	assert_items(&l, "01");
	assert_items(&more, "");
	list_append(&more, &x[2].link);
	list_append(&more, &x[3].link);
	list_append_all(&l, &more);
	assert_items(&l, "0123");
	list_unlink(&x[2].link);
	assert_items(&l, "013");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_unlink),
		cmocka_unit_test(test_each_may_remove),
		cmocka_unit_test(test_append_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
