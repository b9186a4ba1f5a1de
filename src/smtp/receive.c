/*
 * receive.c - the text of a message, from the wire into store's hands.
 *
 * It streams once: decoder -> (our Received: field goes first; then what
 * submission adds) -> mail/submit.h, and then one commit. 250 means that store
 * has it on disk (RFC 5321 4.2.5); a small message costs no other round trip
 * but for its signature.
 */
#include "mail/submission_fixup.h"
#include "mime/downgrade.h"
#include "rt/pace.h"
#include "smtp/data.h"
#include "smtp/results_filter.h"
#include "smtp/smtp_int.h"
#include "smtp/trace.h"
#include "smtp/valid_since.h"

enum { TRACE_MAX = 4096, RECEPTION_MEM = 64 * 1024 };

struct reception {
	struct smtp_session *s;
	struct smtp_data data;
	struct pace pace;
	struct submission_fixup *fixup;	/* of a submission; NULL: by this */
	struct results_filter filter;
	struct downgrade *downgrade;	/* of BODY=BINARYMIME; or NULL */
	uint64_t lines_octets;	/* that it has made */
	struct judging *judging;	/* NULL: nobody does */
	struct verdict verdict;
	struct arena *verdict_mem;	/* NULL: there is none */
	struct reply refusal;	/* of what the header says; code 0: none */
	bool looked;		/* at it */
	struct deposit_facts facts;
	struct arena *mem;
	struct origin origin;
	struct str id;		/* in traces */
	bool committed;
	int failed;		/* E_* of ours */
	struct err err;
};

static void
begin_pace(struct pace *p, const struct smtp_session *s)
{
	const struct smtp_options *o = &s->service->o;

	pace_begin(p, s->d.loop, o->timeout_s, o->data_rate, o->data_time_s);
}

/* RFC 3848, RFC 6531 4.3. Nobody logs in to LMTP here. */
static struct str
protocol(const struct smtp_session *s)
{
	static const struct str names[2][2][2] = { /* utf8, tls, login */
		{ { { "ESMTP", 5 }, { "ESMTPA", 6 } },
		    { { "ESMTPS", 6 }, { "ESMTPSA", 7 } } },
		{ { { "UTF8SMTP", 8 }, { "UTF8SMTPA", 9 } },
		    { { "UTF8SMTPS", 9 }, { "UTF8SMTPSA", 10 } } },
	};
	static const struct str lmtp[2][2] = { /* utf8, tls */
		{ { "LMTP", 4 }, { "LMTPS", 5 } },
		{ { "UTF8LMTP", 8 }, { "UTF8LMTPS", 9 } },
	};
	bool utf8 = submit_envelope(s->txn)->smtputf8;

	if (s->service->o.lmtp)
		return lmtp[utf8][stream_tls(s->d.stream).on];
	if (!s->esmtp && !utf8)
		return STR("SMTP");
	return names[utf8][stream_tls(s->d.stream).on][smtp_logged_in(s)];
}

/* What comes in front of the text. */
static void
store_trace(struct reception *in)
{
	struct smtp_session *s = in->s;
	struct tls_facts tls = stream_tls(s->d.stream);
	auto_buf b = BUF_INIT(TRACE_MAX);
	struct smtp_trace trace = {
		.helo = in->origin.helo,
		.peer = s->service->o.hide_client ? STR_NULL :
		    in->origin.peer,
		.host = s->service->o.hostname,
		.with = in->origin.protocol,
		.tls_version = tls.on ? tls.version : STR_NULL,
		.tls_cipher = tls.on ? tls.cipher : STR_NULL,
		.id = in->id,
		.only_rcpt = submit_only_recipient(s->txn),
		.priority = submit_envelope(s->txn)->priority,
		.solicit = submit_envelope(s->txn)->solicit,
		.at = loop_wall(s->d.loop),
	};

	smtp_trace_put(&b, &trace);
	bug_if(buf_failed(&b));
	submit_write(s->txn, buf_get(&b));
}

/* What came as lines of 8 bits, or has become that. */
static int
store_lines(void *arg, struct str octets)
{
	struct reception *in = arg;
	uint64_t max = in->data.max_octets;

	in->lines_octets += octets.n;
	if (max > 0 && in->lines_octets > max) {
		smtp_data_fail(&in->data, DATA_TOO_BIG);
		return E_LIMIT;
	}
	submit_write(in->s->txn, octets);
	return 0;
}

/* What stands in a binary text where it cannot be encoded. */
static void
take_fault(struct reception *in)
{
	static const enum smtp_data_fault faults[] = {
		[DOWNGRADE_NUL] = DATA_NUL,
		[DOWNGRADE_BARE] = DATA_BARE,
		[DOWNGRADE_LONG_LINE] = DATA_LONG_LINE,
		[DOWNGRADE_BOUNDS] = DATA_TOO_DEEP,
	};
	enum downgrade_fault fault = downgrade_fault(in->downgrade);

	if (fault != DOWNGRADE_FINE)
		smtp_data_fail(&in->data, faults[fault]);
}

static void
store_piece(struct reception *in, struct str octets)
{
	if (!in->downgrade)
		submit_write(in->s->txn, octets);
	else if (downgrade_feed(in->downgrade, octets) < 0)
		take_fault(in);
}

/* Octets of the text itself. */
static void
store_octets(struct reception *in, struct str octets)
{
	struct str out;

	while (in->fixup ? submission_fixup_next(in->fixup, &octets, &out) :
	    results_filter_next(&in->filter, &octets, &out))
		store_piece(in, out);
}

static void
store_rest(struct reception *in)
{
	struct str out;

	while (in->fixup ? submission_fixup_rest(in->fixup, &out) :
	    results_filter_rest(&in->filter, &out))
		store_piece(in, out);
	if (in->downgrade && downgrade_end(in->downgrade) < 0)
		take_fault(in);
}

/* Whoever a submission says wrote it has to be who hands it in, or somebody
 * that may write for them.                                    RFC 6409 6.1 */
static struct reply
check_people(struct reception *in, const struct submission_people *p)
{
	struct smtp_session *s = in->s;
	bool big = p->fault == HEADER_TOO_BIG;

	/* What programs of this machine write has no domain now and then. */
	if (p->fault != HEADER_FINE &&
	    !(p->fault == HEADER_NOBODY && s->service->o.local))
		return (struct reply){ big ? 552 : 550,
			big ? "5.3.4" : "5.6.0",
			str_c(submission_fault_text(p->fault)) };
	for (size_t i = 0; i < p->n && smtp_logged_in(s); i++) {
		int e = smtp_may_send_as(s, p->address[i], &in->err);

		if (e == E_DENIED) {
			smtp_note_denied(s, p->address[i]);
			return smtp_replyf(s->cmd, 553, "5.7.1",
			    "From: %.*s is not an address of yours",
			    STR_FMT(str_first(p->address[i], 320)));
		}
		if (e < 0)
			return smtp_reply_err(in->failed = e);
	}
	return SMTP_NO_REPLY;
}

/* As soon as the header is there. */
static void
look_at_people(struct reception *in)
{
	const struct submission_people *p = in->looked || !in->fixup ? NULL :
	    submission_fixup_people(in->fixup);

	if (!p)
		return;
	in->looked = true;
	in->refusal = check_people(in, p);
}

/* From the front of *octets: what is text of this message. */
static void
take_octets(struct reception *in, struct str *octets)
{
	size_t n = octets->n;
	struct str out;

	while (smtp_data_next(&in->data, octets, &out))
		if (in->refusal.code == 0) {
			if (in->judging)
				in->s->service->o.judge->feed(in->judging,
				    out);
			store_octets(in, out);
			look_at_people(in);
		}
	if (in->data.fault != DATA_OK || in->refusal.code != 0)
		submit_skip(in->s->txn, n - octets->n);
}

/* Up to its end, whatever becomes of it. */
int
smtp_text_dots(struct reception *in)
{
	struct stream *stream = in->s->d.stream;
	struct err err = { 0 };
	struct str octets, rest;
	int e;

	while (!smtp_data_done(&in->data)) {
		if ((e = pace_peek(&in->pace, stream, &octets, &err)) < 0)
			return e;
		pace_count(&in->pace, octets.n);
		rest = octets;
		take_octets(in, &rest);
		stream_eat(stream, octets.n - rest.n);
	}
	return 0;
}

/* What was answered before leaves first: nothing else asks the client to go
 * on. in is NULL: for nobody. */
static int
chunk(struct smtp_session *s, struct reception *in, struct pace *pace,
    uint64_t left)
{
	struct stream *stream = s->d.stream;
	struct err err = { 0 };
	struct str octets, rest;
	int e = 0;

	if (stream_buffered(stream).n < left)
		e = stream_flush(stream, &err);
	while (left > 0 && e == 0 &&
	    (e = pace_peek(pace, stream, &octets, &err)) == 0) {
		if (octets.n > left)
			octets.n = (size_t)left;
		pace_count(pace, octets.n);
		rest = octets;
		if (in)
			take_octets(in, &rest);
		stream_eat(stream, octets.n);
		left -= octets.n;
	}
	return e;
}

int
smtp_text_chunk(struct reception *in, uint64_t octets)
{
	/* Between two chunks other limits hold. */
	pace_resume(&in->pace);
	return chunk(in->s, in, &in->pace, octets);
}

bool
smtp_text_octets(struct reception *in, struct str octets)
{
	take_octets(in, &octets);
	return in->data.fault == DATA_OK && in->refusal.code == 0;
}

int
smtp_text_discard(struct smtp_session *s, uint64_t octets)
{
	struct pace pace;

	begin_pace(&pace, s);
	return chunk(s, NULL, &pace, octets);
}

/* What the header wants of recipients whom RCPT said nothing of: one who is not
 * who the sender means is enough.                           RFC 7293 5.2, 7 */
static struct reply
check_owners(struct reception *in)
{
	struct str fields = in->fixup ?
	    submission_fixup_valid_since(in->fixup) :
	    buf_get(&in->filter.valid_since);
	struct valid_since field;
	struct reply no = SMTP_NO_REPLY;
	enum rcpt_kind kind;

	while (no.code == 0 && valid_since_next(&fields, in->mem, &field)) {
		in->failed = submit_valid_since(in->s->txn, field.address,
		    field.since, &kind, &in->err);
		no = in->failed < 0 ? smtp_reply_err(in->failed) :
		    smtp_refuse_owner(kind);
	}
	return no;
}

/* Is this a message, and one to keep? 250: yes. */
static struct reply
check(struct reception *in)
{
	if (in->data.chunks)
		smtp_data_end(&in->data);
	if (in->data.fault == DATA_OK && in->refusal.code == 0)
		store_rest(in);
	if (in->data.fault != DATA_OK) {
		in->failed = submit_failed(in->s->txn, &in->err);
		return smtp_data_reply(in->data.fault);
	}
	look_at_people(in);
	if (in->refusal.code != 0)
		return in->refusal;
	in->failed = submit_text_end(in->s->txn, &in->facts, &in->err);
	if (in->failed < 0)
		return smtp_reply_err(in->failed);
	in->refusal = smtp_refuse_class(in->s, in->facts.solicitation);
	if (in->refusal.code == 0)
		in->refusal = check_owners(in);
	if (in->refusal.code != 0)
		return in->refusal;
	/* Ours is among them. */
	if (in->facts.received_count > SMTP_MAX_RECEIVED + 1)
		return smtp_reply(554, "5.4.6", "Mail loop: too many hops");
	return smtp_reply(250, "2.0.0", "Ok");
}

/* What was read of it, or why not, if that was wanted. */
static void
take_report(struct reception *in)
{
	struct smtp_session *s = in->s;
	const struct verdict *v = &in->verdict;

	if (v->read) {
		log_ctx_event(&s->d.log, LOG_INFO, "report_read",
		    F_STR("report", v->report));
		submit_was_read(s->txn);
	} else if (v->report.n > 0) {
		log_ctx_event(&s->d.log, LOG_INFO, "report_not_read",
		    F_STR("why", v->report));
	}
}

/* Who wrote it, and may it come in? 250: yes. */
static struct reply
hear_verdict(struct reception *in)
{
	struct smtp_session *s = in->s;
	struct verdict *v = &in->verdict;

	if (!in->judging)
		return smtp_reply(250, "2.0.0", "Ok");
	in->verdict_mem = arena_new(JUDGE_MEMORY);
	s->service->o.judge->finish(in->judging, in->verdict_mem, v);
	log_ctx_event(&s->d.log, LOG_INFO, "judged",
	    F_STR("from", submit_envelope(s->txn)->reverse_path),
	    F_STR("verdict", v->words), F_INT("junk", v->junk),
	    F_INT("held", v->hold));
	if (v->refusal.code != 0) {
		v->refusal.text = str_dup(s->cmd, v->refusal.text);
		return v->refusal;
	}
	v->others.text = str_dup(s->cmd, v->others.text);
	if (v->unsealed.n > 0)
		log_ctx_event(&s->d.log, LOG_WARN, "not_sealed",
		    F_STR("why", v->unsealed));
	take_report(in);
	submit_judged(s->txn, v->fields, v->junk, v->words);
	if (v->forged)
		submit_forged(s->txn);
	submit_traits(s->txn, v->traits, v->lesson);
	submit_standing(s->txn, &v->standing);
	submit_counted(s->txn, v->counted);
	submit_weighed(s->txn, &v->wrote, v->handed_by, v->hold);
	return smtp_reply(250, "2.0.0", "Ok");
}

/* Signed, if this is a submission that somebody here answers for. */
static int
reception_sign(struct reception *in, struct str *signature)
{
	const struct smtp_options *o = &in->s->service->o;
	struct str seven = STR_NULL;
	struct arena *mem;
	struct signable what;
	int e = 0;

	if (!o->sign)
		return 0;
	mem = arena_new(DIGEST_ARENA);
	if (submit_signable(in->s->txn, mem, &what))
		e = o->sign(in->s, &what, in->mem, signature, &in->err);
	arena_reset(mem);
	if (e == 0 && signature->n > 0 &&
	    submit_signable_7bit(in->s->txn, mem, &what))
		e = o->sign(in->s, &what, in->mem, &seven, &in->err);
	submit_signature_7bit(in->s->txn, seven);
	arena_free(mem);
	return e;
}

static struct reply
commit(struct reception *in)
{
	struct smtp_session *s = in->s;
	/* A seal is over the text as it came. */
	struct str signature = in->downgrade &&
	    downgrade_changed(in->downgrade) ? STR_NULL : in->verdict.seal;
	uint64_t message;
	int e = reception_sign(in, &signature);

	if (smtp_answers_each(s))
		submit_each(s->txn, in->verdict.others.code != 0);
	if (e == 0)
		e = submit_commit(s->txn, &in->origin, signature, &message,
		    &in->err);
	/* mx has no sender to be denied: it is our trouble. What was staged
	 * gave way to others. */
	if (e == E_DENIED && !smtp_logged_in(s))
		e = E_PEER;
	if (e == E_NOTFOUND)
		e = E_LIMIT;
	if (e == E_RATE)
		return smtp_reply_rate(s->cmd, &in->err);
	if (e < 0)
		return smtp_reply_err(in->failed = e);
	in->committed = true;
	if (in->downgrade)
		log_ctx_event(&s->d.log, LOG_INFO, "came_in_binary",
		    F_INT("message", message),
		    F_INT("size", in->data.octets),
		    F_INT("changed", downgrade_changed(in->downgrade)));
	if (message == 0)
		return smtp_reply(550, "5.7.1", "Nobody here takes it");
	s->messages++;
	s->junk = 0;
	log_ctx_event(&s->d.log, LOG_INFO, "received",
	    F_INT("message", message),
	    F_STR("from", submit_envelope(s->txn)->reverse_path),
	    F_STR("to", submit_recipient_names(s->txn, s->cmd)),
	    F_INT("recipients", submit_recipients(s->txn)),
	    F_INT("size", in->facts.raw_size),
	    F_STR("user", smtp_user(s)),
	    F_INT("priority", submit_envelope(s->txn)->priority),
	    F_STR("message-id", in->facts.message_id));
	return smtp_replyf(s->cmd, 250, "2.0.0", "Ok: queued as %llu",
	    (unsigned long long)message);
}

/* Who hands it in, as From or Sender would say. */
static struct str
submitter(const struct smtp_session *s)
{
	struct str from = submit_envelope(s->txn)->reverse_path;

	return from.n > 0 ? from : smtp_user(s);
}

static void
begin_judging(struct reception *in)
{
	struct smtp_session *s = in->s;
	const struct smtp_judge *judge = s->service->o.judge;
	struct mime_watch watch;

	in->judging = judge->begin(judge, &(struct judge_ask){
	    in->origin.peer, in->origin.helo,
	    submit_envelope(s->txn)->reverse_path,
	    submit_recipient_list(s->txn, JUDGE_RCPTS, in->mem),
	    submit_forwards(s->txn), submit_reads(s->txn), s->hasty,
	    smtp_answers_each(s) });
	if (!in->judging)
		return;
	watch = judge->watch(in->judging);
	submit_watch(s->txn, &watch);
}

struct reception *
smtp_text_begin(struct smtp_session *s, bool chunks)
{
	const struct smtp_options *o = &s->service->o;
	struct arena *mem = arena_new(RECEPTION_MEM);
	struct reception *in = arena_new_of(mem, struct reception);
	uint64_t most = submit_most(s->txn, o->max_message);

	*in = (struct reception){ .s = s, .mem = mem };
	in->origin = (struct origin){
		.peer = str_c(s->d.peer.address),
		.helo = buf_get(&s->helo),
		.tls = stream_tls(s->d.stream).version,
		.protocol = protocol(s),
		.session = str_c(s->d.id),
		.via = smtp_via(s, mem),
	};
	in->id = arena_printf(mem, "%s.%u", s->d.id, ++s->begun);
	if (o->sign)
		in->fixup = submission_fixup_new(mem,
		    &(struct submission_fixup_options){
			.hostname = o->hostname,
			/* Nobody can name it but who has it. */
			.id = arena_printf(mem, "%.*s.%016llx",
			    STR_FMT(in->id), (unsigned long long)
			    loop_random64(s->d.loop)),
			.sender = submitter(s),
			.at = loop_wall(s->d.loop),
			.all_here = submit_all_here(s->txn) });
	results_filter_init(&in->filter, o->hostname);
	in->filter.passes_on = !submit_all_here(s->txn);
	if (o->judge)
		begin_judging(in);
	if (chunks && s->binary)
		smtp_data_init_binary(&in->data, most);
	else if (chunks)
		smtp_data_init_chunks(&in->data, most);
	else
		smtp_data_init(&in->data, most);
	if (in->data.binary)
		in->downgrade = downgrade_new(&(struct downgrade_options){
		    .to = DOWNGRADE_8BIT, .line_max = SMTP_LINE_MAX,
		    .out = store_lines, .arg = in });
	begin_pace(&in->pace, s);
	store_trace(in);
	return in;
}

static struct reply
log_refusal(struct reception *in, struct reply r)
{
	struct smtp_session *s = in->s;

	smtp_note_refused(s, STR_NULL, &r, in->verdict.words);
	if (in->failed < 0)
		log_ctx_event(&s->d.log, LOG_WARN, "submit_failed",
		    F_ERR(&in->err));
	return r;
}

struct reply
smtp_text_refused(struct reception *in)
{
	struct reply r = in->refusal;

	in->failed = submit_failed(in->s->txn, &in->err);
	if (in->data.fault != DATA_OK)
		r = smtp_data_reply(in->data.fault);
	else if (r.code == 0 && in->failed < 0)
		r = smtp_reply_err(in->failed);
	return r.code ? log_refusal(in, r) : SMTP_NO_REPLY;
}

struct reply
smtp_text_end(struct reception *in)
{
	struct reply r = check(in);

	if (r.code == 250)
		r = hear_verdict(in);
	if (r.code == 250)
		r = commit(in);
	if (r.code != 250 && !in->committed)
		r = log_refusal(in, r);
	return smtp_answer_each(in->s, &(struct each_said){ r,
	    in->verdict.others, in->committed, in->verdict.words });
}

void
smtp_text_free(struct reception *in)
{
	if (!in)
		return;
	submission_fixup_free(in->fixup);
	results_filter_free(&in->filter);
	downgrade_free(in->downgrade);
	if (in->judging)
		in->s->service->o.judge->end(in->judging);
	arena_free(in->verdict_mem);
	arena_free(in->mem);
}
