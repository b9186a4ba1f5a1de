#include "base/test.h"
#include "relay/note_words.h"

/* An item of this kind in words; false: there are none. */
static bool
tell(uint32_t kind, const struct note_facts *facts, struct buf *subject,
    struct buf *text)
{
	const struct note_item item = { .kind = kind, .at = 1795000000,
		.address = STR("alice@example.org"),
		.to = STR("postmaster@example.org") };

	buf_reset(subject);
	buf_reset(text);
	return note_words(subject, text, &item, facts,
	    STR("mail.example.org"));
}

static void
assert_says(const struct buf *text, const char *words)
{
	struct str s = buf_get(text);

	if (str_find(s, str_c(words)) == s.n)
		fail_msg("not \"%s\" in: %.*s", words, STR_FMT(s));
}

static void
test_kinds(void **state unused_arg)
{
	static const struct {
		uint32_t kind;
		struct note_facts facts;
		const char *subject, *says[4];
	} t[] = {
		{ NOTE_quota_80, { .octets = 900000000, .most = 1 << 30 },
		    "Your mailbox is four fifths full",
		    { "alice@example.org has\n858 MB of the 1.0 GB that",
			"delete large messages" } },
		{ NOTE_quota_95, { .octets = 2000000, .most = 2 << 20 },
		    "Your mailbox is nearly full", { "1.9 MB of the 2.0 MB" } },
		{ NOTE_messages_80, { .octets = 810, .most = 1000 },
		    "Your account has four fifths of its messages",
		    { "alice@example.org has\n810 of the 1000 messages that",
			"delete messages" } },
		{ NOTE_mailboxes_95, { .octets = 19, .most = 20 },
		    "Your account has nearly all its folders",
		    { "19 of the 20 folders that", "delete folders" } },
		{ NOTE_domain_95, { .octets = 2000000, .most = 2 << 20 },
		    "A domain is nearly full",
		    { "domain example.org together have\n1.9 MB of the 2.0",
			"postern domain quota" } },
		{ NOTE_login, { .peer = STR("192.0.2.7"),
			.services = SERVICE_pop3, .label = STR("phone") },
		    "A login from a new network",
		    { "\n    from:     192.0.2.7\n", "\n    by:       pop3\n",
			"\n    program:  phone\n",
			"\n    when:     Wed, 18 Nov 2026 11:06:40 +0000\n" } },
		{ NOTE_app_password, { .by_operator = 1,
			.services = SERVICE_imap | SERVICE_smtp },
		    "A new app password was made",
		    { "\n    by:       imap, smtp\n", "whoever runs this" } },
		{ NOTE_password, { .peer = STR("2001:db8::1") },
		    "Your password was changed",
		    { "2001:db8::1", "Choose another password at once" } },
		{ NOTE_factor, { .peer = STR("192.0.2.7") },
		    "A second factor was set up",
		    { "192.0.2.7", "a code", "ask whoever runs this" } },
		{ NOTE_stopped_recipients, { .most = 2000,
			.peer = STR("192.0.2.7") },
		    "Sending was stopped: too many recipients",
		    { "more than 2000\nrecipients in a day", "192.0.2.7",
			"postern account unlock alice@example.org --drop-queue",
			"alice@example.org --recipients-per-day NUMBER" } },
		{ NOTE_factor_off, { .by_operator = 1 },
		    "The second factor was taken off",
		    { "from:     whoever runs this server\n",
			"password alone" } },
	};
	auto_buf subject = BUF_INIT(NOTE_WORDS_MAX);
	auto_buf text = BUF_INIT(NOTE_WORDS_MAX);

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(tell(t[i].kind, &t[i].facts, &subject, &text));
		assert_str(buf_get(&subject), t[i].subject);
		for (size_t k = 0; k < NELEM(t[i].says) && t[i].says[k]; k++)
			assert_says(&text, t[i].says[k]);
		assert_says(&text, "by the mail server mail.example.org");
	}
	for (uint32_t kind = 0; kind < 100; kind += kind ? 1 : 99)
		assert_false(tell(kind, &t[0].facts, &subject, &text));
}

/* Who was stopped is told what to do, and the operator what to type. */
static void
test_stopped_owner(void **state unused_arg)
{
	const struct note_facts facts = { .most = 200 };
	const struct note_item item = { .kind = NOTE_stopped_new,
		.at = 1795000000, .address = STR("alice@example.org") };
	auto_buf subject = BUF_INIT(NOTE_WORDS_MAX);
	auto_buf text = BUF_INIT(NOTE_WORDS_MAX);

	assert_true(note_words(&subject, &text, &item, &facts,
	    STR("mail.example.org")));
	assert_str(buf_get(&subject), "Sending was stopped: too many new "
	    "recipients");
	assert_says(&text, "more than 200\naddresses that it had never");
	assert_says(&text, "choose another password at once");
	assert_true(str_find(buf_get(&text), STR("postern account")) ==
	    text.n);
}

/* What people call things stays on its line, and the text in its bounds. */
static void
test_labels(void **state unused_arg)
{
	struct note_facts facts = { .peer = STR("1\r\n2"),
		.label = STR("a\nb\177\t\1c") };
	auto_buf subject = BUF_INIT(NOTE_WORDS_MAX);
	auto_buf text = BUF_INIT(NOTE_WORDS_MAX);

	facts.octets = facts.most = UINT64_MAX;
	facts.services = UINT32_MAX;
	for (uint32_t kind = NOTE_quota_80; kind <= NOTE_domain_95; kind++) {
		if (kind == NOTE_vacation)
			continue;
		assert_true(tell(kind, &facts, &subject, &text));
		assert_false(buf_failed(&text));
	}
	assert_true(tell(NOTE_login, &facts, &subject, &text));
	assert_says(&text, "    from:     1  2\n");
	assert_says(&text, "    program:  a b   c\n");
}

static void
put_held(struct buf *b, const char *title)
{
	msg_put(b, &held_row_shape, &(struct held_row){ .message = 4711,
	    .author = STR("a@bad.example"), .title = str_c(title),
	    .verdict = STR("score=11.0"), .until = 1795000000 });
}

/* What others wrote stays within its line, and is no link. */
static void
test_held(void **state unused_arg)
{
	static const struct {
		const char *title, *says;
	} t[] = {
		{ "Win now", "\n    subject:  Win now\n" },
		{ "a\n    from:     bank@b.example",
		    "subject:  a     from:     bank@b.example\n" },
		{ "see https://x.example/", "see https:/ /x.example/\n" },
		{ "a\xe2\x80\xae" "b\xc2\x85" "c\xff", "subject:  a b c?\n" },
		{ "", "from:     a@bad.example\n    why:" },
		{ "x", "\n    number:   4711\n" },
		{ "x", "postern held release NUMBER --for alice@example.org" },
		{ "x", "\nand 2 more.\n" },
	};
	auto_buf subject = BUF_INIT(NOTE_WORDS_MAX);
	auto_buf text = BUF_INIT(NOTE_WORDS_MAX);
	const struct note_facts facts = { 0 };

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf rows = BUF_INIT(10000);
		struct note_item item = { .kind = NOTE_held, .nheld = 3,
			.address = STR("alice@example.org") };

		put_held(&rows, t[i].title);
		item.held = buf_get(&rows);
		buf_reset(&text);
		assert_true(note_words(&subject, &text, &item, &facts,
		    STR("mail.example.org")));
		assert_says(&text, t[i].says);
		/* All of it was let go meanwhile. */
		item.held = STR_NULL;
		buf_reset(&text);
		assert_true(note_words(&subject, &text, &item, &facts,
		    STR("mail.example.org")));
		assert_int_equal(text.n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_stopped_owner),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
