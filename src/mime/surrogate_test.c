#include "base/test.h"
#include "mime/surrogate.h"

#define U "\xc3\xbc"		/* u with two dots */
#define NOBODY "<invalid@internationalized-address.invalid>"

static const struct {
	const char *header, *want;
} table[] = {
	{ "", "" },
	{ "\r\n", "\r\n" },
	{ "Subject: a\r\n b\r\n\r\n", "Subject: a\r\n b\r\n\r\n" },
	/* Of the time before. */
	{ "Subject: \xfc\r\n\r\n", "Subject: \xfc\r\n\r\n" },
	{ "Subject: " U "\r\nX-A: b\r\n\r\n",
	    "Subject: =?utf-8?B?w7w=?=\r\nX-A: b\r\n\r\n" },
	/* Fields of ASCII stay octet for octet; unknown ones of others go. */
	{ "x-a:  b\r\nX-B: " U "\r\nMessage-ID: <" U "@b>\r\nDate: now\r\n"
	    "\r\n", "x-a:  b\r\nDate: now\r\n\r\n" },
	{ "From: " U " <" U "@a>\r\n\r\n",
	    "From: =?utf-8?B?w7w=?= " NOBODY "\r\n\r\n" },
	{ "From: a@" U "\r\n\r\n",
	    "From: =?utf-8?B?YUDDvA==?= " NOBODY "\r\n\r\n" },
	{ "to: " U " <a@b>, \"c, d\" <e f@g>, x@y,\r\n =?utf-8?q?z?= <z@z>"
	    "\r\n\r\n", "To: =?utf-8?B?w7w=?= <a@b>,\r\n"
	    " \"c, d\" <\"e f\"@g>,\r\n <x@y>,\r\n =?utf-8?q?z?= <z@z>\r\n"
	    "\r\n" },
	{ "Cc: " U ": a@b, c@d;, e@f\r\n\r\n",
	    "Cc: =?utf-8?B?w7w=?=: <a@b>,\r\n <c@d>;,\r\n <e@f>\r\n\r\n" },
	{ "Content-Disposition: attachment; filename=\"" U "\"; size=3\r\n"
	    "\r\n", "Content-Disposition: attachment;\r\n size=\"3\"\r\n"
	    "\r\n" },
	{ "Content-Type: text/plain; name=" U "; charset=utf-8\r\n\r\n",
	    "Content-Type: text/plain;\r\n charset=\"utf-8\"\r\n\r\n" },
	/* No character is cut in two: 45 octets a word. */
	{ "Subject: a" U U U U U U U U U U U U U U U U U U U U U U U "\r\n",
	    "Subject: =?utf-8?B?YcO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8"
	    "w7zDvMO8w7zDvMO8?=\r\n =?utf-8?B?w7w=?=\r\n" },
};

static void
test_table(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		struct str header = str_c(table[i].header);
		auto_buf out = BUF_INIT(SURROGATE_MAX(header.n));

		surrogate_header(&out, header);
		assert_false(buf_failed(&out));
		assert_str(buf_get(&out), table[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
