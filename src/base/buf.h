/*
 * buf.h - output that grows up to a cap.
 *
 * A buf owns its memory. Writing past the cap stores nothing more and makes
 * buf_failed() true until buf_reset(): write in several calls, check once.
 */
#pragma once
#include <string.h>

#include "base/str.h"

struct buf {
	char *p;
	size_t n, size, cap;
	bool failed;
};

#define BUF_INIT(cap_octets) ((struct buf){ .cap = (cap_octets) })

void buf_init(struct buf *b, size_t cap_octets);
void buf_free(struct buf *b);	/* ready for use again, memory gone */
void buf_reset(struct buf *b);	/* empty, memory kept */

static inline void buf_put(struct buf *b, const void *p, size_t n);
static inline void buf_str(struct buf *b, struct str s);
static inline void buf_chr(struct buf *b, char c);
void buf_u64(struct buf *b, uint64_t v);	/* as decimal digits */
/* In double quotes, with a backslash before each quote and backslash: the
 * quoted-string of RFC 5322 3.2.4, the quoted of RFC 3501 9. */
void buf_quoted(struct buf *b, struct str s);
/* Two hex digits for each octet, small ones. */
void buf_hex(struct buf *b, struct str octets);
/* RFC 3986 2.1: "%" and two hex digits, capitals, for each octet that is not
 * plain. percent_plain(): letters, digits, "-", "." and "_", which are so
 * everywhere. */
void buf_percent(struct buf *b, struct str s, bool (*plain)(char c));
bool percent_plain(char c);
void buf_printf(struct buf *b, const char *fmt, ...) printf_like(2, 3);
#define buf_lit(b, lit) buf_put((b), "" lit, sizeof(lit) - 1)

/* Little-endian numbers, for records of ours. */
void buf_le16(struct buf *b, uint16_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);

/* Room for n more octets, to be written by the caller and then counted with
 * buf_added(); NULL (and failed) past the cap. */
must_check char *buf_room(struct buf *b, size_t n);
void buf_added(struct buf *b, size_t n);

/* Drop the first n octets. */
void buf_eat(struct buf *b, size_t n);

/* Most of what a parser writes fits: only growing is a call. */
void buf_put_grow(struct buf *b, const void *p, size_t n);
static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n > b->size - b->n || b->failed) {
		buf_put_grow(b, p, n);
	} else if (n > 0) {
		memcpy(b->p + b->n, p, n);
		b->n += n;
	}
}
static inline void
buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}
static inline void
buf_chr(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

static inline struct str
buf_get(const struct buf *b)
{
	return str_make(b->p, b->n);
}
static inline bool
buf_failed(const struct buf *b)
{
	return b->failed;
}

void buf_cleanup(struct buf *b);
#define auto_buf __attribute__((cleanup(buf_cleanup))) struct buf
