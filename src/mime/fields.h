/*
 * fields.h - the header fields that facts are made of, found in one walk.
 *
 * Internal to mime/.
 */
#pragma once
#include "mime/header.h"

enum field {
	F_DATE, F_SUBJECT, F_FROM, F_SENDER, F_REPLY_TO, F_TO, F_CC, F_BCC,
	F_IN_REPLY_TO, F_MESSAGE_ID, F_REFERENCES,
	F_TYPE, F_ENCODING, F_ID, F_DESCRIPTION, F_MD5, F_DISPOSITION,
	F_LANGUAGE, F_LOCATION,
	NFIELDS /* fewer than bits in `again` */
};

struct fields {
	struct str v[NFIELDS]; /* first of its name, raw but trimmed; .p is
				* NULL if absent */
	uint32_t again;	       /* which came more than once, as bits */
	uint32_t received;     /* Received: fields */
	bool tls_optional;     /* TLS-Required: No */
	struct str solicitation; /* the first of the name, trimmed */
	struct str block;      /* all of them */
};

void fields_read(struct fields *f, struct str block);
/* The next value of this name in *rest, which is the block at first. */
bool fields_next(struct str *rest, enum field which, struct str *value);
