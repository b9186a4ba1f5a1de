#include "imap/test_world.h"

#define PREFIX "Delivered-To: alice\r\n"	/* 21 octets */
#define HEADER "Subject: one\r\nX-A: 1\r\n 2\r\n"
#define ONE HEADER "\r\nhello\r\n"

/* INBOX with n messages; client 0 has it selected. */
static void
begin(struct world *w, size_t n, uint32_t flags)
{
	world_begin(w);
	for (size_t i = 0; i < n; i++)
		(void)fake_add(&w->store, 1, flags, STR(ONE));
	world_login(w, 0);
	world_send(w, 0, STR("s SELECT INBOX\r\n"));
	assert_true(str_endsi(world_got(w, 0),
	    STR("s OK [READ-WRITE] Selected\r\n")));
}

static void
test_select(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	(void)fake_add(&w.store, 1, FLAG_seen, STR(ONE));
	(void)fake_add(&w.store, 1, 0, STR(ONE));
	world_login(&w, 0);
	world_say(&w, 0, "a SELECT inbox\r\n",
	    "* 2 EXISTS\r\n* 0 RECENT\r\n"
	    "* OK [UNSEEN 2] The first unread one\r\n"
	    "* OK [UIDVALIDITY 7] UIDs are valid\r\n"
	    "* OK [UIDNEXT 3] The next UID\r\n"
	    "* OK [HIGHESTMODSEQ 2] What changes gets a higher one\r\n"
	    "* OK [MAILBOXID (F1)] Whatever it is called\r\n"
	    "* OK [URLMECH INTERNAL] What signs URLs\r\n"
	    "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Junk)\r\n"
	    "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted "
	    "\\Draft $Junk \\*)] Flags that stay\r\n"
	    "a OK [READ-WRITE] Selected\r\n");
	world_say(&w, 0, "b SELECT nothing\r\n",
	    "* OK [CLOSED] The mailbox before is left\r\n"
	    "b NO [NONEXISTENT] There is no such thing\r\n");
	world_say(&w, 0, "c FETCH 1 FLAGS\r\n",
	    "c BAD Select a mailbox first\r\n");
	world_say(&w, 0, "d SELECT INBOX (CONDSTORE) x\r\n",
	    "d BAD Syntax: unexpected text behind the arguments\r\n");
	world_say(&w, 0, "d SELECT INBOX (QRESYNC (7 1))\r\n",
	    "d BAD Enable QRESYNC first\r\n");
	world_send(&w, 0, STR("e EXAMINE INBOX\r\n"));
	assert_true(str_find(world_got(&w, 0),
	    STR("* OK [PERMANENTFLAGS ()] ")) > 0);
	world_say(&w, 0, "f STORE 1 FLAGS ()\r\n",
	    "f NO [NOPERM] The mailbox is open read-only\r\n");
	world_say(&w, 0, "g EXPUNGE\r\n",
	    "g NO [NOPERM] The mailbox is open read-only\r\n");
	world_say(&w, 0, "h FETCH 2 BODY[1]\r\n",
	    "* 2 FETCH (BODY[1] {7}\r\nhello\r\n)\r\nh OK Fetched\r\n");
	world_say(&w, 0, "i UNSELECT\r\n",
	    "i OK Closed, nothing was removed\r\n");
	world_say(&w, 0, "j CHECK\r\n", "j BAD Select a mailbox first\r\n");
	world_end(&w);
}

static const struct {
	const char *say, *want;
} fetches[] = {
	{ "FETCH 1 FLAGS", "* 1 FETCH (FLAGS (\\Answered))" },
	{ "FETCH 1 (UID RFC822.SIZE)", "* 1 FETCH (UID 1 RFC822.SIZE 56)" },
	{ "UID FETCH 1 FLAGS", "* 1 FETCH (UID 1 FLAGS (\\Answered))" },
	{ "FETCH 1 FAST", "* 1 FETCH (FLAGS (\\Answered) INTERNALDATE "
	    "\"22-Nov-2026 05:01:01 +0100\" RFC822.SIZE 56)" },
	{ "FETCH 1 BODY.PEEK[]", "* 1 FETCH (BODY[] {56}\r\n" PREFIX ONE ")" },
	{ "FETCH 1 BODY.PEEK[HEADER]",
	    "* 1 FETCH (BODY[HEADER] {49}\r\n" PREFIX HEADER "\r\n)" },
	{ "FETCH 1 BODY.PEEK[TEXT]",
	    "* 1 FETCH (BODY[TEXT] {7}\r\nhello\r\n)" },
	{ "FETCH 1 BODY.PEEK[]<0.4>",
	    "* 1 FETCH (BODY[]<0> {4}\r\nDeli)" },
	{ "FETCH 1 BODY.PEEK[]<51.99>",
	    "* 1 FETCH (BODY[]<51> {5}\r\nllo\r\n)" },
	{ "FETCH 1 BODY.PEEK[]<56.1>", "* 1 FETCH (BODY[]<56> \"\")" },
	{ "FETCH 1 BODY.PEEK[TEXT]<99999.1>",
	    "* 1 FETCH (BODY[TEXT]<99999> \"\")" },
	{ "FETCH 1 BODY.PEEK[2]", "* 1 FETCH (BODY[2] NIL)" },
	{ "FETCH 1 (BODY.PEEK[1] RFC822.HEADER)",
	    "* 1 FETCH (BODY[1] {7}\r\nhello\r\n RFC822.HEADER {49}\r\n"
	    PREFIX HEADER "\r\n)" },
	{ "FETCH 1 BODY.PEEK[HEADER.FIELDS (x-a NONE)]",
	    "* 1 FETCH (BODY[HEADER.FIELDS (x-a NONE)] {14}\r\n"
	    "X-A: 1\r\n 2\r\n\r\n)" },
	{ "FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (x-a delivered-to)]<0.7>",
	    "* 1 FETCH (BODY[HEADER.FIELDS.NOT (x-a delivered-to)]<0> "
	    "{7}\r\nSubject)" },
	{ "FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1]<1.3> BINARY.PEEK[2])",
	    "* 1 FETCH (BINARY.SIZE[1] 7 BINARY[1]<1> {3}\r\nell "
	    "BINARY[2] NIL)" },
	{ "FETCH 1 ENVELOPE", "* 1 FETCH (ENVELOPE (NIL \"one\" NIL NIL NIL "
	    "NIL NIL NIL NIL NIL))" },
	{ "FETCH 1 BODY", "* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" "
	    "\"US-ASCII\") NIL NIL \"7BIT\" 7 1))" },
	{ "FETCH 1 (BODYSTRUCTURE)", "* 1 FETCH (BODYSTRUCTURE (\"TEXT\" "
	    "\"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 7 1 NIL "
	    "NIL NIL NIL))" },
	{ "UID FETCH 4000000000 FLAGS", "" },
	{ "UID FETCH 4000000000:* UID", "* 1 FETCH (UID 1)" },
	{ "FETCH * UID", "* 1 FETCH (UID 1)" },
	{ "FETCH *:1 UID", "* 1 FETCH (UID 1)" },
};

static void
fetch_all(struct world *w)
{
	for (size_t i = 0; i < NELEM(fetches); i++) {
		auto_buf want = BUF_INIT(4096);

		buf_str(&want, str_c(fetches[i].want));
		if (want.n)
			buf_lit(&want, "\r\n");
		buf_lit(&want, "a OK Fetched\r\n");
		world_send(w, 0, STR("a "));
		world_send(w, 0, str_c(fetches[i].say));
		world_send(w, 0, STR("\r\n"));
		assert_strs(world_got(w, 0), buf_get(&want));
	}
}

/* With the facts that store has, with none, and with wrong ones: they are a
 * cache. */
static void
test_fetch(void **state unused_arg)
{
	struct world w;

	begin(&w, 1, FLAG_answered);
	fetch_all(&w);
	w.store.m[0].facts = STR_NULL;
	fetch_all(&w);
	w.store.m[0].facts = STR("nonsense");
	fetch_all(&w);
	assert_int_equal(w.store.fake.calls[STORE_flags], 0);
	world_end(&w);
}

static void
test_fetch_seen(void **state unused_arg)
{
	struct world w;

	begin(&w, 3, 0);
	w.store.m[1].flags = FLAG_seen;
	w.store.page = 1;
	world_say(&w, 0, "a FETCH 1:3 BODY[TEXT]<0.2>\r\n",
	    "* 1 FETCH (FLAGS (\\Seen) BODY[TEXT]<0> {2}\r\nhe)\r\n"
	    "* 2 FETCH (BODY[TEXT]<0> {2}\r\nhe)\r\n"
	    "* 3 FETCH (FLAGS (\\Seen) BODY[TEXT]<0> {2}\r\nhe)\r\n"
	    "a OK Fetched\r\n");
	world_say(&w, 0, "b FETCH 1 RFC822.TEXT\r\n",
	    "* 1 FETCH (RFC822.TEXT {7}\r\nhello\r\n)\r\nb OK Fetched\r\n");
	assert_int_equal(w.store.m[2].flags, FLAG_seen);
	world_end(&w);
}

static void
test_fetch_refused(void **state unused_arg)
{
	struct world w;

	begin(&w, 2, 0);
	world_say(&w, 0, "a FETCH 3 FLAGS\r\n",
	    "a BAD No message has this number\r\n");
	world_say(&w, 0, "b UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)\r\n",
	    "b BAD VANISHED is for UID FETCH with CHANGEDSINCE, and QRESYNC "
	    "enabled\r\n");
	world_say(&w, 0, "c FETCH 1 BINARY[1.MIME]\r\n",
	    "c BAD Syntax: expected a part number\r\n");
	world_say(&w, 0, "d FETCH $ FLAGS\r\n",
	    "d OK Fetched\r\n");
	world_say(&w, 0, "e FETCH 1 XYZ\r\n",
	    "e BAD Syntax: no such item to fetch\r\n");
	w.store.fake.fail[STORE_fetch] = E_IO;
	world_say(&w, 0, "f FETCH 1 FLAGS\r\n",
	    "f NO [UNAVAILABLE] Storage failed, try again later\r\n");
	w.store.fake.fail[STORE_fetch] = 0;
	/* gone for good under our hands */
	w.store.lose_content = true;
	world_say(&w, 0, "g FETCH 1:2 (UID BODY.PEEK[])\r\n",
	    "* 1 FETCH (UID 1 BODY[] NIL)\r\n"
	    "* 2 FETCH (UID 2 BODY[] NIL)\r\n"
	    "g NO [EXPUNGEISSUED] Some messages have gone\r\n");
	world_end(&w);
	begin(&w, 0, 0);
	world_say(&w, 0, "h FETCH 1:* FLAGS\r\n", "h OK Fetched\r\n");
	world_say(&w, 0, "i UID FETCH 1:* FLAGS\r\n", "i OK Fetched\r\n");
	world_end(&w);
}

/* The line stays whole, and the connection stays: NIL where it is known in
 * time, as many octets as were said where it is not. */
static void
test_fetch_damaged(void **state unused_arg)
{
	struct world w;

	begin(&w, 2, 0);
	w.store.fake.fail[STORE_content] = E_DAMAGED;
	world_say(&w, 0, "a FETCH 1 (UID BODY.PEEK[])\r\n",
	    "* 1 FETCH (UID 1 BODY[] NIL)\r\n"
	    "a NO [CORRUPTION] This is damaged on the server's disk\r\n");
	w.store.fake.fail[STORE_content] = 0;
	w.store.m[0].text = STR("Subject: x\r\n\r\n1234567890123456789012345"
	    "678901234567890123456789012345678901234567890");
	w.store.m[0].prefix = STR("");
	w.store.fake.read_error = E_DAMAGED;
	world_say(&w, 0, "b FETCH 1 (BODY.PEEK[]<0.84>)\r\n",
	    "* 1 FETCH (BODY[]<0> {84}\r\nSub"
	    "\r\n[The rest of this is damaged on the server's disk and was "
	    "left out.]\r\n         )\r\n"
	    "b NO [CORRUPTION] This is damaged on the server's disk\r\n");
	world_say(&w, 0, "c FETCH 1 (BODY.PEEK[]<0.5>)\r\n",
	    "* 1 FETCH (BODY[]<0> {5}\r\nSub\r\n)\r\n"
	    "c NO [CORRUPTION] This is damaged on the server's disk\r\n");
	w.store.fake.read_error = 0;
	world_say(&w, 0, "d NOOP\r\n", "d OK Done\r\n");
	world_end(&w);
}

static void
test_store(void **state unused_arg)
{
	struct world w;

	begin(&w, 3, 0);
	w.store.page = 2;
	world_say(&w, 0, "a STORE 1:* +FLAGS (\\Flagged x)\r\n",
	    "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Junk x)"
	    "\r\n* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged "
	    "\\Deleted \\Draft $Junk x \\*)] Flags that stay\r\n"
	    "* 1 FETCH (FLAGS (\\Flagged x))\r\n"
	    "* 2 FETCH (FLAGS (\\Flagged x))\r\n"
	    "* 3 FETCH (FLAGS (\\Flagged x))\r\na OK Stored\r\n");
	world_say(&w, 0, "b UID STORE 2 FLAGS \\Seen\r\n",
	    "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\nb OK Stored\r\n");
	world_say(&w, 0, "c STORE 1:3 -FLAGS.SILENT (\\Flagged)\r\n",
	    "c OK Stored\r\n");
	world_say(&w, 0, "d STORE 1 FLAGS ()\r\n",
	    "* 1 FETCH (FLAGS ())\r\nd OK Stored\r\n");
	world_say(&w, 0, "f STORE 4 FLAGS ()\r\n",
	    "f BAD No message has this number\r\n");
	/* .SILENT is about our own change only */
	w.store.m[2].flags = FLAG_draft;
	w.store.m[2].changed = ++w.store.modseq;
	world_say(&w, 0, "g STORE 1 +FLAGS.SILENT (\\Seen)\r\n",
	    "* 3 FETCH (UID 3 FLAGS (\\Draft x))\r\ng OK Stored\r\n");
	world_end(&w);
}

/* RFC 3501 7.4.1: numbers stay while FETCH and STORE run. */
static void
test_expunge(void **state unused_arg)
{
	struct world w;

	begin(&w, 4, 0);
	fake_expunge(&w.store, &w.store.m[1]);
	world_say(&w, 0, "a FETCH 3 UID\r\n",
	    "* 3 FETCH (UID 3)\r\na OK Fetched\r\n");
	world_say(&w, 0, "b STORE 3:4 +FLAGS.SILENT (\\Deleted)\r\n",
	    "b OK Stored\r\n");
	(void)fake_add(&w.store, 1, FLAG_deleted, STR(ONE));
	world_say(&w, 0, "c FETCH 4 UID\r\n",
	    "* 4 FETCH (UID 4)\r\n* 5 EXISTS\r\nc OK Fetched\r\n");
	world_say(&w, 0, "d UID EXPUNGE 4,7:*\r\n",
	    "* 5 EXPUNGE\r\n* 4 EXPUNGE\r\n* 2 EXPUNGE\r\nd OK Expunged\r\n");
	world_say(&w, 0, "e EXPUNGE\r\n", "* 2 EXPUNGE\r\ne OK Expunged\r\n");
	world_say(&w, 0, "f FETCH 1:* UID\r\n",
	    "* 1 FETCH (UID 1)\r\nf OK Fetched\r\n");
	/* UID commands may tell expunges (RFC 3501 6.4.8) */
	fake_expunge(&w.store, &w.store.m[0]);
	world_say(&w, 0, "g UID FETCH 9:10 UID\r\n",
	    "* 1 EXPUNGE\r\ng OK Fetched\r\n");
	world_end(&w);
}

/* Store is asked for news only where an answer did not say that there are
 * none. */
static void
test_asks_for_news(void **state unused_arg)
{
	static const struct {
		const char *say;
		size_t asks;
	} rows[] = {
		{ "a FETCH 1:* FLAGS\r\n", 0 },
		{ "a UID FETCH 1:* (UID BODY.PEEK[])\r\n", 0 },
		{ "a NOOP\r\n", 1 },
		{ "a STORE 1 +FLAGS (\\Seen)\r\n", 1 },	/* it changed */
		{ "a FETCH 1 FLAGS\r\n", 0 },
		{ "a FETCH 1:2 BODY[]\r\n", 1 },	/* 2 is \Seen now */
		{ "a FETCH 1:2 BODY[]\r\n", 0 },
	};
	struct world w;
	struct str got;

	begin(&w, 2, 0);
	for (size_t i = 0; i < NELEM(rows); i++) {
		w.store.fake.calls[STORE_sync] = 0;
		world_send(&w, 0, str_c(rows[i].say));
		got = world_got(&w, 0);
		assert_true(str_find(got, STR("a OK ")) < got.n);
		assert_int_equal(w.store.fake.calls[STORE_sync], rows[i].asks);
	}
	(void)fake_add(&w.store, 1, 0, STR(ONE));
	world_say(&w, 0, "b FETCH 1 UID\r\n",
	    "* 1 FETCH (UID 1)\r\n* 3 EXISTS\r\nb OK Fetched\r\n");
	world_end(&w);
}

static void
test_close(void **state unused_arg)
{
	struct world w;

	begin(&w, 2, FLAG_deleted);
	world_say(&w, 0, "a CLOSE\r\n", "a OK Closed\r\n");
	assert_true(w.store.m[0].expunged && w.store.m[1].expunged);
	world_say(&w, 0, "b CLOSE\r\n", "b BAD Select a mailbox first\r\n");
	world_end(&w);
}

static void
test_idle(void **state unused_arg)
{
	struct world w;

	begin(&w, 1, 0);
	/* what came before is told too */
	(void)fake_add(&w.store, 1, 0, STR(ONE));
	world_say(&w, 0, "a IDLE\r\n", "+ Idling\r\n* 2 EXISTS\r\n");
	assert_true(w.store.watched);
	/* no stack while it waits */
	assert_int_equal(loop_fibers(w.loop), 0);
	(void)fake_add(&w.store, 1, 0, STR(ONE));
	world_notify(&w);
	assert_str(world_got(&w, 0), "* 3 EXISTS\r\n");
	fake_expunge(&w.store, &w.store.m[0]);
	w.store.m[1].flags = FLAG_flagged;
	w.store.m[1].changed = ++w.store.modseq;
	world_notify(&w);
	assert_str(world_got(&w, 0), "* 1 EXPUNGE\r\n"
	    "* 1 FETCH (UID 2 FLAGS (\\Flagged))\r\n");
	world_notify(&w);
	assert_str(world_got(&w, 0), "");
	world_say(&w, 0, "do", "");
	world_say(&w, 0, "ne\r\n", "a OK No longer idling\r\n");
	assert_false(w.store.watched);
	world_say(&w, 0, "b IDLE\r\nc NOOP\r\n",
	    "+ Idling\r\nb BAD Expected DONE\r\n");
	world_say(&w, 0, "d NOOP\r\n", "d OK Done\r\n");
	world_say(&w, 0, "e UNSELECT\r\nf IDLE\r\n",
	    "e OK Closed, nothing was removed\r\n+ Idling\r\n");
	/* RFC 2177: nobody idles for ever */
	world_pass(&w, 1802000);
	assert_str(world_got(&w, 0),
	    "* BYE Autologout: nothing was heard for too long\r\n");
	world_end(&w);
}

static void
test_append(void **state unused_arg)
{
	struct world w;

	begin(&w, 0, 0);
	world_say(&w, 0, "a APPEND INBOX (\\Seen $L) \" 1-Feb-2020 10:11:12 "
	    "+0130\" {19}\r\n", "+ Go ahead\r\n");
	world_say(&w, 0, "Subject: two\r\n", "");
	world_say(&w, 0, "\r\ntwo\r\n", "* 1 EXISTS\r\n"
	    "a OK [APPENDUID 7 1] Appended\r\n");
	assert_str(w.store.m[0].text, "Subject: two\r\n\r\ntwo");
	assert_int_equal(w.store.m[0].flags, FLAG_seen);
	assert_str(w.store.m[0].keywords, "$L");
	assert_int_equal(w.store.m[0].offset_min, 90);
	assert_int_equal(w.store.m[0].received, 1580546472);
	world_say(&w, 0, "b APPEND {5+}\r\nInBox {3+}\r\na\r\n\r\n",
	    "* 2 EXISTS\r\nb OK [APPENDUID 7 2] Appended\r\n");
	world_say(&w, 0, "c APPEND Sent {1+}\r\nx\r\nd NOOP\r\n",
	    "c OK [APPENDUID 7 1] Appended\r\nd OK Done\r\n");
	world_say(&w, 0, "e APPEND INBOX {3+}\r\nabc (\\Draft) {3}\r\n",
	    "+ Go ahead\r\n");
	world_say(&w, 0, "def\r\n", "* 4 EXISTS\r\n"
	    "e OK [APPENDUID 7 3:4] Appended\r\n");
	assert_int_equal(w.store.m[4].flags, FLAG_draft);
	world_end(&w);
}

static const struct {
	const char *say, *want;
} refused[] = {
	{ "a APPEND nothing {10}\r\n",
	    "a NO [TRYCREATE] There is no such mailbox\r\n" },
	{ "a APPEND nothing {10+}\r\nx LOGOUT\r\n\r\n",
	    "a NO [TRYCREATE] There is no such mailbox\r\n" },
	{ "a APPEND INBOX {1001}\r\n",
	    "a NO [TOOBIG] The message is too large\r\n" },
	{ "a APPEND INBOX {9000+}\r\n",
	    "* BYE [TOOBIG] The message is too large\r\n" },
	{ "a APPEND INBOX {0}\r\n", "a NO An empty message is none\r\n" },
	{ "a APPEND INBOX ~{0}\r\n", "a NO An empty message is none\r\n" },
	{ "a APPEND INBOX (\\Guess) {3+}\r\nabc\r\n",
	    "a BAD Syntax: no such system flag\r\n" },
	{ "a APPEND INBOX {3+}\r\nabc (x\r\n",
	    "a BAD Syntax: unexpected text behind the message\r\n" },
	{ "a APPEND INBOX {3+}\r\nabc {3+}\r\ndef (x\r\n",
	    "a BAD Syntax: unexpected text behind the message\r\n" },
	{ "a APPEND INBOX {3+}\r\nabc {0}\r\n",
	    "a NO An empty message is none\r\n" },
	{ "a APPEND INBOX x\r\n",
	    "a BAD Syntax: expected the message as a literal\r\n" },
};

static int (*really_append)(struct store *st, const void *ask, void *answer);

/* As a commit is. */
static int
append_slowly(struct store *st, const void *ask, void *answer)
{
	for (int i = 0; i < 10; i++)
		fiber_yield(st->fake->loop);
	return really_append(st, ask, answer);
}

/* Sent one behind the other they are not waited for one by one; what comes
 * behind them finds them done, and so does who waits for "+". */
static void
test_append_ahead(void **state unused_arg)
{
	static const char three[] = "a APPEND INBOX {3+}\r\none\r\n"
	    "b APPEND Nowhere {3+}\r\ntwo\r\nc APPEND INBOX {5+}\r\nthree\r\n";
	struct world w;

	begin(&w, 0, 0);
	really_append = w.store.fake.answer[STORE_append];
	w.store.fake.answer[STORE_append] = append_slowly;
	w.store.fake.most_under_way = 0;
	world_say(&w, 0, three, "* 2 EXISTS\r\n"
	    "a OK [APPENDUID 7 1] Appended\r\n"
	    "b NO [TRYCREATE] There is no such mailbox\r\n"
	    "c OK [APPENDUID 7 2] Appended\r\n");
	assert_str(w.store.m[1].text, "three");
	assert_int_equal(w.store.fake.most_under_way, 3);
	/* A command behind them comes after them. */
	world_send(&w, 0, str_c(three));
	world_say(&w, 0, "d FETCH 4 UID\r\n", "* 4 EXISTS\r\n"
	    "a OK [APPENDUID 7 3] Appended\r\n"
	    "b NO [TRYCREATE] There is no such mailbox\r\n"
	    "c OK [APPENDUID 7 4] Appended\r\n"
	    "* 4 FETCH (UID 4)\r\nd OK Fetched\r\n");
	/* So does one that makes no sense, and one that has to be asked for. */
	world_say(&w, 0, "e APPEND INBOX {3+}\r\none\r\nf FOO\r\n",
	    "* 5 EXISTS\r\ne OK [APPENDUID 7 5] Appended\r\n"
	    "f BAD Syntax: unknown command\r\n");
	world_say(&w, 0, "g APPEND INBOX {3+}\r\none\r\nh APPEND INBOX {3}\r\n",
	    "* 6 EXISTS\r\ng OK [APPENDUID 7 6] Appended\r\n"
	    "+ Go ahead\r\n");
	world_say(&w, 0, "two\r\n", "* 7 EXISTS\r\n"
	    "h OK [APPENDUID 7 7] Appended\r\n");
	world_say(&w, 0, "i APPEND INBOX {3+}\r\none\r\nj LOGOUT\r\n",
	    "* 8 EXISTS\r\ni OK [APPENDUID 7 8] Appended\r\n"
	    "* BYE See you\r\nj OK Logged out\r\n");
	world_end(&w);
}

static void
test_append_refused(void **state unused_arg)
{
	struct world w;

	for (size_t i = 0; i < NELEM(refused); i++) {
		world_begin(&w);
		world_login(&w, 0);
		world_say(&w, 0, refused[i].say, refused[i].want);
		if (!w.c[0].eof)
			world_say(&w, 0, "z NOOP\r\n", "z OK Done\r\n");
		assert_int_equal(w.store.n, 0);
		world_end(&w);
	}
	world_begin(&w);
	world_login(&w, 0);
	world_send(&w, 0, STR("a APPEND INBOX {3+}\r\na\0b\r\n"));
	assert_str(world_got(&w, 0),
	    "a BAD Syntax: a message with NUL in it\r\n");
	w.store.fake.fail[STORE_append] = E_FULL;
	world_say(&w, 0, "b APPEND INBOX {3+}\r\nabc\r\n",
	    "b NO [OVERQUOTA] No room is left\r\n");
	assert_int_equal(w.store.n, 0);
	/* cut off in the middle: nothing is kept */
	world_say(&w, 0, "c APPEND INBOX {3+}\r\nab", "");
	world_end(&w);
}

/* RFC 9585: at five seconds, and every ten from then on. */
static void
test_progress(void **state unused_arg)
{
	struct world w;

	begin(&w, 2, 0);
	w.store.fake.delay_ms = 18000;
	world_say(&w, 0, "a SEARCH ALL\r\n", "");
	world_pass(&w, 4900);
	assert_str(world_got(&w, 0), "");
	world_pass(&w, 200);
	assert_str(world_got(&w, 0),
	    "* OK [INPROGRESS (\"a\" NIL NIL)] Not done yet\r\n");
	world_pass(&w, 10000);
	assert_str(world_got(&w, 0),
	    "* OK [INPROGRESS (\"a\" NIL NIL)] Not done yet\r\n");
	world_pass(&w, 5000);
	assert_str(world_got(&w, 0), "* SEARCH 1 2\r\na OK Searched\r\n");
	w.store.fake.delay_ms = 0;
	world_say(&w, 0, "b SEARCH ALL\r\n",
	    "* SEARCH 1 2\r\nb OK Searched\r\n");
	/* Whoever hangs up meanwhile is told nothing more. */
	w.store.fake.delay_ms = 18000;
	world_say(&w, 0, "c SORT (DATE) UTF-8 ALL\r\n", "");
	world_hang_up(&w, 0);
	world_pass(&w, 60000);
	world_end(&w);
}

static void
test_quota(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_login(&w, 0);
	world_say(&w, 0, "a GETQUOTA \"\"\r\n", "* QUOTA \"\" (STORAGE 11 512 "
	    "MESSAGE 7 900 MAILBOX 5 2000)\r\na OK This is what there is\r\n");
	w.store.fake.fail[STORE_quota] = E_PEER;
	world_say(&w, 0, "b GETQUOTAROOT INBOX\r\n",
	    "* QUOTAROOT INBOX \"\"\r\nb NO [UNAVAILABLE] Temporarily out of "
	    "reach, try again\r\n");
	world_end(&w);
}

static const struct {
	const char *say, *want;
} lists[] = {
	{ "LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"\r\n" },
	{ "LIST \"\" *", "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
	    "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
	    "* LIST (\\HasChildren) \"/\" a\r\n"
	    "* LIST (\\HasChildren) \"/\" a/b\r\n"
	    "* LIST (\\HasNoChildren \\Drafts) \"/\" a/b/Entw&APw-rfe\r\n" },
	{ "LIST \"\" %", "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
	    "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
	    "* LIST (\\HasChildren) \"/\" a\r\n" },
	{ "LIST a/ %", "* LIST (\\HasChildren) \"/\" a/b\r\n" },
	{ "LIST \"\" a/b/&APw-*", "" },
	{ "LIST \"\" \"*&APw-*\"",
	    "* LIST (\\HasNoChildren \\Drafts) \"/\" a/b/Entw&APw-rfe\r\n" },
	{ "LIST \"\" inbox", "* LIST (\\HasNoChildren) \"/\" INBOX\r\n" },
	{ "LIST \"\" nothing*", "" },
	{ "LSUB \"\" Sent", "* LSUB () \"/\" Sent\r\n" },
	{ "LSUB \"\" a%", "* LSUB (\\Noselect) \"/\" a\r\n" },
};

static void
test_list(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	world_login(&w, 0);
	for (size_t i = 0; i < NELEM(lists); i++) {
		auto_buf want = BUF_INIT(4096);

		buf_str(&want, str_c(lists[i].want));
		buf_lit(&want, "a OK Listed\r\n");
		world_send(&w, 0, STR("a "));
		world_send(&w, 0, str_c(lists[i].say));
		world_send(&w, 0, STR("\r\n"));
		assert_strs(world_got(&w, 0), buf_get(&want));
	}
	world_say(&w, 0, "b LIST (RECURSIVEMATCH) \"\" *\r\n",
	    "b BAD RECURSIVEMATCH needs SUBSCRIBED\r\n");
	w.store.fake.fail[STORE_mailboxes] = E_TIMEOUT;
	world_say(&w, 0, "c LIST \"\" *\r\n", "c NO [UNAVAILABLE] "
	    "That took too long, try again later\r\n");
	world_end(&w);
}

static void
test_status_and_the_rest(void **state unused_arg)
{
	struct world w;

	world_begin(&w);
	(void)fake_add(&w.store, 2, FLAG_seen, STR(ONE));
	(void)fake_add(&w.store, 2, 0, STR(ONE));
	world_login(&w, 0);
	world_say(&w, 0, "a STATUS Sent (UNSEEN MESSAGES SIZE RECENT UIDNEXT "
	    "UIDVALIDITY)\r\n", "* STATUS Sent (MESSAGES 2 RECENT 0 UIDNEXT 3 "
	    "UIDVALIDITY 7 UNSEEN 1 SIZE 112)\r\na OK Counted\r\n");
	world_say(&w, 0, "b STATUS x (UNSEEN)\r\n",
	    "b NO [NONEXISTENT] There is no such thing\r\n");
	world_say(&w, 0, "c STATUS Sent (GUESS)\r\n",
	    "c BAD Syntax: no such status item\r\n");
	world_say(&w, 0, "d NAMESPACE\r\n",
	    "* NAMESPACE ((\"\" \"/\")) "
	    "((\"Other Users/\" \"/\")) NIL\r\n"
	    "d OK Your own, and what others share\r\n");
	world_say(&w, 0, "e ENABLE CONDSTORE\r\n",
	    "* ENABLED CONDSTORE\r\n"
	    "e OK Enabled, as far as it needs to be\r\n");
	world_end(&w);
}

/* The account is not ours any more: password changed, vault started anew. */
static void
test_lost_account(void **state unused_arg)
{
	struct world w;

	begin(&w, 1, 0);
	w.store.fake.fail[STORE_fetch] = E_DENIED;
	world_say(&w, 0, "a FETCH 1 FLAGS\r\n", "* BYE Please log in again\r\n"
	    "a NO [EXPIRED] Not logged in\r\n");
	assert_true(w.c[0].eof);
	w.store.fake.fail[STORE_fetch] = 0;
	world_end(&w);

	begin(&w, 1, 0);
	world_say(&w, 0, "a IDLE\r\n", "+ Idling\r\n");
	w.store.fake.fail[STORE_sync] = E_PEER;
	world_notify(&w);
	assert_str(world_got(&w, 0),
	    "* BYE Lost the mailbox, come back in a moment\r\n");
	assert_true(w.c[0].eof);
	world_end(&w);
}

/* A client that does not read is waited for, and takes little memory. */
static void
test_back_pressure(void **state unused_arg)
{
	auto_buf many = BUF_INIT(4096);
	struct world w;

	for (int i = 0; i < 40; i++)
		buf_lit(&many, "a FETCH 1:* (UID BODY[])\r\n");
	begin(&w, FAKE_MESSAGES, FLAG_seen);
	w.c[0].deaf = true;
	world_send(&w, 0, buf_get(&many));
	assert_true(w.store.fake.calls[STORE_fetch] < 40);
	w.c[0].deaf = false;
	world_settle(&w);
	assert_int_equal(w.store.fake.calls[STORE_fetch], 40);
	assert_true(str_endsi(world_got(&w, 0), STR("a OK Fetched\r\n")));
	/* one that never reads again is let go */
	w.c[0].deaf = true;
	world_send(&w, 0, buf_get(&many));
	world_pass(&w, IMAP_COMMAND_MS + 10000);
	assert_int_equal(w.ended, 1);
	world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_fetch_seen),
		cmocka_unit_test(test_fetch_refused),
		cmocka_unit_test(test_fetch_damaged),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_expunge),
		cmocka_unit_test(test_asks_for_news),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_append_ahead),
		cmocka_unit_test(test_append_refused),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_status_and_the_rest),
		cmocka_unit_test(test_lost_account),
		cmocka_unit_test(test_back_pressure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
