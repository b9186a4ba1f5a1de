#include "store/address/address_cache.h"

#include "base/test.h"

static void
test_known(void **state unused_arg)
{
	struct address_cache *k = address_cache_new();
	struct cached_address in = { ADDRESS_ALIAS, 7 }, out = { 0 };
	char name[16];
	int found = 0;

	address_cache_put(k, 1, STR("a@b"), &in);
	assert_true(address_cache_get(k, 1, STR("a@b"), &out));
	assert_int_equal(out.account, 7);
	assert_int_equal(out.kind, ADDRESS_ALIAS);
	/* Another version of the directory, another case, a part of it. */
	assert_false(address_cache_get(k, 2, STR("a@b"), &out));
	assert_false(address_cache_get(k, 1, STR("A@b"), &out));
	assert_false(address_cache_get(k, 1, STR("a@"), &out));
	assert_false(address_cache_get(k, 1, STR(""), &out));
	address_cache_put(k, 1, STR(""), &in);
	assert_false(address_cache_get(k, 2, STR(""), &out));
	/* More than there is room for: some are kept, none is wrong. */
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "u%d@b", i);
		in.account = (uint64_t)i + 1;
		address_cache_put(k, 2, str_c(name), &in);
	}
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "u%d@b", i);
		if (!address_cache_get(k, 2, str_c(name), &out))
			continue;
		assert_int_equal(out.account, i + 1);
		found++;
	}
	assert_in_range(found, 100, 1024);
	address_cache_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
