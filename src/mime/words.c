#include "mime/words.h"

#include <string.h>
#include <unistring/version.h>

#include "base/err.h"

/* Grows with every change of what is in this file, html_text.c, charset.c,
 * fold.c, or of which texts of a message are looked at. */
enum { VERSION = 1 };

uint32_t
words_version(void)
{
	return (uint32_t)VERSION << 20 | ((uint32_t)_libunistring_version &
	    0xfffff);
}

enum class { CLASS_NONE, CLASS_LETTER, CLASS_WIDE };

/* The first character of s, of which there is one. */
static enum class
class_of(struct str s, size_t *octets)
{
	unsigned char c = (unsigned char)s.p[0];

	*octets = 1;
	if (c < 0x80)
		return ascii_is_alnum((char)c) ? CLASS_LETTER : CLASS_NONE;
	if (c >= 0xe3 && s.n >= (c >= 0xf0 ? 4u : 3u)) {
		*octets = c >= 0xf0 ? 4 : 3;
		for (size_t i = 1; i < *octets; i++)
			if (((unsigned char)s.p[i] & 0xc0) != 0x80) {
				*octets = 1;
				return CLASS_LETTER;
			}
		return CLASS_WIDE;
	}
	/* U+2000 to U+203F: dashes, quotes. */
	if (c == 0xe2 && s.n >= 3 && (unsigned char)s.p[1] == 0x80 &&
	    ((unsigned char)s.p[2] & 0xc0) == 0x80) {
		*octets = 3;
		return CLASS_NONE;
	}
	return CLASS_LETTER;
}

/* ---- words of a text ------------------------------------------------ */

static void
put_wide(struct words *w, struct str c, words_out *out, void *arg)
{
	char pair[8];

	if (!w->wide)
		words_end(w, out, arg);
	if (w->n > 0) {
		memcpy(pair, w->run, w->n);
		memcpy(pair + w->n, c.p, c.n);
		out(arg, str_make(pair, w->n + c.n));
	}
	w->paired = w->n > 0;
	w->wide = true;
	memcpy(w->run, c.p, c.n);
	w->n = (uint8_t)c.n;
}

static void
put_letter(struct words *w, char c, words_out *out, void *arg)
{
	if (w->wide)
		words_end(w, out, arg);
	if (w->n == WORD_OCTETS) {
		out(arg, str_make(w->run, w->n));
		w->n -= WORD_OVERLAP;
		memmove(w->run, w->run + WORD_OVERLAP, w->n);
	}
	w->run[w->n++] = c;
}

void
words_more(struct words *w, struct str s, words_out *out, void *arg)
{
	while (s.n > 0) {
		size_t n;

		switch (class_of(s, &n)) {
		case CLASS_NONE:
			words_end(w, out, arg);
			break;
		case CLASS_LETTER:
			put_letter(w, s.p[0], out, arg);
			break;
		case CLASS_WIDE:
			put_wide(w, str_first(s, n), out, arg);
			break;
		}
		s = str_from(s, n);
	}
}

void
words_end(struct words *w, words_out *out, void *arg)
{
	if (w->n > 0 && !(w->wide && w->paired))
		out(arg, str_make(w->run, w->n));
	*w = (struct words){ 0 };
}

/* ---- words that a text needs ---------------------------------------- */

struct run {
	struct str octets;
	enum class class;
	bool first, last;	/* nothing of the text before, behind it */
};

static size_t
run_length(struct str s, enum class class)
{
	size_t at = 0, n = 0;

	while (at < s.n && class_of(str_from(s, at), &n) == class)
		at += n;
	return at;
}

/* Two neighbours each. */
static bool
need_wide(const struct run *r, words_needed *out, void *arg)
{
	size_t n, before = 0, at = 0, pairs = 0;

	while (at < r->octets.n) {
		(void)class_of(str_from(r->octets, at), &n);
		if (before > 0) {
			out(arg, str_make(r->octets.p + at - before,
			    before + n), 0);
			pairs++;
		}
		before = n;
		at += n;
	}
	if (pairs == 0)
		out(arg, r->octets, 0);
	return pairs <= 1;
}

/* The run that this is of has all of it, or is longer: then a piece of it. */
static bool
need_letters(const struct run *r, words_needed *out, void *arg)
{
	struct str s = r->octets;
	size_t n = s.n;

	if (n <= WORD_OVERLAP || (n <= WORD_OCTETS && !r->first && !r->last)) {
		out(arg, s, (r->first ? 0 : WORD_BEGINS) |
		    (r->last ? 0 : WORD_ENDS));
		return true;
	}
	out(arg, str_first(s, WORD_OVERLAP), r->first ? 0 : WORD_BEGINS);
	out(arg, str_from(s, n - WORD_OVERLAP), r->last ? 0 : WORD_ENDS);
	return false;
}

bool
words_of_needle(struct str s, words_needed *out, void *arg)
{
	struct str left = s;
	bool exact = true;
	size_t runs = 0;

	while (left.n > 0) {
		struct run r = { .first = left.n == s.n };
		size_t n;

		r.class = class_of(left, &n);
		n = run_length(left, r.class);
		r.octets = str_first(left, n);
		r.last = n == left.n;
		left = str_from(left, n);
		runs++;
		if (r.class == CLASS_WIDE)
			exact &= need_wide(&r, out, arg);
		else if (r.class == CLASS_LETTER)
			exact &= need_letters(&r, out, arg);
		else
			exact = false;
	}
	return exact && runs == 1;
}
