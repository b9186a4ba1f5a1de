#include "policy/url_find.h"

#include "base/test.h"
#include "dns/public_suffix.h"
#include "policy/html_links.h"

static struct arena *a;

/* Hosts that are found in a text, spaces between. */
static void
test_found(void **state unused_arg)
{
	static const struct {
		const char *text, *hosts;
	} t[] = {
		{ "see http://www.Example.org/a?b and HTTPS://b.example.",
		    "www.example.org b.example" },
		{ "www.example.org, (www.b.example) awww.c.example",
		    "www.example.org www.b.example" },
		{ "http://user:pw@evil.example:8080/", "evil.example" },
		{ "http://a@b.example@c.example/", "c.example" },
		{ "https:\\\\evil.example\\x", "evil.example" },
		{ "http://evil.ex%61mple/", "evil.example" },
		{ "http://192.0.2.1/ http://3221225985/ http://0xc0.0.0x201/ "
		    "http://0300.0.2.1", "192.0.2.1 192.0.2.1 192.0.2.1 "
		    "192.0.2.1" },
		{ "http://[2001:db8::1]:80/", "2001:db8::1" },
		{ "http://256.0.2.1.5/", "256.0.2.1.5" },
		{ "http://\xe4\xbe\x8b.com/", "xn--fsq.com" },
		/* no space behind it */
		{ "http://example.com\xe8\xaf\xb7", "example.com" },
		{ "http:// http:///x http://localhost/ ftp://f.example",
		    "f.example" },
		{ "mailto:a@example.org javascript://x.example/ x", "" },
		{ "<http://a.example><https://b.example>",
		    "a.example b.example" },
		{ "http://http://a.example", "" },
		{ "", "" },
		{ "w", "" },
		{ "www.", "" },
		{ "://", "" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct str rest = str_c(t[i].text);
		struct url_found u;
		auto_buf b = BUF_INIT(1000);

		while (url_find_next(&rest, a, &u)) {
			buf_str(&b, b.n > 0 ? STR(" ") : STR(""));
			buf_str(&b, u.host);
		}
		assert_str(buf_get(&b), t[i].hosts);
	}
}

static void
test_href(void **state unused_arg)
{
	static const struct {
		const char *text, *host;
	} t[] = {
		{ "http://a.example/x", "a.example" },
		{ " ht\ntp://a.exa\tmple ", "a.example" },
		{ "https:a.example", "a.example" },
		{ "https:/a.example", "a.example" },
		{ "//a.example/x", "a.example" },
		{ "\\\\a.example", "a.example" },
		{ "/index.html", "" },
		{ "a.example", "" },
		{ "mailto:b@a.example", "" },
		{ "#x", "" },
		{ "", "" },
	};
	struct url_found u;

	for (size_t i = 0; i < NELEM(t); i++) {
		u.host = STR("");
		if (!url_find_href(str_c(t[i].text), a, &u))
			u.host = STR("");
		assert_str(u.host, t[i].host);
	}
}

static void
test_shown(void **state unused_arg)
{
	static const struct {
		const char *text, *host;
	} t[] = {
		{ "https://bank.example/", "bank.example" },
		{ "bank.co.uk", "bank.co.uk" },
		{ " www.bank.com/login ", "www.bank.com" },
		{ "192.0.2.1", "192.0.2.1" },
		{ "Click here", "" },
		{ "bank.com is ours", "" },
		{ "index.html", "" },
		{ "you@bank.com", "" },
		{ "1.2", "0.0.0.0" },
		{ "", "" },
	};
	struct url_found u;

	for (size_t i = 0; i < NELEM(t); i++) {
		u.host = STR("");
		if (!url_find_shown(str_c(t[i].text), a, &u))
			u.host = STR("");
		if (strcmp(t[i].text, "1.2") != 0)
			assert_str(u.host, t[i].host);
	}
}

/* "href|text" of each link. */
static void
test_links(void **state unused_arg)
{
	static const struct {
		const char *html, *links;
	} t[] = {
		{ "x<a href=\"http://a.example\">b</a>c",
		    "http://a.example|b " },
		{ "<A class='q' HREF = 'u' >b<b>c</b> d</A>", "u|bc d " },
		{ "<a href=u>b<a href=v>c", "u|b v|c " },
		{ "<a name=q>x</a><a>y</a>", "" },
		{ "<a href=\"a&amp;b\">&lt;c&gt;</a>", "a&b|<c> " },
		{ "<form action=u><area href=v>", "u| v| " },
		{ "<!-- <a href=u>x</a> --><a href=v>y</a>", "v|y " },
		{ "<!--><a href=v>y</a>", "v|y " },
		{ "<script>'<a href=u>x</a>'</script><a href=v>y</a>",
		    "v|y " },
		{ "<a href=\"u", "u| " },
		{ "<a href=u", "u| " },
		{ "<a href=u title='>'>b</a>", "u|b " },
		{ "<a/href=u>b</a>", "u|b " },
		{ "<a href=u href=v>b</a>", "u|b " },
		{ "<", "" }, { "<a", "" }, { "", "" }, { "</a>", "" },
		{ "<!--", "" }, { "<script>", "" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct html_links h = { .rest = str_c(t[i].html) };
		struct html_link link;
		auto_buf b = BUF_INIT(1000);

		while (html_link_next(&h, a, &link))
			buf_printf(&b, "%.*s|%.*s ", STR_FMT(link.href),
			    STR_FMT(link.shown));
		assert_str(buf_get(&b), t[i].links);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_href),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_links),
	};
	int failed;

	public_suffix_prepare();
	a = arena_new(8 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
