/*
 * facts.h - what readers of every protocol want to know of a message.
 *
 * Computed once, in one pass, by the role that received the message, and kept
 * beside it as one octet string. That string is a cache: versioned, checked
 * on every read, never trusted, recomputable. It holds fields and no word of
 * any protocol: whoever reads it writes them in his own. So the worst that a
 * false record can do is to tell a lie about its one message.
 *
 * Only CRLF ends a line. A message is never refused for its structure: what
 * is malformed or beyond a bound becomes an opaque part. Nothing suspends.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"
#include "mime/address.h"

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
/* Who sees the octets of parts that are none of the others' (PART_LEAF), one
 * after the other: as they stand, transfer encoding and all. Behind the last
 * ones of a part may come those of the boundary that ends it. */
struct mime_watched {
	struct str type, subtype;
	struct str encoding;	/* of transfer; empty: none is named */
	struct str name;	/* of a file, UTF-8 if it says what it is; or
				 * empty */
};
struct mime_watch {
	void *arg;
	/* False: its octets are not wanted, and no end() follows. */
	bool (*begin)(void *arg, const struct mime_watched *part);
	void (*octets)(void *arg, struct str octets);
	void (*end)(void *arg);
};
/* Before the first octets come. *w is copied. */
void mime_scan_watch(struct mime_scan *scan, const struct mime_watch *w);
/* The next octets, cut anywhere: the result does not depend on it. */
void mime_scan_feed(struct mime_scan *scan, struct str octets);
/* The message is complete: append its record to out, whose cap must leave
 * MIME_RECORD_MAX octets. The scan is over after this. */
void mime_scan_finish(struct mime_scan *scan, struct buf *out);
/* The classes it says it is of (solicitation.h), as the field has them; empty:
 * none. After mime_scan_finish(), a slice of the arena. It is not in the
 * record. */
struct str mime_scan_solicitation(const struct mime_scan *scan);

/* ---- reading them ----------------------------------------------------- */

/* The fields of a message's header, unfolded; encoded words are as they came,
 * .p is NULL where there is no such field. What has several To, Cc or Bcc
 * fields has one list of them (RFC 5322 4.5.3). */
struct facts_envelope {
	struct str date, subject;
	struct str from, sender, reply_to, to, cc, bcc; /* lists of addresses:
							 * facts_next_address();
							 * empty if none */
	struct str in_reply_to, message_id;
};

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
	FACTS_TLS_OPTIONAL = 1 << 9, /* "TLS-Required: No", RFC 8689 3 */
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

	struct facts_envelope envelope;

	struct str message_id;	 /* without < >; empty if none */
	struct str in_reply_to;	 /* lists of ids: facts_next_text() */
	struct str references;
	struct str base_subject; /* UTF-8, RFC 5256 2.1; case as it was */
	struct str preview;	 /* UTF-8, up to 256 octets, one line */

	/* The fields of the header that facts_listed names, as they stand, and
	 * a blank line; .p is NULL if that is long, or nobody kept them. */
	struct str listed;

	/* For the functions below: where the parts are, and what they are. */
	struct str table, parts;
};

/* The fields that mail programs show mailboxes by. */
enum { FACTS_LISTED = 24 };
extern const struct str facts_listed[FACTS_LISTED];

/* Read a record: 0, or E_PROTO if it is none of this version or not well
 * formed to its last octet; so nothing below fails. All slices point into
 * rec; any octet may be in them. */
must_check int facts_decode(struct str rec, struct facts *f);
/* The same for who looks at no part but the first one's envelope: what is said
 * of parts is not read. A list that is not well formed has an end there. */
must_check int facts_glance(struct str rec, struct facts *f);
/* The same of the first octets of a record, for who wants its flags and its
 * numbers: all else is empty. */
enum { FACTS_BRIEF = 80 };
must_check int facts_brief(struct str rec, struct facts *f);

/* Take the next address, pair or text off a list: false at its end. */
bool facts_next_address(struct str *list, struct address *address);
bool facts_next_param(struct str *list, struct str *name, struct str *value);
bool facts_next_text(struct str *list, struct str *text);
/* The value of the first pair with this name, in any case; empty if none. */
struct str facts_param(struct str list, struct str name);

enum part_kind {
	PART_LEAF,	/* neither multipart/... nor message/rfc822 */
	PART_MULTIPART, /* the parts below it are its own, maybe none */
	PART_MESSAGE,	/* message/rfc822; one below it: the message in it */
};

/* A part, as its header says it; encoded words and the forms of RFC 2231 are
 * as they came. .p is NULL where there is no such field. */
struct facts_part {
	enum part_kind kind;
	uint32_t depth;
	uint64_t header_off, header_len, body_len; /* the body follows */
	uint64_t lines;		/* CRLFs in the body */
	struct str type, subtype;
	struct str params;	/* list: facts_next_param() */
	struct str id, description, encoding, md5;
	struct str disposition, disposition_params;
	struct str languages;	/* list: facts_next_text() */
	struct str location;
	/* Only where the header is that of a message: of this one (depth 0) or
	 * of one in a PART_MESSAGE. */
	bool is_message;
	struct facts_envelope envelope;
};

/* All parts, in the order of the message: each before those below it. */
struct facts_walk {
	struct rd table, parts;
	uint64_t before, size;
	/* Of what we are inside of, by depth: multiparts, and messages whose
	 * one part has not come yet. */
	uint64_t multiparts, messages;
	bool begun;
};
struct facts_walk facts_walk_of(const struct facts *f);
bool facts_next_part(struct facts_walk *w, struct facts_part *p);

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
