/*
 * transfer.h - a content transfer encoding, undone as the octets come.
 *                                                            RFC 2045 6.7, 6.8
 * Lenient: for showing and saving what is in a part, never for handing on what
 * somebody signed. Octets may be cut anywhere.
 */
#pragma once
#include "base/buf.h"

/* What may still belong together. */
struct transfer {
	bool as_base64, as_qp;
	uint32_t v;		/* of base64: bits that are no octet yet */
	unsigned bits;
	bool over;
	size_t nescape;		/* of quoted-printable: "=" and what may */
	char escape[128];	/* belong to it */
};

/* Of this Content-Transfer-Encoding; what is not known stays as it is. */
struct transfer transfer_of(struct str encoding);
/* Is it one of RFC 2045 6.1? Empty is 7bit. */
bool transfer_known(struct str encoding);
void transfer_more(struct transfer *t, struct str octets, struct buf *out);
void transfer_end(struct transfer *t, struct buf *out);
