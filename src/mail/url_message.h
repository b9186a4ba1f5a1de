/*
 * url_message.h - the message that a URL names, and what of it: for CATENATE,
 * URLFETCH and BURL.                          RFC 4469, RFC 4467, RFC 4468
 */
#pragma once
#include "mail/section.h"
#include "mime/url.h"

/* Sign a URL that has no verifier yet; *whole is all of it, in the arena.
 * E_NORIGHT: it is another person's; E_NOTFOUND: of no mailbox of theirs. */
int url_sign(const struct account *a, const struct url *u, struct arena *mem,
    struct str *whole, struct err *err);
/* Nothing that the account has signed before is good any more, for this mailbox
 * or (empty) for any. E_NOTFOUND: there is none of this name. */
int url_keys_renew(const struct account *a, struct str mailbox,
    struct err *err);

/* What whoever has a URL may read by it: the message, in mem, which must be
 * able to hold URL_MESSAGE_MEM beside other things, and outlives it.
 * E_NOTFOUND: nothing, for whatever reason. */
enum { URL_MESSAGE_MEM = MSG_MAX + MESSAGE_FACTS_MEM + 65536 };
int url_message(const struct account *a, const struct url *u,
    struct arena *mem, struct mail_message *m, struct err *err);

/* A section of a message, found and ready to be read. */
struct url_octets {
	const struct mail_message *m;
	uint64_t len;
	uint64_t offset;	/* in the message, or in fields */
	bool by_name;
	struct buf fields;
};
/* E_NOTFOUND: there is no such section; E_LIMIT: its header is too long to look
 * at. mem: for facts. The caller frees it after a 0. */
int url_octets_find(struct url_octets *o, const struct mail_message *m,
    const struct url_section *sec, struct arena *mem, struct err *err);
/* As message_read(). */
int url_octets_read(const struct url_octets *o,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err);
void url_octets_free(struct url_octets *o);
