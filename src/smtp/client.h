/*
 * client.h - the client's side of SMTP on one connection, and of LMTP.
 *                                                      RFC 5321, RFC 2033
 *
 * Straight-line: greet, maybe TLS, maybe AUTH, messages one after the other,
 * quit. Everything suspends; every wait has the limit of 4.5.3.2. What the
 * server says is parsed by smtp/answer.h and never trusted: bounded lines,
 * bounded replies, printable text.
 *
 * The outcome of an attempt is a reply (struct smtp_answer), never only a
 * code of ours: code 0 means that no server said it, and status and text are
 * then our words ("4.4.2", "the connection was lost after MAIL").
 */
#pragma once
#include "base/arena.h"
#include "rt/stream.h"
#include "rt/tls.h"
#include "smtp/answer.h"
#include "store/messages.h"

enum smtp_offers {	/* of EHLO */
	OFFER_PIPELINING = 1, OFFER_SIZE = 2, OFFER_8BITMIME = 4,
	OFFER_STATUS = 8, OFFER_SMTPUTF8 = 16, OFFER_STARTTLS = 32,
	OFFER_DSN = 64, OFFER_AUTH_PLAIN = 128, OFFER_AUTH_LOGIN = 256,
	OFFER_REQUIRETLS = 512, OFFER_PRIORITY = 1024, OFFER_DELIVERBY = 2048,
	OFFER_SOLICIT = 4096, OFFER_RRVS = 8192,
};

struct smtp_client_options {
	struct loop *loop;
	struct str hostname;	/* what we say in EHLO */
	bool lmtp;		/* it is LHLO then */
	/* Limits in ms (RFC 5321 4.5.3.2); 0: the section's own. */
	int64_t greeting_ms, command_ms, mail_ms, rcpt_ms, data_ms, text_ms,
	    end_ms;
	/* Given each line of each answer, as it is; after: what was said.
	 * NULL: nobody listens. */
	void (*heard)(void *arg, const char *after, int code, struct str line);
	void *heard_arg;
};

struct smtp_client;

/* Takes the stream. name is the host's, for TLS and in words. */
struct smtp_client *smtp_client_new(const struct smtp_client_options *o,
    struct stream *s, struct str name);
/* Nobody listens any more: not to QUIT either. */
void smtp_client_deaf(struct smtp_client *c);
/* Says QUIT if that makes sense (waits for its answer a second at most) and
 * closes. NULL is fine. */
void smtp_client_free(struct smtp_client *c);
/* Close at once. */
void smtp_client_drop(struct smtp_client *c);

/* Whatever the limits are, nothing waits past at_ms: it ends as if there had
 * been no answer in time. But for the answer to the final dot, which always
 * has its own limit (4.5.3.2.6), and forgets at_ms. NEVER at first. */
void smtp_client_until(struct smtp_client *c, int64_t at_ms);

/* All return 0 or a negative E_* with the answer filled in: 0 when the dialogue
 * may go on, negative when it did not work (what the server said, or what
 * happened, is in *why). E_DENIED: the server, or we, said no, and the
 * connection is as good as before; E_CANCELED as everywhere. The text of *why
 * is good until the next call with this client. */

/* TLS from the first octet, for those who listen so. dane, here and below: as
 * in rt/tls_dane.h, or NULL. */
int smtp_client_tls(struct smtp_client *c, struct tls_client *tls,
    const struct tls_dane *dane, struct smtp_answer *why);
/* The greeting, then EHLO, or HELO if the server does not know that. */
int smtp_client_hello(struct smtp_client *c, struct smtp_answer *why);
/* STARTTLS and EHLO again. E_TLS: it was offered and failed: the connection
 * is of no use any more. */
int smtp_client_starttls(struct smtp_client *c, struct tls_client *tls,
    const struct tls_dane *dane, struct smtp_answer *why);
/* AUTH PLAIN, or LOGIN. Not without TLS (RFC 4954 4): E_DENIED. */
int smtp_client_login(struct smtp_client *c, struct str user,
    struct str password, struct smtp_answer *why);

unsigned smtp_client_offers(const struct smtp_client *c); /* OFFER_* */
uint64_t smtp_client_size(const struct smtp_client *c); /* 0: no limit said */
struct tls_facts smtp_client_tls_facts(const struct smtp_client *c);
bool smtp_client_tls_key(const struct smtp_client *c,
    char hex[TLS_KEY_HEX + 1]);		/* stream_tls_key() */
/* Of the certificate that it has shown, for people: stream_tls_words(). */
void smtp_client_tls_words(const struct smtp_client *c, struct buf *words);
/* May another message be sent? Not after a failure, 421, or E_CANCELED. */
bool smtp_client_usable(const struct smtp_client *c);
uint32_t smtp_client_messages(const struct smtp_client *c); /* accepted */
/* How many recipients a message may have, at least 1: RCPTMAX of RFC 9422,
 * else UINT32_MAX. Different domains, of which it can bound the number too
 * (RCPTDOMAINMAX), are never in one message of ours. */
uint32_t smtp_client_max_rcpts(const struct smtp_client *c);
/* No other message should go over this connection: it has taken so many, or
 * was told of as many as it wants to hear of (MAILMAX). */
bool smtp_client_spent(const struct smtp_client *c, uint32_t messages);

struct smtp_outgoing_rcpt {
	FIELDS_addressee(MSG_MEMBER, )
	/* Filled in: of RCPT, or of the text for those that were taken. */
	struct smtp_answer answer;
	bool accepted;		/* RCPT was; its answer is the text's */
};
struct smtp_outgoing {
	FIELDS_envelope(MSG_MEMBER, )
	uint64_t size;		/* octets, an estimate is fine */
	bool body_8bit;
	struct smtp_outgoing_rcpt *rcpts;
	size_t nrcpts;
	/* MAIL, RCPT and RSET, one by one; there is no text. Then accepted
	 * says what came of RCPT, and answer is that. */
	bool only_ask;
	/* Writes the text with smtp_client_text(); 0, or E_* to give up: the
	 * connection is then dropped before the final dot. */
	int (*text)(void *arg, struct smtp_client *c, struct err *err);
	/* The server takes 7 bits and the text has 8: asked before anything is
	 * said whether text() will write it in so many. 0: it will, and *size
	 * is how long it is then; E_DENIED: it cannot be, *err says why; else
	 * it could not be read, which is for later. NULL: it never is. */
	int (*convert)(void *arg, uint64_t *size, struct err *err);
	void *arg;
};
/* One message: MAIL, RCPT ..., DATA in one go if the server pipelines, then
 * the text, and by LMTP an answer for each that was taken. Each recipient gets
 * its answer, whatever happens: also when the
 * connection is lost (then it is to be tried again, the more so after the
 * final dot: 4.5.3.2.6). Checks what the message needs first: SIZE (5.3.4),
 * 8BITMIME (5.6.3 where it is not converted), SMTPUTF8 (5.6.7; an address that
 * needs it for its domain alone goes with A-labels), REQUIRETLS inside TLS
 * (5.7.30; whose certificate that has to be is for the caller), BY with mode R
 * (5.3.3, 5.4.7: RFC 2852 4.1.4.1). A recipient of whom RRVS was said is
 * refused where it is not offered (5.7.19), unless it may go on (RFC 7293
 * 5.1.1). Answers, and such addresses, live in the arena, which holds
 * ANSWER_TEXT_MAX octets for each recipient and two more, twice. Returns 0 or
 * E_CANCELED. */
int smtp_client_send(struct smtp_client *c, struct smtp_outgoing *m,
    struct arena *a);
/* From inside text(): octets of the message with CRLF line ends; dots are
 * stuffed here (4.5.2). */
int smtp_client_text(struct smtp_client *c, struct str octets);
/* Is it still there? (An idle one that said 421 or closed is not.) */
bool smtp_client_alive(struct smtp_client *c);
