/*
 * fuzzy.h - is a text about these words?                          RFC 6203
 *
 * What is looked for is the words of a text (mime/words.h), each of which has
 * to be among those of another one, in whatever order: as it is, as the
 * beginning of one, or, from four letters on, but for one letter: another, one
 * more or less, two neighbours the other way round. A score says how well.
 * Pure.
 */
#pragma once
#include "base/str.h"

enum {
	FUZZY_WORDS_MAX = 16,	/* of what is looked for; the rest is not */
	FUZZY_TYPO_LETTERS = 4,
	/* Of a word, in percent. */
	FUZZY_SAME = 100, FUZZY_BEGINS = 70, FUZZY_NEAR = 40,
};

/* One of these, or 0. */
unsigned fuzzy_likeness(struct str wanted, struct str word);

struct fuzzy;
/* NULL: the text has no words. */
struct fuzzy *fuzzy_new(struct str text);
void fuzzy_free(struct fuzzy *f);	/* NULL is fine */
/* Texts of another message come. */
void fuzzy_begin(struct fuzzy *f);
/* More of one, in pieces of whole characters, and its end. worth: what a word
 * that is found there counts, in percent. */
void fuzzy_text(struct fuzzy *f, struct str text, unsigned worth);
void fuzzy_text_end(struct fuzzy *f, unsigned worth);
/* 1 to 100; 0: a word has not been found. */
unsigned fuzzy_score(const struct fuzzy *f);

/* What a word, whatever is like it, has: it begins with *head, or ends with
 * *tail (p is NULL: no more than the first). */
void fuzzy_ends(struct str wanted, struct str *head, struct str *tail);
/* The words of what is looked for. */
size_t fuzzy_words(const struct fuzzy *f);
struct str fuzzy_word(const struct fuzzy *f, size_t i);
