#include "base/test.h"
#include "trust/report_to.h"

static void
test_uris(void **state unused_arg)
{
	static const struct {
		const char *uri, *address;	/* NULL: none */
		uint64_t most;
	} t[] = {
		{ "mailto:a@example.org", "a@example.org", 0 },
		{ "MAILTO:a@Example.ORG!10m", "a@example.org", 10 << 20 },
		{ "mailto:a@example.org!5", "a@example.org", 5 },
		{ "mailto:a@example.org!2K", "a@example.org", 2048 },
		{ "mailto:a%21b@example.org!1g", "a!b@example.org", 1 << 30 },
		{ "mailto:a@example.org?subject=x", "a@example.org", 0 },
		{ "mailto:a@b\xc3\xbc.test", "a@xn--b-eha.test", 0 },
		{ "mailto:a@example.org!", NULL, 0 },
		{ "mailto:a@example.org!m", NULL, 0 },
		{ "mailto:a@example.org!99999999999999999999", NULL, 0 },
		{ "mailto:a@example.org!1x", NULL, 0 },
		{ "https://example.org/a@b.test", NULL, 0 },
		{ "mailto:@example.org", NULL, 0 },
		{ "mailto:a", NULL, 0 },
		{ "mailto:a@", NULL, 0 },
		{ "mailto:a@b@example.org", NULL, 0 },
		{ "mailto:a..b@example.org", NULL, 0 },
		{ "mailto:a%0d%0ab@example.org", NULL, 0 },
		{ "mailto:a%2cb@example.org", NULL, 0 },
		{ "mailto:a%4@example.org", NULL, 0 },
		{ "mailto:a%zz@example.org", NULL, 0 },
		{ "mailto:<a@example.org>", NULL, 0 },
		{ "mailto:a@exam%3eple.org", NULL, 0 },
		{ "a@example.org", NULL, 0 },
		{ "", NULL, 0 },
	};
	struct arena *a = arena_new(65536);
	struct report_to to;

	for (size_t i = 0; i < NELEM(t); i++) {
		bool is = report_to_parse(str_c(t[i].uri), a, &to);

		if (is != (t[i].address != NULL))
			fail_msg("%s", t[i].uri);
		if (!is)
			continue;
		assert_str(to.address, t[i].address);
		assert_int_equal(to.most_octets, t[i].most);
	}
	arena_free(a);
}

/* ---- who wants them ------------------------------------------------------ */

static const struct {
	const char *name, *text;	/* NULL: DNS fails */
} zone[] = {
	{ "_dmarc.example.org", "v=DMARC1; p=none" },
	{ "_dmarc.other.test", "v=DMARC1; p=none" },
	{ "example.org._report._dmarc.other.test", "v=DMARC1" },
	{ "example.org._report._dmarc.moved.test",
	    "v=DMARC1; rua=mailto:new@moved.test" },
	{ "example.org._report._dmarc.away.test",
	    "v=DMARC1; rua=mailto:new@victim.test" },
	{ "example.org._report._dmarc.wrong.test", "hello" },
	{ "example.org._report._dmarc.fails.test", NULL },
	{ "_smtp._tls.one.test", "v=TLSRPTv1; rua=mailto:a@b.test,"
	    "https://b.test/x,mailto:a@B.test , mailto:c@d.test" },
	{ "_smtp._tls.two.test", "v=TLSRPTv1; rua=mailto:a@b.test" },
	{ "_smtp._tls.two.test", "v=TLSRPTv1;rua=mailto:c@b.test" },
	{ "_smtp._tls.spf.test", "v=spf1 -all" },
	{ "_smtp._tls.spf.test", "v=TLSRPTv1;rua=mailto:c@b.test" },
	{ "_smtp._tls.none.test", "v=TLSRPTv1" },
	{ "_smtp._tls.fails.test", NULL },
};

static void
look_up(void *arg unused_arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	auto_buf b = BUF_INIT(4096);

	*answer = (struct lookup_answer){ .result = DNS_NXDOMAIN };
	for (size_t i = 0; i < NELEM(zone) && type == DNS_TXT; i++) {
		if (!str_eq(name, str_c(zone[i].name)))
			continue;
		answer->result = zone[i].text ? DNS_OK : DNS_FAILED;
		if (zone[i].text)
			msg_put(&b, &dns_record_shape, &(struct dns_record){
			    .data = str_c(zone[i].text) });
	}
	answer->records = str_dup(a, buf_get(&b));
}

static void
test_wanted(void **state unused_arg)
{
	static const struct {
		const char *rua, *to;
		bool unsure;
	} t[] = {
		{ "mailto:a@example.org", "a@example.org ", false },
		{ "mailto:a@sub.example.org", "a@sub.example.org ", false },
		{ "mailto:a@other.test", "a@other.test ", false },
		{ "mailto:a@moved.test", "new@moved.test ", false },
		{ "mailto:a@away.test", "", false },
		{ "mailto:a@wrong.test", "", false },
		{ "mailto:a@victim.test", "", false },
		{ "mailto:a@fails.test", "", true },
		{ "https://x.test/, mailto:a@fails.test , mailto:b@other.test",
		    "b@other.test ", true },
		{ "mailto:a@example.org,mailto:a@Example.org,"
		    "mailto:b@example.org,mailto:c@example.org",
		    "a@example.org b@example.org ", false },
		{ "", "", false }, { ",,,", "", false },
	};
	const struct trust_dns dns = { look_up, NULL };

	for (size_t i = 0; i < NELEM(t); i++) {
		struct arena *a = arena_new(65536);
		struct report_to to[REPORT_TO_MAX];
		auto_buf b = BUF_INIT(1000);
		bool unsure;
		size_t n = report_to_find(&dns, STR("example.org"),
		    str_c(t[i].rua), a, to, &unsure);

		for (size_t k = 0; k < n; k++)
			buf_printf(&b, "%.*s ", STR_FMT(to[k].address));
		assert_str(buf_get(&b), t[i].to);
		assert_int_equal(unsure, t[i].unsure);
		arena_free(a);
	}
}

static void
test_tls(void **state unused_arg)
{
	static const struct {
		const char *domain, *to;
		bool unsure;
	} t[] = {
		{ "one.test", "a@b.test c@d.test ", false },
		{ "two.test", "", false },
		{ "spf.test", "c@b.test ", false },
		{ "none.test", "", false }, { "no.test", "", false },
		{ "fails.test", "", true },
	};
	const struct trust_dns dns = { look_up, NULL };

	for (size_t i = 0; i < NELEM(t); i++) {
		struct arena *a = arena_new(65536);
		struct report_to to[REPORT_TO_MAX];
		auto_buf b = BUF_INIT(1000);
		bool unsure;
		size_t n = report_to_tls(&dns, str_c(t[i].domain), a, to,
		    &unsure);

		for (size_t k = 0; k < n; k++)
			buf_printf(&b, "%.*s ", STR_FMT(to[k].address));
		assert_str(buf_get(&b), t[i].to);
		assert_int_equal(unsure, t[i].unsure);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris), cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
