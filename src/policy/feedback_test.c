/*
 * Reports as those send them who send most, and such as nobody should: what is
 * read of them, and why they are not.
 */
#include "policy/feedback_file.h"

#include <zlib.h>

#include "base/ip.h"
#include "base/test.h"
#include "policy/feedback.h"
#include "rt/gzip.h"

static struct arena *a;

/* ---- how they are written ------------------------------------------------ */

#define META(org, id)                                                       \
	"<report_metadata><org_name>" org "</org_name>"                      \
	"<email>noreply@" org "</email><report_id>" id "</report_id>"        \
	"<date_range><begin>1700006400</begin><end>1700092799</end>"          \
	"</date_range></report_metadata>"
#define POLICY                                                              \
	"<policy_published><domain>Example.ORG</domain><adkim>r</adkim>"     \
	"<aspf>r</aspf><p>quarantine</p><sp>none</sp><pct>100</pct>"          \
	"</policy_published>"
#define ROW(ip, n, disposition, dkim, spf)                                  \
	"<row><source_ip>" ip "</source_ip><count>" n "</count>"             \
	"<policy_evaluated><disposition>" disposition "</disposition>"       \
	"<dkim>" dkim "</dkim><spf>" spf "</spf></policy_evaluated></row>"
#define FROM(domain) \
	"<identifiers><header_from>" domain "</header_from></identifiers>"
#define RESULT(by, domain, result)                                          \
	"<" by "><domain>" domain "</domain><result>" result "</result></" by \
	">"

/* Indented, and with what nobody else writes. */
static const char google[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<feedback>\n"
    "  <version>1.0</version>\n"
    META("big.example", "1234567890") "\n"
    POLICY "\n"
    "  <record>\n    " ROW("192.0.2.7", "41", "none", "pass", "pass")
    "\n    " FROM("example.org") "\n    <auth_results>"
    RESULT("dkim", "example.org", "pass")
    RESULT("spf", "example.org", "pass") "</auth_results>\n  </record>\n"
    "  <record>\n    <row><source_ip>2001:db8::9</source_ip>"
    "<count> 3\n</count><policy_evaluated>"
    "<disposition>quarantine</disposition><dkim>fail</dkim>"
    "<spf>fail</spf><reason><type>mailing_list</type><comment/></reason>"
    "</policy_evaluated></row>" FROM("example.org")
    "<auth_results>" RESULT("dkim", "mailer.example", "pass")
    RESULT("dkim", "example.org", "fail")
    RESULT("spf", "bounce.mailer.example", "pass")
    "</auth_results></record>\n</feedback>\n";

/* In one line, attributes and a namespace, and the envelope. */
static const char outlook[] =
    "\xef\xbb\xbf<?xml version=\"1.0\"?><feedback "
    "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><version>1.0</version>"
    META("Outlook.example", "f00f") POLICY
    "<record>" ROW("198.51.100.1", "2", "reject", "fail", "fail")
    "<identifiers><envelope_to>hot.example</envelope_to><envelope_from>"
    "a.example</envelope_from><header_from>sub.example.org</header_from>"
    "</identifiers><auth_results>" RESULT("spf", "a.example", "fail")
    "</auth_results></record></feedback>";

/* RFC 9990: another namespace, and no pct. */
static const char newer[] =
    "<d:feedback xmlns:d=\"urn:ietf:params:xml:ns:dmarc-2.0\">"
    "<d:report_metadata><d:org_name>new.example</d:org_name>"
    "<d:report_id>n-1</d:report_id><d:date_range><d:begin>1700006400"
    "</d:begin><d:end>1700092799</d:end></d:date_range>"
    "<d:generator>x</d:generator></d:report_metadata><d:policy_published>"
    "<d:domain>example.org</d:domain><d:p>reject</d:p><d:np>reject</d:np>"
    "<d:testing>n</d:testing><d:discovery_method>treewalk"
    "</d:discovery_method></d:policy_published><d:record><d:row>"
    "<d:source_ip>192.0.2.1</d:source_ip><d:count>5</d:count>"
    "<d:policy_evaluated><d:disposition>pass</d:disposition>"
    "<d:dkim>pass</d:dkim><d:spf>fail</d:spf></d:policy_evaluated></d:row>"
    "<d:identifiers><d:header_from>example.org</d:header_from>"
    "</d:identifiers><d:auth_results/></d:record></d:feedback>";

#define TLS(policies)                                                       \
	"{\"organization-name\":\"Big\",\"date-range\":{\"start-datetime\":"  \
	"\"2026-11-01T00:00:00Z\",\"end-datetime\":"                          \
	"\"2026-11-01T23:59:59+00:00\"},\"contact-info\":\"t@big.example\","  \
	"\"report-id\":\"2026-11-01T00:00:00Z_example.org\",\"policies\":["   \
	policies "]}"
#define TLS_POLICY(type, domain, good, bad, details)                        \
	"{\"policy\":{\"policy-type\":\"" type "\",\"policy-string\":"         \
	"[\"version: STSv1\"],\"policy-domain\":\"" domain "\"},"              \
	"\"summary\":{\"total-successful-session-count\":" good ","          \
	"\"total-failure-session-count\":" bad "},\"failure-details\":["      \
	details "]}"
#define TLS_FAILURE(n)                                                      \
	"{\"result-type\":\"certificate-expired\",\"sending-mta-ip\":"        \
	"\"192.0.2.9\",\"receiving-mx-hostname\":\"MX.example.org\","         \
	"\"failed-session-count\":" n ",\"failure-reason-code\":\"X\"}"
static const char tls[] =
    TLS(TLS_POLICY("sts", "example.org", "70", "5", TLS_FAILURE("3"))
    "," TLS_POLICY("no-policy-found", "example.org", "2", "0", "")
    "," TLS_POLICY("sts", "example.net", "9", "9", ""));

static struct str
gzipped(struct str s)
{
	struct buf b = BUF_INIT(1 << 20);
	struct gzip *z = gzip_new();
	struct str out;

	gzip_more(z, s, &b);
	gzip_end(z, &b);
	out = str_dup(a, buf_get(&b));
	buf_free(&b);
	return out;
}

/* One file, deflated. */
static struct str
zipped(struct str s, bool encrypted)
{
	z_stream z = { 0 };
	struct buf b = BUF_INIT(1 << 20);
	size_t room = s.n + 1000;
	char *packed = arena_alloc(a, room);
	struct str out;

	assert_int_equal(Z_OK, deflateInit2(&z, 9, Z_DEFLATED, -15, 8, 0));
	z.next_in = (Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)packed;
	z.avail_out = (uInt)room;
	assert_int_equal(Z_STREAM_END, deflate(&z, Z_FINISH));
	buf_lit(&b, "PK\3\4");
	buf_le16(&b, 20);
	buf_le16(&b, encrypted ? 1 : 0);
	buf_le16(&b, 8);
	buf_le32(&b, 0);
	buf_le32(&b, 0);
	buf_le32(&b, (uint32_t)z.total_out);
	buf_le32(&b, (uint32_t)s.n);
	buf_le16(&b, 5);
	buf_le16(&b, 0);
	buf_lit(&b, "r.xml");
	buf_put(&b, packed, z.total_out);
	buf_lit(&b, "PK\1\2");
	deflateEnd(&z);
	out = str_dup(a, buf_get(&b));
	buf_free(&b);
	return out;
}

/* ---- what is read -------------------------------------------------------- */

static struct feedback
read_well(struct str file)
{
	struct feedback f;
	struct err err = { 0 };
	int rc = feedback_read(file, 7, a, &f, &err);

	if (rc < 0)
		print_error("%s\n", err.text);
	assert_int_equal(rc, 0);
	return f;
}

static struct feedback_dmarc_row
row_at(const struct feedback *f, size_t n)
{
	struct rd r = rd_of(f->rows);
	struct feedback_dmarc_row row;

	do
		assert_true(msg_take(&r, &feedback_dmarc_row_shape, &row));
	while (n-- > 0);
	return row;
}

static struct feedback_tls_row
tls_row_at(const struct feedback *f, size_t n)
{
	struct rd r = rd_of(f->rows);
	struct feedback_tls_row row;

	do
		assert_true(msg_take(&r, &feedback_tls_row_shape, &row));
	while (n-- > 0);
	return row;
}

static void
assert_host(struct str octets, const char *want)
{
	auto_buf b = BUF_INIT(64);
	struct ip ip;

	assert_true(ip_of_octets(octets, &ip));
	ip_put(&b, &ip);
	assert_str(buf_get(&b), want);
}

static void
test_google(void **state unused_arg)
{
	struct feedback f = read_well(str_c(google));
	struct feedback_dmarc_row row = row_at(&f, 0);

	assert_int_equal(f.head.kind, AGGREGATE_dmarc);
	assert_str(f.head.domain, "example.org");
	assert_str(f.head.org, "big.example");
	assert_str(f.head.contact, "noreply@big.example");
	assert_str(f.head.id, "1234567890");
	assert_int_equal(f.head.begins, 1700006400);
	assert_int_equal(f.head.ends, 1700092799);
	assert_str(f.head.policy,
	    "adkim=r aspf=r p=quarantine sp=none pct=100");
	assert_int_equal(f.head.good, 41);
	assert_int_equal(f.head.bad, 3);
	assert_int_equal(f.head.rest, 0);
	assert_int_equal(f.head.nrows, 2);
	assert_host(row.host, "192.0.2.7");
	assert_int_equal(row.n, 41);
	assert_true(row.dkim_aligned && row.spf_aligned);
	assert_str(row.passed, "dkim=example.org spf=example.org");
	row = row_at(&f, 1);
	assert_host(row.host, "2001:db8::9");
	assert_int_equal(row.n, 3);
	assert_int_equal(row.disposition, 1);
	assert_false(row.dkim_aligned || row.spf_aligned);
	assert_str(row.header_from, "example.org");
	assert_str(row.passed, "dkim=mailer.example spf=bounce.mailer.example");
	assert_str(row.reason, "mailing_list");
}

static void
test_others(void **state unused_arg)
{
	struct feedback f = read_well(str_c(outlook));

	assert_str(f.head.org, "Outlook.example");
	assert_int_equal(row_at(&f, 0).disposition, 2);
	assert_str(row_at(&f, 0).header_from, "sub.example.org");
	assert_str(row_at(&f, 0).passed, "");
	f = read_well(str_c(newer));
	assert_str(f.head.policy, "p=reject np=reject testing=n");
	assert_int_equal(f.head.good, 5);
	assert_int_equal(row_at(&f, 0).disposition, 0);
	assert_false(row_at(&f, 0).spf_aligned);
}

static void
test_tls(void **state unused_arg)
{
	struct feedback f = read_well(str_c(tls));
	struct feedback_tls_row row = tls_row_at(&f, 1);

	assert_int_equal(f.head.kind, AGGREGATE_tls);
	assert_str(f.head.domain, "example.org");
	assert_str(f.head.org, "Big");
	assert_str(f.head.policy, "sts no-policy-found");
	assert_int_equal(f.head.begins, 1793491200);
	assert_int_equal(f.head.ends, 1793491200 + 86399);
	/* What is of another domain is none of this report. */
	assert_int_equal(f.head.good, 72);
	assert_int_equal(f.head.bad, 5);
	assert_int_equal(f.head.rest, 2);
	assert_int_equal(f.head.nrows, 3);
	assert_int_equal(tls_row_at(&f, 0).n, 70);
	assert_str(tls_row_at(&f, 0).result, "");
	assert_int_equal(row.n, 3);
	assert_str(row.by, "sts");
	assert_str(row.result, "certificate-expired");
	assert_str(row.mx, "mx.example.org");
	assert_str(row.reason, "X");
	assert_host(row.host, "192.0.2.9");
}

static void
test_wrapped(void **state unused_arg)
{
	struct str s = str_c(google);

	assert_int_equal(read_well(gzipped(s)).head.good, 41);
	assert_int_equal(read_well(zipped(s, false)).head.good, 41);
	assert_int_equal(read_well(gzipped(str_c(tls))).head.good, 72);
	/* As a part that is not encoded ends. */
	assert_int_equal(read_well(arena_printf(a, "%s\r\n--b=_1", google))
	    .head.good, 41);
	assert_int_equal(read_well(arena_printf(a, "%s\r\n--b", tls))
	    .head.good, 72);
}

/* ---- what is not --------------------------------------------------------- */

static void
assert_why(struct str file, const char *why)
{
	struct feedback f;
	struct err err = { 0 };
	int rc = feedback_read(file, 7, a, &f, &err);

	assert_true(rc == E_INVALID || rc == E_LIMIT);
	if (str_find(str_c(err.text), str_c(why)) == strlen(err.text))
		assert_string_equal(err.text, why);
}

#define RECORD(row) "<feedback>" META("o.example", "1") POLICY \
	"<record>" row "</record></feedback>"

static void
test_refused(void **state unused_arg)
{
	static const struct {
		const char *text, *why;
	} t[] = {
		{ "<!DOCTYPE f [<!ENTITY a \"b\">]><feedback>&a;</feedback>",
		    "a document type" },
		{ "<!DOCTYPE f SYSTEM \"file:///etc/passwd\"><feedback/>",
		    "a document type" },
		{ "<feedback>&a;</feedback>", "undefined entity" },
		{ "<feedback>", "no element found" },
		{ "<html/>", "another kind" },
		{ "<feedback><a><a><a><a><a><a><a><a><a><a/></a></a></a></a>"
		  "</a></a></a></a></a></feedback>", "too deep" },
		{ "<feedback/>", "names no domain" },
		{ "<feedback>" POLICY "</feedback>", "which report" },
		{ RECORD(ROW("192.0.2.1", "-1", "none", "pass", "pass")),
		    "a number that is none" },
		{ RECORD(ROW("192.0.2.1", "99999999999999999999", "none",
		    "pass", "pass")), "a number that is none" },
		{ RECORD(ROW("192.0.2.1", "1.5", "none", "pass", "pass")),
		    "a number that is none" },
		{ RECORD("<row><source_ip>192.0.2.1</source_ip></row>"),
		    "without a count" },
		{ "<?xml version=\"1.0\" encoding=\"x-mine\"?><feedback/>",
		    "encoding" },
		{ "{}", "names no domain" },
		{ "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]"
		  "]]]]]]]]]]]]]]]]]]]]]}",
		    "JSON is wrong" },
		{ "{\"a\":1,\"a\":2}", "JSON is wrong" },
		{ TLS(TLS_POLICY("sts", "a.example", "-1", "0", "")),
		    "a number that is none" },
		{ TLS(TLS_POLICY("sts", "a.example", "\"7\"", "0", "")),
		    "a number that is none" },
		{ TLS(TLS_POLICY("sts", "a.example", "1", "1", "{}")),
		    "without a type" },
		{ "{\"policies\":[{\"policy\":{\"policy-domain\":"
		  "\"a.example\"}}]}",
		    "which report" },
		{ "no report at all", "XML is wrong" },
		{ "", "XML is wrong" },
		{ "PK\3\4", "no file" },
		{ "\x1f\x8b", "damaged or cut short" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		assert_why(str_c(t[i].text), t[i].why);
	assert_why(zipped(str_c(google), true), "encrypted");
	assert_why(str_first(gzipped(str_c(google)), 100), "cut short");
}

/* Zeros, a million for each thousand octets. */
static void
test_bombs(void **state unused_arg)
{
	struct buf b = BUF_INIT(FEEDBACK_TEXT_MAX + 1000000);
	struct arena *mine = a;

	a = arena_new(64 << 20);
	while (b.n <= FEEDBACK_TEXT_MAX)
		buf_lit(&b, "                                                ");
	assert_why(gzipped(buf_get(&b)), "more than");
	assert_why(zipped(buf_get(&b), false), "more than");
	b.n = FEEDBACK_FILE_MAX + 1;
	assert_why(buf_get(&b), "its file has more");
	buf_reset(&b);
	buf_lit(&b, "{");
	while (b.n <= FEEDBACK_JSON_MAX)
		buf_lit(&b, " ");
	buf_lit(&b, "}");
	assert_why(buf_get(&b), "its JSON has more");
	/* Many elements that say nothing; and one thing again and again. */
	buf_reset(&b);
	buf_lit(&b, "<feedback>");
	while (b.n < FEEDBACK_FILE_MAX - 100)
		buf_lit(&b, "<a/>");
	buf_lit(&b, "</feedback>");
	assert_why(buf_get(&b), "too many elements");
	for (size_t i = 0; i < 4; i++) {
		static const char *const again[] = {
			"<report_metadata><org_name>an organization"
			"</org_name></report_metadata>",
			"<policy_published><p>reject</p></policy_published>",
			"<record><auth_results><dkim><domain>example.org"
			"</domain><result>pass</result></dkim></auth_results>",
			"<record><identifiers><header_from>example.org"
			"</header_from></identifiers>" };

		buf_reset(&b);
		buf_lit(&b, "<feedback>");
		while (b.n < FEEDBACK_FILE_MAX - 200)
			buf_str(&b, str_from(str_c(again[i]),
			    i > 1 && b.n > 20 ? strlen("<record>") : 0));
		assert_why(buf_get(&b), "no element found");
	}
	buf_free(&b);
	arena_free(a);
	a = mine;
}

/* What finds no place is added up. */
static void
test_many_rows(void **state unused_arg)
{
	struct buf b = BUF_INIT(FEEDBACK_FILE_MAX);
	struct feedback f;

	buf_lit(&b, "<feedback>" META("o.example", "1") POLICY);
	for (unsigned i = 0; i < 3000; i++)
		buf_printf(&b, "<record><row><source_ip>10.0.%u.%u</source_ip>"
		    "<count>2</count></row></record>", i / 250, i % 250);
	buf_lit(&b, "<record>" ROW("nowhere", "7", "none", "fail", "pass")
	    "</record></feedback>");
	f = read_well(buf_get(&b));
	assert_int_equal(f.head.nrows, FEEDBACK_ROWS_MAX);
	assert_int_equal(f.head.rest, 2 * (3000 - FEEDBACK_ROWS_MAX) + 7);
	assert_int_equal(f.head.bad, 6000);
	assert_int_equal(f.head.good, 7);
	buf_free(&b);
}

/* ---- in a message -------------------------------------------------------- */

static struct str
file_of(struct str message, size_t step)
{
	struct feedback_file *f = feedback_file_new();
	struct mime_watch w = feedback_file_watch(f);
	struct arena *mem = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *scan = mime_scan_new(mem, NULL);
	struct buf facts = BUF_INIT(MIME_RECORD_MAX);
	struct str out;

	mime_scan_watch(scan, &w);
	for (; message.n > 0; message = str_from(message, step))
		mime_scan_feed(scan, str_first(message, step));
	mime_scan_finish(scan, &facts);
	buf_free(&facts);
	arena_free(mem);
	out = str_dup(a, feedback_file_octets(f));
	feedback_file_free(f);
	return out;
}

#define TWO_PARTS(type, text) \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n<x> " \
	"{words}\r\n--b\r\nContent-Type: " type "\r\n\r\n" text "\r\n--b--\r\n"

static void
test_found(void **state unused_arg)
{
	static const struct {
		const char *message, *begins;
	} t[] = {
		{ TWO_PARTS("text/xml", "<feedback/>"), "<feedback/>" },
		{ TWO_PARTS("application/octet-stream\r\n"
		    "Content-Transfer-Encoding: base64", "UEsDBA=="),
		    "PK\3\4" },
		{ TWO_PARTS("application/tlsrpt+json", " {}"), " {}" },
		{ TWO_PARTS("text/plain; name=r.xml", "<feedback/>"),
		    "<feedback/>" },
		{ TWO_PARTS("text/plain", "<feedback/>"), "" },
		{ TWO_PARTS("text/html", "<feedback/>"), "" },
		{ TWO_PARTS("image/png", "<feedback/>"), "" },
		{ TWO_PARTS("application/pdf", "%PDF-1.4"), "" },
		{ "Content-Type: application/gzip\r\n"
		  "Content-Transfer-Encoding: base64\r\n\r\nH4sIAAAA\r\n",
		    "\x1f\x8b\x08" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t step = 1; step < 1000; step += 998) {
			struct str s = file_of(str_c(t[i].message), step);

			assert_str(str_first(s, strlen(t[i].begins)),
			    t[i].begins);
			if (t[i].begins[0] == '\0')
				assert_int_equal(s.n, 0);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_google),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_found),
	};
	int rc;

	a = arena_new(16 << 20);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return rc;
}
