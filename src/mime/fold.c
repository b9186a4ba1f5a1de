#include "mime/fold.h"

#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>

#include "base/err.h"
#include "mime/charset.h"

/* Octets that are folded at a time, beyond ASCII. */
enum { RUN_MAX = 1024 };

static void
put_octet(struct folding *f, struct buf *out, char c)
{
	bool space = c == ' ';

	if (!space || !f->space)
		buf_chr(out, c);
	f->space = space;
}

/* Clean text (utf8_put_clean()), in which ASCII needs no library. */
static void
put_ascii(struct folding *f, struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		put_octet(f, out, ascii_lower(s.p[i]));
}

static void
put_folded(struct folding *f, struct buf *out, struct str s)
{
	size_t n = 0;
	uint8_t *folded = u8_casefold((const uint8_t *)s.p, s.n, NULL,
	    UNINORM_NFKC, NULL, &n);

	bug_if(!folded);
	for (size_t i = 0; i < n; i++)
		put_octet(f, out, (char)folded[i]);
	free(folded);
}

static size_t
ascii_octets(struct str s)
{
	size_t n = 0;

	while (n < s.n && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

/* What a library has to look at, at the start of s: a run of characters beyond
 * ASCII, with single ASCII ones between. */
static size_t
other_octets(struct str s)
{
	size_t n = 1;

	while (n < s.n && n < RUN_MAX && ((unsigned char)s.p[n] >= 0x80 ||
	    (n + 1 < s.n && (unsigned char)s.p[n + 1] >= 0x80)))
		n++;
	return utf8_first(s, n).n;
}

static void
put_clean(struct folding *f, struct buf *out, struct str s)
{
	while (s.n > 0) {
		size_t n = ascii_octets(s);

		/* An accent may follow the last one. */
		if (n < s.n && n > 0)
			n--;
		put_ascii(f, out, str_first(s, n));
		s = str_from(s, n);
		n = s.n ? other_octets(s) : 0;
		if (n > 0)
			put_folded(f, out, str_first(s, n));
		s = str_from(s, n);
	}
}

/* How many octets at the end of s begin a character that goes on. */
static size_t
unfinished(struct str s)
{
	for (size_t n = 1; n <= 3 && n <= s.n; n++) {
		unsigned char c = (unsigned char)s.p[s.n - n];

		if (c >= 0xc0)
			return (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) > n ?
			    n : 0;
		if (c < 0x80)
			return 0;
	}
	return 0;
}

void
fold_more(struct folding *f, struct str utf8, struct buf *out)
{
	auto_buf all = BUF_INIT(utf8.n + sizeof(f->start));
	auto_buf clean = BUF_INIT(3 * (utf8.n + sizeof(f->start)));
	struct str s;

	buf_put(&all, f->start, f->nstart);
	buf_str(&all, utf8);
	s = buf_get(&all);
	f->nstart = (uint8_t)unfinished(s);
	s.n -= f->nstart;
	if (f->nstart > 0)
		memcpy(f->start, s.p + s.n, f->nstart);
	if (f->by != COLLATION_FOLDED) {
		collation_put(f->by, out, s);
		return;
	}
	utf8_put_clean(&clean, s);
	put_clean(f, out, buf_get(&clean));
}

void
fold_end(struct folding *f, struct buf *out)
{
	if (f->nstart > 0)
		buf_lit(out, "\xef\xbf\xbd");
	*f = (struct folding){ 0 };
}

void
collate_text(enum collation by, struct buf *out, struct str utf8)
{
	struct folding f = { .by = by };

	fold_more(&f, utf8, out);
	fold_end(&f, out);
}

void
fold_text(struct buf *out, struct str utf8)
{
	collate_text(COLLATION_FOLDED, out, utf8);
}
