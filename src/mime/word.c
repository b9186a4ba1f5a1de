#include "mime/word.h"

#include "mime/charset.h"
#include "mime/decode.h"
#include "mime/lex.h"

/* RFC 2047 2 says 75 octets; what is much longer is none, so that looking for
 * its end costs nothing to speak of. */
enum { WORD_MAX = 1000 };

struct coded_word {
	struct str charset, text;
	bool base64;
};

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
 * Charset may carry "*language" (RFC 2231 5). The octets it took, else 0. */
static size_t
take_word(struct str s, struct coded_word *w)
{
	struct str rest = str_from(str_first(s, WORD_MAX), 2);
	struct str encoding, ignored;
	size_t end;

	if (!str_starts(s, STR("=?")))
		return 0;
	if (!str_cut(rest, '?', &w->charset, &rest) || w->charset.n == 0 ||
	    !str_cut(rest, '?', &encoding, &rest) || encoding.n != 1)
		return 0;
	(void)str_cut(w->charset, '*', &w->charset, &ignored);
	w->base64 = ascii_lower(encoding.p[0]) == 'b';
	if (!w->base64 && ascii_lower(encoding.p[0]) != 'q')
		return 0;
	end = str_find(rest, STR("?="));
	if (end == rest.n || !charset_known(w->charset))
		return 0;
	w->text = str_first(rest, end);
	return (size_t)(rest.p - s.p) + end + 2;
}

static void
put_word(struct buf *out, const struct coded_word *w)
{
	auto_buf octets = BUF_INIT(w->text.n + 1);

	if (w->base64)
		decode_base64(&octets, w->text);
	else
		decode_qp(&octets, w->text, true);
	charset_put(out, w->charset, buf_get(&octets));
}

static size_t
space_octets(struct str s)
{
	size_t n = 0;

	while (n < s.n && lex_is_space(s.p[n]))
		n++;
	return n;
}

static void
put_unfolded(struct buf *out, struct str s)
{
	while (s.n > 0) {
		size_t n = 0;

		while (n < s.n && s.p[n] != '\r' && s.p[n] != '\n')
			n++;
		buf_str(out, str_first(s, n));
		s = str_from(s, n + 1);
	}
}

/* Words that stand next to each other are put together before anybody looks
 * whether they are UTF-8: many senders cut a character in two. */
static void
put_decoded(struct buf *out, struct str s)
{
	bool after_word = false;

	while (s.n > 0) {
		size_t gap = after_word ? space_octets(s) : 0;
		struct coded_word w = { 0 };
		size_t n = take_word(str_from(s, gap), &w);

		if (n > 0) {
			put_word(out, &w);
			s = str_from(s, gap + n);
			after_word = true;
			continue;
		}
		/* Up to where the next word may begin, but for line ends. */
		n = 1 + str_chr(str_from(s, 1), '=');
		put_unfolded(out, str_first(s, n));
		s = str_from(s, n);
		after_word = false;
	}
}

void
word_decode(struct buf *out, struct str value)
{
	auto_buf raw = BUF_INIT(2 * value.n + 1);

	put_decoded(&raw, value);
	utf8_put_clean(out, buf_get(&raw));
}
