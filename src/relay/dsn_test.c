#include "base/test.h"
#include "relay/dsn_check.h"
#include "relay/dsn_int.h"

static void
test_status(void **state unused_arg)
{
	static const struct {
		uint32_t outcome;
		const char *status, *want;
	} t[] = {
		{ OUTCOME_failed, "5.1.1", "5.1.1" },
		{ OUTCOME_failed, "4.4.1", "4.4.1" },
		{ OUTCOME_failed, "", "5.0.0" },
		{ OUTCOME_failed, "2.1.5", "5.0.0" },
		{ OUTCOME_failed, "5.1.1\r\n", "5.0.0" },
		{ OUTCOME_failed, "5.1", "5.0.0" },
		{ OUTCOME_failed, "5.1.1234", "5.0.0" },
		{ OUTCOME_delayed, "4.4.1", "4.4.1" },
		{ OUTCOME_delayed, "5.4.1", "4.0.0" },
		{ OUTCOME_relayed, "2.1.5", "2.1.5" },
		{ OUTCOME_relayed, "", "2.0.0" },
		{ 0, "", "5.0.0" },
		{ 99, "5.2.2", "5.2.2" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct queue_rcpt r = { .outcome = t[i].outcome,
			.status = str_c(t[i].status) };

		assert_str(dsn_status(&r), t[i].want);
	}
}

static void
test_advice(void **state unused_arg)
{
	static const struct {
		const char *status, *row;
	} t[] = {
		{ "5.1.1", "1.1" }, { "5.1.10", "1.10" }, { "4.2.2", "2.2" },
		{ "5.1.99", "1" }, { "5.7.999", "7" }, { "5.0.0", "" },
		{ "5.9.9", "" }, { "4.4.1", "4.1" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		assert_str(str_c(dsn_advice(str_c(t[i].status))->status),
		    t[i].row);
}

static void
test_advice_by_whom(void **state unused_arg)
{
	struct queue_rcpt r = { .outcome = OUTCOME_failed,
		.status = STR("5.7.1") };

	assert_non_null(strstr(dsn_advice_for(&r)->meaning,
	    "Your own mail server sends no mail there"));
	r.host = STR("mx.test");
	r.code = 550;
	assert_non_null(strstr(dsn_advice_for(&r)->meaning,
	    "The other server does not want this message"));
	/* Greylisting is no refusal. */
	r.outcome = OUTCOME_delayed;
	r.code = 451;
	r.status = STR("4.7.1");
	assert_non_null(strstr(dsn_advice_for(&r)->meaning,
	    "does not take the message yet"));
}

static void
test_orcpt(void **state unused_arg)
{
	static const struct {
		const char *orcpt;
		bool utf8;
		const char *type, *want; /* NULL: none */
	} t[] = {
		{ "rfc822;a@b", false, "rfc822", "a@b" },
		{ "rfc822;a+2Bb+20c@d", false, "rfc822", "a+b c@d" },
		{ "rfc822;a+2", false, "rfc822", "a+2" },
		{ "rfc822;a+zz", false, "rfc822", "a+zz" },
		{ "x-y;z", false, "x-y", "z" },
		{ "", false, NULL, NULL },
		{ "a@b", false, NULL, NULL },
		{ ";a@b", false, NULL, NULL },
		{ "rfc822;", false, NULL, NULL },
		{ "rf c;a", false, NULL, NULL },
		{ "utf-8;b\\x{F6}b@c", true, "utf-8", "b\xc3\xb6" "b@c" },
		{ "utf-8;b\\x{F6}b@c", false, "utf-8", "b\\x{F6}b@c" },
		{ "UTF-8;b\xc3\xb6" "b@c", false, "UTF-8", "b\\x{F6}b@c" },
		{ "utf-8;\\x{1F600}@c", true, "utf-8", "\xf0\x9f\x98\x80@c" },
		{ "utf-8;\xf0\x9f\x98\x80@c", false, "utf-8",
		    "\\x{1F600}@c" },
		{ "utf-8;\\x{20AC}@c", true, "utf-8", "\xe2\x82\xac@c" },
		{ "utf-8;a\\x{2B}b", false, "utf-8", "a\\x{2B}b" },
		/* Of that type only by name: as it is. */
		{ "utf-8;\\x{D800}@c", true, "utf-8", "\\x{D800}@c" },
		{ "utf-8;\\x{110000}@c", false, "utf-8",
		    "\\x{5C}x{110000}@c" },
		{ "utf-8;\xff@c", false, "utf-8", "\xff@c" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(1000);
		struct str type;

		assert_int_equal(dsn_orcpt(&b, str_c(t[i].orcpt), t[i].utf8,
		    &type), t[i].want != NULL);
		if (t[i].want) {
			assert_str(type, t[i].type);
			assert_str(buf_get(&b), t[i].want);
		}
	}
}

static void
test_safe(void **state unused_arg)
{
	static const struct {
		const char *in;
		bool ascii;
		const char *want;
	} t[] = {
		{ "abc", true, "abc" },
		{ "a\r\nb\tc\x7f", true, "a  b c " },
		{ "\xc3\xa4", false, "\xc3\xa4" },
		{ "\xc3\xa4", true, "?" },
		{ "\xc3", false, "?" },
		{ "\xff\xc3x", false, "??x" },
		{ "\xc2\x85\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa9x", false,
		    "????x" },
		{ "\xe2\x82\xac", false, "\xe2\x82\xac" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(1000);

		dsn_put_safe(&b, str_c(t[i].in), t[i].ascii);
		assert_str(buf_get(&b), t[i].want);
	}
}

static void
test_wrapped(void **state unused_arg)
{
	const struct dsn_wrap w = { STR("  "), 70, false };
	auto_buf b = BUF_INIT(10000), word = BUF_INIT(3000);

	dsn_put_wrapped(&b, STR("  one\r\ntwo   three\t"), w);
	assert_str(buf_get(&b), "one\r\n  two three");
	buf_reset(&b);
	for (int i = 0; i < 2000; i++)
		buf_chr(&word, 'x');
	dsn_put_wrapped(&b, buf_get(&word), w);
	assert_true(str_find(buf_get(&b), STR("\r\n")) < 800);
}

static struct queue_item item = {
	.reverse_path = { "alice@example.org", 17 },
	.queued = 1795320061,
	.expires = 1795320061 + 86400,
};
static struct queue_rcpt bob = {
	.address = { "bob@example.net", 15 },
	.outcome = OUTCOME_failed,
	.code = 550,
	.status = { "5.1.1", 5 },
	.text = { "No such user", 12 },
	.host = { "mx.example.net", 14 },
	.attempts = 1,
	.last = 1795320061,
};

static struct dsn
report(const char *header)
{
	return (struct dsn){ .hostname = STR("mx.example.org"), .id = 255,
		.now = 1795320061, .item = &item, .rcpts = &bob, .nrcpts = 1,
		.header = str_c(header) };
}

static bool
has(const struct buf *b, const char *what)
{
	struct str s = buf_get(b);

	return str_find(s, str_c(what)) < s.n;
}

static void
test_report(void **state unused_arg)
{
	struct dsn d = report("Subject: Lunch\r\nMessage-ID: <l@a>\r\n");
	auto_buf b = BUF_INIT(DSN_MAX);

	dsn_begin(&b, &d);
	dsn_end(&b, &d);
	assert_int_equal(dsn_check(buf_get(&b), 255), 3);
	assert_true(str_starts(buf_get(&b), STR(
	    "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\n"
	    "To: <alice@example.org>\r\n"
	    "Subject: Undelivered: Lunch\r\n"
	    "Date: Sun, 22 Nov 2026 04:01:01 +0000\r\n"
	    "Message-ID: <6b0268fd.ff@mx.example.org>\r\n"
	    "In-Reply-To: <l@a>\r\n"
	    "References: <l@a>\r\n"
	    "Auto-Submitted: auto-replied\r\n")));
	assert_true(has(&b, "Reporting-MTA: dns; mx.example.org\r\n"
	    "Arrival-Date: Sun, 22 Nov 2026 04:01:01 +0000\r\n"
	    "\r\n"
	    "Final-Recipient: rfc822; bob@example.net\r\n"
	    "Action: failed\r\n"
	    "Status: 5.1.1\r\n"
	    "Remote-MTA: dns; mx.example.net\r\n"
	    "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n"
	    "Last-Attempt-Date: Sun, 22 Nov 2026 04:01:01 +0000\r\n"));
	assert_true(has(&b, "There is no mailbox with this address."));
	assert_true(has(&b, "Content-Type: text/rfc822-headers\r\n"));
}

static void
test_message_ids(void **state unused_arg)
{
	static const struct {
		const char *header;
		bool referred;
	} t[] = {
		{ "Message-ID: <a.b@c.d>\r\n", true },
		{ "Message-ID:\r\n <a@[1.2.3.4]>\r\n", true },
		{ "X: y\r\n", false },
		{ "", false },
		{ "Message-ID: <a@b\r\n", false },
		{ "Message-ID: a@b\r\n", false },
		{ "Message-ID: <ab>\r\n", false },
		{ "Message-ID: <a@b> <c@d>\r\n", false },
		{ "Message-ID: <a@b@c>\r\n", false },
		{ "Message-ID: <@b>\r\n", false },
		{ "Message-ID: <a@>\r\n", false },
		{ "Message-ID: <a@b\r\n c>\r\n", false },
		{ "Message-ID: <\xc3\xa4@b>\r\n", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct dsn d = report(t[i].header);
		auto_buf b = BUF_INIT(DSN_MAX);

		dsn_begin(&b, &d);
		assert_int_equal(has(&b, "References:"), t[i].referred);
	}
}

static void
test_whole(void **state unused_arg)
{
	static const struct {
		bool wish;
		uint32_t ret, outcome;
		uint8_t smtputf8;
		const char *sender;
		bool want;
		uint8_t body_8bit, elsewhere;
	} t[] = {
		{ true, RET_full, OUTCOME_failed, 0, "a@b", true },
		{ true, RET_unsaid, OUTCOME_failed, 0, "a@b", true },
		{ false, RET_full, OUTCOME_failed, 0, "a@b", false },
		{ true, RET_headers, OUTCOME_failed, 0, "a@b", false },
		{ true, RET_full, OUTCOME_delayed, 0, "a@b", false },
		{ true, RET_full, OUTCOME_relayed, 0, "a@b", false },
		{ true, RET_full, OUTCOME_failed, 1, "a@b", false },
		{ true, RET_full, OUTCOME_failed, 1, "\xc3\xa4@b", true },
		{ true, RET_full, OUTCOME_failed, 0, "a@b", true, 1, 0 },
		{ true, RET_full, OUTCOME_failed, 0, "a@b", true, 0, 1 },
		{ true, RET_full, OUTCOME_failed, 0, "a@b", false, 1, 1 },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct queue_item it = { .ret = t[i].ret,
			.smtputf8 = t[i].smtputf8,
			.body_8bit = t[i].body_8bit,
			.elsewhere = t[i].elsewhere,
			.reverse_path = str_c(t[i].sender) };
		struct queue_rcpt r = { .outcome = t[i].outcome };
		struct dsn d = { .item = &it, .rcpts = &r, .nrcpts = 1,
			.whole = t[i].wish };

		assert_int_equal(dsn_whole(&d), t[i].want);
	}
}

static void
test_many(void **state unused_arg)
{
	enum { MANY = 2500 };
	struct dsn d = report("Subject: x\r\n");
	struct queue_rcpt *r = calloc(MANY, sizeof(*r));
	auto_buf b = BUF_INIT(DSN_MAX);

	assert_non_null(r);
	for (size_t i = 0; i < MANY; i++)
		r[i] = bob;
	d.rcpts = r;
	d.nrcpts = MANY;
	dsn_begin(&b, &d);
	dsn_end(&b, &d);
	assert_false(buf_failed(&b));
	assert_int_equal(dsn_check(buf_get(&b), 255), 3);
	assert_true(has(&b, "... and 2450 more"));
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_advice_by_whom),
		cmocka_unit_test(test_orcpt),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_message_ids),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
