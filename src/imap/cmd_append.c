/*
 * cmd_append.c - APPEND: a message from the client, streamed once.
 *
 * When this runs, the command is parsed and its literal has not been read:
 * with a synchronizing literal the client waits for our "+" (or a refusal),
 * with LITERAL+ its octets come whether we want them or not.
 */
#include "imap/imap_int.h"
#include "mime/facts.h"
#include "store/blob.h"

enum {
	FACTS_MAX = 32768,	/* of append_ask */
	YIELD_OCTETS = 512 * 1024, /* some ms of scanning */
};

struct incoming {
	struct imap_session *s;
	struct arena *mem;
	struct mime_scan *scan;
	struct blob_writer *blob;
	struct buf facts;
	int failed;		/* E_* of ours: read on, keep nothing */
	struct err err;
};

/* Is there such a mailbox? Asked before the client sends the message; if that
 * comes without waiting, the append itself will say. */
static struct answer
check_mailbox(struct imap_session *s, struct str name)
{
	struct status_ask ask = { .name = name };
	struct status_answer m;
	struct err err = { 0 };
	int e;

	if (!s->gather.sync)
		return NO_ANSWER;
	e = store_call(s->account.store, STORE_status, &ask, &m, s->cmd, &err);
	if (e == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	return e < 0 ? imap_fail(s, "append", &err) : NO_ANSWER;
}

static void
keep(struct incoming *in, struct str octets)
{
	if (in->failed < 0)
		return;
	mime_scan_feed(in->scan, octets);
	in->failed = blob_write(in->blob, octets, &in->err);
}

/* The literal, and the CRLF that ends the command. */
static int
read_message(struct incoming *in, struct str *rest)
{
	struct imap_session *s = in->s;
	uint64_t left = s->gather.n, unyielded = 0;
	struct err err = { 0 };
	struct str octets;
	int e;

	while (left > 0) {
		dialogue_deadline(&s->d, IMAP_COMMAND_MS);
		if ((e = stream_peek(s->d.stream, &octets, &err)) < 0)
			return e;
		octets.n = left < octets.n ? (size_t)left : octets.n;
		keep(in, octets);
		stream_eat(s->d.stream, octets.n);
		left -= octets.n;
		unyielded += octets.n;
		if (unyielded >= YIELD_OCTETS) {
			unyielded = 0;
			fiber_yield(s->d.loop);
		}
	}
	e = stream_line(s->d.stream, GATHER_LINE_MAX, rest, &err);
	if (e == E_LIMIT) {
		*rest = STR("too long");
		return stream_skip_line(s->d.stream, &err);
	}
	return e;
}

static struct answer
hand_over(struct incoming *in, const struct append_args *a)
{
	struct imap_session *s = in->s;
	struct append_ask ask = {
		.change = store_change_id(s->account.store),
		.name = a->mailbox,
		.flags = a->flags.system,
		.keywords = flag_list_keywords(s->cmd, &a->flags),
		.received = a->dated ? a->date : loop_wall(s->d.loop),
		.offset_min = a->dated ? a->zone_min : 0,
		/* A cache: who reads it without computes it again. */
		.facts = in->facts.n > FACTS_MAX ? STR_NULL :
		    buf_get(&in->facts),
	};
	struct append_answer got;
	struct blob_ref blob;
	struct answer ok = OK("Appended");
	int e = blob_finish(in->blob, &blob, &in->err);

	ask.stage = blob.stage;
	ask.octets = blob.octets;
	ask.raw_size = blob.raw_size;
	if (e >= 0)
		e = store_call(s->account.store, STORE_append, &ask, &got,
		    s->cmd, &in->err);
	if (e == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	if (e < 0)
		return imap_fail(s, "append", &in->err);
	/* RFC 4315 3 */
	ok.code = arena_printf(s->cmd, "APPENDUID %u %u", got.uidvalidity,
	    got.uid);
	return ok;
}

static struct answer
take(struct incoming *in, const struct append_args *a)
{
	struct imap_session *s = in->s;
	struct facts facts;
	struct str rest;

	if (s->gather.sync && imap_continue(s, STR("Go ahead")) < 0)
		return NO_ANSWER;
	if (read_message(in, &rest) < 0)
		return NO_ANSWER;
	if (rest.n)
		return BAD("Syntax: unexpected text behind the message");
	if (in->failed < 0)
		return imap_fail(s, "append", &in->err);
	mime_scan_finish(in->scan, &in->facts);
	if (facts_decode(buf_get(&in->facts), &facts) < 0)
		bug("facts of ours do not decode");
	/* RFC 3501 4.3.1: no NUL in a literal. */
	if (facts.flags & FACTS_NUL)
		return BAD("Syntax: a message with NUL in it");
	return hand_over(in, a);
}

/* APPEND mailbox [(flags)] [date-time] {n}                RFC 3501 6.3.11 */
struct answer
imap_append(struct imap_session *s, const struct imap_command *c)
{
	const struct append_args *a = &c->args.append;
	struct incoming in = { .s = s, .facts = BUF_INIT(MIME_RECORD_MAX) };
	struct answer answer;

	if (a->literal8)
		return imap_refuse_message(s, NO_CODE("UNKNOWN-CTE",
		    "No literal8 here"));
	if (a->size == 0)
		return imap_refuse_message(s, NO("An empty message is none"));
	if (a->size > s->service->max_message)
		return imap_refuse_message(s, NO_CODE("TOOBIG",
		    "The message is too large"));
	answer = check_mailbox(s, a->mailbox);
	if (answer.kind != ANSWER_NONE)
		return imap_refuse_message(s, answer);
	if (stream_failed(s->d.stream) < 0)
		return NO_ANSWER;
	in.mem = arena_new(MIME_SCAN_ARENA + 65536);
	in.scan = mime_scan_new(in.mem, NULL);
	in.blob = blob_writer_new(s->account.store, s->service->compress);
	answer = take(&in, a);
	blob_writer_free(in.blob);
	buf_free(&in.facts);
	arena_free(in.mem);
	return answer;
}
