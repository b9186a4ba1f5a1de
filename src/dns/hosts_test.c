#include "dns/hosts.h"

#include "base/test.h"
#include "dns/name.h"

/* A resolver of a few lines: what it knows is a table. */
struct known {
	const char *name;
	enum dns_type type;
	enum dns_result result;
	enum dns_security security;
	const char *data;	/* "10 mx.test,20 ." or addresses */
};

static const struct known zone[] = {
	{ "one.test", DNS_MX, DNS_OK, DNS_SECURE, "10 mx1.test" },
	{ "mx1.test", DNS_A, DNS_OK, DNS_SECURE, "192.0.2.1,192.0.2.2" },
	{ "mx1.test", DNS_AAAA, DNS_OK, DNS_SECURE,
	    "2001:db8::1,2001:db8::2,2001:db8::3" },
	{ "mx2.test", DNS_A, DNS_OK, DNS_INSECURE, "192.0.2.3" },
	{ "mx3.test", DNS_AAAA, DNS_OK, DNS_INSECURE, "2001:db8::4" },
	{ "mx4.test", DNS_A, DNS_FAILED, DNS_BOGUS, NULL },
	{ "mx4.test", DNS_AAAA, DNS_OK, DNS_SECURE, "2001:db8::4" },
	{ "lame.test", DNS_A, DNS_FAILED, DNS_INSECURE, NULL },
	{ "lame.test", DNS_AAAA, DNS_FAILED, DNS_INSECURE, NULL },
	{ "empty.test", DNS_A, DNS_NODATA, DNS_SECURE, NULL },
	{ "order.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "30 mx3.test,10 mx1.test,20 mx2.test" },
	{ "equal.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "10 mx1.test,10 mx2.test,10 mx3.test,20 mx4.test" },
	{ "twice.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "10 mx1.test,20 mx2.test,30 mx1.test" },
	{ "some.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "10 lame.test,20 gone.test,30 mx2.test" },
	{ "alllame.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "10 lame.test,20 gone.test" },
	{ "noaddr.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "10 empty.test,20 gone.test" },
	{ "odd.test", DNS_MX, DNS_OK, DNS_INSECURE, "10 a\\032b.test" },
	{ "null.test", DNS_MX, DNS_OK, DNS_SECURE, "0 ." },
	{ "half.test", DNS_MX, DNS_OK, DNS_SECURE, "0 .,10 mx2.test" },
	{ "bogus.test", DNS_MX, DNS_FAILED, DNS_BOGUS, NULL },
	{ "servfail.test", DNS_MX, DNS_FAILED, DNS_INSECURE, NULL },
	{ "mx2.test", DNS_MX, DNS_NODATA, DNS_SECURE, NULL },
	{ "empty.test", DNS_MX, DNS_NODATA, DNS_SECURE, NULL },
	{ "lame.test", DNS_MX, DNS_NODATA, DNS_SECURE, NULL },
	{ "xn--bcher-kva.test", DNS_MX, DNS_OK, DNS_INSECURE, "1 mx2.test" },
	{ "many.test", DNS_MX, DNS_OK, DNS_INSECURE,
	    "25 h25,24 h24,23 h23,22 h22,21 h21,20 h20,19 h19,18 h18,17 h17,"
	    "16 h16,15 h15,14 h14,13 h13,12 h12,11 h11,10 h10,9 h9,8 h8,7 h7,"
	    "6 h6,5 h5,4 h4,3 h3,2 h2,1 mx2.test" },
	{ "crowd.test", DNS_A, DNS_OK, DNS_INSECURE,
	    "1.0.0.1,1.0.0.2,1.0.0.3,1.0.0.4,1.0.0.5,1.0.0.6,1.0.0.7,1.0.0.8,"
	    "1.0.1.1,1.0.1.2,1.0.1.3,1.0.1.4,1.0.1.5,1.0.1.6,1.0.1.7,1.0.1.8,"
	    "1.0.2.1" },
	{ "crowd.test", DNS_AAAA, DNS_OK, DNS_INSECURE, "2001:db8::1" },
};

static struct world {
	struct clock clock;
	struct loop *loop;
	struct ipc *server;
	struct dns *dns;
	struct arena *a;
	int asked;
	bool mute;		/* it never answers */

	const char *domain;	/* the question */
	bool mx;
	struct self self;
	int64_t deadline_ms;
	struct hosts hosts;	/* the answer */
	struct err err;
	int rc;
	bool done;
} w;

static const struct known *
look_up(struct str name, uint32_t type)
{
	for (size_t i = 0; i < NELEM(zone); i++)
		if (zone[i].type == type &&
		    str_eq(str_c(zone[i].name), name))
			return &zone[i];
	return NULL;
}

static void
put_row(struct buf *b, enum dns_type type, struct str one)
{
	struct dns_record row = { 0 };
	struct host_address address;
	struct str number;

	if (type == DNS_MX) {
		(void)str_cut(one, ' ', &number, &row.data);
		assert_true(str_u32(number, &row.preference));
		if (str_eq(row.data, STR(".")))
			row.data = STR("");
	} else {
		assert_true(host_address_read(one, &address));
		row.data = str_make((const char *)address.octets,
		    address.v6 ? 16 : 4);
	}
	msg_put(b, &dns_record_shape, &row);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	const struct lookup_ask *ask = req->ask;
	struct lookup_answer answer = { .result = DNS_NXDOMAIN };
	struct arena *a = arena_new(16384);
	const struct known *k = NULL;
	auto_buf b = BUF_INIT(65000);

	(void)owner;
	w.asked++;
	if (!dns_name(ask->name, a, &answer.name))
		answer.result = DNS_BAD_NAME;
	else
		k = look_up(answer.name, ask->type);
	if (k) {
		struct str rest = str_c(k->data), one;

		answer.result = k->result;
		answer.security = k->security;
		if (k->result == DNS_FAILED)
			answer.why = STR("for a reason");
		while (rest.n > 0) {
			(void)str_cut(rest, ',', &one, &rest);
			put_row(&b, k->type, one);
		}
	}
	answer.records = buf_get(&b);
	if (w.mute)
		ipc_drop(req);
	else
		ipc_reply(req, &answer, -1);
	arena_free(a);
}

static void
on_gone(void *owner, struct ipc *ipc, const char *why)
{
	(void)owner;
	(void)ipc;
	(void)why;
}

static int
set_up(void **state)
{
	static const struct ipc_service service = { dns_calls, DNS_NCALLS,
		on_ask, on_gone };
	struct ipc_options o = { .service = &service,
		.authority = DNS_AUTH_ROLE };
	int fds[2];

	(void)state;
	memset(&w, 0, sizeof(w));
	w.clock = clock_real();
	w.loop = loop_new(&w.clock, NULL);
	assert_int_equal(ipc_pair(fds, NULL), 0);
	w.server = ipc_open(w.loop, fds[1], &o, NULL);
	w.dns = dns_new(w.loop, fds[0]);
	w.a = arena_new(HOSTS_MEMORY);
	w.deadline_ms = 5000;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	dns_free(w.dns);
	ipc_close(w.server);
	arena_free(w.a);
	loop_free(w.loop);
	return 0;
}

static void
find_fiber(void *arg)
{
	(void)arg;
	w.rc = hosts_find(w.dns, w.loop, str_c(w.domain), w.mx, &w.self,
	    &w.hosts, w.a, loop_now_ms(w.loop) + w.deadline_ms, &w.err);
	w.done = true;
}

static enum hosts_result
find(const char *domain, bool mx)
{
	arena_reset(w.a);
	w.domain = domain;
	w.mx = mx;
	w.done = false;
	(void)fiber_spawn(w.loop, "find", find_fiber, NULL);
	while (!w.done)
		loop_once(w.loop, 100);
	loop_once(w.loop, 0);
	assert_int_equal(loop_fibers(w.loop), 0);
	if (w.rc == 0 && w.hosts.result != HOSTS_OK)
		assert_true(w.hosts.why.n > 0);
	return w.hosts.result;
}

static void
check_host(size_t i, const char *name, const char *addresses)
{
	const struct host *h = &w.hosts.host[i];
	auto_buf b = BUF_INIT(4096);
	char room[48];

	assert_true(i < w.hosts.n);
	assert_str(h->name, name);
	for (size_t k = 0; k < h->naddresses; k++) {
		if (k > 0)
			buf_chr(&b, ' ');
		buf_str(&b, host_address_text(&h->address[k], room));
	}
	assert_str(buf_get(&b), addresses);
	assert_int_equal(h->naddresses == 0, h->why.n > 0);
}

static void
test_order(void **state)
{
	(void)state;
	assert_int_equal(find("one.test", true), HOSTS_OK);
	assert_true(w.hosts.mx && w.hosts.secure && w.hosts.host[0].secure);
	assert_int_equal(w.hosts.n, 1);
	assert_int_equal(w.hosts.host[0].preference, 10);
	check_host(0, "mx1.test", "2001:db8::1 192.0.2.1 2001:db8::2 "
	    "192.0.2.2 2001:db8::3");
	assert_int_equal(find("order.test.", true), HOSTS_OK);
	assert_str(w.hosts.name, "order.test");
	assert_false(w.hosts.secure);
	assert_int_equal(w.hosts.n, 3);
	assert_str(w.hosts.host[0].name, "mx1.test");
	check_host(1, "mx2.test", "192.0.2.3");
	check_host(2, "mx3.test", "2001:db8::4");
	assert_false(w.hosts.host[1].secure);
	assert_int_equal(find("twice.test", true), HOSTS_OK);
	assert_int_equal(w.hosts.n, 2);
	assert_int_equal(find("B\xc3\x9c" "CHER.test", true), HOSTS_OK);
	assert_str(w.hosts.name, "xn--bcher-kva.test");
}

/* Each of the three is the first some time; the fourth never is. */
static void
test_random(void **state)
{
	int first[4] = { 0 };

	(void)state;
	for (int i = 0; i < 60; i++) {
		assert_int_equal(find("equal.test", true), HOSTS_OK);
		assert_int_equal(w.hosts.n, 4);
		first[w.hosts.host[0].name.p[2] - '1']++;
		assert_str(w.hosts.host[3].name, "mx4.test");
	}
	assert_true(first[0] > 2 && first[1] > 2 && first[2] > 2);
	assert_int_equal(first[3], 0);
}

static void
test_without_mx(void **state)
{
	(void)state;
	assert_int_equal(find("mx2.test", true), HOSTS_OK);
	assert_false(w.hosts.mx);
	assert_true(w.hosts.secure);
	check_host(0, "mx2.test", "192.0.2.3");
	assert_int_equal(w.hosts.host[0].preference, 0);
	assert_int_equal(find("empty.test", true), HOSTS_NO_ADDRESS);
	assert_int_equal(find("lame.test", true), HOSTS_FAILED);
	/* Not asked for. */
	w.asked = 0;
	assert_int_equal(find("mx1.test", false), HOSTS_OK);
	assert_int_equal(w.asked, 2);
	assert_false(w.hosts.mx);
}

static void
test_none(void **state)
{
	(void)state;
	assert_int_equal(find("gone.test", true), HOSTS_NONE);
	assert_int_equal(find("", true), HOSTS_NONE);
	assert_int_equal(find("a..b", true), HOSTS_NONE);
	assert_int_equal(find("null.test", true), HOSTS_NULL_MX);
	assert_int_equal(find("half.test", true), HOSTS_OK);
	assert_int_equal(w.hosts.n, 1);
	assert_int_equal(find("noaddr.test", true), HOSTS_NO_ADDRESS);
	/* There are MX: the name's own addresses do not count. */
	assert_int_equal(find("odd.test", true), HOSTS_NO_ADDRESS);
}

static bool
says(struct str s, const char *words)
{
	return str_find(s, str_c(words)) < s.n;
}

static void
test_trouble(void **state)
{
	(void)state;
	assert_int_equal(find("bogus.test", true), HOSTS_FAILED);
	assert_true(says(w.hosts.why, "bogus"));
	assert_true(says(w.hosts.why, "for a reason"));
	assert_int_equal(find("servfail.test", true), HOSTS_FAILED);
	assert_false(says(w.hosts.why, "bogus"));
	assert_int_equal(find("alllame.test", true), HOSTS_FAILED);
	assert_int_equal(find("some.test", true), HOSTS_OK);
	check_host(0, "lame.test", "");
	check_host(1, "gone.test", "");
	check_host(2, "mx2.test", "192.0.2.3");
	/* One half is forged, the other is good: who can forge does not make
	 * that insecure. */
	assert_int_equal(find("mx4.test", false), HOSTS_OK);
	check_host(0, "mx4.test", "2001:db8::4");
	assert_true(w.hosts.host[0].secure && w.hosts.host[0].bogus);
}

static void
test_self(void **state)
{
	static const struct str names[] = { { "other.test", 10 },
		{ "mx2.test", 8 } };

	(void)state;
	w.self = (struct self){ names, 2 };
	assert_int_equal(find("order.test", true), HOSTS_OK);
	assert_int_equal(w.hosts.n, 1);
	assert_str(w.hosts.host[0].name, "mx1.test");
	/* Our equals are no better than we are. */
	for (int i = 0; i < 30; i++)
		assert_int_equal(find("equal.test", true), HOSTS_LOOP);
	assert_int_equal(find("half.test", true), HOSTS_LOOP);
	assert_int_equal(find("mx2.test", true), HOSTS_LOOP);
	/* Who names a host means it. */
	assert_int_equal(find("mx2.test", false), HOSTS_OK);
}

static void
test_bounds(void **state)
{
	(void)state;
	assert_int_equal(find("many.test", true), HOSTS_OK);
	assert_int_equal(w.hosts.n, HOSTS_MAX);
	check_host(0, "mx2.test", "192.0.2.3");
	check_host(19, "h20", "");
	assert_int_equal(find("crowd.test", false), HOSTS_OK);
	assert_int_equal(w.hosts.host[0].naddresses, ADDRESSES_MAX);
	assert_true(w.hosts.host[0].address[0].v6);
}

static void
test_literals(void **state)
{
	(void)state;
	assert_int_equal(find("[192.0.2.7]", true), HOSTS_OK);
	check_host(0, "[192.0.2.7]", "192.0.2.7");
	assert_int_equal(find("[IPv6:2001:DB8::7]", true), HOSTS_OK);
	check_host(0, "[ipv6:2001:db8::7]", "2001:db8::7");
	assert_int_equal(find("[::1]", false), HOSTS_OK);
	assert_int_equal(find("[IPv6:192.0.2.1]", true), HOSTS_NONE);
	assert_int_equal(find("[x-tag:abc]", true), HOSTS_NONE);
	assert_int_equal(find("[192.0.2.7", true), HOSTS_NONE);
	assert_int_equal(find("[]", true), HOSTS_NONE);
	assert_int_equal(find("[", true), HOSTS_NONE);
	assert_int_equal(find("[192.0.2.300]", true), HOSTS_NONE);
	assert_int_equal(w.asked, 0);
}

static void
test_no_answer(void **state)
{
	(void)state;
	w.mute = true;
	w.deadline_ms = 50;
	(void)find("one.test", true);
	assert_int_equal(w.rc, E_TIMEOUT);
	assert_int_equal(find("mx1.test", false), HOSTS_FAILED);
	assert_int_equal(w.rc, 0);
}

static void
test_canceled(void **state)
{
	(void)state;
	w.mute = true;
	w.domain = "mx1.test";
	w.mx = false;
	(void)fiber_spawn(w.loop, "find", find_fiber, NULL);
	for (int i = 0; i < 5; i++)
		loop_once(w.loop, 10);
	loop_cancel_all(w.loop);
	while (!w.done)
		loop_once(w.loop, 100);
	assert_int_equal(w.rc, E_CANCELED);
	loop_once(w.loop, 0);
}

static const struct {
	const char *text;
	bool private;
} addresses[] = {
	{ "0.0.0.0", true }, { "0.255.255.255", true }, { "1.0.0.0", false },
	{ "9.255.255.255", false }, { "10.0.0.0", true },
	{ "10.255.255.255", true }, { "11.0.0.0", false },
	{ "100.63.255.255", false }, { "100.64.0.0", true },
	{ "100.127.255.255", true }, { "100.128.0.0", false },
	{ "126.255.255.255", false }, { "127.0.0.1", true },
	{ "127.255.255.255", true }, { "128.0.0.0", false },
	{ "169.253.255.255", false }, { "169.254.169.254", true },
	{ "169.255.0.0", false }, { "172.15.255.255", false },
	{ "172.16.0.0", true }, { "172.31.255.255", true },
	{ "172.32.0.0", false }, { "191.255.255.255", false },
	{ "192.0.0.0", true }, { "192.0.1.0", false }, { "192.0.2.1", true },
	{ "192.0.3.0", false }, { "192.88.98.255", false },
	{ "192.88.99.1", true }, { "192.167.255.255", false },
	{ "192.168.0.0", true }, { "192.168.255.255", true },
	{ "192.169.0.0", false }, { "198.17.255.255", false },
	{ "198.18.0.0", true }, { "198.19.255.255", true },
	{ "198.20.0.0", false }, { "198.51.100.7", true },
	{ "198.51.101.0", false }, { "203.0.113.7", true },
	{ "203.0.114.0", false }, { "223.255.255.255", false },
	{ "224.0.0.1", true }, { "239.255.255.255", true },
	{ "240.0.0.0", true }, { "255.255.255.255", true },
	{ "::", true }, { "::1", true }, { "::192.0.32.1", true },
	{ "::ffff:127.0.0.1", true }, { "::ffff:8.8.8.8", true },
	{ "64:ff9b::8.8.8.8", false }, { "64:ff9b::10.0.0.1", true },
	{ "64:ff9b::7f00:1", true }, { "64:ff9b:1::1", true },
	{ "64:ff9b:2::1", false }, { "100::1", true }, { "100:0:0:1::", false },
	{ "2001::1", true }, { "2001:1ff::", true }, { "2001:200::", false },
	{ "2001:db7::", false }, { "2001:db8::1", true },
	{ "2001:db9::", false }, { "2002:808:808::1", false },
	{ "2002:a00:1::1", true }, { "2002:7f00:1::", true },
	{ "2002:c0a8:101::", true }, { "2606:4700::1111", false },
	{ "3fff::1", true }, { "3fff:fff::", true }, { "3fff:1000::", false },
	{ "5f00::1", true }, { "5f01::1", false },
	{ "fbff::", false }, { "fc00::1", true }, { "fdff::1", true },
	{ "fe00::", false }, { "fe80::1", true }, { "febf::1", true },
	{ "fec0::1", true }, { "ff02::1", true },
};

static void
test_private(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(addresses); i++) {
		struct host_address a;

		assert_true(host_address_read(str_c(addresses[i].text), &a));
		if (host_address_is_private(&a) != addresses[i].private)
			fail_msg("%s", addresses[i].text);
	}
	assert_false(host_address_read(STR("fe80::1%lo"), &(
	    struct host_address){ 0 }));
	assert_false(host_address_read(str_make("1.2.3.4\0x", 9), &(
	    struct host_address){ 0 }));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_order), T(test_random), T(test_without_mx),
		T(test_none), T(test_trouble), T(test_self), T(test_bounds),
		T(test_literals), T(test_no_answer), T(test_canceled),
		cmocka_unit_test(test_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
