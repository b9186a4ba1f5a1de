#include "mime/downgrade_check.h"

#include "base/test.h"

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n"
#define TYPE(t) "Content-Type: " t "\r\n"
#define CODED(e) "Content-Transfer-Encoding: " e "\r\n"
#define MIME "MIME-Version: 1.0\r\n"

static const struct row {
	enum downgrade_to to;
	struct str in;
	const char *out;	/* NULL: as it came */
	enum downgrade_fault fault;
} rows[] = {
	{ DOWNGRADE_7BIT, STR(""), .out = NULL },
	{ DOWNGRADE_7BIT, STR("A: b\r\n\r\nplain = plain\r\n"), .out = NULL },
	{ DOWNGRADE_7BIT, STR("A: b"), .out = NULL },
	/* No word of MIME in it. */
	{ DOWNGRADE_7BIT, STR("A: b\r\n\r\nGr\xc3\xbc\xc3\x9f" "e und mehr "
	    "Text\r\n"),
	    "A: b\r\n" MIME CODED("quoted-printable") "\r\n"
	    "Gr=C3=BC=C3=9Fe und mehr Text\r\n" },
	/* The field stays where it is, and is one. */
	{ DOWNGRADE_7BIT, STR("content-transfer-encoding: 8bit\r\n" MIME
	    CODED("8bit") "A: b\r\n\r\ncaf\xc3\xa9 au lait"),
	    "content-transfer-encoding: quoted-printable\r\n" MIME
	    "A: b\r\n\r\ncaf=C3=A9 au lait" },
	/* It said more than it has. */
	{ DOWNGRADE_7BIT, STR(MIME CODED("8bit") "\r\nplain\r\n"),
	    MIME CODED("7bit") "\r\nplain\r\n" },
	/* Mostly beyond ASCII; and what is no text. */
	{ DOWNGRADE_7BIT, STR(MIME TYPE("text/plain") CODED("8bit")
	    "\r\n\xd0\xb4\xd0\xb0\r\n"),
	    MIME TYPE("text/plain") CODED("base64") "\r\n0LTQsA0K\r\n" },
	{ DOWNGRADE_7BIT, STR(MIME TYPE("image/x") CODED("binary")
	    "\r\na\0\r\n\xff\n"),
	    MIME TYPE("image/x") CODED("base64") "\r\nYQANCv8K\r\n" },
	/* Parts: each by itself, those above say what is left. The line end
	 * ahead of a boundary is no content. */
	{ DOWNGRADE_7BIT, STR(MIME MIXED CODED("8bit") "\r\n--b\r\n\r\n"
	    "caf\xc3\xa9 au lait\r\n--b\r\n" TYPE("image/x")
	    CODED("base64") "\r\nYQ==\r\n--b\r\n" TYPE("message/rfc822")
	    CODED("8bit") "\r\n" TYPE("text/x") CODED("8bit")
	    "\r\nsome caf\xc3\xa9\r\n\r\n--b--\r\nover\r\n"),
	    MIME MIXED CODED("7bit") "\r\n--b\r\n"
	    CODED("quoted-printable") "\r\ncaf=C3=A9 au lait\r\n--b\r\n"
	    TYPE("image/x") CODED("base64") "\r\nYQ==\r\n--b\r\n"
	    TYPE("message/rfc822") CODED("7bit") "\r\n" TYPE("text/x")
	    CODED("quoted-printable") MIME "\r\nsome caf=C3=A9\r\n\r\n"
	    "--b--\r\nover\r\n" },
	/* What nobody may touch, as long as it needs nothing. */
	{ DOWNGRADE_7BIT, STR(MIME MIXED "\r\n--b\r\n"
	    TYPE("multipart/signed; boundary=c") "\r\n--c\r\n" CODED("8bit")
	    "\r\nplain\r\n--c--\r\n--b\r\n\r\nsome caf\xc3\xa9\r\n--b--\r\n"),
	    MIME MIXED "\r\n--b\r\n" TYPE("multipart/signed; boundary=c")
	    "\r\n--c\r\n" CODED("8bit") "\r\nplain\r\n--c--\r\n--b\r\n"
	    CODED("quoted-printable") "\r\nsome caf=C3=A9\r\n--b--\r\n" },
	{ DOWNGRADE_7BIT, STR(MIME TYPE("multipart/signed; boundary=c")
	    "\r\n--c\r\n" CODED("8bit") "\r\n\xc3\xa9\r\n--c--\r\n"),
	    .fault = DOWNGRADE_HIGH },
	{ DOWNGRADE_7BIT, STR("DKIM-Signature: v=1\r\n\r\n\xc3\xa9\r\n"),
	    .fault = DOWNGRADE_SIGNED },
	{ DOWNGRADE_7BIT, STR("ARC-Seal: i=1\r\n\r\n\xc3\xa9\r\n"),
	    .fault = DOWNGRADE_SIGNED },
	/* One that is only inside does not matter. */
	{ DOWNGRADE_7BIT, STR(MIME TYPE("message/rfc822") "\r\n"
	    "DKIM-Signature: v=1\r\n" MIME "\r\nsome caf\xc3\xa9\r\n"),
	    MIME TYPE("message/rfc822") "\r\nDKIM-Signature: v=1\r\n" MIME
	    CODED("quoted-printable") "\r\nsome caf=C3=A9\r\n" },
	/* Where nothing can be encoded. */
	{ DOWNGRADE_7BIT, STR("A: \xc3\xa9\r\n\r\nx\r\n"),
	    .fault = DOWNGRADE_HIGH },
	{ DOWNGRADE_7BIT, STR(MIXED "\r\n\xc3\xa9\r\n--b--\r\n"),
	    .fault = DOWNGRADE_HIGH },
	{ DOWNGRADE_7BIT, STR(MIXED "\r\n--b \xc3\xa9\r\n\r\n--b--\r\n"),
	    .fault = DOWNGRADE_HIGH },
	{ DOWNGRADE_7BIT, STR(TYPE("message/delivery-status") "\r\nA: "
	    "\xc3\xa9\r\n"), .fault = DOWNGRADE_HIGH },
	{ DOWNGRADE_7BIT, STR(CODED("x-uuencode") "\r\n\xc3\xa9\r\n"),
	    .fault = DOWNGRADE_HIGH },
	{ DOWNGRADE_7BIT, STR(CODED("base64") "\r\n\xc3\xa9\r\n"),
	    .fault = DOWNGRADE_HIGH },
	/* To 8 bits: only what says "binary" is touched. */
	{ DOWNGRADE_8BIT, STR("DKIM-Signature: v=1\r\n" CODED("8bit")
	    "\r\n\xc3\xa9\r\n"), .out = NULL },
	{ DOWNGRADE_8BIT, STR(MIME CODED("binary") "\r\n\xc3\xa9\r\n"),
	    MIME CODED("8bit") "\r\n\xc3\xa9\r\n" },
	{ DOWNGRADE_8BIT, STR(MIME CODED("binary") "\r\nplain\r\n"),
	    MIME CODED("7bit") "\r\nplain\r\n" },
	{ DOWNGRADE_8BIT, STR(MIME MIXED CODED("binary") "\r\n--b\r\n"
	    TYPE("image/x") CODED("binary") "\r\n\r\n.\r\n\0\r\r\n--b\r\n\r\n"
	    "caf\xc3\xa9\r\n--b--\r\n"),
	    MIME MIXED CODED("8bit") "\r\n--b\r\n" TYPE("image/x")
	    CODED("base64") "\r\nDQouDQoADQ==\r\n--b\r\n\r\ncaf\xc3\xa9\r\n"
	    "--b--\r\n" },
	{ DOWNGRADE_8BIT, STR(MIME TYPE("text/plain") CODED("binary")
	    "\r\nunix\nlines of a text\n"),
	    MIME TYPE("text/plain") CODED("quoted-printable")
	    "\r\nunix=0Alines of a text=0A" },
	{ DOWNGRADE_8BIT, STR(CODED("8bit") "\r\na\nb\r\n"),
	    .fault = DOWNGRADE_BARE },
	{ DOWNGRADE_8BIT, STR("\r\na\0b\r\n"), .fault = DOWNGRADE_NUL },
	{ DOWNGRADE_8BIT, STR("A: b\rc\r\n" CODED("binary") "\r\n"),
	    .fault = DOWNGRADE_BARE },
	{ DOWNGRADE_8BIT, STR(MIXED CODED("binary") "\r\na\nb\r\n--b--\r\n"),
	    .fault = DOWNGRADE_BARE },
	{ DOWNGRADE_8BIT, STR(CODED("base64") "\r\nYQ=\0=\r\n"),
	    .fault = DOWNGRADE_NUL },
};

static void
test_rows(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t piece = 1; piece < 80; piece++) {
			const struct row *r = &rows[i];
			auto_buf out = BUF_INIT(4000);
			bool changed;

			assert_int_equal(downgrade_all(&out, r->to, r->in,
			    piece, &changed), r->fault);
			if (r->fault != DOWNGRADE_FINE)
				continue;
			assert_int_equal(changed, r->out != NULL);
			if (r->out)
				assert_str(buf_get(&out), r->out);
			else
				assert_true(str_eq(buf_get(&out), r->in));
			check_downgraded(r->to, r->in, buf_get(&out));
		}
}

/* Longer than the window: its beginning decides. */
static void
test_long(void **state unused_arg)
{
	static const struct {
		const char *header, *line, *encoding;	/* NULL: none */
	} long_rows[] = {
		{ TYPE("text/plain") "\r\n", "plain text\r\n",
		    "quoted-printable" },
		{ TYPE("text/x") CODED("8bit") "\r\n", "\xd0\xb4\xd0\xb0\r\n",
		    "base64" },
		{ TYPE("image/x") "\r\n", "plain\r\n", NULL },
		{ TYPE("image/x") CODED("8bit") "\r\n", "plain\r\n",
		    "base64" },
		{ TYPE("text/x") "\r\n", "a line without an end; ",
		    "quoted-printable" },
	};
	char field[80];

	for (size_t i = 0; i < NELEM(long_rows); i++) {
		auto_buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 22);
		auto_buf cut = BUF_INIT(1 << 22);
		bool changed;

		buf_str(&in, str_c(long_rows[i].header));
		while (in.n < 100000)
			buf_str(&in, str_c(long_rows[i].line));
		assert_int_equal(downgrade_all(&out, DOWNGRADE_7BIT,
		    buf_get(&in), 1 << 20, &changed), DOWNGRADE_FINE);
		assert_int_equal(downgrade_all(&cut, DOWNGRADE_7BIT,
		    buf_get(&in), 777, &changed), DOWNGRADE_FINE);
		assert_true(str_eq(buf_get(&out), buf_get(&cut)));
		assert_int_equal(changed, long_rows[i].encoding != NULL);
		snprintf(field, sizeof(field), CODED("%s"),
		    long_rows[i].encoding ? long_rows[i].encoding : "");
		assert_int_equal(str_find(buf_get(&out), str_c(field)) <
		    out.n, changed);
		check_downgraded(DOWNGRADE_7BIT, buf_get(&in), buf_get(&out));
	}
}

/* What was not seen in the window, and is no text, comes too late. */
static void
test_late(void **state unused_arg)
{
	auto_buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
	bool changed;

	buf_lit(&in, TYPE("image/x") "\r\n");
	while (in.n < DOWNGRADE_WINDOW + 100)
		buf_lit(&in, "plain\r\n");
	buf_lit(&in, "\xff\r\n");
	assert_int_equal(downgrade_all(&out, DOWNGRADE_7BIT, buf_get(&in),
	    1000, &changed), DOWNGRADE_HIGH);
}

static void
test_bounds(void **state unused_arg)
{
	auto_buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
	bool changed;

	for (int i = 0; i < 65; i++)
		buf_lit(&in, TYPE("message/rfc822") "\r\n");
	assert_int_equal(downgrade_all(&out, DOWNGRADE_7BIT, buf_get(&in),
	    1000, &changed), DOWNGRADE_BOUNDS);
	buf_reset(&in);
	buf_reset(&out);
	buf_lit(&in, MIXED "\r\n");
	for (int i = 0; i < 1001; i++)
		buf_lit(&in, "--b\r\n\r\n");
	assert_int_equal(downgrade_all(&out, DOWNGRADE_7BIT, buf_get(&in),
	    1000, &changed), DOWNGRADE_BOUNDS);
	buf_reset(&in);
	buf_reset(&out);
	buf_lit(&in, "A: ");
	while (in.n < 300000)
		buf_lit(&in, "long ");
	buf_lit(&in, "\r\n\r\n");
	assert_int_equal(downgrade_all(&out, DOWNGRADE_7BIT, buf_get(&in),
	    1000, &changed), DOWNGRADE_BOUNDS);
}

/* A line of what is not encoded. */
static void
test_line_max(void **state unused_arg)
{
	auto_buf out = BUF_INIT(1000);
	struct downgrade *d = downgrade_new(&(struct downgrade_options){
	    .to = DOWNGRADE_8BIT, .line_max = 10, .out = downgrade_take,
	    .arg = &out });

	assert_int_equal(downgrade_feed(d, STR("\r\n0123456789\r\n")), 0);
	assert_int_equal(downgrade_feed(d, STR("0123456789a\r\n")),
	    E_INVALID);
	assert_int_equal(downgrade_fault(d), DOWNGRADE_LONG_LINE);
	assert_int_equal(downgrade_end(d), E_INVALID);
	downgrade_free(d);
}

static int
refuse(void *arg, struct str octets unused_arg)
{
	++*(int *)arg;
	return E_PEER;
}

/* Nobody takes it: no fault of the message. */
static void
test_out_fails(void **state unused_arg)
{
	int times = 0;
	struct downgrade *d = downgrade_new(&(struct downgrade_options){
	    .to = DOWNGRADE_7BIT, .out = refuse, .arg = &times });

	for (int i = 0; i < 5000; i++)
		(void)downgrade_feed(d, STR("A: b\r\n\r\nplain\r\n"));
	assert_int_equal(downgrade_end(d), E_PEER);
	assert_int_equal(downgrade_fault(d), DOWNGRADE_FINE);
	assert_int_equal(times, 1);
	downgrade_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_line_max),
		cmocka_unit_test(test_out_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
