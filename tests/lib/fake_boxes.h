/*
 * fake_boxes.h - mailboxes in memory for the dialogues of readers: one
 * account, three mailboxes, views and tombstones as store/messages.h promises
 * them.
 */
#pragma once
#include "lib/fake_store.h"

enum { FAKE_MESSAGES = 64 };

struct fake_message {
	uint64_t mailbox;
	uint32_t uid, flags;
	struct str keywords, prefix, text, facts;
	int64_t received, offset_min;
	uint64_t arrived, changed, expunged;	/* modseqs; 0: not */
};

struct fake_boxes {
	struct fake_store fake;
	struct arena *mem;
	struct fake_message *m;	/* FAKE_MESSAGES */
	size_t n;
	uint64_t modseq;
	size_t page;		/* rows in one answer, 0: all */
	bool watched;
	bool uidls;		/* UID 2 has one of another server */
	bool lose_content;	/* blobs are not there */
};

void fake_boxes_init(struct fake_boxes *f, struct loop *l, struct arena *mem);
/* mailbox 1 is INBOX, 2 is "Sent", 3 "a/b/Entw\u00fcrfe". */
struct fake_message *fake_add(struct fake_boxes *f, uint64_t mailbox,
    uint32_t flags, struct str text);
void fake_expunge(struct fake_boxes *f, struct fake_message *m);
