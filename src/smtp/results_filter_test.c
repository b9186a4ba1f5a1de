#include "smtp/results_filter.h"

#include "base/err.h"
#include "base/test.h"

#define OURS "Authentication-Results: mail.test; spf=pass\r\n"
#define FOREIGN "Authentication-Results: far.test; spf=pass\r\n\tx\r\n"

#define ARC "ARC-Authentication-Results: i=1; mail.test; spf=pass\r\n"    \
	"ARC-Message-Signature: i=1; d=far.test; b=x\r\n"                  \
	"ARC-Seal: i=1; cv=none; d=far.test; b=x\r\n"

static void
filter_text_for(bool passes_on, struct str text, size_t step,
    struct buf *got, struct buf *kept)
{
	struct results_filter f;
	struct str in, out;

	results_filter_init(&f, STR("mail.test"));
	f.passes_on = passes_on;
	for (size_t i = 0; i < text.n; i += step) {
		in = str_first(str_from(text, i), step);
		while (results_filter_next(&f, &in, &out)) {
			assert_true(out.n > 0);
			buf_str(got, out);
		}
		assert_int_equal(in.n, 0);
	}
	while (results_filter_rest(&f, &out))
		buf_str(got, out);
	if (kept)
		buf_str(kept, buf_get(&f.valid_since));
	results_filter_free(&f);
}

static void
filter_text(struct str text, size_t step, struct buf *got, struct buf *kept)
{
	filter_text_for(false, text, step, got, kept);
}

static void
test_texts(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ OURS, "" },
		/* A set of ARC is whole or broken: doc/judge.md. */
		{ ARC, ARC }, { ARC OURS, ARC },
		{ FOREIGN, FOREIGN },
		{ "A: b\r\n" OURS "C: d\r\n\r\n" OURS,
		    "A: b\r\nC: d\r\n\r\n" OURS },
		{ OURS OURS FOREIGN OURS "\r\nx", FOREIGN "\r\nx" },
		{ "AUTHENTICATION-results \t:\r\n (c) Mail.Test\r\n\t;none\r\n"
		  "B: c\r\n", "B: c\r\n" },
		{ "Authentication-Resultsx: mail.test\r\n",
		    "Authentication-Resultsx: mail.test\r\n" },
		{ "Authentication-Results\r\n", "Authentication-Results\r\n" },
		{ "Authent", "Authent" }, { "X-Pos", "X-Pos" },
		{ "x-Postern-Verdict : a\r\n b\r\nB: c\r\n", "B: c\r\n" },
		{ "X-Postern-Verdicts: a\r\nXA: c\r\n",
		    "X-Postern-Verdicts: a\r\nXA: c\r\n" },
		{ "X: y\r\n Authentication-Results: mail.test\r\n",
		    "X: y\r\n Authentication-Results: mail.test\r\n" },
		/* It is no more of our own trace field. */
		{ " " OURS, "\r\n " OURS },
		{ "\tFrom: a\r\nB: c\r\n", "\r\n\tFrom: a\r\nB: c\r\n" },
		{ "\r\n" OURS, "\r\n" OURS },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 100; step += step / 2 + 1) {
			auto_buf got = BUF_INIT(4096);

			filter_text(str_c(rows[i].text), step, &got, NULL);
			assert_str(buf_get(&got), rows[i].want);
		}
}

#define SINCE "Require-Recipient-Valid-Since: a@b;\r\n\tx\r\n"

/* What is for the last server goes, and is kept for it.      RFC 7293 5.2 */
static void
test_valid_since(void **state unused_arg)
{
	static const struct {
		const char *text, *want, *kept;
	} rows[] = {
		{ SINCE, "", SINCE },
		{ "A: b\r\n" SINCE "C: d\r\n" SINCE "\r\n" SINCE,
		    "A: b\r\nC: d\r\n\r\n" SINCE, SINCE SINCE },
		{ "require-recipient-VALID-since : x\r\n" OURS, "",
		    "require-recipient-VALID-since : x\r\n" },
		{ "Received: x\r\nRequire-Recipient: x\r\nRe", "Received: x"
		    "\r\nRequire-Recipient: x\r\nRe", "" },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 100; step += step / 2 + 1) {
			auto_buf got = BUF_INIT(4096), kept = BUF_INIT(4096);

			filter_text(str_c(rows[i].text), step, &got, &kept);
			assert_str(buf_get(&got), rows[i].want);
			assert_str(buf_get(&kept), rows[i].kept);
		}
}

/* It is for a server behind this one as well. */
static void
test_valid_since_passes_on(void **state unused_arg)
{
	static const char *const texts[] = { SINCE, "A: b\r\n" SINCE "C: d\r\n"
		SINCE "\r\n" SINCE };

	for (size_t i = 0; i < NELEM(texts); i++)
		for (size_t step = 1; step < 100; step += step / 2 + 1) {
			auto_buf got = BUF_INIT(4096), kept = BUF_INIT(4096);

			filter_text_for(true, str_c(texts[i]), step, &got,
			    &kept);
			assert_str(buf_get(&got), texts[i]);
			assert_str(buf_get(&kept), i ? SINCE SINCE : SINCE);
		}
}

/* Neither a name nor a value hides by its length. */
static void
test_long(void **state unused_arg)
{
	auto_buf text = BUF_INIT(1 << 20);

	for (size_t i = 0; i < 2; i++) {
		auto_buf got = BUF_INIT(1 << 20);

		buf_reset(&text);
		buf_lit(&text, "A: b\r\nAuthentication-Results");
		for (size_t n = 0; i == 0 && n < 5000; n++)
			buf_chr(&text, ' ');
		buf_lit(&text, ":");
		for (size_t n = 0; i == 1 && n < 5000; n++)
			buf_lit(&text, " (comment)\r\n");
		buf_lit(&text, " mail.test; none\r\nC: d\r\n\r\nx");
		filter_text(buf_get(&text), 777, &got, NULL);
		assert_str(buf_get(&got), "A: b\r\nC: d\r\n\r\nx");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_valid_since),
		cmocka_unit_test(test_valid_since_passes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
