/*
 * submit_header.h - the header of a message that a local program hands in:
 * who it goes to, without Bcc, and with what every message must have.
 *                                                       RFC 5322 3.6
 *
 * Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { SUBMIT_HEADER_RCPTS_MAX = 2000 };	/* what one submit takes */

struct submit_header_rcpts {
	struct str *v;		/* "local@domain" */
	size_t n;
};

struct submit_header {
	struct arena *memory;
	struct str domain;	/* of those who say none */
	struct str hostname;	/* says "by" */
	struct str login;	/* the local part of the user here */
	struct str name;	/* the user's, in UTF-8; may be empty */
	uint32_t uid;
	struct str id;		/* of letters and digits, nobody else's */
	int64_t now;
	bool to_header;		/* -t: To, Cc and Bcc are recipients, too */
	struct submit_header_rcpts rcpts;
	struct submit_header_rcpts bad; /* texts that are no address */
};

/* Add the addresses of a list, as in a To field. An address without a domain
 * gets ours; one that is there already is not added again; what is no address
 * goes to bad. E_LIMIT: there are too many. */
int submit_header_add_rcpts(struct submit_header *h, struct str list,
    struct err *err);
/* One address, as a reverse-path; "" and "<>" are empty. E_INVALID. */
int submit_header_address(struct submit_header *h, struct str text,
    struct str *address, struct err *err);

/* Append the header for this one, with its Received field and the blank line.
 * in: whole lines with CRLF, no blank one. */
int submit_header_write(struct submit_header *h, struct str in, struct buf *out,
    struct err *err);

/* The trace of a message that was handed in here.      RFC 5321 4.4 */
void submit_header_put_received(const struct submit_header *h, struct buf *b);

/* A phrase before an address: as it is, quoted, or as encoded words. */
void submit_header_put_phrase(struct buf *b, struct str name);
/* Text of a field: as it is, or as encoded words.             RFC 2047 */
void submit_header_put_text(struct buf *b, struct str text);
