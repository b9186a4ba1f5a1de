#include "base/test.h"
#include "relay/aggregate_xml.h"

static const struct aggregate_head head = {
	.reporter = STR("ours.test"), .from = STR("postmaster@ours.test"),
	.id = STR("86400.1"), .domain = STR("example.org"),
	.begins = 86400, .ends = 172799, .lost = 7,
	.policy = { .p = 2, .sp = 1, .strict_dkim = 1, .testing = 1,
		.rua = STR("mailto:a@example.org") },
};

static void
assert_says(const struct buf *b, const char *words)
{
	struct str s = buf_get(b);

	if (str_find(s, str_c(words)) == s.n)
		fail_msg("not \"%s\" in: %.*s", words, STR_FMT(s));
}

static void
test_whole(void **state unused_arg)
{
	struct dmarc_row row = { .host = STR("\xc0\x00\x02\x07"),
		.disposition = 2, .dkim_aligned = 1,
		.reason = DMARC_REASON_local_policy,
		.header_from = STR("www.example.org"),
		.envelope_from = STR("bounce.test"),
		.spf_domain = STR("bounce.test"), .spf_result = STR("softfail"),
		.dkim = STR("example.org s1 pass\nno words\na.test  fail\n") };
	auto_buf b = BUF_INIT(8192);

	aggregate_xml_begin(&b, &head);
	aggregate_xml_row(&b, &row, 12);
	row.host = STR("ab");	/* nowhere */
	row.header_from = STR("never.test");
	aggregate_xml_row(&b, &row, 1);
	aggregate_xml_end(&b);
	assert_false(buf_failed(&b));
	assert_says(&b, "<org_name>ours.test</org_name>");
	assert_says(&b, "<error>7 messages of further sources");
	assert_says(&b, "<adkim>s</adkim>\n    <aspf>r</aspf>\n"
	    "    <p>reject</p>\n    <sp>quarantine</sp>\n    <pct>0</pct>");
	assert_says(&b, "<source_ip>192.0.2.7</source_ip>\n"
	    "      <count>12</count>");
	assert_says(&b, "<disposition>reject</disposition>\n"
	    "        <dkim>pass</dkim>\n        <spf>fail</spf>\n"
	    "        <reason>\n          <type>local_policy</type>");
	assert_says(&b, "<envelope_from>bounce.test</envelope_from>\n"
	    "      <header_from>www.example.org</header_from>");
	assert_says(&b, "<domain>example.org</domain>\n"
	    "        <selector>s1</selector>\n        <result>pass</result>");
	/* Without a selector, and the line that is none is not there. */
	assert_says(&b, "<domain>a.test</domain>\n"
	    "        <result>fail</result>");
	assert_says(&b, "<scope>mfrom</scope>\n"
	    "        <result>softfail</result>");
	assert_true(str_find(buf_get(&b), STR("never.test")) == b.n);
	assert_true(str_find(buf_get(&b), STR("words")) == b.n);
}

/* What others wrote is text. */
static void
test_escaped(void **state unused_arg)
{
	const struct dmarc_row row = { .host = STR("\xc0\x00\x02\x07"),
		.header_from = STR("<a>&]]>\x01\xff"), .spf_helo = 1,
		.spf_result = STR("none") };
	auto_buf b = BUF_INIT(8192);

	aggregate_xml_row(&b, &row, 1);
	assert_says(&b, "<header_from>&lt;a&gt;&amp;]]&gt;?\?</header_from>");
	assert_says(&b, "<scope>helo</scope>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
