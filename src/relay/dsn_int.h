/*
 * dsn_int.h - what the files that write a report share.
 */
#pragma once
#include "relay/dsn.h"

/* Append s with controls as spaces and what is no UTF-8 as "?"; with `ascii`
 * also every other character. No line end can come out. */
void dsn_put_safe(struct buf *out, struct str s, bool ascii);

/* The same, as words with one space between them, in lines of about 76
 * columns (a long word has more, but never over 800 octets): `column` is
 * where the first line stands, `indent` goes before each other one. No CRLF
 * at the end. */
struct dsn_wrap {
	struct str indent;
	size_t column;
	bool ascii;
};
void dsn_put_wrapped(struct buf *out, struct str s, struct dsn_wrap w);

/* The status that fits what is reported: of its class, never empty, and made
 * of digits and dots.                                  RFC 3461 6.3 (g) */
struct str dsn_status(const struct queue_rcpt *r);

/* What became of a recipient, as words of the protocol and of people. */
struct dsn_outcome {
	const char *action;	/* RFC 3464 2.3.3 */
	char class;		/* of its status */
	const char *subject;
	const char *sentence;
};
const struct dsn_outcome *dsn_outcome(const struct queue_rcpt *r);

/* What a status means, and what a person can do about it. */
struct dsn_advice {
	const char *status;	/* without its class */
	const char *meaning, *advice;
};
const struct dsn_advice *dsn_advice(struct str status);
/* The same of a recipient: by whom it was refused matters, too. */
const struct dsn_advice *dsn_advice_for(const struct queue_rcpt *r);

/* May UTF-8 stand in header and status fields? Only the sender's address can
 * tell that those who read them know it.                   RFC 6533 4.5 */
bool dsn_is_utf8(const struct dsn *d);

/* The original recipient of an ORCPT, without its encoding; *type is
 * "rfc822". False if it is none.               RFC 3461 4.2, RFC 6533 3 */
bool dsn_orcpt(struct buf *out, struct str orcpt, bool utf8,
    struct str *type);

/* The original Subject: as UTF-8 without controls; empty if there is none or
 * it is in a charset we do not know. */
void dsn_subject(struct buf *out, const struct dsn *d);

/* The two parts. */
void dsn_text(struct buf *out, const struct dsn *d);
void dsn_fields(struct buf *out, const struct dsn *d);
