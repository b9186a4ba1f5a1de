/*
 * export_text.h - a message as a file of elsewhere has it. Pure.
 */
#pragma once
#include "carry/maildir_name.h"
#include "carry/text.h"

struct export_text {
	struct text_out out;
	bool mbox;
	struct str fields;	/* of mbox: put behind the header */
	bool header, cr, began;
	size_t at, quotes;	/* of the line: octets, and '>' it began with */
	char first[5];		/* what follows these */
	size_t kept;
	char octets[8192];
};

/* fields: whole header lines with LF, which say what is known of it. */
void export_text_begin(struct export_text *t, struct text_out out, bool mbox,
    struct str fields);
void export_text_put(struct export_text *t, struct str octets);
void export_text_end(struct export_text *t);

/* The line in front of a message of an mbox, with its LF. */
void export_from_line(struct buf *b, int64_t at);
/* "Status: RO" and so on, by FLAG_* and words. */
void export_status(struct buf *b, uint32_t flags, struct str keywords);

/* The way to a mailbox in a Maildir: "" or ".Work.2024"; a dot of a name is
 * "&AC4-". And of an mbox: "Work/2024.mbox". */
void export_maildir_folder(struct buf *b, struct str name);
void export_mbox_file(struct buf *b, struct str name);

/* The letters of a message's flags and keywords. k gains those of its keywords
 * that are new, as long as there is room; false: for one there was none. */
bool export_letters(struct buf *b, uint32_t flags, struct str keywords,
    struct maildir_keywords *k);
