/*
 * seqset.h - sequence sets: message numbers or UIDs.      RFC 3501 9
 *
 * As parsed, ranges stand in the client's order and "*" is SEQ_STAR. Resolved,
 * they are ascending, apart from one another, and hold no "*": the form that
 * everything else here wants.
 */
#pragma once
#include "base/buf.h"
#include "imap/grammar/scan.h"

#define SEQ_STAR 0u	/* an nz-number is never 0 */

struct seqrange {
	uint32_t lo, hi;	/* both inside */
};

struct seqset {
	struct seqrange *r;
	size_t n;
	bool saved;		/* "$": the saved search result, RFC 5182 */
};

/* sequence-set = (seq-number / seq-range) ["," sequence-set] / "$" */
struct seqset scan_seqset(struct scan *s);
/* seq-number = nz-number / "*": a set of one. */
struct seqset scan_seq_number(struct scan *s);
/* partial-range: of a list the from-th to the to-th (or the other way round),
 * counted from 1, and from the end of the list if last is set. RFC 9394 4 */
struct partial_range {
	uint32_t from, to;	/* 0: none was given */
	bool last;
};
struct partial_range scan_partial_range(struct scan *s);
/* uid-set, where "*" has no meaning: RFC 4315, RFC 7162 known-uids. */
struct seqset scan_uid_set(struct scan *s);

/* Put largest where "*" stands (0: an empty mailbox, "*" names nothing),
 * turn ranges the right way round, sort and join them. In place. */
void seqset_resolve(struct seqset *set, uint32_t largest);

/* The same for UIDs, of which only store knows the largest: "*" is UINT32_MAX.
 * As a number that is nobody's UID, and names nothing. */
void seqset_resolve_uids(struct seqset *set);

/* The rest is for resolved sets. */
bool seqset_has(const struct seqset *set, uint32_t v);
/* The largest member, 0 if there is none; how many there are. */
uint32_t seqset_max(const struct seqset *set);
uint64_t seqset_count(const struct seqset *set);
/* The least member that is not under v; 0 if there is none. */
uint32_t seqset_from(const struct seqset *set, uint32_t v);

/* Write numbers that come in ascending order as a compact set: "1:3,7". Begin
 * with a zeroed struct; seqset_out_end() writes what is still held back. */
struct seqset_out {
	struct buf *b;
	uint32_t lo, hi;
	bool any;
};
void seqset_out_add(struct seqset_out *o, uint32_t v);
void seqset_out_range(struct seqset_out *o, uint32_t lo, uint32_t hi);
void seqset_out_end(struct seqset_out *o);
