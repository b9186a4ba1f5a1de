#include "imap/grammar/gather.h"

#include "base/test.h"

/* Feed a whole stream in pieces of `step` octets, as the dialogue would, and
 * note what was asked for: L line, + sync literal, - the other, M message (its
 * octets are then dropped), D done, B too big. */
static void
run(struct str in, size_t step, struct gather *g, struct buf *trace)
{
	while (g->state != GATHER_DONE && g->state != GATHER_TOO_BIG &&
	    g->state != GATHER_MESSAGE) {
		if (g->state == GATHER_LINE) {
			size_t at = str_find(in, STR("\r\n"));

			if (at == in.n)
				return;
			(void)gather_line(g, str_first(in, at));
			in = str_from(in, at + 2);
			buf_chr(trace, 'L');
			if (g->state == GATHER_LITERAL)
				buf_chr(trace, g->sync ? '+' : '-');
		} else {
			size_t n = g->n < step ? (size_t)g->n : step;

			n = n < in.n ? n : in.n;
			if (n == 0 && g->n > 0)
				return;
			(void)gather_octets(g, str_first(in, n));
			in = str_from(in, n);
		}
	}
	buf_chr(trace, g->state == GATHER_DONE ? 'D' :
	    g->state == GATHER_MESSAGE ? (g->sync ? 'M' : 'm') :
	    (g->sync ? 'B' : 'b'));
}

static const struct {
	const char *in, *trace, *text;
} table[] = {
	{ "a NOOP\r\n", "LD", "a NOOP" },
	{ "\r\n", "LD", "" },
	{ "a LOGIN {3}\r\nabc {4+}\r\nd\r\ne\r\n", "L+L-LD",
	    "a LOGIN {3}\r\nabc {4+}\r\nd\r\ne" },
	{ "a LOGIN {0}\r\n x\r\n", "L+LD", "a LOGIN {0}\r\n x" },
	{ "a X {2}\r\n{9\r\n", "L+LD", "a X {2}\r\n{9" },
	/* no literals */
	{ "a LOGIN \"x {3}\r\n", "LD", "a LOGIN \"x {3}" },
	{ "a LOGIN \"x\\\" {3}\r\n", "LD", "a LOGIN \"x\\\" {3}" },
	{ "a LOGIN \"x\\\\\" {1}\r\na\r\n", "L+LD",
	    "a LOGIN \"x\\\\\" {1}\r\na" },
	{ "a X {}\r\n", "LD", "a X {}" },
	{ "a X {+}\r\n", "LD", "a X {+}" },
	{ "a X {3-}\r\n", "LD", "a X {3-}" },
	{ "a X {3} \r\n", "LD", "a X {3} " },
	{ "a X 3}\r\n", "LD", "a X 3}" },
	/* bounds */
	{ "a X {65537}\r\n", "LB", "a X {65537}" },
	{ "a X {65537+}\r\n", "Lb", "a X {65537+}" },
	{ "a X {99999999999999999999999+}\r\n", "Lb",
	    "a X {99999999999999999999999+}" },
	{ "a X {3}\r\nabc {65534}\r\n", "L+LB", "a X {3}\r\nabc {65534}" },
	/* APPEND */
	{ "a REPLACE 4 INBOX {99999}\r\n", "LM",
	    "a REPLACE 4 INBOX {99999}" },
	{ "a uid replace 4 x (\\Seen) {9+}\r\n", "Lm",
	    "a uid replace 4 x (\\Seen) {9+}" },
	{ "a REPLACE 4 {1+}\r\nx {9+}\r\n", "L-Lm",
	    "a REPLACE 4 {1+}\r\nx {9+}" },
	{ "a REPLACE {1+}\r\nx\r\n", "L-LD", "a REPLACE {1+}\r\nx" },
	{ "a append INBOX {999999}\r\n", "LM", "a append INBOX {999999}" },
	{ "a APPEND INBOX (\\Seen) {9+}\r\n", "Lm",
	    "a APPEND INBOX (\\Seen) {9+}" },
	{ "a APPEND {5}\r\nINBOX {9}\r\n", "L+LM",
	    "a APPEND {5}\r\nINBOX {9}" },
	{ "a APPEND INBOX ~{9}\r\n", "LM", "a APPEND INBOX ~{9}" },
	{ "a APPEND {65537}\r\n", "LB", "a APPEND {65537}" },
	{ "a APPENDX INBOX {70000}\r\n", "LB", "a APPENDX INBOX {70000}" },
};

static void
test_table(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		for (size_t step = 1; step < 100; step += 98) {
			struct gather g;
			auto_buf trace = BUF_INIT(100);

			gather_init(&g);
			run(str_c(table[i].in), step, &g, &trace);
			assert_str(buf_get(&trace), table[i].trace);
			assert_str(buf_get(&g.text), table[i].text);
			gather_free(&g);
		}
	}
}

static void
test_line_bound(void **state unused_arg)
{
	struct gather g;
	char *line = calloc(1, GATHER_LINE_MAX);

	assert_non_null(line);
	memset(line, 'a', GATHER_LINE_MAX);
	gather_init(&g);
	assert_int_equal(gather_line(&g, str_make(line, GATHER_LINE_MAX - 2)),
	    GATHER_DONE);
	gather_reset(&g);
	assert_int_equal(gather_line(&g, str_make(line, GATHER_LINE_MAX - 1)),
	    GATHER_TOO_BIG);
	gather_reset(&g);
	memcpy(line + GATHER_LINE_MAX - 7, "{1}", 3);
	assert_int_equal(gather_line(&g, str_make(line, GATHER_LINE_MAX - 4)),
	    GATHER_LITERAL);
	assert_int_equal(gather_octets(&g, STR("x")), GATHER_LINE);
	assert_int_equal(gather_line_room(&g), 0);
	assert_int_equal(gather_line(&g, STR("")), GATHER_DONE);
	gather_free(&g);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_line_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
