#include "mime/url.h"

#include "base/test.h"

enum { TEXT_MAX = 1000 };

/* "BODY 1.2 fields FROM TO <5.10>": what a section was read as. */
static void
put_section(struct buf *b, const struct url_section *sec)
{
	static const char *const whats[] = { [FACTS_BODY_ALL] = "BODY",
		[FACTS_HEADER] = "HEADER", [FACTS_TEXT] = "TEXT",
		[FACTS_MIME] = "MIME" };

	buf_printf(b, "%s", whats[sec->what]);
	for (size_t i = 0; i < sec->npart; i++)
		buf_printf(b, "%s%u", i ? "." : " ", sec->part[i]);
	if (sec->by_name)
		buf_printf(b, sec->except ? " not" : " fields");
	for (size_t i = 0; i < sec->nfield; i++)
		buf_printf(b, " %.*s", STR_FMT(sec->field[i]));
	if (sec->partial && sec->length == UINT64_MAX)
		buf_printf(b, " <%ju>", (uintmax_t)sec->offset);
	else if (sec->partial)
		buf_printf(b, " <%ju.%ju>", (uintmax_t)sec->offset,
		    (uintmax_t)sec->length);
}

static const struct {
	const char *text, *mailbox, *section;
	uint32_t uidvalidity, uid;
} paths[] = {
	{ "/INBOX/;UID=1", "INBOX", "BODY", 0, 1 },
	{ "/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER", "Drafts",
	    "HEADER", 385759045, 20 },
	{ "/a/b%20c;uidvalidity=7/;uid=4294967295/;Section=1.2.MIME"
	    "/;partial=5.10", "a/b c", "MIME 1.2 <5.10>", 7, UINT32_MAX },
	{ "/inbox/x/;UID=3/;PARTIAL=0", "inbox/x", "BODY <0>", 0, 3 },
	{ "/u%CC%88/;UID=3/;SECTION=HEADER.FIELDS%20%28FROM%20TO%29",
	    "u\xcc\x88", "HEADER fields FROM TO", 0, 3 },
	{ "/a/;UID=3/;SECTION=1.header.fields.not%20(%22X-a%22)", "a",
	    "HEADER 1 not X-a", 0, 3 },
	{ "/a/;UID=3/;SECTION=4.1", "a", "BODY 4.1", 0, 3 },
	{ "/a/;UID=3/;SECTION=TEXT", "a", "TEXT", 0, 3 },
	/* As RFC 4468 3.4 has it. */
	{ "/outbox/;uidvalidity=1078863300/;uid=25", "outbox", "BODY",
	    1078863300, 25 },
};

static const char *const bad[] = {
	"", "/", "//", "INBOX/;UID=1", ";UID=1", "/;UID=1", "//x/;UID=1",
	"/INBOX", "/INBOX/;UID=",
	"/INBOX/;UID=0", "/INBOX/;UID=x", "/INBOX/;UID=1/",
	"/INBOX/;UID=4294967296", "/INBOX/;UID=1/;SECTION=",
	"/INBOX/;UID=1/;SECTION=x", "/INBOX/;UID=1/;SECTION=1]",
	"/INBOX/;UID=1/;SECTION=MIME", "/INBOX/;UID=1/;SECTION=1.",
	"/INBOX/;UID=1/;SECTION=0", "/INBOX/;UID=1/;SECTION=1.2.x",
	"/INBOX/;UID=1/;SECTION=TEXT.1", "/INBOX/;UID=1/;SECTION=4294967296",
	"/INBOX/;UID=1/;SECTION=HEADER.FIELDS",
	"/INBOX/;UID=1/;SECTION=HEADER.FIELDS%20()",
	"/INBOX/;UID=1/;SECTION=HEADER.FIELDS%20(A",
	"/INBOX/;UID=1/;SECTION=HEADER.FIELDS%20(%22A)",
	"/INBOX/;UID=1/;PARTIAL=",
	"/INBOX/;UID=1/;PARTIAL=1.0", "/INBOX/;UID=1/;PARTIAL=1.",
	"/INBOX/;UID=1/;PARTIAL=1/;SECTION=1", "/a%/;UID=1", "/a%g0/;UID=1",
	"/a%00/;UID=1", "/%ff/;UID=1", "/a;UIDVALIDITY=0/;UID=1",
	"/a;UIDVALIDITY=x/;UID=1",
	/* A path is for who is logged in, not for who has a URL. */
	"/INBOX/;UID=1;URLAUTH=anonymous",
	"imap:/a@b/INBOX/;UID=1", "imap://b", "imap://b/", "imap://@b/a/;UID=1",
	"imap://a@/a/;UID=1", "imap://a@:143/a/;UID=1", "imap://a@b:x/a/;UID=1",
	"imap://a;b@c@d/a/;UID=1", "imap://a/b@c/;UID=1/x",
	"imap://a@b/a?SUBJECT%20x", "imap://a@b/a/;UID=1/;SECTION=1;EXPIRE="
	    "2026-01-01T00:00:00Z",
#define A "imap://a@b/c/;UID=1"
#define TOKEN "91354a473744909de610943775f92038"
	A ";URLAUTH=", A ";URLAUTH=somebody", A ";URLAUTH=user+",
	A ";URLAUTH=submit+a:", A ";URLAUTH=submit+:internal:" TOKEN,
	A ";URLAUTH=user+a@b", A ";URLAUTH=anonymous+a",
	A ";URLAUTH=anonymous:internal", A ";URLAUTH=anonymous:internal:",
	A ";URLAUTH=anonymous:internal:91354a473744909de610943775f920",
	A ";URLAUTH=anonymous:internal:" TOKEN "3",
	A ";URLAUTH=anonymous:internal:" TOKEN "3g",
	A ";URLAUTH=anonymous:int_ernal:" TOKEN,
	A ";URLAUTH=anonymous::" TOKEN, A ";URLAUTH=anonymous:internal:" TOKEN
	    ":x",
	A ";URLAUTH=anonymous;EXPIRE=2026-01-01T00:00:00Z",
	A ";EXPIRE=2026-02-30T00:00:00Z;URLAUTH=anonymous",
	A ";EXPIRE=;URLAUTH=anonymous", A ";EXPIRE=2026-01-01;URLAUTH=authuser",
	A ";EXPIRE=2026-01-01T00:00:00+24:00;URLAUTH=authuser",
	A ";EXPIRE=2026-01-01T00:00:00+1:00;URLAUTH=authuser",
	A ";EXPIRE=1960-01-01T00:00:00Z;URLAUTH=authuser",
	"imap://b/c/;UID=1;URLAUTH=anonymous",	/* whose is it? */
	"imap://a@b/c;URLAUTH=anonymous",	/* all of a mailbox */
	"imap://a@b/;URLAUTH=anonymous",
	"imap://a@b/c d/;UID=1", "imap://a@b/\"/;UID=1",
	"imap://a@b/\xc3\xbc/;UID=1", "imap://a@b/c\r\n/;UID=1",
};

static void
test_paths(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(paths); i++) {
		struct arena *a = arena_new(URL_ARENA(TEXT_MAX));
		auto_buf b = BUF_INIT(TEXT_MAX);
		struct url url;

		assert_true(url_parse(str_c(paths[i].text), a, &url));
		assert_strs(url.mailbox, str_c(paths[i].mailbox));
		put_section(&b, &url.section);
		assert_strs(buf_get(&b), str_c(paths[i].section));
		assert_int_equal(url.uid, paths[i].uid);
		assert_int_equal(url.uidvalidity, paths[i].uidvalidity);
		assert_null(url.host.p);
		assert_int_equal(url.access, 0);
		arena_free(a);
	}
}

/* verifier: what of the text is no part of the rump. */
static const struct {
	const char *text, *user, *host, *who, *mechanism;
	size_t verifier, token;
	int64_t expires;
	uint32_t access;
} wholes[] = {
	{ "imap://a@b/c/;UID=1", "a", "b", "", "", 0, 0, 0, 0 },
	{ "imap://B.example/c/;UID=1", "", "B.example", "", "", 0, 0, 0, 0 },
	{ "IMAP://a%40x.test;AUTH=*@b.test:1143/c/;UID=1;urlauth=Anonymous",
	    "a@x.test", "b.test", "", "", 0, 0, 0, URL_anonymous },
	{ "imap://a@[::1]:143/c/;UID=1", "a", "[::1]", "", "", 0, 0, 0, 0 },
	{ "imap://a@[::1]/c/;UID=1", "a", "[::1]", "", "", 0, 0, 0, 0 },
	{ A ";URLAUTH=authuser:internal:" TOKEN, "a", "b", "", "internal",
	    42, 16, 0, URL_authuser },
	{ A "/;SECTION=1.2;expire=2026-11-22T04:01:01Z;URLAUTH=submit+"
	    "fred%40x.test:INTERNAL:" TOKEN "aB", "a", "b", "fred@x.test",
	    "INTERNAL", 44, 17, 1795320061, URL_submit },
	{ A ";EXPIRE=2026-11-22T05:31:01+01:30;URLAUTH=user+a", "a", "b", "a",
	    "", 0, 0, 1795320061, URL_user },
	{ A ";EXPIRE=2026-11-21T23:01:01-05:00;URLAUTH=authuser:X-9.a:" TOKEN,
	    "a", "b", "", "X-9.a", 39, 16, 1795320061, URL_authuser },
};

static void
test_wholes(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(wholes); i++) {
		struct str text = str_c(wholes[i].text);
		struct arena *a = arena_new(URL_ARENA(TEXT_MAX));
		struct url url;

		if (!url_parse(text, a, &url))
			fail_msg("not taken: %s", wholes[i].text);
		assert_strs(url.user, str_c(wholes[i].user));
		assert_strs(url.host, str_c(wholes[i].host));
		assert_strs(url.who, str_c(wholes[i].who));
		assert_strs(url.mechanism, str_c(wholes[i].mechanism));
		assert_strs(url.rump, str_first(text,
		    text.n - wholes[i].verifier));
		assert_int_equal(url.token.n, wholes[i].token);
		assert_int_equal(url.expires, wholes[i].expires);
		assert_int_equal(url.access, wholes[i].access);
		arena_free(a);
	}
}

static void
test_bad(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(bad); i++) {
		struct arena *a = arena_new(URL_ARENA(TEXT_MAX));
		struct url url;

		if (url_parse(str_c(bad[i]), a, &url))
			fail_msg("taken: %s", bad[i]);
		arena_free(a);
	}
}

/* More than we take of what there can be many of. */
static void
test_bounds(void **state unused_arg)
{
	static const struct {
		const char *before, *each, *behind;
		size_t most;
	} rows[] = {
		{ "/a/;UID=1/;SECTION=1", ".1", "", URL_PARTS_MAX - 1 },
		{ "/a/;UID=1/;SECTION=HEADER.FIELDS%20(A", "%20B", ")",
		    URL_FIELDS_MAX - 1 },
		{ "/", "a", "/;UID=1", URL_NAME_MAX },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t more = 0; more < 2; more++) {
			struct arena *a = arena_new(URL_ARENA(URL_MAX));
			auto_buf b = BUF_INIT(URL_MAX);
			struct url url;

			buf_printf(&b, "%s", rows[i].before);
			for (size_t n = 0; n < rows[i].most + more; n++)
				buf_printf(&b, "%s", rows[i].each);
			buf_printf(&b, "%s", rows[i].behind);
			assert_int_equal(url_parse(buf_get(&b), a, &url),
			    more == 0);
			arena_free(a);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_wholes),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
