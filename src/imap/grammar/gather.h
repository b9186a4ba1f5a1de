/*
 * gather.h - a command from its lines and literals.   RFC 3501 4.3, RFC 7888
 *
 * The dialogue feeds what it reads and is told what to read next:
 *
 *   GATHER_LINE      a line: gather_line()
 *   GATHER_LITERAL   n octets, in pieces: gather_octets() (once with none if
 *                    n is 0). If sync is set the client waits for a
 *                    continuation request first.
 *   GATHER_MESSAGE   the command is APPEND or REPLACE and its message of n
 *                    octets comes next. It is not gathered: parse text
 *                    (args_append), then stream it, or refuse.
 *   GATHER_DONE      text is the whole command, as scan.h wants it
 *   GATHER_TOO_BIG   over a bound. If sync is set, a refusal is all it takes;
 *                    else n octets come that nobody wants.
 *
 * Pure: no I/O. Memory stays under the two bounds below and little more.
 */
#pragma once
#include "base/buf.h"

enum {
	GATHER_LINE_MAX = 65536,	/* all lines of a command */
	GATHER_LITERALS_MAX = 65536,	/* all literals of a command */
};

enum gather_state { GATHER_LINE, GATHER_LITERAL, GATHER_MESSAGE, GATHER_DONE,
	GATHER_TOO_BIG };

struct gather {
	struct buf text;
	enum gather_state state;
	uint64_t n;		/* octets of the literal that still come */
	bool sync;
	size_t line_octets, literal_octets;
};

void gather_init(struct gather *g);
/* For the next command. Overwrites the text: it may hold a password. */
void gather_reset(struct gather *g);
void gather_free(struct gather *g);

/* Does this text announce a literal at its end? "{" number64 ["+"] "}"; a size
 * beyond all numbers counts as the largest. */
bool gather_literal(struct str text, uint64_t *n, bool *sync);

/* Where a line has come to, piece by piece: inside DQUOTEs "{5}" announces
 * nothing. A line begins outside of them. */
struct gather_quotes {
	bool open, escaped;
};
void gather_quotes(struct gather_quotes *q, struct str octets);
/* Does a whole line end inside? */
bool gather_ends_quoted(struct str line);

/* A line without its CRLF. */
enum gather_state gather_line(struct gather *g, struct str line);
/* The next octets of the literal, at most n. */
enum gather_state gather_octets(struct gather *g, struct str octets);
/* How long the next line may be. */
size_t gather_line_room(const struct gather *g);
