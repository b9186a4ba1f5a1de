/*
 * compose.h - a message from its parts: text, attachments.   RFC 5322, 2045
 */
#pragma once
#include "sendmail/submit_header.h"

struct compose_file {
	struct str name;	/* its last part */
	int fd;
};

struct compose {
	const struct submit_header *header;
	struct str from;	/* the field's value */
	struct str to;		/* the same, as it was given */
	struct str subject;	/* UTF-8 */
	struct str text;	/* as it came */
	const struct compose_file *files;
	size_t nfiles;
	/* Takes the octets in order; what is not 0 ends it. */
	int (*out)(void *arg, struct str octets);
	void *arg;
};

/* 0, or what out returned, or E_IO if a file cannot be read. */
int compose(const struct compose *c);

/* A list of addresses as a field's value, names encoded as needed. */
struct str compose_addresses(struct arena *a, struct str list);
/* By the extension: "image/png"; "application/octet-stream". */
const char *compose_type(struct str name);
/* RFC 2045 6.7; lines end with CRLF. */
void compose_quoted_printable(struct buf *b, struct str text);
