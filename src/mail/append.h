/*
 * append.h - several messages to the end of a mailbox: all of them, or none.
 *
 *   appending_init() - appending_add()... - appending_end() or
 *   appending_drop() - appending_free()
 *
 * What was added may be in store already, where nobody sees it; memory is
 * bounded, whatever the number of messages. All but the first and the last
 * suspend; they return 0 or E_*: E_NOTFOUND if there is no such mailbox,
 * E_LIMIT if they are too many. After one there is nothing left but to drop.
 */
#pragma once
#include "base/buf.h"
#include "store/client.h"
#include "store/messages.h"

struct appending {
	struct store *store;
	struct str mailbox;	/* the caller's */
	struct buf rows;	/* of the next ask */
	uint64_t copying;
	uint32_t n;
	uint32_t uidvalidity;
	struct buf uids;	/* pairs of u32 (low, high), in order; that they
				 * failed: too many to name */
};

void appending_init(struct appending *a, struct store *st, struct str mailbox);
void appending_free(struct appending *a);
/* What it was made of (a deposit) is not needed any more behind it. */
int appending_add(struct appending *a, const struct appended *m,
    struct err *err);
int appending_end(struct appending *a, struct err *err);
void appending_drop(struct appending *a);
