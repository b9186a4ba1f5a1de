/*
 * words.h - folded text (fold.h) as words, by which it can be found.
 *
 * A word is a run of letters and digits, as octets: of those below U+3000 all
 * that stand together (a long run as pieces that overlap), of the others, which
 * no spaces divide, each two neighbours. So a text that is looked for is in
 * another one only if certain words are, and where it is no more than a piece
 * of one, exactly then. Pure; any octets may come.
 */
#pragma once
#include "base/buf.h"

/* Another number whenever the words of a text, or its folding, become others:
 * words of two versions say nothing of each other. Never 0. */
uint32_t words_version(void);

enum { WORD_OCTETS = 64, WORD_OVERLAP = 32 };
/* Of an octet of a word; those of all others are less. */
enum { WORD_LEAST = '0' };

/* A text that comes in pieces of whole characters; zeros are its beginning. */
struct words {
	char run[WORD_OCTETS];
	uint8_t n;		/* octets of the run */
	bool wide;		/* it is one character, from U+3000 on */
	bool paired;		/* and was in a word with the one before */
};
typedef void words_out(void *arg, struct str word);
void words_more(struct words *w, struct str folded, words_out *out, void *arg);
void words_end(struct words *w, words_out *out, void *arg);

/* What has to be in a text for this one to be in it: a word with these octets,
 * at its beginning or its end where that is said. True: and if it is, so is
 * this. Without one nothing is known. */
enum word_where { WORD_BEGINS = 1, WORD_ENDS = 2 };
typedef void words_needed(void *arg, struct str octets, unsigned where);
bool words_of_needle(struct str folded, words_needed *out, void *arg);
