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

/* A part in a line: depth, kind, media type, octets and lines of its body. */
static struct str
parts_of(struct arena *a, const struct facts *f)
{
	auto_buf b = BUF_INIT(65536);
	struct facts_walk w = facts_walk_of(f);
	struct facts_part p;

	while (facts_next_part(&w, &p))
		buf_printf(&b, "%s%u%c%.*s/%.*s:%ju:%ju", b.n ? " " : "",
		    p.depth, "-*m"[p.kind], STR_FMT(p.type),
		    STR_FMT(p.subtype), (uintmax_t)p.body_len,
		    (uintmax_t)p.lines);
	return str_dup(a, buf_get(&b));
}

static const struct {
	const char *message, *parts;
} trees[] = {
	{ "", "0-text/plain:0:0" },
	{ "Content-Type: Image/PNG\r\n\r\nAAAA\r\n", "0-Image/PNG:6:1" },
	/* No parts at all. */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n",
	  "0*multipart/mixed:9:1" },
	/* Without a boundary it is text. */
	{ "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n",
	  "0-text/plain:10:3" },
	/* RFC 2046 5.1.5: parts of a digest are messages. */
	{ "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n"
	  "Subject: s\r\n\r\nt\r\n--b--\r\n",
	  "0*multipart/digest:31:6 1mmessage/rfc822:15:2 2-text/plain:1:0" },
	/* The outer boundary ends the inner parts. */
	{ "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
	  "Content-Type: multipart/mixed; boundary=ab\r\n\r\n--ab \r\n\r\n"
	  "1\r\n--ab\r\n\r\n2\r\n--a\r\n\r\n3\r\n--a--",
	  "0*multipart/mixed:89:12 1*multipart/mixed:21:5 2-text/plain:1:0 "
	  "2-text/plain:1:0 1-text/plain:1:0" },
	/* RFC 2046 5.1.1: what follows the boundary in its line is nothing,
	 * unless it makes it the boundary of an inner part. */
	{ "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a and\r\n\r\n1"
	  "\r\n--ab\r\n\r\n2\r\n--a--c\r\n--a\r\n",
	  "0*multipart/mixed:38:8 1-text/plain:1:0 1-text/plain:1:0" },
	/* Bare LF is no line end, so this is no boundary. */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\n"
	  "--b--\r\n", "0*multipart/mixed:16:3 1-text/plain:9:1" },
};

static void
test_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(trees); i++) {
		struct arena *a = arena_new(64 << 20);
		struct facts f = facts_of(a, str_c(trees[i].message));

		assert_str(parts_of(a, &f), trees[i].parts);
		arena_free(a);
	}
}

static void
test_part(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct facts f = facts_of(a, STR("Content-Type: a/b; c=d; e*0=\"\\f\""
	    "\r\nContent-ID: <x@y>\r\nContent-Description: a\r\n \"p\"\r\n"
	    "Content-Disposition: inline; g=h\r\n"
	    "Content-Language: de, en\r\n\r\n"));
	struct facts_walk w = facts_walk_of(&f);
	struct str name, value;
	struct facts_part p;

	(void)state;
	assert_true(facts_next_part(&w, &p));
	assert_true(facts_next_param(&p.params, &name, &value));
	assert_str(name, "c");
	assert_str(value, "d");
	assert_true(facts_next_param(&p.params, &name, &value));
	assert_str(name, "e*0");
	assert_str(value, "f");
	assert_false(facts_next_param(&p.params, &name, &value));
	assert_str(p.id, "<x@y>");
	assert_str(p.description, "a \"p\"");
	assert_null(p.encoding.p);
	assert_null(p.md5.p);
	assert_str(p.disposition, "inline");
	assert_true(facts_next_param(&p.disposition_params, &name, &value));
	assert_str(value, "h");
	assert_true(facts_next_text(&p.languages, &value));
	assert_str(value, "de");
	assert_true(facts_next_text(&p.languages, &value));
	assert_str(value, "en");
	assert_false(facts_next_text(&p.languages, &value));
	assert_null(p.location.p);
	arena_free(a);
}

static void
test_location(void **state)
{
	static const char *const uris[][2] = {
		{ "http://a.example/b(c)", "http://a.example/b(c)" },
		{ "(one) \r\n b.png (two)", "b.png" },
		{ "\"ftp://a/b/\r\n  c.txt\" (x)", "ftp://a/b/c.txt" },
		{ "two words", "two words" },
		{ "(nothing)", "(nothing)" },
		{ "", "" },
	};
	struct arena *a = arena_new(64 << 20);

	(void)state;
	for (size_t i = 0; i < NELEM(uris); i++) {
		struct facts f = facts_of(a, arena_printf(a,
		    "Content-Location: %s\r\n\r\n", uris[i][0]));
		struct facts_walk w = facts_walk_of(&f);
		struct facts_part p;

		assert_true(facts_next_part(&w, &p));
		assert_str(p.location, uris[i][1]);
	}
	arena_free(a);
}

/* An address in a word: name, route, local part, host; ":" and ";" are the
 * two ends of a group. */
static struct str
addresses_of(struct arena *a, struct str list)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct address x;

	while (facts_next_address(&list, &x)) {
		buf_chr(&b, ' ');
		if (x.kind == ADDRESS_GROUP_END)
			buf_chr(&b, ';');
		else if (x.kind == ADDRESS_GROUP)
			buf_printf(&b, "%.*s:", STR_FMT(x.name));
		else
			buf_printf(&b, "%.*s<%.*s%.*s@%.*s>", STR_FMT(x.name),
			    STR_FMT(x.route), STR_FMT(x.mailbox),
			    STR_FMT(x.host));
	}
	return str_dup(a, buf_get(&b));
}

static void
test_envelope(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct facts f = facts_of(a, STR("Subject:\r\nFrom: a@b\r\n"
	    "From: not@this\r\nTo: g:a@b, \"x, y\" <@r,@s:c@d>;, lost\r\n"
	    "Cc: u:;\r\nTo: =?utf-8?q?t?= <two@b>\r\nCC: three@b\r\n"
	    "Date: when\r\n\tever\r\nMessage-ID: <i@j>\r\n\r\n"));
	const struct facts_envelope *e = &f.envelope;

	(void)state;
	assert_non_null(e->subject.p);
	assert_int_equal(e->subject.n, 0);
	assert_str(e->date, "when\tever");
	assert_str(e->message_id, "<i@j>");
	assert_null(e->in_reply_to.p);
	assert_str(addresses_of(a, e->from), " <a@b>");
	assert_int_equal(e->sender.n + e->reply_to.n + e->bcc.n, 0);
	/* RFC 5322 4.5.3: several fields of recipients are one list. */
	assert_str(addresses_of(a, e->to), " g: <a@b> x, y<@r,@sc@d> ; <lost@>"
	    " =?utf-8?q?t?=<two@b>");
	assert_str(addresses_of(a, e->cc), " u: ; <three@b>");
	arena_free(a);
}

/* 70 Cc lines, as some programs write them. */
static void
test_many_fields(void **state)
{
	auto_buf m = BUF_INIT(65536);
	struct arena *a = arena_new(64 << 20);
	struct address x;
	struct facts f;
	uint32_t n = 0;

	(void)state;
	for (int i = 0; i < 70; i++)
		buf_printf(&m, "Cc: c%d@example.net\r\n", i);
	f = facts_of(a, buf_get(&m));
	while (facts_next_address(&f.envelope.cc, &x))
		n++;
	assert_int_equal(n, 70);
	assert_str(x.mailbox, "c69");
	arena_free(a);
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
	assert_true(facts_next_text(&f.references, &id));
	assert_str(id, "r1@x");
	assert_true(facts_next_text(&f.references, &id));
	assert_str(id, "r2@x");
	assert_false(facts_next_text(&f.references, &id));
	assert_true(facts_next_text(&f.in_reply_to, &id));
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
	{ "tls-required:\r\n nO\r\n\r\n", FACTS_TLS_OPTIONAL },
	{ "TLS-Required: No, please\r\n\r\n", 0 },
	{ "Content-Type: message/rfc822\r\n\r\nTLS-Required: No\r\n\r\n",
	    FACTS_ATTACHMENT },
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
		buf_printf(&deep, "Content-Type: multipart/mixed; boundary=%d."
				  "\r\n\r\n--%d.\r\n", i, i);
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
		{ "", "X\r\n" }, { "Date: ", "(" }, { "", "To: a\r\n" },
		{ "", "Cc: g:;\r\n" },
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

static void
test_listed(void **state)
{
	struct arena *a = arena_new(64 << 20);
	auto_buf long_one = BUF_INIT(100000);
	struct facts f;

	(void)state;
	f = facts_of(a, STR("Received: x\r\nsubject : a\r\n b\r\nX-Other: c\r\n"
	    "TO: x@y\r\nSubject: again\r\n\r\nFrom: no\r\n"));
	assert_str(f.listed, "subject : a\r\n b\r\nTO: x@y\r\n"
	    "Subject: again\r\n\r\n");
	/* A header without an end, and none. */
	f = facts_of(a, STR("Date: x"));
	assert_str(f.listed, "Date: x\r\n\r\n");
	f = facts_of(a, STR("\r\nhello"));
	assert_str(f.listed, "\r\n");
	/* What is long is left in the message. */
	buf_lit(&long_one, "To: ");
	for (int i = 0; i < 300; i++)
		buf_printf(&long_one, "a%d@example.org,\r\n ", i);
	buf_lit(&long_one, "b@c\r\n\r\n");
	f = facts_of(a, buf_get(&long_one));
	assert_null(f.listed.p);
	arena_free(a);
}

/* Of before there was that: all else is there. */
static void
test_older_record(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct str rec = scan(a, STR("Subject: a\r\n\r\nx"), 9999);
	size_t at = str_find(rec, STR("\017Subject: a"));
	struct facts f;

	(void)state;
	assert_true(at < rec.n && rec.p[0] == 3);
	((char *)(uintptr_t)rec.p)[0] = 2;
	assert_int_equal(facts_decode(rec, &f), E_PROTO);
	assert_int_equal(facts_decode(str_first(rec, at), &f), 0);
	assert_str(f.envelope.subject, "a");
	assert_null(f.listed.p);
	assert_int_equal(facts_glance(str_first(rec, at), &f), 0);
	assert_str(f.envelope.subject, "a");
	arena_free(a);
}

/* What is said of the parts is not looked at; all else is the same. */
static void
test_glance(void **state)
{
	struct arena *a = arena_new(64 << 20);
	struct str rec = scan(a, str_c(nested), 9999);
	struct facts f, g;

	(void)state;
	assert_int_equal(facts_decode(rec, &f), 0);
	assert_int_equal(facts_glance(rec, &g), 0);
	assert_memory_equal(&f, &g, sizeof(f));
	assert_int_equal(facts_brief(str_first(rec, FACTS_BRIEF), &g), 0);
	assert_true(f.flags == g.flags && f.sent == g.sent &&
	    f.size == g.size && f.nparts == g.nparts);
	assert_int_equal(facts_brief(str_first(rec, 13), &g), E_PROTO);
	for (size_t n = 0; n < rec.n; n++)
		assert_int_equal(facts_glance(str_first(rec, n), &g),
		    E_PROTO);
	arena_free(a);
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

/* One field of a record changed to what no scan writes. */
static void
test_false_record(void **state)
{
	static const struct {
		struct str was, is;
	} lies[] = {
		/* A leaf that claims to be a message, a multipart, nothing. */
		{ STR("letters\007sixsix"), STR("message\007rfc822") },
		{ STR("\010letters\007sixsix"), STR("\012multipart\005six") },
		{ STR("\010letters\007sixsix"), STR("\001\016letters6sixsix") },
		/* A pair without its second half. */
		{ STR("\003\001a\000"), STR("\003\001a\007") },
		/* A group within a group, and one without an end. */
		{ STR("\010\001\001g\002\001\001h\002"),
		  STR("\010\001\001g\001\001h\002\002") },
		{ STR("\010\001\001g\002\001\001h\002"),
		  STR("\010\001\001g\002\001\002hh") },
	};
	struct arena *a = arena_new(64 << 20);
	struct facts f;

	(void)state;
	for (size_t i = 0; i < NELEM(lies); i++) {
		struct str rec = scan(a, STR("To: g:;,h:;\r\nContent-Type: "
		    "letters/sixsix; a=\"\"\r\n\r\nx"), 9999);
		size_t at = str_find(rec, lies[i].was);

		assert_int_equal(facts_decode(rec, &f), 0);
		assert_true(at < rec.n);
		memcpy((char *)(uintptr_t)rec.p + at, lies[i].is.p,
		    lies[i].is.n);
		assert_int_equal(facts_decode(rec, &f), E_PROTO);
	}
	arena_free(a);
}

/* All room taken, and as many ids as are kept: still one message between
 * roles. */
static void
test_largest(void **state)
{
	auto_buf m = BUF_INIT(1 << 20);
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	struct facts f;

	(void)state;
	for (int k = 0; k < 2; k++) {
		buf_str(&m, k ? STR("In-Reply-To:") : STR("References:"));
		for (int i = 0; i < 40; i++)
			buf_printf(&m, " <%0510d>\r\n", i);
	}
	buf_lit(&m, "To: ");
	for (int i = 0; i < 400; i++)
		buf_printf(&m, "\"%0500d\" <a@b>,\r\n ", i);
	buf_lit(&m, "\r\n\r\n");
	assert_int_equal(facts_decode(scan(a, buf_get(&m), 1000), &f), 0);
	assert_true(f.flags & FACTS_CUT);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_location),
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_older_record),
		cmocka_unit_test(test_glance),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_section_single),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_hostile_record),
		cmocka_unit_test(test_false_record),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
