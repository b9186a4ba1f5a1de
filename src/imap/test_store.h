/*
 * test_store.h - a store in memory for the dialogues under test: one account,
 * two mailboxes, views and tombstones as store/messages.h promises them.
 */
#pragma once
#include "base/test.h"
#include "imap/imap_int.h"
#include "store/blob.h"

enum { FAKE_MESSAGES = 64, FAKE_BOXES = 8 };

struct fake_message {
	uint64_t mailbox;
	uint32_t uid, flags;
	struct str keywords, prefix, text, facts;
	int64_t received, offset_min;
	uint64_t arrived, changed, expunged;	/* modseqs; 0: not */
};

struct fake_store {
	struct arena *mem;
	struct fake_message *m;	/* FAKE_MESSAGES */
	size_t n;
	uint64_t modseq;
	int fail[STORE_NCALLS];	/* E_* that this call answers */
	size_t calls[STORE_NCALLS];
	size_t page;		/* rows in one answer, 0: all */
	bool watched;
	bool lose_content;	/* blobs are not there */
};

/* A connection to it: what struct store is here. */
struct store {
	struct fake_store *fake;
	struct loop *loop;
	void (*changed)(void *arg, uint64_t mailbox, uint64_t modseq);
	void *arg;
};

/* mailbox 1 is INBOX, 2 is "Sent", 3 "a/b/Entw\u00fcrfe". */
struct fake_message *fake_add(struct fake_store *f, uint64_t mailbox,
    uint32_t flags, struct str text);
void fake_expunge(struct fake_store *f, struct fake_message *m);
