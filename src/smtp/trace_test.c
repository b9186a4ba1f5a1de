#include "base/test.h"
#include "smtp/trace.h"

static void
test_trace(void **state unused_arg)
{
	static const struct {
		struct smtp_trace t;
		const char *field;
	} t[] = {
		{ { .helo = { "c.example", 9 }, .peer = { "192.0.2.1", 9 },
		      .host = { "mx.example", 10 },
		      .with = { "ESMTP", 5 },
		      .id = { "1f2a", 4 }, .only_rcpt = { "a@b", 3 },
		      .at = 1795320061 },
		    "Received: from c.example ([192.0.2.1])\r\n"
		    "\tby mx.example (Postern) with ESMTP\r\n"
		    "\tid 1f2a\r\n"
		    "\tfor <a@b>;\r\n"
		    "\tSun, 22 Nov 2026 04:01:01 +0000\r\n" },
		{ { .helo = { "c", 1 }, .peer = { "2001:db8::1", 11 },
		      .host = { "mx", 2 },
		      .with = { "SMTP", 4 }, .priority = -3,
		      .solicit = { "a:A,b:B", 7 } },
		    "Received: from c ([IPv6:2001:db8::1])\r\n"
		    "\tby mx (Postern) with SMTP\r\n"
		    "\t(SOLICIT=a:A,b:B)\r\n"
		    "\tpriority -3;\r\n"
		    "\tThu, 1 Jan 1970 00:00:00 +0000\r\n" },
		{ { .helo = { "MY_PC", 5 }, .peer = { "192.0.2.1", 9 },
		      .host = { "mx", 2 },
		      .with = { "ESMTPA", 6 } },
		    "Received: from [192.0.2.1] ([192.0.2.1])\r\n"
		    "\t(helo MY_PC)\r\n"
		    "\tby mx (Postern) with ESMTPA;\r\n"
		    "\tThu, 1 Jan 1970 00:00:00 +0000\r\n" },
		{ { .helo = { "[192.0.2.9]", 11 }, .peer = { "192.0.2.1", 9 },
		      .host = { "mx", 2 },
		      .with = { "ESMTPSA", 7 }, .tls_version = { "TLSv1.3", 7 },
		      .tls_cipher = { "TLS_AES_256_GCM_SHA384", 22 } },
		    "Received: from [192.0.2.9] ([192.0.2.1])\r\n"
		    "\tby mx (Postern) with ESMTPSA\r\n"
		    "\t(TLSv1.3 TLS_AES_256_GCM_SHA384);\r\n"
		    "\tThu, 1 Jan 1970 00:00:00 +0000\r\n" },
		{ { .helo = { "c", 1 }, .peer = { "192.0.2.1", 9 },
		      .host = { "mx", 2 },
		      .with = { "ESMTPS", 6 },
		      .tls_version = { "TLSv1.2", 7 },
		      .tls_cipher = { "X", 1 } },
		    "Received: from c ([192.0.2.1])\r\n"
		    "\tby mx (Postern) with ESMTPS\r\n"
		    "\t(TLSv1.2 X);\r\n"
		    "\tThu, 1 Jan 1970 00:00:00 +0000\r\n" },
		/* Nobody is to read where it came from. */
		{ { .helo = { "laptop", 6 }, .host = { "mx", 2 },
		      .with = { "ESMTPSA", 7 }, .id = { "1f2a", 4 } },
		    "Received: by mx (Postern) with ESMTPSA\r\n"
		    "\tid 1f2a;\r\n"
		    "\tThu, 1 Jan 1970 00:00:00 +0000\r\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(4096);

		smtp_trace_put(&b, &t[i].t);
		assert_str(buf_get(&b), t[i].field);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
