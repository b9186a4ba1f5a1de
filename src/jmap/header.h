/*
 * header.h - header fields as JMAP says them.           RFC 8621 4.1.2, 4.1.3
 */
#pragma once
#include "base/arena.h"
#include "jmap/out.h"

/* In the order of their names in header.c. */
enum header_form {
	FORM_RAW, FORM_TEXT, FORM_ADDRESSES, FORM_GROUPED_ADDRESSES,
	FORM_MESSAGE_IDS, FORM_DATE, FORM_URLS,
	FORMS
};

/* "header:Resent-To:asAddresses:all" */
struct header_property {
	struct str name;
	enum header_form form;
	bool all;
};
/* False: it is none, or the field may not have that form. Borrowed. */
bool header_property_parse(struct str text,
    struct header_property *p);
/* May a field of this name have that form?                 RFC 8621 4.1.2 */
bool header_may_be(struct str name, enum header_form form);

/* Its value in this header block. */
void header_put(struct buf *b, struct str block,
    const struct header_property *p);
/* "headers": all fields. */
void header_put_all(struct buf *b, struct str block);

/* Of what is in facts (mime/facts.h). A list of addresses; p NULL: null. */
void header_put_addresses(struct buf *b, struct str list);
/* A list of texts, null where it is empty. */
void header_put_ids(struct buf *b, struct str list);
/* A value with encoded words, unfolded. */
void header_put_text(struct buf *b, struct str value);
/* "2014-10-30T14:12:00+08:00"                               RFC 8620 1.4 */
void header_put_date(struct buf *b, int64_t at, int offset_min);
void header_put_utc(struct buf *b, int64_t at);

/* The same text as UTF-8, without NULs; octets that are none are U+FFFD. In
 * the arena where it had to be changed. */
struct str text_clean(struct arena *a, struct str octets);
