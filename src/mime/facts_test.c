#include "mime/facts.h"

#include "base/test.h"

/* The record of a message that came in pieces of `piece` octets. */
static struct str
scan(struct arena *a, struct str message, size_t piece)
{
	auto_buf out = BUF_INIT(MIME_RECORD_MAX);
	struct mime_scan *s = mime_scan_new(a, NULL);

	while (message.n > 0) {
		struct str now = str_first(message, piece);

		mime_scan_feed(s, now);
		message = str_from(message, now.n);
	}
	mime_scan_finish(s, &out);
	assert_false(buf_failed(&out));
	return str_dup(a, buf_get(&out));
}

static struct facts
facts_of(struct arena *a, struct str message)
{
	struct str whole = scan(a, message, message.n + 1);
	struct facts f;

	for (size_t piece = 1; piece < 7; piece++)
		assert_strs(scan(a, message, piece), whole);
	assert_int_equal(facts_decode(whole, &f), 0);
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

		assert_int_equal(facts_put_body(&f, &out), 0);
		assert_str(buf_get(&out), bodies[i].body);
		arena_free(a);
	}
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

		assert_str(f.envelope, envelopes[i].envelope);
		arena_free(a);
	}
}

static const char nested[] = "Content-Type: multipart/mixed; boundary=o\r\n"
			     "\r\npreamble\r\n"
			     "--o\r\nX: 1\r\n\r\none\r\n"
			     "--o\r\nContent-Type: message/rfc822\r\n\r\n"
			     "Subject: in\r\n\r\ninner\r\n"
			     "--o\r\nContent-Type: message/rfc822\r\n\r\n"
			     "Content-Type: multipart/mixed; boundary=i\r\n"
			     "\r\n--i\r\n\r\nthree\r\n--i--\r\n"
			     "--o--\r\n";

/* RFC 3501 6.4.5; want NULL: there is no such section. */
static const struct {
	uint32_t path[4];
	size_t n;
	enum facts_what what;
	const char *want;
} sections[] = {
	{ { 0 }, 0, FACTS_BODY_ALL, nested },
	{ { 0 }, 0, FACTS_HEADER,
	  "Content-Type: multipart/mixed; boundary=o\r\n\r\n" },
	{ { 0 }, 0, FACTS_MIME, NULL },
	{ { 1 }, 1, FACTS_BODY_ALL, "one" },
	{ { 1 }, 1, FACTS_MIME, "X: 1\r\n\r\n" },
	{ { 1 }, 1, FACTS_HEADER, NULL },
	{ { 1 }, 1, FACTS_TEXT, NULL },
	{ { 1, 1 }, 2, FACTS_BODY_ALL, NULL },
	{ { 2 }, 1, FACTS_BODY_ALL, "Subject: in\r\n\r\ninner" },
	{ { 2 }, 1, FACTS_HEADER, "Subject: in\r\n\r\n" },
	{ { 2 }, 1, FACTS_TEXT, "inner" },
	{ { 2 }, 1, FACTS_MIME, "Content-Type: message/rfc822\r\n\r\n" },
	{ { 2, 1 }, 2, FACTS_BODY_ALL, "inner" },
	{ { 2, 1 }, 2, FACTS_MIME, "Subject: in\r\n\r\n" },
	{ { 2, 2 }, 2, FACTS_BODY_ALL, NULL },
	{ { 2, 1, 1 }, 3, FACTS_BODY_ALL, NULL },
	{ { 3 }, 1, FACTS_HEADER,
	  "Content-Type: multipart/mixed; boundary=i\r\n\r\n" },
	{ { 3, 1 }, 2, FACTS_BODY_ALL, "three" },
	{ { 3, 1 }, 2, FACTS_MIME, "\r\n" },
	{ { 3, 2 }, 2, FACTS_BODY_ALL, NULL },
	{ { 0 }, 1, FACTS_BODY_ALL, NULL },
	{ { 4 }, 1, FACTS_BODY_ALL, NULL },
};

static void
test_section(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct facts f = facts_of(a, str_c(nested));

	(void)state;
	for (size_t i = 0; i < NELEM(sections); i++) {
		uint64_t offset = 0, len = 0;
		int rc = facts_section(&f, sections[i].path, sections[i].n,
		    sections[i].what, &offset, &len);

		if (!sections[i].want) {
			assert_int_equal(rc, E_NOTFOUND);
			continue;
		}
		assert_int_equal(rc, 0);
		assert_true(offset + len <= f.size);
		assert_str(str_make(nested + offset, len), sections[i].want);
	}
	arena_free(a);
}

/* A message that is no multipart: part 1 is its body. */
static void
test_section_single(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct facts f = facts_of(a, STR("A: b\r\n\r\ntext\r\n"));
	uint64_t offset, len;

	(void)state;
	assert_int_equal(facts_section(&f, (uint32_t[]){ 1 }, 1,
	    FACTS_BODY_ALL, &offset, &len), 0);
	assert_int_equal(offset, 8);
	assert_int_equal(len, 6);
	assert_int_equal(facts_section(&f, (uint32_t[]){ 1, 1 }, 2,
	    FACTS_BODY_ALL, &offset, &len), E_NOTFOUND);
	assert_int_equal(facts_section(&f, (uint32_t[]){ 1 }, 1, FACTS_TEXT,
	    &offset, &len), E_NOTFOUND);
	arena_free(a);
}

static void
test_facts(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct facts f = facts_of(a,
	    STR("Received: x\r\nReceived: y\r\nMessage-Id: <a@b>\r\n"
		"References: <r1@x> <r2\r\n @x>\r\nIn-Reply-To: <r2@x>\r\n"
		"Date: Fri, 21 Nov 97 09:55:06 -0600\r\n"
		"Subject: Re: [x] =?iso-8859-1?q?caf=E9?=\r\n\r\n"
		"Some \r\n\r\n  text\tand\xff an end\r\nlast"));
	struct str id;

	(void)state;
	assert_int_equal(f.received_count, 2);
	assert_int_equal(f.nparts, 1);
	assert_int_equal(f.lines, 3);
	assert_int_equal(f.longest_line, 40);
	assert_int_equal(f.sent, 880127706);
	assert_int_equal(f.sent_offset_min, -360);
	assert_int_equal(f.flags, FACTS_DATE | FACTS_8BIT | FACTS_REPLY);
	assert_str(f.message_id, "a@b");
	assert_true(facts_next_id(&f.references, &id));
	assert_str(id, "r1@x");
	assert_true(facts_next_id(&f.references, &id));
	assert_str(id, "r2@x");
	assert_false(facts_next_id(&f.references, &id));
	assert_true(facts_next_id(&f.in_reply_to, &id));
	assert_str(id, "r2@x");
	assert_str(f.base_subject, "caf\xc3\xa9");
	assert_str(f.preview, "Some text and\xef\xbf\xbd an end last");
	arena_free(a);
}

static const struct {
	const char *message;
	uint32_t flags;
} flagged[] = {
	{ "\r\nx\ry\r\n", FACTS_BARE_CR },
	{ "\r\nx\r\r\n", FACTS_BARE_CR },
	{ "\r\nx\ny\r\n", FACTS_BARE_LF },
	{ "A: \xc3\xa4\r\n\r\n", FACTS_8BIT | FACTS_8BIT_HEADER },
	{ "Content-Type: application/pdf\r\n\r\n", FACTS_ATTACHMENT },
	{ "Content-Type: text/plain; name=a.txt\r\n\r\n", FACTS_ATTACHMENT },
	{ "Content-Disposition: inline; filename=a.txt\r\n\r\n", 0 },
	{ "Subject: x (fwd)\r\n\r\n", FACTS_REPLY },
};

static void
test_flags(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(flagged); i++) {
		struct arena *a = arena_new(64 << 20);
		struct facts f = facts_of(a, str_c(flagged[i].message));

		assert_int_equal(f.flags, flagged[i].flags);
		arena_free(a);
	}
}

/* Beyond a bound the rest is one opaque part, and the record stays small. */
static void
test_bounds(void **state)
{
	auto_buf deep = BUF_INIT(16 << 20), wide = BUF_INIT(16 << 20);
	struct arena *a = arena_new(64 << 20);
	struct facts f;

	(void)state;
	for (int i = 0; i < 500; i++)
		buf_printf(&deep, "Content-Type: multipart/mixed; boundary=%d"
				  "\r\n\r\n--%d\r\n", i, i);
	assert_int_equal(facts_decode(scan(a, buf_get(&deep), 1000), &f), 0);
	assert_int_equal(f.nparts, 65);
	assert_true(f.flags & FACTS_CUT);
	buf_lit(&wide, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < 5000; i++)
		buf_lit(&wide, "--b\r\nContent-Type: message/rfc822\r\n\r\n"
			       "To: a, b, c, d, e, f, g, h, i, j, k, l\r\n"
			       "\r\nxxx\r\n");
	assert_int_equal(facts_decode(scan(a, buf_get(&wide), 1000), &f), 0);
	assert_true(f.nparts > 100 && f.nparts <= 1000);
	assert_true(f.flags & FACTS_CUT);
	arena_free(a);
}

/* What costs most of everything that is kept: never more than the arena that
 * callers are told to bring. */
static void
test_worst(void **state)
{
	static const struct {
		const char *start, *again;
	} worst[] = {
		{ "To: ", "a," }, { "To: ", "\"\\" }, { "To: ", "g:a,;" },
		{ "From: a\r\nTo: ", "<@a,@b:\"\"@[1]>," },
		{ "Content-Type: text/plain; name=", "\"\\\"" },
		{ "Content-Type: text/plain; name=\"=?", "\xff" },
		{ "Content-Type: text/plain; charset=\"=?", "\xff" },
		{ "Content-Type: multipart/mixed; boundary*=iso-8859-1''",
		  "%ff" },
		{ "Content-Type: text/plain", ";a=\"\\b\"" },
		{ "Content-Language: ", "a," },
		{ "Subject: ", "=?utf-8?q?" }, { "Subject: ", "[a]" },
		{ "Subject: Re: ", "[fwd:" }, { "References: ", "<a>" },
		{ "", "X\r\n" }, { "Date: ", "(" },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
		  "--b\r\nContent-Type: a/b; c=\"\\d\"\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(worst); i++) {
		auto_buf m = BUF_INIT(4 << 20);
		struct arena *a = arena_new(MIME_SCAN_ARENA);
		struct facts f;

		buf_str(&m, str_c(worst[i].start));
		while (m.n < 512 << 10)
			buf_str(&m, str_c(worst[i].again));
		assert_int_equal(facts_decode(scan(a, buf_get(&m), 65536),
		    &f), 0);
		assert_true(arena_used(a) < MIME_SCAN_ARENA / 2);
		arena_free(a);
	}
}

/* A cache from anywhere: whatever it holds, reading it is safe. */
static void
test_hostile_record(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct str rec = scan(a, str_c(nested), 9999);
	struct facts f;

	(void)state;
	for (size_t n = 0; n < rec.n; n++)
		assert_int_equal(facts_decode(str_first(rec, n), &f), E_PROTO);
	((char *)(uintptr_t)rec.p)[0]++;
	assert_int_equal(facts_decode(rec, &f), E_PROTO);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_section_single),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_hostile_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
