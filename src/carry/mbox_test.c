#include "base/test.h"
#include "carry/mbox.h"
#include "store/messages.h"

struct source {
	struct str octets;
	size_t most;	/* that one read gives */
};

static ssize_t
read_source(void *arg, uint64_t at, void *p, size_t n, struct err *err)
{
	const struct source *s = arg;
	struct str rest = str_from(s->octets, (size_t)at);

	(void)err;
	rest = str_first(rest, n < s->most ? n : s->most);
	memcpy(p, rest.p, rest.n);
	return (ssize_t)rest.n;
}

static void
put_text(void *arg, struct str octets)
{
	buf_str(arg, octets);
}

/* All messages, each "flags keywords time|octets|"; read in pieces. */
static void
check(const char *text, const char *want, size_t most)
{
	struct source from = { str_c(text), most };
	struct mbox *m = calloc(1, sizeof(*m));
	struct mbox_message msg = { 0 };
	auto_buf got = BUF_INIT(100000);
	int rc;

	assert_non_null(m);
	mbox_open(m, (struct octets_at){ read_source, &from }, from.octets.n);
	while ((rc = mbox_next(m, &msg, NULL)) > 0) {
		buf_printf(&got, "%u %.*s %lld%s|", msg.flags,
		    STR_FMT(buf_get(&msg.keywords)), (long long)msg.at,
		    msg.gone ? " gone" : "");
		assert_int_equal(mbox_text(m, &msg, (struct text_out){
		    put_text, &got }, NULL), 0);
		buf_chr(&got, '|');
	}
	assert_int_equal(rc, 0);
	assert_str(buf_get(&got), want);
	buf_free(&msg.keywords);
	free(m);
}

#define FROM "From a@b.test Sat Nov 28 12:00:00 2026\n"
#define AT "1795867200"

static void
test_messages(void **state unused_arg)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "", "" },
		{ FROM "A: 1\n\none\n\n" FROM "A: 2\n\ntwo\n",
		    "0  " AT "|A: 1\n\none\n|0  " AT "|A: 2\n\ntwo\n|" },
		/* What is quoted, and what only looks like the next one. */
		{ FROM "A: 1\n\n>From x\n>>From y\n> From z\nFrom here on\n"
		  "\nFrom now on\n\n",
		    "0  " AT "|A: 1\n\nFrom x\n>From y\n> From z\n"
		    "From here on\n\nFrom now on\n|" },
		/* An empty body, CRLF, a zone, a sender with spaces. */
		{ "From a b Sat Nov 28 13:00:00 +0100 2026\r\nA: 1\r\n\r\n"
		  "From - Sat Nov 28 12:00 2026\r\nA: 2\r\n\r\nx\r\n\r\n",
		    "0  " AT "|A: 1\r\n\r\n|0  " AT "|A: 2\r\n\r\nx\r\n|" },
		{ FROM "Status: RO\nX-Status: AF\nX-Keywords: a (b) c\n  \n"
		  "X-UID: 7\n\tfold\nA: 1\n\nx\n",
		    "7 a c " AT "|A: 1\n\nx\n|" },
		{ FROM "X-Mozilla-Status: 1009\nX-Mozilla-Keys: k  \nA: 1\n\n"
		  "x\n", "1 $Forwarded k " AT " gone|A: 1\n\nx\n|" },
		/* A length that is true, with what is not quoted then. */
		{ FROM "Content-Length: 48\nA: 1\n\n>From x\n\n" FROM "\n"
		  FROM "A: 2\n\ny\n", "0  " AT "|A: 1\n\n>From x\n\n" FROM
		    "|0  " AT "|A: 2\n\ny\n|" },
		/* And one that is not. */
		{ FROM "Content-Length: 3\nA: 1\n\nlong\n\n" FROM
		  "Content-Length: 99999999999999\nA: 2\n\ny\n",
		    "0  " AT "|A: 1\n\nlong\n|0  " AT "|A: 2\n\ny\n|" },
		{ FROM "A: 1", "0  " AT "|A: 1|" },
		{ FROM, "0  " AT "||" },
		{ "From \nA: 1\n\nx\n", "0  0|A: 1\n\nx\n|" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		for (size_t most = 1; most < 60; most += 7)
			check(t[i].text, t[i].want, most);
		check(t[i].text, t[i].want, 100000);
	}
}

static void
test_what_it_is(void **state unused_arg)
{
	assert_true(is_mbox(STR(FROM)));
	assert_true(is_mbox(STR("From - Sat Nov  8 12:00:00 2026\r\n")));
	assert_false(is_mbox(STR("From: a@b\n")));
	assert_false(is_mbox(STR("From here on\n")));
	assert_false(is_mbox(STR("")));
}

static void
test_crlf(void **state unused_arg)
{
	static const char text[] = "a\nb\r\nc\rd\0e\n\n";
	auto_buf whole = BUF_INIT(100), apart = BUF_INIT(100);
	static struct text_crlf t;

	text_crlf_begin(&t, (struct text_out){ put_text, &whole });
	text_crlf_put(&t, str_make(text, sizeof(text) - 1));
	text_crlf_end(&t);
	assert_int_equal(t.n, whole.n);
	text_crlf_begin(&t, (struct text_out){ put_text, &apart });
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text_crlf_put(&t, str_make(text + i, 1));
	text_crlf_end(&t);
	assert_str(buf_get(&whole), "a\r\nb\r\nc\rd\x80" "e\r\n\r\n");
	assert_true(str_eq(buf_get(&whole), buf_get(&apart)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages),
		cmocka_unit_test(test_what_it_is),
		cmocka_unit_test(test_crlf) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
