#include "smtp/submission_fixup.h"

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
		STR("mail.test"), STR("0123.1"), 1795330855 };

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

static void
test_fields(void **state unused_arg)
{
	static const struct {
		const char *text, *added;
	} rows[] = {
		{ "From: a@b.test\r\n\r\n" BODY, DATE ID },
		{ "Date: now\r\nX: y\r\n\r\n" BODY, ID },
		{ "message-ID : <x@y>\r\n\r\n" BODY, DATE },
		{ "DATE: d\r\nMessage-Id: <x@y>\r\n\r\n" BODY, "" },
		{ "X: y\r\n\r\nDate: d\r\n", DATE ID },
		{ "X: y\r\n", DATE ID },
		{ "\r\n" BODY, DATE ID },
		{ "", DATE ID },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 100; step += step / 2 + 1) {
			struct arena *a = arena_new(DIGEST_ARENA);
			struct submission_fixup *t = begin(a);
			struct digest *d = digest_new(NULL);
			auto_buf got = BUF_INIT(4096), want = BUF_INIT(4096);

			buf_str(&want, str_c(rows[i].added));
			buf_str(&want, str_c(rows[i].text));
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
		assert_str(o.names, "From:From:Reply-To:To:Cc:Subject:Subject:"
		    "Date:Date:Message-ID:Message-ID:Content-Type");
		assert_str(o.header, "from:A <a@b.test>, c@d.test\r\n"
		    "subject:s\r\n"
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

/* Too long to hold: nothing is added, nothing is lost, nothing is signed once
 * it is too long for that as well. */
static void
test_long(void **state unused_arg)
{
	static const size_t sizes[] = { SUBMISSION_FIXUP_MAX - 100,
		SUBMISSION_FIXUP_MAX, SUBMISSION_FIXUP_MAX + 1,
		3 * SUBMISSION_FIXUP_MAX };

	for (size_t i = 0; i < NELEM(sizes); i++) {
		struct arena *a = arena_new(DIGEST_ARENA);
		struct submission_fixup *t = begin(a);
		struct digest *d = digest_new(NULL);
		auto_buf text = BUF_INIT(1 << 20), got = BUF_INIT(1 << 20);
		struct signable o;

		buf_lit(&text, "From: a@b.test\r\n");
		while (text.n < sizes[i])
			buf_lit(&text, "X: 0123456789\r\n");
		buf_lit(&text, "\r\nbody\r\n");
		pass(t, d, buf_get(&text), 5000, &got);
		if (i == 0)
			assert_int_equal(got.n, text.n +
			    STR(DATE ID).n);
		else
			assert_strs(buf_get(&got), buf_get(&text));
		assert_int_equal(digest_finish(d, a, &o), i < 3);
		submission_fixup_free(t);
		digest_free(d);
		arena_free(a);
	}
}

static void
test_nobody(void **state unused_arg)
{
	static const char *const texts[] = { "", "X: y\r\n\r\n",
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
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
