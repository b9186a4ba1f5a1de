#include "base/test.h"
#include "mail/answerable.h"

static void
test_senders(void **state unused_arg)
{
	static const char *const people[] = { "alice@example.org",
		"postmaster@example.org", "a+owner-x@example.org",
		"nora@noreply.example.org", "request@example.org",
		"norepley@x", "rooter@x" };
	static const char *const programs[] = { "", "alice", "@x",
		"MAILER-DAEMON@example.org", "noreply@x", "No-Reply+17@x",
		"owner-list@x", "list-request@x", "list-bounces+a=b@x",
		"bounces+17-a=b@x", "bounce-17@x", "shop-noreply@x",
		"SRS0=abcd=ef=other.test=a@x", "list-owner@x", "root@x" };

	for (size_t i = 0; i < NELEM(people); i++)
		if (!answerable_sender(str_c(people[i])))
			fail_msg("%s is one", people[i]);
	for (size_t i = 0; i < NELEM(programs); i++)
		if (answerable_sender(str_c(programs[i])))
			fail_msg("%s is none", programs[i]);
}

static void
read_text(struct str text, struct arena *a, struct answerable *out)
{
	struct arena *scan_mem = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *scan = mime_scan_new(scan_mem, NULL);
	struct buf record = BUF_INIT(MIME_RECORD_MAX);
	struct facts f;

	mime_scan_feed(scan, text);
	mime_scan_finish(scan, &record);
	assert_int_equal(facts_decode(buf_get(&record), &f), 0);
	answerable_read(text, &f, a, out);
	buf_free(&record);
	arena_free(scan_mem);
}

#define TO "To: Alice <Alice@Example.org>\r\n"
#define NAMED "alice@example.org\n"

static void
test_messages(void **state unused_arg)
{
	static const struct {
		const char *text, *named, *subject, *ids;
	} t[] = {
		{ TO "\r\n", NAMED, "", "" },
		{ "Subject: x\r\n\r\n" TO, "", "", "" },
		{ "To: undisclosed-recipients:;\r\n\r\n", "", "", "" },
		{ "CC: bob@x, team: c@y;\r\nResent-To: d@z\r\n\r\n",
		    "bob@x\nc@y\nd@z\n", "", "" },
		{ "bcc: \"a\nb\"@x, e@f\r\n\r\n", "ab@x\ne@f\n", "", "" },
		{ "To: nobody\r\n\r\n", "", "", "" },
		{ TO "Auto-Submitted: no\r\n\r\n", NAMED, "", "" },
		{ TO "Auto-Submitted: No (a person) ; x=y\r\n\r\n", NAMED, "",
		    "" },
		{ TO "auto-submitted:\r\n auto-replied\r\n\r\n", "", "", "" },
		{ TO "Auto-Submitted: none\r\n\r\n", "", "", "" },
		{ TO "Auto-Submitted:\r\n\r\n", "", "", "" },
		{ TO "List-Id: <x>\r\n\r\n", "", "", "" },
		{ TO "List-Unsubscribe: <mailto:x>\r\n\r\n", "", "", "" },
		{ TO "Precedence: first-class\r\n\r\n", NAMED, "", "" },
		{ TO "Precedence: Bulk\r\n\r\n", "", "", "" },
		{ TO "X-Loop: alice\r\n\r\n", "", "", "" },
		{ TO "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n of  mine\r\n"
		    "Message-ID: <3@x>\r\nReferences: <1@x>\r\n <2@x>"
		    "\r\n\r\n", NAMED, "Gr\xc3\xbc\xc3\x9f" "e of  mine",
		    "1@x 2@x 3@x" },
		{ TO "Subject: =?no-such-charset?q?x?=\r\n"
		    "Message-ID: <x>\r\n\r\n", NAMED, "", "" },
		{ TO "Message-ID: <a:b@x>\r\nReferences: <1@x>\r\n\r\n",
		    NAMED, "", "" },
	};
	struct arena *a = arena_new(1 << 20);
	struct answerable got;

	for (size_t i = 0; i < NELEM(t); i++) {
		read_text(str_c(t[i].text), a, &got);
		print_message("%zu\n", i);
		assert_str(got.named, t[i].named);
		assert_str(got.subject, t[i].subject);
		assert_str(got.ids, t[i].ids);
	}
	arena_free(a);
}

/* A header that is not known to its end may say anything. */
static void
test_long(void **state unused_arg)
{
	static char text[ANSWERABLE_HEADER_MAX + 1000];
	struct buf b = BUF_INIT(sizeof(text));
	struct arena *a = arena_new(1 << 20);
	struct answerable got;

	buf_lit(&b, TO);
	while (b.n < ANSWERABLE_HEADER_MAX - 100)
		buf_lit(&b, "To: a@x, b@x, c@x, d@x, e@x, f@x\r\n");
	buf_lit(&b, "\r\nbody");
	read_text(buf_get(&b), a, &got);
	assert_in_range(got.named.n, NAMED_OCTETS_MAX - 10, NAMED_OCTETS_MAX);
	b.n -= 6;
	while (b.n < ANSWERABLE_HEADER_MAX + 100)
		buf_lit(&b, "To: a@x\r\n");
	buf_lit(&b, "List-Id: <x>\r\n\r\n");
	read_text(buf_get(&b), a, &got);
	assert_int_equal(got.named.n, 0);
	buf_free(&b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
