#include "base/test.h"
#include "carry/imap_answer.h"
#include "store/messages.h"

static struct imap_answer
read_one(const char *text)
{
	static struct arena *a;
	struct imap_answer out;

	if (!a)
		a = arena_new(8 << 20);
	if (!imap_answer_read(str_c(text), &out, a))
		fail_msg("no answer: %s", text);
	return out;
}

static void
test_fetch(void **state unused_arg)
{
	struct imap_answer a = read_one("* 7 FETCH (UID 9 FLAGS (\\Seen "
	    "$Forwarded \\Recent b*d x) INTERNALDATE \" 3-Feb-2020 04:05:06 "
	    "+0130\" ENVELOPE (\"x\" NIL ((\"a\" {3}\r\n)\"x \"\\\"\"))) "
	    "X-GM-MSGID 1234567890123456789 BODY[] \"\")");

	assert_int_equal(a.kind, IMAP_FETCH);
	assert_int_equal(a.n, 7);
	assert_int_equal(a.uid, 9);
	assert_true(a.has_flags && a.has_body);
	assert_int_equal(a.flags, FLAG_seen);
	assert_str(a.keywords, "$Forwarded x");
	assert_int_equal(a.date, 1580697306);
	assert_int_equal(a.zone_min, 90);
	assert_true(a.gmail == 1234567890123456789u);
	assert_str(a.body, "");
	a = read_one("* 1 FETCH (BODY[] \"a\\\"b\" UID 2)");
	assert_str(a.body, "a\"b");
	assert_false(a.has_flags);
	assert_int_equal(read_one("* 1 FETCH (UID 2 INTERNALDATE \"x\")").date,
	    0);
}

static void
test_list(void **state unused_arg)
{
	struct imap_answer a = read_one("* LIST (\\HasNoChildren \\Sent) \"/\" "
	    "\"[Gmail]/Sent Mail\"");

	assert_int_equal(a.kind, IMAP_LIST);
	assert_int_equal(a.use, SPECIAL_sent);
	assert_int_equal(a.separator, '/');
	assert_str(a.name, "[Gmail]/Sent Mail");
	a = read_one("* LSUB () NIL {5}\r\na \"b\"");
	assert_true(a.lsub);
	assert_int_equal(a.separator, 0);
	assert_str(a.name, "a \"b\"");
	a = read_one("* LIST (\\Noselect \\All) \"\\\\\" INBOX");
	assert_int_equal(a.list_flags, LIST_NOSELECT | LIST_ALL);
	assert_int_equal(a.separator, '\\');
}

static void
test_others(void **state unused_arg)
{
	struct imap_answer a = read_one("a12 OK [READ-ONLY] done");

	assert_int_equal(a.kind, IMAP_DONE);
	assert_str(a.tag, "a12");
	assert_int_equal(read_one("* OK [UIDVALIDITY 77] x").uidvalidity, 77);
	assert_int_equal(read_one("* OK [UIDVALIDITY x] x").uidvalidity, 0);
	assert_int_equal(read_one("* 5 EXISTS").n, 5);
	assert_int_equal(read_one("* 5 EXPUNGE").kind, IMAP_EXPUNGE);
	assert_int_equal(read_one("+ go").kind, IMAP_CONTINUE);
	assert_int_equal(read_one("* 5 NEWS").kind, IMAP_OTHER);
	assert_int_equal(read_one("* FLAGS (\\Seen)").kind, IMAP_OTHER);
	assert_str(read_one("* CAPABILITY IMAP4rev1 X").text, "IMAP4rev1 X");
	assert_str(read_one("* BYE out").status, "BYE");
}

static void
test_no_answers(void **state unused_arg)
{
	static const char *const t[] = { "", "*", "* ", "a1", "a1 YES",
		"* 1 FETCH", "* 1 FETCH (UID", "* 1 FETCH (UID 99999999999)",
		"* LIST () \"/\" \"x", "* LIST (\"/\" x", "* 1 FETCH (X ((((",
		"* LIST () \"/\" {9}\r\nabc", "HTTP/1.1 200 OK",
		"* 1 FETCH (BODY[] \"\\" };
	struct arena *a = arena_new(1 << 20);
	struct imap_answer out;

	for (size_t i = 0; i < NELEM(t); i++)
		if (imap_answer_read(str_c(t[i]), &out, a))
			fail_msg("taken: %s", t[i]);
	arena_free(a);
}

static void
test_literal(void **state unused_arg)
{
	struct str text;
	uint64_t n;

	assert_true(imap_literal(STR("* 1 FETCH (BODY[] {12}"), &text, &n));
	assert_str(text, "* 1 FETCH (BODY[] ");
	assert_int_equal(n, 12);
	assert_true(imap_literal(STR("x ~{0}"), &text, &n));
	assert_str(text, "x ");
	assert_false(imap_literal(STR("x {}"), &text, &n));
	assert_false(imap_literal(STR("x {1} "), &text, &n));
	assert_false(imap_literal(STR("{99999999999999999999}"), &text, &n));
	assert_false(imap_literal(STR(""), &text, &n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_list), cmocka_unit_test(test_others),
		cmocka_unit_test(test_no_answers),
		cmocka_unit_test(test_literal) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
