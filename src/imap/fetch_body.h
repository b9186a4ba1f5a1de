/*
 * fetch_body.h - how octets of a message go out: what BODY and BINARY share.
 */
#pragma once
#include "imap/imap_int.h"
#include "mail/section.h"

/* The name and the literal's head wait for the first octets: until then an
 * error can still be answered with NIL. */
struct section_out {
	struct imap_session *s;
	struct buf *before;	/* what is to be said before it */
	const struct section *sec;
	uint64_t len, sent;
	bool nul;		/* there are some among them: a literal8 */
	bool begun;
	bool here;	/* it goes behind `before`, not out by itself */
};

/* The name and what comes before the first octet, where there is none too. */
void section_begin(struct section_out *to);
/* Octets of it, for message_read(): arg is a struct section_out. */
int section_send(void *arg, struct str octets);
/* e is how the reading ended: what can be made of it, and e again. */
int section_end(struct section_out *to, int e);

/* Fields of the message's header that its facts have as they stand. */
bool section_is_listed(const struct section *sec);

/* BINARY and BINARY.SIZE of a section. As imap_put_section(); E_INVALID: its
 * content transfer encoding is not known.                     RFC 3516 4.3 */
int imap_put_binary(struct section_out *to, const struct mail_message *m,
    const struct facts *f, struct err *err);
