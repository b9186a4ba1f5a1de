/*
 * grammar.h - one line of a client's.            RFC 1939 3, RFC 2449 3 and 4
 *
 * Pure; slices point into the line.
 */
#pragma once
#include "base/str.h"

/* command = keyword *(SP param): the keyword, and what stands behind the space,
 * as it is: a password may hold spaces (RFC 1939 7, PASS). */
struct pop3_line {
	struct str keyword, params;
};
/* False: it begins with no keyword. */
must_check bool pop3_line(struct str line, struct pop3_line *out);

/* What a command wants behind its keyword. */
enum pop3_form {
	FORM_NONE,
	FORM_MESSAGE,		/* a message-number */
	FORM_ANY_MESSAGE,	/* one, or nothing */
	FORM_MESSAGE_LINES,	/* one, and how many lines */
	FORM_TEXT,		/* at least one octet */
	FORM_ANY_TEXT,		/* or nothing */
};

struct pop3_params {
	uint32_t message;	/* 0: none was given */
	uint32_t lines;
	struct str text;
};
/* False: they have not this form. Spaces more than one, and at the end, are
 * forgiven between numbers. */
must_check bool pop3_params(struct str params, enum pop3_form form,
    struct pop3_params *out);
