/*
 * mbox.h - the messages of an mbox file, whichever kind it is.   RFC 4155
 *
 *   mbox     = *(from-line message [blank line])
 *   from     = "From " sender SP weekday SP month SP day SP time [zone] SP year
 *
 * A message ends at a blank line and a From_ line behind it; or where its
 * Content-Length says (mboxcl), if that is the end of the file or there is a
 * From_ line: nothing else makes a length true. Lines ">From " are quoted
 * ones (mboxo, mboxrd), but where a length was true. A "From " line that says
 * no date is text.
 *
 * What mail programs wrote into the header about the message is taken off it:
 * Status, X-Status, X-Keywords, X-UID, X-IMAP, X-IMAPbase, X-Mozilla-Status,
 * X-Mozilla-Status2, X-Mozilla-Keys, Content-Length.
 */
#pragma once
#include "carry/text.h"
#include "store/messages.h"

struct mbox_message {
	uint64_t from_line;	/* where its From_ line is */
	uint64_t begin, end;	/* and its octets */
	bool quoted;
	bool gone;		/* deleted in Thunderbird: not for anybody */
	int64_t at;		/* by its From_ line, UTC; 0: not said */
	uint32_t flags;		/* FLAG_* of store/messages.h */
	struct buf keywords;	/* a space between two */
	char uidl[UIDL_MAX + 1]; /* of X-UIDL, which stays; "" none */
};

struct mbox {
	struct octets_at from;
	uint64_t size, at;
	struct lines lines;
};

/* Is it one? By how it begins. */
bool is_mbox(struct str beginning);
void mbox_open(struct mbox *m, struct octets_at from, uint64_t size);
/* 1, 0 at the end, or E_*. m->keywords is initialised by the first call on a
 * zeroed struct; the caller frees it. */
int mbox_next(struct mbox *m, struct mbox_message *out, struct err *err);
/* Its octets as the message had them. 0 or E_*. */
int mbox_text(struct mbox *m, const struct mbox_message *msg,
    struct text_out out, struct err *err);
