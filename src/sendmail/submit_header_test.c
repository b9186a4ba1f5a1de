#include "sendmail/submit_header.h"

#include "sendmail/compose.h"
#include "sendmail/crlf.h"
#include "sendmail/sendmail_args.h"
#include "base/test.h"
#include "store/messages.h"

/* ---- lines -------------------------------------------------------------- */

static const struct {
	bool dot_ends;
	const char *in;
	size_t n;
	const char *want;
} line_cases[] = {
#define IN(s) s, sizeof(s) - 1
	{ true, IN(""), "" },
	{ true, IN("a\nb"), "a\r\nb\r\n" },
	{ true, IN("a\r\nb\r\n"), "a\r\nb\r\n" },
	{ true, IN("a\r\r\nb\n"), "a\r\nb\r\n" },
	{ true, IN("a\rb\n"), "a b\r\n" },
	{ true, IN("a\0b\n\0"), "ab\r\n" },
	{ true, IN("a\n.\nb\n"), "a\r\n" },
	{ true, IN("a\n.\r\nb\n"), "a\r\n" },
	{ true, IN("a\n."), "a\r\n" },
	{ true, IN("a\n..\n.b\n. \n"), "a\r\n..\r\n.b\r\n. \r\n" },
	{ false, IN("a\n.\nb\n"), "a\r\n.\r\nb\r\n" },
	{ false, IN("\n\n."), "\r\n\r\n.\r\n" },
	{ false, IN("a\r"), "a\r\n" },
};

static void
test_lines(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(line_cases); i++)
		for (size_t step = 1; step <= 16; step *= 4) {
			struct crlf c = { .dot_ends = line_cases[i].dot_ends };
			struct str in = str_make(line_cases[i].in,
			    line_cases[i].n);
			auto_buf out = BUF_INIT(1000);

			for (; in.n > 0; in = str_from(in, step))
				crlf_feed(&c, str_first(in, step), &out);
			crlf_finish(&c, &out);
			assert_str(buf_get(&out), line_cases[i].want);
		}
}

static const struct {
	const char *text;
	bool last;
	int from, header, body;	/* -1: more is needed */
} header_cases[] = {
	{ "A: b\r\n\r\nx", false, 0, 6, 8 },
	{ "A: b\r\n", false, -1, 0, 0 },
	{ "A: b\r\n", true, 0, 6, 6 },
	{ "A: b\r\n c\r\nx\r\n", false, 0, 10, 10 },
	{ "hello: it is\r\nyou see\r\n", false, 0, 14, 14 },
	{ "no header\r\n", false, 0, 0, 0 },
	{ " A: b\r\n\r\n", false, 0, 0, 0 },
	{ "\r\nx", false, 0, 0, 2 },
	{ "From me\r\nA: b\r\n\r\nx", false, 9, 15, 17 },
	{ "A b: c\r\n\r\n", false, 0, 0, 0 },
	{ "A : c\r\n\r\n", false, 0, 7, 9 },
	{ "", true, 0, 0, 0 },
};

static void
test_header_end(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(header_cases); i++) {
		size_t from = 0, header = 0, body = 0;
		bool told = crlf_header(str_c(header_cases[i].text),
		    header_cases[i].last, &from, &header, &body);

		assert_int_equal(told, header_cases[i].from >= 0);
		if (!told)
			continue;
		assert_int_equal(from, header_cases[i].from);
		assert_int_equal(header, header_cases[i].header);
		assert_int_equal(body, header_cases[i].body);
	}
}

/* ---- the header ---------------------------------------------------------- */

static struct submit_header
new_header(struct arena *a, bool to_header)
{
	return (struct submit_header){ .memory = a, .domain = STR("here.test"),
		.hostname = STR("mail.here.test"),
		.login = STR("ann"), .name = STR("Ann \"A.\" Other"),
		.uid = 7, .id = STR("ab12"), .to_header = to_header };
}

static struct str
join(struct arena *a, const struct submit_header_rcpts *r)
{
	auto_buf b = BUF_INIT(4096);

	for (size_t i = 0; i < r->n; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", STR_FMT(r->v[i]));
	return str_dup(a, buf_get(&b));
}

static const struct {
	const char *header, *rcpts, *bad;
} rcpt_cases[] = {
	{ "To: a@x.test\r\nCc: B <b@x.test>\r\n"
	  "Bcc: c@x.test,\r\n\td@x.test\r\n",
	    "a@x.test b@x.test c@x.test d@x.test", "" },
	{ "To: root, a@x.test, root@here.test\r\n",
	    "root@here.test a@x.test", "" },
	{ "To: a@x.test\r\nResent-To: b@x.test\r\nResent-Bcc: c@x.test\r\n",
	    "b@x.test c@x.test", "" },
	{ "To: friends: a@x.test, b@x.test;, undisclosed:;\r\n",
	    "a@x.test b@x.test", "" },
	{ "To: \"the one\"@x.test, a..b@x.test\r\n",
	    "\"the one\"@x.test \"a..b\"@x.test", "" },
	{ "To: a@-x.test, <b@x.test>, c@x..test\r\n", "b@x.test",
	    "a@-x.test c@x..test" },
	{ "To: b\xc3\xbc@x.test, \xff@x.test\r\n", "b\xc3\xbc@x.test",
	    "\xff@x.test" },
	{ "Subject: none\r\n", "", "" },
};

static void
test_recipients(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(rcpt_cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct submit_header h = new_header(a, true);
		auto_buf out = BUF_INIT(1 << 16);

		assert_int_equal(submit_header_write(&h,
		    str_c(rcpt_cases[i].header), &out, NULL), 0);
		assert_str(join(a, &h.rcpts), rcpt_cases[i].rcpts);
		assert_str(join(a, &h.bad), rcpt_cases[i].bad);
		assert_true(str_find(buf_get(&out), STR("Bcc")) == out.n);
		arena_free(a);
	}
}

static void
test_what_is_missing(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct submit_header h = new_header(a, false);
	auto_buf out = BUF_INIT(1 << 16);

	assert_int_equal(submit_header_write(&h,
	    STR("Subject: x\r\nbcc: q\r\n"), &out, NULL), 0);
	assert_str(buf_get(&out),
	    "Received: by mail.here.test (Postern) with LOCAL (uid 7)\r\n"
	    "\tid ab12;\r\n\tThu, 1 Jan 1970 00:00:00 +0000\r\n"
	    "Subject: x\r\n"
	    "From: \"Ann \\\"A.\\\" Other\" <ann@here.test>\r\n"
	    "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"
	    "Message-ID: <ab12@here.test>\r\n\r\n");
	assert_int_equal(h.rcpts.n, 0);
	buf_reset(&out);
	assert_int_equal(submit_header_write(&h,
	    STR("from: x@y\r\nDATE: now\r\n"
	    "message-id: <1@2>\r\n"), &out, NULL), 0);
	assert_true(str_endsi(buf_get(&out),
	    STR("+0000\r\nfrom: x@y\r\nDATE: now\r\nmessage-id: <1@2>\r\n"
	    "\r\n")));
	arena_free(a);
}

static void
test_too_many(void **state unused_arg)
{
	struct arena *a = arena_new(16 << 20);
	struct submit_header h = new_header(a, true);
	auto_buf list = BUF_INIT(1 << 20);

	for (int i = 0; i < SUBMIT_HEADER_RCPTS_MAX; i++)
		buf_printf(&list, "u%d@x.test, ", i);
	assert_int_equal(submit_header_add_rcpts(&h, buf_get(&list), NULL), 0);
	assert_int_equal(h.rcpts.n, SUBMIT_HEADER_RCPTS_MAX);
	assert_int_equal(submit_header_add_rcpts(&h, STR("u1@x.test"),
	    NULL), 0);
	assert_int_equal(submit_header_add_rcpts(&h, STR("more@x.test"),
	    NULL), E_LIMIT);
	arena_free(a);
}

static void
test_reverse_path(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct submit_header h = new_header(a, false);
	struct str path;

	assert_int_equal(submit_header_address(&h, STR("<>"), &path, NULL), 0);
	assert_str(path, "");
	assert_int_equal(submit_header_address(&h, STR("bob"), &path, NULL), 0);
	assert_str(path, "bob@here.test");
	assert_int_equal(submit_header_address(&h, STR("<a@b.c>"), &path,
	    NULL), 0);
	assert_str(path, "a@b.c");
	assert_int_equal(submit_header_address(&h, STR("a@b, c@d"), &path,
	    NULL), E_INVALID);
	assert_int_equal(submit_header_address(&h, STR("a@-b"), &path, NULL),
	    E_INVALID);
	arena_free(a);
}

/* ---- composing ----------------------------------------------------------- */

static void
test_text_of_fields(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "Hello", "Hello" },
		{ "Gr\xc3\xbc\xc3\x9f" "e", "=?utf-8?b?R3LDvMOfZQ==?=" },
		{ "a =?x", "=?utf-8?b?YSA9P3g=?=" },
		{ "a\nBcc: x", "=?utf-8?b?YQpCY2M6IHg=?=" },
		{ "\xe4", "=?iso-8859-1?b?5A==?=" },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		auto_buf b = BUF_INIT(1000);

		submit_header_put_text(&b, str_c(cases[i].text));
		assert_str(buf_get(&b), cases[i].want);
	}
}

static void
test_quoted_printable(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "\xc3\xbc=\r\n", "=C3=BC=3D\r\n" },
		{ "end \r\n.\r\nFrom x\r\n", "end=20\r\n=2E\r\n=46rom x\r\n" },
		{ "1234567890123456789012345678901234567890123456789012345678"
		  "9012345678901234567890",
		  "1234567890123456789012345678901234567890123456789012345678"
		  "90123456789012345=\r\n67890" },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		auto_buf b = BUF_INIT(1000);

		compose_quoted_printable(&b, str_c(cases[i].text));
		assert_str(buf_get(&b), cases[i].want);
	}
}

static int
gather(void *arg, struct str octets)
{
	buf_str(arg, octets);
	return 0;
}

static void
test_compose(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct submit_header h = new_header(a, false);
	auto_buf b = BUF_INIT(1 << 16);
	struct compose c = { .header = &h, .from = STR("a@x"),
		.to = compose_addresses(a, STR("B \xc3\xa9 <b@x>, c@x")),
		.subject = STR("s"), .text = STR("caf\xc3\xa9 au lait\n"),
		.out = gather, .arg = &b };

	assert_int_equal(compose(&c), 0);
	assert_str(buf_get(&b), "From: a@x\r\n"
	    "To: =?utf-8?b?QiDDqQ==?= <b@x>,\r\n c@x\r\nSubject: s\r\n"
	    "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"
	    "Message-ID: <ab12@here.test>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "caf=C3=A9 au lait\r\n");
	assert_string_equal(compose_type(STR("x.PDF")), "application/pdf");
	assert_string_equal(compose_type(STR("x")),
	    "application/octet-stream");
	arena_free(a);
}

/* ---- options ------------------------------------------------------------- */

static int
read_args(struct sendmail_args *a, const char *line)
{
	static char copy[200];
	static char *argv[20];
	int argc = 0;

	(void)snprintf(copy, sizeof(copy), "%s", line);
	for (char *p = copy; *p; argc++) {
		argv[argc] = p;
		while (*p && *p != ' ')
			p++;
		if (*p)
			*p++ = '\0';
	}
	argv[argc] = NULL;
	return sendmail_args_read(argc, argv, a, NULL);
}

static void
test_options(void **state unused_arg)
{
	struct sendmail_args a;

	assert_int_equal(read_args(&a, "sendmail -t -i"), 0);
	assert_true(a.to_header && a.ignore_dot);
	assert_int_equal(read_args(&a, "sendmail -ti -fa@b x@y"), 0);
	assert_true(a.to_header && a.ignore_dot);
	assert_string_equal(a.from, "a@b");
	assert_int_equal(a.first, 3);
	assert_int_equal(read_args(&a, "sendmail -oem -oi -f a@b -- -x"), 0);
	assert_true(a.ignore_dot && !a.to_header);
	assert_int_equal(a.first, 6);
	assert_int_equal(read_args(&a, "sendmail -FCron -odi root"), 0);
	assert_string_equal(a.name, "Cron");
	assert_int_equal(read_args(&a, "sendmail -B8BITMIME -oem root"), 0);
	assert_int_equal(a.first, 3);
	assert_int_equal(read_args(&a, "sendmail -N success,delay -R hdrs "
	    "-V id x"), 0);
	assert_int_equal(a.notify, NOTIFY_success | NOTIFY_delay);
	assert_int_equal(a.ret, RET_headers);
	assert_int_equal(read_args(&a, "sendmail -N never,delay x"),
	    E_INVALID);
	assert_int_equal(read_args(&a, "sendmail -R some x"), E_INVALID);
	assert_int_equal(read_args(&a, "sendmail -f"), E_INVALID);
	assert_int_equal(read_args(&a, "sendmail -bs"), 0);
	assert_int_equal(a.mode, SENDMAIL_SMTP);
	assert_int_equal(read_args(&a, "sendmail -bz"), E_INVALID);
	assert_int_equal(read_args(&a, "sendmail -q1h"), 0);
	assert_int_equal(a.mode, SENDMAIL_RETRY);
	assert_int_equal(read_args(&a, "mailq"), 0);
	assert_int_equal(a.mode, SENDMAIL_LIST);
	assert_int_equal(read_args(&a, "newaliases"), 0);
	assert_int_equal(a.mode, SENDMAIL_NOTHING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_header_end),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_reverse_path),
		cmocka_unit_test(test_text_of_fields),
		cmocka_unit_test(test_quoted_printable),
		cmocka_unit_test(test_compose),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
