#include "base/test.h"
#include "carry/export_text.h"
#include "store/messages.h"

static void
put(void *arg, struct str octets)
{
	buf_str(arg, octets);
}

static void
check(const char *text, bool mbox, const char *want, size_t step)
{
	static struct export_text t;
	auto_buf got = BUF_INIT(10000);
	struct str rest = str_c(text);

	export_text_begin(&t, (struct text_out){ put, &got }, mbox,
	    STR("Status: O\n"));
	for (; rest.n > 0; rest = str_from(rest, step))
		export_text_put(&t, str_first(rest, step));
	export_text_end(&t);
	assert_str(buf_get(&got), want);
}

static void
test_text(void **state unused_arg)
{
	static const struct {
		const char *text, *maildir, *mbox;
	} t[] = {
		{ "A: 1\r\n\r\nx\r\n", "A: 1\n\nx\n",
		    "A: 1\nStatus: O\n\nx\n\n" },
		{ "A: 1\r\n\r\nFrom x\r\n>From y\r\n>>Fro\r\n>\r\nFrom",
		    "A: 1\n\nFrom x\n>From y\n>>Fro\n>\nFrom",
		    "A: 1\nStatus: O\n\n>From x\n>>From y\n>>Fro\n>\n"
		    "From\n\n" },
		{ "A: 1", "A: 1", "A: 1\nStatus: O\n\n\n" },
		{ "A: 1\r\n\r\nx\rb\r\r\n\r", "A: 1\n\nx\rb\r\n\r",
		    "A: 1\nStatus: O\n\nx\rb\r\n\r\n\n" },
		{ "\r\n\r\nx", "\n\nx", "Status: O\n\n\nx\n\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		for (size_t step = 1; step < 40; step += 3) {
			check(t[i].text, false, t[i].maildir, step);
			check(t[i].text, true, t[i].mbox, step);
		}
}

static void
test_names(void **state unused_arg)
{
	static const struct {
		const char *name, *maildir, *mbox;
	} t[] = {
		{ "INBOX", "", "INBOX.mbox" },
		{ "INBOX/Kept", ".INBOX.Kept", "INBOX/Kept.mbox" },
		{ "Work/2024", ".Work.2024", "Work/2024.mbox" },
		{ "Entwürfe", ".Entw&APw-rfe", "Entwürfe.mbox" },
		{ "a.b/..", ".a&AC4-b.&AC4-&AC4-", "a.b/_..mbox" },
		{ "../../x", ".&AC4-&AC4-.&AC4-&AC4-.x", "_./_./x.mbox" },
		{ "a&b", ".a&-b", "a&b.mbox" },
	};
	auto_buf b = BUF_INIT(1000);

	for (size_t i = 0; i < NELEM(t); i++) {
		buf_reset(&b);
		export_maildir_folder(&b, str_c(t[i].name));
		assert_str(buf_get(&b), t[i].maildir);
		buf_reset(&b);
		export_mbox_file(&b, str_c(t[i].name));
		assert_str(buf_get(&b), t[i].mbox);
	}
}

static void
test_flags(void **state unused_arg)
{
	static struct maildir_keywords k;
	auto_buf b = BUF_INIT(1000);

	assert_true(export_letters(&b, 31, STR("Work $forwarded x"), &k));
	assert_str(buf_get(&b), "DFPRSTab");
	buf_reset(&b);
	assert_true(export_letters(&b, 0, STR("y WORK"), &k));
	assert_str(buf_get(&b), "ac");
	for (int i = 3; i < MAILDIR_KEYWORDS; i++)
		k.name[i][0] = '!';
	assert_false(export_letters(&b, 0, STR("z"), &k));
	buf_reset(&b);
	export_status(&b, FLAG_seen | FLAG_flagged | FLAG_deleted,
	    STR("a b"));
	export_from_line(&b, 1795867200);
	assert_str(buf_get(&b), "Status: RO\nX-Status: FD\nX-Keywords: a b\n"
	    "From MAILER-DAEMON Sat Nov 28 12:00:00 2026\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_text),
		cmocka_unit_test(test_names), cmocka_unit_test(test_flags) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
