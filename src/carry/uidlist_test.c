#include "base/test.h"

#include "carry/uidlist.h"

static void
test_lists(void **state unused_arg)
{
	static const struct {
		const char *text, *base, *want;
	} t[] = {
		{ "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n"
		    "25006 :1.a.host,S=7:2,S\n25017 W12 P0abc :2.b.host\n",
		    "1.a.host,S=7", "000061AE4C0907B0" },
		{ "3 V1275660208 N9\n7 W12 P0abc :2.b.host\n", "2.b.host",
		    "0abc" },
		{ "3 V1 N9\n7 :2.b\n8 :2.b\n", "2.b", "0000000800000001" },
		{ "3 V1 N9\n7 :2.b\n8 :2.b", "2.b", "0000000800000001" },
		{ "1 1275660208 25022\n25006 1.a.host\n", "1.a.host",
		    "000061AE4C0907B0" },
		{ "3 V1 N9\n7 :2.b\n", "2", "" },
		{ "3 V1 N9\n0 :2.b\n", "2.b", "" },
		{ "3 V1 N9\nx :2.b\n7 P :\n7 :\n7\n\n", "2.b", "" },
		{ "3 V1 N9\n7 P0123456789012345678901234567890123456789012345"
		    "6789012345678901234567890 :2.b\n", "2.b", "" },
		/* No such list. */
		{ "3 N9\n7 :2.b\n", "2.b", "" },
		{ "3 Vx N9\n7 :2.b\n", "2.b", "" },
		{ "2 V1 N9\n7 :2.b\n", "2.b", "" },
		{ "3\n7 :2.b\n", "2.b", "" },
		{ "\n", "2.b", "" }, { "", "2.b", "" },
	};
	char room[UIDL_MAX + 1];

	for (size_t i = 0; i < NELEM(t); i++) {
		struct uidlist *l = uidlist_read(str_c(t[i].text));

		assert_str(uidlist_find(l, str_c(t[i].base), room),
		    t[i].want);
		uidlist_free(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lists) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
