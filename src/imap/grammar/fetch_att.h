/*
 * fetch_att.h - what FETCH asks for.                  RFC 3501 6.4.5, 9
 */
#pragma once
#include "base/buf.h"
#include "imap/grammar/seqset.h"

/* Items without arguments. */
enum {
	FETCH_UID = 1 << 0,
	FETCH_FLAGS = 1 << 1,
	FETCH_INTERNALDATE = 1 << 2,
	FETCH_SIZE = 1 << 3,		/* RFC822.SIZE */
	FETCH_ENVELOPE = 1 << 4,
	FETCH_BODY = 1 << 5,		/* BODY without a section */
	FETCH_BODYSTRUCTURE = 1 << 6,
	FETCH_MODSEQ = 1 << 7,		/* RFC 7162 */
	FETCH_EMAILID = 1 << 8,		/* RFC 8474 */
	FETCH_THREADID = 1 << 9,
	FETCH_SAVEDATE = 1 << 10,	/* RFC 8514 */
	FETCH_PREVIEW = 1 << 11,	/* RFC 8970 */
};

enum { SECTIONS_MAX = 64, PARTS_MAX = 64, FIELDS_MAX = 256 };

enum section_item {
	ITEM_BODY,			/* BODY[...], BODY.PEEK[...] */
	ITEM_RFC822,			/* BODY[] by another name */
	ITEM_RFC822_HEADER,		/* BODY.PEEK[HEADER] */
	ITEM_RFC822_TEXT,		/* BODY[TEXT] */
	ITEM_BINARY,			/* RFC 3516 */
	ITEM_BINARY_SIZE,
};

enum section_text {
	SECTION_ALL,
	SECTION_HEADER,
	SECTION_FIELDS,			/* HEADER.FIELDS (...) */
	SECTION_FIELDS_NOT,
	SECTION_TEXT,
	SECTION_MIME,
};

/* One item that gives octets of the message. */
struct section {
	enum section_item item;
	enum section_text text;
	bool peek;			/* does not set \Seen */
	bool partial;
	uint32_t *part;			/* 1.2.3 */
	size_t npart;
	struct str *fields;
	size_t nfields;
	uint64_t offset, length;	/* of partial; length is not 0 */
};

struct fetch_att {
	uint32_t items;			/* FETCH_* */
	struct section *section;	/* in the order asked for */
	size_t nsection;
};

/* "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")" */
struct fetch_att scan_fetch_att(struct scan *s);

/* section-spec: "1.2", "HEADER", "1.MIME", "HEADER.FIELDS (FROM)". */
void scan_section_text(struct scan *s, struct section *sec);

/* Does answering set \Seen? */
bool fetch_sets_seen(const struct fetch_att *f);

/* The item's name in a response: BODY[1.HEADER.FIELDS (FROM)]<0>. */
void section_put_name(struct buf *b, const struct section *sec);
