/*
 * mime_int.h - what the files that make and read facts share.
 */
#pragma once
#include "mime/facts.h"
#include "mime/fields.h"
#include "mime/tally.h"

enum {
	FACTS_VERSION = 3,
	FACTS_NO_LINES = 2, /* that had none: still read */
	LINES_MAX = 4096,
	DEPTH_MAX = 64,	     /* no limits go above: a walk has a bit each */
	BOUNDARY_MAX = 1000, /* RFC 2046 says 70; real ones are longer */
	LINE_HOLD = 2048,    /* start of a line that a boundary may be in */
	CAPTURE_TEXT = 768,  /* of the first text, for the preview; */
	CAPTURE_HTML = 4096, /* HTML begins with much that is not shown */
	PREVIEW_MAX = 256,
	SUBJECT_READ = 2048, /* octets of Subject: that threads look at */
	SUBJECT_MAX = 512,
	ID_MAX = 512,	/* octets of one message id */
	IDS_MAX = 32,	/* ids kept of References */
	ADDRESS_MAX = 4096, /* addresses of all envelopes together */
	/* A record is at most: texts and parts, charged one by one, plus the
	 * bounded rest (ids, subject, preview, numbers). */
	ROOM_MAX = MIME_RECORD_MAX - (40 << 10),
	PART_ROOM = 112, /* what the smallest part takes */
	PARTS_MAX = 1000,
};

struct part {
	struct part *parent, *next; /* next in the order of the message */
	struct part *child, *last, *sibling;
	enum part_kind kind;
	bool text;	 /* text/... */
	bool digest;	 /* children are messages unless they say no */
	bool open;	 /* boundary lines still count */
	bool attachment;
	uint32_t depth;
	uint64_t header_off, header_len, body_off, body_len;
	uint64_t lines; /* CRLFs in the body */
	struct str boundary;
	struct str described; /* when its header is complete: record.h */
	/* For the preview, and for who watches. */
	struct str charset, encoding, type, subtype, name;
	bool html;
};

struct mime_scan {
	struct arena *a;
	struct mime_limits lim;
	struct part *root, *newest, *cur; /* cur is the innermost open part */
	uint32_t nparts, open_boundaries;
	bool in_header;
	uint32_t flags;
	size_t room, addresses; /* left */

	uint64_t offset;	 /* octets seen */
	uint64_t crlfs, longest; /* lines seen; the longest */
	struct tally tally;

	/* The line we are in, as far as earlier pieces had it. */
	uint64_t line_octets;
	size_t nhold;
	char last; /* octet seen */

	char *header; /* of the part we are in */
	size_t nheader, header_room, header_left;

	struct part *captured; /* the text the preview is made of */
	char *capture;
	size_t ncapture, capture_room;

	/* Of the message itself. */
	struct fields fields;
	struct str preview_text;

	struct mime_watch watch;	/* nobody: begin is NULL */
	struct part *watched;		/* whose octets are wanted */

	char hold[LINE_HOLD];
};

/* Read the header of p (scan->header): its kind, what follows from it and what
 * the record will say of it. opaque: it may have no parts, whatever it
 * says. */
void part_read(struct mime_scan *s, struct part *p, bool opaque);

/* A row of the part table, as record.h has it. */
struct part_row {
	uint64_t kind, depth, header_off, header_len, body_len, lines;
};
/* Take the next one; *before is 0 at first. Nothing in it points outside of a
 * message of `size` octets. False at the end, or with the sticky error. */
bool part_row_next(struct rd *table, uint64_t size, uint64_t *before,
    struct part_row *row);

/* Append at most PREVIEW_MAX octets of UTF-8 of the captured text. */
void preview_make(struct buf *out, const struct part *p, struct str raw);

/* Append the record. */
void record_write(struct mime_scan *s, struct buf *out);
