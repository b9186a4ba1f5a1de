#include "imap/grammar/reply_facts.h"

#include "base/test.h"

static struct str
scan(struct arena *a, struct str message)
{
	auto_buf out = BUF_INIT(MIME_RECORD_MAX);
	struct mime_scan *s = mime_scan_new(a, NULL);

	mime_scan_feed(s, message);
	mime_scan_finish(s, &out);
	return str_dup(a, buf_get(&out));
}

static struct facts
facts_of(struct arena *a, struct str message)
{
	struct facts f;

	assert_int_equal(facts_decode(scan(a, message), &f), 0);
	return f;
}

static const struct {
	const char *message, *body;
} bodies[] = {
	{ "", "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL "
	      "\"7BIT\" 0 0)" },
	{ "Content-Type: image/png; name=\"a\xff\"\r\n"
	  "Content-Transfer-Encoding: base64\r\nContent-ID: <x@y>\r\n"
	  "Content-Description: a \"picture\"\r\n\r\nAAAA\r\n",
	  "(\"IMAGE\" \"PNG\" (\"NAME\" {2}\r\na\xff) \"<x@y>\" "
	  "\"a \\\"picture\\\"\" \"BASE64\" 6)" },
	/* No parts at all: IMAP wants one. */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n",
	  "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" "
	  "0 0) \"MIXED\")" },
	/* Without a boundary it is text. */
	{ "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n",
	  "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" "
	  "10 3)" },
	/* RFC 2046 5.1.5: parts of a digest are messages. */
	{ "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n"
	  "Subject: s\r\n\r\nt\r\n--b--\r\n",
	  "((\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 15 (NIL \"s\" NIL "
	  "NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" (\"CHARSET\" "
	  "\"US-ASCII\") NIL NIL \"7BIT\" 1 0) 2) \"DIGEST\")" },
	/* The outer boundary ends the inner parts. */
	{ "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
	  "Content-Type: multipart/mixed; boundary=ab\r\n\r\n--ab \r\n\r\n"
	  "1\r\n--ab\r\n\r\n2\r\n--a\r\n\r\n3\r\n--a--",
	  "(((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" "
	  "1 0)(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL "
	  "\"7BIT\" 1 0) \"MIXED\")(\"TEXT\" \"PLAIN\" (\"CHARSET\" "
	  "\"US-ASCII\") NIL NIL \"7BIT\" 1 0) \"MIXED\")" },
	/* Bare LF is no line end, so this is no boundary. */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\n"
	  "--b--\r\n",
	  "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" "
	  "9 1) \"MIXED\")" },
};

static void
test_body(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(bodies); i++) {
		struct arena *a = arena_new(64 << 20);
		struct facts f = facts_of(a, str_c(bodies[i].message));
		auto_buf out = BUF_INIT(4096);

		reply_structure(&out, a, &f, false);
		assert_str(buf_get(&out), bodies[i].body);
		arena_free(a);
	}
}

/* With the extension data of each part behind it. */
static void
test_extended(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct facts f = facts_of(a, STR(
	    "Content-Type: multipart/mixed; boundary=b\r\n"
	    "Content-Language: de, en\r\n\r\n--b\r\n"
	    "Content-MD5: x\r\nContent-Location: y\r\n"
	    "Content-Disposition: attachment; filename=z\r\n\r\n\r\n--b\r\n"
	    "Content-Type: message/rfc822\r\n\r\nTo: a@b\r\n\r\n\r\n--b--"));
	auto_buf out = BUF_INIT(4096);

	(void)state;
	reply_structure(&out, a, &f, true);
	assert_str(buf_get(&out), "((\"TEXT\" \"PLAIN\" (\"CHARSET\" "
	    "\"US-ASCII\") NIL NIL \"7BIT\" 0 0 \"x\" (\"ATTACHMENT\" "
	    "(\"FILENAME\" \"z\")) NIL \"y\")(\"MESSAGE\" \"RFC822\" NIL NIL "
	    "NIL \"7BIT\" 11 (NIL NIL NIL NIL NIL ((NIL NIL \"a\" \"b\")) NIL "
	    "NIL NIL NIL) (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL "
	    "NIL \"7BIT\" 0 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL) \"MIXED\" "
	    "(\"BOUNDARY\" \"b\") NIL (\"de\" \"en\") NIL)");
	arena_free(a);
}

static const struct {
	const char *header, *envelope;
} envelopes[] = {
	{ "Subject:\r\nFrom: a@b\r\nSender:\r\n",
	  "(NIL \"\" ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL "
	  "NIL \"a\" \"b\")) NIL NIL NIL NIL NIL)" },
	{ "To: g:a@b, \"x, y\" <@r,@s:c@d>;, lost\r\nCc: u:;\r\n",
	  "(NIL NIL NIL NIL NIL ((NIL NIL \"g\" NIL)(NIL NIL \"a\" \"b\")"
	  "(\"x, y\" \"@r,@s\" \"c\" \"d\")(NIL NIL NIL NIL)(NIL NIL \"lost\" "
	  "\"\")) ((NIL NIL \"u\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL)" },
	{ "Date: whenever\r\nSubject: a\r\n \\\"b\xc3\xa4\r\n"
	  "Message-ID: <i@j>\r\nIn-Reply-To: <k@l>\r\n",
	  "(\"whenever\" {7}\r\na \\\"b\xc3\xa4 NIL NIL NIL NIL NIL NIL "
	  "\"<k@l>\" \"<i@j>\")" },
};

static void
test_envelope(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(envelopes); i++) {
		struct arena *a = arena_new(64 << 20);
		struct facts f = facts_of(a, str_c(envelopes[i].header));
		auto_buf out = BUF_INIT(4096);

		reply_envelope(&out, &f.envelope);
		assert_str(buf_get(&out), envelopes[i].envelope);
		arena_free(a);
	}
}

/* Whoever hands a message in writes its facts: octets that would be a line of
 * their own stay inside of their string. */
static void
test_lines_in_facts(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct str rec = scan(a, STR("Subject: sixteen octets..\r\n\r\n"));
	/* Its first place is the base subject. */
	size_t at = 7 + str_find(rec, STR("sixteen"));
	auto_buf out = BUF_INIT(4096);
	struct facts f;

	(void)state;
	at += str_find(str_from(rec, at), STR("sixteen"));
	memcpy((char *)(uintptr_t)rec.p + at, "x)\r\n* BYE \"\\\0...", 16);
	assert_int_equal(facts_decode(rec, &f), 0);
	reply_envelope(&out, &f.envelope);
	assert_str(buf_get(&out), "(NIL {16}\r\nx)\r\n* BYE \"\\?..."
	    " NIL NIL NIL NIL NIL NIL NIL NIL)");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_extended),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_lines_in_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
