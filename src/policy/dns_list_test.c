#include "policy/dns_list.h"

#include "base/test.h"

static struct arena *a;

/* RFC 5782 2.1, 2.4 */
static void
test_names_of_hosts(void **state unused_arg)
{
	static const struct {
		const char *ip, *name;
	} t[] = {
		{ "192.0.2.99", "99.2.0.192.bad.example" },
		{ "2001:db8:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0."
		    "0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bad.example" },
		{ "::ffff:192.0.2.99", "99.2.0.192.bad.example" },
	};
	struct ip ip;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(ip_parse(str_c(t[i].ip), &ip));
		assert_str(dns_list_host_name(&ip, STR("bad.example"), a),
		    t[i].name);
	}
}

/* What is asked about something, by the kind of the list. */
static void
test_names_of_things(void **state unused_arg)
{
	static const struct {
		enum dns_list_of of;
		const char *what, *name;
	} t[] = {
		{ DNS_LIST_URLS, "evil.example", "evil.example.l.example" },
		{ DNS_LIST_URLS, "192.0.2.1", "1.2.0.192.l.example" },
		{ DNS_LIST_DOMAINS, "192.0.2.1", "192.0.2.1.l.example" },
		{ DNS_LIST_HASHES, "Bad@example.org",
		    "905dc1bba1d31d8706cf5a327d039c813b13bd17"
		    ".l.example" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct dns_list_conf list = { .zone = STR("l.example"),
			.of = t[i].of };

		assert_str(dns_list_name(&list, str_c(t[i].what), a),
		    t[i].name);
	}
}

/* A zone: names, and the addresses or text that it has for them. "?": no server
 * answers. */
struct zone {
	const struct zone_row {
		const char *name;
		enum dns_type type;
		const char *says;	/* addresses: spaces between */
	} *rows;
	unsigned asked;
};

static void
look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *mem)
{
	struct zone *z = arg;
	auto_buf b = BUF_INIT(1000);

	z->asked++;
	answer->result = DNS_NXDOMAIN;
	for (const struct zone_row *r = z->rows; r->name; r++) {
		struct str rest = str_c(r->says), one;
		struct ip ip;

		if (!str_eq(str_c(r->name), name) || r->type != type)
			continue;
		answer->result = r->says[0] == '?' ? DNS_FAILED : DNS_OK;
		if (type == DNS_TXT)
			msg_put(&b, &dns_record_shape, &(struct dns_record){
			    .data = rest });
		while (type == DNS_A && rest.n > 0) {
			(void)str_cut(rest, ' ', &one, &rest);
			if (ip_parse(one, &ip))
				msg_put(&b, &dns_record_shape,
				    &(struct dns_record){
				    .data = ip_octets(&ip) });
		}
		answer->records = str_dup(mem, buf_get(&b));
	}
}

static void
test_answers(void **state unused_arg)
{
	static const struct {
		const char *says, *counting;
		enum dns_list_verdict verdict;
		const char *which;
	} t[] = {
		{ "127.0.0.2", "", DNS_LIST_IS, "127.0.0.2" },
		{ "192.0.2.1", "", DNS_LIST_NOT, NULL },
		{ "192.0.2.1 127.0.0.4", "", DNS_LIST_IS, "127.0.0.4" },
		{ "127.255.255.254", "", DNS_LIST_REFUSES, "127.255.255.254" },
		{ "127.255.255.252", "127.0.0.0/8", DNS_LIST_REFUSES,
		    "127.255.255.252" },
		{ "127.255.254.1", "", DNS_LIST_IS, "127.255.254.1" },
		{ "127.0.0.2 127.0.0.10", "127.0.0.10/31", DNS_LIST_IS,
		    "127.0.0.10" },
		{ "127.0.0.2", "127.0.0.10/31 127.0.0.4", DNS_LIST_NOT, NULL },
		{ "::1 2001:db8::1", "", DNS_LIST_NOT, NULL },
		{ "?", "", DNS_LIST_UNKNOWN, NULL },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct zone_row rows[] = { { "x.example", DNS_A,
			t[i].says }, { 0 } };
		struct zone zone = { rows, 0 };
		struct trust_dns dns = { look_up, &zone };
		struct dns_list_conf list = { .zone = STR("example"),
			.answers = str_c(t[i].counting) };
		struct ip which, want;

		assert_int_equal(dns_list_ask(&list, STR("x.example"), &dns, a,
		    &which), t[i].verdict);
		if (!t[i].which)
			continue;
		assert_true(ip_parse(str_c(t[i].which), &want));
		assert_memory_equal(&which, &want, sizeof(which));
	}
}

static void
test_the_first_that_says_something(void **state unused_arg)
{
	static const struct dns_list_conf rows[] = {
		{ STR("good.test"), DNS_LIST_HOSTS, DNS_LIST_ALLOW, STR("") },
		{ STR("gone.test"), DNS_LIST_HOSTS, DNS_LIST_REFUSE, STR("") },
		{ STR("paid.test"), DNS_LIST_HOSTS, DNS_LIST_REFUSE, STR("") },
		{ STR("names.test"), DNS_LIST_DOMAINS, DNS_LIST_JUNK,
		    STR("") },
		{ STR("bad.test"), DNS_LIST_HOSTS, DNS_LIST_REFUSE, STR("") },
	};
	static const struct zone_row says[] = {
		{ "1.2.0.192.good.test", DNS_A, "127.0.0.2" },
		{ "1.2.0.192.bad.test", DNS_A, "127.0.0.2" },
		{ "2.2.0.192.gone.test", DNS_A, "?" },
		{ "2.2.0.192.paid.test", DNS_A, "127.255.255.254" },
		{ "2.2.0.192.bad.test", DNS_A, "127.0.0.3" },
		{ "2.2.0.192.bad.test", DNS_TXT, " see\thttp://bad.test/\n" },
		{ "b.example.names.test", DNS_A, "127.0.0.9" },
		{ 0 },
	};
	static const struct {
		const char *ip, *domain[3];
		enum dns_list_then then;
		const char *words, *reason;
		unsigned asked;
	} t[] = {
		{ "192.0.2.1", { "b.example" }, DNS_LIST_ALLOW,
		    " list=allow (192.0.2.1 on good.test: 127.0.0.2)", "", 1 },
		{ "192.0.2.2", { "" }, DNS_LIST_REFUSE,
		    " list=refuse (192.0.2.2 on bad.test: 127.0.0.3)"
		    " list=unknown (gone.test)"
		    " list=refuses-us (paid.test: 127.255.255.254)",
		    "see?http://bad.test/?", 5 },
		{ "192.0.2.3", { "a.example", "a.example", "b.example" },
		    DNS_LIST_JUNK,
		    " list=junk (b.example on names.test: 127.0.0.9)", "", 5 },
		{ "192.0.2.4", { "a.example" }, 0, "", "", 5 },
	};
	auto_buf lists = BUF_INIT(2000);

	for (size_t i = 0; i < NELEM(rows); i++)
		msg_put(&lists, &dns_list_conf_shape, &rows[i]);
	for (size_t i = 0; i < NELEM(t); i++) {
		struct zone zone = { says, 0 };
		struct trust_dns dns = { look_up, &zone };
		struct dns_list_who who = { 0 };
		struct dns_listing out;

		assert_true(ip_parse(str_c(t[i].ip), &who.ip));
		for (size_t n = 0; n < 3 && t[i].domain[n]; n++)
			who.domain[n] = str_c(t[i].domain[n]);
		dns_lists_look(buf_get(&lists), &who, &dns, a, &out);
		assert_int_equal(out.then, t[i].then);
		assert_str(out.words, t[i].words);
		assert_str(out.reason, t[i].reason);
		assert_int_equal(zone.asked, t[i].asked);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_hosts),
		cmocka_unit_test(test_names_of_things),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_the_first_that_says_something),
	};
	int rc;

	a = arena_new(1 << 20);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return rc;
}
