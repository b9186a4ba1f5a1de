/*
 * cmd_data.c - DATA and BDAT.                   RFC 5321 4.1.1.4, RFC 3030
 */
#include "smtp/smtp_int.h"

/* RFC 5321 3.3; RFC 2033 4.2 */
static const struct reply *
no_recipients(const struct smtp_session *s)
{
	static const struct reply replies[] = {
		SMTP_REPLY_INIT(554, "5.5.1", "No valid recipients"),
		SMTP_REPLY_INIT(503, "5.5.1", "No valid recipients"),
	};

	return &replies[s->service->o.lmtp];
}

/* 354, the text, and the answer to it. Whatever that is, the transaction is
 * over; only a client that has not been told to send keeps it. */
struct reply
smtp_data(struct smtp_session *s, struct str args unused_arg)
{
	struct err err = { 0 };
	struct reply r = SMTP_NO_REPLY;

	/* Its lines end nowhere in particular.              RFC 3030 3 */
	if (s->binary)
		return smtp_reply(503, "5.5.1",
		    "BODY=BINARYMIME is for BDAT");
	/* RFC 2920 3.1: the client may have sent DATA without knowing. */
	if (submit_recipients(s->txn) == 0)
		return *no_recipients(s);
	if (smtp_say(s, smtp_reply(354, NULL,
		"Go ahead, end with <CRLF>.<CRLF>"), &err) < 0)
		return SMTP_NO_REPLY;
	s->text = smtp_text_begin(s, false);
	if (smtp_text_dots(s->text) == 0)
		r = smtp_text_end(s->text);
	smtp_txn_end(s);
	return r;
}

/* Where its octets end is not known, and what comes next may be text that
 * looks like commands. */
static struct reply
bad_chunk_size(void)
{
	return smtp_reply(421, "4.5.4", "Syntax: BDAT octets [LAST]");
}

/* RFC 3030 2: the octets are taken before they are refused. A client that
 * pipelines sends more such chunks before it hears of the first: they count as
 * recipients do. */
struct reply
smtp_bdat_refuse(struct smtp_session *s, struct str args,
    const struct reply *no)
{
	struct bdat_args chunk;

	if (!smtp_parse_bdat(args, &chunk))
		return bad_chunk_size();
	if (smtp_text_discard(s, chunk.octets) < 0)
		return SMTP_NO_REPLY;
	s->refused++;
	/* RFC 2033 4.3: an answer for each recipient, and there is none. */
	return s->service->o.lmtp && s->txn && chunk.last ? SMTP_NO_REPLY :
	    *no;
}

/* The answer to a chunk of a text that will not be taken, as r says. What
 * comes behind it is answered as if there had been no MAIL; by LMTP as this one
 * is, for a recipient has his answer behind the last one (RFC 2033 4.3). */
static struct reply
bdat_refused(struct smtp_session *s, struct reply r)
{
	if (!s->service->o.lmtp)
		smtp_txn_end(s);
	return r;
}

/* BDAT SP chunk-size [SP "LAST"]. A refused chunk ends the transaction. Between
 * two chunks the session rests as between any two commands. */
struct reply
smtp_bdat(struct smtp_session *s, struct str args)
{
	struct bdat_args chunk;
	struct reply r;

	if (submit_recipients(s->txn) == 0)
		return smtp_bdat_refuse(s, args, no_recipients(s));
	if (!smtp_parse_bdat(args, &chunk))
		return bad_chunk_size();
	if (!s->text)
		s->text = smtp_text_begin(s, true);
	if (smtp_text_chunk(s->text, chunk.octets) < 0)
		return SMTP_NO_REPLY;
	if (chunk.last) {
		r = smtp_text_end(s->text);
		smtp_txn_end(s);
		return r;
	}
	if ((r = smtp_text_refused(s->text)).code != 0)
		return bdat_refused(s, r);
	if (chunk.octets < SMTP_CHUNK_LEAST)
		r = smtp_count_junk(s, STR("BDAT"));
	return r.code ? r : smtp_replyf(s->cmd, 250, "2.0.0",
	    "%llu octets received", (unsigned long long)chunk.octets);
}
