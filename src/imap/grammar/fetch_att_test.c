#include "imap/grammar/fetch_att.h"

#include "base/test.h"

/* Items as bits, and the names of the sections as they would be answered. */
static const struct {
	const char *in;
	uint32_t items;
	const char *names;	/* NULL: refused */
	bool seen;
} table[] = {
	{ "ALL", FETCH_FLAGS | FETCH_INTERNALDATE | FETCH_SIZE |
	    FETCH_ENVELOPE, "" },
	{ "fast", FETCH_FLAGS | FETCH_INTERNALDATE | FETCH_SIZE, "" },
	{ "FULL", FETCH_FLAGS | FETCH_INTERNALDATE | FETCH_SIZE |
	    FETCH_ENVELOPE | FETCH_BODY, "" },
	{ "(ALL)", 0, NULL },
	{ "FLAGS", FETCH_FLAGS, "" },
	{ "(FLAGS UID)", FETCH_FLAGS | FETCH_UID, "" },
	{ "(UID UID)", FETCH_UID, "" },
	{ "()", 0, NULL },
	{ "(FLAGS", 0, NULL },
	{ "(FLAGS )", FETCH_FLAGS, "" },
	{ "(FLAGS UID", 0, NULL },
	{ "BODY", FETCH_BODY, "" },
	{ "BODYSTRUCTURE", FETCH_BODYSTRUCTURE, "" },
	{ "RFC822.SIZE", FETCH_SIZE, "" },
	{ "(RFC822 RFC822.HEADER RFC822.TEXT)", 0,
	    "RFC822 RFC822.HEADER RFC822.TEXT", true },
	{ "RFC822.HEADER", 0, "RFC822.HEADER" },
	{ "(MODSEQ EMAILID THREADID SAVEDATE)", FETCH_MODSEQ | FETCH_EMAILID |
	    FETCH_THREADID | FETCH_SAVEDATE, "" },
	{ "PREVIEW", FETCH_PREVIEW, "" },
	{ "(PREVIEW (LAZY) UID)", FETCH_PREVIEW | FETCH_UID, "" },
	{ "BODY[]", 0, "BODY[]", true },
	{ "BODY.PEEK[]", 0, "BODY[]" },
	{ "body.peek[header]", 0, "BODY[HEADER]" },
	{ "BODY[TEXT]<0.100>", 0, "BODY[TEXT]<0>", true },
	{ "BODY[1.2.3]", 0, "BODY[1.2.3]", true },
	{ "BODY[1.MIME]", 0, "BODY[1.MIME]", true },
	{ "BODY[1.2.HEADER]<7.1>", 0, "BODY[1.2.HEADER]<7>", true },
	{ "BODY[1.TEXT]", 0, "BODY[1.TEXT]", true },
	{ "BODY.PEEK[HEADER.FIELDS (From \"to\" {2}\r\nCc)]", 0,
	    "BODY[HEADER.FIELDS (From to Cc)]" },
	{ "BODY[1.HEADER.FIELDS.NOT (\"a b\")]", 0,
	    "BODY[1.HEADER.FIELDS.NOT (\"a b\")]", true },
	{ "(BODY[1] BODY)", FETCH_BODY, "BODY[1]", true },
	{ "BINARY[1.2]<1.2>", 0, "BINARY[1.2]<1>", true },
	{ "BINARY.PEEK[]", 0, "BINARY[]" },
	{ "BINARY.SIZE[3]", 0, "BINARY.SIZE[3]" },
	{ "BINARY.SIZE[3]<1.2>", 0, NULL },
	{ "BINARY[TEXT]", 0, NULL },
	{ "BINARY", 0, NULL },
	{ "RFC822[]", 0, NULL },
	{ "BODY[MIME]", 0, NULL },
	{ "BODY[0]", 0, NULL },
	{ "BODY[1.0]", 0, NULL },
	{ "BODY[01]", 0, NULL },
	{ "BODY[1.]", 0, NULL },
	{ "BODY[.1]", 0, NULL },
	{ "BODY[1..2]", 0, NULL },
	{ "BODY[1 ]", 0, NULL },
	{ "BODY[1", 0, NULL },
	{ "BODY[HEADERS]", 0, NULL },
	{ "BODY[HEADER.FIELDS]", 0, NULL },
	{ "BODY[HEADER.FIELDS ()]", 0, NULL },
	{ "BODY[HEADER (To)]", 0, NULL },
	{ "BODY[]<0>", 0, NULL },
	{ "BODY[]<0.0>", 0, NULL },
	{ "BODY[]<-1.5>", 0, NULL },
	{ "BODY[]<0.5", 0, NULL },
	{ "XYZ", 0, NULL },
	{ "", 0, NULL },
};

static void
test_table(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(table); i++) {
		struct scan s = scan_of(str_c(table[i].in), a);
		struct fetch_att f = scan_fetch_att(&s);
		auto_buf b = BUF_INIT(1000);

		scan_end(&s);
		assert_int_equal(scan_ok(&s), table[i].names != NULL);
		if (!table[i].names)
			continue;
		assert_int_equal(f.items, table[i].items);
		assert_int_equal(fetch_sets_seen(&f), table[i].seen);
		for (size_t k = 0; k < f.nsection; k++) {
			if (k)
				buf_chr(&b, ' ');
			section_put_name(&b, &f.section[k]);
		}
		assert_str(buf_get(&b), table[i].names);
	}
	arena_free(a);
}

static bool
parses(const char *head, const char *more, size_t times, const char *tail)
{
	struct arena *a = arena_new(SCAN_ARENA(100000));
	auto_buf b = BUF_INIT(100000);
	struct scan s;
	bool ok;

	buf_str(&b, str_c(head));
	for (size_t i = 0; i < times; i++)
		buf_str(&b, str_c(more));
	buf_str(&b, str_c(tail));
	s = scan_of(buf_get(&b), a);
	(void)scan_fetch_att(&s);
	scan_end(&s);
	ok = scan_ok(&s);
	arena_free(a);
	return ok;
}

static void
test_bounds(void **state unused_arg)
{
	assert_true(parses("BODY[1", ".1", PARTS_MAX - 1, "]"));
	assert_false(parses("BODY[1", ".1", PARTS_MAX, "]"));
	assert_true(parses("(UID", " BODY[]", SECTIONS_MAX, ")"));
	assert_false(parses("(UID", " BODY[]", SECTIONS_MAX + 1, ")"));
	assert_true(parses("BODY[HEADER.FIELDS (a", " a", FIELDS_MAX - 1,
	    ")]"));
	assert_false(parses("BODY[HEADER.FIELDS (a", " a", FIELDS_MAX, ")]"));
	assert_true(parses("(UID", " UID", 5000, ")"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
