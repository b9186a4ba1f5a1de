/*
 * cmd_append.c - APPEND: a message from the client, streamed once.
 *
 * When this runs, the command is parsed and its literal has not been read:
 * with a synchronizing literal the client waits for our "+" (or a refusal),
 * with LITERAL+ its octets come whether we want them or not.
 */
#include "imap/imap_int.h"
#include "mail/deposit.h"
#include "mail/mailboxes.h"

/* Is there such a mailbox? Asked before the client sends the message; if that
 * comes without waiting, the append itself will say. */
static struct answer
check_mailbox(struct imap_session *s, struct str name)
{
	struct status_answer m;
	struct err err = { 0 };
	int e;

	if (!s->gather.sync)
		return NO_ANSWER;
	e = mailbox_status(&s->account, name, &m, &err);
	if (e == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	return e < 0 ? imap_fail(s, "append", &err) : NO_ANSWER;
}

/* The literal, and the CRLF that ends the command. */
static int
receive_text(struct imap_session *s, struct deposit *text, struct str *rest)
{
	uint64_t left = s->gather.n;
	struct err err = { 0 };
	struct str octets;
	int e;

	while (left > 0) {
		dialogue_deadline(&s->d, IMAP_COMMAND_MS);
		if ((e = stream_peek(s->d.stream, &octets, &err)) < 0)
			return e;
		octets.n = left < octets.n ? (size_t)left : octets.n;
		deposit_write(text, octets);
		stream_eat(s->d.stream, octets.n);
		left -= octets.n;
	}
	e = stream_line(s->d.stream, GATHER_LINE_MAX, rest, &err);
	if (e == E_LIMIT) {
		*rest = STR("too long");
		return imap_drop_line(s, &err);
	}
	if (e < 0 || rest->n == 0)
		return e;
	e = imap_drop_rest(s, *rest, &err);
	*rest = STR("something");
	return e;
}

/* From "+" to the answer. */
static struct answer
receive_message(struct imap_session *s, const struct append_args *a,
    struct deposit *text)
{
	struct append_ask ask = {
		.change = store_change_id(s->account.store),
		.name = a->mailbox,
		.flags = a->flags.system,
		.keywords = flag_list_keywords(s->cmd, &a->flags),
		.received = a->dated ? a->date : loop_wall(s->d.loop),
		.offset_min = a->dated ? a->zone_min : 0,
	};
	struct append_answer got;
	struct answer ok = OK("Appended");
	struct deposit_facts facts;
	struct err err = { 0 };
	struct str rest;
	int e;

	if (s->gather.sync && imap_continue(s, STR("Go ahead")) < 0)
		return NO_ANSWER;
	if (receive_text(s, text, &rest) < 0)
		return NO_ANSWER;
	if (rest.n)
		return BAD("Syntax: unexpected text behind the message");
	if (deposit_finish(text, &facts, &err) < 0)
		return imap_fail(s, "append", &err);
	/* RFC 3501 4.3.1: no NUL in a literal. */
	if (facts.nul)
		return BAD("Syntax: a message with NUL in it");
	MSG_COPY(text, &ask, &facts);
	e = store_call(s->account.store, STORE_append, &ask, &got, s->cmd,
	    &err);
	if (e == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	if (e < 0)
		return imap_fail(s, "append", &err);
	/* RFC 4315 3 */
	ok.code = arena_printf(s->cmd, "APPENDUID %u %u", got.uidvalidity,
	    got.uid);
	return ok;
}

/* APPEND mailbox [(flags)] [date-time] {n}                RFC 3501 6.3.11 */
struct answer
imap_append(struct imap_session *s, const struct imap_command *c)
{
	const struct append_args *a = &c->args.append;
	const struct deposit_options o = { .store = s->account.store,
		.compress = s->service->compress, .loop = s->d.loop };
	struct deposit *text;
	struct answer answer;

	if (a->literal8)
		return imap_refuse_message(s, NO_CODE("UNKNOWN-CTE",
		    "No literal8 here"));
	if (!a->mailbox.p)
		return imap_refuse_message(s, NO_CODE("CANNOT",
		    "No mailbox can have this name"));
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
	text = deposit_new(&o);
	answer = receive_message(s, a, text);
	deposit_free(text);
	return answer;
}
