/*
 * str.h - borrowed slices of text.
 *
 * A str points into memory that somebody else owns, has no NUL and may hold
 * any octet. Everything here is pure; ASCII rules only, no locale.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_NULL ((struct str){ NULL, 0 })
/* For printf's "%.*s". */
#define STR_FMT(s) (int)(s).n, (s).p ? (s).p : ""

/* A slice of a NUL-terminated string; NULL gives the empty slice. */
struct str str_c(const char *c);
static inline struct str
str_make(const char *p, size_t n)
{
	return (struct str){ p, n };
}

bool str_eq(struct str a, struct str b);
/* Equal but for the case of ASCII letters. */
bool str_eqi(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_startsi(struct str s, struct str prefix);
bool str_endsi(struct str s, struct str suffix);
/* Octet order; shorter first when one is the other's start. */
int str_cmp(struct str a, struct str b);

/* Everything from octet i on; the first n octets. Both stop at the end. */
static inline struct str
str_from(struct str s, size_t i)
{
	i = i < s.n ? i : s.n;
	return str_make(s.p ? s.p + i : NULL, s.n - i);
}
static inline struct str
str_first(struct str s, size_t n)
{
	return str_make(s.p, n < s.n ? n : s.n);
}
/* Without the spaces, tabs, CRs and LFs at both ends. */
struct str str_trim(struct str s);

/* Index of the first c, of the last c, of the first needle; s.n if none. */
size_t str_chr(struct str s, char c);
size_t str_rchr(struct str s, char c);
size_t str_find(struct str s, struct str needle);
/* The same, whatever the case of ASCII letters. */
size_t str_findi(struct str s, struct str needle);

/* Split at the first c: *head before it, *tail behind it. False, and all of
 * it in *head, if there is no c. */
bool str_cut(struct str s, char c, struct str *head, struct str *tail);
/* What *rest has before its first c, which goes with it; all, if there is
 * none. */
static inline struct str
str_next(struct str *rest, char c)
{
	struct str one;

	(void)str_cut(*rest, c, &one, rest);
	return one;
}
/* Is it one of these, which have a c between them? An empty one is none. */
bool str_is_among(struct str one, struct str list, char c);
bool str_is_amongi(struct str one, struct str list, char c);

/* The whole slice as decimal digits; false if empty, too large or anything
 * else than digits. *v only changes on success. */
must_check bool str_u32(struct str s, uint32_t *v);
must_check bool str_u64(struct str s, uint64_t *v);
/* The same of 1 to 16 hex digits, of either case. */
must_check bool str_hex64(struct str s, uint64_t *v);

/* Only octets 0x01 to 0x7f; valid UTF-8 (RFC 3629) without NUL. */
bool str_is_ascii(struct str s);
/* Only ASCII from the space to "~": for logs, replies and commands. */
bool str_is_printable(struct str s);
bool str_is_utf8(struct str s);
/* How many characters valid UTF-8 has. */
size_t str_utf8_length(struct str s);
/* The octets of the character that s begins with, 0 if it is none (nor NUL):
 * then *code stays as it was. */
size_t str_utf8_char(struct str s, uint32_t *code);

static inline bool
ascii_is_printable(char c)
{
	return c >= ' ' && c <= '~';
}
static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}
static inline bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}
/* WSP of the grammars of mail: RFC 5234 B.1. */
static inline bool
ascii_is_wsp(char c)
{
	return c == ' ' || c == '\t';
}
/* The value of a hex digit of either case; -1 if it is none. */
static inline int
ascii_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
