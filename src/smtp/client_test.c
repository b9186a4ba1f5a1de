/*
 * Whole dialogues: what the server says, what it hears, what everybody gets.
 */
#include "smtp/client_world.h"

#define HI "S 220 mx.test hi\nC\n"
#define HI_HEARD "EHLO client.test\n"
#define PLAIN "S 250 mx.test\n"
#define PIPE "S 250-mx.test\nS 250 PIPELINING\n"
#define ENV1 "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\nDATA\n"
#define BYE "C\nS 221 bye\n"

/* Envelopes --------------------------------------------------------------- */

static const struct scripted {
	const char *script;
	size_t nmessages, nrcpts;
	const char *heard, *answers;
} dialogues[] = {
	/* one at a time */
	{ HI PLAIN "C\nS 250 2.1.0 ok\nC\nS 250 2.1.5 ok\nC\nS 354 go\n"
	  "M\nS 250 2.0.0 queued as 7\n" BYE, 1, 1,
	    HI_HEARD ENV1 "hello\n.\nQUIT\n", "250 2.0.0 queued as 7 +|" },
	/* all at once, answered in one piece */
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\n"
	  "S 250 queued\n" BYE, 1, 1,
	    HI_HEARD ENV1 "hello\n.\nQUIT\n", "250 2.0.0 queued +|" },
	/* some are refused */
	{ HI PIPE "C\nC\nC\nC\nC\nS 250 ok\nS 550-5.1.1 no\nS 550 5.1.1 one\n"
	  "S 250 ok\nS 452 4.2.2 full\nS 354 go\nM\nS 250 queued\n" BYE, 1, 3,
	    HI_HEARD "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\n"
	    "RCPT TO:<r1@b.test>\nRCPT TO:<r2@b.test>\nDATA\nhello\n.\n"
	    "QUIT\n",
	    "550 5.1.1 no one|250 2.0.0 queued +|452 4.2.2 full|" },
	{ HI PLAIN "C\nS 250 ok\nC\nS 550 no\nC\nS 250 ok\nC\nS 354 go\nM\n"
	  "S 554 5.7.1 spam\n" BYE, 1, 2,
	    HI_HEARD "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\n"
	    "RCPT TO:<r1@b.test>\nDATA\nhello\n.\nQUIT\n",
	    "550 5.0.0 no|554 5.7.1 spam +|" },
	/* nobody is taken: no DATA; RSET goes with the next one */
	{ HI PLAIN "C\nS 250 ok\nC\nS 550 no\nC\nS 250 reset\nC\nS 250 ok\n"
	  "C\nS 250 ok\nC\nS 354 go\nM\nS 250 queued\n" BYE, 2, 1,
	    HI_HEARD "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\nRSET\n"
	    ENV1 "hello\n.\nQUIT\n", "550 5.0.0 no|250 2.0.0 queued +|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 550 no\nS 503 none\n"
	  "C\nC\nC\nC\nS 250 reset\nS 250 ok\nS 250 ok\nS 354 go\nM\n"
	  "S 250 queued\n" BYE, 2, 1,
	    HI_HEARD ENV1 "RSET\n" ENV1 "hello\n.\nQUIT\n",
	    "550 5.0.0 no|250 2.0.0 queued +|" },
	/* RFC 2920 3.1: DATA is taken though nobody was */
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 550 no\nS 354 go\nM\nS 554 none\n"
	  "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nS 250 queued\n" BYE,
	    2, 1, HI_HEARD ENV1 ".\n" ENV1 "hello\n.\nQUIT\n",
	    "550 5.0.0 no|250 2.0.0 queued +|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 550 no\nS 354 go\nM\nS 250 what\n"
	  BYE, 1, 1, HI_HEARD ENV1 ".\nQUIT\n", "550 5.0.0 no|" },
	/* MAIL is refused: everybody is */
	{ HI PLAIN "C\nS 451 4.7.1 later\n" BYE, 1, 2,
	    HI_HEARD "MAIL FROM:<a@a.test>\nQUIT\n",
	    "451 4.7.1 later|451 4.7.1 later|" },
	{ HI PIPE "C\nC\nC\nS 550 5.7.1 not you\nS 503 MAIL\nS 503 RCPT\n"
	  BYE, 1, 1, HI_HEARD ENV1 "QUIT\n", "550 5.7.1 not you|" },
	{ HI PIPE "C\nC\nC\nS 550 5.7.1 not you\nS 250 ok\nS 354 go\nM\n"
	  "S 554 no\n" BYE, 1, 1,
	    HI_HEARD ENV1 ".\nQUIT\n", "550 5.7.1 not you|" },
	/* DATA is refused */
	{ HI PIPE "C\nC\nC\nC\nS 250 ok\nS 250 ok\nS 550 no\nS 451 4.3.0 x\n"
	  BYE, 1, 2, HI_HEARD "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\n"
	    "RCPT TO:<r1@b.test>\nDATA\nQUIT\n",
	    "451 4.3.0 x +|550 5.0.0 no|" },
	/* too big */
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\n"
	  "S 552 5.3.4 too big\n" BYE, 1, 1,
	    HI_HEARD ENV1 "hello\n.\nQUIT\n", "552 5.3.4 too big +|" },
	/* 421 at any place; the connection is not used again */
	{ HI PLAIN "C\nS 421 4.3.2 going\nX\n", 2, 1,
	    HI_HEARD "MAIL FROM:<a@a.test>\n", "421 4.3.2 going|"
	    "0 4.4.2 the connection is of no use any more|" },
	{ HI PIPE "C\nC\nC\nC\nS 250 ok\nS 550 no\nS 421 5.3.2 going\n", 1, 3,
	    HI_HEARD "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\n"
	    "RCPT TO:<r1@b.test>\nRCPT TO:<r2@b.test>\nDATA\n",
	    "550 5.0.0 no|421 4.0.0 5.3.2 going|421 4.0.0 5.3.2 going|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nS 421 busy\n",
	    1, 1, HI_HEARD ENV1 "hello\n.\n", "421 4.0.0 busy +|" },
	{ HI PIPE "C\nC\nC\nS 550 not you\nS 421 go away\n", 1, 1,
	    HI_HEARD ENV1, "550 5.0.0 not you|" },
	/* 421 while nobody was looking, and gone */
	{ HI PIPE "S 421 idle\nX\n", 1, 1, HI_HEARD, "421 4.0.0 idle|" },
	/* lost */
	{ HI PLAIN "C\nX\n", 1, 1, HI_HEARD "MAIL FROM:<a@a.test>\n",
	    "0 4.4.2 the connection was lost after MAIL|" },
	{ HI PLAIN "C\nZ\n", 1, 1, HI_HEARD "MAIL FROM:<a@a.test>\n",
	    "0 4.4.2 the connection was lost (Connection reset by peer) "
	    "after MAIL|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nX\n", 1, 1, HI_HEARD ENV1,
	    "0 4.4.2 the connection was lost after RCPT|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nX\n", 1, 1, HI_HEARD ENV1,
	    "0 4.4.2 the connection was lost after DATA +|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nX\n", 1, 1,
	    HI_HEARD ENV1 "hello\n.\n",
	    "0 4.4.2 the connection was lost after the message was sent: "
	    "it may have arrived +|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nR 250 queu\nX\n",
	    1, 1, HI_HEARD ENV1 "hello\n.\n",
	    "0 4.4.2 the connection was lost after the message was sent: "
	    "it may have arrived +|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nZ\n", 1, 1,
	    HI_HEARD ENV1 "hello\n.\n",
	    "0 4.4.2 the connection was lost (Connection reset by peer) "
	    "after the message was sent: it may have arrived +|" },
	/* nothing comes */
	{ HI PLAIN "C\nW 1000000\n", 1, 1, HI_HEARD "MAIL FROM:<a@a.test>\n",
	    "0 4.4.2 no answer in time after MAIL|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nW 1000000\n", 1,
	    1, HI_HEARD ENV1 "hello\n.\n",
	    "0 4.4.2 no answer in time after the message was sent: "
	    "it may have arrived +|" },
	/* no sense */
	{ HI PLAIN "C\nS what\n", 1, 1, HI_HEARD "MAIL FROM:<a@a.test>\n",
	    "0 4.5.0 the server does not speak SMTP (no reply code) "
	    "after MAIL|" },
	{ HI PLAIN "C\nS 354 go\n", 1, 1, HI_HEARD "MAIL FROM:<a@a.test>\n",
	    "0 4.5.0 the server does not speak SMTP (354) after MAIL|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 250 ok\n", 1, 1,
	    HI_HEARD ENV1,
	    "0 4.5.0 the server does not speak SMTP (250) after DATA +|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nS 250-a\n"
	  "S 550 b\n", 1, 1, HI_HEARD ENV1 "hello\n.\n",
	    "0 4.5.0 the server does not speak SMTP (two codes in one reply)"
	    " after the message was sent: it may have arrived +|" },
	/* answers to what was not said yet are none */
	{ HI PLAIN "S 250 ok\nS 250 ok\nS 354 go\nS 250 queued\n", 1, 1,
	    HI_HEARD, "0 4.5.0 the server does not speak SMTP (an answer) "
	    "after nothing|" },
	{ HI PLAIN "S 554 no\n", 1, 1,
	    HI_HEARD, "0 4.5.0 the server does not speak SMTP (an answer) "
	    "after nothing|" },
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nS 250 queued\nC\n",
	    1, 1, HI_HEARD ENV1,
	    "0 4.5.0 the server does not speak SMTP (an answer) after a "
	    "part of the message +|" },
	/* but a refusal before the dot is one */
	{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nS 552 too big\nX\n",
	    1, 1, HI_HEARD ENV1, "552 5.0.0 too big +|" },
	/* RSET does not work */
	{ HI PLAIN "C\nS 250 ok\nC\nS 550 no\nC\nS 500 what\n", 2, 1,
	    HI_HEARD "MAIL FROM:<a@a.test>\nRCPT TO:<r0@b.test>\nRSET\n",
	    "550 5.0.0 no|0 4.5.0 the server does not speak SMTP (refused) "
	    "after RSET|" },
};

static void
test_dialogues(void **state unused_arg)
{
	static const size_t wires[] = { 65536, 100, 1 };

	for (size_t i = 0; i < NELEM(dialogues) * NELEM(wires); i++) {
		const struct scripted *d = &dialogues[i / NELEM(wires)];
		struct scene s = { .script = d->script,
			.messages = { STR("hello\r\n"), STR("hello\r\n") },
			.nmessages = d->nmessages, .nrcpts = d->nrcpts,
			.wire = wires[i % NELEM(wires)] };

		/* A batch fits between the two, or both wait: BATCH_OCTETS. */
		if (s.wire == 1 && (strstr(d->script, "PIPELINING") ||
		    strstr(d->answers, "an answer")))
			continue;
		scene_play(&s);
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.send_rc, 0);
		assert_str(buf_get(&s.answers), d->answers);
		assert_str(buf_get(&s.heard), d->heard);
		assert_int_equal(s.usable,
		    strstr(d->heard, "QUIT\n") != NULL);
		assert_int_equal(s.accepted,
		    strstr(d->answers, "250 2.0.0 queued") != NULL);
		scene_end(&s);
	}
}

/* Parameters -------------------------------------------------------------- */

#define KNOWS_ALL                                                            \
	"S 250-mx.test hi\nS 250-SIZE 1000\nS 250-8bitmime\nS 250-SMTPUTF8\n"\
	"S 250-DSN\nS 250-AUTH PLAIN LOGIN\nS 250-ENHANCEDSTATUSCODES\n"     \
	"S 250-X-OTHER\nS 250 STARTTLS\n"
/* So many seconds ahead of the clock, which stands at 0. */
#define BY(left, mode) { .deliver_by = (left), .by_mode = (mode) }
#define TAKE1 "C\nS 250 ok\nC\nS 250 ok\nC\nS 354 go\nM\nS 250 queued\n" BYE

static const struct {
	const char *offers;
	struct smtp_outgoing how;
	struct smtp_outgoing_rcpt rcpt;
	const char *mail, *rcpt_heard, *answer;
} params[] = {
	{ KNOWS_ALL, { .size = 500, .body_8bit = true, .smtputf8 = true,
	    .ret = 2, .envid = { "id+2B1", 6 } },
	    { .notify = 2 | 4 | 8, .orcpt = { "rfc822;x@y", 10 } },
	    "MAIL FROM:<a@a.test> SIZE=500 BODY=8BITMIME SMTPUTF8 "
	    "RET=HDRS ENVID=id+2B1\n",
	    "RCPT TO:<r0@b.test> NOTIFY=SUCCESS,FAILURE,DELAY "
	    "ORCPT=rfc822;x@y\n", "250 2.0.0 queued +|" },
	{ KNOWS_ALL, { .ret = 1 }, { .notify = 1 },
	    "MAIL FROM:<a@a.test> RET=FULL\n",
	    "RCPT TO:<r0@b.test> NOTIFY=NEVER\n",
	    "250 2.0.0 queued +|" },
	/* nothing of it is offered */
	{ PLAIN, { .size = 500, .ret = 1, .envid = { "x", 1 } },
	    { .notify = 2, .orcpt = { "rfc822;x@y", 10 } },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	/* no way into the command */
	{ KNOWS_ALL, { .envid = { "x\r\nRSET", 7 } },
	    { .orcpt = { "rfc822;x y", 10 } }, "MAIL FROM:<a@a.test>\n",
	    "RCPT TO:<r0@b.test>\n", "250 2.0.0 queued +|" },
	{ KNOWS_ALL, { .size = 1 },
	    { .address = { "a@b>\r\nRSET", 10 } }, "", "",
	    "0 5.1.3 not an address|" },
	{ KNOWS_ALL, { .reverse_path = { "a\nb", 3 } },
	    { .notify = 0 }, "", "",
	    "0 5.1.7 not an address|" },
	/* what it cannot take */
	{ KNOWS_ALL, { .size = 1001 }, { .notify = 0 }, "", "",
	    "0 5.3.4 the message has 1001 octets and the server takes "
	    "1000|" },
	{ PLAIN, { .body_8bit = true }, { .notify = 0 }, "", "",
	    "0 5.6.3 the server does not offer 8BITMIME, and the text has 8 "
	    "bits|" },
	{ PLAIN, { .smtputf8 = true }, { .notify = 0 }, "", "",
	    "0 5.6.7 the server does not offer SMTPUTF8|" },
	{ "S 250-mx.test hi\nS 250 REQUIRETLS\n", { .require_tls = 1 },
	    { .notify = 0 }, "", "",
	    "0 5.7.30 the server does not offer REQUIRETLS inside TLS|" },
	{ "S 250-mx.test hi\nS 250 MT-PRIORITY MIXER\n", { .priority = -9 },
	    { .notify = 0 }, "MAIL FROM:<a@a.test> MT-PRIORITY=-9\n",
	    "RCPT TO:<r0@b.test>\n", "250 2.0.0 queued +|" },
	{ PLAIN, { .priority = 9 }, { .notify = 0 },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	/* what is left, at the second it is said */
	{ "S 250-mx.test hi\nS 250 DELIVERBY\n", BY(90, BY_return),
	    { .notify = 0 }, "MAIL FROM:<a@a.test> BY=90;R\n",
	    "RCPT TO:<r0@b.test>\n", "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 DELIVERBY 90\n",
	    BY(90, BY_return | BY_trace), { .notify = 0 },
	    "MAIL FROM:<a@a.test> BY=90;RT\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 DELIVERBY 91,x\n", BY(90, BY_return),
	    { .notify = 0 }, "", "",
	    "0 5.3.3 90 seconds are left, and the server wants 91|" },
	{ "S 250-mx.test hi\nS 250 DELIVERBY 91\n", BY(-5000000000, BY_notify),
	    { .notify = 0 }, "MAIL FROM:<a@a.test> BY=-999999999;N\n",
	    "RCPT TO:<r0@b.test>\n", "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 DELIVERBY\n", BY(0, BY_return),
	    { .notify = 0 }, "", "",
	    "0 5.4.7 the time that was asked for has passed|" },
	{ KNOWS_ALL, BY(90, BY_return), { .notify = 0 }, "", "",
	    "0 5.3.3 the server does not offer DELIVERBY|" },
	{ KNOWS_ALL, BY(90, BY_notify), { .notify = 0 },
	    "MAIL FROM:<a@a.test>\n",
	    "RCPT TO:<r0@b.test> NOTIFY=FAILURE,DELAY\n",
	    "250 2.0.0 queued +|" },
	{ KNOWS_ALL, BY(90, BY_notify), { .notify = 2 },
	    "MAIL FROM:<a@a.test>\n",
	    "RCPT TO:<r0@b.test> NOTIFY=SUCCESS,DELAY\n",
	    "250 2.0.0 queued +|" },
	{ KNOWS_ALL, BY(90, BY_notify), { .notify = 1 },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test> NOTIFY=NEVER\n",
	    "250 2.0.0 queued +|" },
	{ KNOWS_ALL, BY(0, BY_notify), { .notify = 4 },
	    "MAIL FROM:<a@a.test>\n",
	    "RCPT TO:<r0@b.test> NOTIFY=FAILURE\n", "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 NO-SOLICITING x:X,y:Y\n",
	    { .solicit = { "a:A,b:B", 7 } }, { .notify = 0 },
	    "MAIL FROM:<a@a.test> SOLICIT=a:A,b:B\n",
	    "RCPT TO:<r0@b.test>\n", "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 NO-SOLICITING\n",
	    { .solicit = { "a b", 3 } }, { .notify = 0 },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	{ KNOWS_ALL, { .solicit = { "a:A", 3 } }, { .notify = 0 },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 RRVS\n", { .ret = 0 },
	    { .valid_since = 1396566060, .rrvs = RRVS_plain },
	    "MAIL FROM:<a@a.test>\n",
	    "RCPT TO:<r0@b.test> RRVS=2014-04-03T23:01:00Z\n",
	    "250 2.0.0 queued +|" },
	{ "S 250-mx.test hi\nS 250 RRVS\n", { .ret = 0 },
	    { .valid_since = 0, .rrvs = RRVS_continue },
	    "MAIL FROM:<a@a.test>\n",
	    "RCPT TO:<r0@b.test> RRVS=1970-01-01T00:00:00Z;C\n",
	    "250 2.0.0 queued +|" },
	{ KNOWS_ALL, { .ret = 0 }, { .rrvs = RRVS_reject }, "", "",
	    "0 5.7.19 the server does not offer RRVS|" },
	{ KNOWS_ALL, { .ret = 0 }, { .rrvs = RRVS_plain }, "", "",
	    "0 5.7.19 the server does not offer RRVS|" },
	{ KNOWS_ALL, { .ret = 0 }, { .rrvs = RRVS_continue },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	{ PLAIN, { .require_tls = 2 }, { .notify = 0 },
	    "MAIL FROM:<a@a.test>\n", "RCPT TO:<r0@b.test>\n",
	    "250 2.0.0 queued +|" },
	{ PLAIN, { .ret = 0 }, { .address = { "\xc3\xbc@b.test", 9 } }, "",
	    "", "0 5.6.7 the server does not offer SMTPUTF8|" },
	{ KNOWS_ALL, { .ret = 0 }, { .address = { "\xc3\xbc@b.test", 9 } },
	    "MAIL FROM:<a@a.test> SMTPUTF8\n",
	    "RCPT TO:<\xc3\xbc@b.test>\n", "250 2.0.0 queued +|" },
	/* a domain alone can be said in ASCII, and is where it has to be */
	{ PLAIN, { .reverse_path = { "a@b\xc3\xbc" "cher.example", 17 } },
	    { .address = { "x@B\xc3\xbc" "cher.example", 17 } },
	    "MAIL FROM:<a@xn--bcher-kva.example>\n",
	    "RCPT TO:<x@xn--bcher-kva.example>\n", "250 2.0.0 queued +|" },
	{ PLAIN, { .smtputf8 = true },
	    { .address = { "x@b\xc3\xbc" "cher.example", 17 } }, "", "",
	    "0 5.6.7 the server does not offer SMTPUTF8|" },
	{ KNOWS_ALL, { .ret = 0 },
	    { .address = { "x@b\xc3\xbc" "cher.example", 17 } },
	    "MAIL FROM:<a@a.test> SMTPUTF8\n",
	    "RCPT TO:<x@b\xc3\xbc" "cher.example>\n", "250 2.0.0 queued +|" },
	{ "S 250-mx\nS 250 SIZE 0\n", { .size = 1 << 30 }, { .notify = 0 },
	    "MAIL FROM:<a@a.test> SIZE=1073741824\n",
	    "RCPT TO:<r0@b.test>\n", "250 2.0.0 queued +|" },
};

static void
test_parameters(void **state unused_arg)
{
	static char script[1000], heard[1000];

	for (size_t i = 0; i < NELEM(params); i++) {
		bool said = params[i].mail[0];
		struct smtp_outgoing_rcpt rcpt = params[i].rcpt;
		struct scene s = { .script = script, .nmessages = 1,
			.messages = { STR("hello\r\n") }, .nrcpts = 1,
			.how = params[i].how, .rcpts = { &rcpt } };

		(void)snprintf(script, sizeof(script), "%s%s%s", HI,
		    params[i].offers, said ? TAKE1 : BYE);
		(void)snprintf(heard, sizeof(heard), "%s%s%s%sQUIT\n",
		    HI_HEARD, params[i].mail, params[i].rcpt_heard,
		    said ? "DATA\nhello\n.\n" : "");
		scene_play(&s);
		assert_str(buf_get(&s.answers), params[i].answer);
		assert_str(buf_get(&s.heard), heard);
		assert_true(s.usable);
		scene_end(&s);
	}
}

/* The text ---------------------------------------------------------------- */

static void
test_text(void **state unused_arg)
{
	static const struct {
		const char *text, *heard;
	} t[] = {
		{ "", ".\n" },
		{ "a\r\n", "a\n.\n" },
		{ "a", "a\n.\n" },
		{ "a\r", "a\n.\n" },
		{ ".", "..\n.\n" },
		{ ".\r\n", "..\n.\n" },
		{ "..\r\n.a\r\na.\r\n\r\n.", "...\n..a\na.\n\n..\n.\n" },
		/* none of these ends the message, however it is read */
		{ "a\n.\nb\r\n", "a\n..\nb\n.\n" },
		{ "a\n", "a\n\n.\n" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		char want[200];
		struct scene s = { .script = HI PLAIN TAKE1, .nmessages = 1,
			.messages = { str_c(t[i].text) }, .nrcpts = 1 };

		(void)snprintf(want, sizeof(want), "%s%s%sQUIT\n", HI_HEARD,
		    ENV1, t[i].heard);
		scene_play(&s);
		assert_str(buf_get(&s.heard), want);
		scene_end(&s);
	}
}

/* Large ones arrive as they were, whatever falls on the edges of pieces. */
static void
test_large_text(void **state unused_arg)
{
	static const size_t wires[] = { 1 << 20, 1000 };
	auto_buf text = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20);

	for (int i = 0; text.n < 300000; i++) {
		buf_printf(&text, "%s%0*d\r\n", i % 3 ? "" : ".", i % 40, i);
		buf_printf(&want, "%s%0*d\n", i % 3 ? "" : "..", i % 40, i);
	}
	for (size_t i = 0; i < NELEM(wires); i++) {
		struct scene s = { .script = HI PLAIN TAKE1, .nmessages = 1,
			.messages = { buf_get(&text) }, .nrcpts = 1,
			.wire = wires[i] };
		struct str got;

		scene_play(&s);
		got = str_from(buf_get(&s.heard),
		    str_c(HI_HEARD ENV1).n);
		assert_true(str_eq(str_first(got, want.n), buf_get(&want)));
		assert_str(str_from(got, want.n), ".\nQUIT\n");
		/* EHLO, three commands, the text in big pieces, QUIT. */
		if (s.wire > 65536)
			assert_true(s.writes <= 5 + 7);
		scene_end(&s);
	}
}

static void
test_no_text(void **state unused_arg)
{
	struct scene s = { .script = HI PLAIN TAKE1, .nmessages = 2,
		.messages = { STR("half\r\n"), STR("x\r\n") }, .nrcpts = 1,
		.text_error = E_IO };

	scene_play(&s);
	assert_str(buf_get(&s.answers),
	    "0 4.3.0 the message could not be read: no such blob +|"
	    "0 4.4.2 the connection is of no use any more|");
	/* No dot ends what was not whole. */
	assert_str(buf_get(&s.heard), HI_HEARD ENV1);
	assert_int_equal(s.accepted, 0);
	scene_end(&s);
}

/* How often it writes ----------------------------------------------------- */

static void
test_few_writes(void **state unused_arg)
{
	struct scene s = { .script = HI PIPE "C\nC\nC\nC\nC\nS 250 ok\n"
		"S 250 ok\nS 250 ok\nS 250 ok\nS 354 go\nM\nS 250 queued\n"
		BYE, .nmessages = 1, .messages = { STR("hello\r\n") },
		.nrcpts = 3 };

	scene_play(&s);
	assert_str(buf_get(&s.answers), "250 2.0.0 queued +|"
	    "250 2.0.0 queued +|250 2.0.0 queued +|");
	/* EHLO; the envelope; text and dot; QUIT. */
	assert_int_equal(s.writes, 4);
	scene_end(&s);
}

/* Many recipients go in batches, and each gets its own answer. */
static void
test_many(void **state unused_arg)
{
	auto_buf script = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);
	struct scene s = { .nmessages = 1, .messages = { STR("hello\r\n") },
		.nrcpts = SCENE_RCPTS };

	buf_lit(&script, HI PIPE "C\nS 250 ok\n");
	for (int i = 0; i < SCENE_RCPTS; i++) {
		buf_printf(&script, "C\nS %d r%d\n", i % 7 ? 250 : 550, i);
		if (i % 7)
			buf_lit(&want, "250 2.0.0 queued +|");
		else
			buf_printf(&want, "550 5.0.0 r%d|", i);
	}
	buf_lit(&script, "C\nS 354 go\nM\nS 250 queued\n" BYE);
	buf_chr(&script, '\0');
	s.script = script.p;
	scene_play(&s);
	assert_strs(buf_get(&s.answers), buf_get(&want));
	assert_int_equal(s.writes, 3 + 3);
	scene_end(&s);
}

/* By LMTP each that was taken has an answer of its own behind the text; and
 * those that have come are heard, whatever comes then. RFC 2033 4.2, 5 */
static void
test_lmtp(void **state unused_arg)
{
	static const struct {
		const char *script, *answers;
		bool usable;
		uint32_t accepted;
	} t[] = {
		{ HI PIPE "C\nC\nC\nC\nC\nS 250 ok\nS 250 ok\n"
		    "S 550 5.1.1 no\nS 250 ok\nS 354 go\nM\n"
		    "S 250 2.0.0 a\nS 452 4.2.2 c\n" BYE,
		    "250 2.0.0 a +|550 5.1.1 no|452 4.2.2 c +|", true, 1 },
		{ HI PIPE "C\nC\nC\nC\nC\nS 250 ok\nS 250 ok\n"
		    "S 250 ok\nS 250 ok\nS 354 go\nM\n"
		    "S 550 5.7.1 a\nS 250 2.0.0 b\nX\n",
		    "550 5.7.1 a +|250 2.0.0 b +|0 4.4.2 the connection was "
		    "lost after the message was sent: it may have arrived +|",
		    false, 1 },
		{ HI PIPE "C\nC\nC\nC\nC\nS 250 ok\nS 250 ok\n"
		    "S 250 ok\nS 250 ok\nS 354 go\nM\nS 250 a\n"
		    "S 421 4.3.2 down\n",
		    "250 2.0.0 a +|421 4.3.2 down +|421 4.3.2 down +|", false,
		    1 },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct scene s = { .nmessages = 1, .nrcpts = 3, .lmtp = true,
			.messages = { STR("hello\r\n") },
			.script = t[i].script };

		scene_play(&s);
		assert_strs(buf_get(&s.answers), str_c(t[i].answers));
		assert_int_equal(s.accepted, t[i].accepted);
		assert_int_equal(s.usable, t[i].usable);
		assert_true(str_starts(buf_get(&s.heard),
		    STR("LHLO client.test\n")));
		scene_end(&s);
	}
}

/* Who does not know LHLO speaks another protocol: no HELO is tried. */
static void
test_no_lmtp(void **state unused_arg)
{
	struct scene s = { .nmessages = 1, .nrcpts = 1, .lmtp = true,
		.messages = { STR("hello\r\n") },
		.script = HI "S 500 5.5.1 what?\n" BYE };

	scene_play(&s);
	assert_int_equal(s.rc, E_DENIED);
	assert_strs(buf_get(&s.heard), STR("LHLO client.test\nQUIT\n"));
	scene_end(&s);
}

/* However much a server says, its code decides, and what follows is heard. */
static void
test_long_replies(void **state unused_arg)
{
	auto_buf line = BUF_INIT(1 << 16), lines = BUF_INIT(1 << 16);
	auto_buf script = BUF_INIT(1 << 20);

	while (line.n < 5000)
		buf_lit(&line, "a line that is long ");
	for (int i = 0; i < 300; i++)
		buf_printf(&lines, "S 250-KEYWORD%d x\n", i);
	for (int where = 0; where < 3; where++) {
		const char *rcpt = where == 1 ? "550 5.1.1" : "250";
		struct scene s = { .nmessages = 2, .nrcpts = 1,
			.messages = { STR("hello\r\n"), STR("again\r\n") } };

		buf_reset(&script);
		buf_lit(&script, HI);
		if (where == 0)
			buf_printf(&script, "S 250-%.*s\n%.*s",
			    STR_FMT(buf_get(&line)), STR_FMT(buf_get(&lines)));
		buf_printf(&script, PIPE "C\nC\nC\nS 250 ok\nS %s %.*s\n",
		    rcpt, STR_FMT(where == 1 ? buf_get(&line) : STR("ok")));
		if (where == 1)
			buf_lit(&script, "S 503 no\nC\nS 250 reset\n");
		else
			buf_printf(&script, "S 354 go\nM\n%.*sS 250 %.*s\n",
			    STR_FMT(buf_get(&lines)), STR_FMT(buf_get(&line)));
		buf_lit(&script, "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\n"
		    "M\nS 250 queued\n" BYE);
		buf_chr(&script, '\0');
		s.script = script.p;
		scene_play(&s);
		assert_int_equal(s.rc, 0);
		assert_true(s.usable);
		assert_int_equal(s.accepted, where == 1 ? 1 : 2);
		assert_true(s.offers & OFFER_PIPELINING);
		assert_str(str_first(buf_get(&s.answers), 10), where == 1 ?
		    "550 5.1.1 " : "250 2.0.0 ");
		scene_end(&s);
	}
}

/* One that never ends is heard, and that is the end of the connection. */
static void
test_endless_reply(void **state unused_arg)
{
	auto_buf script = BUF_INIT(4 << 20);
	struct scene s = { .nmessages = 2, .nrcpts = 1,
		.messages = { STR("hello\r\n"), STR("again\r\n") } };

	buf_lit(&script, HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\n"
	    "M\nR 250 ");
	while (script.n < ANSWER_OCTETS_MAX + 1000)
		buf_lit(&script, "and so on ");
	buf_lit(&script, "\n");
	buf_chr(&script, '\0');
	s.script = script.p;
	scene_play(&s);
	assert_int_equal(s.accepted, 1);
	assert_false(s.usable);
	assert_str(str_first(buf_get(&s.answers), 10), "250 2.0.0 ");
	scene_end(&s);
}

/* Time -------------------------------------------------------------------- */

static void
test_drip(void **state unused_arg)
{
	static const struct {
		const char *script;
		int rc;
		int64_t least_ms, most_ms;
		const char *answers;
	} t[] = {
		/* 24 octets take their time, and that is fine */
		{ "D 1000\n" HI PLAIN, 0, 20000, 40000, "" },
		/* the limit is the reply's, not the octet's */
		{ "D 30000\n" HI, E_TIMEOUT, 300000, 300000, "" },
		{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nD 1000\n"
		  "S 250-a\nS 250-b\nS 250 c\n", 0, 20000, 30000,
		    "250 2.0.0 a b c +|" },
		{ HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nM\nD 99000\n"
		  "S 250-a\nS 250 c\n", 0, 600000, 600000,
		    "0 4.4.2 no answer in time after the message was sent: "
		    "it may have arrived +|" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct scene s = { .script = t[i].script, .nrcpts = 1,
			.messages = { STR("hello\r\n") },
			.nmessages = t[i].answers[0] != '\0' };

		scene_play(&s);
		assert_int_equal(s.rc, t[i].rc);
		assert_in_range(s.took_ms, t[i].least_ms, t[i].most_ms);
		assert_str(buf_get(&s.answers), t[i].answers);
		scene_end(&s);
	}
}

/* A server that takes a long text and says nothing, ever. */
static void
test_deaf(void **state unused_arg)
{
	auto_buf text = BUF_INIT(1 << 20);
	struct scene s = { .script = HI PIPE "C\nC\nC\nS 250 ok\nS 250 ok\n"
		"S 354 go\nW 100000000\n", .nmessages = 1, .nrcpts = 1,
		.wire = 4096 };

	while (text.n < 500000)
		buf_lit(&text, "some text\r\n");
	s.messages[0] = buf_get(&text);
	scene_play(&s);
	assert_str(buf_get(&s.answers),
	    "0 4.4.2 no answer in time after a part of the message +|");
	assert_in_range(s.took_ms, 180000, 180000);
	scene_end(&s);
}

/* It refuses in the middle of a long text, and takes no more of it. */
static void
test_refused_midway(void **state unused_arg)
{
	static const char *const then[] = { "X\n", "W 100000000\n" };
	auto_buf text = BUF_INIT(1 << 20);
	char script[200];

	while (text.n < 500000)
		buf_lit(&text, "some text\r\n");
	for (size_t i = 0; i < NELEM(then); i++) {
		struct scene s = { .script = script, .nmessages = 1,
			.messages = { buf_get(&text) }, .nrcpts = 1,
			.wire = 4096 };

		(void)snprintf(script, sizeof(script), "%s%s", HI PIPE
		    "C\nC\nC\nS 250 ok\nS 250 ok\nS 354 go\nC\nW 100\n"
		    "S 552 5.3.4 too big\n", then[i]);
		scene_play(&s);
		assert_str(buf_get(&s.answers), "552 5.3.4 too big +|");
		assert_false(s.usable);
		scene_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialogues),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_large_text),
		cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_few_writes),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_lmtp),
		cmocka_unit_test(test_no_lmtp),
		cmocka_unit_test(test_long_replies),
		cmocka_unit_test(test_endless_reply),
		cmocka_unit_test(test_drip),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_refused_midway),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
