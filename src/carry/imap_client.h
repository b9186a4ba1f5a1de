/*
 * imap_client.h - the dialogue with another IMAP server: a command, and the
 * answers to it one by one. Whatever the server says is bounded, in octets and
 * in time; no word of it is believed but as text.
 *
 * All but the first suspend and return 0 or E_*: E_PROTO if it speaks no IMAP,
 * E_DENIED if it said NO or BAD, with its words in err.
 */
#pragma once
#include "carry/imap_answer.h"
#include "carry/text.h"
#include "rt/stream.h"

struct imap_client {
	struct loop *loop;
	struct stream *stream;
	struct arena *mem;	/* of the last answer */
	struct buf answer;	/* the same, gathered */
	uint32_t tag;
	struct text_out body;	/* where texts of messages go; put NULL: to
				 * nobody */
	uint64_t longest;	/* of them, of which octets are put */
	bool too_long;		/* one of the last answer was */
};

/* Owns t. */
struct imap_client *imap_client_new(struct loop *l, struct transport *t);
void imap_client_free(struct imap_client *c);	/* NULL is fine */

/* A command without its tag and CRLF. */
int imap_send(struct imap_client *c, struct err *err,
    const char *fmt, ...) printf_like(3, 4);
/* A line as it stands, behind "+". */
int imap_send_line(struct imap_client *c, struct str line, struct err *err);
/* The next answer: 1, or 0 if it is the one that ends the command, well. Good
 * until the next call. */
int imap_receive(struct imap_client *c, struct imap_answer *a,
    struct err *err);
/* Answers until the last; nobody wants them. */
int imap_finish(struct imap_client *c, struct err *err);
