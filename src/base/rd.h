/*
 * rd.h - a cursor over octets that nobody vouches for.
 *
 * Every parser reads through one. It never passes the end, only goes forward
 * (but for rd_back to a mark of its own), and its error is sticky: after the
 * first thing that did not fit, every call fails, so a parser may be written
 * straight down and checked once with rd_ok().
 */
#pragma once
#include <endian.h>
#include <string.h>

#include "base/str.h"

struct rd {
	const char *p, *end;
	bool bad;
};

static inline struct rd
rd_of(struct str s)
{
	return (struct rd){ s.p, s.p ? s.p + s.n : NULL, false };
}
static inline bool
rd_ok(const struct rd *r)
{
	return !r->bad;
}
static inline size_t
rd_left(const struct rd *r)
{
	return r->bad ? 0 : (size_t)(r->end - r->p);
}
/* Well formed up to the very end. */
static inline bool
rd_done(const struct rd *r)
{
	return !r->bad && r->p == r->end;
}
static inline struct str
rd_rest(const struct rd *r)
{
	return str_make(r->p, rd_left(r));
}
/* The sticky error, from the caller. */
static inline void
rd_fail(struct rd *r)
{
	r->bad = true;
}

/* Text. rd_peek() is the next octet or -1; rd_next() takes it. */
static inline int
rd_peek(const struct rd *r)
{
	return r->bad || r->p == r->end ? -1 : (unsigned char)*r->p;
}
int rd_next(struct rd *r);
/* Take c, or this word (any case), or leave the cursor and say false. A plain
 * "no" here is no error: grammars ask for alternatives. */
static inline bool
rd_opt(struct rd *r, char c)
{
	if (rd_peek(r) != (unsigned char)c)
		return false;
	r->p++;
	return true;
}
bool rd_opt_word(struct rd *r, struct str word);
/* The same, but it must be there: sticky error if not. */
bool rd_need(struct rd *r, char c);
/* The longest run (may be empty) of octets for which is() holds. */
struct str rd_while(struct rd *r, bool (*is)(char c));
/* The same, at least one octet: sticky error if none. */
struct str rd_some(struct rd *r, bool (*is)(char c));
/* n octets as they are. */
struct str rd_take(struct rd *r, size_t n);
/* Digits; sticky error if none or too large. */
uint32_t rd_num32(struct rd *r);
uint64_t rd_num64(struct rd *r);

/* Little-endian numbers of our own records. */
static inline uint64_t
rd_le(struct rd *r, size_t n)
{
	uint64_t v = 0;

	if (rd_left(r) < n) {
		r->bad = true;
		return 0;
	}
	memcpy(&v, r->p, n);
	r->p += n;
	return le64toh(v);
}
static inline uint8_t
rd_le8(struct rd *r)
{
	return (uint8_t)rd_le(r, 1);
}
static inline uint16_t
rd_le16(struct rd *r)
{
	return (uint16_t)rd_le(r, 2);
}
static inline uint32_t
rd_le32(struct rd *r)
{
	return (uint32_t)rd_le(r, 4);
}
static inline uint64_t
rd_le64(struct rd *r)
{
	return rd_le(r, 8);
}
