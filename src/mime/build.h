/*
 * build.h - a message made of header fields and body parts.
 *                              RFC 5322, RFC 2045 to 2047, RFC 2183, RFC 2231
 *
 * Its octets are handed to a callback as they come, CRLF and all; what a part
 * holds may come from a callback as well, so no attachment is ever in memory as
 * a whole. Whatever the texts are, the message has the structure that was asked
 * for: no text begins a field, no part holds a boundary.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "mime/date.h"

enum { BUILD_DEPTH_MAX = 20 };		/* of parts in parts */

/* What a value is written as. */
enum build_form {
	BUILD_TEXT,		/* text, of UTF-8: folded, encoded if need be */
	BUILD_RAW,		/* text: what stands behind the colon, as it is;
				 * folds must be folds */
	BUILD_ADDRESSES,
	BUILD_IDS,		/* list: message ids, without < > */
	BUILD_DATE,
	BUILD_URLS,		/* list; RFC 2369 2 */
};

struct build_address {
	enum { BUILD_MAILBOX, BUILD_GROUP, BUILD_GROUP_END } kind;
	struct str name;	/* UTF-8, of a person or group; may be empty */
	struct str address;	/* local@domain; a local part that needs quotes
				 * may have them or not */
};

struct build_field {
	struct str name;
	enum build_form form;
	struct str text;
	const struct build_address *addresses;
	const struct str *list;
	size_t n;		/* of either */
	struct mail_date date;
};

/* Octets from elsewhere: those at offset, as many as there are at hand, good
 * until the next call; empty: that was all. A text or message is read twice,
 * from 0 each time. 0 or a negative E_*. */
struct build_source {
	int (*read)(void *arg, uint64_t offset, struct str *octets,
	    struct err *err);
	void *arg;
};

struct build_part {
	struct str type;	/* "text/plain"; "multipart/..." with parts */
	struct str charset;	/* of text; empty: utf-8 if it is in octets,
				 * else not said */
	struct str disposition;	/* "attachment", "inline"; may be empty */
	struct str name;	/* of a file, UTF-8; may be empty */
	struct str report;	/* of multipart/report: its report-type
				 * (RFC 6522 3); may be empty */
	struct str id;		/* Content-ID, without < >; may be empty */
	const struct build_field *fields; /* more, of this part; but not what
				 * is said above */
	size_t nfields;

	/* One of these. Line ends of a text in octets become CRLF; what comes
	 * from a source is kept to the octet. */
	const struct build_part *parts;
	size_t nparts;
	struct str octets;
	const struct build_source *source;
};

struct build_options {
	struct str id;		/* letters and digits, nobody else's and not to
				 * be guessed: boundaries, Message-ID */
	struct str host;	/* of a Message-ID */
	int64_t at;		/* now, for a Date */
	/* 0 or a negative E_*, which ends it. May suspend. */
	int (*emit)(void *arg, struct str octets, struct err *err);
	void *arg;
};

/* The fields in their order, Date and Message-ID if there are none, and the
 * body. 0, or what a callback returned, or
 * E_INVALID: a name, value or type that cannot be written, a message or
 *	multipart in octets that is no lines; *err says which;
 * E_LIMIT: a field or the depth is out of bounds. */
int build_message(const struct build_options *o,
    const struct build_field *fields, size_t nfields,
    const struct build_part *body, struct err *err);

/* The usual structure of these, in the arena: text and HTML (either may be
 * NULL) as alternatives, the HTML together with what it shows, and then what
 * is attached. The parts are copied, what they point at is not. */
struct build_shape {
	const struct build_part *text, *html;
	const struct build_part *related, *attached;
	size_t nrelated, nattached;
};
const struct build_part *build_shape(struct arena *a,
    const struct build_shape *s);
