/*
 * data.h - the text behind DATA, up to <CRLF>.<CRLF>, or of BDAT.
 *                                             RFC 5321 4.5.2, RFC 3030 2
 *
 * Pure and without copies: feed it whatever arrived, it gives back slices of
 * that same input with the dot-stuffing gone.
 *
 *   while (smtp_data_next(&d, &in, &out))
 *           keep(out);
 *   if (smtp_data_done(&d))
 *           ... what is left in `in` is the next command
 *
 * Only CRLF ends a line and only <CRLF>.<CRLF> ends the message, so no other
 * reading of it by a later hop hides a command inside (SMTP smuggling). What
 * may not pass (bare CR, bare LF, NUL, too long a line, too long a message)
 * fails the message as a whole, after its true end; from there on nothing of
 * it is given back.
 *
 * A text in chunks is the same but for its dots, which mean nothing, and its
 * end, which is not in it: smtp_data_end().
 */
#pragma once
#include "smtp/reply.h"

enum { SMTP_LINE_MAX = 64 * 1024 };	/* without CRLF; more than 4.5.3.1.6 */

enum smtp_data_fault {
	DATA_OK,
	DATA_BARE,		/* CR or LF that is no line end */
	DATA_NUL,
	DATA_LONG_LINE,
	DATA_TOO_BIG,
	DATA_TOO_DEEP,		/* parts in parts, or too many */
	DATA_FAULT_N
};

struct smtp_data {
	enum {			/* what came right before: */
		AT_LINE,	/* CRLF, or nothing at all */
		AT_DOT,		/* and a dot behind it */
		AT_DOT_CR,	/* and a CR behind that */
		IN_LINE,	/* something else */
		IN_LINE_CR,	/* something else, and a CR */
		AT_END		/* <CRLF>.<CRLF> */
	} state;
	bool chunks;			/* of BDAT */
	bool binary;
	enum smtp_data_fault fault;	/* the first one */
	uint64_t octets;	/* of the message, so far */
	uint64_t max_octets;	/* 0: no limit */
	size_t line_octets;	/* of the line we are in */
};

void smtp_data_init(struct smtp_data *d, uint64_t max_octets);
/* The same for a text that comes in chunks, whose octets are fed one after the
 * other. */
void smtp_data_init_chunks(struct smtp_data *d, uint64_t max_octets);
/* The same for one of any octets (BODY=BINARYMIME), which only its length can
 * fail. What of them may stay is for others: smtp_data_fail(). */
void smtp_data_init_binary(struct smtp_data *d, uint64_t max_octets);
/* It has this fault, unless it has one already. */
void smtp_data_fail(struct smtp_data *d, enum smtp_data_fault fault);
/* The last of them was fed: it is done, and may have a fault by that. Its last
 * line needs no CRLF. */
void smtp_data_end(struct smtp_data *d);

/* Take octets from the front of *in. True with the next slice of the message
 * in *out, never empty; false when *in is used up or the message is over. */
must_check bool smtp_data_next(struct smtp_data *d, struct str *in,
    struct str *out);

static inline bool
smtp_data_done(const struct smtp_data *d)
{
	return d->state == AT_END;
}

/* The answer to a message with this fault; not for DATA_OK. */
struct reply smtp_data_reply(enum smtp_data_fault fault);
