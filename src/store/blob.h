/*
 * blob.h - the octets of a stored message, written and read by the roles.
 *
 * A blob is a row of chunks (chunk.h), so any range can be read without the
 * rest before it being unpacked. The header of a longer message is a chunk of
 * its own.
 *
 * A blob that fits one message travels inside submit or append; a larger one
 * is staged piece by piece while it comes in.
 */
#pragma once
#include "store/chunk.h"
#include "store/client.h"

/* What submit_ask and append_ask want to know of it. */
struct blob_ref {
	uint64_t stage;		/* 0: it is in octets */
	struct str octets;
	uint64_t raw_size;
};

struct blob_writer;

/* level is config.compress. Memory comes and goes with the writer. */
struct blob_writer *blob_writer_new(struct store *st, uint32_t level);
/* Append octets of the message. Suspends only when a piece goes to store. */
int blob_write(struct blob_writer *w, struct str octets, struct err *err);
/* All is written: *ref is good until blob_writer_free(). */
int blob_finish(struct blob_writer *w, struct blob_ref *ref, struct err *err);
/* Drops what was staged and not submitted; suspends for that at most until
 * store has been told. NULL is fine. */
void blob_writer_free(struct blob_writer *w);

/* A message of a mailbox, and what its row has brought of it, if anything:
 * what lies in that is read without a call. */
struct blob_source {
	uint64_t mailbox;
	uint32_t uid;
	struct str prefix, chunks;	/* of fetch_row */
	/* By this instead of mailbox and uid: its offset, len and want are not
	 * looked at. NULL: it is in a mailbox of whose connection it is. */
	const struct url_content_ask *url;
};

/* Read octets [offset, offset + len) of a message: its prefix and then the
 * message, as IMAP counts them. out gets pieces in order and may
 * suspend; what it returns other than 0 ends the reading and is returned.
 * E_NOTFOUND if it is gone. E_DAMAGED if it is not what was stored, or shorter
 * than offset + len (of UINT64_MAX: as long as it is): that is said before out
 * gets anything, so a caller can still choose what to announce; but for damage
 * that comes up while it is being read. */
int blob_read(struct store *st, const struct blob_source *from,
    uint64_t offset, uint64_t len,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err);

/* The same of a message of the queue, by its lease: its prefix is what it was
 * submitted with (submit_ask.front). Of AUTH_RELAY connections only; out may
 * have got some of it when damage is told. */
int blob_read_queued(struct store *st, uint64_t lease, uint64_t offset,
    uint64_t len, int (*out)(void *arg, struct str octets), void *arg,
    struct err *err);
