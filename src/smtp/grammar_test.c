#include "base/test.h"
#include "smtp/grammar.h"

#define L32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_command(void **state unused_arg)
{
	static const struct {
		const char *line;
		bool ok;
		const char *verb, *args;
	} t[] = {
		{ "QUIT", true, "QUIT", "" },
		{ "quit  \t", true, "quit", "" },
		{ "MAIL FROM:<a@b> ", true, "MAIL", "FROM:<a@b>" },
		{ "EHLO   x", true, "EHLO", "x" },
		{ "", false },
		{ " QUIT", false },
		{ "MAIL:FROM", false },
		{ "GET/ HTTP", false },
		{ "\x16\x03\x01", false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct smtp_command c;

		assert_int_equal(smtp_command(str_c(t[i].line), &c), t[i].ok);
		if (!t[i].ok)
			continue;
		assert_str(c.verb, t[i].verb);
		assert_str(c.args, t[i].args);
	}
}

static void
test_mail(void **state unused_arg)
{
	static const struct {
		const char *args;
		enum smtp_syntax why;
		const char *from;
	} t[] = {
		{ "FROM:<a@b>", SYNTAX_OK, "a@b" },
		{ "from:<>", SYNTAX_OK, "" },
		{ "FROM: <a@b>", SYNTAX_OK, "a@b" },
		{ "FROM:<a@b>  SIZE=7   BODY=7bit", SYNTAX_OK, "a@b" },
		{ "FROM:<" L64 "a@b>", SYNTAX_OK, L64 "a@b" },
		{ "", SYNTAX_ARGS },
		{ "FROM", SYNTAX_ARGS },
		{ "FROM <a@b>", SYNTAX_ARGS },
		{ "TO:<a@b>", SYNTAX_ARGS },
		{ "FROM :<a@b>", SYNTAX_OK, "a@b" },
		{ "FROM\t: < a@b > SIZE=7", SYNTAX_OK, "a@b" },
		{ "FROM : a@b", SYNTAX_OK, "a@b" },
		{ "FROM:< >", SYNTAX_OK, "" },
		{ "FROM: Name <a@b>", SYNTAX_ADDRESS },
		{ "FROMX:<a@b>", SYNTAX_ARGS },
		{ "FROM:", SYNTAX_ADDRESS },
		{ "FROM:a@b", SYNTAX_OK, "a@b" },
		{ "FROM:\ta@b\tSIZE=7", SYNTAX_OK, "a@b" },
		{ "FROM:\t<a@b>", SYNTAX_OK, "a@b" },
		{ "FROM:a", SYNTAX_ADDRESS },
		{ "FROM:a@bSIZE=7", SYNTAX_ADDRESS },
		{ "FROM:<postmaster>", SYNTAX_ADDRESS },
		{ "FROM:<a@b>SIZE=7", SYNTAX_ADDRESS },
		{ "FROM:<a@b>>", SYNTAX_ADDRESS },
		{ "FROM:<\xc3\xa4@b>", SYNTAX_NOT_ASCII },
		{ "FROM:<a@b> SMTPUTF8", SYNTAX_OK, "a@b" },
		{ "FROM:<\xc3\xa4@b> SMTPUTF8", SYNTAX_OK, "\xc3\xa4@b" },
		{ "FROM:<a@\xc3\xa4.b> size=1 smtputf8", SYNTAX_OK,
		    "a@xn--4ca.b" },
		{ "FROM:<\xc3@b> SMTPUTF8", SYNTAX_NOT_TEXT },
		{ "FROM:<a\xc2\x85@b> SMTPUTF8", SYNTAX_NOT_TEXT },
		{ "FROM:<a\xc2\x9b@b>", SYNTAX_NOT_TEXT },
		{ "FROM:<\xc3\xa4@> SMTPUTF8", SYNTAX_ADDRESS },
		{ "FROM:<a@b> SMTPUTF8=1", SYNTAX_VALUE },
		{ "FROM:<a@b> SMTPUTF8 SMTPUTF8", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=\xc3\xa4 SMTPUTF8", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=+C3+A4@b", SYNTAX_NOT_ASCII },
		{ "FROM:<a@b> AUTH=+C3+A4@b SMTPUTF8", SYNTAX_OK, "a@b" },
		{ "FROM:<a@b> RET=FULL", SYNTAX_OK, "a@b" },
		{ "FROM:<a@b> ret=hdrs envid=a+2Bb+20c", SYNTAX_OK, "a@b" },
		{ "FROM:<a@b> RET", SYNTAX_VALUE },
		{ "FROM:<a@b> RET=ALL", SYNTAX_VALUE },
		{ "FROM:<a@b> RET=FULL RET=FULL", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID=", SYNTAX_ARGS },
		{ "FROM:<a@b> ENVID=a ENVID=a", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID=a+0D+0Ab", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID=a+C3+A4", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID=a=b", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID=a+2", SYNTAX_VALUE },
		{ "FROM:<a@b> ENVID=" L64 L32 "aaaa",
		    SYNTAX_OK, "a@b" },
		{ "FROM:<a@b> ENVID=" L64 L32 "aaaaa",
		    SYNTAX_VALUE },
		{ "FROM:<a@b> NOTIFY=NEVER", SYNTAX_PARAM },
		{ "FROM:<a@b> SIZEX=1", SYNTAX_PARAM },
		{ "FROM:<a@b> =1", SYNTAX_ARGS },
		{ "FROM:<a@b> -x=1", SYNTAX_ARGS },
		{ "FROM:<a@b> <c@d>", SYNTAX_ARGS },
		{ "FROM:<a@b> SIZE= ", SYNTAX_ARGS },
		{ "FROM:<a@b> SIZE", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=x", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=-1", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=99999999999999999999", SYNTAX_OK,
		    "a@b" },
		{ "FROM:<a@b> SIZE=000000000000000000001", SYNTAX_VALUE },
		{ "FROM:<a@b> SIZE=1 SIZE=1", SYNTAX_VALUE },
		{ "FROM:<a@b> BODY=BINARY", SYNTAX_VALUE },
		{ "FROM:<a@b> BODY=BINARYMIME BODY=7BIT", SYNTAX_VALUE },
		{ "FROM:<a@b> BODY=7BIT BODY=7BIT", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=x", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=e=mc2@x", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=e+3", SYNTAX_VALUE },
		{ "FROM:<a@b> AUTH=<> AUTH=<>", SYNTAX_VALUE },
	};
	struct arena *a = arena_new(1 << 16);
	struct mail_args m;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(smtp_parse_mail(str_c(t[i].args),
		    WITH_DSN | WITH_UTF8, a, &m), t[i].why);
		if (t[i].why == SYNTAX_OK)
			assert_str(m.from.text, t[i].from);
	}
	arena_free(a);
}

static void
test_mail_params(void **state unused_arg)
{
	static const char *const no_priority[] = { "", "=10", "=-10", "=-0",
		"=+1", "=00", "=a", "=1 MT-PRIORITY=1" };
	static const char *const no_by[] = { "", "=", "=1", "=;R", "=1;",
		"=1;T", "=1;X", "=1;RR", "=1;NTT", "=0;R", "=-1;R", "=+0;R",
		"=+-1;N", "=1000000000;N", "=1;R BY=1;R", "=1,R", "= 1;R" };
	static const struct {
		const char *value;
		int32_t s;
		uint32_t mode;
	} by[] = { { "1;R", 1, BY_return }, { "+120;nt", 120,
		BY_notify | BY_trace }, { "0;N", 0, BY_notify },
		{ "-999999999;N", -999999999, BY_notify },
		{ "000000120;RT", 120, BY_return | BY_trace } };
	struct arena *a = arena_new(1 << 16);
	struct mail_args m;

	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b>"), 0, a, &m));
	assert_false(m.has_size || m.has_body || m.has_auth);
	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b> body=8bitmime size=1000000000000 "
				"AUTH=e+3Dmc2@example.com"), 0, a, &m));
	assert_true(m.has_size && m.has_body && m.has_auth);
	assert_int_equal(m.size_octets, 1000000000000);
	assert_int_equal(m.body, BODY_8BITMIME);
	assert_str(m.auth, "e=mc2@example.com");
	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b> BODY=binarymime"), 0, a, &m));
	assert_int_equal(m.body, BODY_BINARYMIME);
	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b> AUTH=<>"), 0, a, &m));
	assert_true(m.has_auth);
	assert_str(m.auth, "");
	assert_false(m.envelope.smtputf8 || m.envelope.ret ||
	    m.envelope.envid.n);
	assert_int_equal(SYNTAX_OK,
	    smtp_parse_mail(STR("FROM:<a@b> RET=HDRS ENVID=x+2By SMTPUTF8"),
		WITH_DSN | WITH_UTF8, a, &m));
	assert_int_equal(m.envelope.ret, RET_headers);
	assert_str(m.envelope.envid, "x+2By");
	assert_true(m.envelope.smtputf8);
	assert_int_equal(m.envelope.require_tls, REQUIRE_TLS_unsaid);
	assert_int_equal(SYNTAX_OK, smtp_parse_mail(
	    STR("FROM:<a@b> requiretls"), WITH_TLS, a, &m));
	assert_int_equal(m.envelope.require_tls, REQUIRE_TLS_yes);
	assert_int_equal(SYNTAX_VALUE, smtp_parse_mail(
	    STR("FROM:<a@b> REQUIRETLS REQUIRETLS"), WITH_TLS, a, &m));
	assert_int_equal(SYNTAX_VALUE, smtp_parse_mail(
	    STR("FROM:<a@b> REQUIRETLS=no"), WITH_TLS, a, &m));
	for (int i = -9; i <= 9; i++) {
		assert_int_equal(SYNTAX_OK, smtp_parse_mail(arena_printf(a,
		    "FROM:<a@b> mt-priority=%d", i), WITH_PRIORITY, a, &m));
		assert_int_equal(m.envelope.priority, i);
	}
	for (size_t i = 0; i < NELEM(no_priority); i++)
		assert_int_equal(smtp_parse_mail(arena_printf(a,
		    "FROM:<a@b> MT-PRIORITY%s", no_priority[i]),
		    WITH_PRIORITY, a, &m), SYNTAX_VALUE);
	for (size_t i = 0; i < NELEM(by); i++) {
		assert_int_equal(SYNTAX_OK, smtp_parse_mail(arena_printf(a,
		    "FROM:<a@b> by=%s", by[i].value), WITH_BY, a, &m));
		assert_int_equal(m.by_s, by[i].s);
		assert_int_equal(m.envelope.by_mode, by[i].mode);
	}
	for (size_t i = 0; i < NELEM(no_by); i++)
		assert_int_not_equal(smtp_parse_mail(arena_printf(a,
		    "FROM:<a@b> BY%s", no_by[i]), WITH_BY, a, &m), SYNTAX_OK);
	/* Not offered: not known. */
	assert_int_equal(SYNTAX_PARAM, smtp_parse_mail(
	    STR("FROM:<a@b> REQUIRETLS"), WITH_DSN | WITH_LATER, a, &m));
	assert_int_equal(SYNTAX_PARAM,
	    smtp_parse_mail(STR("FROM:<a@b> RET=HDRS"), WITH_UTF8, a, &m));
	assert_int_equal(SYNTAX_PARAM,
	    smtp_parse_mail(STR("FROM:<a@b> ENVID=a"), WITH_UTF8, a, &m));
	assert_int_equal(SYNTAX_PARAM,
	    smtp_parse_mail(STR("FROM:<a@b> SMTPUTF8"), WITH_DSN, a, &m));
	assert_int_equal(SYNTAX_OK, smtp_parse_mail(STR("FROM:<a@b> "
	    "HOLDFOR=999999999"), WITH_LATER, a, &m));
	assert_int_equal(m.envelope.hold_for, 999999999);
	assert_int_equal(SYNTAX_OK, smtp_parse_mail(STR("FROM:<a@b> "
	    "holduntil=2026-11-22T04:01:01.1Z"), WITH_LATER, a, &m));
	assert_int_equal(m.envelope.hold_until, 1795320062);
	assert_int_equal(SYNTAX_PARAM, smtp_parse_mail(STR("FROM:<a@b> "
	    "HOLDFOR=5"), WITH_DSN | WITH_UTF8, a, &m));
	assert_int_equal(SYNTAX_OK, smtp_parse_mail(STR("FROM:<a@b> "
	    "SOLICIT=net.example:ADV,b:B"), WITH_SOLICIT, a, &m));
	assert_str(m.envelope.solicit, "net.example:ADV,b:B");
	assert_int_equal(SYNTAX_PARAM, smtp_parse_mail(STR("FROM:<a@b> "
	    "SOLICIT=a"), WITH_BY, a, &m));
	assert_int_equal(SYNTAX_VALUE, smtp_parse_mail(STR("FROM:<a@b> "
	    "SOLICIT=a,"), WITH_SOLICIT, a, &m));
	arena_free(a);
}

static void
test_rcpt(void **state unused_arg)
{
	static const struct {
		const char *args;
		enum smtp_syntax why;
		const char *to;
	} t[] = {
		{ "TO:<a@b>", SYNTAX_OK, "a@b" },
		{ "to: <a@b>", SYNTAX_OK, "a@b" },
		{ "TO:<@x:a@b>", SYNTAX_OK, "a@b" },
		{ "TO:<Postmaster>", SYNTAX_OK, "Postmaster" },
		{ "TO:<" L64 "@b>", SYNTAX_OK, L64 "@b" },
		{ "TO:<\"" L64 "\"@b>", SYNTAX_OK, L64 "@b" },
		{ "TO:<" L64 "a@b>", SYNTAX_TOO_LONG },
		{ "TO:<>", SYNTAX_ADDRESS },
		{ "TO:a@b", SYNTAX_OK, "a@b" },
		{ "TO:postmaster", SYNTAX_OK, "postmaster" },
		{ "TO:a", SYNTAX_ADDRESS },
		{ "TO:<a@b>x", SYNTAX_ADDRESS },
		{ "FROM:<a@b>", SYNTAX_ARGS },
		{ "", SYNTAX_ARGS },
		{ "TO:<a@\xff>", SYNTAX_NOT_TEXT },
		{ "TO:<a\xc2\x9b@b>", SYNTAX_NOT_TEXT },
		{ "TO:<a@\xc3\xa4>", SYNTAX_NOT_ASCII },
		{ "TO : < a@b >", SYNTAX_OK, "a@b" },
		{ "TO: < >", SYNTAX_ADDRESS },
		{ "TO:<a@b> NOTIFY=NEVER", SYNTAX_PARAM },
		{ "TO:<a@b> ORCPT=rfc822;a@b", SYNTAX_PARAM },
		{ "TO:<a@b> SIZE=1", SYNTAX_PARAM },
		{ "TO:<a@b> *", SYNTAX_ARGS },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < NELEM(t); i++) {
		struct rcpt_args m;

		assert_int_equal(smtp_parse_rcpt(str_c(t[i].args), 0, a,
		    &m), t[i].why);
		if (t[i].why == SYNTAX_OK)
			assert_str(m.to.text, t[i].to);
	}
	arena_free(a);
}

/* RFC 3461 4.1 and 4.2, RFC 6533 3 */
static void
test_rcpt_params(void **state unused_arg)
{
	static const struct {
		const char *params;
		enum smtp_syntax why;
		uint32_t notify;
		const char *orcpt;
	} t[] = {
		{ "", SYNTAX_OK, 0, "" },
		{ " NOTIFY=NEVER", SYNTAX_OK, NOTIFY_never, "" },
		{ " notify=never", SYNTAX_OK, NOTIFY_never, "" },
		{ " NOTIFY=SUCCESS,failure,DELAY", SYNTAX_OK, NOTIFY_success |
		    NOTIFY_failure | NOTIFY_delay, "" },
		{ " NOTIFY=DELAY ORCPT=rfc822;a+2Bb@c", SYNTAX_OK,
		    NOTIFY_delay, "rfc822;a+2Bb@c" },
		{ " ORCPT=x400;/C=de/+20", SYNTAX_VALUE },
		{ " ORCPT=x400;/C+3Dde/+20", SYNTAX_OK, 0,
		    "x400;/C+3Dde/+20" },
		{ " ORCPT=utf-8;j\\x{FC}@b", SYNTAX_OK, 0,
		    "utf-8;j\\x{FC}@b" },
		{ " ORCPT=utf-8;j\xc3\xbc@b", SYNTAX_OK, 0,
		    "utf-8;j\xc3\xbc@b" },
		{ " ORCPT=utf-8;a+2Bb@c", SYNTAX_VALUE },
		{ " ORCPT=rfc822;j\xc3\xbc@b", SYNTAX_VALUE },
		{ " NOTIFY", SYNTAX_VALUE },
		{ " NOTIFY=", SYNTAX_ARGS },
		{ " NOTIFY=,", SYNTAX_VALUE },
		{ " NOTIFY=DELAY,", SYNTAX_VALUE },
		{ " NOTIFY=SOMETIMES", SYNTAX_VALUE },
		{ " NOTIFY=NEVER,DELAY", SYNTAX_VALUE },
		{ " NOTIFY=DELAY,NEVER", SYNTAX_VALUE },
		{ " NOTIFY=DELAY NOTIFY=DELAY", SYNTAX_VALUE },
		{ " ORCPT", SYNTAX_VALUE },
		{ " ORCPT=a@b", SYNTAX_VALUE },
		{ " ORCPT=;a@b", SYNTAX_VALUE },
		{ " ORCPT=rfc822;", SYNTAX_VALUE },
		{ " ORCPT=rfc822;a+0Db", SYNTAX_VALUE },
		{ " ORCPT=rfc822;a+C3+A4b", SYNTAX_VALUE },
		{ " ORCPT=rfc822;a+", SYNTAX_VALUE },
		{ " ORCPT=rfc822;a ORCPT=rfc822;a", SYNTAX_VALUE },
		{ " RET=FULL", SYNTAX_PARAM },
		{ " SMTPUTF8", SYNTAX_PARAM },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < NELEM(t); i++) {
		struct rcpt_args m;
		struct str args = arena_printf(a, "TO:<a@\xc3\xa4>%s",
		    t[i].params);

		assert_int_equal(smtp_parse_rcpt(args, WITH_DSN | WITH_UTF8, a,
		    &m), t[i].why);
		if (t[i].why != SYNTAX_OK)
			continue;
		assert_str(m.to.text, "a@xn--4ca");
		assert_int_equal(m.addressee.notify, t[i].notify);
		assert_str(m.addressee.orcpt, t[i].orcpt);
	}
	arena_free(a);
}

static void
test_burl(void **state unused_arg)
{
	static const struct {
		const char *args, *url;
		bool last;
	} t[] = {
		{ "imap://a@b/c/;UID=1", "imap://a@b/c/;UID=1", false },
		{ "x LAST", "x", true },
		{ "x \t last", "x", true },
		{ "LAST", "LAST", false },
		{ "", NULL, false },
		{ "x LASTS", NULL, false },
		{ "x LAST LAST", NULL, false },
		{ "x y", NULL, false },
		{ "x\xc3\xbc", NULL, false },
	};
	struct burl_args got;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(smtp_parse_burl(str_c(t[i].args), &got),
		    t[i].url != NULL);
		if (!t[i].url)
			continue;
		assert_str(got.url, t[i].url);
		assert_int_equal(got.last, t[i].last);
	}
}

/* RFC 7293 3.1 */
static void
test_rrvs(void **state unused_arg)
{
	static const struct {
		const char *value;
		uint32_t rrvs;		/* 0: it is none */
	} t[] = {
		{ "2014-04-03T23:01:00Z", RRVS_plain },
		{ "2014-04-04T01:01:00+02:00;R", RRVS_reject },
		{ "2014-04-03t23:01:00z;c", RRVS_continue },
		{ "2014-04-03T23:01:00.5Z", 0 },
		{ "2014-04-03T23:01:00Z;", 0 },
		{ "2014-04-03T23:01:00Z;X", 0 },
		{ "2014-04-03T23:01:00Z;RC", 0 },
		{ "2014-04-03T23:01:00Z;R;C", 0 },
		{ "2014-04-03", 0 },
		{ "2014-04-03T23:01:00Z RRVS=2014-04-03T23:01:00Z", 0 },
	};
	struct arena *a = arena_new(1 << 16);
	struct rcpt_args m;

	for (size_t i = 0; i < NELEM(t); i++) {
		struct str args = arena_printf(a, "TO:<a@b> RRVS=%s",
		    t[i].value);

		assert_int_equal(smtp_parse_rcpt(args, WITH_RRVS, a, &m),
		    t[i].rrvs ? SYNTAX_OK : SYNTAX_VALUE);
		if (!t[i].rrvs)
			continue;
		assert_int_equal(m.addressee.rrvs, t[i].rrvs);
		assert_int_equal(m.addressee.valid_since, 1396566060);
	}
	assert_int_equal(smtp_parse_rcpt(STR("TO:<a@b> "
	    "RRVS=2014-04-03T23:01:00Z"), WITH_DSN, a, &m), SYNTAX_PARAM);
	arena_free(a);
}

static void
test_etrn(void **state unused_arg)
{
	static const struct {
		const char *args;
		enum smtp_syntax why;
		int what;
		const char *name;
	} t[] = {
		{ "mx.Example.org", SYNTAX_OK, ETRN_node, "mx.example.org" },
		{ "example.org.", SYNTAX_OK, ETRN_node, "example.org" },
		{ "@example.org", SYNTAX_OK, ETRN_below, "example.org" },
		{ "b\xc3\xbc.de", SYNTAX_OK, ETRN_node, "xn--b-eha.de" },
		{ "#uucp", SYNTAX_OK, ETRN_queue, "uucp" },
		{ "", SYNTAX_ARGS, 0, NULL },
		{ "localname", SYNTAX_VALUE, 0, NULL },
		{ "@com", SYNTAX_VALUE, 0, NULL },
		{ "@", SYNTAX_VALUE, 0, NULL },
		{ "#", SYNTAX_VALUE, 0, NULL },
		{ "@#example.org", SYNTAX_VALUE, 0, NULL },
		{ "a b.org", SYNTAX_VALUE, 0, NULL },
		{ "a..org", SYNTAX_VALUE, 0, NULL },
		{ "*.org", SYNTAX_VALUE, 0, NULL },
		{ "[192.0.2.1]", SYNTAX_VALUE, 0, NULL },
		{ "a\xff.org", SYNTAX_NOT_TEXT, 0, NULL },
	};
	struct arena *a = arena_new(1 << 16);
	struct etrn_args got;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(smtp_parse_etrn(str_c(t[i].args), a, &got),
		    t[i].why);
		if (t[i].why != SYNTAX_OK)
			continue;
		assert_int_equal(got.what, t[i].what);
		assert_str(got.name, t[i].name);
	}
	arena_free(a);
}

static void
test_bdat(void **state unused_arg)
{
	static const struct {
		const char *args;
		bool good, last;
		uint64_t octets;
	} t[] = {
		{ "0", true, false, 0 },
		{ "86 LAST", true, true, 86 },
		{ "086\t last", true, true, 86 },
		{ "18446744073709551615", true, false, UINT64_MAX },
		{ "18446744073709551616", false, false, 0 },
		{ "", false, false, 0 },
		{ "LAST", false, false, 0 },
		{ "-1", false, false, 0 },
		{ "+1", false, false, 0 },
		{ "0x1", false, false, 0 },
		{ "1LAST", false, false, 0 },
		{ "1 LASTS", false, false, 0 },
		{ "1 LAST LAST", false, false, 0 },
	};
	struct bdat_args got;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(smtp_parse_bdat(str_c(t[i].args), &got),
		    t[i].good);
		if (!t[i].good)
			continue;
		assert_int_equal(got.octets, t[i].octets);
		assert_int_equal(got.last, t[i].last);
	}
}

static void
test_helo(void **state unused_arg)
{
	static const struct {
		const char *arg;
		bool proper;
		const char *shown;
	} t[] = {
		{ "mail.example.org", true, "mail.example.org" },
		{ "[192.0.2.1]", true, "[192.0.2.1]" },
		{ "[IPv6:2001:db8::1]", true, "[IPv6:2001:db8::1]" },
		{ "MY_PC", true, "MY_PC" },
		{ "a b", false, "a b" },
		{ "localhost.(none)", false, "localhost.%28none%29" },
		{ "[fe80::1%eth0]", false, "[fe80::1%25eth0]" },
		{ "b\xc3\xbcro\xff\\\t", false, "b%C3%BCro%FF%5C%09" },
		{ L64 L64 L64 L64, false, NULL },
	};
	struct arena *a = arena_new(1 << 16);
	struct str name;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_true(smtp_parse_helo(str_c(t[i].arg), false, a,
		    &name));
		if (t[i].shown)
			assert_str(name, t[i].shown);
		assert_true(name.n <= SMTP_DOMAIN_MAX);
		assert_int_equal(smtp_parse_helo(str_c(t[i].arg), true, a,
		    &name), t[i].proper);
	}
	assert_false(smtp_parse_helo(STR(""), false, a, &name));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_mail_params),
		cmocka_unit_test(test_rcpt),
		cmocka_unit_test(test_rcpt_params),
		cmocka_unit_test(test_bdat),
		cmocka_unit_test(test_burl),
		cmocka_unit_test(test_etrn),
		cmocka_unit_test(test_rrvs),
		cmocka_unit_test(test_helo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
