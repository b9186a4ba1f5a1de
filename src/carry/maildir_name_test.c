#include "base/test.h"
#include "carry/maildir_name.h"
#include "store/messages.h"

static void
test_names(void **state unused_arg)
{
	static const struct {
		const char *file, *base;
		uint32_t flags;
		const char *keywords;
		int64_t at;
	} t[] = {
		{ "1700000000.M1P2.host,S=3:2,FS", "1700000000.M1P2.host,S=3",
		    FLAG_flagged | FLAG_seen, "", 1700000000 },
		{ "1700000000.a.b:2,DRTP", "1700000000.a.b", FLAG_draft |
		    FLAG_answered | FLAG_deleted, "$Forwarded", 1700000000 },
		{ "1.x:2,ab", "1.x", 0, "$Label1 Work", 1 },
		{ "1.x:2,Pa", "1.x", 0, "$Forwarded $Label1", 1 },
		{ "1.x:2,c", "1.x", 0, "", 1 }, { "1.x", "1.x", 0, "", 1 },
		{ "1.x:1,S", "1.x:1,S", 0, "", 1 },
		{ "1.x;2,S", "1.x", FLAG_seen, "", 1 },
		{ "msg.eml", "msg.eml", 0, "", 0 }, { "", "", 0, "", 0 },
		{ "99999999999999999999.x", "99999999999999999999.x", 0, "",
		    0 },
		{ "99999999999.x", "99999999999.x", 0, "", 0 },
	};
	struct arena *a = arena_new(1 << 16);
	static struct maildir_keywords k;

	maildir_keywords_read(STR("0 $Label1\n1 Work\n26 No\nx y\n2 bad(\n"
	    "2 \n"), &k);
	for (size_t i = 0; i < NELEM(t); i++) {
		struct maildir_name n = maildir_name_read(str_c(t[i].file),
		    &k, a);

		assert_str(n.base, t[i].base);
		assert_int_equal(n.flags, t[i].flags);
		assert_str(n.keywords, t[i].keywords);
		assert_int_equal(n.at, t[i].at);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
