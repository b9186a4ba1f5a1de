#include "relay/source.h"

#include "base/test.h"

static void
put_pool(struct buf *b, const char *name, const char *addresses,
    const char *hello, const char *senders)
{
	auto_buf rows = BUF_INIT(4000);
	struct str words = str_c(addresses);
	struct pool_conf p = { .name = str_c(name), .hello = str_c(hello),
		.senders = str_c(senders) };

	while (words.n > 0) {
		struct str one = str_next(&words, ' ');
		struct source_conf s = { 0 };

		(void)str_cut(one, '@', &s.address, &s.hello);
		msg_put(&rows, &source_conf_shape, &s);
	}
	p.addresses = buf_get(&rows);
	msg_put(b, &pool_conf_shape, &p);
}

static void
test_whose(void **state unused_arg)
{
	static const struct {
		struct route route;
		const char *sender, *pool;
	} t[] = {
		{ { .port = 25 }, "news@example.org", "news" },
		{ { .port = 25 }, "News@Example.ORG", "news" },
		{ { .port = 25 }, "alice@example.org", "people" },
		{ { .port = 25 }, "alice@a.example.org", NULL },
		{ { .port = 25 }, "alice@shop.test", "news" },
		{ { .port = 25 }, "example.org", "people" },
		{ { .port = 25 }, "", NULL },
		{ { .pool = { "people", 6 } }, "news@example.org", "people" },
		{ { .pool = { "people", 6 } }, "", "people" },
		{ { .own_source = true }, "news@example.org", NULL },
		{ { .path = { "/x", 2 } }, "news@example.org", NULL },
	};
	auto_buf pools = BUF_INIT(16000);
	struct config c = { .number = 1 };

	put_pool(&pools, "people", "192.0.2.1", "", "example.org");
	put_pool(&pools, "news", "192.0.2.2", "",
	    "news@example.org shop.test");
	c.pools = buf_get(&pools);
	for (size_t i = 0; i < NELEM(t); i++) {
		struct pool_conf p;
		bool any = source_pool(&c, &t[i].route, str_c(t[i].sender),
		    &p);

		assert_int_equal(any, t[i].pool != NULL);
		if (any)
			assert_str(p.name, t[i].pool);
	}
}

static void
test_list(void **state unused_arg)
{
	auto_buf pools = BUF_INIT(16000);
	static struct source s[SOURCES_MAX];
	struct pool_conf p;

	put_pool(&pools, "news", "192.0.2.1 2001:db8::1@six.test "
	    "192.0.2.2@two.test", "all.test", "");
	assert_true(msg_whole(buf_get(&pools), &pool_conf_shape, &p));
	assert_int_equal(source_list(&p, false, s), 2);
	assert_str(s[0].address, "192.0.2.1");
	assert_str(s[0].hello, "all.test");
	assert_str(s[1].address, "192.0.2.2");
	assert_str(s[1].hello, "two.test");
	assert_int_equal(source_list(&p, true, s), 1);
	assert_str(s[0].address, "2001:db8::1");
	assert_str(s[0].hello, "six.test");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whose),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
