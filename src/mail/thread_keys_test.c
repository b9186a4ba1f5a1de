/*
 * Tests of what says which conversation a message belongs to.  RFC 8621 3
 */
#include "base/test.h"

#include "mail/thread_keys.h"
#include "store/messages.h"

static size_t
keys_of(const char *header, uint64_t key[THREAD_KEYS_MAX])
{
	struct arena *mem = arena_new(MIME_SCAN_ARENA + 65536);
	struct mime_scan *scan = mime_scan_new(mem, NULL);
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	auto_buf keys = BUF_INIT(8 * THREAD_KEYS_MAX);
	struct facts f;
	struct rd r;
	size_t n = 0;

	mime_scan_feed(scan, str_c(header));
	mime_scan_feed(scan, STR("\r\ntext\r\n"));
	mime_scan_finish(scan, &record);
	assert_int_equal(facts_decode(buf_get(&record), &f), 0);
	thread_keys(&f, &keys);
	assert_false(buf_failed(&keys));
	for (r = rd_of(buf_get(&keys)); !rd_done(&r); n++)
		key[n] = rd_le64(&r);
	arena_free(mem);
	return n;
}

static bool
share(const char *one, const char *other)
{
	uint64_t x[THREAD_KEYS_MAX], y[THREAD_KEYS_MAX];
	size_t nx = keys_of(one, x), ny = keys_of(other, y);

	for (size_t i = 0; i < nx; i++)
		for (size_t k = 0; k < ny; k++)
			if (x[i] == y[k])
				return true;
	return false;
}

static void
test_who_belongs_together(void **state unused_arg)
{
	static const struct {
		const char *one, *other;
		bool together;
	} rows[] = {
		{ "Message-ID: <a@x>\r\nSubject: Lunch\r\n",
		    "Message-ID: <b@x>\r\nIn-Reply-To: <a@x>\r\n"
		    "Subject: Re: lunch\r\n", true },
		{ "Message-ID: <a@x>\r\nSubject: Lunch\r\n",
		    "Message-ID: <b@x>\r\nReferences: <z@x> <a@x>\r\n"
		    "Subject: AW: Re:  LUNCH (fwd)\r\n", true },
		{ "Message-ID: <a@x>\r\nSubject: Lunch\r\n",
		    "Message-ID: <b@x>\r\nIn-Reply-To: <a@x>\r\n"
		    "Subject: Dinner\r\n", false },
		/* Both answer what is not there. */
		{ "Message-ID: <b@x>\r\nReferences: <z@x> <y@x>\r\n",
		    "Message-ID: <c@x>\r\nIn-Reply-To: <z@x>\r\n", true },
		{ "Message-ID: <b@x>\r\n", "Message-ID: <c@x>\r\n", false },
		/* The same message twice. */
		{ "Message-ID: <b@x>\r\n", "Message-ID: <b@x>\r\n", true },
		/* The same subject is no reason. */
		{ "Subject: News\r\n", "Subject: News\r\n", false },
		{ "Message-ID: <b@x>\r\nSubject: Gr\xc3\xbc\xc3\x9f"
		    "e\r\n", "References: <b@x>\r\n"
		    "Subject: Re: =?utf-8?q?GR=C3=9CSSE?=\r\n", true },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		if (share(rows[i].one, rows[i].other) != rows[i].together)
			fail_msg("row %zu", i);
}

/* However many it names: its own, and the last ones. */
static void
test_many(void **state unused_arg)
{
	uint64_t key[THREAD_KEYS_MAX], last[THREAD_KEYS_MAX];
	auto_buf b = BUF_INIT(10000);

	buf_lit(&b, "Message-ID: <own@x>\r\nReferences:");
	for (int i = 0; i < 50; i++)
		buf_printf(&b, " <%d@x>\r\n", i);
	buf_lit(&b, "\r\n");
	buf_chr(&b, '\0');
	assert_int_equal(keys_of(b.p, key), THREAD_KEYS_MAX);
	assert_int_equal(keys_of("Message-ID: <own@x>\r\n"
	    "References: <48@x> <49@x>\r\n", last), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(key[i], last[i]);
	assert_int_equal(keys_of("Subject: x\r\n", key), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_belongs_together),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
