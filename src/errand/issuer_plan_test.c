#include "base/test.h"
#include "errand/issuer_plan.h"

static struct arena *
memory(void)
{
	return arena_new(1 << 16);
}

#define URL(wanted, text) assert_string_equal((text).url, wanted)

static void
test_discovery(void **state unused_arg)
{
	static const struct {
		const char *issuer, *first, *second;
	} t[] = {
		{ "https://id.example",
		    "https://id.example/.well-known/openid-configuration",
		    "https://id.example/.well-known/"
		    "oauth-authorization-server" },
		{ "https://id.example/",
		    "https://id.example/.well-known/openid-configuration",
		    "https://id.example/.well-known/"
		    "oauth-authorization-server" },
		/* RFC 8414 3.1, 5 */
		{ "https://id.example:8443/issuer1",
		    "https://id.example:8443/issuer1/.well-known/"
		    "openid-configuration",
		    "https://id.example:8443/.well-known/"
		    "oauth-authorization-server/issuer1" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct oauth_conf c = { .issuer = str_c(t[i].issuer) };
		struct arena *a = memory();
		struct errand_plan p;

		assert_true(issuer_plan_discovery(&c, false, a, &p));
		URL(t[i].first, p);
		assert_str(p.host, "id.example");
		assert_true(issuer_plan_discovery(&c, true, a, &p));
		URL(t[i].second, p);
		assert_int_equal(p.body.n, 0);
		arena_free(a);
	}
}

/* Whatever an issuer says of itself leads nowhere else. */
static void
test_keys(void **state unused_arg)
{
	static const char *const elsewhere[] = { "",
		"https://keys.example/jwks", "https://id.example.evil.test/",
		"https://id.example:8443/jwks", "http://id.example/jwks",
		"https://id.example@evil.test/", "https://127.0.0.1/jwks",
		"file:///etc/passwd", "https://id.example/../x",
		"https://id.example/jwks?x=1" };
	struct oauth_conf c = { .issuer = STR("https://id.example/x") };
	struct arena *a = memory();
	struct errand_plan p;

	assert_true(issuer_plan_keys(&c, STR("https://id.example/jwks"), a,
	    &p));
	URL("https://id.example/jwks", p);
	assert_true(errand_type_fits(&p, STR("application/json;x=y")));
	assert_true(errand_type_fits(&p, STR("application/jwk-set+json")));
	assert_false(errand_type_fits(&p, STR("text/html")));
	assert_false(errand_type_fits(&p, STR("")));
	for (size_t i = 0; i < NELEM(elsewhere); i++)
		if (issuer_plan_keys(&c, str_c(elsewhere[i]), a, &p))
			fail_msg("%s", elsewhere[i]);
	/* The operator may name another host; then nothing else counts. */
	c.keys_url = STR("https://keys.example:444/jwks");
	assert_true(issuer_plan_keys(&c, STR("https://id.example/k"), a, &p));
	URL("https://keys.example:444/jwks", p);
	assert_int_equal(p.port, 444);
	arena_free(a);
}

static void
test_token(void **state unused_arg)
{
	struct oauth_conf c = { .issuer = STR("https://id.example") };
	struct arena *a = memory();
	struct errand_plan p;

	assert_false(issuer_plan_token(&c, STR("x"), a, &p));
	c.introspection = STR("https://id.example/ask");
	assert_true(issuer_plan_token(&c, STR("x"), a, &p));
	URL("https://id.example/ask", p);
	assert_str(p.body, "token_type_hint=access_token&token=x");
	assert_int_equal(p.nfields, 2);
	c.client_id = STR("me");
	c.client_secret = STR("pw");
	assert_true(issuer_plan_token(&c, STR("x"), a, &p));
	assert_int_equal(p.nfields, 3);
	assert_string_equal(p.fields[2], "Authorization: Basic bWU6cHc=");
	arena_free(a);
}

struct ports {
	uint16_t port[8];
	size_t n;
};

static void
take_port(void *arg, uint16_t port)
{
	struct ports *p = arg;

	p->port[p->n++] = port;
}

static void
test_list(void **state unused_arg)
{
	const struct oauth_conf one = { .issuer = STR("https://a.example") };
	const struct oauth_conf two = { .issuer = STR("https://b.example:1"),
		.keys_url = STR("https://c.example:2/"),
		.introspection = STR("https://d.example:3/") };
	auto_buf list = BUF_INIT(4096);
	struct oauth_conf found;
	struct ports ports = { .n = 0 };

	msg_put(&list, &oauth_conf_shape, &one);
	msg_put(&list, &oauth_conf_shape, &two);
	assert_true(issuer_find(buf_get(&list), two.issuer, &found));
	assert_str(found.keys_url, "https://c.example:2/");
	assert_false(issuer_find(buf_get(&list), STR("https://a.example/"),
	    &found));
	assert_false(issuer_find(STR_NULL, one.issuer, &found));
	issuer_ports(buf_get(&list), take_port, &ports);
	assert_int_equal(ports.n, 4);
	assert_int_equal(ports.port[0], 443);
	assert_int_equal(ports.port[3], 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discovery),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
