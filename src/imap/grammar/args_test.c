#include "imap/grammar/args.h"

#include "base/test.h"
#include "imap/grammar/args_table.h"

static const struct {
	const char *in;
	bool ok;
} table[] = {
	{ "NOOP", true },
	{ "NOOP ", true },
	{ "NOOP x", false },
	{ "LOGIN alice secret", true },
	{ "LOGIN \"alice\" {6}\r\nse cre", true },
	{ "LOGIN alice", false },
	{ "LOGIN alice secret x", false },
	{ "LOGIN  alice secret", true },
	{ "LOGIN   alice   {6}\r\nsecret  ", true },
	{ "LOGIN alice{6}\r\nsecret", false },
	{ "FETCH 1  ( FLAGS   BODY[HEADER.FIELDS ( DATE  FROM )] )  ", true },
	{ "FETCH 1 (FLAGS)   (CHANGEDSINCE  1 )", true },
	{ "STORE  1  +FLAGS  ( \\Seen  $x )", true },
	{ "STATUS a  ( MESSAGES  RECENT )", true },
	{ "APPEND  INBOX  (  )  \"17-Jul-1996 02:44:25 -0700\"  {5}", true },
	{ "REPLACE 4 Drafts (\\Seen \\Draft) {312}", true },
	{ "REPLACE * {6}\r\nDrafts \"17-Jul-1996 02:44:25 -0700\" {31+}",
	    true },
	{ "REPLACE 4:5 Drafts {312}", false },
	{ "REPLACE 4,5 Drafts {312}", false },
	{ "REPLACE 0 Drafts {312}", false },
	{ "REPLACE $ Drafts {312}", false },
	{ "REPLACE 4 {312}", false },
	{ "REPLACE Drafts {312}", false },
	{ "NOTIFY NONE", true },
	{ "NOTIFY none", true },
	{ "NOTIFY SET STATUS (selected (MessageNew (uid body.peek[header])"
	    " MessageExpunge)) (subtree (a {1}\r\nb) NONE) (inboxes "
	    "(MailboxName SubscriptionChange))", true },
	{ "NOTIFY SET  ( personal  ( messagenew  messageexpunge ) ) ", true },
	{ "NOTIFY SET (personal (SomethingElse))", true },
	{ "NOTIFY SET (SELECTED (MessageNew (uid) MessageExpunge))", true },
	{ "NOTIFY SET (selected (MessageNew ( uid ) MessageExpunge))", true },
	{ "NOTIFY SET (selected (MessageNew (uid MessageExpunge))", false },
	{ "NOTIFY SET (selected (MessageNew uid MessageExpunge))", true },
	{ "NOTIFY SET (selected MessageNew)", false },
	{ "NOTIFY SET (personal (FlagChange))", false },
	{ "NOTIFY SET (personal (MessageNew (uid) MessageExpunge))", false },
	{ "NOTIFY SET (selected NONE) (selected NONE)", false },
	{ "NOTIFY SET (mailboxes NONE)", false },
	{ "NOTIFY SET (mailboxes a NONE", false },
	{ "NOTIFY SET", false },
	{ "NOTIFY", false },
	{ "SEARCH RETURN (UPDATE (UID FLAGS) COUNT) ALL", true },
	{ "SEARCH RETURN (UPDATE (UID FLAGS COUNT) ALL", false },
	{ "APPEND-NEXT {5}", true },
	{ "APPEND-NEXT (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {5+}", true },
	{ "APPEND-NEXT INBOX {5}", false },
	{ "APPEND-NEXT (\\Seen)", false },
	{ "APPEND-NEXT", false },
	{ "SELECT INBOX  ( CONDSTORE )", true },
	{ "LIST ( SUBSCRIBED )  \"\"  ( a  b )  RETURN  ( CHILDREN )", true },
	{ "SEARCH  NOT  ( SEEN  FLAGGED )", true },
	{ "FETCH 1:* FLAGS (PARTIAL -1:-30 CHANGEDSINCE 98305)", true },
	{ "FETCH 1:* FLAGS (CHANGEDSINCE 9 PARTIAL 4294967295:1)", true },
	{ "FETCH 1:* FLAGS (PARTIAL)", false },
	{ "FETCH 1:* FLAGS (PARTIAL 1:*)", false },
	{ "FETCH 1:* FLAGS (PARTIAL 0:1)", false },
	{ "FETCH 1:* FLAGS (PARTIAL -1:3)", false },
	{ "FETCH 1:* FLAGS (PARTIAL 1:-3)", false },
	{ "FETCH 1:* FLAGS (PARTIAL 3)", false },
	{ "FETCH 1:* FLAGS (PARTIAL 1:4294967296)", false },
	{ "FETCH 1:* FLAGS (PARTIAL 1:2 PARTIAL 1:2)", false },
	{ "SEARCH RETURN (PARTIAL -1:-100 COUNT) ALL", true },
	{ "SEARCH RETURN (PARTIAL 1:2 ALL) ALL", false },
	{ "SEARCH RETURN (ALL PARTIAL 1:2) ALL", false },
	{ "SEARCH RETURN (PARTIAL 1:2 PARTIAL 1:2) ALL", false },
	{ "SEARCH RETURN (PARTIAL 1) ALL", false },
	{ "FETCH 1 ( )", false },
	{ "FETCH 1 (FLAGS", false },
	{ "FETCH 1 FLAGS)", false },
	{ "AUTHENTICATE PLAIN", true },
	{ "AUTHENTICATE PLAIN =", true },
	{ "AUTHENTICATE PLAIN AGEAYg==", true },
	{ "AUTHENTICATE PLAIN ", true },
	{ "AUTHENTICATE PLAIN AGE!", false },
	{ "AUTHENTICATE", false },
	{ "SELECT INBOX", true },
	{ "SELECT INBOX (CONDSTORE)", true },
	{ "SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214))",
	    true },
	{ "SELECT INBOX (QRESYNC (1 2 1:9 (1,3,5 10,20,30)) CONDSTORE)", true },
	{ "SELECT INBOX (QRESYNC (1 2 (1,3,5 10,20,30)))", true },
	{ "SELECT INBOX (QRESYNC (0 2))", false },
	{ "SELECT INBOX (QRESYNC (1 2 1:*))", false },
	{ "SELECT INBOX ()", false },
	{ "SELECT INBOX(CONDSTORE)", false },
	{ "SELECT", false },
	{ "CREATE a/b", true },
	{ "CREATE a (USE (\\Sent))", true },
	{ "CREATE a (USE (\\Sent \\Junk))", true },
	{ "CREATE a (USE ())", true },
	{ "CREATE a (USE (Sent))", false },
	{ "CREATE a (USE (\\Sent)", false },
	{ "CREATE a (USE (\\1 \\2 \\3 \\4 \\5 \\6 \\7 \\8 \\9 \\a \\b "
	    "\\c \\d \\e \\f \\g))", true },
	{ "CREATE a (USE (\\1 \\2 \\3 \\4 \\5 \\6 \\7 \\8 \\9 \\a \\b "
	    "\\c \\d \\e \\f \\g \\h))", false },
	{ "DELETE a", true },
	{ "GETQUOTA \"\"", true },
	{ "GETQUOTA !partition/sda4", true },
	{ "GETQUOTA", false },
	{ "GETQUOTA a b", false },
	{ "RESETKEY", true },
	{ "RESETKEY INBOX", true },
	{ "RESETKEY INBOX INTERNAL X-A.b", true },
	{ "RESETKEY (INBOX)", false },
	{ "RESETKEY INBOX 1 2 3 4 5 6 7 8 9", false },
	{ "GENURLAUTH imap://a@b/c INTERNAL \"d%20\" INTERNAL", true },
	{ "GENURLAUTH a", false },
	{ "GENURLAUTH", false },
	{ "GENURLAUTH a INTERNAL b", false },
	{ "GENURLAUTH a (INTERNAL)", false },
	{ "URLFETCH a", true },
	{ "URLFETCH \"imap://a%40b@c/d/;UID=1\" {1+}\r\nb ", true },
	{ "URLFETCH", false },
	{ "URLFETCH (a)", false },
	{ "SETQUOTA \"\" (STORAGE 512 MESSAGE 9)", true },
	{ "SETQUOTA \"\" ()", true },
	{ "SETQUOTA \"\" (STORAGE)", false },
	{ "SETQUOTA \"\" (STORAGE x)", false },
	{ "SETQUOTA \"\" (STORAGE 1", false },
	{ "SETQUOTA \"\"", false },
	{ "SETACL INBOX bob@example.org +lrs", true },
	{ "SETACL \"a b\" -anyone \"\"", true },
	{ "SETACL INBOX bob@example.org", false },
	{ "SETACL INBOX bob@example.org l r", false },
	{ "DELETEACL INBOX bob@example.org", true },
	{ "DELETEACL INBOX", false },
	{ "DELETEACL INBOX a b", false },
	{ "GETMETADATA \"\" /shared/comment", true },
	{ "GETMETADATA INBOX (/shared/comment /private/Comment)", true },
	{ "GETMETADATA INBOX (MAXSIZE 1024) (/shared/comment)", true },
	{ "GETMETADATA (DEPTH 1) \"INBOX\" (/private/filters/values)", true },
	{ "GETMETADATA INBOX (DEPTH infinity MAXSIZE 0) /private", true },
	{ "GETMETADATA INBOX ( \"/shared/comment\" )", true },
	{ "GETMETADATA INBOX /shared/a /shared/b", true },
	{ "GETMETADATA INBOX ()", false },
	{ "GETMETADATA INBOX (DEPTH 1)", false },
	{ "GETMETADATA INBOX (DEPTH 2) /shared/a", false },
	{ "GETMETADATA INBOX (MAXSIZE) /shared/a", false },
	{ "GETMETADATA INBOX (MAXSIZE 4294967296) /shared/a", false },
	{ "GETMETADATA INBOX (/shared/a", false },
	{ "GETMETADATA INBOX /sharedness", false },
	{ "GETMETADATA INBOX /shared//a", false },
	{ "GETMETADATA INBOX /shared/a/", false },
	{ "GETMETADATA INBOX \"/shared/a*\"", false },
	{ "GETMETADATA INBOX \"/shared/a\x19\"", false },
	{ "GETMETADATA INBOX \"/shared/\xc3\xa4\"", false },
	{ "GETMETADATA INBOX", false },
	{ "SETMETADATA INBOX (/private/comment \"x\")", true },
	{ "SETMETADATA \"\" (/private/a NIL /private/b {3}\r\nabc)", true },
	{ "SETMETADATA a (/private/a ~{3}\r\na\xff\x01 /private/b x)", false },
	{ "SETMETADATA a (/private/a ~{3+}\r\na\xff\x01)", true },
	{ "SETMETADATA a (/private/vendor/x/y \"\")", true },
	{ "SETMETADATA a (/private/vendor/x \"\")", false },
	{ "SETMETADATA a (/private \"\")", false },
	{ "SETMETADATA a (/private/a)", false },
	{ "SETMETADATA a ()", false },
	{ "SETMETADATA a /private/a \"\"", false },
	{ "LIST \"\" * RETURN (METADATA /shared/a STATUS (UNSEEN))", true },
	{ "LIST \"\" * RETURN (METADATA (/shared/a /private/b))", true },
	{ "LIST \"\" * RETURN (METADATA)", false },
	{ "STATUS a (DELETED DELETED-STORAGE)", true },
	{ "RENAME a b", true },
	{ "RENAME a", false },
	{ "LIST \"\" *", true },
	{ "LIST \"\" \"\"", true },
	{ "LIST (SUBSCRIBED) \"\" (a b%) RETURN (CHILDREN)", true },
	{ "LIST () \"\" * RETURN ()", true },
	{ "LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN) SPECIAL-USE)", true },
	{ "LIST \"\" ()", false },
	{ "LIST \"\"", false },
	{ "LIST (XYZ) \"\" *", false },
	{ "LSUB \"\" *", true },
	{ "LSUB \"\" (a)", false },
	{ "STATUS a (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)", true },
	{ "STATUS a (HIGHESTMODSEQ SIZE DELETED)", true },
	{ "STATUS a MESSAGES", false },
	{ "STATUS a ()", false },
	{ "STATUS a (XYZ)", false },
	{ "APPEND saved-messages (\\Seen) {310}", true },
	{ "APPEND INBOX () \"17-Jul-1996 02:44:25 -0700\" {5+}", true },
	{ "APPEND INBOX \"17-Jul-1996 02:44:25 -0700\" (\\Seen) {5}", false },
	{ "APPEND INBOX ~{5}", true },
	{ "APPEND INBOX", false },
	{ "APPEND INBOX x", false },
	{ "APPEND INBOX (\\Recent) {5}", false },
	{ "FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])", true },
	{ "FETCH 1:* ALL", true },
	{ "FETCH 1 (FLAGS) (CHANGEDSINCE 12345)", true },
	{ "FETCH 1 (FLAGS) (CHANGEDSINCE 12345 VANISHED)", true },
	{ "FETCH 1 (FLAGS) (CHANGEDSINCE 0)", false },
	{ "FETCH 1 (FLAGS) ()", false },
	{ "FETCH 1 FLAGS UID", false },
	{ "FETCH 0 FLAGS", false },
	{ "FETCH (FLAGS)", false },
	{ "STORE 2:4 +FLAGS (\\Deleted)", true },
	{ "STORE 2:4 -FLAGS.SILENT \\Deleted $Junk", true },
	{ "STORE 1 (UNCHANGEDSINCE 0) FLAGS ()", true },
	{ "STORE 1 FLAGS", false },
	{ "STORE 1 FLAGS (\\Recent)", false },
	{ "STORE 1 FLAGS (\\Seenx)", false },
	{ "STORE 1 FLAGS (\\Seen", false },
	{ "STORE 1 FLAGS (\\*)", false },
	{ "STORE 1 XFLAGS (\\Seen)", false },
	{ "STORE 1 FLAGS (\\Seen) x", false },
	{ "COPY 2:4 MEETING", true },
	{ "COPY 2:4", false },
	{ "EXPUNGE 3000:3002", true },
	{ "EXPUNGE", false },
	{ "SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"", true },
	{ "SEARCH CHARSET UTF-8 TEXT {6}\r\nXXXXXX", true },
	{ "SEARCH", false },
	{ "SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994", true },
	{ "SORT () UTF-8 ALL", false },
	{ "THREAD ORDEREDSUBJECT UTF-8 ALL", true },
	{ "ID NIL", true },
	{ "ID ()", true },
	{ "ID (\"name\" \"x\" \"version\" NIL)", true },
	{ "ID (\"name\")", false },
	{ "ID (name \"x\")", false },
	{ "ENABLE CONDSTORE X-Y", true },
	{ "ENABLE", false },
	{ "COMPRESS DEFLATE", true },
};

/* Malloc'ed to its exact length, so that a sanitizer sees one octet beyond. */
static bool
parses(struct str in, struct arena *a)
{
	char *copy = malloc(in.n ? in.n : 1);
	union args out = { 0 };
	struct scan s;
	bool ok;

	assert_non_null(copy);
	memcpy(copy, in.p, in.n);
	s = scan_of(str_make(copy, in.n), a);
	ok = args_table_parse(&s, &out);
	free(copy);
	arena_reset(a);
	return ok;
}

static void
test_table(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));

	for (size_t i = 0; i < NELEM(table); i++) {
		struct str in = str_c(table[i].in);
		bool ok = parses(in, a);

		if (ok != table[i].ok)
			print_error("%s\n", table[i].in);
		assert_int_equal(ok, table[i].ok);
		for (size_t n = 0; n < in.n; n++)
			(void)parses(str_first(in, n), a);
	}
	arena_free(a);
}

static void
test_values(void **state unused_arg)
{
	struct arena *a = arena_new(SCAN_ARENA(1000));
	union args out = { 0 };
	struct scan s = scan_of(STR("APPEND inbox (\\seen x X \\Flagged y) "
	    "\"17-Jul-1996 02:44:25 -0700\" {310+}"), a);

	assert_true(args_table_parse(&s, &out));
	assert_str(out.append.mailbox, "INBOX");
	assert_int_equal(out.append.first.flags.system, SYS_SEEN | SYS_FLAGGED);
	assert_int_equal(out.append.first.flags.nkeywords, 2);
	assert_str(out.append.first.flags.keywords[1], "y");
	assert_int_equal(out.append.first.size, 310);
	assert_int_equal(out.append.first.zone_min, -420);
	assert_false(out.append.first.sync);

	out = (union args){ 0 };
	s = scan_of(STR("APPEND-NEXT (\\Draft) {7}"), a);
	assert_true(args_table_parse(&s, &out));
	assert_int_equal(out.append_next.flags.system, SYS_DRAFT);
	assert_int_equal(out.append_next.size, 7);
	assert_true(out.append_next.sync);

	out = (union args){ 0 };
	s = scan_of(STR("STORE 1:2 (UNCHANGEDSINCE 9) -FLAGS.SILENT \\Draft"),
	    a);
	assert_true(args_table_parse(&s, &out));
	assert_int_equal(out.store.unchanged_since, 9);
	assert_int_equal(out.store.mode, STORE_REMOVE);
	assert_true(out.store.silent);
	assert_int_equal(out.store.flags.system, SYS_DRAFT);

	out = (union args){ 0 };
	s = scan_of(STR("SELECT x (QRESYNC (7 8 1:9 (1 2)))"), a);
	assert_true(args_table_parse(&s, &out));
	assert_true(out.select.qresync && !out.select.condstore);
	assert_int_equal(out.select.uidvalidity, 7);
	assert_int_equal(out.select.modseq, 8);
	assert_int_equal(out.select.uids.r[0].hi, 9);
	assert_int_equal(out.select.uid_match.r[0].lo, 2);
	arena_free(a);
}

/* The arena a command is promised is enough for the worst of them. */
static void
test_arena(void **state unused_arg)
{
	static const char *const heads[][3] = {
		{ "FETCH 1", ",1", " UID" },
		{ "SEARCH 1", ",1", "" },
		{ "SEARCH ALL", " ALL", "" },
		{ "STORE 1 FLAGS (a", " a", ")" },
		{ "SELECT x (QRESYNC (1 1 1", ",1", "))" },
	};

	for (size_t i = 0; i < NELEM(heads); i++) {
		size_t n = 131072;
		struct arena *a = arena_new(SCAN_ARENA(n));
		auto_buf b = BUF_INIT(n);
		union args out = { 0 };
		struct scan s;

		buf_str(&b, str_c(heads[i][0]));
		while (b.n + 20 < n)
			buf_str(&b, str_c(heads[i][1]));
		buf_str(&b, str_c(heads[i][2]));
		s = scan_of(buf_get(&b), a);
		(void)args_table_parse(&s, &out);
		assert_true(arena_used(a) <= SCAN_ARENA(n));
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
