#include "dns/settings.h"

#include "base/test.h"

static struct config config;
static struct buf servers = { .cap = 4000 }, stubs = { .cap = 8000 };

static void
add_server(const char *address, uint32_t port)
{
	struct nameserver_conf c = { str_c(address), port };

	msg_put(&servers, &nameserver_conf_shape, &c);
	config.nameservers = buf_get(&servers);
}

static void
add_stub(const char *zone, const char *address, uint32_t port)
{
	struct stub_conf c = { str_c(zone), str_c(address), port };

	msg_put(&stubs, &stub_conf_shape, &c);
	config.stub_zones = buf_get(&stubs);
}

static int
fresh(void **state)
{
	(void)state;
	buf_reset(&servers);
	buf_reset(&stubs);
	config = (struct config){ 0 };
	return 0;
}

static bool
has(const struct buf *b, const char *text)
{
	return str_find(buf_get(b), str_c(text)) < b->n;
}

static void
test_servers(void **state)
{
	struct settings s = { .config = &config,
		.resolv_conf = STR("nameserver 192.0.2.9\n") };
	auto_buf b = BUF_INIT(1 << 16);

	(void)state;
	add_server("127.0.0.1", 5353);
	add_server("2001:db8::53", 0);
	assert_int_equal(settings_write(&s, &b, NULL), 0);
	assert_true(has(&b, "forward-zone:\n  name: \".\"\n"
	    "  forward-addr: 127.0.0.1@5353\n"
	    "  forward-addr: 2001:db8::53@53\n"));
	assert_false(has(&b, "192.0.2.9"));
	assert_false(has(&b, "trust-anchor"));
}

static void
test_resolv_conf(void **state)
{
	struct settings s = { .config = &config, .resolv_conf = STR(
	    "# nameserver 192.0.2.1\nsearch example.org\nnameserver\n"
	    "nameservers 192.0.2.2\n\tnameserver \t192.0.2.3 \r\n"
	    "nameserver fe80::1%eth0\nnameserver 192.0.2.4@1\n"
	    "nameserver ::1\nnameserver 192.0.2.5") };
	auto_buf b = BUF_INIT(1 << 16);

	(void)state;
	assert_int_equal(settings_write(&s, &b, NULL), 0);
	assert_true(has(&b, "forward-zone:\n  name: \".\"\n"
	    "  forward-addr: 192.0.2.3@53\n"
	    "  forward-addr: ::1@53\n"
	    "  forward-addr: 192.0.2.5@53\n"));
	s.resolv_conf = STR("");
	buf_reset(&b);
	assert_int_equal(settings_write(&s, &b, NULL), 0);
	assert_false(has(&b, "forward-zone"));
}

static void
test_stubs(void **state)
{
	struct settings s = { .config = &config,
		.trust_anchor = STR("/etc/an anchor"),
		.anchor_is_default = true };
	auto_buf b = BUF_INIT(1 << 16);

	(void)state;
	add_stub("corp.test", "127.0.0.1", 5353);
	add_stub("b\xc3\xbc.test.", "::1", 53);
	add_stub("CORP.test", "127.0.0.2", 53);
	assert_int_equal(settings_write(&s, &b, NULL), 0);
	assert_true(has(&b, "trust-anchor-file: \"/etc/an anchor\"\n"));
	assert_true(has(&b, "local-zone: \"corp.test.\" nodefault\n"
	    "  domain-insecure: \"corp.test.\"\n"));
	assert_true(has(&b, "stub-zone:\n  name: \"corp.test.\"\n"
	    "  stub-addr: 127.0.0.1@5353\n  stub-addr: 127.0.0.2@53\n"
	    "stub-zone:\n  name: \"xn--b-eha.test.\"\n"
	    "  stub-addr: ::1@53\n"));
	s.anchor_is_default = false;
	buf_reset(&b);
	assert_int_equal(settings_write(&s, &b, NULL), 0);
	assert_false(has(&b, "domain-insecure"));
}

static void
refused(const struct settings *s)
{
	auto_buf b = BUF_INIT(1 << 16);
	struct err err = { 0 };

	assert_int_equal(settings_write(s, &b, &err), E_INVALID);
	assert_true(err.text[0]);
	(void)fresh(NULL);
}

static void
test_refused(void **state)
{
	struct settings s = { .config = &config };

	(void)state;
	add_server("ns.example.org", 53);
	refused(&s);
	add_server("127.0.0.1\n  chroot: x", 53);
	refused(&s);
	add_server("127.0.0.1", 65536);
	refused(&s);
	add_stub("a b", "127.0.0.1", 53);
	refused(&s);
	add_stub("a\"\n.test", "127.0.0.1", 53);
	refused(&s);
	config.stub_zones = STR("xxx");
	refused(&s);
	s.trust_anchor = STR("/a\"b");
	refused(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_servers, fresh),
		cmocka_unit_test_setup(test_resolv_conf, fresh),
		cmocka_unit_test_setup(test_stubs, fresh),
		cmocka_unit_test_setup(test_refused, fresh),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&servers);
	buf_free(&stubs);
	return rc;
}
