/*
 * metadata.h - what programs note at a mailbox, or at all of a person's mail.
 *                                                               RFC 5464
 *
 * Names are "/private/..." and "/shared/..." in lower case; mailbox is empty
 * for what is noted at none.
 */
#pragma once
#include "base/buf.h"
#include "mail/account.h"

/* Tell of each whose name is one of these two or between them, in their order;
 * both are private, or both are shared. It may suspend. */
typedef void metadata_each(void *arg, struct str name, struct str value);
/* special: what the mailbox is for (SPECIAL_*). 0 or E_*; E_NOTFOUND: there is
 * no such mailbox. */
int metadata_walk(const struct account *a, struct str mailbox, struct str from,
    struct str to, metadata_each *each, void *arg, uint32_t *special,
    struct err *err);

/* What is to be written; begin with BUF_INIT(METADATA_PUT_MAX). In ascending
 * order of names; value.p is NULL: there is to be none. Of no more than
 * METADATA_VALUE_MAX octets. */
#define METADATA_PUT_MAX MSG_CHUNK
void metadata_add(struct buf *b, struct str name, struct str value);
/* Write it, all or nothing. special: what the mailbox is for from now on; NULL:
 * what it was. E_NOTFOUND; E_LIMIT: the mailbox has all it may; E_FULL: the
 * person has; E_INVALID: INBOX is for nothing else, nor is a mailbox of
 * somebody else. */
int metadata_put(const struct account *a, struct str mailbox,
    const struct buf *b, const uint32_t *special, struct err *err);
