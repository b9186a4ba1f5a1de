/*
 * url.h - the URL of a message, or of a part of one, on this server.
 *                                                  RFC 5092 11, RFC 4469 3
 */
#pragma once
#include "imap/grammar/fetch_att.h"

struct imap_url {
	struct str mailbox;	/* UTF-8, the name that is meant */
	uint32_t uidvalidity;	/* 0: not given */
	uint32_t uid;
	struct section section;	/* of BODY; partial if that is given */
};

/* iabsolute-path = "/" enc-mailbox [uidvalidity] iuid [isection] [ipartial]:
 * the only form that names a message of whoever asks (RFC 4469 3, RFC 5092
 * 7.2). Pure; the result points into the arena, of SCAN_ARENA(text.n). */
must_check bool url_parse(struct str text, struct arena *a,
    struct imap_url *out);
