/*
 * answer.h - what a server answers, as a client reads it.
 *                                               RFC 5321 4.2, RFC 2034
 *
 * Pure. Fed with octets as they come, it takes one reply and not one octet
 * more:
 *
 *   answer_begin(&r);
 *   do {
 *           octets = ... what came
 *           state = answer_feed(&r, octets, &used);
 *           ... drop `used` of them
 *   } while (state == ANSWER_MORE);
 *
 * It forgives what servers do (no text, tabs, bare LF, long lines, many lines)
 * and refuses what has two readings (another code in the same reply, no code
 * at all). The code decides, however much is said behind it: what is beyond the
 * bounds is read and dropped. A reply that does not end within
 * ANSWER_OCTETS_MAX counts, but nothing can be said after it.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum {
	ANSWER_TEXT_MAX = 1000,	/* kept of a reply, lines joined by a space */
	ANSWER_LINE_MAX = 2048,	/* kept of a line; 4.5.3.1.5 says 512 */
	ANSWER_OCTETS_MAX = 1 << 20,
};

struct smtp_answer {
	int code;		/* 200 to 599; 0: ours */
	char status[12];	/* "5.1.1"; made from the code if not said */
	bool made;		/* and no more than its class is known */
	struct str text;	/* as said, without code and status; UTF-8
				 * without control characters */
};
static inline bool
answer_is_good(const struct smtp_answer *a)
{
	return a->code >= 200 && a->code < 400;
}
/* Not to be tried again. */
static inline bool
answer_is_final(const struct smtp_answer *a)
{
	return a->status[0] == '5';
}

struct answer_reader {
	int code;		/* of the first line; 0 before it */
	unsigned lines;
	const char *bad;	/* after ANSWER_BAD: why, in words */
	char status[12];	/* empty: none said yet */
	size_t text_n, line_n, octets;
	/* Called with each line's text as it is, if not NULL; nth from 0. */
	void (*on_line)(void *arg, unsigned nth, struct str text);
	void *arg;
	char text[ANSWER_TEXT_MAX];
	char line[ANSWER_LINE_MAX];
};

enum answer_state { ANSWER_MORE, ANSWER_DONE, ANSWER_ENDLESS, ANSWER_BAD };

void answer_begin(struct answer_reader *r);
/* Takes octets up to the end of the reply; *used says how many. */
enum answer_state answer_feed(struct answer_reader *r, struct str octets,
    size_t *used);
/* After ANSWER_DONE or ANSWER_ENDLESS; the text is the reader's. */
struct smtp_answer answer_get(const struct answer_reader *r);
/* The same with a text of the arena. */
struct smtp_answer answer_keep(const struct smtp_answer *a, struct arena *mem);
