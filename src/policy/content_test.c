/*
 * Messages that want to be taken for others, and innocent ones that look much
 * like them; what is found in each. Ours is example.org.
 */
#include "policy/content.h"

#include "base/test.h"
#include "dns/public_suffix.h"

#define HTML "Content-Type: text/html; charset=utf-8\r\n"
#define LIST "List-Id: <l.lists.example.net>\r\n"
#define MORE "List-Unsubscribe: <http://n.example.net/u>\r\n"
#define A(href, text) "<p><a href=\"" href "\">" text "</a></p>"
#define CYR_A "\xd0\xb0"

static const struct {
	const char *header, *text, *found;
} t[] = {
	/* ---- who writes ---- */
	{ "From: \"help@bank.com\" <x@evil.net>\r\n", "", "name-address" },
	{ "From: help@bank.com <x@evil.net>\r\n", "", "name-address" },
	{ "From: \"Bank (help@mail.bank.com)\" <x@bank.com>\r\n", "", "" },
	{ "From: =?utf-8?q?help=40bank=2Ecom?= <x@evil.net>\r\n", "",
	    "name-address" },
	{ "From: =?utf-8?b?aGVscEBiYW5rLmNvbQ==?= <x@evil.net>\r\n", "",
	    "name-address" },
	{ "From: \"Ann at home\" <ann@evil.net>\r\n", "", "" },
	{ "From: \"ann@home\" <ann@evil.net>\r\n", "", "" },
	{ "From: \"Meet @ Example.Cafe\" <ann@evil.net>\r\n", "", "" },
	{ "From: \"ann@b.net via l\" <l@example.net>\r\n" LIST, "",
	    "name-address" },
	{ "From: x@evil.net (help@bank.com)\r\n", "", "name-address" },
	{ "From: ann@a.net\r\nReply-To: ann@b.net\r\n", "",
	    "reply-elsewhere" },
	{ "From: ann@a.net\r\nReply-To: <l@lists.b.net>\r\n" LIST, "", "" },
	{ "From: ann@mail.a.net\r\nReply-To: ann@a.net\r\n", "", "" },
	{ "From: ann@a.co.uk\r\nReply-To: ann@b.co.uk\r\n", "",
	    "reply-elsewhere" },
	{ "From: ann@a.net\r\nReply-To: nobody\r\n", "", "" },
	{ "From: \"\xe2\x80\xae" "kcart\" <a@b.net>\r\n", "", "name-turned" },
	{ "From: \"\xd7\x90\xd7\x91\" <a@b.net>\r\n", "", "" },
	{ "From: nobody\r\n", "", "" },
	{ "From:\r\n", "", "" },
	{ "Subject: x\r\n", "", "" },
	/* ---- names that look like ours ---- */
	{ "From: boss@examp1e.org\r\n", "", "look-alike" },
	{ "From: boss@exarnple.org\r\n", "", "look-alike" },
	{ "From: boss@exampl.org\r\n", "", "look-alike" },
	{ "From: boss@ex" CYR_A "mple.org\r\n", "", "look-alike" },
	{ "From: boss@xn--exmple-4nf.org\r\n", "", "look-alike" },
	{ "From: boss@example.org.evil.net\r\n", "", "look-alike" },
	{ "From: boss@example.org\r\n", "", "" },
	{ "From: boss@it.example.org\r\n", "", "" },
	{ "From: boss@example.com\r\n", "", "" },
	{ "From: boss@samples.org\r\n", "", "" },
	{ "From: boss@exemplar.org\r\n", "", "" },
	{ "From: a@p" CYR_A "ypal.com\r\n", "", "mixed-script" },
	{ "From: a@\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.com\r\n", "", "" },
	{ "From: a@b\xc3\xbc" "cher.de\r\n", "", "" },
	{ "From: a@b.net\r\nReply-To: boss@examp1e.org\r\n", "",
	    "look-alike reply-elsewhere" },
	/* ---- links ---- */
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x", "https://bank.com"),
	    "link-text" },
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x", "bank.com"),
	    "link-text" },
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x",
	    "<b>www.</b>bank<span>.com</span>/login"), "link-text" },
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x",
	    "&#104;ttps://bank.com"), "link-text" },
	{ "From: a@b.net\r\n" HTML, A("http://www.bank.com/x", "bank.com"),
	    "" },
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x", "Click here"),
	    "" },
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x",
	    "the story of bank.com"), "" },
	{ "From: a@b.net\r\n" HTML, A("http://evil.net/x", "readme.html"),
	    "" },
	{ "From: a@b.net\r\n" HTML, A("mailto:a@b.net", "a@b.net"), "" },
	{ "From: a@b.net\r\n" MORE HTML, A("http://click.n.example.net/1",
	    "www.shop.com"), "link-text" },
	{ "From: a@b.net\r\n" HTML, A("http://192.0.2.7/", "x"),
	    "link-number" },
	{ "From: a@b.net\r\n" HTML, A("http://0xc0000207/", "x"),
	    "link-number" },
	{ "From: a@b.net\r\n" HTML, A("http://bank.com@evil.net/", "x"),
	    "link-user" },
	{ "From: a@b.net\r\n" HTML, A("http://me@evil.net/", "x"), "" },
	{ "From: a@b.net\r\n" HTML, A("http://examp1e.org/", "x"),
	    "look-alike" },
	{ "From: a@b.net\r\n" HTML, A("http://www.example.org.evil.net/",
	    "x"), "look-alike" },
	{ "From: a@b.net\r\n" HTML, "<!-- " A("http://evil.net/", "bank.com")
	    "-->", "" },
	{ "From: a@b.net\r\n" HTML "Content-Transfer-Encoding: "
	    "quoted-printable\r\n", "<a href=3D\"http://evil.=\r\nnet\">"
	    "bank.c=6Fm</a>", "link-text" },
	{ "From: a@b.net\r\n" HTML "Content-Transfer-Encoding: base64\r\n",
	    "PGEgaHJlZj0iaHR0cDovL2V2aWwubmV0Ij5iYW5rLmNvbTwvYT4=",
	    "link-text" },
	{ "From: a@b.net\r\n", "see http://192.0.2.7/ now", "link-number" },
	{ "From: a@b.net\r\n", "see https://www.example.org now", "" },
	{ "From: a@b.net\r\n", "see https://www.examp1e.org/ now",
	    "look-alike" },
	{ "From: a@b.net\r\nContent-Type: multipart/mixed; boundary=b\r\n",
	    "--b\r\n\r\nhello\r\n--b\r\nContent-Type: text/html\r\n\r\n"
	    A("http://evil.net", "bank.com") "\r\n--b--\r\n", "link-text" },
	{ "From: a@b.net\r\nContent-Type: application/octet-stream\r\n",
	    A("http://evil.net", "bank.com"), "" },
	{ "From: \"it@example.org\" <a@examp1e.org>\r\nReply-To: c@d.net\r\n"
	    HTML, A("http://192.0.2.7/", "https://example.org/mail"),
	    "name-address look-alike reply-elsewhere link-number link-text" },
	{ "From: a@b.net\r\n" HTML, "<a href=\"", "" },
	{ "From: a@b.net\r\n" HTML, "", "" },
	{ "", "", "" },
};

static void
test_messages(void **state unused_arg)
{
	int wrong = 0;

	for (size_t i = 0; i < NELEM(t); i++) {
		struct arena *a = arena_new(1 << 20);
		struct findings f = { 0 };
		struct content_seen seen;
		struct content_text ask = { .ours = STR("example.org"),
			.head = arena_printf(a, "%s\r\n%s", t[i].header,
			t[i].text) };
		auto_buf b = BUF_INIT(1000);

		content_look(&ask, a, &f, &seen);
		for (size_t k = 0; k < f.n; k++) {
			buf_printf(&b, "%s%.*s", k > 0 ? " " : "",
			    STR_FMT(f.row[k].word));
			for (size_t c = 0; c < f.row[k].why.n; c++)
				assert_in_range(f.row[k].why.p[c], ' ', '~');
		}
		if (!str_eq(buf_get(&b), str_c(t[i].found))) {
			print_error("%s%s\nfound \"%.*s\", want \"%s\"\n",
			    t[i].header, t[i].text, STR_FMT(buf_get(&b)),
			    t[i].found);
			wrong++;
		}
		arena_free(a);
	}
	assert_int_equal(0, wrong);
}

/* What lists are asked about: whose the hosts are, each once. */
static void
test_seen(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct findings f = { 0 };
	struct content_seen seen;
	struct content_text ask = { .head = STR("From: A <Ann@A.net>\r\n"
		"Reply-To: ann@a.net, b@c.net\r\n" HTML "\r\n"
		A("http://www.a.net/", "x") A("https://b.a.net", "x")
		A("http://c.co.uk", "x") "http://192.0.2.1") };

	content_look(&ask, a, &f, &seen);
	assert_int_equal(3, seen.nhosts);
	assert_str(seen.host[0], "a.net");
	assert_str(seen.host[1], "c.co.uk");
	assert_str(seen.host[2], "192.0.2.1");
	assert_int_equal(1, seen.naddresses);
	assert_str(seen.address[0], "ann@a.net");
	arena_free(a);
}

/* The nearest first, as many as are asked about, none that is too long. */
static void
test_answers(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct findings f = { 0 };
	struct content_seen seen;
	auto_buf b = BUF_INIT(8192);

	buf_lit(&b, "In-Reply-To: <3@a.net>\r\nReferences: <1@a.net>\r\n"
	    "\t<2@a.net> <3@a.net> <");
	for (int i = 0; i < 260; i++)
		buf_chr(&b, 'x');
	buf_lit(&b, "> <o k@a.net>\r\n\r\n");
	content_look(&(struct content_text){ .head = buf_get(&b) }, a, &f,
	    &seen);
	assert_str(seen.answers, "3@a.net\nok@a.net\n3@a.net\n2@a.net\n"
	    "1@a.net");
	buf_reset(&b);
	buf_lit(&b, "References:");
	for (int i = 0; i < 30; i++)
		buf_printf(&b, " <%d@a.net>\r\n", i);
	content_look(&(struct content_text){ .head = buf_get(&b) }, a, &f,
	    &seen);
	assert_true(str_starts(seen.answers, STR("29@a.net\n28@a.net\n")));
	assert_true(str_eq(str_from(seen.answers, str_rchr(seen.answers,
	    '\n') + 1), STR("18@a.net")));
	content_look(&(struct content_text){ .head = STR("From: a@a.net") },
	    a, &f, &seen);
	assert_int_equal(seen.answers.n, 0);
	arena_free(a);
}

static void
test_domains(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);

	assert_str(content_domains(STR("a@B.example\nc@b.example\nd\n"
	    "e@f.example\n"), a), "b.example f.example");
	assert_str(content_domains(STR(""), a), "");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_domains),
	};

	public_suffix_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
