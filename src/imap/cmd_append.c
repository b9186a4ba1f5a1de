/*
 * cmd_append.c - APPEND: messages from the client, each streamed once.
 *
 * When this runs, the command is parsed up to the first message, whose literal
 * has not been read: with a synchronizing literal the client waits for our "+"
 * (or a refusal), with LITERAL+ its octets come whether we want them or not.
 * The line behind a message ends the command, or has the next one. RFC 3502
 */
#include "imap/catenate.h"
#include "mail/append.h"
#include "mail/deposit.h"
#include "mail/mailboxes.h"

/* Is there such a mailbox? Asked before the client sends the message; if that
 * comes without waiting, the append itself will say. */
static struct answer
check_mailbox(struct imap_session *s, const struct append_args *a)
{
	struct status_answer m;
	struct err err = { 0 };
	int e;

	if (!a->first.sync)
		return NO_ANSWER;
	e = mailbox_status(&s->account, a->mailbox, false, &m, &err);
	if (e == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	return e < 0 ? imap_fail(s, "append", &err) : NO_ANSWER;
}

int
imap_receive(struct imap_session *s, uint64_t left,
    int (*take)(void *arg, struct str octets), void *arg, struct buf *line)
{
	struct err err = { 0 };
	struct str octets;
	int e;

	buf_reset(line);
	/* What was said so far may be what the client waits for. */
	(void)stream_flush(s->d.stream, NULL);
	pace_resume(&s->pace);
	while (left > 0) {
		if ((e = pace_peek(&s->pace, s->d.stream, &octets, &err)) < 0)
			return e;
		octets.n = left < octets.n ? (size_t)left : octets.n;
		pace_count(&s->pace, octets.n);
		(void)take(arg, octets);
		stream_eat(s->d.stream, octets.n);
		left -= octets.n;
	}
	e = stream_line(s->d.stream, GATHER_LINE_MAX, &octets, &err);
	if (e == E_LIMIT) {
		buf_lit(line, " too long");
		return imap_drop_line(s, &err);
	}
	if (e == 0)
		buf_str(line, octets);
	return e;
}

static int
to_deposit(void *arg, struct str octets)
{
	deposit_write(arg, octets);
	return 0;
}

_Static_assert(APPENDED_MAX == 10000, "SAVELIMIT"
    " and the most that imap-message-limit may be");

/* An APPEND under way. */
struct append_run {
	struct imap_session *s;
	struct append_message *next;	/* the one to be read now */
	struct arena *mem;		/* of that message */
	struct buf line;		/* that announces it */
	struct appending all;
	struct str tag;
	uint32_t replaced;		/* 0: none is */
	bool only;			/* it was one, and is appended */
	bool ahead;			/* and will be: it has its answer
					 * then */
	struct append_answer uid;	/* of it */
};

static struct answer
append_failed(struct imap_session *s, int e, const struct err *err)
{
	if (e == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	if (e == E_STALE)	/* RFC 8508: what was to be replaced */
		return NO_CODE("EXPUNGEISSUED", "The message has gone");
	return imap_fail(s, "append", err);
}

/* The message was read: hand it in, or put it to the others. */
static struct answer
take_message(struct append_run *r, struct deposit *text, bool last)
{
	struct imap_session *s = r->s;
	const struct append_message *m = r->next;
	struct append_ask ask = {
		.change = store_change_id(s->account.store),
		.name = r->all.mailbox,
		.flags = m->flags.system,
		.keywords = flag_list_keywords(r->mem, &m->flags),
		.received = m->dated ? m->date : loop_wall(s->d.loop),
		.offset_min = m->dated ? m->zone_min : 0,
		.replaced_in = r->replaced ? s->view.at.mailbox : 0,
		.replaced = r->replaced,
	};
	struct deposit_facts facts;
	struct appended one;
	struct err err = { 0 };
	int e;

	if (deposit_finish(text, &facts, &err) < 0)
		return imap_fail(s, "append", &err);
	/* RFC 3501 4.3.1: no NUL in a literal. Nor is there any in a message
	 * here: BODY could not give it.                       RFC 3516 4.4 */
	if (facts.nul)
		return m->literal8 ? NO_CODE("UNKNOWN-CTE",
		    "A message with NUL in it is not stored here") :
		    BAD("Syntax: a message with NUL in it");
	/* A header beyond ASCII is taken from everybody, whatever RFC 6855 4
	 * says: who copies old mail here, with raw octets of some charset in
	 * it, would lose it. */
	MSG_COPY(text, &ask, &facts);
	MSG_COPY(appended, &one, &ask);
	if (r->replaced && !last)
		return NO_ANSWER;
	if (s->service->message_limit &&
	    r->all.n == s->service->message_limit)
		return imap_over_limit(s, 0);
	r->only = last && r->all.n == 0;
	r->ahead = r->only && !r->replaced &&
	    imap_append_ahead(s, r->tag, &ask);
	if (r->ahead)
		return NO_ANSWER;
	if (r->only)
		e = store_call(s->account.store, STORE_append, &ask, &r->uid,
		    r->mem, &err);
	else
		e = appending_add(&r->all, &one, &err);
	/* RFC 9738 3.1: none of them is appended. */
	if (e == E_LIMIT && r->all.n == APPENDED_MAX)
		return NO_CODE("MESSAGELIMIT 10000",
		    "Too many messages at once");
	return e < 0 ? append_failed(s, e, &err) : NO_ANSWER;
}

/* The end of UTF8 (...), off the line behind its literal8. */
static bool
cut_utf8_end(struct buf *line)
{
	if (line->n == 0 || line->p[0] != ')')
		return false;
	buf_eat(line, 1);
	return true;
}

/* CATENATE (...)                                                   RFC 4469 */
static struct answer
put_together(struct append_run *r, const struct deposit_options *o)
{
	struct deposit *text = deposit_new(o);
	struct answer a;

	buf_reset(&r->line);
	buf_str(&r->line, r->next->parts);
	a = imap_catenate(r->s, &r->line, text);
	if (a.kind == ANSWER_NONE && stream_failed(r->s->d.stream) == 0)
		a = take_message(r, text, r->line.n == 0);
	deposit_free(text);
	return a;
}

/* From "+" to the line behind the message, which is what r->line has then. */
static struct answer
receive_message(struct append_run *r)
{
	struct imap_session *s = r->s;
	const struct deposit_options o = { .store = s->account.store,
		.compress = s->service->compress, .loop = s->d.loop };
	struct answer answer = NO_ANSWER;
	struct deposit *text;

	if (r->next->catenate)
		return put_together(r, &o);
	if (r->next->sync)
		imap_settle_appends(s);
	if (r->next->sync && imap_continue(s, STR("Go ahead")) < 0)
		return NO_ANSWER;
	text = deposit_new(&o);
	if (imap_receive(s, r->next->size, to_deposit, text, &r->line) == 0)
		answer = r->next->utf8 && !cut_utf8_end(&r->line) ?
		    BAD("Syntax: expected the end of UTF8 (...)") :
		    take_message(r, text, r->line.n == 0);
	deposit_free(text);
	return answer;
}

/* What is refused before the octets of a message come. */
static struct answer
check_message(struct imap_session *s, const struct append_message *m)
{
	if (m->utf8 && !imap_utf8(s))
		return BAD("Enable UTF8=ACCEPT first");
	/* RFC 3502: this can be used to cancel the append. */
	if (m->size == 0 && !m->catenate)
		return NO("An empty message is none");
	if (m->size > s->service->max_message)
		return NO_CODE("TOOBIG", "The message is too large");
	return NO_ANSWER;
}

/* append-message: the next one, in the line behind the one before. */
static struct answer
read_next(struct append_run *r)
{
	struct answer bad = BAD("Syntax: unexpected text behind the message");
	union args *args;
	struct scan scan;

	if (r->replaced)	/* RFC 8508 4.7: by one only */
		return bad;
	arena_reset(r->mem);
	args = arena_new_of(r->mem, union args);
	*args = (union args){ 0 };
	/* The line is another one when the message has come. */
	scan = scan_of(str_dup(r->mem, buf_get(&r->line)), r->mem);
	args_append_next(&scan, args);
	r->next = &args->append_next;
	if (scan_ok(&scan))
		return check_message(r->s, r->next);
	if (scan.limit)
		return (struct answer){ ANSWER_NO, STR("LIMIT"),
			str_c(scan.want) };
	return bad;
}

/* resp-code-apnd = "APPENDUID" SP nz-number SP append-uid     RFC 4315 4 */
struct answer
imap_appended(struct imap_session *s, int e, const struct err *err,
    const struct append_answer *a)
{
	struct answer ok = OK("Appended");
	auto_buf uid = BUF_INIT(16);

	if (e < 0)
		return append_failed(s, e, err);
	selection_add(&uid, a->uid, a->uid);
	imap_made_here(s, a->uidvalidity, buf_get(&uid));
	ok.code = arena_printf(s->cmd, "APPENDUID %u %u", a->uidvalidity,
	    a->uid);
	return ok;
}

static struct answer
all_appended(struct append_run *r)
{
	struct answer ok = OK("Appended");
	auto_buf b = BUF_INIT(COPYUID_MAX);

	imap_made_here(r->s, r->all.uidvalidity, buf_get(&r->all.uids));
	buf_printf(&b, "APPENDUID %u ", r->all.uidvalidity);
	imap_put_uids(&b, buf_get(&r->all.uids));
	if (!buf_failed(&r->all.uids) && !buf_failed(&b))
		ok.code = str_dup(r->s->cmd, buf_get(&b));
	return ok;
}

static struct answer
receive_all(struct append_run *r)
{
	struct imap_session *s = r->s;
	struct err err = { 0 };
	int e;
	struct answer answer;

	for (;;) {
		answer = receive_message(r);
		if (stream_failed(s->d.stream) < 0)
			return NO_ANSWER;
		if (answer.kind == ANSWER_NONE && r->line.n == 0)
			break;
		if (answer.kind == ANSWER_NONE)
			answer = read_next(r);
		if (answer.kind != ANSWER_NONE)
			return imap_drop_rest(s, buf_get(&r->line), &err) < 0 ?
			    NO_ANSWER : answer;
	}
	if (r->ahead)
		return NO_ANSWER;
	if (r->only)
		return imap_appended(s, 0, NULL, &r->uid);
	e = appending_end(&r->all, &err);
	return e < 0 ? append_failed(s, e, &err) : all_appended(r);
}

struct answer
imap_take_in(struct imap_session *s, struct str tag,
    const struct append_args *a, uint32_t replaced)
{
	struct append_message first = a->first;
	struct append_run r = { .s = s, .next = &first, .tag = tag,
		.replaced = replaced, .line = BUF_INIT(GATHER_LINE_MAX) };
	struct answer answer;

	/* What takes its time to come: who waits for the others is told. */
	if (first.size > IMAP_AHEAD_OCTETS || first.catenate)
		imap_settle_appends(s);
	if (!a->mailbox.p)
		return imap_refuse_message(s, NO_CODE("CANNOT",
		    "No mailbox can have this name"));
	answer = check_message(s, &first);
	if (answer.kind == ANSWER_NONE)
		answer = check_mailbox(s, a);
	if (answer.kind != ANSWER_NONE)
		return imap_refuse_message(s, answer);
	if (stream_failed(s->d.stream) < 0)
		return NO_ANSWER;
	r.mem = arena_new(SCAN_ARENA(GATHER_LINE_MAX));
	appending_init(&r.all, s->account.store, a->mailbox);
	answer = receive_all(&r);
	if (answer.kind != ANSWER_OK && !r.ahead)
		appending_drop(&r.all);
	appending_free(&r.all);
	arena_free(r.mem);
	buf_free(&r.line);
	return answer;
}

/* APPEND mailbox 1*([(flags)] [date-time] {n})   RFC 3501 6.3.11, RFC 3502 */
struct answer
imap_append(struct imap_session *s, const struct imap_command *c)
{
	return imap_take_in(s, c->tag, &c->args.append, 0);
}
