/*
 * dsn.h - a delivery status notification as a message.
 *                                          RFC 3461, 3462, 3464, 3834
 *
 * Pure: facts in, the octets of the message out, piece by piece.
 * multipart/report: what happened in plain words, the same for programs, and
 * the original message or its header.
 */
#pragma once
#include "base/buf.h"
#include "store/messages.h"

struct dsn {
	struct str hostname;	/* who reports */
	uint64_t id;		/* for Message-ID, boundary */
	int64_t now;
	const struct queue_item *item;
	const struct queue_rcpt *rcpts;	/* what is reported */
	size_t nrcpts;
	struct str header;	/* of the original message, as far as known;
				 * whole lines */
	bool whole;		/* the message follows, not only its header */
};

/* Everything up to the original text, into out. */
void dsn_begin(struct buf *out, const struct dsn *d);
/* What ends it. */
void dsn_end(struct buf *out, const struct dsn *d);
/* Its Message-ID, "<...>". */
void dsn_message_id(struct buf *out, const struct dsn *d);
