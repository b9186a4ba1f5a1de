/*
 * outgoing.h - a message of a person on its way out, whatever protocol they
 * hand it in by: written as whom they may, with what every header has, signed,
 * and handed in (submit.h).                                        RFC 6409 8
 *
 *   outgoing_begin() - outgoing_recipient()... - outgoing_write()... -
 *   outgoing_commit() - outgoing_end()
 *
 * All of them may suspend. 0 or a negative E_* with *err filled in: E_DENIED
 * and E_INVALID are for the person, in words they understand, as is E_RATE,
 * which may pass; E_LIMIT: too large; E_EXISTS: `change` was another request's;
 * the others are worth another try later.
 */
#pragma once
#include "mail/account.h"
#include "mail/submit.h"

struct outgoing;

struct outgoing_options {
	struct account *account;	/* whose it is */
	const struct log_ctx *log;
	struct str hostname;		/* of ours; in a Message-ID */
	struct str id;			/* nobody else's; the same */
	struct origin origin;		/* for the journal */
	uint32_t compress;
	uint64_t max_message;		/* octets */
	/* 0: none. Else the same request (a digest of it), asked again with
	 * the same id by the same account within an hour, is done once. */
	uint64_t change;
	struct str request;
	uint64_t email, thread;		/* submit_made_of(); 0: of nothing */
};

/* The options' texts and account must outlive it. E_DENIED: they may not write
 * as that reverse-path. */
int outgoing_begin(const struct outgoing_options *o, const struct envelope *e,
    struct outgoing **out, struct err *err);
/* See submit_recipient(). */
int outgoing_recipient(struct outgoing *out, const struct addressee *to,
    enum rcpt_kind *kind, struct err *err);
struct str outgoing_only_recipient(const struct outgoing *out);
/* Octets that it may have, once it has a recipient. */
uint64_t outgoing_most(const struct outgoing *out);
/* Whole header fields of ours, in front of the message. */
void outgoing_front(struct outgoing *out, struct str fields);
/* The message, cut anywhere. */
int outgoing_write(struct outgoing *out, struct str octets, struct err *err);
/* It is complete: 0 says that store has it. Logs `received`. */
int outgoing_commit(struct outgoing *out, uint64_t *message, struct err *err);
void outgoing_end(struct outgoing *out);	/* NULL is fine */
