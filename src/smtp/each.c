/*
 * each.c - an answer for each recipient behind the text, in the order of their
 * RCPT: by LMTP instead of one for all (RFC 2033 4.2), by PRDR before it
 * (draft-hall-prdr, as Exim has it). What is said of one is what the commit did
 * for him.
 */
#include "smtp/smtp_int.h"

static struct reply
reply_of(const struct each_said *said, enum each each)
{
	static const struct reply replies[EACH_KINDS] = {
		[EACH_taken] = SMTP_REPLY_INIT(250, "2.1.5", "Ok"),
		[EACH_full] = SMTP_REPLY_INIT(452, "4.2.2", "Mailbox full"),
		[EACH_later] = SMTP_REPLY_INIT(450, "4.2.0",
		    "Mailbox cannot be used now, try again later"),
		[EACH_blocked] = SMTP_REPLY_INIT(550, "5.7.1",
		    "Your mail is not wanted here: a rule of its recipient"),
		[EACH_refused] = SMTP_REPLY_INIT(550, "5.7.1", "Not taken"),
	};

	return each == EACH_refused && said->others.code ? said->others :
	    replies[each];
}

/* Its answer, and what the log says of it. */
static struct reply
reply_to(struct smtp_session *s, const struct each_said *said,
    struct str address, enum each each)
{
	struct reply r;

	if (!said->committed)
		return said->r;
	if (each == EACH_taken && said->r.code == 250)
		return said->r;
	r = reply_of(said, each);
	if (r.code != 250)
		smtp_note_refused(s, address, &r, said->verdict);
	return r;
}

/* Refused for good only if it is so for all of them: a client takes a last word
 * that is none of success for that of each. */
static struct reply
last_word(const struct each_said *said, bool later)
{
	if (said->r.code == 250 || !later)
		return said->r;
	return smtp_reply(450, "4.2.0", "Nobody here takes it now");
}

struct reply
smtp_answer_each(struct smtp_session *s, const struct each_said *said)
{
	const bool lmtp = s->service->o.lmtp;
	const struct rcpt *at = NULL;
	struct str address;
	enum each each;
	struct reply r;
	bool later = false;

	/* What is refused as a whole needs no more than one answer. */
	if (!smtp_answers_each(s) || (!lmtp && !said->committed))
		return said->r;
	if (!lmtp)
		smtp_put_reply(s, &smtp_reply(353, NULL,
		    "An answer for each recipient follows"));
	while (submit_outcome(s->txn, &at, &address, &each)) {
		r = reply_to(s, said, address, each);
		later |= r.code / 100 == 4;
		smtp_put_reply(s, &r);
	}
	s->leaving |= lmtp && smtp_reply_ends(&said->r);
	return lmtp ? SMTP_NO_REPLY : last_word(said, later);
}
