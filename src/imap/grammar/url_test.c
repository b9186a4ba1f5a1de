#include "imap/grammar/url.h"

#include "base/test.h"

static const struct {
	const char *text, *mailbox, *section;
	uint32_t uidvalidity, uid;
} good[] = {
	{ "/INBOX/;UID=1", "INBOX", "BODY[]", 0, 1 },
	{ "/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER", "Drafts",
	    "BODY[HEADER]", 385759045, 20 },
	{ "/a/b%20c;uidvalidity=7/;uid=4294967295/;Section=1.2.MIME"
	    "/;partial=5.10", "a/b c", "BODY[1.2.MIME]<5>", 7, UINT32_MAX },
	{ "/inbox/x/;UID=3/;PARTIAL=0", "INBOX/x", "BODY[]<0>", 0, 3 },
	{ "/u%CC%88/;UID=3/;SECTION=HEADER.FIELDS%20%28FROM%20TO%29",
	    "\xc3\xbc", "BODY[HEADER.FIELDS (FROM TO)]", 0, 3 },
};

static const char *const bad[] = {
	"", "/", "//", "INBOX/;UID=1", ";UID=1", "/;UID=1", "//x/;UID=1",
	"imap://alice@example.test/INBOX/;UID=1", "/INBOX", "/INBOX/;UID=",
	"/INBOX/;UID=0", "/INBOX/;UID=x", "/INBOX/;UID=1/",
	"/INBOX/;UID=4294967296", "/INBOX/;UID=1/;SECTION=",
	"/INBOX/;UID=1/;SECTION=x", "/INBOX/;UID=1/;SECTION=1]",
	"/INBOX/;UID=1/;SECTION=MIME", "/INBOX/;UID=1/;PARTIAL=",
	"/INBOX/;UID=1/;PARTIAL=1.0", "/INBOX/;UID=1/;PARTIAL=1.",
	"/INBOX/;UID=1/;PARTIAL=1/;SECTION=1", "/a%/;UID=1", "/a%g0/;UID=1",
	"/a%00/;UID=1", "/%ff/;UID=1", "/a;UIDVALIDITY=0/;UID=1",
	"/a;UIDVALIDITY=x/;UID=1", "/INBOX/;UID=1;URLAUTH=anonymous",
};

static void
test_good(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(good); i++) {
		struct arena *a = arena_new(SCAN_ARENA(1000));
		auto_buf b = BUF_INIT(1000);
		struct imap_url url;

		assert_true(url_parse(str_c(good[i].text), a, &url));
		assert_strs(url.mailbox, str_c(good[i].mailbox));
		section_put_name(&b, &url.section);
		assert_strs(buf_get(&b), str_c(good[i].section));
		assert_int_equal(url.uid, good[i].uid);
		assert_int_equal(url.uidvalidity, good[i].uidvalidity);
		arena_free(a);
	}
}

static void
test_bad(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(bad); i++) {
		struct arena *a = arena_new(SCAN_ARENA(1000));
		struct imap_url url;

		if (url_parse(str_c(bad[i]), a, &url))
			fail_msg("taken: %s", bad[i]);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
