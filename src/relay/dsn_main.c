/*
 * dsn-cases - prints reports, for readers that are not ours.
 *
 *   dsn-cases          the names of the cases
 *   dsn-cases NAME     that report
 */
#include <stdio.h>

#include "relay/dsn.h"

#define HEADER \
	"From: Alice <alice@example.org>\r\n" \
	"To: bob@example.net\r\n" \
	"Subject: Lunch on Friday\r\n" \
	"Message-ID: <lunch.1@example.org>\r\n"
#define HEADER_UTF8 \
	"From: =?utf-8?q?J=C3=BCrgen?= <juergen@example.org>\r\n" \
	"Subject: Gr\xc3\xbc\xc3\x9f" "e aus K\xc3\xb6ln\r\n" \
	"Message-ID: <gruesse.1@example.org>\r\n"
#define WHEN 1795320061
#define BOB .address = { "bob@example.net", 15 }
#define SAID(o, c, s, t) .outcome = OUTCOME_##o, .code = (c), \
	.status = { s, sizeof(s) - 1 }, .text = { t, sizeof(t) - 1 }
#define TRIED(n, h) .attempts = (n), .last = WHEN + 3600, \
	.host = { h, sizeof(h) - 1 }
#define ITEM .reverse_path = { "alice@example.org", 17 }, .queued = WHEN, \
	.expires = WHEN + 5 * 86400

static const struct dsn_case {
	const char *name;
	struct queue_item item;
	struct queue_rcpt rcpts[3];
	size_t nrcpts;
	const char *header, *whole;
} cases[] = {
	{ "unknown", { ITEM, .envid = { "QQ314159+2Bx", 12 } },
	    { { BOB, .orcpt = { "rfc822;bob+2Bnews@example.net", 29 },
		  SAID(failed, 550, "5.1.1", "No such user here"),
		  TRIED(1, "mx.example.net") } },
	    1, HEADER, NULL },
	{ "later", { ITEM, .hold_until = WHEN + 7200 }, { { BOB,
	    SAID(failed, 550, "5.1.1", "No such user here"),
	    TRIED(1, "mx.example.net") } }, 1, HEADER, NULL },
	{ "full", { ITEM }, { { BOB,
	    SAID(failed, 452, "4.2.2", "Mailbox is full"),
	    TRIED(40, "mx.example.net") } }, 1, HEADER, NULL },
	{ "whole", { ITEM, .ret = RET_full, .body_8bit = 1 }, { { BOB,
	    SAID(failed, 552, "5.3.4", "Too much"),
	    TRIED(1, "mx.example.net") } }, 1, HEADER,
	    HEADER "\r\nBring caf\xc3\xa9.\r\n" },
	{ "delayed", { ITEM }, { { BOB,
	    SAID(delayed, 0, "4.4.1", "connection timed out"),
	    TRIED(7, "mx.example.net") } }, 1, HEADER, NULL },
	{ "nohost", { ITEM }, { { BOB,
	    SAID(failed, 0, "5.1.2", "the domain does not exist"),
	    TRIED(1, "") } }, 1, HEADER, NULL },
	{ "relayed", { ITEM }, { { BOB,
	    SAID(relayed, 250, "2.0.0", "Ok: queued"),
	    TRIED(1, "mx.example.net") } }, 1, HEADER, NULL },
	{ "late", { ITEM, .deliver_by = WHEN + 3600, .by_mode = BY_notify }, {
	    { BOB, SAID(late, 451, "4.3.0", "Not now"),
	    TRIED(4, "mx.example.net") } }, 1, HEADER, NULL },
	{ "passed", { ITEM, .deliver_by = WHEN + 3600, .by_mode = BY_notify },
	    { { BOB, SAID(passed, 250, "2.0.0", "Ok: queued"),
	    TRIED(1, "mx.example.net") } }, 1, HEADER, NULL },
	{ "local", { ITEM }, { { BOB, .outcome = OUTCOME_local } }, 1,
	    HEADER, NULL },
	{ "expanded", { ITEM }, { { BOB, .outcome = OUTCOME_expanded } }, 1,
	    HEADER, NULL },
	{ "plain", { ITEM }, { { BOB, SAID(failed, 550, "", "User unknown"),
	    TRIED(1, "mx.example.net") } }, 1, HEADER, NULL },
	{ "alias", { ITEM }, { { .address = { "carol@example.com", 17 },
	    .orcpt = { "rfc822;bob@example.net", 22 },
	    SAID(failed, 550, "5.1.1", "User unknown"),
	    TRIED(1, "mx.example.com") } }, 1, HEADER, NULL },
	{ "stranger", { ITEM, .stranger = 1 }, { { BOB,
	    .orcpt = { "rfc822;bob@example.net", 22 },
	    SAID(failed, 550, "5.1.1", "User unknown"),
	    TRIED(1, "") } }, 1, HEADER, NULL },
	{ "mixed", { ITEM }, {
	    { BOB, SAID(failed, 554, "5.7.1", "Looks like spam to us"),
		TRIED(1, "mx.example.net") },
	    { .address = { "carol@example.com", 17 },
		SAID(delayed, 421, "4.3.2", "Come back later"),
		TRIED(5, "mx.example.com") },
	    { .address = { "dave@example.edu", 16 },
		SAID(relayed, 250, "2.0.0", "Thanks"),
		TRIED(1, "mx.example.edu") } }, 3, HEADER, NULL },
	{ "hostile", { ITEM, .envid = { "a+0D+0ABcc:+20x@y", 17 } }, { { BOB,
	    .orcpt = { "rfc822;x+0D+0AAction:+20delivered", 33 },
	    SAID(failed, 550, "5.1.1", "No\r\nStatus: 2.0.0\r\n\r\n--report"
		"-00000000000000ff--\n\x1b[2J\xff\xe2\x80\xae"),
	    TRIED(1, "mx\r\nAction: delivered") } }, 1,
	    "Subject: a\r\n b\rc\nd\r\nMessage-ID: <a@b> <c@d>\r\n"
	    "--report-00000000000000ff--\r\nX: y\r\n\r\nText\r\n", NULL },
	{ "eight", { ITEM }, { { BOB,
	    SAID(failed, 550, "5.1.1", "Gibt es nicht: Gr\xc3\xbc\xc3\x9f" "e"),
	    TRIED(1, "mx.example.net") } }, 1, HEADER_UTF8, NULL },
	{ "utf8", { .reverse_path = { "j\xc3\xbcrgen@example.org", 19 },
	    .queued = WHEN, .expires = WHEN + 86400, .smtputf8 = 1,
	    .body_8bit = 1 },
	    { { .address = { "b\xc3\xb6" "b@example.net", 16 },
		.orcpt = { "utf-8;b\\x{F6}b@example.net", 26 },
		SAID(failed, 550, "5.1.1", "Nobody"),
		TRIED(1, "mx.example.net") } }, 1, HEADER_UTF8,
	    HEADER_UTF8 "\r\nGr\xc3\xbc\xc3\x9f" "e\r\n" },
	{ "utf8ascii", { ITEM, .smtputf8 = 1 },
	    { { .address = { "b\xc3\xb6" "b@example.net", 16 },
		.orcpt = { "utf-8;b\xc3\xb6" "b@example.net", 22 },
		SAID(failed, 0, "5.6.7", "SMTPUTF8 is not offered"),
		TRIED(1, "mx.example.net") } }, 1, HEADER_UTF8,
	    HEADER_UTF8 "\r\nGr\xc3\xbc\xc3\x9f" "e\r\n" },
};

static void
print(const struct dsn_case *c)
{
	struct dsn d = { .hostname = STR("mx.example.org"), .id = 255,
		.now = WHEN + 7200, .item = &c->item, .rcpts = c->rcpts,
		.nrcpts = c->nrcpts, .header = str_c(c->header),
		.whole = c->whole != NULL };
	auto_buf out = BUF_INIT(DSN_MAX);

	dsn_begin(&out, &d);
	if (dsn_whole(&d))
		buf_str(&out, str_c(c->whole));
	dsn_end(&out, &d);
	(void)fwrite(out.p, 1, out.n, stdout);
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < NELEM(cases); i++)
		if (argc < 2)
			puts(cases[i].name);
		else if (str_eq(str_c(argv[1]), str_c(cases[i].name)))
			print(&cases[i]);
	return 0;
}
