/*
 * facts.h - what IMAP and its kin want to know of a message.
 *
 * Computed once, in one pass, by the role that received the message, and kept
 * beside it as one octet string. That string is a cache: versioned, checked
 * on every read, never trusted, recomputable.
 *
 * Only CRLF ends a line. A message is never refused for its structure: what
 * is malformed or beyond a bound becomes an opaque part. Nothing suspends.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* ---- making them ------------------------------------------------------ */

/* Bounds; a field left 0 takes the default. */
struct mime_limits {
	size_t header_octets; /* of all headers together, kept while needed;
			       * default 256 KB */
	uint32_t depth;	      /* nesting of parts, default 64 */
	uint32_t parts;	      /* in all, default 1000 */
};

enum {
	/* What the arena of a scan must be able to hold beside other things
	 * with the default limits; an ordinary mail takes some 16 KB. */
	MIME_SCAN_ARENA = 6 << 20,
	/* No record is longer than this: it fits one message between roles. */
	MIME_RECORD_MAX = 224 << 10,
};

struct mime_scan;

/* Everything the scan needs lives in the arena, so dropping a scan half way
 * takes nothing. lim may be NULL. */
struct mime_scan *mime_scan_new(struct arena *a, const struct mime_limits *lim);
/* The next octets, cut anywhere: the result does not depend on it. */
void mime_scan_feed(struct mime_scan *scan, struct str octets);
/* The message is complete: append its record to out, whose cap must leave
 * MIME_RECORD_MAX octets. The scan is over after this. */
void mime_scan_finish(struct mime_scan *scan, struct buf *out);

/* ---- reading them ----------------------------------------------------- */

enum facts_flag {
	FACTS_DATE = 1 << 0,	   /* sent and sent_offset_min are valid */
	FACTS_ATTACHMENT = 1 << 1, /* a part people would save as a file */
	FACTS_8BIT = 1 << 2,	   /* octets above 0x7f, in header or body */
	FACTS_NUL = 1 << 3,
	FACTS_BARE_CR = 1 << 4,
	FACTS_BARE_LF = 1 << 5,
	FACTS_REPLY = 1 << 6,	 /* the subject says reply or forward, RFC
				  * 5256 2.1 */
	FACTS_CUT = 1 << 7,	 /* a bound was met: lists or structure here
				  * are shorter than the message's */
	FACTS_8BIT_HEADER = 1 << 8, /* octets above 0x7f in a header */
};

struct facts {
	uint32_t flags;
	uint32_t received_count; /* Received: fields, against loops */
	uint32_t nparts;
	uint64_t size, header_len; /* octets; the header with its blank line */
	uint64_t lines;		   /* CRLFs in the body */
	uint64_t longest_line;	   /* octets without the CRLF */
	int64_t sent;		   /* Date:, seconds since 1970 UTC */
	int sent_offset_min;	   /* its zone, minutes east */

	/* Rendered: copy them out as they are. May hold literals, so may hold
	 * CRLF; never NUL.            RFC 3501 7.4.2, RFC 9051 7.5.2 */
	struct str envelope;	  /* "(...)" */
	struct str bodystructure; /* "(...)" */

	struct str message_id;	 /* without < >; empty if none */
	struct str in_reply_to;	 /* lists of ids: facts_next_id() */
	struct str references;
	struct str base_subject; /* UTF-8, RFC 5256 2.1; case as it was */
	struct str preview;	 /* UTF-8, up to 256 octets, one line */

	/* For the functions below: the part table, and what BODY lacks of
	 * the body structure. */
	struct str parts, cuts;
};

/* Read a record: 0, or E_PROTO if it is none of this version. All slices
 * point into rec. */
must_check int facts_decode(struct str rec, struct facts *f);

/* Take the next id off a list (f->references): false at its end. */
bool facts_next_id(struct str *list, struct str *id);

/* Append BODY: the body structure without extension data. E_PROTO if the
 * record makes no sense (then out holds part of it). */
must_check int facts_put_body(const struct facts *f, struct buf *out);

enum facts_what {
	FACTS_BODY_ALL, /* BODY[], BODY[1.2] */
	FACTS_HEADER,	/* BODY[HEADER], BODY[2.HEADER]; with the blank line */
	FACTS_TEXT,	/* BODY[TEXT], BODY[2.TEXT] */
	FACTS_MIME,	/* BODY[1.2.MIME]; with the blank line */
};

/* Where a section is in the scanned octets.            RFC 3501 6.4.5
 * path holds the part numbers (from 1). 0, or E_NOTFOUND if the message has
 * no such section (answer NIL), or E_PROTO if the record makes no sense.
 * offset and length are always inside the message's size. */
must_check int facts_section(const struct facts *f, const uint32_t *path,
    size_t npath, enum facts_what what, uint64_t *offset, uint64_t *len);
