/*
 * metadata.h - METADATA responses.                  RFC 5464 4.4, RFC 9590
 */
#pragma once
#include "imap/imap_int.h"
#include "mail/metadata.h"

/* What is computed and not written down. RFC 6154 5.4, RFC 5464 6.2.2 */
#define METADATA_SPECIAL_USE STR("/private/specialuse")
#define METADATA_ADMIN STR("/shared/admin")

/* What is wanted, and how much of it. */
struct metadata_want {
	struct metadata_names names;
	enum metadata_depth depth;
	uint32_t maxsize;
};

/* "* METADATA mailbox (name value ...)", in as many responses as it takes,
 * behind what is in b already, which may be written meanwhile. A name that is
 * asked for itself and is not there has the value NIL. longest: the longest
 * value that was left out for maxsize, or 0. Suspends. 0 or E_*. */
int imap_put_metadata(struct imap_session *s, struct buf *b,
    struct str mailbox, const struct metadata_want *want, size_t *longest,
    struct err *err);
