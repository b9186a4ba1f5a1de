/*
 * dsn.h - a delivery status notification as a message.
 *                               RFC 3461 6, 3464, 3834, 5322, 6522, 6533
 *
 * Pure: facts in, the octets of the message out, piece by piece.
 * multipart/report: what happened in plain words, the same for programs, and
 * the original message or its header.
 *
 *	dsn_begin(out, d);
 *	if (dsn_whole(d))
 *		... the original message, octet for octet, behind out ...
 *	dsn_end(out, d);
 *
 * What others said (texts, names, header) may hold anything: out is lines of
 * at most 998 octets that end with CRLF, and no line of theirs is a boundary
 * (of the whole message: because id cannot be guessed).
 */
#pragma once
#include "base/buf.h"
#include "store/messages.h"

enum {
	DSN_MAX = 4 << 20,	/* an out with this cap has room enough */
	DSN_HEADER_MAX = 64 << 10, /* looked at, and returned, of header */
};

struct dsn {
	struct str hostname;	/* who reports */
	uint64_t id;		/* random: for Message-ID, boundary */
	int64_t now;
	const struct queue_item *item;
	const struct queue_rcpt *rcpts;	/* what is reported */
	size_t nrcpts;
	struct str header;	/* of the original message, as far as known;
				 * whole lines; empty: nothing is returned */
	bool whole;		/* the message may be returned, and not only
				 * its header, as far as its size goes */
};

/* Everything up to the original message, or with its header if that is all
 * that is returned. */
void dsn_begin(struct buf *out, const struct dsn *d);
/* Is the whole message to follow? If it may, the sender did not ask for the
 * header only (RFC 3461 4.3), something failed (6.2), and it can be returned
 * the way it is (RFC 6533 4.5). */
bool dsn_whole(const struct dsn *d);
/* What ends it. */
void dsn_end(struct buf *out, const struct dsn *d);
/* Its Message-ID, "<...>". */
void dsn_message_id(struct buf *out, const struct dsn *d);
