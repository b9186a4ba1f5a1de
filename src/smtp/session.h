/*
 * session.h - the server's side of SMTP on one connection.      RFC 5321
 *
 * One dialogue for all kinds of service: mx takes mail from the world for local
 * people, by LMTP (RFC 2033) what a server in front has taken for them;
 * submission takes it from people who have logged in (RFC 6409) and for
 * anybody. Between two commands a session is a record
 * without a stack.
 */
#pragma once
#include "mail/submit.h"
#include "rt/config.h"
#include "rt/stream.h"
#include "rt/tls.h"
#include "store/client.h"

struct smtp_session;
struct smtp_service;

/* What the sessions of one listener have in common. Immutable: a session
 * keeps the one it began with. */
struct smtp_options {
	struct loop *loop;
	struct str hostname;
	uint64_t max_message;	/* octets */
	uint32_t max_recipients;
	uint32_t timeout_s;	/* between commands; 4.5.3.2.7 says 300 */
	uint32_t data_rate;	/* octets a second of a text, on average over
				 * each timeout_s; 0: any */
	uint32_t data_time_s;	/* for all of a text; 0: any */
	uint32_t compress;	/* for store/blob.h */
	struct tls_ctx *tls;	/* NULL: STARTTLS is not offered */
	struct store *store;	/* mx: who takes the mail; must outlive us.
				 * NULL for submission: logins bring it */
	/* Commands besides those everybody has, and what they need. */
	const struct smtp_verb *verbs;
	size_t nverbs;
	bool must_login;
	bool hide_client;	/* no trace field says who it was */
	bool lmtp;		/* RFC 2033 */
	bool no_mail;		/* 521 is all that is said: RFC 7504 3 */
	bool prdr;		/* is offered: an answer for each recipient */
	/* Networks, as in rt/config.h: who may say for whom they come, and so
	 * who it is; and who may say it for logs alone. */
	struct str xclient_peers, xforward_peers;
	/* To people who have logged in, and to nobody else: who is here, and
	 * whom an alias leads to. */
	bool vrfy, expn;
	bool strict_helo;	/* refuse words that are no name */
	uint32_t greeting_delay_s; /* who talks before the greeting is sent
				 * away; 0: nobody waits, nobody looks */
	uint32_t tarpit_s;	/* who guesses addresses waits for answers */
	/* What people submit gets a Date and a Message-ID if it has none, and
	 * is signed (RFC 6409 8): *fields is for submit_commit(), in the
	 * arena; it may stay empty. NULL: texts are taken as they are. */
	int (*sign)(struct smtp_session *s, const struct signable *what,
	    struct arena *a, struct str *fields, struct err *err);
	OSSL_LIB_CTX *lib;	/* for the hashes of that */
	/* Who judges texts (smtp/judge.h); NULL: nobody. */
	const struct smtp_judge *judge;
	bool local;		/* a program of this machine, without a login:
				 * store says who it may write as */
	/* Reports that senders ask for are promised (RFC 3461): to people here,
	 * and where it is known whether a stranger is who he says. Store
	 * decides (store/directory/recipients.h). */
	bool dsn;
	/* How many seconds a text may be kept before it leaves; 0: none is.
	 * Only for who has logged in.                     RFC 4865 4.2 (2) */
	uint32_t hold_longest_s;
	/* To how much a message may be raised above others; 0: nobody's is.
	 *                                                    RFC 6710 4.1 */
	uint32_t highest_priority;
	/* The least time a message has to be there by that comes back else; 0:
	 * any.                                                RFC 2852 2 */
	uint32_t least_by_s;
	/* Classes of solicitation that are refused, commas between.
	 *                                                      RFC 3865 2.1 */
	struct str no_soliciting;
	/* Who may have what waits for which destinations sent at once, and all
	 * below these (RFC 1985): networks and names, spaces between. Empty:
	 * nobody. */
	struct str etrn_peers, etrn_domains;
	/* The client was gone before a message that it had begun was taken;
	 * or NULL. */
	void (*cut)(struct smtp_session *s);
	void *verbs_arg;
};

/* Copies what it is given (the tls context is referenced). */
struct smtp_service *smtp_service_new(const struct smtp_options *o);
/* Sessions hold their own references. NULL is fine. */
void smtp_service_unref(struct smtp_service *sv);

/* Serve a connection; owns it. To be called on a fiber of its own: returns
 * when the session has ended or waits for its next command without a stack.
 * rule: of the socket it came by. done runs once, at the
 * end of the session. */
void smtp_start(struct smtp_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg);
