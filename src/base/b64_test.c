#include "base/b64.h"

#include "base/test.h"

static void
test_known(void **state unused_arg)
{
	/* RFC 4648 10 */
	static const char *const t[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	struct arena *a = arena_new(4096);

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(100);
		struct str out;

		b64_put(&b, str_c(t[i][0]));
		assert_str(buf_get(&b), t[i][1]);
		assert_true(b64_decode(str_c(t[i][1]), a, &out));
		assert_str(out, t[i][0]);
	}
	arena_free(a);
}

static void
test_refused(void **state unused_arg)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=",
		"=m9v", "Z===", "Zm9v\n", "Zm 9v", "====", "Zg==Zg==", "Zm-v" };
	struct arena *a = arena_new(4096);

	for (size_t i = 0; i < NELEM(bad); i++) {
		struct str out;

		assert_false(b64_decode(str_c(bad[i]), a, &out));
	}
	arena_free(a);
}

static void
test_url(void **state unused_arg)
{
	static const char *const t[][2] = { { "", "" }, { "f", "Zg" },
		{ "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "\xfb\xff\xbf", "-_-_" } };
	static const char *const bad[] = { "Z", "Zg==", "Zh", "Zm9", "Zm+v",
		"Zm/v", "Zm9v=", "Zm9v\n", "Zm9vZ" };
	struct arena *a = arena_new(4096);
	struct str out;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(b64url_decode(str_c(t[i][1]), a, &out));
		assert_str(out, t[i][0]);
	}
	for (size_t i = 0; i < NELEM(bad); i++)
		assert_false(b64url_decode(str_c(bad[i]), a, &out));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
