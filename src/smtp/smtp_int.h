/*
 * smtp_int.h - what the files of the server dialogue share.
 */
#pragma once
#include "base/ip.h"
#include "mail/account.h"
#include "mail/submit.h"
#include "rt/dialogue.h"
#include "smtp/grammar.h"
#include "smtp/judge.h"
#include "smtp/reply.h"
#include "smtp/session.h"
#include "smtp/xclient.h"

enum {
	SMTP_MAX_ERRORS = 20,	/* commands that made no sense */
	SMTP_MAX_REFUSED = 100,	/* recipients that we do not take */
	SMTP_MAX_JUNK = 200,	/* commands since the last message, RCPT and
				 * DATA apart */
	SMTP_MAX_RECEIVED = 50,	/* Received: fields: a loop, 6.3 */
	SMTP_SENDER_MAX = 320,	/* of an address that store is asked about */
	SMTP_TARPIT_MAX = 100,	/* sessions of a worker that wait in it */
	SMTP_EARLY_ERRORS = 10,	/* that talking before the greeting counts */
	SMTP_CHUNK_LEAST = 64,	/* octets; less is for the count of junk */
};

/* When a command is allowed; checked in this order. */
enum smtp_when {
	WHEN_BARE = 1 << 0,	/* takes no argument: 501 */
	WHEN_HELO = 1 << 1,	/* after HELO or EHLO: 503 */
	WHEN_LOGIN = 1 << 2,	/* after AUTH, where that is a must: 530 */
	WHEN_IDLE = 1 << 3,	/* not inside a mail transaction: 503 */
	WHEN_MAIL = 1 << 4,	/* only inside one: 503 */
	WHEN_NO_TEXT = 1 << 5,	/* not behind a chunk of its text: 503 */
	WHEN_SMTP = 1 << 6,	/* not in LMTP: 500 */
	WHEN_LMTP = 1 << 7,	/* only there: 500 */
};

/* One row for each command. A handler returns its reply and writes nothing,
 * but for the dialogues inside DATA, AUTH and STARTTLS. */
struct smtp_verb {
	const char *word;
	unsigned when;
	struct reply (*handle)(struct smtp_session *s, struct str args);
	/* A line of EHLO's answer, and whether this session gets it (NULL:
	 * always). */
	const char *keyword;
	bool (*offered)(const struct smtp_session *s);
	void (*say_more)(const struct smtp_session *s, struct buf *b);
	const char *help;	/* for HELP with its name; lines */
	/* Takes what comes behind the command when it is not allowed, and
	 * returns that refusal; NULL: nothing does. */
	struct reply (*refuse)(struct smtp_session *s, struct str args,
	    const struct reply *no);
	bool long_line;		/* SMTP_AUTH_LINE_MAX */
	bool hidden;		/* no command where it is not offered */
};
extern const struct smtp_verb smtp_verbs[];
extern const size_t smtp_nverbs;

struct smtp_service {
	struct smtp_options o;
	struct smtp_judge judge;	/* o.judge is this, or NULL */
	struct arena *mem;
	size_t refs;
	uint32_t slowed;	/* sessions in the tarpit */
};

struct smtp_session {
	struct dialogue d;
	struct smtp_service *service;
	struct store *store;	/* the service's, or that of the login */
	struct arena *cmd;	/* of one command */
	struct submission *txn;	/* from MAIL to the end of DATA, else NULL */
	struct reception *text;	/* of txn; NULL: nothing of it has come */
	struct account *account; /* whose it is; NULL: nobody has tried */
	void (*logout)(struct smtp_session *s);	/* account is not NULL */
	struct buf helo;	/* empty: none yet */
	/* Who made the connection, once they have said for whom (XCLIENT). */
	char by[46];		/* empty: nobody has */
	bool helo_told;		/* helo is of XCLIENT */
	struct arena *forwarded_mem; /* of what XFORWARD says of the next */
	struct xclient forwarded;	/* message; NULL: nothing */
	struct buf sender;	/* whom store last let them write as */
	struct ip host;		/* where it comes from, */
	bool counted;		/* if that is counted by store */
	bool esmtp;
	bool prdr;		/* txn wants an answer for each recipient */
	bool binary;		/* its text may have any octets */
	bool hasty;		/* said more before EHLO was answered */
	bool leaving;		/* no command after this reply */
	uint16_t errors, refused, junk; /* none goes over its bound */
	uint32_t messages;	/* accepted, and begun: for ids */
	uint32_t begun;
};

/* Has somebody logged in, and who (empty: nobody)? */
static inline bool
smtp_logged_in(const struct smtp_session *s)
{
	return s->account && s->account->store;
}
static inline struct str
smtp_user(const struct smtp_session *s)
{
	return s->account ? str_c(s->account->address) : STR("");
}

/* Is each recipient to have an answer to the text? RFC 2033 4.2, and PRDR */
static inline bool
smtp_answers_each(const struct smtp_session *s)
{
	return s->service->o.lmtp || s->prdr;
}

/* Forget the transaction (RSET). */
void smtp_txn_end(struct smtp_session *s);
/* Forget all that was said, as after STARTTLS (RFC 3207 4.2). */
void smtp_forget(struct smtp_session *s);

/* It comes from there; is that counted? */
void smtp_know_host(struct smtp_session *s);
/* "mx.example.org ESMTP Postern", in the arena of the command. */
struct str smtp_greeting(struct smtp_session *s);

/* How it came, where somebody in front said so, in the arena: for the journal,
 * of ASCII. Empty: nobody did. */
struct str smtp_via(const struct smtp_session *s, struct arena *a);
void smtp_forget_forwarded(struct smtp_session *s);

/* The deadline of what is read next: the command timeout from now. */
void smtp_deadline(struct smtp_session *s);

/* What a handler returns that has said all there was to say. */
#define SMTP_NO_REPLY ((struct reply){ 0, NULL, STR_NULL })

/* For handlers with a dialogue of their own: write the reply and flush. */
int smtp_say(struct smtp_session *s, struct reply r, struct err *err);

/* Is it a command of the protocol that is spoken here? */
bool smtp_verb_is_here(const struct smtp_session *s,
    const struct smtp_verb *v);
/* Nobody here is to know of it. */
bool smtp_verb_is_hidden(const struct smtp_session *s,
    const struct smtp_verb *v);
/* Row of this command, the service's own included; NULL. */
const struct smtp_verb *smtp_verb_find(const struct smtp_session *s,
    struct str word);
/* All rows one after the other; NULL at the end. */
const struct smtp_verb *smtp_verb_at(const struct smtp_session *s, size_t i);

/* The lines of EHLO's answer behind the first, each begun with LF. */
void smtp_offer(const struct smtp_session *s, struct buf *b);
/* Whose parameters MAIL and RCPT may have: WITH_*. */
unsigned smtp_offered(const struct smtp_session *s);

/* The text of a message, between two chunks of it s->text: all that is kept
 * goes with the transaction. */
struct reception *smtp_text_begin(struct smtp_session *s, bool chunks);
/* After 354: all of it. Negative when the client is lost. */
int smtp_text_dots(struct reception *in);
/* The same, of a chunk of it. */
int smtp_text_chunk(struct reception *in, uint64_t octets);
/* Octets from elsewhere, as those of a chunk. False: nothing more of it is
 * wanted, smtp_text_refused() says why. */
bool smtp_text_octets(struct reception *in, struct str octets);
/* Octets for nobody: the same. */
int smtp_text_discard(struct smtp_session *s, uint64_t octets);
/* Why it will not be taken, if that is known already; code 0: go on. */
struct reply smtp_text_refused(struct reception *in);
/* It is complete: is it a message, and one to keep? Then up to the submit. */
struct reply smtp_text_end(struct reception *in);
void smtp_text_free(struct reception *in);	/* NULL is fine */

/* One more command that brings no message nearer; 421 when it was one too
 * many, else code 0. */
struct reply smtp_count_junk(struct smtp_session *s, struct str verb);

/* May whoever is in this session write as this address? 0, E_DENIED, or why
 * that cannot be said. */
int smtp_may_send_as(struct smtp_session *s, struct str from, struct err *err);
/* They may not: for the log. */
void smtp_note_denied(struct smtp_session *s, struct str from);

/* each.c: what is said behind a text whose answer as a whole is r: that, or
 * an answer for each recipient. message: it was committed, and store has said
 * of each what became of it; others: what those hear that mx refused. */
struct each_said {
	struct reply r, others;
	bool committed;
	struct str verdict;	/* for the journal */
};
struct reply smtp_answer_each(struct smtp_session *s,
    const struct each_said *said);
/* Write it; what code 0 says is nothing. */
void smtp_put_reply(struct smtp_session *s, const struct reply *r);

/* Is it of a class that is not wanted here? Code 0: go on.    RFC 3865 2.4 */
struct reply smtp_refuse_class(const struct smtp_session *s,
    struct str classes);

/* It is not known to be the same person's as then; code 0: nothing of that. */
struct reply smtp_refuse_owner(enum rcpt_kind kind);

/* A recipient was refused, or (address empty) a message, after MAIL: for log
 * and journal. verdict: what was found of it; may be empty. */
void smtp_note_refused(struct smtp_session *s, struct str address,
    const struct reply *r, struct str verdict);

/* Handlers. */
struct reply smtp_helo(struct smtp_session *s, struct str args);
struct reply smtp_ehlo(struct smtp_session *s, struct str args);
struct reply smtp_mail(struct smtp_session *s, struct str args);
struct reply smtp_rcpt(struct smtp_session *s, struct str args);
struct reply smtp_rset(struct smtp_session *s, struct str args);
struct reply smtp_data(struct smtp_session *s, struct str args);
struct reply smtp_bdat(struct smtp_session *s, struct str args);
struct reply smtp_bdat_refuse(struct smtp_session *s, struct str args,
    const struct reply *no);
struct reply smtp_noop(struct smtp_session *s, struct str args);
struct reply smtp_vrfy(struct smtp_session *s, struct str args);
struct reply smtp_expn(struct smtp_session *s, struct str args);
struct reply smtp_help(struct smtp_session *s, struct str args);
struct reply smtp_quit(struct smtp_session *s, struct str args);
struct reply smtp_etrn(struct smtp_session *s, struct str args);
bool smtp_etrn_offered(const struct smtp_session *s);
struct reply smtp_xclient(struct smtp_session *s, struct str args);
bool smtp_xclient_offered(const struct smtp_session *s);
void smtp_xclient_say(const struct smtp_session *s, struct buf *b);
struct reply smtp_xforward(struct smtp_session *s, struct str args);
bool smtp_xforward_offered(const struct smtp_session *s);
void smtp_xforward_say(const struct smtp_session *s, struct buf *b);
struct reply smtp_starttls(struct smtp_session *s, struct str args);
bool smtp_starttls_offered(const struct smtp_session *s);
