/*
 * words.h - the words of messages on their way to store, and what a search asks
 * of them.
 *
 * Whoever has read a message makes its words (mime/words.h); store knows them
 * as octets, none below WORD_OCTET_LEAST, and which part they are of. Both
 * ends are here; store decodes as an attacker's. Pure.
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"

enum { WORD_OCTETS_MAX = 64, WORD_OCTET_LEAST = '0' };

/* Of what part of a message. */
enum words_part {
	WORDS_HEADER,		/* its own header */
	WORDS_BODY,		/* all else */
	WORDS_KNOWN,		/* fields that its facts have, as these say */
	WORDS_PARTS
};
enum { WORDS_OF_HEADER = 1 << WORDS_HEADER, WORDS_OF_BODY = 1 << WORDS_BODY,
	WORDS_OF_KNOWN = 1 << WORDS_KNOWN };

/* A message and all its words, each once in a part. cut: there were more. */
struct words_record {
	uint64_t email, content;	/* fetch_row's */
	bool cut;
	struct str parts[WORDS_PARTS];	/* see words_next() */
};
/* Of all parts together. */
enum { WORDS_RECORD_MAX = 128 * 1024 };
void words_record_put(struct buf *b, const struct words_record *r);
/* Strs are borrowed. A part may still end in no word. */
must_check bool words_record_take(struct rd *r, struct words_record *out);
void words_put(struct buf *part, struct str word);
/* The next word of a part: rd_ok() says whether it was one. */
struct str words_next(struct rd *part);

/* Conditions of COND_WORDS: all of them hold for one part. */
enum { WORD_AT_START = 1, WORD_AT_END = 2 };
enum { WORD_CONDITIONS_MAX = 16 };
struct word_condition {
	struct str octets;	/* a word holds them, */
	unsigned where;		/* there */
};
void word_condition_put(struct buf *b, struct str octets, unsigned where);
must_check bool word_condition_take(struct rd *r, struct word_condition *out);
