#include "mail/bearer.h"

#include "base/test.h"

#define S(in) { "" in, sizeof(in) - 1 }

static const struct {
	struct str in;
	bool ok;
	const char *user, *token, *host;
	uint32_t port;
} oauth[] = {
	/* RFC 7628 4.1 */
	{ S("n,a=user@example.com,\1host=server.example.com\1port=143\1"
	    "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"), true,
	    "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
	    "server.example.com", 143 },
	{ S("n,,\1auth=Bearer a.b-c_d~e+f/g=\1\1"), true, "",
	    "a.b-c_d~e+f/g=", "", 0 },
	{ S("y,a=a=2Cb=3D=2Cc,\1auth=bearer   x\1\1"), true, "a,b=,c", "x",
	    "", 0 },
	/* What nobody knows is passed over. */
	{ S("n,,\1mthd=POST\1auth=Bearer x\1zzz=\r\n\t\1\1"), true, "", "x",
	    "", 0 },
	{ S(""), false },
	{ S("\1"), false },
	{ S("n,,\1\1"), false },			/* no token */
	{ S("n,,\1host=x\1port=25\1\1"), false },
	{ S("p=tls-exporter,,\1auth=Bearer x\1\1"), false },
	{ S("F,n,,\1auth=Bearer x\1\1"), false },
	{ S("x,,\1auth=Bearer x\1\1"), false },
	{ S("n,b=c,\1auth=Bearer x\1\1"), false },
	{ S("n,a=,\1auth=Bearer x\1\1"), false },
	{ S("n,a=a=2Db,\1auth=Bearer x\1\1"), false },
	{ S("n,a=a=2,\1auth=Bearer x\1\1"), false },
	{ S("n,a=\xff,\1auth=Bearer x\1\1"), false },
	{ S("n,,\1auth=Bearer x\1"), false },		/* cut */
	{ S("n,,\1auth=Bearer x"), false },
	{ S("n,,\1auth=Bearer x\1\1z"), false },
	{ S("n,,\1auth=Bearer x\1\1\1"), false },
	{ S("n,,\1auth=Bearer x\1auth=Bearer y\1\1"), false },
	{ S("n,,\1auth=Basic x\1\1"), false },
	{ S("n,,\1auth=Bearer\1\1"), false },
	{ S("n,,\1auth=Bearer \1\1"), false },
	{ S("n,,\1auth=Bearer =\1\1"), false },
	{ S("n,,\1auth=Bearer x y\1\1"), false },
	{ S("n,,\1auth=Bearer x=y\1\1"), false },
	{ S("n,,\1auth=Bearer x\0\1\1"), false },
	{ S("n,,\1auth=Bearer \xc3\xa4\1\1"), false },
	{ S("n,,\1a1=x\1auth=Bearer x\1\1"), false },
	{ S("n,,\1=x\1auth=Bearer x\1\1"), false },
	{ S("n,,\1port=0\1auth=Bearer x\1\1"), false },
	{ S("n,,\1port=025\1auth=Bearer x\1\1"), false },
	{ S("n,,\1port=65536\1auth=Bearer x\1\1"), false },
	{ S("n,,\1port=\1auth=Bearer x\1\1"), false },
	{ S("n,,\1port=25\1port=25\1auth=Bearer x\1\1"), false },
	{ S("n,,\1host=\1auth=Bearer x\1\1"), false },
	{ S("user=a\1auth=Bearer x\1\1"), false },
}, xoauth2[] = {
	{ S("user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc\1\1"),
	    true, "someuser@example.com", "ya29.vF9dft4qmTc", "", 0 },
	{ S("user=\1auth=Bearer x\1\1"), false },
	{ S("user=a\1auth=Bearer x\1"), false },
	{ S("user=a\1auth=Bearer x\1\1\1"), false },
	{ S("user=a\1auth=Bearer \1\1"), false },
	{ S("user=a\1auth=Basic x\1\1"), false },
	{ S("user=a\xff\1auth=Bearer x\1\1"), false },
	{ S("auth=Bearer x\1user=a\1\1"), false },
	{ S("n,a=a,\1auth=Bearer x\1\1"), false },
	{ S(""), false },
};

#define CHECK(form, t)                                                     \
	for (size_t i = 0; i < NELEM(t); i++) {                            \
		struct arena *a = arena_new(8192);                         \
		struct bearer_message m;                                   \
		bool ok = bearer_read(form, t[i].in, a, &m);               \
                                                                           \
		if (ok != t[i].ok)                                         \
			fail_msg("%s, row %zu", #t, i);                    \
		if (ok) {                                                  \
			assert_str(m.user, t[i].user);                     \
			assert_str(m.token, t[i].token);                   \
			assert_str(m.host, t[i].host);                     \
			assert_int_equal(m.port, t[i].port);               \
		}                                                          \
		arena_free(a);                                             \
	}

static void
test_messages(void **state unused_arg)
{
	CHECK(BEARER_OAUTH, oauth);
	CHECK(BEARER_XOAUTH2, xoauth2);
}

/* Of each good message every beginning is none. */
static void
test_cut(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 16);
	struct bearer_message m;

	for (size_t n = 0; n < oauth[0].in.n; n++)
		assert_false(bearer_read(BEARER_OAUTH, str_first(oauth[0].in,
		    n), a, &m));
	arena_free(a);
}

static void
test_bounds(void **state unused_arg)
{
	static char text[BEARER_TOKEN_MAX + 1];

	memset(text, 'x', sizeof(text));
	assert_true(bearer_is_token(str_make(text, sizeof(text) - 1)));
	assert_false(bearer_is_token(str_make(text, sizeof(text))));
}

static void
test_field(void **state unused_arg)
{
	struct str token = STR("no");

	assert_true(bearer_read_field(STR("Bearer  abc="), &token));
	assert_str(token, "abc=");
	assert_false(bearer_read_field(STR("Bearer"), &token));
	assert_false(bearer_read_field(STR("Bearer abc,x"), &token));
	assert_false(bearer_read_field(STR("Basic abc"), &token));
	assert_str(token, "abc=");
}

static void
test_errors(void **state unused_arg)
{
	auto_buf b = BUF_INIT(BEARER_ERROR_MAX);

	/* RFC 7628 4.3 */
	bearer_put_error(&b, BEARER_OAUTH, STR("invalid_token"),
	    STR("example_scope"), STR("https://example.com"));
	assert_str(buf_get(&b), "{\"status\":\"invalid_token\","
	    "\"schemes\":\"bearer\",\"scope\":\"example_scope\","
	    "\"openid-configuration\":\"https://example.com/.well-known/"
	    "openid-configuration\"}");
	buf_reset(&b);
	bearer_put_error(&b, BEARER_OAUTH, STR("invalid_request"), STR_NULL,
	    STR("https://example.com/x/"));
	assert_str(buf_get(&b), "{\"status\":\"invalid_request\","
	    "\"schemes\":\"bearer\",\"openid-configuration\":"
	    "\"https://example.com/x/.well-known/openid-configuration\"}");
	buf_reset(&b);
	bearer_put_error(&b, BEARER_XOAUTH2, STR("invalid_token"), STR("a\"b"),
	    STR_NULL);
	assert_str(buf_get(&b), "{\"status\":\"401\",\"schemes\":\"bearer\","
	    "\"scope\":\"a\\\"b\"}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
