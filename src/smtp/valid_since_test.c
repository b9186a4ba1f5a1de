#include "smtp/valid_since.h"

#include "base/test.h"

#define F "Require-Recipient-Valid-Since:"
#define DATE "Sat, 1 Jun 2013 09:23:01 -0700"
enum { AT = 1370103781 };

static void
test_fields(void **state unused_arg)
{
	static const struct {
		const char *header;
		const char *address[3];	/* that are found */
	} t[] = {
		{ F " receiver@example.com;\r\n  " DATE "\r\n",
		    { "receiver@example.com" } },
		{ "require-recipient-valid-since:a@b;" DATE "\r\n",
		    { "a@b" } },
		{ F " \"a;b\"@c.test ; " DATE "\r\n",
		    { "\"a;b\"@c.test" } },
		{ F " \"a\"@c.test; " DATE "\r\n", { "a@c.test" } },
		{ "From: x@y\r\n" F " a@b; " DATE "\r\nTo: c\r\n" F
		    " c@d; " DATE "\r\n\r\n" F " e@f; " DATE "\r\n",
		    { "a@b", "c@d" } },
		{ F " a@b; no date\r\n" F " c@d; " DATE "\r\n", { "c@d" } },
		{ F " a@b " DATE "\r\n", { NULL } },
		{ F " a@b;\r\n", { NULL } },
		{ F " ; " DATE "\r\n", { NULL } },
		{ F " postmaster; " DATE "\r\n", { NULL } },
		{ F " <a@b>; " DATE "\r\n", { NULL } },
		{ F " a@b, c@d; " DATE "\r\n", { NULL } },
		{ F " a@\xff; " DATE "\r\n", { NULL } },
		{ F "\r\n", { NULL } },
		{ "X-" F " a@b; " DATE "\r\n", { NULL } },
		{ "", { NULL } },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < NELEM(t); i++) {
		struct str rest = str_c(t[i].header);
		struct valid_since got;
		size_t n = 0;

		for (; valid_since_next(&rest, a, &got); n++) {
			assert_non_null(t[i].address[n]);
			assert_str(got.address, t[i].address[n]);
			assert_int_equal(got.since, AT);
		}
		assert_null(t[i].address[n]);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
