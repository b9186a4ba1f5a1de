/*
 * dsn_words.c - what a status says to a person.              RFC 3463, 5248
 */
#include "relay/dsn_int.h"

static const struct dsn_outcome outcomes[] = {
	[OUTCOME_delivered] = { "delivered", '2', "Delivered",
	    "The message was delivered." },
	[OUTCOME_relayed] = { "relayed", '2', "Passed on",
	    "The next mail server has taken the message. That server does "
	    "not tell what becomes of it, so this is the last report." },
	[OUTCOME_deferred] = { "delayed", '4', "Delayed",
	    "The message has not been delivered yet." },
	[OUTCOME_failed] = { "failed", '5', "Undelivered",
	    "The message could not be delivered." },
	[OUTCOME_delayed] = { "delayed", '4', "Delayed",
	    "The message has not been delivered yet." },
	[OUTCOME_local] = { "delivered", '2', "Delivered",
	    "The message is in the mailbox." },
	[OUTCOME_expanded] = { "expanded", '2', "Passed on",
	    "The message was sent on to the addresses that stand behind this "
	    "one. No further reports on them will come." },
	[OUTCOME_late] = { "delayed", '4', "Delayed",
	    "The message has not been delivered by the time that you asked "
	    "for." },
	[OUTCOME_passed] = { "relayed", '2', "Passed on",
	    "The next mail server has taken the message. You asked to hear "
	    "of that." },
};

const struct dsn_outcome *
dsn_outcome(const struct queue_rcpt *r)
{
	uint32_t n = r->outcome;

	if (n >= NELEM(outcomes) || !outcomes[n].action)
		n = OUTCOME_failed;
	return &outcomes[n];
}

/* status-code = ("2" / "4" / "5") "." 1*3DIGIT "." 1*3DIGIT  RFC 3463 2 */
static bool
is_status(struct str s)
{
	struct rd r = rd_of(s);
	int class = rd_next(&r);

	if (class != '2' && class != '4' && class != '5')
		return false;
	for (int i = 0; i < 2; i++)
		if (!rd_need(&r, '.') || rd_some(&r, ascii_is_digit).n > 3)
			return false;
	return rd_done(&r);
}

/* A server without status codes says it in words: what most of them write. */
static bool
says_no_mailbox(const struct queue_rcpt *r)
{
	static const struct str words[] = { { "user unknown", 12 },
		{ "unknown user", 12 }, { "no such user", 12 },
		{ "unknown recipient", 17 }, { "recipient unknown", 17 },
		{ "no such recipient", 17 }, { "no such mailbox", 15 },
		{ "mailbox not found", 17 }, { "user not found", 14 },
		{ "no mailbox here by that name", 28 } };

	if (r->status.n > 0 || (r->code != 550 && r->code != 551 &&
	    r->code != 553))
		return false;
	for (size_t i = 0; i < NELEM(words); i++)
		if (str_findi(r->text, words[i]) < r->text.n)
			return true;
	return false;
}

struct str
dsn_status(const struct queue_rcpt *r)
{
	const struct dsn_outcome *o = dsn_outcome(r);
	bool good = is_status(r->status);

	if (r->outcome == OUTCOME_late)	/* RFC 2852 4.1.3 */
		return STR("4.4.7");
	if (o->class == '5' && says_no_mailbox(r))
		return STR("5.1.1");

	/* Given up after trying: a failure of class 4 (RFC 3464 2.3.4). */
	if (good && (r->status.p[0] == o->class ||
	    (o->class == '5' && r->status.p[0] == '4')))
		return r->status;
	return o->class == '2' ? STR("2.0.0") :
	    o->class == '4' ? STR("4.0.0") : STR("5.0.0");
}

#define ASK_ADMIN "Tell the administrator of your mail server, and show " \
	"this report."
#define ASK_OTHERS "Ask the recipient in another way, by telephone for " \
	"example."

/* Exact ones first, then by subject alone, then the last for all. */
static const struct dsn_advice advices[] = {
	{ "1.1", "There is no mailbox with this address.",
	    "Look for a typing mistake in the address, or ask the recipient "
	    "for the right one. Sending the same again will not help." },
	{ "1.2", "The part of the address behind the @ does not exist as a "
	    "place for mail.",
	    "Look for a typing mistake behind the @ of the address." },
	{ "1.3", "The address is not written as an address should be.",
	    "Look for a typing mistake in the address." },
	{ "1.6", "The recipient has moved and left no new address.",
	    ASK_OTHERS },
	{ "1.7", "The other server does not accept your own address.",
	    ASK_ADMIN },
	{ "1.8", "The other server does not accept your own address.",
	    ASK_ADMIN },
	{ "1.10", "The part of the address behind the @ takes no mail at "
	    "all.",
	    "Look for a typing mistake behind the @ of the address." },
	{ "2.1", "The mailbox is closed for mail.", ASK_OTHERS },
	{ "2.2", "The mailbox of the recipient is full.",
	    "Send the message again in some days, or tell the recipient in "
	    "another way that the mailbox is full." },
	{ "2.3", "The message is too large for this mailbox.",
	    "Send it without large attachments, or in several pieces." },
	{ "3.1", "The other server has no room at the moment.",
	    "Send the message again later." },
	{ "3.2", "The other server takes no mail.",
	    "Look for a typing mistake behind the @ of the address. If it is "
	    "right, tell the recipient in another way." },
	{ "3.3", "The other server does not know how to do what you asked for "
	    "with this message.",
	    "Send it without that wish." },
	{ "3.4", "The message is too large for the other server.",
	    "Send it without large attachments, or in several pieces." },
	{ "4.1", "The mail server of the recipient could not be reached.",
	    "Send the message again later. If it keeps failing, tell the "
	    "recipient in another way that the mail server is down." },
	{ "4.2", "The connection to the mail server of the recipient was "
	    "lost.",
	    "Send the message again later." },
	{ "4.3", "It could not be found out where mail to this address "
	    "goes.",
	    "Look for a typing mistake behind the @ of the address. If it is "
	    "right, send the message again later." },
	{ "4.4", "No mail server was found for this address.",
	    "Look for a typing mistake behind the @ of the address." },
	{ "4.6", "The message went round in circles.", ASK_ADMIN },
	{ "4.7", "It was tried again and again, and the time for it is over.",
	    "Send the message again later, or tell the recipient in another "
	    "way." },
	{ "5.3", "The message has more recipients than the other server "
	    "takes at once.",
	    "Send it to fewer people at a time." },
	{ "6.3", "The other server cannot take a message of this form.",
	    "Send it as plain text, or the text as an attachment." },
	{ "6.7", "The other server does not know addresses with letters "
	    "beyond a to z.",
	    "Ask the recipient for an address with plain letters." },
	{ "7.1", "The other server does not want this message, by its own "
	    "rules. Often it took the message for spam, or you may not "
	    "write to this address.",
	    "Read what the server said; it may tell what to do. "
	    ASK_OTHERS },
	{ "7.4", "No secure connection to the other server could be made.",
	    ASK_ADMIN },
	{ "7.5", "No secure connection to the other server could be made.",
	    ASK_ADMIN },
	{ "7.8", "The other server wanted a password that it did not get.",
	    ASK_ADMIN },
	{ "7.10", "A secure connection was demanded and could not be made.",
	    ASK_ADMIN },
	{ "7.11", "A secure connection was demanded and could not be made.",
	    ASK_ADMIN },
	{ "7.30", "You asked that the message travels by secure connections "
	    "only, to its end, and the other server does not promise that.",
	    "Send it without that wish, or ask the recipient for an address "
	    "at another server." },
	{ "7.20", "The signature of the message did not convince the other "
	    "server.", ASK_ADMIN },
	{ "7.23", "The other server does not believe that this mail server "
	    "may send for your address.", ASK_ADMIN },
	{ "7.25", "The other server does not trust the name of this mail "
	    "server.", ASK_ADMIN },
	{ "7.26", "The other server does not believe that the message is "
	    "from your address.", ASK_ADMIN },

	{ "1", "There is something wrong with this address.",
	    "Look for a typing mistake in the address." },
	{ "2", "The mailbox of the recipient could not take the message.",
	    "Send the message again later. " ASK_OTHERS },
	{ "3", "The other server could not take the message.",
	    "Send the message again later." },
	{ "4", "There was trouble on the way to the other server.",
	    "Send the message again later." },
	{ "5", "The two mail servers did not understand each other.",
	    ASK_ADMIN },
	{ "6", "The other server could not take the message the way it is "
	    "written.",
	    "Send it as plain text, without attachments." },
	{ "7", "The other server does not want this message, by its own "
	    "rules.",
	    "Read what the server said; it may tell what to do. "
	    ASK_OTHERS },
	{ "", "The other server gave no reason that is generally understood.",
	    "Read what the server said; it may tell what to do. "
	    ASK_OTHERS },
};

static const struct dsn_advice *
words_of(struct str status)
{
	for (size_t i = 0; i < NELEM(advices); i++)
		if (str_eq(status, str_c(advices[i].status)))
			return &advices[i];
	return NULL;
}

const struct dsn_advice *
dsn_advice(struct str status)
{
	struct str class, rest, subject, detail;
	const struct dsn_advice *a;

	(void)str_cut(status, '.', &class, &rest);
	(void)str_cut(rest, '.', &subject, &detail);
	if (!(a = words_of(rest)) && !(a = words_of(subject)))
		a = words_of(STR(""));
	return a;
}

/* A route with a refusal in it: no other server had a say. */
static bool
is_refused_here(const struct queue_rcpt *r)
{
	return r->code == 0 && r->host.n == 0 &&
	    str_eq(dsn_status(r), STR("5.7.1"));
}

const struct dsn_advice *
dsn_advice_for(const struct queue_rcpt *r)
{
	static const struct dsn_advice here = { "7.1",
		"Your own mail server sends no mail there: whoever runs it "
		"has decided so.",
		"If it should be sent, talk to the administrator of your "
		"mail server." };

	/* What to do about a delay is always the same: nothing. */
	static const struct dsn_advice later = { "7",
		"The other server does not take the message yet. Many let a "
		"sender whom they do not know wait at first, or take only "
		"so much at a time.",
		"" };

	static const struct dsn_advice late = { "4.7",
		"The time you asked for has passed. It goes on being tried.",
		"" };

	if (is_refused_here(r))
		return &here;
	if (r->outcome == OUTCOME_late)
		return &late;
	if (dsn_outcome(r)->class == '4' &&
	    str_starts(dsn_status(r), STR("4.7.")) && r->code > 0)
		return &later;
	return dsn_advice(dsn_status(r));
}
