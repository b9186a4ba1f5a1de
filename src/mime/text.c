#include "mime/text.h"

#include <stdlib.h>

#include "base/err.h"
#include "mime/charset.h"
#include "mime/fold.h"
#include "mime/html_text.h"
#include "mime/transfer.h"

enum { PIECE = 8192,
	ESCAPE_MAX = sizeof(((struct transfer *)0)->escape) };

struct text_reader {
	bool html;
	struct transfer transfer;
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
	t->transfer = transfer_of(encoding);
	t->html = html;
	t->charset = charset_begin(charset);
	if (!t->charset)
		t->charset = charset_begin(STR("utf-8"));
	t->octets = BUF_INIT(PIECE + ESCAPE_MAX);
	t->utf8 = BUF_INIT(8 * (PIECE + ESCAPE_MAX));
	t->text = BUF_INIT(8 * (PIECE + ESCAPE_MAX));
	return t;
}

void
text_collate(struct text_reader *t, enum collation by)
{
	t->folding.by = by;
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
		transfer_more(&t->transfer, piece, &t->octets);
		charset_more(t->charset, buf_get(&t->octets), &t->utf8);
		pass_on(t, out);
	}
}

void
text_end(struct text_reader *t, struct buf *out)
{
	if (!t)
		return;
	transfer_end(&t->transfer, &t->octets);
	charset_more(t->charset, buf_get(&t->octets), &t->utf8);
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
