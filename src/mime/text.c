#include "mime/text.h"

#include <stdlib.h>

#include "base/err.h"
#include "mime/charset.h"
#include "mime/decode.h"
#include "mime/fold.h"
#include "mime/html_text.h"

enum { PIECE = 8192, ESCAPE_MAX = 128 };

struct text_reader {
	bool base64, qp, html;
	struct base64 bits;
	char escape[ESCAPE_MAX];	/* of quoted-printable: "=" and what
					 * may belong to it */
	size_t nescape;
	struct charset_stream *charset;
	struct html_text tags;
	struct folding folding;
	struct buf octets, utf8, text;	/* of a piece, after each step */
};

struct text_reader *
text_begin(struct str encoding, struct str charset, bool html)
{
	struct text_reader *t = calloc(1, sizeof(*t));

	bug_if(!t);
	t->base64 = str_eqi(encoding, STR("base64"));
	t->qp = str_eqi(encoding, STR("quoted-printable"));
	t->html = html;
	t->charset = charset_begin(charset);
	if (!t->charset)
		t->charset = charset_begin(STR("utf-8"));
	t->octets = BUF_INIT(PIECE + ESCAPE_MAX);
	t->utf8 = BUF_INIT(8 * (PIECE + ESCAPE_MAX));
	t->text = BUF_INIT(8 * (PIECE + ESCAPE_MAX));
	return t;
}

/* How much of a text ends before an escape that may go on behind it. */
static size_t
whole_escapes(struct str s)
{
	size_t at = str_rchr(s, '='), n = s.n - at;

	if (n == 0 || n >= ESCAPE_MAX)
		return s.n;
	if (n < 3)
		return at;
	for (size_t i = at + 1; i < s.n; i++)
		if (!ascii_is_wsp(s.p[i]) && s.p[i] != '\r')
			return s.n;
	return at;
}

static void
undo_qp(struct text_reader *t, struct str octets)
{
	auto_buf all = BUF_INIT(PIECE + ESCAPE_MAX);
	struct str s;
	size_t n;

	buf_put(&all, t->escape, t->nescape);
	buf_str(&all, octets);
	s = buf_get(&all);
	n = whole_escapes(s);
	decode_qp(&t->octets, str_first(s, n), false);
	s = str_from(s, n);
	if (s.n > 0)
		memcpy(t->escape, s.p, s.n);
	t->nescape = s.n;
}

/* What has come out of the charset goes on. */
static void
pass_on(struct text_reader *t, struct buf *out)
{
	if (t->html)
		html_text_more(&t->tags, buf_get(&t->utf8), &t->text);
	fold_more(&t->folding, buf_get(t->html ? &t->text : &t->utf8), out);
	buf_reset(&t->octets);
	buf_reset(&t->utf8);
	buf_reset(&t->text);
}

void
text_more(struct text_reader *t, struct str octets, struct buf *out)
{
	while (octets.n > 0) {
		struct str piece = str_first(octets, PIECE);

		octets = str_from(octets, piece.n);
		if (t->base64)
			decode_base64_more(&t->bits, &t->octets, piece);
		else if (t->qp)
			undo_qp(t, piece);
		charset_more(t->charset, t->base64 || t->qp ?
		    buf_get(&t->octets) : piece, &t->utf8);
		pass_on(t, out);
	}
}

void
text_end(struct text_reader *t, struct buf *out)
{
	if (!t)
		return;
	if (t->nescape > 0) {
		decode_qp(&t->octets, str_make(t->escape, t->nescape), false);
		charset_more(t->charset, buf_get(&t->octets), &t->utf8);
	}
	charset_end(t->charset, &t->utf8);
	pass_on(t, out);
	html_text_end(&t->tags, &t->text);
	fold_more(&t->folding, buf_get(&t->text), out);
	fold_end(&t->folding, out);
	buf_free(&t->octets);
	buf_free(&t->utf8);
	buf_free(&t->text);
	free(t);
}
