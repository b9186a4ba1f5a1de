#include "mail/submission_fixup.h"

#include "base/b64.h"
#include "base/test.h"
#include "mail/digest.h"

#define DATE "Date: Sun, 22 Nov 2026 07:00:55 +0000\r\n"
#define ID "Message-ID: <0123.1@mail.test>\r\n"
#define BODY "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"

static struct submission_fixup *
begin(struct arena *a)
{
	const struct submission_fixup_options o = {
		STR("mail.test"), STR("0123.1"), STR("me@b.test"),
		1795330855 };

	return submission_fixup_new(a, &o);
}

/* All that comes out, fed in pieces of `step`; d signs it. */
static void
pass(struct submission_fixup *t, struct digest *d, struct str text,
    size_t step, struct buf *got)
{
	struct str out, in;

	for (size_t i = 0; i < text.n; i += step) {
		in = str_first(str_from(text, i), step);
		while (submission_fixup_next(t, &in, &out)) {
			assert_true(out.n > 0);
			buf_str(got, out);
			digest_feed(d, out);
		}
		assert_int_equal(in.n, 0);
	}
	while (submission_fixup_rest(t, &out)) {
		buf_str(got, out);
		digest_feed(d, out);
	}
}

#define FROM "From: a@b.test\r\n"
#define MINE "From: <me@b.test>\r\n"
#define OTHER_DATE "DATE : 1 Feb 2025 10:00 +0100\r\n"
#define OTHER_ID "message-Id: <x@y>\r\n"

/* What is missing comes in front, what is nobody's business leaves. */
static void
test_fields(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ FROM "\r\n" BODY, DATE ID FROM "\r\n" BODY },
		{ OTHER_DATE "X: y\r\n\r\n" BODY,
		    MINE ID OTHER_DATE "X: y\r\n\r\n" BODY },
		{ FROM OTHER_ID "\r\n" BODY,
		    DATE FROM OTHER_ID "\r\n" BODY },
		{ FROM OTHER_DATE OTHER_ID "\r\n" BODY,
		    FROM OTHER_DATE OTHER_ID "\r\n" BODY },
		{ "X: y\r\n\r\n" FROM, MINE DATE ID "X: y\r\n\r\n" FROM },
		{ "X: y\r\n", MINE DATE ID "X: y\r\n" },
		{ "\r\n" BODY, MINE DATE ID "\r\n" BODY },
		{ "\t" FROM "\r\n" BODY, MINE DATE ID "\r\n\t" FROM "\r\n"
		    BODY },
		{ "", MINE DATE ID },
		/* Ids and dates that are none. */
		{ FROM "Message-Id: <>\r\nDate:\r\n\r\n",
		    DATE ID FROM "\r\n" },
		{ FROM "Message-Id: < @ >\r\nDate: today\r\n",
		    DATE ID FROM },
		{ FROM "Message-Id:\r\n" OTHER_DATE, ID FROM OTHER_DATE },
		/* A copy that is good stands for one that is not. */
		{ FROM "Message-Id: <>\r\n" OTHER_ID OTHER_DATE,
		    FROM OTHER_ID OTHER_DATE },
		{ "Return-Path: <x@y>\r\n" FROM "bcc: z@y,\r\n\tw@y\r\n"
		  "Resent-Bcc : z@y\r\nTo: z@y\r\n\r\nBcc: b\r\n",
		    DATE ID FROM "To: z@y\r\n\r\nBcc: b\r\n" },
		{ "Authentication-Results: mail.test; spf=pass\r\n" FROM
		  "Authentication-Results: other.test; spf=pass\r\n",
		    DATE ID FROM
		    "Authentication-Results: other.test; spf=pass\r\n" },
		/* RFC 5322 3.6.2 */
		{ "From: a@b.test, c@b.test\r\n\r\n",
		    "Sender: <me@b.test>\r\n" DATE ID
		    "From: a@b.test, c@b.test\r\n\r\n" },
		{ "From: a@b.test, c@b.test\r\nSender: c@b.test\r\n\r\n",
		    DATE ID "From: a@b.test, c@b.test\r\n"
		    "Sender: c@b.test\r\n\r\n" },
		{ "Sender:\r\nFrom: a@b.test, c@b.test\r\n\r\n",
		    "Sender: <me@b.test>\r\n" DATE ID
		    "From: a@b.test, c@b.test\r\n\r\n" },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 100; step += step / 2 + 1) {
			struct arena *a = arena_new(DIGEST_ARENA);
			struct submission_fixup *t = begin(a);
			struct digest *d = digest_new(NULL);
			auto_buf got = BUF_INIT(4096), want = BUF_INIT(4096);

			buf_str(&want, str_c(rows[i].want));
			pass(t, d, str_c(rows[i].text), step, &got);
			assert_strs(buf_get(&got), buf_get(&want));
			submission_fixup_free(t);
			digest_free(d);
			arena_free(a);
		}
}

/* What is signed is the text that came out: the added fields too. */
static void
test_facts(void **state unused_arg)
{
	for (size_t step = 1; step < 200; step += step) {
		struct arena *a = arena_new(DIGEST_ARENA);
		struct submission_fixup *t = begin(a);
		struct digest *d = digest_new(NULL);
		auto_buf got = BUF_INIT(4096), hash = BUF_INIT(100);
		struct signable o;

		pass(t, d, STR("From: A <a@b.test>, c@d.test\r\nSubject:  s\r\n"
		    "\r\n" BODY), step, &got);
		assert_true(digest_finish(d, a, &o));
		assert_int_equal(o.nauthors, 2);
		assert_str(o.authors[1], "c@d.test");
		assert_str(o.names, "From:From:Sender:Reply-To:To:Cc:"
		    "Subject:Subject:Date:Date:Message-ID:Message-ID:"
		    "Content-Type");
		assert_str(o.header, "from:A <a@b.test>, c@d.test\r\n"
		    "sender:<me@b.test>\r\nsubject:s\r\n"
		    "date:Sun, 22 Nov 2026 07:00:55 +0000\r\n"
		    "message-id:<0123.1@mail.test>\r\n");
		b64_put(&hash, o.body_hash);
		assert_str(buf_get(&hash),
		    "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
		submission_fixup_free(t);
		digest_free(d);
		arena_free(a);
	}
}

/* A header of 2,000 recipients gets what it lacks; one over all bounds leaves
 * nothing. */
static void
test_long(void **state unused_arg)
{
	static const size_t sizes[] = { 65536, 200000,
		SUBMISSION_HEADER_MAX - 100, SUBMISSION_HEADER_MAX,
		3 * SUBMISSION_HEADER_MAX };

	for (size_t i = 0; i < NELEM(sizes); i++) {
		struct arena *a = arena_new(DIGEST_ARENA);
		struct submission_fixup *t = begin(a);
		struct digest *d = digest_new(NULL);
		auto_buf text = BUF_INIT(4 << 20), got = BUF_INIT(4 << 20);
		bool fits = i < 3;

		buf_lit(&text, FROM);
		while (text.n < sizes[i])
			buf_lit(&text, "X: 0123456789\r\n");
		buf_lit(&text, "\r\nbody\r\n");
		pass(t, d, buf_get(&text), 5000, &got);
		assert_int_equal(got.n, fits ? text.n + STR(DATE ID).n : 0);
		assert_int_equal(submission_fixup_people(t)->fault,
		    fits ? HEADER_FINE : HEADER_TOO_BIG);
		submission_fixup_free(t);
		digest_free(d);
		arena_free(a);
	}
}

static void
test_people(void **state unused_arg)
{
	static const struct {
		const char *text;
		enum submission_fault fault;
		const char *people;
	} rows[] = {
		{ "X: y\r\n\r\n", HEADER_FINE, "" },
		{ FROM, HEADER_FINE, "a@b.test " },
		{ FROM FROM, HEADER_TWO_FROMS, "a@b.test " },
		{ FROM "from : c@b.test\r\n", HEADER_TWO_FROMS, "a@b.test " },
		{ "From: b@b.test <a@b.test>,\r\n \"x y\"@b.test, g: h@b.test;"
		  "\r\n", HEADER_FINE, "a@b.test x y@b.test h@b.test " },
		{ FROM "Sender: S <c@b.test>\r\n", HEADER_FINE,
		    "a@b.test c@b.test " },
		{ "Sender: c@b.test\r\n" FROM "Sender: d@b.test\r\n",
		    HEADER_TWO_SENDERS, "c@b.test a@b.test " },
		{ "From:\r\n", HEADER_NOBODY, "" },
		{ "From: Joe\r\n", HEADER_NOBODY, "" },
		{ "From: nobody:;\r\n", HEADER_NOBODY, "" },
		{ "X: y\r\n\r\n" FROM FROM, HEADER_FINE, "" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct arena *a = arena_new(DIGEST_ARENA);
		struct submission_fixup *t = begin(a);
		struct digest *d = digest_new(NULL);
		auto_buf got = BUF_INIT(4096), people = BUF_INIT(4096);
		const struct submission_people *p;

		assert_null(submission_fixup_people(t));
		pass(t, d, str_c(rows[i].text), 7, &got);
		p = submission_fixup_people(t);
		assert_int_equal(p->fault, rows[i].fault);
		for (size_t n = 0; n < p->n; n++)
			buf_printf(&people, "%.*s ", STR_FMT(p->address[n]));
		assert_str(buf_get(&people), rows[i].people);
		submission_fixup_free(t);
		digest_free(d);
		arena_free(a);
	}
}

/* More than may be asked about. */
static void
test_many_people(void **state unused_arg)
{
	struct arena *a = arena_new(DIGEST_ARENA);
	struct submission_fixup *t = begin(a);
	struct digest *d = digest_new(NULL);
	auto_buf text = BUF_INIT(100000), got = BUF_INIT(100000);

	buf_lit(&text, "From: a@b.test");
	for (size_t i = 0; i < SUBMISSION_PEOPLE_MAX; i++)
		buf_printf(&text, ",\r\n a%zu@b.test", i);
	buf_lit(&text, "\r\n\r\n");
	pass(t, d, buf_get(&text), 1000, &got);
	assert_int_equal(submission_fixup_people(t)->fault, HEADER_TOO_MANY);
	submission_fixup_free(t);
	digest_free(d);
	arena_free(a);
}

static void
test_nobody(void **state unused_arg)
{
	static const char *const texts[] = {
		"From: a@b.test\r\nFrom: a@b.test\r\n\r\n", "From: x\r\n\r\n" };

	for (size_t i = 0; i < NELEM(texts); i++) {
		struct arena *a = arena_new(DIGEST_ARENA);
		struct submission_fixup *t = begin(a);
		struct digest *d = digest_new(NULL);
		auto_buf got = BUF_INIT(4096);
		struct signable o;

		pass(t, d, str_c(texts[i]), 100, &got);
		assert_false(digest_finish(d, a, &o));
		submission_fixup_free(t);
		digest_free(d);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_many_people),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
