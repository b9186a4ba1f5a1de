#include "base/test.h"
#include "relay/aggregate_json.h"
#include "relay/tls_tally.h"

static const struct aggregate_head head = {
	.reporter = STR("ours.test"), .from = STR("postmaster@ours.test"),
	.id = STR("1@ours.test"), .domain = STR("example.org"),
	.begins = 86400, .ends = 172799,
};

#define POLICY STR("version: STSv1\nmode: enforce\nmx: a.test\nmx: *.b.test\n" \
	"max_age: 86400\n")

/* The whole text, sessions of one policy together. */
static void
test_whole(void **state unused_arg)
{
	struct aggregate_session s[] = {
		{ { .by = TLS_ROW_sts, .policy = POLICY }, 7, false },
		{ { .by = TLS_ROW_no_policy, .mx = STR("m.test"),
		    .result = STR("starttls-not-supported") }, 2, false },
		{ { .by = TLS_ROW_sts, .policy = POLICY, .mx = STR("a.test"),
		    .address = STR("\xc0\x00\x02\x07"),
		    .result = STR("certificate-expired"),
		    .reason = STR("a \"b\" \\ \x01") }, 3, false },
		{ { .by = TLS_ROW_tlsa, .policy = STR("3 1 1 AB\n") }, 1,
		    false } };
	auto_buf b = BUF_INIT(8192);

	aggregate_json(&b, &head, s, NELEM(s));
	assert_str(buf_get(&b),
	    "{\"organization-name\":\"ours.test\",\"date-range\":{"
	    "\"start-datetime\":\"1970-01-02T00:00:00Z\","
	    "\"end-datetime\":\"1970-01-02T23:59:59Z\"},"
	    "\"contact-info\":\"postmaster@ours.test\","
	    "\"report-id\":\"1@ours.test\",\"policies\":["
	    "{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":["
	    "\"version: STSv1\",\"mode: enforce\",\"mx: a.test\","
	    "\"mx: *.b.test\",\"max_age: 86400\"],"
	    "\"policy-domain\":\"example.org\","
	    "\"mx-host\":[\"a.test\",\"*.b.test\"]},"
	    "\"failure-details\":[{\"result-type\":\"certificate-expired\","
	    "\"receiving-mx-hostname\":\"a.test\","
	    "\"receiving-ip\":\"192.0.2.7\",\"failed-session-count\":3,"
	    "\"failure-reason-code\":\"a \\\"b\\\" \\\\ ?\"}],"
	    "\"summary\":{\"total-successful-session-count\":7,"
	    "\"total-failure-session-count\":3}},"
	    "{\"policy\":{\"policy-type\":\"no-policy-found\","
	    "\"policy-domain\":\"example.org\"},"
	    "\"failure-details\":[{"
	    "\"result-type\":\"starttls-not-supported\","
	    "\"receiving-mx-hostname\":\"m.test\","
	    "\"failed-session-count\":2}],"
	    "\"summary\":{\"total-successful-session-count\":0,"
	    "\"total-failure-session-count\":2}},"
	    "{\"policy\":{\"policy-type\":\"tlsa\","
	    "\"policy-string\":[\"3 1 1 AB\"],"
	    "\"policy-domain\":\"example.org\"},\"failure-details\":[],"
	    "\"summary\":{\"total-successful-session-count\":1,"
	    "\"total-failure-session-count\":0}}]}\n");
}

static void
test_tally(void **state unused_arg)
{
	struct tls_tally *t = tls_tally_new();
	struct arena *a = arena_new(1 << 20);
	struct tls_seen s = { .domain = STR("a.test"), .by = TLS_ROW_sts,
		.mx = STR("m.a.test") }, out;
	char name[32];
	size_t n = 0;

	tls_tally_add(t, &s);
	tls_tally_add(t, &s);
	s.result = STR("certificate-expired");
	tls_tally_add(t, &s);
	assert_true(tls_tally_take(t, a, &out));
	assert_int_equal(out.n, 2);
	assert_str(out.mx, "m.a.test");
	assert_int_equal(out.result.n, 0);
	assert_true(tls_tally_take(t, a, &out));
	assert_int_equal(out.n, 1);
	assert_str(out.result, "certificate-expired");
	assert_false(tls_tally_take(t, a, &out));
	for (int i = 0; i < TLS_TALLY_MAX + 5; i++) {
		(void)snprintf(name, sizeof(name), "d%d.test", i);
		s.domain = str_c(name);
		tls_tally_add(t, &s);
	}
	while (tls_tally_take(t, a, &out))
		n++;
	assert_int_equal(n, TLS_TALLY_MAX);
	tls_tally_add(t, &s);
	tls_tally_free(t);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
