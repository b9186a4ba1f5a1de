#include "base/test.h"
#include "mime/build_check.h"
#include "mime/build_int.h"

static int
build(struct buf *out, const struct build_field *fields, size_t n,
    const struct build_part *body, struct err *err)
{
	const struct build_options o = { .id = STR("0123abcd"),
		.host = STR("mx.example.org"), .at = 1795320061,
		.emit = build_to_buf, .arg = out };

	return build_message(&o, fields, n, body, err);
}

static struct build_field
text(const char *name, const char *value)
{
	return (struct build_field){ .name = str_c(name),
		.text = str_c(value) };
}

/* ---- fields -------------------------------------------------------------- */

static void
test_text(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "Lunch", " Lunch" },
		{ "", " " },
		{ "two  spaces\tand a tab", " two  spaces\tand a tab" },
		{ "Gr\xc3\xbc\xc3\x9f" "e aus Berlin",
		    " =?utf-8?q?Gr=C3=BC=C3=9Fe_aus_Berlin?=" },
		{ "\xd0\x94\xd0\xb0", " =?utf-8?b?0JTQsA==?=" },
		{ " in front", " =?utf-8?q?_in_front?=" },
		{ "=?utf-8?q?a?=", " =?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=" },
		{ "a\r\nBcc: b@example.org",
		    " =?utf-8?q?a__Bcc=3A_b=40example=2Eorg?=" },
		{ "caf\xe9", " =?iso-8859-1?q?caf=E9?=" },
		{ "one two three four five six seven eight nine ten eleven "
		  "twelve thirteen fourteen",
		    " one two three four five six seven eight nine ten eleven "
		    "twelve\r\n thirteen fourteen" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf out = BUF_INIT(1000), want = BUF_INIT(1000);
		struct build_field f = text("Subject", t[i].text);

		assert_int_equal(build_put_field(&out, &f, NULL), 0);
		buf_printf(&want, "Subject:%s\r\n", t[i].want);
		assert_strs(buf_get(&out), buf_get(&want));
	}
}

static void
test_addresses(void **state unused_arg)
{
	static const struct build_address all[] = {
		{ BUILD_MAILBOX, STR(""), STR("alice@example.org") },
		{ BUILD_MAILBOX, STR("Bob B"), STR("bob@example.org") },
		{ BUILD_MAILBOX, STR("Dr. \"C\""), STR("c d@example.org") },
		{ BUILD_GROUP, STR("Friends"), STR("") },
		{ BUILD_MAILBOX, STR("Gr\xc3\xbc\xc3\x9f"),
		    STR("\"a b\"@[192.0.2.1]") },
		{ BUILD_GROUP_END, STR(""), STR("") },
		{ BUILD_MAILBOX, STR(""), STR("\xc3\xa4@example.org") },
	};
	struct build_field f = { .name = STR("To"), .form = BUILD_ADDRESSES,
		.addresses = all, .n = NELEM(all) };
	auto_buf out = BUF_INIT(1000);

	assert_int_equal(build_put_field(&out, &f, NULL), 0);
	assert_str(buf_get(&out), "To: alice@example.org, Bob B "
	    "<bob@example.org>, \"Dr. \\\"C\\\"\"\r\n <\"c d\"@example.org>, "
	    "Friends: =?utf-8?q?Gr=C3=BC=C3=9F?= <\"a b\"@[192.0.2.1]>;,\r\n "
	    "\xc3\xa4@example.org\r\n");
}

static void
test_refused(void **state unused_arg)
{
	static const struct build_address bad[] = {
		{ BUILD_MAILBOX, STR(""), STR("") },
		{ BUILD_MAILBOX, STR(""), STR("alice") },
		{ BUILD_MAILBOX, STR(""), STR("a@b c") },
		{ BUILD_MAILBOX, STR(""), STR("a\r\n@b") },
		{ BUILD_MAILBOX, STR(""), STR("a@") },
		{ BUILD_MAILBOX, STR(""), STR("a@b..c") },
		{ BUILD_MAILBOX, STR(""), STR("a@[1]2]") },
		{ BUILD_MAILBOX, STR(""), STR("a@\xff") },
		{ BUILD_GROUP, STR("x"), STR("") },
		{ BUILD_GROUP_END, STR("x"), STR("") },
	};
	static const struct str ids[] = { STR(""), STR("a b"), STR("a>"),
		STR("a\r\n"), STR("\xff@b") };
	static const struct str raws[] = { STR("a\rb"), STR("a\nb"),
		STR("a\r\nBcc: x"), STR("a\r\n \r\n b"), STR("a\r\n"),
		STR("\xff") };
	static const struct str names[] = { STR(""), STR("a b"), STR("a:"),
		STR("a\r\nb"), STR("\xc3\xa4") };
	auto_buf out = BUF_INIT(10000);
	struct build_field f = { .name = STR("X"), .n = 1 };

	f.form = BUILD_ADDRESSES;
	for (size_t i = 0; i < NELEM(bad); i++) {
		f.addresses = &bad[i];
		assert_int_equal(build_put_field(&out, &f, NULL), E_INVALID);
	}
	for (size_t i = 0; i < NELEM(ids); i++) {
		f.list = &ids[i];
		f.form = BUILD_IDS;
		assert_int_equal(build_put_field(&out, &f, NULL), E_INVALID);
		f.form = BUILD_URLS;
		assert_int_equal(build_put_field(&out, &f, NULL), E_INVALID);
	}
	f.form = BUILD_RAW;
	for (size_t i = 0; i < NELEM(raws); i++) {
		f.text = raws[i];
		assert_int_equal(build_put_field(&out, &f, NULL), E_INVALID);
	}
	f.text = STR(" a\r\n b");
	buf_reset(&out);
	assert_int_equal(build_put_field(&out, &f, NULL), 0);
	assert_str(buf_get(&out), "X: a\r\n b\r\n");
	for (size_t i = 0; i < NELEM(names); i++) {
		f.name = names[i];
		assert_int_equal(build_put_field(&out, &f, NULL), E_INVALID);
	}
}

static void
test_others(void **state unused_arg)
{
	static const struct str ids[] = { STR("a@b"), STR("c@d") };
	static const struct build_field fields[] = {
		{ .name = STR("References"), .form = BUILD_IDS, .list = ids,
		    .n = 2 },
		{ .name = STR("List-Unsubscribe"), .form = BUILD_URLS,
		    .list = ids, .n = 2 },
		{ .name = STR("Date"), .form = BUILD_DATE,
		    .date = { 1795320061, 90 } },
	};
	auto_buf out = BUF_INIT(1000);

	for (size_t i = 0; i < NELEM(fields); i++)
		assert_int_equal(build_put_field(&out, &fields[i], NULL), 0);
	assert_str(buf_get(&out), "References: <a@b> <c@d>\r\n"
	    "List-Unsubscribe: <a@b>, <c@d>\r\n"
	    "Date: Sun, 22 Nov 2026 05:31:01 +0130\r\n");
}

/* ---- messages ------------------------------------------------------------ */

static void
test_plain(void **state unused_arg)
{
	const struct build_field subject = text("Subject", "Lunch");
	const struct build_part body = { .type = STR("text/plain"),
		.octets = STR("one\ntwo\rthree\r\nfour") };
	auto_buf out = BUF_INIT(10000);

	assert_int_equal(build(&out, &subject, 1, &body, NULL), 0);
	assert_str(buf_get(&out), "Subject: Lunch\r\n"
	    "Date: Sun, 22 Nov 2026 04:01:01 +0000\r\n"
	    "Message-ID: <0123abcd@mx.example.org>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 7bit\r\n"
	    "\r\n"
	    "one\r\ntwo\r\nthree\r\nfour\r\n");
}

/* A source of 3000 octets, in pieces that are not even. */
static int
read_photo(void *arg unused_arg, uint64_t offset, struct str *octets,
    struct err *err unused_arg)
{
	static char photo[3000];

	for (size_t i = 0; i < sizeof(photo); i++)
		photo[i] = (char)(i * 7);
	*octets = str_from(str_make(photo, sizeof(photo)), (size_t)offset);
	*octets = str_first(*octets, 701);
	return 0;
}

static int
read_nothing(void *arg unused_arg, uint64_t offset unused_arg,
    struct str *octets unused_arg, struct err *err)
{
	return err_set(err, E_DAMAGED, "gone");
}

static void
test_whole(void **state unused_arg)
{
	static const struct build_source photo = { read_photo, NULL };
	static const struct build_part plain = { .type = STR("text/plain"),
		.octets = STR("Gr\xc3\xbc\xc3\x9f" "e and more\r\n") };
	static const struct build_part html = { .type = STR("text/html"),
		.octets = STR("<p>--=_1-0123abcd</p>\n--=_1-0123abcd--\n") };
	static const struct build_part image = { .type = STR("image/png"),
		.disposition = STR("inline"), .name = STR("a b.png"),
		.id = STR("x@y"), .source = &photo };
	static const struct build_part attached[] = {
		{ .type = STR("application/pdf"),
		    .disposition = STR("attachment"),
		    .name = STR("\xc3\x9c" "bersicht der Ergebnisse vom "
		    "letzten Jahr und von diesem.pdf"),
		    .octets = STR("%PDF\0\r") },
		{ .type = STR("message/rfc822"),
		    .octets = STR("Subject: x\r\n\r\n\xc3\xa4\r\n") } };
	static const char *const types[] = { "mixed", "alternative", "plain",
		"related", "html", "png", "pdf", "rfc822", "plain" };
	static const char *const encodings[] = { "8bit", "7bit",
		"quoted-printable", "7bit", "quoted-printable", "base64",
		"base64", "8bit", "" };
	const struct build_shape shape = { &plain, &html, &image, attached, 1,
		2 };
	struct arena *a = arena_new(1 << 20);
	auto_buf out = BUF_INIT(100000), record = BUF_INIT(MIME_RECORD_MAX);
	struct facts f;
	struct facts_walk w;
	struct facts_part p;
	size_t n = 0;

	assert_int_equal(build(&out, NULL, 0, build_shape(a, &shape), NULL),
	    0);
	build_check_lines(buf_get(&out));
	build_check_facts(buf_get(&out), &record, &f);
	for (w = facts_walk_of(&f); facts_next_part(&w, &p); n++) {
		assert_in_range(n, 0, NELEM(types) - 1);
		assert_true(str_eqi(p.subtype, str_c(types[n])));
		assert_str(p.encoding, encodings[n]);
		if (n == 2)
			build_check_octets(buf_get(&out), &p, plain.octets);
		if (n == 6) {
			build_check_octets(buf_get(&out), &p,
			    attached[0].octets);
			build_check_param(header_get(str_from(buf_get(&out),
			    (size_t)p.header_off), STR("Content-Disposition")),
			    STR("filename"), attached[0].name);
		}
		if (n == 7)
			build_check_octets(buf_get(&out), &p,
			    attached[1].octets);
	}
	assert_int_equal(n, NELEM(types));
	arena_free(a);
}

static void
test_no_message(void **state unused_arg)
{
	static const struct build_source gone = { read_nothing, NULL };
	static const struct build_part part = { .type = STR("text/plain") };
	static const struct build_field type = { .name = STR("content-type"),
		.text = STR("text/html") };
	static const struct {
		struct build_part body;
		int want;
	} t[] = {
		{ { .type = STR("") }, E_INVALID },
		{ { .type = STR("text") }, E_INVALID },
		{ { .type = STR("text/plain\r\nX: y") }, E_INVALID },
		{ { .type = STR("text/plain; x=y") }, E_INVALID },
		{ { .type = STR("multipart/mixed") }, E_INVALID },
		{ { .type = STR("text/plain"), .parts = &part, .nparts = 1 },
		    E_INVALID },
		{ { .type = STR("text/plain"), .charset = STR("a b") },
		    E_INVALID },
		{ { .type = STR("image/png"), .disposition = STR("a b") },
		    E_INVALID },
		{ { .type = STR("image/png"), .id = STR("a b") }, E_INVALID },
		{ { .type = STR("image/png"), .source = &gone }, E_DAMAGED },
		{ { .type = STR("text/plain"), .source = &gone }, E_DAMAGED },
		{ { .type = STR("message/rfc822"), .octets = STR("a\nb") },
		    E_INVALID },
		{ { .type = STR("message/rfc822"), .octets = STR("a\0b") },
		    E_INVALID },
		{ { .type = STR("text/plain"), .fields = &type,
		    .nfields = 1 }, E_INVALID },
	};
	auto_buf out = BUF_INIT(100000);

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(build(&out, NULL, 0, &t[i].body, NULL),
		    t[i].want);
	assert_int_equal(build(&out, &type, 1, &part, NULL), E_INVALID);
}

static void
test_deep(void **state unused_arg)
{
	static struct build_part deep[BUILD_DEPTH_MAX + 1];
	auto_buf out = BUF_INIT(100000);

	deep[0] = (struct build_part){ .type = STR("text/plain") };
	for (int i = 1; i <= BUILD_DEPTH_MAX; i++)
		deep[i] = (struct build_part){ .type = STR("multipart/mixed"),
			.parts = &deep[i - 1], .nparts = 1 };
	assert_int_equal(build(&out, NULL, 0, &deep[BUILD_DEPTH_MAX - 1],
	    NULL), 0);
	assert_int_equal(build(&out, NULL, 0, &deep[BUILD_DEPTH_MAX], NULL),
	    E_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_no_message),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
