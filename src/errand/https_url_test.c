#include "base/test.h"
#include "errand/https_url.h"

static void
test_read(void **state unused_arg)
{
	static const struct {
		const char *in;
		bool ok;
		const char *host;
		uint16_t port;
		const char *path;
	} t[] = {
		{ "https://id.example", true, "id.example", 443, "" },
		{ "https://id.example/", true, "id.example", 443, "/" },
		{ "https://id.example:8443/realms/x", true, "id.example", 8443,
		    "/realms/x" },
		{ "https://a-b.c_d.example/v2.0/~x;y=1", true,
		    "a-b.c_d.example", 443, "/v2.0/~x;y=1" },
		{ "", false },
		{ "http://id.example/", false },
		{ "https://", false },
		{ "https:///x", false },
		{ "https://localhost/x", false },
		{ "https://192.0.2.1/x", false },
		{ "https://[2001:db8::1]/x", false },
		{ "https://me@id.example/", false },
		{ "https://me:pw@id.example/", false },
		{ "https://ID.example/", false },
		{ "https://id.example:0/", false },
		{ "https://id.example:65536/", false },
		{ "https://id.example:99999999999/", false },
		{ "https://id.example:/", false },
		{ "https://id.example/?x=1", false },
		{ "https://id.example/#x", false },
		{ "https://id.example/a b", false },
		{ "https://id.example/%2e%2e/", false },
		{ "https://id.example/a/../b", false },
		{ "https://id.example/a/.", false },
		{ "https://id.example/a\\b", false },
		{ "https://id.example\r\nHost: x/", false },
		{ "https://id..example/", false },
		{ "https://.example/", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct https_url u;

		assert_int_equal(https_url_read(str_c(t[i].in), &u), t[i].ok);
		if (!t[i].ok)
			continue;
		assert_str(u.host, t[i].host);
		assert_int_equal(u.port, t[i].port);
		assert_str(u.path, t[i].path);
	}
	/* A NUL is none of its octets, either. */
	{
		struct https_url u;

		assert_false(https_url_read(STR("https://id.example/a\0b"),
		    &u));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
