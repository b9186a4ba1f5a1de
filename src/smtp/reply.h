/*
 * reply.h - what a server answers to a command.      RFC 5321 4.2, RFC 2034
 *
 * Pure. A handler returns a struct reply and writes nothing: the dialogue
 * renders it, sends it and logs its code.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "smtp/path.h"

enum { SMTP_REPLY_LINE_MAX = 512 };	/* 4.5.3.1.5, with its CRLF */

struct reply {
	int code;
	/* "5.1.1", or NULL where RFC 2034 wants none: greeting, the answers
	 * to HELO and EHLO, and everything in 3yz. */
	const char *enhanced;
	/* Lines separated by '\n'. Borrowed: good until the next command. */
	struct str text;
	bool utf8;		/* it was asked for so: RFC 6531 3.7.4.2 */
};

#define smtp_reply(code, enhanced, lit) \
	((struct reply){ (code), (enhanced), STR(lit) })

/* The same for tables. */
#define SMTP_REPLY_INIT(code, enhanced, lit) \
	{ (code), (enhanced), { "" lit, sizeof(lit) - 1 } }

/* The same with text of printf's making, in the arena. */
struct reply smtp_replyf(struct arena *a, int code, const char *enhanced,
    const char *fmt, ...) printf_like(4, 5);

/* Append the reply as it goes over the wire. Octets that are not printable
 * ASCII, nor of UTF-8 where that may be, become "?"; lines over the limit are
 * cut. */
void smtp_reply_put(struct buf *b, const struct reply *r);

/* Does the connection end with this reply? (221 and 421) */
static inline bool
smtp_reply_ends(const struct reply *r)
{
	return r->code == 221 || r->code == 421;
}

/* Why the arguments of a command were refused; not for SYNTAX_OK. address
 * is the enhanced code of a bad address: 5.1.7 for MAIL, 5.1.3 for RCPT. */
struct reply smtp_reply_syntax(enum smtp_syntax why, const char *address);

/* The one table of our own failures: E_* to reply. Says nothing of what is
 * inside; err->text is for the log. */
struct reply smtp_reply_err(int code);
/* Of E_RATE: the account sends too much, as its text says. */
struct reply smtp_reply_rate(struct arena *a, const struct err *err);
