/*
 * receive.c - the text of a message, from the wire into store's hands.
 *
 * It streams once: decoder -> (our Received: field goes first; then what the
 * service does with texts) -> facts and blob, and then one submit. 250 means
 * that store has committed it (RFC 5321 4.2.5); a small message costs no other
 * round trip but for its signature.
 */
#include "mime/facts.h"
#include "smtp/data.h"
#include "smtp/smtp_int.h"
#include "smtp/trace.h"
#include "store/blob.h"

enum {
	TRACE_MAX = 2048,
	YIELD_OCTETS = 512 * 1024,	/* some ms of scanning */
	FACTS_MAX = 32768,		/* of submit_ask */
	SUBMIT_TRIES = 3,
};

struct incoming {
	struct smtp_session *s;
	struct smtp_data data;
	const struct smtp_texts *texts;	/* NULL: as they are */
	struct originate *text;
	struct mime_scan *scan;
	struct blob_writer *blob;
	struct arena *mem;
	struct buf facts;
	struct str id;		/* in traces */
	int failed;		/* E_* of ours: read on, keep nothing */
	size_t unyielded;
	struct err err;
};

/* RFC 3848, RFC 6531 4.3 */
static struct str
protocol(const struct smtp_session *s)
{
	static const struct str names[2][2][2] = { /* utf8, tls, login */
		{ { { "ESMTP", 5 }, { "ESMTPA", 6 } },
		    { { "ESMTPS", 6 }, { "ESMTPSA", 7 } } },
		{ { { "UTF8SMTP", 8 }, { "UTF8SMTPA", 9 } },
		    { { "UTF8SMTPS", 9 }, { "UTF8SMTPSA", 10 } } },
	};
	bool tls = stream_tls(s->d.stream).on, utf8 = s->txn->mail.smtputf8;

	if (!s->esmtp && !utf8)
		return STR("SMTP");
	return names[utf8][tls][s->login != NULL];
}

static void
keep(struct incoming *in, struct str octets)
{
	if (in->failed < 0)
		return;
	mime_scan_feed(in->scan, octets);
	in->failed = blob_write(in->blob, octets, &in->err);
}

/* Octets of the text itself. */
static void
keep_text(struct incoming *in, struct str octets)
{
	struct str out;

	if (!in->text)
		keep(in, octets);
	else
		while (in->texts->next(in->text, &octets, &out))
			keep(in, out);
}

static void
put_trace(struct incoming *in)
{
	struct smtp_session *s = in->s;
	struct smtp_txn *t = s->txn;
	struct tls_facts tls = stream_tls(s->d.stream);
	auto_buf b = BUF_INIT(TRACE_MAX);
	struct smtp_trace trace = {
		.helo = buf_get(&s->helo),
		.peer = str_c(s->d.peer.address),
		.host = s->service->o.hostname,
		.with = protocol(s),
		.tls_version = tls.on ? tls.version : STR_NULL,
		.tls_cipher = tls.on ? tls.cipher : STR_NULL,
		.id = in->id,
		.only_rcpt = t->nrcpt == 1 ? t->rcpts->address : STR_NULL,
		.at = loop_wall(s->d.loop),
	};

	smtp_trace_put(&b, &trace);
	bug_if(buf_failed(&b));
	keep(in, buf_get(&b));
}

/* Up to the end of the text. Negative when the client is lost. */
static int
read_text(struct incoming *in)
{
	struct smtp_session *s = in->s;
	struct err err = { 0 };
	struct str octets, rest, out;
	int e;

	while (!smtp_data_done(&in->data)) {
		smtp_deadline(s);
		if ((e = stream_peek(s->d.stream, &octets, &err)) < 0)
			return e;
		rest = octets;
		while (smtp_data_next(&in->data, &rest, &out))
			keep_text(in, out);
		in->unyielded += octets.n - rest.n;
		stream_eat(s->d.stream, octets.n - rest.n);
		if (in->unyielded >= YIELD_OCTETS) {
			in->unyielded = 0;
			fiber_yield(s->d.loop);
		}
	}
	return 0;
}

/* u64 each, in the order of RCPT. */
static struct str
handles(struct incoming *in)
{
	auto_buf b = BUF_INIT(8 * SMTP_RCPT_CEILING);

	for (struct rcpt *r = in->s->txn->rcpts; r; r = r->next)
		buf_le64(&b, r->handle);
	return str_dup(in->mem, buf_get(&b));
}

/* Store was restarted and our handles with it: get new ones. */
static int
renew_handles(struct incoming *in)
{
	struct smtp_session *s = in->s;
	struct rcpt_answer answer;
	int e;

	s->txn->generation = store_generation(s->store);
	for (struct rcpt *r = s->txn->rcpts; r; r = r->next) {
		e = smtp_ask_rcpt(s, r, &answer, &in->err);
		if (e < 0)
			return e;
		if (answer.kind != RCPT_LOCAL && answer.kind != RCPT_REMOTE)
			return err_set(&in->err, E_PEER,
			    "a recipient has gone meanwhile");
		r->handle = answer.handle;
	}
	return 0;
}

/* Could new handles help? What was staged went with the old connection; a
 * handle alone gives way when very many were asked for since (E_DENIED). */
static bool
try_again(const struct smtp_session *s, const struct submit_ask *ask, int e)
{
	if (e == E_DENIED)
		return true;
	return e == E_PEER && ask->stage == 0 &&
	    s->txn->generation != store_generation(s->store);
}

/* With one change id for all tries, so it is done once at most. */
static int
submit(struct incoming *in, struct submit_ask *ask,
    struct submit_answer *answer)
{
	struct smtp_session *s = in->s;
	bool stale = s->txn->generation != store_generation(s->store);
	int e = 0;

	ask->change = store_change_id(s->store);
	for (int i = 0; i < SUBMIT_TRIES; i++) {
		if (stale && (e = renew_handles(in)) < 0)
			return e;
		ask->handles = handles(in);
		e = store_call(s->store, STORE_submit, ask, answer, s->cmd,
		    &in->err);
		if (!try_again(s, ask, e))
			return e;
		stale = true;
	}
	/* mx has no sender to be denied: it is our trouble. */
	return e == E_DENIED && !s->login ? E_PEER : e;
}

static int
sign(struct incoming *in, struct submit_ask *ask)
{
	if (!in->text)
		return 0;
	return in->texts->sign(in->s, in->text, in->mem, &ask->signature,
	    &in->err);
}

static struct reply
hand_over(struct incoming *in, const struct facts *facts)
{
	struct smtp_session *s = in->s;
	struct smtp_txn *t = s->txn;
	struct blob_ref blob;
	struct submit_answer answer;
	struct submit_ask ask = {
		.reverse_path = t->mail.from.text,
		.facts = buf_get(&in->facts),
		.message_id = str_first(facts->message_id, 998),
		.body_8bit = (facts->flags & FACTS_8BIT) != 0,
		.smtputf8 = t->mail.smtputf8,
		.ret = t->mail.ret,
		.envid = t->mail.envid,
		.peer = str_c(s->d.peer.address),
		.helo = buf_get(&s->helo),
		.tls = stream_tls(s->d.stream).version,
		.protocol = protocol(s),
		.session = str_c(s->d.id),
	};
	int e = blob_finish(in->blob, &blob, &in->err);

	ask.stage = blob.stage;
	ask.octets = blob.octets;
	ask.raw_size = blob.raw_size;
	if (e >= 0)
		e = sign(in, &ask);
	if (e >= 0)
		e = submit(in, &ask, &answer);
	if (e < 0)
		return smtp_reply_err(in->failed = e);
	s->messages++;
	log_ctx_event(&s->d.log, LOG_INFO, "received",
	    F_INT("message", answer.message),
	    F_STR("from", t->mail.from.text), F_INT("recipients", t->nrcpt),
	    F_INT("size", ask.raw_size), F_STR("user", buf_get(&s->user)),
	    F_STR("message-id", ask.message_id));
	return smtp_replyf(s->cmd, 250, "2.0.0", "Ok: queued as %llu",
	    (unsigned long long)answer.message);
}

/* The text is complete and well formed as a stream of lines. */
static struct reply
judge(struct incoming *in)
{
	struct facts facts = { 0 };
	struct str out;

	while (in->text && in->texts->rest(in->text, &out))
		keep(in, out);
	if (in->failed < 0)
		return smtp_reply_err(in->failed);
	mime_scan_finish(in->scan, &in->facts);
	if (facts_decode(buf_get(&in->facts), &facts) < 0)
		bug("facts of ours do not decode");
	/* Ours is among them. */
	if (facts.received_count > SMTP_MAX_RECEIVED + 1)
		return smtp_reply(554, "5.4.6", "Mail loop: too many hops");
	/* A cache: who reads the message without it computes it again. */
	if (in->facts.n > FACTS_MAX)
		buf_reset(&in->facts);
	return hand_over(in, &facts);
}

static struct reply
take(struct incoming *in)
{
	struct reply r;
	int e;

	in->id = arena_printf(in->mem, "%s.%u", in->s->d.id, ++in->s->begun);
	put_trace(in);
	if (in->texts)
		in->text = in->texts->begin(in->s, in->id, in->mem);
	if ((e = read_text(in)) < 0)
		return SMTP_NO_REPLY;	/* the stream has failed for good */
	if (in->data.fault != DATA_OK)
		r = smtp_data_reply(in->data.fault);
	else if (in->failed < 0)
		r = smtp_reply_err(in->failed);
	else
		r = judge(in);
	if (r.code != 250)
		smtp_note_refused(in->s, STR_NULL, &r);
	if (in->failed < 0)
		log_ctx_event(&in->s->d.log, LOG_WARN, "submit_failed",
		    F_ERR(&in->err));
	return r;
}

struct reply
smtp_receive(struct smtp_session *s)
{
	struct incoming in = {
		.s = s,
		.texts = s->service->o.texts,
		.mem = arena_new(MIME_SCAN_ARENA + 64 * 1024),
		.blob = blob_writer_new(s->store, s->service->o.compress),
		.facts = BUF_INIT(MIME_RECORD_MAX),
	};
	struct reply r;

	in.scan = mime_scan_new(in.mem, NULL);
	smtp_data_init(&in.data, s->service->o.max_message);
	r = take(&in);
	if (in.texts)
		in.texts->end(in.text);
	blob_writer_free(in.blob);
	buf_free(&in.facts);
	arena_free(in.mem);
	return r;
}
