/*
 * blobs.h - octets by their ids: uploads, messages, parts of either.
 *                                                              RFC 8620 6
 * A message is "b" and the number of its email, an upload "u" and 32 digits
 * of hex; "-3" behind it is the third part of that, decoded, and so on.
 */
#pragma once
#include "jmap/jmap_int.h"
#include "jmap/source.h"

enum { BLOB_MAX = MAX_SIZE_UPLOAD };

/* Of whom, for whom. */
struct blobs {
	struct person *person;
	const struct account *account;
};

/* Give the octets to out, piece by piece. What it returns other than 0 ends the
 * reading and is returned. Suspends. 0 or E_*: E_NOTFOUND: there is no such
 * blob; E_DAMAGED; E_LIMIT: a message within it is longer than BLOB_MAX. */
int blobs_read(const struct blobs *b, struct str id,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err);
/* All of them, appended; E_LIMIT also beyond the cap of to. */
int blobs_get(const struct blobs *b, struct str id, struct buf *to,
    struct err *err);

/* ---- upload.c */
struct upload;
/* Referenced; NULL: there is none of this id (behind its "u"). */
struct upload *upload_find(const struct person *p, struct str id);
struct str upload_octets(const struct upload *u);
void upload_unref(struct upload *u);
/* Who has nothing more to do here; all of them, at the end. */
void uploads_drop(struct person *p);
