/*
 * view.h - what one session sees of a mailbox: DESIGN "Views".
 *
 * A view is two modseqs on a column: messages that came at or before
 * `arrivals` and were not expunged at or before `expunges`, numbered from 1
 * in order of UID. All here is good while the column's lock is held.
 */
#pragma once
#include "store/engine/column.h"
#include "store/messages.h"

struct view_on {
	const struct column *c;
	uint64_t arrivals, expunges;
	size_t nlive;	/* live rows in the view: the first ones */
	/* Rows it does not know to be gone, by uid, and their places. */
	const struct column_row **dead;
	size_t *dead_at;
	size_t ndead;
	size_t n;	/* messages in the view */
};

void view_make(struct view_on *v, const struct column *c, uint64_t arrivals,
    uint64_t expunges, struct arena *a);
/* The message with sequence number i + 1. */
const struct column_row *view_row(const struct view_on *v, size_t i);
/* Index of the first message with at least this uid; n if none. */
size_t view_seek(const struct view_on *v, uint32_t uid);

/* Expunges that it was not told of are forgotten: its numbers mean nothing any
 * more. E_STALE. */
int view_check(const struct view_on *v, struct err *err);

/* Messages a set names, as ranges of indexes: sorted, apart. */
struct view_range {
	size_t from, to;	/* to is not in it */
};
struct view_set {
	struct view_range *range;
	size_t n;
};
/* set: pairs of u32, see SELECTION. E_INVALID if it is malformed;
 * E_STALE as view_check(). */
int view_select(const struct view_on *v, struct str set, bool by_uid,
    struct view_set *out, struct arena *a, struct err *err);

/* Append a UID to pairs of u32 (low, high), in the order in which they come. */
void uids_add(struct buf *b, uint32_t uid);

/* What a row brings of its message if that is wanted. */
struct brought {
	struct str facts;
	struct str prefix, front;	/* fetch_row.prefix is one behind the
					 * other */
	struct str chunks;
};
extern const struct brought brings_nothing;
/* A fetch_row as msg_put() would encode it. */
void view_put_row(struct buf *b, uint32_t seq, const struct column_row *r,
    struct str keywords, const struct brought *with);
/* How many octets that is. */
size_t view_row_octets(struct str keywords, const struct brought *with);
