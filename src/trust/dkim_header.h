/*
 * dkim_header.h - which fields of a header are signed, and what is signed of
 * them.                                      RFC 6376 3.4.2, 5.4, 5.4.1, 5.4.2
 *
 * All that people see of a message or that says how to read it: the fields
 * are in a table here. A field that is there several times is signed as often,
 * from the bottom up. From, To, Cc, Subject, Date, Reply-To and a few more are
 * named once more than they are there, so that nobody adds another one behind
 * our back. Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum {
	DKIM_HEADER_MAX = 128 * 1024,	/* canonical octets */
	DKIM_NAMES_MAX = 1000,		/* octets of h= */
	DKIM_FIELDS_MAX = 64,		/* signed ones */
	DKIM_AUTHORS_MAX = 8,
};

/* Append to names what goes into h= ("From:From:To:...") and to canonical the
 * relaxed form of these fields, each with its CRLF. header is the header block
 * with or without its blank line. False if the header is not one that can be
 * signed: there is not exactly one From field (RFC 5322 3.6), or more than the
 * bounds above. */
must_check bool dkim_header_choose(struct str header, struct buf *names,
    struct buf *canonical);
/* The same of a message of others that is sealed: signatures that are there are
 * signed as well.                                          RFC 8617 4.1.2 */
must_check bool dkim_header_choose_sealed(struct str header,
    struct buf *names, struct buf *canonical);

/* The addresses of the From field in order, at most DKIM_AUTHORS_MAX; returns
 * how many. None if there is not exactly one From field. */
size_t dkim_header_authors(struct arena *a, struct str header,
    struct str authors[DKIM_AUTHORS_MAX]);
